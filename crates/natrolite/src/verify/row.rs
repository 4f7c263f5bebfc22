//! Rows of the ladder and the problems that fill them.

/// One number that the program must return.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name, for example `disc.kinetics.peak.wa_1`.
    pub name: String,
    /// What is compared.
    pub what: String,
    /// Largest error that passes (1); see [`Comparison::error`].
    pub tolerance: f64,
    /// Where the tolerance comes from.
    pub because: String,
    /// Source of the expected value.
    pub source: &'static str,
}

impl Row {
    /// A row; the arguments are the fields in their order.
    pub fn new(
        name: impl Into<String>,
        what: impl Into<String>,
        tolerance: f64,
        because: impl Into<String>,
        source: &'static str,
    ) -> Row {
        let (name, what, because) = (name.into(), what.into(), because.into());
        Row { name, what, tolerance, because, source }
    }
}

/// What was expected and what the program returned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// From the closed form.
    pub expected: f64,
    /// From the program.
    pub got: f64,
    /// What the difference is divided by; positive.
    pub scale: f64,
}

impl Comparison {
    /// Compared relative to the expected value, which is not zero.
    pub fn relative(expected: f64, got: f64) -> Self {
        Comparison { expected, got, scale: expected.abs() }
    }

    /// The plain difference counts.
    pub fn absolute(expected: f64, got: f64) -> Self {
        Comparison { expected, got, scale: 1.0 }
    }

    /// `|got - expected| / scale` (1); NaN when a number is.
    pub fn error(&self) -> f64 {
        (self.got - self.expected).abs() / self.scale
    }

    /// The comparison with the largest error, NaN above all; `None` when there is none.
    pub fn worst(all: impl IntoIterator<Item = Comparison>) -> Option<Comparison> {
        all.into_iter().max_by(|a, b| {
            // total_cmp puts a positive NaN last.
            a.error().abs().total_cmp(&b.error().abs())
        })
    }
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The problem was solved.
    Compared(Comparison),
    /// It was not, and why.
    Unsolved(String),
}

impl Verdict {
    /// True when the error is a number not above the tolerance of `row`.
    pub fn passes(&self, row: &Row) -> bool {
        match self {
            Verdict::Compared(comparison) => comparison.error() <= row.tolerance,
            Verdict::Unsolved(_) => false,
        }
    }
}

/// What solves a problem: one comparison for each of its rows, or why there is none.
pub type Solve = dyn Fn() -> Result<Vec<Comparison>, String> + Send + Sync;

/// Rows that one solution, or a family of solutions, fills.
pub struct Problem {
    /// The rows that are wanted.
    pub rows: Vec<Row>,
    /// Their places among the comparisons that `solve` returns.
    places: Vec<usize>,
    solve: Box<Solve>,
}

impl Problem {
    /// A problem; `solve` returns the comparisons in the order of `rows`.
    pub fn new(
        rows: Vec<Row>,
        solve: impl Fn() -> Result<Vec<Comparison>, String> + Send + Sync + 'static,
    ) -> Problem {
        let places = (0..rows.len()).collect();
        Problem { rows, places, solve: Box::new(solve) }
    }

    /// Drops the rows for which `wanted` is false.
    pub fn keep(&mut self, wanted: impl Fn(&Row) -> bool) {
        let kept = |row: &Row| wanted(row);
        let keep: Vec<bool> = self.rows.iter().map(kept).collect();
        let mut flags = keep.iter();
        self.places.retain(|_| flags.next() == Some(&true));
        let mut flags = keep.iter();
        self.rows.retain(|_| flags.next() == Some(&true));
    }

    /// Solves it; one verdict per row.
    pub fn verdicts(&self) -> Vec<Verdict> {
        match (self.solve)() {
            Ok(comparisons) => self
                .places
                .iter()
                .map(|&place| match comparisons.get(place) {
                    Some(comparison) => Verdict::Compared(*comparison),
                    None => Verdict::Unsolved("the problem gave no value".into()),
                })
                .collect(),
            Err(error) => vec![Verdict::Unsolved(error); self.rows.len()],
        }
    }
}

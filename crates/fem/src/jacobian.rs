//! The matrix of the linear terms, which becomes the tangent and back.

use crate::assembly::Body;
use crate::elements::{Elements, Group};
use crate::rows::matrix;
use crate::{Slot, Space};
use algebra::{Csr, Operator, Split};

/// The linear terms, and the same matrix with the tangent of the others added.
///
/// Nonlinear terms stand on surfaces and touch few rows: one matrix holds both, and the values of these
/// rows are kept apart.
pub(crate) struct Jacobian {
    /// Free rows and columns; the tangent when `is_tangent`, else the linear terms.
    matrix: Stored,
    /// Of the linear terms, free rows and prescribed columns; none when all its entries are zero.
    prescribed: Option<Csr>,
    /// Rows that nonlinear terms touch, in increasing order, and the values of the linear terms there.
    touched: Vec<u32>,
    kept: Vec<f64>,
    is_tangent: bool,
}

enum Stored {
    Rows(Csr),
    /// For a solver that wants the entries so.
    Split {
        /// Of rows that nonlinear terms touch, what they were when they were last told.
        all: Box<Split>,
        /// Those rows, the others being empty.
        touched: Csr,
    },
}

impl Jacobian {
    /// The tangents of `linear`, with zeros at the places where the elements of `nonlinear` need entries.
    pub(crate) fn new(body: Body<'_>, linear: Vec<Group<'_>>, nonlinear: Vec<Group<'_>>) -> Self {
        let space = body.space;
        let (free, total) = (space.free() as u32, space.total() as u32);
        let reads_prescribed = linear.iter().any(|group| reads_prescribed(group.slots(), space));
        let all: Vec<Group> = linear.iter().chain(&nonlinear).copied().collect();
        let of_free = Stored::Rows(matrix(body, &all, 0..free));
        let prescribed = reads_prescribed.then(|| matrix(body, &linear, free..total));
        let mut is_touched = vec![false; free as usize];
        Elements::new(nonlinear, space).each(space, |dofs| {
            dofs.iter().filter(|&&d| d < free).for_each(|&d| is_touched[d as usize] = true);
        });
        let touched = (0..free).filter(|&row| is_touched[row as usize]).collect();
        Jacobian { matrix: of_free, prescribed, touched, kept: Vec::new(), is_tangent: false }
    }

    /// False when prescribed unknowns put nothing into the linear terms, whatever they are.
    pub(crate) fn reads_prescribed(&self) -> bool {
        self.prescribed.is_some()
    }

    /// All entries of the free columns, or those of the rows that nonlinear terms touch.
    fn rows_mut(&mut self) -> &mut Csr {
        match &mut self.matrix {
            Stored::Rows(matrix) | Stored::Split { touched: matrix, .. } => matrix,
        }
    }

    /// The linear terms: free rows and columns, and free rows and prescribed columns.
    pub(crate) fn into_linear(mut self) -> (Csr, Option<Csr>) {
        self.become_linear();
        match self.matrix {
            Stored::Rows(matrix) => (matrix, self.prescribed),
            Stored::Split { .. } => unreachable!("nothing was solved with it"),
        }
    }

    /// The linear terms, with a copy of what is going to change, to add the tangent of the others to: the
    /// rows that these touch, at least.
    pub(crate) fn tangent_mut(&mut self) -> &mut Csr {
        self.become_linear();
        let mut kept = std::mem::take(&mut self.kept);
        kept.clear();
        let touched = std::mem::take(&mut self.touched);
        let matrix = self.rows_mut();
        touched.iter().for_each(|&row| kept.extend_from_slice(matrix.row(row as usize).1));
        (self.kept, self.touched, self.is_tangent) = (kept, touched, true);
        self.rows_mut()
    }

    /// After what was added to [`Jacobian::tangent_mut`]; false when an entry is not finite.
    pub(crate) fn end_tangent(&mut self) -> bool {
        if let Stored::Split { all, touched } = &mut self.matrix {
            all.set_rows(&self.touched, touched);
        }
        self.rows_mut().values().iter().all(|v| v.is_finite())
    }

    /// What [`Jacobian::tangent_mut`] was made to hold, in compressed rows if it is stored so.
    pub(crate) fn tangent(&self) -> Option<&Csr> {
        match &self.matrix {
            Stored::Rows(matrix) => Some(matrix),
            Stored::Split { .. } => None,
        }
    }

    /// The linear terms at all unknowns, the free ones first, into `r`. `to_differences` when they read
    /// differences only, whose digits must not be lost in sums of unknowns far from zero.
    pub(crate) fn apply_linear(&mut self, all: &[f64], to_differences: bool, r: &mut [f64]) {
        self.become_linear();
        let (free, prescribed) = all.split_at(r.len());
        if to_differences {
            match &self.matrix {
                Stored::Rows(matrix) => {
                    r.fill(0.0);
                    matrix.add_apply_to_differences(free, free, r);
                }
                Stored::Split { all, touched } => {
                    all.apply_to_differences(free, r);
                    for &row in &self.touched {
                        let own = free[row as usize];
                        r[row as usize] = row_sum(touched, row, |j| free[j] - own);
                    }
                }
            }
            if let Some(matrix) = &self.prescribed {
                matrix.add_apply_to_differences(prescribed, free, r);
            }
        } else {
            match &self.matrix {
                Stored::Rows(matrix) => matrix.apply(free, r),
                Stored::Split { all, touched } => {
                    all.apply(free, r);
                    for &row in &self.touched {
                        r[row as usize] = row_sum(touched, row, |j| free[j]);
                    }
                }
            }
            if let Some(matrix) = &self.prescribed {
                matrix.add_apply(prescribed, r);
            }
        }
    }

    fn become_linear(&mut self) {
        if !std::mem::take(&mut self.is_tangent) {
            return;
        }
        let (touched, kept) = (std::mem::take(&mut self.touched), std::mem::take(&mut self.kept));
        let (pattern, values) = self.rows_mut().pattern_and_values_mut();
        let mut rest = &kept[..];
        for &row in &touched {
            let row = row as usize;
            let range = pattern.row_start()[row]..pattern.row_start()[row + 1];
            let (own, others) = rest.split_at(range.len());
            values[range].copy_from_slice(own);
            rest = others;
        }
        (self.touched, self.kept) = (touched, kept);
    }
}

/// The sum of the entries of a row times x of their columns.
fn row_sum(a: &Csr, row: u32, x: impl Fn(usize) -> f64) -> f64 {
    let (columns, values) = a.row(row as usize);
    columns.iter().zip(values).map(|(&j, a)| a * x(j as usize)).sum()
}

/// The tangent.
impl Operator for Jacobian {
    fn len(&self) -> usize {
        match &self.matrix {
            Stored::Rows(matrix) | Stored::Split { touched: matrix, .. } => matrix.nrows(),
        }
    }

    fn apply(&self, x: &[f64], y: &mut [f64]) {
        match &self.matrix {
            Stored::Rows(matrix) => matrix.apply(x, y),
            Stored::Split { all, .. } => all.apply(x, y),
        }
    }

    fn rounding(&self, x: &[f64]) -> Vec<f64> {
        match &self.matrix {
            Stored::Rows(matrix) => matrix.rounding(x),
            Stored::Split { all, .. } => all.rounding(x),
        }
    }

    fn product_bytes(&self) -> u64 {
        match &self.matrix {
            Stored::Rows(matrix) => matrix.product_bytes(),
            Stored::Split { all, .. } => all.product_bytes(),
        }
    }

    fn matrix(&self) -> Option<&Csr> {
        self.tangent()
    }

    fn split(&self) -> Option<&Split> {
        match &self.matrix {
            Stored::Rows(_) => None,
            Stored::Split { all, .. } => Some(all),
        }
    }

    fn can_split(&self) -> bool {
        self.tangent().is_some()
    }

    fn store_split(&mut self, make: Box<dyn FnOnce(Csr) -> Split + '_>) {
        if let Stored::Rows(matrix) = &mut self.matrix {
            let touched = matrix.rows_alone(&self.touched);
            let nothing = Csr::from_sorted(vec![0], vec![], vec![], 0);
            let all = Box::new(make(std::mem::replace(matrix, nothing)));
            self.matrix = Stored::Split { all, touched };
        }
    }
}

/// True when one of the unknowns that the slots stand for is prescribed.
fn reads_prescribed(slots: &[Slot], space: &Space) -> bool {
    let is_prescribed = |&dof: &u32| dof as usize >= space.free();
    slots.iter().any(|slot| match slot.at {
        crate::At::Whole => is_prescribed(&space.whole_dof(slot.field)),
        _ => space.field_dofs(slot.field).iter().any(is_prescribed),
    })
}

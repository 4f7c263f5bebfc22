//! How the unknowns of a slot make up what it reads at a point.

/// The coefficients of the unknowns of a slot, or of one component of a vector.
#[derive(Clone, Copy)]
pub(crate) enum Shape<'a> {
    /// A whole-body unknown: 1.
    Whole,
    /// One number, with these coefficients.
    Values(&'a [f64]),
    /// Three numbers, the directions of a gradient.
    Gradients(&'a [[f64; 3]]),
    /// The same contribution to the three diagonal numbers of the gradient of a vector.
    Diagonal(&'a [f64]),
}

impl Shape<'_> {
    /// How many sets of coefficients there are.
    pub(crate) fn coefficients(&self) -> usize {
        if matches!(self, Shape::Gradients(_)) { 3 } else { 1 }
    }

    /// The numbers that set `component` contributes to, counted from the first of the slot.
    pub(crate) fn numbers(&self, component: usize) -> &'static [usize] {
        match self {
            Shape::Diagonal(_) => &[0, 4, 8],
            _ => &[[0], [1], [2]][component],
        }
    }

    /// The coefficient of each unknown in set `component`.
    pub(crate) fn each(&self, component: usize, mut f: impl FnMut(usize, f64)) {
        match self {
            Shape::Whole => f(0, 1.0),
            Shape::Values(values) | Shape::Diagonal(values) => {
                values.iter().enumerate().for_each(|(k, &v)| f(k, v));
            }
            Shape::Gradients(g) => g.iter().enumerate().for_each(|(k, g)| f(k, g[component])),
        }
    }

    /// Adds `rows`, one for each coefficient, times these to the rows of the unknowns in `out`.
    #[inline(always)]
    pub(crate) fn add_rows(&self, rows: &[f64], out: &mut [f64]) {
        let width = rows.len() / self.coefficients();
        let out = out.chunks_exact_mut(width);
        match self {
            Shape::Whole => out.take(1).for_each(|out| add(out, 1.0, rows)),
            Shape::Values(values) | Shape::Diagonal(values) => {
                for (out, &value) in out.zip(*values) {
                    add(out, value, rows);
                }
            }
            Shape::Gradients(gradients) => {
                let (first, others) = rows.split_at(width);
                let (second, third) = others.split_at(width);
                for (out, g) in out.zip(*gradients) {
                    let rows = first.iter().zip(second).zip(third);
                    for (out, ((first, second), third)) in out.iter_mut().zip(rows) {
                        *out = ((*out + g[0] * first) + g[1] * second) + g[2] * third;
                    }
                }
            }
        }
    }

    /// Adds w times the derivatives `t` of one coefficient to the unknowns of the slot.
    #[inline(always)]
    pub(crate) fn add_to(&self, row: &mut [f64], t: &[f64], w: f64) {
        match self {
            Shape::Whole => row[0] += w * t[0],
            Shape::Values(values) => add(row, w * t[0], values),
            Shape::Diagonal(values) => add(row, w * (t[0] + t[4] + t[8]), values),
            Shape::Gradients(gradients) => {
                for (r, g) in row.iter_mut().zip(*gradients) {
                    *r += w * (t[0] * g[0] + t[1] * g[1] + t[2] * g[2]);
                }
            }
        }
    }
}

/// out = out + factor values
#[inline(always)]
fn add(out: &mut [f64], factor: f64, values: &[f64]) {
    for (out, value) in out.iter_mut().zip(values) {
        *out += factor * value;
    }
}

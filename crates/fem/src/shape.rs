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

    /// Adds w times the derivatives `t` of one coefficient to the unknowns of the slot.
    pub(crate) fn add_to(&self, row: &mut [f64], t: &[f64], w: f64) {
        let mut add = |t: f64, values: &[f64]| {
            for (r, v) in row.iter_mut().zip(values) {
                *r += w * t * v;
            }
        };
        match self {
            Shape::Whole => row[0] += w * t[0],
            Shape::Values(values) => add(t[0], values),
            Shape::Diagonal(values) => add(t[0] + t[4] + t[8], values),
            Shape::Gradients(gradients) => {
                for (r, g) in row.iter_mut().zip(*gradients) {
                    *r += w * (t[0] * g[0] + t[1] * g[1] + t[2] * g[2]);
                }
            }
        }
    }
}

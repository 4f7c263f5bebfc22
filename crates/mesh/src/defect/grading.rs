//! Where the lines of a lattice go: small cells at the rim, geometric growth away from it.

/// Cell sizes that grow by the factor exp(growth) from one cell to the next away from the rim.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grading {
    /// Size at distance zero.
    rim: f64,
    /// Derivative of the size with respect to the distance.
    growth: f64,
}

impl Grading {
    /// Sizes for which the first cell at distance zero measures `first`.
    pub(super) fn new(first: f64, growth: f64) -> Grading {
        // dx/dn = rim + growth x gives x(1) = rim (exp(growth) - 1) / growth.
        Grading { rim: first * growth / growth.exp_m1(), growth }
    }

    /// Size of a cell at this distance from the rim, at most `cap`.
    pub(super) fn size(&self, distance: f64, cap: f64) -> f64 {
        (self.rim + self.growth * distance).min(cap)
    }
}

/// Samples per cell when the size is integrated.
const SAMPLES: f64 = 32.0;

/// Knots from `from` to `to`, both included, whose distance near x is at most about `size(x)`.
///
/// They sit at equal steps of n where dx/dn = size(x), so that sizes vary as smoothly as the
/// function does.
pub(super) fn knots(from: f64, to: f64, size: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut samples = vec![from];
    let mut x = from;
    let total = loop {
        // Midpoint rule for dx/dn = size(x).
        let step = size((x + 0.5 * size(x) / SAMPLES).min(to)) / SAMPLES;
        let next = x + step;
        // The march also ends where the step is lost in the rounding of x.
        if !(next > x && next < to) {
            break samples.len() as f64 - 1.0 + ((to - x) / step).min(1.0);
        }
        x = next;
        samples.push(x);
    };
    samples.push(to);
    // A cell may be five per cent too large rather than all of them nearly half too small.
    let cells = (total / SAMPLES - 0.05).ceil().max(1.0) as usize;
    let mut knots = Vec::with_capacity(cells + 1);
    for k in 0..cells {
        let n = total * k as f64 / cells as f64;
        let i = (n as usize).min(samples.len() - 2);
        let last = if i + 2 == samples.len() { total - i as f64 } else { 1.0 };
        knots.push(samples[i] + (samples[i + 1] - samples[i]) * ((n - i as f64) / last));
    }
    knots.push(to);
    knots
}

/// Every interval of `knots` cut into `parts` equal ones; the knots stay as they are.
pub(super) fn subdivide(knots: &[f64], parts: usize) -> Vec<f64> {
    let mut fine = Vec::with_capacity((knots.len() - 1) * parts + 1);
    for w in knots.windows(2) {
        fine.extend((0..parts).map(|p| w[0] + (w[1] - w[0]) * (p as f64 / parts as f64)));
    }
    fine.extend(knots.last());
    fine
}

/// Appends the knots of the next stretch, whose first is the last of `line`.
pub(super) fn join(line: &mut Vec<f64>, next: &[f64]) {
    line.extend_from_slice(&next[1..]);
}

//! Turning a section about the z axis inside a square box.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_PI_2};

/// Rays at equal angles over a quarter or the whole turn.
///
/// A point at radius r goes along its ray to r (1 + m(r) (c - 1)), where c = 1 / max(|cos|, |sin|)
/// takes the circle to the square and m rises smoothly from 0 at `round` to 1 at `width`: the
/// neighbourhood of the defect stays round, the outer side is flat.
#[derive(Clone, Copy, Debug)]
pub(super) struct Revolution {
    /// Order of the cells.
    pub(super) order: usize,
    /// Cells in a quarter turn, an even number, so that the diagonal is made of nodes.
    pub(super) per_quarter: usize,
    /// Quarters: 1 or 4.
    pub(super) quarters: usize,
    /// Radius below which circles stay circles \[m\].
    pub(super) round: f64,
    /// Half side of the box \[m\].
    pub(super) width: f64,
}

impl Revolution {
    /// Number of cells along the circle.
    pub(super) fn cells(&self) -> usize {
        self.per_quarter * self.quarters
    }

    /// True for the whole turn.
    pub(super) fn is_closed(&self) -> bool {
        self.quarters == 4
    }

    /// Number of different rays.
    pub(super) fn rays(&self) -> usize {
        self.order * self.cells() + usize::from(!self.is_closed())
    }

    /// The ray with this number, which may have gone once around.
    pub(super) fn ray(&self, k: usize) -> usize {
        k % self.rays()
    }

    /// (x, y) \[m\] of the point at radius `r` on the section, swept to ray `k`.
    pub(super) fn place(&self, r: f64, k: usize) -> [f64; 2] {
        let quarter = self.order * self.per_quarter;
        let (turns, k) = (k / quarter, k % quarter);
        // Only angles up to 45 degrees are computed: mirror images agree to the last bit.
        let small = k.min(quarter - k);
        let (sine, cosine) = if 2 * small == quarter {
            (FRAC_1_SQRT_2, FRAC_1_SQRT_2)
        } else {
            (FRAC_PI_2 * small as f64 / quarter as f64).sin_cos()
        };
        let (long, short) = if r == self.width {
            (r, r * (sine / cosine))
        } else {
            let t = ((r - self.round) / (self.width - self.round)).max(0.0);
            let stretched = r * (1.0 + t * t * (1.0 / cosine - 1.0));
            (stretched * cosine, stretched * sine)
        };
        let [x, y] = if small == k { [long, short] } else { [short, long] };
        match turns {
            0 => [x, y],
            1 => [-y, x],
            2 => [-x, -y],
            _ => [y, -x],
        }
    }
}

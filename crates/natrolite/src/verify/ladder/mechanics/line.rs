//! Where a straight line through measured points meets zero: the edge of a contact to less than a cell.

/// The line y = top + slope x with the least squares of distances along y.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub top: f64,
    pub slope: f64,
}

impl Line {
    /// Through at least three points.
    pub fn through(points: &[(f64, f64)]) -> Result<Line, String> {
        if points.len() < 3 {
            return Err(format!("{} nodes are too few to find the edge", points.len()));
        }
        let n = points.len() as f64;
        let (x, y) = (
            points.iter().map(|p| p.0).sum::<f64>() / n,
            points.iter().map(|p| p.1).sum::<f64>() / n,
        );
        let spread: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
        let slope = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / spread;
        Ok(Line { top: y - slope * x, slope })
    }

    /// Where it is zero.
    pub fn zero(&self) -> f64 {
        -self.top / self.slope
    }
}

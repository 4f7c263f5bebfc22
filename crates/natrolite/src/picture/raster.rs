//! A field sampled at pixels.

use super::section::Triangle;

/// Values at the centres of pixels, row 0 at the top; NaN where there is no material.
pub struct Raster {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f64>,
    /// The region of each pixel with a value.
    pub regions: Vec<u32>,
    low: [f64; 2],
    /// Pixels per metre.
    scale: f64,
}

impl Raster {
    /// An empty raster over the window from `low` to `high` \[m\] with square pixels, `width` of
    /// them in a row.
    pub fn new(low: [f64; 2], high: [f64; 2], width: usize) -> Raster {
        let scale = width as f64 / (high[0] - low[0]);
        let height = (((high[1] - low[1]) * scale).round() as usize).max(1);
        let size = width * height;
        Raster { width, height, values: vec![f64::NAN; size], regions: vec![0; size], low, scale }
    }

    /// Column and row of a point, in pixels; the centre of the first pixel is (0.5, 0.5).
    fn place(&self, p: [f64; 2]) -> [f64; 2] {
        [(p[0] - self.low[0]) * self.scale, self.height as f64 - (p[1] - self.low[1]) * self.scale]
    }

    /// Fills the pixels whose centres lie in a triangle, by linear interpolation.
    pub fn fill(&mut self, triangle: &Triangle) {
        let p = triangle.corners.map(|c| self.place(c));
        let range = |k: usize, end: usize| {
            let low = p.iter().map(|c| c[k]).fold(f64::INFINITY, f64::min);
            let high = p.iter().map(|c| c[k]).fold(f64::NEG_INFINITY, f64::max);
            let first = (low - 0.5).ceil().clamp(0.0, end as f64) as usize;
            let last = ((high - 0.5).floor() + 1.0).clamp(0.0, end as f64) as usize;
            first..last
        };
        let cross = |a: [f64; 2], b: [f64; 2], c: [f64; 2]| {
            (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        };
        let area = cross(p[0], p[1], p[2]);
        if area == 0.0 || !area.is_finite() {
            return;
        }
        for row in range(1, self.height) {
            for column in range(0, self.width) {
                let c = [column as f64 + 0.5, row as f64 + 0.5];
                let weights = [cross(c, p[1], p[2]), cross(p[0], c, p[2]), cross(p[0], p[1], c)]
                    .map(|w| w / area);
                // Edges belong to both neighbours, so that no pixel falls between two.
                if weights.iter().all(|&w| w >= -1e-9) {
                    let pixel = row * self.width + column;
                    self.values[pixel] = (0..3).map(|k| weights[k] * triangle.values[k]).sum();
                    self.regions[pixel] = triangle.region;
                }
            }
        }
    }

    /// Smallest and largest finite value.
    pub fn range(&self) -> Option<[f64; 2]> {
        let finite = self.values.iter().filter(|v| v.is_finite());
        finite.fold(None, |range, &v| match range {
            None => Some([v, v]),
            Some([low, high]) => Some([low.min(v), high.max(v)]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_field_is_sampled_exactly_and_without_gaps() {
        let mut raster = Raster::new([0.0, 0.0], [2.0, 1.0], 20);
        let value = |p: [f64; 2]| 3.0 * p[0] - p[1];
        let [a, b, c, d] = [[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]];
        for (corners, region) in [([a, b, c], 0), ([a, d, c], 1)] {
            raster.fill(&Triangle { corners, values: corners.map(value), region });
        }
        assert_eq!((raster.width, raster.height), (20, 10));
        for row in 0..10 {
            for column in 0..20 {
                let p = [(column as f64 + 0.5) / 10.0, 1.0 - (row as f64 + 0.5) / 10.0];
                let v = raster.values[row * 20 + column];
                assert!((v - value(p)).abs() < 1e-12, "{row} {column} {v}");
            }
        }
        assert_eq!((raster.regions[0], raster.regions[199]), (1, 0));
        let [low, high] = raster.range().unwrap();
        assert!((low - (0.15 - 0.95)).abs() < 1e-12 && (high - (5.85 - 0.05)).abs() < 1e-12);
    }

    #[test]
    fn pixels_outside_stay_empty() {
        let mut raster = Raster::new([0.0, 0.0], [1.0, 1.0], 4);
        let corners = [[-9.0, 0.0], [0.5, 0.0], [0.5, 9.0]];
        raster.fill(&Triangle { corners, values: [1.0; 3], region: 0 });
        for row in raster.values.chunks(4) {
            assert!(row[0] == 1.0 && row[1] == 1.0 && row[2].is_nan() && row[3].is_nan());
        }
        assert!(Raster::new([0.0; 2], [1.0; 2], 3).range().is_none());
    }
}

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

    /// The centre of a pixel \[m\].
    pub fn position(&self, pixel: usize) -> [f64; 2] {
        let (column, row) = (pixel % self.width, pixel / self.width);
        [
            self.low[0] + (column as f64 + 0.5) / self.scale,
            self.low[1] + (self.height as f64 - row as f64 - 0.5) / self.scale,
        ]
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

impl Raster {
    /// The value between four pixels, at a place in pixels (column, row); none unless all four have a value
    /// and belong to one region.
    pub fn interpolate(&self, at: [f64; 2]) -> Option<f64> {
        let [x, y] = at.map(|c| c - 0.5);
        let inside = x >= 0.0 && y >= 0.0;
        let (column, row) = (x as usize, y as usize);
        if !inside || column + 1 >= self.width || row + 1 >= self.height {
            return None;
        }
        let a = row * self.width + column;
        let pixels = [a, a + 1, a + self.width, a + self.width + 1];
        let (s, t) = (x - column as f64, y - row as f64);
        let weights = [(1.0 - s) * (1.0 - t), s * (1.0 - t), (1.0 - s) * t, s * t];
        let one_region = pixels.iter().all(|&p| self.regions[p] == self.regions[a]);
        let value: f64 = pixels.iter().zip(weights).map(|(&p, w)| w * self.values[p]).sum();
        (one_region && value.is_finite()).then_some(value)
    }

    /// The value below which a part (0 to 1) of the finite values lies; none without values.
    pub fn quantile(&self, part: f64) -> Option<f64> {
        let mut finite: Vec<f64> = self.values.iter().copied().filter(|v| v.is_finite()).collect();
        let last = finite.len().checked_sub(1)?;
        let (_, value, _) =
            finite.select_nth_unstable_by((part * last as f64) as usize, f64::total_cmp);
        Some(*value)
    }

    /// Takes away, as infinite, the values of regions in which they vary by less than `part` of the
    /// whole range, where another region is left. What was taken: region and value.
    pub fn set_apart_uniform(&mut self, part: f64) -> Vec<(u32, f64)> {
        let Some([low, high]) = self.range() else { return Vec::new() };
        let mut ranges: Vec<Option<[f64; 2]>> = Vec::new();
        for (&v, &region) in self.values.iter().zip(&self.regions) {
            if v.is_finite() {
                ranges.resize(ranges.len().max(region as usize + 1), None);
                let [l, h] = ranges[region as usize].unwrap_or([v, v]);
                ranges[region as usize] = Some([l.min(v), h.max(v)]);
            }
        }
        let is_uniform = |[l, h]: [f64; 2]| h - l < part * (high - low);
        if ranges.iter().flatten().all(|&r| is_uniform(r)) {
            return Vec::new();
        }
        let apart = |region: u32| ranges[region as usize].is_some_and(is_uniform);
        for (v, &region) in self.values.iter_mut().zip(&self.regions) {
            if v.is_finite() && apart(region) {
                *v = f64::INFINITY;
            }
        }
        let all = (0_u32..).zip(&ranges);
        all.filter_map(|(k, r)| r.filter(|&r| is_uniform(r)).map(|[l, h]| (k, 0.5 * (l + h))))
            .collect()
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
    fn a_metal_at_one_potential_is_set_apart() {
        let mut raster = Raster::new([0.0, 0.0], [2.0, 1.0], 20);
        let [a, b, c, d] = [[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]];
        raster.fill(&Triangle { corners: [a, b, c], values: [0.0, 1e-9, 0.0], region: 0 });
        raster.fill(&Triangle { corners: [a, d, c], values: [10.0, 12.0, 11.0], region: 1 });
        let apart = raster.set_apart_uniform(1e-3);
        assert_eq!(apart.len(), 1);
        assert!(apart[0].0 == 0 && apart[0].1.abs() < 1e-8);
        assert!(raster.values[199].is_infinite());
        assert!(raster.range().unwrap()[0] >= 10.0);
        // The last region stays, however little it varies.
        assert!(raster.set_apart_uniform(10.0).is_empty());
        let middle = raster.quantile(0.5).unwrap();
        let finite: Vec<f64> = raster.values.iter().copied().filter(|v| v.is_finite()).collect();
        let below = finite.iter().filter(|v| **v < middle).count();
        let at_most = finite.iter().filter(|v| **v <= middle).count();
        assert!(finite.len() > 90 && 2 * below <= finite.len() && 2 * at_most >= finite.len());
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

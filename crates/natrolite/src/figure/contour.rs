//! Lines of equal value in a raster: marching squares.

use super::raster::Raster;
use std::collections::BTreeMap;

/// The lines on which the field of `raster` takes the value `level`, in pixels (column, row); each
/// line is open or, with its first point again at the end, closed. Squares of four pixels that are
/// not all of one region have no line.
pub fn contour(raster: &Raster, level: f64) -> Vec<Vec<[f64; 2]>> {
    let segments = squares(raster, level);
    join(&segments)
        .into_iter()
        .map(|edges| edges.into_iter().map(|e| crossing(raster, level, e)).collect())
        .collect()
}

/// Every third point of a line and its last one: pixels are finer than the lines are curved.
pub fn thin(line: &[[f64; 2]]) -> impl Iterator<Item = [f64; 2]> {
    let last = line.len().saturating_sub(1);
    line.iter().enumerate().filter(move |(k, _)| k % 3 == 0 || *k == last).map(|(_, p)| *p)
}

/// Length of a line.
pub fn length(line: &[[f64; 2]]) -> f64 {
    line.windows(2).map(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1])).sum()
}

/// An edge between neighbouring pixels: to the right (0) or below (1) of the pixel.
type Edge = (usize, u8);

fn squares(raster: &Raster, level: f64) -> Vec<[Edge; 2]> {
    let width = raster.width;
    let mut segments = Vec::new();
    // What most squares are: all above, or all below.
    let is_above: Vec<bool> = raster.values.iter().map(|value| *value >= level).collect();
    for row in 0..raster.height.saturating_sub(1) {
        let [upper, lower] = [row, row + 1].map(|row| &is_above[row * width..][..width]);
        for (column, (top, bottom)) in upper.windows(2).zip(lower.windows(2)).enumerate() {
            let all = top[0];
            if (top[1], bottom[0], bottom[1]) == (all, all, all) {
                continue;
            }
            let a = row * width + column;
            let pixels = [a, a + 1, a + width + 1, a + width];
            let values = pixels.map(|p| raster.values[p]);
            let region = raster.regions[a];
            let one_region = pixels.iter().all(|&p| raster.regions[p] == region);
            if !one_region || values.iter().any(|v| !v.is_finite()) {
                continue;
            }
            // Top, right, bottom, left.
            let edges: [Edge; 4] = [(a, 0), (a + 1, 1), (a + width, 0), (a, 1)];
            let above = values.map(|v| v >= level);
            let crossed: Vec<Edge> =
                (0..4).filter(|&k| above[k] != above[(k + 1) % 4]).map(|k| edges[k]).collect();
            match crossed[..] {
                [s, t] => segments.push([s, t]),
                // A saddle: the centre decides which corners are connected.
                [top, right, bottom, left] => {
                    let centre = values.iter().sum::<f64>() / 4.0 >= level;
                    if centre == above[0] {
                        segments.extend([[top, right], [bottom, left]]);
                    } else {
                        segments.extend([[left, top], [right, bottom]]);
                    }
                }
                _ => {}
            }
        }
    }
    segments
}

fn crossing(raster: &Raster, level: f64, (pixel, direction): Edge) -> [f64; 2] {
    let other = if direction == 0 { pixel + 1 } else { pixel + raster.width };
    let (a, b) = (raster.values[pixel], raster.values[other]);
    let weight = (level - a) / (b - a);
    let mut at = [(pixel % raster.width) as f64 + 0.5, (pixel / raster.width) as f64 + 0.5];
    at[usize::from(direction)] += weight;
    at
}

/// Joins segments that share an edge; open lines first found from their ends.
fn join(segments: &[[Edge; 2]]) -> Vec<Vec<Edge>> {
    let mut at: BTreeMap<Edge, Vec<usize>> = BTreeMap::new();
    for (k, ends) in segments.iter().enumerate() {
        for end in ends {
            at.entry(*end).or_default().push(k);
        }
    }
    let mut used = vec![false; segments.len()];
    let mut lines = Vec::new();
    let ends = at.iter().filter(|(_, s)| s.len() == 1).map(|(&edge, s)| (edge, s[0]));
    let rest = segments.iter().enumerate().map(|(k, ends)| (ends[0], k));
    for (start, first) in ends.chain(rest) {
        if used[first] {
            continue;
        }
        let mut line = vec![start];
        let mut next = Some(first);
        while let Some(k) = next {
            used[k] = true;
            let last = line[line.len() - 1];
            let [a, b] = segments[k];
            let end = if a == last { b } else { a };
            line.push(end);
            next = at[&end].iter().copied().find(|&k| !used[k]);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::section::Triangle;

    fn raster(width: usize, value: impl Fn(f64, f64) -> f64) -> Raster {
        let mut raster = Raster::new([0.0; 2], [1.0; 2], width);
        raster.fill(&Triangle { corners: [[0.0; 2]; 3], values: [0.0; 3], region: 0 });
        for row in 0..width {
            for column in 0..width {
                raster.values[row * width + column] = value(column as f64 + 0.5, row as f64 + 0.5);
            }
        }
        raster
    }

    #[test]
    fn a_straight_line_is_one_exact_line() {
        let raster = raster(10, |x, y| x + 2.0 * y);
        let lines = contour(&raster, 12.3);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|p| (p[0] + 2.0 * p[1] - 12.3).abs() < 1e-12));
        assert!(lines[0].len() > 10);
    }

    #[test]
    fn a_circle_is_one_closed_line_of_the_right_length() {
        let raster = raster(100, |x, y| (x - 50.0).hypot(y - 50.0));
        let lines = contour(&raster, 30.0);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        let circumference = 60.0 * std::f64::consts::PI;
        assert!((length(&lines[0]) / circumference - 1.0).abs() < 1e-3);
        let thinned: Vec<_> = thin(&lines[0]).collect();
        assert_eq!(thinned.first(), thinned.last());
        assert!(thinned.len() <= lines[0].len() / 3 + 2);
    }

    #[test]
    fn lines_stop_where_there_is_no_material() {
        let raster = raster(10, |x, y| if x > 5.0 { f64::NAN } else { y });
        let lines = contour(&raster, 4.0);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].iter().all(|p| p[0] <= 5.0 && (p[1] - 4.0).abs() < 1e-12));
    }
}

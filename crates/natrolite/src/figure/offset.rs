//! How the second body of a contact is drawn away from the first by the gap before loading.
//!
//! A gap that a case gives by a formula is not in the mesh, and a gap that is in the mesh is not
//! magnified. So that the distance in the picture is the magnified gap everywhere, the second body is
//! drawn as if it had also been displaced by s n at its surface, s = M g0 - d, with M the
//! magnification, g0 the gap before loading, d its part in the mesh and n the normal; inside the body
//! this fades as (1 - distance / reach)^2.

use super::contact_line::ContactLine;

/// The additional displacement of one region.
pub struct Offset {
    /// Ends and additional displacements there, sorted by the middle's first coordinate.
    segments: Vec<[([f64; 2], [f64; 2]); 2]>,
    /// Half of the longest segment.
    longest: f64,
    reach: f64,
}

impl Offset {
    /// The offset of `region` from all contacts whose second side it is, fading out at `reach`
    /// \[m\].
    pub fn new(lines: &[ContactLine], region: u32, magnification: f64, reach: f64) -> Offset {
        let own = lines.iter().filter(|l| l.second == Some(region)).flat_map(|l| &l.segments);
        let mut segments: Vec<_> = own
            .map(|ends| {
                ends.map(|p| {
                    let s = magnification * p.initial - p.apart;
                    let at = [0, 1].map(|k| p.x[k] + p.apart * p.normal[k]);
                    (at, p.normal.map(|n| s * n))
                })
            })
            .collect();
        segments.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
        let half =
            |[a, b]: &[([f64; 2], [f64; 2]); 2]| 0.5 * (b.0[0] - a.0[0]).hypot(b.0[1] - a.0[1]);
        let longest = segments.iter().map(half).fold(0.0, f64::max);
        Offset { segments, longest, reach }
    }

    /// The additional displacement at a point: that of the nearest point of the contact, faded.
    pub fn at(&self, p: [f64; 2]) -> [f64; 2] {
        let mut best = (self.reach, [0.0; 2]);
        let start = self.segments.partition_point(|s| middle(s) < p[0]);
        // Outwards from the nearest middle, until all others are farther away than what is found.
        let (mut left, mut right) = (start, start);
        loop {
            let near = |k: usize| (middle(&self.segments[k]) - p[0]).abs() - self.longest;
            let go_left = left > 0 && near(left - 1) < best.0;
            let go_right = right < self.segments.len() && near(right) < best.0;
            if !go_left && !go_right {
                break;
            }
            if go_left {
                left -= 1;
                try_segment(&self.segments[left], p, &mut best);
            }
            if go_right {
                try_segment(&self.segments[right], p, &mut best);
                right += 1;
            }
        }
        let fade = (1.0 - best.0 / self.reach).powi(2);
        best.1.map(|s| fade * s)
    }
}

fn middle([a, b]: &[([f64; 2], [f64; 2]); 2]) -> f64 {
    0.5 * (a.0[0] + b.0[0])
}

fn try_segment(
    [(a, s), (b, t)]: &[([f64; 2], [f64; 2]); 2],
    p: [f64; 2],
    best: &mut (f64, [f64; 2]),
) {
    let (along, from) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
    let square = along[0] * along[0] + along[1] * along[1];
    let part = match square > 0.0 {
        true => ((along[0] * from[0] + along[1] * from[1]) / square).clamp(0.0, 1.0),
        false => 0.0,
    };
    let distance = (from[0] - part * along[0]).hypot(from[1] - part * along[1]);
    if distance < best.0 {
        *best = (distance, [0, 1].map(|k| s[k] + part * (t[k] - s[k])));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::contact_line::ContactPoint;

    #[test]
    fn the_offset_is_that_of_the_nearest_point_and_fades() {
        let point = |x: f64, initial: f64| ContactPoint {
            x: [x, 0.0],
            u: [[0.0; 2]; 2],
            normal: [0.0, -1.0],
            initial,
            apart: 0.5,
            gap: initial,
        };
        let segments =
            (0..8).rev().map(|k| [k, k + 1].map(|k| point(f64::from(k), 0.1 * f64::from(k))));
        let line = ContactLine { name: "a".into(), second: Some(1), segments: segments.collect() };
        let offset = Offset::new(&[line], 1, 10.0, 2.0);
        // The surface lies at -0.5; s = 10 g0 - 0.5 with g0 = 0.1 x.
        for (p, wanted) in [
            ([3.25, -0.5], 2.75),
            ([8.0, -0.5], 7.5),
            ([4.0, -1.5], 3.5 * 0.25),
            ([9.0, -0.5], 7.5 * 0.25),
            ([4.0, -2.5], 0.0),
        ] {
            let [u, v] = offset.at(p);
            assert!(u == 0.0 && (v + wanted).abs() < 1e-12, "{p:?} {v}");
        }
        assert_eq!(Offset::new(&[], 1, 10.0, 2.0).at([1.0, 1.0]), [0.0, 0.0]);
    }
}

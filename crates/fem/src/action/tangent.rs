//! What a law makes of a gradient.

use super::lanes::{Lanes, Number, add, zero};

/// Nine numbers: row 3 i + j is that of component i along axis j.
pub(super) type Tensor<T, const L: usize> = [Lanes<T, L>; 9];

/// The tangent of a law.
pub(super) enum Tangent<T> {
    /// Normal components answer to normal ones, and each shear to its own: isotropic and orthotropic laws,
    /// written out because all cells have them.
    Orthotropic {
        /// Row by row.
        normal: [T; 9],
        /// Of each pair of shears, row by row.
        shear: [[T; 4]; 3],
    },
    /// The entries that are not zero: row, column, value.
    General(Vec<(usize, usize, T)>),
}

/// The shears of each plane: the components of the gradient that belong together.
const SHEARS: [[usize; 2]; 3] = [[1, 3], [2, 6], [5, 7]];

impl<T: Number> Tangent<T> {
    /// From the entries, multiplied by `factor`.
    pub fn new(entries: &[(usize, usize, f64)], factor: f64) -> Self {
        let (mut normal, mut shear) = ([T::default(); 9], [[T::default(); 4]; 3]);
        for &(i, j, t) in entries {
            let t_narrow = T::of(factor * t);
            let plane = SHEARS.iter().position(|pair| pair.contains(&i) && pair.contains(&j));
            if i % 4 == 0 && j % 4 == 0 {
                normal[3 * (i / 4) + j / 4] = t_narrow;
            } else if let Some(plane) = plane {
                let place = |k: usize| usize::from(SHEARS[plane][1] == k);
                shear[plane][2 * place(i) + place(j)] = t_narrow;
            } else {
                let narrow = |&(i, j, t): &(usize, usize, f64)| (i, j, T::of(factor * t));
                return Tangent::General(entries.iter().map(narrow).collect());
            }
        }
        Tangent::Orthotropic { normal, shear }
    }

    /// The law's answer to a gradient.
    #[inline(always)]
    pub fn apply<const L: usize>(&self, g: &Tensor<T, L>) -> Tensor<T, L> {
        let mut s = [zero(); 9];
        match self {
            Self::Orthotropic { normal, shear } => {
                for i in 0..3 {
                    for j in 0..3 {
                        add(&mut s[4 * i], normal[3 * i + j], &g[4 * j]);
                    }
                }
                for (t, [a, b]) in shear.iter().zip(SHEARS) {
                    for l in 0..L {
                        s[a][l] = t[0] * g[a][l] + t[1] * g[b][l];
                        s[b][l] = t[2] * g[a][l] + t[3] * g[b][l];
                    }
                }
            }
            Self::General(entries) => {
                entries.iter().for_each(|&(i, j, t)| add(&mut s[i], t, &g[j]));
            }
        }
        s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_give_the_product() {
        let full: Vec<(usize, usize, f64)> =
            (0..81).map(|k| (k / 9, k % 9, (k as f64 * 0.7).cos())).collect();
        let is_orthotropic = |&&(i, j, _): &&(usize, usize, f64)| {
            (i % 4 == 0 && j % 4 == 0) || SHEARS.iter().any(|p| p.contains(&i) && p.contains(&j))
        };
        let orthotropic: Vec<_> = full.iter().filter(is_orthotropic).copied().collect();
        assert_eq!(orthotropic.len(), 21);
        let g: Tensor<f64, 1> = std::array::from_fn(|k| [k as f64 - 3.5]);
        for (entries, is_written_out) in [(full, false), (orthotropic, true)] {
            let tangent = Tangent::<f64>::new(&entries, 2.0);
            assert_eq!(matches!(tangent, Tangent::Orthotropic { .. }), is_written_out);
            let got = tangent.apply(&g);
            for (i, got) in got.iter().enumerate() {
                let row = entries.iter().filter(|entry| entry.0 == i);
                let want: f64 = row.map(|&(_, j, t)| 2.0 * t * g[j][0]).sum();
                assert!((got[0] - want).abs() < 1e-13, "{i}: {} {want}", got[0]);
            }
        }
    }
}

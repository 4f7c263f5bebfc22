//! The sums that become a row of a sparse matrix.

/// A sum for each column, most of them nothing, and which columns have one.
pub(super) struct Sums {
    groups: Vec<Group>,
    /// The groups that have sums.
    met: Vec<u32>,
}

/// Columns next to each other.
#[derive(Clone)]
struct Group {
    sums: [f64; 64],
    /// A bit for each column that has a sum.
    met: u64,
}

impl Sums {
    /// Nothing in any of `ncols` columns.
    pub fn new(ncols: usize) -> Self {
        let nothing = Group { sums: [0.0; 64], met: 0 };
        Self { groups: vec![nothing; ncols.div_ceil(64)], met: Vec::new() }
    }

    /// Number of columns there is room for.
    pub fn len(&self) -> usize {
        64 * self.groups.len()
    }

    /// Adds `factor` times a sparse row.
    #[inline(always)]
    pub fn add<T: Into<f64> + Copy>(&mut self, factor: f64, columns: &[u32], values: &[T]) {
        for (&j, &v) in columns.iter().zip(values) {
            let group = &mut self.groups[j as usize / 64];
            // Seldom true: columns of a row are near each other.
            if group.met == 0 {
                self.met.push(j / 64);
            }
            group.met |= 1 << (j % 64);
            group.sums[j as usize % 64] += factor * v.into();
        }
    }

    /// Calls `f` with all columns that have a sum, in order, and forgets them.
    #[inline(always)]
    pub fn take(&mut self, mut f: impl FnMut(u32, f64)) {
        self.met.sort_unstable();
        for at in self.met.drain(..) {
            let group = &mut self.groups[at as usize];
            let mut met = std::mem::take(&mut group.met);
            while met != 0 {
                let j = met.trailing_zeros();
                met &= met - 1;
                f(64 * at + j, std::mem::take(&mut group.sums[j as usize % 64]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_sorted_and_are_forgotten() {
        let mut sums = Sums::new(10_000);
        let row = |sums: &mut Sums| {
            let mut row = Vec::new();
            sums.take(|j, v| row.push((j, v)));
            row
        };
        assert_eq!(row(&mut sums), []);
        sums.add(2.0, &[9_999, 64, 0], &[0.5, 1.0, 1.5]);
        sums.add(-1.0, &[9_999, 63, 64], &[-4.0_f32, 1.0, 2.0]);
        // A sum that cancels is an entry all the same.
        assert_eq!(row(&mut sums), [(0, 3.0), (63, -1.0), (64, 0.0), (9_999, 5.0)]);
        sums.add(7.0, &[5_000], &[1.0]);
        assert_eq!(row(&mut sums), [(5_000, 7.0)]);
    }
}

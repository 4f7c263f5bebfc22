//! Which neighbours an error is smooth towards.

use super::blocks::View;
use rayon::prelude::*;
use std::borrow::Cow;
use std::ops::Range;

/// Rows per task.
const ROWS: usize = 4096;

/// How strongly the rows of a matrix are coupled.
pub(super) struct Strength<'a> {
    pub start: &'a [usize],
    pub columns: &'a [u32],
    /// Per entry: the value, or of a block the sum of the diagonal entries of the first components; only
    /// negative ones couple.
    pub weights: Cow<'a, [f64]>,
    /// What a coupling is compared with; infinite for rows so dominated by their diagonal that the
    /// smoother alone solves them.
    threshold: Vec<f64>,
    /// What else is known of each row.
    rows: Vec<OfRow>,
    /// Which entries are strong, a bit each, for each [`ROWS`] rows.
    strong: Vec<Vec<u64>>,
}

/// What is known of the weights of a row beside its threshold.
#[derive(Clone, Copy, Default)]
struct OfRow {
    /// The largest positive one beside the diagonal.
    positive: f64,
    /// Their sum.
    sum: f64,
}

/// A row whose diagonal is this many times the sum of the others needs no coarse grid.
const DOMINANCE: f64 = 10.0;

/// What becomes of theta in a row with these largest entries of both signs, beside the diagonal.
///
/// Cells stretched in one direction make entries across it positive, up to half as large as those along it,
/// and give the corners of their faces 1/4 of them: at 0.25 such meshes take hundreds of iterations, at 0.3
/// 17 where 0.4 takes 14. Tetrahedra make few and small positive entries, and do best with little: at 0.4
/// they take 18 iterations, at 0.25 fourteen.
fn fraction(theta: f64, positive: f64, largest: f64) -> f64 {
    const USUAL: f64 = 0.2;
    const SLOPE: f64 = 2.0;
    let beyond = SLOPE * (positive / largest - USUAL);
    // Without a largest one the row has no neighbours to compare.
    if beyond > 0.0 {
        (5.0 / 6.0 * theta + beyond).min(4.0 / 3.0 * theta)
    } else {
        5.0 / 6.0 * theta
    }
}

/// What decides which weights of a row are strong.
struct Extremes {
    /// The absolute value of the diagonal entry.
    diagonal: f64,
    /// The largest of -v and of v beside it, at least 0.
    largest: f64,
    positive: f64,
    /// The sum of absolute values beside it.
    beside: f64,
    /// The sum of all.
    sum: f64,
}

impl Extremes {
    /// Four entries side by side: each sum and each maximum waits for the one before it.
    #[inline(always)]
    fn of(i: usize, columns: &[u32], weights: &[f64]) -> Self {
        let mut lanes = [[0.0_f64; 4]; 5];
        let mut put = |lane: usize, j: u32, v: f64| {
            let [diagonal, largest, positive, sum_beside, sum] = &mut lanes;
            let (own, beside) = if j as usize == i { (v.abs(), 0.0) } else { (0.0, v) };
            diagonal[lane] += own;
            largest[lane] = if -beside > largest[lane] { -beside } else { largest[lane] };
            positive[lane] = if beside > positive[lane] { beside } else { positive[lane] };
            sum_beside[lane] += beside.abs();
            sum[lane] += v;
        };
        let ((js, last_js), (vs, last_vs)) = (columns.as_chunks::<4>(), weights.as_chunks::<4>());
        for (js, vs) in js.iter().zip(vs) {
            (0..4).for_each(|lane| put(lane, js[lane], vs[lane]));
        }
        last_js.iter().zip(last_vs).enumerate().for_each(|(lane, (&j, &v))| put(lane, j, v));
        let [diagonal, largest, positive, beside, sum] = lanes;
        let [diagonal, beside, sum] = [diagonal, beside, sum].map(|lanes| lanes.iter().sum());
        let [largest, positive] =
            [largest, positive].map(|lanes| lanes.into_iter().fold(0.0, f64::max));
        Extremes { diagonal, largest, positive, beside, sum }
    }
}

impl<'a> Strength<'a> {
    /// The entry (i, j) is strong if -a_ij > max(t_i, t_j), where t_i = theta m_i for blocks and
    /// m_i = max_k(-a_ik); for numbers theta is varied, see [`fraction`].
    ///
    /// Positive entries, as second-order and stretched cells have them, are never strong: an error need
    /// not be smooth along them. The scale is the largest neighbour, not the diagonal (Vanek, Mandel and
    /// Brezina, Computing 56 (1996) 179): a trilinear stencil has 26 neighbours, none of which is large
    /// beside the diagonal.
    ///
    /// Of a block the first `components` diagonal entries are added: displacements, and on coarse levels
    /// translations. For isotropic elasticity the sum is lambda + 4 mu times the entry of Laplace's
    /// equation, with its sign. A norm would take the positive entries between stretched cells for the
    /// strongest couplings of all.
    ///
    /// A negative entry is no coupling either if two positive ones at least as large lead the same way,
    /// a_ik and a_kj. Where cells of second order are flat in two directions, the mass matrix of the third,
    /// h / 30 [4 2 -1; 2 16 2; -1 2 4], stands in all rows: its corners are -1 and 2 apart as large as the
    /// true couplings, and aggregates along them took 260 iterations.
    pub fn new(a: View<'a, f64>, components: usize, theta: f64) -> Self {
        let size = a.shape[0] * a.shape[1];
        let weights = if size == 1 {
            Cow::Borrowed(a.values)
        } else {
            let next = a.shape[0] + 1;
            let sum = |block: &[f64]| block.iter().step_by(next).take(components).sum::<f64>();
            Cow::Owned(a.values.par_chunks_exact(size).with_min_len(ROWS).map(sum).collect())
        };
        let (start, columns) = (a.start, a.columns);
        let mut s =
            Strength { start, columns, weights, threshold: vec![], rows: vec![], strong: vec![] };
        let rows = (0..a.nrows()).into_par_iter().with_min_len(ROWS);
        let of_row = |i| {
            let (columns, weights) = s.row(i);
            let Extremes { diagonal, largest, positive, beside, sum } =
                Extremes::of(i, columns, weights);
            let local = diagonal >= DOMINANCE * beside;
            let theta = if size == 1 { fraction(theta, positive, largest) } else { theta };
            (if local { f64::INFINITY } else { theta * largest }, OfRow { positive, sum })
        };
        (s.threshold, s.rows) = rows.map(of_row).unzip();
        let pieces = (0..a.nrows().div_ceil(ROWS)).into_par_iter();
        s.strong = pieces.map(|piece| s.strong_of(piece)).collect();
        s
    }

    /// Number of rows.
    pub fn nrows(&self) -> usize {
        self.threshold.len()
    }

    /// True for rows that need no coarse grid.
    pub fn is_local(&self, i: usize) -> bool {
        self.threshold[i].is_infinite()
    }

    /// A bit for each entry of a piece of rows.
    fn strong_of(&self, piece: usize) -> Vec<u64> {
        let rows = piece * ROWS..self.nrows().min((piece + 1) * ROWS);
        let entries = self.start[rows.end] - self.start[rows.start];
        let mut bits = Bits { words: Vec::with_capacity(entries / 64 + 1), last: 0, filled: 0 };
        for i in rows {
            let (columns, weights) = self.row(i);
            for (columns, weights) in columns.chunks(64).zip(weights.chunks(64)) {
                bits.push(self.strong_of_some(i, columns, weights), columns.len());
            }
        }
        bits.words.push(bits.last);
        bits.words
    }

    /// A bit for each of at most 64 entries of row i.
    #[inline(always)]
    fn strong_of_some(&self, i: usize, columns: &[u32], weights: &[f64]) -> u64 {
        let (own, positive) = (self.threshold[i], self.rows[i].positive);
        let mut strong = 0;
        for (&j, v) in columns.iter().zip(weights).rev() {
            // Diagonal entries are positive. Not &&: half of all entries are strong, without a pattern.
            let is_strong = (-v > own) & (-v > self.threshold[j as usize]);
            strong = strong << 1 | u64::from(is_strong);
        }
        // Strong ones are above the threshold.
        if positive > own {
            let found = strong;
            for k in (0..columns.len()).filter(|k| found >> k & 1 == 1) {
                let (j, v) = (columns[k] as usize, weights[k]);
                if -v <= positive && self.is_between(i, j, v) {
                    strong &= !(1 << k);
                }
            }
        }
        strong
    }

    /// True if positive entries at least as large as -`v` lead from i to j over one other row.
    fn is_between(&self, i: usize, j: usize, v: f64) -> bool {
        let least = -v;
        let leads_on = |k: usize| {
            let (columns, weights) = self.row(k);
            let found = columns.iter().position(|&other| other as usize == j);
            found.is_some_and(|at| weights[at] >= least)
        };
        let (columns, weights) = self.row(i);
        let mut others = columns.iter().map(|&k| k as usize).zip(weights);
        least <= self.rows[j].positive
            && others.any(|(k, w)| *w >= least && k != i && k != j && leads_on(k))
    }

    /// Columns and weights of a row.
    #[inline(always)]
    fn row(&self, i: usize) -> (&[u32], &[f64]) {
        let range = self.start[i]..self.start[i + 1];
        (&self.columns[range.clone()], &self.weights[range])
    }

    /// The sum of the weights of a row.
    pub fn sum(&self, i: usize) -> f64 {
        self.rows[i].sum
    }

    /// Column and weight of the strong entries of a row.
    #[inline(always)]
    pub fn strong(&self, i: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let entry = |k: usize| (self.columns[k] as usize, self.weights[k]);
        self.strong_entries(i).map(entry)
    }

    /// The strong entries of a row, counted as those of the matrix are.
    #[inline(always)]
    pub fn strong_entries(&self, i: usize) -> impl Iterator<Item = usize> + '_ {
        let first = self.start[i / ROWS * ROWS];
        let range = self.start[i] - first..self.start[i + 1] - first;
        Ones::new(&self.strong[i / ROWS], range).map(move |at| first + at)
    }
}

/// Bits one after the other.
struct Bits {
    words: Vec<u64>,
    last: u64,
    /// How many bits the last word has.
    filled: usize,
}

impl Bits {
    /// Appends the first `count` bits of a word, whose others are 0; `count` is at most 64.
    #[inline(always)]
    fn push(&mut self, bits: u64, count: usize) {
        self.last |= bits << self.filled;
        self.filled += count;
        if self.filled >= 64 {
            self.words.push(self.last);
            self.filled -= 64;
            let taken = count - self.filled;
            self.last = bits.checked_shr(taken as u32).unwrap_or(0);
        }
    }
}

/// The places of the bits that are set within a range, in order.
struct Ones<'a> {
    words: &'a [u64],
    /// What is left of up to 64 bits, and the place of the first of them.
    bits: u64,
    first: usize,
    /// The range behind these.
    rest: Range<usize>,
}

impl<'a> Ones<'a> {
    fn new(words: &'a [u64], range: Range<usize>) -> Self {
        Ones { words, bits: 0, first: range.start, rest: range }
    }
}

impl Iterator for Ones<'_> {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            if self.rest.is_empty() {
                return None;
            }
            let (word, shift) = (self.rest.start / 64, self.rest.start % 64);
            // Twice, because a shift by 64 would be none.
            let next = self.words.get(word + 1).map_or(0, |next| next << 1 << (63 - shift));
            let beyond = 64 - self.rest.len().min(64);
            self.bits = (self.words[word] >> shift | next) << beyond >> beyond;
            self.first = self.rest.start;
            self.rest.start += 64 - beyond;
        }
        let place = self.first + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_one_after_the_other() {
        let mut bits = Bits { words: vec![], last: 0, filled: 0 };
        bits.push(0b101, 3);
        bits.push(u64::MAX, 64);
        bits.push(0, 61);
        bits.push(u64::MAX, 64);
        bits.push(0b10, 2);
        assert_eq!(bits.words, [u64::MAX << 3 | 0b101, 0b111, u64::MAX]);
        assert_eq!((bits.last, bits.filled), (0b10, 2));
    }

    #[test]
    fn bits_of_a_range() {
        let words = [1 | 1 << 63, 0, 0b1011];
        let of = |range| Ones::new(&words, range).collect::<Vec<_>>();
        assert_eq!(of(0..192), [0, 63, 128, 129, 131]);
        assert_eq!(of(1..131), [63, 128, 129]);
        assert_eq!((of(64..128), of(5..5), of(192..192)), (vec![], vec![], vec![]));
    }
}

//! Levels of multigrid that are known before a matrix is looked at as a graph, made by ranks together: from corners to
//! all nodes at second order, and without every second line of a lattice.
//!
//! Each coarse unknown is a fine one, whose owner keeps it, and what an unknown lies between stands in rows of its owner
//! or of that of a neighbour. So the ranks tell each other where the unknowns beside their own go, and what these lie
//! between; interpolation and divisors are those of a run alone. Who solves makes the coarse matrices.

use super::blocks::View;
use super::diagonal::Divisor;
use super::follows::{Between, Follows};
use super::lattice::{Placed, Point};
use super::left::Left;
use super::level::scale_to;
use super::lines::{MOST, Rows, STAYS};
use super::problem::AmgProblem;
use super::smoother::LOWER_OF_SUMS;
use crate::{Comm, Csr, Halo};
use std::collections::BTreeMap;
use std::ops::Range;

/// Unknowns at or below which a level is factored.
const COARSEST: u64 = 600;

/// The rows of a matrix that a rank owns. Columns are local: owned ones, then copies of others, in any order.
#[derive(Clone, Copy, Debug)]
pub struct RowsOfRank<'a> {
    /// Where the entries of each row begin, and where those of the last end.
    pub start: &'a [usize],
    /// Column of each entry.
    pub columns: &'a [u32],
    /// Value of each entry.
    pub values: &'a [f64],
}

impl<'a> RowsOfRank<'a> {
    /// The first `owned` rows.
    pub fn of(a: &'a Csr, owned: usize) -> Self {
        Self { start: &a.row_start()[..=owned], columns: a.columns(), values: a.values() }
    }

    fn view(self, ncols: usize) -> View<'a, f64> {
        let RowsOfRank { start, columns, values } = self;
        View { shape: [1, 1], start, columns, values, ncols }
    }
}

/// What leads from a level to the next one, as far as a rank owns it.
#[derive(Clone, Debug)]
pub struct KnownLevel {
    /// Numbers of the unknowns of the next level that this rank owns, among those of all ranks.
    pub below: Range<u64>,
    /// Unknowns of the next level on all ranks.
    pub all_below: u64,
    /// Where the interpolation of each owned unknown begins, and where that of the last ends.
    pub start: Vec<usize>,
    /// Number of each unknown of the next level between which an owned one lies, among those of all ranks.
    pub columns: Vec<u64>,
    /// The weight of each.
    pub weights: Vec<f64>,
    /// What its smoother divides residuals by.
    pub divisor: KnownDivisor,
}

impl KnownLevel {
    /// True if the next level is small enough to be factored.
    pub fn is_last(&self) -> bool {
        self.all_below <= COARSEST
    }
}

/// What the smoother of a level divides residuals by: weighted sums of rows above a lattice, else the diagonal.
#[derive(Clone, Debug)]
pub struct KnownDivisor(Option<Left>);

impl KnownDivisor {
    /// The lower end of what the smoother damps of D^-1 A with sums of rows; the upper one is 1.
    pub const LOWER: f64 = LOWER_OF_SUMS;

    /// D^-1 by owned rows of the matrix A of the level, with sums of rows, where no quotient of D^-1 A is above 1. None
    /// where A is not positive definite here, or to be divided by its diagonal, for which no bound is known.
    pub fn inverse(&self, a: RowsOfRank<'_>) -> Option<Vec<f64>> {
        let (left, view) = (self.0.clone()?, a.view(0));
        let scale = scale_to(view.diagonal()).ok()?;
        let inverse = Divisor::Sum(left).inverse(view, scale).ok()?;
        Some(inverse.into_iter().map(|inverse| f64::from(inverse) * scale).collect())
    }
}

/// What is still known of the levels below.
pub struct Known<'p> {
    corners: Option<&'p Csr>,
    placed: Option<Placed<'p>>,
}

impl<'p> Known<'p> {
    /// For one unknown a point, of which this rank owns so many. `problem` knows these and the copies after them.
    pub fn new(problem: &'p AmgProblem, owned: usize) -> Self {
        let corners = problem.first_prolongation.as_ref();
        let lattice = problem.lattice.as_ref().filter(|_| corners.is_none());
        let placed = lattice.map(|lattice| Placed::new(lattice, Follows::default(), owned));
        Known { corners, placed }
    }

    /// What leads to the next level from one with the matrix `a` on the entries of `halo`; none where nothing more is
    /// known, or little would be gained. All ranks call this together.
    pub fn next(&mut self, comm: &dyn Comm, halo: &Halo, a: RowsOfRank<'_>) -> Option<KnownLevel> {
        let (_, all) = numbered(comm, halo.map().owned_len());
        if all <= COARSEST {
            return None;
        }
        if let Some(corners) = self.corners.take() {
            return Some(from_corners(corners, comm, halo));
        }
        let placed = self.placed.take()?;
        let (level, below) = coarser_lattice(placed, comm, (halo, all), a)?;
        self.placed = Some(below);
        Some(level)
    }
}

/// The numbers of `count` entries of this rank among those of all ranks, and how many these are.
fn numbered(comm: &dyn Comm, count: usize) -> (Range<u64>, u64) {
    let counts = comm.gather_all(&[count as u64]).concat();
    let first: u64 = counts[..comm.rank()].iter().sum();
    (first..first + count as u64, counts.iter().sum())
}

/// From corners, whose columns are in the order of their rows.
fn from_corners(corners: &Csr, comm: &dyn Comm, halo: &Halo) -> KnownLevel {
    let owned = halo.map().owned_len();
    let stays = |i: usize| match corners.row(i) {
        ([column], [1.0]) => Some(*column),
        _ => None,
    };
    let own = (0..owned).filter(|&i| stays(i).is_some()).count();
    let (below, all_below) = numbered(comm, own);
    let number = |column: u32| below.start + u64::from(column);
    let told = halo.tell(comm, |k, words| words.extend(stays(k as usize).map(number)));
    let mut numbers: Vec<u64> = below.clone().collect();
    numbers.extend(told.into_iter().flatten());
    let start = corners.row_start()[..=owned].to_vec();
    let columns = corners.columns()[..start[owned]].iter().map(|&c| numbers[c as usize]).collect();
    let weights = corners.values()[..start[owned]].to_vec();
    KnownLevel { below, all_below, start, columns, weights, divisor: KnownDivisor(None) }
}

/// The numbers of coarse nodes among all ranks: those of this rank, then others as they become known.
struct Numbers {
    global: Vec<u64>,
    others: BTreeMap<u64, u32>,
    own: Range<u64>,
}

impl Numbers {
    fn new(own: Range<u64>) -> Self {
        Numbers { global: own.clone().collect(), others: BTreeMap::new(), own }
    }

    fn place(&mut self, number: u64) -> u32 {
        if self.own.contains(&number) {
            return (number - self.own.start) as u32;
        }
        *self.others.entry(number).or_insert_with(|| {
            self.global.push(number);
            self.global.len() as u32 - 1
        })
    }
}

/// From the nodes of a coarser lattice, and where these of them are that this rank owns.
fn coarser_lattice<'p>(
    mut placed: Placed<'p>,
    comm: &dyn Comm,
    (halo, all): (&Halo, u64),
    a: RowsOfRank<'_>,
) -> Option<(KnownLevel, Placed<'p>)> {
    let (owned, local) = (halo.map().owned_len(), halo.map().local_len());
    let view = a.view(local);
    let points = halo.tell(comm, |k, words| {
        words.extend(placed.point(k as usize).map(|c| u64::from(c as u32)));
    });
    placed.extend(points.iter().map(|words| Point::map([0, 1, 2], |d| words[d as usize] as i32)));
    let mut rows = Rows::new(view, placed, [1, 1]);

    let is_left: Vec<usize> = (0..owned).filter(|&i| rows.lines[i] == STAYS).collect();
    let (below, all_below) = numbered(comm, is_left.len());
    let is_positive = view.diagonal().all(|d| d > 0.0);
    if all_below as f64 > MOST * all as f64 || !comm.all(is_positive) {
        return None;
    }
    let mut columns = vec![u32::MAX; local];
    is_left.iter().zip(0..).for_each(|(&i, column)| columns[i] = column);
    let told = halo.tell(comm, |k, words| {
        let k = k as usize;
        words.push(u64::from(rows.lines[k]));
        words.extend((columns[k] != u32::MAX).then(|| below.start + u64::from(columns[k])));
    });
    let mut numbers = Numbers::new(below.clone());
    for (words, column) in told.iter().zip(&mut columns[owned..]) {
        rows.lines.push(words[0] as u8);
        *column = words.get(1).map_or(u32::MAX, |&number| numbers.place(number));
    }
    ask_elsewhere(&mut rows, &columns, &mut numbers, comm, halo);

    // Of a coarser lattice only what follows is read of these, and nothing does.
    let coarse = vec![0; numbers.global.len()];
    let to = Between { block: 1, columns: &columns, coarse: &coarse, parents: &|_| Vec::new() };
    let p = rows.interpolation(&to);
    let left = Left::those((0..local).map(|i| rows.lines[i] == STAYS));
    let mut placed = rows.placed;
    placed.truncate(owned);
    let level = KnownLevel {
        below,
        all_below,
        start: p.start,
        columns: p.columns.iter().map(|&column| numbers.global[column as usize]).collect(),
        weights: p.values.into_iter().map(f64::from).collect(),
        divisor: KnownDivisor(Some(left)),
    };
    Some((level, placed.coarser(&columns[..owned], Follows::default())))
}

/// Ranks tell each other what nodes lie between that go, as far as they know it, until all is known. A way along lines
/// changes its direction twice at the most on a lattice whose lines do not end, so that it seldom takes three rounds.
fn ask_elsewhere(
    rows: &mut Rows<'_, '_>,
    columns: &[u32],
    numbers: &mut Numbers,
    comm: &dyn Comm,
    halo: &Halo,
) {
    let owned = halo.map().owned_len();
    rows.elsewhere = vec![None; halo.map().ghosts().len()];
    let mut open = Vec::new();
    loop {
        let told = halo.tell(comm, |k, words| {
            let mut ends = Vec::new();
            let way = match rows.lines[k as usize] {
                STAYS => None,
                _ => rows.ways(k as usize, columns, &mut open, &mut ends),
            };
            let Some(missing) = way else { return };
            words.push(missing.to_bits());
            let end =
                |(column, weight): (u32, f64)| [numbers.global[column as usize], weight.to_bits()];
            words.extend(ends.into_iter().flat_map(end));
        });
        for (words, elsewhere) in told.iter().zip(&mut rows.elsewhere) {
            let Some((missing, ends)) = words.split_first() else { continue };
            let end = |end: &[u64]| (numbers.place(end[0]), f64::from_bits(end[1]));
            let ends = ends.chunks_exact(2).map(end).collect();
            *elsewhere = Some((ends, f64::from_bits(*missing)));
        }
        let goes = |ghost: usize| rows.lines[owned + ghost] != STAYS;
        let mut asked = rows.elsewhere.iter().enumerate();
        if comm.all(asked.all(|(ghost, known)| known.is_some() || !goes(ghost))) {
            return;
        }
    }
}

#[cfg(test)]
mod tests;

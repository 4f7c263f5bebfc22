//! Levels of multigrid that are known before a matrix is looked at as a graph, made by ranks together: from corners to
//! all nodes at second order, and without every second line of a lattice.
//!
//! Each coarse unknown is a fine one, whose owner keeps it, and what an unknown lies between stands in rows of its owner
//! or of that of a neighbour. So the ranks tell each other where the unknowns beside their own go, and what these lie
//! between; interpolation and divisors are those of a run alone, and so, but for rounding, are the coarse matrices.

mod coarse;
mod numbers;

use self::coarse::Interpolation;
use self::numbers::Numbers;
use super::blocks::{Blocks, View};
use super::follows::{Between, Follows};
use super::lattice::{Placed, Point};
use super::left::Left;
use super::lines::{MOST, Rows, STAYS};
use super::problem::AmgProblem;
use super::smoother::LOWER_OF_SUMS;
use crate::{Comm, Csr, Halo};
use rayon::prelude::*;

/// Rows per task.
const ROWS: usize = 4096;
/// Unknowns at or below which a level is factored.
const COARSEST: u64 = 600;

/// The rows of a matrix that a rank owns. Columns are local: owned ones, then copies of others, in any order.
#[derive(Clone, Copy, Debug)]
pub struct RowsOfRank<'a> {
    /// Where the entries of each row begin, and where those of the last end.
    start: &'a [usize],
    columns: &'a [u32],
    values: &'a [f64],
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

/// The next level, and what leads from a level to it, as far as a rank owns it.
#[derive(Clone, Debug)]
pub struct KnownLevel {
    /// The unknowns of the next level: this rank's own, then copies of others by their numbers.
    pub below: Halo,
    /// Unknowns of this level and of the next one on all ranks.
    pub all: [u64; 2],
    /// Interpolation P of each owned unknown from those of `below`.
    pub interpolation: Csr,
    /// The owned rows of the next level's matrix, Pᵀ A P, on the entries of `below`.
    pub matrix: Csr,
    /// What the smoother divides residuals by.
    pub divisor: KnownDivisor,
}

impl KnownLevel {
    /// True if the next level is small enough to be factored.
    pub fn is_last(&self) -> bool {
        self.all[1] <= COARSEST
    }

    /// The rows of the next level's matrix.
    pub fn rows(&self) -> RowsOfRank<'_> {
        RowsOfRank::of(&self.matrix, self.matrix.nrows())
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
        let (left, view) = (self.0.as_ref()?, a.view(0));
        let inverse = |i: usize| {
            let (columns, values) = view.row(i);
            let own = view.own(i).map_or(0.0, |k| values[k]);
            (own > 0.0).then(|| 1.0 / left.sum(i, columns, values))
        };
        (0..view.nrows()).into_par_iter().with_min_len(ROWS).map(inverse).collect()
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

    /// The next level below one with the matrix `a` on the entries of `halo`; none where nothing more is known, or
    /// little would be gained. All ranks call this together.
    pub fn next(&mut self, comm: &dyn Comm, halo: &Halo, a: RowsOfRank<'_>) -> Option<KnownLevel> {
        let all = comm.gather_all(&[halo.map().owned_len() as u64]).concat().iter().sum();
        if all <= COARSEST {
            return None;
        }
        if let Some(corners) = self.corners.take() {
            return Some(from_corners(corners, comm, halo).level(comm, (halo, all), a));
        }
        let placed = self.placed.take()?;
        let (interpolation, below) = coarser_lattice(placed, comm, (halo, all), a)?;
        self.placed = Some(below);
        Some(interpolation.level(comm, (halo, all), a))
    }
}

/// From corners, whose columns are in the order of their rows.
fn from_corners(corners: &Csr, comm: &dyn Comm, halo: &Halo) -> Interpolation {
    let owned = halo.map().owned_len();
    let stays = |i: usize| match corners.row(i) {
        ([column], [1.0]) => Some(*column),
        _ => None,
    };
    let own = (0..owned).filter(|&i| stays(i).is_some()).count();
    let mut numbers = Numbers::new(comm, own);
    let told =
        halo.tell(comm, |k, words| words.extend(stays(k as usize).map(|c| numbers.global(c))));
    let mut places: Vec<u32> = (0..own as u32).collect();
    places.extend(told.into_iter().flatten().map(|number| numbers.place(number)));
    let start = corners.row_start()[..=owned].to_vec();
    let columns = corners.columns()[..start[owned]].iter().map(|&c| places[c as usize]).collect();
    // Shape functions at nodes between corners, without rounding.
    let values = corners.values()[..start[owned]].iter().map(|&weight| weight as f32).collect();
    let p = Blocks { shape: [1, 1], start, columns, values, ncols: places.len() };
    Interpolation { p, numbers, divisor: KnownDivisor(None) }
}

/// From the nodes of a coarser lattice, and where these of them are that this rank owns.
fn coarser_lattice<'p>(
    mut placed: Placed<'p>,
    comm: &dyn Comm,
    (halo, all): (&Halo, u64),
    a: RowsOfRank<'_>,
) -> Option<(Interpolation, Placed<'p>)> {
    let (owned, local) = (halo.map().owned_len(), halo.map().local_len());
    let view = a.view(local);
    let points = halo.tell(comm, |k, words| {
        words.extend(placed.point(k as usize).map(|c| u64::from(c as u32)));
    });
    placed.extend(points.iter().map(|words| Point::map([0, 1, 2], |d| words[d as usize] as i32)));
    let mut rows = Rows::new(view, placed, [1, 1]);

    let is_left: Vec<usize> = (0..owned).filter(|&i| rows.lines[i] == STAYS).collect();
    let mut numbers = Numbers::new(comm, is_left.len());
    let is_positive = view.diagonal().all(|d| d > 0.0);
    if numbers.all() as f64 > MOST * all as f64 || !comm.all(is_positive) {
        return None;
    }
    let mut columns = vec![u32::MAX; local];
    is_left.iter().zip(0..).for_each(|(&i, column)| columns[i] = column);
    let told = halo.tell(comm, |k, words| {
        let k = k as usize;
        words.push(u64::from(rows.lines[k]));
        words.extend((columns[k] != u32::MAX).then(|| numbers.global(columns[k])));
    });
    for (words, column) in told.iter().zip(&mut columns[owned..]) {
        rows.lines.push(words[0] as u8);
        *column = words.get(1).map_or(u32::MAX, |&number| numbers.place(number));
    }
    ask_elsewhere(&mut rows, &columns, &mut numbers, comm, halo);

    // Of a coarser lattice only what follows is read of these, and nothing does.
    let coarse = vec![0; numbers.len()];
    let to = Between { block: 1, columns: &columns, coarse: &coarse, parents: &|_| Vec::new() };
    let p = rows.interpolation(&to);
    let left = Left::those((0..local).map(|i| rows.lines[i] == STAYS));
    let mut placed = rows.placed;
    placed.truncate(owned);
    let below = placed.coarser(&columns[..owned], Follows::default());
    Some((Interpolation { p, numbers, divisor: KnownDivisor(Some(left)) }, below))
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
            let end = |(column, weight): (u32, f64)| [numbers.global(column), weight.to_bits()];
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

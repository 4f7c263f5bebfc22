//! Rows as components of nodes, the same number at each: what multigrid wants of elasticity.
//!
//! Unknowns that are prescribed or tied have no row. Their places are filled with rows of the identity,
//! which nothing is coupled to.

use crate::shim::{Matrix, Rows};
use algebra::{AmgProblem, Comm, Csr, Halo};

/// Where the rows of a rank stand among its nodes.
pub struct Blocks {
    block: usize,
    /// Row of each owned entry among the rows of this rank's nodes.
    row: Vec<usize>,
    /// Rows of this rank and the first of them; rows of all ranks.
    rows: usize,
    first: u64,
    all: u64,
    /// Global number of each local entry, then of each row that fills.
    global: Vec<u64>,
    motion_count: usize,
    /// The near-null vectors on the rows, one after another.
    motions: Vec<f64>,
    // Of the matrix, with the rows that fill.
    start: Vec<usize>,
    column: Vec<u32>,
    value: Vec<f64>,
}

impl Blocks {
    /// The places of the owned entries are those of `problem`, each in a node of its own rank.
    pub fn new(comm: &dyn Comm, halo: &Halo, problem: &AmgProblem) -> Self {
        let (block, owned) = (problem.block.max(1), halo.map().owned_len());
        let places: Vec<usize> = match &problem.places {
            Some(places) => places.iter().map(|&place| place as usize).collect(),
            None => (0..owned).collect(),
        };
        let mut nodes: Vec<usize> = places.iter().map(|place| place / block).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let row = |place: &usize| {
            nodes.partition_point(|&node| node < place / block) * block + place % block
        };
        let row: Vec<usize> = places.iter().map(row).collect();
        let rows = nodes.len() * block;
        let counts = comm.gather_all(&[rows as u64]);
        let first: u64 = counts[..comm.rank()].iter().flatten().sum();
        let all = counts.iter().flatten().sum();
        // Numbers are sent as what a halo sends; below 2^53 that is exact.
        let mut numbers = vec![0.0; halo.map().local_len()];
        numbers.iter_mut().zip(&row).for_each(|(n, &row)| *n = (first + row as u64) as f64);
        halo.update(comm, &mut numbers);
        let mut global: Vec<u64> = numbers.into_iter().map(|n| n as u64).collect();
        let mut is_filled = vec![true; rows];
        row.iter().for_each(|&row| is_filled[row] = false);
        global.extend((0..rows).filter(|&row| is_filled[row]).map(|row| first + row as u64));
        let motion_count = problem.near_null.len();
        let mut motions = vec![0.0; motion_count * rows];
        for (m, motion) in problem.near_null.iter().enumerate() {
            row.iter().zip(motion).for_each(|(&row, value)| motions[m * rows + row] = *value);
        }
        let (start, column, value) = Default::default();
        Blocks { block, row, rows, first, all, global, motion_count, motions, start, column, value }
    }

    /// The rows of `a`, and those that fill.
    pub fn matrix<'r>(&'r mut self, a: &'r Csr) -> Matrix<'r> {
        if self.row.len() == self.rows && self.row.is_sorted() {
            return self.matrix_of((&a.row_start()[..=self.rows], a.columns(), a.values()));
        }
        let mut entry = vec![None; self.rows];
        self.row.iter().enumerate().for_each(|(k, &row)| entry[row] = Some(k));
        self.start = vec![0];
        self.column.clear();
        self.value.clear();
        let mut fill = a.ncols() as u32;
        for entry in entry {
            match entry {
                Some(k) => {
                    let (columns, values) = a.row(k);
                    self.column.extend_from_slice(columns);
                    self.value.extend_from_slice(values);
                }
                None => {
                    self.column.push(fill);
                    self.value.push(1.0);
                    fill += 1;
                }
            }
            self.start.push(self.column.len());
        }
        self.matrix_of((&self.start, &self.column, &self.value))
    }

    fn matrix_of<'r>(
        &'r self,
        (start, column, value): (&'r [usize], &'r [u32], &'r [f64]),
    ) -> Matrix<'r> {
        let (columns, all) = (self.first..self.first + self.rows as u64, [self.all; 2]);
        Matrix {
            rows: Rows { columns, all, start, column, value, global: &self.global },
            block: self.block,
            motion_count: self.motion_count,
            motions: &self.motions,
        }
    }

    /// A vector on the rows from its owned entries.
    pub fn spread(&self, x: &[f64]) -> Vec<f64> {
        let mut spread = vec![0.0; self.rows];
        self.row.iter().zip(x).for_each(|(&row, x)| spread[row] = *x);
        spread
    }

    /// The owned entries of a vector on the rows.
    pub fn collect(&self, spread: &[f64], x: &mut [f64]) {
        self.row.iter().zip(x).for_each(|(&row, x)| *x = spread[row]);
    }
}

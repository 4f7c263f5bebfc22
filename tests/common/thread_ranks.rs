//! Ranks as threads, for tests that need no MPI: parts are slices of the numbering, and one rank's factorisation
//! solves for all.

use algebra::{
    AmgProblem, Cholesky, Comm, Csr, Halo, LinearError, LinearInfo, LinearSolver, Operator,
};
use mesh::CornerGraph;
use natrolite::run::ranks::Engine;

/// Ranks that are threads.
pub struct Threads<'a> {
    pub comm: &'a dyn Comm,
    /// See [`Engine::cells_each`].
    pub cells_each: usize,
}

impl Engine for Threads<'_> {
    fn comm(&self) -> &dyn Comm {
        self.comm
    }

    fn name(&self) -> String {
        "threads".into()
    }

    /// The ranks keep what they have, but for the first ten, which go round.
    fn partition(&self, all: usize, graph: &CornerGraph) -> Result<Vec<u32>, String> {
        assert!(all >= graph.start.len() - 1);
        let (rank, ranks) = (self.comm.rank(), self.comm.size());
        let round = |k: usize| if k < 10 { (rank + k) % ranks } else { rank };
        Ok((0..graph.start.len() - 1).map(|k| round(k) as u32).collect())
    }

    fn cells_each(&self) -> usize {
        self.cells_each
    }

    fn solver<'e>(
        &'e self,
        halo: Halo,
        _is_direct: bool,
        _problem: AmgProblem,
    ) -> Result<Box<dyn LinearSolver + Send + 'e>, String> {
        Ok(Box::new(Everywhere { comm: self.comm, halo, whole: None }))
    }

    fn mechanics_solver<'e>(
        &'e self,
        halo: Halo,
        is_direct: bool,
        problem: AmgProblem,
    ) -> Result<Box<dyn LinearSolver + Send + 'e>, String> {
        self.solver(halo, is_direct, problem)
    }
}

/// Every rank collects the whole matrix and factorises it.
struct Everywhere<'a> {
    comm: &'a dyn Comm,
    halo: Halo,
    whole: Option<(Csr, Cholesky)>,
}

impl LinearSolver for Everywhere<'_> {
    fn name(&self) -> &'static str {
        "cholesky on every rank"
    }

    fn prepare(&mut self, a: &dyn Operator) -> Result<(), LinearError> {
        let (a, map) = (a.matrix().expect("stored"), self.halo.map());
        let mut words = Vec::new();
        for row in 0..map.owned_len() {
            let (columns, values) = a.row(row);
            for (&column, value) in columns.iter().zip(values) {
                let at = [row as u32, column].map(|k| map.global(k).expect("a local number"));
                words.extend([at[0], at[1], value.to_bits()]);
            }
        }
        let all = self.comm.gather_all(&words).concat();
        let mut entries: Vec<(u64, u64, f64)> =
            all.chunks_exact(3).map(|w| (w[0], w[1], f64::from_bits(w[2]))).collect();
        entries.sort_by_key(|entry| (entry.0, entry.1));
        let rows = entries.last().map_or(0, |entry| entry.0 as usize + 1);
        let start: Vec<usize> =
            (0..=rows as u64).map(|row| entries.partition_point(|e| e.0 < row)).collect();
        let columns = entries.iter().map(|e| e.1 as u32).collect();
        let values = entries.iter().map(|e| e.2).collect();
        let whole = Csr::new(start, columns, values, rows).expect("each entry comes once");
        let mut solver = Cholesky::new();
        solver.prepare(&whole)?;
        self.whole = Some((whole, solver));
        Ok(())
    }

    fn solve(
        &mut self,
        _a: &dyn Operator,
        b: &[f64],
        x: &mut [f64],
        rtol: f64,
    ) -> Result<LinearInfo, LinearError> {
        let owned = self.halo.map().owned();
        let words: Vec<u64> =
            b[..self.halo.map().owned_len()].iter().map(|b| b.to_bits()).collect();
        let all: Vec<f64> =
            self.comm.gather_all(&words).concat().into_iter().map(f64::from_bits).collect();
        let (matrix, solver) = self.whole.as_mut().ok_or(LinearError::NotPrepared)?;
        let mut whole = vec![0.0; all.len()];
        let info = solver.solve(matrix, &all, &mut whole, rtol)?;
        x[..self.halo.map().owned_len()]
            .copy_from_slice(&whole[owned.start as usize..owned.end as usize]);
        self.halo.update(self.comm, x);
        Ok(info)
    }
}

//! Time of an iteration of conjugate gradients with multigrid on many ranks.
//!
//! An iteration of a rank with m unknowns of n on p ranks takes
//!
//! t = w m / B + sum over levels l of x (o + k a + 8 g(m / 8^l) / b) + s a log2(p),
//!
//! the bytes that it moves over its share of the memory's speed, and then, on each level, x exchanges,
//! of which each costs o in the program, the latency a for each of k neighbours, and the copies
//! g(m) = c m^(2/3) that a part of m unknowns has of others over its share b of the link; and s sums over
//! all ranks, each of which takes log2(p) latencies. Levels get an eighth of the unknowns until a thousand
//! are left in all.
//!
//! Assumed, not measured: that levels coarsen by eight and keep 26 neighbours for as long as a rank has
//! that many unknowns; that memory and link of a node are shared out evenly; that latency does not grow
//! with the size of the machine; that a sum takes log2(p) steps.

use super::super::series::{Row, Series};
use serde::Serialize;

/// What a machine can do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Hardware {
    /// Ranks of a node.
    pub ranks_per_node: f64,
    /// Triad of a node \[byte/s\].
    pub memory: f64,
    /// From sending a small message to having it \[s\].
    pub latency: f64,
    /// What a node sends while it receives as much \[byte/s\].
    pub link: f64,
}

/// What is known of the solver.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Constants {
    /// w: bytes that an iteration moves for each unknown: time of an iteration on one rank times the
    /// speed of memory there.
    pub bytes_per_unknown: f64,
    /// Unknowns of the largest rank over the mean.
    pub imbalance: f64,
    /// c: copies on a rank of m unknowns are c m^(2/3).
    pub ghosts: f64,
    /// x: exchanges with all neighbours on each level.
    pub exchanges: f64,
    /// s: sums over all ranks.
    pub sums: f64,
    /// o: what an exchange costs beyond its messages, in packing and in waiting for the slowest \[s\].
    pub overhead: f64,
    /// Iterations of all solves are i n^q.
    pub iterations: f64,
    /// q.
    pub growth: f64,
    /// Memory of a rank without unknowns, and for each of its own \[byte\].
    pub memory: [f64; 2],
}

/// Parts of the time of an iteration \[s\].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Terms {
    /// Moving the rank's own data.
    pub memory: f64,
    /// Copies of others over the link.
    pub halo: f64,
    /// Latency of their messages, and what an exchange costs beyond that.
    pub latency: f64,
    /// Sums over all ranks.
    pub sums: f64,
}

impl Terms {
    /// All of them.
    pub fn total(&self) -> f64 {
        self.memory + self.halo + self.latency + self.sums
    }
}

/// Neighbours of a part.
const NEIGHBOURS: f64 = 26.0;
/// Sides of a part within.
const MOST_SIDES: f64 = 6.0;
/// Unknowns of a level over those of the next.
const COARSENING: f64 = 8.0;
/// Unknowns of the last level.
const COARSEST: f64 = 1000.0;
/// Exchanges on a level where nobody counted: the product of conjugate gradients or the residual, two
/// steps of smoothing down and two up, and one each for restriction and interpolation.
const EXCHANGES: f64 = 7.0;
/// Sums of an iteration of conjugate gradients where nobody counted.
const SUMS: f64 = 3.0;

/// Unknowns of a rank with `own` of `all` on each level.
fn levels(own: f64, all: f64) -> impl Iterator<Item = f64> {
    let count = ((all / COARSEST).ln() / COARSENING.ln()).ceil().max(0.0) as i32 + 1;
    (0..count).map(move |level| own / COARSENING.powi(level))
}

impl Constants {
    /// Parts of the time of an iteration for `unknowns` on `ranks`.
    pub fn time(&self, hardware: &Hardware, unknowns: f64, ranks: f64) -> Terms {
        let per_node = hardware.ranks_per_node.min(ranks);
        let own = self.imbalance * unknowns / ranks;
        let memory = self.bytes_per_unknown * own / (hardware.memory / per_node);
        if ranks <= 1.0 {
            return Terms { memory, ..Terms::default() };
        }
        let link = hardware.link / per_node;
        // With few unknowns of its own a rank has no more neighbours than these; one with less than one
        // takes part in every so many exchanges.
        let neighbours = NEIGHBOURS.min(ranks - 1.0);
        let share = self.ghosts * sides(ranks) / MOST_SIDES;
        let copies: f64 = levels(own, unknowns).map(|m| share * m.powf(2.0 / 3.0)).sum();
        let messages: f64 = levels(own, unknowns).map(|m| m.min(neighbours)).sum();
        let latency =
            levels(own, unknowns).count() as f64 * self.overhead + messages * hardware.latency;
        Terms {
            memory,
            halo: self.exchanges * 8.0 * copies / link,
            latency: self.exchanges * latency,
            sums: self.sums * hardware.latency * ranks.log2(),
        }
    }

    /// Iterations of all solves of a problem of this size.
    pub fn iterations(&self, unknowns: f64) -> f64 {
        self.iterations * unknowns.powf(self.growth)
    }

    /// From what was measured on ranks of one machine; none without a row of one rank, or of several.
    pub fn fit(series: &[Series]) -> Option<Constants> {
        let rows: Vec<&Row> = rows(series).collect();
        let is_one = |row: &&&Row| row.workers().count() == 1;
        let one = rows.iter().filter(is_one).max_by_key(|row| row.dofs)?;
        let bytes = |row: &Row| {
            Some(row.seconds_per_iteration? * row.stream_bytes_per_second / row.dofs as f64)
        };
        let several: Vec<&Row> = rows.iter().filter(|row| !is_one(row)).copied().collect();
        let largest = several.iter().max_by_key(|row| row.dofs)?;
        let spread = largest.ranks.as_ref()?;
        let own = largest.dofs as f64 * spread.imbalance / spread.count as f64;
        let own_sides = sides(spread.count as f64);
        let ghosts = spread.most_ghosts as f64 / own.powf(2.0 / 3.0) * MOST_SIDES / own_sides;
        let counted = spread.traffic_per_iteration;
        // Among a few ranks each has all others as neighbours.
        let levels = levels(own, largest.dofs as f64).count() as f64;
        let per_exchange = levels * (spread.count as f64 - 1.0);
        let (growth, iterations) = iterations(&rows);
        let mut constants = Constants {
            bytes_per_unknown: bytes(one)?,
            imbalance: spread.imbalance,
            ghosts,
            exchanges: counted.map_or(EXCHANGES, |sent| sent.messages / per_exchange),
            sums: counted.map_or(SUMS, |sent| sent.reductions),
            overhead: 0.0,
            iterations,
            growth,
            memory: memory(&rows)?,
        };
        constants.overhead = constants.missing(&several);
        Some(constants)
    }

    /// What the rows with several ranks take beyond the rest of the model, for each exchange on a level:
    /// by least squares, and not negative.
    fn missing(&self, rows: &[&Row]) -> f64 {
        let (mut product, mut square) = (0.0, 0.0);
        for row in rows {
            let Some((measured, terms)) = self.compare(row) else { continue };
            let count = f64::from(row.workers().count());
            let levels = levels(row.dofs as f64 / count, row.dofs as f64).count() as f64;
            let exchanges = self.exchanges * levels;
            product += (measured - terms.total()) * exchanges;
            square += exchanges * exchanges;
        }
        if square > 0.0 { (product / square).max(0.0) } else { 0.0 }
    }

    /// Measured and modelled time of an iteration of a row.
    pub fn compare(&self, row: &Row) -> Option<(f64, Terms)> {
        let ranks = row.ranks.as_ref()?;
        let network = ranks.network?;
        let count = ranks.count as f64;
        let here = Hardware {
            ranks_per_node: count,
            memory: row.stream_bytes_per_second,
            latency: network.latency,
            link: count * network.bandwidth,
        };
        Some((row.seconds_per_iteration?, self.time(&here, row.dofs as f64, count)))
    }
}

/// The rows of runs on ranks.
pub fn rows(series: &[Series]) -> impl Iterator<Item = &Row> {
    series.iter().flat_map(|series| &series.rows).filter(|row| row.ranks.is_some())
}

/// Sides that a part shares with others: two ranks share one, and one among many has all.
fn sides(ranks: f64) -> f64 {
    ranks.log2().clamp(1.0, MOST_SIDES)
}

/// What a rank needs without unknowns, and for each unknown of its own \[byte\]; all that it needs over its
/// unknowns, where all rows have about as many.
fn memory(rows: &[&Row]) -> Option<[f64; 2]> {
    let of = |row: &&Row| {
        let ranks = row.ranks.as_ref()?;
        let own = row.dofs as f64 * ranks.imbalance / ranks.count as f64;
        Some([own, row.peak_memory_bytes? as f64])
    };
    let points = || rows.iter().filter_map(of);
    let least = points().min_by(|a, b| a[0].total_cmp(&b[0]))?;
    let most = points().max_by(|a, b| a[0].total_cmp(&b[0]))?;
    let whole = most[1] / most[0];
    let slope = (most[1] - least[1]) / (most[0] - least[0]);
    match most[0] > 1.5 * least[0] && slope > 0.0 {
        true => Some([(least[1] - slope * least[0]).max(0.0), slope]),
        false => Some([0.0, whole]),
    }
}

/// q and i of iterations = i n^q, by least squares of the logarithms; q is not negative, and zero where
/// all rows have one size.
fn iterations(rows: &[&Row]) -> (f64, f64) {
    let points: Vec<[f64; 2]> = rows
        .iter()
        .map(|row| [(row.dofs.max(1) as f64).ln(), (row.iterations.max(1) as f64).ln()])
        .collect();
    let count = points.len().max(1) as f64;
    let mean = |k: usize| points.iter().map(|point| point[k]).sum::<f64>() / count;
    let [x, y] = [mean(0), mean(1)];
    let product: f64 = points.iter().map(|p| (p[0] - x) * (p[1] - y)).sum();
    let square: f64 = points.iter().map(|p| (p[0] - x) * (p[0] - x)).sum();
    let growth = if square > 0.0 { (product / square).max(0.0) } else { 0.0 };
    (growth, (y - growth * x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARDWARE: Hardware =
        Hardware { ranks_per_node: 4.0, memory: 1e11, latency: 1e-6, link: 1e10 };

    const CONSTANTS: Constants = Constants {
        bytes_per_unknown: 1000.0,
        imbalance: 1.0,
        ghosts: 6.0,
        exchanges: 7.0,
        sums: 3.0,
        overhead: 0.0,
        iterations: 20.0,
        growth: 0.0,
        memory: [1e8, 1000.0],
    };

    #[test]
    fn terms_by_hand() {
        // One rank: 1000 B of 1e6 unknowns at 100 GB/s.
        let alone = CONSTANTS.time(&HARDWARE, 1e6, 1.0);
        assert!((alone.total() / 1e-2 - 1.0).abs() < 1e-12, "{alone:?}");
        // Eight ranks of 8000 unknowns on two nodes: levels of 64000, 8000 and 1000; 8000, 1000 and 125
        // unknowns of a rank, 7 neighbours on each, 3 (400 + 100 + 25) copies on the three sides of an eighth, a quarter of
        // a node each.
        let eight = CONSTANTS.time(&HARDWARE, 64e3, 8.0);
        let wanted = [
            1000.0 * 8000.0 / 0.25e11,
            7.0 * 8.0 * 3.0 * 525.0 / 0.25e10,
            7.0 * 3.0 * 7.0 * 1e-6,
            3.0 * 1e-6 * 3.0,
        ];
        let got = [eight.memory, eight.halo, eight.latency, eight.sums];
        for (got, wanted) in got.iter().zip(wanted) {
            assert!((got / wanted - 1.0).abs() < 1e-12, "{got:e} {wanted:e}");
        }
        // Two microseconds more for each of 7 exchanges on 3 levels.
        let slower = Constants { overhead: 2e-6, ..CONSTANTS }.time(&HARDWARE, 64e3, 8.0);
        assert!(((slower.total() - eight.total()) / 42e-6 - 1.0).abs() < 1e-9, "{slower:?}");
    }

    fn row(ranks: usize, constants: &Constants, hardware: &Hardware) -> Row {
        let dofs = 64_000;
        let here = Hardware { ranks_per_node: ranks as f64, ..*hardware };
        let seconds = constants.time(&here, dofs as f64, ranks as f64).total();
        let own = dofs as f64 / ranks as f64;
        let text = format!(
            r#"{{"threads": 1, "cells": 1, "nodes": 1, "dofs": {dofs}, "converged": true, "steps": 1,
            "solver": "cg with GAMG (PETSc)", "solves": 1, "iterations": 20, "process_seconds": 1.0,
            "seconds": {{"mesh": 0, "setup": 0, "solve": 0, "output": 0, "other": 0, "total": 0,
            "linear_setup": 0, "linear_solve": 0}}, "total_range": [1, 1], "checksum": 1,
            "seconds_per_iteration": {seconds:e}, "stream_bytes_per_second": {memory:e},
            "peak_memory_bytes": {bytes}, "efficiency": 1, "case": "", "refinement": 0,
            "ranks": {{"count": {ranks}, "engine": "", "imbalance": 1.0, "most_ghosts": {ghosts},
            "most_halo_bytes": 0, "network": {{"latency": {latency:e}, "reduction": 0,
            "bandwidth": {bandwidth:e}}}, "traffic_per_iteration": {{"messages": {messages},
            "bytes": 0, "reductions": 3.0}}}}}}"#,
            memory = hardware.memory,
            latency = hardware.latency,
            bandwidth = hardware.link / ranks as f64,
            // A part of two has one side to the other of six.
            ghosts = (constants.ghosts * own.powf(2.0 / 3.0) / 6.0) as usize,
            messages = constants.exchanges * 3.0 * (ranks as f64 - 1.0),
            bytes = (constants.memory[0] + constants.memory[1] * own) as u64,
        );
        serde_json::from_str(&text).expect("a row")
    }

    #[test]
    fn what_the_model_made_gives_its_constants_back() {
        let known = Constants { overhead: 5e-5, ..CONSTANTS };
        let rows = vec![row(1, &known, &HARDWARE), row(2, &known, &HARDWARE)];
        let series = Series {
            kind: crate::bench::series::Kind::Strong,
            cells_wanted: 1,
            quantity: String::new(),
            checksums_agree: true,
            rows,
        };
        let got = Constants::fit(std::slice::from_ref(&series)).expect("rows enough");
        let pairs = [
            (got.bytes_per_unknown, known.bytes_per_unknown),
            (got.exchanges, known.exchanges),
            (got.sums, known.sums),
            (got.overhead, known.overhead),
            (got.iterations, known.iterations),
            (got.memory[1], known.memory[1]),
            (got.memory[0], known.memory[0]),
            (got.ghosts, known.ghosts),
        ];
        for (got, wanted) in pairs {
            assert!((got / wanted - 1.0).abs() < 0.02, "{got:e} {wanted:e}");
        }
        assert_eq!(got.growth, 0.0);
        let alone = Series { rows: vec![row(1, &known, &HARDWARE)], ..series };
        assert!(Constants::fit(&[alone]).is_none());
    }
}

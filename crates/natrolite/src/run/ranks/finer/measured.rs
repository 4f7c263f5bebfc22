//! Counts, quality and measures of a mesh of which each rank has a part.

use crate::results::{Measure, MeshSummary};
use crate::run::model::points_of;
use crate::run::{Geometry, summarize};
use algebra::Comm;
use fem::Support;
use mesh::quality;

/// What is told of the whole, the same on all ranks.
pub struct Measured {
    /// Areas of the boundaries \[m2\].
    pub areas: Vec<f64>,
    /// As [`crate::run::summarize`].
    pub summary: MeshSummary,
    /// Cells by quality.
    pub histogram: Option<[usize; 10]>,
}

impl Measured {
    /// Adds up what belongs to the ranks: cells, facets and pairs go with the owner of their first node. All ranks
    /// call this together, each with its own nodes.
    pub fn of(part: &Geometry, is_own: &[bool], comm: &dyn Comm) -> Self {
        let own = Geometry { mesh: part.mesh.owned(is_own), lattice: None, ..*part };
        let boundaries = 0..own.mesh.boundaries.len();
        let mut areas: Vec<f64> =
            boundaries.map(|b| points_of(&own, Support::Boundary(b)).area()).collect();
        comm.sum(&mut areas);

        let MeshSummary { cells, min_quality, rim_size, mut regions, mut boundaries, .. } =
            summarize(&own);
        let all = || regions.0.iter().chain(&boundaries.0).map(|(_, m)| m.measure);
        let mut measures: Vec<f64> = all().collect();
        comm.sum(&mut measures);
        let places = regions.0.iter_mut().chain(&mut boundaries.0);
        places.zip(measures).for_each(|((_, to), measure)| *to = Measure { measure });

        let nodes = is_own.iter().filter(|own| **own).count();
        let histogram = quality::assess(&own.mesh).map_or([0; 10], |quality| quality.histogram);
        let mut words = vec![cells as u64, nodes as u64, min_quality.to_bits()];
        words.extend(histogram.map(|count| count as u64));
        let all = comm.gather_all(&words);
        let sum = |k: usize| all.iter().map(|words| words[k] as usize).sum();
        let least = all.iter().map(|words| f64::from_bits(words[2]));
        let summary = MeshSummary {
            cells: sum(0),
            nodes: sum(1),
            min_quality: least.fold(f64::INFINITY, f64::min),
            rim_size,
            regions,
            boundaries,
        };
        let histogram = std::array::from_fn(|k| sum(3 + k));
        Measured { areas, summary, histogram: Some(histogram) }
    }
}

//! Which points share a mesh, a stress side, and the conduction in the bulk.

use super::Points;
use super::table::Row;
use crate::case::{Case, CaseError};
use crate::run::{conduction_text, default_rim};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Most points that are solved one after the other, each from the solution of the one before it. A sweep
/// that is continued solves such a run of points again from its first, so that what a point starts
/// from never depends on when the sweep was interrupted.
const LONGEST: usize = 32;
/// A sweep has that many such runs at least, to keep all threads busy.
const RUNS: usize = 64;

/// What a point shares with others: numbers of their meshes, stress sides and conduction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shared {
    /// The mesh.
    pub mesh: usize,
    /// The conduction in the bulk up to its size, on that mesh.
    pub conduction: usize,
    /// The stress side on that mesh.
    pub mechanics: usize,
}

/// Points that are solved one after the other.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// What they share.
    pub shared: Shared,
    /// Their indices, rising.
    pub points: Vec<usize>,
}

/// The order of work.
pub struct Plan {
    /// What is solved together; points that share most come next to each other.
    pub chunks: Vec<Chunk>,
    /// Points whose case is wrong.
    pub failed: Vec<(usize, Row)>,
    /// For each mesh the cell size at the rim \[m\], where the program chooses it: the finest of those
    /// that it would choose for the points on this mesh.
    pub rim_sizes: Vec<Option<f64>>,
    /// Number of stress sides.
    pub mechanics: usize,
    /// For each conduction the number of its points.
    pub conduction: Vec<usize>,
}

/// What one point depends on, as text.
struct Keys {
    mesh: String,
    mechanics: String,
    conduction: String,
    rim_size: Option<f64>,
}

impl Keys {
    fn of(case: &Case) -> Keys {
        Keys {
            mesh: case.mesh_text(),
            mechanics: case.mechanics_text().unwrap_or_default(),
            conduction: conduction_text(case),
            rim_size: default_rim(case),
        }
    }
}

/// Numbers texts in the order in which they come.
#[derive(Default)]
struct Numbers(BTreeMap<String, usize>);

impl Numbers {
    fn number(&mut self, text: String) -> usize {
        let next = self.0.len();
        *self.0.entry(text).or_insert(next)
    }
}

impl Plan {
    /// Reads the case of every point and sorts them by what they share.
    ///
    /// # Errors
    /// When no point has a case that can be read: what is wrong with the first.
    pub fn new(points: &Points) -> Result<Plan, CaseError> {
        let read = |index| points.case(index, None).map(|case| Keys::of(&case));
        let all: Vec<Result<Keys, CaseError>> =
            (0..points.len()).into_par_iter().map(read).collect();
        if let (true, Some(Err(first))) = (all.iter().all(Result::is_err), all.first()) {
            return Err(first.clone());
        }
        let (mut meshes, mut mechanics, mut conduction) = <(Numbers, Numbers, Numbers)>::default();
        let mut plan = Plan {
            chunks: Vec::new(),
            failed: Vec::new(),
            rim_sizes: Vec::new(),
            mechanics: 0,
            conduction: Vec::new(),
        };
        let mut order: Vec<(Shared, usize)> = Vec::with_capacity(all.len());
        for (index, keys) in all.into_iter().enumerate() {
            let keys = match keys {
                Ok(keys) => keys,
                Err(error) => {
                    plan.failed.push((index, Row::failed(in_one_line(&error))));
                    continue;
                }
            };
            let mesh = meshes.number(keys.mesh);
            let shared = Shared {
                mesh,
                mechanics: mechanics.number(format!("{mesh} {}", keys.mechanics)),
                conduction: conduction.number(format!("{mesh} {}", keys.conduction)),
            };
            plan.rim_sizes.resize(plan.rim_sizes.len().max(mesh + 1), None);
            plan.conduction.resize(plan.conduction.len().max(shared.conduction + 1), 0);
            plan.conduction[shared.conduction] += 1;
            if let Some(size) = keys.rim_size {
                let finest = plan.rim_sizes[mesh].get_or_insert(size);
                *finest = finest.min(size);
            }
            order.push((shared, index));
        }
        plan.mechanics = mechanics.0.len();
        order.sort_unstable();
        let longest = (points.len() / RUNS).clamp(1, LONGEST);
        for (shared, index) in order {
            match plan.chunks.last_mut() {
                Some(chunk) if chunk.shared == shared && chunk.points.len() < longest => {
                    chunk.points.push(index);
                }
                _ => plan.chunks.push(Chunk { shared, points: vec![index] }),
            }
        }
        Ok(plan)
    }
}

/// What is wrong, without the places: the reason of a point.
pub fn in_one_line(error: &CaseError) -> String {
    let messages: Vec<&str> = error.diagnostics.iter().map(|d| d.message.as_str()).collect();
    messages.join("; ")
}

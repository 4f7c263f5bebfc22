//! Which points share a mesh, a stress side, and the conduction in the bulk.

use super::table::Row;
use super::{Cases, Points};
use crate::case::CaseError;
use crate::run::{Conduction, conduction_text, default_rim};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most points that are solved one after the other, each from the solution of the one before it. A sweep
/// that is continued solves such a run of points again from its first, so that what a point starts
/// from never depends on when the sweep was interrupted.
const LONGEST: usize = 512;
/// A sweep has that many such runs at least, to keep all threads busy.
const RUNS: usize = 32;
/// Points whose cases are looked at one after the other.
const BLOCK: usize = 256;

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
    /// Their indices, neighbours next to each other.
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
    mesh: Arc<str>,
    mechanics: String,
    conduction: Arc<str>,
    rim_size: Option<f64>,
}

impl Keys {
    /// True when all that points share is the same.
    fn share(&self, other: &Keys) -> bool {
        // Texts of neighbours are mostly the same text.
        let is_same = |a: &Arc<str>, b: &Arc<str>| Arc::ptr_eq(a, b) || a == b;
        is_same(&self.mesh, &other.mesh)
            && is_same(&self.conduction, &other.conduction)
            && self.mechanics == other.mechanics
    }

    /// Of the points of a block, the first of which is `first`.
    fn of_points(points: &Points, first: usize) -> Vec<Result<Keys, CaseError>> {
        let (mut cases, mut last) = (Cases::new(points), Default::default());
        let block = first..points.len().min(first + BLOCK);
        block.map(|index| Keys::of(&mut cases, index, &mut last)).collect()
    }

    /// Of one point; `last` is the conduction of the one before.
    fn of(
        cases: &mut Cases<'_>,
        index: usize,
        last: &mut (Option<Conduction>, Arc<str>),
    ) -> Result<Keys, CaseError> {
        let case = cases.at(index)?;
        let mechanics = case.mechanics_text().unwrap_or_default();
        let (now, rim_size) = (Conduction::of(case), default_rim(case));
        let is_same = |(now, last): (&Conduction, &Conduction)| now.has_shape_of(last);
        if !now.as_ref().zip(last.0.as_ref()).is_some_and(is_same) {
            *last = (now, conduction_text(case).into());
        }
        let conduction = Arc::clone(&last.1);
        let mesh = cases.mesh_text().cloned().unwrap_or_default();
        Ok(Keys { mesh, mechanics, conduction, rim_size })
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
        let read = |block: usize| Keys::of_points(points, block * BLOCK);
        let blocks = (0..points.len().div_ceil(BLOCK)).into_par_iter().flat_map_iter(read);
        let all: Vec<Result<Keys, CaseError>> = blocks.collect();
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
        let mut order: Vec<(Shared, usize, usize)> = Vec::with_capacity(all.len());
        let mut last: Option<(Keys, Shared)> = None;
        for (index, keys) in all.into_iter().enumerate() {
            let keys = match keys {
                Ok(keys) => keys,
                Err(error) => {
                    plan.failed.push((index, Row::failed(in_one_line(&error))));
                    continue;
                }
            };
            let shared = match &last {
                Some((before, shared)) if keys.share(before) => *shared,
                _ => {
                    let mesh = meshes.number(keys.mesh.to_string());
                    Shared {
                        mesh,
                        mechanics: mechanics.number(format!("{mesh} {}", keys.mechanics)),
                        conduction: conduction.number(format!("{mesh} {}", keys.conduction)),
                    }
                }
            };
            plan.rim_sizes.resize(plan.rim_sizes.len().max(shared.mesh + 1), None);
            plan.conduction.resize(plan.conduction.len().max(shared.conduction + 1), 0);
            plan.conduction[shared.conduction] += 1;
            if let Some(size) = keys.rim_size {
                let finest = plan.rim_sizes[shared.mesh].get_or_insert(size);
                *finest = finest.min(size);
            }
            order.push((shared, points.sweep.place_to_and_fro(index), index));
            last = Some((keys, shared));
        }
        plan.mechanics = mechanics.0.len();
        order.sort_unstable();
        let longest = (points.len() / RUNS).clamp(1, LONGEST);
        for (shared, _, index) in order {
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

//! Which points share a mesh, a stress side, and the conduction in the bulk.

use super::table::Row;
use super::{Cases, Points};
use crate::case::{CaseError, Step};
use crate::run::{Conduction, KineticLength, conduction_text, default_rim};
use fem::registry::Place;
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
const BLOCK: usize = 2048;

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

/// What one point depends on.
struct Keys {
    texts: Arc<Texts>,
    rim_size: Option<f64>,
}

/// What points share that depend on the same, as text.
#[derive(PartialEq, Eq)]
struct Texts {
    mesh: Arc<str>,
    mechanics: Arc<str>,
    conduction: Arc<str>,
}

/// What points of a block have looked up.
#[derive(Default)]
struct Looked {
    mechanics: Arc<str>,
    conduction: Option<Conduction>,
    text: Arc<str>,
    kinetics: KineticLength,
    /// Of the last point.
    texts: Option<Arc<Texts>>,
    /// For each axis and place on it the smallest resistance, where no other axis acts on that.
    resistances: BTreeMap<(usize, usize), Option<f64>>,
}

impl Looked {
    /// Looks up what differs in another point.
    fn step(&mut self, step: &Step<'_>, on_surfaces: Option<(usize, usize)>) {
        let case = step.case;
        let moved = |place: Place| {
            step.moved.is_none_or(|all| all.iter().any(|number| number.place().0 == place))
        };
        if step.moved.is_none() {
            self.resistances.clear();
            self.mechanics = case.mechanics_text().unwrap_or_default().into();
        }
        if moved(Place::Material) {
            let now = Conduction::of(case);
            let is_same = |(now, last): (&Conduction, &Conduction)| now.has_shape_of(last);
            if !now.as_ref().zip(self.conduction.as_ref()).is_some_and(is_same) {
                self.text = conduction_text(case).into();
            }
            self.conduction = now;
            self.kinetics.conductivity = KineticLength::conductivity_in(case);
        }
        if moved(Place::Boundary) || moved(Place::Interface) {
            let resistance = || KineticLength::resistance_in(case);
            self.kinetics.resistance = match on_surfaces {
                Some(place) => *self.resistances.entry(place).or_insert_with(resistance),
                None => resistance(),
            };
        }
    }
}

impl Keys {
    /// Of the points of a block, the first of which is `first`.
    fn of_points(points: &Points, first: usize) -> Vec<Result<Keys, CaseError>> {
        let (mut cases, mut looked) = (Cases::new(points), Looked::default());
        let block = first..points.len().min(first + BLOCK);
        block.map(|index| Keys::of(&mut cases, index, &mut looked)).collect()
    }

    /// Of one point; `looked` is what those before it have looked up.
    fn of(cases: &mut Cases<'_>, index: usize, looked: &mut Looked) -> Result<Keys, CaseError> {
        cases.go_to(index)?;
        let step = cases.step();
        looked.step(&step, cases.on_surfaces());
        let rim_size = default_rim(step.case, &looked.kinetics);
        let mesh = cases.mesh_text().cloned().unwrap_or_default();
        // Texts of neighbours are mostly the same text.
        let is_same = |texts: &Arc<Texts>| {
            let now = [&mesh, &looked.mechanics, &looked.text];
            let before = [&texts.mesh, &texts.mechanics, &texts.conduction];
            now.iter().zip(before).all(|(now, before)| Arc::ptr_eq(now, before))
        };
        let texts = match looked.texts.take().filter(is_same) {
            Some(same) => same,
            None => {
                let (mechanics, conduction) =
                    (Arc::clone(&looked.mechanics), Arc::clone(&looked.text));
                Arc::new(Texts { mesh, mechanics, conduction })
            }
        };
        Ok(Keys { texts: Arc::clone(looked.texts.insert(texts)), rim_size })
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
        let blocks = (0..points.len().div_ceil(BLOCK)).into_par_iter().map(read);
        let blocks: Vec<Vec<Result<Keys, CaseError>>> = blocks.collect();
        let mut all = blocks.iter().flatten();
        if let (Some(Err(first)), true) = (all.next(), all.all(Result::is_err)) {
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
        let mut order: Vec<(Shared, usize, usize)> = Vec::with_capacity(points.len());
        let mut last: Option<(Arc<Texts>, Shared)> = None;
        for (index, keys) in blocks.into_iter().flatten().enumerate() {
            let keys = match keys {
                Ok(keys) => keys,
                Err(error) => {
                    plan.failed.push((index, Row::failed(in_one_line(&error))));
                    continue;
                }
            };
            let shared = match &last {
                Some((before, shared)) if keys.texts == *before => *shared,
                _ => {
                    let mesh = meshes.number(keys.texts.mesh.to_string());
                    let of_mesh = |text: &str| format!("{mesh} {text}");
                    Shared {
                        mesh,
                        mechanics: mechanics.number(of_mesh(&keys.texts.mechanics)),
                        conduction: conduction.number(of_mesh(&keys.texts.conduction)),
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
            last = Some((keys.texts, shared));
        }
        plan.mechanics = mechanics.0.len();
        // Lines that go forwards and backwards are runs, which this sort finds.
        order.sort();
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

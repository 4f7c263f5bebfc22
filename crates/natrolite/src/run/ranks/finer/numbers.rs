//! Numbers of nodes and unknowns of a mesh that is nowhere as a whole.
//!
//! A rank places the laws on its part, and so knows what holds at its own nodes, whose facets it has; of the others
//! it asks their owners. Nodes that are joined have one owner, who has all facets around all of them.

use super::ask::{ask, positions};
use super::patch::Patch;
use crate::run::ranks::unknowns::{At, Level, OfWhole, Unknowns};
use algebra::Comm;
use fem::Space;
use std::ops::Range;

/// The nodes of a part.
pub struct Nodes<'p> {
    /// Their numbers in the whole, rising.
    pub in_whole: &'p [u32],
    /// Their owners.
    pub owner: &'p [u32],
    /// How many there are in the whole.
    pub all: u64,
}

impl Nodes<'_> {
    /// Places of those that a rank owns.
    fn of_rank(&self, rank: usize) -> impl Iterator<Item = usize> {
        (0..self.owner.len()).filter(move |&node| self.owner[node] as usize == rank)
    }

    /// Numbers in the whole of those that a rank owns.
    fn owned_by(&self, rank: usize) -> Vec<u32> {
        self.of_rank(rank).map(|node| self.in_whole[node]).collect()
    }
}

/// The numbers of nodes among all ranks.
pub struct NodeNumbers {
    /// Of each node of the part.
    pub here: Vec<u32>,
    /// Of those of this rank.
    pub owned: Range<u64>,
    /// Of a part that some rank has besides.
    pub elsewhere: Vec<u64>,
}

impl NodeNumbers {
    /// Numbers the nodes of the part of each rank, and tells those of another part that some rank has besides. All
    /// ranks call this together.
    pub fn new(comm: &dyn Comm, nodes: &Nodes<'_>, other: Option<&Patch>) -> Self {
        let rank = comm.rank() as u32;
        let own = nodes.owned_by(comm.rank());
        let first = first_of(comm, own.len());
        let answer = |[node]: [u64; 1]| [first + place_in(&own, node as u32) as u64];
        let all = || nodes.in_whole.iter().zip(nodes.owner);
        let others = all().filter(|(_, owner)| **owner != rank);
        let questions: Vec<_> = others.map(|(&node, &owner)| (owner, [node.into()])).collect();
        let mut told = ask(comm, &questions, answer).into_iter();
        let mut next = first..;
        let here = all().map(|(_, &owner)| match owner == rank {
            true => next.next().expect("there is no last number") as u32,
            false => told.next().expect("an answer for each")[0] as u32,
        });
        let here = here.collect();
        let nodes = other.iter().flat_map(|other| other.part.nodes.iter().zip(&other.owner));
        let questions: Vec<_> = nodes.map(|(&node, &owner)| (owner, [node.into()])).collect();
        let elsewhere = ask(comm, &questions, answer).into_iter().map(|[number]| number).collect();
        NodeNumbers { here, owned: first..first + own.len() as u64, elsewhere }
    }
}

/// The unknowns of a field at the nodes of a part, and those of whole bodies, numbered among all ranks.
pub struct Numbers {
    components: usize,
    /// At each node of the part, the components of a node side by side, and whether it is of this rank.
    places: Vec<(At, bool)>,
    /// The nodes of this rank in the whole, rising, and what it answers about them.
    own: Vec<u32>,
    answers: Vec<At>,
    wholes: Vec<OfWhole>,
    owned: Range<u64>,
    /// Free unknowns of the whole.
    all: u64,
}

impl Numbers {
    /// Numbers the unknowns of the first field of `space`, that of the part alone; `wholes` are those on the mesh that
    /// was dealt. All ranks call this together.
    pub fn new(
        comm: &dyn Comm,
        nodes: &Nodes<'_>,
        space: &Space,
        mut wholes: Vec<OfWhole>,
    ) -> Self {
        let rank = comm.rank() as u32;
        let components = space.fields()[0].components();
        let own = nodes.owned_by(comm.rank());
        let (mut answers, counts) = of_own(space, nodes.of_rank(comm.rank()));
        let counted = own.iter().zip(&counts).filter(|(_, count)| **count > 0);
        let counted: Vec<[u32; 2]> = counted.map(|(&node, &count)| [node, count]).collect();
        let (starts, of_nodes) = positions(comm, nodes.all, &counted);

        let here: u32 = counts.iter().sum();
        let of_wholes = wholes.iter().filter(|whole| whole.is_own_unknown()).count();
        let first = first_of(comm, here as usize + of_wholes);
        // From the places among what is free at this rank's nodes to numbers.
        let starts = starts.iter().zip(&counted);
        let in_whole: Vec<u32> =
            starts.flat_map(|(&start, [_, count])| start as u32..start as u32 + count).collect();
        for at in &mut answers {
            if let At::Free { number, in_whole: place } = at {
                *place = in_whole[*number as usize];
                *number += first;
            }
        }
        let own_wholes = wholes.iter().enumerate().filter(|(_, whole)| whole.is_own_unknown());
        let next = first + u64::from(here)..;
        let told = own_wholes.zip(next).flat_map(|((w, _), number)| [w as u64, number]);
        for pair in comm.gather_all(&told.collect::<Vec<_>>()).concat().chunks_exact(2) {
            wholes[pair[0] as usize].at = At::Free { number: pair[1], in_whole: 0 };
        }
        // In the whole they come after all nodes.
        let mut all = of_nodes;
        for whole in &mut wholes {
            if let At::Free { in_whole, .. } = &mut whole.at {
                *in_whole = all as u32;
                all += 1;
            }
        }

        let owned = first..first + u64::from(here) + of_wholes as u64;
        let places = Vec::new();
        let mut numbers = Numbers { components, places, own, answers, wholes, owned, all };
        let others = nodes.in_whole.iter().zip(nodes.owner).filter(|(_, owner)| **owner != rank);
        let told = numbers.ask(comm, others);
        let (mut own, mut told) = (numbers.answers.chunks(components), told.chunks(components));
        let places = nodes.owner.iter().flat_map(|&owner| {
            let is_own = owner == rank;
            let at = if is_own { own.next() } else { told.next() };
            at.expect("an answer for each").iter().map(move |&at| (at, is_own))
        });
        numbers.places = places.collect();
        numbers
    }

    /// What is at some nodes, each with its owner. All ranks call this together.
    fn ask<'n>(&self, comm: &dyn Comm, nodes: impl Iterator<Item = (&'n u32, &'n u32)>) -> Vec<At> {
        let components = self.components as u64;
        let each = |node: u32| (0..components).map(move |k| u64::from(node) * components + k);
        let questions = nodes.flat_map(|(&node, &owner)| each(node).map(move |k| (owner, [k])));
        let answer = |[k]: [u64; 1]| {
            let place = place_in(&self.own, (k / components) as u32);
            self.answers[place * self.components + (k % components) as usize].words()
        };
        let told = ask(comm, &questions.collect::<Vec<_>>(), answer);
        told.into_iter().map(At::of_words).collect()
    }

    /// The numbers among all ranks of the free unknowns of a part that some rank has besides, in their order in the
    /// whole. All ranks call this together.
    pub fn at(&self, comm: &dyn Comm, patch: Option<&Patch>) -> Vec<u64> {
        let nodes = patch.iter().flat_map(|patch| patch.part.nodes.iter().zip(&patch.owner));
        let at = self.ask(comm, nodes);
        let free = at.into_iter().chain(self.wholes.iter().map(|whole| whole.at));
        let free = free.filter_map(|at| match at {
            At::Free { number, in_whole } => Some((in_whole, number)),
            At::Fixed(_) | At::Tied(_) => None,
        });
        let mut free: Vec<(u32, u64)> = free.collect();
        free.sort_unstable();
        free.dedup();
        free.into_iter().map(|(_, number)| number).collect()
    }

    /// The unknowns of the part, with so many more scalar fields that are prescribed everywhere; `levels` are those of
    /// the nodes.
    pub fn unknowns(mut self, prescribed: usize, levels: Option<Vec<Level>>) -> Unknowns {
        let is_own = self.places.iter().step_by(self.components).map(|place| place.1);
        let fields = std::iter::repeat_n(is_own.collect::<Vec<bool>>(), prescribed);
        self.places.extend(fields.flatten().map(|is_own| (At::Fixed(0.0), is_own)));
        let levels = levels.map(|mut levels| {
            levels.resize(self.places.len(), Level::NONE);
            levels
        });
        let places = (&self.places[..], &self.wholes[..]);
        Unknowns::numbered(places, levels, self.owned, self.all as usize)
    }
}

/// What is at nodes of the part around which all facets are there, as if the free unknowns were numbered from zero;
/// and how many come up first at each node. Those of nodes that are joined come up with the first of them.
fn of_own(space: &Space, nodes: impl Iterator<Item = usize>) -> (Vec<At>, Vec<u32>) {
    let mut known = vec![None; space.total()];
    for whole in 0..space.whole().len() {
        known[space.whole_dof(whole) as usize] = Some(At::Tied(whole));
    }
    let (mut all, mut counts, mut next) = (Vec::new(), Vec::new(), 0);
    for node in nodes {
        let before = next;
        for &dof in space.dofs(0, node as u32) {
            let at = known[dof as usize].unwrap_or_else(|| {
                match (dof as usize).checked_sub(space.free()) {
                    Some(k) => At::Fixed(space.prescribed()[k]),
                    None => {
                        next += 1;
                        At::Free { number: next - 1, in_whole: 0 }
                    }
                }
            });
            known[dof as usize] = Some(at);
            all.push(at);
        }
        counts.push((next - before) as u32);
    }
    (all, counts)
}

/// The first of the numbers of this rank, when each has so many. All ranks call this together.
fn first_of(comm: &dyn Comm, count: usize) -> u64 {
    comm.gather_all(&[count as u64]).concat()[..comm.rank()].iter().sum()
}

fn place_in(own: &[u32], node: u32) -> usize {
    own.binary_search(&node).expect("a node is asked of its owner")
}

//! Numbers of nodes and unknowns of a mesh that is nowhere as a whole.
//!
//! A rank places the laws on its part, and so knows what holds at its own nodes, whose facets it has; of the others
//! it asks their owners.

use super::ask::{ask, positions};
use super::patch::Patch;
use crate::run::laws::Laws;
use crate::run::ranks::unknowns::{At, Level, OfWhole, Unknowns};
use algebra::Comm;
use fem::Space;
use std::ops::Range;
use transport::POTENTIAL;

/// What is at a node.
type Answer = [u64; 4];

/// Nodes and potentials of a part, numbered among all ranks.
pub struct Numbers {
    unknowns: Unknowns,
    /// Of each node of the part.
    number: Vec<u32>,
    owned: Range<u64>,
    /// The nodes of this rank in the whole, rising, with what it answers about them.
    answers: Vec<(u32, Answer)>,
    /// Numbers of the free whole-body unknowns.
    whole: Vec<u64>,
}

impl Numbers {
    /// Numbers the `nodes` of the part, with their owners, of a whole with `all` nodes. The
    /// potentials of whole bodies are those on the mesh that was dealt; `levels` are those of the nodes. All ranks
    /// call this together.
    pub fn new(
        comm: &dyn Comm,
        ((nodes, owner), all): ((&[u32], &[u32]), u64),
        laws: Laws,
        (mut whole, levels): (Vec<OfWhole>, Vec<Level>),
    ) -> Self {
        let rank = comm.rank() as u32;
        let space = Space::new(laws.fields, laws.whole, nodes.len(), &laws.constraints)
            .expect("the boundaries met on the coarse mesh, too");
        let own = || (0..nodes.len()).filter(|&node| owner[node] == rank);
        let at: Vec<At> = own().map(|node| at_node(&space, node as u32)).collect();
        let free = own().zip(&at).filter(|(_, at)| matches!(at, At::Free { .. }));
        let counts: Vec<[u32; 2]> = free.map(|(node, _)| [nodes[node], 1]).collect();
        let (in_whole, free_nodes) = positions(comm, all, &counts);

        let is_here = |whole: &OfWhole| whole.is_own && matches!(whole.at, At::Free { .. });
        let of_bodies = whole.iter().filter(|whole| is_here(whole)).count();
        let first_node = first_of(comm, at.len());
        let mut next = first_of(comm, in_whole.len() + of_bodies);
        let first_unknown = next;
        let mut in_whole = in_whole.into_iter();
        let mut answers = Vec::with_capacity(at.len());
        for ((k, node), mut at) in (first_node..).zip(own()).zip(at) {
            if let At::Free { number, in_whole: place } = &mut at {
                *number = next;
                *place = in_whole.next().expect("a number for each free unknown") as u32;
                next += 1;
            }
            let [a, b, c] = at.words();
            answers.push((nodes[node], [k, a, b, c]));
        }
        let here = whole.iter().enumerate().filter(|(_, whole)| is_here(whole));
        let told: Vec<u64> = here.zip(next..).flat_map(|((w, _), k)| [w as u64, k]).collect();
        next += of_bodies as u64;
        for pair in comm.gather_all(&told).concat().chunks_exact(2) {
            whole[pair[0] as usize].at = At::Free { number: pair[1], in_whole: 0 };
        }
        // In the whole they come after all nodes.
        let mut all_unknowns = free_nodes;
        let mut numbers = Vec::new();
        for whole in &mut whole {
            if let At::Free { number, in_whole } = &mut whole.at {
                *in_whole = all_unknowns as u32;
                all_unknowns += 1;
                numbers.push(*number);
            }
        }

        let others = (0..nodes.len()).filter(|&node| owner[node] != rank);
        let questions: Vec<_> = others.map(|node| (owner[node], [nodes[node].into()])).collect();
        let mut told = ask(comm, &questions, |question| find(&answers, question)).into_iter();
        let mut known = answers.iter().map(|(_, answer)| *answer);
        let mut of_node = |&owner: &u32| match owner == rank {
            true => known.next(),
            false => told.next(),
        };
        let at: Vec<Answer> =
            owner.iter().map(|owner| of_node(owner).expect("an answer for each")).collect();
        let number = at.iter().map(|answer| answer[0] as u32).collect();
        let is_own = owner.iter().map(|&owner| owner == rank);
        let states = at.iter().map(|&[_, a, b, c]| At::of_words([a, b, c]));
        let nodes = states.zip(is_own).zip(levels).map(|((at, own), level)| (at, own, level));
        let owned = first_unknown..next;
        let unknowns = Unknowns::numbered((nodes.collect(), whole), owned, all_unknowns as usize);
        let owned = first_node..first_node + answers.len() as u64;
        Numbers { unknowns, number, owned, answers, whole: numbers }
    }

    /// The numbers among all ranks of nodes and free unknowns of a part that some rank has besides. All ranks call
    /// this together.
    pub fn at(&self, comm: &dyn Comm, patch: Option<&Patch>) -> Option<(Vec<u64>, Vec<u64>)> {
        let nodes = patch.map_or(&[][..], |patch| &patch.part.nodes);
        let owner = patch.map_or(&[][..], |patch| &patch.owner);
        let questions = owner.iter().zip(nodes).map(|(&owner, &node)| (owner, [node.into()]));
        let questions: Vec<_> = questions.collect();
        let answers = ask(comm, &questions, |question| find(&self.answers, question));
        patch?;
        let free = answers.iter().filter_map(|&[_, a, b, c]| match At::of_words([a, b, c]) {
            At::Free { number, .. } => Some(number),
            _ => None,
        });
        let free = free.chain(self.whole.iter().copied()).collect();
        Some((answers.iter().map(|answer| answer[0]).collect(), free))
    }

    /// The unknowns of the part, the numbers of its nodes among all ranks, and which of these are of this rank.
    pub fn finish(self) -> (Unknowns, Vec<u32>, Range<u64>) {
        (self.unknowns, self.number, self.owned)
    }
}

/// What a node has in the space of the part, where all facets around the node are there; free ones have no number
/// yet.
fn at_node(space: &Space, node: u32) -> At {
    let dof = space.dof(POTENTIAL, node);
    let whole = (0..space.whole().len()).find(|&whole| space.whole_dof(whole) == dof);
    match (whole, (dof as usize).checked_sub(space.free())) {
        (Some(whole), _) => At::Tied(whole),
        (None, Some(k)) => At::Fixed(space.prescribed()[k]),
        (None, None) => At::Free { number: 0, in_whole: 0 },
    }
}

/// The first of the numbers of this rank, when each has so many. All ranks call this together.
fn first_of(comm: &dyn Comm, count: usize) -> u64 {
    comm.gather_all(&[count as u64]).concat()[..comm.rank()].iter().sum()
}

fn find(answers: &[(u32, Answer)], [node]: [u64; 1]) -> Answer {
    let place = answers.binary_search_by_key(&(node as u32), |(node, _)| *node);
    answers[place.expect("a node is asked of its owner")].1
}

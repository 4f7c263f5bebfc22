//! Numbers of the unknowns of a coarser level.

use crate::{Comm, Halo, IndexMap};
use std::collections::BTreeMap;
use std::ops::Range;

/// The unknowns of a coarser level that a rank knows of: its own, then those of others in the order in which they were
/// met. What is local is a place here, what is global a number among those of all ranks.
pub(super) struct Numbers {
    /// The first number of each rank, and after the last one how many there are.
    first: Vec<u64>,
    own: Range<u64>,
    global: Vec<u64>,
    others: BTreeMap<u64, u32>,
}

impl Numbers {
    /// With so many of this rank's own. All ranks call this together.
    pub fn new(comm: &dyn Comm, own: usize) -> Self {
        let counts = comm.gather_all(&[own as u64]).concat();
        let mut first = vec![0];
        counts.iter().for_each(|count| first.push(first[first.len() - 1] + count));
        let own = first[comm.rank()]..first[comm.rank() + 1];
        Numbers { first, global: own.clone().collect(), others: BTreeMap::new(), own }
    }

    /// How many all ranks have.
    pub fn all(&self) -> u64 {
        self.first[self.first.len() - 1]
    }

    /// How many this rank owns.
    pub fn own(&self) -> usize {
        (self.own.end - self.own.start) as usize
    }

    /// How many are local.
    pub fn len(&self) -> usize {
        self.global.len()
    }

    /// The number of a local one.
    pub fn global(&self, place: u32) -> u64 {
        self.global[place as usize]
    }

    /// The rank that owns a number.
    pub fn owner(&self, number: u64) -> usize {
        self.first.partition_point(|&first| first <= number) - 1
    }

    /// The place of a number, which is known from now on.
    pub fn place(&mut self, number: u64) -> u32 {
        if self.own.contains(&number) {
            return (number - self.own.start) as u32;
        }
        *self.others.entry(number).or_insert_with(|| {
            self.global.push(number);
            self.global.len() as u32 - 1
        })
    }

    /// What all are for good, others by their numbers: the new place of each, and who has them. All ranks call this
    /// together.
    pub fn settle(self, comm: &dyn Comm) -> (Vec<u32>, Halo) {
        let own = self.own();
        let mut places: Vec<u32> = (0..self.len() as u32).collect();
        self.others.values().zip(own as u32..).for_each(|(&k, place)| places[k as usize] = place);
        let others = self.others.into_keys().collect();
        (places, Halo::new(comm, IndexMap::new(self.own, others)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comm::on_threads;

    /// Ranks with 3, 0 and 2 unknowns.
    #[test]
    fn others_are_settled_by_their_numbers() {
        let found = on_threads(3, |comm| {
            let mut numbers = Numbers::new(comm, [3, 0, 2][comm.rank()]);
            let met = [4, 0, 3, 0].map(|number| numbers.place(number));
            let (sizes, owners) =
                ((numbers.own(), numbers.all()), [0, 2, 3, 4].map(|n| numbers.owner(n)));
            let globals: Vec<u64> = (0..numbers.len() as u32).map(|k| numbers.global(k)).collect();
            let (places, halo) = numbers.settle(comm);
            (met, sizes, owners, globals, places, halo.map().clone())
        });
        let of = |rank: usize| found[rank].clone();
        let map = |own, others: &[u64]| IndexMap::new(own, others.to_vec());
        let owners = [0, 0, 2, 2];
        let first = vec![0, 1, 2, 4, 3];
        assert_eq!(
            of(0),
            ([3, 0, 4, 0], (3, 5), owners, first, vec![0, 1, 2, 4, 3], map(0..3, &[3, 4]))
        );
        let none = vec![4, 0, 3];
        assert_eq!(
            of(1),
            ([0, 1, 2, 1], (0, 5), owners, none, vec![2, 0, 1], map(3..3, &[0, 3, 4]))
        );
        assert_eq!(
            of(2),
            ([1, 2, 0, 2], (2, 5), owners, vec![3, 4, 0], vec![0, 1, 2], map(3..5, &[0]))
        );
    }
}

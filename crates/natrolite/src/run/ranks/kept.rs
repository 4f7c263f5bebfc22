//! Iterates that are kept: in the numbering of the whole, so that any number of ranks can go on from them.

use super::current::at_ghosts;
use crate::run::Observer;
use algebra::{Comm, IndexMap, Iterate};

/// Unknowns that a rank sends at a time.
const SECTION: usize = 1 << 16;

/// How this rank's unknowns stand in the whole.
pub struct Kept<'c> {
    pub comm: &'c dyn Comm,
    /// Number in the whole of each unknown that is here.
    pub in_whole: Vec<u32>,
    /// Those that this rank owns come first.
    pub owned: usize,
    /// Unknowns of the whole.
    pub unknowns: usize,
}

impl Kept<'_> {
    /// Where to begin: what the observer of rank 0 has, else zeros. All ranks call this together.
    pub fn first(&self, observer: &mut dyn Observer) -> Vec<f64> {
        let found = match self.comm.rank() {
            0 => observer.first_iterate(self.unknowns),
            _ => None,
        };
        if !self.of_first(found.is_some()) {
            return vec![0.0; self.in_whole.len()];
        }
        let all = self.unknowns as u64;
        let owned = if self.comm.rank() == 0 { 0..all } else { all..all };
        let on_first = IndexMap::new(owned, Vec::new());
        let wanted: Vec<u64> = self.in_whole.iter().map(|&number| number.into()).collect();
        at_ghosts(self.comm, &on_first, &wanted, &found.unwrap_or_default())
    }

    /// Gives the iterate to the observer of rank 0, if that wants it. All ranks call this together.
    pub fn keep(&self, observer: &mut dyn Observer, iterate: &Iterate<'_>) {
        if !self.of_first(observer.wants_iterate()) {
            return;
        }
        let is_first = self.comm.rank() == 0;
        let mut whole = vec![0.0; if is_first { self.unknowns } else { 0 }];
        let most = self.comm.gather_all(&[self.owned as u64]).concat().into_iter().max();
        for first in (0..most.unwrap_or(0) as usize).step_by(SECTION) {
            let section = first.min(self.owned)..self.owned.min(first + SECTION);
            let mut words = vec![Vec::new(); self.comm.size()];
            let pairs = self.in_whole[section.clone()].iter().zip(&iterate.unknowns[section]);
            words[0] =
                pairs.flat_map(|(&number, value)| [number.into(), value.to_bits()]).collect();
            for pair in self.comm.exchange(words).iter().flat_map(|words| words.chunks_exact(2)) {
                whole[pair[0] as usize] = f64::from_bits(pair[1]);
            }
        }
        if is_first {
            observer.keep_iterate(iterate.number, &whole);
        }
    }

    /// What holds on rank 0.
    fn of_first(&self, holds: bool) -> bool {
        self.comm.size() == 1 && holds
            || self.comm.size() > 1 && self.comm.gather_all(&[u64::from(holds)])[0] == [1]
    }
}

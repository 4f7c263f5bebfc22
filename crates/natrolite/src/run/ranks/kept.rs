//! Iterates that are kept: in the numbering of the whole, so that any number of ranks can go on from them.

use super::current::at_ghosts;
use super::words::{Pack, Words, pack_each, unpack_each};
use crate::run::mechanics::solve::Equilibrium;
use crate::run::{Observer, StressState};
use algebra::{Comm, IndexMap, Iterate};
use contact::unilateral::ActiveSet;

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
    /// Where to begin: what the observer of rank 0 has, if it has something. All ranks call this together.
    pub fn first(&self, observer: &mut dyn Observer) -> Option<Vec<f64>> {
        let found = match self.comm.rank() {
            0 => observer.first_iterate(self.unknowns),
            _ => None,
        };
        self.of_first(found.is_some()).then(|| self.spread(found))
    }

    /// What is here of the unknowns of the whole that rank 0 has. All ranks call this together.
    fn spread(&self, found: Option<Vec<f64>>) -> Vec<f64> {
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
        if let Some(whole) = self.collect(iterate.unknowns) {
            observer.keep_iterate(iterate.number, &whole);
        }
    }

    /// The unknowns of the whole, on rank 0. All ranks call this together.
    fn collect(&self, unknowns: &[f64]) -> Option<Vec<f64>> {
        let is_first = self.comm.rank() == 0;
        let mut whole = vec![0.0; if is_first { self.unknowns } else { 0 }];
        let most = self.comm.gather_all(&[self.owned as u64]).concat().into_iter().max();
        for first in (0..most.unwrap_or(0) as usize).step_by(SECTION) {
            let section = first.min(self.owned)..self.owned.min(first + SECTION);
            let mut words = vec![Vec::new(); self.comm.size()];
            let pairs = self.in_whole[section.clone()].iter().zip(&unknowns[section]);
            words[0] =
                pairs.flat_map(|(&number, value)| [number.into(), value.to_bits()]).collect();
            for pair in self.comm.exchange(words).iter().flat_map(|words| words.chunks_exact(2)) {
                whole[pair[0] as usize] = f64::from_bits(pair[1]);
            }
        }
        is_first.then_some(whole)
    }

    /// The stress side as the observer of rank 0 has it of an earlier run with so many bounds, with the unknowns
    /// that are here. All ranks call this together.
    pub fn first_stress(
        &self,
        observer: &mut dyn Observer,
        bounds: Option<usize>,
    ) -> Option<StressState> {
        let found = match self.comm.rank() {
            0 => observer.first_stress(&|found| found.fits(self.unknowns, bounds)),
            _ => None,
        };
        let mut words = Vec::new();
        if let Some(found) = &found {
            found.contact.pack(&mut words);
            [found.newton.0 as f64, found.newton.1].pack(&mut words);
        }
        let words = self.comm.gather_all(&words).swap_remove(0);
        if words.is_empty() {
            return None;
        }
        let mut words = Words::new(&words);
        let (contact, [steps, residual]) = (words.next(), words.next::<[f64; 2]>());
        let unknowns = self.spread(found.map(|found| found.unknowns));
        Some(StressState { unknowns, contact, newton: (steps as usize, residual) })
    }

    /// Gives an equilibrium to the observer of rank 0, if that wants it. All ranks call this together.
    pub fn keep_stress(&self, observer: &mut dyn Observer, found: &Equilibrium) {
        if !self.of_first(observer.wants_stress()) {
            return;
        }
        let whole = self.collect(&found.u);
        let state = whole.and_then(|whole| StressState::of(found, whole));
        state.iter().for_each(|state| observer.keep_stress(state));
    }

    /// What holds on rank 0.
    fn of_first(&self, holds: bool) -> bool {
        self.comm.size() == 1 && holds
            || self.comm.size() > 1 && self.comm.gather_all(&[u64::from(holds)])[0] == [1]
    }
}

impl Pack for ActiveSet {
    fn pack(&self, words: &mut Vec<u64>) {
        self.active.pack(words);
        pack_each(&self.bounds, words);
        pack_each(&self.exchanged, words);
        [self.residual, self.complementarity].pack(words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        let (active, bounds, exchanged) = (words.next(), unpack_each(words), unpack_each(words));
        let [residual, complementarity] = words.next();
        ActiveSet { active, bounds, exchanged, residual, complementarity }
    }
}

//! Keeping copies of what other ranks own.

use crate::{Comm, IndexMap};

/// Gives the ghosts of a distributed vector the values that their owners have.
///
/// Who sends what to whom is agreed on once; then an update is one exchange.
#[derive(Clone, Debug)]
pub struct Halo {
    map: IndexMap,
    /// For each rank the owned entries that are ghosts there.
    sends: Vec<Vec<u32>>,
    /// For each rank the ghosts that it owns.
    receives: Vec<Vec<u32>>,
}

impl Halo {
    /// Agrees with all ranks, each of which gives its own map.
    ///
    /// # Panics
    /// If a ghost belongs to no rank.
    pub fn new(comm: &dyn Comm, map: IndexMap) -> Self {
        let owned = map.owned();
        let ranges = comm.gather_all(&[owned.start, owned.end]);
        let mut receives = vec![Vec::new(); comm.size()];
        let mut wanted = vec![Vec::new(); comm.size()];
        for (ghost, &global) in (map.owned_len() as u32..).zip(map.ghosts()) {
            let owner = ranges.iter().position(|range| (range[0]..range[1]).contains(&global));
            let owner = owner.expect("every ghost belongs to a rank");
            receives[owner].push(ghost);
            wanted[owner].push(global);
        }
        let here = |wanted: Vec<u64>| {
            wanted.into_iter().map(|global| (global - owned.start) as u32).collect()
        };
        let sends = comm.exchange(wanted).into_iter().map(here).collect();
        Self { map, sends, receives }
    }

    /// The numbering.
    pub fn map(&self) -> &IndexMap {
        &self.map
    }

    /// Number of entries sent in an update.
    pub fn sent(&self) -> usize {
        self.sends.iter().map(Vec::len).sum()
    }

    /// Gives the ghosts in `x` (owned entries, then ghosts) the values that their owners have.
    pub fn update(&self, comm: &dyn Comm, x: &mut [f64]) {
        if comm.size() == 1 && self.map.ghosts().is_empty() {
            return;
        }
        let pack = |to: &Vec<u32>| to.iter().map(|&k| x[k as usize].to_bits()).collect();
        let received = comm.exchange(self.sends.iter().map(pack).collect());
        for (ghosts, words) in self.receives.iter().zip(received) {
            for (&ghost, word) in ghosts.iter().zip(words) {
                x[ghost as usize] = f64::from_bits(word);
            }
        }
    }

    /// For each ghost, in local order, the words that its owner pushes for it, as many as it likes.
    pub fn tell(&self, comm: &dyn Comm, mut push: impl FnMut(u32, &mut Vec<u64>)) -> Vec<Vec<u64>> {
        let mut told = vec![Vec::new(); self.map.ghosts().len()];
        if comm.size() == 1 && told.is_empty() {
            return told;
        }
        let mut of = Vec::new();
        let mut pack = |to: &Vec<u32>| {
            let mut words = Vec::new();
            for &k in to {
                of.clear();
                push(k, &mut of);
                words.push(of.len() as u64);
                words.append(&mut of);
            }
            words
        };
        let received = comm.exchange(self.sends.iter().map(&mut pack).collect());
        for (ghosts, words) in self.receives.iter().zip(received) {
            let mut rest = &words[..];
            for &ghost in ghosts {
                let (length, after) = rest.split_first().expect("a length for each ghost");
                let (of, after) = after.split_at(*length as usize);
                told[ghost as usize - self.map.owned_len()] = of.to_vec();
                rest = after;
            }
        }
        told
    }

    /// The whole vector on rank 0, in the global numbering; on the others nothing.
    pub fn collect(&self, comm: &dyn Comm, x: &[f64]) -> Option<Vec<f64>> {
        let mut words = vec![Vec::new(); comm.size()];
        words[0] = x[..self.map.owned_len()].iter().map(|x| x.to_bits()).collect();
        let all = comm.exchange(words);
        (comm.rank() == 0).then(|| all.into_iter().flatten().map(f64::from_bits).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Serial, comm::on_threads};

    /// Three ranks own 2, 3 and 1 of six entries; each has those next to its own as ghosts, in a ring.
    fn map(rank: usize) -> IndexMap {
        let (owned, ghosts) =
            [(0..2, vec![2, 5]), (2..5, vec![5, 1]), (5..6, vec![4, 0])][rank].clone();
        IndexMap::new(owned, ghosts)
    }

    #[test]
    fn ghosts_get_what_their_owners_have() {
        let got = on_threads(3, |comm| {
            let halo = Halo::new(comm, map(comm.rank()));
            // Entry g has the value 10 g; ghosts begin as rubbish.
            let owned = halo.map().owned().map(|g| 10.0 * g as f64);
            let mut x: Vec<f64> = owned.chain([-1.0, f64::NAN]).collect();
            halo.update(comm, &mut x);
            (x.clone(), halo.sent(), halo.collect(comm, &x))
        });
        let x: Vec<_> = got.iter().map(|(x, ..)| x.clone()).collect();
        assert_eq!(x[0], [0.0, 10.0, 20.0, 50.0]);
        assert_eq!(x[1], [20.0, 30.0, 40.0, 50.0, 10.0]);
        assert_eq!(x[2], [50.0, 40.0, 0.0]);
        assert_eq!([0, 1, 2].map(|rank: usize| got[rank].1), [2, 2, 2]);
        let whole = [0.0, 10.0, 20.0, 30.0, 40.0, 50.0];
        assert_eq!(got[0].2.as_deref(), Some(&whole[..]));
        assert!(got[1].2.is_none() && got[2].2.is_none());
    }

    #[test]
    fn owners_tell_as_much_as_they_like() {
        let told = on_threads(3, |comm| {
            let halo = Halo::new(comm, map(comm.rank()));
            let first = halo.map().owned().start;
            // Of entry g the word 10 g, g times.
            let push = |k: u32, words: &mut Vec<u64>| {
                let global = first + u64::from(k);
                words.extend(vec![10 * global; global as usize]);
            };
            halo.tell(comm, push)
        });
        let of = |global: u64| vec![10 * global; global as usize];
        assert_eq!(told, [[of(2), of(5)], [of(5), of(1)], [of(4), of(0)]]);
        let push = |k: u32, words: &mut Vec<u64>| words.push(7 + u64::from(k));
        let halo = Halo::new(&Serial, IndexMap::new(0..2, vec![1, 0]));
        assert_eq!(halo.tell(&Serial, push), [[8], [7]]);
    }

    #[test]
    fn a_rank_may_have_copies_of_its_own() {
        let halo = Halo::new(&Serial, IndexMap::new(0..2, vec![1, 0, 1]));
        let mut x = [1.0, 2.0, 0.0, 0.0, 0.0];
        halo.update(&Serial, &mut x);
        assert_eq!(x, [1.0, 2.0, 2.0, 1.0, 2.0]);
    }

    #[test]
    fn one_rank_has_no_ghosts() {
        let halo = Halo::new(&Serial, IndexMap::serial(2));
        let mut x = [1.0, 2.0];
        halo.update(&Serial, &mut x);
        assert_eq!((x, halo.sent()), ([1.0, 2.0], 0));
        assert_eq!(halo.collect(&Serial, &x), Some(vec![1.0, 2.0]));
    }
}

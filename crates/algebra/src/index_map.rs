//! Which entries of a distributed vector live here.

use std::ops::Range;

/// The local numbering of a vector that is spread over ranks.
///
/// Local numbers are u32: first the entries this rank owns, a contiguous range of global numbers,
/// then the ghosts, copies of entries that other ranks own. One rank owns everything and has no
/// ghosts: [`IndexMap::serial`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexMap {
    owned: Range<u64>,
    ghosts: Vec<u64>,
}

impl IndexMap {
    /// Owned global numbers and the global numbers of the ghosts, in local order.
    ///
    /// # Panics
    /// If the local numbers do not fit into u32.
    pub fn new(owned: Range<u64>, ghosts: Vec<u64>) -> Self {
        let local = owned.end.saturating_sub(owned.start) as u128 + ghosts.len() as u128;
        assert!(local <= u128::from(u32::MAX), "{local} local entries do not fit into u32");
        Self { owned, ghosts }
    }

    /// The map of the only rank: `n` owned entries, no ghosts.
    pub fn serial(n: u32) -> Self {
        Self { owned: 0..u64::from(n), ghosts: Vec::new() }
    }

    /// Number of entries this rank owns.
    pub fn owned_len(&self) -> usize {
        (self.owned.end - self.owned.start) as usize
    }

    /// Number of local entries, owned and ghosts.
    pub fn local_len(&self) -> usize {
        self.owned_len() + self.ghosts.len()
    }

    /// Global number of a local entry; None beyond [`IndexMap::local_len`].
    pub fn global(&self, local: u32) -> Option<u64> {
        match (local as usize).checked_sub(self.owned_len()) {
            None => Some(self.owned.start + u64::from(local)),
            Some(ghost) => self.ghosts.get(ghost).copied(),
        }
    }

    /// Global numbers of the owned entries.
    pub fn owned(&self) -> Range<u64> {
        self.owned.clone()
    }

    /// Global numbers of the ghosts, in local order.
    pub fn ghosts(&self) -> &[u64] {
        &self.ghosts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owned_come_first_then_ghosts() {
        let map = IndexMap::new(10..13, vec![7, 20]);
        assert_eq!((map.owned_len(), map.local_len()), (3, 5));
        let global: Vec<_> = (0..6).map(|i| map.global(i)).collect();
        assert_eq!(global, [Some(10), Some(11), Some(12), Some(7), Some(20), None]);
        assert_eq!(IndexMap::serial(4).global(3), Some(3));
    }
}

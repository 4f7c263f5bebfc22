//! How a rank numbers the free unknowns that are on its part of the mesh.

use super::owners::Owners;
use algebra::IndexMap;

/// Its own unknowns first, in their order among all ranks, then copies of others.
pub struct Numbering {
    /// New number of each.
    pub local: Vec<u32>,
    /// What these are among all ranks.
    pub map: IndexMap,
    /// For each, in the new numbers, that in the whole.
    pub in_whole: Vec<u32>,
}

impl Numbering {
    /// Numbers unknowns that have the numbers `in_whole`.
    pub fn new(in_whole: &[u32], owners: &Owners, rank: u32) -> Self {
        let mut ghosts = Vec::new();
        let local = in_whole.iter().map(|&global| {
            let number = owners.number[global as usize];
            if owners.of_unknown[global as usize] == rank {
                return number - owners.owned.start;
            }
            ghosts.push(u64::from(number));
            (owners.owned.len() + ghosts.len() - 1) as u32
        });
        let local: Vec<u32> = local.collect();
        let mut by_place = vec![0; in_whole.len()];
        local.iter().zip(in_whole).for_each(|(&k, &global)| by_place[k as usize] = global);
        let owned = u64::from(owners.owned.start)..u64::from(owners.owned.end);
        Numbering { local, map: IndexMap::new(owned, ghosts), in_whole: by_place }
    }
}

//! The unknowns of a space that are on the part of a rank.

use super::owners::Owners;
use super::words::{Pack, Words};
use algebra::IndexMap;
use fem::{Field, Space};

/// Unknowns of the nodes of a part, with what is said of them in the whole: what is fixed, tied or joined there
/// is so here, even where the reason lies on another rank.
///
/// Free ones are those of this rank, in their order among all, then copies of others.
pub struct Unknowns {
    /// As [`Space::numbers`].
    numbers: Vec<u32>,
    free: usize,
    prescribed: Vec<f64>,
    /// Prescribed ones that count on this rank.
    pub counts: Vec<bool>,
    /// What the free ones are among all ranks.
    pub map: IndexMap,
    /// Their numbers in the whole.
    pub in_whole: Vec<u32>,
    /// What each is measured from, free ones first; empty for zeros.
    pub rest: Vec<f64>,
    /// Free unknowns of the whole.
    pub all: usize,
}

impl Unknowns {
    /// Of the nodes of a part of `rank`; `rest` is that of the whole.
    pub fn of(
        nodes: &[u32],
        whole: &Space,
        (owners, rest): (&Owners, Option<&[f64]>),
        rank: u32,
    ) -> Self {
        let (mut space, numbers) = whole.on_nodes(nodes);
        let (free, prescribed) = numbers.split_at(space.free());
        let (places, map) = owners.free.map(free, rank);
        space.renumber(&places);
        let mut in_whole = vec![0; free.len()];
        places.iter().zip(free).for_each(|(&k, &global)| in_whole[k as usize] = global);
        let all = in_whole.iter().chain(prescribed);
        let rest = rest.map(|rest| all.map(|&global| rest[global as usize]).collect());
        let counts = |&global: &u32| owners.prescribed[global as usize - whole.free()] == rank;
        Unknowns {
            numbers: space.numbers().to_vec(),
            free: space.free(),
            prescribed: space.prescribed().to_vec(),
            counts: prescribed.iter().map(counts).collect(),
            map,
            in_whole,
            rest: rest.unwrap_or_default(),
            all: whole.free(),
        }
    }

    /// The space; `whole` are the names of the whole-body unknowns.
    pub fn space(&mut self, fields: Vec<Field>, whole: Vec<String>) -> Space {
        let (numbers, prescribed) = (&mut self.numbers, &mut self.prescribed);
        let numbers = (std::mem::take(numbers), self.free);
        Space::with_numbers(fields, whole, numbers, std::mem::take(prescribed))
    }
}

impl Pack for Unknowns {
    fn pack(&self, words: &mut Vec<u64>) {
        self.numbers.pack(words);
        self.free.pack(words);
        self.prescribed.pack(words);
        self.counts.pack(words);
        self.map.pack(words);
        self.in_whole.pack(words);
        self.rest.pack(words);
        self.all.pack(words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        Unknowns {
            numbers: words.next(),
            free: words.next(),
            prescribed: words.next(),
            counts: words.next(),
            map: words.next(),
            in_whole: words.next(),
            rest: words.next(),
            all: words.next(),
        }
    }
}

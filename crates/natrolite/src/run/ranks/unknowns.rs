//! The unknowns of a space that are on the part of a rank.

use super::owners::Owners;
use super::words::{Pack, Words};
use crate::run::uniform::Groups;
use algebra::IndexMap;
use fem::{Field, Space};
use std::ops::Range;

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
    /// The group of each, free ones first; empty where there are none.
    pub groups: Vec<u32>,
    /// Free unknowns of the whole.
    pub all: usize,
}

impl Unknowns {
    /// Of the nodes of a part of `rank`; `levels` are those of the whole.
    pub fn of(
        nodes: &[u32],
        whole: &Space,
        (owners, levels): (&Owners, Option<&[Level]>),
        rank: u32,
    ) -> Self {
        let (mut space, numbers) = whole.on_nodes(nodes);
        let (free, prescribed) = numbers.split_at(space.free());
        let (places, map) = owners.free.map(free, rank);
        space.renumber(&places);
        let mut in_whole = vec![0; free.len()];
        places.iter().zip(free).for_each(|(&k, &global)| in_whole[k as usize] = global);
        let all = in_whole.iter().chain(prescribed);
        let level = |&global: &u32| levels.map(|levels| levels[global as usize]);
        let (rest, groups) = all.filter_map(level).map(|l| (l.rest, l.group)).unzip();
        let counts = |&global: &u32| owners.prescribed[global as usize - whole.free()] == rank;
        Unknowns {
            numbers: space.numbers().to_vec(),
            free: space.free(),
            prescribed: space.prescribed().to_vec(),
            counts: prescribed.iter().map(counts).collect(),
            map,
            in_whole,
            rest,
            groups,
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

/// The potential of a body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// What it is measured from \[V\].
    pub rest: f64,
    /// With what it rises and falls: see [`crate::run::uniform::Groups`].
    pub group: u32,
}

/// What the potential of a node is among the unknowns of a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum At {
    /// An unknown.
    Free {
        /// Its number among all ranks.
        number: u64,
        /// Its number in the whole.
        in_whole: u32,
    },
    /// Prescribed \[V\].
    Fixed(f64),
    /// That of the whole body with this number.
    Tied(usize),
}

impl At {
    /// As words.
    pub fn words(&self) -> [u64; 3] {
        match *self {
            At::Free { number, in_whole } => [0, number, in_whole.into()],
            At::Fixed(value) => [1, value.to_bits(), 0],
            At::Tied(whole) => [2, whole as u64, 0],
        }
    }

    /// From [`At::words`].
    pub fn of_words([kind, a, b]: [u64; 3]) -> Self {
        match kind {
            0 => At::Free { number: a, in_whole: b as u32 },
            1 => At::Fixed(f64::from_bits(a)),
            _ => At::Tied(a as usize),
        }
    }
}

/// The potential of a whole body.
#[derive(Clone, Debug)]
pub struct OfWhole {
    /// What it is; never tied.
    pub at: At,
    /// True when this rank owns it, or it counts here.
    pub is_own: bool,
    /// Its level.
    pub level: Level,
}

impl Unknowns {
    /// The potentials of nodes, each with whether it is of this rank and its level, and those of whole bodies; the rank has the numbers `owned` among all ranks, of so many in the whole.
    pub fn numbered(
        (nodes, wholes): (Vec<(At, bool, Level)>, Vec<OfWhole>),
        owned: Range<u64>,
        all: usize,
    ) -> Self {
        let bodies = wholes.iter().map(|whole| (whole.at, whole.is_own, whole.level));
        let every = || nodes.iter().copied().chain(bodies.clone());
        let count = (owned.end - owned.start) as usize;
        let (mut ghosts, mut in_whole) = (Vec::new(), vec![0; count]);
        let mut levels = vec![Level { rest: 0.0, group: Groups::NONE }; count];
        let (mut fixed, mut counts, mut fixed_levels) = (Vec::new(), Vec::new(), Vec::new());
        // Places of the free ones, and of those that are prescribed from the number of these on.
        let mut places = Vec::with_capacity(nodes.len() + wholes.len());
        for (at, is_own, from) in every() {
            places.push(match at {
                At::Free { number, in_whole: place } if owned.contains(&number) => {
                    let k = (number - owned.start) as usize;
                    (in_whole[k], levels[k]) = (place, from);
                    Place::Free(k)
                }
                At::Free { number, in_whole: place } => {
                    ghosts.push(number);
                    in_whole.push(place);
                    levels.push(from);
                    Place::Free(in_whole.len() - 1)
                }
                At::Fixed(value) => {
                    fixed.push(value);
                    counts.push(is_own);
                    fixed_levels.push(from);
                    Place::Fixed(fixed.len() - 1)
                }
                At::Tied(whole) => Place::As(nodes.len() + whole),
            });
        }
        let free = in_whole.len();
        let number = |place: &Place| match *place {
            Place::Free(k) => k,
            Place::Fixed(k) => free + k,
            Place::As(_) => unreachable!("whole bodies are not tied"),
        };
        let numbers = places.iter().map(|place| match place {
            Place::As(other) => number(&places[*other]) as u32,
            place => number(place) as u32,
        });
        let numbers = numbers.collect();
        levels.extend(fixed_levels);
        let (rest, groups) = levels.into_iter().map(|level| (level.rest, level.group)).unzip();
        let map = IndexMap::new(owned, ghosts);
        Unknowns { numbers, free, prescribed: fixed, counts, map, in_whole, rest, groups, all }
    }

    /// The level of each node, and of each whole body after these.
    pub fn levels(&self) -> Vec<Level> {
        self.numbers.iter().map(|&k| self.level(k as usize)).collect()
    }

    fn level(&self, k: usize) -> Level {
        Level { rest: self.rest[k], group: self.groups[k] }
    }

    /// The potentials of so many whole bodies, the last of all numbers.
    pub fn of_wholes(&self, count: usize) -> Vec<OfWhole> {
        let of = |&number: &u32| {
            let k = number as usize;
            let (at, is_own) = match k.checked_sub(self.free) {
                Some(fixed) => (At::Fixed(self.prescribed[fixed]), self.counts[fixed]),
                None => {
                    let (number, in_whole) = (self.map.global(number), self.in_whole[k]);
                    let number = number.expect("a number of this rank or a copy");
                    (At::Free { number, in_whole }, k < self.map.owned_len())
                }
            };
            OfWhole { at, is_own, level: self.level(k) }
        };
        self.numbers[self.numbers.len() - count..].iter().map(of).collect()
    }
}

/// Where an unknown or a prescribed value stands.
enum Place {
    Free(usize),
    Fixed(usize),
    /// Where another one stands.
    As(usize),
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
        // Bodies are runs of nodes.
        let runs = || self.groups.chunk_by(|a, b| a == b);
        runs().map(|run| run[0]).collect::<Vec<u32>>().pack(words);
        runs().map(|run| run.len() as u32).collect::<Vec<u32>>().pack(words);
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
            groups: {
                let [groups, counts]: [Vec<u32>; 2] = words.next();
                let runs = groups.into_iter().zip(counts);
                runs.flat_map(|(group, count)| vec![group; count as usize]).collect()
            },
            all: words.next(),
        }
    }
}

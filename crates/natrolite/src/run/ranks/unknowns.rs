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

impl Level {
    /// That of what is measured from zero, and stays.
    pub const NONE: Level = Level { rest: 0.0, group: Groups::NONE };
}

/// What a component at a node is among the unknowns of a whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum At {
    /// An unknown.
    Free {
        /// Its number among all ranks.
        number: u64,
        /// Its number in the whole.
        in_whole: u32,
    },
    /// Prescribed \[V or m\].
    Fixed(f64),
    /// That of the whole body with this number.
    Tied(usize),
}

impl At {
    /// As words.
    pub fn words(&self) -> [u64; 2] {
        match *self {
            At::Free { number, in_whole } => [u64::from(in_whole) << 2, number],
            At::Fixed(value) => [1, value.to_bits()],
            At::Tied(whole) => [2, whole as u64],
        }
    }

    /// From [`At::words`].
    pub fn of_words([kind, what]: [u64; 2]) -> Self {
        match kind & 3 {
            0 => At::Free { number: what, in_whole: (kind >> 2) as u32 },
            1 => At::Fixed(f64::from_bits(what)),
            _ => At::Tied(what as usize),
        }
    }
}

/// The potential of a whole body, or the displacement of a platen.
#[derive(Clone, Debug)]
pub struct OfWhole {
    /// What it is; never tied.
    pub at: At,
    /// True when this rank owns it, or it counts here.
    pub is_own: bool,
    /// Its level.
    pub level: Level,
}

impl OfWhole {
    /// True for an unknown that this rank owns.
    pub fn is_own_unknown(&self) -> bool {
        self.is_own && matches!(self.at, At::Free { .. })
    }
}

impl Unknowns {
    /// What is at the `places` of a part, field after field, node after node, the components of a node side by side,
    /// each with whether it is of this rank, and what whole bodies are. `levels` are those of the places; none where
    /// all is measured from zero. The rank has the numbers `owned` among all ranks, of so many in the whole.
    pub fn numbered(
        (places, wholes): (&[(At, bool)], &[OfWhole]),
        levels: Option<Vec<Level>>,
        owned: Range<u64>,
        all: usize,
    ) -> Self {
        let bodies = wholes.iter().map(|whole| (whole.at, whole.is_own));
        let every = || places.iter().copied().chain(bodies.clone());
        let count = (owned.end - owned.start) as usize;
        let copy = |(at, _)| match at {
            At::Free { number, in_whole } => Some((in_whole, number)),
            At::Fixed(_) | At::Tied(_) => None,
        };
        let mut copies: Vec<(u32, u64)> =
            every().filter_map(copy).filter(|(_, number)| !owned.contains(number)).collect();
        copies.sort_unstable();
        copies.dedup();
        let free = count + copies.len();
        let mut in_whole = vec![0; count];
        in_whole.extend(copies.iter().map(|copy| copy.0));
        let (mut fixed, mut counts) = (Vec::new(), Vec::new());
        let mut number = |(at, is_own)| match at {
            At::Free { number, in_whole: place } if owned.contains(&number) => {
                let k = (number - owned.start) as usize;
                in_whole[k] = place;
                k as u32
            }
            At::Free { number, in_whole } => {
                let k = copies.binary_search(&(in_whole, number));
                (count + k.expect("each of them is there")) as u32
            }
            At::Fixed(value) => {
                fixed.push(value);
                counts.push(is_own);
                (free + fixed.len() - 1) as u32
            }
            At::Tied(_) => u32::MAX,
        };
        let mut numbers: Vec<u32> = every().map(&mut number).collect();
        for (k, (at, _)) in every().enumerate() {
            if let At::Tied(whole) = at {
                numbers[k] = numbers[places.len() + whole];
            }
        }
        let of_all = levels.map(|levels| {
            let mut of_all = vec![Level::NONE; free + fixed.len()];
            // What is tied has the level of the body, which comes last.
            let levels = levels.into_iter().chain(wholes.iter().map(|whole| whole.level));
            numbers.iter().zip(levels).for_each(|(&k, level)| of_all[k as usize] = level);
            of_all
        });
        let of_all = of_all.unwrap_or_default().into_iter();
        let (rest, groups) = of_all.map(|level| (level.rest, level.group)).unzip();
        let map = IndexMap::new(owned, copies.into_iter().map(|copy| copy.1).collect());
        Unknowns { numbers, free, prescribed: fixed, counts, map, in_whole, rest, groups, all }
    }

    /// The level of each node, and of each whole body after these.
    pub fn levels(&self) -> Vec<Level> {
        self.numbers.iter().map(|&k| self.level(k as usize)).collect()
    }

    fn level(&self, k: usize) -> Level {
        let level = self.rest.get(k).zip(self.groups.get(k));
        level.map_or(Level::NONE, |(&rest, &group)| Level { rest, group })
    }

    /// So many whole bodies, the last of all numbers.
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

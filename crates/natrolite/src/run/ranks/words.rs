//! What one rank packs for another: numbers of several kinds as words.

use algebra::IndexMap;

/// What can be sent to another rank.
pub trait Pack: Sized {
    /// Adds it to `words`.
    fn pack(&self, words: &mut Vec<u64>);

    /// Takes it back, from where it was added.
    fn unpack(words: &mut Words<'_>) -> Self;
}

/// Words that came, from the first that was not taken yet on.
pub struct Words<'w> {
    rest: &'w [u64],
}

impl<'w> Words<'w> {
    /// All of `words`.
    pub fn new(words: &'w [u64]) -> Self {
        Words { rest: words }
    }

    /// The next `count` words.
    ///
    /// # Panics
    /// If there are not so many: what is taken must be what was packed.
    fn take(&mut self, count: usize) -> &'w [u64] {
        let (first, rest) = self.rest.split_at(count);
        self.rest = rest;
        first
    }

    /// The next thing.
    pub fn next<T: Pack>(&mut self) -> T {
        T::unpack(self)
    }
}

impl Pack for u64 {
    fn pack(&self, words: &mut Vec<u64>) {
        words.push(*self);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        words.take(1)[0]
    }
}

/// What fits into a word.
macro_rules! as_a_word {
    ($($kind:ty: $to:expr, $from:expr;)*) => {$(
        impl Pack for $kind {
            fn pack(&self, words: &mut Vec<u64>) {
                words.push($to(*self));
            }

            fn unpack(words: &mut Words<'_>) -> Self {
                $from(words.next::<u64>())
            }
        }
    )*};
}

as_a_word! {
    usize: |x| x as u64, |word| word as usize;
    u32: u64::from, |word| word as u32;
    bool: u64::from, |word| word != 0;
    f64: f64::to_bits, f64::from_bits;
}

/// Numbers of nodes or cells, two in a word.
impl Pack for Vec<u32> {
    fn pack(&self, words: &mut Vec<u64>) {
        self.len().pack(words);
        let pair =
            |pair: &[u32]| u64::from(pair[0]) | u64::from(pair.get(1).copied().unwrap_or(0)) << 32;
        words.extend(self.chunks(2).map(pair));
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        let count: usize = words.next();
        let pairs = words.take(count.div_ceil(2)).iter();
        let mut numbers = Vec::with_capacity(count + 1);
        numbers.extend(pairs.flat_map(|&word| [word as u32, (word >> 32) as u32]));
        numbers.truncate(count);
        numbers
    }
}

/// Flags, as many as there are bits in a word.
impl Pack for Vec<bool> {
    fn pack(&self, words: &mut Vec<u64>) {
        self.len().pack(words);
        let bits = |flags: &[bool]| {
            flags.iter().enumerate().fold(0, |word, (k, &flag)| word | u64::from(flag) << k)
        };
        words.extend(self.chunks(64).map(bits));
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        let count: usize = words.next();
        let bits = words.take(count.div_ceil(64));
        (0..count).map(|k| bits[k / 64] >> (k % 64) & 1 == 1).collect()
    }
}

impl Pack for Vec<f64> {
    fn pack(&self, words: &mut Vec<u64>) {
        self.len().pack(words);
        words.extend(self.iter().map(|x| x.to_bits()));
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        let count = words.next();
        words.take(count).iter().map(|&word| f64::from_bits(word)).collect()
    }
}

impl Pack for Vec<[f64; 3]> {
    fn pack(&self, words: &mut Vec<u64>) {
        self.len().pack(words);
        words.extend(self.as_flattened().iter().map(|x| x.to_bits()));
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        let count: usize = words.next();
        let rows = words.take(3 * count).as_chunks::<3>().0;
        rows.iter().map(|row| row.map(f64::from_bits)).collect()
    }
}

impl Pack for String {
    fn pack(&self, words: &mut Vec<u64>) {
        self.len().pack(words);
        words.extend(self.bytes().map(u64::from));
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        let count = words.next();
        let bytes = words.take(count).iter().map(|&word| word as u8).collect();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, words: &mut Vec<u64>) {
        self.is_some().pack(words);
        self.iter().for_each(|some| some.pack(words));
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        words.next::<bool>().then(|| words.next())
    }
}

impl<T: Pack, const N: usize> Pack for [T; N] {
    fn pack(&self, words: &mut Vec<u64>) {
        self.iter().for_each(|one| one.pack(words));
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        std::array::from_fn(|_| words.next())
    }
}

impl Pack for IndexMap {
    fn pack(&self, words: &mut Vec<u64>) {
        let owned = self.owned();
        [owned.start, owned.end].pack(words);
        self.ghosts().len().pack(words);
        words.extend(self.ghosts());
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        let [start, end]: [u64; 2] = words.next();
        let count = words.next();
        IndexMap::new(start..end, words.take(count).to_vec())
    }
}

/// Packs things one after the other, behind their number.
pub fn pack_each<T: Pack>(all: &[T], words: &mut Vec<u64>) {
    all.len().pack(words);
    all.iter().for_each(|one| one.pack(words));
}

/// What [`pack_each`] packed.
pub fn unpack_each<T: Pack>(words: &mut Words<'_>) -> Vec<T> {
    let count: usize = words.next();
    (0..count).map(|_| words.next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        let numbers: Vec<u32> = (0..5).map(|k| u32::MAX - k).collect();
        let flags: Vec<bool> = (0..130).map(|k| k % 3 == 0).collect();
        let names = ["", "\u{b5}m", "a b"].map(str::to_owned);
        let map = IndexMap::new(3..5, vec![u64::MAX, 0]);
        let mut words = Vec::new();
        numbers.pack(&mut words);
        assert_eq!(words.len(), 1 + 3);
        flags.pack(&mut words);
        pack_each(&names, &mut words);
        Some(-0.5).pack(&mut words);
        None::<f64>.pack(&mut words);
        map.pack(&mut words);
        vec![[1.0, 2.0, f64::MIN_POSITIVE]].pack(&mut words);
        let mut words = Words::new(&words);
        assert_eq!(words.next::<Vec<u32>>(), numbers);
        assert_eq!(words.next::<Vec<bool>>(), flags);
        assert_eq!(unpack_each::<String>(&mut words), names);
        assert_eq!(words.next::<Option<f64>>(), Some(-0.5));
        assert_eq!(words.next::<Option<f64>>(), None);
        assert_eq!(words.next::<IndexMap>(), map);
        assert_eq!(words.next::<Vec<[f64; 3]>>(), [[1.0, 2.0, f64::MIN_POSITIVE]]);
        assert!(words.rest.is_empty());
    }
}

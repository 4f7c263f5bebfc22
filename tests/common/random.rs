//! A small generator (xorshift64*), so that every run tries the same.

/// The state; not zero.
pub struct Random(pub u64);

impl Random {
    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let wide = u128::from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D));
        usize::try_from((wide * n as u128) >> 64).expect("smaller than n")
    }
}

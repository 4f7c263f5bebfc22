//! Registers as wide as the processor has them.

use pulp::{Simd, WithSimd};

/// Work that gains from wide registers. `run`, and all that is to gain within it, must be inlined always.
pub trait Wide {
    /// What comes of it.
    type Output;

    /// Does the work.
    fn run(self) -> Self::Output;
}

/// Does `work` with the registers that this processor has.
///
/// Rust neither joins products and sums nor changes their order, so that results do not depend on the
/// registers.
#[inline]
pub fn with_wide_registers<W: Wide>(work: W) -> W::Output {
    pulp::Arch::new().dispatch(Compiled(work))
}

/// Work as `pulp` compiles it for each kind of registers.
struct Compiled<W>(W);

impl<W: Wide> WithSimd for Compiled<W> {
    type Output = W::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> W::Output {
        self.0.run()
    }
}

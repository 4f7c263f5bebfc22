//! Registers as wide as the processor has them.

/// Calls `f` compiled for the registers that this processor has, as far as its code is inlined.
///
/// Rust neither joins products and sums nor changes their order, so that results do not depend on the
/// registers.
#[inline]
pub fn with_wide_registers<R>(f: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(f)
}

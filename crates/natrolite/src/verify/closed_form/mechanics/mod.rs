//! Expected values of elasticity and contact.
//!
//! Stress is positive in tension, a contact pressure in compression. E* is the effective modulus of two
//! bodies, 1 / E* = (1 - nu1^2) / E1 + (1 - nu2^2) / E2; a rigid body adds nothing.

mod cavity;
mod cylinder;
mod hertz;
mod penny;
mod punch;
mod summits;
mod wavy;

pub use cavity::{cavity_equator, cavity_hoop, cavity_pole};
pub use cylinder::PressedCylinder;
pub use hertz::{Hertz, hertz_pressure_ratio};
pub use penny::{penny_closing_pressure, penny_opening};
pub use punch::{flat_punch_pressure_ratio, strip_punch_pressure_ratio};
pub use summits::{exponential_summits_fraction, gaussian_summits};
pub use wavy::{
    grid_almost_full_ratio, grid_full_pressure, grid_hollow_fraction, grid_light_fraction,
    grid_light_ratio, wave_full_pressure, wave_pressure_ratio,
};

/// The effective modulus E* \[Pa\] of two bodies of the same constants, or of one and a rigid one.
pub fn effective_modulus(young: f64, poisson: f64, elastic_bodies: u32) -> f64 {
    young / (1.0 - poisson * poisson) / f64::from(elastic_bodies)
}

//! Expected values: closed forms and semi-analytic solutions of current-distribution problems, and of
//! elasticity and contact ([`mechanics`]).
//!
//! Nothing here uses a mesh or a solver of the program, so a number from here can disagree with
//! one from there. Arguments and results are in SI units or dimensionless as each function says.
//! Potentials are those of the electrolyte relative to the electrode; a current density is
//! positive for plating (current from the electrolyte into the electrode), and the electrolyte
//! fills `z > 0` above the electrode plane `z = 0`. The Wagner number is `Wa = kappa Rct / a`
//! with the conductivity `kappa` (S/m), the charge-transfer resistance `Rct` (ohm m^2) and the
//! defect's radius or half width `a` (m).
//!
//! A real box is finite. With side and top at 5 a the primary closed forms for the infinite
//! domain are off by about 1e-2 (hemisphere), 7e-2 (half-cylinder) and 9e-3 (disc); at 50 a by
//! 1e-5, 7e-4 and 1e-4. [`InsulatingDisc::solve_in_cylinder`] accounts for the side wall exactly.

mod arrhenius;
mod auxiliary_function;
mod bump;
mod constriction;
mod dense;
mod disc_electrode;
mod fourier_mode;
mod gauss;
mod insulating_disc;
mod insulating_slit;
pub mod mechanics;
mod modified_bessel;
mod panels;
mod pore;
mod slab;
mod sphere;
#[cfg(test)]
mod transform_galerkin;

pub use arrhenius::{Arrhenius, ArrheniusForm};
pub use bump::{bump_current_ratio, bump_plane_current_ratio};
pub use constriction::{
    flux_tube_factor, flux_tube_series, holm_cluster_resistance, holm_spot_resistance,
};
pub use disc_electrode::{
    DiscElectrode, disc_electrode_primary_current_ratio, disc_electrode_primary_resistance,
};
pub use fourier_mode::fourier_mode_current;
pub use insulating_disc::InsulatingDisc;
pub use insulating_slit::InsulatingSlit;
pub use pore::{
    half_cylinder_current_ratio, hemisphere_current_ratio, primary_disc_current_ratio,
    primary_disc_potential, primary_slit_current_ratio, primary_slit_potential,
};
pub use slab::{
    butler_volmer_overpotential, charge_transfer_resistance, slab_voltage, symmetric_slab_voltage,
};
pub use sphere::{
    maxwell_conductivity_ratio, maxwell_dilute_conductivity_ratio, sphere_normal_current_ratio,
    sphere_tangential_current_ratio,
};

/// Faraday constant, C/mol (CODATA 2018, exact product of the defined e and N_A).
pub const FARADAY: f64 = 96_485.332_123_310_02;

/// Molar gas constant, J/(mol K) (CODATA 2018, exact).
pub const GAS_CONSTANT: f64 = 8.314_462_618_153_24;

/// Whether two numbers agree to a relative tolerance; for the tests of this module only.
#[cfg(test)]
#[track_caller]
fn assert_close(got: f64, wanted: f64, relative: f64) {
    assert!(
        (got - wanted).abs() <= relative * wanted.abs(),
        "got {got:.12e}, wanted {wanted:.12e} within {relative:e}"
    );
}

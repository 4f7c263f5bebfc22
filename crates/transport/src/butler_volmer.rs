//! Butler-Volmer charge transfer.
//!
//!   i = i0 [ exp(aa F eta / R T) - exp(-ac F eta / R T) ]
//!
//! i0      exchange current density, A/m2
//! aa, ac  anodic and cathodic transfer coefficients, 1
//! eta     overpotential, V (see [`crate::Electrode`])
//!
//! Valid without a double layer and with i0 independent of concentration (single-ion conductor).
//! Linear limit: i = eta / Rct with Rct = R T / (F i0 (aa + ac)).
//! Source: Newman and Thomas-Alyea, *Electrochemical Systems*, 3rd ed., eq. 8.24.

use crate::kinetics::{
    ELECTRODE_POTENTIAL, EQUILIBRIUM_POTENTIAL, EXCHANGE_CURRENT_DENSITY, FILM_RESISTANCE,
    PARTIAL_MOLAR_VOLUME,
};
use crate::{Electrode, FARADAY, GAS_CONSTANT, Kinetics};
use fem::Real;
use fem::registry::{Entry, Kind, Parameter, Place, Presence, Range};

/// See the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct ButlerVolmer {
    i0: f64,
    anodic: f64,
    cathodic: f64,
}

impl ButlerVolmer {
    /// From i0 \[A/m2\], the transfer coefficients and the temperature \[K\].
    pub fn new(i0: f64, anodic_transfer: f64, cathodic_transfer: f64, temperature: f64) -> Self {
        let f = FARADAY / (GAS_CONSTANT * temperature);
        ButlerVolmer { i0, anodic: anodic_transfer * f, cathodic: cathodic_transfer * f }
    }
}

impl Kinetics for ButlerVolmer {
    #[inline(always)]
    fn current<S: Real>(&self, eta: S) -> S {
        let a = eta * self.anodic;
        if self.anodic == self.cathodic {
            return a.sinh() * (2.0 * self.i0);
        }
        // exp(a) - exp(c) cancels near equilibrium; exp(x) - 1 keeps the digits. The slopes only add up, and
        // one of them is at least 1.
        (a.exp_m1() - (-(eta * self.cathodic)).exp_m1()) * self.i0
    }

    fn bound(&self, i: f64) -> f64 {
        let ratio = (2.0 + i.abs() / self.i0).ln();
        if i >= 0.0 { ratio / self.anodic } else { -ratio / self.cathodic }
    }
}

const fn transfer(name: &'static str, doc: &'static str) -> Parameter {
    Parameter {
        name,
        kind: Kind::Number { unit: "1", range: Range::Positive },
        presence: Presence::Default("0.5"),
        doc,
    }
}

/// `butler_volmer` in the case file.
pub const ENTRY: Entry = Entry {
    name: "butler_volmer",
    places: &[Place::Boundary, Place::Interface],
    parameters: &[
        EXCHANGE_CURRENT_DENSITY,
        transfer("anodic_transfer", "anodic transfer coefficient aa"),
        transfer("cathodic_transfer", "cathodic transfer coefficient ac"),
        ELECTRODE_POTENTIAL,
        EQUILIBRIUM_POTENTIAL,
        FILM_RESISTANCE,
        PARTIAL_MOLAR_VOLUME,
    ],
    doc: "Butler-Volmer charge transfer: i = i0 [exp(aa F eta/RT) - exp(-ac F eta/RT)], \
          eta = phi_metal - phi - U - R i",
    source: "Newman and Thomas-Alyea, Electrochemical Systems, 3rd ed., eq. 8.24",
    build: Some(|values, environment| {
        let kinetics = ButlerVolmer::new(
            values.required("exchange_current_density"),
            values.required("anodic_transfer"),
            values.required("cathodic_transfer"),
            environment.temperature,
        );
        Ok(Box::new(Electrode::new(kinetics, values, environment)))
    }),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinetics::tests::electrode;

    #[test]
    fn value_by_hand() {
        // a = 0.5: i = 2 i0 sinh(F eta / 2RT); with F eta / RT = 2: 2 * 13 * sinh(1).
        let bv = ButlerVolmer::new(13.0, 0.5, 0.5, 298.15);
        let eta = 2.0 * 8.314_462_618_153_24 * 298.15 / 96_485.332_123_31;
        assert!((bv.current(eta) - 26.0 * 1f64.sinh()).abs() < 1e-11);
    }

    #[test]
    fn charge_transfer_resistance_of_the_papers() {
        // RT/(F i0) = 19.76 ohm cm2 at 1.3 mA/cm2 and 298.15 K.
        let bv = electrode(ButlerVolmer::new(13.0, 0.5, 0.5, 298.15), 0.0);
        let slope = bv.current(fem::Dual { v: 0.0, d: 1.0 }).d;
        assert!((1e4 / slope - 19.764).abs() < 5e-3, "{}", 1e4 / slope);
    }

    #[test]
    fn equal_coefficients_give_an_odd_function() {
        let bv = ButlerVolmer::new(2.0, 0.5, 0.5, 298.15);
        let f = 0.5 * 96_485.332_123_31 / (8.314_462_618_153_24 * 298.15);
        for eta in [0.0_f64, 1e-12, 1e-3, 0.1, 0.7] {
            let wanted = 4.0 * (f * eta).sinh();
            for sign in [1.0, -1.0] {
                let i = bv.current(fem::Dual { v: sign * eta, d: 1.0 });
                assert!((i.v - sign * wanted).abs() <= 1e-14 * wanted, "{eta}: {}", i.v);
                let slope = 4.0 * f * (f * eta).cosh();
                assert!((i.d / slope - 1.0).abs() < 1e-14, "{eta}: {}", i.d);
            }
        }
        assert_eq!(bv.current(1e3), f64::INFINITY);
        assert_eq!(bv.current(-1e3), f64::NEG_INFINITY);
    }

    #[test]
    fn digits_survive_near_equilibrium() {
        let bv = ButlerVolmer::new(1.0, 0.5, 0.5, 298.15);
        let f = 96_485.332_123_31 / (8.314_462_618_153_24 * 298.15);
        assert!((bv.current(1e-15) / (1e-15 * f) - 1.0).abs() < 1e-12);
    }
}

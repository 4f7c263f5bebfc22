//! Charge transfer between a metal and an electrolyte, with a film in series.
//!
//!   eta = phi_metal - phi - U - R i,     i = g(eta)
//!
//! phi        potential of the electrolyte at the interface, V
//! phi_metal  potential of the metal, V
//! U          equilibrium potential, V
//! R          film (interlayer) resistance, ohm m2
//! i          current density from the metal into the electrolyte, A/m2, anodic positive
//!
//! Weak form: the electrolyte gains -i v, the metal +i v (outward normals, j . n = -i on the
//! electrolyte). With a film the relation is implicit and solved at each point.
//!
//! Where the contact is solved, the current passes through the fraction f of the area that touches,
//! under the pressure p, and nothing passes through the rest:
//!
//!   i = f i_c,     eta = phi_metal - phi - U - R i_c + Omega p / F,     i_c = g(eta)
//!
//! i_c    current density on what touches, A/m2;   f  contact fraction, 1
//! p      contact pressure, Pa, compression positive;   Omega  partial molar volume, m3/mol
//!
//! Pressure raises the chemical potential of the metal and so favours stripping: 0.2454 mV per MPa for
//! sodium (23.68 cm3/mol). Source: Monroe and Newman, J. Electrochem. Soc. 152 (2005) A396, with the
//! stress of the electrolyte left out.

use crate::FARADAY;
use fem::registry::{Environment, Kind, Parameter, Presence, Range, Values};
use fem::{Law, Point, Real, Rising, Slot};

/// A strictly increasing relation i = g(eta).
pub trait Kinetics: Send + Sync {
    /// Current density \[A/m2\] at the overpotential `eta` \[V\].
    fn current<S: Real>(&self, eta: S) -> S;

    /// An overpotential \[V\] of the sign of `i` at which the current is at least as large as `i`
    /// \[A/m2\]; only bounds the search that a film makes necessary.
    fn bound(&self, i: f64) -> f64;
}

/// Kinetics between two potentials, the electrolyte's and the metal's.
pub struct Electrode<K> {
    /// The relation i = g(eta).
    pub kinetics: K,
    /// Equilibrium potential U \[V\].
    pub equilibrium_potential: f64,
    /// Resistance R of the film in series \[ohm m2\].
    pub film_resistance: f64,
    /// Partial molar volume Omega of the metal's atoms \[m3/mol\]; zero when the pressure does not act.
    pub partial_molar_volume: f64,
    /// Where the potentials of the electrolyte and of the metal are read, then, where the contact is
    /// solved, the contact fraction and the contact pressure.
    pub slots: Vec<Slot>,
}

impl<K> Electrode<K> {
    /// Takes the film and the equilibrium potential from the parameters, the slots from the place.
    pub(crate) fn new(kinetics: K, values: &Values, environment: &Environment) -> Self {
        let mut slots = vec![environment.slots[0], environment.slots[1]];
        slots.extend(environment.contact.iter().flat_map(|c| [c.fraction, c.pressure]));
        Electrode {
            kinetics,
            equilibrium_potential: values.number("equilibrium_potential").unwrap_or(0.0),
            film_resistance: values.number("film_resistance").unwrap_or(0.0),
            partial_molar_volume: values.number("partial_molar_volume").unwrap_or(0.0),
            slots,
        }
    }
}

impl<K: Kinetics> Electrode<K> {
    /// Current density \[A/m2\] on what touches, at `jump` = phi_metal - phi - U + Omega p / F \[V\],
    /// film included.
    #[inline(always)]
    pub fn current<S: Real>(&self, jump: S) -> S {
        let resistance = self.film_resistance;
        if resistance == 0.0 {
            return self.kinetics.current(jump);
        }
        let eta = jump.inverse(&BehindFilm { kinetics: &self.kinetics, resistance });
        self.kinetics.current(eta)
    }
}

/// eta + R g(eta), which is the jump. It rises strictly, so that its inverse is unique.
struct BehindFilm<'a, K> {
    kinetics: &'a K,
    /// R
    resistance: f64,
}

impl<K: Kinetics> Rising for BehindFilm<'_, K> {
    #[inline(always)]
    fn at<S: Real>(&self, eta: S) -> S {
        eta + self.kinetics.current(eta) * self.resistance
    }

    fn start(&self, jump: f64) -> f64 {
        let far = self.kinetics.bound(jump / self.resistance);
        if far.is_finite() && far.abs() < jump.abs() { far } else { jump }
    }
}

impl<K: Kinetics> Law for Electrode<K> {
    fn slots(&self) -> &[Slot] {
        &self.slots
    }

    #[inline(always)]
    fn evaluate<S: Real>(&self, _: &Point, u: &[S], r: &mut [S]) {
        let jump = u[1] - u[0] - self.equilibrium_potential;
        let &[_, _, fraction, pressure] = u else {
            let i = self.current(jump);
            (r[0], r[1]) = (-i, i);
            return;
        };
        // Second-order shape functions leave the range of the values at the nodes.
        let fraction = fraction.map(|f| match f {
            f if f <= 0.0 => (0.0, 0.0),
            f if f >= 1.0 => (1.0, 0.0),
            f => (f, 1.0),
        });
        // Where nothing touches, the pressure has no meaning, and the current may be infinite.
        let whole = self.current(jump + pressure * (self.partial_molar_volume / FARADAY));
        let i = fraction.part_of(whole);
        (r[0], r[1], r[2], r[3]) = (-i, i, S::from(0.0), S::from(0.0));
    }

    fn reads_point(&self) -> bool {
        false
    }
}

/// Potential of the electrode; on a boundary only.
pub(crate) const ELECTRODE_POTENTIAL: Parameter = Parameter {
    name: "electrode_potential",
    kind: Kind::Number { unit: "V", range: Range::Any },
    presence: Presence::Optional,
    doc: "potential of the metal; on a boundary, where no current is given",
};

/// Equilibrium potential U.
pub(crate) const EQUILIBRIUM_POTENTIAL: Parameter = Parameter {
    name: "equilibrium_potential",
    kind: Kind::Number { unit: "V", range: Range::Any },
    presence: Presence::Default("0 V"),
    doc: "potential of the metal against the electrolyte at zero current",
};

/// Film resistance R.
pub(crate) const FILM_RESISTANCE: Parameter = Parameter {
    name: "film_resistance",
    kind: Kind::Number { unit: "ohm m^2", range: Range::NonNegative },
    presence: Presence::Default("0 ohm cm^2"),
    doc: "resistance of a film (interlayer) in series with the charge transfer",
};

/// Partial molar volume Omega of the metal.
pub(crate) const PARTIAL_MOLAR_VOLUME: Parameter = Parameter {
    name: "partial_molar_volume",
    kind: Kind::Number { unit: "m^3/mol", range: Range::Any },
    presence: Presence::Optional,
    doc: "molar volume Omega of the metal on which the contact pressure p acts: eta gains Omega p / F, \
          so that pressure favours stripping",
};

/// Exchange current density i0.
pub(crate) const EXCHANGE_CURRENT_DENSITY: Parameter = Parameter {
    name: "exchange_current_density",
    kind: Kind::Number { unit: "A/m^2", range: Range::Positive },
    presence: Presence::Required,
    doc: "exchange current density i0",
};

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::ButlerVolmer;
    use fem::{Dual, Lanes};

    /// An electrode between two potentials without equilibrium potential.
    pub(crate) fn electrode<K>(kinetics: K, film_resistance: f64) -> Electrode<K> {
        Electrode {
            kinetics,
            equilibrium_potential: 0.0,
            film_resistance,
            partial_molar_volume: 0.0,
            slots: vec![Slot::value(0), Slot::whole(0)],
        }
    }

    #[test]
    fn film_equation_holds_over_many_decades() {
        for i0 in [1e-7, 13.0, 1e5] {
            for resistance in [1e-9, 2e-3, 1e3] {
                let e = electrode(ButlerVolmer::new(i0, 0.3, 0.7, 298.15), resistance);
                for jump in [-5000.0, -1.3, -1e-6, 0.0, 1e-9, 0.02, 0.9, 40.0] {
                    let i = e.current(jump);
                    let eta = jump - resistance * i;
                    let back = e.kinetics.current(eta);
                    // Rounding in f and in eta = jump - R i, seen through the slope of f.
                    let steep = e.kinetics.current(Dual { v: eta, d: 1.0 }).d;
                    let tolerance = 1e-10 * i.abs() + steep * 1e-14 * jump.abs();
                    assert!((back - i).abs() <= tolerance, "{i0} {resistance} {jump}: {back} {i}");
                }
            }
        }
    }

    #[test]
    fn film_without_kinetic_resistance_is_ohmic() {
        // i0 -> infinity: i = jump / R.
        let e = electrode(ButlerVolmer::new(1e12, 0.5, 0.5, 298.15), 2e-3);
        assert!((e.current(0.01) - 5.0).abs() < 1e-8);
    }

    #[test]
    fn derivative_through_the_film_is_that_of_resistances_in_series() {
        let e = electrode(ButlerVolmer::new(13.0, 0.5, 0.5, 298.15), 2e-3);
        let rct = 8.314_462_618 * 298.15 / (96_485.332_12 * 13.0);
        let slope = e.current(Dual { v: 0.0, d: 1.0 }).d;
        assert!((slope * (rct + 2e-3) - 1.0).abs() < 1e-9, "{slope}");
    }

    /// Butler-Volmer with a film where the contact is solved, between the potentials 0 and 1.
    fn in_contact(film_resistance: f64) -> Electrode<ButlerVolmer> {
        let mut e = electrode(ButlerVolmer::new(13.0, 0.4, 0.6, 298.15), film_resistance);
        e.partial_molar_volume = 23.68e-6;
        e.slots.extend([Slot::value(1), Slot::value(2)]);
        e
    }

    fn coefficients(e: &Electrode<ButlerVolmer>, u: [f64; 4]) -> [f64; 4] {
        let mut r = [f64::NAN; 4];
        e.evaluate(&Point::default(), &u, &mut r);
        r
    }

    #[test]
    fn pressure_moves_sodium_by_0_2454_millivolt_per_megapascal() {
        let e = in_contact(2e-3);
        let shift: f64 = 23.68e-6 * 1e6 / 96_485.332_123_31;
        assert!((shift - 0.2454e-3).abs() < 5e-8, "{shift}");
        for u in [-0.08, 0.0, 0.03] {
            let free = coefficients(&e, [0.1, 0.1 + u, 1.0, 0.0]);
            let pressed = coefficients(&e, [0.1, 0.1 + u - 250.0 * shift, 1.0, 250e6]);
            assert!((free[1] - pressed[1]).abs() < 1e-11 * (1.0 + free[1].abs()), "{u}");
        }
        // At the equilibrium potential, pressure strips.
        assert!(coefficients(&e, [0.0, 0.0, 1.0, 1e6])[1] > 0.0);
    }

    #[test]
    fn contact_fraction_scales_the_current_film_included() {
        let e = in_contact(2e-3);
        let whole = e.current(0.05);
        for f in [0.25, 1.0] {
            assert_eq!(coefficients(&e, [0.0, 0.05, f, 0.0]), [-f * whole, f * whole, 0.0, 0.0]);
        }
        // Open: insulating at any potential. Between nodes the fraction may leave its range.
        assert_eq!(coefficients(&e, [0.0, 1e9, 0.0, 1e9]), [0.0; 4]);
        assert_eq!(coefficients(&e, [0.0, 0.05, -0.1, 0.0]), [0.0; 4]);
        assert_eq!(coefficients(&e, [0.0, 0.05, 1.1, 0.0])[1], whole);
    }

    #[test]
    fn tangent_in_contact_agrees_with_differences() {
        for film in [0.0, 2e-3] {
            let (e, u, points) = (in_contact(film), [0.02, 0.09, 0.3, 40e6], [Point::default()]);
            let mut tangent = [0.0; 16];
            fem::Term::tangent(&e, &points, &u, &mut tangent);
            for j in 0..4 {
                let step = 1e-5 * u[j];
                let at = |sign: f64| {
                    let mut u = u;
                    u[j] += sign * step;
                    coefficients(&e, u)
                };
                let (plus, minus) = (at(1.0), at(-1.0));
                for i in 0..4 {
                    let difference = (plus[i] - minus[i]) / (2.0 * step);
                    let error = (tangent[4 * i + j] - difference).abs();
                    assert!(error <= 1e-7 * difference.abs(), "{film} {i} {j}: {difference}");
                }
            }
        }
    }

    #[test]
    fn eight_electrodes_side_by_side_have_the_tangents_of_single_ones() {
        const N: usize = fem::LANES;
        let mut open = electrode(ButlerVolmer::new(13.0, 0.4, 0.6, 298.15), 2e-3);
        open.equilibrium_potential = 0.01;
        for (e, n) in [(open, 2), (in_contact(0.0), 4), (in_contact(2e-3), 4)] {
            let points = vec![Point::default(); N];
            // Jumps of both signs; fractions below 0, between, and above 1.
            let number = |k: usize, point: usize| {
                let x = point as f64 / (N - 1) as f64;
                [0.02 * x, 0.3 * x - 0.1, 1.2 * x - 0.1, 40e6 * x][k]
            };
            let u: Vec<Lanes> =
                (0..n).map(|k| Lanes(std::array::from_fn(|point| number(k, point)))).collect();
            let mut together = vec![Lanes([f64::NAN; N]); n * n];
            fem::Term::tangent_in_lanes(&e, &points, &u, &mut together);
            for point in 0..N {
                let mut alone = vec![f64::NAN; n * n];
                let u: Vec<f64> = (0..n).map(|k| number(k, point)).collect();
                fem::Term::tangent(&e, &points[..1], &u, &mut alone);
                for (together, alone) in together.iter().zip(&alone) {
                    let error = (together.0[point] - alone).abs();
                    assert!(error <= 1e-12 * alone.abs(), "{n} {point}: {alone}");
                }
            }
        }
    }
}

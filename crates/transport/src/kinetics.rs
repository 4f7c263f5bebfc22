//! Charge transfer between a metal and an electrolyte, with a film in series.
//!
//!   eta = phi_metal - phi - U - R i,     i = f(eta)
//!
//! phi        potential of the electrolyte at the interface, V
//! phi_metal  potential of the metal, V
//! U          equilibrium potential, V
//! R          film (interlayer) resistance, ohm m2
//! i          current density from the metal into the electrolyte, A/m2, anodic positive
//!
//! Weak form: the electrolyte gains -i v, the metal +i v (outward normals, j . n = -i on the
//! electrolyte). With a film the relation is implicit and solved at each point.

use fem::registry::{Environment, Kind, Parameter, Presence, Range, Values};
use fem::{Law, Point, Real, Slot};

/// A strictly increasing relation i = f(eta).
pub trait Kinetics: Send + Sync {
    /// Current density \[A/m2\] at the overpotential `eta` \[V\].
    fn current<S: Real>(&self, eta: S) -> S;

    /// An overpotential \[V\] of the sign of `i` at which the current is at least as large as `i`
    /// \[A/m2\]; only bounds the search that a film makes necessary.
    fn bound(&self, i: f64) -> f64;
}

/// Kinetics between two potentials, the electrolyte's and the metal's.
pub struct Electrode<K> {
    /// The relation i = f(eta).
    pub kinetics: K,
    /// Equilibrium potential U \[V\].
    pub equilibrium_potential: f64,
    /// Resistance R of the film in series \[ohm m2\].
    pub film_resistance: f64,
    /// Where the potentials of the electrolyte and of the metal are read.
    pub slots: [Slot; 2],
}

impl<K> Electrode<K> {
    /// Takes the film and the equilibrium potential from the parameters, the slots from the place.
    pub(crate) fn new(kinetics: K, values: &Values, environment: &Environment) -> Self {
        Electrode {
            kinetics,
            equilibrium_potential: values.number("equilibrium_potential").unwrap_or(0.0),
            film_resistance: values.number("film_resistance").unwrap_or(0.0),
            slots: [environment.slots[0], environment.slots[1]],
        }
    }
}

impl<K: Kinetics> Electrode<K> {
    /// Current density \[A/m2\] at `jump` = phi_metal - phi - U \[V\], film included.
    pub fn current<S: Real>(&self, jump: S) -> S {
        let resistance = self.film_resistance;
        if resistance == 0.0 {
            return self.kinetics.current(jump);
        }
        let eta = overpotential_behind_film(&self.kinetics, resistance, jump.value());
        // One Newton step in S from the solution carries the exact derivative of the implicit
        // function: h(eta) = eta + R f(eta) - jump = 0.
        let slope = 1.0 + resistance * derivative(&self.kinetics, eta);
        let eta = jump.chain(eta, 1.0 / slope);
        self.kinetics.current(eta)
    }
}

fn derivative<K: Kinetics>(kinetics: &K, eta: f64) -> f64 {
    kinetics.current(fem::Dual { v: eta, d: 1.0 }).d
}

/// Solves eta + R f(eta) = jump. The left side increases strictly, so the root is unique; Newton's
/// method started on the far side of it and kept inside a shrinking bracket.
fn overpotential_behind_film<K: Kinetics>(kinetics: &K, resistance: f64, jump: f64) -> f64 {
    if !jump.is_finite() {
        return jump;
    }
    let h = |eta: f64| eta - jump + resistance * kinetics.current(eta);
    let far = kinetics.bound(jump / resistance);
    let start = if far.is_finite() && far.abs() < jump.abs() { far } else { jump };
    let (mut low, mut high) = bracket(&h, start, jump);
    let mut eta = start.clamp(low, high);
    for _ in 0..200 {
        let value = h(eta);
        if value == 0.0 {
            return eta;
        }
        if value > 0.0 {
            high = eta;
        } else {
            low = eta;
        }
        let slope = 1.0 + resistance * derivative(kinetics, eta);
        let mut next = eta - value / slope;
        if (next - eta).abs() <= 2.0 * f64::EPSILON * eta.abs() {
            return next;
        }
        if !(next > low && next < high) {
            next = 0.5 * (low + high);
            if next == low || next == high {
                return next;
            }
        }
        eta = next;
    }
    eta
}

/// An interval around the root of the increasing function `h`, grown from `start`.
fn bracket(h: &impl Fn(f64) -> f64, start: f64, jump: f64) -> (f64, f64) {
    let scale = 1e-3 + jump.abs();
    let (mut low, mut high) = (start.min(0.0), start.max(0.0));
    let mut step = scale;
    while h(low) > 0.0 && step < 1e300 {
        low -= step;
        step *= 2.0;
    }
    step = scale;
    while h(high) < 0.0 && step < 1e300 {
        high += step;
        step *= 2.0;
    }
    (low, high)
}

impl<K: Kinetics> Law for Electrode<K> {
    fn slots(&self) -> &[Slot] {
        &self.slots
    }

    fn evaluate<S: Real>(&self, _: &Point, u: &[S], r: &mut [S]) {
        let i = self.current(u[1] - u[0] - self.equilibrium_potential);
        r[0] = -i;
        r[1] = i;
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

    /// An electrode between two potentials without equilibrium potential.
    pub(crate) fn electrode<K>(kinetics: K, film_resistance: f64) -> Electrode<K> {
        let slots = [Slot::value(0), Slot::whole(0)];
        Electrode { kinetics, equilibrium_potential: 0.0, film_resistance, slots }
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
                    let steep = derivative(&e.kinetics, eta);
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
        let slope = e.current(fem::Dual { v: 0.0, d: 1.0 }).d;
        assert!((slope * (rct + 2e-3) - 1.0).abs() < 1e-9, "{slope}");
    }
}

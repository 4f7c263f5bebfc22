//! What passes through the spots of a rough contact: its conductance per nominal area.
//!
//!   i = h (phi_across - phi)
//!
//! h  conductance per nominal area, S/m2;   k = 2 k1 k2 / (k1 + k2)  harmonic mean of the
//! conductivities of the two bodies, S/m
//!
//! Cooper, Mikic and Yovanovich, plastic spots:  h = 1.25 k (m/sigma) (p/H)^0.95
//!   m  root mean square slope, sigma  root mean square roughness \[m\], both of the combined surface
//! Holm, N equal spots per area:                 h = 2 k N a,   a = sqrt(f / (pi N))
//!   a  radius of a spot \[m\], f contact fraction; each spot has 1/(4 k1 a) + 1/(4 k2 a)
//!
//! Valid for spots that are far apart, p well below H. The constriction of the whole cluster is that
//! of the field around it and is no part of h. Sources: Cooper, Mikic and Yovanovich, Int. J. Heat
//! Mass Transfer 12 (1969) 279, coefficient and exponent of Yovanovich (1982); Holm, *Electric
//! Contacts*, 4th ed., section 4; Greenwood, Br. J. Appl. Phys. 17 (1966) 1621 (cluster).

use super::{needed, refuse_foreign};
use fem::registry::{
    Entry, Environment, Kind, Parameter, ParameterError, Place, Presence, Range, Values,
};
use fem::{Law, Point, Real, Slot};
use std::f64::consts::PI;

/// Plastic spots of a Gaussian surface; see the [module](self).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CooperMikicYovanovich {
    /// k \[S/m\].
    pub conductivity: f64,
    /// m \[1\].
    pub rms_slope: f64,
    /// sigma \[m\].
    pub rms_roughness: f64,
    /// H \[Pa\].
    pub hardness: f64,
}

impl CooperMikicYovanovich {
    /// h \[S/m2\] at a contact pressure p \[Pa\]; zero without pressure.
    pub fn conductance<S: Real>(&self, pressure: S) -> S {
        pressure.map(|p| {
            if p <= 0.0 {
                return (0.0, 0.0);
            }
            let h = 1.25
                * self.conductivity
                * (self.rms_slope / self.rms_roughness)
                * (p / self.hardness).powf(0.95);
            (h, 0.95 * h / p)
        })
    }
}

/// Equal round spots; see the [module](self).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spots {
    /// k \[S/m\].
    pub conductivity: f64,
    /// N \[1/m2\].
    pub density: f64,
}

impl Spots {
    /// h \[S/m2\] at a contact fraction f; zero without contact.
    pub fn conductance<S: Real>(&self, fraction: S) -> S {
        fraction.map(|f| {
            if f <= 0.0 {
                return (0.0, 0.0);
            }
            let h = 2.0 * self.conductivity * self.density * holm_spot_radius(f, self.density);
            (h, 0.5 * h / f)
        })
    }
}

/// Radius a \[m\] of spots that cover the fraction f, `density` of them per area \[1/m2\].
pub fn holm_spot_radius(fraction: f64, density: f64) -> f64 {
    (fraction / (PI * density)).sqrt()
}

/// Resistance \[ohm\] on one side of a cluster of `n` spots of radius `a` within the radius `r` \[m\]
/// on a body of the conductivity k \[S/m\]: 1/(4 k n a) + 1/(4 k r).
///
/// Source: Holm, *Electric Contacts*, 4th ed., section 4; Greenwood, Br. J. Appl. Phys. 17 (1966)
/// 1621.
pub fn holm_cluster_resistance(conductivity: f64, n: f64, a: f64, r: f64) -> f64 {
    (1.0 / (n * a) + 1.0 / r) / (4.0 * conductivity)
}

/// The two relations as a law between two potentials; see the [module](self).
#[derive(Clone, Debug)]
pub struct ContactConductance {
    kind: Conductance,
    /// The two potentials, then what the conductance depends on.
    slots: [Slot; 3],
}

#[derive(Clone, Copy, Debug)]
enum Conductance {
    Plastic(CooperMikicYovanovich),
    Spots(Spots),
}

impl ContactConductance {
    /// From the parameters of `contact_conductance`.
    ///
    /// # Errors
    /// When a parameter of the chosen law is missing or one of the other is given, and when the place
    /// has no contact pressure.
    pub fn from_values(values: &Values, environment: &Environment) -> Result<Self, ParameterError> {
        let law = values.choice("law").unwrap_or(CMY);
        let Some(contact) = environment.contact else {
            let message = "there is no contact pressure here without a law for the contact";
            return Err(ParameterError { parameter: "law", message: message.to_owned() });
        };
        let conductivity = needed(values, law, "conductivity")?;
        let (kind, read) = if law == HOLM {
            refuse_foreign(values, law, &["rms_slope", "rms_roughness", "hardness"])?;
            let density = needed(values, law, "spot_density")?;
            (Conductance::Spots(Spots { conductivity, density }), contact.fraction)
        } else {
            refuse_foreign(values, law, &["spot_density"])?;
            let rough = CooperMikicYovanovich {
                conductivity,
                rms_slope: needed(values, law, "rms_slope")?,
                rms_roughness: needed(values, law, "rms_roughness")?,
                hardness: needed(values, law, "hardness")?,
            };
            (Conductance::Plastic(rough), contact.pressure)
        };
        let slots = [environment.slots[0], environment.slots[1], read];
        Ok(ContactConductance { kind, slots })
    }
}

impl Law for ContactConductance {
    fn slots(&self) -> &[Slot] {
        &self.slots
    }

    fn evaluate<S: Real>(&self, _: &Point, u: &[S], r: &mut [S]) {
        let h = match &self.kind {
            Conductance::Plastic(law) => law.conductance(u[2]),
            Conductance::Spots(law) => law.conductance(u[2]),
        };
        let i = h * (u[1] - u[0]);
        (r[0], r[1], r[2]) = (-i, i, S::from(0.0));
    }
}

const CMY: &str = "cooper_mikic_yovanovich";
const HOLM: &str = "holm";

const fn optional(name: &'static str, unit: &'static str, doc: &'static str) -> Parameter {
    let kind = Kind::Number { unit, range: Range::Positive };
    Parameter { name, kind, presence: Presence::Optional, doc }
}

/// `contact_conductance` in the case file.
pub const ENTRY: Entry = Entry {
    name: "contact_conductance",
    places: &[Place::Interface],
    parameters: &[
        Parameter {
            name: "law",
            kind: Kind::Choice(&[CMY, HOLM]),
            presence: Presence::Required,
            doc: "plastic spots of a Gaussian surface from the contact pressure; or equal round spots \
                  from the contact fraction",
        },
        Parameter {
            name: "conductivity",
            kind: Kind::Number { unit: "S/m", range: Range::Positive },
            presence: Presence::Required,
            doc: "harmonic mean k = 2 k1 k2/(k1 + k2) of the conductivities of the two bodies",
        },
        optional("rms_slope", "1", "cooper_mikic_yovanovich: root mean square slope m"),
        optional("rms_roughness", "m", "cooper_mikic_yovanovich: root mean square roughness sigma"),
        optional(
            "hardness",
            "Pa",
            "cooper_mikic_yovanovich: hardness H of the softer body; when left out, that of the \
             softer built-in material",
        ),
        optional("spot_density", "1/m^2", "holm: spots per area N"),
    ],
    doc: "conductance of a rough contact between two conductors: i = h (phi_across - phi) with \
          h = 1.25 k (m/sigma)(p/H)^0.95 or h = 2 k N a, a = sqrt(f/(pi N))",
    source: "Cooper, Mikic and Yovanovich, Int. J. Heat Mass Transfer 12 (1969) 279; Holm, Electric \
             Contacts, 4th ed., section 4",
    build: Some(|values, environment| {
        Ok(Box::new(ContactConductance::from_values(values, environment)?))
    }),
};

#[cfg(test)]
mod tests {
    use super::*;
    use fem::registry::{ContactSlots, Value};
    use fem::{Dual, Term};

    #[test]
    fn plastic_spots_by_hand() {
        // 1.25 * 2 * (0.1/1e-6) * 0.1^0.95 = 2.5e5 * 0.112202 = 28050.5 S/m2.
        let law = CooperMikicYovanovich {
            conductivity: 2.0,
            rms_slope: 0.1,
            rms_roughness: 1e-6,
            hardness: 1e8,
        };
        let h = law.conductance(Dual { v: 1e7, d: 1.0 });
        assert!((h.v - 28_050.461_4).abs() < 1e-3, "{}", h.v);
        assert!((h.d - 0.95 * h.v / 1e7).abs() < 1e-12 * h.d);
        assert_eq!([0.0, -1e6].map(|p| law.conductance(p)), [0.0; 2]);
    }

    #[test]
    fn spots_are_holms_resistances_in_parallel() {
        // 100 spots of 1 um on 1 mm2 between 2 S/m and 6 S/m (k = 3 S/m).
        let (n, a): (f64, f64) = (1e8, 1e-6);
        let fraction = n * PI * a * a;
        let h = Spots { conductivity: 3.0, density: n }.conductance(fraction);
        let one = 1.0 / (4.0 * 2.0 * a) + 1.0 / (4.0 * 6.0 * a);
        assert!((h * one / n - 1.0).abs() < 1e-12, "{h}");
        // A cluster: 100 spots of 1 um within 50 um at 2 S/m, one side: 1250 + 2500 ohm.
        assert!((holm_cluster_resistance(2.0, 100.0, 1e-6, 50e-6) - 3750.0).abs() < 1e-9);
    }

    fn built(law: &'static str, contact: bool) -> Result<Box<dyn Term>, ParameterError> {
        let slots = vec![Slot::value(0), Slot::across(0)];
        let contact =
            contact.then(|| ContactSlots { fraction: Slot::value(1), pressure: Slot::value(2) });
        let mut values = vec![("law", Value::Choice(law)), ("conductivity", Value::Number(2.0))];
        let own: &[(&str, f64)] = if law == HOLM {
            &[("spot_density", 1e12)]
        } else {
            &[("rms_slope", 0.1), ("rms_roughness", 1e-6), ("hardness", 1e8)]
        };
        values.extend(own.iter().map(|&(name, x)| (name, Value::Number(x))));
        let environment = Environment { temperature: 298.15, slots, contact };
        ENTRY.build.expect("it is a law at a point")(&values.into_iter().collect(), &environment)
    }

    #[test]
    fn tangent_agrees_with_differences() {
        for (law, state) in [(CMY, 1e7), (HOLM, 0.3)] {
            let term = built(law, true).unwrap();
            let u = [0.01, 0.25, state];
            let (mut t, points) = ([0.0; 9], [Point::default()]);
            term.tangent(&points, &u, &mut t);
            for j in 0..3 {
                let step = 1e-5 * u[j];
                let at = |sign: f64| {
                    let (mut u, mut r) = (u, [0.0; 3]);
                    u[j] += sign * step;
                    term.residual(&points, &u, &mut r);
                    r
                };
                let (plus, minus) = (at(1.0), at(-1.0));
                for i in 0..3 {
                    let difference = (plus[i] - minus[i]) / (2.0 * step);
                    let error = (t[3 * i + j] - difference).abs();
                    assert!(error <= 1e-8 * difference.abs(), "{law} {i} {j}");
                }
            }
            assert_eq!(term.slots()[2].field, if law == HOLM { 1 } else { 2 });
        }
    }

    #[test]
    fn needs_a_contact() {
        let error = built(CMY, false).map(|_| ()).unwrap_err();
        assert!(error.message.contains("no contact pressure"), "{error}");
    }
}

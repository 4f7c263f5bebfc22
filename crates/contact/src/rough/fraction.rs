//! The contact fraction as the case file gives it: one law of several.

use super::{
    FractionTable, GreenwoodWilliamson, Heights, Persson, Plastic, PlasticForm, needed,
    refuse_foreign,
};
use fem::registry::{Entry, Kind, Parameter, ParameterError, Place, Presence, Range, Values};
use fem::{Dual, Real};

/// The contact fraction f as a function of the nominal contact pressure p.
#[derive(Clone, Debug, PartialEq)]
pub enum ContactFraction {
    /// Plastic spots.
    Plastic(Plastic),
    /// Elastic, self-affine.
    Persson(Persson),
    /// Elastic, independent summits.
    GreenwoodWilliamson(GreenwoodWilliamson),
    /// Measured.
    Table(FractionTable),
}

impl ContactFraction {
    /// From the parameters of `contact_fraction`.
    ///
    /// # Errors
    /// When a parameter of the chosen law is missing, when one of another law is given, and when the
    /// rows of a table do not rise.
    pub fn from_values(values: &Values) -> Result<Self, ParameterError> {
        let law = values.choice("law").unwrap_or("plastic");
        let own: &[&str] = match law {
            "persson" => PERSSON,
            "greenwood_williamson" => GREENWOOD_WILLIAMSON,
            "table" => TABLE,
            _ => PLASTIC,
        };
        let all = [PLASTIC, PERSSON, GREENWOOD_WILLIAMSON, TABLE].concat();
        let foreign: Vec<&str> = all.into_iter().filter(|name| !own.contains(name)).collect();
        refuse_foreign(values, law, &foreign)?;
        let need = |name| needed(values, law, name);
        Ok(match law {
            "persson" => ContactFraction::Persson(Persson {
                effective_modulus: need("effective_modulus")?,
                rms_slope: need("rms_slope")?,
                area_coefficient: values.number("area_coefficient").unwrap_or(AREA_COEFFICIENT),
            }),
            "greenwood_williamson" => ContactFraction::GreenwoodWilliamson(GreenwoodWilliamson {
                summit_density: need("summit_density")?,
                summit_radius: need("summit_radius")?,
                summit_height: need("summit_height")?,
                effective_modulus: need("effective_modulus")?,
                heights: match values.choice("heights") {
                    Some("exponential") => Heights::Exponential,
                    _ => Heights::Gaussian,
                },
            }),
            "table" => {
                let Some(rows) = values.table("points") else {
                    let message = "missing: law = \"table\" needs it".to_owned();
                    return Err(ParameterError { parameter: "points", message });
                };
                ContactFraction::Table(FractionTable::new(rows)?)
            }
            _ => ContactFraction::Plastic(Plastic {
                hardness: need("hardness")?,
                form: match values.choice("form") {
                    Some("saturated") => PlasticForm::Saturated,
                    _ => PlasticForm::Capped,
                },
            }),
        })
    }

    /// f in \[0, 1\] at the nominal contact pressure p \[Pa\]; 0 where p is zero or negative, where
    /// the bodies are apart. At p = 0 the derivative is the one for rising pressure; where f is cut
    /// at 1 it is zero.
    pub fn fraction<S: Real>(&self, pressure: S) -> S {
        pressure.map(|p| {
            let pressure = Dual { v: p, d: 1.0 };
            let f = match self {
                _ if p < 0.0 => Dual::from(0.0),
                ContactFraction::Plastic(law) => law.fraction(pressure),
                ContactFraction::Persson(law) => law.fraction(pressure),
                ContactFraction::GreenwoodWilliamson(law) => law.fraction(pressure),
                ContactFraction::Table(law) => law.fraction(pressure),
            };
            if f.v >= 1.0 { (1.0, 0.0) } else { (f.v, f.d) }
        })
    }
}

/// sqrt(8/pi), Persson's area coefficient.
const AREA_COEFFICIENT: f64 = 1.595_769_121_605_730_7;

const PLASTIC: &[&str] = &["hardness", "form"];
const PERSSON: &[&str] = &["effective_modulus", "rms_slope", "area_coefficient"];
const GREENWOOD_WILLIAMSON: &[&str] =
    &["effective_modulus", "summit_density", "summit_radius", "summit_height", "heights"];
const TABLE: &[&str] = &["points"];

const fn optional(name: &'static str, unit: &'static str, doc: &'static str) -> Parameter {
    let kind = Kind::Number { unit, range: Range::Positive };
    Parameter { name, kind, presence: Presence::Optional, doc }
}

/// `contact_fraction` in the case file; see [`ContactFraction::from_values`].
pub const ENTRY: Entry = Entry {
    name: "contact_fraction",
    places: &[Place::Boundary, Place::Interface],
    parameters: &[
        Parameter {
            name: "law",
            kind: Kind::Choice(&["plastic", "persson", "greenwood_williamson", "table"]),
            presence: Presence::Required,
            doc: "plastic for a soft metal; persson or greenwood_williamson for two hard, elastic \
                  bodies; table for measured values",
        },
        optional(
            "hardness",
            "Pa",
            "plastic: hardness H of the softer body, about three times its \
                  yield strength (Tabor); on an interface, when left out, that of its softer \
                  built-in material",
        ),
        Parameter {
            name: "form",
            kind: Kind::Choice(&["capped", "saturated"]),
            presence: Presence::Optional,
            doc: "plastic: capped (the default): f = p/H up to 1 (Tabor); saturated: f = p/(p + H) \
                  (Pullen and Williamson)",
        },
        optional(
            "effective_modulus",
            "Pa",
            "persson, greenwood_williamson: E*, with \
                  1/E* = (1 - nu1^2)/E1 + (1 - nu2^2)/E2",
        ),
        optional("rms_slope", "1", "persson: root mean square slope h' of the combined surface"),
        optional(
            "area_coefficient",
            "1",
            "persson: k in f = k p/(E* h') at small p; default \
                  sqrt(8/pi) = 1.596 (Persson), numerical solutions 2.0 to 2.2, \
                  sqrt(2 pi) = 2.507 (Bush, Gibson and Thomas)",
        ),
        optional("summit_density", "1/m^2", "greenwood_williamson: summits per area eta"),
        optional("summit_radius", "m", "greenwood_williamson: radius beta of the summits"),
        optional(
            "summit_height",
            "m",
            "greenwood_williamson: scale s of the heights of the summits, \
                  their standard deviation",
        ),
        Parameter {
            name: "heights",
            kind: Kind::Choice(&["gaussian", "exponential"]),
            presence: Presence::Optional,
            doc: "greenwood_williamson: distribution of the heights; default gaussian",
        },
        Parameter {
            name: "points",
            kind: Kind::Table { units: &["Pa", "1"] },
            presence: Presence::Optional,
            doc: "table: contact pressure and contact fraction; starts at (0, 0), rises, and stays \
                  beyond the last point",
        },
    ],
    doc: "contact fraction f of a rough contact under the pressure p: min(p/H, 1) or p/(p + H); \
          erf(sqrt(pi)/2 k p/(E* h')); integrals over summits; or a table. It scales the current \
          through the contact; where f = 0 nothing passes",
    source: "Tabor, The Hardness of Metals, chapter 2; Pullen and Williamson, Proc. R. Soc. Lond. A \
             327 (1972) 159; Persson, J. Chem. Phys. 115 (2001) 3840; Greenwood and Williamson, \
             Proc. R. Soc. Lond. A 295 (1966) 300",
    build: None,
};

#[cfg(test)]
mod tests {
    use super::*;
    use fem::Dual;
    use fem::registry::Value;
    use std::f64::consts::PI;

    fn values(pairs: &[(&'static str, Value)]) -> Values {
        pairs.iter().cloned().collect()
    }

    fn read(pairs: &[(&'static str, Value)]) -> Result<ContactFraction, ParameterError> {
        ContactFraction::from_values(&values(pairs))
    }

    fn number(x: f64) -> Value {
        Value::Number(x)
    }

    fn plastic(form: &'static str) -> ContactFraction {
        let law = ("law", Value::Choice("plastic"));
        read(&[law, ("hardness", number(0.7e6)), ("form", Value::Choice(form))]).unwrap()
    }

    /// The sodium surface of a slope of 0.05 and E* = 5.2 GPa.
    fn persson() -> ContactFraction {
        let law = ("law", Value::Choice("persson"));
        let modulus = ("effective_modulus", number(5.2e9));
        read(&[law, modulus, ("rms_slope", number(0.05))]).unwrap()
    }

    fn summits(heights: &'static str) -> ContactFraction {
        read(&[
            ("law", Value::Choice("greenwood_williamson")),
            ("effective_modulus", number(30e9)),
            ("summit_density", number(1e11)),
            ("summit_radius", number(1e-6)),
            ("summit_height", number(0.5e-6)),
            ("heights", Value::Choice(heights)),
        ])
        .unwrap()
    }

    fn table() -> ContactFraction {
        let rows = vec![vec![1e6, 0.3], vec![5e6, 0.7], vec![20e6, 0.9]];
        read(&[("law", Value::Choice("table")), ("points", Value::Table(rows))]).unwrap()
    }

    fn every() -> [ContactFraction; 6] {
        let plastic = [plastic("capped"), plastic("saturated")];
        let [capped, saturated] = plastic;
        [capped, saturated, persson(), summits("exponential"), summits("gaussian"), table()]
    }

    #[test]
    fn sodium_of_the_notes() {
        // p/(p + H) with H = 0.7 MPa at 1, 5, 10, 20 MPa: 0.59, 0.88, 0.93, 0.97.
        let law = plastic("saturated");
        for (p, wanted) in [(1e6, 1.0 / 1.7), (5e6, 5.0 / 5.7), (10e6, 10.0 / 10.7)] {
            assert!((law.fraction(p) - wanted).abs() < 1e-15, "{p}");
        }
        let rounded = [1e6, 5e6, 10e6, 20e6].map(|p| (100.0 * law.fraction(p)).round());
        assert_eq!(rounded, [59.0, 88.0, 93.0, 97.0]);
        // Capped: p/H up to H, then 1.
        let law = plastic("capped");
        assert!((law.fraction(0.35e6) - 0.5).abs() < 1e-15);
        assert_eq!([1e6, 5e6, 10e6, 20e6].map(|p| law.fraction(p)), [1.0; 4]);
        // Elastic theory gives 6 % at 10 MPa: erf(sqrt 2 * 10/260).
        let f = persson().fraction(10e6);
        assert!((f - 0.061_315_260_793).abs() < 1e-12, "{f}");
    }

    #[test]
    fn persson_starts_with_the_slope_of_1_6() {
        let small = persson().fraction(Dual { v: 1.0, d: 1.0 });
        let unit = 5.2e9 * 0.05;
        assert!((small.v * unit - (8.0 / PI).sqrt()).abs() < 1e-12);
        assert!((small.d * unit - (8.0 / PI).sqrt()).abs() < 1e-12);
        assert_eq!((10.0 * small.v * unit).round() / 10.0, 1.6);
        let law = ("law", Value::Choice("persson"));
        let (e, h) = (("effective_modulus", number(1.0)), ("rms_slope", number(1.0)));
        let bush = read(&[law, e, h, ("area_coefficient", number(2.5))]).unwrap();
        assert!((bush.fraction(1e-6) / 1e-6 - 2.5).abs() < 1e-10);
        assert_eq!(bush.fraction(10.0), 1.0);
    }

    #[test]
    fn exponential_summits_are_exactly_linear() {
        // f = sqrt(pi beta/s) p/E*; 5 MPa: sqrt(2 pi)/6000.
        let law = summits("exponential");
        let f = law.fraction(5e6);
        assert!((f - (2.0 * PI).sqrt() / 6000.0).abs() < 1e-18, "{f}");
        for k in 1..40 {
            let p = 5e6 * f64::from(k);
            assert!((law.fraction(p) / p - f / 5e6).abs() < 1e-24, "{k}");
        }
    }

    #[test]
    fn gaussian_summits_carry_the_load_of_their_separation() {
        // At d = 0: p = 4/3 eta E* beta^(1/2) s^(3/2) 2^(1/4) Gamma(5/4)/sqrt(2 pi) and
        // f = pi eta beta s/sqrt(2 pi), with eta beta s = 0.05.
        let integral = 2f64.powf(0.25) * 0.906_402_477_055_477 / (2.0 * PI).sqrt();
        let p = 4.0 / 3.0 * 1e11 * 30e9 * 1e-3 * 0.5e-6f64.powf(1.5) * integral;
        let f = summits("gaussian").fraction(p);
        assert!((f - PI * 0.05 / (2.0 * PI).sqrt()).abs() < 1e-13, "{f}");
    }

    #[test]
    fn all_start_at_zero_rise_and_stay_below_one() {
        for law in every() {
            assert_eq!([0.0, -0.0, -1e6].map(|p| law.fraction(p)), [0.0; 3], "{law:?}");
            let mut last = 0.0;
            for k in 0..400 {
                let f = law.fraction(10f64.powf(-300.0 + f64::from(k)));
                assert!((last..=1.0).contains(&f), "{law:?}: {f} after {last}");
                last = f;
            }
            assert!(last > 0.89, "{law:?}: {last}");
        }
    }

    #[test]
    fn derivatives_agree_with_differences() {
        for law in every() {
            for p in [3e4, 2.1e5, 3e6, 1.7e7, 4e8, 5e9] {
                let f = law.fraction(Dual { v: p, d: 1.0 });
                assert_eq!(f.v, law.fraction(p));
                let h = 1e-4 * p;
                let difference = (law.fraction(p + h) - law.fraction(p - h)) / (2.0 * h);
                let tolerance = 1e-6 * difference.abs() + 1e-10 / p;
                assert!((f.d - difference).abs() <= tolerance, "{law:?} {p}: {} {difference}", f.d);
            }
            assert!(law.fraction(Dual { v: 0.0, d: 1.0 }).d > 0.0, "{law:?}");
        }
    }

    #[test]
    fn parameters_must_fit_the_law() {
        let error = |pairs: &[(&'static str, Value)]| read(pairs).unwrap_err();
        let plastic = ("law", Value::Choice("plastic"));
        let missing = error(std::slice::from_ref(&plastic));
        assert_eq!(missing.parameter, "hardness");
        assert_eq!(missing.message, "missing: law = \"plastic\" needs it");
        let foreign = error(&[plastic, ("hardness", number(1.0)), ("rms_slope", number(1.0))]);
        assert_eq!(foreign.parameter, "rms_slope");
        assert!(foreign.message.contains("\"plastic\" does not use it"));
        assert_eq!(error(&[("law", Value::Choice("table"))]).parameter, "points");
        let modulus = ("effective_modulus", number(1.0));
        assert_eq!(error(&[("law", Value::Choice("persson")), modulus]).parameter, "rms_slope");
    }
}

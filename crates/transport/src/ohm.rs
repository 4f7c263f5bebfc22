//! Ohm's law, with an Arrhenius temperature dependence.
//!
//!   j = -sigma grad phi,        weak form: integral of sigma grad phi . grad v
//!
//! sigma  conductivity, S/m; a scalar, principal values along x, y, z, or a symmetric tensor
//! phi    potential, V;   j  current density, A/m2
//!
//! Arrhenius, from a value at a reference temperature or through two points:
//!   form "sigma_T":  sigma(T) = sigma_ref (T_ref / T) exp(-Ea/R (1/T - 1/T_ref))
//!   form "sigma":    sigma(T) = sigma_ref             exp(-Ea/R (1/T - 1/T_ref))
//! Ea  activation energy, J/mol
//!
//! Valid for a single-ion conductor without concentration gradients, or for a metal.
//! Source: Tilley, *Defects in Solids*, section 6.3 (ionic conductivity, sigma T form).

use crate::{GAS_CONSTANT, POTENTIAL};
use fem::registry::{Entry, Kind, Parameter, ParameterError, Place, Presence, Range, Values};
use fem::{Law, Point, Real, Slot};

/// See the [module](self).
pub struct Ohm {
    /// sigma \[S/m\].
    pub conductivity: [[f64; 3]; 3],
}

impl Law for Ohm {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::gradient(POTENTIAL)] }
    }

    fn is_linear(&self) -> bool {
        true
    }

    fn is_uniform(&self) -> bool {
        true
    }

    fn evaluate<S: Real>(&self, _: &Point, u: &[S], r: &mut [S]) {
        for (r, row) in r.iter_mut().zip(&self.conductivity) {
            *r = u[0] * row[0] + u[1] * row[1] + u[2] * row[2];
        }
    }

    fn tangent_by_hand(&self, _: &Point, _: &[f64], t: &mut [f64]) -> bool {
        t.copy_from_slice(self.conductivity.as_flattened());
        true
    }
}

/// The conductivity \[S/m\] that the parameters of `ohm` give at `temperature` \[K\].
///
/// # Errors
/// When neither or both of `conductivity` and `arrhenius.points` are given, when a tensor is not
/// symmetric positive definite, or when the two points do not determine an activation energy.
pub fn conductivity_at(values: &Values, temperature: f64) -> Result<[[f64; 3]; 3], ParameterError> {
    let arrhenius = values.group("arrhenius");
    let points = arrhenius.and_then(|a| a.table("points"));
    let sigma = match (values.tensor("conductivity"), points) {
        (Some(_), Some(_)) => {
            return error(
                "arrhenius.points",
                "the points give the conductivity: leave out `conductivity`",
            );
        }
        (None, None) => {
            return error("conductivity", "missing: give `conductivity` or `arrhenius.points`");
        }
        (Some(sigma), None) => *sigma,
        (None, Some(_)) => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    };
    let factor = arrhenius.map_or(Ok(1.0), |a| arrhenius_factor(a, temperature))?;
    let sigma = sigma.map(|row| row.map(|s| s * factor));
    check_positive_definite(&sigma)?;
    Ok(sigma)
}

/// What the value at the reference temperature is multiplied with; the conductivity itself when two
/// points are given.
fn arrhenius_factor(arrhenius: &Values, temperature: f64) -> Result<f64, ParameterError> {
    let power = if arrhenius.choice("form") == Some("sigma") { 0.0 } else { 1.0 };
    let inverse = |t: f64| 1.0 / t - 1.0 / temperature;
    let Some(points) = arrhenius.table("points") else {
        let Some(energy) = arrhenius.number("activation_energy") else {
            return error("arrhenius.activation_energy", "missing: give it, or `points`");
        };
        let Some(reference) = arrhenius.number("reference_temperature") else {
            return error("arrhenius.reference_temperature", "missing: give it, or `points`");
        };
        return Ok((reference / temperature).powf(power)
            * (energy / GAS_CONSTANT * inverse(reference)).exp());
    };
    for key in ["arrhenius.activation_energy", "arrhenius.reference_temperature"] {
        if arrhenius.number(key.trim_start_matches("arrhenius.")).is_some() {
            return error(key, "the points give it: leave it out");
        }
    }
    let [a, b] = points else {
        return error("arrhenius.points", "two points [temperature, conductivity] are wanted");
    };
    let ((ta, sa), (tb, sb)) = ((a[0], a[1]), (b[0], b[1]));
    if ta <= 0.0 || tb <= 0.0 || sa <= 0.0 || sb <= 0.0 || ta == tb {
        return error(
            "arrhenius.points",
            "two different positive temperatures and positive conductivities are wanted",
        );
    }
    // ln(sigma T^power) is linear in 1/T.
    let (ya, yb) = ((sa * ta.powf(power)).ln(), (sb * tb.powf(power)).ln());
    let slope = (yb - ya) / (1.0 / tb - 1.0 / ta);
    Ok((ya - slope * inverse(ta)).exp() / temperature.powf(power))
}

fn check_positive_definite(s: &[[f64; 3]; 3]) -> Result<(), ParameterError> {
    let scale = s[0][0].abs().max(s[1][1].abs()).max(s[2][2].abs());
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
        if (s[i][j] - s[j][i]).abs() > 1e-12 * scale {
            return error("conductivity", "the tensor is not symmetric");
        }
    }
    let minor = s[0][0] * s[1][1] - s[0][1] * s[1][0];
    let determinant = s[0][0] * (s[1][1] * s[2][2] - s[1][2] * s[2][1])
        - s[0][1] * (s[1][0] * s[2][2] - s[1][2] * s[2][0])
        + s[0][2] * (s[1][0] * s[2][1] - s[1][1] * s[2][0]);
    if ![s[0][0], minor, determinant].iter().all(|m| *m > 0.0 && m.is_finite()) {
        return error("conductivity", "the tensor is not positive definite");
    }
    Ok(())
}

fn error<T>(parameter: &'static str, message: &str) -> Result<T, ParameterError> {
    Err(ParameterError { parameter, message: message.to_owned() })
}

/// `ohm` in the case file.
pub const ENTRY: Entry = Entry {
    name: "ohm",
    places: &[Place::Material],
    parameters: &[
        Parameter {
            name: "conductivity",
            kind: Kind::Tensor { unit: "S/m", range: Range::Positive },
            presence: Presence::Optional,
            doc: "conductivity; with `arrhenius`, its value at the reference temperature",
        },
        Parameter {
            name: "arrhenius",
            kind: Kind::Group(&[
                Parameter {
                    name: "activation_energy",
                    kind: Kind::Number { unit: "J/mol", range: Range::NonNegative },
                    presence: Presence::Optional,
                    doc: "activation energy Ea",
                },
                Parameter {
                    name: "reference_temperature",
                    kind: Kind::Number { unit: "K", range: Range::Positive },
                    presence: Presence::Optional,
                    doc: "temperature at which `conductivity` holds",
                },
                Parameter {
                    name: "points",
                    kind: Kind::Table { units: &["K", "S/m"] },
                    presence: Presence::Optional,
                    doc: "two points [temperature, conductivity] instead",
                },
                Parameter {
                    name: "form",
                    kind: Kind::Choice(&["sigma_T", "sigma"]),
                    presence: Presence::Default("sigma_T"),
                    doc: "what follows the exponential: sigma T or sigma",
                },
            ]),
            presence: Presence::Optional,
            doc: "temperature dependence",
        },
    ],
    doc: "Ohm's law: j = -sigma grad phi, sigma a scalar, principal values or a tensor, \
          with an Arrhenius temperature dependence",
    source: "Newman and Thomas-Alyea, Electrochemical Systems, 3rd ed., eq. 11.12 without gradients \
             of concentration; Arrhenius forms: Tilley, Defects in Solids, section 6.3",
    build: Some(|values, environment| {
        let conductivity = conductivity_at(values, environment.temperature)?;
        Ok(Box::new(Ohm { conductivity }))
    }),
};

#[cfg(test)]
mod tests {
    use super::*;
    use fem::registry::Value;

    fn values(pairs: &[(&'static str, Value)]) -> Values {
        pairs.iter().cloned().collect()
    }

    fn two_points(form: &'static str) -> Values {
        let rows = vec![vec![298.15, 1.43e-2], vec![333.15, 3.45e-2]];
        let group = values(&[("points", Value::Table(rows)), ("form", Value::Choice(form))]);
        values(&[("arrhenius", Value::Group(group))])
    }

    #[test]
    fn two_points_of_na3ps4_give_40_degrees() {
        // 1.43e-4 S/cm at 25 degC and 3.45e-4 S/cm at 60 degC: 2.14e-4 S/cm at 40 degC in both forms.
        for form in ["sigma_T", "sigma"] {
            let s = conductivity_at(&two_points(form), 313.15).unwrap()[0][0];
            assert!((s - 2.14e-2).abs() < 5e-5, "{form}: {s}");
            let s = conductivity_at(&two_points(form), 333.15).unwrap()[2][2];
            assert!((s - 3.45e-2).abs() < 1e-12, "{form}: {s}");
        }
    }

    #[test]
    fn activation_energy_and_reference_agree_with_two_points() {
        // Ea of the same points: R ln(s2 T2 / s1 T1) / (1/T1 - 1/T2) = 0.243 eV.
        let energy = 8.314_462_618 * (3.45f64 * 333.15 / (1.43 * 298.15)).ln()
            / (1.0 / 298.15 - 1.0 / 333.15);
        assert!((energy / 96_485.332 - 0.243).abs() < 5e-4);
        let group = values(&[
            ("activation_energy", Value::Number(energy)),
            ("reference_temperature", Value::Number(298.15)),
        ]);
        let unit = [[1.43e-2, 0.0, 0.0], [0.0, 1.43e-2, 0.0], [0.0, 0.0, 1.43e-2]];
        let given =
            values(&[("conductivity", Value::Tensor(unit)), ("arrhenius", Value::Group(group))]);
        let a = conductivity_at(&given, 320.0).unwrap()[1][1];
        let b = conductivity_at(&two_points("sigma_T"), 320.0).unwrap()[1][1];
        assert!((a / b - 1.0).abs() < 1e-8, "{a} {b}");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let message = |v: &Values| conductivity_at(v, 300.0).unwrap_err().message;
        let tensor = |t| values(&[("conductivity", Value::Tensor(t))]);
        assert!(message(&values(&[])).contains("give `conductivity`"));
        let lopsided = [[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        assert_eq!(message(&tensor(lopsided)), "the tensor is not symmetric");
        let indefinite = [[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        assert_eq!(message(&tensor(indefinite)), "the tensor is not positive definite");
    }
}

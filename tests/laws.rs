//! The contract that every law of the registry keeps.

use fem::registry::{Entry, Environment, Kind, Parameter, Place, Presence, Value, Values};
use fem::{Point, Slot, Term, width};
use natrolite::registry::laws;
use natrolite::units;
use std::fs;
use std::path::Path;

fn parameters(entry: &Entry) -> Vec<&'static Parameter> {
    fn collect(list: &'static [Parameter], out: &mut Vec<&'static Parameter>) {
        for parameter in list {
            out.push(parameter);
            if let Kind::Group(inner) = parameter.kind {
                collect(inner, out);
            }
        }
    }
    let mut out = Vec::new();
    collect(entry.parameters, &mut out);
    out
}

fn units_of(kind: Kind) -> Vec<&'static str> {
    match kind {
        Kind::Number { unit, .. } | Kind::Tensor { unit, .. } => vec![unit],
        Kind::Extensive { unit, per_depth, .. } => vec![unit, per_depth],
        Kind::Table { units } => units.to_vec(),
        _ => Vec::new(),
    }
}

#[test]
fn laws_say_what_they_are() {
    let mut names: Vec<&str> = laws().iter().map(|entry| entry.name).collect();
    for entry in laws() {
        assert!(entry.doc.len() > 20 && entry.source.len() > 10, "{}", entry.name);
        assert!(!entry.places.is_empty() && !entry.parameters.is_empty(), "{}", entry.name);
        for parameter in parameters(entry) {
            assert!(!parameter.doc.is_empty(), "{}.{}", entry.name, parameter.name);
            for unit in units_of(parameter.kind) {
                let read =
                    if unit == "1" { Ok(1.0) } else { units::parse(&format!("1 {unit}"), unit) };
                assert_eq!(read, Ok(1.0), "{}.{}: {unit} is SI", entry.name, parameter.name);
                if let (Presence::Default(text), false) = (parameter.presence, unit == "1") {
                    assert!(units::parse(text, unit).is_ok(), "{}: {text}", parameter.name);
                }
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), laws().len(), "each name once");
}

#[test]
fn every_law_is_used_by_a_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
    let entries = fs::read_dir(folder).expect("configs exists");
    let texts: Vec<String> = entries
        .map(|entry| fs::read_to_string(entry.expect("an entry").path()).expect("text"))
        .collect();
    for entry in laws() {
        let used = format!("{} =", entry.name);
        let is_used = |text: &String| text.lines().any(|line| line.starts_with(&used));
        assert!(texts.iter().any(is_used), "no case uses {}", entry.name);
    }
}

/// Values of kinetics in SI units: 1.3 mA/cm2 and, with a film, 20 ohm cm2.
fn values(entry: &Entry, film: f64, branch: &'static str) -> Values {
    let mut values = Values::default();
    for parameter in entry.parameters {
        let value = match parameter.name {
            "exchange_current_density" => Value::Number(13.0),
            "charge_transfer_resistance" => Value::Number(1.98e-3),
            "resistance" | "value" if entry.name == "contact_resistance" => Value::Number(5e-4),
            "film_resistance" => Value::Number(film),
            "anodic_transfer" => Value::Number(0.3),
            "cathodic_transfer" => Value::Number(0.7),
            "transfer" => Value::Number(0.5),
            "branch" => Value::Choice(branch),
            "conductivity" => {
                Value::Tensor([[0.09, 0.01, 0.0], [0.01, 0.05, 0.0], [0.0, 0.0, 0.02]])
            }
            _ => continue,
        };
        values.insert(parameter.name, value);
    }
    values
}

fn term(entry: &Entry, film: f64, branch: &'static str) -> Option<Box<dyn Term>> {
    let slots = match entry.places {
        [Place::Material] => vec![Slot::gradient(transport::POTENTIAL)],
        _ => vec![Slot::value(transport::POTENTIAL), Slot::across(transport::POTENTIAL)],
    };
    let environment = Environment { temperature: 298.15, slots, contact: None };
    let build = entry.build?;
    Some(build(&values(entry, film, branch), &environment).expect("the values are good"))
}

/// Every law of the current that acts at points, with and without a film, both branches.
fn terms() -> Vec<(String, Box<dyn Term>)> {
    let mut out = Vec::new();
    for entry in transport::LAWS {
        for film in [0.0, 2e-3] {
            for branch in ["cathodic", "anodic"] {
                let name = format!("{} film {film} {branch}", entry.name);
                out.extend(term(entry, film, branch).map(|term| (name, term)));
            }
        }
    }
    assert!(out.len() >= 5 * 4, "{}", out.len());
    out
}

/// States of the unknowns \[V, or V/m\]: small and large, of both signs.
const STATES: [[f64; 3]; 5] =
    [[0.0, 0.0, 0.0], [0.01, 0.0, 0.3], [-0.2, 0.1, 0.0], [0.3, 0.31, -0.2], [0.05, -0.15, 7.0]];

#[test]
fn tangents_are_derivatives() {
    for (name, term) in terms() {
        let n = width(term.slots());
        for state in STATES {
            let u = &state[..n];
            let residual = |u: &[f64]| {
                let mut r = vec![0.0; n];
                term.residual(&[Point::default()], u, &mut r);
                r
            };
            let mut tangent = vec![0.0; n * n];
            term.tangent(&[Point::default()], u, &mut tangent);
            for j in 0..n {
                // Fourth-order central difference: error about h^4 (F/RT)^5 / 30 of the value.
                let h = 2e-5;
                let at = |steps: f64| {
                    let mut u = u.to_vec();
                    u[j] += steps * h;
                    residual(&u)
                };
                let (a, b, c, d) = (at(-2.0), at(-1.0), at(1.0), at(2.0));
                for i in 0..n {
                    let difference = (a[i] - 8.0 * b[i] + 8.0 * c[i] - d[i]) / (12.0 * h);
                    let size = tangent.iter().fold(0.0f64, |m, t| m.max(t.abs()));
                    let rounding = 1e-15 * residual(u)[i].abs() / h;
                    assert!(
                        (difference - tangent[i * n + j]).abs() < 1e-7 * size + 10.0 * rounding,
                        "{name} at {u:?}: d r{i} / d u{j} = {difference}, not {}",
                        tangent[i * n + j]
                    );
                }
            }
        }
    }
}

#[test]
fn laws_dissipate() {
    for (name, term) in terms() {
        // One branch alone carries a current at equilibrium; it has no dissipation to speak of.
        if name.starts_with("tafel") {
            continue;
        }
        let n = width(term.slots());
        for state in STATES {
            let mut r = vec![0.0; n];
            term.residual(&[Point::default()], &state[..n], &mut r);
            // Potentials times the currents that leave through them: eta i, or sigma |grad phi|^2.
            let power: f64 = state.iter().zip(&r).map(|(u, r)| u * r).sum();
            assert!(power >= 0.0, "{name} at {state:?}: {power}");
            let moved = match n {
                2 => state[0] != state[1],
                _ => state != [0.0; 3],
            };
            assert_eq!(power > 0.0, moved, "{name} at {state:?}: {power}");
        }
    }
}

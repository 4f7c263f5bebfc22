//! The laws of a case in a line each, for people.

use super::Case;
use super::law::LawUse;
use crate::units::display;
use fem::registry::{Kind, Parameter, Value, Values};

impl Case {
    /// What happens on the boundary or interface called `name`, law by law; empty without a law.
    pub fn describe_laws(&self, name: &str) -> String {
        let boundary = self.boundaries.iter().find(|b| b.name == name).map(|b| &b.laws);
        let interface = self.interfaces.iter().find(|i| i.name == name).map(|i| &i.laws);
        let laws = boundary.or(interface).map_or(&[][..], |laws| &laws[..]);
        laws.iter().map(describe_law).collect::<Vec<_>>().join("; ")
    }

    /// What happens on the boundary or interface called `name` when the case has no law for it.
    pub fn describe_without_law(&self, is_interface: bool, name: &str) -> String {
        let stress = match is_interface {
            true if self.mesh.touches_by_itself(name) => "contact",
            true => "bonded",
            false if self.mesh.rolls_by_itself(name) => "roller",
            false => "free of traction",
        };
        match (self.physics().current, self.physics().mechanics) {
            (true, true) => format!("no law: insulating, {stress}"),
            (false, true) => format!("no law: {stress}"),
            _ => "no law: insulating".to_owned(),
        }
    }
}

/// A law with its values in the units that people use.
pub fn describe_law(law: &LawUse) -> String {
    let values = describe_values(law);
    let values: Vec<String> =
        values.iter().map(|(name, value)| format!("{name} {value}")).collect();
    match values.is_empty() {
        true => law.entry.name.to_owned(),
        false => format!("{}: {}", law.entry.name, values.join(", ")),
    }
}

/// Name, dotted inside a group, and text of each value of a law.
pub fn describe_values(law: &LawUse) -> Vec<(String, String)> {
    let mut all = Vec::new();
    describe_all(&law.values, law.entry.parameters, law.per_depth, "", &mut all);
    all
}

fn describe_all(
    values: &Values,
    parameters: &[Parameter],
    in_planar: bool,
    prefix: &str,
    all: &mut Vec<(String, String)>,
) {
    for parameter in parameters {
        let Some(value) = values.get(parameter.name) else { continue };
        let name = format!("{prefix}{}", parameter.name);
        if let (Value::Group(inner), Kind::Group(parameters)) = (value, parameter.kind) {
            describe_all(inner, parameters, in_planar, &format!("{name}."), all);
        } else {
            all.push((name, describe_value(value, parameter.kind, in_planar)));
        }
    }
}

fn describe_value(value: &Value, kind: Kind, in_planar: bool) -> String {
    match (value, kind) {
        (Value::Number(x), Kind::Number { unit, .. }) => display(*x, unit),
        (Value::Number(x), Kind::Extensive { unit, per_depth, .. }) => {
            display(*x, if in_planar { per_depth } else { unit })
        }
        (Value::Tensor(t), Kind::Tensor { unit, .. }) => describe_tensor(t, unit),
        (Value::Table(rows), Kind::Table { units }) => {
            let rows = rows.iter().map(|row| {
                let cells = row.iter().zip(units).map(|(x, unit)| display(*x, unit));
                format!("({})", cells.collect::<Vec<_>>().join(", "))
            });
            rows.collect::<Vec<_>>().join(", ")
        }
        (Value::Vector(v), Kind::Vector { unit }) => {
            format!("({})", v.map(|x| display(x, unit)).join(", "))
        }
        (Value::Axes(axes), _) => {
            let named = ["x", "y", "z"].into_iter().zip(axes).filter(|(_, given)| **given);
            format!("along {}", named.map(|(name, _)| name).collect::<String>())
        }
        (Value::Formula(text), _) => text.clone(),
        (Value::Choice(word), _) => (*word).to_owned(),
        _ => "true".to_owned(),
    }
}

/// A conductivity, for example: one number where it is the same in all directions.
pub fn describe_tensor(t: &[[f64; 3]; 3], unit: &str) -> String {
    let diagonal = [t[0][0], t[1][1], t[2][2]];
    let is_diagonal = t[0][1] == 0.0 && t[0][2] == 0.0 && t[1][2] == 0.0;
    if is_diagonal && diagonal.iter().all(|&d| d == diagonal[0]) {
        return display(diagonal[0], unit);
    }
    let values = diagonal.map(|d| display(d, unit)).join(", ");
    if is_diagonal { format!("[{values}]") } else { format!("tensor with diagonal [{values}]") }
}

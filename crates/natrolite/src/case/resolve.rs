//! The case as it was understood: every default written out, every quantity in SI units.

use super::direction::AXES;
use super::law::{LawUse, sole_parameter};
use super::{Case, Expectation, MeshSource};
use crate::registry::is_mechanical;
use fem::registry::{Kind, Parameter, Value, Values};
use mesh::defect::{Shape, Symmetry};
use std::fmt::Write as _;

impl Case {
    /// The case as TOML with every default and SI values. Read again, it is the same case.
    pub fn resolved(&self) -> String {
        let mut out = format!("title = {}\n", quote(&self.title));
        let _ = writeln!(out, "temperature = {}", quantity(self.temperature, "K"));
        self.write_mesh(&mut out);
        let _ = writeln!(out, "\n[discretization]\norder = {}", self.order);
        if self.plane_stress {
            out.push_str("plane = \"stress\"\n");
        }
        for material in &self.materials {
            let _ = writeln!(out, "\n[material.{}]", quote(&material.name));
            write_laws(&mut out, &material.laws);
        }
        out.push_str("\n[region]\n");
        for region in &self.regions {
            let material = quote(&self.materials[region.material].name);
            let _ = writeln!(out, "{} = {material}", quote(&region.name));
        }
        for boundary in &self.boundaries {
            let _ = writeln!(out, "\n[boundary.{}]", quote(&boundary.name));
            write_laws(&mut out, &boundary.laws);
        }
        for interface in &self.interfaces {
            let [a, b] = &interface.between;
            let _ = writeln!(out, "\n[interface.{}]", quote(&interface.name));
            let _ = writeln!(out, "between = [{}, {}]", quote(a), quote(b));
            write_laws(&mut out, &interface.laws);
        }
        self.write_options(&mut out);
        if !self.expect.is_empty() {
            out.push_str("\n[expect]\n");
        }
        for expectation in &self.expect {
            write_expectation(&mut out, expectation);
        }
        out
    }

    /// What the mesh depends on, as text: cases with the same text have the same mesh, but for the cell
    /// size at the rim where none is given.
    pub fn mesh_text(&self) -> String {
        let mut out = format!("order = {}\n", self.order);
        self.write_mesh(&mut out);
        // What is between decides where a mesh from a file is split.
        for interface in &self.interfaces {
            let between = interface.between.each_ref().map(|region| quote(region));
            let _ = writeln!(out, "interface {} between {between:?}", quote(&interface.name));
        }
        out
    }

    /// What the stress side depends on besides the mesh, as text; `None` when there is none. Laws of the
    /// contact fraction are named without their values: they follow the pressure and do not act on it.
    pub fn mechanics_text(&self) -> Option<String> {
        let mut out = self.stress_text()?;
        self.write_solver(&mut out);
        Some(out)
    }

    /// The same without how it is solved.
    pub fn stress_text(&self) -> Option<String> {
        if !self.physics().mechanics {
            return None;
        }
        let mut out = format!("plane_stress = {}\n", self.plane_stress);
        if self.materials.iter().any(|m| m.law("eigenstrain").is_some()) {
            let _ = writeln!(out, "temperature = {:?}", self.temperature);
        }
        for region in &self.regions {
            let _ = writeln!(out, "region {}", quote(&region.name));
            write_mechanics(&mut out, &self.materials[region.material].laws);
        }
        for boundary in &self.boundaries {
            let _ = writeln!(out, "boundary {}", quote(&boundary.name));
            write_mechanics(&mut out, &boundary.laws);
        }
        for interface in &self.interfaces {
            let _ = writeln!(out, "interface {}", quote(&interface.name));
            write_mechanics(&mut out, &interface.laws);
        }
        Some(out)
    }

    fn write_mesh(&self, out: &mut String) {
        match &self.mesh {
            MeshSource::File(file) => {
                let path = file.path.to_string_lossy();
                let _ = writeln!(out, "\n[mesh]\nfile = {}", quote(&path));
                let _ = writeln!(out, "unit = {}", quantity(file.metres_per_unit, "m"));
                if let Some(symmetry) = file.symmetry {
                    let _ = writeln!(out, "symmetry = {}", quote(symmetry_word(symmetry)));
                }
            }
            MeshSource::Defect(source) => {
                let d = source.shape();
                let (shape, depth) = match d.shape {
                    Shape::Disc => ("disc", d.anode.map(|a| a.gap).filter(|gap| *gap > 0.0)),
                    Shape::Hemisphere => ("hemisphere", None),
                    Shape::Spheroid { depth } => ("spheroid", Some(depth)),
                    Shape::Cylinder { depth } => ("cylinder", Some(depth)),
                };
                let symmetry = symmetry_word(d.symmetry);
                let _ = writeln!(out, "\n[mesh.defect]\nsymmetry = \"{symmetry}\"");
                let _ = writeln!(out, "shape = \"{shape}\"");
                let lengths = [
                    ("radius", Some(d.radius)),
                    ("depth", depth),
                    ("width", Some(d.width)),
                    ("thickness", Some(d.thickness)),
                    ("anode_thickness", d.anode.map(|a| a.thickness)),
                    ("rim_size", source.rim_size),
                    ("rim_radius", Some(d.rim_radius)),
                ];
                for (key, length) in lengths {
                    if let Some(length) = length {
                        let _ = writeln!(out, "{key} = {}", quantity(length, "m"));
                    }
                }
            }
        }
    }

    fn write_solver(&self, out: &mut String) {
        let s = &self.solver;
        if let Some(options) = &s.petsc {
            let _ = writeln!(out, "\n[solver]\npetsc = {}", quote(options));
        }
        let _ = writeln!(out, "\n[solver.newton]\nrtol = {:?}", s.newton_rtol);
        let _ = writeln!(out, "max_iterations = {}", s.newton_max_iterations);
        let _ = writeln!(out, "\n[solver.linear]\nmethod = \"{}\"", s.linear_method);
        let _ = writeln!(out, "rtol = {:?}", s.linear_rtol);
    }

    fn write_options(&self, out: &mut String) {
        self.write_solver(out);
        out.push_str("\n[output]\n");
        if let Some(counter) = self.counter() {
            let _ = writeln!(out, "counter = {}", quote(counter));
        }
        let _ = writeln!(out, "compression = {}", self.output.compression);
        let _ = writeln!(out, "report = {}", self.output.report);
        let distances: Vec<String> =
            self.output.profile_at.iter().map(|x| quantity(*x, "m")).collect();
        let _ = writeln!(out, "profile_at = [{}]", distances.join(", "));
    }
}

fn symmetry_word(symmetry: Symmetry) -> &'static str {
    match symmetry {
        Symmetry::Planar => "planar",
        Symmetry::Axisymmetric => "axisymmetric",
        Symmetry::Quarter => "quarter",
        Symmetry::Full => "full",
    }
}

fn write_mechanics(out: &mut String, laws: &[LawUse]) {
    for law in laws.iter().filter(|law| is_mechanical(law.entry)) {
        match law.entry.name {
            "contact_fraction" => out.push_str("contact_fraction\n"),
            _ => write_laws(out, std::slice::from_ref(law)),
        }
    }
}

fn write_laws(out: &mut String, laws: &[LawUse]) {
    for law in laws {
        let value = match sole_parameter(law.entry) {
            Some(parameter) => {
                let value = law.values.get(parameter.name);
                value.map(|value| show(value, parameter.kind, law.per_depth))
            }
            None => Some(show_table(&law.values, law.entry.parameters, law.per_depth)),
        };
        let _ = writeln!(out, "{} = {}", law.entry.name, value.unwrap_or_default());
    }
}

fn show_table(values: &Values, parameters: &[Parameter], per_depth: bool) -> String {
    let pairs = parameters.iter().filter_map(|parameter| {
        let value = values.get(parameter.name)?;
        Some(format!("{} = {}", parameter.name, show(value, parameter.kind, per_depth)))
    });
    format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
}

fn show(value: &Value, kind: Kind, in_planar: bool) -> String {
    match (value, kind) {
        (Value::Number(x), Kind::Number { unit, .. }) => quantity(*x, unit),
        (Value::Number(x), Kind::Extensive { unit, per_depth, .. }) => {
            quantity(*x, if in_planar { per_depth } else { unit })
        }
        (Value::Tensor(t), Kind::Tensor { unit, .. }) => show_tensor(t, unit),
        (Value::Table(rows), Kind::Table { units }) => {
            let rows = rows.iter().map(|row| {
                let entries = row.iter().zip(units).map(|(x, unit)| quantity(*x, unit));
                format!("[{}]", entries.collect::<Vec<_>>().join(", "))
            });
            format!("[{}]", rows.collect::<Vec<_>>().join(", "))
        }
        (Value::Vector(v), Kind::Vector { unit }) => {
            format!("[{}]", v.map(|x| quantity(x, unit)).join(", "))
        }
        (Value::Axes([true, true, true]) | Value::Flag, _) => "true".to_owned(),
        (Value::Axes(axes), _) => {
            let named = AXES.iter().zip(axes).filter(|(_, given)| **given);
            let named: Vec<String> = named.map(|(axis, _)| quote(axis)).collect();
            format!("[{}]", named.join(", "))
        }
        (Value::Formula(text), _) => quote(text),
        (Value::Choice(word), _) => format!("\"{word}\""),
        (Value::Group(values), Kind::Group(parameters)) => {
            show_table(values, parameters, in_planar)
        }
        _ => unreachable!("values were checked against their kinds"),
    }
}

fn show_tensor(t: &[[f64; 3]; 3], unit: &str) -> String {
    let row = |row: &[f64; 3]| format!("[{}]", row.map(|x| quantity(x, unit)).join(", "));
    let principal = [t[0][0], t[1][1], t[2][2]];
    let diagonal = (0..3).all(|i| (0..3).all(|j| i == j || t[i][j] == 0.0));
    match (diagonal, principal[0] == principal[1] && principal[1] == principal[2]) {
        (true, true) => quantity(principal[0], unit),
        (true, false) => row(&principal),
        (false, _) => format!("[{}]", t.each_ref().map(row).join(", ")),
    }
}

fn write_expectation(out: &mut String, e: &Expectation) {
    let _ = write!(out, "{} = {{ value = {}", quote(&e.quantity), quantity(e.value, e.unit));
    if let Some(rtol) = e.rtol {
        let _ = write!(out, ", rtol = {rtol:?}");
    }
    if let Some(atol) = e.atol {
        let _ = write!(out, ", atol = {}", quantity(atol, e.unit));
    }
    if let Some(source) = &e.source {
        let _ = write!(out, ", source = {}", quote(source));
    }
    out.push_str(" }\n");
}

/// The shortest text that is read as the same number, with its unit.
fn quantity(value: f64, unit: &str) -> String {
    if unit == "1" { format!("{value:?}") } else { format!("\"{value:?} {unit}\"") }
}

/// A basic string of TOML.
pub fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

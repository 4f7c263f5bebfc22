//! What was given: materials with their sources, laws on boundaries, the text of the case.

use super::html::{Cell, Html, Table};
use crate::case::{Case, LawUse, Material, MaterialOrigin, Origin, describe_values};
use crate::materials::Mark;
use crate::registry::is_mechanical;
use crate::results::{Measure, Named, Results, Symmetry};
use crate::units::Amount;

/// A value of a material: where it acts, its name, itself, its source, and how sure it is.
struct Row {
    name: String,
    value: String,
    source: String,
    mark: Option<Mark>,
}

/// The materials, value for value, with what is known about each.
pub fn materials(case: &Case) -> Html {
    let mut table = Table::new(
        "Values of the materials that the run used",
        &["material", "in", "quantity", "value", "~source", "how sure"],
    );
    for (k, material) in case.materials.iter().enumerate() {
        let regions = case.regions.iter().filter(|region| region.material == k);
        let regions = regions.map(|region| region.name.as_str()).collect::<Vec<_>>().join(", ");
        let name = match material.from {
            MaterialOrigin::Case { hides: true } => {
                format!("{} (the case's own, not the built-in one)", material.name)
            }
            _ => material.name.clone(),
        };
        for (k, row) in rows_of(case, material).iter().enumerate() {
            let (name, regions) = if k == 0 { (name.as_str(), regions.as_str()) } else { ("", "") };
            add(&mut table, name, regions, row);
        }
    }
    for row in inherited(case) {
        add(&mut table, &row.0, &row.1, &row.2);
    }
    let mut html = table.finish();
    html.raw("<p class=\"note\">How sure: ");
    for mark in [Mark::Read, Mark::Derived, Mark::Public, Mark::Memory] {
        html.raw("<b>")
            .text(&mark.letter().to_string())
            .raw("</b> ")
            .text(mark.meaning())
            .raw("; ");
    }
    html.raw("<b>case</b> given by the case itself.</p>\n");
    html
}

fn add(table: &mut Table, material: &str, regions: &str, row: &Row) {
    let mut sure = Html::new();
    match row.mark {
        Some(Mark::Memory) => sure.raw("<b class=\"doubt\">M</b> ").text(Mark::Memory.meaning()),
        Some(mark) => {
            sure.raw("<b>").text(&mark.letter().to_string()).raw("</b> ").text(mark.meaning())
        }
        None => sure.raw("<b>case</b>"),
    };
    let cells = [
        Cell::Text(material),
        Cell::Text(regions),
        Cell::Name(&row.name),
        Cell::Text(&row.value),
        Cell::Text(&row.source),
        Cell::Html(&sure),
    ];
    table.row(&cells);
}

/// The values of the laws that are solved for.
fn rows_of(case: &Case, material: &Material) -> Vec<Row> {
    let physics = case.physics();
    let is_used = |law: &&LawUse| match is_mechanical(law.entry) {
        true => physics.mechanics,
        false => physics.current,
    };
    let laws = material.laws.iter().filter(is_used);
    match material.from {
        MaterialOrigin::Builtin(builtin) => laws
            .flat_map(|law| {
                let of_law = move |path: &str| path.split('.').next() == Some(law.entry.name);
                builtin.values.iter().filter(move |value| of_law(value.path))
            })
            .map(|value| Row {
                name: value.path.to_owned(),
                value: value.value.to_owned(),
                source: value.source.to_owned(),
                mark: Some(value.mark),
            })
            .collect(),
        MaterialOrigin::Case { .. } => laws
            .flat_map(|law| {
                describe_values(law).into_iter().map(move |(name, value)| {
                    let source = match law.gives(&name) {
                        true => place(law.origin_of(&name)),
                        false => format!("with the law, {}", place(&law.origin)),
                    };
                    let name = match name.as_str() {
                        "value" => law.entry.name.to_owned(),
                        name => format!("{}.{name}", law.entry.name),
                    };
                    Row { name, value, source, mark: None }
                })
            })
            .collect(),
    }
}

/// Values that laws on interfaces take from the built-in materials beside them.
fn inherited(case: &Case) -> Vec<(String, String, Row)> {
    let interfaces = case.interfaces.iter().flat_map(|interface| {
        interface.laws.iter().flat_map(move |law| {
            law.inherited.iter().map(move |from| {
                let row = Row {
                    name: format!("{}.{}", law.entry.name, from.parameter),
                    value: from.value.value.to_owned(),
                    source: from.value.source.to_owned(),
                    mark: Some(from.value.mark),
                };
                (from.material.name.to_owned(), format!("interface {}", interface.name), row)
            })
        })
    });
    interfaces.collect()
}

fn place(origin: &Origin) -> String {
    let (line, _) = origin.line_and_column();
    format!("{}, line {line}", origin.source.name)
}

/// Regions, boundaries and interfaces with their measures and what happens there.
pub fn places(case: &Case, results: &Results) -> Html {
    let (volume, area) = match results.symmetry {
        Symmetry::Planar => ("m^2", "m"),
        Symmetry::Axisymmetric | Symmetry::ThreeDimensional => ("m^3", "m^2"),
    };
    let mesh = &results.summary.mesh;
    let mut table = Table::new(
        "Regions, boundaries and interfaces of the whole defect cell",
        &["name", "kind", "#size", "~what happens there"],
    );
    let mut add =
        |all: &Named<Measure>, unit: &str, what: &dyn Fn(&str) -> (&'static str, String)| {
            for (name, size) in all.iter() {
                let (kind, laws) = what(name);
                let amount = Amount::of(size.measure, unit).text();
                let size = Cell::Number(&amount, size.measure);
                table.row(&[Cell::Name(name), Cell::Text(kind), size, Cell::Text(&laws)]);
            }
        };
    add(&mesh.regions, volume, &|name| {
        let region = case.regions.iter().find(|region| region.name == name);
        ("region", region.map_or(String::new(), |r| case.materials[r.material].name.clone()))
    });
    add(&mesh.boundaries, area, &|name| {
        let is_interface = results.mesh.interface(name).is_some();
        let laws = match case.describe_laws(name) {
            laws if laws.is_empty() => case.describe_without_law(is_interface, name),
            laws => laws,
        };
        (if is_interface { "interface" } else { "boundary" }, laws)
    });
    table.finish()
}

/// The case as typed and as it was understood.
pub fn texts(typed: &str, resolved: &str) -> Html {
    let mut html = Html::new();
    html.raw("<details><summary>The case as typed</summary><pre tabindex=\"0\">").text(typed);
    html.raw(
        "</pre></details>\n<details><summary>The case with every default, in SI units</summary>",
    );
    html.raw("<pre tabindex=\"0\">").text(resolved).raw("</pre></details>\n");
    html
}

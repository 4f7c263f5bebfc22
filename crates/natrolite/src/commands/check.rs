//! `natrolite check`: what would be solved, without solving it.

use super::table::align;
use crate::case::{Case, MaterialOrigin, MeshSource, describe_law, describe_tensor};
use crate::cli::{CheckOptions, print};
use crate::failure::Failure;
use crate::figure::terminal::sketch;
use crate::run::{Geometry, Model, place_mechanics, summarize};
use crate::units::display;
use fem::Hypothesis;

/// Reads a case, meshes it, places its laws, and prints names, sizes, materials and laws.
///
/// # Errors
/// What is wrong with the case or its mesh.
pub fn check(options: &CheckOptions) -> Result<(), Failure> {
    let case = crate::case::read_file(&options.case, &options.set)?;
    let geometry = Geometry::of(&case, 0)?;
    let mechanics = place_mechanics(&case, &geometry)?;
    let contacts = mechanics.as_ref().map_or(&[][..], |m| &m.contacts);
    let model = match case.physics().current {
        true => Some(Model::new(&case, &geometry, contacts)?),
        false => None,
    };
    let dofs = model.as_ref().map_or(0, |m| m.system.space().free())
        + mechanics.as_ref().map_or(0, |m| m.dofs);
    print(&describe(&case, &geometry, model.as_ref(), dofs))?;
    let drawing =
        sketch(&geometry.mesh, geometry.symmetry(), columns(), !options.ascii && is_utf8());
    print(&drawing.map_or_else(String::new, |drawing| format!("\nsection\n{drawing}")))
}

/// Characters in a line of stdout, less an indent; 80 where nobody says.
fn columns() -> usize {
    let terminal =
        || terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0.into());
    let told = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    told.or_else(terminal).unwrap_or(80_usize).clamp(20, 100) - 2
}

/// True when the locale is one of UTF-8.
fn is_utf8() -> bool {
    let name =
        ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    let locale = name.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    cfg!(windows) || locale.contains("utf-8") || locale.contains("utf8")
}

fn describe(case: &Case, geometry: &Geometry, model: Option<&Model<'_>>, dofs: usize) -> String {
    let mesh = &geometry.mesh;
    let summary = summarize(geometry);
    let mut out = format!("{}\n", case.title);
    out += &format!("  temperature  {}\n", display(case.temperature, "K"));
    let source = match &case.mesh {
        MeshSource::Defect(_) => "built-in".to_owned(),
        MeshSource::File(file) => file.path.display().to_string(),
    };
    let (symmetry, volume, area) = match geometry.hypothesis {
        Hypothesis::Planar => ("planar, per metre of depth", "m^2", "m"),
        Hypothesis::Axisymmetric => ("axisymmetric", "m^3", "m^2"),
        Hypothesis::Spatial => ("three dimensions", "m^3", "m^2"),
    };
    out += &format!("  mesh         {source}, {symmetry}, order {}\n", case.order);
    if geometry.multiplicity != 1.0 {
        let times = geometry.multiplicity;
        out += &format!("               meshed is 1/{times} of the cell; sizes are of the whole\n");
    }
    out += &format!(
        "               {} cells, {} nodes, {} unknowns, smallest scaled Jacobian {:.3}\n",
        summary.cells, summary.nodes, dofs, summary.min_quality
    );
    if let Some(size) = summary.rim_size {
        out += &format!("               cell size at the rim {}\n", display(size, "m"));
    }
    out += "\nregions\n";
    let rows = summary.regions.iter().map(|(name, m)| {
        let used = case.regions.iter().find(|r| r.name == name);
        let material = used.map(|r| &case.materials[r.material]);
        let origin = match material.map(|m| &m.from) {
            Some(MaterialOrigin::Builtin(_)) => "built-in",
            Some(MaterialOrigin::Case { hides: true }) => "case, instead of the built-in one",
            _ => "case",
        };
        let sigma = model.and_then(|m| mesh.region(name).map(|r| m.conductivity[r as usize]));
        let young = material.and_then(|m| m.law("elastic")).filter(|_| case.physics().mechanics);
        vec![
            name.to_owned(),
            display(m.measure, volume),
            material.map_or(String::new(), |m| format!("{} ({origin})", m.name)),
            sigma.map_or(String::new(), |s| format!("sigma {}", describe_tensor(&s, "S/m"))),
            young.map_or(String::new(), describe_law),
        ]
    });
    out += &align(&rows.collect::<Vec<_>>(), 2);
    out += "\nboundaries and interfaces\n";
    let rows = summary.boundaries.iter().map(|(name, m)| {
        let laws = match case.describe_laws(name) {
            laws if laws.is_empty() => {
                case.describe_without_law(mesh.interface(name).is_some(), name)
            }
            laws => laws,
        };
        vec![name.to_owned(), display(m.measure, area), laws]
    });
    out += &align(&rows.collect::<Vec<_>>(), 2);
    out += match case.counter() {
        Some(counter) => format!("\ncounter electrode: {counter}\n"),
        None => "\nno counter electrode: quantities that need one are left out\n".to_owned(),
    }
    .as_str();
    let notes: Vec<String> = case.inherited().into_iter().chain(case.doubts()).collect();
    if !notes.is_empty() {
        out += &format!("\nnotes\n  {}\n", notes.join("\n  "));
    }
    out
}

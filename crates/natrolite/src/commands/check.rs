//! `natrolite check`: what would be solved, without solving it.

use super::table::align;
use crate::case::{Case, MaterialOrigin, MeshSource, describe_law, describe_tensor};
use crate::cli::{CheckOptions, print};
use crate::failure::Failure;
use crate::figure::terminal::sketch;
use crate::figure::{ONE_COLUMN, draw_mesh, to_png};
use crate::output::write_whole_file;
use crate::results::{Results, Status, Summary};
use crate::run::{Geometry, Model, place_mechanics, summarize};
use crate::units::display;
use fem::Hypothesis;
use std::path::Path;

/// A figure of one column is 86 mm wide in print.
const MILLIMETRES_PER_UNIT: f64 = 86.0 / ONE_COLUMN;
/// Pixels an inch of a PNG.
const DPI: f64 = 300.0;

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
    print(&drawing.map_or_else(String::new, |drawing| format!("\nsection\n{drawing}")))?;
    match &options.picture {
        Some(path) => write_picture(&case, geometry, dofs, path),
        None => Ok(()),
    }
}

/// Draws the mesh as a run's figure `mesh` does.
fn write_picture(case: &Case, geometry: Geometry, dofs: usize, path: &Path) -> Result<(), Failure> {
    let is_png = match path.extension().and_then(|extension| extension.to_str()) {
        Some("svg") => false,
        Some("png") => true,
        _ => {
            let message = format!("--picture {}: wanted a name in .svg or .png", path.display());
            return Err(Failure::Input(message));
        }
    };
    let results = nothing_solved(case, geometry, dofs);
    let Some(figure) = draw_mesh(&results) else {
        return Err(Failure::Input("the mesh has no section to draw".to_owned()));
    };
    let width = figure.size()[0] * MILLIMETRES_PER_UNIT;
    let bytes = match is_png {
        true => to_png(&figure, width * 1e-3, DPI)?,
        false => figure.svg_of_width(width).into_bytes(),
    };
    write_whole_file(path, &bytes)?;
    print(&format!("  mesh drawn in {}\n", path.display()))
}

/// What a figure of the mesh alone wants to know.
fn nothing_solved(case: &Case, geometry: Geometry, dofs: usize) -> Results {
    let summary = Summary {
        status: Status::Converged,
        title: case.title.clone(),
        version: crate::VERSION_AND_COMMIT.to_owned(),
        threads: rayon::current_num_threads(),
        ranks: None,
        dofs,
        peak_memory_bytes: None,
        mesh: summarize(&geometry),
        newton: Default::default(),
        linear_solver: Default::default(),
        mechanics: None,
        seconds: Default::default(),
        quantities: Default::default(),
    };
    Results {
        symmetry: geometry.symmetry(),
        mesh: geometry.mesh,
        part_of: None,
        fields: Vec::new(),
        surface_fields: Vec::new(),
        profiles: Vec::new(),
        summary,
        case_text: String::new(),
        resolved: String::new(),
        log: String::new(),
    }
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

//! `[mesh]`: a built-in defect or a file.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::fields::Fields;
use super::source::Origin;
use crate::units;
use mesh::defect::{Anode, Defect, Shape, Symmetry};
use std::path::PathBuf;

/// Extent and thickness of a built-in geometry that gives none, over the radius of its defect.
const DEFAULT_EXTENT: f64 = 5.0;

/// Where the mesh comes from.
#[derive(Clone, Debug)]
pub enum MeshSource {
    /// A built-in geometry.
    Defect(DefectSource),
    /// A file.
    File(FileSource),
}

impl MeshSource {
    /// True for a boundary that rolls without a law of mechanics: a plane of symmetry of a built-in
    /// geometry, or a side beyond which there is more of the same.
    pub fn rolls_by_itself(&self, boundary: &str) -> bool {
        matches!(self, MeshSource::Defect(_))
            && ["symmetry_x", "symmetry_y", "side", "anode_side"].contains(&boundary)
    }

    /// True for an interface whose sides touch where they meet, without a law that says so: the faces of
    /// the void under a disc. Others are bonded.
    pub fn touches_by_itself(&self, interface: &str) -> bool {
        matches!(self, MeshSource::Defect(_)) && interface == "void"
    }
}

/// A built-in geometry as the case gives it.
#[derive(Clone, Debug)]
pub struct DefectSource {
    /// The geometry; its `rim_size` is zero when the case leaves it to the program.
    geometry: Defect,
    /// Size of the cells at the rim \[m\]; `None` leaves it to the program.
    pub rim_size: Option<f64>,
    /// Where the table was named.
    pub origin: Origin,
    /// Where its keys were written.
    fields: Fields,
}

impl DefectSource {
    /// The geometry with this cell size at the rim \[m\], halved `refinement` times.
    pub fn geometry(&self, rim_size: f64, refinement: u32) -> Defect {
        Defect { rim_size, refinement, ..self.geometry.clone() }
    }

    /// Reduction of the cell.
    pub fn symmetry(&self) -> Symmetry {
        self.geometry.symmetry
    }

    /// Radius of the defect \[m\].
    pub fn radius(&self) -> f64 {
        self.geometry.radius
    }

    /// True when the metal is meshed.
    pub fn has_anode(&self) -> bool {
        self.geometry.anode.is_some()
    }

    /// The whole description, but for the cell size at the rim.
    pub fn shape(&self) -> &Defect {
        &self.geometry
    }

    /// Where the value of `key` was written; the table when it was not.
    pub fn origin_of(&self, key: &str) -> &Origin {
        self.fields.origin_of(key)
    }

    /// Names of the regions.
    pub fn regions(&self) -> Vec<&'static str> {
        if self.has_anode() { vec!["electrolyte", "anode"] } else { vec!["electrolyte"] }
    }

    /// Names of the interfaces.
    pub fn interfaces(&self) -> Vec<&'static str> {
        match (self.has_anode(), self.geometry.shape) {
            (true, Shape::Disc) => vec!["anode", "void"],
            (true, _) => vec!["anode"],
            (false, _) => Vec::new(),
        }
    }

    /// Names of the boundaries.
    pub fn boundaries(&self) -> Vec<&'static str> {
        let mut names = vec!["pore", "counter", "side"];
        if self.has_anode() {
            names.extend(["pore_anode", "collector", "anode_side"]);
        } else {
            names.insert(0, "anode");
        }
        match self.symmetry() {
            Symmetry::Planar => names.push("symmetry_x"),
            Symmetry::Quarter => names.extend(["symmetry_x", "symmetry_y"]),
            Symmetry::Axisymmetric | Symmetry::Full => {}
        }
        names
    }
}

/// A mesh file as the case gives it.
#[derive(Clone, Debug)]
pub struct FileSource {
    /// Path as written, relative to the folder of the case file.
    pub path: PathBuf,
    /// Length of the file's unit \[m\].
    pub metres_per_unit: f64,
    /// What a two-dimensional file is a section of: planar or axisymmetric; `None` when not given.
    pub symmetry: Option<Symmetry>,
    /// Where the path was written.
    pub origin: Origin,
}

/// Reads `[mesh]` from its checked keys.
pub fn read_mesh(mesh: &Fields, order: usize, diagnostics: &mut Diagnostics) -> Option<MeshSource> {
    match (mesh.fields("defect"), mesh.text("file")) {
        (Some(defect), None) => {
            for key in ["unit", "symmetry"] {
                if mesh.word(key).is_some() || mesh.text(key).is_some() {
                    let message = format!("`mesh.{key}` belongs to a mesh file, and there is none");
                    diagnostics.push(Diagnostic::new(message, mesh.origin_of(key)));
                }
            }
            read_defect(defect, order, diagnostics).map(MeshSource::Defect)
        }
        (None, Some(file)) => read_file(mesh, file, diagnostics).map(MeshSource::File),
        (Some(_), Some(_)) => {
            let message = "`mesh` has both a `file` and a built-in `defect`";
            diagnostics
                .push(Diagnostic::new(message, mesh.origin_of("file")).wanted("one of them"));
            None
        }
        (None, None) => {
            if !mesh.gives("defect") && !mesh.gives("file") {
                let error = Diagnostic::new("`mesh` has no geometry", &mesh.origin);
                diagnostics.push(error.wanted("[mesh.defect], or file = \"pore.msh\""));
            }
            None
        }
    }
}

fn read_file(mesh: &Fields, file: &str, diagnostics: &mut Diagnostics) -> Option<FileSource> {
    let wanted = "a unit of length, for example unit = \"um\"";
    let Some(unit) = mesh.text("unit") else {
        if !mesh.failed("unit") {
            let error = Diagnostic::new("`mesh.unit` is missing", mesh.origin_of("file"));
            diagnostics.push(error.wanted(wanted));
        }
        return None;
    };
    // A unit may be written with a number, as in "2.54 cm".
    let metres = units::parse(unit, "m").or_else(|_| units::parse(&format!("1 {unit}"), "m"));
    let metres_per_unit = match metres {
        Ok(metres) if metres > 0.0 => metres,
        Ok(_) => {
            let error = Diagnostic::new("`mesh.unit` is not positive", mesh.origin_of("unit"));
            diagnostics.push(error.wanted(wanted));
            return None;
        }
        Err(error) => {
            let message = format!("`mesh.unit`: {error}");
            diagnostics.push(Diagnostic::new(message, mesh.origin_of("unit")));
            return None;
        }
    };
    let symmetry = mesh.word("symmetry").map(|word| match *word {
        "axisymmetric" => Symmetry::Axisymmetric,
        _ => Symmetry::Planar,
    });
    let origin = mesh.origin_of("file").clone();
    Some(FileSource { path: PathBuf::from(file), metres_per_unit, symmetry, origin })
}

fn read_defect(f: &Fields, order: usize, diagnostics: &mut Diagnostics) -> Option<DefectSource> {
    let symmetry = match *f.word("symmetry")? {
        "planar" => Symmetry::Planar,
        "axisymmetric" => Symmetry::Axisymmetric,
        "quarter" => Symmetry::Quarter,
        _ => Symmetry::Full,
    };
    let word = *f.word("shape")?;
    let depth = f.number("depth").copied();
    let anode_thickness = f.number("anode_thickness").copied();
    check_depth(f, word, depth, anode_thickness, diagnostics);
    let radius = *f.number("radius")?;
    let shape = match (word, depth) {
        ("disc", _) => Shape::Disc,
        ("hemisphere", _) => Shape::Hemisphere,
        ("spheroid", Some(depth)) => Shape::Spheroid { depth },
        ("cylinder", Some(depth)) => Shape::Cylinder { depth },
        _ => return None,
    };
    let default = DEFAULT_EXTENT * radius;
    let width = f.number("width").copied().unwrap_or(default);
    let thickness = f.number("thickness").copied().unwrap_or(default);
    let anode = anode_thickness.map(|thickness| {
        let gap = if shape == Shape::Disc { depth.unwrap_or(0.0) } else { 0.0 };
        Anode { thickness, gap }
    });
    let rim_size = f.number("rim_size").copied();
    let rim_radius = f.number("rim_radius").copied().unwrap_or(0.0);
    let geometry = Defect {
        symmetry,
        shape,
        radius,
        rim_radius,
        width,
        thickness,
        anode,
        rim_size: rim_size.unwrap_or(0.0),
        order,
        refinement: 0,
    };
    check_sizes(f, &geometry, rim_size, diagnostics);
    Some(DefectSource { geometry, rim_size, origin: f.origin.clone(), fields: f.clone() })
}

/// `depth` and `anode_thickness` where the shape wants them, and only there.
fn check_depth(
    f: &Fields,
    shape: &str,
    depth: Option<f64>,
    anode_thickness: Option<f64>,
    diagnostics: &mut Diagnostics,
) {
    let error = match (shape, depth) {
        ("hemisphere", Some(_)) => Diagnostic::new(
            "`mesh.defect.depth` is refused for a hemisphere: its depth is its radius",
            f.origin_of("depth"),
        )
        .wanted("no depth, or shape = \"spheroid\""),
        ("disc", Some(_)) if anode_thickness.is_none() && !f.failed("anode_thickness") => {
            Diagnostic::new(
                "`mesh.defect.depth` of a disc is the gap of the void in the metal, which is not meshed",
                f.origin_of("depth"),
            )
            .wanted("anode_thickness as well, for example anode_thickness = \"20 um\"")
        }
        ("spheroid" | "cylinder", None) if !f.failed("depth") => {
            Diagnostic::new("`mesh.defect.depth` is missing", f.origin_of("shape"))
                .wanted(format!("depth = \"2 um\", which a {shape} needs"))
        }
        _ => return,
    };
    diagnostics.push(error);
}

/// Sizes that do not fit into each other.
fn check_sizes(f: &Fields, d: &Defect, rim_size: Option<f64>, diagnostics: &mut Diagnostics) {
    let mut check = |inner: (&str, f64), outer: (&str, f64)| {
        if inner.1 < outer.1 {
            return;
        }
        let given = if f.gives(outer.0) || !f.gives(inner.0) { outer.0 } else { inner.0 };
        let show = |length: f64| units::display(length, "m");
        let message = format!(
            "`mesh.defect.{}` is {}, not less than `{}`, {}",
            inner.0,
            show(inner.1),
            outer.0,
            show(outer.1)
        );
        diagnostics.push(Diagnostic::new(message, f.origin_of(given)));
    };
    check(("radius", d.radius), ("width", d.width));
    match d.shape {
        Shape::Disc => {}
        Shape::Hemisphere => check(("radius", d.radius), ("thickness", d.thickness)),
        Shape::Spheroid { depth } | Shape::Cylinder { depth } => {
            check(("depth", depth), ("thickness", d.thickness));
        }
    }
    if let Some(anode) = d.anode {
        check(("depth", anode.gap), ("anode_thickness", anode.thickness));
    }
    if let Some(size) = rim_size {
        check(("rim_size", size), ("radius", d.radius));
    }
    if d.rim_radius > 0.0 {
        check(("rim_radius", d.rim_radius), ("radius", d.radius));
        if d.shape == Shape::Disc {
            let message = "`mesh.defect.rim_radius`: a disc has no edge to round";
            diagnostics.push(Diagnostic::new(message, f.origin_of("rim_radius")));
        }
    }
}

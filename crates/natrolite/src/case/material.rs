//! `[material]` and `[region]`: what the cell is made of.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::fields::join;
use super::law::{Depth, LawUse, Registry, check_fit, read_laws};
use super::place::Context;
use super::source::Origin;
use super::tree::{self, Key, Table};
use super::value::{read_table, read_text, shorten};
use super::{DefectSource, Physics, RegionUse};
use crate::materials::{self, Builtin};
use fem::registry::Place;

/// A material that a region uses.
#[derive(Clone, Debug)]
pub struct Material {
    /// Its name.
    pub name: String,
    /// Where it was defined.
    pub origin: Origin,
    /// Who defined it.
    pub from: MaterialOrigin,
    /// Its laws.
    pub laws: Vec<LawUse>,
    /// False when a law of it could not be read, which has been reported.
    complete: bool,
}

/// Who defined a material.
#[derive(Clone, Copy, Debug)]
pub enum MaterialOrigin {
    /// The case; `hides` when a built-in material has the same name.
    Case {
        /// True when a built-in material of that name was replaced.
        hides: bool,
    },
    /// The library of this program.
    Builtin(&'static Builtin),
}

impl Material {
    /// The law called `name`.
    pub fn law(&self, name: &str) -> Option<&LawUse> {
        self.laws.iter().find(|law| law.entry.name == name)
    }
}

/// Reads every material of the case, used or not.
pub fn read_materials(
    table: &Table,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Material> {
    let mut read = Vec::new();
    for (key, node) in &table.pairs {
        let path = join("material", &key.text);
        let Some(table) = read_table(node, &path, diagnostics) else { continue };
        let with = (context.registry, context.depth);
        let laws = read_laws(table, &path, Place::Material, &[], with, diagnostics);
        check_fit(&laws, &path, Place::Material, context.temperature, diagnostics);
        let from = MaterialOrigin::Case { hides: materials::find(&key.text).is_some() };
        let (name, origin) = (key.text.clone(), key.origin.clone());
        let complete = laws.len() == table.pairs.len();
        read.push(Material { name, origin, from, laws, complete });
    }
    read
}

/// Reads a built-in material through the same checks as one of a case.
pub fn read_builtin(
    builtin: &'static Builtin,
    registry: Registry,
    temperature: f64,
    diagnostics: &mut Diagnostics,
) -> Option<Material> {
    let source = builtin.source();
    let node = tree::parse_document(&source, diagnostics)?;
    let with = (registry, Depth::Unknown);
    let laws = read_laws(node.as_table()?, builtin.name, Place::Material, &[], with, diagnostics);
    check_fit(&laws, builtin.name, Place::Material, temperature, diagnostics);
    let (name, origin) = (builtin.name.to_owned(), builtin.origin());
    let from = MaterialOrigin::Builtin(builtin);
    Some(Material { name, origin, from, laws, complete: true })
}

/// Reads `[region]`. Returns the materials that regions use, and the regions.
pub fn read_regions(
    table: &Table,
    origin: &Origin,
    own: &[Material],
    own_names: &[&str],
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> (Vec<Material>, Vec<RegionUse>) {
    let mut used: Vec<Material> = Vec::new();
    let mut regions = Vec::new();
    for (key, node) in &table.pairs {
        check_region(key, context, diagnostics);
        let path = join("region", &key.text);
        let Some(name) = read_text(node, &path, "the name of a material", diagnostics) else {
            continue;
        };
        let known = used.iter().position(|material| material.name == name);
        let index = match known {
            Some(index) => index,
            None => {
                let material = match own.iter().find(|material| material.name == name) {
                    Some(material) => Some(material.clone()),
                    // It exists but could not be read, which has been reported.
                    None if own_names.contains(&name) => None,
                    None => find_builtin(name, node, own_names, context, diagnostics),
                };
                let Some(material) = material else { continue };
                used.push(material);
                used.len() - 1
            }
        };
        regions.push(RegionUse {
            name: key.text.clone(),
            material: index,
            origin: key.origin.clone(),
        });
    }
    for name in context.defect().map(DefectSource::regions).unwrap_or_default() {
        if table.get(name).is_none() {
            let message = format!("`region.{name}` is missing: the region has no material");
            let error = Diagnostic::new(message, origin);
            diagnostics.push(error.wanted(format!("{name} = \"Na3SbS4\", for example")));
        }
    }
    (used, regions)
}

fn find_builtin(
    name: &str,
    node: &tree::Node,
    own_names: &[&str],
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Material> {
    if let Some(builtin) = materials::find(name) {
        return read_builtin(builtin, context.registry, context.temperature, diagnostics);
    }
    let message = format!("unknown material `{}`", shorten(name));
    let library = materials::LIBRARY.iter().map(|builtin| builtin.name);
    let error = Diagnostic::new(message, &node.origin);
    diagnostics.push(error.known(name, own_names.iter().copied().chain(library)));
    None
}

/// A region whose name the built-in geometry does not make.
fn check_region(key: &Key, context: &Context<'_>, diagnostics: &mut Diagnostics) {
    let Some(known) = context.defect().map(DefectSource::regions) else { return };
    if known.contains(&key.text.as_str()) {
        return;
    }
    let message = format!("the built-in geometry has no region `{}`", shorten(&key.text));
    let mut error = Diagnostic::new(message, &key.origin).known(&key.text, known);
    if key.text == "anode" {
        error = error.note("the metal is meshed when `mesh.defect.anode_thickness` is given");
    }
    diagnostics.push(error);
}

/// Every region needs a law for what is solved for.
pub fn check_laws(
    (materials, regions): (&[Material], &[RegionUse]),
    region: &Table,
    physics: Physics,
    diagnostics: &mut Diagnostics,
) {
    for used in regions {
        let material = &materials[used.material];
        let origin = region.value(&used.name).map_or(&used.origin, |node| &node.origin);
        let lacks = |law: &str| material.complete && material.law(law).is_none();
        let made_of = format!("`region.{}` is made of `{}`", used.name, material.name);
        if physics.current && lacks("ohm") {
            let error = Diagnostic::new(format!("{made_of}, which does not conduct"), origin);
            diagnostics.push(
                error.wanted("a law for the current: ohm = { conductivity = \"0.9 mS/cm\" }"),
            );
        }
        if physics.mechanics && lacks("elastic") {
            let error = Diagnostic::new(format!("{made_of}, which has no stiffness"), origin);
            diagnostics.push(
                error.wanted(
                    "a law for the stress: elastic = { young = \"15 GPa\", poisson = 0.3 }",
                ),
            );
        }
    }
}

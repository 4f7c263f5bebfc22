//! Laws on boundaries and interfaces, and which of them exclude each other.

use super::RegionUse;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::fields::join;
use super::geometry::{DefectSource, MeshSource};
use super::law::{Depth, LawUse, Registry, check_fit, name_all, read_laws};
use super::library::inherit_hardness;
use super::material::Material;
use super::mechanics::check_mechanics;
use super::source::Origin;
use super::tree::{Content, Key, Node, Table};
use super::value::{read_array, read_table, read_text, shorten};
use crate::registry::is_mechanical;
use fem::registry::Place;

/// Laws on a boundary.
#[derive(Clone, Debug)]
pub struct BoundaryUse {
    /// Name of the boundary.
    pub name: String,
    /// Where it was named.
    pub origin: Origin,
    /// Its laws in the order of the case; none is an insulating boundary.
    pub laws: Vec<LawUse>,
}

impl BoundaryUse {
    /// The law called `name`.
    pub fn law(&self, name: &str) -> Option<&LawUse> {
        self.laws.iter().find(|law| law.entry.name == name)
    }

    /// The law that relates current density to overpotential.
    pub fn kinetics(&self) -> Option<&LawUse> {
        self.laws.iter().find(|law| transport::is_kinetics(law.entry))
    }
}

/// Laws on an interface.
#[derive(Clone, Debug)]
pub struct InterfaceUse {
    /// Name of the interface.
    pub name: String,
    /// Where it was named.
    pub origin: Origin,
    /// The two regions; the second is the metal.
    pub between: [String; 2],
    /// Where each region was named.
    pub between_origins: [Origin; 2],
    /// Its laws in the order of the case.
    pub laws: Vec<LawUse>,
}

impl InterfaceUse {
    /// The law called `name`.
    pub fn law(&self, name: &str) -> Option<&LawUse> {
        self.laws.iter().find(|law| law.entry.name == name)
    }

    /// The relation between the current and the potentials of the two sides.
    pub fn electric(&self) -> Option<&LawUse> {
        self.laws.iter().find(|law| !is_mechanical(law.entry))
    }
}

/// What all readers of places need.
pub struct Context<'a> {
    /// The laws that exist.
    pub registry: Registry,
    /// Temperature \[K\].
    pub temperature: f64,
    /// How extensive quantities are to be given.
    pub depth: Depth,
    /// The mesh, when it could be read.
    pub mesh: Option<&'a MeshSource>,
}

impl Context<'_> {
    /// The built-in geometry, whose names are known before it is meshed.
    pub fn defect(&self) -> Option<&DefectSource> {
        match self.mesh {
            Some(MeshSource::Defect(defect)) => Some(defect),
            _ => None,
        }
    }
}

/// Reads `[boundary]`.
pub fn read_boundaries(
    table: &Table,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<BoundaryUse> {
    let known = context.defect().map(DefectSource::boundaries);
    let mut boundaries = Vec::new();
    for (key, node) in &table.pairs {
        check_name("boundary", key, known.as_deref(), context, diagnostics);
        let path = join("boundary", &key.text);
        let Some(table) = read_table(node, &path, diagnostics) else { continue };
        let place = Place::Boundary;
        let with = (context.registry, context.depth);
        let laws = read_laws(table, &path, place, &[], with, diagnostics);
        check_fit(&laws, &path, place, context.temperature, diagnostics);
        check_boundary(&path, &laws, diagnostics);
        check_mechanics(&path, place, &laws, diagnostics);
        boundaries.push(BoundaryUse { name: key.text.clone(), origin: key.origin.clone(), laws });
    }
    boundaries
}

/// Reads `[interface]`, beside the materials and regions of the case.
pub fn read_interfaces(
    table: &Table,
    made_of: (&[Material], &[RegionUse]),
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<InterfaceUse> {
    let known = context.defect().map(DefectSource::interfaces);
    let mut interfaces = Vec::new();
    for (key, node) in &table.pairs {
        check_name("interface", key, known.as_deref(), context, diagnostics);
        let path = join("interface", &key.text);
        let Some(table) = read_table(node, &path, diagnostics) else { continue };
        let place = Place::Interface;
        let with = (context.registry, context.depth);
        let mut laws = read_laws(table, &path, place, &["between"], with, diagnostics);
        let between = read_between(table, key, &path, diagnostics);
        if let Some((between, _)) = &between {
            inherit_hardness(&mut laws, between, made_of);
        }
        check_fit(&laws, &path, place, context.temperature, diagnostics);
        let given = table.pairs.iter().any(|(key, _)| key.text != "between");
        check_interface(&path, (key, given), &laws, diagnostics);
        check_mechanics(&path, place, &laws, diagnostics);
        if let Some((between, between_origins)) = between {
            let (name, origin) = (key.text.clone(), key.origin.clone());
            interfaces.push(InterfaceUse { name, origin, between, between_origins, laws });
        }
    }
    interfaces
}

/// Reports a name that the built-in geometry does not make.
fn check_name(
    kind: &str,
    key: &Key,
    known: Option<&[&str]>,
    context: &Context<'_>,
    diagnostics: &mut Diagnostics,
) {
    let (Some(known), Some(defect)) = (known, context.defect()) else { return };
    if known.contains(&key.text.as_str()) {
        return;
    }
    let name = shorten(&key.text);
    let message = format!("the built-in geometry has no {kind} `{name}`");
    let mut error = Diagnostic::new(message, &key.origin).known(&key.text, known.iter().copied());
    let needs_metal = ["pore_anode", "collector", "anode_side"].contains(&name.as_str());
    if !defect.has_anode() && (needs_metal || kind == "interface") {
        error = error.note("the metal is meshed when `mesh.defect.anode_thickness` is given");
    } else if defect.has_anode() && name == "anode" {
        error = error.note("with `anode_thickness` the anode is an interface: [interface.anode]");
    }
    diagnostics.push(error);
}

/// Laws that exclude each other on a boundary.
fn check_boundary(path: &str, laws: &[LawUse], diagnostics: &mut Diagnostics) {
    let kinetics: Vec<&LawUse> =
        laws.iter().filter(|law| transport::is_kinetics(law.entry)).collect();
    let named = |name| laws.iter().find(|law| law.entry.name == name);
    let mut conflict = |pair: [&LawUse; 2], why: &str| {
        let message = format!("{} on `{path}` exclude each other: {why}", name_all(&pair));
        let later = if pair[0].origin.span.start > pair[1].origin.span.start { 0 } else { 1 };
        diagnostics.push(Diagnostic::new(message, &pair[later].origin).wanted("one of them"));
    };
    if let [first, second, ..] = kinetics[..] {
        conflict([first, second], "a boundary has one kinetics law");
    }
    if let Some(potential) = named("potential") {
        if let Some(current) = named("current") {
            conflict(
                [potential, current],
                "one of potential and current is given, the other follows",
            );
        }
        if let Some(kinetics) = kinetics.first() {
            conflict(
                [potential, kinetics],
                "`potential` fixes the electrolyte, so that no kinetics can act; the metal's is `electrode_potential`",
            );
        }
    }
    let Some(current) = named("current") else {
        for law in kinetics.iter().filter(|law| !law.gives("electrode_potential")) {
            let message = format!("`{path}.{}.electrode_potential` is missing", law.entry.name);
            let error = Diagnostic::new(message, &law.origin);
            diagnostics.push(error.wanted(
                "electrode_potential = \"0 V\", or a `current` on the boundary, whose potential then floats",
            ));
        }
        return;
    };
    match (current.gives("density"), current.gives("total")) {
        (true, true) => {
            let message = format!("`{path}.current` has both `density` and `total`");
            let origin = current.origin_of("total");
            diagnostics.push(Diagnostic::new(message, origin).wanted("one of them"));
        }
        (false, false) => {
            let message = format!("`{path}.current` has neither `density` nor `total`");
            let wanted = "density = \"0.51 mA/cm^2\" or total = \"0.4 mA\"";
            diagnostics.push(Diagnostic::new(message, &current.origin).wanted(wanted));
        }
        _ => {}
    }
    for law in kinetics.iter().filter(|law| law.gives("electrode_potential")) {
        let message = format!(
            "`{path}.{}.electrode_potential` is refused beside `current`: the electrode's potential floats",
            law.entry.name
        );
        let error = Diagnostic::new(message, law.origin_of("electrode_potential"));
        diagnostics.push(error.wanted("one of them"));
    }
}

/// Laws that exclude each other on an interface; `given` when it has any, read or not.
fn check_interface(
    path: &str,
    (key, given): (&Key, bool),
    laws: &[LawUse],
    diagnostics: &mut Diagnostics,
) {
    if !given {
        let message = format!("`{path}` has no law");
        let wanted = "butler_volmer, linear_kinetics or contact_resistance, for example";
        diagnostics.push(Diagnostic::new(message, &key.origin).wanted(wanted));
    }
    let electric: Vec<&LawUse> = laws.iter().filter(|law| !is_mechanical(law.entry)).collect();
    if let [first, second, ..] = electric[..] {
        let message = format!(
            "{} on `{path}` exclude each other: an interface has one relation between current and potentials",
            name_all(&[first, second])
        );
        let error = Diagnostic::new(message, &second.origin);
        diagnostics.push(error.wanted("one of them; a layer in series is `film_resistance`"));
    }
    for law in laws.iter().filter(|law| law.gives("electrode_potential")) {
        let message = format!(
            "`{path}.{}.electrode_potential` is refused on an interface: the metal's potential is solved for",
            law.entry.name
        );
        diagnostics.push(Diagnostic::new(message, law.origin_of("electrode_potential")));
    }
}

fn read_between(
    table: &Table,
    key: &Key,
    path: &str,
    diagnostics: &mut Diagnostics,
) -> Option<([String; 2], [Origin; 2])> {
    let wanted = "two regions, the second the metal: between = [\"electrolyte\", \"anode\"]";
    let Some(node) = table.value("between") else {
        let message = format!("`{path}.between` is missing");
        diagnostics.push(Diagnostic::new(message, &key.origin).wanted(wanted));
        return None;
    };
    let path = format!("{path}.between");
    let nodes = read_array(node, &path, wanted, diagnostics)?;
    let [first, second] = nodes else {
        let message = format!("`{path}` has {} entries", nodes.len());
        diagnostics.push(Diagnostic::new(message, &node.origin).wanted(wanted));
        return None;
    };
    let mut name = |node: &Node| read_text(node, &path, wanted, diagnostics).map(str::to_owned);
    let (a, b) = (name(first)?, name(second)?);
    if a == b {
        let message = format!("`{path}` names the region `{}` twice", shorten(&a));
        diagnostics.push(Diagnostic::new(message, &second.origin).wanted(wanted));
        return None;
    }
    debug_assert!(matches!(node.content, Content::Array(_)));
    Some(([a, b], [first.origin.clone(), second.origin.clone()]))
}

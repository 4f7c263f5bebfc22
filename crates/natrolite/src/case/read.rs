//! From the text of a case to a [`Case`].

use super::diagnostic::{CaseError, Diagnostic, Diagnostics, nearest};
use super::expect::read_expectation;
use super::field::{CASE, NAMED_TABLES};
use super::fields::{Fields, read_fields};
use super::geometry::{MeshSource, read_mesh};
use super::law::{Depth, Registry};
use super::material::{check_laws, read_materials, read_regions};
use super::place::{BoundaryUse, Context, InterfaceUse, read_boundaries, read_interfaces};
use super::source::{Origin, Source};
use super::sweep::{SweepContext, read_sweep};
use super::tree::{self, Node, Table};
use super::value::{read_table, shorten};
use super::{Case, OutputOptions, Physics, SolverOptions, set};
use mesh::defect::Symmetry;
use std::path::Path;
use std::sync::Arc;

/// Largest case file \[bytes\].
const MAX_BYTES: u64 = 16 << 20;

/// Reads the case file at `path` with the arguments of `--set` applied in their order.
///
/// # Errors
/// When the file cannot be read, or with every error found in it.
pub fn read_file(path: &Path, arguments: &[String]) -> Result<Case, CaseError> {
    let name = path.display().to_string();
    let fail = |what: String| {
        CaseError::from(Diagnostic::new(what, &Origin::whole(&Source::new(&name, "", 0))))
    };
    let metadata = std::fs::metadata(path).map_err(|error| {
        let message = format!("cannot read the case: {error}");
        match error.kind() {
            std::io::ErrorKind::NotFound => {
                let origin = Origin::whole(&Source::new(&name, "", 0));
                Diagnostic::new(message, &origin).note(instead_of(path)).into()
            }
            _ => fail(message),
        }
    })?;
    if !metadata.is_file() {
        return Err(fail("the case is not a file".to_owned()));
    }
    if metadata.len() > MAX_BYTES {
        return Err(fail(format!(
            "the case has {} bytes, wanted {MAX_BYTES} at most",
            metadata.len()
        )));
    }
    let bytes = std::fs::read(path).map_err(|e| fail(format!("cannot read the case: {e}")))?;
    log::info!("case: {name}, {} bytes, {} values set", bytes.len(), arguments.len());
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        fail(format!("the case is not UTF-8 text: byte {at}, in line {line}"))
    })?;
    read(path, &text, arguments, crate::registry::laws())
}

/// What could be meant by a case that does not exist: the case of the nearest name beside it.
fn instead_of(path: &Path) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".toml")).collect();
    names.sort();
    let wanted = path.file_name().unwrap_or_default().to_string_lossy();
    match nearest(&wanted, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{}`?", path.with_file_name(near).display()),
        None => "`natrolite init` writes a case to start from".to_owned(),
    }
}

/// Reads the text of a case; `path` names it in messages.
///
/// # Errors
/// With every error found.
pub fn read(
    path: &Path,
    text: &str,
    arguments: &[String],
    registry: Registry,
) -> Result<Case, CaseError> {
    let source = Source::new(path.display().to_string(), text, 0);
    let mut diagnostics = Diagnostics::default();
    let Some(mut root) = tree::parse_document(&source, &mut diagnostics) else {
        return diagnostics.into_result(None);
    };
    for (index, argument) in arguments.iter().enumerate() {
        let argument = Source::new("--set", argument.as_str(), index + 1);
        if let Err(error) = set::apply(&mut root, &argument) {
            diagnostics.push(error);
        }
    }
    let case = read_tree(path, &source, root, registry, &mut diagnostics);
    diagnostics.into_result(case)
}

impl Case {
    /// Reads another tree in the place of this case's: the same case with other values.
    ///
    /// # Errors
    /// With every error found.
    pub fn read_again(&self, tree: Node) -> Result<Case, CaseError> {
        let mut diagnostics = Diagnostics::default();
        let laws = crate::registry::laws();
        let case = read_tree(&self.path, &self.source, tree, laws, &mut diagnostics);
        diagnostics.into_result(case)
    }

    /// How quantities of the whole cell are to be given.
    pub fn depth(&self) -> Depth {
        depth(Some(&self.mesh))
    }
}

/// Reads a tree. Everything is read even when a part of it fails, so that all errors are reported.
fn read_tree(
    path: &Path,
    source: &Arc<Source>,
    tree: Node,
    registry: Registry,
    diagnostics: &mut Diagnostics,
) -> Option<Case> {
    let root = tree.as_table()?;
    let whole = Origin::whole(source);
    let named: Vec<&str> = NAMED_TABLES.iter().map(|(name, _)| *name).collect();
    let fields = read_fields(root, "", &whole, CASE, &named, diagnostics);

    let order = fields.fields("discretization").and_then(|d| d.integer("order").copied());
    let order = order.and_then(|order| usize::try_from(order).ok()).unwrap_or(2);
    let plane = fields.fields("discretization").filter(|d| d.gives("plane"));
    let mesh = match fields.fields("mesh") {
        Some(table) => read_mesh(table, order, diagnostics),
        None => None,
    };
    // A temperature that failed its check must not hide errors elsewhere.
    let temperature = fields.number("temperature").copied();
    let context = Context {
        registry,
        temperature: temperature.unwrap_or(298.15),
        depth: depth(mesh.as_ref()),
        mesh: mesh.as_ref(),
    };

    if let (Some(given), Depth::Whole) = (plane, context.depth) {
        let message = "`discretization.plane` is for planar symmetry";
        diagnostics.push(Diagnostic::new(message, given.origin_of("plane")));
    }
    let plane_stress = plane.and_then(|d| d.word("plane")).is_some_and(|word| *word == "stress");

    let empty = Table::default();
    let mut table = |name: &str| match root.get(name) {
        Some((key, node)) => (read_table(node, name, diagnostics).unwrap_or(&empty), &key.origin),
        None => (&empty, &whole),
    };
    let (material, _) = table("material");
    let (region, region_origin) = table("region");
    let (boundary, _) = table("boundary");
    let (interface, _) = table("interface");
    let (expect, _) = table("expect");

    let own = read_materials(material, &context, diagnostics);
    let own_names: Vec<&str> = material.pairs.iter().map(|(key, _)| key.text.as_str()).collect();
    let (materials, regions) =
        read_regions(region, region_origin, &own, &own_names, &context, diagnostics);
    let unnamed = root.value("region").is_none_or(|node| node.as_table().is_some());
    if region.pairs.is_empty() && unnamed && matches!(mesh, Some(MeshSource::File(_))) {
        let error = Diagnostic::new("`region` is missing: no region has a material", region_origin);
        diagnostics.push(error.wanted("[region] with electrolyte = \"Na3SbS4\", for example"));
    }
    let boundaries = read_boundaries(boundary, &context, diagnostics);
    let interfaces = read_interfaces(interface, (&materials, &regions), &context, diagnostics);
    check_between(&interfaces, region, diagnostics);
    let physics = Physics::of(&materials, &boundaries, &interfaces);
    check_laws((&materials, &regions), region, physics, diagnostics);
    if physics.current && !boundaries.iter().any(has_reference) && diagnostics.is_empty() {
        let origin = root.get("boundary").map_or(&whole, |(key, _)| &key.origin);
        let message = "no boundary fixes a potential: the solution would not be unique";
        diagnostics.push(Diagnostic::new(message, origin).wanted(
            "`potential`, or a kinetics law with `electrode_potential` and no `current`, on one boundary",
        ));
    }

    let output = read_output(&fields, &context, boundary, diagnostics);
    let surfaces = surface_names(&context);
    let expect = expect.pairs.iter().filter_map(|(key, node)| {
        read_expectation(key, node, context.depth, surfaces.as_deref(), diagnostics)
    });
    let expect = expect.collect();

    let sweep = fields.fields("sweep").filter(|_| fields.gives("sweep")).and_then(|sweep| {
        let context = SweepContext { root, registry, depth: context.depth };
        read_sweep(sweep, context, diagnostics)
    });

    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let title = fields.text("title").cloned().or(stem).unwrap_or_default();
    let solver = read_solver(&fields)?;
    Some(Case {
        path: path.to_owned(),
        source: Arc::clone(source),
        title,
        temperature: temperature?,
        order,
        plane_stress,
        materials,
        regions,
        boundaries,
        interfaces,
        solver,
        output: output?,
        expect,
        sweep,
        mesh: mesh?,
        tree,
    })
}

fn depth(mesh: Option<&MeshSource>) -> Depth {
    let symmetry = match mesh {
        Some(MeshSource::Defect(defect)) => Some(defect.symmetry()),
        Some(MeshSource::File(file)) => file.symmetry,
        None => None,
    };
    match symmetry {
        Some(Symmetry::Planar) => Depth::PerMetre,
        Some(_) => Depth::Whole,
        None => Depth::Unknown,
    }
}

/// True when the boundary ties the potential to a given value.
fn has_reference(boundary: &BoundaryUse) -> bool {
    let floats = boundary.law("current").is_some();
    boundary.law("potential").is_some() || (boundary.kinetics().is_some() && !floats)
}

/// The two regions of an interface have materials.
fn check_between(interfaces: &[InterfaceUse], region: &Table, diagnostics: &mut Diagnostics) {
    for interface in interfaces {
        for (name, origin) in interface.between.iter().zip(&interface.between_origins) {
            if region.get(name).is_none() {
                let message = format!("`{}` is not in [region]", shorten(name));
                let known = region.pairs.iter().map(|(key, _)| key.text.as_str());
                diagnostics.push(Diagnostic::new(message, origin).known(name, known));
            }
        }
    }
}

fn read_solver(fields: &Fields) -> Option<SolverOptions> {
    let solver = fields.fields("solver")?;
    let (newton, linear) = (solver.fields("newton")?, solver.fields("linear")?);
    Some(SolverOptions {
        newton_rtol: *newton.number("rtol")?,
        newton_max_iterations: usize::try_from(*newton.integer("max_iterations")?).ok()?,
        linear_method: linear.word("method")?,
        linear_rtol: *linear.number("rtol")?,
        petsc: solver.text("petsc").cloned(),
    })
}

fn read_output(
    fields: &Fields,
    context: &Context<'_>,
    boundary: &Table,
    diagnostics: &mut Diagnostics,
) -> Option<OutputOptions> {
    let output = fields.fields("output")?;
    let origin = output.origin_of("counter").clone();
    if let (Some(counter), Some(defect)) = (output.text("counter"), context.defect()) {
        let known = defect.boundaries();
        if !known.contains(&counter.as_str()) {
            let message = format!("the built-in geometry has no boundary `{}`", shorten(counter));
            diagnostics.push(Diagnostic::new(message, &origin).known(counter, known));
        }
    }
    let mut driven = boundary
        .pairs
        .iter()
        .filter(|(_, node)| node.as_table().is_some_and(|laws| laws.get("current").is_some()));
    if let (Some(counter), Some((key, _)), None) =
        (output.text("counter"), driven.next(), driven.next())
        && *counter != key.text
    {
        let message = format!(
            "`output.counter` is \"{}\", but the one boundary that carries `current` is `{}`",
            shorten(counter),
            shorten(&key.text)
        );
        let error = Diagnostic::new(message, &origin);
        diagnostics.push(error.wanted("the same boundary, or no `counter`"));
    }
    Some(OutputOptions {
        counter: output.text("counter").map(|name| (name.clone(), origin)),
        report: *output.flag("report")?,
        compression: u8::try_from(*output.integer("compression")?).ok()?,
        profile_at: output.numbers("profile_at").cloned().unwrap_or_default(),
    })
}

/// Names that quantities may belong to; `None` when the mesh file decides.
fn surface_names(context: &Context<'_>) -> Option<Vec<&'static str>> {
    let defect = context.defect()?;
    let mut names = defect.boundaries();
    names.extend(defect.interfaces());
    Some(names)
}

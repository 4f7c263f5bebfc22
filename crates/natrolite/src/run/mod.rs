//! From a case to its results.
//!
//! [`solve_case`] is pure: a case in, results out; nothing is written. The command `run` around it
//! prepares the folder, reports and writes.

mod condensed;
mod conduction;
mod current;
mod estimate;
mod extrapolation;
mod follow;
mod geometry;
mod laws;
mod mechanics;
mod model;
mod names;
mod overpotential;
mod point;
mod profiles;
mod quantities;
pub mod ranks;
mod reference;
mod size;
mod solve;
mod surface_fields;
mod surfaces;
mod uniform;

pub use condensed::Condensed;
pub use conduction::{Conduction, conduction_text};
pub use current::Start;
pub use estimate::estimate_errors;
pub use geometry::{Geometry, KineticLength, default_rim, read_mesh_file};
pub use mechanics::{Contact, Mechanics, StressState, place_mechanics, solve_mechanics};
pub use model::{Model, Role, Surface};
pub use point::{Names, PointResults, Values, condense, solve_point};
pub use size::check_finest;

use crate::case::{Case, CaseError};
use crate::results::{
    Field, Measure, MeshSummary, Named, Profile, Quantity, Results, Seconds, Status, Summary,
    SurfaceField,
};
use algebra::LinearWork;
use current::Current;
use mesh::{Mesh, measure, quality};
use std::time::{Duration, Instant};

/// Why there are no results.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The case does not fit its mesh.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The equations could not be solved at all.
    #[error("the equations cannot be solved: {0}")]
    Solver(#[from] algebra::NewtonError),
    /// What spreads the work over ranks failed.
    #[error("{0}")]
    Engine(String),
    /// Another rank failed, and says why.
    #[error("another rank failed")]
    Elsewhere,
    /// There is no equilibrium.
    #[error("there is no equilibrium of the loads: {0}")]
    Contact(#[from] contact::unilateral::ContactError),
}

/// What a run tells while it works.
pub trait Observer {
    /// A phase begins.
    fn phase(&mut self, name: &str);
    /// An iteration of Newton's method ended with this residual.
    fn iteration(&mut self, iteration: usize, residual: f64);
    /// The linear solves of one side of the problem are done, and this is what they took.
    fn linear(&mut self, _work: &LinearWork) {}
    /// Something that the user should know.
    fn warn(&mut self, message: &str);
    /// Where Newton's method is to begin with so many unknowns: what an earlier run left.
    fn first_iterate(&mut self, _unknowns: usize) -> Option<Vec<f64>> {
        None
    }
    /// True when an iterate is to be kept, so that a run that is killed can go on from it.
    fn wants_iterate(&mut self) -> bool {
        false
    }
    /// Keeps an iterate, when one was wanted.
    fn keep_iterate(&mut self, _number: usize, _unknowns: &[f64]) {}
    /// The stress side as an earlier run solved it, once for each mesh.
    fn first_stress(&mut self, _fits: &dyn Fn(&StressState) -> bool) -> Option<StressState> {
        None
    }
    /// True when the stress side, which was just solved, is to be kept.
    fn wants_stress(&mut self) -> bool {
        false
    }
    /// Keeps it, when it was wanted.
    fn keep_stress(&mut self, _state: &StressState) {}
}

/// Tells nobody.
pub struct Silent;

impl Observer for Silent {
    fn phase(&mut self, _: &str) {}
    fn iteration(&mut self, _: usize, _: f64) {}
    fn warn(&mut self, _: &str) {}
}

/// Solves `case` on its mesh and on `refinements` uniformly finer ones; the results are those of the
/// finest, with estimates of the error where there are two meshes or more.
///
/// # Errors
/// When the case does not fit its mesh, or the linear solver fails.
pub fn solve_case(
    case: &Case,
    refinements: u32,
    observer: &mut dyn Observer,
) -> Result<Results, RunError> {
    size::check_finest(case, refinements, 1)?;
    let solve = |refinement| {
        let results = solve_refined(case, refinement, observer)?;
        Ok((results.summary.status, Some(results)))
    };
    Ok(on_finer_meshes(refinements, solve)?.expect("the only rank has the results"))
}

/// Calls `solve` with the number of refinements, from none to `refinements`; the results are those of the
/// last, where this rank has them.
fn on_finer_meshes(
    refinements: u32,
    mut solve: impl FnMut(u32) -> Result<(Status, Option<Results>), RunError>,
) -> Result<Option<Results>, RunError> {
    let mut runs: Vec<Named<Quantity>> = Vec::new();
    let mut last = None;
    for refinement in 0..=refinements {
        drop(last.take());
        let (status, results) = solve(refinement)?;
        runs.extend(results.as_ref().map(|results| results.summary.quantities.clone()));
        last = results;
        if status != Status::Converged {
            break;
        }
    }
    if let (Some(results), Some(quantities)) = (&mut last, estimate::estimate_errors(&runs)) {
        results.summary.quantities = quantities;
    }
    Ok(last)
}

/// Solves `case` on its mesh refined uniformly `refinement` times, and on no other.
///
/// # Errors
/// As [`solve_case`].
pub fn solve_refined(
    case: &Case,
    refinement: u32,
    observer: &mut dyn Observer,
) -> Result<Results, RunError> {
    let start = Instant::now();
    observer.phase("mesh");
    let geometry = Geometry::of(case, refinement)?;
    let meshed = start.elapsed();
    let mechanics = solve_mechanics(case, &geometry, observer)?;
    let mut log = Log { text: String::new(), observer };
    for message in mechanics.iter().flat_map(|m| &m.messages) {
        log.warn(message);
    }
    let current = match case.physics().current {
        true => Some(current::solve_current(case, &geometry, mechanics.as_ref(), &mut log)?),
        false => None,
    };
    let log = log.text;
    let found = find(case, &geometry, current.as_ref(), mechanics, (start, meshed), log);
    drop(current);
    Ok(found.on_mesh(case, geometry))
}

/// Results but for their mesh.
struct Found {
    fields: Vec<Field>,
    surface_fields: Vec<SurfaceField>,
    profiles: Vec<Profile>,
    summary: Summary,
    log: String,
}

impl Found {
    fn on_mesh(self, case: &Case, geometry: Geometry) -> Results {
        let symmetry = geometry.symmetry();
        Results {
            mesh: geometry.mesh,
            part_of: None,
            symmetry,
            fields: self.fields,
            surface_fields: self.surface_fields,
            profiles: self.profiles,
            summary: self.summary,
            case_text: case.source.text.clone(),
            resolved: case.resolved(),
            log: self.log,
        }
    }
}

/// What follows from what was solved, since `start`; the mesh was there after `meshed`.
fn find(
    case: &Case,
    geometry: &Geometry,
    current: Option<&Current<'_>>,
    mechanics: Option<Mechanics>,
    (start, meshed): (Instant, Duration),
    mut log: String,
) -> Found {
    let solved = start.elapsed();
    let (mut quantities, mut fields) = (Named::default(), Vec::new());
    let (mut profiles, mut surface_fields) = (Vec::new(), Vec::new());
    let (mut newton, mut linear_solver) = Default::default();
    let mut dofs = 0;
    let mut setup = mechanics.as_ref().map_or(Duration::ZERO, |m| m.setup);
    let mut converged = true;
    match current {
        Some(current) => {
            let solved = current.solved(case);
            quantities = solved.quantities();
            profiles = profiles::profiles(case, geometry, Some(&solved), mechanics.as_ref());
            surface_fields = surface_fields::of_current(&solved);
            fields = current.fields();
            dofs = current.outcome.free.len();
            setup += current.setup;
            converged = current.outcome.newton.converged;
            (newton, linear_solver) = current.summaries();
        }
        None => profiles.extend(profiles::profiles(case, geometry, None, mechanics.as_ref())),
    }
    if let Some(mechanics) = &mechanics {
        mechanics.add_quantities(geometry, &mut quantities);
        fields.extend(mechanics.fields());
        surface_fields.extend(surface_fields::of_contacts(mechanics));
        dofs += mechanics.dofs;
        converged &= mechanics.converged;
    }
    if geometry.mesh.dimension < 3 {
        // There the profiles hold every node.
        surface_fields.clear();
    }
    // Last, because the first line says what went wrong.
    for line in case.inherited().iter().chain(&case.doubts()) {
        log.push_str(line);
        log.push('\n');
    }
    let summary = Summary {
        status: Status::of(converged),
        title: case.title.clone(),
        version: crate::VERSION_AND_COMMIT.into(),
        threads: rayon::current_num_threads(),
        ranks: None,
        dofs,
        peak_memory_bytes: peak_memory(),
        mesh: summarize(geometry),
        newton,
        linear_solver,
        mechanics: mechanics.map(|m| m.summary),
        seconds: Seconds {
            mesh: meshed.as_secs_f64(),
            setup: setup.as_secs_f64(),
            solve: (solved - meshed - setup).as_secs_f64(),
            output: 0.0,
            total: start.elapsed().as_secs_f64(),
        },
        quantities,
    };
    Found { fields, surface_fields, profiles, summary, log }
}

/// What a run reports on its way, for the results and for whoever watches.
struct Log<'o> {
    text: String,
    observer: &'o mut dyn Observer,
}

impl Log<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn warn(&mut self, message: &str) {
        self.observer.warn(message);
        self.line(message);
    }
}

/// Counts, quality and measures of the mesh.
pub fn summarize(geometry: &Geometry) -> MeshSummary {
    let mesh: &Mesh = &geometry.mesh;
    let measures = measure::measures(mesh, geometry.extent());
    let named = |names: &mut dyn Iterator<Item = &str>, values: &[f64]| {
        names
            .zip(values)
            .map(|(name, m)| (name.to_owned(), Measure { measure: geometry.multiplicity * m }))
            .collect::<Vec<_>>()
    };
    let regions = named(&mut mesh.regions.iter().map(String::as_str), &measures.regions);
    let mut boundaries =
        named(&mut mesh.boundaries.iter().map(|b| b.name.as_str()), &measures.boundaries);
    boundaries
        .extend(named(&mut mesh.interfaces.iter().map(|i| i.name.as_str()), &measures.interfaces));
    MeshSummary {
        cells: mesh.cell_count(),
        nodes: mesh.points.len(),
        min_quality: quality::minimum(mesh),
        rim_size: geometry.rim_size,
        regions: Named(regions),
        boundaries: Named(boundaries),
    }
}

/// Lets [`peak_memory`] begin anew, where the system can do that.
pub fn forget_peak_memory() {
    // Linux, proc(5): 5 resets the peak to what is resident now.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Largest resident memory of this process so far \[byte\], where the system tells.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

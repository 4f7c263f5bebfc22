//! From a case to its results.
//!
//! [`solve_case`] is pure: a case in, results out; nothing is written. The command `run` around it
//! prepares the folder, reports and writes.

mod estimate;
mod geometry;
mod model;
mod profiles;
mod quantities;
mod reference;
mod solve;
mod surfaces;

pub use geometry::Geometry;
pub use model::{Model, Role, Surface};

use crate::case::{Case, CaseError};
use crate::results::{
    Field, LinearSolverSummary, Measure, MeshSummary, Named, NewtonSummary, Profile, Quantity,
    Results, Seconds, Status, Summary, Symmetry,
};
use fem::{Hypothesis, recover};
use mesh::{Mesh, measure, quality};
use quantities::Solved;
use std::time::Instant;
use surfaces::{Solution, current_through};

/// Why there are no results.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The case does not fit its mesh.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The equations could not be solved at all.
    #[error("the equations cannot be solved: {0}")]
    Solver(#[from] algebra::NewtonError),
}

/// What a run tells while it works.
pub trait Observer {
    /// A phase begins.
    fn phase(&mut self, name: &str);
    /// An iteration of Newton's method ended with this residual.
    fn iteration(&mut self, iteration: usize, residual: f64);
    /// Something that the user should know.
    fn warn(&mut self, message: &str);
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
    let mut runs: Vec<Named<Quantity>> = Vec::new();
    let mut last = None;
    for refinement in 0..=refinements {
        drop(last.take());
        let results = solve_once(case, refinement, observer)?;
        let converged = results.summary.status == Status::Converged;
        runs.push(results.summary.quantities.clone());
        last = Some(results);
        if !converged {
            break;
        }
    }
    let mut results = last.expect("the range holds its start");
    if let Some(quantities) = estimate::estimate_errors(&runs) {
        results.summary.quantities = quantities;
    }
    Ok(results)
}

fn solve_once(
    case: &Case,
    refinement: u32,
    observer: &mut dyn Observer,
) -> Result<Results, RunError> {
    let start = Instant::now();
    observer.phase("mesh");
    let geometry = Geometry::of(case, refinement)?;
    let meshed = start.elapsed();
    observer.phase("setup");
    let mut model = Model::new(case, &geometry)?;
    let set_up = start.elapsed();
    observer.phase("solve");
    let outcome =
        solve::solve(case, &mut model, &mut |k, residual| observer.iteration(k, residual))?;
    let newton = &outcome.newton;
    let mut log = String::new();
    if !newton.converged {
        let place = solve::describe_unknown(&model, newton.worst);
        let message = format!(
            "Newton's method did not converge in {} iteration{}; the residual is largest at {place}",
            newton.iterations,
            if newton.iterations == 1 { "" } else { "s" }
        );
        observer.warn(&message);
        log.push_str(&message);
        log.push('\n');
    }
    let reactions = if model.surfaces.iter().any(Surface::needs_reactions) {
        model.system.nodal_residual(&outcome.free)
    } else {
        Vec::new()
    };
    let currents: Vec<_> = model
        .surfaces
        .iter()
        .map(|surface| current_through(&model, surface, &outcome.solution, &reactions))
        .collect();
    let solved = Solved { case, model: &model, solution: &outcome.solution, currents: &currents };
    let quantities = solved.quantities();
    let profiles: Vec<Profile> = profiles::profiles(&solved);
    let fields = fields(&model, &outcome.solution);
    for (k, residual) in newton.residuals.iter().enumerate() {
        log.push_str(&format!("newton {k}: residual {residual:.3e}\n"));
    }
    let dofs = outcome.free.len();
    let solved_at = start.elapsed();
    drop(currents);
    drop(reactions);
    drop(model);
    let summary = Summary {
        status: if newton.converged { Status::Converged } else { Status::NotConverged },
        title: case.title.clone(),
        version: crate::VERSION_AND_COMMIT.into(),
        threads: rayon::current_num_threads(),
        dofs,
        peak_memory_bytes: peak_memory(),
        mesh: summarize(&geometry),
        newton: NewtonSummary {
            iterations: newton.iterations,
            residuals: newton.residuals.clone(),
        },
        linear_solver: LinearSolverSummary {
            name: outcome.solver.into(),
            iterations: newton.linear_iterations.clone(),
        },
        seconds: Seconds {
            mesh: meshed.as_secs_f64(),
            setup: (set_up - meshed).as_secs_f64(),
            solve: (solved_at - set_up).as_secs_f64(),
            output: 0.0,
            total: start.elapsed().as_secs_f64(),
        },
        quantities,
    };
    let symmetry = match geometry.hypothesis {
        Hypothesis::Planar => Symmetry::Planar,
        Hypothesis::Axisymmetric => Symmetry::Axisymmetric,
        Hypothesis::Spatial => Symmetry::ThreeDimensional,
    };
    Ok(Results {
        mesh: geometry.mesh,
        symmetry,
        fields,
        profiles,
        summary,
        case_text: case.source.text.clone(),
        resolved: case.resolved(),
        log,
    })
}

/// Potential and current density at the nodes.
fn fields(model: &Model<'_>, solution: &Solution) -> Vec<Field> {
    let laws: Vec<(u32, &dyn fem::Term)> = model
        .conduction
        .iter()
        .enumerate()
        .map(|(region, &placement)| (region as u32, model.system.term(placement)))
        .collect();
    let geometry = model.geometry;
    let flux = recover::nodal_flux(&geometry.mesh, geometry.hypothesis, &laws, &solution.deviation);
    let mut current = flux.into_flattened();
    current.iter_mut().for_each(|component| *component = -*component);
    vec![
        Field {
            name: "potential".into(),
            unit: "V",
            components: 1,
            values: solution.potential.clone(),
        },
        Field { name: "current_density".into(), unit: "A/m^2", components: 3, values: current },
    ]
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

/// Largest resident memory of this process so far \[byte\], where the system tells.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

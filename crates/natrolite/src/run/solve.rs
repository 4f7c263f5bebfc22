//! Solving a model.

use super::model::Model;
use super::surfaces::Solution;
use super::uniform::{Groups, uniform_state};
use super::{Geometry, Observer};
use crate::case::Case;
use algebra::{
    AmgProblem, Iterate, LinearWork, Metered, Method, NewtonError, NewtonInfo, NewtonParameters,
    Serial, choose, newton,
};
use fem::{Space, interpolation_from_corners};
use mesh::{Block, CellKind};
use transport::POTENTIAL;

/// A solution and how it was found.
#[derive(Default)]
pub struct Outcome {
    /// The unknowns; the last iterate when Newton's method did not converge.
    pub solution: Solution,
    /// What Newton's method did.
    pub newton: NewtonInfo,
    /// Where the residual is largest, when it did not converge.
    pub worst: Option<String>,
    /// What the linear solves took.
    pub linear: LinearWork,
    /// Free unknowns.
    pub free: Vec<f64>,
}

/// Solves by Newton's method from the [`uniform_state`], or from what `observer` has of an earlier run; it
/// sees each iteration.
///
/// # Errors
/// When the linear solver fails or the equations cannot be evaluated at the start.
pub fn solve(
    case: &Case,
    model: &mut Model<'_>,
    observer: &mut dyn Observer,
) -> Result<Outcome, NewtonError> {
    let mesh = &model.geometry.mesh;
    let unknowns = model.system.space().free();
    let start = || {
        let groups = Groups::new(model.system.space(), &model.bodies, &model.tied);
        uniform_state((&model.system, &model.conduction), &groups, (&Serial, unknowns))
    };
    let mut u = observer.first_iterate(unknowns).unwrap_or_else(start);
    let problem = || problem(model.geometry, model.system.space());
    let solver = choose(u.len(), mesh.dimension, method(case), problem);
    let mut solver = Metered::new(solver);
    let observe = &mut |iterate: &Iterate<'_>| {
        observer.iteration(iterate.number, iterate.residual);
        if observer.wants_iterate() {
            observer.keep_iterate(iterate.number, iterate.unknowns);
        }
    };
    let newton = newton(&mut model.system, &mut solver, &mut u, &parameters(case), observe)?;
    Ok(finish(model, u, newton, solver.work().clone()))
}

/// When Newton's method stops, as the case wants it.
pub fn parameters(case: &Case) -> NewtonParameters {
    NewtonParameters {
        rtol: case.solver.newton_rtol,
        max_iterations: case.solver.newton_max_iterations,
        linear_rtol: case.solver.linear_rtol,
        ..NewtonParameters::default()
    }
}

/// The solution from its free unknowns, which are deviations from the rest.
pub fn finish(model: &Model<'_>, u: Vec<f64>, newton: NewtonInfo, linear: LinearWork) -> Outcome {
    let mut outcome = Outcome { newton, linear, free: u, ..Outcome::default() };
    outcome.finish(model);
    outcome
}

impl Outcome {
    /// Finds the rest from the free unknowns and what Newton's method did.
    pub fn finish(&mut self, model: &Model<'_>) {
        let (space, points) = (model.system.space(), &model.geometry.mesh.points);
        let Solution { all, potential, psi, deviations } = &mut self.solution;
        deviations.clear();
        deviations.extend_from_slice(&self.free);
        deviations.extend_from_slice(model.system.prescribed_deviations());
        all.clear();
        let rest = model.system.rest().iter();
        all.extend(deviations.iter().zip(rest).map(|(deviation, rest)| deviation + rest));
        let dofs = space.field_dofs(POTENTIAL).iter();
        potential.clear();
        potential.extend(dofs.clone().map(|&dof| all[dof as usize]));
        psi.clear();
        psi.extend(dofs.map(|&dof| deviations[dof as usize]));
        let is_open = !self.newton.converged;
        self.worst = is_open.then(|| describe_unknown(space, points, self.newton.worst));
    }
}

/// What multigrid is told of conduction: on simplices that corrections from aggregates are too short, and with
/// second order the way from the corners to all nodes.
///
/// This way saves a fifth of the time and of the memory there. The hexahedra and prisms of the built-in geometries
/// are stretched towards the rim, where corners would cost ten times the iterations: their lattice tells
/// multigrid which lines it can leave out where, in one region: across an interface resistances may be so small that
/// only aggregates keep its two sides together.
///
/// On ranks `geometry` and `space` are those of a part.
pub fn problem(geometry: &Geometry, space: &Space) -> AmgProblem {
    let mesh = &geometry.mesh;
    let free = space.free();
    let is_free = |dof: &u32| (*dof as usize) < free;
    let row_of = |node| Some(space.dof(POTENTIAL, node)).filter(is_free);
    let whole: Vec<u32> =
        (0..space.whole().len()).map(|w| space.whole_dof(w)).filter(is_free).collect();
    let is_simplicial = mesh.blocks.iter().all(is_simplex);
    let first_prolongation = match is_simplicial {
        true => interpolation_from_corners(mesh, free, row_of, &whole),
        false => None,
    };
    let longer = is_simplicial.then_some(1.15);
    let lattice =
        geometry.lattice.as_deref().filter(|lattice| lattice.second.is_none()).map(|lattice| {
            lattice.renumbered(|node| row_of(node).filter(|row| !whole.contains(row)))
        });
    AmgProblem { first_prolongation, lattice, longer, ..AmgProblem::default() }
}

/// True for triangles and tetrahedra.
pub fn is_simplex(block: &Block) -> bool {
    matches!(block.kind.linear(), CellKind::Triangle3 | CellKind::Tetrahedron4)
}

/// The linear solver that the case asks for.
pub fn method(case: &Case) -> Method {
    match case.solver.linear_method {
        "cholesky" => Method::Cholesky,
        "cg" => Method::Cg,
        _ => Method::Auto,
    }
}

/// Where an unknown lives, for messages: the position of its node, or the name of its surface.
pub fn describe_unknown(space: &Space, points: &[[f64; 3]], dof: usize) -> String {
    for (w, name) in space.whole().iter().enumerate() {
        if space.whole_dof(w) as usize == dof {
            return format!("the potential of `{name}`");
        }
    }
    let is_here = |node: &u32| space.dof(transport::POTENTIAL, *node) as usize == dof;
    match (0..points.len() as u32).find(is_here) {
        Some(node) => {
            let [x, y, z] = points[node as usize].map(|x| crate::units::display(x, "m"));
            format!("the node at ({x}, {y}, {z})")
        }
        None => format!("unknown {dof}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Silent;
    use std::path::Path;

    /// A quarter of a box around a pore with this order of cells and a floating metal or a fixed one.
    fn pore(order: usize, anode: &str) -> String {
        format!(
            "temperature = \"298.15 K\"\n[mesh.defect]\nsymmetry = \"quarter\"\n\
             shape = \"hemisphere\"\nradius = \"10 um\"\nrim_size = \"0.6 um\"\n\
             [discretization]\norder = {order}\n[solver]\nlinear = {{ method = \"cg\" }}\n\
             [material.NPS]\nohm = {{ conductivity = \"0.1 mS/cm\" }}\n\
             [region]\nelectrolyte = \"NPS\"\n[boundary.anode]\n{anode}\n\
             [boundary.counter]\ncurrent = {{ density = \"1.3 mA/cm^2\" }}\n"
        )
    }

    #[test]
    fn the_lattice_takes_no_more_iterations_than_aggregates() {
        let kinetics = "butler_volmer = { exchange_current_density = \"1.3 mA/cm^2\", \
                        electrode_potential = \"0 V\" }";
        for (order, anode) in [(1, kinetics), (2, kinetics), (2, "potential = \"0 V\"")] {
            let text = pore(order, anode);
            let case = crate::case::read(Path::new("a.toml"), &text, &[], crate::registry::laws());
            let case = case.expect("a case");
            let mut geometry = Geometry::of(&case, 2 - order as u32).expect("a mesh");
            let mut outcomes = Vec::new();
            for lattice in [geometry.lattice.clone(), None] {
                geometry.lattice = lattice;
                let mut model = Model::new(&case, &geometry, &[]).expect("a model");
                model.system.assemble();
                let outcome = solve(&case, &mut model, &mut Silent).expect("a solution");
                assert!(outcome.newton.converged);
                outcomes.push(outcome);
            }
            let [with, without] = &outcomes[..] else { unreachable!("there are two") };
            assert_eq!(with.linear.name, "cg with geometric and algebraic multigrid");
            assert_eq!(without.linear.name, "cg with algebraic multigrid");
            let [a, b] = [with, without].map(|outcome| outcome.linear.iterations);
            assert!(a <= b, "order {order}, {anode}: {a} instead of {b}");
            let largest = without.free.iter().fold(0.0f64, |m, u| m.max(u.abs()));
            for (u, v) in with.free.iter().zip(&without.free) {
                assert!((u - v).abs() < 1e-9 * largest, "{u} {v}");
            }
        }
    }
}

//! The electric side condensed onto its surfaces: linear once, then a small dense problem for each case.
//!
//! Conduction in the bulk is linear, and only its size changes between cases that share a [`Condensed`].
//! With B the unknowns that laws of kinetics read and I the others, and with A the conduction of unit
//! size, c the size in each body, and f the given currents,
//!
//!   c (A_II u_I + A_IB u_B) = f_I,     c (A_BI u_I + A_BB u_B) + N(u_B) = f_B
//!
//! I is eliminated exactly ([`Schur`]): what is left is c (S u_B - g) + N(u_B) = 0 with g from f and the
//! prescribed potentials. The potential inside follows from u_B, so that every quantity is found as in
//! a full run.

mod drive;
mod on_surfaces;
mod surface_equations;
#[cfg(test)]
mod tests;

use super::conduction::{Conduction, along_axes, scales};
use super::model::{Model, Role, Surface};
use super::solve::Outcome;
use super::surfaces::Currents;
use super::{Contact, Geometry};
use crate::case::{Case, CaseError, LawNumber, Step};
use algebra::{
    Csr, DenseCg, DenseModes, DenseSymmetric, Equations, LinearWork, NewtonError, NewtonInfo,
    NewtonParameters, QuasiNewton, Schur, Stop, newton,
};
use drive::{UnitCurrent, given_currents, unit_currents};
use fem::registry::Place;
use fem::{Placement, Support, linear_matrix};
use on_surfaces::OnSurfaces;
use std::borrow::Cow;
use std::ops::Range;
use surface_equations::{EquationsMemory, Fields, SurfaceEquations};

/// Most unknowns that may be left: the dense matrix has their square of numbers, 72 MB.
const MOST_KEPT: usize = 3000;
/// Eliminating costs about a back-substitution for each unknown that is left; it pays when that many of
/// them come on a point at most.
const KEPT_PER_POINT: usize = 100;

/// Steps by modes that are tried: the inverse of a derivative costs as much as a dozen.
const MOST_BY_MODES: usize = 10;
/// Part of the residual that a step by modes leaves on the average where they serve. The inverse of a derivative of some
/// points before leaves a tenth.
const LEFT_BY_MODES: f64 = 0.2;
/// Starts with a larger residual say nothing about that.
const FAR: f64 = 1e-3;
/// So many times the tolerance may be rounding.
const ROUNDING: f64 = 100.0;

/// No region.
const NOWHERE: u32 = u32::MAX;

/// What is left of the electric side when the bulk is eliminated, for all cases that share it: c, f and N
/// may change from case to case.
pub struct Condensed {
    schur: Schur,
    /// A with free rows and prescribed columns; none when its entries are zero.
    prescribed: Option<Csr>,
    /// Of S and of a unit of kinetics, where these are all of the derivative.
    modes: Option<DenseModes>,
    /// Sums of the rows of S.
    row_sums: Vec<f64>,
    /// For each kept unknown the first one that the conduction connects it with.
    anchors: Vec<u32>,
    /// Where that is the same for all.
    anchor: Option<u32>,
    /// How the models of cases are numbered.
    unknowns: Unknowns,
    /// Which kept unknowns have a norm in common.
    fields: Fields,
    /// A dense matrix of zeros.
    dense: Csr,
    /// Where only current densities are given and all that is looked at lies on surfaces: what a unit of
    /// each does, so that a case costs no solve in the bulk, and the surfaces that are left of the mesh.
    units: Option<(Vec<UnitCurrent>, OnSurfaces)>,
}

/// What points of a sweep that follow each other hand on to the next.
pub struct Neighbours {
    /// Keeps the factor or the inverse of an earlier derivative.
    solver: DenseCg,
    nearby: QuasiNewton,
    /// False where steps by modes have not served.
    by_modes: bool,
    equations: EquationsMemory,
    sizes: Sizes,
    /// The unknowns that are shown and not kept.
    shown: Vec<f64>,
}

/// The sizes of the conduction of a case.
#[derive(Default)]
struct Sizes {
    /// Number of the case.
    number: usize,
    of_regions: Vec<f64>,
    /// That of all kept unknowns.
    common: Option<f64>,
}

impl Default for Neighbours {
    fn default() -> Self {
        Neighbours {
            solver: DenseCg::default(),
            nearby: QuasiNewton::default(),
            by_modes: true,
            equations: EquationsMemory::default(),
            sizes: Sizes::default(),
            shown: Vec::new(),
        }
    }
}

impl Neighbours {
    /// Forgets how earlier points were solved.
    pub fn part(&mut self) {
        self.solver = DenseCg::default();
        self.by_modes = true;
    }
}

/// What a model knows the unknowns by.
struct Unknowns {
    /// Numbers of those that are kept, and of those that [`Schur::show`] finds.
    kept: Vec<u32>,
    shown: Vec<u32>,
    /// For each free unknown its region among those of the [`Conduction`].
    region_of: Vec<u32>,
    /// For each free unknown its place among those that are kept.
    place: Vec<u32>,
    /// The kept ones as runs: places, and the number of the first.
    runs: Vec<(Range<usize>, usize)>,
}

impl Unknowns {
    /// The kept unknowns with their new `numbers`, of which there are `free`.
    fn new(schur: &Schur, region_of: &[u32], numbers: &[u32], free: usize) -> Unknowns {
        let number = |dof: u32| numbers[dof as usize];
        let kept: Vec<u32> = schur.kept().iter().map(|&dof| number(dof)).collect();
        let (mut place, mut regions) = (vec![NOWHERE; free], vec![NOWHERE; free]);
        kept.iter().enumerate().for_each(|(k, &dof)| place[dof as usize] = k as u32);
        for (&number, &region) in numbers.iter().zip(region_of) {
            if let Some(here) = regions.get_mut(number as usize) {
                *here = region;
            }
        }
        let mut runs: Vec<(Range<usize>, usize)> = Vec::new();
        for (k, &dof) in kept.iter().enumerate() {
            match runs.last_mut() {
                Some((places, first)) if *first + places.len() == dof as usize => places.end += 1,
                _ => runs.push((k..k + 1, dof as usize)),
            }
        }
        let shown = schur.shown().map(number).collect();
        Unknowns { kept, shown, region_of: regions, place, runs }
    }
}

impl Condensed {
    /// Eliminates the bulk of `model`, for `points` cases that have conduction of the same shape; `None`
    /// where that does not pay, or the structure does not allow it.
    pub fn new(
        case: &Case,
        model: &Model<'_>,
        contacts: &[Contact],
        points: usize,
    ) -> Option<Condensed> {
        let space = model.system.space();
        let kept = kept(model)?;
        if kept.len() > MOST_KEPT || kept.len() > KEPT_PER_POINT * points || points < 2 {
            return None;
        }
        let (mesh, hypothesis) = (model.system.mesh(), model.system.hypothesis());
        let conduction = Conduction::of(case)?;
        let mut placements = Vec::new();
        let mut region_of = vec![NOWHERE; space.free()];
        for (index, name) in mesh.regions.iter().enumerate() {
            let at = conduction.regions.iter().position(|region| region.0 == *name)?;
            let conductivity = along_axes(model.geometry, &conduction.regions[at].1);
            let term = Box::new(transport::Ohm { conductivity });
            placements.push(Placement { term, support: Support::Region(index as u32) });
            for block in mesh.blocks.iter().filter(|block| block.region as usize == index) {
                for &node in &block.nodes {
                    let dof = space.dof(transport::POTENTIAL, node) as usize;
                    let Some(region) = region_of.get_mut(dof) else { continue };
                    let is_shared = *region != NOWHERE && *region != at as u32;
                    if is_shared && !conduction.is_common {
                        // Bodies that are tied to one unknown have no size in common.
                        return None;
                    }
                    *region = at as u32;
                }
            }
        }
        let (matrix, prescribed) = linear_matrix(mesh, hypothesis, space, placements);
        let schur = Schur::new(&matrix, &kept, &shown(model)).ok()?;
        let mut loads = vec![0.0; space.free()];
        if let Some(prescribed) = &prescribed {
            let ones = vec![-1.0; prescribed.ncols()];
            prescribed.add_apply(&ones, &mut loads);
        }
        let row_sums = schur.reduce(&loads);
        let anchors = anchors(schur.complement());
        let anchor = anchors.first().copied().filter(|_| anchors.iter().all(|a| *a == anchors[0]));
        let modes = modes(model, &schur);
        let n = kept.len();
        log::info!("condensed: {} unknowns onto the {n} of the surfaces", space.free());
        let dense = Csr::full(n);
        let units = match &prescribed {
            None => unit_currents(model, &schur, &region_of),
            Some(_) => None,
        };
        let units = units.map(|units| (units, OnSurfaces::of(model)));
        let on_surfaces = |(_, surfaces): &(_, OnSurfaces)| {
            let own = surfaces.model(case, contacts).ok()?;
            let free = own.system.space().free();
            let unknowns = Unknowns::new(&schur, &region_of, &surfaces.numbers(model, &own), free);
            Some((Fields::new(&own, &unknowns.kept), unknowns))
        };
        let (fields, unknowns) = match &units {
            Some(units) => on_surfaces(units)?,
            None => {
                let numbers: Vec<u32> = (0..space.free() as u32).collect();
                let unknowns = Unknowns::new(&schur, &region_of, &numbers, space.free());
                (Fields::new(model, &unknowns.kept), unknowns)
            }
        };
        Some(Condensed {
            schur,
            prescribed,
            modes,
            row_sums,
            anchors,
            anchor,
            unknowns,
            fields,
            dense,
            units,
        })
    }

    /// Number of unknowns that are left.
    pub fn kept(&self) -> usize {
        self.schur.kept().len()
    }

    /// The model of a case: on the surfaces, where nothing else is looked at, else on `geometry`.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn model<'m>(
        &'m self,
        case: &Case,
        geometry: &'m Geometry,
        contacts: &[Contact],
    ) -> Result<Model<'m>, CaseError> {
        match &self.units {
            Some((_, surfaces)) => surfaces.model(case, contacts),
            None => Model::new(case, geometry, contacts),
        }
    }

    /// Contacts of the whole mesh as [`Condensed::model`] wants them.
    pub fn contacts<'c>(&self, contacts: &'c [Contact]) -> Cow<'c, [Contact]> {
        match &self.units {
            Some((_, surfaces)) if !contacts.is_empty() => surfaces.contacts(contacts).into(),
            _ => contacts.into(),
        }
    }

    /// True when `model`, made by [`Condensed::model`], has the same unknowns.
    pub fn fits(&self, model: &Model<'_>) -> bool {
        let space = model.system.space();
        let prescribed = self.prescribed.as_ref().map(Csr::ncols);
        space.free() == self.unknowns.place.len()
            && prescribed.is_none_or(|count| count == space.total() - space.free())
            && kept(model).is_some_and(|kept| kept == self.unknowns.kept)
    }

    /// Solves `model`, which [`Condensed::fits`], by Newton's method from `start`, the deviations of the
    /// kept unknowns, which receives those of the solution; where it is empty or zero, from where currents balance or from zero. The outcome and the currents go
    /// where those of the point before were.
    ///
    /// Where no current follows from reactions of the bulk, the solution holds the unknowns of the
    /// surfaces only; the others are zero.
    ///
    /// # Errors
    /// As [`newton()`].
    pub fn solve(
        &self,
        step: &Step<'_>,
        model: &Model<'_>,
        start: &mut Vec<f64>,
        neighbours: &mut Neighbours,
        (outcome, currents): (&mut Outcome, &mut Currents),
    ) -> Result<(), NewtonError> {
        let case = step.case;
        let Unknowns { kept, region_of, .. } = &self.unknowns;
        start.resize(kept.len(), 0.0);
        let Neighbours { solver, nearby, by_modes, equations, sizes, shown } = neighbours;
        let Sizes { number, of_regions, common } = sizes;
        let in_bulk = |moved: &[LawNumber]| moved.iter().any(|n| n.place().0 == Place::Material);
        let is_same = *number + 1 == step.number && !step.moved.is_none_or(in_bulk);
        *number = step.number;
        if !is_same {
            *of_regions = scales(case).unwrap_or_default();
        }
        let size_of = |region: &u32| of_regions.get(*region as usize).copied().unwrap_or(1.0);
        if !is_same {
            let regions = kept.iter().map(|&dof| region_of[dof as usize]);
            equations.size.clear();
            equations.size.extend(regions.clone().map(|region| size_of(&region)));
            // Where there is no conduction, its size does not matter.
            *common = one_of(regions.filter(|r| *r != NOWHERE).map(|region| size_of(&region)));
        }
        let size = *common;
        let drive = self.drive(model, &size_of);
        drive.constant(self, &mut equations.constant);
        let mut equations = SurfaceEquations::new(self, model, equations);
        let parameters = NewtonParameters {
            // What rounding leaves may be a hundred times as much, which is then what the case asks for:
            // steps cost little here, and neighbours agree to more digits.
            rtol: 0.01 * case.solver.newton_rtol,
            max_iterations: case.solver.newton_max_iterations,
            linear_rtol: case.solver.linear_rtol,
            ..NewtonParameters::default()
        };
        let from_afar = start.iter().any(|u| *u != 0.0);
        let mut found = None;
        let modes = self.modes.as_ref().zip(size).filter(|_| *by_modes);
        if let Some((modes, size)) = modes.filter(|_| from_afar || equations.level(start)) {
            let norm = nearby.begin(&mut equations, start);
            found = norm.and_then(|_| {
                let inverse = modes.inverse(size, equations.mean_slope());
                nearby.solve(&mut equations, &inverse, start, &parameters, MOST_BY_MODES)
            });
            let (is_near, rtol) = (norm.is_some_and(|norm| norm < FAR), parameters.rtol);
            *by_modes = found.as_ref().map_or(!is_near, |info| !is_near || serve(info, rtol));
        }
        if found.is_none() && !from_afar {
            start.fill(0.0);
        }
        let mut seek = |solver: &DenseCg, equations: &mut dyn Equations, u: &mut [f64]| {
            let (inverse, steps) = solver.kept(kept.len())?;
            nearby.begin(equations, u)?;
            nearby.solve(equations, inverse, u, &parameters, steps)
        };
        if found.is_none() {
            found = seek(solver, &mut equations, start);
        }
        let can_renew = DenseCg::inverts(kept.len()) && solver.kept(kept.len()).is_some();
        if found.is_none() && can_renew {
            // The derivative here serves where that of a point some way off does not.
            let is_renewed = equations.linearize(start).is_ok_and(|a| solver.renew(a));
            found = is_renewed.then(|| seek(solver, &mut equations, start)).flatten();
        }
        let mut info = match found {
            Some(info) => info,
            None => {
                solver.forget();
                let info = match newton(&mut equations, solver, start, &parameters, &mut |_| {}) {
                    Ok(info) if info.converged || !from_afar => info,
                    Err(error) if !from_afar => return Err(error),
                    // The point before may be a bad start.
                    _ => {
                        solver.forget();
                        start.fill(0.0);
                        newton(&mut equations, solver, start, &parameters, &mut |_| {})?
                    }
                };
                // The last evaluation may have been of a step that was not taken.
                let mut r = vec![0.0; start.len()];
                equations.residual(start, &mut r).map_err(NewtonError::Start)?;
                info
            }
        };
        info.worst = kept.get(info.worst).map_or(0, |&dof| dof as usize);
        outcome.newton = info;
        outcome.linear = LinearWork { name: "condensed", ..LinearWork::default() };
        drive.all(self, start, (&mut outcome.free, shown));
        outcome.finish(model);
        let reactions = match model.surfaces.iter().any(Surface::needs_reactions) {
            true => model.system.nodal_residual(&outcome.free),
            false => Vec::new(),
        };
        currents.follow(
            model,
            &outcome.solution,
            (equations.terms(), equations.currents()),
            &reactions,
        );
        equations.leave();
        Ok(())
    }
}

/// True when each step left little of the residual, or little was left at the start, or only rounding at the end: no
/// steps would have been better then.
fn serve(info: &NewtonInfo, rtol: f64) -> bool {
    let steps = info.iterations as i32;
    match info.residuals[..] {
        [first, .., last] => {
            let is_little = first <= ROUNDING * rtol || info.stop == Stop::Rounding;
            is_little || last <= first * LEFT_BY_MODES.powi(steps)
        }
        _ => true,
    }
}

/// The number that all are; none where they differ, or there are none.
fn one_of(mut numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let first = numbers.next()?;
    numbers.all(|number| number == first).then_some(first)
}

/// The modes of S and of a unit of kinetics, where there is one law of kinetics and few unknowns are left.
fn modes(model: &Model<'_>, schur: &Schur) -> Option<DenseModes> {
    let n = schur.kept().len();
    let mut laws = kinetics(model);
    let (Some(placement), None) = (laws.next(), laws.next()) else { return None };
    if !DenseModes::serve(n) {
        return None;
    }
    let place = |dof: u32| schur.kept().binary_search(&dof).ok();
    let mut unit = vec![0.0; n * n];
    model.system.surface_term(placement).unit_tangent(|i, j, value| {
        if let (Some(i), Some(j)) = (place(i), place(j)) {
            unit[i * n + j] += value;
        }
    });
    DenseModes::new(schur.complement(), &DenseSymmetric::new(n, |i, j| unit[i * n + j]))
}

/// The free unknowns at the nodes of surfaces with a law, rising.
fn shown(model: &Model<'_>) -> Vec<u32> {
    let (mesh, space) = (model.system.mesh(), model.system.space());
    let facets = model.surfaces.iter().flat_map(|s| [s.facets(mesh), s.opposite(mesh)]);
    let nodes = facets.flat_map(mesh::nodes_of);
    let mut shown: Vec<u32> = nodes.map(|node| space.dof(transport::POTENTIAL, node)).collect();
    shown.sort_unstable();
    shown.dedup();
    shown.retain(|&dof| (dof as usize) < space.free());
    shown
}

/// Numbers of the laws of kinetics in the system.
fn kinetics(model: &Model<'_>) -> impl Iterator<Item = usize> {
    let number = |role: &Role| match role {
        Role::Kinetics { placement, .. } => Some(*placement),
        _ => None,
    };
    model.surfaces.iter().filter_map(move |surface| number(&surface.role))
}

/// The free unknowns that laws of kinetics read, rising; `None` when there are terms of another kind.
fn kept(model: &Model<'_>) -> Option<Vec<u32>> {
    let given = model.surfaces.iter().filter(|s| matches!(s.role, Role::UniformCurrent(_)));
    if given.count() != given_currents(model).len() {
        return None;
    }
    let free = model.system.space().free();
    let dofs = |placement| model.system.surface_term(placement).dofs_below(free);
    let mut kept: Vec<u32> = kinetics(model).flat_map(dofs).collect();
    kept.sort_unstable();
    kept.dedup();
    Some(kept)
}

/// For each row of S the first one of those that it is connected with, by itself or through others.
fn anchors(complement: &DenseSymmetric) -> Vec<u32> {
    let n = complement.rows();
    let mut anchors: Vec<u32> = (0..n as u32).collect();
    let mut reached = Vec::new();
    for first in 0..n {
        if anchors[first] != first as u32 {
            continue;
        }
        reached.push(first);
        while let Some(i) = reached.pop() {
            for (j, s) in complement.row(i).iter().enumerate().skip(first + 1) {
                if *s != 0.0 && anchors[j] == j as u32 {
                    anchors[j] = first as u32;
                    reached.push(j);
                }
            }
        }
    }
    anchors
}

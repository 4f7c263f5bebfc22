//! The equations F(u) = 0 of all terms on a mesh.

use crate::action::{Action, MustStore, must_store};
use crate::assembly::{Body, Placed, add_residual, add_tangent, assemble_linear};
use crate::jacobian::Jacobian;
use crate::placement::{Placement, State};
use crate::surface_table::has_table;
use crate::surface_term::SurfaceMemory;
use crate::{At, Constraints, Hypothesis, Of, Space, Term, Unknown};
use algebra::{Comm, Csr, Equations, Inadmissible, Operator, Serial, vector};
use mesh::Mesh;

const NOT_FINITE: &str = "a term is not finite";

/// The linear terms.
enum Linear<'m> {
    /// With the tangent of the others.
    Stored(Box<Jacobian>),
    /// Without entries; the others are loads.
    Action(Box<Action<'m>>),
}

/// Which unknowns count here: each counts on one rank.
struct Counts {
    /// Of the free ones, as many as are counted; they come first.
    owned: usize,
    /// Free ones of all ranks.
    all: usize,
    /// The free ones that are no whole-body unknowns, and count.
    nodal: Vec<bool>,
    /// The prescribed ones.
    prescribed: Vec<bool>,
}

/// Terms placed on a mesh: residual, tangent and what follows from them.
///
/// The linear terms are assembled once, when the equations are first asked for; Newton's method
/// re-linearises the others only. Unknowns are numbered by the [`Space`], free ones first; [`Equations`] are those of the free ones.
///
/// A system may be the share that one rank has of a larger one: [`System::share`].
pub struct System<'m> {
    mesh: &'m Mesh,
    hypothesis: Hypothesis,
    space: Space,
    placed: Vec<Placed<'m>>,
    /// Subtracted from the residual of an unknown: (number, value).
    loads: Vec<(u32, f64)>,
    /// None before [`System::assemble`].
    linear: Option<Linear<'m>>,
    stores: bool,
    /// All unknowns less [`System::rest`]; the free part is that of the last call.
    all: Vec<f64>,
    /// What the unknowns are measured from.
    rest: Vec<f64>,
    /// Sizes of what the prescribed unknowns alone put into the linear terms; none before
    /// [`System::assemble`].
    drive: Option<Vec<f64>>,
    /// Per field and whole-body unknown, the size of the terms that must cancel.
    scales: Vec<f64>,
    /// Who solves it together, and what counts here.
    comm: &'m dyn Comm,
    counts: Counts,
    /// Names of the fields with free unknowns.
    solved: String,
    /// True when the linear terms read gradients of scalars only, so that a constant changes nothing.
    forgets_constants: bool,
}

impl<'m> System<'m> {
    /// Places the terms.
    ///
    /// `loads` are given right-hand sides \[unit of the residual\] of whole-body unknowns, such as
    /// the total current of an electrode.
    pub fn new(
        mesh: &'m Mesh,
        hypothesis: Hypothesis,
        space: Space,
        placements: Vec<Placement>,
        loads: Vec<(usize, f64)>,
    ) -> Self {
        let place = |placement| Placed::new(mesh, hypothesis, placement);
        let placed: Vec<Placed> = placements.into_iter().map(place).collect();
        let mut all = vec![0.0; space.free()];
        all.extend_from_slice(space.prescribed());
        let rest = vec![0.0; all.len()];
        let forgets_constants = placed
            .iter()
            .filter(|p| p.term.is_linear())
            .all(|p| p.term.slots().iter().all(|s| s.of == Of::Gradient && s.components == 1));
        let mut nodal = vec![true; space.free()];
        for w in 0..space.whole().len() {
            if let Some(flag) = nodal.get_mut(space.whole_dof(w) as usize) {
                *flag = false;
            }
        }
        let (free, prescribed) = (space.free(), vec![true; space.prescribed().len()]);
        let counts = Counts { owned: free, all: free, nodal, prescribed };
        let solved = names_of_solved(&space);
        let loads = loads.into_iter().map(|(w, value)| (space.whole_dof(w), value)).collect();
        let scales = vec![0.0; 1 + space.whole().len()];
        System {
            mesh,
            hypothesis,
            space,
            placed,
            loads,
            linear: None,
            stores: true,
            all,
            rest,
            drive: None,
            scales,
            comm: &Serial,
            counts,
            solved,
            forgets_constants,
        }
    }

    /// Makes this the share of one rank in a system of all of them.
    ///
    /// The mesh is then the part around this rank's nodes, and among the free unknowns the first `owned`
    /// belong to this rank; the others are copies of what other ranks own, whose residuals and rows are
    /// incomplete and not looked at. Of the prescribed ones those with `prescribed` count here. Norms and
    /// products are then those of all ranks, which call every function of [`Equations`] together.
    pub fn share(&mut self, comm: &'m dyn Comm, owned: usize, prescribed: Vec<bool>) {
        assert!(owned <= self.space.free() && prescribed.len() == self.counts.prescribed.len());
        self.comm = comm;
        let mut all = [owned as f64];
        comm.sum(&mut all);
        self.counts.owned = owned;
        self.counts.all = all[0] as usize;
        self.counts.prescribed = prescribed;
        self.counts.nodal[owned..].fill(false);
        self.drive = None;
    }

    /// The ranks that solve it together.
    pub fn comm(&self) -> &'m dyn Comm {
        self.comm
    }

    /// Of the free unknowns, how many are this rank's; they come first.
    pub fn owned(&self) -> usize {
        self.counts.owned
    }

    /// Puts other terms in the places of those that there are, with other prescribed values and loads.
    /// False when they do not fit: other supports, other slots, or other unknowns fixed; the system is
    /// then good for nothing.
    ///
    /// What the unknowns are measured from must be given again.
    pub fn place_again(
        &mut self,
        placements: Vec<Placement>,
        fixed: &[(Unknown, f64)],
        loads: Vec<(usize, f64)>,
    ) -> bool {
        let fits = placements.len() == self.placed.len()
            && placements.iter().zip(&self.placed).all(|(new, old)| {
                let slots = (new.term.slots(), new.term.is_linear());
                new.support == old.support && slots == (old.term.slots(), old.term.is_linear())
            });
        if !fits || !self.space.prescribe_again(fixed) {
            return false;
        }
        for (placed, new) in self.placed.iter_mut().zip(placements) {
            placed.term = new.term;
        }
        let free = self.space.free();
        self.all[..free].fill(0.0);
        self.all[free..].copy_from_slice(self.space.prescribed());
        self.rest.fill(0.0);
        self.loads = loads.into_iter().map(|(w, value)| (self.space.whole_dof(w), value)).collect();
        self.linear = None;
        self.drive = None;
        true
    }

    /// Puts another term in the place of number `placement`, of the same slots and no less linear; the
    /// matrix is made anew where it is.
    pub fn replace(&mut self, placement: usize, term: Box<dyn Term>) {
        let placed = &mut self.placed[placement];
        assert_eq!(term.slots(), placed.term.slots());
        assert_eq!(term.is_linear(), placed.term.is_linear());
        if term.is_linear() {
            (self.linear, self.drive) = (None, None);
        }
        placed.term = term;
    }

    /// What the unknowns are measured from, one number for each.
    pub fn rest(&self) -> &[f64] {
        &self.rest
    }

    /// Makes the matrix of the linear terms, unless it is there.
    pub fn assemble(&mut self) {
        if self.linear.is_none() {
            self.linear = Some(if self.stores {
                Linear::Stored(Box::new(assemble_linear(self.body(), &self.placed)))
            } else {
                Linear::Action(Box::new(Action::new(self.mesh, &self.space, &self.placed)))
            });
        }
        if self.drive.is_none() {
            self.drive = Some(self.drive());
        }
    }

    /// Stores no matrix of the linear terms: see [`Action`]. From now on [`Equations::linearize`] gives an
    /// operator without entries.
    ///
    /// # Errors
    /// Why the matrix must be stored; then it will be.
    pub fn store_no_matrix(&mut self) -> Result<(), MustStore> {
        let (mesh, hypothesis) = (self.mesh, self.hypothesis);
        match must_store(mesh, hypothesis, &self.space, &self.placed) {
            Some(why) => Err(why),
            None => {
                (self.stores, self.linear) = (false, None);
                Ok(())
            }
        }
    }

    /// False after [`System::store_no_matrix`].
    pub fn stores_matrix(&self) -> bool {
        self.stores
    }

    /// Stores the matrix after all.
    pub fn store_matrix(&mut self) {
        if !self.stores {
            (self.stores, self.linear) = (true, None);
        }
    }

    /// The tangent at the free deviations `u`, with its entries; stores it if it was not.
    ///
    /// # Errors
    /// When a term is not finite there.
    pub fn tangent(&mut self, u: &[f64]) -> Result<&Csr, Inadmissible> {
        self.store_matrix();
        if matches!(&self.linear, Some(Linear::Stored(jacobian)) if jacobian.tangent().is_none()) {
            // A solver has put the entries into an order of its own.
            self.linear = None;
        }
        let tangent = self.jacobian(u)?.tangent();
        Ok(tangent.unwrap_or_else(|| unreachable!("it was just assembled in rows")))
    }

    /// The tangent at the free deviations `u`.
    fn jacobian(&mut self, u: &[f64]) -> Result<&mut Jacobian, Inadmissible> {
        self.assemble();
        self.set(u);
        let Some(Linear::Stored(jacobian)) = &mut self.linear else {
            unreachable!("it was just assembled");
        };
        let matrix = jacobian.tangent_mut();
        let body = Body { mesh: self.mesh, hypothesis: self.hypothesis, space: &self.space };
        let state = State { deviations: &self.all, rest: &self.rest };
        for p in self.placed.iter().filter(|p| !p.term.is_linear() && !p.term.is_load()) {
            add_tangent(body, p, state, matrix, 0);
        }
        match self.comm.all(jacobian.end_tangent()) {
            true => Ok(jacobian),
            false => Err(Inadmissible(NOT_FINITE.into())),
        }
    }

    /// The numbering.
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// The mesh.
    pub fn mesh(&self) -> &'m Mesh {
        self.mesh
    }

    /// The reduction of the body to the mesh.
    pub fn hypothesis(&self) -> Hypothesis {
        self.hypothesis
    }

    /// The term placed as number `placement`.
    pub fn term(&self, placement: usize) -> &dyn Term {
        &*self.placed[placement].term
    }

    /// Measures the unknowns from `rest`, one number for each, free ones first: from now on the vectors
    /// of Newton's method are deviations from it, and so are the prescribed values inside.
    ///
    /// Laws still see the sum. Small deviations from a large rest keep their digits that way: the
    /// potential of a meshed metal differs from that of its collector by picovolts.
    pub fn measure_from(&mut self, rest: Vec<f64>) {
        assert_eq!(rest.len(), self.rest.len());
        let free = self.space.free();
        for ((all, value), rest) in
            self.all[free..].iter_mut().zip(self.space.prescribed()).zip(&rest[free..])
        {
            *all = value - rest;
        }
        self.rest = rest;
        self.drive = None;
    }

    /// The free deviations `u` followed by those of the prescribed unknowns.
    pub fn deviations(&self, u: &[f64]) -> Vec<f64> {
        [u, &self.all[u.len()..]].concat()
    }

    /// The same of the prescribed unknowns alone.
    pub fn prescribed_deviations(&self) -> &[f64] {
        &self.all[self.space.free()..]
    }

    /// All unknowns, the free ones first, from the free deviations `u`.
    pub fn all_unknowns(&self, u: &[f64]) -> Vec<f64> {
        let mut all = self.deviations(u);
        for (all, rest) in all.iter_mut().zip(&self.rest) {
            *all += rest;
        }
        all
    }

    /// The residual at every node (field after field, node after node, the components of a node side
    /// by side), as if nothing were prescribed or tied: where something is, it is the reaction, the
    /// flux \[A\] or the force \[N\] that enters the body at that node. Loads of whole-body unknowns
    /// are not part of it.
    pub fn nodal_residual(&self, u: &[f64]) -> Vec<f64> {
        let nodes = self.mesh.points.len();
        let fields = self.space.fields().to_vec();
        let count = fields.len();
        let whole = self.space.whole().to_vec();
        let unconstrained = Space::new(fields, whole, nodes, &Constraints::default())
            .expect("no constraints do not contradict each other");
        let expand = |all: &[f64]| -> Vec<f64> {
            let nodal = (0..count).flat_map(|field| self.space.nodal_values(field, all));
            let whole =
                (0..self.space.whole().len()).map(|w| all[self.space.whole_dof(w) as usize]);
            nodal.chain(whole).collect()
        };
        let (expanded, rest) = (expand(&self.deviations(u)), expand(&self.rest));
        let nodal = expanded.len() - self.space.whole().len();
        let state = State { deviations: &expanded, rest: &rest };
        let mut out = vec![0.0; expanded.len()];
        let body = Body { space: &unconstrained, ..self.body() };
        let action = match &self.linear {
            Some(Linear::Action(action)) if action.has_own_nodes() => Some(action),
            _ => None,
        };
        if let Some(action) = action {
            action.nodal(&expanded[..nodal], &mut out[..nodal]);
        }
        for p in self.placed.iter().filter(|p| action.is_none() || !p.term.is_linear()) {
            add_residual(body, p, state, &mut out);
        }
        out.truncate(nodal);
        out
    }

    /// The residual of the term placed as number `placement` alone.
    pub fn residual_of(&self, placement: usize, u: &[f64]) -> Vec<f64> {
        let deviations = self.deviations(u);
        let state = State { deviations: &deviations, rest: &self.rest };
        let mut out = vec![0.0; self.space.total()];
        add_residual(self.body(), &self.placed[placement], state, &mut out);
        out
    }

    pub(crate) fn body(&self) -> Body<'_> {
        Body { mesh: self.mesh, hypothesis: self.hypothesis, space: &self.space }
    }

    pub(crate) fn placed(&self, placement: usize) -> &Placed<'m> {
        &self.placed[placement]
    }

    /// Number of terms.
    pub fn placements(&self) -> usize {
        self.placed.len()
    }

    /// What is subtracted from the residual of a whole-body unknown: its number, and the value.
    pub fn loads(&self) -> &[(u32, f64)] {
        &self.loads
    }

    /// The linear terms at the present unknowns.
    fn apply_linear(&mut self, r: &mut [f64]) {
        match self.linear.as_mut().expect("assembled") {
            Linear::Stored(jacobian) => {
                jacobian.apply_linear(&self.all, self.forgets_constants, r);
            }
            Linear::Action(action) => action.apply_all(&self.all, r),
        }
    }

    /// Sizes of what the prescribed unknowns put into the linear terms while the free ones rest at their
    /// mean. Fields that no linear term reads do not count: they may be of any size.
    fn drive(&mut self) -> Vec<f64> {
        let first = self.space.free();
        let is_driven = match &self.linear {
            Some(Linear::Stored(jacobian)) => jacobian.reads_prescribed(),
            _ => !self.space.prescribed().is_empty(),
        };
        if self.comm.all(!is_driven) {
            return vec![0.0; self.scales.len()];
        }
        let mut counts = self.counts.prescribed.clone();
        for field in 0..self.space.fields().len() {
            if !is_read(&self.placed, field) {
                for &dof in self.space.field_dofs(field) {
                    if let Some(k) = (dof as usize).checked_sub(first) {
                        counts[k] = false;
                    }
                }
            }
        }
        let (free, prescribed) = self.all.split_at_mut(first);
        let seen = prescribed.iter().zip(&counts).filter(|(_, counts)| **counts);
        let mut sums = [seen.clone().map(|(u, _)| u).sum(), seen.count() as f64];
        self.comm.sum(&mut sums);
        let [sum, count] = sums;
        let mean = if self.forgets_constants { sum / count.max(1.0) } else { 0.0 };
        free.fill(mean);
        let mut r = vec![0.0; free.len()];
        self.apply_linear(&mut r);
        self.sizes(&r)
    }

    fn set(&mut self, u: &[f64]) {
        self.all[..u.len()].copy_from_slice(u);
    }

    /// Sizes of a vector of residuals: over the nodes, then of each whole-body unknown.
    fn sizes(&self, r: &[f64]) -> Vec<f64> {
        let counted = r.iter().zip(&self.counts.nodal).filter(|(_, counts)| **counts);
        let mut sizes = vec![counted.map(|(r, _)| r * r).sum::<f64>()];
        let owned = &r[..self.counts.owned];
        for w in 0..self.space.whole().len() {
            sizes.push(owned.get(self.space.whole_dof(w) as usize).map_or(0.0, |r| r.abs()));
        }
        self.comm.sum(&mut sizes);
        sizes[0] = sizes[0].sqrt();
        sizes
    }
}

impl Equations for System<'_> {
    fn len(&self) -> usize {
        self.space.free()
    }

    fn residual(&mut self, u: &[f64], r: &mut [f64]) -> Result<(), Inadmissible> {
        self.assemble();
        self.set(u);
        self.apply_linear(r);
        let drive = self.drive.clone().expect("assembled");
        let mut parts = vec![drive, self.sizes(r)];
        let mut other = vec![0.0; self.space.total()];
        let state = State { deviations: &self.all, rest: &self.rest };
        let mut memory = SurfaceMemory::default();
        for (number, p) in self.placed.iter().enumerate().filter(|(_, p)| !p.term.is_linear()) {
            if has_table(p) {
                let mut term = self.surface_term_in(number, memory);
                term.add_residual(&self.all, &mut other);
                memory = term.into_memory();
            } else {
                add_residual(self.body(), p, state, &mut other);
            }
        }
        parts.push(self.sizes(&other[..r.len()]));
        for (r, other) in r.iter_mut().zip(&other) {
            *r += other;
        }
        for &(dof, value) in &self.loads {
            if let Some(r) = r.get_mut(dof as usize) {
                *r -= value;
            }
        }
        for (k, scale) in self.scales.iter_mut().enumerate() {
            *scale = parts.iter().map(|sizes| sizes[k]).fold(0.0, f64::max);
        }
        for w in 0..self.space.whole().len() {
            let dof = self.space.whole_dof(w);
            for load in self.loads.iter().filter(|l| l.0 == dof) {
                self.scales[1 + w] = self.scales[1 + w].max(load.1.abs());
                // A load enters through nodes too, and may be all that drives them.
                let spread = load.1.abs() / (self.counts.all as f64).sqrt();
                self.scales[0] = self.scales[0].max(spread);
            }
        }
        match self.comm.all(r.iter().all(|v| v.is_finite())) {
            true => Ok(()),
            false => Err(Inadmissible(NOT_FINITE.into())),
        }
    }

    fn linearize(&mut self, u: &[f64]) -> Result<&mut dyn Operator, Inadmissible> {
        if self.stores {
            return Ok(self.jacobian(u)?);
        }
        self.assemble();
        match &mut self.linear {
            Some(Linear::Action(action)) => Ok(&mut **action),
            _ => unreachable!("it was just assembled"),
        }
    }

    fn dot(&self, x: &[f64], y: &[f64]) -> f64 {
        let owned = self.counts.owned;
        let mut sum = [vector::dot(&x[..owned], &y[..owned])];
        self.comm.sum(&mut sum);
        sum[0]
    }

    /// Laws see sums of unknowns and what these are measured from.
    fn rounding(&mut self, u: &[f64]) -> Vec<f64> {
        let mut noise = vec![0.0; u.len()];
        if self.rest.iter().all(|rest| *rest == 0.0) {
            return noise;
        }
        let deviations = self.deviations(u);
        let is_read = |p: &usize| {
            let term = &self.placed[*p].term;
            !term.is_linear() && !term.is_load()
        };
        for placement in (0..self.placed.len()).filter(is_read) {
            self.surface_term(placement).tangent(&deviations, |row, column, slope| {
                if let Some(noise) = noise.get_mut(row as usize) {
                    *noise += f64::EPSILON * (slope * self.rest[column as usize]).abs();
                }
            });
        }
        noise
    }

    fn norms(&self, r: &[f64]) -> Vec<f64> {
        self.sizes(r)
            .iter()
            .zip(&self.scales)
            .map(|(&size, &scale)| if size == 0.0 { 0.0 } else { size / scale.max(size * 1e-3) })
            .collect()
    }

    fn field_names(&self) -> Vec<&str> {
        // One norm for the nodes, whatever the fields there, and one for each whole-body unknown.
        let whole = self.space.whole().iter().map(String::as_str);
        std::iter::once(self.solved.as_str()).chain(whole).collect()
    }
}

/// True when a linear term reads `field` at nodes.
fn is_read(placed: &[Placed<'_>], field: usize) -> bool {
    let linear = placed.iter().filter(|p| p.term.is_linear());
    linear.flat_map(|p| p.term.slots()).any(|slot| slot.at != At::Whole && slot.field == field)
}

/// Names of the fields with free unknowns, which share one norm.
fn names_of_solved(space: &Space) -> String {
    let is_free =
        |field: usize| space.field_dofs(field).iter().any(|&d| (d as usize) < space.free());
    let fields = space.fields().iter().enumerate().filter(|(field, _)| is_free(*field));
    fields.map(|(_, field)| field.name).collect::<Vec<_>>().join(" and ")
}

//! The linear terms of a vector field without their matrix.
//!
//! In space a row of second-order cells has some 80 (tetrahedra) to 200 (hexahedra) entries; what the terms
//! do to a vector is computed anew each time instead, from the cells: gradients at the points of
//! quadrature, the law's tangent, which is the same at every point, and back (Brown, J. Sci. Comput. 45
//! (2010) 48; Kronbichler and Kormann, Comput. Fluids 63 (2012) 135). What is stored is the geometry at
//! those points, once for a tetrahedron with straight edges.
//!
//! For multigrid (see [`algebra::ByNodes`]) the same in single precision is the finest level of second-order
//! cells. The matrix of the level below is a Galerkin product, cell by cell: with an interpolation of multigrid's own
//! where nodes are on a lattice, else that of the corners, which is the matrix for their shape functions. First-order
//! cells have a matrix by nodes, which multigrid goes on from and conjugate gradients multiply with.

mod by_nodes;
mod cells;
mod element;
mod galerkin;
mod lanes;
mod levels;
mod matrix;
mod places;
mod product;
mod single;
mod tangent;

pub use places::NodePlaces;

use crate::assembly::Placed;
use crate::dilatation::basis_in_space;
use crate::{At, Hypothesis, Of, Point, Slot, Space, Tables};
use algebra::{ByNodes, Operator};
use by_nodes::ByNodesMatrix;
use cells::{Cells, Geometry, are_affine};
use element::{Element, WIDE};
use mesh::Mesh;
use places::Kind;
use product::Product;
use rayon::prelude::*;
use std::sync::{Arc, Mutex};

/// Entries per task.
const PIECE: usize = 3 * 4096;
/// For an unknown that no place has.
const NONE: u32 = u32::MAX;

/// Why the matrix of some terms must be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MustStore {
    /// Sections are small.
    #[error("the mesh is a section")]
    Section,
    /// The action is written for one vector field in space, and cells of one order.
    #[error("there are unknowns beside one vector field in space, or cells of both orders")]
    Unknowns,
    /// A law is linear but varies from point to point, reads other things than a gradient, or stands on
    /// a surface.
    #[error("a linear law varies in space, or reads more than the gradient of a vector")]
    Law,
    /// A law is not linear.
    #[error("a law is not linear")]
    Nonlinear,
}

/// y = A x of linear terms, from the cells; see the source of this module.
pub struct Action<'m> {
    mesh: &'m Mesh,
    parts: Vec<Cellwise>,
    places: NodePlaces,
    kinds: Vec<Kind>,
    masters: Vec<u32>,
    /// One place of each free unknown, and the others: (place, unknown).
    firsts: Vec<u32>,
    others: Vec<(u32, u32)>,
    first_order: Option<ByNodesMatrix>,
    work: Mutex<[Vec<f64>; 2]>,
}

/// The cells of one kind and law.
struct Cellwise {
    cells: Arc<Cells>,
    product: Arc<Product<f64, WIDE>>,
}

/// The gradient of a vector, of which the tangent does not depend on the point.
fn is_simple(slots: &[Slot]) -> bool {
    matches!(slots, [slot] if slot.of != Of::Value && slot.at == At::Here && slot.components == 3)
}

/// Why the matrix of these terms must be stored; nothing when it need not be.
pub(crate) fn must_store(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    space: &Space,
    placed: &[Placed<'_>],
) -> Option<MustStore> {
    let terms = || placed.iter().map(|p| &p.term).filter(|term| !term.is_load());
    let one_order = mesh.blocks.windows(2).all(|b| b[0].kind.order() == b[1].kind.order());
    if hypothesis != Hypothesis::Spatial {
        Some(MustStore::Section)
    } else if space.fields().len() != 1 || space.fields()[0].axes != [0, 1, 2] || !one_order {
        Some(MustStore::Unknowns)
    } else if terms().any(|term| !term.is_linear()) {
        Some(MustStore::Nonlinear)
    } else if !terms().all(|term| term.is_uniform() && is_simple(term.slots())) {
        Some(MustStore::Law)
    } else {
        None
    }
}

impl<'m> Action<'m> {
    /// Of the linear terms among `placed`, for which [`must_store`] finds no reason.
    pub(crate) fn new(mesh: &'m Mesh, space: &Space, placed: &[Placed<'_>]) -> Self {
        let places = NodePlaces::new(space, 0);
        let (kinds, masters) = (places.kinds(), places.masters());
        let mut parts = Vec::new();
        for p in placed.iter().filter(|p| p.term.is_linear()) {
            let mut tangent = vec![0.0; 81];
            p.term.tangent(&[Point::default()], &[0.0; 9], &mut tangent);
            let entries = tangent.iter().enumerate().filter(|(_, t)| **t != 0.0);
            let tangent: Vec<_> = entries.map(|(k, &t)| (k / 9, k % 9, t)).collect();
            for batch in p.batches.iter().filter(|batch| batch.len() > 0) {
                let (kind, rule) = (batch.kind(), batch.rule().clone());
                let tables = Tables::new(kind, &rule);
                let projects = p.term.slots()[0].of == Of::LockFreeGradient;
                let cells = Cells {
                    kind,
                    width: kind.node_count(),
                    nodes: batch.all_nodes().iter().map(|&n| masters[n as usize]).collect(),
                    is_affine: are_affine(mesh, kind, batch.all_nodes()),
                    basis: if projects { basis_in_space(kind, tables.len()) } else { 0 },
                    derivatives: tables.derivatives,
                    rule,
                    tangent: tangent.clone(),
                };
                let geometry = Geometry::new(mesh, &cells, batch.all_nodes());
                let product = Arc::new(Product::new(&cells, geometry, 1.0));
                parts.push(Cellwise { cells: Arc::new(cells), product });
            }
        }
        let mut firsts = vec![NONE; space.free()];
        let mut others = Vec::new();
        for (&dof, place) in places.dofs.iter().zip(0u32..) {
            let Some(first) = firsts.get_mut(dof as usize) else { continue };
            if *first == NONE {
                *first = place;
            } else {
                others.push((place, dof));
            }
        }
        let zeros = || vec![0.0; places.dofs.len()];
        let work = Mutex::new([zeros(), zeros()]);
        let mut action =
            Action { mesh, parts, places, kinds, masters, firsts, others, first_order: None, work };
        if mesh.blocks.iter().all(|block| block.kind.order() == 1) {
            let all: Vec<u32> = (0..action.places.len() as u32).collect();
            let blocks = action.matrix(&all, &all);
            action.first_order = Some(ByNodesMatrix::new(blocks, &action.places.places));
        }
        action
    }

    /// r = A x for all unknowns x, the free ones first; r are those of the free ones.
    pub(crate) fn apply_all(&self, x: &[f64], r: &mut [f64]) {
        // A poisoned lock means that a thread panicked in here; the vectors are overwritten anyway.
        let mut work = self.work.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let [u, f] = &mut *work;
        let dofs = self.places.dofs.par_chunks(PIECE);
        u.par_chunks_mut(PIECE).zip(dofs).for_each(|(u, dofs)| {
            for (u, &dof) in u.iter_mut().zip(dofs) {
                // Without the prescribed ones: as if they were zero.
                *u = x.get(dof as usize).copied().unwrap_or(0.0);
            }
        });
        self.nodal(u, f);
        let firsts = self.firsts.par_chunks(PIECE);
        r.par_chunks_mut(PIECE).zip(firsts).for_each(|(r, firsts)| {
            for (r, &place) in r.iter_mut().zip(firsts) {
                *r = if place == NONE { 0.0 } else { f[place as usize] };
            }
        });
        for &(place, dof) in &self.others {
            r[dof as usize] += f[place as usize];
        }
    }

    /// f = A u on the nodes of the mesh, as if nothing were prescribed or tied; what is joined counts at
    /// the first node.
    pub(crate) fn nodal(&self, u: &[f64], f: &mut [f64]) {
        f.fill(0.0);
        self.parts.iter().for_each(|part| part.product.add_to(&part.cells, u, f));
    }

    /// True when no node is joined to another.
    pub(crate) fn has_own_nodes(&self) -> bool {
        self.masters.iter().zip(0u32..).all(|(&master, node)| master == node)
    }

    /// Blocks on the diagonal by nodes and whole bodies.
    fn diagonal(&self) -> Vec<f64> {
        let mut sum = vec![0.0; 9 * self.places.len()];
        for part in &self.parts {
            let cells = &part.cells;
            let packs = cells.len().div_ceil(WIDE);
            let width = cells.width;
            // What a task computes is added by one thread, in order.
            let held = 256;
            for first in (0..packs).step_by(held) {
                let tasks: Vec<Vec<[f64; WIDE]>> = (first..packs.min(first + held))
                    .into_par_iter()
                    .with_min_len(16)
                    .map_init(
                        || Element::new(cells, &part.product.geometry, &cells.derivatives),
                        |element, pack| {
                            let mut out = vec![[0.0; WIDE]; 9 * width];
                            element.diagonal(pack, &mut out);
                            out
                        },
                    )
                    .collect();
                for (pack, out) in (first..).zip(&tasks) {
                    for l in 0..WIDE.min(cells.len() - pack * WIDE) {
                        let nodes = cells.nodes_of(pack * WIDE + l);
                        for (&node, block) in nodes.iter().zip(out.chunks_exact(9)) {
                            let sum = &mut sum[9 * node as usize..][..9];
                            sum.iter_mut().zip(block).for_each(|(sum, v)| *sum += v[l]);
                        }
                    }
                }
            }
        }
        self.constrain_diagonal(&mut sum);
        sum
    }

    fn constrain_diagonal(&self, sum: &mut [f64]) {
        let alone = sum.iter().fold(f64::MIN_POSITIVE, |m, v| m.max(v.abs()));
        let first_whole = 3 * self.places.nodes as u32;
        for (block, kinds) in sum.chunks_exact_mut(9).zip(self.kinds.chunks_exact(3)) {
            for c in 0..3 {
                for r in 0..3 {
                    let entry = &mut block[3 * c + r];
                    if (kinds[c] != Kind::Own || kinds[r] != Kind::Own) && (c != r || *entry <= 0.0)
                    {
                        *entry = if c == r { alone } else { 0.0 };
                    }
                }
            }
        }
        // The stiffness of a whole body is the force that moves it by a unit, all else held.
        for (dof, &place) in self.places.places.iter().enumerate() {
            if place >= first_whole && place != NONE {
                let (mut x, mut r) = (vec![0.0; self.firsts.len()], vec![0.0; self.firsts.len()]);
                x[dof] = 1.0;
                self.apply_all(&x, &mut r);
                let (node, c) = (place as usize / 3, place as usize % 3);
                sum[9 * node + 4 * c] = r[dof];
            }
        }
    }
}

impl Operator for Action<'_> {
    fn len(&self) -> usize {
        self.firsts.len()
    }

    fn apply(&self, x: &[f64], y: &mut [f64]) {
        match &self.first_order {
            Some(a) => a.apply(x, y),
            None => self.apply_all(x, y),
        }
    }

    /// As if each row had four times the entry on its diagonal.
    fn rounding(&self, x: &[f64]) -> Vec<f64> {
        let diagonal = self.diagonal();
        let rows = x.iter().zip(&self.places.places);
        let of = |(x, &place): (&f64, &u32)| {
            let (node, c) = (place as usize / 3, place as usize % 3);
            f64::EPSILON * 4.0 * diagonal[9 * node + 4 * c] * x.abs()
        };
        rows.map(of).collect()
    }

    fn product_bytes(&self) -> u64 {
        if let Some(a) = &self.first_order {
            return a.product_bytes() as u64;
        }
        let stored: usize = self.parts.iter().map(|part| part.product.bytes(&part.cells)).sum();
        // Between unknowns and nodes: two vectors read and two written, and where each number goes; the
        // parts of cells stay in the cache.
        let vectors = 4 * 8 * self.firsts.len() + 2 * 4 * self.firsts.len();
        (stored + vectors + 16 * self.places.dofs.len()) as u64
    }

    fn by_nodes(&self) -> Option<&dyn ByNodes> {
        Some(self)
    }
}

//! The change of unknowns that turns contact into bounds.
//!
//! The jump w of a pair of nodes along the normal, gap = g0 + w, is a combination of displacements. One
//! of them, the pivot, is replaced: at a corner by the averaged gap q, at a middle node by the height b
//! of its gap over the corners', both less what they are at rest. With y the old and z the new unknowns
//!
//!   y = T z,    residual T^T R(T z),    matrix T^T K T,    q = q0 + z
//!
//! T is the identity but for the rows of the pivots. Initial gaps may be a thousand times the
//! displacements; in z they do not cost digits of them.
//!
//! On several ranks each makes the change on its part of the mesh, with unknowns in the order of the whole, so that all
//! have the same pivots, and puts it in its own order: [`Reduction::part`].

use super::{ContactError, ContactNode, ContactSurface, nearest};
use crate::DISPLACEMENT;
use algebra::{Csr, Follows, merge_terms};
use fem::Space;
use mesh::Mesh;

/// A gap that is bounded: q = q0 + z >= 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    /// Its number among the unknowns z; none where this rank has no such unknown.
    pub unknown: Option<usize>,
    /// q0, the averaged gap at rest \[m\].
    pub at_rest: f64,
    /// Integral of the corner's shape function \[m2\].
    pub area: f64,
}

/// The matrix T of the change y = T z, and the bounds on z.
pub struct Change {
    pub(super) matrix: Csr,
    pub(super) transpose: Csr,
    /// Bounds of all surfaces, on all ranks.
    pub(super) bounds: Vec<Bound>,
}

/// The change from displacements to gaps on some surfaces: y = T z, with T the identity but for one
/// displacement of each pair of nodes.
pub struct Reduction {
    /// Of the whole.
    pub change: Change,
    /// For each surface and node, the number of its bound.
    pub(super) bound_of: Vec<Vec<Option<usize>>>,
    /// For each surface and node, the jump.
    jumps: Vec<Vec<Jump>>,
    /// For each surface and node, the unknown that is replaced.
    pivots: Vec<Vec<Option<u32>>>,
}

/// A sum of unknowns times coefficients.
#[derive(Clone, Debug, Default)]
struct Combination {
    terms: Vec<(u32, f64)>,
}

impl Combination {
    /// Sorts the terms, adds those of the same unknown, and drops what cancels.
    fn merge(&mut self) {
        merge_terms(&mut self.terms);
        self.terms.retain(|t| t.1 != 0.0);
    }

    fn add(&mut self, factor: f64, other: &Combination) {
        self.terms.extend(other.terms.iter().map(|&(j, a)| (j, factor * a)));
    }
}

/// What a gap grows by: free unknowns, and prescribed displacements \[m\].
#[derive(Clone, Debug, Default)]
struct Jump {
    free: Combination,
    prescribed: f64,
}

impl Change {
    fn new(matrix: Csr, bounds: Vec<Bound>) -> Self {
        Change { transpose: matrix.transpose(), matrix, bounds }
    }

    /// Number of bounds.
    pub fn bounds(&self) -> usize {
        self.bounds.len()
    }
}

/// A bound of a surface.
#[derive(Clone, Copy, Debug)]
pub struct BoundAt {
    /// The node; on an interface, that of the first side.
    pub node: u32,
    /// The unknown that is bounded.
    pub unknown: u32,
    /// The averaged gap at rest \[m\].
    pub at_rest: f64,
    /// Integral of the corner's shape function \[m2\].
    pub area: f64,
    /// The gap at the node before loading \[m\].
    pub gap: f64,
}

impl Reduction {
    /// For the numbering `space` of the displacements on `mesh`.
    ///
    /// # Errors
    /// [`ContactError::Shared`] where surfaces meet and no displacement belongs to one of them alone.
    pub fn new(
        mesh: &Mesh,
        space: &Space,
        surfaces: &[ContactSurface],
    ) -> Result<Self, ContactError> {
        let free = space.free();
        let mut is_whole = vec![false; free];
        for w in 0..space.whole().len() {
            if let Some(flag) = is_whole.get_mut(space.whole_dof(w) as usize) {
                *flag = true;
            }
        }
        let mut rows: Vec<Option<Combination>> = vec![None; free];
        // How often an unknown occurs in a jump: a pivot must occur once.
        let mut occurs = vec![0u32; free];
        let jumps: Vec<Vec<Jump>> = surfaces.iter().map(|s| jumps(space, s)).collect();
        for (j, _) in jumps.iter().flatten().flat_map(|jump| &jump.free.terms) {
            occurs[*j as usize] += 1;
        }
        let (mut bounds, mut bound_of) = (Vec::new(), Vec::new());
        let mut replaced = Vec::new();
        for (surface, jumps) in surfaces.iter().zip(&jumps) {
            let mut pivots = Vec::with_capacity(jumps.len());
            for (node, jump) in surface.nodes.iter().zip(jumps) {
                let movable = |j: u32| !is_whole[j as usize];
                let pivot = jump
                    .free
                    .terms
                    .iter()
                    .filter(|(j, _)| movable(*j) && occurs[*j as usize] == 1)
                    .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()).then(a.0.cmp(&b.0)))
                    .copied();
                if pivot.is_none() && jump.free.terms.iter().any(|(j, _)| movable(*j)) {
                    return Err(ContactError::Shared { at: mesh.points[node.node as usize] });
                }
                pivots.push(pivot);
            }
            let gaps = gaps(surface, &pivots);
            let at_rest = gaps_at_rest(surface, jumps, &pivots);
            let mut numbers = vec![None; pivots.len()];
            for (k, (node, jump)) in surface.nodes.iter().zip(jumps).enumerate() {
                let Some((pivot, coefficient)) = pivots[k] else { continue };
                // coefficient y_pivot = growth of the gap - the rest of the jump.
                let mut row = Combination::default();
                row.add(1.0 / coefficient, &gaps[k]);
                let rest = jump.free.terms.iter().filter(|(j, _)| *j != pivot);
                row.terms.extend(rest.map(|&(j, a)| (j, -a / coefficient)));
                rows[pivot as usize] = Some(row);
                if node.is_corner() {
                    numbers[k] = Some(bounds.len());
                    let unknown = Some(pivot as usize);
                    bounds.push(Bound { unknown, at_rest: at_rest[k], area: node.area });
                }
            }
            bound_of.push(numbers);
            replaced.push(pivots.iter().map(|pivot| pivot.map(|p| p.0)).collect());
        }
        let change = Change::new(assemble(rows), bounds);
        Ok(Reduction { change, bound_of, jumps, pivots: replaced })
    }

    /// The change on the part of a rank, whose free unknown k has the number `order[k]` here, with the bounds of all
    /// ranks: of each its unknown on the rank, if it is there, the gap at rest \[m\] and the area \[m2\].
    ///
    /// # Panics
    /// If `order` is not a permutation.
    pub fn part(
        &self,
        order: &[u32],
        bounds: impl Iterator<Item = (Option<usize>, f64, f64)>,
    ) -> Change {
        let mut here = vec![0; order.len()];
        (0u32..).zip(order).for_each(|(local, &number)| here[number as usize] = local);
        let row = |&number: &u32| {
            let (columns, values) = self.change.matrix.row(number as usize);
            let terms = columns.iter().zip(values).map(|(&j, &a)| (here[j as usize], a));
            Some(Combination { terms: terms.collect() })
        };
        let bound = |(unknown, at_rest, area)| Bound { unknown, at_rest, area };
        Change::new(assemble(order.iter().map(row).collect()), bounds.map(bound).collect())
    }

    /// The first active set, see [`nearest`].
    pub fn nearest(&self, surfaces: &[ContactSurface]) -> Vec<bool> {
        let of = |(k, surface)| self.bounds_of(surface, k).map(move |bound| (k, bound.gap));
        nearest(surfaces.iter().enumerate().flat_map(of))
    }

    /// The bounds of surface number `k`, in the order of its nodes.
    pub fn bounds_of<'r>(
        &'r self,
        surface: &'r ContactSurface,
        k: usize,
    ) -> impl Iterator<Item = BoundAt> + Clone + 'r {
        let numbers = surface.nodes.iter().zip(&self.bound_of[k]).zip(&self.pivots[k]);
        numbers.filter_map(|((node, bound), pivot)| {
            let (bound, unknown) = (self.change.bounds[(*bound)?], (*pivot)?);
            let Bound { at_rest, area, .. } = bound;
            Some(BoundAt { node: node.node, unknown, at_rest, area, gap: node.initial_gap })
        })
    }

    /// What multigrid is told of the displacements that gaps replaced, by the places of the unknowns.
    pub(super) fn add_followers(
        &self,
        surfaces: &[ContactSurface],
        places: &[u32],
        follows: &mut Follows,
    ) {
        for (surface, pivots) in surfaces.iter().zip(&self.pivots) {
            for (node, pivot) in surface.nodes.iter().zip(pivots) {
                let Some(pivot) = *pivot else { continue };
                let (columns, values) = self.change.matrix.row(pivot as usize);
                let terms = columns.iter().zip(values).map(|(&j, &a)| (places[j as usize], a));
                let place = places[pivot as usize];
                follows.sums.insert(place, terms.collect());
                if !node.is_corner() {
                    follows.rough.push(place);
                }
            }
        }
        follows.rough.sort_unstable();
    }

    /// The z with y = T z: what a motion y does to the gaps.
    pub fn contract(&self, surfaces: &[ContactSurface], y: &[f64]) -> Vec<f64> {
        let mut z = y.to_vec();
        for ((surface, jumps), pivots) in surfaces.iter().zip(&self.jumps).zip(&self.pivots) {
            let growth: Vec<f64> = jumps
                .iter()
                .map(|jump| jump.free.terms.iter().map(|&(j, a)| a * y[j as usize]).sum())
                .collect();
            let mut height = vec![0.0; growth.len()];
            for (k, node) in surface.nodes.iter().enumerate().filter(|(_, n)| !n.is_corner()) {
                let corners: f64 = node.corners.iter().map(|&(c, shape)| shape * growth[c]).sum();
                height[k] = growth[k] - corners;
            }
            let mut mean = growth.clone();
            for &(corner, middle, integral) in &surface.couplings {
                if pivots[middle].is_some() {
                    mean[corner] += integral / surface.nodes[corner].area * height[middle];
                }
            }
            for (k, pivot) in pivots.iter().enumerate() {
                if let Some(pivot) = pivot {
                    let is_corner = surface.nodes[k].is_corner();
                    z[*pivot as usize] = if is_corner { mean[k] } else { height[k] };
                }
            }
        }
        z
    }
}

/// What each node's gap grows by: the jump along the normal.
fn jumps(space: &Space, surface: &ContactSurface) -> Vec<Jump> {
    let axes = &space.fields()[DISPLACEMENT].axes;
    let jump = |contact: &ContactNode| {
        // On an interface the second side opens the gap and the first closes it.
        let sides = match contact.opposite {
            Some(opposite) if opposite == contact.node => vec![],
            Some(opposite) => vec![(opposite, 1.0), (contact.node, -1.0)],
            None => vec![(contact.node, 1.0)],
        };
        let mut jump = Jump::default();
        for (node, sign) in sides {
            for (&dof, &axis) in space.dofs(DISPLACEMENT, node).iter().zip(axes) {
                let coefficient = sign * contact.normal[axis];
                match (dof as usize).checked_sub(space.free()) {
                    None => jump.free.terms.push((dof, coefficient)),
                    Some(k) => jump.prescribed += coefficient * space.prescribed()[k],
                }
            }
        }
        jump.free.merge();
        jump
    };
    surface.nodes.iter().map(jump).collect()
}

/// What the gaps at the nodes grow by in terms of the new unknowns; nothing where no free displacement
/// can change them.
fn gaps(surface: &ContactSurface, pivots: &[Option<(u32, f64)>]) -> Vec<Combination> {
    let unknown = |pivot: u32| Combination { terms: vec![(pivot, 1.0)] };
    let mut gaps: Vec<Combination> = pivots
        .iter()
        .map(|pivot| pivot.map_or_else(Combination::default, |(pivot, _)| unknown(pivot)))
        .collect();
    for &(corner, middle, integral) in &surface.couplings {
        if let (Some(_), Some((height, _))) = (pivots[corner], pivots[middle]) {
            gaps[corner].add(-integral / surface.nodes[corner].area, &unknown(height));
        }
    }
    for (k, node) in surface.nodes.iter().enumerate() {
        if pivots[k].is_some() {
            for &(corner, shape) in &node.corners {
                let at_corner = gaps[corner].clone();
                gaps[k].add(shape, &at_corner);
            }
        }
    }
    gaps
}

/// The averaged gaps at rest, node by node; at middle nodes the heights over the corners.
fn gaps_at_rest(
    surface: &ContactSurface,
    jumps: &[Jump],
    pivots: &[Option<(u32, f64)>],
) -> Vec<f64> {
    let gap = |k: usize| surface.nodes[k].initial_gap + jumps[k].prescribed;
    let over_corners = |k: usize| {
        let corners = surface.nodes[k].corners.iter();
        gap(k) - corners.map(|&(c, shape)| shape * gap(c)).sum::<f64>()
    };
    let mut at_rest: Vec<f64> = (0..pivots.len()).map(over_corners).collect();
    for &(corner, middle, integral) in &surface.couplings {
        if let (Some(_), Some(_)) = (pivots[corner], pivots[middle]) {
            at_rest[corner] += integral / surface.nodes[corner].area * at_rest[middle];
        }
    }
    at_rest
}

/// The matrix T from the rows of the pivots.
fn assemble(rows: Vec<Option<Combination>>) -> Csr {
    let n = rows.len();
    let (mut start, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    for (i, row) in rows.into_iter().enumerate() {
        let mut row = row.unwrap_or_else(|| Combination { terms: vec![(i as u32, 1.0)] });
        row.merge();
        for (j, a) in row.terms {
            columns.push(j);
            values.push(a);
        }
        start.push(columns.len());
    }
    Csr::new(start, columns, values, n).expect("merged terms are sorted")
}

#[cfg(test)]
mod tests {
    use super::*;
    use fem::{Constraints, Field, Hypothesis};
    use mesh::{CellKind, brick};

    #[test]
    fn contracting_undoes_expanding() {
        let corner = |s: [f64; 3]| [s[0] + 0.1 * s[2] * s[2], s[1], s[2]];
        for kind in [CellKind::Quadrilateral9, CellKind::Hexahedron20, CellKind::Tetrahedron10] {
            let mesh = brick(kind, 2, corner);
            let field = Field::vector("displacement", &mesh);
            let count = mesh.points.len();
            let space = Space::new(vec![field], vec![], count, &Constraints::default()).unwrap();
            let hypothesis =
                if kind.dimension() == 3 { Hypothesis::Spatial } else { Hypothesis::Planar };
            let tilted = |x: [f64; 3]| (x[0] + 1.0, [0.8, 0.0, 0.6]);
            let surface = ContactSurface::rigid(&mesh, hypothesis, 0, tilted).unwrap();
            let reduction = Reduction::new(&mesh, &space, std::slice::from_ref(&surface)).unwrap();
            let z: Vec<f64> = (0..space.free()).map(|i| ((i * 7919) % 101) as f64 - 50.0).collect();
            let mut y = vec![0.0; z.len()];
            reduction.change.matrix.apply(&z, &mut y);
            let back = reduction.contract(&[surface], &y);
            let worst = z.iter().zip(&back).fold(0.0f64, |m, (a, b)| m.max((a - b).abs()));
            assert!(worst < 1e-11, "{kind:?}: {worst}");
        }
    }
}

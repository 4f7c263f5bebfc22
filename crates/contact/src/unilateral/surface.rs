//! Where contact may occur: pairs of nodes, their normals, gaps and areas.

use super::{ContactError, Obstacle};
use fem::quadrature::{Rule, facet_rule};
use fem::{Hypothesis, Tables};
use mesh::{FacetBlock, Mesh, nodes_of, reference};

/// A node, and the one opposite on an interface.
type Pair = (u32, Option<u32>);

/// A gap \[m\] as a function of the position \[m\].
pub type Gap<'a> = dyn Fn([f64; 3]) -> f64 + 'a;

/// A node that may touch.
#[derive(Clone, Debug)]
pub struct ContactNode {
    /// The node; on an interface, that of the first side.
    pub node: u32,
    /// The node opposite, on an interface.
    pub opposite: Option<u32>,
    /// Unit vector along which the gap opens when the second side moves along it (interface), or the
    /// body does (obstacle).
    pub normal: [f64; 3],
    /// Gap before loading \[m\].
    pub initial_gap: f64,
    /// D, the integral of the corner's shape function \[m2\], with the weight of the symmetry; zero at a
    /// middle node.
    pub area: f64,
    /// At a middle node: the corners of a facet and their shape functions there. Empty at a corner.
    pub(super) corners: Vec<(usize, f64)>,
}

impl ContactNode {
    /// At a middle node, the corners of a facet, as places in [`ContactSurface::nodes`], and their
    /// shape functions there; empty at a corner.
    pub fn corners(&self) -> &[(usize, f64)] {
        &self.corners
    }

    /// True at a corner, where the pressure lives.
    pub fn is_corner(&self) -> bool {
        self.corners.is_empty()
    }
}

/// The nodes of an interface or boundary on which contact may occur.
#[derive(Clone, Debug)]
pub struct ContactSurface {
    /// Name of the interface or boundary.
    pub name: String,
    /// Its nodes, in increasing order.
    pub nodes: Vec<ContactNode>,
    /// (corner, middle, B) with B the integral of phi_corner N_middle \[m2\], sorted.
    pub(super) couplings: Vec<(usize, usize, f64)>,
}

impl ContactSurface {
    /// Both sides of interface number `interface`, farther apart by `gap(x)` \[m\] before loading than
    /// they are in the mesh.
    ///
    /// # Errors
    /// [`ContactError::Overlap`] for a negative gap.
    pub fn interface(
        mesh: &Mesh,
        hypothesis: Hypothesis,
        interface: usize,
        gap: impl Fn([f64; 3]) -> f64,
    ) -> Result<Self, ContactError> {
        Self::interfaces(mesh, hypothesis, &[(interface, &gap)])
    }

    /// Both sides of several interfaces, which may share nodes; each with its number and gap as for
    /// [`ContactSurface::interface`]. Where they share a pair of nodes the first gap counts.
    ///
    /// # Errors
    /// [`ContactError::Overlap`] for a negative gap.
    pub fn interfaces(
        mesh: &Mesh,
        hypothesis: Hypothesis,
        interfaces: &[(usize, &Gap<'_>)],
    ) -> Result<Self, ContactError> {
        let all = || interfaces.iter().map(|(i, _)| &mesh.interfaces[*i]);
        let side = |k: usize| -> Vec<FacetBlock> {
            all().flat_map(|i| i.sides[k].iter().cloned()).collect()
        };
        let (first, second) = (side(0), side(1));
        let name = all().map(|i| i.name.as_str()).collect::<Vec<_>>().join(" and ");
        let mut surface = Self::new(mesh, hypothesis, &name, &first, Some(&second));
        surface.average_normals(mesh, &first, &second);
        let gap_of: Vec<(Vec<u32>, &Gap<'_>)> = (interfaces.iter())
            .map(|(i, gap)| (nodes_of(&mesh.interfaces[*i].sides[0]), *gap))
            .collect();
        for node in &mut surface.nodes {
            let x = mesh.points[node.node as usize];
            let across = node.opposite.map_or(x, |other| mesh.points[other as usize]);
            let apart: f64 = (0..3).map(|k| node.normal[k] * (across[k] - x[k])).sum();
            let own = gap_of.iter().find(|(nodes, _)| nodes.binary_search(&node.node).is_ok());
            node.initial_gap = apart + own.map_or(0.0, |(_, gap)| gap(x));
        }
        surface.check_overlap(mesh)
    }

    /// Boundary number `boundary` against a rigid obstacle.
    ///
    /// # Errors
    /// [`ContactError::Overlap`] when they overlap.
    pub fn obstacle(
        mesh: &Mesh,
        hypothesis: Hypothesis,
        boundary: usize,
        obstacle: &Obstacle,
    ) -> Result<Self, ContactError> {
        Self::rigid(mesh, hypothesis, boundary, |x| obstacle.gap(x))
    }

    /// Boundary number `boundary` against a rigid body of any form: `gap(x)` is its gap \[m\] to the
    /// point x before loading, and the unit vector along which the gap opens.
    ///
    /// # Errors
    /// [`ContactError::Overlap`] for a negative gap.
    pub fn rigid(
        mesh: &Mesh,
        hypothesis: Hypothesis,
        boundary: usize,
        gap: impl Fn([f64; 3]) -> (f64, [f64; 3]),
    ) -> Result<Self, ContactError> {
        let boundary = &mesh.boundaries[boundary];
        let mut surface = Self::new(mesh, hypothesis, &boundary.name, &boundary.facets, None);
        for node in &mut surface.nodes {
            (node.initial_gap, node.normal) = gap(mesh.points[node.node as usize]);
            node.normal = without_rounding(node.normal);
        }
        surface.check_overlap(mesh)
    }

    /// Total area \[m2\].
    pub fn area(&self) -> f64 {
        self.nodes.iter().map(|n| n.area).sum()
    }

    fn new(
        mesh: &Mesh,
        hypothesis: Hypothesis,
        name: &str,
        here: &[FacetBlock],
        across: Option<&[FacetBlock]>,
    ) -> Self {
        let mut pairs: Vec<Pair> = Vec::new();
        for (b, block) in here.iter().enumerate() {
            let opposite = |k: usize| across.map(|across| across[b].nodes[k]);
            pairs.extend(block.nodes.iter().enumerate().map(|(k, &n)| (n, opposite(k))));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let number =
            |pair: Pair| pairs.binary_search(&pair).expect("every pair of the facets is listed");
        let mut nodes: Vec<ContactNode> = pairs
            .iter()
            .map(|&(node, opposite)| ContactNode {
                node,
                opposite,
                normal: [0.0; 3],
                initial_gap: 0.0,
                area: 0.0,
                corners: Vec::new(),
            })
            .collect();
        let mut couplings = Vec::new();
        for (b, block) in here.iter().enumerate() {
            let (count, corners) = (block.kind.node_count(), block.kind.corner_count());
            let rule = facet_rule(block.kind);
            let tables = Tables::new(block.kind, &rule);
            let at_corners: Vec<Vec<f64>> =
                rule.points.iter().map(|&p| reference::values(block.kind.linear(), p)).collect();
            let at_middles: Vec<Vec<f64>> = reference::nodes(block.kind)[corners..]
                .iter()
                .map(|&p| reference::values(block.kind.linear(), p))
                .collect();
            for (f, facet) in block.facets().enumerate() {
                let opposite = |k: usize| across.map(|across| across[b].nodes[f * count + k]);
                let numbers: Vec<usize> =
                    (0..count).map(|k| number((facet[k], opposite(k)))).collect();
                let x: Vec<[f64; 3]> = facet.iter().map(|&n| mesh.points[n as usize]).collect();
                for (q, phi) in at_corners.iter().enumerate() {
                    let (_, weight) = tables.facet_normal(q, &x, mesh.axes);
                    let w = weight * hypothesis.weight(tables.position(q, &x), mesh.axes);
                    for (&c, phi) in numbers.iter().zip(phi) {
                        nodes[c].area += w * phi;
                        for (&m, n) in numbers.iter().zip(tables.values_at(q)).skip(corners) {
                            couplings.push((c, m, w * phi * n));
                        }
                    }
                }
                for (&m, phi) in numbers[corners..].iter().zip(&at_middles) {
                    nodes[m].corners = numbers.iter().copied().zip(phi.iter().copied()).collect();
                }
            }
        }
        // A stable sort keeps the order of the facets, and with it the sums.
        couplings.sort_by_key(|c| (c.0, c.1));
        couplings.dedup_by(|next, kept| {
            let same = (next.0, next.1) == (kept.0, kept.1);
            if same {
                kept.2 += next.2;
            }
            same
        });
        ContactSurface { name: name.to_owned(), nodes, couplings }
    }

    /// Sets the normal of each node to the mean of its facets'.
    fn average_normals(&mut self, mesh: &Mesh, here: &[FacetBlock], across: &[FacetBlock]) {
        let mut sums: Vec<(Pair, [f64; 3])> = Vec::new();
        for (block, opposite) in here.iter().zip(across) {
            let n = block.kind.node_count();
            let at_nodes =
                Rule { points: reference::nodes(block.kind).to_vec(), weights: vec![1.0; n] };
            let tables = Tables::new(block.kind, &at_nodes);
            let inner = Tables::new(block.kind, &facet_rule(block.kind));
            for (facet, others) in block.facets().zip(opposite.facets()) {
                let x: Vec<[f64; 3]> = facet.iter().map(|&n| mesh.points[n as usize]).collect();
                // Where middle nodes lie at a quarter of an edge the facet has no normal at a corner.
                let (inside, size) = inner.facet_normal(0, &x, mesh.axes);
                for (q, (&node, &other)) in facet.iter().zip(others).enumerate() {
                    let (normal, area) = tables.facet_normal(q, &x, mesh.axes);
                    let is_defined = area > 1e-9 * size;
                    sums.push(((node, Some(other)), if is_defined { normal } else { inside }));
                }
            }
        }
        sums.sort_by_key(|s| s.0);
        for (pair, node) in sums.chunk_by(|a, b| a.0 == b.0).zip(&mut self.nodes) {
            let sum = pair.iter().fold([0.0; 3], |sum, (_, n)| [0, 1, 2].map(|k| sum[k] + n[k]));
            node.normal = without_rounding(sum);
        }
    }

    fn check_overlap(self, mesh: &Mesh) -> Result<Self, ContactError> {
        let size = mesh.points.iter().flatten().fold(0.0, |m: f64, x| m.max(x.abs()));
        let least = self.nodes.iter().min_by(|a, b| a.initial_gap.total_cmp(&b.initial_gap));
        match least {
            Some(node) if node.initial_gap.is_nan() || node.initial_gap < -1e-12 * size => {
                let at = mesh.points[node.node as usize];
                Err(ContactError::Overlap { surface: self.name, gap: node.initial_gap, at })
            }
            _ => Ok(self),
        }
    }
}

/// The unit vector along `v`, without components that are rounding.
fn without_rounding(v: [f64; 3]) -> [f64; 3] {
    let length = |v: [f64; 3]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let size = length(v);
    let v = v.map(|x| if x.abs() < 1e-13 * size { 0.0 } else { x });
    let size = length(v);
    v.map(|x| x / size)
}

//! Where two bodies, or a body and an obstacle, lie opposite each other in the section.

use super::section::Section;
use crate::results::{Field, Profile, Results};
use mesh::{FacetBlock, Mesh, nodes_of};

/// A point of a contact in the section.
#[derive(Clone, Copy, Debug)]
pub struct ContactPoint {
    /// Position on the first side before loading \[m\].
    pub x: [f64; 2],
    /// Displacements of the first and of the second side \[m\]; an obstacle stays.
    pub u: [[f64; 2]; 2],
    /// Unit normal out of the first side.
    pub normal: [f64; 2],
    /// Gap before loading \[m\].
    pub initial: f64,
    /// The part of it that is in the mesh \[m\].
    pub apart: f64,
    /// Gap under load \[m\].
    pub gap: f64,
}

/// A contact in the section.
pub struct ContactLine {
    pub name: String,
    /// The region of the second side; none for an obstacle.
    pub second: Option<u32>,
    pub segments: Vec<[ContactPoint; 2]>,
}

/// The contacts of which the run has a profile with a gap. The gap before loading is not in the
/// results: it is the gap of the profile less the normal jump of the displacement.
pub fn contact_lines(results: &Results, section: &Section) -> Vec<ContactLine> {
    let mesh = &results.mesh;
    let Some(displacement) = results.field("displacement").filter(|f| f.components == 3) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    for profile in results.profiles.iter().filter(|p| p.suffix.is_empty()) {
        let Some(gaps) = Gaps::of(profile) else { continue };
        let line = match (mesh.interface(&profile.name), mesh.boundary(&profile.name)) {
            (Some(i), _) => {
                let pairs = Nodes::new(mesh, displacement, &i.sides[0], Some(&i.sides[1]), &gaps);
                (Some(i.regions[1]), pairs.segments(section, mesh, &i.sides[0]))
            }
            (None, Some(b)) => {
                let nodes = Nodes::new(mesh, displacement, &b.facets, None, &gaps);
                (None, nodes.segments(section, mesh, &b.facets))
            }
            (None, None) => continue,
        };
        let (second, segments) = line;
        let gap_anywhere = segments.iter().flatten().any(|p| p.gap != 0.0);
        // A boundary under a given pressure has no gap and no obstacle.
        if !segments.is_empty() && (second.is_some() || gap_anywhere) {
            lines.push(ContactLine { name: profile.name.clone(), second, segments });
        }
    }
    lines
}

/// The gaps of a profile by position: its rows are nodes of the mesh.
struct Gaps(Vec<([u64; 3], f64)>);

impl Gaps {
    fn of(profile: &Profile) -> Option<Gaps> {
        let column = |name| profile.column(name).map(|c| &c.values);
        let (x, y, z) = (column("x")?, column("y")?, column("z")?);
        let positions = x.iter().zip(y).zip(z).map(|((&x, &y), &z)| key([x, y, z]));
        let mut rows: Vec<_> = positions.zip(column("gap")?.iter().copied()).collect();
        rows.sort_by_key(|row| row.0);
        Some(Gaps(rows))
    }

    fn at(&self, x: [f64; 3]) -> Option<f64> {
        let found = self.0.binary_search_by_key(&key(x), |row| row.0);
        found.ok().map(|k| self.0[k].1).filter(|gap| gap.is_finite())
    }
}

fn key(x: [f64; 3]) -> [u64; 3] {
    // Both zeros are one place.
    x.map(|c| (c + 0.0).to_bits())
}

/// What is known at the nodes of the first side: the displacement of the second, the normal, the gap
/// before loading and its part in the mesh.
struct Nodes<'a> {
    displacement: &'a Field,
    /// In increasing order.
    nodes: Vec<u32>,
    values: Vec<[f64; 8]>,
}

impl<'a> Nodes<'a> {
    fn new(
        mesh: &Mesh,
        displacement: &'a Field,
        first: &[FacetBlock],
        second: Option<&[FacetBlock]>,
        gaps: &Gaps,
    ) -> Nodes<'a> {
        let nodes = nodes_of(first);
        let mut opposite = vec![None; nodes.len()];
        let mut normals = vec![[0.0; 3]; nodes.len()];
        let place = |node: &u32| nodes.binary_search(node).ok();
        for (b, block) in first.iter().enumerate() {
            for facet in block.facets() {
                let normal = normal(mesh, facet);
                for k in facet.iter().filter_map(place) {
                    (0..3).for_each(|c| normals[k][c] += normal[c]);
                }
            }
            if let Some(other) = second.and_then(|s| s.get(b)) {
                for (node, &across) in block.nodes.iter().zip(&other.nodes) {
                    if let Some(k) = place(node) {
                        opposite[k] = Some(across as usize);
                    }
                }
            }
        }
        let values = (nodes.iter().zip(&opposite).zip(normals)).map(|((&node, &other), normal)| {
            let node = node as usize;
            let length = dot(normal, normal).sqrt();
            let n = normal.map(|c| if length > 0.0 { c / length } else { 0.0 });
            let (x, u) = (mesh.points[node], vector(displacement, node));
            let across = other.map_or(x, |o| mesh.points[o]);
            let v = other.map_or([0.0; 3], |o| vector(displacement, o));
            let jump = dot(n, v) - dot(n, u);
            let initial = gaps.at(x).map_or(0.0, |gap| gap - jump);
            let apart = dot(n, across) - dot(n, x);
            [v[0], v[1], v[2], n[0], n[1], n[2], initial, apart]
        });
        let values = values.collect();
        Nodes { displacement, nodes, values }
    }

    fn segments(
        &self,
        section: &Section,
        mesh: &Mesh,
        facets: &[FacetBlock],
    ) -> Vec<[ContactPoint; 2]> {
        let nodal = |node: usize| -> [f64; 14] {
            let known = self.nodes.binary_search(&(node as u32)).map(|k| self.values[k]);
            let known = known.unwrap_or([0.0; 8]);
            let (x, u) = (mesh.points[node], vector(self.displacement, node));
            std::array::from_fn(|k| match k {
                0..3 => x[k],
                3..6 => u[k - 3],
                _ => known[k - 6],
            })
        };
        let point = |p: [f64; 14]| {
            let three = |from: usize| [p[from], p[from + 1], p[from + 2]];
            let (u, v, n) = (three(3), three(6), three(9));
            ContactPoint {
                x: section.project(&three(0)),
                u: [section.project(&u), section.project(&v)],
                normal: section.project(&n),
                initial: p[12],
                apart: p[13],
                gap: p[12] + dot(n, v) - dot(n, u),
            }
        };
        let segments = section.segments(mesh, facets, nodal);
        segments.into_iter().map(|ends| ends.map(point)).collect()
    }
}

/// The displacement of a node; zero where it is not finite.
pub fn vector(field: &Field, node: usize) -> [f64; 3] {
    let finite = |k: usize| field.values.get(3 * node + k).copied().filter(|v| v.is_finite());
    std::array::from_fn(|k| finite(k).unwrap_or(0.0))
}

/// A normal out of a facet's owner, as long as the facet is large; of its chord where it is curved.
fn normal(mesh: &Mesh, facet: &[u32]) -> [f64; 3] {
    let x = |k: usize| mesh.points[facet[k] as usize];
    let edge = |k: usize| -> [f64; 3] { std::array::from_fn(|c| x(k)[c] - x(0)[c]) };
    let a = edge(1);
    if mesh.dimension == 2 {
        // To the right of the direction of travel, see `mesh::CellKind::facets`.
        let mut n = [0.0; 3];
        n[mesh.axes[0]] = a[mesh.axes[1]];
        n[mesh.axes[1]] = -a[mesh.axes[0]];
        return n;
    }
    let b = edge(2);
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

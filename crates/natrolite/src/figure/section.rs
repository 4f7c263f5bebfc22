//! The plane in which a mesh is shown: the mesh itself in 2-D, a cut in 3-D.

use super::tessellation::Tessellation;
use crate::results::Symmetry;
use mesh::{CellKind, FacetBlock, Mesh};

/// A triangle of the section with the values of a nodal field at its corners.
#[derive(Clone, Copy, Debug)]
pub struct Triangle {
    pub corners: [[f64; 2]; 3],
    pub values: [f64; 3],
    pub region: u32,
}

/// The trace of a boundary or interface in the section.
#[derive(Clone, Debug)]
pub struct Trace {
    pub name: String,
    pub segments: Vec<[[f64; 2]; 2]>,
}

/// A plane with two axes in it.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Which coordinates run to the right and up.
    pub axes: [usize; 2],
    /// In 3-D, the coordinate that is constant, its value, and on which side cells that only touch
    /// the plane must lie to be shown.
    cut: Option<Cut>,
    /// Whether the body goes on, mirrored, at the left of coordinate 0.
    pub mirrored: bool,
}

#[derive(Clone, Copy, Debug)]
struct Cut {
    axis: usize,
    level: f64,
    sign: f64,
    /// Distances below this are zero.
    tolerance: f64,
}

impl Cut {
    /// Distance from the plane, counted so that a cell is cut when it has points on both sides and
    /// points on the plane count as positive.
    fn distance(&self, x: [f64; 3]) -> f64 {
        let s = self.sign * (x[self.axis] - self.level);
        if s.abs() < self.tolerance { 0.0 } else { s }
    }
}

impl Section {
    /// The section of a mesh: for a 3-D one the plane y = 0, or the middle where the body does not
    /// reach that plane. None for a mesh without points.
    pub fn of(mesh: &Mesh, symmetry: Symmetry) -> Option<Section> {
        let (low, high) = bounds(mesh)?;
        let (axes, cut) = match mesh.dimension {
            3 => {
                let extent = (0..3).map(|k| high[k] - low[k]).fold(0.0, f64::max);
                let tolerance = 1e-9 * extent;
                let reaches = low[1] <= tolerance && high[1] >= -tolerance;
                let level = if reaches { 0.0 } else { 0.5 * (low[1] + high[1]) };
                // Of cells on both sides, one layer is enough; at a face of the body, the cells are
                // on one side only.
                let sign = if high[1] > level + tolerance { -1.0 } else { 1.0 };
                ([0, 2], Some(Cut { axis: 1, level, sign, tolerance }))
            }
            _ => (mesh.axes, None),
        };
        let at_axis = low[axes[0]].abs() <= 1e-9 * (high[axes[0]] - low[axes[0]]);
        let symmetric = symmetry == Symmetry::Axisymmetric || mesh.boundary("symmetry_x").is_some();
        Some(Section { axes, cut, mirrored: at_axis && symmetric })
    }

    /// The plane z = `level` of a body in 3-D, seen from above.
    pub fn horizontal(mesh: &Mesh, level: f64) -> Option<Section> {
        let (low, high) = bounds(mesh)?;
        let extent = (0..3).map(|k| high[k] - low[k]).fold(0.0, f64::max);
        let cut = Cut { axis: 2, level, sign: 1.0, tolerance: 1e-9 * extent };
        let is_inside = mesh.dimension == 3 && level >= low[2] && level <= high[2];
        is_inside.then_some(Section { axes: [0, 1], cut: Some(cut), mirrored: false })
    }

    /// Names of the axes.
    pub fn axis_names(&self, symmetry: Symmetry) -> [&'static str; 2] {
        let names = self.axes.map(|k| ["x", "y", "z"][k.min(2)]);
        match symmetry {
            Symmetry::Axisymmetric if !self.mirrored => ["r", names[1]],
            _ => names,
        }
    }

    /// Calls `show` for every triangle of the section; cells whose bounding box in the section lies
    /// outside `window` (lower left, upper right corner) are left out.
    pub fn for_each_triangle(
        &self,
        mesh: &Mesh,
        field: &[f64],
        window: [[f64; 2]; 2],
        mut show: impl FnMut(Triangle),
    ) {
        let nodal = |node: usize| {
            let x = mesh.points[node];
            [x[0], x[1], x[2], field[node]]
        };
        self.for_each_patch(mesh, nodal, window, |corners, region| {
            show(Triangle {
                corners: corners.map(|p| self.project(&p)),
                values: corners.map(|p| p[3]),
                region,
            });
        });
    }

    /// Calls `show` for every triangle of the section and its region, with the `P` numbers that
    /// `nodal` gives at nodes carried to the corners; the first three are the coordinates.
    pub fn for_each_patch<const P: usize>(
        &self,
        mesh: &Mesh,
        nodal: impl Fn(usize) -> [f64; P],
        window: [[f64; 2]; 2],
        mut show: impl FnMut([[f64; P]; 3], u32),
    ) {
        let mut points = Vec::new();
        for block in &mesh.blocks {
            if block.kind.dimension() != mesh.dimension {
                continue;
            }
            let cut = Tessellation::new(block.kind, subdivisions(block.kind));
            for nodes in block.cells() {
                if !self.is_visible(mesh, nodes, window) {
                    continue;
                }
                cut.interpolate(nodes, &nodal, &mut points);
                for simplex in &cut.simplices {
                    let corners = &simplex[..=cut.dimension];
                    self.cross(corners, &points, &mut |corners| show(corners, block.region));
                }
            }
        }
    }

    /// The traces of all boundaries and interfaces that meet the section in lines.
    pub fn traces(&self, mesh: &Mesh) -> Vec<Trace> {
        let sets = mesh.boundaries.iter().map(|b| (&b.name, &b.facets));
        let sets = sets.chain(mesh.interfaces.iter().map(|i| (&i.name, &i.sides[0])));
        let at = |node: usize| mesh.points[node];
        let mut traces = Vec::new();
        for (name, facets) in sets {
            let segments = self.segments(mesh, facets, at);
            if !segments.is_empty() {
                let segments = segments.iter().map(|ends| ends.map(|p| self.project(&p))).collect();
                traces.push(Trace { name: name.clone(), segments });
            }
        }
        traces
    }

    /// The segments in which facets meet the section, with the `P` numbers that `nodal` gives at
    /// nodes carried to their ends; the first three are the coordinates.
    pub fn segments<const P: usize>(
        &self,
        mesh: &Mesh,
        facets: &[FacetBlock],
        nodal: impl Fn(usize) -> [f64; P],
    ) -> Vec<[[f64; P]; 2]> {
        let everywhere = [[f64::NEG_INFINITY; 2], [f64::INFINITY; 2]];
        let (mut segments, mut points) = (Vec::new(), Vec::new());
        for block in facets {
            let cut = Tessellation::new(block.kind, subdivisions(block.kind));
            for nodes in block.facets().filter(|nodes| self.is_visible(mesh, nodes, everywhere)) {
                cut.interpolate(nodes, &nodal, &mut points);
                for simplex in &cut.simplices {
                    let corners = &simplex[..=cut.dimension];
                    self.cross(corners, &points, &mut |ends| segments.push(ends));
                }
            }
        }
        segments
    }

    /// The two coordinates in the section, first those to the right.
    pub fn project<const P: usize>(&self, p: &[f64; P]) -> [f64; 2] {
        self.axes.map(|k| p[k])
    }

    /// Whether a cell or facet may meet the plane within the window.
    pub fn is_visible(&self, mesh: &Mesh, nodes: &[u32], window: [[f64; 2]; 2]) -> bool {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        let (mut negative, mut positive) = (false, false);
        for &node in nodes {
            let x = mesh.points[node as usize];
            for k in 0..2 {
                low[k] = low[k].min(x[self.axes[k]]);
                high[k] = high[k].max(x[self.axes[k]]);
            }
            if let Some(cut) = &self.cut {
                let side = cut.distance(x) >= 0.0;
                positive |= side;
                negative |= !side;
            }
        }
        if self.mirrored {
            // The image on the left is shown as well; the body lies on the right.
            low[0] = low[0].min(-high[0]);
        }
        // A curved edge may reach a little beyond its nodes.
        let inside = (0..2).all(|k| {
            let slack = 0.25 * (high[k] - low[k]);
            low[k] - slack <= window[1][k] && high[k] + slack >= window[0][k]
        });
        inside && (self.cut.is_none() || (negative && positive))
    }

    /// What a simplex has in common with the plane: itself in 2-D, else the simplices with `N`
    /// corners into which the cut falls.
    fn cross<const N: usize, const P: usize>(
        &self,
        corners: &[usize],
        points: &[[f64; P]],
        show: &mut impl FnMut([[f64; P]; N]),
    ) {
        let Some(cut) = &self.cut else {
            if corners.len() == N {
                show(std::array::from_fn(|k| points[corners[k]]));
            }
            return;
        };
        let (mut above, mut below) = (Vec::with_capacity(4), Vec::with_capacity(4));
        for &corner in corners {
            let p = points[corner];
            let s = cut.distance([p[0], p[1], p[2]]);
            if s >= 0.0 { above.push((p, s)) } else { below.push((p, s)) }
        }
        let meet = |(a, s): ([f64; P], f64), (b, t): ([f64; P], f64)| -> [f64; P] {
            let weight = s / (s - t);
            std::array::from_fn(|k| a[k] + weight * (b[k] - a[k]))
        };
        let ring: Vec<[f64; P]> = match (&above[..], &below[..]) {
            // Two and two corners of a tetrahedron: a quadrilateral, walked around.
            (&[a, b], &[c, d]) => vec![meet(a, c), meet(a, d), meet(b, d), meet(b, c)],
            _ => above.iter().flat_map(|&a| below.iter().map(move |&b| meet(a, b))).collect(),
        };
        for k in N..=ring.len() {
            show(std::array::from_fn(|c| if c == 0 { ring[0] } else { ring[k - N + c] }));
        }
    }
}

/// Cuts of an edge: curved cells need four to look curved, planes none.
fn subdivisions(kind: CellKind) -> usize {
    match (kind.order(), kind.dimension()) {
        (2, 3) => 2,
        (2, _) => 4,
        (_, _) if kind == CellKind::Quadrilateral4 => 2,
        _ => 1,
    }
}

fn bounds(mesh: &Mesh) -> Option<([f64; 3], [f64; 3])> {
    let first = *mesh.points.first()?;
    Some(mesh.points.iter().fold((first, first), |(low, high), x| {
        (std::array::from_fn(|k| low[k].min(x[k])), std::array::from_fn(|k| high[k].max(x[k])))
    }))
}

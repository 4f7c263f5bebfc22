//! Shape quality of cells, and whether any is inverted.
//!
//! The scaled Jacobian at a point is det(t_1, ..., t_d) / (|t_1| ... |t_d|) over its value for the
//! ideal cell, where t_k are the tangents along the edges that meet in a corner: 1 for an equilateral
//! simplex, a square or a cube (a prism with equilateral ends and square sides), 0 for a degenerate
//! cell, negative for an inverted one. The ideal values are sqrt(3)/2 for triangles and prisms,
//! sqrt(2)/2 for tetrahedra and 1 otherwise. Source: P. M. Knupp, *Int. J. Numer. Meth. Engng* 48
//! (2000) 401, and the metric of the same name in C. J. Stimpson et al., *The Verdict Geometric
//! Quality Library*, SAND2007-1751 (2007), extended to curved cells by taking the tangents of the
//! isoparametric map.
//!
//! It is taken at every node and at the centre: at a corner with the edges that meet there, elsewhere
//! with the directions of the edges that meet in the corners. The quality of a cell is the smallest.

use crate::straight::is_straight;
use crate::{Block, CellKind, Mesh, MeshError, Position, reference};
use rayon::prelude::*;

/// Scaled Jacobians at or below this count as zero: rounding.
pub(crate) const DEGENERATE: f64 = 1e-12;

/// Cells per parallel task.
const CHUNK: usize = 1024;

/// Quality of the worst cell and how the others are distributed.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// Smallest scaled Jacobian.
    pub minimum: f64,
    /// The (first) cell that has it: its number over the whole mesh.
    pub cell: usize,
    /// Index of that cell's region.
    pub region: u32,
    /// Mean of that cell's corners \[m\].
    pub position: [f64; 3],
    /// Number of cells with a scaled Jacobian in \[k/10, (k+1)/10), the last closed; those below
    /// zero are counted in the first.
    pub histogram: [usize; 10],
}

/// Three directions in reference coordinates (two in 2-D), positively oriented.
type Frame = [[f64; 3]; 3];

/// Where the scaled Jacobian of a kind of cell is taken.
pub(crate) struct Probes {
    kind: CellKind,
    ideal: f64,
    /// Gradients of the shape functions at a point, and the frames there.
    points: Vec<(Vec<[f64; 3]>, Vec<Frame>)>,
    /// For cells of this kind with straight sides.
    straight: Option<Box<Probes>>,
}

impl Probes {
    pub fn new(kind: CellKind) -> Self {
        let corners = kind.corner_count();
        let frames: Vec<Frame> = (0..corners).map(|i| corner_frame(kind.linear(), i)).collect();
        let (ideal, distinct) = match kind.linear() {
            CellKind::Triangle3 => (0.75f64.sqrt(), 3),
            CellKind::Tetrahedron4 => (0.5f64.sqrt(), 4),
            CellKind::Prism6 => (0.75f64.sqrt(), 3),
            _ => (1.0, 1),
        };
        let centre = reference::centre(kind);
        if matches!(kind, CellKind::Triangle3 | CellKind::Tetrahedron4) {
            // The tangents are the same everywhere.
            let points = vec![(reference::gradients(kind, centre), frames)];
            return Probes { kind, ideal, points, straight: None };
        }
        let straight = matches!(kind, CellKind::Triangle6 | CellKind::Tetrahedron10)
            .then(|| Box::new(Probes::new(kind.linear())));
        let at = reference::nodes(kind).iter().chain([&centre]);
        let points = at.enumerate().map(|(i, &x)| {
            let frames = if i < corners { &frames[i..=i] } else { &frames[..distinct] };
            (reference::gradients(kind, x), frames.to_vec())
        });
        Probes { kind, ideal, points: points.collect(), straight }
    }

    /// Smallest and largest scaled Jacobian of a cell with these nodes.
    pub fn range(&self, nodes: &[u32], points: &[[f64; 3]], axes: [usize; 2]) -> [f64; 2] {
        if let (CellKind::Tetrahedron4, &[a, b, c, d]) = (self.kind, nodes) {
            let range = tetrahedron_range([a, b, c, d].map(|n| points[n as usize]));
            return range.map(|value| value / self.ideal);
        }
        match &self.straight {
            Some(simple) if is_straight(self.kind, nodes, points) => {
                simple.range(nodes, points, axes)
            }
            _ => self.full_range(nodes, points, axes),
        }
    }

    /// True only for a cell whose scaled Jacobian is above [`DEGENERATE`] everywhere, and not for all of
    /// these: a glance at tetrahedra with straight sides.
    pub fn is_surely_sound(&self, nodes: &[u32], points: &[[f64; 3]]) -> bool {
        let (CellKind::Tetrahedron4, &[a, b, c, d]) = (self.kind, nodes) else { return false };
        let [a, b, c, d] = [a, b, c, d].map(|n| points[n as usize]);
        let edge = |x: [f64; 3], y: [f64; 3]| [y[0] - x[0], y[1] - x[1], y[2] - x[2]];
        let square = |a: [f64; 3]| a[0] * a[0] + a[1] * a[1] + a[2] * a[2];
        let edges = [edge(a, b), edge(a, c), edge(a, d)];
        let longest = edges.iter().fold(0.0, |l, &e| square(e).max(l));
        // In each corner one of these edges meets others of at most twice the longest, so that no product of three
        // squares is above 16 times the cube of its square. The rest of 256 is room for rounding.
        let determinant = determinant(edges);
        determinant > 0.0
            && determinant * determinant > 256.0 * DEGENERATE * DEGENERATE * longest.powi(3)
    }

    fn full_range(&self, nodes: &[u32], points: &[[f64; 3]], axes: [usize; 2]) -> [f64; 2] {
        let mut range = [f64::INFINITY, f64::NEG_INFINITY];
        for (gradients, frames) in &self.points {
            let mut jacobian = [[0.0; 3]; 3];
            for (&node, gradient) in nodes.iter().zip(gradients) {
                let x = points[node as usize];
                for k in 0..3 {
                    for c in 0..3 {
                        jacobian[k][c] += gradient[k] * x[c];
                    }
                }
            }
            for frame in frames {
                let t = frame.map(|d| {
                    std::array::from_fn(|c| (0..3).map(|k| d[k] * jacobian[k][c]).sum::<f64>())
                });
                let value = match self.kind.dimension() {
                    2 => planar_ratio(t, axes),
                    _ => solid_ratio(t),
                } / self.ideal;
                // A cell with two nodes in one place has no direction there: degenerate.
                let value = if value.is_finite() { value } else { 0.0 };
                range = [range[0].min(value), range[1].max(value)];
            }
        }
        range
    }
}

/// Smallest and largest ratio in a tetrahedron with straight sides: its determinant is the same in every
/// corner, over the product of the edges that meet there.
fn tetrahedron_range(x: [[f64; 3]; 4]) -> [f64; 2] {
    let (determinant, products) = corners_of(x);
    let least = products.iter().copied().fold(f64::INFINITY, f64::min);
    let most = products.iter().copied().fold(0.0, f64::max);
    let [low, high] = [most, least].map(|product| {
        let value = determinant / product.sqrt();
        // Two nodes in one place: degenerate.
        if value.is_finite() { value } else { 0.0 }
    });
    [low.min(high), low.max(high)]
}

/// The determinant of a tetrahedron, and for each corner the product of the squares of the edges that meet there.
#[inline(always)]
fn corners_of(x: [[f64; 3]; 4]) -> (f64, [f64; 4]) {
    let edge = |i: usize, j: usize| -> [f64; 3] { std::array::from_fn(|k| x[j][k] - x[i][k]) };
    let square = |a: [f64; 3]| a[0] * a[0] + a[1] * a[1] + a[2] * a[2];
    let from_first = [edge(0, 1), edge(0, 2), edge(0, 3)];
    let [a, b, c] = from_first.map(square);
    let [d, e, f] = [edge(1, 2), edge(1, 3), edge(2, 3)].map(square);
    (determinant(from_first), [a * b * c, a * d * e, b * d * f, c * e * f])
}

/// The worst of some tetrahedra with straight sides, found by squares without a root each.
fn worst(cells: &[[u32; 4]], points: &[[f64; 3]]) -> [u32; 4] {
    let mut worst = (f64::INFINITY, cells[0]);
    for cell in cells {
        let (determinant, products) = corners_of(cell.map(|n| points[n as usize]));
        // What makes the ratio smallest: of an inverted cell it is the shortest edges.
        let product = if determinant < 0.0 {
            products.into_iter().fold(f64::INFINITY, f64::min)
        } else {
            products.into_iter().fold(0.0, f64::max)
        };
        let ratio = determinant * determinant.abs() / product;
        // Two nodes in one place: degenerate.
        let ratio = if ratio.is_finite() { ratio } else { 0.0 };
        if ratio < worst.0 {
            worst = (ratio, *cell);
        }
    }
    worst.1
}

fn norm(a: [f64; 3]) -> f64 {
    a.iter().map(|a| a * a).sum::<f64>().sqrt()
}

fn planar_ratio(t: Frame, [a, b]: [usize; 2]) -> f64 {
    (t[0][a] * t[1][b] - t[0][b] * t[1][a]) / (norm(t[0]) * norm(t[1]))
}

fn solid_ratio(t: Frame) -> f64 {
    determinant(t) / (norm(t[0]) * norm(t[1]) * norm(t[2]))
}

fn determinant([a, b, c]: Frame) -> f64 {
    a[0] * (b[1] * c[2] - b[2] * c[1])
        + a[1] * (b[2] * c[0] - b[0] * c[2])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
}

/// The edges that meet in a corner of a linear cell.
fn corner_frame(kind: CellKind, corner: usize) -> Frame {
    let nodes = reference::nodes(kind);
    let d = kind.dimension();
    let mut frame = [[0.0; 3], [0.0; 3], [0.0, 0.0, 1.0]];
    let mut found = 0;
    for node in nodes {
        let edge: [f64; 3] = std::array::from_fn(|k| node[k] - nodes[corner][k]);
        let along = edge.iter().filter(|e| **e != 0.0).count();
        let is_edge = match kind {
            CellKind::Triangle3 | CellKind::Tetrahedron4 => along > 0,
            CellKind::Prism6 => along > 0 && (edge[2] == 0.0 || along == 1),
            _ => along == 1,
        };
        if is_edge && found < d {
            frame[found] = edge;
            found += 1;
        }
    }
    if determinant(frame) < 0.0 {
        frame.swap(0, 1);
    }
    frame
}

/// Mean of a cell's corners \[m\].
pub(crate) fn position(kind: CellKind, nodes: &[u32], points: &[[f64; 3]]) -> Position {
    let corners = &nodes[..kind.corner_count()];
    Position(std::array::from_fn(|k| {
        corners.iter().map(|&n| points[n as usize][k]).sum::<f64>() / corners.len() as f64
    }))
}

/// The quality (smallest scaled Jacobian) of every cell, in the order of the cells.
pub fn scaled_jacobians(mesh: &Mesh) -> Vec<f64> {
    let mut all = Vec::with_capacity(mesh.cell_count());
    for block in &mesh.blocks {
        let probes = Probes::new(block.kind);
        let first = all.len();
        all.resize(first + block.len(), 0.0);
        let nodes = block.nodes.par_chunks(CHUNK * block.kind.node_count());
        all[first..].par_chunks_mut(CHUNK).zip(nodes).for_each(|(values, nodes)| {
            let cells = nodes.chunks_exact(block.kind.node_count());
            for (value, cell) in values.iter_mut().zip(cells) {
                *value = probes.range(cell, &mesh.points, mesh.axes)[0];
            }
        });
    }
    all
}

/// The worst cell and the distribution of the quality; `None` for a mesh without cells.
pub fn assess(mesh: &Mesh) -> Option<Quality> {
    let values = scaled_jacobians(mesh);
    let mut histogram = [0; 10];
    for value in &values {
        histogram[((value * 10.0).max(0.0) as usize).min(9)] += 1;
    }
    let cell = (0..values.len()).min_by(|&a, &b| values[a].total_cmp(&values[b]))?;
    let mut first = 0;
    for block in &mesh.blocks {
        if cell < first + block.len() {
            let n = block.kind.node_count();
            let nodes = &block.nodes[(cell - first) * n..][..n];
            let Position(position) = position(block.kind, nodes, &mesh.points);
            let (minimum, region) = (values[cell], block.region);
            return Some(Quality { minimum, cell, region, position, histogram });
        }
        first += block.len();
    }
    None
}

/// Smallest scaled Jacobian over all cells; 1 for a mesh without cells.
pub fn minimum(mesh: &Mesh) -> f64 {
    let of_block = |block: &Block| {
        let probes = Probes::new(block.kind);
        let n = block.kind.node_count();
        let of_cell = |nodes: &[u32]| probes.range(nodes, &mesh.points, mesh.axes)[0];
        let of_chunk = |nodes: &[u32]| match (block.kind, nodes.as_chunks::<4>()) {
            (CellKind::Tetrahedron4, (cells, _)) => of_cell(&worst(cells, &mesh.points)).min(1.0),
            _ => nodes.chunks_exact(n).map(of_cell).fold(1.0, f64::min),
        };
        block.nodes.par_chunks(CHUNK * n).map(of_chunk).reduce(|| 1.0, f64::min)
    };
    mesh.blocks.iter().map(of_block).fold(1.0, f64::min)
}

/// Refuses a mesh with an inverted or degenerate cell, naming the worst.
///
/// # Errors
/// [`MeshError::InvertedCell`].
pub fn check(mesh: &Mesh) -> Result<(), MeshError> {
    match assess(mesh) {
        Some(worst) if worst.minimum <= DEGENERATE => Err(MeshError::InvertedCell {
            cell: worst.cell,
            region: mesh.regions[worst.region as usize].clone(),
            at: Position(worst.position),
            quality: worst.minimum,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_never_takes_a_bad_tetrahedron_for_a_sound_one() {
        let probes = Probes::new(CellKind::Tetrahedron4);
        let corner =
            |height: f64| [[0.0; 3], [1e-6, 0.0, 0.0], [0.0, 1e-6, 0.0], [2e-7, 3e-7, height]];
        let mut heights: Vec<f64> = (-20..=0).map(|k| 1e-6 * 10f64.powi(k)).collect();
        heights.extend([0.0, -1e-20, -1e-6]);
        let mut sound = 0;
        for height in heights {
            let (nodes, points) = ([0, 1, 2, 3], corner(height));
            let least = probes.range(&nodes, &points, [0, 1])[0];
            if probes.is_surely_sound(&nodes, &points) {
                assert!(least > DEGENERATE, "{height}: {least}");
                sound += 1;
            }
        }
        assert!(sound >= 11, "{sound}");
        assert!(!probes.is_surely_sound(&[0, 2, 1, 3], &corner(1e-6)), "inverted");
    }

    #[test]
    fn the_minimum_is_that_of_all_cells() {
        // An odd mesh, whose worst tetrahedron is at no end, then with one that is folded, then flat.
        let wavy = |[x, y, z]: [f64; 3]| [x + 0.2 * (9.0 * y).sin() * z, y, z * (1.0 + x)];
        let mut mesh = crate::brick(CellKind::Tetrahedron4, 9, wavy);
        for moved in [0.0, 0.05, 0.3] {
            mesh.points[500][0] += moved;
            let all = scaled_jacobians(&mesh);
            let least = all.iter().copied().fold(1.0, f64::min);
            assert!(least < 0.5 && (moved < 0.3 || least < 0.0), "{least}");
            // Cells that differ by rounding alone may change places.
            assert!((minimum(&mesh) - least).abs() < 1e-15, "{} {least}", minimum(&mesh));
        }
        let cell = mesh.blocks[0].nodes[4000];
        let other = mesh.blocks[0].nodes[4001];
        mesh.points[500] = mesh.points[499];
        mesh.points[cell as usize] = mesh.points[other as usize];
        let least = scaled_jacobians(&mesh).into_iter().fold(1.0, f64::min);
        assert!((minimum(&mesh) - least).abs() < 1e-15, "{} {least}", minimum(&mesh));
    }

    #[test]
    fn of_inverted_cells_the_one_with_short_edges_may_be_worse() {
        // A regular one, and a corner of a box a tenth as high as it is wide, both mirrored.
        let points = vec![
            [0.0, 0.0, 0.0],
            [1.0, 1.0, 0.0],
            [1.0, 0.0, 1.0],
            [0.0, 1.0, 1.0],
            [0.0, 0.0, 0.0],
            [0.0, 1.0, 0.0],
            [1.0, 0.0, 0.0],
            [0.0, 0.0, 0.1],
        ];
        let of = |nodes: &[u32]| Mesh {
            dimension: 3,
            points: points.clone(),
            regions: vec!["all".into()],
            blocks: vec![Block { kind: CellKind::Tetrahedron4, region: 0, nodes: nodes.to_vec() }],
            ..Mesh::default()
        };
        for (nodes, want) in [
            (&[0, 1, 2, 3][..], -1.0),
            (&[4, 5, 6, 7], -(2f64.sqrt())),
            (&[0, 1, 2, 3, 4, 5, 6, 7], -(2f64.sqrt())),
            (&[4, 5, 6, 7, 0, 1, 2, 3], -(2f64.sqrt())),
        ] {
            let least = minimum(&of(nodes));
            assert!((least - want).abs() < 1e-15, "{nodes:?}: {least} for {want}");
        }
    }

    #[test]
    fn tetrahedra_are_as_good_as_in_general() {
        let kind = CellKind::Tetrahedron4;
        let probes = Probes::new(kind);
        let coordinate = |i: usize| ((i * 7919) as f64 * 0.618_034).fract();
        for k in 0..100 {
            let points: Vec<[f64; 3]> =
                (0..4).map(|n| [0, 1, 2].map(|c| coordinate(12 * k + 3 * n + c))).collect();
            let (fast, full) = (
                probes.range(&[0, 1, 2, 3], &points, [0, 1]),
                probes.full_range(&[0, 1, 2, 3], &points, [0, 1]),
            );
            for (a, b) in fast.iter().zip(full) {
                assert!((a - b).abs() < 1e-13, "{fast:?} {full:?}");
            }
        }
        // Two corners in one place.
        let points = [[0.0; 3], [0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
        assert_eq!(probes.range(&[0, 1, 2, 3], &points, [0, 1]), [0.0, 0.0]);
    }
}

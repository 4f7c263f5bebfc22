//! A structured box of cells of any kind, for patch tests, rates of convergence and benchmarks.

use crate::{Block, Boundary, CellKind, FacetBlock, Mesh, reference};

/// The box \[0, 1\]^d cut into `n` cubes along each axis, each cube into cells of `kind` (triangles: 2,
/// prisms: 2, tetrahedra: 6), then moved by `map`, which must keep the orientation.
///
/// Two-dimensional boxes lie in the x-z plane. The region is `body`; boundaries are `x0`, `x1`, `y0`,
/// `y1`, `z0`, `z1`, named before the map (without y in two dimensions).
///
/// # Panics
/// For a line, which is no cell, and when the box has 2^32 nodes or more.
pub fn brick(kind: CellKind, n: usize, map: impl Fn([f64; 3]) -> [f64; 3]) -> Mesh {
    let dimension = kind.dimension();
    assert!(dimension > 1, "a line is not a cell");
    // Every node of every kind lies on the lattice of half steps.
    let side = 2 * n + 1;
    let size = side.pow(dimension as u32);
    assert!(u32::try_from(size).is_ok(), "too many nodes");
    let lattice = |p: [usize; 3]| p[0] + side * (p[1] + side * p[2]);
    let cuts = cuts(kind);
    let mut nodes = Vec::new();
    for cube in 0..n.pow(dimension as u32) {
        let corner = [cube % n, cube / n % n, cube / n / n];
        for cell in &cuts {
            let local = cell.iter().map(|x| {
                lattice(std::array::from_fn(|k| 2 * corner[k] + (2.0 * x[k]).round() as usize))
            });
            nodes.extend(local.map(|l| l as u32));
        }
    }
    let boundaries = boundaries(kind, &nodes, side);
    // Number the nodes that are used.
    let mut number = vec![u32::MAX; size];
    for &l in &nodes {
        number[l as usize] = 0;
    }
    let mut points = Vec::new();
    for (l, slot) in number.iter_mut().enumerate() {
        if *slot == 0 {
            *slot = points.len() as u32;
            let at = |k: u32| (l / side.pow(k) % side) as f64 / (side - 1) as f64;
            let x = if dimension == 2 { [at(0), 0.0, at(1)] } else { [at(0), at(1), at(2)] };
            points.push(map(x));
        }
    }
    let renumber = |nodes: Vec<u32>| nodes.into_iter().map(|l| number[l as usize]).collect();
    let boundaries = boundaries
        .into_iter()
        .map(|mut b| {
            for f in &mut b.facets {
                f.nodes = renumber(std::mem::take(&mut f.nodes));
            }
            b
        })
        .collect();
    Mesh {
        dimension,
        axes: if dimension == 2 { [0, 2] } else { [0, 1] },
        points,
        regions: vec!["body".into()],
        blocks: vec![Block { kind, region: 0, nodes: renumber(nodes) }],
        boundaries,
        ..Mesh::default()
    }
}

/// Positions in the unit cube of the nodes of each cell that a cube is cut into.
fn cuts(kind: CellKind) -> Vec<Vec<[f64; 3]>> {
    const O: [f64; 3] = [0.0, 0.0, 0.0];
    const X: [f64; 3] = [1.0, 0.0, 0.0];
    const Y: [f64; 3] = [0.0, 1.0, 0.0];
    const Z: [f64; 3] = [0.0, 0.0, 1.0];
    const XY: [f64; 3] = [1.0, 1.0, 0.0];
    const XZ: [f64; 3] = [1.0, 0.0, 1.0];
    const YZ: [f64; 3] = [0.0, 1.0, 1.0];
    const XYZ: [f64; 3] = [1.0, 1.0, 1.0];
    let corners: Vec<Vec<[f64; 3]>> = match kind.linear() {
        CellKind::Quadrilateral4 => vec![vec![O, X, XY, Y]],
        CellKind::Triangle3 => vec![vec![O, X, XY], vec![O, XY, Y]],
        CellKind::Hexahedron8 => vec![vec![O, X, XY, Y, Z, XZ, XYZ, YZ]],
        CellKind::Prism6 => vec![vec![O, X, XY, Z, XZ, XYZ], vec![O, XY, Y, Z, XYZ, YZ]],
        // Kuhn's triangulation: one tetrahedron for each order of the three steps.
        _ => [[X, XY], [Y, YZ], [Z, XZ], [XY, Y], [YZ, Z], [XZ, X]]
            .map(|[a, b]| vec![O, a, b, XYZ])
            .to_vec(),
    };
    let linear = kind.linear();
    corners
        .iter()
        .map(|c| {
            reference::nodes(kind)
                .iter()
                .map(|&xi| {
                    let shape = reference::values(linear, xi);
                    std::array::from_fn(|k| shape.iter().zip(c).map(|(n, c)| n * c[k]).sum())
                })
                .collect()
        })
        .collect()
}

/// The facets whose nodes all lie on a side of the lattice.
fn boundaries(kind: CellKind, nodes: &[u32], side: usize) -> Vec<Boundary> {
    let axes = if kind.dimension() == 2 { vec!["x", "z"] } else { vec!["x", "y", "z"] };
    let mut boundaries = Vec::new();
    for (axis, name) in axes.iter().enumerate() {
        for (end, place) in [("0", 0), ("1", side - 1)] {
            let on = |l: u32| l as usize / side.pow(axis as u32) % side == place;
            let mut facets: Vec<FacetBlock> = Vec::new();
            for (cell, nodes) in nodes.chunks_exact(kind.node_count()).enumerate() {
                for (facet, local) in kind.facets() {
                    if local.iter().all(|&k| on(nodes[k as usize])) {
                        let at =
                            facets.iter().position(|b| b.kind == *facet).unwrap_or_else(|| {
                                facets.push(FacetBlock {
                                    kind: *facet,
                                    nodes: vec![],
                                    cells: vec![],
                                });
                                facets.len() - 1
                            });
                        facets[at].nodes.extend(local.iter().map(|&k| nodes[k as usize]));
                        facets[at].cells.push(cell as u32);
                    }
                }
            }
            boundaries.push(Boundary { name: format!("{name}{end}"), facets });
        }
    }
    boundaries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_have_the_nodes_and_facets_that_counting_gives() {
        use CellKind::*;
        // n = 3: lattice nodes (n+1)^d, edges, faces, centres; facets of one side of the box.
        for (kind, cells, nodes, facets) in [
            (Triangle3, 18, 16, 3),
            (Quadrilateral8, 9, 40, 3),
            (Quadrilateral9, 9, 49, 3),
            (Tetrahedron10, 162, 343, 18),
            (Hexahedron8, 27, 64, 9),
            (Hexahedron20, 27, 64 + 3 * 3 * 16, 9),
            (Hexahedron27, 27, 343, 9),
        ] {
            let mesh = brick(kind, 3, |x| x);
            let counts = (mesh.cell_count(), mesh.points.len());
            assert_eq!(counts, (cells, nodes), "{kind:?}");
            for b in &mesh.boundaries {
                assert_eq!(b.facets.iter().map(FacetBlock::len).sum::<usize>(), facets);
            }
        }
    }

    #[test]
    fn prisms_have_triangles_below_and_quadrilaterals_aside() {
        let mesh = brick(CellKind::Prism18, 2, |x| x);
        assert_eq!(mesh.boundary("z0").unwrap().facets[0].kind, CellKind::Triangle6);
        assert_eq!(mesh.boundary("x1").unwrap().facets[0].kind, CellKind::Quadrilateral9);
    }
}

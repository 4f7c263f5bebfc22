//! Small meshes written out here, and what must be said about broken ones.

use crate::{Mesh, MeshError, read_gmsh};

const SQUARES: &str = "$MeshFormat
2.2 0 8
$EndMeshFormat
$PhysicalNames
3
1 1 \"left\"
2 2 \"first\"
1 3 \"middle\"
$EndPhysicalNames
$Nodes
7
1 0 0 0
2 1 0 0
3 2 0 0
4 0 1 0
5 1 1 0
6 2 1 0
9 5 5 5
$EndNodes
$Elements
5
1 15 2 0 1 1
2 1 2 1 1 1 4
3 1 2 3 2 5 2
10 3 2 2 1 1 2 5 4
11 3 2 7 2 2 3 6 5
$EndElements
";

fn read(text: &str) -> Result<Mesh, MeshError> {
    read_gmsh(text.as_bytes(), 1e-6)
}

#[test]
fn two_squares() {
    let mesh = read(SQUARES).unwrap();
    assert_eq!((mesh.dimension, mesh.axes), (2, [0, 1]));
    assert_eq!(mesh.points.len(), 6);
    assert_eq!(mesh.points[5], [2e-6, 1e-6, 0.0]);
    assert_eq!(mesh.regions, ["first", "region_7"]);
    assert_eq!(mesh.blocks[1].nodes, [1, 2, 5, 4]);
    let left = &mesh.boundary("left").unwrap().facets[0];
    assert_eq!((&left.nodes[..], &left.cells[..]), (&[3, 0][..], &[0][..]));
    let middle = &mesh.internal[0].facets[0];
    assert_eq!((&middle.nodes[..], &middle.cells[..]), (&[1, 4][..], &[[0, 1]][..]));
}

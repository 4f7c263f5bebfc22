//! Conduction in cells with straight sides: the same matrix with and without the short way.

use algebra::Csr;
use fem::{
    Constraints, Field, Hypothesis, Law, Placement, Point, Real, Slot, Space, Support, Unknown,
    linear_matrix,
};
use mesh::{Block, CellKind, Mesh, brick};

/// A law that says that it is uniform is evaluated once, and others at all points of quadrature.
struct Conduction {
    tensor: [[f64; 3]; 3],
    says_uniform: bool,
}

impl Law for Conduction {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::gradient(0)] }
    }
    fn is_linear(&self) -> bool {
        true
    }
    fn is_uniform(&self) -> bool {
        self.says_uniform
    }
    fn evaluate<S: Real>(&self, _: &Point, u: &[S], r: &mut [S]) {
        for (r, row) in r.iter_mut().zip(self.tensor) {
            *r = u[0] * row[0] + u[1] * row[1] + u[2] * row[2];
        }
    }
}

const ISOTROPIC: [[f64; 3]; 3] = [[1.7, 0.0, 0.0], [0.0, 1.7, 0.0], [0.0, 0.0, 1.7]];
const SYMMETRIC: [[f64; 3]; 3] = [[2.0, 0.5, 0.0], [0.5, 1.0, 0.25], [0.0, 0.25, 3.0]];
const OTHER: [[f64; 3]; 3] = [[2.0, 0.5, -0.3], [0.1, 1.0, 0.25], [0.7, -0.2, 3.0]];

/// Free columns and prescribed ones; the first twenty nodes are prescribed.
fn matrices(mesh: &Mesh, hypothesis: Hypothesis, law: Conduction) -> [Csr; 2] {
    let fixed = (0..20).map(|node| (Unknown::scalar(0, node), 1.0)).collect();
    let constraints = Constraints { fixed, ..Constraints::default() };
    let fields = vec![Field::scalar("potential")];
    let space = Space::new(fields, vec![], mesh.points.len(), &constraints).expect("no conflict");
    let placement = Placement { term: Box::new(law), support: Support::Region(0) };
    let (free, prescribed) = linear_matrix(mesh, hypothesis, &space, vec![placement]);
    [free, prescribed.expect("some are prescribed")]
}

#[test]
fn both_ways_give_the_same_matrix() {
    use Hypothesis::*;
    let cases = [
        (CellKind::Triangle3, Planar),
        (CellKind::Triangle6, Planar),
        (CellKind::Triangle6, Axisymmetric),
        (CellKind::Tetrahedron4, Spatial),
        (CellKind::Tetrahedron10, Spatial),
        (CellKind::Hexahedron8, Spatial),
    ];
    for (kind, hypothesis) in cases {
        // Bent cells beside straight ones.
        let mesh =
            brick(kind, 6, |[x, y, z]| [x, 1.5 * y, 0.7 * z + 0.1 * (x - 0.5).max(0.0).powi(2)]);
        for tensor in [ISOTROPIC, SYMMETRIC, OTHER] {
            let [short, long] = [true, false].map(|says_uniform| {
                matrices(&mesh, hypothesis, Conduction { tensor, says_uniform })
            });
            for (short, long) in short.iter().zip(&long) {
                assert!(short.same_pattern(long), "{kind:?}");
                assert!(short.nnz() > 10, "{kind:?}: {}", short.nnz());
                let largest = long.values().iter().fold(0.0, |a: f64, b| a.max(b.abs()));
                for (a, b) in short.values().iter().zip(long.values()) {
                    assert!((a - b).abs() < 1e-13 * largest, "{kind:?} {hypothesis:?}: {a} {b}");
                }
            }
        }
    }
}

/// With a corner swapped for another, the cell counts as negative: in the columns of free unknowns, summed edge by edge,
/// and in the prescribed ones.
#[test]
fn an_inverted_cell_has_its_sign_in_all_columns() {
    let sound = brick(CellKind::Tetrahedron4, 6, |[x, y, z]| [x, 1.5 * y, 0.7 * z + 0.1 * x * y]);
    let of = |mesh: &Mesh, tensor, says_uniform| {
        matrices(mesh, Hypothesis::Spatial, Conduction { tensor, says_uniform })
    };
    let mut mesh = sound.clone();
    let cells = mesh.blocks[0].nodes.as_chunks_mut::<4>().0;
    let prescribed = |cell: &&mut [u32; 4]| cell.iter().filter(|node| **node < 20).count() == 2;
    cells.iter_mut().find(prescribed).expect("one has two free corners").swap(0, 1);
    for tensor in [ISOTROPIC, SYMMETRIC] {
        let [short, long] = [true, false].map(|says_uniform| of(&mesh, tensor, says_uniform));
        let before = of(&sound, tensor, true);
        for ((short, long), before) in short.iter().zip(&long).zip(&before) {
            assert!(short.same_pattern(long));
            let largest = long.values().iter().fold(0.0, |a: f64, b| a.max(b.abs()));
            let mut changes = short.values().iter().zip(before.values());
            assert!(changes.any(|(a, b)| (a - b).abs() > 1e-2 * largest));
            for (a, b) in short.values().iter().zip(long.values()) {
                assert!((a - b).abs() < 1e-13 * largest, "{a} {b}");
            }
        }
    }
}

/// Nodes in any order, two hundred of which share an unknown with very many neighbours, that of a metal, and a second law
/// with another such unknown; a third of the cells conducts in its own way.
#[test]
fn edges_and_elements_give_the_same_matrix_whatever_the_numbers() {
    struct Leak;
    impl Law for Leak {
        fn slots(&self) -> &[Slot] {
            const { &[Slot::value(0), Slot::whole(1)] }
        }
        fn is_linear(&self) -> bool {
            true
        }
        fn evaluate<S: Real>(&self, _: &Point, u: &[S], r: &mut [S]) {
            r[0] = (u[0] - u[1]) * 0.3;
            r[1] = S::from(0.0) - r[0];
        }
    }
    let mut mesh = brick(CellKind::Tetrahedron4, 12, |[x, y, z]| [x, 1.5 * y + 0.2 * x * z, z]);
    let nodes = mesh.blocks[0].nodes.split_off(4 * 3456);
    mesh.blocks.push(Block { kind: CellKind::Tetrahedron4, region: 1, nodes });
    mesh.regions.push("other".into());
    assert_eq!([0, 1].map(|b: usize| mesh.blocks[b].len()), [3456, 6912]);
    let top = mesh.boundaries.iter().position(|b| b.name == "z1").expect("it exists");
    let tied = (100..300).map(|node| (Unknown::scalar(0, node), 0)).collect();
    let fixed = (300..330).map(|node| (Unknown::scalar(0, node), 2.0)).collect();
    let constraints = Constraints { tied, fixed, ..Constraints::default() };
    let (fields, whole) = (vec![Field::scalar("potential")], vec!["one".into(), "two".into()]);
    let space = Space::new(fields, whole, mesh.points.len(), &constraints).expect("no conflict");
    let free = space.free() as u32;
    assert_eq!(free, 13 * 13 * 13 - 230 + 2);
    let is_tied = |cell: &&[u32]| cell.iter().all(|node| (100..300).contains(node));
    assert!(mesh.blocks.iter().flat_map(Block::cells).filter(is_tied).count() > 50);
    let orders: [fn(u32, u32) -> u32; 3] =
        [|k, _| k, |k, free| free - 1 - k, |k, free| (k * 1009 + 5) % free];
    for order in orders {
        let mut space = space.clone();
        space.renumber(&(0..free).map(|k| order(k, free)).collect::<Vec<u32>>());
        for tensor in [ISOTROPIC, SYMMETRIC] {
            let [short, long] = [true, false].map(|says_uniform| {
                let law = |tensor| Box::new(Conduction { tensor, says_uniform });
                let placements = vec![
                    Placement { term: law(tensor), support: Support::Region(0) },
                    Placement { term: law(SYMMETRIC), support: Support::Region(1) },
                    Placement { term: Box::new(Leak), support: Support::Boundary(top) },
                ];
                linear_matrix(&mesh, Hypothesis::Spatial, &space, placements).0
            });
            assert!(short.same_pattern(&long));
            let longest = (0..short.nrows()).map(|row| short.row(row).0.len()).max();
            assert!(longest > Some(150), "{longest:?}");
            let largest = long.values().iter().fold(0.0, |a: f64, b| a.max(b.abs()));
            for (a, b) in short.values().iter().zip(long.values()) {
                assert!((a - b).abs() < 1e-13 * largest, "{a} {b}");
            }
        }
    }
}

/// Three functions of the coordinates have a given energy, whatever the cells: the volume times the
/// entries of the tensor.
#[test]
fn linear_potentials_have_the_energy_of_the_volume() {
    for kind in [CellKind::Tetrahedron4, CellKind::Tetrahedron10] {
        let mesh = brick(kind, 8, |[x, y, z]| [x, 1.5 * y, 0.7 * z]);
        let law = Conduction { tensor: SYMMETRIC, says_uniform: true };
        let fields = vec![Field::scalar("potential")];
        let space = Space::new(fields, vec![], mesh.points.len(), &Constraints::default());
        let placement = Placement { term: Box::new(law), support: Support::Region(0) };
        let space = space.expect("no conflict");
        let (a, _) = linear_matrix(&mesh, Hypothesis::Spatial, &space, vec![placement]);
        for (i, row) in SYMMETRIC.iter().enumerate() {
            let x: Vec<f64> = mesh.points.iter().map(|x| x[i]).collect();
            let mut y = vec![0.0; x.len()];
            a.apply(&x, &mut y);
            for (j, entry) in row.iter().enumerate() {
                let energy: f64 = mesh.points.iter().zip(&y).map(|(x, y)| x[j] * y).sum();
                assert!((energy - 1.05 * entry).abs() < 1e-11, "{kind:?} {i} {j}: {energy}");
            }
        }
    }
}

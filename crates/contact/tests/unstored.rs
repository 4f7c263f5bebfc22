//! Elasticity without a matrix does what it does with one.

use algebra::{
    AmgCg, AmgProblem, Blocks, Cholesky, Csr, Equations, FinestLevels, Lattice, LinearSolver,
    Unstored,
};
use contact::{Elastic, Platen, Pressure, Reduction, amg_problem, fix, platen, roller};
use fem::{
    Constraints, Field, Hypothesis, MustStore, NodePlaces, Placement, Space, Support, System,
};
use mesh::{Boundary, CellKind, Mesh, brick};

const KINDS: [CellKind; 7] = [
    CellKind::Tetrahedron4,
    CellKind::Hexahedron8,
    CellKind::Prism6,
    CellKind::Tetrahedron10,
    CellKind::Hexahedron20,
    CellKind::Hexahedron27,
    CellKind::Prism15,
];

/// How the face z = 1 is moved.
#[derive(Clone, Copy)]
enum Top {
    Pressed,
    Platen(Platen),
}

/// A block on rollers at x = 0, held at z = 0, of a law that hardly changes its volume.
fn system(mesh: &Mesh, top: Top) -> System<'_> {
    let field = Field::vector("displacement", mesh);
    let named = |name: &str| -> &Boundary { mesh.boundary(name).expect("a brick has it") };
    let mut constraints = Constraints::default();
    fix(&field, named("z0"), &[2], &mut constraints);
    fix(&field, named("y0"), &[1], &mut constraints);
    roller(mesh, &field, named("x0"), &mut constraints).expect("it is flat");
    let elastic = Elastic::new(30e9, 0.45, Reduction::None).expect("in range");
    let mut placements = vec![Placement { term: Box::new(elastic), support: Support::Region(0) }];
    let (mut whole, mut loads) = (vec![], vec![]);
    match top {
        Top::Pressed => {
            let index = mesh.boundaries.iter().position(|b| b.name == "z1").expect("it is there");
            let term = Box::new(Pressure { pressure: 1e7 });
            placements.push(Placement { term, support: Support::Boundary(index) });
        }
        Top::Platen(given) => {
            whole.push("platen".to_owned());
            let load = platen(mesh, &field, named("z1"), given, 0, &mut constraints);
            loads.extend(load.expect("it is flat"));
        }
    }
    let space = Space::new(vec![field], whole, mesh.points.len(), &constraints);
    System::new(mesh, Hypothesis::Spatial, space.expect("they agree"), placements, loads)
}

/// Straight sides at the faces, bent inside.
fn bent(x: [f64; 3]) -> [f64; 3] {
    let bump = 0.2 * x[0] * (1.0 - x[0]) * x[1] * (1.0 - x[1]) * x[2] * (1.0 - x[2]);
    x.map(|x| 1e-5 * (x + bump))
}

fn wavy(count: usize) -> Vec<f64> {
    (0..count).map(|k| (0.37 * k as f64).sin()).collect()
}

/// The largest difference over the largest number.
fn difference(a: &[f64], b: &[f64]) -> f64 {
    let size = b.iter().fold(0.0f64, |m, b| m.max(b.abs()));
    a.iter().zip(b).fold(0.0f64, |m, (a, b)| m.max((a - b).abs())) / size
}

fn threads<R: Send>(count: usize, f: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap().install(f)
}

#[test]
fn products_residuals_and_reactions_are_those_of_the_matrix() {
    let straight = |x: [f64; 3]| x.map(|x| 1e-5 * x);
    let maps: [&dyn Fn([f64; 3]) -> [f64; 3]; 2] = [&straight, &bent];
    for kind in KINDS {
        for map in maps {
            let mesh = brick(kind, 3, map);
            let platen = Top::Platen(Platen::Displacement(1e-7));
            for top in [Top::Pressed, Top::Platen(Platen::Force(2.0)), platen] {
                let (mut stored, mut other) = (system(&mesh, top), system(&mesh, top));
                other.store_no_matrix().expect("nothing stands against it");
                let u = wavy(stored.len());
                let (mut want, mut got) = (vec![0.0; u.len()], vec![0.0; u.len()]);
                stored.residual(&u, &mut want).expect("finite");
                other.residual(&u, &mut got).expect("finite");
                assert!(difference(&got, &want) < 1e-13, "{kind:?}: residual");
                let (a, b) = (stored.nodal_residual(&u), other.nodal_residual(&u));
                assert!(difference(&b, &a) < 1e-13, "{kind:?}: reactions");
                stored.tangent(&u).expect("finite").apply(&u, &mut want);
                other.linearize(&u).expect("finite").apply(&u, &mut got);
                assert!(difference(&got, &want) < 1e-13, "{kind:?}: product");
                assert!(other.linearize(&u).expect("finite").matrix().is_none());
            }
        }
    }
}

/// From the unknowns of `space` to vectors of nodes.
fn by_nodes(places: &NodePlaces, x: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; 3 * places.len()];
    places.places.iter().zip(x).for_each(|(&place, x)| y[place as usize] = *x);
    y
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A x for blocks that are stored column by column.
fn product<T: Copy + Into<f64>>(a: &Blocks<T>, x: &[f64]) -> Vec<f64> {
    let [rows, columns] = a.shape;
    let mut y = vec![0.0; rows * (a.start.len() - 1)];
    for (i, y) in y.chunks_exact_mut(rows).enumerate() {
        for k in a.start[i]..a.start[i + 1] {
            let x = &x[a.columns[k] as usize * columns..][..columns];
            let block = &a.values[k * columns * rows..][..columns * rows];
            for (x, column) in x.iter().zip(block.chunks_exact(rows)) {
                y.iter_mut().zip(column).for_each(|(y, &a)| *y += a.into() * x);
            }
        }
    }
    y
}

/// The stored matrix of a system, and where its unknowns stand.
fn stored(mesh: &Mesh, top: Top) -> (Csr, NodePlaces) {
    let mut stored = system(mesh, top);
    let u = vec![0.0; stored.len()];
    let places = NodePlaces::new(stored.space(), 0);
    (stored.tangent(&u).expect("finite").clone(), places)
}

/// x^T A x for what an interpolation makes of coarse numbers x, and the same by the matrix below it.
fn energies(matrix: &Csr, places: &NodePlaces, levels: &Unstored, x: &[f64]) -> [f64; 2] {
    let fine = product(&levels.prolongation, x);
    let rows: Vec<f64> = places.places.iter().map(|&p| fine[p as usize]).collect();
    let mut ax = vec![0.0; rows.len()];
    matrix.apply(&rows, &mut ax);
    [dot(&rows, &ax), dot(x, &product(&levels.below, x))]
}

#[test]
fn the_level_of_the_corners_is_the_galerkin_product() {
    for kind in KINDS.into_iter().filter(|kind| kind.order() == 2) {
        for top in [Top::Pressed, Top::Platen(Platen::Force(2.0))] {
            let mesh = brick(kind, 3, bent);
            let (matrix, places) = stored(&mesh, top);
            let mut other = system(&mesh, top);
            other.store_no_matrix().expect("nothing stands against it");
            let u = vec![0.0; other.len()];
            let operator = other.linearize(&u).expect("finite");
            let levels = operator.by_nodes().expect("it is known by nodes").levels();
            let FinestLevels::Product(levels, nodes) = levels else {
                panic!("{kind:?} is of second order")
            };

            // What the unknowns of the corners are: those that interpolate to themselves.
            let coarse = wavy(3 * nodes.len());
            let is_own = |k: usize| {
                let place = 3 * nodes[k / 3] + k as u32 % 3;
                places.places.contains(&place)
            };
            let x: Vec<f64> =
                coarse.iter().enumerate().map(|(k, &x)| if is_own(k) { x } else { 0.0 }).collect();
            let [want, got] = energies(&matrix, &places, &levels, &x);
            // Weights of the interpolation are in single precision.
            assert!((got / want - 1.0).abs() < 1e-6, "{kind:?}: {got} {want}");

            // Its finest level in single precision, and the blocks on the diagonal.
            let x = by_nodes(&places, &wavy(u.len()));
            let single = (levels.single)(2.0);
            let (narrow, mut y) =
                (x.iter().map(|&x| x as f32).collect::<Vec<_>>(), vec![0.0; x.len()]);
            single.apply(&narrow, &mut y);
            let mut ax = vec![0.0; u.len()];
            matrix.apply(&wavy(u.len()), &mut ax);
            let wide: Vec<f64> = y.iter().map(|&y| 0.5 * f64::from(y)).collect();
            assert!(difference(&wide, &by_nodes(&places, &ax)) < 1e-5, "{kind:?}: single");
            for (row, &place) in places.places.iter().enumerate() {
                let (node, c) = (place as usize / 3, place as usize % 3);
                let want = matrix.row(row);
                let want = want.1[want.0.iter().position(|&j| j as usize == row).expect("one")];
                let got = levels.diagonal[9 * node + 4 * c];
                assert!((got / want - 1.0).abs() < 1e-12, "{kind:?}: {got} {want}");
            }
        }
    }
}

/// Interpolation from every third node, and whole bodies, in blocks: others lie between two, unevenly. What is no unknown
/// has nothing to do with it.
fn every_third(places: &NodePlaces) -> Blocks<f32> {
    let (nodes, count) = (places.nodes, places.len());
    let is_unknown = |node: usize, c: usize| places.places.contains(&((3 * node + c) as u32));
    let coarse = nodes.div_ceil(3);
    let mut p = Blocks {
        shape: [3, 3],
        start: vec![0],
        columns: vec![],
        values: vec![],
        ncols: coarse + count - nodes,
    };
    for node in 0..count {
        let terms = match node % 3 {
            _ if node >= nodes => vec![(coarse + node - nodes, 1.0)],
            0 => vec![(node / 3, 1.0)],
            k => vec![(node / 3, 0.25 * k as f32), ((node / 3 + 1) % coarse, 0.5)],
        };
        for (column, weight) in terms {
            p.columns.push(column as u32);
            let from = if column < coarse { 3 * column } else { nodes + column - coarse };
            let stays = |k: usize| {
                k.is_multiple_of(4) && is_unknown(node, k / 4) && is_unknown(from, k / 4)
            };
            p.values.extend((0..9).map(|k| if stays(k) { weight } else { 0.0 }));
        }
        p.start.push(p.columns.len());
    }
    p
}

#[test]
fn a_level_of_any_interpolation_is_the_galerkin_product() {
    for kind in KINDS.into_iter().filter(|kind| kind.order() == 2) {
        for top in [Top::Pressed, Top::Platen(Platen::Force(2.0))] {
            let mesh = brick(kind, 3, bent);
            let (matrix, places) = stored(&mesh, top);
            let mut other = system(&mesh, top);
            other.store_no_matrix().expect("nothing stands against it");
            let u = vec![0.0; other.len()];
            let operator = other.linearize(&u).expect("finite");
            let operator = operator.by_nodes().expect("it is known by nodes");
            let levels = operator.levels_with(every_third(&places));
            let x = wavy(3 * levels.below.ncols);
            let [want, got] = energies(&matrix, &places, &levels, &x);
            assert!((got / want - 1.0).abs() < 1e-12, "{kind:?}: {got} {want}");

            // Nodes are coupled by what stands on the diagonal of their block.
            let couplings = operator.couplings().expect("of second order");
            let mut want = vec![0.0; couplings.values.len()];
            let first_whole = 3 * places.nodes as u32;
            for (row, &place) in places.places.iter().enumerate().filter(|(_, p)| **p < first_whole)
            {
                let (node, (columns, values)) = (place as usize / 3, matrix.row(row));
                for (&column, value) in columns.iter().zip(values) {
                    let other = places.places[column as usize];
                    if other < first_whole && other % 3 == place % 3 {
                        let range = couplings.start[node]..couplings.start[node + 1];
                        let at = couplings.columns[range.clone()].binary_search(&(other / 3));
                        want[range.start + at.expect("they meet")] += value;
                    }
                }
            }
            assert!(difference(&couplings.values, &want) < 1e-13, "{kind:?}: couplings");
        }
    }
}

/// The solution by multigrid without a matrix, and its iterations.
fn solve(mesh: &Mesh, top: Top) -> (Vec<f64>, usize) {
    solve_as(mesh, top, |problem| problem)
}

/// The same with more said about the problem.
fn solve_as(
    mesh: &Mesh,
    top: Top,
    say: impl FnOnce(AmgProblem) -> AmgProblem,
) -> (Vec<f64>, usize) {
    let mut system = system(mesh, top);
    system.store_no_matrix().expect("nothing stands against it");
    let problem = say(amg_problem(mesh, Hypothesis::Spatial, system.space(), false));
    let mut solver = AmgCg::default().for_problem(problem);
    let mut b = vec![0.0; system.len()];
    let mut x = b.clone();
    system.residual(&x, &mut b).expect("finite");
    b.iter_mut().for_each(|b| *b = -*b);
    let a = system.linearize(&x).expect("finite");
    solver.prepare(a).expect("it is positive definite");
    let info = solver.solve(a, &b, &mut x, 1e-12).expect("it converges");
    (x, info.iterations)
}

/// The solution by a factorisation.
fn factored(mesh: &Mesh, top: Top) -> Vec<f64> {
    let mut stored = system(mesh, top);
    let (mut b, mut want) = (vec![0.0; stored.len()], vec![0.0; stored.len()]);
    stored.residual(&want, &mut b).expect("finite");
    b.iter_mut().for_each(|b| *b = -*b);
    let matrix = stored.tangent(&want).expect("finite").clone();
    let mut direct = Cholesky::new();
    direct.prepare(&matrix).expect("it is positive definite");
    direct.solve(&matrix, &b, &mut want, 0.0).expect("it is solved");
    want
}

/// A block of `side` cells of second order along each edge, flat along z so that lines go there first. With one cell and
/// a platen whose displacement is given, the only unknowns along z lie between two that are none.
#[test]
fn lines_of_a_lattice_go_also_between_what_is_held() {
    for side in [1, 4] {
        for top in [Top::Platen(Platen::Displacement(1e-7)), Top::Platen(Platen::Force(2.0))] {
            let mesh = brick(CellKind::Hexahedron27, side, |x| [x[0], x[1], 0.1 * x[2]]);
            let lines = 2 * side as u32 + 1;
            // Away from i = 0, where rays would be one.
            let point = |x: [f64; 3]| {
                let [i, j, k] =
                    [x[0], x[1], 10.0 * x[2]].map(|x| (x * 2.0 * side as f64).round() as u32);
                (j * (lines + 2) + i + 2) * lines + k
            };
            let points = mesh.points.iter().zip(0..).map(|(&x, node)| (node, point(x)));
            let lattice = Lattice::new([lines + 2, lines], false, points);
            let (got, iterations) =
                solve_as(&mesh, top, |problem| AmgProblem { lattice: Some(lattice), ..problem });
            assert!(difference(&got, &factored(&mesh, top)) < 1e-9, "{side}");
            assert!(iterations < 40, "{side}: {iterations} iterations");
        }
    }
}

#[test]
fn multigrid_without_a_matrix_solves_what_a_factorization_solves() {
    for kind in KINDS {
        for top in [Top::Pressed, Top::Platen(Platen::Force(2.0))] {
            let mesh = brick(kind, 4, bent);
            let (got, iterations) = solve(&mesh, top);
            let want = factored(&mesh, top);
            assert!(difference(&got, &want) < 1e-9, "{kind:?}: {}", difference(&got, &want));
            assert!(iterations < 45, "{kind:?}: {iterations} iterations");
        }
    }
}

#[test]
fn the_same_to_the_last_bit_for_any_number_of_threads() {
    // More cells than are held at a time.
    for (kind, side) in [(CellKind::Tetrahedron10, 7), (CellKind::Hexahedron27, 4)] {
        let mesh = brick(kind, side, bent);
        let top = Top::Platen(Platen::Force(2.0));
        let first = threads(1, || solve(&mesh, top));
        for count in [2, 4] {
            let again = threads(count, || solve(&mesh, top));
            assert_eq!(again.1, first.1);
            let same = again.0.iter().zip(&first.0).all(|(a, b)| a.to_bits() == b.to_bits());
            assert!(same, "{kind:?}, {count} threads");
        }
        let levels = || {
            let mut system = system(&mesh, top);
            system.store_no_matrix().expect("nothing stands against it");
            let (places, u) = (NodePlaces::new(system.space(), 0), vec![0.0; system.len()]);
            let a = system.linearize(&u).expect("finite").by_nodes().expect("by nodes");
            let below = a.levels_with(every_third(&places)).below;
            [a.couplings().expect("of second order").values, below.values]
        };
        let first = threads(1, levels);
        assert!([2, 4].iter().all(|&count| threads(count, levels) == first), "{kind:?}: levels");
    }
}

/// Cells that grow a hundredfold from one edge, on rollers: nodes that are held in part must not be
/// taken for isolated ones where their stiffness is small (107 iterations).
#[test]
fn nodes_held_in_part_have_a_coarse_grid() {
    let graded = |x: [f64; 3]| x.map(|s| (100f64.powf(s) - 1.0) / 99.0);
    let mesh = brick(CellKind::Tetrahedron4, 12, graded);
    let (_, iterations) = solve(&mesh, Top::Pressed);
    assert!(iterations < 45, "{iterations} iterations");
}

/// Aggregates follow the strong direction, whatever the projection of the divergence adds across.
#[test]
fn stretched_cells_are_aggregated_along_their_strong_directions() {
    let mesh = brick(CellKind::Hexahedron8, 14, |x| [x[0], 10.0 * x[1], x[2]]);
    let (_, now) = solve(&mesh, Top::Pressed);
    let (_, weak) =
        solve_as(&mesh, Top::Pressed, |problem| AmgProblem { strength: Some(0.3), ..problem });
    assert!(now < 70 && 2 * weak > 3 * now, "{now} iterations, {weak} at 0.3");
}

#[test]
fn sections_keep_their_matrix() {
    let mesh = brick(CellKind::Quadrilateral9, 2, |x| x);
    let field = Field::vector("displacement", &mesh);
    let space = Space::new(vec![field], vec![], mesh.points.len(), &Constraints::default());
    let elastic = Elastic::new(1.0, 0.3, Reduction::None).expect("in range");
    let placements = vec![Placement { term: Box::new(elastic), support: Support::Region(0) }];
    let space = space.expect("they agree");
    let mut system = System::new(&mesh, Hypothesis::Planar, space, placements, vec![]);
    assert_eq!(system.store_no_matrix(), Err(MustStore::Section));
    assert!(system.stores_matrix());
}

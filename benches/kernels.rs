//! The kernels that a run spends its time in: `cargo bench --bench kernels`, with all threads.

use algebra::{Amg, AmgParameters, AmgProblem, Csr, Equations, FinestLevels, Preconditioner};
use contact::{Elastic, Reduction};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fem::{
    Constraints, Field, Hypothesis, Placement, Space, Support, System, Term, Unknown, recover,
};
use mesh::{CellKind, Mesh, brick};
use natrolite::run::{Geometry, Silent, solve_mechanics};
use std::hint::black_box;
use std::path::Path;
use transport::ohm::Ohm;

/// Conductivity of the unit cube.
const OHM: Ohm = Ohm { conductivity: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]] };

/// A term in the unit cube, whose face z = 0 is held.
fn system(mesh: &Mesh, field: Field, term: impl Term + 'static) -> System<'_> {
    let mut constraints = Constraints::default();
    let held = mesh.boundary("z0").expect("a brick has it");
    if field.components() == 1 {
        for &node in held.facets.iter().flat_map(|block| &block.nodes) {
            constraints.fixed.push((Unknown::scalar(0, node), 0.0));
        }
    } else {
        contact::fix(&field, held, &[0, 1, 2], &mut constraints);
    }
    let space = Space::new(vec![field], vec![], mesh.points.len(), &constraints);
    let placements = vec![Placement { term: Box::new(term), support: Support::Region(0) }];
    let space = space.expect("they agree");
    let mut system = System::new(mesh, Hypothesis::Spatial, space, placements, vec![]);
    system.assemble();
    system
}

fn conduction(mesh: &Mesh) -> System<'_> {
    system(mesh, Field::scalar("potential"), OHM)
}

fn elasticity(mesh: &Mesh) -> System<'_> {
    let elastic = Elastic::new(30.0, 0.3, Reduction::None).expect("in range");
    system(mesh, Field::vector("displacement", mesh), elastic)
}

fn matrix(mut system: System<'_>) -> Csr {
    let u = vec![0.0; system.len()];
    system.tangent(&u).expect("it is linear").clone()
}

fn assembly(c: &mut Criterion) {
    let mut group = c.benchmark_group("assembly");
    group.sample_size(10);
    let mesh = brick(CellKind::Tetrahedron4, 30, |x| x);
    group.throughput(Throughput::Elements(mesh.cell_count() as u64));
    group.bench_function("ohm_p1", |b| b.iter(|| black_box(conduction(&mesh).len())));
    let u: Vec<f64> = mesh.points.iter().map(|x| x[0] * x[1] + x[2]).collect();
    let terms: [(u32, &dyn Term); 1] = [(0, &OHM)];
    group.bench_function("gather_and_flux_p1", |b| {
        b.iter(|| recover::nodal_flux(&mesh, Hypothesis::Spatial, &terms, black_box(&u)))
    });
    let mesh = brick(CellKind::Tetrahedron10, 10, |x| x);
    group.throughput(Throughput::Elements(mesh.cell_count() as u64));
    group.bench_function("elasticity_p2", |b| b.iter(|| black_box(elasticity(&mesh).len())));
    group.finish();
}

fn linear_algebra(c: &mut Criterion) {
    let mut group = c.benchmark_group("linear_algebra");
    group.sample_size(10);
    let mesh = brick(CellKind::Tetrahedron4, 48, |x| x);
    let a = matrix(conduction(&mesh));
    let (x, mut y) = (vec![1.0; a.nrows()], vec![0.0; a.nrows()]);
    group.throughput(Throughput::Bytes((12 * a.nnz() + 24 * a.nrows()) as u64));
    group.bench_function("product_f64", |b| b.iter(|| a.apply(black_box(&x), &mut y)));
    let (problem, parameters) = (AmgProblem::default(), AmgParameters::default());
    let set_up = || Amg::new(&a, &problem, &parameters).expect("it is positive definite");
    let amg = set_up();
    group.throughput(Throughput::Bytes(amg.cycle_bytes() as u64));
    group.bench_function("cycle_f32", |b| b.iter(|| amg.apply(black_box(&x), &mut y)));
    group.throughput(Throughput::Elements(a.nrows() as u64));
    group.bench_function("multigrid_set_up", |b| b.iter(|| black_box(set_up().level_rows())));
    group.finish();
}

/// Second-order elasticity without a matrix: the product of conjugate gradients, that of the smoother, and
/// what comes before them.
fn action(c: &mut Criterion) {
    let mut group = c.benchmark_group("action");
    group.sample_size(10);
    for (name, kind, side) in
        [("tetrahedra", CellKind::Tetrahedron10, 16), ("hexahedra", CellKind::Hexahedron27, 10)]
    {
        let mesh = brick(kind, side, |x| x);
        let mut system = elasticity(&mesh);
        system.store_no_matrix().expect("nothing stands against it");
        let u = vec![1.0; system.len()];
        let a = system.linearize(&u).expect("it is linear");
        let mut y = vec![0.0; u.len()];
        group.throughput(Throughput::Elements(u.len() as u64));
        let id = |what: &str| format!("{what}_{name}");
        group.bench_function(id("f64"), |b| b.iter(|| a.apply(black_box(&u), &mut y)));
        let levels = || a.by_nodes().expect("it is known by nodes").levels();
        let FinestLevels::Product(finest, _) = levels() else { unreachable!("of second order") };
        let single = (finest.single)(1.0);
        let x = vec![1.0; 3 * mesh.points.len()];
        let mut y = x.clone();
        group.bench_function(id("f32"), |b| b.iter(|| single.apply(black_box(&x), &mut y)));
        group.bench_function(id("levels"), |b| b.iter(|| black_box(levels().nodes())));
    }
    group.finish();
}

fn contact_steps(c: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs/anode_free_pressure.toml");
    let case = natrolite::case::read_file(&path, &[]).expect("a case");
    let geometry = Geometry::of(&case, 0).expect("a geometry");
    let mut group = c.benchmark_group("contact");
    group.sample_size(10);
    group.bench_function("active_set", |b| {
        b.iter(|| solve_mechanics(&case, black_box(&geometry), &mut Silent).expect("it is solved"))
    });
    group.finish();
}

fn mesh_reading(c: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../meshes/pore_quarter.msh");
    let bytes = std::fs::read(path).expect("a mesh");
    let mut group = c.benchmark_group("mesh");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("read_gmsh", |b| {
        b.iter(|| {
            let mut file = black_box(&bytes[..]);
            mesh::read_gmsh(&mut file, bytes.len() as u64, 1e-6).expect("a mesh")
        })
    });
    group.finish();
}

criterion_group!(kernels, assembly, linear_algebra, action, contact_steps, mesh_reading);
criterion_main!(kernels);

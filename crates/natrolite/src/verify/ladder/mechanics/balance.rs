//! Forces and moments that two bodies in space exert on each other, under a load beside their middle.

use super::super::super::row::{Comparison, Problem, Row};
use super::bodies::two_bodies;
use super::problem::{Elasticity, text};
use super::worst_of;
use algebra::{AmgCg, LinearSolver};
use contact::stress::nodal_reactions;
use contact::unilateral::{ContactSurface, Outcome};
use contact::{DISPLACEMENT, Reduction};
use fem::{Hypothesis, Law, Point, Real, Slot, System};
use mesh::{CellKind, Mesh};

const SOURCE: &str = "equilibrium; Signorini's conditions";

/// The pressure 1 + 0.8 (x - 1/2) Pa down on the unit square.
struct Eccentric;

impl Law for Eccentric {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::vector(DISPLACEMENT)] }
    }

    fn evaluate<S: Real>(&self, point: &Point, _: &[S], r: &mut [S]) {
        r.fill(S::from(0.0));
        r[2] = S::from(1.0 + 0.8 * (point.x[0] - 0.5));
    }
}

/// Force \[N\] of [`Eccentric`], and its moments \[N m\] about the x and y axes.
const LOAD: f64 = -1.0;
const LOAD_MOMENT: [f64; 2] = [-0.5, 0.5 + 0.8 / 12.0];

/// Two unit cubes with a gap that is least beside their middle.
fn press<'m>(
    mesh: &'m Mesh,
    surfaces: &[ContactSurface],
    solver: &mut dyn LinearSolver,
) -> Result<(System<'m>, Outcome), String> {
    Elasticity::new(mesh, Hypothesis::Spatial)
        .material(100.0, 0.3, Reduction::None)?
        .rollers(&["x0", "y0", "z0"])?
        .on("z1", Eccentric)?
        .touch_with(surfaces, solver)
}

fn touching(kind: CellKind) -> Result<(Mesh, [ContactSurface; 1]), String> {
    let mesh = two_bodies(kind, 6, |[x, y, z]| [x, y, 2.0 * z - 1.0])?;
    let gap = |x: [f64; 3]| 0.02 * ((x[0] - 0.4).powi(2) + (x[1] - 0.6).powi(2));
    let surface = ContactSurface::interface(&mesh, Hypothesis::Spatial, 0, gap).map_err(text)?;
    Ok((mesh, [surface]))
}

/// Force and moments on the upper body: contact as reported at the corners, rollers and load.
fn upper_body(
    mesh: &Mesh,
    surface: &ContactSurface,
    outcome: &Outcome,
    reactions: &[[f64; 3]],
) -> [f64; 3] {
    let (mut force, mut about_x, mut about_y) = (LOAD, LOAD_MOMENT[0], LOAD_MOMENT[1]);
    for (node, touch) in surface.nodes.iter().zip(&outcome.touch[0]).filter(|(n, _)| n.is_corner())
    {
        let x = mesh.points[node.node as usize];
        let f = node.normal[2] * node.area * touch.pressure;
        force += f;
        about_x += x[1] * f;
        about_y -= x[0] * f;
    }
    // Rollers push along x and y; the lower body has the nodes below, and on the interface the first.
    let is_first = |n: u32| surface.nodes.binary_search_by_key(&n, |node| node.node).is_ok();
    for (n, (x, f)) in mesh.points.iter().zip(reactions).enumerate() {
        if x[2] > 0.0 || (x[2] == 0.0 && !is_first(n as u32)) {
            about_x -= x[2] * f[1];
            about_y += x[2] * f[0];
        }
    }
    [force, about_x, about_y]
}

fn problem(kind: CellKind) -> Problem {
    let row = |name: &str, what: &str, tolerance, because: &str| {
        let name = format!("contact.balance.{name}.{}", super::lower(kind));
        Row::new(name, format!("{what}, two cubes in space"), tolerance, because, SOURCE)
    };
    let rounding = "rounding";
    let rows = vec![
        row("force", "force [N] on the upper body, load 1 N", 1e-10, rounding),
        row("moment", "largest moment [N m] on the upper body", 1e-10, rounding),
        row("action", "sum [N] of the contact forces on a pair of nodes", 1e-10, rounding),
        row(
            "complementarity",
            "largest of abs(p g), -p and -g, each over its largest",
            1e-10,
            rounding,
        ),
        row(
            "multigrid",
            "pressure [Pa] with conjugate gradients against the direct solver, worst node",
            1e-10,
            "residual of 1e-11 of the forces",
        ),
    ];
    Problem::new(rows, move || {
        let (mesh, surfaces) = touching(kind)?;
        let (system, outcome) = press(&mesh, &surfaces, &mut algebra::Cholesky::new())?;
        let reactions = nodal_reactions(&system, &outcome.u);
        let [force, about_x, about_y] = upper_body(&mesh, &surfaces[0], &outcome, &reactions);
        let pairs = surfaces[0].nodes.iter().filter_map(|n| Some((n.node, n.opposite?)));
        let action = pairs.map(|(a, b)| (0.0, reactions[a as usize][2] + reactions[b as usize][2]));
        let (_, iterated) = press(&mesh, &surfaces, &mut AmgCg::default())?;
        let both = outcome.touch[0].iter().zip(&iterated.touch[0]);
        let pressures = both.map(|(a, b)| {
            // A node that touches in one solution only is no small difference.
            let other = if a.active == b.active { b.pressure } else { f64::NAN };
            (a.pressure, other)
        });
        Ok(vec![
            Comparison::absolute(0.0, force),
            Comparison::absolute(0.0, about_x.abs().max(about_y.abs())),
            worst_of(1.0, action)?,
            Comparison::absolute(0.0, outcome.complementarity),
            worst_of(1.0, pressures)?,
        ])
    })
}

/// First and second order.
pub(super) fn problems() -> Vec<Problem> {
    [CellKind::Hexahedron8, CellKind::Hexahedron20, CellKind::Tetrahedron10].map(problem).into()
}

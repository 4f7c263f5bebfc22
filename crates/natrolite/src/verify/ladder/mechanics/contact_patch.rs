//! A uniform pressure goes through contact unchanged, on facets of every kind, and nothing pulls.

use super::super::super::rates;
use super::super::super::row::{Problem, Row};
use super::bodies::two_bodies;
use super::problem::{Elasticity, boundary, text};
use super::{lower, worst_of};
use contact::unilateral::{ContactSurface, Obstacle};
use contact::{Eigenstress, Elastic, Pressure, Reduction};
use fem::Hypothesis;
use mesh::{CellKind, brick};

const APPLIED: f64 = 7.0;
const YOUNG: f64 = 100.0;
/// Change of volume of the body that shrinks away.
const SHRINKAGE: f64 = -0.01;
const SOURCE: &str = "uniform stress; Taylor and Papadopoulos (1991)";

/// Uneven cells, so that weights differ; but straight tetrahedra, whose four points of quadrature
/// integrate a uniform stress over curved ones to 1e-3 only.
fn uneven(kind: CellKind, [x, y, z]: [f64; 3]) -> [f64; 3] {
    let bend = if kind == CellKind::Tetrahedron10 { 0.0 } else { 0.3 };
    let uneven = |t: f64| (1.0 - bend) * t + bend * t * t;
    [uneven(x), uneven(y), z]
}

/// Sides that slide, on the planes of symmetry.
fn sides(kind: CellKind) -> &'static [&'static str] {
    if kind.dimension() == 3 { &["x0", "y0"] } else { &["x0"] }
}

/// One body on a rigid plane.
fn on_a_plane(kind: CellKind, hypothesis: Hypothesis) -> Problem {
    let symmetry = format!("{hypothesis:?}").to_lowercase();
    let rows = vec![Row::new(
        format!("contact.patch.plane.{}.{symmetry}", lower(kind)),
        "pressure on a rigid plane over the applied one, worst node",
        1e-10,
        "rounding",
        SOURCE,
    )];
    Problem::new(rows, move || {
        let mesh = brick(kind, 3, |x| uneven(kind, x));
        let floor = Obstacle::Plane { point: [0.0; 3], normal: [0.0, 0.0, 1.0] };
        let bottom = boundary(&mesh, "z0")?;
        let surfaces = [ContactSurface::obstacle(&mesh, hypothesis, bottom, &floor).map_err(text)?];
        let (_, outcome) = Elasticity::new(&mesh, hypothesis)
            .material(YOUNG, 0.3, Reduction::None)?
            .rollers(sides(kind))?
            .on("z1", Pressure { pressure: APPLIED })?
            .touch(&surfaces)?;
        Ok(vec![worst_of(1.0, outcome.touch[0].iter().map(|t| (1.0, t.pressure / APPLIED)))?])
    })
}

/// Two nearly incompressible bodies: pressed together, and one that shrinks away from the other.
fn between_bodies(kind: CellKind, hypothesis: Hypothesis) -> Problem {
    let symmetry = format!("{hypothesis:?}").to_lowercase();
    let name = |what: &str| format!("contact.patch.{what}.{}.{symmetry}", lower(kind));
    let rows = vec![
        Row::new(
            name("bodies"),
            "pressure between two bodies over the applied one, worst node, nu = 0.4999",
            1e-9,
            "rounding, times lambda / mu = 5000",
            SOURCE,
        ),
        Row::new(
            name("apart"),
            "gap [m] that a body of height 1 m leaves when it shrinks by 1 %, worst node",
            1e-11,
            "rounding, times lambda / mu = 5000",
            "a third of the change of volume along each axis",
        ),
    ];
    Problem::new(rows, move || {
        let cells = if kind.dimension() == 3 { 2 } else { 4 };
        let mesh = two_bodies(kind, cells, |x| {
            let [x, y, z] = uneven(kind, x);
            [x, y, 2.0 * z - 1.0]
        })?;
        let surfaces = [ContactSurface::interface(&mesh, hypothesis, 0, |_| 0.0).map_err(text)?];
        let start = || {
            Elasticity::new(&mesh, hypothesis)
                .material(YOUNG, 0.4999, Reduction::None)?
                .rollers(sides(kind))?
                .rollers(&["z0"])
        };
        let pressed = start()?.on("z1", Pressure { pressure: APPLIED })?.touch(&surfaces)?.1;
        let pressures = pressed.touch[0].iter().map(|t| (1.0, t.pressure / APPLIED));
        let elastic = Elastic::new(YOUNG, 0.4999, Reduction::None).map_err(text)?;
        let shrinks = Eigenstress::new(elastic, SHRINKAGE / 3.0);
        // In the plane the strain across it is prevented, and the others grow.
        let free = if hypothesis == Hypothesis::Planar { 1.4999 } else { 1.0 };
        let left = -SHRINKAGE / 3.0 * free;
        let apart = start()?.within(1, shrinks).rollers(&["z1"])?.touch(&surfaces)?.1;
        let gaps = apart.touch[0].iter().map(|t| (left, if t.active { 0.0 } else { t.gap }));
        Ok(vec![worst_of(1.0, pressures)?, worst_of(1.0, gaps)?])
    })
}

/// Every kind of cell in the symmetries that it occurs in.
pub(super) fn problems() -> Vec<Problem> {
    let plane = rates::all().map(|(kind, hypothesis)| on_a_plane(kind, hypothesis));
    let bodies = rates::all().map(|(kind, hypothesis)| between_bodies(kind, hypothesis));
    plane.chain(bodies).collect()
}

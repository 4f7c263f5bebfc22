//! A block that stands for an elastic half-space, pressed against something rigid.

use super::super::super::row::{Comparison, Row};
use super::problem::{Elasticity, boundary, text};
use contact::Reduction;
use contact::stress::nodal_reactions;
use contact::unilateral::{ContactSurface, Obstacle, Outcome};
use fem::Hypothesis;
use mesh::{CellKind, Mesh, brick};

pub(super) const YOUNG: f64 = 1000.0;
pub(super) const POISSON: f64 = 0.3;
/// Radius of the contact, or half its width \[m\].
pub(super) const CONTACT: f64 = 0.01;
/// Width and depth of the block: (1/30)^3 = 4e-5 in space, (1/30)^2 = 1e-3 in the plane.
const SIZE: f64 = 30.0 * CONTACT;

/// The block below z = 0 with `n` x `n` cells, half of them within two contact radii, a quarter of `n`
/// within one.
pub(super) fn block(kind: CellKind, n: usize) -> Mesh {
    let near = 2.0 * CONTACT;
    let graded = |t: f64| {
        if t <= 0.5 { 2.0 * near * t } else { near * (SIZE / near).powf(2.0 * t - 1.0) }
    };
    brick(kind, n, |[x, _, z]| [graded(x), 0.0, -graded(1.0 - z)])
}

/// What pressing gave.
pub(super) struct Pressed {
    /// Distance from the axis \[m\] and pressure \[Pa\] of the corners in contact, from inside out.
    pub profile: Vec<(f64, f64)>,
    /// Contact forces along z against the applied force.
    pub balance: Comparison,
    /// Largest of abs(p g), -p and -g against 0, see [`Outcome::complementarity`].
    pub complementarity: Comparison,
}

/// Presses the block with the force \[N\] on what is meshed; contact may occur on `surface`.
pub(super) fn press(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    surface: &str,
    obstacle: &Obstacle,
    force: f64,
) -> Result<Pressed, String> {
    let rollers: &[&str] = match hypothesis {
        Hypothesis::Planar => &["x0"],
        // The axis is held anyway.
        Hypothesis::Axisymmetric => &[],
        Hypothesis::Spatial => &["x0", "y0"],
    };
    let place = boundary(mesh, surface)?;
    let surface = ContactSurface::obstacle(mesh, hypothesis, place, obstacle).map_err(text)?;
    let surfaces = [surface];
    let (system, outcome) = Elasticity::new(mesh, hypothesis)
        .material(YOUNG, POISSON, Reduction::None)?
        .rollers(rollers)?
        .platen("z0", force)?
        .touch(&surfaces)?;
    let reactions = nodal_reactions(&system, &outcome.u);
    let nodes = surfaces[0].nodes.iter();
    let carried: f64 = nodes.map(|n| -reactions[n.node as usize][2]).sum();
    Ok(Pressed {
        profile: profile(mesh, &surfaces[0], &outcome),
        balance: Comparison::relative(force, carried),
        complementarity: Comparison::absolute(0.0, outcome.complementarity),
    })
}

fn profile(mesh: &Mesh, surface: &ContactSurface, outcome: &Outcome) -> Vec<(f64, f64)> {
    let mut profile: Vec<(f64, f64)> = (surface.nodes.iter().zip(&outcome.touch[0]))
        .filter(|(node, touch)| node.is_corner() && touch.active)
        .map(|(node, touch)| {
            let x = mesh.points[node.node as usize];
            (x[0].hypot(x[1]), touch.pressure)
        })
        .collect();
    profile.sort_by(|a, b| a.0.total_cmp(&b.0));
    profile
}

/// The rows that every pressed block has: that its forces balance, and that the contact is one.
pub(super) fn balances(row: impl Fn(&str, &str, f64, &str) -> Row) -> [Row; 2] {
    [
        row(
            "force",
            "contact force [N] against the applied one",
            1e-9,
            "rounding: stiffness times the motion of the block, large in the flat cells at its side",
        ),
        row(
            "complementarity",
            "largest of abs(p g), -p and -g, each over its largest",
            1e-10,
            "rounding",
        ),
    ]
}

//! A grid of summits pressed flat, in space: light load, almost full and full contact.
//!
//! The surface a cos(2 pi x / l) cos(2 pi y / l) is, seen along its diagonals,
//! a/2 (cos(2 pi x' / l') + cos(2 pi y' / l')) with l' = l / sqrt(2): one summit per l'^2, of which a
//! quarter is meshed, from the summit to the bottom of the hollow. Pressures of first-order cells
//! resolve the edge of the contact better than second-order cells with as many unknowns.

use super::super::super::closed_form::mechanics::{
    effective_modulus, grid_almost_full_ratio, grid_full_pressure, grid_hollow_fraction,
    grid_light_fraction, grid_light_ratio,
};
use super::super::super::row::{Comparison, Problem, Row};
use super::line::Line;
use super::problem::{Elasticity, boundary, text};
use contact::unilateral::ContactSurface;
use contact::{Pressure, Reduction};
use fem::Hypothesis;
use mesh::{CellKind, brick};
use std::f64::consts::{PI, SQRT_2};

/// l' \[m\].
const PERIOD: f64 = 1.0;
/// a \[m\].
const AMPLITUDE: f64 = 1e-3;
const YOUNG: f64 = 1000.0;
const POISSON: f64 = 0.3;
const SOURCE: &str = "Johnson, Greenwood and Higginson, Int. J. Mech. Sci. 27 (1985) 383";
const SNEDDON: &str = "Sneddon (1965, 1946) with the mean profile J0(k r) of the grid";
/// Depth of the block: the surface's waves decay as exp(-2 pi z / l'), (1 + z)^2 of it squared to 1e-3.
const DEPTH: f64 = 1.2 * PERIOD;

/// A corner of the surface: squared distance from where the edge is seen from \[m2\], gap \[m\], pressure
/// over p*.
struct Corner {
    square: f64,
    gap: f64,
    pressure: f64,
}

/// Where the mesh is fine.
#[derive(Clone, Copy)]
struct Grading {
    /// Fine from the hollow instead of from the summit.
    from_hollow: bool,
    /// Width and depth of the fine part \[m\], and the share of the cells in it.
    width: f64,
    depth: f64,
    share: f64,
}

/// Presses the grid on a flat rigid body with the mean pressure `ratio` p*.
fn press(ratio: f64, cells: usize, grading: Grading) -> Result<Vec<Corner>, String> {
    let Grading { from_hollow, width, depth, share } = grading;
    let fine = |t: f64, near: f64, size: f64| {
        if t <= share {
            near * t / share
        } else {
            near * (size / near).powf((t - share) / (1.0 - share))
        }
    };
    let half = 0.5 * PERIOD;
    let across = |t: f64| {
        if from_hollow { half - fine(1.0 - t, width, half) } else { fine(t, width, half) }
    };
    let mesh = brick(CellKind::Hexahedron8, cells, |[x, y, z]| {
        [across(x), across(y), -fine(1.0 - z, depth, DEPTH)]
    });
    let full = grid_full_pressure(effective_modulus(YOUNG, POISSON, 1), AMPLITUDE, PERIOD * SQRT_2);
    let gap = |x: [f64; 3]| {
        let cos = |x: f64| (2.0 * PI * x / PERIOD).cos();
        (0.5 * AMPLITUDE * (2.0 - cos(x[0]) - cos(x[1])), [0.0, 0.0, -1.0])
    };
    let top = boundary(&mesh, "z1")?;
    let surface = ContactSurface::rigid(&mesh, Hypothesis::Spatial, top, gap).map_err(text)?;
    let surfaces = [surface];
    let (_, outcome) = Elasticity::new(&mesh, Hypothesis::Spatial)
        .material(YOUNG, POISSON, Reduction::None)?
        .rollers(&["x0", "x1", "y0", "y1"])?
        .on("z0", Pressure { pressure: ratio * full })?
        .touch(&surfaces)?;
    let from = if from_hollow { half } else { 0.0 };
    let corners = surfaces[0].nodes.iter().zip(&outcome.touch[0]).filter(|(n, _)| n.is_corner());
    let corner = |(node, touch): (&contact::unilateral::ContactNode, &_)| {
        let touch: &contact::unilateral::Touch = touch;
        let x = mesh.points[node.node as usize];
        Corner {
            square: (x[0] - from).powi(2) + (x[1] - from).powi(2),
            gap: touch.mean_gap,
            pressure: if touch.active { touch.pressure / full } else { 0.0 },
        }
    };
    Ok(corners.map(corner).collect())
}

/// The fraction in contact under a light load: p^2 falls linearly with r^2 to zero at the edge of a
/// spot. Corners beyond 0.85 of what Hertz says of r^2 are left out.
fn light() -> Problem {
    const RATIO: f64 = 0.002;
    let row = |name: &str, what: &str, tolerance, because: &str, source| {
        let what = format!("{what}, mean pressure {RATIO} p*");
        Row::new(format!("contact.summits.{name}"), what, tolerance, because, source)
    };
    let rows = vec![
        row(
            "light",
            "fraction in contact over Hertz",
            2e-2,
            "11 cells to the radius of a spot; the next term of the limit is 1 %",
            SOURCE,
        ),
        row(
            "light_profile",
            "mean pressure over that of the fraction found, with the grid's own profile",
            4e-2,
            "11 cells to the radius of a spot, 2 % of its area; the load goes with its power 3/2",
            SNEDDON,
        ),
    ];
    Problem::new(rows, || {
        let hertz = grid_light_fraction(RATIO);
        let radius = (hertz / PI).sqrt() * PERIOD;
        let near = 1.3 * radius;
        let grading = Grading { from_hollow: false, width: near, depth: near, share: 0.7 };
        let corners = press(RATIO, 20, grading)?.into_iter();
        let inner = corners.filter(|c| c.pressure > 0.0 && c.square < 0.85 * radius * radius);
        let squares = inner.map(|c| (c.square, c.pressure * c.pressure));
        let edge = Line::through(&squares.collect::<Vec<_>>())?.zero();
        let fraction = PI * edge / (PERIOD * PERIOD);
        Ok(vec![
            Comparison::relative(1.0, fraction / hertz),
            Comparison::relative(1.0, RATIO / grid_light_ratio(fraction)),
        ])
    })
}

/// Shortly before full contact: the gap in a hollow goes with (b^2 - r^2)^(3/2), so that its power 2/3
/// falls linearly with r^2 to zero at the edge. Corners beyond 0.8 of the limit's b^2 are left out.
fn almost_full() -> Problem {
    const RATIO: f64 = 0.9;
    let row = |name: &str, what: &str, tolerance, because: &str, source| {
        let what = format!("{what}, mean pressure {RATIO} p*");
        Row::new(format!("contact.summits.{name}"), what, tolerance, because, source)
    };
    let rows = vec![
        row(
            "almost_full",
            "fraction still open over 3/(2 pi) (1 - p/p*)",
            5e-2,
            "the next term of the limit is 3 %",
            SOURCE,
        ),
        row(
            "almost_full_profile",
            "1 - p/p* over that of the fraction found, with the grid's own profile",
            3e-2,
            "p* is found to 0.2 %, 2 % of 1 - p/p*",
            SNEDDON,
        ),
    ];
    Problem::new(rows, || {
        let limit = grid_hollow_fraction(RATIO);
        let square = limit / PI * PERIOD * PERIOD;
        let grading = Grading { from_hollow: true, width: 0.3, depth: 0.2, share: 0.6 };
        let corners = press(RATIO, 20, grading)?.into_iter();
        let inner = corners.filter(|c| c.gap > 0.0 && c.square < 0.8 * square);
        let powers = inner.map(|c| (c.square, c.gap.powf(2.0 / 3.0)));
        let edge = Line::through(&powers.collect::<Vec<_>>())?.zero();
        let open = PI * edge / (PERIOD * PERIOD);
        let found = 1.0 - grid_almost_full_ratio(open);
        Ok(vec![
            Comparison::relative(1.0, open / limit),
            Comparison::relative(1.0, (1.0 - RATIO) / found),
        ])
    })
}

/// Full contact: the pressure's amplitude is p*.
fn full() -> Problem {
    let rows = vec![Row::new(
        "contact.summits.full",
        "half of largest less smallest pressure in full contact, over p*",
        4e-3,
        "20 cells to half a wave: (k h)^2 / 12 with k h = 0.17 at the crest",
        SOURCE,
    )];
    Problem::new(rows, || {
        let grading = Grading { from_hollow: true, width: 0.3, depth: 0.2, share: 0.6 };
        let corners = press(1.5, 20, grading)?;
        let pressures = || corners.iter().map(|c| c.pressure);
        let largest = pressures().fold(f64::NEG_INFINITY, f64::max);
        let smallest = pressures().fold(f64::INFINITY, f64::min);
        Ok(vec![Comparison::relative(1.0, 0.5 * (largest - smallest))])
    })
}

/// Both limits and full contact.
pub(super) fn problems() -> Vec<Problem> {
    vec![light(), almost_full(), full()]
}

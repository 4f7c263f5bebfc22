//! What is drawn along the boundaries and interfaces: current, pressure, contact fraction, gap.

use super::axis::{Unit, current_density_unit, length_unit, potential_unit, pressure_unit};
use super::colour::{CURVES, DASHES};
use crate::results::{Profile, Results};

/// What marks the curve on the diagonal of a body in 3-D.
pub const DIAGONAL: &str = ", x = y";

/// A boundary or interface along which curves are drawn, in its colour wherever it appears.
pub struct Surface {
    pub name: String,
    pub colour: &'static str,
    pub dashes: &'static str,
}

/// One curve.
pub struct Curve {
    /// Number of its surface.
    pub surface: usize,
    /// What the legend adds to the surface's name.
    pub line: &'static str,
    /// Distance \[m\] and value in SI units.
    pub points: Vec<[f64; 2]>,
    /// False for points that lie on no common line.
    pub connected: bool,
}

/// What a panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Current density over the mean one.
    Current,
    /// Current density.
    CurrentDensity,
    /// Potential of the electrolyte.
    Potential,
    /// Contact pressure.
    Pressure,
    /// Contact fraction.
    Fraction,
    /// Gap.
    Gap,
}

impl Content {
    /// The column of the profiles.
    pub fn column(self) -> &'static str {
        match self {
            Content::Current => "current_ratio",
            Content::CurrentDensity => "current_density",
            Content::Potential => "potential",
            Content::Pressure => "contact_pressure",
            Content::Fraction => "contact_fraction",
            Content::Gap => "gap",
        }
    }

    /// SI unit of the column.
    pub fn si_unit(self) -> &'static str {
        match self {
            Content::CurrentDensity => "A/m^2",
            Content::Potential => "V",
            Content::Pressure => "Pa",
            Content::Gap => "m",
            Content::Current | Content::Fraction => "1",
        }
    }

    /// The unit for values up to `largest`; a pure number has none.
    pub fn unit(self, largest: f64) -> Unit {
        match self {
            Content::CurrentDensity => current_density_unit(largest),
            Content::Potential => potential_unit(largest),
            Content::Pressure => pressure_unit(largest),
            Content::Gap => length_unit(largest),
            _ => Unit { name: "", per_si: 1.0 },
        }
    }

    /// What the vertical axis is called.
    pub fn name(self) -> &'static str {
        match self {
            Content::Current => "current density / mean",
            Content::CurrentDensity => "current density",
            Content::Potential => "potential",
            Content::Pressure => "contact pressure",
            Content::Fraction => "contact fraction",
            Content::Gap => "gap",
        }
    }
}

/// The curves of one panel.
pub struct Curves {
    pub content: Content,
    pub curves: Vec<Curve>,
    /// What a uniform current would be, with the number of the surface where it is not that of all.
    pub means: Vec<(Option<usize>, f64)>,
}

/// The panels of the overview.
pub const OVERVIEW: [Content; 4] =
    [Content::Current, Content::Pressure, Content::Fraction, Content::Gap];
/// Those of the figure of the interface.
pub const INTERFACE: [Content; 4] =
    [Content::CurrentDensity, Content::Pressure, Content::Fraction, Content::Gap];

/// The surfaces worth showing: those with a contact, if a current flows through them or none at all;
/// besides, if it does not, those on which the current density varies, or the first with any.
pub fn surfaces(results: &Results) -> Vec<Surface> {
    styled(surface_names(results))
}

/// Names with the colours and dashes of their curves.
pub fn styled(names: Vec<String>) -> Vec<Surface> {
    let styles = CURVES.into_iter().zip(DASHES);
    let named = names.into_iter().zip(styles);
    named.map(|(name, (colour, dashes))| Surface { name, colour, dashes }).collect()
}

/// Names of the surfaces worth showing, see [`surfaces`].
pub fn surface_names(results: &Results) -> Vec<String> {
    let profiles = || results.profiles.iter().filter(|p| p.suffix.is_empty());
    let touches = |p: &&Profile| values(p, Content::Pressure).is_some();
    let mut shown: Vec<&Profile> = profiles().filter(touches).collect();
    if !shown.iter().any(|p| of_current(p).is_some()) {
        let electric: Vec<_> = profiles().filter(|p| is_drawn(results, p)).collect();
        let varying = electric.iter().copied().filter(|p| !is_uniform(p));
        let mut with_current: Vec<_> = varying.collect();
        if with_current.is_empty() {
            with_current.extend(electric.first());
        }
        // Inner surfaces first: the picture is about them.
        with_current.sort_by_key(|p| results.mesh.interface(&p.name).is_none());
        shown.splice(0..0, with_current);
    }
    shown.into_iter().map(|p| p.name.clone()).collect()
}

/// Whether distances along the surfaces are those from the axis, not from a first point.
pub fn is_from_axis(results: &Results, surfaces: &[Surface]) -> bool {
    let mesh = &results.mesh;
    let profiles = results.profiles.iter().filter(|p| p.suffix.is_empty());
    let mut shown = profiles.filter(|p| surfaces.iter().any(|s| s.name == p.name));
    shown.all(|profile| {
        let column = |name| profile.column(name).map_or(&[][..], |c| &c.values[..]);
        let coordinates = [column("x"), column("y"), column("z")];
        column("distance").iter().enumerate().all(|(row, &distance)| {
            let at = |axis: usize| coordinates[axis].get(row).copied().unwrap_or(0.0);
            let radius = match mesh.dimension {
                3 => at(0).hypot(at(1)),
                _ => at(mesh.axes[0].min(2)).abs(),
            };
            (distance - radius).abs() <= 1e-9 * distance.abs()
        })
    })
}

/// The panels worth drawing, from above: current and pressure where they are known, the contact
/// fraction where it is more than open or closed, the gap where something is open.
pub fn panels(
    results: &Results,
    surfaces: &[Surface],
    contents: &[Content],
    reach: f64,
) -> Vec<Curves> {
    let profiles = surfaces.iter().map(|s| profile_of(results, &s.name).map(|p| (results, p)));
    let mut panels = panels_of(&profiles.collect::<Vec<_>>(), contents, reach);
    for panel in &mut panels {
        // One run has one mean.
        if let Some(&(_, mean)) = panel.means.first() {
            panel.means = vec![(None, mean)];
        }
    }
    panels
}

/// The curve along a boundary or interface.
pub fn profile_of<'r>(results: &'r Results, name: &str) -> Option<&'r Profile> {
    results.profiles.iter().find(|p| p.suffix.is_empty() && p.name == name)
}

/// As [`panels`], of profiles that may belong to different runs; the k-th is drawn in the style of the
/// k-th surface.
pub fn panels_of(
    profiles: &[Option<(&Results, &Profile)>],
    contents: &[Content],
    reach: f64,
) -> Vec<Curves> {
    let panels = contents.iter().map(|&content| {
        let each = || profiles.iter().enumerate().filter_map(|(k, p)| Some((k, (*p)?)));
        let means = each().filter_map(|(k, (_, profile))| match content {
            Content::Current => values(profile, content).map(|_| (None, 1.0)),
            Content::CurrentDensity => mean(profile).map(|mean| (Some(k), mean)),
            _ => None,
        });
        let mut means: Vec<_> = means.collect();
        if content == Content::Current {
            means.truncate(1);
        }
        let curves = each()
            .flat_map(|(k, (results, profile))| of_profile(results, profile, content, k))
            .map(|mut curve| {
                curve.points.retain(|p| p[0] <= reach);
                curve
            })
            .filter(|curve| !curve.points.is_empty());
        Curves { content, curves: curves.collect(), means }
    });
    let mut panels: Vec<Curves> = panels.filter(|p| !p.curves.is_empty()).collect();
    let is_open = open_parts_of(&panels).iter().any(|[from, to]| to > from);
    panels.retain(|panel| match panel.content {
        Content::Current | Content::CurrentDensity | Content::Potential | Content::Pressure => true,
        Content::Gap => is_open,
        Content::Fraction => {
            let values = || panel.curves.iter().flat_map(|c| &c.points).map(|p| p[1]);
            let partial = values().filter(|f| *f > 1e-3 && *f < 1.0 - 1e-3).count();
            20 * partial > values().count()
        }
    });
    panels
}

/// Where the surfaces are open: no pressure and a gap. First and last distance \[m\] of each part, on
/// all surfaces together; in 3-D on the first line.
pub fn open_parts(panels: &[Curves]) -> Vec<[f64; 2]> {
    let mut parts = open_parts_of(panels);
    parts.retain(|[from, to]| to > from);
    parts
}

fn open_parts_of(panels: &[Curves]) -> Vec<[f64; 2]> {
    let of = |content| panels.iter().find(|p| p.content == content).map(|p| &p.curves);
    let (Some(pressure), Some(gap)) = (of(Content::Pressure), of(Content::Gap)) else {
        return Vec::new();
    };
    let first_line = pressure.first().map_or("", |c| c.line);
    let mut nodes: Vec<(f64, bool)> = Vec::new();
    for (p, g) in pressure.iter().zip(gap).filter(|(p, _)| p.connected && p.line == first_line) {
        let pairs = p.points.iter().zip(&g.points);
        nodes.extend(pairs.map(|(p, g)| (p[0], p[1] <= 0.0 && g[1] > 0.0)));
    }
    nodes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let runs = nodes.chunk_by(|a, b| a.1 == b.1).filter(|run| run[0].1);
    runs.map(|run| [run[0].0, run[run.len() - 1].0]).collect()
}

fn values(profile: &Profile, content: Content) -> Option<&[f64]> {
    profile.column(content.column()).map(|c| &c.values[..])
}

/// What says where a current flows: current density, or that over its mean.
fn of_current(profile: &Profile) -> Option<(Content, &[f64])> {
    let contents = [Content::Current, Content::CurrentDensity];
    contents.into_iter().find_map(|content| Some((content, values(profile, content)?)))
}

fn is_drawn(results: &Results, profile: &Profile) -> bool {
    of_current(profile)
        .is_some_and(|(content, _)| !of_profile(results, profile, content, 0).is_empty())
}

/// The mean current density to which that of a profile is compared \[A/m2\].
pub fn mean(profile: &Profile) -> Option<f64> {
    let density = values(profile, Content::CurrentDensity)?;
    let pairs = density.iter().zip(values(profile, Content::Current)?);
    let means = pairs.filter(|(i, ratio)| i.is_finite() && ratio.abs() > 1e-3);
    // All rows say the same; the largest says it with the fewest lost digits.
    let best = means.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
    best.map(|(i, ratio)| i / ratio).filter(|mean| mean.is_finite())
}

fn is_uniform(profile: &Profile) -> bool {
    let ratios = || of_current(profile).into_iter().flat_map(|(_, v)| v).copied();
    let finite = ratios().filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
    // Also without any value.
    high - low <= 1e-9 * high.abs() || high < low
}

fn of_profile(
    results: &Results,
    profile: &Profile,
    content: Content,
    surface: usize,
) -> Vec<Curve> {
    let (Some(distances), Some(values)) = (profile.column("distance"), values(profile, content))
    else {
        return Vec::new();
    };
    let rows: Vec<_> = distances.values.iter().zip(values).enumerate().collect();
    let pick = |line: Option<&str>| {
        let on =
            |row: usize| line.is_none_or(|l| profile.line.as_ref().is_some_and(|p| p[row] == l));
        let finite = rows.iter().filter(|(_, (d, v))| d.is_finite() && v.is_finite());
        finite.filter(|(row, _)| on(*row)).map(|&(_, (&d, &v))| [d, v]).collect::<Vec<_>>()
    };
    let curve = |line, points, connected| Curve { surface, line, points, connected };
    let curves = match &profile.line {
        Some(_) => vec![
            curve(", y = 0", pick(Some("x")), true),
            curve(DIAGONAL, pick(Some("diagonal")), true),
        ],
        None => vec![curve("", pick(None), results.mesh.dimension < 3)],
    };
    curves.into_iter().filter(|c| !c.points.is_empty()).collect()
}

//! Figures that lay several runs over each other.

use super::Figure;
use super::curve::{Content, is_from_axis, panels_of, profile_of, styled, surface_names};
use super::interface::stack;
use super::view::View;
use super::voltage::compare_voltages;
use crate::results::{Profile, Results};

/// Most runs that can be told apart in one figure.
pub const MOST_RUNS: usize = 7;
/// How far the curves go, in radii of the largest defect.
const RADII: f64 = 5.0;

/// What flows, and what touches.
const CURRENT: [Content; 3] = [Content::CurrentDensity, Content::Current, Content::Potential];
const CONTACT: [Content; 3] = [Content::Pressure, Content::Fraction, Content::Gap];

/// The figures of several runs, each with what it is called: `interface` and `contact`, curves along the
/// first surface worth showing; the same with its name for each other surface that two runs have; and
/// `voltage`. At most [`MOST_RUNS`] runs.
pub fn compare_runs(runs: &[(&str, &Results)]) -> Vec<Figure> {
    let names: Vec<Vec<String>> = runs.iter().map(|(_, r)| surface_names(r)).collect();
    let mut figures = Vec::new();
    let first = names.iter().map(|names| names.first().map(String::as_str));
    let first: Vec<Option<&str>> = first.collect();
    figures.extend(along(runs, &first, ""));
    let mut others: Vec<&str> = Vec::new();
    for (run, names) in names.iter().enumerate() {
        for name in names.iter().skip(1) {
            let elsewhere = runs.iter().enumerate();
            let elsewhere =
                elsewhere.filter(|(k, (_, r))| *k != run && profile_of(r, name).is_some());
            if elsewhere.count() > 0 && !others.contains(&name.as_str()) {
                others.push(name);
            }
        }
    }
    for name in others {
        figures.extend(along(runs, &vec![Some(name); runs.len()], name));
    }
    figures.extend(compare_voltages(runs));
    figures.into_iter().map(Figure::with_own_names).collect()
}

/// Curves along one surface of each run.
fn along(runs: &[(&str, &Results)], surfaces: &[Option<&str>], suffix: &str) -> Vec<Figure> {
    let profiles: Vec<Option<(&Results, &Profile)>> = (runs.iter().zip(surfaces))
        .map(|((_, results), surface)| Some((*results, profile_of(results, (*surface)?)?)))
        .collect();
    let styles = styled(runs.iter().map(|(name, _)| (*name).to_owned()).collect());
    let radius = |results: &Results| View::around_defect(results, [200.0, 200.0])?.defect;
    let radii: Vec<f64> = runs.iter().filter_map(|(_, r)| radius(r)).collect();
    let largest = radii.iter().copied().fold(0.0, f64::max);
    let reach = if radii.len() == runs.len() { RADII * largest } else { f64::INFINITY };
    let from_axis = (runs.iter().zip(surfaces)).all(|((_, results), surface)| {
        surface.is_none_or(|s| is_from_axis(results, &styled(vec![s.to_owned()])))
    });
    let origin = if from_axis { "the axis" } else { "the first point" };
    let is_one =
        radii.len() == runs.len() && radii.iter().all(|r| (r / largest - 1.0).abs() < 1e-6);
    let defect = (is_one && from_axis && largest > 0.0).then_some((largest, "defect"));
    let mut figures = Vec::new();
    for (stem, title, contents) in
        [("interface", "Along the interface", CURRENT), ("contact", "Contact", CONTACT)]
    {
        let panels = panels_of(&profiles, &contents, reach);
        let name = if suffix.is_empty() { stem.to_owned() } else { format!("{stem}_{suffix}") };
        let mut caption = String::from("Along ");
        let mut along: Vec<&str> = surfaces.iter().flatten().copied().collect();
        along.dedup();
        caption += &along.join(" and ");
        caption += ": ";
        caption += &panels.iter().map(|p| p.content.name()).collect::<Vec<_>>().join(", ");
        caption.push('.');
        if panels.iter().any(|p| !p.means.is_empty()) {
            caption +=
                " Thin dashed lines are the uniform current densities of the counter electrodes.";
        }
        figures.extend(stack([&name, title], caption, (&panels, &styles), (origin, defect), true));
    }
    figures
}

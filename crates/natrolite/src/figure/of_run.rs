//! All figures of a run.

use super::convergence::convergence;
use super::current_density::current_density;
use super::cut_above::cut_above;
use super::deformed_sheet::deformed;
use super::interface::interface;
use super::interface_above::interface_above;
use super::mesh_sheet::mesh;
use super::potential::potential;
use super::stress_map::stress;
use super::voltage::voltage;
use super::{Figure, overview};
use crate::results::Results;
use rayon::prelude::*;

/// A figure, where the run has what it shows.
type Draw = fn(&Results) -> Option<Figure>;

/// Names of all figures that a run can have, in the order in which they are read.
pub const FIGURES: [&str; 11] = [
    "overview",
    "potential",
    "current_density",
    "interface",
    "interface_above",
    "cut_above",
    "deformed",
    "stress",
    "voltage",
    "mesh",
    "convergence",
];

const DRAW: [Draw; 11] = [
    overview::figure,
    potential,
    current_density,
    interface,
    interface_above,
    cut_above,
    deformed,
    stress,
    voltage,
    mesh,
    convergence,
];

/// The figures of a run, as far as it has what they show, in the order of [`FIGURES`].
pub fn figures_of_run(results: &Results) -> Vec<Figure> {
    // In parallel; their order stays.
    DRAW.par_iter().filter_map(|draw| draw(results)).map(Figure::with_own_names).collect()
}

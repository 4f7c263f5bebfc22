//! Cases that rows are made of, written as a user types them.

use crate::case;
use crate::results::{Results, Status};
use crate::run::{Silent, solve_case};
use std::path::Path;

/// Radius of the defect \[m\].
pub(super) const RADIUS: f64 = 1e-5;
/// Conductivity of the electrolyte \[S/m\].
pub(super) const KAPPA: f64 = 0.1;
/// Applied current density \[A/m2\].
pub(super) const CURRENT: f64 = 10.0;

/// A built-in geometry with a defect of radius 10 um in an electrolyte of 1 mS/cm: a charge-transfer
/// resistance of Wa ohm cm2 has the Wagner number Wa.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    /// `symmetry` of the case.
    pub symmetry: &'static str,
    /// `shape` of the case.
    pub shape: &'static str,
    /// Width over the defect's radius.
    pub width: f64,
    /// Thickness over the defect's radius.
    pub thickness: f64,
    /// Cell size at the rim over the defect's radius; the default when `None`.
    pub rim_size: Option<f64>,
    /// The tables `[boundary...]` but for the counter's.
    pub boundaries: String,
}

/// `[boundary.counter]` of [`Cell::case`]: 1 mA/cm2, uniform.
const COUNTER: &str = "[boundary.counter]\ncurrent = { density = \"1 mA/cm^2\" }\n";

impl Cell {
    /// A cell as wide as it is thick with the default cell size at the rim.
    pub(super) fn new(
        (symmetry, shape): (&'static str, &'static str),
        extent: f64,
        boundaries: impl Into<String>,
    ) -> Cell {
        let boundaries = boundaries.into();
        Cell { symmetry, shape, width: extent, thickness: extent, rim_size: None, boundaries }
    }

    /// The text of the case.
    pub(super) fn case(&self) -> String {
        let rim = match self.rim_size {
            Some(size) => format!("rim_size = \"{:e} um\"\n", 10.0 * size),
            None => String::new(),
        };
        format!(
            "temperature = \"298.15 K\"\n\n[mesh.defect]\nsymmetry = \"{}\"\nshape = \"{}\"\n\
             radius = \"10 um\"\nwidth = \"{} um\"\nthickness = \"{} um\"\n{rim}\n\
             [material.SE]\nohm = {{ conductivity = \"1 mS/cm\" }}\n\n\
             [region]\nelectrolyte = \"SE\"\n\n{}\n{COUNTER}",
            self.symmetry,
            self.shape,
            10.0 * self.width,
            10.0 * self.thickness,
            self.boundaries
        )
    }

    /// Solves the case.
    pub(super) fn solve(&self) -> Result<Solved, String> {
        solve(&self.case())
    }
}

/// A boundary at this potential \[V\].
pub(super) fn potential(boundary: &str, value: f64) -> String {
    format!("[boundary.{boundary}]\npotential = \"{value} V\"\n")
}

/// A boundary with linear kinetics of the Wagner number `wagner` against a metal at 0 V.
pub(super) fn linear_kinetics(boundary: &str, wagner: f64) -> String {
    format!(
        "[boundary.{boundary}]\nlinear_kinetics = {{ charge_transfer_resistance = \
         \"{wagner} ohm cm^2\", electrode_potential = \"0 V\" }}\n"
    )
}

/// Position of a node over the radius, and the values of a field there.
pub(super) type NodeValues = ([f64; 3], Vec<f64>);

/// Results of a row.
pub(super) struct Solved(pub Results);

/// Reads and solves a case; an error when it does not converge.
pub(super) fn solve(text: &str) -> Result<Solved, String> {
    let case = case::read(Path::new("verify.toml"), text, &[], crate::registry::laws())
        .map_err(|error| error.to_string())?;
    let results = solve_case(&case, 0, &mut Silent).map_err(|error| error.to_string())?;
    match results.summary.status {
        Status::Converged => Ok(Solved(results)),
        Status::NotConverged => Err(results.log.trim_end().to_owned()),
    }
}

impl Solved {
    /// A quantity in SI units.
    pub(super) fn quantity(&self, name: &str) -> Result<f64, String> {
        let quantity = self.0.summary.quantities.get(name);
        quantity.map(|q| q.value).ok_or_else(|| format!("the run gave no quantity `{name}`"))
    }

    /// Pairs of r / a and the value of `column` at the nodes of a boundary.
    pub(super) fn profile(&self, boundary: &str, column: &str) -> Result<Vec<(f64, f64)>, String> {
        let profiles = &self.0.profiles;
        let profile = profiles.iter().find(|p| p.name == boundary && p.suffix.is_empty());
        let column_of = |name: &str| profile.and_then(|p| p.column(name));
        let missing = || format!("the run gave no `{column}` along `{boundary}`");
        let distance = column_of("distance").ok_or_else(missing)?;
        let values = column_of(column).ok_or_else(missing)?;
        Ok(distance.values.iter().map(|d| d / RADIUS).zip(values.values.iter().copied()).collect())
    }

    /// Positions over the radius, and values of a field at the nodes of a boundary.
    pub(super) fn field(&self, boundary: &str, name: &str) -> Result<Vec<NodeValues>, String> {
        let mesh = &self.0.mesh;
        let missing = || format!("the run gave no `{name}` on `{boundary}`");
        let field = self.0.field(name).ok_or_else(missing)?;
        let facets = &mesh.boundary(boundary).ok_or_else(missing)?.facets;
        let mut nodes: Vec<u32> = facets.iter().flat_map(|f| f.nodes.iter().copied()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let at = |node: u32| {
            let (node, n) = (node as usize, field.components);
            let values = field.values[node * n..(node + 1) * n].to_vec();
            (mesh.points[node].map(|x| x / RADIUS), values)
        };
        Ok(nodes.into_iter().map(at).collect())
    }
}

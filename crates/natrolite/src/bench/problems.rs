//! Cases of a wanted size, from the built-in geometries.

use crate::case::{self, MeshSource};
use crate::failure::Failure;
use clap::ValueEnum;
use serde::Serialize;
use std::path::Path;

/// Fewest cells that can be asked for.
pub const SMALLEST: u64 = 500;
/// Most cells that can be asked for; nodes are numbered with 31 bits.
pub const LARGEST: u64 = 1_000_000_000;

/// What is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// A pore: Ohm's law and Butler-Volmer kinetics
    Pore,
    /// The same box under pressure
    Elasticity,
    /// Two bodies pressed together over a void
    Contact,
}

/// A case with a mesh of about the wanted size.
#[derive(Clone, Debug, PartialEq)]
pub struct Sized {
    /// The case file.
    pub text: String,
    /// How often its mesh is refined uniformly.
    pub refinement: u32,
    /// Number of cells.
    pub cells: u64,
    /// The problem.
    pub problem: Problem,
}

impl Problem {
    /// The case file for this order of cells and this size of cells at the rim \[um\].
    ///
    /// Conjugate gradients are asked for at any size, so that small and large meshes measure the same
    /// code.
    fn case(self, order: usize, rim_size: f64) -> String {
        let (shape, more) = match self {
            Problem::Contact => ("disc", "anode_thickness = \"20 um\"\n"),
            _ => ("hemisphere", ""),
        };
        let laws = match self {
            Problem::Pore => PORE,
            Problem::Elasticity => ELASTICITY,
            Problem::Contact => CONTACT,
        };
        format!(
            "temperature = \"298.15 K\"\n\n[mesh.defect]\nsymmetry = \"quarter\"\n\
             shape = \"{shape}\"\nradius = \"10 um\"\n{more}rim_size = \"{rim_size:e} um\"\n\n\
             [discretization]\norder = {order}\n\n[solver]\nlinear = {{ method = \"cg\" }}\n\n{laws}"
        )
    }

    /// A heading.
    pub fn title(self) -> &'static str {
        match self {
            Problem::Pore => "Current around a pore",
            Problem::Elasticity => "Stress around a pore",
            Problem::Contact => "Contact around a void",
        }
    }

    /// Bytes for each cell at the peak, roughly, as measured; enough to refuse what cannot fit.
    fn bytes_per_cell(self, order: usize) -> u64 {
        match (self, order) {
            (Problem::Pore, 1) => 1_000,
            (Problem::Pore, _) => 20_000,
            (Problem::Elasticity, 1) => 12_000,
            (Problem::Elasticity, _) => 70_000,
            (Problem::Contact, 1) => 22_000,
            (Problem::Contact, _) => 560_000,
        }
    }
}

const PORE: &str = r#"[material.NPS]
ohm = { conductivity = "0.1 mS/cm" }

[region]
electrolyte = "NPS"

[boundary.anode]
butler_volmer = { exchange_current_density = "1.3 mA/cm^2", electrode_potential = "0 V" }

[boundary.counter]
current = { density = "1.3 mA/cm^2" }
"#;

const ELASTICITY: &str = r#"[material.NPS]
elastic = { young = "30 GPa", poisson = 0.301 }

[region]
electrolyte = "NPS"

[boundary.anode]
roller = true

[boundary.counter]
pressure = "10 MPa"
"#;

const CONTACT: &str = r#"[material.NPS]
elastic = { young = "30 GPa", poisson = 0.301 }

[material.sodium]
elastic = { young = "4.6 GPa", poisson = 0.34 }

[region]
electrolyte = "NPS"
anode = "sodium"

[interface.anode]
between = ["electrolyte", "anode"]
contact = { law = "unilateral" }

[interface.void]
between = ["electrolyte", "anode"]
contact = { gap = { formula = "40*nm*(1 - (r/(10*um))^2)^2" } }

[boundary.collector]
platen = { pressure = "10 MPa" }

[boundary.counter]
roller = true
"#;

/// Sizes of cells at the rim to choose from \[um\].
const RIM_SIZES: std::ops::Range<i32> = 0..38;
/// Most uniform refinements.
const MOST_REFINEMENTS: u32 = 7;

/// The case whose mesh has the number of cells nearest to `cells`.
///
/// A base mesh has some hundred to some thousand cells, depending on the size of cells at the rim; each
/// refinement makes eight of one.
///
/// # Errors
/// When the mesh cannot be built.
pub fn fit(problem: Problem, order: usize, cells: u64) -> Result<Sized, Failure> {
    let mut best: Option<(f64, Sized)> = None;
    for k in RIM_SIZES {
        let rim_size = 5.0 * 0.8_f64.powi(k);
        // Counted with first order, which is the same number and faster.
        let base = count(&problem.case(1, rim_size))?;
        for refinement in 0..=MOST_REFINEMENTS {
            let count = base << (3 * refinement);
            // Of meshes of nearly one size, the one whose rim is resolved as usual: below 0.03 um cells are
            // so stretched that solvers take more iterations.
            let stretched = (0.03 / rim_size).ln().max(0.0);
            let unusual = 0.01 * rim_size.ln().abs() + 0.1 * stretched;
            let score = (count as f64 / cells as f64).ln().abs() + unusual;
            if best.as_ref().is_none_or(|(least, _)| score < *least) {
                let text = problem.case(order, rim_size);
                best = Some((score, Sized { text, refinement, cells: count, problem }));
            }
        }
    }
    best.map(|(_, sized)| sized).ok_or_else(|| Failure::Input("no mesh to choose from".into()))
}

/// Number of cells of the unrefined mesh.
fn count(text: &str) -> Result<u64, Failure> {
    let case = case::read(Path::new("bench.toml"), text, &[], crate::registry::laws())?;
    let MeshSource::Defect(defect) = &case.mesh else {
        return Err(Failure::Input("a benchmark needs a built-in geometry".into()));
    };
    let rim_size = defect.rim_size.unwrap_or(defect.radius());
    let mesh = mesh::defect::build(&defect.geometry(rim_size, 0))
        .map_err(|error| Failure::Input(error.to_string()))?;
    Ok(mesh.cell_count() as u64)
}

/// Refuses what would not fit into the memory that is available, where the system tells.
///
/// # Errors
/// [`Failure::Input`] with both sizes.
pub fn check_memory(sized: &Sized, order: usize, available: Option<u64>) -> Result<(), Failure> {
    let needed = sized.cells.saturating_mul(sized.problem.bytes_per_cell(order));
    match available {
        Some(available) if needed > available => Err(Failure::Input(format!(
            "{} cells of order {order} need about {:.0} GiB, and {:.1} GiB are available; wanted fewer \
             `--cells`",
            sized.cells,
            needed as f64 / GIB,
            available as f64 / GIB
        ))),
        _ => Ok(()),
    }
}

const GIB: f64 = (1_u64 << 30) as f64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meshes_are_near_the_wanted_size() {
        for problem in [Problem::Pore, Problem::Elasticity, Problem::Contact] {
            for cells in [2_000, 50_000, 400_000, 2_000_000, 30_000_000] {
                let sized = fit(problem, 1, cells).expect("a mesh");
                let ratio = sized.cells as f64 / cells as f64;
                assert!((0.85..1.18).contains(&ratio), "{problem:?} {cells}: {}", sized.cells);
            }
        }
    }

    #[test]
    fn a_refinement_makes_eight_of_one() {
        let sized = fit(Problem::Contact, 2, 20_000).expect("a mesh");
        let case = case::read(Path::new("a.toml"), &sized.text, &[], crate::registry::laws());
        let geometry = crate::run::Geometry::of(&case.expect("a case"), sized.refinement);
        let mesh = geometry.expect("a geometry").mesh;
        assert_eq!((mesh.cell_count() as u64, sized.refinement > 0), (sized.cells, true));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let sized =
            Sized { text: String::new(), refinement: 7, cells: 1 << 30, problem: Problem::Pore };
        let error = check_memory(&sized, 1, Some(1 << 33)).expect_err("a terabyte");
        assert!(error.to_string().contains("1000 GiB, and 8.0 GiB"), "{error}");
        assert_eq!(error.exit_code(), 2);
        assert!(check_memory(&sized, 1, None).is_ok());
    }
}

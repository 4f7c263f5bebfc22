//! What a run hands to its writers: plain data in SI units.
//!
//! [`Results`] knows no solver and no file. The fields are point data on the mesh, the profiles are
//! curves along boundaries and interfaces, and the [`Summary`] holds the numbers of `summary.json`
//! under the names they have there.

#[cfg(test)]
pub(crate) mod sample;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// Everything that a run found out.
#[derive(Clone, Debug)]
pub struct Results {
    /// The mesh on which the fields live.
    pub mesh: mesh::Mesh,
    /// Where that is but a part of the mesh that was solved on; see [`Piece`].
    pub part_of: Option<PartOf>,
    /// How the mesh stands for a body in space.
    pub symmetry: Symmetry,
    /// Fields with one value (or tuple) per node of the mesh.
    pub fields: Vec<Field>,
    /// Fields on boundaries and interfaces; in 3-D, where profiles hold but a part of the nodes.
    pub surface_fields: Vec<SurfaceField>,
    /// Curves along boundaries and interfaces.
    pub profiles: Vec<Profile>,
    /// The numbers.
    pub summary: Summary,
    /// The case file as typed.
    pub case_text: String,
    /// The case with every default filled in, in SI units.
    pub resolved: String,
    /// What the run reported on its way, one message a line; without times, because it is stored
    /// with the datasets that must not depend on the number of threads.
    pub log: String,
}

impl Results {
    /// The field called `name`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }
}

/// The place of a part in the whole mesh.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartOf {
    /// The number in the whole of each node, rising.
    pub nodes: Vec<u32>,
    /// The number in the whole of each cell, rising.
    pub cells: Vec<u32>,
    /// Cells of the whole by quality, as in [`mesh::quality::Quality`]; for the report.
    pub histogram: Option<[usize; 10]>,
}

/// What one of several ranks has of the fields: each cell of the mesh is in the piece of one rank.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Its cells with their nodes, without facets.
    pub mesh: mesh::Mesh,
    /// The number in the whole mesh of each node, rising.
    pub nodes: Vec<u32>,
    /// The number in the whole mesh of each cell, rising.
    pub cells: Vec<u32>,
    /// Fields with one value (or tuple) per node of the piece, the same on all ranks where pieces meet.
    pub fields: Vec<Field>,
}

/// How a mesh stands for a body in space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symmetry {
    /// A plane section, per metre of depth.
    Planar,
    /// A half section turned about its first axis r = 0.
    Axisymmetric,
    /// The body itself, or a part of it between planes of symmetry.
    ThreeDimensional,
}

/// Point data.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in files, for example `potential`.
    pub name: String,
    /// SI unit of the values; `"1"` for a pure number.
    pub unit: &'static str,
    /// 1 for a scalar, 3 for a vector (x, y, z), 6 for a symmetric tensor (xx, yy, zz, xy, yz, xz).
    pub components: usize,
    /// `components` values for each node of the mesh, node after node.
    pub values: Vec<f64>,
}

/// A field on a boundary or an interface.
#[derive(Clone, Debug, PartialEq)]
pub struct SurfaceField {
    /// The boundary or interface.
    pub surface: String,
    /// Its name, as that of the column of a profile, for example `current_density`.
    pub name: &'static str,
    /// SI unit of the values.
    pub unit: &'static str,
    /// One value for each node of the surface (of an interface: of its first side), in increasing
    /// order of the nodes.
    pub values: Vec<f64>,
}

/// A curve along a boundary or an interface: a table with named columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The boundary or interface.
    pub name: String,
    /// `""` for values at nodes, `"_at"` for values at the distances that the case asks for.
    pub suffix: &'static str,
    /// The columns, all of one length.
    pub columns: Vec<Column>,
    /// In 3-D the line to which each row belongs, `"x"` or `"diagonal"`; rows of a line are
    /// consecutive.
    pub line: Option<Vec<&'static str>>,
}

impl Profile {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |c| c.values.len())
    }

    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }
}

/// One column of a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name, for example `current_density`.
    pub name: &'static str,
    /// SI unit of the values.
    pub unit: &'static str,
    /// One value for each row.
    pub values: Vec<f64>,
}

/// Names and SI units of quantities, in their order.
pub type Layout = Vec<(String, String)>;

/// Values with names, in the order in which they were added; serialised as a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Named(Vec::new())
    }
}

impl<T> Named<T> {
    /// The value called `name`.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    /// Adds a value at the end.
    pub fn push(&mut self, name: impl Into<String>, value: T) {
        self.0.push((name.into(), value));
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Named<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of names to values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut named = Named::default();
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    named.push(name, value);
                }
                Ok(named)
            }
        }
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

/// JSON has no NaN: what is not finite was written as `null`.
fn number_or_nan<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

/// As [`number_or_nan`], for each of a list.
fn numbers_or_nan<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
    let numbers: Vec<Option<f64>> = Vec::deserialize(deserializer)?;
    Ok(numbers.into_iter().map(|n| n.unwrap_or(f64::NAN)).collect())
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Newton's method reached its tolerance.
    Converged,
    /// It did not; the last iterate is what the files hold.
    NotConverged,
}

impl Status {
    /// What it is when everything converged, or not.
    pub fn of(converged: bool) -> Self {
        if converged { Status::Converged } else { Status::NotConverged }
    }
}

/// The numbers of a run; field for field the contents of `summary.json`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// How the run ended.
    pub status: Status,
    /// Title of the case.
    pub title: String,
    /// Version and commit of the program.
    pub version: String,
    /// Number of threads; of each rank, where there are several.
    pub threads: usize,
    /// The ranks, of a run under `mpirun`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranks: Option<RanksSummary>,
    /// Number of unknowns.
    pub dofs: usize,
    /// Largest resident memory so far \[byte\], where the system tells.
    pub peak_memory_bytes: Option<u64>,
    /// The mesh.
    pub mesh: MeshSummary,
    /// The nonlinear solver.
    pub newton: NewtonSummary,
    /// The linear solver.
    pub linear_solver: LinearSolverSummary,
    /// The stress side, when the case has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mechanics: Option<MechanicsSummary>,
    /// Where the time went.
    pub seconds: Seconds,
    /// The quantities, by name.
    pub quantities: Named<Quantity>,
}

/// How a run was spread over ranks.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct RanksSummary {
    /// Number of ranks.
    pub count: usize,
    /// What solved: versions of PETSc and MPI.
    pub engine: String,
    /// Most unknowns of a rank over the mean of all.
    #[serde(deserialize_with = "number_or_nan")]
    pub imbalance: f64,
    /// Most unknowns of other ranks that a rank has copies of.
    pub most_ghosts: usize,
    /// Most bytes that a rank sends when all copies are brought up to date.
    pub most_halo_bytes: u64,
    /// Largest resident memory of any rank \[byte\], where the system tells.
    pub peak_memory_bytes: Option<u64>,
    /// Setting up the linear solver, and solving with it, on the slowest rank \[s\].
    pub linear_seconds: [f64; 2],
}

impl RanksSummary {
    /// With what an earlier problem of the same run took.
    #[must_use]
    pub fn after(mut self, earlier: Option<RanksSummary>) -> Self {
        if let Some(earlier) = earlier {
            self.imbalance = self.imbalance.max(earlier.imbalance);
            self.most_ghosts = self.most_ghosts.max(earlier.most_ghosts);
            self.most_halo_bytes = self.most_halo_bytes.max(earlier.most_halo_bytes);
            for (sum, seconds) in self.linear_seconds.iter_mut().zip(earlier.linear_seconds) {
                *sum += seconds;
            }
        }
        self
    }
}

/// Counts, sizes and names of a mesh.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct MeshSummary {
    /// Number of cells.
    pub cells: usize,
    /// Number of nodes.
    pub nodes: usize,
    /// Smallest quality of a cell; 1 for the ideal shape, 0 for a degenerate one.
    #[serde(deserialize_with = "number_or_nan")]
    pub min_quality: f64,
    /// Size of the cells at the defect's rim \[m\]; absent for a mesh from a file.
    pub rim_size: Option<f64>,
    /// Sizes of the regions of the whole defect cell (m^3, or m^2 per metre in planar symmetry).
    pub regions: Named<Measure>,
    /// Sizes of the boundaries and interfaces (m^2, or m per metre in planar symmetry).
    pub boundaries: Named<Measure>,
}

/// Size of a region or boundary.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Measure {
    /// Volume, area or length in SI units.
    #[serde(deserialize_with = "number_or_nan")]
    pub measure: f64,
}

/// What Newton's method did.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct NewtonSummary {
    /// Number of iterations.
    pub iterations: usize,
    /// Residual norms over the first one, starting with 1.
    #[serde(deserialize_with = "numbers_or_nan")]
    pub residuals: Vec<f64>,
}

/// What the linear solver did.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct LinearSolverSummary {
    /// Its name, for example `cholesky`.
    pub name: String,
    /// Iterations of each solve; 1 for a direct method.
    pub iterations: Vec<usize>,
}

/// How the stress and the contact were solved.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct MechanicsSummary {
    /// Number of unknowns.
    pub dofs: usize,
    /// Name of the linear solver.
    pub solver: String,
    /// "not stored", or "stored: " and why.
    pub matrix: String,
    /// Steps of the active set; without unilateral contact those of Newton's method.
    pub steps: usize,
    /// Nodes that changed between open and closed in each step.
    pub exchanged: Vec<usize>,
    /// Corner nodes that touch in the end.
    pub active: usize,
    /// Residual over the forces that balance.
    #[serde(deserialize_with = "number_or_nan")]
    pub residual: f64,
    /// The largest product of pressure and gap, and the largest tension and overlap, each over the
    /// largest pressure and gap; absent without contact.
    pub complementarity: Option<f64>,
    /// Sum of all moments over their size.
    #[serde(deserialize_with = "number_or_nan")]
    pub moment_balance_error: f64,
}

/// Wall-clock times \[s\].
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Seconds {
    /// Making or reading the mesh.
    pub mesh: f64,
    /// From the mesh to the equations.
    pub setup: f64,
    /// Solving them.
    pub solve: f64,
    /// Writing files.
    pub output: f64,
    /// All of it.
    pub total: f64,
}

/// A number with its unit.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Quantity {
    /// The value in SI units.
    #[serde(deserialize_with = "number_or_nan")]
    pub value: f64,
    /// SI unit; `"1"` for a pure number.
    pub unit: String,
    /// Estimate of its discretisation error from finer meshes, in the same unit.
    pub error_estimate: Option<f64>,
}

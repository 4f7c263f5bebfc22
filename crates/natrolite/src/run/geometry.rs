//! The mesh that a case is solved on.

use crate::case::{Case, CaseError, DefectSource, Diagnostic, Diagnostics, FileSource, MeshSource};
use crate::results::Symmetry as Reduction;
use algebra::Lattice;
use fem::Hypothesis;
use log::{debug, info};
use mesh::Mesh;
use mesh::defect::{Blueprint, LatticePoints, Symmetry, default_rim_size};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use transport::conductivity_at;

/// A mesh, and how it stands for the cell.
#[derive(Clone, Debug)]
pub struct Geometry {
    /// The mesh, interfaces split.
    pub mesh: Mesh,
    /// How laws and integrals are reduced to it.
    pub hypothesis: Hypothesis,
    /// How many times the whole defect cell is what was meshed: 4 for a quarter, 2 for half a plane
    /// section.
    pub multiplicity: f64,
    /// Size of the cells at the rim of a built-in defect \[m\].
    pub rim_size: Option<f64>,
    /// True when the distance of a profile is that from the axis x = y = 0 (r = 0).
    pub has_axis: bool,
    /// Where the nodes of a built-in mesh are on its lattice.
    pub lattice: Option<Arc<Lattice>>,
}

impl Geometry {
    /// Builds or reads the mesh of `case`, refined uniformly `refinement` times.
    ///
    /// # Errors
    /// What is wrong with the geometry or the file, at the line of the case that asks for it, and
    /// names of the case that the mesh does not have.
    pub fn of(case: &Case, refinement: u32) -> Result<Self, CaseError> {
        Ok(Self::first_of(case, refinement, None)?.0)
    }

    /// The same, or of the coarser meshes in space before it the first that has `enough` cells; and how often that
    /// is refined.
    ///
    /// # Errors
    /// As [`Geometry::of`].
    pub fn first_of(
        case: &Case,
        refinement: u32,
        enough: Option<usize>,
    ) -> Result<(Self, u32), CaseError> {
        let (geometry, refinement) = Self::unchecked(case, refinement, enough)?;
        super::names::check(case, &geometry.mesh)?;
        let (mesh, size) =
            (&geometry.mesh, geometry.rim_size.map(|h| crate::units::display(h, "m")));
        info!(
            "mesh: {} cells of order {}, {} nodes, {} regions, {} boundaries, {} interfaces{}",
            mesh.cell_count(),
            case.order,
            mesh.points.len(),
            mesh.regions.len(),
            mesh.boundaries.len(),
            mesh.interfaces.len(),
            size.map_or_else(String::new, |size| format!(", {size} at the rim"))
        );
        for block in &mesh.blocks {
            let region = &mesh.regions[block.region as usize];
            debug!("{} cells {} in region {region}", block.len(), block.kind.name());
        }
        Ok((geometry, refinement))
    }

    /// The same cells, each halved in each direction, where the mesh is to be `mesh`.
    pub fn halved(&self, mesh: Mesh) -> Self {
        let rim_size = self.rim_size.map(|size| 0.5 * size);
        Geometry { mesh, rim_size, lattice: None, ..*self }
    }

    fn unchecked(
        case: &Case,
        refinement: u32,
        enough: Option<usize>,
    ) -> Result<(Self, u32), CaseError> {
        let defect = match &case.mesh {
            MeshSource::Defect(defect) => defect,
            MeshSource::File(file) => return read(case, file, refinement, enough),
        };
        let is_enough = |blueprint: &Blueprint| {
            blueprint.dimension() == 3 && enough.is_some_and(|n| blueprint.cell_count() >= n)
        };
        let mut level = if enough.is_some() { 0 } else { refinement };
        let mut made = blueprint(case, defect, level)?;
        while level < refinement && !is_enough(&made) {
            level += 1;
            made = blueprint(case, defect, level)?;
        }
        let mesh = made.mesh();
        let (hypothesis, multiplicity) = match defect.symmetry() {
            Symmetry::Planar => (Hypothesis::Planar, 2.0),
            Symmetry::Axisymmetric => (Hypothesis::Axisymmetric, 1.0),
            Symmetry::Quarter => (Hypothesis::Spatial, 4.0),
            Symmetry::Full => (Hypothesis::Spatial, 1.0),
        };
        let rim_size = Some(rim_size_of(case, defect) / f64::from(1u32 << level.min(31)));
        let lattice = made.lattice().map(|points| lattice_of(points, &mesh));
        Ok((Geometry { mesh, hypothesis, multiplicity, rim_size, has_axis: true, lattice }, level))
    }

    /// Finds where its nodes are on the lattice of the built-in mesh of `case` refined `refinement` times, if it is a
    /// part of that and its nodes have these numbers there.
    ///
    /// # Errors
    /// As `blueprint`.
    pub fn find_lattice(
        &mut self,
        case: &Case,
        refinement: u32,
        nodes: &[u32],
    ) -> Result<(), CaseError> {
        if let MeshSource::Defect(defect) = &case.mesh {
            let points = blueprint(case, defect, refinement)?.lattice_at(nodes);
            self.lattice = points.map(|points| lattice_of(points, &self.mesh));
        }
        Ok(())
    }

    /// Distance \[m\] of a point from the axis x = y = 0; in two dimensions from where the first
    /// coordinate is zero.
    pub fn distance_from_axis(&self, x: [f64; 3]) -> f64 {
        self.distance()(x)
    }

    /// [`Geometry::distance_from_axis`] as a function of its own.
    pub fn distance(&self) -> impl Fn([f64; 3]) -> f64 + Send + Sync + 'static {
        let (solid, first) = (self.mesh.dimension == 3, self.mesh.axes[0]);
        move |x| if solid { x[0].hypot(x[1]) } else { x[first].abs() }
    }

    /// What the mesh is a section of.
    pub fn symmetry(&self) -> Reduction {
        match self.hypothesis {
            Hypothesis::Planar => Reduction::Planar,
            Hypothesis::Axisymmetric => Reduction::Axisymmetric,
            Hypothesis::Spatial => Reduction::ThreeDimensional,
        }
    }

    /// Measures of the whole defect cell \[m3, m2; per metre in planar symmetry\].
    pub fn extent(&self) -> mesh::measure::Extent {
        match self.hypothesis {
            Hypothesis::Axisymmetric => mesh::measure::Extent::Revolved,
            _ => mesh::measure::Extent::AsMeshed,
        }
    }
}

/// For multigrid.
fn lattice_of(points: LatticePoints, mesh: &Mesh) -> Arc<Lattice> {
    let LatticePoints { across, second, rays, closed, points } = points;
    let all = Lattice::new([across, rays].map(|n| n as u32), closed, (0..).zip(points));
    Arc::new(if mesh.regions.len() > 1 { all.with_second(second) } else { all })
}

/// The cell size at the rim \[m\] that the program chooses for `case`, whose [`KineticLength`] is known; `None` when the
/// case gives one, or its mesh comes from a file.
pub fn default_rim(case: &Case, kinetics: &KineticLength) -> Option<f64> {
    match &case.mesh {
        MeshSource::Defect(defect) if defect.rim_size.is_none() => {
            Some(chosen_rim_size(defect, kinetics))
        }
        _ => None,
    }
}

/// What the mesh of a built-in geometry is made from, when it is refined uniformly `refinement` times.
///
/// # Errors
/// What is wrong with the geometry.
pub fn blueprint(
    case: &Case,
    defect: &DefectSource,
    refinement: u32,
) -> Result<Blueprint, CaseError> {
    let geometry = defect.geometry(rim_size_of(case, defect), refinement);
    Blueprint::new(&geometry).map_err(|error| wrong_defect(defect, &error))
}

/// Says what is wrong with a built-in geometry.
pub fn wrong_defect(defect: &DefectSource, what: &dyn std::fmt::Display) -> CaseError {
    Diagnostic::new(format!("mesh.defect: {what}"), &defect.origin).into()
}

/// The size of the cells at the rim \[m\].
pub fn rim_size_of(case: &Case, defect: &DefectSource) -> f64 {
    defect.rim_size.unwrap_or_else(|| chosen_rim_size(defect, &KineticLength::of(case)))
}

fn chosen_rim_size(defect: &DefectSource, kinetics: &KineticLength) -> f64 {
    let shape = defect.shape();
    default_rim_size(shape.shape, shape.radius, kinetics.shortest(), shape.rim_radius)
}

/// What the length over which the current spreads from a defect follows from: conductivity times linearised
/// resistance, the smallest over the places with kinetics.
#[derive(Clone, Copy, Debug, Default)]
pub struct KineticLength {
    /// Of the electrolyte, the mean of the principal values \[S/m\].
    pub conductivity: Option<f64>,
    /// The smallest one of the laws of kinetics \[ohm m2\]; none when there is a fixed potential at the defect's
    /// face, where the current has no such length.
    pub resistance: Option<f64>,
}

impl KineticLength {
    /// Of a case.
    pub fn of(case: &Case) -> KineticLength {
        KineticLength {
            conductivity: Self::conductivity_in(case),
            resistance: Self::resistance_in(case),
        }
    }

    /// [`KineticLength::conductivity`] in a case.
    pub fn conductivity_in(case: &Case) -> Option<f64> {
        let region = case.regions.iter().find(|r| r.name == "electrolyte")?;
        let ohm = case.materials[region.material].law("ohm")?;
        let tensor = conductivity_at(&ohm.values, case.temperature).ok()?;
        Some(super::model::mean_conductivity(&tensor))
    }

    /// [`KineticLength::resistance`] in a case.
    pub fn resistance_in(case: &Case) -> Option<f64> {
        let is_given = |name: &str| {
            case.boundaries.iter().any(|b| b.name == name && b.law("potential").is_some())
        };
        if is_given("anode") || is_given("pore") {
            return None;
        }
        let laws = case.boundaries.iter().filter(|b| b.name != "counter").flat_map(|b| &b.laws);
        let laws = laws.chain(case.interfaces.iter().flat_map(|i| &i.laws));
        laws.filter_map(|law| super::model::linear_resistance(law, case.temperature))
            .min_by(f64::total_cmp)
    }

    /// The length \[m\].
    fn shortest(&self) -> Option<f64> {
        Some(self.resistance? * self.conductivity?)
    }
}

/// Reads a Gmsh file, whose unit is so many metres.
///
/// # Errors
/// What is wrong with it.
pub fn read_mesh_file(path: &Path, metres_per_unit: f64) -> Result<Mesh, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    let mut file = File::open(path).map_err(cannot)?;
    let about = file.metadata().map_err(cannot)?;
    let read = if about.is_file() {
        mesh::read_gmsh(&mut file, about.len(), metres_per_unit)
    } else {
        // Something without a length, such as a pipe.
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(cannot)?;
        mesh::read_gmsh(&mut &bytes[..], bytes.len() as u64, metres_per_unit)
    };
    read.map_err(|error| error.to_string())
}

fn path_of(case: &Case, file: &FileSource) -> PathBuf {
    case.path.parent().unwrap_or_else(|| Path::new("")).join(&file.path)
}

/// Says what is wrong with a mesh file.
pub fn refused(case: &Case, file: &FileSource, what: &str) -> CaseError {
    let message = format!("mesh file {}: {what}", path_of(case, file).display());
    Diagnostic::new(message, &file.origin).into()
}

/// The mesh of a file as it is there, interfaces split, in the order of the case.
///
/// # Errors
/// What is wrong with it.
pub fn coarse_of_file(case: &Case, file: &FileSource) -> Result<Mesh, CaseError> {
    let path = path_of(case, file);
    let wrong = |what: String| refused(case, file, &what);
    let mut mesh = read_mesh_file(&path, file.metres_per_unit).map_err(wrong)?;
    let mut errors = Diagnostics::default();
    for interface in &case.interfaces {
        let [first, second] = &interface.between;
        if let Err(error) = mesh.split(&interface.name, [first, second]) {
            errors.push(Diagnostic::new(error.to_string(), &interface.origin));
        }
    }
    if !errors.is_empty() {
        return errors.into_result(None);
    }
    mesh.renumber();
    if mesh.blocks.iter().any(|block| block.kind.order() != case.order) {
        mesh = mesh.with_order(case.order).map_err(|e| wrong(e.to_string()))?;
    }
    Ok(mesh)
}

fn read(
    case: &Case,
    file: &FileSource,
    refinement: u32,
    enough: Option<usize>,
) -> Result<(Geometry, u32), CaseError> {
    let mut mesh = coarse_of_file(case, file)?;
    let wrong = |what: String| refused(case, file, &what);
    let mut level = 0;
    let is_enough =
        |mesh: &Mesh| mesh.dimension == 3 && enough.is_some_and(|n| mesh.cell_count() >= n);
    while level < refinement && !is_enough(&mesh) {
        level += 1;
        mesh = mesh.refined().map_err(|e| wrong(e.to_string()))?;
    }
    let hypothesis = match (mesh.dimension, file.symmetry) {
        (3, None) => Hypothesis::Spatial,
        (3, Some(_)) => {
            return Err(wrong(
                "`symmetry` is for two-dimensional meshes; this one has three".into(),
            ));
        }
        (_, Some(Symmetry::Axisymmetric)) => Hypothesis::Axisymmetric,
        _ => Hypothesis::Planar,
    };
    if hypothesis == Hypothesis::Axisymmetric {
        let r = mesh.axes[0];
        if let Some(x) = mesh.points.iter().find(|x| x[r] < 0.0) {
            let message = format!(
                "axisymmetric symmetry wants the first coordinate, the distance from the axis, not \
                 negative; a node has {:e} m",
                x[r]
            );
            return Err(wrong(message));
        }
    }
    let has_axis = hypothesis == Hypothesis::Axisymmetric;
    let geometry =
        Geometry { mesh, hypothesis, multiplicity: 1.0, rim_size: None, has_axis, lattice: None };
    Ok((geometry, level))
}

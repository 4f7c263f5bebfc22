//! The conduction in the bulk, split into what a sweep keeps and what it scales.

use super::Geometry;
use crate::case::{Case, MeshSource, RegionUse};
use fem::Hypothesis;
use std::fmt::Write as _;
use transport::conductivity_at;

/// Conductivity of the regions as a tensor of a fixed shape times a scale.
///
/// Where the regions are separate bodies each has its own scale, its first principal value. Those of a
/// mesh file may be joined, and have one scale in common, that of the first: then the ratios of their
/// conductivities are part of the shape. Shapes are rounded to thirteen digits, so that a common factor
/// leaves them as they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Conduction {
    /// For each region of the case its name, shape, and scale \[S/m\].
    pub regions: Vec<(String, [[f64; 3]; 3], f64)>,
    /// True when the regions have one scale in common.
    pub is_common: bool,
}

impl Conduction {
    /// The conduction of `case`; `None` where a region has no conductivity.
    pub fn of(case: &Case) -> Option<Conduction> {
        let is_common = matches!(case.mesh, MeshSource::File(_));
        let mut regions = Vec::with_capacity(case.regions.len());
        for (region, scale) in case.regions.iter().zip(scales(case)?) {
            let ohm = case.materials[region.material].law("ohm")?;
            let tensor = conductivity_at(&ohm.values, case.temperature).ok()?;
            let shape = tensor.map(|row| row.map(|s| rounded(s / scale)));
            regions.push((region.name.clone(), shape, scale));
        }
        Some(Conduction { regions, is_common })
    }

    /// True when they differ in their scales only.
    pub fn has_shape_of(&self, other: &Conduction) -> bool {
        let shapes =
            |c: &Conduction| c.regions.iter().map(|(_, shape, _)| *shape).collect::<Vec<_>>();
        self.is_common == other.is_common && shapes(self) == shapes(other)
    }
}

/// The scale of each region \[S/m\], as [`Conduction::of`] has them.
pub fn scales(case: &Case) -> Option<Vec<f64>> {
    let is_common = matches!(case.mesh, MeshSource::File(_));
    let scale = |region: &RegionUse| {
        let ohm = case.materials[region.material].law("ohm")?;
        conductivity_at(&ohm.values, case.temperature).ok().map(|tensor| tensor[0][0])
    };
    let own = case.regions.iter().map(scale).collect::<Option<Vec<f64>>>()?;
    let first = own.first().copied().filter(|_| is_common);
    Some(own.into_iter().map(|own| first.unwrap_or(own)).collect())
}

/// What of the conduction in `case` a sweep keeps, as text.
pub fn conduction_text(case: &Case) -> String {
    let mut out = case.solver.linear_method.to_owned();
    let regions = Conduction::of(case).map_or_else(Vec::new, |c| c.regions);
    for (name, shape, _) in &regions {
        let _ = write!(out, " {name:?} {shape:?}");
    }
    out
}

fn rounded(x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return x;
    }
    format!("{x:.12e}").parse().unwrap_or(x)
}

/// Axial symmetry gives radial, hoop and axial values; the mesh may lie in the x-y plane, where the hoop
/// direction is z.
pub fn along_axes(geometry: &Geometry, s: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    if geometry.hypothesis == Hypothesis::Axisymmetric && geometry.mesh.axes == [0, 1] {
        let order = [0, 2, 1];
        return std::array::from_fn(|i| std::array::from_fn(|j| s[order[i]][order[j]]));
    }
    *s
}

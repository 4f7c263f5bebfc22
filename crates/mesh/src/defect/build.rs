//! From the description of a defect to its mesh.

use super::error::{check, check_mouth};
use super::grading::Grading;
use super::numbering::Numbering;
use super::revolution::Revolution;
use super::rounded::Rounded;
use super::section::{Section, Side};
use super::sweep::{CONTACT, Sweep};
use super::{Defect, DefectError, LatticePoints, Shape, Symmetry, ogrid, tensor};
use crate::Mesh;

/// What all sections share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lattice {
    /// Extent along r \[m\].
    pub(super) width: f64,
    /// Extent of the electrolyte along z \[m\].
    pub(super) thickness: f64,
    /// Cell sizes away from the rim.
    pub(super) grading: Grading,
    /// Order of the cells.
    pub(super) order: usize,
    /// Parts into which every cell is cut.
    pub(super) halvings: usize,
}

/// Largest number of nodes of a mesh, for 32-bit numbers with room to spare.
const NODE_LIMIT: u32 = 1 << 31;
/// Cells in a quarter turn before refinement.
const PER_QUARTER: usize = 6;

/// Growth of the cells from one to the next, as a logarithm: in three dimensions cells are dear.
fn growth(symmetry: Symmetry) -> f64 {
    match symmetry {
        Symmetry::Planar | Symmetry::Axisymmetric => 0.2,
        Symmetry::Quarter | Symmetry::Full => 0.42,
    }
}

/// The mesh of a built-in geometry, with the names of `[mesh.defect]`.
///
/// Points are (x or r, 0, z) in two dimensions and (x, y, z) in three, in metres. Region
/// `electrolyte`; boundaries `anode`, `pore`, `counter`, `side` and the symmetry planes. With
/// [`Defect::anode`] also region `anode`, interface `anode` in place of the boundary, and boundaries
/// `pore_anode`, `collector`, `anode_side`. The faces of the void under a disc are also the sides of
/// interface `void`, [`super::Anode::gap`] apart.
///
/// # Errors
/// [`DefectError`] when a length is out of range, lengths contradict each other, or the mesh would
/// have more than 2^31 nodes.
pub fn build(defect: &Defect) -> Result<Mesh, DefectError> {
    Ok(Blueprint::new(defect)?.mesh())
}

/// An upper bound of the number of nodes of a built-in geometry, found before anything of that size is made.
///
/// # Errors
/// As [`build`].
pub fn bound_nodes(defect: &Defect) -> Result<f64, DefectError> {
    Ok(Outline::new(defect)?.nodes)
}

/// What is known of a built-in geometry before its lattice is made.
struct Outline {
    rounded: Option<Rounded>,
    mouth: f64,
    /// Nodes of its mesh, at the most.
    nodes: f64,
}

impl Outline {
    fn new(defect: &Defect) -> Result<Self, DefectError> {
        check(defect)?;
        let rounded = (defect.rim_radius > 0.0).then(|| Rounded::new(defect));
        let mouth = rounded.as_ref().map_or(defect.radius, Rounded::mouth);
        check_mouth(defect, mouth)?;
        // The unrefined lattice tells the size of the refined one.
        let coarse = electrolyte(defect, rounded.as_ref(), 1);
        let coarse_metal = metal(defect, &coarse, mouth, 1);
        let rays = revolution(defect, 1).map_or(1, |r| r.rays());
        let nodes = coarse.point_count() + coarse_metal.map_or(0, |m| m.point_count());
        let dimension = if rays > 1 { 3 } else { 2 };
        let nodes =
            (nodes * rays) as f64 * 2f64.powf(f64::from(defect.refinement) * f64::from(dimension));
        if nodes >= f64::from(NODE_LIMIT) {
            let refinement = defect.refinement;
            return Err(DefectError::TooManyNodes { refinement, nodes, limit: NODE_LIMIT });
        }
        Ok(Outline { rounded, mouth, nodes })
    }
}

/// What a built-in mesh is made from, which is small where the mesh is not: its sections, and how they are swept.
#[derive(Clone, Debug)]
pub struct Blueprint {
    pub(super) defect: Defect,
    pub(super) mouth: f64,
    pub(super) electrolyte: Section,
    pub(super) metal: Option<Section>,
    pub(super) revolution: Option<Revolution>,
}

impl Blueprint {
    /// That of a built-in geometry.
    ///
    /// # Errors
    /// As [`build`].
    pub fn new(defect: &Defect) -> Result<Self, DefectError> {
        let Outline { rounded, mouth, .. } = Outline::new(defect)?;
        let halvings = 1 << defect.refinement;
        let electrolyte = electrolyte(defect, rounded.as_ref(), halvings);
        let metal = metal(defect, &electrolyte, mouth, halvings);
        let revolution = revolution(defect, halvings);
        Ok(Blueprint { defect: defect.clone(), mouth, electrolyte, metal, revolution })
    }

    /// Where the nodes are on the lattice, if there is one with a coarser one in it: for cells of second order, or
    /// that were halved. None either where its points have no numbers of 32 bits.
    pub fn lattice(&self) -> Option<LatticePoints> {
        self.lattice_of(None)
    }

    /// The same for nodes of a part alone, which have these numbers in the whole.
    pub fn lattice_at(&self, nodes: &[u32]) -> Option<LatticePoints> {
        self.lattice_of(Some(nodes))
    }

    fn lattice_of(&self, nodes: Option<&[u32]>) -> Option<LatticePoints> {
        // Each line between two of the unrefined lattice goes; the others are where names and holes begin.
        if !(self.defect.order << self.defect.refinement).is_multiple_of(2) {
            return None;
        }
        let sections = std::iter::once(&self.electrolyte).chain(&self.metal);
        let regions: Vec<Numbering> =
            sections.map(|section| Numbering::new(section, self.revolution.as_ref())).collect();
        let across = regions.iter().map(|region| region.lines()[0]).max().unwrap_or(0);
        // Lines of the metal are even where they would be without the electrolyte, however often lines go.
        let second = regions[0].lines()[1].next_power_of_two();
        let lines = second + regions.get(1).map_or(0, |region| region.lines()[1]);
        let rays = self.revolution.map_or(1, |revolution| revolution.rays());
        u32::try_from(lines * across * rays).ok()?;
        let all = || regions.iter().zip([0, second]);
        let starts = [0, regions[0].len()];
        let point = |node: &u32| {
            let region = usize::from(*node >= starts[1]);
            regions[region].point_on(node - starts[region], (across, [0, second][region]))
        };
        let points = match nodes {
            None => all().flat_map(|(region, before)| region.points_on(across, before)).collect(),
            Some(nodes) => nodes.iter().map(point).collect(),
        };
        Some(LatticePoints {
            across,
            second,
            rays,
            closed: self.revolution.is_some_and(|revolution| revolution.is_closed()),
            points,
        })
    }

    /// The mesh.
    pub fn mesh(&self) -> Mesh {
        self.sweep(None).0
    }

    /// The mesh, or what is made of the cells with the numbers `wanted`, which rise, and the numbers of the nodes
    /// of that.
    pub(super) fn sweep(&self, wanted: Option<&[u32]>) -> (Mesh, Vec<u32>) {
        let Blueprint { defect, mouth, electrolyte, metal, revolution } = self;
        let mut sweep = Sweep::new(*revolution, wanted);
        let name = naming(defect, *mouth, defect.thickness, ["side", "counter", "pore"]);
        let is_disc = defect.shape == Shape::Disc && defect.anode.is_some();
        sweep.add("electrolyte", electrolyte, &name, is_disc.then_some(0.0));
        if let (Some(section), Some(anode)) = (metal, defect.anode) {
            let names = ["anode_side", "collector", "pore_anode"];
            let name = naming(defect, *mouth, -anode.thickness, names);
            sweep.add("anode", section, &name, is_disc.then_some(-anode.gap));
        }
        sweep.finish()
    }
}

/// Names of the sides of a region that ends at z = `far`: the side, the far end, the defect.
fn naming(
    defect: &Defect,
    mouth: f64,
    far: f64,
    [side, end, pore]: [&'static str; 3],
) -> impl Fn([[f64; 2]; 2]) -> Option<&'static str> {
    let axis = (defect.symmetry == Symmetry::Planar).then_some("symmetry_x");
    let width = defect.width;
    // Lattices put these planes at exactly these coordinates.
    move |ends| {
        let all = |k: usize, x: f64| ends.iter().all(|p| p[k] == x);
        if all(1, 0.0) && ends[0][0].min(ends[1][0]) >= mouth {
            Some(CONTACT)
        } else if all(0, 0.0) {
            axis
        } else if all(0, width) {
            Some(side)
        } else if all(1, far) {
            Some(end)
        } else {
            Some(pore)
        }
    }
}

fn electrolyte(defect: &Defect, rounded: Option<&Rounded>, halvings: usize) -> Section {
    let lattice = lattice(defect, halvings);
    match (rounded, defect.shape) {
        (Some(rounded), _) => rounded.section(&lattice),
        (None, Shape::Disc | Shape::Cylinder { .. }) => {
            tensor::electrolyte(defect.radius, defect.depth(), &lattice)
        }
        (None, Shape::Hemisphere | Shape::Spheroid { .. }) => {
            ogrid::electrolyte(defect.radius, defect.depth(), &lattice)
        }
    }
}

fn metal(defect: &Defect, electrolyte: &Section, mouth: f64, halvings: usize) -> Option<Section> {
    let anode = defect.anode?;
    let mut face = radii_on_anode(electrolyte);
    let contact = face.split_off(face.partition_point(|&r| r < mouth));
    let under = (defect.shape == Shape::Disc).then_some(()).map(|()| {
        face.push(mouth);
        face.as_slice()
    });
    Some(tensor::metal(anode, under, &contact, &lattice(defect, halvings)))
}

/// Radii of all nodes of the electrolyte on z = 0, ascending.
fn radii_on_anode(section: &Section) -> Vec<f64> {
    let mut radii = Vec::new();
    for cell in section.iter() {
        for side in Side::ALL {
            let points = section.points_on(cell, side);
            if section.is_open(cell, side) && points.iter().all(|p| p[1] == 0.0) {
                radii.extend(points.iter().map(|p| p[0]));
            }
        }
    }
    radii.sort_by(f64::total_cmp);
    radii.dedup();
    radii
}

fn lattice(defect: &Defect, halvings: usize) -> Lattice {
    Lattice {
        width: defect.width,
        thickness: defect.thickness,
        grading: Grading::new(defect.rim_size, growth(defect.symmetry)),
        order: defect.order,
        halvings,
    }
}

fn revolution(defect: &Defect, halvings: usize) -> Option<Revolution> {
    let quarters = match defect.symmetry {
        Symmetry::Planar | Symmetry::Axisymmetric => return None,
        Symmetry::Quarter => 1,
        Symmetry::Full => 4,
    };
    Some(Revolution {
        order: defect.order,
        per_quarter: PER_QUARTER * halvings,
        quarters,
        width: defect.width,
    })
}

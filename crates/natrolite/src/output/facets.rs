//! `/mesh` in `result.vtkhdf`: what VTKHDF has no place for, the names of boundaries and interfaces and
//! their facets. Numbers of nodes and cells are those of the whole mesh, also where it is in several pieces.
//!
//! ```text
//! /mesh                             attributes: dimension, axes, symmetry
//! /mesh/boundaries                  attribute: names
//! /mesh/boundaries/<b>/Connectivity nodes of the facets, one after the other, as in /VTKHDF
//! /mesh/boundaries/<b>/Types        their types, as in /VTKHDF
//! /mesh/boundaries/<b>/Cells        the cell that owns each facet
//! /mesh/boundaries/<b>/PointData/<field>  one value for each node of the boundary, nodes in increasing
//!                                   order; attribute unit
//! /mesh/interfaces/<i>/...          the same for the first side, and Opposite, OppositeCells for the
//!                                   second; attribute regions: the names of both
//! ```

use super::profile::encode_name;
use super::vtkhdf::{text, write_attribute};
use crate::results::{PartOf, Results, Symmetry};
use hdf5::types::VarLenUnicode;
use hdf5::{Group, H5Type};
use mesh::FacetBlock;

/// The word for a symmetry in the file.
pub fn symmetry_name(symmetry: Symmetry) -> &'static str {
    match symmetry {
        Symmetry::Planar => "planar",
        Symmetry::Axisymmetric => "axisymmetric",
        Symmetry::ThreeDimensional => "three_dimensional",
    }
}

/// Writes `/mesh`.
pub fn write_facets(group: &Group, results: &Results) -> hdf5::Result<()> {
    let mesh = &results.mesh;
    let axes = mesh.axes.map(|k| k as i64);
    group.new_attr::<i64>().create("dimension")?.write_scalar(&(mesh.dimension as i64))?;
    group.new_attr::<i64>().shape(2).create("axes")?.write(&axes)?;
    write_attribute(group, "symmetry", symmetry_name(results.symmetry))?;

    let numbers = Numbers { part_of: results.part_of.as_ref() };
    let boundaries = group.create_group("boundaries")?;
    write_names(&boundaries, "names", mesh.boundaries.iter().map(|b| b.name.as_str()))?;
    for boundary in &mesh.boundaries {
        let place = boundaries.create_group(&encode_name(&boundary.name))?;
        numbers.write_side(&place, ["Connectivity", "Cells"], &boundary.facets)?;
        write_kinds(&place, &boundary.facets)?;
        write_fields(&place, results, &boundary.name)?;
    }
    let interfaces = group.create_group("interfaces")?;
    write_names(&interfaces, "names", mesh.interfaces.iter().map(|i| i.name.as_str()))?;
    for interface in &mesh.interfaces {
        let place = interfaces.create_group(&encode_name(&interface.name))?;
        let names = ["Connectivity", "Opposite"].into_iter().zip(["Cells", "OppositeCells"]);
        for (side, (nodes, cells)) in interface.sides.iter().zip(names) {
            numbers.write_side(&place, [nodes, cells], side)?;
        }
        write_kinds(&place, &interface.sides[0])?;
        let regions = interface.regions.map(|r| mesh.regions[r as usize].as_str());
        write_names(&place, "regions", regions.into_iter())?;
        write_fields(&place, results, &interface.name)?;
    }
    Ok(())
}

/// An attribute that lists names; left out when there is none.
pub fn write_names<'a>(
    place: &hdf5::Location,
    attribute: &str,
    names: impl Iterator<Item = &'a str>,
) -> hdf5::Result<()> {
    let names = names.map(text).collect::<hdf5::Result<Vec<VarLenUnicode>>>()?;
    match names.len() {
        0 => Ok(()),
        count => place.new_attr::<VarLenUnicode>().shape(count).create(attribute)?.write(&names),
    }
}

/// Numbers in the whole mesh.
struct Numbers<'a> {
    part_of: Option<&'a PartOf>,
}

impl Numbers<'_> {
    fn write_side(
        &self,
        group: &Group,
        [connectivity, owners]: [&str; 2],
        facets: &[FacetBlock],
    ) -> hdf5::Result<()> {
        let mut nodes: Vec<u32> = facets.iter().flat_map(|b| b.nodes.iter().copied()).collect();
        let mut cells: Vec<u32> = facets.iter().flat_map(|b| b.cells.iter().copied()).collect();
        if let Some(part) = self.part_of {
            nodes.iter_mut().for_each(|node| *node = part.nodes[*node as usize]);
            cells.iter_mut().for_each(|cell| *cell = part.cells[*cell as usize]);
        }
        write_list(group, connectivity, &nodes)?;
        write_list(group, owners, &cells)
    }
}

fn write_kinds(group: &Group, facets: &[FacetBlock]) -> hdf5::Result<()> {
    let kinds = facets.iter().flat_map(|b| std::iter::repeat_n(b.kind.vtk_type(), b.len()));
    write_list(group, "Types", &kinds.collect::<Vec<u8>>())
}

fn write_fields(group: &Group, results: &Results, surface: &str) -> hdf5::Result<()> {
    let mut fields = results.surface_fields.iter().filter(|f| f.surface == surface).peekable();
    if fields.peek().is_none() {
        return Ok(());
    }
    let data = group.create_group("PointData")?;
    for field in fields {
        let dataset = data.new_dataset_builder().with_data(&field.values).create(field.name)?;
        write_attribute(&dataset, "unit", field.unit)?;
    }
    Ok(())
}

fn write_list<T: H5Type>(group: &Group, name: &str, values: &[T]) -> hdf5::Result<()> {
    group.new_dataset_builder().with_data(values).create(name).map(|_| ())
}

//! The mesh of a result: cells from `/VTKHDF`, boundaries and interfaces from `/mesh`.

use super::facets::symmetry_name;
use super::profile::encode_name;
use super::read::{Wrong, attribute, group, names, read};
use super::read_pieces::Pieces;
use crate::results::Symmetry;
use hdf5::{File, Group};
use mesh::{Block, Boundary, CellKind, FacetBlock, Interface, Mesh};

/// Reads the mesh and what it stands for, and how it is merged where it lies in pieces.
pub fn read_mesh(file: &File) -> Result<(Mesh, Symmetry, Option<Pieces>), Wrong> {
    let (grid, place) = (group(file, "VTKHDF")?, group(file, "mesh")?);
    let dimension = place.attr("dimension").and_then(|a| a.read_scalar::<i64>());
    let axes = place.attr("axes").and_then(|a| a.read_raw::<i64>()).unwrap_or_default();
    let (dimension, axes) = match (dimension, &axes[..]) {
        (Ok(d @ 2..=3), &[a @ 0..=2, b @ 0..=2]) if a != b => {
            (d as usize, [a as usize, b as usize])
        }
        _ => return Err("the dimension or the axes of the mesh are wrong".into()),
    };
    let symmetry = attribute(&place, "symmetry")?;
    let all = [Symmetry::Planar, Symmetry::Axisymmetric, Symmetry::ThreeDimensional];
    let known = all.into_iter().find(|s| symmetry_name(*s) == symmetry);
    let symmetry = known.ok_or_else(|| format!("unknown symmetry `{symmetry}`"))?;

    let pieces = Pieces::read(&grid)?;
    let mut points = read::<f64>(&grid, "Points")?;
    if let Some(pieces) = &pieces {
        points = pieces.merge_points(&points)?;
    }
    let (points, rest) = points.as_chunks::<3>();
    if !rest.is_empty() || points.as_flattened().iter().any(|x| !x.is_finite()) {
        return Err("the points are wrong".into());
    }
    let region = grid.dataset("CellData/region").map_err(|_| "the cells have no region")?;
    let regions = names(&region, "names")?;
    let mut cells = Cells {
        kinds: read_kinds(&grid)?,
        nodes: read::<u32>(&grid, "Connectivity")?,
        regions: read::<i32>(&grid, "CellData/region")?,
    };
    if let Some(pieces) = &pieces {
        cells = pieces.merge_cells(&cells)?;
    }
    check_nodes(&cells.nodes, "Connectivity", points.len())?;
    let blocks = blocks_of(&cells, regions.len(), dimension)?;
    let mut mesh =
        Mesh { dimension, axes, points: points.to_vec(), regions, blocks, ..Mesh::default() };
    let limits = [points.len(), mesh.cell_count(), dimension - 1];
    let boundaries = group(&place, "boundaries")?;
    for name in names(&boundaries, "names")? {
        let place = group(&boundaries, &encode_name(&name))?;
        let facets = read_side(&place, ["Connectivity", "Cells"], limits)?;
        mesh.boundaries.push(Boundary { name, facets });
    }
    let interfaces = group(&place, "interfaces")?;
    for name in names(&interfaces, "names")? {
        let place = group(&interfaces, &encode_name(&name))?;
        let sides = [["Connectivity", "Cells"], ["Opposite", "OppositeCells"]];
        let [first, second] = sides.map(|side| read_side(&place, side, limits));
        let between = names(&place, "regions")?;
        let between: Vec<u32> = between.iter().filter_map(|r| mesh.region(r)).collect();
        let &[a, b] = &between[..] else {
            return Err(format!("interface `{name}` does not lie between two regions"));
        };
        mesh.interfaces.push(Interface { name, regions: [a, b], sides: [first?, second?] });
    }
    Ok((mesh, symmetry, pieces))
}

/// Cells as they lie in the file.
pub struct Cells {
    /// The kind of each.
    pub kinds: Vec<CellKind>,
    /// The nodes of all, one cell after the other.
    pub nodes: Vec<u32>,
    /// The region of each.
    pub regions: Vec<i32>,
}

/// Cells of one kind in one region that follow each other are a block.
fn blocks_of(cells: &Cells, regions: usize, dimension: usize) -> Result<Vec<Block>, Wrong> {
    let Cells { kinds, nodes, regions: region } = cells;
    if region.len() != kinds.len() || region.iter().any(|r| *r < 0 || *r as usize >= regions) {
        return Err("the regions of the cells are wrong".into());
    }
    let mut blocks: Vec<Block> = Vec::new();
    let mut rest = &nodes[..];
    for (&kind, &region) in kinds.iter().zip(region) {
        let (cell, after) = split(rest, kind)?;
        rest = after;
        let region = region as u32;
        match blocks.last_mut() {
            Some(last) if last.kind == kind && last.region == region => {
                last.nodes.extend_from_slice(cell);
            }
            _ => blocks.push(Block { kind, region, nodes: cell.to_vec() }),
        }
    }
    let fits = blocks.iter().all(|block| block.kind.dimension() <= dimension);
    if !rest.is_empty() || !fits {
        return Err("the cells do not fit their nodes".into());
    }
    Ok(blocks)
}

fn read_side(
    group: &Group,
    [connectivity, owners]: [&str; 2],
    [points, cells, dimension]: [usize; 3],
) -> Result<Vec<FacetBlock>, Wrong> {
    let kinds = read_kinds(group)?;
    let nodes = read::<u32>(group, connectivity)?;
    check_nodes(&nodes, connectivity, points)?;
    let owners = read::<u32>(group, owners)?;
    if owners.len() != kinds.len() || owners.iter().any(|&c| c as usize >= cells) {
        return Err("facets without a cell".into());
    }
    let mut blocks: Vec<FacetBlock> = Vec::new();
    let mut rest = &nodes[..];
    for (&kind, &owner) in kinds.iter().zip(&owners) {
        let (facet, after) = split(rest, kind)?;
        rest = after;
        match blocks.last_mut() {
            Some(last) if last.kind == kind => {
                last.nodes.extend_from_slice(facet);
                last.cells.push(owner);
            }
            _ => blocks.push(FacetBlock { kind, nodes: facet.to_vec(), cells: vec![owner] }),
        }
    }
    let fits = blocks.iter().all(|block| block.kind.dimension() == dimension);
    if !rest.is_empty() || !fits {
        return Err("the facets do not fit their nodes".into());
    }
    Ok(blocks)
}

fn split(nodes: &[u32], kind: CellKind) -> Result<(&[u32], &[u32]), Wrong> {
    nodes.split_at_checked(kind.node_count()).ok_or_else(|| "nodes of cells are missing".into())
}

fn read_kinds(group: &Group) -> Result<Vec<CellKind>, Wrong> {
    let kind = |vtk: u8| CellKind::ALL.into_iter().find(|kind| kind.vtk_type() == vtk);
    let types = read::<u8>(group, "Types")?;
    let kinds: Option<Vec<CellKind>> = types.into_iter().map(kind).collect();
    kinds.ok_or_else(|| "cells of unknown types".into())
}

fn check_nodes(nodes: &[u32], name: &str, points: usize) -> Result<(), Wrong> {
    match nodes.iter().all(|&n| (n as usize) < points) {
        true => Ok(()),
        false => Err(format!("`{name}` names nodes that do not exist")),
    }
}

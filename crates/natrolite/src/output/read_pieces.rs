//! Putting the pieces of several ranks together again, by the numbers that nodes and cells have in the whole.

use super::read::{Wrong, read};
use super::read_mesh::Cells;
use super::vtkhdf::pieces::{CELL_IDS, POINT_IDS};
use hdf5::Group;
use mesh::CellKind;

/// How the pieces of a file lie in the whole.
pub struct Pieces {
    /// Nodes, cells, and nodes of cells of each piece.
    sizes: Vec<[usize; 3]>,
    /// The number of each node in the whole, piece after piece.
    nodes: Vec<u32>,
    /// The number of each cell.
    cells: Vec<u32>,
    /// Nodes of the whole.
    count: usize,
}

impl Pieces {
    /// Reads the sizes and numbers; none for a file with one piece, which is the whole.
    pub fn read(grid: &Group) -> Result<Option<Pieces>, Wrong> {
        let counts = |name| -> Result<Vec<usize>, Wrong> {
            let counts = read::<i64>(grid, name)?.into_iter().map(usize::try_from);
            counts.collect::<Result<_, _>>().map_err(|_| format!("`{name}` is negative"))
        };
        let points = counts("NumberOfPoints")?;
        if points.len() == 1 {
            return Ok(None);
        }
        let (cells, ids) = (counts("NumberOfCells")?, counts("NumberOfConnectivityIds")?);
        if cells.len() != points.len() || ids.len() != points.len() {
            return Err("the numbers of its pieces differ".into());
        }
        let sizes: Vec<[usize; 3]> =
            (0..points.len()).map(|piece| [points[piece], cells[piece], ids[piece]]).collect();
        let total = |k: usize| sizes.iter().try_fold(0_usize, |sum, s| sum.checked_add(s[k]));
        let (nodes, count) = numbers(grid, &format!("PointData/{POINT_IDS}"), total(0))?;
        let (cells, cell_count) = numbers(grid, &format!("CellData/{CELL_IDS}"), total(1))?;
        if cell_count != cells.len() {
            return Err(format!("`{CELL_IDS}` has a cell twice"));
        }
        Ok(Some(Pieces { sizes, nodes, cells, count }))
    }

    /// Values at the nodes of all pieces, one or several each, as those at the nodes of the whole.
    pub fn merge_points(&self, values: &[f64]) -> Result<Vec<f64>, Wrong> {
        let components = values.len().checked_div(self.nodes.len()).unwrap_or(0);
        if components * self.nodes.len() != values.len() {
            let (got, wanted) = (values.len(), self.nodes.len());
            return Err(format!("{got} values for {wanted} nodes of pieces"));
        }
        let mut merged = vec![0.0; components * self.count];
        for (&node, values) in self.nodes.iter().zip(values.chunks_exact(components.max(1))) {
            let first = node as usize * components;
            merged[first..first + components].copy_from_slice(values);
        }
        Ok(merged)
    }

    /// The cells of all pieces as those of the whole, in its order and with its nodes.
    pub fn merge_cells(&self, cells: &Cells) -> Result<Cells, Wrong> {
        let count = self.cells.len();
        let ids = cells.kinds.iter().map(|kind| kind.node_count()).sum::<usize>();
        let wanted = self.sizes.iter().try_fold(0_usize, |sum, s| sum.checked_add(s[2]));
        let fits = cells.kinds.len() == count && cells.regions.len() == count;
        if !fits || cells.nodes.len() != ids || wanted != Some(ids) {
            return Err("the cells do not fit their pieces".into());
        }
        let mut merged = Cells {
            kinds: vec![CellKind::Triangle3; count],
            nodes: vec![0; ids],
            regions: vec![0; count],
        };
        for (k, &cell) in self.cells.iter().enumerate() {
            merged.kinds[cell as usize] = cells.kinds[k];
            merged.regions[cell as usize] = cells.regions[k];
        }
        let mut start = Vec::with_capacity(count);
        let mut next = 0;
        for kind in &merged.kinds {
            start.push(next);
            next += kind.node_count();
        }
        let (mut cell, mut first_node, mut first_id) = (0, 0, 0);
        for &[nodes, cells_here, ids] in &self.sizes {
            let numbers = &self.nodes[first_node..first_node + nodes];
            let mut rest = &cells.nodes[first_id..first_id + ids];
            for k in cell..cell + cells_here {
                let size = cells.kinds[k].node_count();
                let own = rest.split_at_checked(size);
                let (own, after) = own.ok_or("the cells do not fit their pieces")?;
                let to = start[self.cells[k] as usize];
                for (to, &node) in merged.nodes[to..to + size].iter_mut().zip(own) {
                    let number = numbers.get(node as usize);
                    *to = *number.ok_or("`Connectivity` names nodes that do not exist")?;
                }
                rest = after;
            }
            (cell, first_node, first_id) = (cell + cells_here, first_node + nodes, first_id + ids);
        }
        Ok(merged)
    }
}

/// Numbers in the whole, of which there must be `wanted`, and how many the whole has: each below that comes
/// once or more.
fn numbers(grid: &Group, name: &str, wanted: Option<usize>) -> Result<(Vec<u32>, usize), Wrong> {
    let numbers = read::<i64>(grid, name)?;
    let wrong = || format!("`{name}` does not number the whole");
    if Some(numbers.len()) != wanted {
        return Err(wrong());
    }
    let numbers = numbers.into_iter().map(u32::try_from).collect::<Result<Vec<u32>, _>>();
    let numbers = numbers.map_err(|_| wrong())?;
    let count = numbers.iter().max().map_or(0, |&most| most as usize + 1);
    if count > numbers.len() {
        return Err(wrong());
    }
    let mut is_there = vec![false; count];
    numbers.iter().for_each(|&number| is_there[number as usize] = true);
    if is_there.contains(&false) { Err(wrong()) } else { Ok((numbers, count)) }
}

//! Parts of a mesh: made of some of its cells and facets.

use crate::facets::CellIndex;
use crate::{Block, Boundary, FacetBlock, Interface, Mesh};

/// A part of a mesh.
#[derive(Clone, Debug)]
pub struct Part {
    /// The part, with all regions, boundaries and interfaces of the whole, some of them perhaps empty,
    /// under the same numbers.
    pub mesh: Mesh,
    /// The number in the whole of each node, rising.
    pub nodes: Vec<u32>,
    /// The number in the whole of each cell, rising.
    pub cells: Vec<u32>,
}

/// What a part is made of, by numbers in the whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// The cells, in any order and perhaps several times; those that own the facets are among them.
    pub cells: Vec<u32>,
    /// Facets of boundaries, rising: boundary, block, place in the block.
    pub facets: Vec<[u32; 3]>,
    /// Pairs of facets of interfaces, rising: interface, block, place in the block.
    pub pairs: Vec<[u32; 3]>,
}

/// Numbers of the nodes and cells of the part in hand. There is room for the whole, so that a part takes no
/// longer than its own size asks for when several are made.
pub(crate) struct Numbers {
    node: Vec<u32>,
    cell: Vec<u32>,
}

/// A node that is not in the part.
const NOWHERE: u32 = u32::MAX;

impl Numbers {
    pub fn new(mesh: &Mesh) -> Self {
        Numbers { node: vec![NOWHERE; mesh.points.len()], cell: vec![0; mesh.cell_count()] }
    }
}

/// All facets of all boundaries, or pairs of facets of all interfaces, as [`Selection`] has them.
pub(crate) fn all_facets<'m>(
    surfaces: impl Iterator<Item = &'m [FacetBlock]>,
) -> impl Iterator<Item = ([u32; 3], &'m FacetBlock)> {
    surfaces.enumerate().flat_map(|(surface, blocks)| {
        blocks.iter().enumerate().flat_map(move |(b, block)| {
            (0..block.len()).map(move |k| ([surface as u32, b as u32, k as u32], block))
        })
    })
}

impl Mesh {
    /// The cells for which `wanted` is true, and all facets with the cells that own them: what has a
    /// name, and as much of the bulk as is asked for. Internal surfaces are left behind.
    ///
    /// # Panics
    /// If there is not one flag for each cell.
    pub fn with_all_facets(&self, wanted: Vec<bool>) -> Part {
        let mut selection = self.with_flag(&wanted);
        for (at, block) in all_facets(self.boundaries.iter().map(|b| &b.facets[..])) {
            selection.facets.push(at);
            selection.cells.push(block.cells[at[2] as usize]);
        }
        for (at, block) in all_facets(self.interfaces.iter().map(|i| &i.sides[0][..])) {
            selection.pairs.push(at);
            let across = &self.interfaces[at[0] as usize].sides[1][at[1] as usize];
            selection.cells.extend([block, across].map(|side| side.cells[at[2] as usize]));
        }
        self.part(selection, &mut Numbers::new(self))
    }

    /// The cells for which `wanted` is true, and no facets.
    ///
    /// # Panics
    /// If there is not one flag for each cell.
    pub fn with_cells(&self, wanted: Vec<bool>) -> Part {
        self.part(self.with_flag(&wanted), &mut Numbers::new(self))
    }

    fn with_flag(&self, wanted: &[bool]) -> Selection {
        assert_eq!(wanted.len(), self.cell_count(), "one flag for each cell");
        let cells = (0u32..).zip(wanted).filter(|(_, wanted)| **wanted).map(|(cell, _)| cell);
        Selection { cells: cells.collect(), ..Selection::default() }
    }

    /// The part with these cells and facets; internal surfaces, which carry no law, are left behind.
    pub(crate) fn part(&self, selection: Selection, numbers: &mut Numbers) -> Part {
        let Selection { mut cells, facets, pairs } = selection;
        cells.sort_unstable();
        cells.dedup();
        let index = CellIndex::new(&self.blocks);
        let mut nodes = Vec::new();
        for (local, &cell) in (0..).zip(&cells) {
            numbers.cell[cell as usize] = local;
            for &node in index.nodes(cell) {
                if numbers.node[node as usize] == NOWHERE {
                    numbers.node[node as usize] = 0;
                    nodes.push(node);
                }
            }
        }
        nodes.sort_unstable();
        (0..).zip(&nodes).for_each(|(local, &node)| numbers.node[node as usize] = local);
        let mesh = Mesh {
            dimension: self.dimension,
            axes: self.axes,
            points: nodes.iter().map(|&n| self.points[n as usize]).collect(),
            regions: self.regions.clone(),
            blocks: self.blocks_of(&cells, numbers),
            boundaries: self.boundaries.iter().map(without_facets).collect(),
            interfaces: self.interfaces.iter().map(without_pairs).collect(),
            internal: Vec::new(),
        };
        let mut part = Part { mesh, nodes, cells };
        for at in facets {
            let [boundary, block, k] = at.map(|k| k as usize);
            let from = &self.boundaries[boundary].facets[block];
            push(&mut part.mesh.boundaries[boundary].facets[block], from, k, numbers);
        }
        for at in pairs {
            let [interface, block, k] = at.map(|k| k as usize);
            for side in [0, 1] {
                let from = &self.interfaces[interface].sides[side][block];
                push(&mut part.mesh.interfaces[interface].sides[side][block], from, k, numbers);
            }
        }
        part.nodes.iter().for_each(|&node| numbers.node[node as usize] = NOWHERE);
        part
    }

    /// The blocks with these cells alone, which rise.
    fn blocks_of(&self, cells: &[u32], numbers: &Numbers) -> Vec<Block> {
        let (mut rest, mut first) = (cells, 0);
        let of_block = |block: &Block| {
            let end = first + block.len() as u32;
            let (here, others) = rest.split_at(rest.partition_point(|&cell| cell < end));
            let n = block.kind.node_count();
            let nodes_of = |&cell: &u32| &block.nodes[(cell - first) as usize * n..][..n];
            let nodes = here.iter().flat_map(nodes_of);
            let nodes = nodes.map(|&node| numbers.node[node as usize]).collect();
            (rest, first) = (others, end);
            Block { kind: block.kind, region: block.region, nodes }
        };
        self.blocks.iter().map(of_block).collect()
    }
}

fn empty(blocks: &[FacetBlock]) -> Vec<FacetBlock> {
    let of = |b: &FacetBlock| FacetBlock { kind: b.kind, nodes: Vec::new(), cells: Vec::new() };
    blocks.iter().map(of).collect()
}

fn without_facets(boundary: &Boundary) -> Boundary {
    Boundary { name: boundary.name.clone(), facets: empty(&boundary.facets) }
}

fn without_pairs(interface: &Interface) -> Interface {
    let sides = interface.sides.each_ref().map(|side| empty(side));
    Interface { name: interface.name.clone(), regions: interface.regions, sides }
}

/// Adds facet `k` of `from`, a block of the whole.
fn push(to: &mut FacetBlock, from: &FacetBlock, k: usize, numbers: &Numbers) {
    let n = from.kind.node_count();
    let nodes = from.nodes[k * n..][..n].iter();
    to.nodes.extend(nodes.map(|&node| numbers.node[node as usize]));
    to.cells.push(numbers.cell[from.cells[k] as usize]);
}

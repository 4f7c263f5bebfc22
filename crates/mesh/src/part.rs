//! Parts of a mesh: around some of its nodes, or made of some of its cells.

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

/// Which facets a part has: for each boundary or interface, and each of its blocks, one flag a facet.
type Kept = Vec<Vec<Vec<bool>>>;

impl Mesh {
    /// What touches a node for which `wanted` is true: cells, facets, and pairs of facets with such a
    /// node on either side. Facets bring the cells that own them along.
    ///
    /// Every integral over shape functions of wanted nodes is the same as over the whole. Internal
    /// surfaces, which carry no law, are left behind.
    ///
    /// # Panics
    /// If `wanted` is shorter than the points.
    pub fn around(&self, wanted: &[bool]) -> Part {
        assert!(wanted.len() >= self.points.len());
        let touches = |nodes: &[u32]| nodes.iter().any(|&n| wanted[n as usize]);
        let all = self.blocks.iter().flat_map(|block| block.cells());
        let cells = all.map(touches).collect();
        let boundaries = self.each_facet(|nodes| touches(nodes));
        let interfaces = self.each_pair(|a, b| touches(a) || touches(b));
        self.part(cells, &boundaries, &interfaces)
    }

    /// The cells for which `wanted` is true, and all facets with the cells that own them: what has a
    /// name, and as much of the bulk as is asked for. Internal surfaces are left behind.
    ///
    /// # Panics
    /// If there is not one flag for each cell.
    pub fn with_all_facets(&self, wanted: Vec<bool>) -> Part {
        self.part(wanted, &self.each_facet(|_| true), &self.each_pair(|_, _| true))
    }

    /// The cells for which `wanted` is true, and no facets.
    ///
    /// # Panics
    /// If there is not one flag for each cell.
    pub fn with_cells(&self, wanted: Vec<bool>) -> Part {
        self.part(wanted, &self.each_facet(|_| false), &self.each_pair(|_, _| false))
    }

    fn each_facet(&self, keep: impl Fn(&[u32]) -> bool) -> Kept {
        let of_block = |block: &FacetBlock| block.facets().map(&keep).collect();
        self.boundaries.iter().map(|b| b.facets.iter().map(of_block).collect()).collect()
    }

    fn each_pair(&self, keep: impl Fn(&[u32], &[u32]) -> bool) -> Kept {
        let of_blocks = |(a, b): (&FacetBlock, &FacetBlock)| {
            a.facets().zip(b.facets()).map(|(a, b)| keep(a, b)).collect()
        };
        let of_interface = |interface: &Interface| {
            let [first, second] = &interface.sides;
            first.iter().zip(second).map(of_blocks).collect()
        };
        self.interfaces.iter().map(of_interface).collect()
    }

    /// These cells, these facets, and the cells that own them.
    fn part(&self, mut cells: Vec<bool>, boundaries: &Kept, interfaces: &Kept) -> Part {
        assert_eq!(cells.len(), self.cell_count(), "one flag for each cell");
        let mut bring_owners = |blocks: &[FacetBlock], kept: &[Vec<bool>]| {
            for (block, kept) in blocks.iter().zip(kept) {
                let owners = block.cells.iter().zip(kept).filter(|(_, keep)| **keep);
                owners.for_each(|(&cell, _)| cells[cell as usize] = true);
            }
        };
        for (boundary, kept) in self.boundaries.iter().zip(boundaries) {
            bring_owners(&boundary.facets, kept);
        }
        for (interface, kept) in self.interfaces.iter().zip(interfaces) {
            interface.sides.iter().for_each(|side| bring_owners(side, kept));
        }

        let mut is_here = vec![false; self.points.len()];
        let mut number_of_cell = vec![u32::MAX; cells.len()];
        let (mut next, mut numbers_of_cells) = (0, Vec::new());
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for block in &self.blocks {
            let mut nodes = Vec::new();
            for cell in block.cells() {
                if cells[next] {
                    number_of_cell[next] = numbers_of_cells.len() as u32;
                    numbers_of_cells.push(next as u32);
                    cell.iter().for_each(|&n| is_here[n as usize] = true);
                    nodes.extend_from_slice(cell);
                }
                next += 1;
            }
            blocks.push(Block { nodes, ..*block });
        }
        let mut number = vec![u32::MAX; self.points.len()];
        let mut nodes = Vec::new();
        for (node, _) in is_here.iter().enumerate().filter(|(_, here)| **here) {
            number[node] = nodes.len() as u32;
            nodes.push(node as u32);
        }
        for node in blocks.iter_mut().flat_map(|block| &mut block.nodes) {
            *node = number[*node as usize];
        }
        let facets = |blocks: &[FacetBlock], kept: &[Vec<bool>]| -> Vec<FacetBlock> {
            let part = |(block, kept): (&FacetBlock, &Vec<bool>)| {
                let mut part =
                    FacetBlock { kind: block.kind, nodes: Vec::new(), cells: Vec::new() };
                let all = block.facets().zip(&block.cells).zip(kept);
                for ((nodes, &cell), _) in all.filter(|(_, keep)| **keep) {
                    part.nodes.extend(nodes.iter().map(|&n| number[n as usize]));
                    part.cells.push(number_of_cell[cell as usize]);
                }
                part
            };
            blocks.iter().zip(kept).map(part).collect()
        };
        let mesh = Mesh {
            dimension: self.dimension,
            axes: self.axes,
            points: nodes.iter().map(|&n| self.points[n as usize]).collect(),
            regions: self.regions.clone(),
            blocks,
            boundaries: (self.boundaries.iter().zip(boundaries))
                .map(|(b, kept)| Boundary { name: b.name.clone(), facets: facets(&b.facets, kept) })
                .collect(),
            interfaces: (self.interfaces.iter().zip(interfaces))
                .map(|(i, kept)| Interface {
                    name: i.name.clone(),
                    regions: i.regions,
                    sides: [0, 1].map(|side| facets(&i.sides[side], kept)),
                })
                .collect(),
            internal: Vec::new(),
        };
        Part { mesh, nodes, cells: numbers_of_cells }
    }
}

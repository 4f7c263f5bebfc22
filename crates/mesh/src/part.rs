//! The part of a mesh around some of its nodes.

use crate::{Block, FacetBlock, Mesh};

/// A part of a mesh.
#[derive(Clone, Debug)]
pub struct Part {
    /// The part, with all regions, boundaries and interfaces of the whole, some of them perhaps empty,
    /// under the same numbers.
    pub mesh: Mesh,
    /// The number in the whole of each node, rising.
    pub nodes: Vec<u32>,
}

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
        let mut cells = vec![false; self.cell_count()];
        let all = self.blocks.iter().flat_map(|block| block.cells());
        cells.iter_mut().zip(all).for_each(|(keep, nodes)| *keep = touches(nodes));
        let boundaries: Vec<Vec<Vec<bool>>> = self
            .boundaries
            .iter()
            .map(|b| b.facets.iter().map(|block| block.facets().map(touches).collect()).collect())
            .collect();
        let pairs = |interface: &crate::Interface| -> Vec<Vec<bool>> {
            let [first, second] = &interface.sides;
            let blocks = first.iter().zip(second);
            blocks
                .map(|(a, b)| {
                    a.facets().zip(b.facets()).map(|(a, b)| touches(a) || touches(b)).collect()
                })
                .collect()
        };
        let interfaces: Vec<Vec<Vec<bool>>> = self.interfaces.iter().map(pairs).collect();
        for (interface, kept) in self.interfaces.iter().zip(&interfaces) {
            for side in &interface.sides {
                for (block, kept) in side.iter().zip(kept) {
                    let owners = block.cells.iter().zip(kept).filter(|(_, keep)| **keep);
                    owners.for_each(|(&cell, _)| cells[cell as usize] = true);
                }
            }
        }

        let mut is_here = vec![false; self.points.len()];
        let mut number_of_cell = vec![u32::MAX; cells.len()];
        let (mut next, mut count) = (0, 0);
        let mut blocks = Vec::with_capacity(self.blocks.len());
        for block in &self.blocks {
            let mut nodes = Vec::new();
            for cell in block.cells() {
                if cells[next] {
                    number_of_cell[next] = count;
                    count += 1;
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
            boundaries: self
                .boundaries
                .iter()
                .zip(&boundaries)
                .map(|(b, kept)| crate::Boundary {
                    name: b.name.clone(),
                    facets: facets(&b.facets, kept),
                })
                .collect(),
            interfaces: self
                .interfaces
                .iter()
                .zip(&interfaces)
                .map(|(i, kept)| crate::Interface {
                    name: i.name.clone(),
                    regions: i.regions,
                    sides: [0, 1].map(|side| facets(&i.sides[side], kept)),
                })
                .collect(),
            internal: Vec::new(),
        };
        Part { mesh, nodes }
    }
}

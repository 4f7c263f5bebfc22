//! Points that no cell uses.

use crate::Mesh;

impl Mesh {
    /// Every list of nodes in the mesh: cells, boundaries, internal surfaces, interfaces.
    pub(crate) fn node_lists(&mut self) -> impl Iterator<Item = &mut Vec<u32>> {
        let boundaries = self.boundaries.iter_mut().flat_map(|b| &mut b.facets);
        let sides = self.interfaces.iter_mut().flat_map(|i| &mut i.sides).flatten();
        let internal = self.internal.iter_mut().flat_map(|s| &mut s.facets);
        (self.blocks.iter_mut().map(|b| &mut b.nodes))
            .chain(boundaries.map(|f| &mut f.nodes))
            .chain(sides.map(|f| &mut f.nodes))
            .chain(internal.map(|f| &mut f.nodes))
    }

    /// Drops the points that are no cell's node; the others keep their order.
    pub(crate) fn drop_unused_points(&mut self) {
        let mut number = vec![u32::MAX; self.points.len()];
        for block in &self.blocks {
            block.nodes.iter().for_each(|&n| number[n as usize] = 0);
        }
        let mut next = 0;
        for slot in number.iter_mut().filter(|slot| **slot == 0) {
            *slot = next;
            next += 1;
        }
        if next as usize == self.points.len() {
            return;
        }
        let mut keep = number.iter().map(|&n| n != u32::MAX);
        self.points.retain(|_| keep.next().unwrap_or(false));
        for nodes in self.node_lists() {
            nodes.iter_mut().for_each(|n| *n = number[*n as usize]);
        }
    }
}

//! Facets and the cells that they belong to, found by sorting.

use crate::{Block, CellKind};
use rayon::prelude::*;

/// The sorted corners of a facet; `u32::MAX` where it has fewer than four.
pub(crate) type Key = [u32; 4];

/// The key of a facet with these corners.
pub(crate) fn key(corners: impl Iterator<Item = u32>) -> Key {
    let mut key = [u32::MAX; 4];
    for (slot, corner) in key.iter_mut().zip(corners) {
        *slot = corner;
    }
    key.sort_unstable();
    key
}

/// One facet of one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CellFacet {
    pub key: Key,
    /// The cell's number over the whole mesh.
    pub cell: u32,
    /// The facet's place in [`CellKind::facets`].
    pub local: u8,
}

/// The facets whose corners satisfy `wanted`, of all cells whose nodes satisfy `is_near`, sorted by key, then cell.
///
/// Only these are sorted, not every facet of the mesh: callers mark the nodes of the few facets they
/// look for, and most cells have none of them.
pub(crate) fn sorted_facets(
    blocks: &[Block],
    is_near: impl Fn(&[u32]) -> bool,
    wanted: impl Fn(&[u32]) -> bool,
) -> Vec<CellFacet> {
    let mut found = Vec::new();
    let mut first = 0;
    for block in blocks {
        let facets = block.kind.facets();
        for (nodes, cell) in block.cells().zip(first..) {
            if !is_near(nodes) {
                continue;
            }
            for (local, (kind, on)) in facets.iter().enumerate() {
                let mut corners = [0; 4];
                let count = kind.corner_count();
                for (slot, &i) in corners.iter_mut().zip(*on).take(count) {
                    *slot = nodes[i as usize];
                }
                if wanted(&corners[..count]) {
                    let key = key(corners[..count].iter().copied());
                    found.push(CellFacet { key, cell, local: local as u8 });
                }
            }
        }
        first += block.len() as u32;
    }
    found.par_sort_unstable();
    found
}

/// From a cell's number over the whole mesh to its block.
pub(crate) struct CellIndex<'a> {
    blocks: &'a [Block],
    /// Number of the first cell of each block.
    first: Vec<u32>,
}

impl<'a> CellIndex<'a> {
    pub fn new(blocks: &'a [Block]) -> Self {
        let first = blocks.iter().scan(0, |sum, block| {
            let first = *sum;
            *sum += block.len() as u32;
            Some(first)
        });
        CellIndex { blocks, first: first.collect() }
    }

    /// The block of a cell.
    pub fn block(&self, cell: u32) -> &'a Block {
        &self.blocks[self.first.partition_point(|&f| f <= cell) - 1]
    }

    /// The nodes of a cell.
    pub fn nodes(&self, cell: u32) -> &'a [u32] {
        let b = self.first.partition_point(|&f| f <= cell) - 1;
        let n = self.blocks[b].kind.node_count();
        &self.blocks[b].nodes[(cell - self.first[b]) as usize * n..][..n]
    }

    /// Kind and nodes of a facet of a cell, seen from that cell.
    pub fn facet(&self, cell: u32, local: u8) -> (CellKind, impl Iterator<Item = u32> + use<'a>) {
        let nodes = self.nodes(cell);
        let (kind, on) = self.block(cell).kind.facets()[local as usize];
        (kind, on.iter().map(move |&i| nodes[i as usize]))
    }

    /// The nodes of the facet of `cell` that has the same corners as `facet`, seen from that cell.
    pub fn facet_with(&self, cell: u32, facet: &[u32]) -> Vec<u32> {
        let nodes = self.nodes(cell);
        let is_it = |(kind, on): &&(CellKind, &[u8])| {
            on[..kind.corner_count()].iter().all(|&i| facet.contains(&nodes[i as usize]))
        };
        let (_, on) = (self.block(cell).kind.facets().iter().find(is_it))
            .expect("a facet belongs to its cell");
        on.iter().map(|&i| nodes[i as usize]).collect()
    }
}

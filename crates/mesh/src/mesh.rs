//! The mesh itself: plain data, one numbering.

use crate::CellKind;

/// Cells of one kind in one region.
#[derive(Clone, Debug)]
pub struct Block {
    /// Kind of every cell of the block.
    pub kind: CellKind,
    /// Index into [`Mesh::regions`].
    pub region: u32,
    /// Nodes of the cells, `kind.node_count()` for each, in VTK's local order and positively
    /// oriented.
    pub nodes: Vec<u32>,
}

impl Block {
    /// Number of cells.
    pub fn len(&self) -> usize {
        self.nodes.len() / self.kind.node_count()
    }

    /// True when the block has no cell.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The nodes of each cell in turn.
    pub fn cells(&self) -> std::slice::ChunksExact<'_, u32> {
        self.nodes.chunks_exact(self.kind.node_count())
    }
}

/// Facets of one kind, each owned by one cell and oriented out of it.
#[derive(Clone, Debug)]
pub struct FacetBlock {
    /// Kind of every facet of the block.
    pub kind: CellKind,
    /// Nodes of the facets; the normal of a facet points out of the cell that owns it (see
    /// [`CellKind::facets`]).
    pub nodes: Vec<u32>,
    /// The owner of each facet: a cell's number over the whole mesh (blocks in order).
    pub cells: Vec<u32>,
}

impl FacetBlock {
    /// Number of facets.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// True when the block has no facet.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The nodes of each facet in turn.
    pub fn facets(&self) -> std::slice::ChunksExact<'_, u32> {
        self.nodes.chunks_exact(self.kind.node_count())
    }
}

/// The nodes of facets, each once, in increasing order.
pub fn nodes_of(facets: &[FacetBlock]) -> Vec<u32> {
    let mut nodes: Vec<u32> = facets.iter().flat_map(|b| b.nodes.iter().copied()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

/// A named part of the boundary.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// Its name: that of the physical group, or of the built-in geometry.
    pub name: String,
    /// Its facets.
    pub facets: Vec<FacetBlock>,
}

/// Facets of one kind, each shared by two cells.
#[derive(Clone, Debug)]
pub struct SharedFacetBlock {
    /// Kind of every facet of the block.
    pub kind: CellKind,
    /// Nodes of the facets; the normal of a facet points from the first of its cells into the second.
    pub nodes: Vec<u32>,
    /// The two cells of each facet: that of the region with the lower index first, in one region the
    /// cell with the lower number.
    pub cells: Vec<[u32; 2]>,
}

/// A named surface inside the mesh across which the cells are connected: a candidate for
/// [`Mesh::split`].
#[derive(Clone, Debug)]
pub struct InternalSurface {
    /// Its name: that of the physical group.
    pub name: String,
    /// Its facets.
    pub facets: Vec<SharedFacetBlock>,
}

/// Where two regions touch, or lie opposite each other across a narrow void, without sharing nodes, so
/// that a field may jump.
///
/// Facet `k` of block `b` on the first side lies on, or opposite, facet `k` of block `b` on the second, and node
/// `j` of the one on node `j` of the other. Nodes of both follow the orientation of the *first*
/// side: the common normal points from the first region into the second.
#[derive(Clone, Debug)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// The regions on the first and on the second side (indices into [`Mesh::regions`]).
    pub regions: [u32; 2],
    /// The paired facets of the first and of the second side.
    pub sides: [Vec<FacetBlock>; 2],
}

/// Points, cells and names. Lengths are in metres.
#[derive(Clone, Debug, Default)]
pub struct Mesh {
    /// 2 or 3.
    pub dimension: usize,
    /// Which two of x, y, z a two-dimensional mesh lies in: `[0, 2]` for the built-in geometries
    /// (x or r, and z), `[0, 1]` or `[0, 2]` for a file. The third coordinate is the same for all
    /// points. For a 3-D mesh it is `[0, 1]` and has no meaning.
    pub axes: [usize; 2],
    /// Coordinates of the nodes \[m\].
    pub points: Vec<[f64; 3]>,
    /// Names of the regions.
    pub regions: Vec<String>,
    /// The cells.
    pub blocks: Vec<Block>,
    /// Named parts of the boundary.
    pub boundaries: Vec<Boundary>,
    /// Named interfaces.
    pub interfaces: Vec<Interface>,
    /// Named surfaces inside the mesh that are not interfaces (yet).
    pub internal: Vec<InternalSurface>,
}

impl Mesh {
    /// Number of cells.
    pub fn cell_count(&self) -> usize {
        self.blocks.iter().map(Block::len).sum()
    }

    /// Index of the region called `name`.
    pub fn region(&self, name: &str) -> Option<u32> {
        self.regions.iter().position(|n| n == name).map(|i| i as u32)
    }

    /// The boundary called `name`.
    pub fn boundary(&self, name: &str) -> Option<&Boundary> {
        self.boundaries.iter().find(|b| b.name == name)
    }

    /// The interface called `name`.
    pub fn interface(&self, name: &str) -> Option<&Interface> {
        self.interfaces.iter().find(|i| i.name == name)
    }
}

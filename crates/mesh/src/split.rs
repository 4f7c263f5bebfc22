//! Splitting a mesh where two regions meet.
//!
//! Around a node of the surface the cells fall into groups: two cells belong together when they share
//! a facet with that node and the facet is on no interface. Each group gets its own copy of the node.
//! So a surface that ends inside the mesh keeps its last nodes, and three bodies that meet in a line
//! get three copies of it once all three surfaces are split, in whatever order.

use crate::connectivity::DisjointSets;
use crate::error::list;
use crate::facets::{CellIndex, Key, key, sorted_facets};
use crate::{FacetBlock, Interface, InternalSurface, Mesh, MeshError, quality};

impl Mesh {
    /// Makes the internal surface `name` an interface from the first to the second of two regions:
    /// its nodes are doubled, and fields may jump there.
    ///
    /// The first region keeps the numbers of the nodes; copies for the second come after all others.
    /// At the edge of a surface that ends where the regions stay connected around it, nodes stay
    /// shared. Boundaries, other internal surfaces and interfaces follow.
    ///
    /// # Errors
    /// [`MeshError::UnknownSurface`], [`MeshError::UnknownRegion`], [`MeshError::SameRegion`] and
    /// [`MeshError::NotBetween`] when a facet lies between other regions; the mesh is then unchanged.
    pub fn split(&mut self, name: &str, between: [&str; 2]) -> Result<(), MeshError> {
        let place = self.internal.iter().position(|s| s.name == name).ok_or_else(|| {
            let known = list(self.internal.iter().map(|s| s.name.as_str()));
            MeshError::UnknownSurface { name: name.into(), known }
        })?;
        let region = |name: &str| {
            self.region(name).ok_or_else(|| {
                let known = list(self.regions.iter().map(String::as_str));
                MeshError::UnknownRegion { name: name.into(), known }
            })
        };
        let regions = [region(between[0])?, region(between[1])?];
        if regions[0] == regions[1] {
            return Err(MeshError::SameRegion { name: name.into(), region: between[0].into() });
        }
        self.check_between(&self.internal[place], regions)?;

        let surface = self.internal.remove(place);
        let sides = self.sides(&surface, regions[0]);
        self.interfaces.push(Interface { name: name.into(), regions, sides });
        let marked = Marked::new(self, self.interfaces.len() - 1);
        let copies = Copies::new(self, &marked, regions[0]);
        copies.apply(self);
        Ok(())
    }

    fn check_between(&self, surface: &InternalSurface, wanted: [u32; 2]) -> Result<(), MeshError> {
        let cells = CellIndex::new(&self.blocks);
        let names = |regions: [u32; 2]| regions.map(|r| self.regions[r as usize].clone());
        for block in &surface.facets {
            for (nodes, pair) in block.nodes.chunks(block.kind.node_count()).zip(&block.cells) {
                let got = pair.map(|c| cells.block(c).region);
                if got != wanted && got != [wanted[1], wanted[0]] {
                    return Err(MeshError::NotBetween {
                        name: surface.name.clone(),
                        at: quality::position(block.kind, nodes, &self.points),
                        got: Box::new(names(got)),
                        wanted: Box::new(names(wanted)),
                    });
                }
            }
        }
        Ok(())
    }

    /// Both sides of a surface, with the same nodes still, oriented out of the first region.
    fn sides(&self, surface: &InternalSurface, first: u32) -> [Vec<FacetBlock>; 2] {
        let cells = CellIndex::new(&self.blocks);
        let mut sides = [Vec::new(), Vec::new()];
        for shared in &surface.facets {
            let n = shared.kind.node_count();
            let mut nodes = Vec::with_capacity(shared.nodes.len());
            let mut owners = [Vec::new(), Vec::new()];
            for (facet, &[a, b]) in shared.nodes.chunks_exact(n).zip(&shared.cells) {
                if cells.block(a).region == first {
                    nodes.extend_from_slice(facet);
                    owners[0].push(a);
                    owners[1].push(b);
                } else {
                    nodes.extend(cells.facet_with(b, facet));
                    owners[0].push(b);
                    owners[1].push(a);
                }
            }
            for (side, cells) in sides.iter_mut().zip(owners) {
                side.push(FacetBlock { kind: shared.kind, nodes: nodes.clone(), cells });
            }
        }
        sides
    }
}

/// The nodes of the surface being split, and all facets that do not connect cells.
struct Marked {
    /// For each node of the mesh whether it is on the surface.
    on: Vec<bool>,
    /// Keys of the facets on interfaces, sorted.
    cut: Vec<Key>,
}

impl Marked {
    fn new(mesh: &Mesh, surface: usize) -> Self {
        let mut on = vec![false; mesh.points.len()];
        for block in &mesh.interfaces[surface].sides[0] {
            block.nodes.iter().for_each(|&n| on[n as usize] = true);
        }
        let mut cut = Vec::new();
        for block in mesh.interfaces.iter().flat_map(|i| &i.sides).flatten() {
            let corners = block.kind.corner_count();
            cut.extend(block.facets().map(|nodes| key(nodes[..corners].iter().copied())));
        }
        cut.sort_unstable();
        cut.dedup();
        Marked { on, cut }
    }

    fn has(&self, node: u32) -> bool {
        self.on[node as usize]
    }
}

/// Which copy of a marked node each cell gets.
struct Copies {
    /// (node, cell), sorted.
    corners: Vec<(u32, u32)>,
    /// Number of the copy for each.
    numbers: Vec<u32>,
    /// Where the new nodes are copied from.
    originals: Vec<u32>,
}

impl Copies {
    fn new(mesh: &Mesh, marked: &Marked, first_region: u32) -> Self {
        let corners = corners(mesh, marked);
        let mut sets = DisjointSets::new(corners.len());
        let cells = CellIndex::new(&mesh.blocks);
        // A marked node in the middle of an edge or face comes with that edge's or face's corners, so
        // no facet with a marked node is missed by looking at corners.
        let any_marked = |nodes: &[u32]| nodes.iter().any(|&n| marked.has(n));
        let facets = sorted_facets(&mesh.blocks, any_marked, any_marked);
        for pair in facets.windows(2) {
            if pair[0].key != pair[1].key || marked.cut.binary_search(&pair[0].key).is_ok() {
                continue;
            }
            for node in cells.facet(pair[0].cell, pair[0].local).1.filter(|&n| marked.has(n)) {
                let find = |cell| corners.binary_search(&(node, cell));
                if let (Ok(a), Ok(b)) = (find(pair[0].cell), find(pair[1].cell)) {
                    sets.join(a, b);
                }
            }
        }

        let mut numbers = vec![u32::MAX; corners.len()];
        let mut originals = Vec::new();
        let mut start = 0;
        for around in corners.chunk_by(|a, b| a.0 == b.0) {
            let range = start..start + around.len();
            start = range.end;
            // The group with the first cell of the first region keeps the node.
            let is_first = |i: &usize| cells.block(corners[*i].1).region == first_region;
            let keeper = range.clone().find(is_first).unwrap_or(range.start);
            numbers[sets.root(keeper)] = around[0].0;
            for i in range {
                let root = sets.root(i);
                if numbers[root] == u32::MAX {
                    numbers[root] = (mesh.points.len() + originals.len()) as u32;
                    originals.push(around[0].0);
                }
                numbers[i] = numbers[root];
            }
        }
        Copies { corners, numbers, originals }
    }

    /// The number of `node` in `cell` after splitting.
    fn number(&self, node: u32, cell: u32) -> u32 {
        self.corners.binary_search(&(node, cell)).map_or(node, |i| self.numbers[i])
    }

    fn apply(&self, mesh: &mut Mesh) {
        let sides = mesh.interfaces.iter_mut().flat_map(|i| &mut i.sides).flatten();
        let boundaries = mesh.boundaries.iter_mut().flat_map(|b| &mut b.facets);
        for block in boundaries.chain(sides) {
            self.renumber(block.kind.node_count(), &mut block.nodes, |i| block.cells[i]);
        }
        for block in mesh.internal.iter_mut().flat_map(|s| &mut s.facets) {
            // Both cells are connected through the facet: they have the same copies.
            self.renumber(block.kind.node_count(), &mut block.nodes, |i| block.cells[i][0]);
        }
        let mut first = 0;
        for block in &mut mesh.blocks {
            let count = block.len() as u32;
            self.renumber(block.kind.node_count(), &mut block.nodes, |i| first + i as u32);
            first += count;
        }
        for &node in &self.originals {
            mesh.points.push(mesh.points[node as usize]);
        }
    }

    fn renumber(&self, n: usize, nodes: &mut [u32], cell: impl Fn(usize) -> u32) {
        for (i, nodes) in nodes.chunks_exact_mut(n).enumerate() {
            nodes.iter_mut().for_each(|node| *node = self.number(*node, cell(i)));
        }
    }
}

/// Every (marked node, cell) pair, sorted.
fn corners(mesh: &Mesh, marked: &Marked) -> Vec<(u32, u32)> {
    let mut corners = Vec::new();
    let mut cell = 0;
    for block in &mesh.blocks {
        for nodes in block.cells() {
            corners.extend(nodes.iter().filter(|&&n| marked.has(n)).map(|&n| (n, cell)));
            cell += 1;
        }
    }
    corners.sort_unstable();
    corners
}

//! Second order from first, and uniform refinement: every cell is replaced by the cells of a
//! [`Pattern`], with new nodes shared between neighbours.
//!
//! A new node is known by the corners it lies between and their weights, whichever cell asks; equal
//! nodes are found by sorting.

use crate::facets::CellIndex;
use crate::pattern::{Pattern, Point};
use crate::{
    Block, CellKind, CornerGraphs, FacetBlock, Halving, Mesh, MeshError, SharedFacetBlock,
};
use rayon::prelude::*;

/// Corners (sorted, padded with `u32::MAX`) and their weights, in 1/64: a node on a facet or an edge.
pub type Between = ([u32; 4], [u8; 4]);

/// Where the nodes of a refined mesh come from. Those of the coarse mesh come first, with their numbers; then
/// those on edges and facets, in the order of their keys; last those inside cells, cell after cell.
///
/// The numbers of nodes in a part of a mesh rise with those in the whole, so that the order is the same there.
pub struct Origins {
    /// Between which corners the nodes on edges and facets lie.
    pub between: Vec<Between>,
    /// For each block how many new nodes are inside a cell.
    pub inside: Vec<u32>,
}

/// Patterns by kind.
struct Patterns(Vec<Pattern>);

impl Patterns {
    fn new(make: fn(CellKind) -> Pattern) -> Self {
        Patterns(CellKind::ALL.into_iter().map(make).collect())
    }

    fn of(&self, kind: CellKind) -> &Pattern {
        &self.0[kind as usize]
    }

    /// The new points that other cells can have, and the corners that they lie between.
    fn shared(&self, kind: CellKind) -> Vec<(usize, Vec<u8>)> {
        let points = self.of(kind).points.iter().enumerate();
        let shared = points.filter(|(_, p)| p.old.is_none() && !is_inside(p, kind));
        shared.map(|(i, p)| (i, p.weights.iter().map(|w| w.0).collect())).collect()
    }

    /// How many new nodes no other cell can have.
    fn inside(&self, kind: CellKind) -> u32 {
        let points = self.of(kind).points.iter();
        points.filter(|point| point.old.is_none() && is_inside(point, kind)).count() as u32
    }
}

impl Mesh {
    /// The mesh with cells of order 1 or 2.
    ///
    /// From first to second order nodes are added in the middle of edges, of quadrilateral facets and
    /// of hexahedra, on straight lines; cells become [`CellKind::Triangle6`],
    /// [`CellKind::Quadrilateral9`], [`CellKind::Tetrahedron10`], [`CellKind::Hexahedron27`] and
    /// [`CellKind::Prism18`]. From second to first order all nodes but the corners are dropped. Names,
    /// order of cells and facets and the pairing of interfaces stay.
    ///
    /// # Errors
    /// [`MeshError::Order`], [`MeshError::TooLarge`].
    pub fn with_order(&self, order: usize) -> Result<Mesh, MeshError> {
        let is = |order| self.blocks.iter().all(|b| b.kind.order() == order);
        match order {
            1 | 2 if is(order) => Ok(self.clone()),
            1 => Ok(self.corners_only()),
            2 => Ok(self.replaced(&Patterns::new(Pattern::second_order))?.0),
            got => Err(MeshError::Order { got }),
        }
    }

    /// The number of nodes that the mesh would have if [`Mesh::refined`] so many times, as a whole or in parts; with
    /// cells of 20 or 15 nodes up to twice as many, as if they had 27 or 18.
    ///
    /// # Errors
    /// [`MeshError::TooFine`] when it could not be refined so often.
    pub fn nodes_refined(&self, times: u32, as_a_whole: bool) -> Result<f64, MeshError> {
        let growth = |times: u32| 2f64.powf(f64::from(times) * self.dimension as f64);
        let cells = self.cell_count() as f64 * growth(times);
        if cells >= f64::from(u32::MAX) {
            let nodes = self.points.len() as f64 * growth(times);
            return Err(MeshError::TooFine { times, nodes, cells });
        }
        let graphs = CornerGraphs::new(self, &self.first_opposite());
        let nodes = graphs.nodes_after(times, Halving::OfCells);
        let nodes: f64 = nodes.into_iter().sum();
        // What a whole takes while it is halved for the last time: see `replaced`.
        let patterns = Patterns::new(Pattern::halved);
        let points = |block: &Block| (block.len() * patterns.of(block.kind).points.len()) as f64;
        let points = self.blocks.iter().map(points).sum::<f64>() * growth(times) / growth(1);
        let most = if as_a_whole && times > 0 { points } else { 0.0 };
        if nodes.max(most) >= f64::from(u32::MAX) {
            return Err(MeshError::TooFine { times, nodes, cells });
        }
        Ok(nodes)
    }

    /// The mesh with every cell halved in each direction: 2^d cells, d the dimension.
    ///
    /// New nodes are points of the old cells (isoparametric map), so curved sides stay on the same
    /// curve. The cells of one come together, in its place; facets and the pairing of interfaces
    /// follow.
    ///
    /// # Errors
    /// [`MeshError::TooLarge`].
    pub fn refined(&self) -> Result<Mesh, MeshError> {
        Ok(self.refined_with_origins()?.0)
    }

    /// [`Mesh::refined`], and what tells the numbers of its nodes in a part of a mesh from those in the whole.
    ///
    /// # Errors
    /// [`MeshError::TooLarge`].
    pub fn refined_with_origins(&self) -> Result<(Mesh, Origins), MeshError> {
        let patterns = Patterns::new(Pattern::halved);
        let (mesh, nodes) = self.replaced(&patterns)?;
        let inside = |block: &Block| patterns.inside(block.kind);
        Ok((
            mesh,
            Origins {
                between: nodes.shared.into_iter().map(|s| s.0).collect(),
                inside: self.blocks.iter().map(inside).collect(),
            },
        ))
    }

    fn corners_only(&self) -> Mesh {
        let mut mesh = self.clone();
        let keep = |kind: &mut CellKind, nodes: &mut Vec<u32>| {
            let (n, corners) = (kind.node_count(), kind.corner_count());
            let mut i = 0;
            nodes.retain(|_| {
                i += 1;
                (i - 1) % n < corners
            });
            *kind = kind.linear();
        };
        mesh.blocks.iter_mut().for_each(|b| keep(&mut b.kind, &mut b.nodes));
        let boundaries = mesh.boundaries.iter_mut().flat_map(|b| &mut b.facets);
        let sides = mesh.interfaces.iter_mut().flat_map(|i| &mut i.sides).flatten();
        boundaries.chain(sides).for_each(|f| keep(&mut f.kind, &mut f.nodes));
        let internal = mesh.internal.iter_mut().flat_map(|s| &mut s.facets);
        internal.for_each(|f| keep(&mut f.kind, &mut f.nodes));
        mesh.drop_unused_points();
        mesh
    }

    fn replaced(&self, patterns: &Patterns) -> Result<(Mesh, NewNodes), MeshError> {
        let fine = self.blocks.iter().map(|b| b.len() * patterns.of(b.kind).points.len());
        if fine.sum::<usize>() >= u32::MAX as usize {
            return Err(MeshError::TooLarge);
        }
        let mut mesh = self.clone();
        let nodes = NewNodes::new(self, patterns, &mut mesh.points)?;
        let factor = self.blocks.first().map_or(1, |b| patterns.of(b.kind).children[0].len());
        let mut rest = &nodes.cells[..];
        for block in &mut mesh.blocks {
            let pattern = patterns.of(block.kind);
            let count = pattern.points.len();
            let (own, others) = rest.split_at(block.len() * count);
            rest = others;
            let mut connectivity =
                Vec::with_capacity(block.len() * factor * pattern.kind.node_count());
            for points in own.chunks_exact(count) {
                for child in choose(pattern, points, &mesh.points) {
                    connectivity.extend(child.iter().map(|&p| points[p as usize]));
                }
            }
            block.kind = pattern.kind;
            block.nodes = connectivity;
        }
        let follow =
            Follow { nodes: &nodes, patterns, factor, cells: CellIndex::new(&mesh.blocks) };
        for block in mesh.boundaries.iter_mut().flat_map(|b| &mut b.facets) {
            *block = follow.block(block);
        }
        for interface in &mut mesh.interfaces {
            for block in interface.sides.iter_mut().flatten() {
                *block = follow.block(block);
            }
        }
        for block in mesh.internal.iter_mut().flat_map(|s| &mut s.facets) {
            *block = follow.shared(block);
        }
        mesh.drop_unused_points();
        // Points came one by one; the mesh stays until the end of a run.
        mesh.points.shrink_to_fit();
        Ok((mesh, nodes))
    }
}

/// The way of a pattern whose deciding diagonal is shortest (the first of equals).
fn choose<'a>(pattern: &'a Pattern, points: &[u32], x: &[[f64; 3]]) -> &'a [Vec<u8>] {
    let length = |ends: &[u8; 2]| {
        let [a, b] = ends.map(|e| x[points[e as usize] as usize]);
        (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>()
    };
    let lengths = pattern.choices.iter().map(length).enumerate();
    // A hundredth in hand, so that rounding does not decide between equals.
    let best = lengths.reduce(|best, next| if next.1 < 0.99 * best.1 { next } else { best });
    &pattern.children[best.map_or(0, |b| b.0)]
}

/// The nodes of all patterns.
struct NewNodes {
    /// For each cell in turn the node at each of its pattern's points.
    cells: Vec<u32>,
    /// New nodes that more than one cell or facet may ask for, sorted.
    shared: Vec<(Between, u32)>,
}

/// Corners whose new nodes a task finds.
const TASK: usize = 2048;

/// The new nodes on edges and facets whose lowest corner is one of some.
struct Found {
    /// In the order of their keys.
    nodes: Vec<(Between, [f64; 3])>,
    /// The points of cells where they are, and which of them is there.
    places: Vec<(u32, u32)>,
}

impl NewNodes {
    /// Numbers the new nodes, after the old ones, and adds their points.
    fn new(
        mesh: &Mesh,
        patterns: &Patterns,
        points: &mut Vec<[f64; 3]>,
    ) -> Result<Self, MeshError> {
        let positions = Positions::new(mesh, patterns);
        let (mut cells, starts, slots) = positions.by_lowest_corner();
        let find = |task: usize| {
            let corners = task * TASK..mesh.points.len().min((task + 1) * TASK);
            let mut found = Found { nodes: Vec::new(), places: Vec::new() };
            let mut wanted: Vec<(Between, u32)> = Vec::new();
            for corner in corners {
                let own = &slots[starts[corner] as usize..starts[corner + 1] as usize];
                wanted.clear();
                wanted.extend(own.iter().map(|&slot| (positions.key(slot as usize), slot)));
                wanted.sort_unstable();
                for same in wanted.chunk_by(|a, b| a.0 == b.0) {
                    let node = found.nodes.len() as u32;
                    found.nodes.push((same[0].0, positions.evaluate(same[0].1 as usize)));
                    found.places.extend(same.iter().map(|&(_, slot)| (slot, node)));
                }
            }
            found
        };
        let mut shared: Vec<(Between, u32)> = Vec::new();
        let (tasks, held) = (mesh.points.len().div_ceil(TASK), 4 * rayon::current_num_threads());
        for first in (0..tasks).step_by(held) {
            let tasks = first..tasks.min(first + held);
            let found: Vec<Found> = tasks.into_par_iter().map(find).collect();
            for Found { nodes, places } in found {
                let first = points.len() as u32;
                places.iter().for_each(|&(slot, node)| cells[slot as usize] = first + node);
                for ((key, x), number) in nodes.into_iter().zip(first..) {
                    shared.push((key, number));
                    points.push(x);
                }
            }
        }
        for (slot, node) in cells.iter_mut().enumerate().filter(|(_, node)| **node == u32::MAX) {
            *node = points.len() as u32;
            points.push(positions.evaluate(slot));
        }
        if points.len() >= u32::MAX as usize {
            return Err(MeshError::TooLarge);
        }
        Ok(NewNodes { cells, shared })
    }
}

/// The points of the patterns of all cells, one after the other.
struct Positions<'a> {
    mesh: &'a Mesh,
    patterns: &'a Patterns,
    /// Where those of each block begin, and how many there are.
    first: Vec<usize>,
    count: usize,
}

impl<'a> Positions<'a> {
    fn new(mesh: &'a Mesh, patterns: &'a Patterns) -> Self {
        let (mut first, mut count) = (Vec::new(), 0);
        for block in &mesh.blocks {
            first.push(count);
            count += block.len() * patterns.of(block.kind).points.len();
        }
        Positions { mesh, patterns, first, count }
    }

    /// The old node at each, or `u32::MAX`. Of those that are new and on edges and facets, which have each
    /// corner for their lowest: where they begin, and all of them.
    fn by_lowest_corner(&self) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
        let mut cells = Vec::with_capacity(self.count);
        let mut starts = vec![0; self.mesh.points.len() + 1];
        for block in &self.mesh.blocks {
            let pattern = self.patterns.of(block.kind);
            let shared = self.patterns.shared(block.kind);
            for nodes in block.cells() {
                let old = |point: &Point| point.old.map_or(u32::MAX, |i| nodes[i as usize]);
                cells.extend(pattern.points.iter().map(old));
                shared.iter().for_each(|(_, on)| starts[lowest(on, nodes) + 1] += 1);
            }
        }
        for corner in 1..starts.len() {
            starts[corner] += starts[corner - 1];
        }
        let (mut next, mut slots) = (starts.clone(), vec![0; starts[starts.len() - 1] as usize]);
        for (block, &first) in self.mesh.blocks.iter().zip(&self.first) {
            let count = self.patterns.of(block.kind).points.len();
            let shared = self.patterns.shared(block.kind);
            for (nodes, slot) in block.cells().zip((first..).step_by(count)) {
                for (point, on) in &shared {
                    let place = &mut next[lowest(on, nodes)];
                    slots[*place as usize] = (slot + point) as u32;
                    *place += 1;
                }
            }
        }
        (cells, starts, slots)
    }

    /// Nodes of the cell, and the point of its pattern.
    fn locate(&self, slot: usize) -> (&'a [u32], &'a Point) {
        let b = self.first.partition_point(|&f| f <= slot) - 1;
        let block = &self.mesh.blocks[b];
        let points = &self.patterns.of(block.kind).points;
        let (cell, point) =
            ((slot - self.first[b]) / points.len(), (slot - self.first[b]) % points.len());
        let n = block.kind.node_count();
        (&block.nodes[cell * n..][..n], &points[point])
    }

    fn key(&self, slot: usize) -> Between {
        let (nodes, point) = self.locate(slot);
        key(point, nodes)
    }

    /// The same bits whichever cell is asked, on either side of an interface and in any part of the mesh: shape
    /// functions at these points are exact binary fractions, those of nodes off the facet are zero, and what is added
    /// is put in order first.
    fn evaluate(&self, slot: usize) -> [f64; 3] {
        let (nodes, point) = self.locate(slot);
        std::array::from_fn(|k| {
            // No cell has more nodes.
            let (mut terms, mut count) = ([0.0; 27], 0);
            let values = nodes.iter().zip(&point.values).filter(|(_, value)| **value != 0.0);
            for (&node, value) in values {
                terms[count] = value * self.mesh.points[node as usize][k];
                count += 1;
            }
            let terms = &mut terms[..count];
            terms.sort_unstable_by(f64::total_cmp);
            terms.iter().fold(0.0, |sum, term| sum + term)
        })
    }
}

/// The lowest of the nodes at these corners.
fn lowest(corners: &[u8], nodes: &[u32]) -> usize {
    corners.iter().map(|&corner| nodes[corner as usize]).fold(u32::MAX, u32::min) as usize
}

/// True when no other cell can have the point: it is on no facet.
fn is_inside(point: &Point, kind: CellKind) -> bool {
    !kind.facets().iter().any(|(facet, on)| {
        let corners = &on[..facet.corner_count()];
        point.weights.iter().all(|(c, _)| corners.contains(c))
    })
}

fn key(point: &Point, nodes: &[u32]) -> Between {
    let mut pairs = [(u32::MAX, 0); 4];
    for (pair, &(corner, weight)) in pairs.iter_mut().zip(&point.weights) {
        *pair = (nodes[corner as usize], weight);
    }
    pairs.sort_unstable();
    (pairs.map(|p| p.0), pairs.map(|p| p.1))
}

/// Facets that follow their cells.
struct Follow<'a> {
    nodes: &'a NewNodes,
    patterns: &'a Patterns,
    /// New cells per old cell.
    factor: usize,
    /// The new cells.
    cells: CellIndex<'a>,
}

impl Follow<'_> {
    /// Nodes of the facets that replace one.
    fn facet(&self, kind: CellKind, nodes: &[u32]) -> Vec<Vec<u32>> {
        let pattern = self.patterns.of(kind);
        let find = |point: &Point| match point.old {
            Some(i) => nodes[i as usize],
            None => {
                let key = key(point, nodes);
                let place = self.nodes.shared.binary_search_by_key(&key, |s| s.0);
                self.nodes.shared[place.expect("a facet's nodes are its cell's")].1
            }
        };
        let points: Vec<u32> = pattern.points.iter().map(find).collect();
        let pick = |child: &Vec<u8>| child.iter().map(|&p| points[p as usize]).collect();
        pattern.children[0].iter().map(pick).collect()
    }

    /// Which of the cells that replace `owner` has the facet.
    fn owner(&self, owner: u32, facet: &[u32]) -> u32 {
        let first = owner * self.factor as u32;
        let has = |&cell: &u32| {
            let nodes = self.cells.nodes(cell);
            facet.iter().all(|n| nodes.contains(n))
        };
        (first..first + self.factor as u32).find(has).expect("a facet belongs to a new cell")
    }

    fn block(&self, block: &FacetBlock) -> FacetBlock {
        let kind = self.patterns.of(block.kind).kind;
        let mut fine = FacetBlock { kind, nodes: Vec::new(), cells: Vec::new() };
        for (nodes, &cell) in block.facets().zip(&block.cells) {
            for facet in self.facet(block.kind, nodes) {
                fine.cells.push(self.owner(cell, &facet));
                fine.nodes.extend(facet);
            }
        }
        fine
    }

    fn shared(&self, block: &SharedFacetBlock) -> SharedFacetBlock {
        let kind = self.patterns.of(block.kind).kind;
        let mut fine = SharedFacetBlock { kind, nodes: Vec::new(), cells: Vec::new() };
        let facets = block.nodes.chunks_exact(block.kind.node_count());
        for (nodes, cells) in facets.zip(&block.cells) {
            for facet in self.facet(block.kind, nodes) {
                fine.cells.push(cells.map(|cell| self.owner(cell, &facet)));
                fine.nodes.extend(facet);
            }
        }
        fine
    }
}

//! Numbers by nearness: nodes along a curve that fills space, cells by their nodes.
//!
//! What is near in space comes near in memory. A file's order knows nothing of that, and every loop
//! over cells and every product with a matrix pays for it.

use crate::facets::CellIndex;
use crate::{Block, Mesh};
use rayon::prelude::*;

/// Bits of a coordinate along the curve: 65536 steps over the longest side of the mesh.
const BITS: u32 = 16;

/// Nodes whose places are found side by side.
const TOGETHER: usize = 8;

impl Mesh {
    /// Numbers the nodes along Hilbert's curve through the mesh, and the cells of each block by their
    /// smallest node.
    ///
    /// The same mesh otherwise: names, nodes within cells, the order of facets and the pairing of
    /// interfaces stay. Nodes in one step of the curve, and cells with the same smallest node, keep
    /// their order.
    pub fn renumber(&mut self) {
        let order = order_along_curve(self);
        let points = order.par_iter().map(|&n| self.points[n as usize]).collect();
        self.points = points;
        let mut number = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            number[old as usize] = new as u32;
        }
        drop(order);
        for nodes in self.node_lists() {
            nodes.par_iter_mut().with_min_len(4096).for_each(|n| *n = number[*n as usize]);
        }
        drop(number);
        self.sort_cells();
    }

    fn sort_cells(&mut self) {
        let mut number = Vec::with_capacity(self.cell_count());
        for block in &mut self.blocks {
            let first = number.len() as u32;
            number.resize(number.len() + block.len(), 0);
            let order = order_by_smallest_node(block, self.points.len());
            for (new, &old) in order.iter().enumerate() {
                number[(first + old) as usize] = first + new as u32;
            }
            let n = block.kind.node_count();
            let mut nodes = vec![0; block.nodes.len()];
            let cell = |old: u32| &block.nodes[old as usize * n..][..n];
            let pairs = nodes.par_chunks_exact_mut(n).with_min_len(1024).zip(&order);
            pairs.for_each(|(to, &old)| to.copy_from_slice(cell(old)));
            block.nodes = nodes;
        }
        let boundaries = self.boundaries.iter_mut().flat_map(|b| &mut b.facets);
        let sides = self.interfaces.iter_mut().flat_map(|i| &mut i.sides).flatten();
        for cell in boundaries.chain(sides).flat_map(|f| &mut f.cells) {
            *cell = number[*cell as usize];
        }
        let cells = CellIndex::new(&self.blocks);
        for block in self.internal.iter_mut().flat_map(|s| &mut s.facets) {
            let facets = block.nodes.chunks_exact_mut(block.kind.node_count());
            for (nodes, pair) in facets.zip(&mut block.cells) {
                *pair = pair.map(|cell| number[cell as usize]);
                // In one region the cell with the lower number comes first and gives the direction.
                if cells.block(pair[0]).region == cells.block(pair[1]).region && pair[0] > pair[1] {
                    pair.swap(0, 1);
                    let turned = cells.facet_with(pair[0], nodes);
                    nodes.copy_from_slice(&turned);
                }
            }
        }
    }
}

/// The cells of a block by their smallest node, those with the same one in their order.
fn order_by_smallest_node(block: &Block, points: usize) -> Vec<u32> {
    let smallest = || block.cells().map(|nodes| nodes.iter().fold(u32::MAX, |a, &b| a.min(b)));
    let mut next = vec![0u32; points + 1];
    for node in smallest() {
        next[node as usize + 1] += 1;
    }
    for node in 0..points {
        next[node + 1] += next[node];
    }
    let mut order = vec![0; block.len()];
    for (cell, node) in smallest().enumerate() {
        let place = &mut next[node as usize];
        order[*place as usize] = cell as u32;
        *place += 1;
    }
    order
}

/// The nodes in the order in which Hilbert's curve meets them.
fn order_along_curve(mesh: &Mesh) -> Vec<u32> {
    let axes: &[usize] = if mesh.dimension == 2 { &mesh.axes } else { &[0, 1, 2] };
    let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    for x in &mesh.points {
        for k in 0..3 {
            low[k] = low[k].min(x[k]);
            high[k] = high[k].max(x[k]);
        }
    }
    let side = axes.iter().map(|&k| high[k] - low[k]).fold(0.0, f64::max);
    let scale = if side > 0.0 { f64::from((1u32 << BITS) - 1) / side } else { 0.0 };
    let places_of = |(first, points): (usize, &[[f64; 3]])| {
        let mut steps = [[0; TOGETHER]; 3];
        for (steps, &k) in steps.iter_mut().zip(axes) {
            for (step, x) in steps.iter_mut().zip(points) {
                *step = ((x[k] - low[k]) * scale) as u32;
            }
        }
        let places = match axes.len() {
            2 => along_curve::<2>([steps[0], steps[1]]),
            _ => along_curve::<3>(steps),
        };
        let nodes = (TOGETHER * first) as u32..;
        places.into_iter().zip(nodes).take(points.len())
    };
    let mut places: Vec<(u64, u32)> = mesh
        .points
        .par_chunks(TOGETHER)
        .enumerate()
        .with_min_len(1024)
        .flat_map_iter(places_of)
        .collect();
    places.par_sort_unstable();
    places.into_iter().map(|(_, node)| node).collect()
}

/// How far along Hilbert's curve the cubes with these coordinates (of [`BITS`] bits each) lie.
///
/// From the largest cube to the smallest, the coordinates are turned into the frame in which the curve
/// runs through the next one; the half spaces passed on the way, as a Gray code, give the digits
/// (J. Skilling, *AIP Conf. Proc.* 707 (2004) 381).
///
/// Masks instead of branches, half of which would be guessed wrongly, and several cubes side by side.
fn along_curve<const D: usize>(mut x: [[u32; TOGETHER]; D]) -> [u64; TOGETHER] {
    for bit in (1..BITS).rev() {
        let below = (1 << bit) - 1;
        for i in 0..D {
            let (mut first, mut own) = (x[0], x[i]);
            for (first, own) in first.iter_mut().zip(&mut own) {
                // All bits where this one is set, none where it is not.
                let is_set = (*own >> bit & 1).wrapping_neg();
                let difference = (*first ^ *own) & below & !is_set;
                *first ^= difference | (below & is_set);
                // None for the first.
                *own ^= difference;
            }
            x[i] = own;
            x[0] = first;
        }
    }
    for i in 1..D {
        let before = x[i - 1];
        x[i].iter_mut().zip(before).for_each(|(x, before)| *x ^= before);
    }
    let mut flips = [0; TOGETHER];
    for bit in 1..BITS {
        for (flips, x) in flips.iter_mut().zip(x[D - 1]) {
            *flips ^= ((1 << bit) - 1) & (x >> bit & 1).wrapping_neg();
        }
    }
    let mut places = [0; TOGETHER];
    for bit in (0..BITS).rev() {
        for x in &x {
            for lane in 0..TOGETHER {
                places[lane] = places[lane] << 1 | u64::from((x[lane] ^ flips[lane]) >> bit & 1);
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_goes_from_each_cube_to_a_neighbour() {
        for dimension in [2, 3] {
            // The 4^d coarsest of all cubes, in the order of the curve.
            let mut cubes: Vec<(u64, [u32; 3])> = (0..4u32.pow(dimension))
                .map(|i| {
                    let cube = [0, 1, 2].map(|k| if k < dimension { i >> (2 * k) & 3 } else { 0 });
                    let x = cube.map(|c| [c << (BITS - 2); TOGETHER]);
                    let places = match dimension {
                        2 => along_curve([x[0], x[1]]),
                        _ => along_curve(x),
                    };
                    (places[0] >> (dimension * (BITS - 2)), cube)
                })
                .collect();
            cubes.sort_unstable();
            for (i, (place, _)) in cubes.iter().enumerate() {
                assert_eq!(*place, i as u64);
            }
            for pair in cubes.windows(2) {
                let steps: u32 = (0..3).map(|k| pair[0].1[k].abs_diff(pair[1].1[k])).sum();
                assert_eq!(steps, 1, "{pair:?}");
            }
        }
    }

    /// Numbers of [`BITS`] bits without a pattern.
    fn scattered(k: u32) -> u32 {
        (k + 1).wrapping_mul(2_654_435_761) >> (32 - BITS)
    }

    #[test]
    fn each_cube_has_the_place_that_it_has_alone() {
        for first in (0..800).step_by(8) {
            let x: [[u32; TOGETHER]; 3] = std::array::from_fn(|k| {
                std::array::from_fn(|lane| scattered(3 * (first + lane as u32) + k as u32))
            });
            let (plane, space) = (along_curve([x[0], x[1]]), along_curve(x));
            for lane in 0..TOGETHER {
                let alone = x.map(|x| [x[lane]; TOGETHER]);
                assert_eq!(plane[lane], along_curve([alone[0], alone[1]])[0], "{first} {lane}");
                assert_eq!(space[lane], along_curve(alone)[0], "{first} {lane}");
            }
        }
    }

    #[test]
    fn any_number_of_nodes_is_brought_into_order() {
        let last = (1 << BITS) - 1;
        for (dimension, count) in [2, 3].into_iter().flat_map(|d| (2..=35).map(move |n| (d, n))) {
            // Two corners make the box in which steps are whole numbers.
            let mut steps = vec![[0; 3], [last; 3]];
            steps.extend((2..count).map(|n| [0, 1, 2].map(|k| scattered(3 * n + k))));
            let points = steps.iter().map(|x| x.map(f64::from)).collect();
            let mesh = Mesh { dimension, axes: [0, 1], points, ..Mesh::default() };
            let place = |&[x, y, z]: &[u32; 3]| {
                let [x, y, z] = [x, y, z].map(|step| [step; TOGETHER]);
                if dimension == 2 { along_curve([x, y])[0] } else { along_curve([x, y, z])[0] }
            };
            let mut want: Vec<u32> = (0..count).collect();
            want.sort_by_key(|&node| place(&steps[node as usize]));
            assert_eq!(order_along_curve(&mesh), want, "{count} nodes");
        }
    }
}

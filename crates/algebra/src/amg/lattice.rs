//! Where the nodes of a matrix are on a lattice.

/// Where the nodes of a matrix are on a lattice of up to three directions i, j, k, so fine that every second
/// line along any of them makes a good coarser one.
///
/// With more than one line along k (rays, about an axis) the nodes with i = 0 lie on the axis, where all
/// rays are one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lattice {
    /// Points along i.
    pub across: u32,
    /// Points along k.
    pub rays: u32,
    /// True if the ray after the last is the first.
    pub closed: bool,
    /// Point (j across + i) rays + k of each node, in stretches in which both are consecutive: the first
    /// node, its point, and the number of nodes; by node. Nodes outside of them are not on the lattice.
    pub stretches: Vec<[u32; 3]>,
}

/// i, j and k; negative for nodes that are not on the lattice.
pub(super) type Point = [i32; 3];

impl Lattice {
    /// For nodes in order, the point of each that is on the lattice.
    pub fn new(
        [across, rays]: [u32; 2],
        closed: bool,
        points: impl Iterator<Item = (u32, u32)>,
    ) -> Self {
        let mut stretches: Vec<[u32; 3]> = Vec::new();
        for (node, point) in points {
            match stretches.last_mut() {
                Some([first, from, count])
                    if node.wrapping_sub(*first) == *count
                        && point.wrapping_sub(*from) == *count =>
                {
                    *count += 1;
                }
                _ => stretches.push([node, point, 1]),
            }
        }
        Self { across, rays, closed, stretches }
    }

    /// The same lattice for nodes in another numbering, in which some may not occur.
    pub fn renumbered(&self, number: impl Fn(u32) -> Option<u32>) -> Self {
        let all = self.stretches.iter().flat_map(|&[node, point, count]| {
            (node..node + count)
                .zip(point..)
                .filter_map(|(node, point)| Some((number(node)?, point)))
        });
        Self::new([self.across, self.rays], self.closed, all)
    }
}

/// The nodes of a level.
pub(super) struct Placed<'a> {
    lattice: &'a Lattice,
    points: Vec<Point>,
    /// Lines of the lattice are gone.
    is_coarser: bool,
}

impl<'a> Placed<'a> {
    /// `n` nodes on all lines.
    pub fn new(lattice: &'a Lattice, n: usize) -> Self {
        let mut points = vec![[-1; 3]; n];
        for &[node, point, count] in &lattice.stretches {
            let nodes = points.iter_mut().skip(node as usize).take(count as usize);
            for (at, n) in nodes.zip(point..) {
                let (p, k) = (n / lattice.rays, n % lattice.rays);
                *at = [p % lattice.across, p / lattice.across, k].map(|c| c as i32);
            }
        }
        Self { lattice, points, is_coarser: false }
    }

    /// Those of them that are `left` on the coarser lattice.
    pub fn coarser(self, left: impl Fn(usize) -> bool) -> Self {
        let kept = self.points.iter().enumerate().filter(|(i, _)| left(*i)).map(|(_, p)| *p);
        Self { points: kept.collect(), is_coarser: true, ..self }
    }

    /// True if nodes may have lost neighbours along a line.
    pub fn is_coarser(&self) -> bool {
        self.is_coarser
    }

    /// The point of node i.
    #[inline(always)]
    pub fn point(&self, i: usize) -> Point {
        self.points[i]
    }

    /// From node i to node j, if both are on the lattice.
    #[inline(always)]
    pub fn offset(&self, i: usize, j: usize) -> Option<Point> {
        let (a, b) = (self.points[i], self.points[j]);
        if a[0] < 0 || b[0] < 0 {
            return None;
        }
        let rays = self.lattice.rays as i32;
        let k = match b[2] - a[2] {
            // On the axis all rays are one.
            _ if rays > 1 && (a[0] == 0 || b[0] == 0) => 0,
            k if self.lattice.closed && k > rays / 2 => k - rays,
            k if self.lattice.closed && k < -rays / 2 => k + rays,
            k => k,
        };
        Some([b[0] - a[0], b[1] - a[1], k])
    }
}

//! Where the nodes of a matrix are on a lattice.

use super::follows::Follows;

/// Where the nodes of a matrix are on a lattice of up to three directions i, j, k, so fine that every second
/// line along any of them makes a good coarser one.
///
/// With more than one line along k (rays, about an axis) the nodes with i = 0 lie on the axis, where all
/// rays are one.
///
/// A second body has a lattice of its own, at other j. Points of the two are no neighbours, but where bodies are joined
/// a node may be a point of both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lattice {
    /// Points along i.
    pub across: u32,
    /// The first j of the second body, if there is one.
    pub second: Option<u32>,
    /// Points along k.
    pub rays: u32,
    /// True if the ray after the last is the first.
    pub closed: bool,
    /// Point (j across + i) rays + k of each node, in stretches in which both are consecutive: the first
    /// node, its point, and the number of nodes; by node. Nodes outside of them are not on the lattice.
    pub stretches: Vec<[u32; 3]>,
    /// Nodes with a second point, and that point; by node.
    pub joined: Vec<[u32; 2]>,
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
        Self { across, rays, closed, stretches, second: None, joined: Vec::new() }
    }

    /// The same with a second body from this j on.
    pub fn with_second(self, j: usize) -> Self {
        Self { second: Some(j as u32), ..self }
    }

    /// The same lattice for nodes in another numbering, in which some may not occur, and nodes of the second body may
    /// be one with nodes of the first.
    pub fn renumbered(&self, number: impl Fn(u32) -> Option<u32>) -> Self {
        let all = self.stretches.iter().flat_map(|&[node, point, count]| {
            (node..node + count)
                .zip(point..)
                .filter_map(|(node, point)| Some((number(node)?, point)))
        });
        let Some(second) = self.second else {
            return Self::new([self.across, self.rays], self.closed, all);
        };
        let is_first = |point: u32| point / (self.across * self.rays) < second;
        let mut first = Vec::new();
        for (node, _) in all.clone().filter(|(_, point)| is_first(*point)) {
            first.resize(first.len().max(node as usize + 1), false);
            first[node as usize] = true;
        }
        let is_joined = |&(node, point): &(u32, u32)| {
            !is_first(point) && first.get(node as usize) == Some(&true)
        };
        let own = all.clone().filter(|node| !is_joined(node));
        let mut joined: Vec<[u32; 2]> = all.filter(is_joined).map(<[u32; 2]>::from).collect();
        joined.sort_unstable();
        let renumbered = Self::new([self.across, self.rays], self.closed, own);
        Self { second: self.second, joined, ..renumbered }
    }
}

/// The nodes of a level.
pub(super) struct Placed<'a> {
    lattice: &'a Lattice,
    points: Vec<Point>,
    /// The first j of the second body.
    second: i32,
    /// Nodes with a second point, by node.
    joined: Vec<(u32, Point)>,
    /// What their displacements are.
    pub follows: Follows,
    /// Lines of the lattice are gone.
    is_coarser: bool,
}

impl<'a> Placed<'a> {
    /// `n` nodes on all lines.
    pub fn new(lattice: &'a Lattice, follows: Follows, n: usize) -> Self {
        let at = |point: u32| {
            let (p, k) = (point / lattice.rays, point % lattice.rays);
            [p % lattice.across, p / lattice.across, k].map(|c| c as i32)
        };
        let mut points = vec![[-1; 3]; n];
        for &[node, point, count] in &lattice.stretches {
            let nodes = points.iter_mut().skip(node as usize).take(count as usize);
            nodes.zip(point..).for_each(|(to, point)| *to = at(point));
        }
        let joined = lattice.joined.iter().map(|&[node, point]| (node, at(point))).collect();
        let second = lattice.second.map_or(i32::MAX, |j| j as i32);
        Self { lattice, points, second, joined, follows, is_coarser: false }
    }

    /// The points of the nodes of other ranks, which come after those of this one.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Point>) {
        self.points.extend(others);
    }

    /// The first `n` of them.
    pub fn truncate(&mut self, n: usize) {
        self.points.truncate(n);
    }

    /// Those of them that have a number on the coarser lattice, which is not `u32::MAX`.
    pub fn coarser(self, numbers: &[u32], follows: Follows) -> Self {
        let left = |i: usize| numbers[i] != u32::MAX;
        let kept = self.points.iter().enumerate().filter(|(i, _)| left(*i)).map(|(_, p)| *p);
        let joined = self.joined.iter().filter(|(node, _)| left(*node as usize));
        let joined = joined.map(|&(node, point)| (numbers[node as usize], point)).collect();
        Self { points: kept.collect(), joined, follows, is_coarser: true, ..self }
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

    /// From node i to node j, if both are on the lattice of the body that the point of i belongs to.
    #[inline(always)]
    pub fn offset(&self, i: usize, j: usize) -> Option<Point> {
        let (a, mut b) = (self.points[i], self.points[j]);
        if a[0] < 0 || b[0] < 0 {
            return None;
        }
        match [a, b].map(|point| point[1] >= self.second) {
            [true, false] => {
                let at = self.joined.binary_search_by_key(&(j as u32), |joined| joined.0).ok()?;
                b = self.joined[at].1;
            }
            [false, true] => return None,
            _ => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Points 0, 1 and 2 of a line of the first body, and of one of the second body, whose last node is that of the
    /// first's second.
    #[test]
    fn points_of_two_bodies_are_no_neighbours_but_where_these_are_joined() {
        let points = (0..3).chain(12..15);
        let lattice = Lattice::new([3, 1], false, (0..).zip(points)).with_second(4);
        let joined = lattice.renumbered(|node| Some(if node == 5 { 1 } else { node }));
        assert_eq!(joined.stretches, [[0, 0, 3], [3, 12, 2]]);
        assert_eq!((joined.second, &joined.joined[..]), (Some(4), &[[1, 14]][..]));
        let placed = Placed::new(&joined, Follows::default(), 5);
        assert_eq!(placed.offset(0, 1), Some([1, 0, 0]));
        assert_eq!(placed.offset(4, 1), Some([1, 0, 0]));
        assert_eq!((placed.offset(1, 4), placed.offset(3, 0)), (None, None));
        let left = [0, 1, u32::MAX, u32::MAX, 2];
        let coarser = placed.coarser(&left, Follows::default());
        assert_eq!((coarser.offset(2, 1), coarser.offset(2, 0)), (Some([1, 0, 0]), None));
        let apart = lattice.renumbered(|node| (node != 5).then_some(node));
        assert_eq!(apart.joined, [[0; 2]; 0]);
    }
}

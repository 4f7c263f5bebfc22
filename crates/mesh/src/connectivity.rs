//! Which nodes hang together.

use crate::{FacetBlock, Mesh};

/// Sets of indices that are joined step by step (union-find; the root of a set is its smallest).
pub(crate) struct DisjointSets {
    parent: Vec<u32>,
}

impl DisjointSets {
    pub fn new(count: usize) -> Self {
        DisjointSets { parent: (0..count as u32).collect() }
    }

    /// The smallest index of the set that `i` is in.
    pub fn root(&mut self, i: usize) -> usize {
        let mut i = i;
        while self.parent[i] as usize != i {
            // Path halving: every second node on the way points to its grandparent.
            self.parent[i] = self.parent[self.parent[i] as usize];
            i = self.parent[i] as usize;
        }
        i
    }

    /// Makes one set of the two that hold `a` and `b`.
    pub fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b) as u32;
    }
}

/// The bodies of a mesh: sets of cells connected through shared nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bodies {
    /// Number of bodies.
    pub count: usize,
    /// The body of each node: 0, 1, ... in the order of their first nodes.
    pub of_node: Vec<u32>,
}

impl Bodies {
    /// The bodies when the law of each of these interfaces (indices into [`Mesh::interfaces`]) lets the
    /// field through, so that both sides count as connected.
    ///
    /// # Panics
    /// If an index is out of range.
    pub fn coupled(&self, mesh: &Mesh, interfaces: &[usize]) -> Bodies {
        let sides = interfaces.iter().map(|&interface| &mesh.interfaces[interface].sides);
        let blocks = sides.flat_map(|[first, second]| first.iter().zip(second));
        self.joined(blocks.flat_map(|(a, b)| a.nodes.iter().copied().zip(b.nodes.iter().copied())))
    }

    /// The bodies when both nodes of each pair count as connected.
    ///
    /// # Panics
    /// If a node is out of range.
    pub fn joined(&self, pairs: impl IntoIterator<Item = (u32, u32)>) -> Bodies {
        let mut sets = DisjointSets::new(self.count);
        for (a, b) in pairs {
            let [a, b] = [a, b].map(|node| self.of_node[node as usize] as usize);
            sets.join(a, b);
        }
        let mut number = vec![0; self.count];
        let mut count = 0;
        for body in 0..self.count {
            let root = sets.root(body);
            number[body] = if root == body { count } else { number[root] };
            count += u32::from(root == body);
        }
        let of_node = self.of_node.iter().map(|&body| number[body as usize]).collect();
        Bodies { count: count as usize, of_node }
    }

    /// The first node of each body.
    pub fn first_nodes(&self) -> Vec<u32> {
        let mut first: Vec<u32> = Vec::with_capacity(self.count);
        for (node, &body) in self.of_node.iter().enumerate() {
            if body as usize == first.len() {
                first.push(node as u32);
            }
        }
        first
    }
}

impl Mesh {
    /// For each node the first of those that lie opposite each other at interfaces, itself included: sets of nodes
    /// that are joined there, or may touch.
    pub fn first_opposite(&self) -> Vec<u32> {
        let mut sets = DisjointSets::new(self.points.len());
        for [here, across] in self.interfaces.iter().map(|interface| &interface.sides) {
            let nodes = |side: &[FacetBlock]| side.iter().flat_map(|b| b.nodes.clone()).collect();
            let [here, across]: [Vec<u32>; 2] = [nodes(here), nodes(across)];
            here.iter().zip(&across).for_each(|(&a, &b)| sets.join(a as usize, b as usize));
        }
        (0..self.points.len()).map(|node| sets.root(node) as u32).collect()
    }
}

/// Finds the bodies of a mesh.
///
/// A field with fluxes alone needs a reference value in each body.
pub fn bodies(mesh: &Mesh) -> Bodies {
    let mut sets = DisjointSets::new(mesh.points.len());
    for block in &mesh.blocks {
        for nodes in block.cells() {
            let mut first = sets.root(nodes[0] as usize);
            for &node in &nodes[1..] {
                // Most cells hang together already.
                if sets.parent[node as usize] as usize != first {
                    sets.join(first, node as usize);
                    first = sets.root(first);
                }
            }
        }
    }
    let mut of_node = vec![u32::MAX; mesh.points.len()];
    let mut count = 0;
    for node in 0..of_node.len() {
        // Roots are the smallest of their set, so a root comes before the nodes that ask for it.
        let root = sets.root(node);
        if root == node {
            of_node[node] = count;
            count += 1;
        } else {
            of_node[node] = of_node[root];
        }
    }
    Bodies { count: count as usize, of_node }
}

//! The parts of a mesh around the nodes that several want, such as ranks.

use crate::facets::CellIndex;
use crate::part::{Numbers, Selection, all_facets};
use crate::{CellKind, FacetBlock, Mesh, Part};

/// Who wants which nodes: each one its owner, and some of them others besides.
pub struct Wanted<'a> {
    owner: &'a [u32],
    /// Node and who wants it, sorted.
    others: Vec<[u32; 2]>,
    /// Nodes that occur there.
    is_shared: Vec<bool>,
}

impl<'a> Wanted<'a> {
    /// Every node by its owner alone.
    pub fn by_owners(owner: &'a [u32]) -> Self {
        Wanted { owner, others: Vec::new(), is_shared: vec![false; owner.len()] }
    }

    /// Some nodes, each with another who wants it, too.
    pub fn add(&mut self, others: impl IntoIterator<Item = [u32; 2]>) {
        self.others.extend(others);
        self.others.sort_unstable();
        self.others.dedup();
        self.others.iter().for_each(|[node, _]| self.is_shared[*node as usize] = true);
    }

    /// Whoever wants one node of a group wants all of them.
    pub fn widen(&mut self, groups: &[Vec<u32>]) {
        let (mut found, mut wider) = (Vec::new(), Vec::new());
        for group in groups {
            self.find(group.iter().copied(), &mut found);
            for &node in group {
                let others = found.iter().filter(|other| **other != self.owner[node as usize]);
                wider.extend(others.map(|&other| [node, other]));
            }
        }
        self.add(wider);
    }

    /// Puts those who want one of `nodes` into `found`, each once.
    fn find(&self, nodes: impl Iterator<Item = u32>, found: &mut Vec<u32>) {
        found.clear();
        let mut last = u32::MAX;
        for node in nodes {
            let owner = self.owner[node as usize];
            if owner != last && !found.contains(&owner) {
                found.push(owner);
            }
            last = owner;
            if self.is_shared[node as usize] {
                let first = self.others.partition_point(|other| other[0] < node);
                let others = self.others[first..].iter().take_while(|other| other[0] == node);
                for &[_, other] in others {
                    if !found.contains(&other) {
                        found.push(other);
                    }
                }
            }
        }
    }

    /// Nodes for which `asked` is true, each with those whose part has it; sorted.
    pub fn having(&self, mesh: &Mesh, asked: &[bool]) -> Vec<[u32; 2]> {
        let (mut found, mut having) = (Vec::new(), Vec::new());
        let mut add = |nodes: &mut dyn Iterator<Item = u32>, found: &[u32]| {
            for node in nodes.filter(|&node| asked[node as usize]) {
                having.extend(found.iter().map(|&part| [node, part]));
            }
        };
        for cell in mesh.blocks.iter().flat_map(|block| block.cells()) {
            if cell.iter().any(|&node| asked[node as usize]) {
                self.find(cell.iter().copied(), &mut found);
                add(&mut cell.iter().copied(), &found);
            }
        }
        let cells = CellIndex::new(&mesh.blocks);
        for (_, [a, b], owners) in pairs(mesh) {
            self.find(a.iter().chain(b).copied(), &mut found);
            for cell in owners {
                add(&mut cells.nodes(cell).iter().copied(), &found);
            }
        }
        having.sort_unstable();
        having.dedup();
        having
    }
}

/// The parts around the nodes that several want, to be taken one after the other.
///
/// Each has what touches one of its nodes: cells, facets, and pairs of facets with such a node on either
/// side, with the cells that own them. Every integral over shape functions of these nodes is the same as
/// over the whole. Internal surfaces, which carry no law, are left behind.
///
/// What is whose is found in one pass over the mesh, however many parts there are.
pub struct Parts<'m> {
    mesh: &'m Mesh,
    selections: Vec<Selection>,
    numbers: Numbers,
}

impl<'m> Parts<'m> {
    /// Finds what belongs to each of `count` parts.
    ///
    /// # Panics
    /// If a node has no owner, or one that is none of the parts.
    pub fn new(mesh: &'m Mesh, count: usize, wanted: &Wanted<'_>) -> Self {
        let mut selections = vec![Selection::default(); count];
        let mut found = Vec::new();
        let cells = mesh.blocks.iter().flat_map(|block| block.cells());
        for (cell, nodes) in (0u32..).zip(cells) {
            wanted.find(nodes.iter().copied(), &mut found);
            found.iter().for_each(|&part| selections[part as usize].cells.push(cell));
        }
        for (at, block) in all_facets(mesh.boundaries.iter().map(|b| &b.facets[..])) {
            let n = block.kind.node_count();
            wanted.find(block.nodes[at[2] as usize * n..][..n].iter().copied(), &mut found);
            // The cell touches the same nodes.
            found.iter().for_each(|&part| selections[part as usize].facets.push(at));
        }
        for (at, [a, b], owners) in pairs(mesh) {
            wanted.find(a.iter().chain(b).copied(), &mut found);
            for &part in &found {
                selections[part as usize].pairs.push(at);
                selections[part as usize].cells.extend(owners);
            }
        }
        Parts { mesh, selections, numbers: Numbers::new(mesh) }
    }

    /// Part number `k`; empty the second time.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn take(&mut self, k: usize) -> Part {
        self.mesh.part(std::mem::take(&mut self.selections[k]), &mut self.numbers)
    }
}

impl Mesh {
    /// The cells, facets and pairs of facets whose first node, on the first side, is one for which `is_own` is true:
    /// what adds up to the whole over those who share out the nodes. All points stay, and facets still tell the
    /// numbers that their cells have here.
    ///
    /// # Panics
    /// If there is not one flag for each node.
    pub fn owned(&self, is_own: &[bool]) -> Mesh {
        let lists = |kind: CellKind, nodes: &[u32]| -> Vec<usize> {
            let first = nodes.iter().step_by(kind.node_count()).enumerate();
            first.filter(|(_, node)| is_own[**node as usize]).map(|(k, _)| k).collect()
        };
        let nodes_at = |kind: CellKind, nodes: &[u32], own: &[usize]| -> Vec<u32> {
            let n = kind.node_count();
            own.iter().flat_map(|&k| nodes[k * n..][..n].iter().copied()).collect()
        };
        let pick = |from: &FacetBlock, own: &[usize]| FacetBlock {
            kind: from.kind,
            nodes: nodes_at(from.kind, &from.nodes, own),
            cells: own.iter().map(|&k| from.cells[k]).collect(),
        };
        let mut mesh = self.clone();
        for block in &mut mesh.blocks {
            block.nodes = nodes_at(block.kind, &block.nodes, &lists(block.kind, &block.nodes));
        }
        for block in mesh.boundaries.iter_mut().flat_map(|boundary| &mut boundary.facets) {
            *block = pick(block, &lists(block.kind, &block.nodes));
        }
        for [first, second] in mesh.interfaces.iter_mut().map(|interface| &mut interface.sides) {
            for (first, second) in first.iter_mut().zip(second) {
                let own = lists(first.kind, &first.nodes);
                (*first, *second) = (pick(first, &own), pick(second, &own));
            }
        }
        mesh
    }
}

impl Part {
    /// What touches one of the nodes for which `wanted` is true, as [`Parts`] has it, still with the numbers of the
    /// whole.
    ///
    /// # Panics
    /// If there is not one flag for each node.
    pub fn around(&self, wanted: &[bool]) -> Part {
        // Nobody wants the others.
        let owner: Vec<u32> = wanted.iter().map(|&wanted| u32::from(!wanted)).collect();
        let inner = Parts::new(&self.mesh, 2, &Wanted::by_owners(&owner)).take(0);
        self.renumbered(inner)
    }

    /// The cells for which `wanted` is true, and all facets with the cells that own them, as
    /// [`Mesh::with_all_facets`], still with the numbers of the whole.
    ///
    /// # Panics
    /// If there is not one flag for each cell.
    pub fn with_all_facets(&self, wanted: Vec<bool>) -> Part {
        self.renumbered(self.mesh.with_all_facets(wanted))
    }

    /// A part of this part as one of the whole.
    fn renumbered(&self, inner: Part) -> Part {
        let of = |all: &[u32], at: &[u32]| at.iter().map(|&k| all[k as usize]).collect();
        let (nodes, cells) = (of(&self.nodes, &inner.nodes), of(&self.cells, &inner.cells));
        Part { mesh: inner.mesh, nodes, cells }
    }
}

/// All pairs of facets of interfaces: where they are, their nodes on both sides, and the cells that own them.
fn pairs(mesh: &Mesh) -> impl Iterator<Item = ([u32; 3], [&[u32]; 2], [u32; 2])> {
    all_facets(mesh.interfaces.iter().map(|i| &i.sides[0][..])).map(|(at, first)| {
        let second = &mesh.interfaces[at[0] as usize].sides[1][at[1] as usize];
        let (k, n) = (at[2] as usize, first.kind.node_count());
        let sides = [first, second];
        (at, sides.map(|side| &side.nodes[k * n..][..n]), sides.map(|side| side.cells[k]))
    })
}

//! From sections to a mesh: the section itself in two dimensions, swept about the axis in three.

use super::numbering::{Numbering, Position};
use super::revolution::Revolution;
use super::section::{Section, Side};
use crate::{Block, Boundary, CellKind, FacetBlock, Interface, Mesh};
use rayon::prelude::*;
use std::ops::Range;

/// Names the open side of a cell by its two ends (r, z); `None`: the axis.
pub(super) type Naming<'a> = dyn Fn([[f64; 2]; 2]) -> Option<&'static str> + 'a;

/// The name that open sides get where the two regions touch.
pub(super) const CONTACT: &str = "anode";
/// The name of the pair of faces that lie opposite each other across the void under a disc.
const VOID: &str = "void";

/// Builds a mesh, or a part of it, region by region.
pub(super) struct Sweep<'w> {
    revolution: Option<Revolution>,
    mesh: Mesh,
    /// Numbers of the cells that are wanted, rising; none for all.
    wanted: Option<&'w [u32]>,
    /// Numbers in the whole of the nodes of a part.
    nodes: Vec<u32>,
    /// Nodes and cells of the whole in the regions before.
    before: [u32; 2],
    /// Facets of the first region that lie opposite the second, until those of the second come: in
    /// contact, and across the void under a disc.
    contact: Vec<Opposite>,
    void: Vec<Opposite>,
}

/// A facet that has one opposite.
struct Opposite {
    /// Radius of the side's middle, then number along the circle: facets of both regions come in
    /// this order.
    key: (f64, usize),
    kind: CellKind,
    nodes: Vec<u32>,
    cell: u32,
}

impl Opposite {
    fn before(&self, other: &Opposite) -> bool {
        self.key < other.key
    }
}

/// A named facet of a cell.
struct Open {
    /// Its number in the cell.
    local: usize,
    name: &'static str,
    /// Radius of the middle of the side.
    radius: f64,
    /// z of a side on which it is constant.
    level: Option<f64>,
}

impl<'w> Sweep<'w> {
    /// An empty mesh; without a revolution it is two-dimensional. Of the cells only the `wanted` ones will be
    /// made, by their numbers in the whole, which rise.
    pub(super) fn new(revolution: Option<Revolution>, wanted: Option<&'w [u32]>) -> Self {
        let mesh = Mesh {
            dimension: if revolution.is_some() { 3 } else { 2 },
            axes: if revolution.is_some() { [0, 1] } else { [0, 2] },
            ..Mesh::default()
        };
        let (nodes, contact, void) = Default::default();
        Sweep { revolution, mesh, wanted, nodes, before: [0; 2], contact, void }
    }

    /// Adds a region with its own nodes and names its boundary. Where z = `void` on the boundary it
    /// lies opposite the other region, across the void under a disc.
    pub(super) fn add(
        &mut self,
        region: &str,
        section: &Section,
        name: &Naming,
        void: Option<f64>,
    ) {
        let region_index = self.mesh.regions.len() as u32;
        self.mesh.regions.push(region.to_string());
        let revolution = self.revolution;
        let numbering = Numbering::new(section, revolution.as_ref());
        let mut cell = self.mesh.cell_count() as u32;
        let first_block = self.mesh.blocks.len();
        let mut facets: Vec<(&'static str, FacetBlock)> = Vec::new();
        let (mut contact, mut across) = (Vec::new(), Vec::new());
        for on_axis in [false, true] {
            let kind = numbering.kind(on_axis);
            let mut nodes = Vec::new();
            for number in self.wanted_of(numbering.cells(on_axis)) {
                let position = numbering.position(number);
                let start = nodes.len();
                numbering.push_cell(position, kind, &mut nodes);
                let own = &nodes[start..];
                for open in open_facets(&numbering, position, on_axis, name) {
                    let (kind, list) = kind.facets()[open.local];
                    let facet_nodes = list.iter().map(|&l| own[l as usize]);
                    let opposite = || {
                        let (key, nodes) = ((open.radius, position.1), facet_nodes.clone());
                        Opposite { key, kind, nodes: nodes.collect(), cell }
                    };
                    if open.name == CONTACT {
                        contact.push(opposite());
                        continue;
                    }
                    if void.is_some() && open.level == void {
                        across.push(opposite());
                    }
                    let block = block_of(&mut facets, open.name, kind);
                    block.nodes.extend(facet_nodes);
                    block.cells.push(cell);
                }
                cell += 1;
            }
            if !numbering.cells(on_axis).is_empty() {
                self.mesh.blocks.push(Block { kind, region: region_index, nodes });
            }
        }
        let blocks = self.mesh.blocks.len() - first_block;
        let lists = self.mesh.blocks[first_block..].iter_mut().map(|b| &mut b.nodes);
        let lists = lists.chain(facets.iter_mut().map(|(_, f)| &mut f.nodes));
        let opposite = contact.iter_mut().chain(&mut across);
        let lists: Vec<_> = lists.chain(opposite.map(|c| &mut c.nodes)).collect();
        let first_point = self.mesh.points.len() as u32;
        match self.wanted {
            None => {
                lists.into_iter().flatten().for_each(|node| *node += first_point);
                self.mesh.points.extend((0..numbering.len()).map(|node| numbering.point(node)));
            }
            Some(_) => {
                // The cells come first, and have all nodes.
                let used = lists[..blocks].iter().flat_map(|nodes| nodes.iter().copied());
                let mut used: Vec<u32> = used.collect();
                used.par_sort_unstable();
                used.dedup();
                let place = |node| used.partition_point(|&other| other < node) as u32;
                let nodes = lists.into_iter().flatten();
                nodes.for_each(|node| *node = first_point + place(*node));
                self.mesh.points.extend(used.iter().map(|&node| numbering.point(node)));
                self.nodes.extend(used.iter().map(|node| self.before[0] + node));
            }
        }
        self.before = [self.before[0] + numbering.len(), self.before[1] + numbering.cell_count()];
        for (name, block) in facets {
            match self.mesh.boundaries.iter_mut().find(|b| b.name == name) {
                Some(boundary) => boundary.facets.push(block),
                None => self
                    .mesh
                    .boundaries
                    .push(Boundary { name: name.to_string(), facets: vec![block] }),
            }
        }
        for opposite in [&mut contact, &mut across] {
            opposite.sort_by(|a, b| a.key.0.total_cmp(&b.key.0).then(a.key.1.cmp(&b.key.1)));
        }
        if region_index == 0 {
            (self.contact, self.void) = (contact, across);
        } else {
            let first = (std::mem::take(&mut self.contact), std::mem::take(&mut self.void));
            self.join(CONTACT, &first.0, &contact);
            self.join(VOID, &first.1, &across);
        }
    }

    /// The numbers that are wanted among the cells of the next region with the numbers `cells`.
    fn wanted_of(&self, cells: Range<u32>) -> Box<dyn Iterator<Item = u32> + 'w> {
        let before = self.before[1];
        let Some(wanted) = self.wanted else { return Box::new(cells) };
        let place = |cell: u32| wanted.partition_point(|&other| other < before + cell);
        let here = &wanted[place(cells.start)..place(cells.end)];
        Box::new(here.iter().map(move |cell| cell - before))
    }

    /// Pairs the facets of the two regions that lie opposite each other.
    fn join(&mut self, name: &str, first: &[Opposite], second: &[Opposite]) {
        let is_whole = self.wanted.is_none();
        assert!(!is_whole || first.len() == second.len(), "both sides have the same facets");
        let mut sides: [Vec<FacetBlock>; 2] = Default::default();
        let mut rest = second.iter().peekable();
        for a in first {
            // Of a part one side may be missing.
            while rest.next_if(|b| b.before(a)).is_some() {}
            let Some(b) = rest.next_if(|b| b.key == a.key) else { continue };
            let at = sides[0].iter().position(|block| block.kind == a.kind).unwrap_or_else(|| {
                let empty = FacetBlock { kind: a.kind, nodes: Vec::new(), cells: Vec::new() };
                sides.iter_mut().for_each(|side| side.push(empty.clone()));
                sides[0].len() - 1
            });
            let place = |n: u32| {
                let [x, y, _] = self.mesh.points[n as usize];
                [x, y]
            };
            let [here, across] = &mut sides;
            for &n in &a.nodes {
                let twin = b.nodes.iter().find(|&&m| place(m) == place(n));
                across[at].nodes.push(*twin.expect("both sides have the same points"));
            }
            here[at].nodes.extend(&a.nodes);
            here[at].cells.push(a.cell);
            across[at].cells.push(b.cell);
        }
        let pairs: usize = sides[0].iter().map(FacetBlock::len).sum();
        assert!(!is_whole || pairs == first.len(), "{pairs} pairs of {} facets", first.len());
        if !first.is_empty() {
            self.mesh.interfaces.push(Interface { name: name.to_string(), regions: [0, 1], sides });
        }
    }

    /// The mesh, and the numbers in the whole of the nodes of a part; a contact without a second side is a
    /// boundary.
    pub(super) fn finish(mut self) -> (Mesh, Vec<u32>) {
        let contact = std::mem::take(&mut self.contact);
        if let Some(kind) = contact.first().map(|facet| facet.kind) {
            let cells = contact.iter().map(|c| c.cell).collect();
            let nodes = contact.into_iter().flat_map(|c| c.nodes).collect();
            let facets = vec![FacetBlock { kind, nodes, cells }];
            self.mesh.boundaries.insert(0, Boundary { name: CONTACT.to_string(), facets });
        }
        (self.mesh, self.nodes)
    }
}

/// The facets of this name and kind.
fn block_of<'a>(
    facets: &'a mut Vec<(&'static str, FacetBlock)>,
    name: &'static str,
    kind: CellKind,
) -> &'a mut FacetBlock {
    let at = facets.iter().position(|(n, f)| *n == name && f.kind == kind).unwrap_or_else(|| {
        facets.push((name, FacetBlock { kind, nodes: Vec::new(), cells: Vec::new() }));
        facets.len() - 1
    });
    &mut facets[at].1
}

/// Named facets of a cell.
fn open_facets(
    numbering: &Numbering<'_>,
    (cell, turn): Position,
    on_axis: bool,
    name: &Naming,
) -> Vec<Open> {
    let (section, kind) = (numbering.section, numbering.kind(on_axis));
    let mut named = Vec::new();
    for side in Side::ALL {
        if on_axis && side == Side::Left || !section.is_open(cell, side) {
            continue;
        }
        let ends = section.ends(cell, side);
        if let Some(name) = name(ends) {
            let local = local_facet(kind, side);
            let radius = 0.5 * (ends[0][0] + ends[1][0]);
            let level = (ends[0][1] == ends[1][1]).then_some(ends[0][1]);
            named.push(Open { local, name, radius, level });
        }
    }
    if let Some(revolution) = numbering.revolution.filter(|r| !r.is_closed()) {
        // First and last facet along the circle.
        let (low, high) = if on_axis { (2, 4) } else { (2, 3) };
        if turn == 0 {
            named.push(Open { local: low, name: "symmetry_y", radius: 0.0, level: None });
        }
        if turn + 1 == revolution.cells() {
            named.push(Open { local: high, name: "symmetry_x", radius: 0.0, level: None });
        }
    }
    named
}

/// Number of the facet that a side of the section generates, see [`CellKind::facets`].
fn local_facet(kind: CellKind, side: Side) -> usize {
    match (kind.linear(), side) {
        (CellKind::Quadrilateral4, Side::Bottom) => 0,
        (CellKind::Quadrilateral4, Side::Right) => 1,
        (CellKind::Quadrilateral4, Side::Top) => 2,
        (CellKind::Quadrilateral4, Side::Left) => 3,
        (CellKind::Prism6, Side::Bottom) => 0,
        (CellKind::Prism6, Side::Top) => 1,
        (CellKind::Prism6, _) => 3,
        (_, Side::Left) => 0,
        (_, Side::Right) => 1,
        (_, Side::Bottom) => 4,
        (_, Side::Top) => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "0 pairs of 1 facets")]
    fn facets_of_a_whole_that_nothing_lies_opposite_are_found_out() {
        let at = |radius| {
            let nodes = vec![0, 1];
            [Opposite { key: (radius, 0), kind: CellKind::Line2, nodes, cell: 0 }]
        };
        Sweep::new(None, None).join(CONTACT, &at(1.0), &at(2.0));
    }
}

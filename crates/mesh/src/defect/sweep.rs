//! From sections to a mesh: the section itself in two dimensions, swept about the axis in three.

use super::LatticePoints;
use super::revolution::Revolution;
use super::section::{Section, Side};
use crate::{Block, Boundary, CellKind, FacetBlock, Interface, Mesh, reference};

/// Names the open side of a cell by its two ends (r, z); `None`: the axis.
pub(super) type Naming<'a> = dyn Fn([[f64; 2]; 2]) -> Option<&'static str> + 'a;

/// The name that open sides get where the two regions touch.
pub(super) const CONTACT: &str = "anode";
/// The name of the pair of faces that lie opposite each other across the void under a disc.
const VOID: &str = "void";

/// Builds a mesh region by region.
pub(super) struct Sweep {
    revolution: Option<Revolution>,
    mesh: Mesh,
    /// Facets of the first region that lie opposite the second, until those of the second come: in
    /// contact, and across the void under a disc.
    contact: Vec<Opposite>,
    void: Vec<Opposite>,
    /// Of the only region.
    lattice: Option<LatticePoints>,
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

/// One cell of the product lattice: section cell and number along the circle.
type Position = ([usize; 2], usize);

impl Sweep {
    /// An empty mesh; without a revolution it is two-dimensional.
    pub(super) fn new(revolution: Option<Revolution>) -> Sweep {
        let mesh = Mesh {
            dimension: if revolution.is_some() { 3 } else { 2 },
            axes: if revolution.is_some() { [0, 1] } else { [0, 2] },
            ..Mesh::default()
        };
        Sweep { revolution, mesh, contact: Vec::new(), void: Vec::new(), lattice: None }
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
        let mut used = vec![false; numbering.len()];
        let mut cell = self.mesh.cell_count() as u32;
        let first_block = self.mesh.blocks.len();
        let mut facets: Vec<(&'static str, FacetBlock)> = Vec::new();
        let (mut contact, mut across) = (Vec::new(), Vec::new());
        for on_axis in [false, true] {
            let kind = numbering.kind(on_axis);
            let mut nodes = Vec::new();
            for position in numbering.positions(on_axis) {
                let start = nodes.len();
                numbering.push_cell(position, kind, &mut nodes);
                let own = &nodes[start..];
                own.iter().for_each(|&n| used[n as usize] = true);
                for open in numbering.open_facets(position, on_axis, name) {
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
            if !nodes.is_empty() {
                self.mesh.blocks.push(Block { kind, region: region_index, nodes });
            }
        }
        let new = self.push_points(&numbering, &used);
        self.lattice = (region_index == 0).then(|| numbering.lattice(&used));
        let renumber = |nodes: &mut Vec<u32>| nodes.iter_mut().for_each(|n| *n = new[*n as usize]);
        self.mesh.blocks[first_block..].iter_mut().for_each(|b| renumber(&mut b.nodes));
        facets.iter_mut().for_each(|(_, f)| renumber(&mut f.nodes));
        contact.iter_mut().chain(&mut across).for_each(|c| renumber(&mut c.nodes));
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

    /// Appends the points in use and returns the number of each.
    fn push_points(&mut self, numbering: &Numbering, used: &[bool]) -> Vec<u32> {
        let mut new = vec![u32::MAX; used.len()];
        for (n, _) in used.iter().enumerate().filter(|(_, used)| **used) {
            new[n] = self.mesh.points.len() as u32;
            self.mesh.points.push(numbering.point(n));
        }
        new
    }

    /// Pairs the facets of the two regions that lie opposite each other.
    fn join(&mut self, name: &str, first: &[Opposite], second: &[Opposite]) {
        assert_eq!(first.len(), second.len(), "both sides have the same facets");
        let mut sides: [Vec<FacetBlock>; 2] = Default::default();
        for (a, b) in first.iter().zip(second) {
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
        if !first.is_empty() {
            self.mesh.interfaces.push(Interface { name: name.to_string(), regions: [0, 1], sides });
        }
    }

    fn facet_kind(&self) -> CellKind {
        self.mesh.blocks[0].kind.facets()[0].0
    }

    /// The mesh; a contact without a second side is a boundary.
    pub(super) fn finish(mut self) -> (Mesh, Option<LatticePoints>) {
        let contact = std::mem::take(&mut self.contact);
        if !contact.is_empty() {
            let kind = self.facet_kind();
            let cells = contact.iter().map(|c| c.cell).collect();
            let nodes = contact.into_iter().flat_map(|c| c.nodes).collect();
            let facets = vec![FacetBlock { kind, nodes, cells }];
            self.mesh.boundaries.insert(0, Boundary { name: CONTACT.to_string(), facets });
        }
        (self.mesh, self.lattice)
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

/// Numbers of the nodes of one region on the product of section and circle, with gaps.
struct Numbering<'a> {
    section: &'a Section,
    revolution: Option<&'a Revolution>,
    /// Number of rays.
    rays: usize,
}

impl<'a> Numbering<'a> {
    fn new(section: &'a Section, revolution: Option<&'a Revolution>) -> Self {
        Numbering { section, revolution, rays: revolution.map_or(1, Revolution::rays) }
    }

    fn len(&self) -> usize {
        self.section.point_count() * self.rays
    }

    fn lattice(&self, used: &[bool]) -> LatticePoints {
        let points = used.iter().enumerate().filter(|(_, used)| **used);
        LatticePoints {
            across: self.section.order * self.section.cells[0] + 1,
            rays: self.rays,
            closed: self.revolution.is_some_and(Revolution::is_closed),
            points: points.map(|(n, _)| n as u32).collect(),
        }
    }

    /// Kind of the cells on the axis and off it.
    fn kind(&self, on_axis: bool) -> CellKind {
        match (self.revolution, self.section.order, on_axis) {
            (None, 1, _) => CellKind::Quadrilateral4,
            (None, _, _) => CellKind::Quadrilateral9,
            (_, 1, true) => CellKind::Prism6,
            (_, _, true) => CellKind::Prism18,
            (_, 1, false) => CellKind::Hexahedron8,
            (_, _, false) => CellKind::Hexahedron27,
        }
    }

    /// The cells on the axis or off it, turn after turn; a plane section has no axis.
    fn positions(&self, on_axis: bool) -> impl Iterator<Item = Position> + '_ {
        let turns = self.revolution.map_or(1, |r| r.cells());
        self.section
            .iter()
            .filter(move |&c| {
                (self.revolution.is_some() && self.section.touches_axis(c)) == on_axis
            })
            .flat_map(move |c| (0..turns).map(move |k| (c, k)))
    }

    fn push_cell(&self, (cell, turn): Position, kind: CellKind, nodes: &mut Vec<u32>) {
        let n = self.section.order;
        let steps = |x: f64, low: f64| ((x - low) / (1.0 - low) * n as f64).round() as usize;
        for x in reference::nodes(kind) {
            let (u, v, w) = match kind.linear() {
                CellKind::Quadrilateral4 => (steps(x[0], -1.0), steps(x[1], -1.0), 0),
                CellKind::Prism6 => {
                    // The triangle's corners: the axis, then the two rays.
                    let u = x[0] + x[1];
                    let w = if u > 0.0 { x[1] / u } else { 0.0 };
                    (steps(u, 0.0), steps(x[2], -1.0), steps(w, 0.0))
                }
                // Right-handed like (r, angle, z).
                _ => (steps(x[0], -1.0), steps(x[2], -1.0), steps(x[1], -1.0)),
            };
            nodes.push(self.node(cell[0] * n + u, cell[1] * n + v, turn * n + w));
        }
    }

    fn node(&self, i: usize, j: usize, ray: usize) -> u32 {
        let p = self.section.index(i, j);
        let ray = match self.revolution {
            Some(_) if self.section.point(p).at[0] == 0.0 => 0,
            Some(r) => r.ray(ray),
            None => 0,
        };
        (p * self.rays + ray) as u32
    }

    fn point(&self, node: usize) -> [f64; 3] {
        let point = self.section.point(node / self.rays);
        let [r, z] = point.at;
        let [x, y] = self.revolution.map_or([r, 0.0], |t| t.place(point, node % self.rays));
        [x, y, z]
    }

    /// Named facets of a cell.
    fn open_facets(&self, (cell, turn): Position, on_axis: bool, name: &Naming) -> Vec<Open> {
        let mut named = Vec::new();
        for side in Side::ALL {
            if on_axis && side == Side::Left || !self.section.is_open(cell, side) {
                continue;
            }
            let ends = self.section.ends(cell, side);
            if let Some(name) = name(ends) {
                let local = local_facet(self.kind(on_axis), side);
                let radius = 0.5 * (ends[0][0] + ends[1][0]);
                let level = (ends[0][1] == ends[1][1]).then_some(ends[0][1]);
                named.push(Open { local, name, radius, level });
            }
        }
        if let Some(revolution) = self.revolution.filter(|r| !r.is_closed()) {
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

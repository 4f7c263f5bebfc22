//! Numbers of nodes and cells of one region, by formula: any of them is found without the others.

use super::revolution::Revolution;
use super::section::Section;
use crate::{CellKind, reference};
use std::ops::Range;

/// One cell of the product lattice: section cell and number along the circle.
pub(super) type Position = ([usize; 2], usize);

/// Numbers on the product of section and circle: nodes point after point of the section and ray after ray;
/// cells in the same way, those on the axis last.
///
/// It takes the memory of the section.
#[derive(Clone, Debug)]
pub(super) struct Numbering<'a> {
    pub(super) section: &'a Section,
    pub(super) revolution: Option<&'a Revolution>,
    /// Of each point of the section the number of its first node, then the number of nodes.
    first: Vec<u32>,
    /// From which ray to the next there are nodes, for each point.
    step: Vec<u8>,
    /// Cells of the section off the axis and on it; a plane section has no axis.
    cells: [Vec<[usize; 2]>; 2],
    /// Place of each cell of the section among these, u running fastest.
    place: Vec<u32>,
}

impl<'a> Numbering<'a> {
    pub(super) fn new(section: &'a Section, revolution: Option<&'a Revolution>) -> Self {
        let is_solid = revolution.is_some();
        let mut cells = [Vec::new(), Vec::new()];
        let mut place = vec![u32::MAX; section.cells[0] * section.cells[1]];
        // 0: no node; 1: nodes on all rays; else on those of the corners alone.
        let mut step = vec![0u8; section.point_count()];
        let order = section.order;
        for cell in section.iter() {
            let on_axis = is_solid && section.touches_axis(cell);
            let list = &mut cells[usize::from(on_axis)];
            place[cell[1] * section.cells[0] + cell[0]] = list.len() as u32;
            list.push(cell);
            for v in 0..=order {
                for u in 0..=order {
                    // Half way from the axis a prism has no node between its rays.
                    let rarely = on_axis && u > 0 && u < order;
                    let step = &mut step[section.index(cell[0] * order + u, cell[1] * order + v)];
                    *step = if rarely && *step != 1 { order as u8 } else { 1 };
                }
            }
        }
        let rays = revolution.map_or(1, Revolution::rays);
        let mut first = vec![0; step.len() + 1];
        for (point, &step) in step.iter().enumerate() {
            let count = match (step, section.point(point).at[0] == 0.0) {
                (0, _) => 0,
                (_, true) => 1,
                (step, false) => rays.div_ceil(step.into()),
            };
            first[point + 1] = first[point] + count as u32;
        }
        Numbering { section, revolution, first, step, cells, place }
    }

    /// Number of nodes.
    pub(super) fn len(&self) -> u32 {
        self.first[self.step.len()]
    }

    /// Points of the lattice along its two directions.
    pub(super) fn lines(&self) -> [usize; 2] {
        self.section.cells.map(|cells| self.section.order * cells + 1)
    }

    /// Where each node is on a lattice with so many points `across`, whose first ones belong to other regions up to
    /// the line `before`.
    pub(super) fn points_on(
        &self,
        across: usize,
        before: usize,
    ) -> impl Iterator<Item = u32> + use<'_> {
        let (own, rays) = (self.lines()[0], self.revolution.map_or(1, Revolution::rays));
        self.first.windows(2).zip(&self.step).enumerate().flat_map(move |(p, (first, step))| {
            let place = (before + p / own) * across + p % own;
            let (count, step) = ((first[1] - first[0]) as usize, usize::from(*step));
            (0..count).map(move |k| (place * rays + k * step) as u32)
        })
    }

    /// Where a node is on the same.
    pub(super) fn point_on(&self, node: u32, (across, before): (usize, usize)) -> u32 {
        let (own, rays) = (self.lines()[0], self.revolution.map_or(1, Revolution::rays));
        let (p, ray) = self.place(node);
        (((before + p / own) * across + p % own) * rays + ray) as u32
    }

    fn turns(&self) -> usize {
        self.revolution.map_or(1, Revolution::cells)
    }

    /// Number of cells.
    pub(super) fn cell_count(&self) -> u32 {
        self.cells(true).end
    }

    /// Numbers of the cells on the axis or off it.
    pub(super) fn cells(&self, on_axis: bool) -> Range<u32> {
        let [off, on] = self.cells.each_ref().map(|cells| (cells.len() * self.turns()) as u32);
        if on_axis { off..off + on } else { 0..off }
    }

    /// The cell with this number.
    pub(super) fn position(&self, number: u32) -> Position {
        let off = self.cells(false).end;
        let (list, number) = if number < off { (0, number) } else { (1, number - off) };
        let (cell, turn) = (number as usize / self.turns(), number as usize % self.turns());
        (self.cells[list][cell], turn)
    }

    /// Number of the cell at a position.
    pub(super) fn number(&self, (cell, turn): Position) -> u32 {
        let place = self.place[cell[1] * self.section.cells[0] + cell[0]] as usize;
        let on_axis = self.cells[1].get(place) == Some(&cell);
        self.cells(on_axis).start + (place * self.turns() + turn) as u32
    }

    /// Kind of the cells on the axis and off it.
    pub(super) fn kind(&self, on_axis: bool) -> CellKind {
        match (self.revolution, self.section.order, on_axis) {
            (None, 1, _) => CellKind::Quadrilateral4,
            (None, _, _) => CellKind::Quadrilateral9,
            (_, 1, true) => CellKind::Prism6,
            (_, _, true) => CellKind::Prism18,
            (_, 1, false) => CellKind::Hexahedron8,
            (_, _, false) => CellKind::Hexahedron27,
        }
    }

    /// Adds the nodes of a cell.
    pub(super) fn push_cell(&self, (cell, turn): Position, kind: CellKind, nodes: &mut Vec<u32>) {
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
            nodes.push(self.node([cell[0] * n + u, cell[1] * n + v], turn * n + w));
        }
    }

    /// Number of the node at a point of the section, on a ray.
    pub(super) fn node(&self, [i, j]: [usize; 2], ray: usize) -> u32 {
        let p = self.section.index(i, j);
        let ray = match self.revolution {
            Some(_) if self.section.point(p).at[0] == 0.0 => 0,
            Some(r) => r.ray(ray),
            None => 0,
        };
        self.first[p] + (ray / usize::from(self.step[p])) as u32
    }

    /// The point of the section and the ray of a node.
    pub(super) fn place(&self, node: u32) -> (usize, usize) {
        let p = self.first.partition_point(|&first| first <= node) - 1;
        (p, (node - self.first[p]) as usize * usize::from(self.step[p]))
    }

    /// Coordinates of a node \[m\].
    pub(super) fn point(&self, node: u32) -> [f64; 3] {
        let (p, ray) = self.place(node);
        let point = self.section.point(p);
        let [r, z] = point.at;
        let [x, y] = self.revolution.map_or([r, 0.0], |t| t.place(point, ray));
        [x, y, z]
    }
}

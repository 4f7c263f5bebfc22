//! Parts of a built-in mesh, made where they are needed, from parts of a coarser one.

use super::Blueprint;
use super::numbering::Numbering;
use super::section::Section;
use crate::{Boundary, FacetBlock, Interface, Mesh, Part};

/// A built-in mesh with the one of which it is the refinement: cell by cell it is known what becomes of what.
///
/// Its nodes lie where the geometry is, not where the cells of the coarser mesh are.
pub struct Halved<'b> {
    fine: Numbers<'b>,
    coarse: Numbers<'b>,
    blueprint: &'b Blueprint,
}

/// Numbers of all regions.
struct Numbers<'b> {
    regions: Vec<Numbering<'b>>,
    /// Number of the first cell of each region and of its first node, then how many there are in all.
    first: Vec<[u32; 2]>,
}

impl<'b> Numbers<'b> {
    fn new(blueprint: &'b Blueprint) -> Self {
        let sections = std::iter::once(&blueprint.electrolyte).chain(&blueprint.metal);
        let revolution = blueprint.revolution.as_ref();
        let of = |section: &'b Section| Numbering::new(section, revolution);
        let regions: Vec<_> = sections.map(of).collect();
        let mut first = vec![[0; 2]];
        for region in &regions {
            let [cells, nodes] = first[first.len() - 1];
            first.push([cells + region.cell_count(), nodes + region.len()]);
        }
        Numbers { regions, first }
    }

    /// The region of a cell (`of` = 0) or a node (1).
    fn region(&self, of: usize, number: u32) -> usize {
        self.first.partition_point(|first| first[of] <= number) - 1
    }
}

impl Blueprint {
    /// That of its mesh.
    pub fn dimension(&self) -> usize {
        if self.revolution.is_some() { 3 } else { 2 }
    }

    /// Number of cells of its mesh.
    pub fn cell_count(&self) -> usize {
        let numbers = Numbers::new(self);
        numbers.first[numbers.regions.len()][0] as usize
    }
}

impl<'b> Halved<'b> {
    /// What `fine` is to `coarse`, which is the same geometry refined once less.
    pub fn new(coarse: &'b Blueprint, fine: &'b Blueprint) -> Self {
        debug_assert_eq!(coarse.defect.refinement + 1, fine.defect.refinement);
        Halved { fine: Numbers::new(fine), coarse: Numbers::new(coarse), blueprint: fine }
    }

    /// Number of nodes of the whole.
    pub fn node_count(&self) -> usize {
        self.fine.first[self.fine.regions.len()][1] as usize
    }

    /// The cells that take the place of those of a part, with what they own of boundaries, and pairs of facets of
    /// interfaces where both cells are there.
    pub fn part(&self, coarse: &Part) -> Part {
        let mut cells: Vec<u32> = coarse.cells.iter().flat_map(|&cell| self.halves(cell)).collect();
        cells.sort_unstable();
        let (mesh, nodes) = self.blueprint.sweep(Some(&cells));
        Part { mesh: named_as(&coarse.mesh, mesh), nodes, cells }
    }

    fn halves(&self, cell: u32) -> impl Iterator<Item = u32> + use<> {
        let region = self.coarse.region(0, cell);
        let ([i, j], turn) =
            self.coarse.regions[region].position(cell - self.coarse.first[region][0]);
        let fine = &self.fine.regions[region];
        let turns = if fine.revolution.is_some() { 2 } else { 1 };
        let mut halves = Vec::with_capacity(8);
        for (a, b) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            for c in 0..turns {
                let position = ([2 * i + a, 2 * j + b], turns * turn + c);
                halves.push(self.fine.first[region][0] + fine.number(position));
            }
        }
        halves.into_iter()
    }

    /// The corners of coarse cells between which a node lies, some of them several times.
    pub fn corners_of(&self, node: u32) -> [u32; 8] {
        let region = self.fine.region(1, node);
        let (fine, coarse) = (&self.fine.regions[region], &self.coarse.regions[region]);
        let (point, ray) = fine.place(node - self.fine.first[region][1]);
        let (order, points) = (fine.section.order, fine.section.order * fine.section.cells[0] + 1);
        // Where the corners before and after lie in the coarse lattice; there may be one.
        let between = |at: usize| {
            let before = at / (2 * order) * order;
            [before, if at.is_multiple_of(2 * order) { before } else { before + order }]
        };
        let [u, v, w] = [point % points, point / points, ray].map(between);
        let first = self.coarse.first[region][1];
        let bit = |k: usize, axis: usize| k >> axis & 1;
        std::array::from_fn(|k| first + coarse.node([u[bit(k, 0)], v[bit(k, 1)]], w[bit(k, 2)]))
    }
}

/// The same mesh with names, kinds of facets and blocks in the order of `like`, which has them all.
fn named_as(like: &Mesh, mesh: Mesh) -> Mesh {
    let mut mesh = mesh;
    let facets = |like: &[FacetBlock], found: &mut Vec<FacetBlock>| -> Vec<FacetBlock> {
        let of = |like: &FacetBlock| match found.iter().position(|f| f.kind == like.kind) {
            Some(k) => found.swap_remove(k),
            None => FacetBlock { kind: like.kind, nodes: Vec::new(), cells: Vec::new() },
        };
        like.iter().map(of).collect()
    };
    let boundaries = like.boundaries.iter().map(|like| {
        let found = mesh.boundaries.iter_mut().find(|b| b.name == like.name);
        let mut found = found.map_or_else(Vec::new, |b| std::mem::take(&mut b.facets));
        Boundary { name: like.name.clone(), facets: facets(&like.facets, &mut found) }
    });
    mesh.boundaries = boundaries.collect();
    let interfaces = like.interfaces.iter().map(|like| {
        let found = mesh.interfaces.iter_mut().find(|i| i.name == like.name);
        let mut found = found.map_or_else(Default::default, |i| std::mem::take(&mut i.sides));
        let sides = [0, 1].map(|side| facets(&like.sides[side], &mut found[side]));
        Interface { name: like.name.clone(), regions: like.regions, sides }
    });
    mesh.interfaces = interfaces.collect();
    mesh
}

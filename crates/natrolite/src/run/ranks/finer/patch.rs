//! A part of a mesh whose nodes have owners, and the same of the mesh refined once.

use super::ask::{ask, positions};
use crate::run::RunError;
use crate::run::ranks::agreed;
use algebra::Comm;
use mesh::defect::Halved;
use mesh::{Between, MeshError, Origins, Part};

/// A part of the mesh of one level.
pub struct Patch {
    /// The part.
    pub part: Part,
    /// The rank that owns each node.
    pub owner: Vec<u32>,
    /// For each node the first corner of the part that was dealt, of the edge, the facet or the
    /// cell in the inside of which it lies. They are in the same body, and have the same owner.
    pub root: Vec<u32>,
    /// By what roots come one after the other: for each node the first of those opposite its root at interfaces, in the
    /// whole. So nodes opposite each other have roots opposite each other, and one owner.
    first: Vec<u32>,
}

/// How large the mesh of a level is as a whole.
#[derive(Clone, Debug)]
pub struct Extent {
    pub nodes: u64,
    /// Cells of each block.
    pub cells: Vec<u64>,
}

impl Patch {
    /// A part that was dealt, with the numbers of its nodes among all ranks, which tell their owners, and the first of
    /// those opposite each, if there are interfaces.
    pub fn dealt(
        (part, numbers): (Part, Vec<u32>),
        opposite: &[u32],
        owner: &dyn Fn(u32) -> u32,
    ) -> Self {
        let opposite = if opposite.is_empty() { &part.nodes } else { opposite };
        let root = part.mesh.corner_of_nodes(opposite);
        let first = root.iter().map(|&corner| opposite[corner as usize]).collect();
        Patch { part, owner: numbers.into_iter().map(owner).collect(), root, first }
    }

    /// Of corners of this part between which a finer node lies the one with which that goes. The node belongs to the
    /// owner of it: all cells around the node are made from cells around the corner, and that rank has these.
    ///
    /// In the inside of an edge, a facet or a cell of the mesh that was dealt that is always one with the first corner
    /// of these for a root: corners that all have others lie on a side of it.
    fn first_of(&self, corners: impl Iterator<Item = u32>) -> u32 {
        corners.min_by_key(|&corner| self.first[corner as usize]).expect("there are corners")
    }

    /// A finer part, each node of which goes with one of this part, `corner`.
    fn finer(&self, part: Part, corner: impl Iterator<Item = u32>) -> Patch {
        let of = |all: &[u32], corner: &[u32]| corner.iter().map(|&c| all[c as usize]).collect();
        let corner: Vec<u32> = corner.collect();
        let [owner, root, first] =
            [&self.owner, &self.root, &self.first].map(|all| of(all, &corner));
        Patch { part, owner, root, first }
    }

    /// The same of a smaller part of this part.
    pub fn cut(self, part: Part) -> Patch {
        // Numbers rise in both.
        let mut at = 0;
        let mut place = |node: &u32| {
            at += self.part.nodes[at..].partition_point(|other| other < node);
            at
        };
        let places: Vec<usize> = part.nodes.iter().map(&mut place).collect();
        let of = |all: &[u32]| places.iter().map(|&k| all[k]).collect();
        Patch { owner: of(&self.owner), root: of(&self.root), first: of(&self.first), part }
    }

    /// The same of a built-in geometry refined once: everybody knows the number and the place of each node.
    pub fn halved_by(&self, halved: &Halved<'_>) -> Patch {
        let part = halved.part(&self.part);
        let here = |node: u32| self.part.nodes.partition_point(|&other| other < node) as u32;
        let first = |&node: &u32| {
            let mut corners = halved.corners_of(node);
            corners.sort_unstable();
            self.first_of(corners.chunk_by(|a, b| a == b).map(|same| here(same[0])))
        };
        let corners: Vec<u32> = part.nodes.iter().map(first).collect();
        self.finer(part, corners.into_iter())
    }
}

/// The parts `own` of all ranks refined once as [`mesh::Mesh::refined`] does it, with the very numbers that the
/// whole would have then; on some ranks another part besides. All ranks call this together.
///
/// # Errors
/// When there are too many nodes, on all ranks alike; `refuse` says so.
pub fn halve(
    comm: &dyn Comm,
    (own, other): (&Patch, Option<&Patch>),
    extent: &mut Extent,
    refuse: &dyn Fn(MeshError) -> RunError,
) -> Result<(Patch, Option<Patch>), RunError> {
    let rank = comm.rank() as u32;
    let refined = agreed(comm, Refined::new(own).map_err(refuse))?;
    let other = agreed(comm, other.map(Refined::new).transpose().map_err(refuse))?;
    // On edges and facets the numbers rise with the smallest corner, whose owner has all cells around it.
    let keys = &refined.origins.between;
    let runs = || keys.chunk_by(|a, b| a.0[0] == b.0[0]);
    let is_own = |corner: u32| own.owner[corner as usize] == rank;
    let of_own = runs().filter(|run| is_own(run[0].0[0]));
    let counts = of_own.map(|run| [own.part.nodes[run[0].0[0] as usize], run.len() as u32]);
    let (starts, between) = positions(comm, extent.nodes, &counts.collect::<Vec<_>>());
    let mut starts = starts.into_iter();
    let mut numbers = Vec::with_capacity(keys.len());
    for run in runs() {
        let start = if is_own(run[0].0[0]) { starts.next() } else { None };
        numbers.extend((0u64..).take(run.len()).map(|k| start.map_or(0, |s| extent.nodes + s + k)));
    }
    let answer = |question: [u64; 3]| {
        let (corners, weights) = unpacked(question);
        let here = |node: u32| match node {
            u32::MAX => node,
            _ => own.part.nodes.partition_point(|&other| other < node) as u32,
        };
        let place = keys.binary_search(&(corners.map(here), weights));
        [numbers[place.expect("the owner of a corner has all nodes around it")]]
    };
    let asked = |refined: &Refined<'_>, is_known: bool| {
        let all = refined.origins.between.iter().enumerate();
        let owner = |key: &Between| refined.from.owner[key.0[0] as usize];
        let asked = all.filter(|(_, key)| !(is_known && owner(key) == rank));
        let asked = asked.map(|(k, key)| (k, (owner(key), packed(key, &refined.from.part.nodes))));
        asked.unzip::<_, _, Vec<usize>, Vec<_>>()
    };
    let (places, questions) = asked(&refined, true);
    let answers = ask(comm, &questions, answer);
    let (other_places, questions) =
        other.as_ref().map_or_else(Default::default, |other| asked(other, false));
    let other_answers = ask(comm, &questions, answer);
    let inside: Vec<u64> = refined.origins.inside.iter().map(|&n| n.into()).collect();
    let after = Extent {
        nodes: extent.nodes
            + between
            + extent.cells.iter().zip(&inside).map(|(cells, n)| cells * n).sum::<u64>(),
        cells: extent.cells.iter().map(|cells| cells << own.part.mesh.dimension).collect(),
    };
    if after.nodes >= u64::from(u32::MAX) || after.cells.iter().sum::<u64>() >= u64::from(u32::MAX)
    {
        return Err(refuse(MeshError::TooLarge));
    }
    let first_inside = extent.nodes + between;
    let known = (numbers, places.into_iter().zip(answers));
    let own = refined.finish(known, first_inside, &extent.cells);
    let other = other.map(|other| {
        let unknown = vec![0; other.origins.between.len()];
        let known = (unknown, other_places.into_iter().zip(other_answers));
        other.finish(known, first_inside, &extent.cells)
    });
    *extent = after;
    Ok((own, other))
}

/// A part that was refined, before the numbers of its new nodes are known.
struct Refined<'p> {
    from: &'p Patch,
    part: Part,
    origins: Origins,
}

impl<'p> Refined<'p> {
    fn new(from: &'p Patch) -> Result<Self, MeshError> {
        let (mesh, origins) = from.part.mesh.refined_with_origins()?;
        let halves = 1 << mesh.dimension;
        let cells = from.part.cells.iter();
        // Too large a number is found out before it is used.
        let cells =
            cells.flat_map(|&c| (0..halves).map(move |k| c.wrapping_mul(halves).wrapping_add(k)));
        let part = Part { nodes: from.part.nodes.clone(), cells: cells.collect(), mesh };
        Ok(Refined { from, part, origins })
    }

    /// Gives the nodes their numbers: those on edges and facets `numbers`, some of which were asked for.
    fn finish(
        self,
        (mut numbers, asked): (Vec<u64>, impl Iterator<Item = (usize, [u64; 1])>),
        mut first_inside: u64,
        cells: &[u64],
    ) -> Patch {
        let Refined { from, mut part, origins } = self;
        let old = from.part.nodes.len();
        asked.for_each(|(k, [number])| numbers[k] = number);
        part.nodes.extend(numbers.into_iter().map(|number| number as u32));
        let mut corner: Vec<u32> = (0..old as u32).collect();
        let given = |key: &Between| key.0.into_iter().filter(|&corner| corner != u32::MAX);
        corner.extend(origins.between.iter().map(|key| from.first_of(given(key))));
        let (mut first_cell, mut rest) = (0, &from.part.cells[..]);
        for ((block, &inside), &cells) in
            from.part.mesh.blocks.iter().zip(&origins.inside).zip(cells)
        {
            let (here, others) = rest.split_at(block.len());
            rest = others;
            for (nodes, &cell) in block.cells().zip(here) {
                let corners = nodes[..block.kind.corner_count()].iter().copied();
                let first_corner = from.first_of(corners);
                let before = (u64::from(cell) - first_cell) * u64::from(inside);
                let first = (first_inside + before) as u32;
                part.nodes.extend(first..first + inside);
                corner.extend((0..inside).map(|_| first_corner));
            }
            first_inside += cells * u64::from(inside);
            first_cell += cells;
        }
        debug_assert_eq!(part.nodes.len(), part.mesh.points.len());
        debug_assert!(part.nodes.is_sorted());
        from.finer(part, corner.into_iter())
    }
}

/// The corners of a key by their numbers in the whole, and the weights.
fn packed((corners, weights): &Between, nodes: &[u32]) -> [u64; 3] {
    let [a, b, c, d] =
        corners.map(|k| u64::from(nodes.get(k as usize).copied().unwrap_or(u32::MAX)));
    [a << 32 | b, c << 32 | d, u32::from_be_bytes(*weights).into()]
}

fn unpacked([ab, cd, weights]: [u64; 3]) -> Between {
    let corners = [ab >> 32, ab, cd >> 32, cd].map(|word| word as u32);
    (corners, (weights as u32).to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use algebra::comm::on_threads;
    use mesh::{CellKind, CornerGraphs, Halving, Mesh, Parts, Wanted, brick};

    /// Everything is plain data.
    fn described(part: &Part) -> String {
        format!("{part:?}")
    }

    /// The parts of three ranks, which have slices of the corners, refined twice, and with them a part that the first
    /// has besides, are those of the whole; and with each corner go as many nodes as is said before.
    fn check(whole: &Mesh) {
        let opposite = whole.first_opposite();
        let slice = |corner: u32| opposite[corner as usize] * 3 / whole.points.len() as u32;
        let owner: Vec<u32> = whole.corner_of_nodes(&opposite).into_iter().map(slice).collect();
        let fine = whole.refined().unwrap();
        let finest = fine.refined().unwrap();
        let got = on_threads(3, |comm| {
            let rank = comm.rank() as u32;
            let part = Parts::new(whole, 3, &Wanted::by_owners(&owner)).take(comm.rank());
            let dealt = |part: &Part| {
                let of = |all: &[u32]| part.nodes.iter().map(|&n| all[n as usize]).collect();
                let first: Vec<u32> = of(&opposite);
                Patch::dealt((part.clone(), of(&owner)), &first, &|owner| owner)
            };
            let mut own = dealt(&part);
            let skin = whole.with_all_facets(vec![false; whole.cell_count()]);
            let mut other = (rank == 0).then(|| dealt(&skin));
            let cells = whole.blocks.iter().map(|block| block.len() as u64);
            let mut extent = Extent { nodes: whole.points.len() as u64, cells: cells.collect() };
            for _ in 0..2 {
                let refuse = |error: MeshError| RunError::Engine(error.to_string());
                let (fine, skin) =
                    halve(comm, (&own, other.as_ref()), &mut extent, &refuse).unwrap();
                let wanted: Vec<bool> = fine.owner.iter().map(|&owner| owner == rank).collect();
                let part = fine.part.around(&wanted);
                own = fine.cut(part);
                other = skin;
            }
            assert_eq!(extent.nodes, finest.points.len() as u64);
            (own, other)
        });
        let graphs = CornerGraphs::new(whole, &opposite);
        let vertices = graphs.vertices();
        let mut counts = vec![0.0; vertices.len()];
        let mut of_node = vec![u32::MAX; finest.points.len()];
        for (rank, (own, _)) in got.iter().enumerate() {
            let wanted = &Wanted::by_owners(&owner);
            let dealt = Parts::new(whole, 3, wanted).take(rank).nodes;
            let roots = own.root.iter().zip(&own.owner).filter(|(_, owner)| **owner == rank as u32);
            for (&root, _) in roots {
                let corner = dealt[root as usize];
                let place = vertices.binary_search(&opposite[corner as usize]);
                counts[place.expect("roots are corners")] += 1.0;
            }
            for (&node, &owner) in own.part.nodes.iter().zip(&own.owner) {
                let known = std::mem::replace(&mut of_node[node as usize], owner);
                assert!(known == u32::MAX || known == owner, "all agree on owners");
            }
        }
        for [here, across] in finest.interfaces.iter().map(|interface| &interface.sides) {
            for (here, across) in here.iter().zip(across) {
                let owners = |nodes: &[u32]| -> Vec<u32> {
                    nodes.iter().map(|&node| of_node[node as usize]).collect()
                };
                assert_eq!(owners(&here.nodes), owners(&across.nodes));
            }
        }
        // What a partition with weights is told.
        assert_eq!(graphs.nodes_after(2, Halving::OfCells), counts);
        let mut parts = Parts::new(&finest, 3, &Wanted::by_owners(&of_node));
        for (rank, (own, _)) in got.iter().enumerate() {
            assert_eq!(described(&own.part), described(&parts.take(rank)));
        }
        let skin = got[0].1.as_ref().unwrap();
        for (k, &node) in skin.part.nodes.iter().enumerate() {
            assert_eq!(skin.part.mesh.points[k], finest.points[node as usize]);
            assert_eq!(skin.owner[k], of_node[node as usize]);
        }
        let cells: Vec<&[u32]> = finest.blocks.iter().flat_map(|block| block.cells()).collect();
        let here = skin.part.mesh.blocks.iter().flat_map(|block| block.cells());
        for (nodes, &cell) in here.zip(&skin.part.cells) {
            let nodes: Vec<u32> = nodes.iter().map(|&k| skin.part.nodes[k as usize]).collect();
            assert_eq!(nodes, cells[cell as usize]);
        }
    }

    #[test]
    fn parts_get_the_numbers_of_the_whole() {
        let bent = |[x, y, z]: [f64; 3]| [x + 0.1 * y * z, y, z + 0.2 * x * x];
        for kind in [CellKind::Tetrahedron4, CellKind::Tetrahedron10, CellKind::Hexahedron27] {
            check(&brick(kind, 3, bent));
        }
        check(&brick(CellKind::Prism18, 2, bent));
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../meshes");
        // Several kinds of cells, with named facets of both.
        let file = folder.join("mixed.msh");
        check(&crate::run::read_mesh_file(&file, 1.0).unwrap());
        // Two bodies with an interface, the sides of which have the same points to the last bit.
        let mut pore = crate::run::read_mesh_file(&folder.join("filled_pore.msh"), 1.0).unwrap();
        pore.split("contact", ["electrolyte", "metal"]).unwrap();
        pore.renumber();
        check(&pore);
    }
}

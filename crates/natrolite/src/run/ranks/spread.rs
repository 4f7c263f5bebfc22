//! One rank reads or makes the mesh, and the others get it.
//!
//! A file takes several times the memory of the mesh in it while it is read.

use crate::run::Geometry;
use algebra::Comm;
use fem::Hypothesis;
use mesh::{Block, Boundary, CellKind, FacetBlock, Interface, Mesh};

/// Words that rank 0 sends at a time.
const SECTION: usize = 1 << 16;

/// What rank 0 has, on all ranks, which call this together; rank 0 alone gives it.
pub fn spread(comm: &dyn Comm, own: Option<Geometry>) -> Geometry {
    let mut to = Spread { comm };
    let given = own.as_ref();
    let hypotheses = [Hypothesis::Planar, Hypothesis::Axisymmetric, Hypothesis::Spatial];
    let facts = to.words(given.map(|g| {
        let kind = hypotheses.iter().position(|h| *h == g.hypothesis);
        let rim = g.rim_size.map_or([0, 0], |size| [1, size.to_bits()]);
        let [hypothesis, axis] = [kind.unwrap_or(0) as u64, u64::from(g.has_axis)];
        vec![hypothesis, g.multiplicity.to_bits(), rim[0], rim[1], axis]
    }));
    let mesh = to.mesh(given.map(|g| &g.mesh));
    own.unwrap_or_else(|| Geometry {
        mesh,
        hypothesis: hypotheses[facts[0] as usize],
        multiplicity: f64::from_bits(facts[1]),
        rim_size: (facts[2] == 1).then_some(f64::from_bits(facts[3])),
        has_axis: facts[4] == 1,
    })
}

/// Sends from rank 0 to all others; there the methods take what is to be sent, elsewhere nothing, and return
/// what came. On rank 0 that is empty, but for small lists.
struct Spread<'a> {
    comm: &'a dyn Comm,
}

impl Spread<'_> {
    /// `count` words, a section at a time: `pack` gives a range of them on rank 0, `take` gets them elsewhere.
    fn sections(
        &mut self,
        count: usize,
        pack: impl Fn(std::ops::Range<usize>) -> Vec<u64>,
        mut take: impl FnMut(&[u64]),
    ) {
        let (ranks, is_first) = (self.comm.size(), self.comm.rank() == 0);
        for first in (0..count).step_by(SECTION) {
            let mut words = vec![Vec::new(); ranks];
            if is_first {
                let section = pack(first..count.min(first + SECTION));
                words[1..].iter_mut().for_each(|to| to.clone_from(&section));
            }
            let received = self.comm.exchange(words);
            if !is_first {
                take(&received[0]);
            }
        }
    }

    /// A list that all ranks get.
    fn words(&mut self, own: Option<Vec<u64>>) -> Vec<u64> {
        let own = own.unwrap_or_default();
        self.comm.gather_all(&own).swap_remove(0)
    }

    fn names<'n>(&mut self, own: Option<impl Iterator<Item = &'n str>>) -> Vec<String> {
        // Each ends with what is in no text.
        let ended =
            |name: &str| -> Vec<u64> { name.bytes().map(u64::from).chain([u64::MAX]).collect() };
        let words = self.words(own.map(|names| names.flat_map(ended).collect()));
        let bytes = |name: &[u64]| name.iter().map(|&word| word as u8).collect();
        let text = |name: &[u64]| String::from_utf8(bytes(name)).unwrap_or_default();
        let (mut names, mut rest) = (Vec::new(), &words[..]);
        while let Some(end) = rest.iter().position(|&word| word == u64::MAX) {
            names.push(text(&rest[..end]));
            rest = &rest[end + 1..];
        }
        names
    }

    /// Numbers of nodes or cells, two in a word.
    fn numbers(&mut self, own: Option<&[u32]>, count: u64) -> Vec<u32> {
        let (own, count) = (own.unwrap_or_default(), count as usize);
        let mut received = Vec::new();
        if self.comm.rank() > 0 {
            received.reserve_exact(count + 1);
        }
        let pair = |k: usize| {
            let second = own.get(2 * k + 1).copied().unwrap_or(0);
            u64::from(own[2 * k]) | u64::from(second) << 32
        };
        self.sections(
            count.div_ceil(2),
            |range| range.map(pair).collect(),
            |words| received.extend(words.iter().flat_map(|&w| [w as u32, (w >> 32) as u32])),
        );
        received.truncate(count);
        received
    }

    fn facets(&mut self, own: Option<&[FacetBlock]>) -> Vec<FacetBlock> {
        let facts =
            self.words(own.map(|blocks| {
                blocks.iter().flat_map(|b| [code(b.kind), b.len() as u64]).collect()
            }));
        let mut blocks = Vec::new();
        for (k, fact) in facts.as_chunks::<2>().0.iter().enumerate() {
            let (kind, own) = (CellKind::ALL[fact[0] as usize], own.map(|blocks| &blocks[k]));
            let size = kind.node_count() as u64;
            let nodes = self.numbers(own.map(|b| &b.nodes[..]), fact[1] * size);
            let cells = self.numbers(own.map(|b| &b.cells[..]), fact[1]);
            blocks.push(FacetBlock { kind, nodes, cells });
        }
        blocks
    }

    fn mesh(&mut self, own: Option<&Mesh>) -> Mesh {
        let facts = self.words(own.map(|mesh| {
            let [a, b] = mesh.axes.map(|axis| axis as u64);
            vec![mesh.dimension as u64, a, b, mesh.points.len() as u64]
        }));
        let points = own.map_or(&[][..], |mesh| mesh.points.as_flattened());
        let mut coordinates: Vec<f64> = Vec::new();
        self.sections(
            3 * facts[3] as usize,
            |range| points[range].iter().map(|x| x.to_bits()).collect(),
            |words| coordinates.extend(words.iter().map(|&word| f64::from_bits(word))),
        );
        let points = coordinates.as_chunks::<3>().0.to_vec();
        drop(coordinates);
        let regions = self.names(own.map(|mesh| mesh.regions.iter().map(String::as_str)));
        let of_blocks = self.words(own.map(|mesh| {
            let facts = |b: &Block| [code(b.kind), u64::from(b.region), b.nodes.len() as u64];
            mesh.blocks.iter().flat_map(facts).collect()
        }));
        let mut blocks = Vec::new();
        for (k, &[kind, region, count]) in of_blocks.as_chunks::<3>().0.iter().enumerate() {
            let nodes = self.numbers(own.map(|mesh| &mesh.blocks[k].nodes[..]), count);
            let kind = CellKind::ALL[kind as usize];
            blocks.push(Block { kind, region: region as u32, nodes });
        }
        let names = self.names(own.map(|mesh| mesh.boundaries.iter().map(|b| b.name.as_str())));
        let mut boundaries = Vec::new();
        for (k, name) in names.into_iter().enumerate() {
            let facets = self.facets(own.map(|mesh| &mesh.boundaries[k].facets[..]));
            boundaries.push(Boundary { name, facets });
        }
        let names = self.names(own.map(|mesh| mesh.interfaces.iter().map(|i| i.name.as_str())));
        let mut interfaces = Vec::new();
        for (k, name) in names.into_iter().enumerate() {
            let own = own.map(|mesh| &mesh.interfaces[k]);
            let regions = self.words(own.map(|i| i.regions.map(u64::from).to_vec()));
            let sides = [0, 1].map(|side| self.facets(own.map(|i| &i.sides[side][..])));
            let regions = [regions[0] as u32, regions[1] as u32];
            interfaces.push(Interface { name, regions, sides });
        }
        let (dimension, axes) = (facts[0] as usize, [facts[1] as usize, facts[2] as usize]);
        // Internal surfaces carry no law.
        Mesh {
            dimension,
            axes,
            points,
            regions,
            blocks,
            boundaries,
            interfaces,
            internal: Vec::new(),
        }
    }
}

fn code(kind: CellKind) -> u64 {
    CellKind::ALL.iter().position(|k| *k == kind).unwrap_or(0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use algebra::comm::on_threads;
    use std::path::Path;

    /// Everything but internal surfaces; what it says of itself is all that it has.
    fn described(geometry: &Geometry) -> String {
        let mut geometry = geometry.clone();
        geometry.mesh.internal.clear();
        format!("{geometry:?}")
    }

    #[test]
    fn all_ranks_get_what_the_first_has() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
        let read = |name: &str, set: &[String]| {
            let case = crate::case::read_file(&folder.join(name), set).unwrap();
            Geometry::of(&case, 0).unwrap()
        };
        // A file in space, cells of several kinds with an interface, and several sections of points.
        let fine = ["mesh.defect.rim_size=\"2 nm\"".to_owned()];
        let geometries = [
            read("gmsh_pore_quarter.toml", &[]),
            read("meshed_anode.toml", &[]),
            read("nas_pore.toml", &fine),
        ];
        for geometry in geometries {
            let got = on_threads(3, |comm| {
                described(&spread(comm, (comm.rank() == 0).then(|| geometry.clone())))
            });
            assert!(got.iter().all(|got| *got == described(&geometry)));
        }
    }

    #[test]
    fn names_and_odd_numbers_of_numbers_and_many_sections_arrive() {
        let numbers: Vec<u32> = (0..2 * SECTION as u32 + 3).map(|k| u32::MAX - k).collect();
        let names = ["", "\u{b5}m", "a b"];
        let got = on_threads(2, |comm| {
            let own = (comm.rank() == 0).then_some(());
            let mut to = Spread { comm };
            let came = to.numbers(own.map(|()| &numbers[..]), numbers.len() as u64);
            (came, to.names(own.map(|()| names.into_iter())))
        });
        assert!(got[0].0.is_empty() && got[1].0 == numbers);
        assert_eq!(got[1].1, names);
    }
}

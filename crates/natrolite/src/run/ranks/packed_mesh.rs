//! Meshes as words.

use super::words::{Pack, Words, pack_each, unpack_each};
use crate::run::Geometry;
use fem::Hypothesis;
use mesh::{Block, Boundary, CellKind, FacetBlock, Interface, Mesh};

const HYPOTHESES: [Hypothesis; 3] =
    [Hypothesis::Planar, Hypothesis::Axisymmetric, Hypothesis::Spatial];

/// Internal surfaces, which carry no law, are left behind.
impl Pack for Geometry {
    fn pack(&self, words: &mut Vec<u64>) {
        let hypothesis = HYPOTHESES.iter().position(|h| *h == self.hypothesis);
        hypothesis.unwrap_or(0).pack(words);
        self.multiplicity.pack(words);
        self.rim_size.pack(words);
        self.has_axis.pack(words);
        let mesh = &self.mesh;
        mesh.dimension.pack(words);
        mesh.axes.pack(words);
        mesh.points.pack(words);
        pack_each(&mesh.regions, words);
        pack_each(&mesh.blocks, words);
        pack_each(&mesh.boundaries, words);
        pack_each(&mesh.interfaces, words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        Geometry {
            hypothesis: HYPOTHESES[words.next::<usize>()],
            multiplicity: words.next(),
            rim_size: words.next(),
            has_axis: words.next(),
            lattice: None,
            mesh: Mesh {
                dimension: words.next(),
                axes: words.next(),
                points: words.next(),
                regions: unpack_each(words),
                blocks: unpack_each(words),
                boundaries: unpack_each(words),
                interfaces: unpack_each(words),
                internal: Vec::new(),
            },
        }
    }
}

impl Pack for CellKind {
    fn pack(&self, words: &mut Vec<u64>) {
        CellKind::ALL.iter().position(|k| k == self).unwrap_or(0).pack(words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        CellKind::ALL[words.next::<usize>()]
    }
}

impl Pack for Block {
    fn pack(&self, words: &mut Vec<u64>) {
        self.kind.pack(words);
        self.region.pack(words);
        self.nodes.pack(words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        Block { kind: words.next(), region: words.next(), nodes: words.next() }
    }
}

impl Pack for FacetBlock {
    fn pack(&self, words: &mut Vec<u64>) {
        self.kind.pack(words);
        self.nodes.pack(words);
        self.cells.pack(words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        FacetBlock { kind: words.next(), nodes: words.next(), cells: words.next() }
    }
}

impl Pack for Boundary {
    fn pack(&self, words: &mut Vec<u64>) {
        self.name.pack(words);
        pack_each(&self.facets, words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        Boundary { name: words.next(), facets: unpack_each(words) }
    }
}

impl Pack for Interface {
    fn pack(&self, words: &mut Vec<u64>) {
        self.name.pack(words);
        self.regions.pack(words);
        self.sides.iter().for_each(|side| pack_each(side, words));
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        Interface {
            name: words.next(),
            regions: words.next(),
            sides: [unpack_each(words), unpack_each(words)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Everything but internal surfaces and the lattice; what it says of itself is all that it has.
    fn described(geometry: &Geometry) -> String {
        let mut geometry = geometry.clone();
        geometry.mesh.internal.clear();
        geometry.lattice = None;
        format!("{geometry:?}")
    }

    #[test]
    fn meshes_come_back_as_they_were() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
        // A file in space, and cells of several kinds with an interface.
        for name in ["gmsh_pore_quarter.toml", "meshed_anode.toml"] {
            let case = crate::case::read_file(&folder.join(name), &[]).unwrap();
            let geometry = Geometry::of(&case, 0).unwrap();
            let mut words = Vec::new();
            geometry.pack(&mut words);
            let back: Geometry = Words::new(&words).next();
            assert_eq!(described(&back), described(&geometry));
        }
    }
}

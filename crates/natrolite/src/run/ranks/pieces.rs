//! What a rank writes of a run.

use super::owners::Owned;
use super::share::at_ghosts;
use super::words::{Pack, Words};
use crate::results::{Field, Piece};
use algebra::{Comm, IndexMap};
use mesh::{Mesh, Part};

/// Which cells of a rank's part are its piece, and where the nodes of the part are in the whole.
///
/// Each cell belongs to the owner of its first node, and is in the part of that rank.
pub struct Cut {
    is_own: Vec<bool>,
    /// Numbers in the whole.
    nodes: Vec<u32>,
    cells: Vec<u32>,
    /// Number of each node among all ranks.
    number: Vec<u32>,
    /// The nodes that this rank owns, without values.
    owned: IndexMap,
}

impl Cut {
    /// The piece of `rank` in its part; `owned` says whose the nodes of the whole are.
    pub fn new(part: &Part, owned: &Owned, rank: u32) -> Self {
        let cells = part.mesh.blocks.iter().flat_map(|block| block.cells());
        let owner = |node: u32| owned.by[part.nodes[node as usize] as usize];
        let is_own = cells.map(|nodes| owner(nodes[0]) == rank).collect();
        let number = |&node: &u32| owned.number[node as usize];
        Cut {
            is_own,
            nodes: part.nodes.clone(),
            cells: part.cells.clone(),
            number: part.nodes.iter().map(number).collect(),
            owned: IndexMap::new(owned.range(rank), Vec::new()),
        }
    }

    /// The piece with its fields, and the fields at the nodes with the numbers `elsewhere` among all ranks.
    /// All ranks call this together.
    ///
    /// A rank has all cells around the nodes that it owns, so that `fields`, at the nodes of its part, are
    /// right there; at others they come from the owners.
    pub fn complete(
        self,
        comm: &dyn Comm,
        part: Mesh,
        fields: Vec<Field>,
        elsewhere: &[u64],
    ) -> (Piece, Vec<Field>) {
        let own = part.with_cells(self.is_own);
        drop(part);
        let range = self.owned.owned();
        let mut place = vec![0; self.owned.owned_len()];
        for (local, &number) in (0_u32..).zip(&self.number) {
            if range.contains(&u64::from(number)) {
                place[(u64::from(number) - range.start) as usize] = local;
            }
        }
        let mut wanted: Vec<u64> =
            own.nodes.iter().map(|&node| u64::from(self.number[node as usize])).collect();
        wanted.extend_from_slice(elsewhere);
        let (mut of_piece, mut of_others) = (Vec::new(), Vec::new());
        for field in fields {
            let n = field.components;
            let mut values = vec![0.0; n * wanted.len()];
            for component in 0..n {
                let owned: Vec<f64> =
                    place.iter().map(|&node| field.values[n * node as usize + component]).collect();
                let complete = at_ghosts(comm, &self.owned, &wanted, &owned);
                values
                    .iter_mut()
                    .skip(component)
                    .step_by(n)
                    .zip(complete)
                    .for_each(|(v, x)| *v = x);
            }
            let others = values.split_off(n * own.nodes.len());
            of_others.push(Field { name: field.name.clone(), values: others, ..field });
            of_piece.push(Field { values, ..field });
        }
        let whole = |of: &[u32], at: &[u32]| at.iter().map(|&k| of[k as usize]).collect();
        let (nodes, cells) = (whole(&self.nodes, &own.nodes), whole(&self.cells, &own.cells));
        (Piece { mesh: own.mesh, nodes, cells, fields: of_piece }, of_others)
    }
}

impl Pack for Cut {
    fn pack(&self, words: &mut Vec<u64>) {
        self.is_own.pack(words);
        self.nodes.pack(words);
        self.cells.pack(words);
        self.number.pack(words);
        self.owned.pack(words);
    }

    fn unpack(words: &mut Words<'_>) -> Self {
        Cut {
            is_own: words.next(),
            nodes: words.next(),
            cells: words.next(),
            number: words.next(),
            owned: words.next(),
        }
    }
}

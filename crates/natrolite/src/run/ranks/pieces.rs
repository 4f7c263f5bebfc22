//! What a rank writes of a run.

use super::words::{Pack, Words};
use crate::results::{Field, Piece};
use algebra::{Comm, Halo, IndexMap};
use mesh::{Mesh, Part};
use std::ops::Range;

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
    /// The piece in a part, of whose nodes `is_own` says which are of this rank; nodes and cells have these numbers
    /// in the whole, and nodes others among all ranks, of which `owned` are of this rank.
    pub fn new(
        (part, is_own): (&Mesh, &[bool]),
        (nodes, cells): (Vec<u32>, Vec<u32>),
        (number, owned): (Vec<u32>, Range<u64>),
    ) -> Self {
        let all = part.blocks.iter().flat_map(|block| block.cells());
        let is_own = all.map(|nodes| is_own[nodes[0] as usize]).collect();
        Cut { is_own, nodes, cells, number, owned: IndexMap::new(owned, Vec::new()) }
    }

    /// The part with this mesh, and the numbers of its nodes among all ranks.
    pub fn part(self, mesh: Mesh) -> (Part, Vec<u32>) {
        (Part { mesh, nodes: self.nodes, cells: self.cells }, self.number)
    }

    /// The numbers of this rank's nodes among all ranks.
    pub fn owned(&self) -> Range<u64> {
        self.owned.owned()
    }

    /// The piece with its fields, and the fields at the nodes with the numbers `elsewhere` among all ranks.
    /// All ranks call this together.
    ///
    /// A rank has all cells around the nodes that it owns, so that `fields`, at the nodes of its part, are
    /// right there; at others they come from the owners.
    pub fn complete(
        mut self,
        comm: &dyn Comm,
        part: Mesh,
        fields: Vec<Field>,
        elsewhere: &[u64],
    ) -> (Piece, Vec<Field>) {
        let own = part.with_cells(std::mem::take(&mut self.is_own));
        drop(part);
        let whole = |of: &[u32], at: &[u32]| at.iter().map(|&k| of[k as usize]).collect();
        let mut wanted: Vec<u64> =
            own.nodes.iter().map(|&node| u64::from(self.number[node as usize])).collect();
        wanted.extend_from_slice(elsewhere);
        let (mut of_piece, mut of_others) = (Vec::new(), Vec::new());
        for field in fields {
            let n = field.components;
            let mut values = self.of_owners(comm, (&field.values, n), &wanted);
            drop(field.values);
            let others = values.split_off(n * own.nodes.len());
            let (name, unit) = (field.name, field.unit);
            of_others.push(Field { name: name.clone(), unit, components: n, values: others });
            of_piece.push(Field { name, unit, components: n, values });
        }
        let (nodes, cells) = (whole(&self.nodes, &own.nodes), whole(&self.cells, &own.cells));
        (Piece { mesh: own.mesh, nodes, cells, fields: of_piece }, of_others)
    }

    /// Numbers in the whole of the nodes of the part, rising.
    pub fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    /// True for a node of the part that this rank owns.
    pub fn owns(&self, node: u32) -> bool {
        self.owned.owned().contains(&u64::from(self.number[node as usize]))
    }

    /// Values at the nodes with the numbers `wanted` among all ranks, as their owners have them; `values` are
    /// those at the nodes of the part, `n` at each. All ranks call this together.
    fn of_owners(&self, comm: &dyn Comm, (values, n): (&[f64], usize), wanted: &[u64]) -> Vec<f64> {
        let range = self.owned.owned();
        let mut place = vec![0; self.owned.owned_len()];
        for (local, &number) in self.number.iter().enumerate() {
            if range.contains(&u64::from(number)) {
                place[(u64::from(number) - range.start) as usize] = local;
            }
        }
        let halo = Halo::new(comm, IndexMap::new(range, wanted.to_vec()));
        let mut all = vec![0.0; n * wanted.len()];
        let mut complete = vec![0.0; place.len() + wanted.len()];
        for component in 0..n {
            let owned = place.iter().map(|&node| values[n * node + component]);
            complete.iter_mut().zip(owned).for_each(|(complete, value)| *complete = value);
            halo.update(comm, &mut complete);
            let places = all.iter_mut().skip(component).step_by(n);
            places.zip(&complete[place.len()..]).for_each(|(place, value)| *place = *value);
        }
        all
    }

    /// [`Cut::of_owners`] of vectors.
    pub fn vectors(&self, comm: &dyn Comm, values: &[[f64; 3]], wanted: &[u64]) -> Vec<[f64; 3]> {
        let all = self.of_owners(comm, (values.as_flattened(), 3), wanted);
        all.as_chunks::<3>().0.to_vec()
    }

    /// [`Cut::of_owners`] of tensors.
    pub fn tensors(
        &self,
        comm: &dyn Comm,
        values: &[[[f64; 3]; 3]],
        wanted: &[u64],
    ) -> Vec<[[f64; 3]; 3]> {
        let all = self.of_owners(comm, (values.as_flattened().as_flattened(), 9), wanted);
        all.as_chunks::<3>().0.as_chunks::<3>().0.to_vec()
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

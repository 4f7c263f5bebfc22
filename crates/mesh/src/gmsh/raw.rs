//! What a Gmsh file says, before it is made into a mesh.

use super::cursor::Cursor;
use super::element;
use crate::{CellKind, MeshError};

/// Most nodes of an element.
const MOST_NODES: usize = 27;

/// The content of a file.
#[derive(Default)]
pub(super) struct Raw {
    /// Physical groups: dimension, tag, name; sorted.
    pub names: Vec<(usize, i32, String)>,
    /// Coordinates in the file's unit.
    pub points: Vec<[f64; 3]>,
    /// Elements of dimension 1 to 3, in the order of the file.
    pub runs: Vec<Run>,
    /// Nodes of the elements (indices into `points`), in VTK's order.
    pub nodes: Vec<u32>,
}

/// Consecutive elements that differ only in their number, which goes up by one, and their nodes.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Run {
    pub kind: CellKind,
    /// Tag of the physical group, 0 for none.
    pub group: i32,
    /// Tag of the geometric entity.
    pub entity: i32,
    /// Number of the first element.
    pub first: u64,
    /// Where its nodes begin in [`Raw::nodes`].
    pub start: usize,
    /// Number of elements.
    pub count: usize,
}

impl Run {
    /// True when `next`, read after it, differs in nothing but the numbers that follow.
    fn goes_on_with(&self, next: &Run) -> bool {
        let same = Run { first: self.first, start: self.start, count: self.count, ..*next };
        *self == same && self.first.checked_add(self.count as u64) == Some(next.first)
    }

    /// The nodes of all its elements.
    pub fn nodes<'a>(&self, raw: &'a Raw) -> &'a [u32] {
        &raw.nodes[self.start..self.start + self.count * self.kind.node_count()]
    }
}

impl Raw {
    /// Reads the nodes of one element whose type, number and groups are known.
    pub fn read_element(
        &mut self,
        cursor: &mut Cursor,
        numbers: &Numbering,
        head: Run,
        wide: bool,
    ) -> Result<(), MeshError> {
        for _ in 0..head.kind.node_count() {
            let tag = if wide { cursor.size()? } else { cursor.int()?.max(0) as u64 };
            let index = numbers.index(tag);
            self.nodes
                .push(index.ok_or(MeshError::MissingNode { element: head.first, node: tag })?);
        }
        order_nodes(head.kind, &mut self.nodes[head.start..]);
        self.push_run(head);
        Ok(())
    }

    /// Adds an element with nodes of these numbers; false, and nothing is added, where it has not as many or one of
    /// them is missing.
    pub fn push_element(&mut self, numbers: &Numbering, head: Run, tags: &[u32]) -> bool {
        if tags.len() != head.kind.node_count() {
            return false;
        }
        let mut all = [0; MOST_NODES];
        let own = &mut all[..tags.len()];
        for (node, &tag) in own.iter_mut().zip(tags) {
            let Some(index) = numbers.index(u64::from(tag)) else { return false };
            *node = index;
        }
        order_nodes(head.kind, own);
        match *own {
            // A length that the compiler knows.
            [a, b, c, d] => self.nodes.extend_from_slice(&[a, b, c, d]),
            _ => self.nodes.extend_from_slice(own),
        }
        self.push_run(head);
        true
    }

    /// Adds the elements of `other` after those that are here.
    pub fn append_elements(&mut self, other: Raw) {
        let shift = self.nodes.len();
        if shift == 0 {
            self.nodes = other.nodes;
        } else {
            self.nodes.extend_from_slice(&other.nodes);
        }
        for run in other.runs {
            self.push_run(Run { start: run.start + shift, ..run });
        }
    }

    /// Adds a run, to the last one where it goes on with that.
    fn push_run(&mut self, run: Run) {
        match self.runs.last_mut() {
            Some(last) if last.goes_on_with(&run) => last.count += run.count,
            _ => self.runs.push(run),
        }
    }

    /// Name of a physical group: its own, or `<unnamed>_<tag>`.
    pub fn name(&self, dimension: usize, tag: i32, unnamed: &str) -> String {
        let first = self.names.partition_point(|n| (n.0, n.1) < (dimension, tag));
        match self.names.get(first) {
            Some((d, t, name)) if (*d, *t) == (dimension, tag) => name.clone(),
            _ => format!("{unnamed}_{tag}"),
        }
    }
}

/// From the numbers of the file's nodes to indices.
pub(super) enum Numbering {
    /// One after the other, from the first on: how many. Gmsh writes them so unless it is told not to.
    Consecutive { first: u64, count: u64 },
    /// Index of each number, `u32::MAX` where there is none.
    Table(Vec<u32>),
    /// (number, index), sorted.
    Sorted(Vec<(u64, u32)>),
}

impl Numbering {
    /// From the numbers in the order of the file.
    pub fn new(tags: &[u64]) -> Result<Self, MeshError> {
        if tags.len() >= u32::MAX as usize {
            return Err(MeshError::TooLarge);
        }
        let (first, count) = (tags.first().copied().unwrap_or(0), tags.len() as u64);
        if tags.iter().zip(0..).all(|(tag, index)| tag.checked_sub(first) == Some(index)) {
            return Ok(Numbering::Consecutive { first, count });
        }
        let highest = tags.iter().copied().max().unwrap_or(0);
        if highest <= 4 * tags.len() as u64 + 1024 {
            let mut table = vec![u32::MAX; highest as usize + 1];
            for (index, &tag) in tags.iter().enumerate() {
                if table[tag as usize] != u32::MAX {
                    return Err(MeshError::DuplicateNode { node: tag });
                }
                table[tag as usize] = index as u32;
            }
            return Ok(Numbering::Table(table));
        }
        let mut sorted: Vec<_> = tags.iter().enumerate().map(|(i, &t)| (t, i as u32)).collect();
        sorted.sort_unstable();
        match sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(MeshError::DuplicateNode { node: pair[0].0 }),
            None => Ok(Numbering::Sorted(sorted)),
        }
    }

    fn index(&self, tag: u64) -> Option<u32> {
        match self {
            Numbering::Consecutive { first, count } => {
                tag.checked_sub(*first).filter(|index| index < count).map(|index| index as u32)
            }
            Numbering::Table(table) => {
                table.get(usize::try_from(tag).ok()?).copied().filter(|&i| i != u32::MAX)
            }
            Numbering::Sorted(sorted) => {
                sorted.binary_search_by_key(&tag, |&(t, _)| t).ok().map(|i| sorted[i].1)
            }
        }
    }
}

/// Puts the nodes of an element from Gmsh's order into ours.
fn order_nodes(kind: CellKind, nodes: &mut [u32]) {
    let Some(order) = element::order(kind) else { return };
    let mut file = [0; MOST_NODES];
    file[..nodes.len()].copy_from_slice(nodes);
    for (node, &place) in nodes.iter_mut().zip(order) {
        *node = file[usize::from(place)];
    }
}

/// Checks that a node's coordinates are finite.
pub(super) fn check_finite(node: u64, x: [f64; 3]) -> Result<[f64; 3], MeshError> {
    if x.iter().all(|x| x.is_finite()) { Ok(x) } else { Err(MeshError::NotFinite { node }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_and_without_gaps() {
        let far = u64::MAX - 1;
        let cases: [&[u64]; 5] =
            [&[5, 6, 7], &[7, 6, 5], &[1, 3, 900], &[1, 3, 1 << 40], &[far, u64::MAX]];
        for tags in cases {
            let numbers = Numbering::new(tags).unwrap();
            for (index, &tag) in tags.iter().enumerate() {
                assert_eq!(numbers.index(tag), Some(index as u32), "{tag} of {tags:?}");
            }
            for other in [0, 2, 4, 8, 899, 1 << 41, far - 1] {
                assert_eq!(numbers.index(other), None, "{other} of {tags:?}");
            }
        }
        for tags in [[4, 4], [1 << 40, 1 << 40], [u64::MAX; 2]] {
            let message = Numbering::new(&tags).err().unwrap().to_string();
            assert!(message.contains(&tags[0].to_string()), "{message}");
        }
        assert_eq!(Numbering::new(&[]).unwrap().index(0), None);
    }
}

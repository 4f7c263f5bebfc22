//! Displacements that are no unknowns themselves: what moves with a platen, or with a gap and what is opposite.

use super::blocks::View;
use super::lines::Piece;
use crate::merge_terms;
use std::collections::BTreeMap;

/// What is not simply the unknown at its place, by places (component c of node i is place i * block + c).
///
/// Where bodies may part one displacement of each pair of nodes gives way to their gap: it is the sum of that and of
/// displacements opposite. On a lattice it is displacements that are interpolated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Follows {
    /// Of a place the sum of unknowns that the displacement there is. The unknown at the place itself, if it is one of
    /// them, is a gap.
    pub sums: BTreeMap<u32, Vec<(u32, f64)>>,
    /// Places whose unknowns are not interpolated, because smooth functions leave them zero: of the gap at a middle
    /// node what it has more than the mean of the corners.
    pub rough: Vec<u32>,
}

/// Numbers of nodes on the coarser lattice, and what those that have none lie between.
pub(super) struct Between<'b> {
    /// Components of a node.
    pub block: usize,
    /// `u32::MAX` for those that go.
    pub columns: &'b [u32],
    /// Nodes of the coarser lattice.
    pub coarse: &'b [u32],
    /// Columns and weights of the nodes that a node lies between.
    pub parents: &'b (dyn Fn(usize) -> Vec<(u32, f64)> + Sync),
}

/// How often a displacement may follow from one that goes before it counts as zero. Gaps are on one side of a surface,
/// so that twice is enough where two bodies meet.
const DEPTH: usize = 4;

impl Follows {
    /// True where all displacements are unknowns.
    pub(super) fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }

    /// Without gaps that are held: whose rows of A have nothing beside the diagonal.
    pub(super) fn without_held(mut self, a: View<f64>) -> Self {
        let b = a.shape[0];
        let is_held = |place: u32| {
            let (i, c) = (place as usize / b, place as usize % b);
            let (columns, values) = a.row(i);
            columns.iter().zip(values.chunks_exact(b * b)).all(|(&j, block)| {
                (0..b).all(|d| block[d * b + c] == 0.0 || (j as usize == i && d == c))
            })
        };
        let gaps = self.sums.iter().filter(|(place, sum)| sum.iter().any(|term| term.0 == **place));
        let held: Vec<u32> = gaps.map(|(place, _)| *place).filter(|&p| is_held(p)).collect();
        let is_free = |place: &u32| held.binary_search(place).is_err();
        self.sums.values_mut().for_each(|sum| sum.retain(|(place, _)| is_free(place)));
        self
    }

    /// Of each of `n` nodes the components that follow, as bits; empty if none does.
    pub(super) fn components(&self, n: usize, b: usize) -> Vec<u8> {
        let mut components = vec![0; if self.is_empty() { 0 } else { n }];
        self.sums.keys().for_each(|&p| components[p as usize / b] |= 1 << (p as usize % b));
        components
    }

    fn is_gap(&self, place: u32) -> bool {
        self.sums.get(&place).is_some_and(|sum| sum.iter().any(|term| term.0 == place))
    }

    /// True where a node that lies between these, or one of these, has a displacement that is no unknown.
    pub(super) fn concern(&self, i: usize, parents: &[(u32, f64)], to: &Between) -> bool {
        let has = |node: u32| {
            let first = node * to.block as u32;
            self.sums.range(first..first + to.block as u32).next().is_some()
        };
        !self.is_empty()
            && (has(i as u32) || parents.iter().any(|parent| has(to.coarse[parent.0 as usize])))
    }

    /// Adds the row of the interpolation of node i, which lies between these.
    pub(super) fn push_row(
        &self,
        i: usize,
        parents: &[(u32, f64)],
        to: &Between,
        piece: &mut Piece,
    ) {
        let b = to.block as u32;
        let mut blocks: BTreeMap<u32, [f64; 9]> = BTreeMap::new();
        for c in 0..b {
            let (place, mut terms) = (i as u32 * b + c, Vec::new());
            if self.sums.contains_key(&place) {
                self.unknown(place, 1.0, (to, 0), &mut terms);
            } else {
                let at = |column: u32| to.coarse[column as usize] * b + c;
                for &(column, weight) in parents {
                    self.displacement(at(column), weight, (to, 0), &mut terms);
                }
            }
            for (l, weight) in terms {
                blocks.entry(l / b).or_default()[(l % b * b + c) as usize] += weight;
            }
        }
        piece.0.push(blocks.len());
        for (column, block) in blocks {
            piece.1.push(column);
            piece.2.extend(block[..to.block * to.block].iter().map(|&v| v as f32));
        }
    }

    /// What `weight` times the displacement at a place of a node that stays is, in unknowns of the coarser lattice.
    fn displacement(
        &self,
        place: u32,
        weight: f64,
        (to, depth): (&Between, usize),
        terms: &mut Vec<(u32, f64)>,
    ) {
        match self.sums.get(&place) {
            None => self.unknown(place, weight, (to, depth), terms),
            Some(sum) => {
                sum.iter().for_each(|&(l, a)| self.unknown(l, weight * a, (to, depth), terms))
            }
        }
    }

    /// The same for an unknown, of any node.
    fn unknown(
        &self,
        place: u32,
        weight: f64,
        (to, depth): (&Between, usize),
        terms: &mut Vec<(u32, f64)>,
    ) {
        let b = to.block;
        let (node, c) = (place as usize / b, place % b as u32);
        if to.columns[node] != u32::MAX {
            terms.push((to.columns[node] * b as u32 + c, weight));
            return;
        }
        if depth == DEPTH || self.rough.binary_search(&place).is_ok() {
            return;
        }
        let is_gap = self.sums.contains_key(&place);
        if is_gap && !self.is_gap(place) {
            return;
        }
        for (column, w) in (to.parents)(node) {
            let parent = to.coarse[column as usize] * b as u32 + c;
            match is_gap {
                true if self.is_gap(parent) => terms.push((column * b as u32 + c, weight * w)),
                true => {}
                false => self.displacement(parent, weight * w, (to, depth + 1), terms),
            }
        }
    }

    /// The same for the nodes of the coarser lattice.
    pub(super) fn coarser(&self, to: &Between) -> Self {
        let b = to.block;
        let place = |place: u32| {
            let column = to.columns[place as usize / b];
            (column != u32::MAX).then_some(column * b as u32 + place % b as u32)
        };
        let sum = |(&at, _): (&u32, _)| {
            let mut terms = Vec::new();
            let at_coarse = place(at)?;
            self.displacement(at, 1.0, (to, 0), &mut terms);
            merge_terms(&mut terms);
            Some((at_coarse, terms))
        };
        Follows {
            sums: self.sums.iter().filter_map(sum).collect(),
            rough: self.rough.iter().filter_map(|&at| place(at)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of six nodes with two components 0, 2, 4 and 6 stay; 1 lies between 0 and 2, 3 between 2 and 4, 5 between 4 and 6.
    const COLUMNS: [u32; 7] = [0, u32::MAX, 1, u32::MAX, 2, u32::MAX, 3];
    const COARSE: [u32; 4] = [0, 2, 4, 6];

    fn parents(node: usize) -> Vec<(u32, f64)> {
        vec![(node as u32 / 2, 0.5), (node as u32 / 2 + 1, 0.5)]
    }

    const TO: Between = Between { block: 2, columns: &COLUMNS, coarse: &COARSE, parents: &parents };

    /// The columns and blocks of the row of a node that goes.
    fn row(follows: &Follows, node: usize) -> (Vec<u32>, Vec<f32>) {
        let (terms, mut piece) = (parents(node), (vec![], vec![], vec![]));
        assert!(follows.concern(node, &terms, &TO));
        follows.push_row(node, &terms, &TO, &mut piece);
        assert_eq!(piece.0, [piece.1.len()]);
        (piece.1, piece.2)
    }

    fn of(sums: &[(u32, &[(u32, f64)])]) -> Follows {
        let sums = sums.iter().map(|(place, sum)| (*place, sum.to_vec())).collect();
        Follows { sums, rough: Vec::new() }
    }

    #[test]
    fn what_moves_with_a_platen_is_interpolated_from_it() {
        // Component 1 of node 2 is component 0 of node 6.
        let follows = of(&[(5, &[(12, 1.0)])]);
        let halves = [0.5, 0.0, 0.0, 0.5];
        let (columns, blocks) = row(&follows, 1);
        assert_eq!(columns, [0, 1, 3]);
        // Blocks are stored by columns: component 1 of node 1 takes half of component 0 of node 6.
        assert_eq!(blocks, [&halves[..], &[0.5, 0.0, 0.0, 0.0], &[0.0, 0.5, 0.0, 0.0]].concat());
        assert!(!follows.concern(5, &parents(5), &TO));
        assert_eq!(follows.coarser(&TO), of(&[(3, &[(6, 1.0)])]));
        assert_eq!(follows.components(7, 2), [0, 0, 2, 0, 0, 0, 0]);
    }

    #[test]
    fn a_gap_adds_to_the_displacement_opposite() {
        // Component 0 of node 2 is minus the gap there plus component 0 of node 5, which lies between 4 and 6.
        let follows = of(&[(4, &[(4, -1.0), (10, 1.0)])]);
        let (columns, blocks) = row(&follows, 1);
        assert_eq!(columns, [0, 1, 2, 3]);
        let of_component_0 = |k: usize| (blocks[4 * k], blocks[4 * k + 3]);
        let wanted = [(0.5, 0.5), (-0.5, 0.5), (0.25, 0.0), (0.25, 0.0)];
        assert_eq!([0, 1, 2, 3].map(of_component_0), wanted);
        assert_eq!(follows.coarser(&TO), of(&[(2, &[(2, -1.0), (4, 0.5), (6, 0.5)])]));
    }

    #[test]
    fn gaps_are_interpolated_as_gaps_and_what_middles_have_more_is_not() {
        let gaps: [(u32, &[(u32, f64)]); 3] =
            [(0, &[(0, 1.0), (8, 1.0)]), (2, &[(2, 1.0), (8, 1.0)]), (4, &[(4, 1.0), (8, 1.0)])];
        let mut follows = of(&gaps);
        let (columns, blocks) = row(&follows, 1);
        assert_eq!((&columns[..], &blocks[..]), (&[0, 1][..], &[0.5, 0.0, 0.0, 0.5].repeat(2)[..]));
        follows.rough.push(2);
        let (_, blocks) = row(&follows, 1);
        assert_eq!(blocks, [0.0, 0.0, 0.0, 0.5].repeat(2));
    }

    #[test]
    fn held_gaps_do_not_move_anything() {
        let values = |held: bool| match held {
            true => [1.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, -1.0],
            false => [1.0, 0.0, 0.0, 2.0, -0.5, 0.0, 0.0, -1.0],
        };
        let follows = of(&[(0, &[(0, 1.0), (3, 1.0)])]);
        for held in [true, false] {
            let (start, values) = ([0, 2, 2], values(held));
            let a =
                View { shape: [2, 2], start: &start, columns: &[0, 1], values: &values, ncols: 2 };
            let wanted = if held { of(&[(0, &[(3, 1.0)])]) } else { follows.clone() };
            assert_eq!(follows.clone().without_held(a), wanted);
        }
    }
}

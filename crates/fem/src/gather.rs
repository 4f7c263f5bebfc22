//! Rows of a matrix gathered from the elements that meet them.
//!
//! The parts of the elements are computed into a buffer that stays in the cache, and each row gathers its own. Nothing
//! is searched for. In a row the parts come in the order of the elements, whatever the blocks and the threads.

use crate::Space;
use crate::assembly::Body;
use crate::elements::Elements;
use crate::placement::Kernel;
use crate::rows::Rows;
use std::ops::Range;

/// An element in a row that it meets.
#[derive(Clone, Copy, Default)]
struct Incident {
    /// Where its columns begin, and how many there are.
    columns: u32,
    width: u32,
    /// Where its part of the row begins; [`NOTHING`] when there is only room to be made.
    part: u32,
}

const NOTHING: u32 = u32::MAX;

/// Makes rows; holds the arrays that this needs.
pub(crate) struct Maker {
    /// The unknowns that are columns.
    unknowns: Range<u32>,
    /// Of the unknowns of the elements, one after the other, the columns, later their ranks; others are
    /// beyond all of these.
    columns: Vec<u32>,
    /// The parts of the elements, and what blocks before left beyond; of those that meet few rows of the block,
    /// these rows only.
    parts: Vec<f64>,
    /// For each row where its elements begin.
    starts: Vec<u32>,
    incident: Vec<Incident>,
    /// The columns that the elements have, rising: the rank of a column is its place here.
    met: Vec<u32>,
    /// For each column its rank plus one, counted on from block to block, so that what is left from
    /// blocks before is smaller; and the columns of these.
    ranks: Vec<u32>,
    before: u32,
    /// A bit for each rank, and its place in the row in hand.
    bits: Vec<u64>,
    places: Vec<u32>,
    /// Entries of the block before.
    entries: usize,
}

impl Maker {
    pub(crate) fn new(unknowns: Range<u32>) -> Self {
        let ranks = vec![0; unknowns.len()];
        let (columns, parts, starts, incident) = Default::default();
        let (met, bits, places, before, entries) = Default::default();
        Maker {
            unknowns,
            columns,
            parts,
            starts,
            incident,
            met,
            ranks,
            before,
            bits,
            places,
            entries,
        }
    }

    /// The rows in `range`, which the elements in `list` meet.
    pub(crate) fn rows(
        &mut self,
        body: Body<'_>,
        elements: &Elements<'_>,
        list: &[u32],
        range: Range<u32>,
    ) -> Rows {
        self.list(body.space, elements, list, &range);
        self.compute(body, elements, list, &range);
        self.rank(&range);
        self.gather(range)
    }

    /// The row in the block of an unknown of which the column is known.
    fn local(&self, column: u32, range: &Range<u32>) -> Option<usize> {
        let row = column.wrapping_add(self.unknowns.start).wrapping_sub(range.start);
        ((row as usize) < range.len()).then_some(row as usize)
    }

    /// Columns of the elements, and how many elements each row meets.
    fn list(&mut self, space: &Space, elements: &Elements<'_>, list: &[u32], range: &Range<u32>) {
        self.columns.clear();
        self.starts.clear();
        self.starts.resize(range.len() + 1, 0);
        for (g, own) in elements.by_group(list) {
            let (group, width) = (elements.groups[g], elements.widths[g]);
            self.columns.reserve(own.len() * width);
            let numbers = own.iter().map(|number| (number - elements.starts[g]) as usize);
            let Maker { unknowns, columns, starts, .. } = self;
            group.batch.each_element(group.slots(), space, numbers, |_, dofs| {
                columns.extend(dofs.iter().map(|dof| dof.wrapping_sub(unknowns.start)));
                for dof in dofs {
                    let row = dof.wrapping_sub(range.start) as usize;
                    if row < range.len() {
                        starts[row + 1] += 1;
                    }
                }
            });
        }
        for row in 0..range.len() {
            self.starts[row + 1] += self.starts[row];
        }
    }

    /// Parts of the elements, and the elements of each row in their order.
    fn compute(
        &mut self,
        body: Body<'_>,
        elements: &Elements<'_>,
        list: &[u32],
        range: &Range<u32>,
    ) {
        let mut first = 0;
        self.incident.clear();
        self.incident.resize(self.starts[range.len()] as usize, Incident::default());
        let mut at = 0;
        for (g, own) in elements.by_group(list).filter(|(_, own)| !own.is_empty()) {
            let (group, width) = (elements.groups[g], elements.widths[g]);
            let mut kernel = group.is_added.then(|| Kernel::new(body, group.term, group.batch));
            for &number in own {
                if let Some(kernel) = &mut kernel {
                    let end = first + width * width;
                    if self.parts.len() < end {
                        self.parts.resize(end + end / 2, 0.0);
                    }
                    let element = (number - elements.starts[g]) as usize;
                    kernel.linear_tangent(element, &mut self.parts[first..end]);
                }
                let is_here = |&k: &usize| self.local(self.columns[k], range).is_some();
                let met = (at..at + width).filter(is_here).count();
                // Few, where cells meet a body whose unknown they all share: the others are not kept.
                let kept = if 2 * met < width { met } else { width };
                let mut next_kept = 0;
                for k in 0..width {
                    let Some(row) = self.local(self.columns[at + k], range) else { continue };
                    let place = if kept < width { next_kept } else { k };
                    next_kept += 1;
                    let mut part = NOTHING;
                    if kernel.is_some() {
                        part = (first + place * width) as u32;
                        if place != k {
                            let from = first + k * width;
                            self.parts.copy_within(from..from + width, part as usize);
                        }
                    }
                    let next = &mut self.starts[row];
                    self.incident[*next as usize] =
                        Incident { columns: at as u32, width: width as u32, part };
                    *next += 1;
                }
                if kernel.is_some() {
                    first += kept * width;
                }
                at += width;
            }
        }
        // Each start has become its end, which is where the next begins.
        self.starts.rotate_right(1);
        self.starts[0] = 0;
    }
    /// Replaces columns by ranks, of which there are few; others are beyond all of these.
    fn rank(&mut self, range: &Range<u32>) {
        let Maker { unknowns, columns, met, ranks, before, .. } = self;
        if *before > u32::MAX / 2 {
            ranks.fill(0);
            *before = 0;
        }
        met.clear();
        let mut meet = |column: u32| {
            if let Some(rank) = ranks.get_mut(column as usize)
                && *rank <= *before
            {
                *rank = *before + 1;
                met.push(column);
            }
        };
        columns.iter().for_each(|&column| meet(column));
        // An equation without elements still has its diagonal.
        range.clone().for_each(|equation| meet(equation.wrapping_sub(unknowns.start)));
        met.sort_unstable();
        for (rank, &column) in (*before + 1..).zip(&*met) {
            ranks[column as usize] = rank;
        }
        for column in columns {
            let rank = ranks.get(*column as usize);
            *column = rank.map_or(u32::MAX, |rank| rank - *before - 1);
        }
    }

    /// Adds up what was computed.
    fn gather(&mut self, range: Range<u32>) -> Rows {
        let Maker { unknowns, columns: of_elements, parts, starts, incident, .. } = self;
        let Maker { met, ranks, before, bits, places, entries, .. } = self;
        bits.clear();
        bits.resize(met.len().div_ceil(64), 0);
        places.clear();
        places.resize(met.len(), 0);
        let guess = (*entries / 8 * 9).max(incident.len());
        let (mut columns, mut values) =
            (Vec::<u32>::with_capacity(guess), Vec::<f64>::with_capacity(guess));
        let mut lengths = Vec::with_capacity(range.len());
        for (row, equation) in range.enumerate() {
            let first = columns.len();
            let elements = &incident[starts[row] as usize..starts[row + 1] as usize];
            let ranks_of = |i: &Incident| &of_elements[i.columns as usize..][..i.width as usize];
            let (mut low, mut high) = (bits.len(), 0);
            let mut meet = |rank: u32| {
                let at = rank as usize / 64;
                if let Some(word) = bits.get_mut(at) {
                    *word |= 1 << (rank % 64);
                    (low, high) = (low.min(at), high.max(at));
                }
            };
            let own = ranks.get(equation.wrapping_sub(unknowns.start) as usize);
            own.iter().for_each(|&rank| meet(rank - *before - 1));
            // Of tetrahedra with a length that the compiler knows, here and below.
            for i in elements {
                match of_elements[i.columns as usize..].first_chunk::<4>() {
                    Some(ranks) if i.width == 4 => ranks.iter().for_each(|&rank| meet(rank)),
                    _ => ranks_of(i).iter().for_each(|&rank| meet(rank)),
                }
            }
            for at in low..(high + 1).min(bits.len()) {
                let mut word = std::mem::take(&mut bits[at]);
                while word != 0 {
                    let rank = 64 * at + word.trailing_zeros() as usize;
                    places[rank] = (columns.len() - first) as u32;
                    columns.push(met[rank]);
                    word &= word - 1;
                }
            }
            values.resize(columns.len(), 0.0);
            let sums = &mut values[first..];
            for i in elements.iter().filter(|i| i.part != NOTHING) {
                let mut add = |rank: u32, value: f64| {
                    if let Some(&place) = places.get(rank as usize) {
                        sums[place as usize] += value;
                    }
                };
                let (ranks, part) = (&of_elements[i.columns as usize..], &parts[i.part as usize..]);
                if let (4, Some(ranks), Some(part)) =
                    (i.width, ranks.first_chunk::<4>(), part.first_chunk::<4>())
                {
                    ranks.iter().zip(part).for_each(|(&rank, &value)| add(rank, value));
                } else {
                    let pairs = ranks.iter().zip(part).take(i.width as usize);
                    pairs.for_each(|(&rank, &value)| add(rank, value));
                }
            }
            lengths.push(sums.len() as u32);
        }
        *before += met.len() as u32;
        *entries = columns.len();
        Rows { columns, values, lengths }
    }
}

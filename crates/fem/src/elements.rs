//! Elements of terms, and which of them meet a block of rows.

use crate::placement::Batch;
use crate::{Slot, Space, Term};
use rayon::prelude::*;
use std::ops::Range;

/// Elements whose blocks a task finds.
const TASK: usize = 1 << 15;

/// The elements of one kind of a term.
#[derive(Clone, Copy)]
pub(crate) struct Group<'a> {
    pub(crate) term: &'a dyn Term,
    pub(crate) batch: &'a Batch<'a>,
    /// True when the term is linear, and so its tangent is added; else there is only room made for it.
    pub(crate) is_added: bool,
}

impl<'a> Group<'a> {
    pub(crate) fn slots(&self) -> &'a [Slot] {
        self.term.slots()
    }
}

/// Elements of several groups, numbered one after the other.
pub(crate) struct Elements<'a> {
    pub(crate) groups: Vec<Group<'a>>,
    /// How many unknowns an element of each group has.
    pub(crate) widths: Vec<usize>,
    /// Number of the first of each group, and how many there are.
    pub(crate) starts: Vec<u32>,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(groups: Vec<Group<'a>>, space: &Space) -> Self {
        let mut starts = vec![0];
        for group in &groups {
            starts.push(starts[starts.len() - 1] + group.batch.len() as u32);
        }
        let widths = groups.iter().map(|g| g.batch.width(g.slots(), space)).collect();
        Elements { groups, widths, starts }
    }

    /// Calls `f` with the unknowns of every element in turn.
    pub(crate) fn each(&self, space: &Space, mut f: impl FnMut(&[u32])) {
        for group in &self.groups {
            let all = 0..group.batch.len();
            group.batch.each_element(group.slots(), space, all, |_, dofs| f(dofs));
        }
    }

    /// The parts of a rising list of elements that are of one group, and the number of that.
    pub(crate) fn by_group<'l>(&self, list: &'l [u32]) -> impl Iterator<Item = (usize, &'l [u32])> {
        let mut rest = list;
        self.starts[1..].iter().enumerate().map(move |(g, &end)| {
            let (own, others) = rest.split_at(rest.partition_point(|&e| e < end));
            rest = others;
            (g, own)
        })
    }

    /// For each of `count` blocks of `1 << shift` rows the elements with an unknown there and one in
    /// `columns`, rising.
    pub(crate) fn of_blocks(
        &self,
        space: &Space,
        (count, shift): (usize, u32),
        columns: &Range<u32>,
    ) -> Vec<Vec<u32>> {
        let rows = space.free() as u32;
        let tasks = (0..self.groups.len()).flat_map(|g| {
            let count = self.groups[g].batch.len();
            (0..count).step_by(TASK).map(move |first| (g, first..count.min(first + TASK)))
        });
        let tasks: Vec<(usize, Range<usize>)> = tasks.collect();
        let find = |(g, range): &(usize, Range<usize>)| {
            let (group, start) = (self.groups[*g], self.starts[*g]);
            let mut pairs = Vec::with_capacity(3 * range.len() / 2);
            group.batch.each_element(group.slots(), space, range.clone(), |element, dofs| {
                let number = start + element as u32;
                let low = dofs.iter().fold(u32::MAX, |low, &dof| low.min(dof));
                let high = dofs.iter().fold(0, |high, &dof| high.max(dof));
                if low >> shift == high >> shift && high < rows && columns.contains(&low) {
                    // Four of five.
                    return pairs.push((low >> shift, number));
                }
                if !dofs.iter().any(|dof| columns.contains(dof)) {
                    return;
                }
                let own = pairs.len();
                for block in dofs.iter().filter(|&&dof| dof < rows).map(|dof| dof >> shift) {
                    let is_new = |&(other, _): &(u32, u32)| other != block;
                    if pairs[own..].iter().all(is_new) {
                        pairs.push((block, number));
                    }
                }
            });
            pairs
        };
        let mut lists = vec![Vec::new(); count];
        // Some at a time, in memory that serves again.
        for tasks in tasks.chunks(4 * rayon::current_num_threads()) {
            let pairs: Vec<Vec<(u32, u32)>> = tasks.par_iter().map(find).collect();
            for (block, element) in pairs.into_iter().flatten() {
                lists[block as usize].push(element);
            }
        }
        lists
    }
}

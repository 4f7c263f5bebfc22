//! Which tetrahedra have entries right of the diagonal in a block of rows.

use rayon::prelude::*;
use std::ops::Range;

/// Tetrahedra whose blocks a task finds.
const TASK: usize = 1 << 15;

/// For each of `count` blocks of `1 << shift` rows the tetrahedra that have one of their first three unknowns there,
/// as rising ranges of their numbers: the last unknown has nothing right of the diagonal.
///
/// Where cells are numbered by their smallest node, most of those of a block make one range.
pub(crate) fn runs_of_blocks(
    nodes: &[[u32; 4]],
    dofs: &[u32],
    (count, shift): (usize, u32),
) -> Vec<Vec<Range<u32>>> {
    let mut lists = vec![Vec::new(); count];
    let find = |(task, nodes): (usize, &[[u32; 4]])| {
        let blocks = nodes.iter().map(|nodes| nodes.map(|node| dofs[node as usize] >> shift));
        runs((TASK * task) as u32, blocks)
    };
    let tasks: Vec<(usize, &[[u32; 4]])> = nodes.chunks(TASK).enumerate().collect();
    // Some at a time, in memory that serves again.
    for tasks in tasks.chunks(4 * rayon::current_num_threads()) {
        let found: Vec<Vec<Run>> = tasks.par_iter().copied().map(find).collect();
        for (block, range) in found.into_iter().flatten() {
            // Prescribed unknowns are in no block.
            let Some(list) = lists.get_mut(block as usize) else { continue };
            match list.last_mut() {
                Some(Range { end, .. }) if *end == range.start => *end = range.end,
                _ => list.push(range),
            }
        }
    }
    lists
}

/// A block, and elements that meet it.
type Run = (u32, Range<u32>);

/// Those of elements numbered from `first` on, whose unknowns are in these blocks.
fn runs(first: u32, blocks: impl Iterator<Item = [u32; 4]>) -> Vec<Run> {
    let mut found = Vec::new();
    // The block of the smallest unknown, and since which element it is the same.
    let (mut home, mut since, mut next) = (u32::MAX, first, first);
    for mut blocks in blocks {
        let number = next;
        next += 1;
        // Most elements lie in one block, which is that of the element before.
        if blocks.iter().fold(0, |others, block| others | (block ^ home)) == 0 {
            continue;
        }
        for [i, j] in [[0, 1], [2, 3], [0, 2], [1, 3], [1, 2]] {
            let (low, high) = (blocks[i], blocks[j]);
            (blocks[i], blocks[j]) = (low.min(high), low.max(high));
        }
        let [low, second, third, _] = blocks;
        if low != home {
            found.push((home, since..number));
            (home, since) = (low, number);
        }
        if second != low {
            found.push((second, number..number + 1));
        }
        if third != second {
            found.push((third, number..number + 1));
        }
    }
    found.push((home, since..next));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_block_gets_the_elements_with_entries_there() {
        // Neighbours along a line, then any; 40 of 50 unknowns are rows, in five blocks of eight.
        let (count, shift) = (5, 3);
        let scattered = |k: u32| (k + 1).wrapping_mul(2_654_435_761) >> 16;
        let near = (0..40).map(|k| [k + 3, k, k + 1, k + 2]);
        let far = (0..60).map(|k| [0, 1, 2, 3].map(|i| scattered(4 * k + i) % 50));
        let nodes: Vec<[u32; 4]> = near.chain(far).collect();
        let dofs: Vec<u32> = (0..50).map(|node| (node * 7) % 50).collect();
        for dofs in [(0..50).collect(), dofs] {
            let lists = runs_of_blocks(&nodes, &dofs, (count, shift));
            for (block, runs) in (0..).zip(&lists) {
                let has_entries = |element: &u32| {
                    let mut own = nodes[*element as usize].map(|node| dofs[node as usize]);
                    own.sort_unstable();
                    own[..3].iter().any(|dof| dof >> shift == block)
                };
                let wanted: Vec<u32> = (0..nodes.len() as u32).filter(has_entries).collect();
                let got: Vec<u32> = runs.iter().cloned().flatten().collect();
                assert_eq!(got, wanted, "block {block}");
            }
        }
        // Neighbours are one range, and those that reach into the next block one more.
        let lists = runs_of_blocks(&nodes[..40], &(0..50).collect::<Vec<_>>(), (count, shift));
        assert_eq!(lists[1], vec![6..16; 1]);
    }
}

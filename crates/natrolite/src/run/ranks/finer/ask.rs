//! What ranks ask each other, where each question goes to the one that can answer it.

use algebra::Comm;

/// The answers to `questions`, each to the rank beside it. All ranks call this together; `answer` answers those
/// that come here.
pub fn ask<const Q: usize, const A: usize>(
    comm: &dyn Comm,
    questions: &[(u32, [u64; Q])],
    mut answer: impl FnMut([u64; Q]) -> [u64; A],
) -> Vec<[u64; A]> {
    let mut words = vec![Vec::new(); comm.size()];
    questions.iter().for_each(|(to, question)| words[*to as usize].extend(question));
    let asked = comm.exchange(words);
    let mut answers = |words: Vec<u64>| -> Vec<u64> {
        words.as_chunks::<Q>().0.iter().flat_map(|question| answer(*question)).collect()
    };
    let answered = comm.exchange(asked.into_iter().map(&mut answers).collect());
    let mut next: Vec<_> = answered.iter().map(|words| words.as_chunks::<A>().0.iter()).collect();
    let of = |(to, _): &(u32, _)| *next[*to as usize].next().expect("an answer to each question");
    questions.iter().map(of).collect()
}

/// Numbers things that hang on nodes of a whole with so many, in the order of these: where those of each node
/// begin, and how many things there are. `counts` are nodes of the whole, each of which one rank has, with how many
/// things hang there. All ranks call this together.
///
/// No rank learns of more than its share of all nodes.
pub fn positions(comm: &dyn Comm, nodes: u64, counts: &[[u32; 2]]) -> (Vec<u64>, u64) {
    let block = nodes.div_ceil(comm.size() as u64).max(1);
    let holder = |node: u32| (u64::from(node) / block) as usize;
    let mut words = vec![Vec::new(); comm.size()];
    for &[node, count] in counts {
        words[holder(node)].push(u64::from(node) << 32 | u64::from(count));
    }
    let came = comm.exchange(words);
    let first = block * comm.rank() as u64;
    let mut starts = vec![0; block as usize + 1];
    for word in came.iter().flatten() {
        starts[((word >> 32) - first) as usize + 1] = word & u64::from(u32::MAX);
    }
    for k in 0..block as usize {
        starts[k + 1] += starts[k];
    }
    let totals = comm.gather_all(&[starts[block as usize]]).concat();
    let before: u64 = totals[..comm.rank()].iter().sum();
    let start = |word: &u64| before + starts[((word >> 32) - first) as usize];
    let answers = came.iter().map(|words| words.iter().map(start).collect()).collect();
    let answered = comm.exchange(answers);
    let mut next: Vec<_> = answered.iter().map(|words| words.iter()).collect();
    let of = |&[node, _]: &[u32; 2]| *next[holder(node)].next().expect("one for each node");
    (counts.iter().map(of).collect(), totals.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use algebra::comm::on_threads;

    #[test]
    fn things_are_numbered_in_the_order_of_their_nodes() {
        // Three ranks have the seven nodes in turn; on node n hang n things.
        let got = on_threads(3, |comm| {
            let own = (0..7).filter(|node| node % 3 == comm.rank() as u32);
            positions(comm, 7, &own.map(|node| [node, node]).collect::<Vec<_>>())
        });
        assert_eq!(got, [(vec![0, 3, 15], 21), (vec![0, 6], 21), (vec![1, 10], 21)]);
    }

    #[test]
    fn questions_go_to_those_who_can_answer_them() {
        let got = on_threads(3, |comm| {
            let rank = comm.rank() as u64;
            let questions = [(2, [rank, 5]), (0, [rank, 6]), (2, [rank, 7])];
            ask(comm, &questions, |[from, what]| [100 * rank + 10 * from + what])
        });
        assert_eq!(got[1], [[215], [16], [217]]);
    }
}

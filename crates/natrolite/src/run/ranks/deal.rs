//! Rank 0 makes something for each rank, and gives it away before it makes the next.

use super::words::{Pack, Words};
use algebra::Comm;

/// Words that are sent at a time.
const SECTION: usize = 1 << 20;

/// What rank 0 makes for each rank, by their numbers: its own comes last. The others give nothing. All ranks
/// call this together.
///
/// Rank 0 never has more than one of these things at a time.
///
/// # Panics
/// If rank 0 gives nothing.
pub fn deal<T: Pack>(comm: &dyn Comm, mut make: Option<impl FnMut(usize) -> T>) -> T {
    let mut came = None;
    for to in 1..comm.size() {
        let mut words = Vec::new();
        if let Some(make) = &mut make {
            make(to).pack(&mut words);
        }
        let words = send(comm, to, words);
        if comm.rank() == to {
            came = Some(T::unpack(&mut Words::new(&words)));
        }
    }
    came.or_else(|| make.map(|mut make| make(0))).expect("rank 0 makes them")
}

/// Sends words from rank 0 to one other, which gets them. All ranks call this together.
fn send(comm: &dyn Comm, to: usize, words: Vec<u64>) -> Vec<u64> {
    let count = comm.gather_all(&[words.len() as u64])[0][0] as usize;
    let mut received = Vec::new();
    if comm.rank() == to {
        received.reserve_exact(count);
    }
    for first in (0..count).step_by(SECTION) {
        let mut section = vec![Vec::new(); comm.size()];
        if comm.rank() == 0 {
            section[to] = words[first..count.min(first + SECTION)].to_vec();
        }
        received.extend_from_slice(&comm.exchange(section)[0]);
    }
    received
}

#[cfg(test)]
mod tests {
    use super::*;
    use algebra::comm::on_threads;

    #[test]
    fn each_rank_gets_its_own_in_several_sections() {
        let numbers = |rank: usize| vec![rank as u32; 2 * SECTION * rank + 3];
        let got = on_threads(3, |comm| deal(comm, (comm.rank() == 0).then_some(numbers)));
        assert!((0..3).all(|rank| got[rank] == numbers(rank)));
    }
}

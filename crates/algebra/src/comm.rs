//! Ranks that solve one problem together.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

/// The ranks of a run: processes with memory of their own that exchange words.
///
/// Every method but [`Comm::rank`] and [`Comm::size`] is called by all ranks together, in the same
/// order, and on each rank by the thread that made the communicator. One rank is the case that every
/// program knows: [`Serial`].
pub trait Comm: Sync {
    /// Number of this rank, below [`Comm::size`].
    fn rank(&self) -> usize;

    /// Number of ranks.
    fn size(&self) -> usize;

    /// Sends `words[k]` to rank k and returns what each rank sent here, rank after rank. Rank k sends
    /// to itself, too.
    ///
    /// # Panics
    /// If there is not one list for each rank, and when another rank has ended.
    fn exchange(&self, words: Vec<Vec<u64>>) -> Vec<Vec<u64>>;

    /// What every rank gave, rank after rank, the same on all of them.
    fn gather_all(&self, words: &[u64]) -> Vec<Vec<u64>> {
        self.exchange(vec![words.to_vec(); self.size()])
    }

    /// Adds up each of `values` over the ranks, in the order of the ranks: all of them get the same
    /// bits, and get them again in the next run.
    fn sum(&self, values: &mut [f64]) {
        if self.size() == 1 {
            return;
        }
        let words: Vec<u64> = values.iter().map(|v| v.to_bits()).collect();
        values.fill(0.0);
        for given in self.gather_all(&words) {
            values.iter_mut().zip(given).for_each(|(sum, word)| *sum += f64::from_bits(word));
        }
    }

    /// True when it is true on all ranks.
    fn all(&self, holds: bool) -> bool {
        match self.size() {
            1 => holds,
            _ => self.gather_all(&[u64::from(holds)]).iter().all(|given| given == &[1]),
        }
    }
}

/// The only rank.
#[derive(Clone, Copy, Debug, Default)]
pub struct Serial;

impl Comm for Serial {
    fn rank(&self) -> usize {
        0
    }

    fn size(&self) -> usize {
        1
    }

    fn exchange(&self, words: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
        assert_eq!(words.len(), 1, "one list for each rank");
        words
    }
}

/// Does `work` on `ranks` threads of this process, each of them a rank, and returns what they return.
///
/// What is written for ranks can be tested this way where no MPI is installed.
///
/// # Panics
/// When one of them panics; the others then end, too.
pub fn on_threads<T: Send>(ranks: usize, work: impl Fn(&dyn Comm) -> T + Sync) -> Vec<T> {
    let mut threads: Vec<Thread> =
        (0..ranks).map(|rank| Thread { rank, to: Vec::new(), from: Vec::new() }).collect();
    for receiver in 0..ranks {
        for sender in 0..ranks {
            let (to, from) = channel();
            threads[sender].to.push(to);
            threads[receiver].from.push(Mutex::new(from));
        }
    }
    let work = &work;
    std::thread::scope(|scope| {
        let started: Vec<_> =
            threads.into_iter().map(|thread| scope.spawn(move || work(&thread))).collect();
        let join = |t: std::thread::ScopedJoinHandle<'_, T>| match t.join() {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        started.into_iter().map(join).collect()
    })
}

/// A rank that is a thread.
struct Thread {
    rank: usize,
    to: Vec<Sender<Vec<u64>>>,
    from: Vec<Mutex<Receiver<Vec<u64>>>>,
}

impl Comm for Thread {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.to.len()
    }

    fn exchange(&self, words: Vec<Vec<u64>>) -> Vec<Vec<u64>> {
        assert_eq!(words.len(), self.size(), "one list for each rank");
        for (to, words) in self.to.iter().zip(words) {
            to.send(words).expect("another rank has ended");
        }
        let receive = |from: &Mutex<Receiver<_>>| {
            let from = from.lock().unwrap_or_else(PoisonError::into_inner);
            from.recv().expect("another rank has ended")
        };
        self.from.iter().map(receive).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_reach_the_rank_they_are_for() {
        let got = on_threads(3, |comm| {
            let from = comm.rank() as u64;
            comm.exchange((0..3).map(|to| vec![from; to]).collect())
        });
        assert_eq!(got[0], [[0u64; 0]; 3]);
        assert_eq!(got[2], [[0, 0], [1, 1], [2, 2]]);
        assert_eq!(Serial.exchange(vec![vec![7]]), [[7]]);
    }

    #[test]
    fn sums_are_the_same_on_all_ranks() {
        // 1e16 + 1 is 1e16, so that the order shows: (1e16 + 1) - 1e16 = 0, and with 1 last it is 1.
        let got = on_threads(3, |comm| {
            let mut values = [[1e16, 1.0, -1e16][comm.rank()], 2.0];
            comm.sum(&mut values);
            (values, comm.all(comm.rank() < 2), comm.all(true))
        });
        assert_eq!(got, [([0.0, 6.0], false, true); 3]);
        let mut one = [3.5];
        Serial.sum(&mut one);
        assert_eq!((one, Serial.all(false)), ([3.5], false));
    }
}

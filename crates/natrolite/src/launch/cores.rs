//! Ranks times threads against the cores that there are.

use algebra::Comm;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The cores of one machine, as its ranks share them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cores {
    /// Cores that this rank may use, in the kernel's notation, such as `0-3,8`; empty where it does not
    /// tell.
    pub own: String,
    /// How many these are; none where the kernel does not tell.
    own_count: usize,
    /// Ranks of this machine.
    pub ranks: usize,
    /// Cores that any of them may use.
    pub all: usize,
}

impl Cores {
    /// Asks the kernel, and the other ranks.
    pub fn of(comm: &dyn Comm) -> Self {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        let status = read("/proc/self/status");
        let line = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        Self::with(comm, line.unwrap_or_default().trim(), &read("/proc/sys/kernel/hostname"))
    }

    fn with(comm: &dyn Comm, own: &str, host: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        host.hash(&mut hasher);
        let host = hasher.finish();
        let cores = listed(own);
        let words: Vec<u64> = std::iter::once(host).chain(cores.iter().copied()).collect();
        let all = comm.gather_all(&words);
        let here = all.iter().filter(|words| words[0] == host);
        let ranks = here.clone().count();
        let mut union: Vec<u64> = here.flat_map(|words| &words[1..]).copied().collect();
        union.sort_unstable();
        union.dedup();
        Cores { own: own.to_owned(), own_count: cores.len(), ranks, all: union.len() }
    }

    /// Threads of each rank when nobody asks for a number: the cores of this machine are shared out, and a
    /// rank that is bound to some has no more than these. One where the kernel tells nothing.
    pub fn threads(&self) -> usize {
        (self.all / self.ranks).min(self.own_count).max(1)
    }

    /// What is wrong with so many threads for each rank.
    pub fn warning(&self, threads: usize) -> Option<String> {
        let busy = self.ranks * threads;
        (self.all > 0 && busy > self.all).then(|| {
            format!(
                "{} ranks of this machine with {threads} thread{} each share {} core{}: they will wait \
                 for each other",
                self.ranks,
                if threads == 1 { "" } else { "s" },
                self.all,
                if self.all == 1 { "" } else { "s" },
            )
        })
    }
}

/// The numbers of a list such as `0-3,8`; what is none is left out.
fn listed(list: &str) -> Vec<u64> {
    /// No machine has more cores; a list that says so is not believed.
    const MOST: u64 = 1 << 16;
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        (last < MOST).then_some(first..=last)
    };
    list.split(',').filter_map(range).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use algebra::Serial;
    use algebra::comm::on_threads;

    #[test]
    fn lists_of_the_kernel() {
        assert_eq!(listed("0-3,8"), [0, 1, 2, 3, 8]);
        assert_eq!(listed("5"), [5]);
        assert_eq!(listed("").len() + listed("x,0-99999999999").len(), 0);
    }

    #[test]
    fn cores_are_shared_out() {
        // Two ranks on a machine of four cores that are not bound, and one on another machine.
        let got = on_threads(3, |comm| {
            let (own, host) = [("0-3", "a"), ("0-3", "a"), ("0", "b")][comm.rank()];
            Cores::with(comm, own, host)
        });
        assert_eq!((got[0].ranks, got[0].all, got[0].threads()), (2, 4, 2));
        assert_eq!((got[2].ranks, got[2].all, got[2].threads()), (1, 1, 1));
        assert!(got[0].warning(2).is_none());
        assert_eq!(
            got[0].warning(3).expect("too many"),
            "2 ranks of this machine with 3 threads each share 4 cores: they will wait for each other"
        );
        // Bound to one core each, as mpirun does by itself.
        let bound = on_threads(2, |comm| Cores::with(comm, ["0", "1"][comm.rank()], "a"));
        assert_eq!((bound[1].all, bound[1].threads()), (2, 1));
        let unknown = Cores::with(&Serial, "", "");
        assert_eq!((unknown.threads(), unknown.warning(8)), (1, None));
    }
}

//! The C functions, each behind a safe one: the only unsafe code of this crate.

mod levels;
mod matrix;

pub use matrix::Rows;

use std::ffi::{CString, c_char, c_int, c_void};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};

/// The square matrix to solve with, and what multigrid has to know of it.
pub struct Matrix<'a> {
    pub rows: Rows<'a>,
    /// Rows of a node.
    pub block: usize,
    /// What multigrid has to keep: so many vectors with an entry for each row, one after another.
    pub motion_count: usize,
    pub motions: &'a [f64],
}

/// What a solve left.
pub struct Solved {
    pub iterations: usize,
    /// PETSc's reason; positive for success.
    pub reason: i32,
    /// |b - A x| and |b|.
    pub residual: f64,
    pub size: f64,
}

mod c {
    use super::matrix::LaidOut;
    use super::{c_char, c_int, c_void};

    unsafe extern "C" {
        pub fn shim_start() -> c_int;
        pub fn shim_finish();
        pub fn shim_abort(code: c_int);
        pub fn shim_split(group: c_int, colour: c_int, part: *mut c_int) -> c_int;
        pub fn shim_group_free(group: c_int);
        pub fn shim_trim();
        pub fn shim_rank(group: c_int) -> c_int;
        pub fn shim_size(group: c_int) -> c_int;
        pub fn shim_wait(group: c_int, most: f64, all_came: *mut c_int) -> c_int;
        pub fn shim_network(
            group: c_int,
            latency: *mut f64,
            reduction: *mut f64,
            bandwidth: *mut f64,
        ) -> c_int;
        pub fn shim_traffic(messages: *mut f64, bytes: *mut f64, reductions: *mut f64);
        pub fn shim_versions(text: *mut c_char, length: usize);
        pub fn shim_error(code: c_int, text: *mut c_char, length: usize);
        pub fn shim_gather_counts(group: c_int, count: c_int, counts: *mut c_int) -> c_int;
        pub fn shim_gather(
            group: c_int,
            words: *const u64,
            count: c_int,
            all: *mut u64,
            counts: *const c_int,
            starts: *const c_int,
        ) -> c_int;
        pub fn shim_exchange_counts(
            group: c_int,
            sends: *const c_int,
            receives: *mut c_int,
        ) -> c_int;
        pub fn shim_exchange(
            group: c_int,
            words: *const u64,
            sends: *const c_int,
            send_starts: *const c_int,
            received: *mut u64,
            receives: *const c_int,
            receive_starts: *const c_int,
        ) -> c_int;
        pub fn shim_send(group: c_int, words: *const u64, count: c_int, to: c_int) -> c_int;
        pub fn shim_probe(group: c_int, from: *mut c_int, count: *mut c_int) -> c_int;
        pub fn shim_receive(group: c_int, words: *mut u64, count: c_int, from: c_int) -> c_int;
        pub fn shim_options(options: *const c_char) -> c_int;
        pub fn shim_partition(
            group: c_int,
            count: i64,
            all: i64,
            start: *const i64,
            neighbour: *const u32,
            weight: *const u32,
            owner: *mut i64,
        ) -> c_int;
        pub fn shim_solver_new(
            group: c_int,
            defaults: *const c_char,
            out: *mut *mut c_void,
        ) -> c_int;
        pub fn shim_solver_free(solver: *mut c_void);
        pub fn shim_solver_types(solver: *mut c_void, text: *mut c_char, length: usize) -> c_int;
        pub fn shim_solver_matrix(
            solver: *mut c_void,
            rows: *const LaidOut<'_>,
            block: i64,
            motions: i64,
            motion: *const f64,
        ) -> c_int;
        pub fn shim_solver_defaults(solver: *mut c_void, defaults: *const c_char) -> c_int;
        pub fn shim_solver_set_up(
            solver: *mut c_void,
            defaults: *const c_char,
            keep: c_int,
        ) -> c_int;
        pub fn shim_solver_solve(
            solver: *mut c_void,
            b: *const f64,
            x: *mut f64,
            rtol: f64,
            most: c_int,
            iterations: *mut c_int,
            reason: *mut c_int,
            residual: *mut f64,
            size: *mut f64,
        ) -> c_int;
        pub fn shim_solver_precondition(solver: *mut c_void, b: *const f64, x: *mut f64) -> c_int;
        pub fn shim_solver_lacks_memory(solver: *mut c_void, lacks: *mut c_int) -> c_int;
    }
}

static STARTED: AtomicBool = AtomicBool::new(false);

/// MPI and PETSc, running. There is one in the life of a process, and it works for the thread that
/// started it.
struct Session {
    thread: ThreadId,
}

impl Drop for Session {
    fn drop(&mut self) {
        if thread::current().id() == self.thread {
            // SAFETY: on the thread that started them; groups share the session and solvers borrow a
            // group, so none is left.
            unsafe { c::shim_finish() };
        }
    }
}

/// Ranks that work together: all of them, or a part.
pub struct Group {
    session: Arc<Session>,
    /// Its number in C; 0 for all.
    number: c_int,
    rank: usize,
    size: usize,
}

/// An error code as a result.
fn checked(code: c_int) -> Result<(), i32> {
    if code == 0 { Ok(()) } else { Err(code) }
}

/// The text that `fill` writes into memory of the given length.
fn text_of(fill: impl FnOnce(*mut c_char, usize)) -> String {
    let mut bytes = vec![0u8; 1024];
    fill(bytes.as_mut_ptr().cast(), bytes.len());
    let length = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

/// Options as C reads them; they never hold a zero byte, or end there.
fn c_string(text: &str) -> CString {
    CString::new(text.split('\0').next().unwrap_or_default()).unwrap_or_default()
}

impl Group {
    /// Starts MPI and PETSc, with all ranks as a group; None when that was done before.
    pub fn start() -> Option<Result<Self, i32>> {
        if STARTED.swap(true, Ordering::SeqCst) {
            return None;
        }
        // SAFETY: called once in a process, as the flag sees to; it takes nothing.
        if let Err(code) = checked(unsafe { c::shim_start() }) {
            return Some(Err(code));
        }
        let session = Arc::new(Session { thread: thread::current().id() });
        Some(Ok(Self::numbered(session, 0)))
    }

    fn numbered(session: Arc<Session>, number: c_int) -> Self {
        // SAFETY: MPI runs, and the group was made.
        let (rank, size) = unsafe { (c::shim_rank(number), c::shim_size(number)) };
        Group { session, number, rank: rank.max(0) as usize, size: size.max(1) as usize }
    }

    /// The ranks that give the same colour, in their order here.
    pub fn split(&self, colour: c_int) -> Result<Self, i32> {
        self.check_thread();
        let mut part = 0;
        // SAFETY: a group that is not freed, and a place for the number of the new one.
        checked(unsafe { c::shim_split(self.number, colour, &raw mut part) })?;
        Ok(Self::numbered(Arc::clone(&self.session), part))
    }

    pub fn rank(&self) -> usize {
        self.rank
    }

    pub fn size(&self) -> usize {
        self.size
    }

    /// MPI was asked to work for one thread.
    fn check_thread(&self) {
        assert_eq!(
            thread::current().id(),
            self.session.thread,
            "MPI belongs to the thread that started it"
        );
    }

    /// Gives freed memory back to the system.
    pub fn trim(&self) {
        self.check_thread();
        // SAFETY: takes nothing, and what is in use stays.
        unsafe { c::shim_trim() };
    }

    /// Until all are here, or for so many seconds, asleep; whether all came.
    pub fn wait(&self, most: Option<f64>) -> Result<bool, i32> {
        self.check_thread();
        let mut all_came = 0;
        // SAFETY: a group that is not freed, and a place for a number.
        checked(unsafe { c::shim_wait(self.number, most.unwrap_or(-1.0), &raw mut all_came) })?;
        Ok(all_came != 0)
    }

    /// Seconds of an exchange with the neighbours and of a sum, and bytes a second.
    pub fn network(&self) -> Result<[f64; 3], i32> {
        self.check_thread();
        let [mut latency, mut reduction, mut bandwidth] = [0.0; 3];
        let seconds = (&raw mut latency, &raw mut reduction);
        // SAFETY: a group that is not freed, and places for three numbers.
        checked(unsafe { c::shim_network(self.number, seconds.0, seconds.1, &raw mut bandwidth) })?;
        Ok([latency, reduction, bandwidth])
    }

    /// Messages, bytes and reductions of this rank in all solves so far.
    pub fn traffic(&self) -> [f64; 3] {
        self.check_thread();
        let [mut messages, mut bytes, mut reductions] = [0.0; 3];
        // SAFETY: places for three numbers.
        unsafe { c::shim_traffic(&raw mut messages, &raw mut bytes, &raw mut reductions) };
        [messages, bytes, reductions]
    }

    /// Also what an MPI says of itself is cut to fit.
    pub fn versions(&self) -> String {
        self.check_thread();
        // SAFETY: writes at most `length` bytes, the last of them zero.
        text_of(|text, length| unsafe { c::shim_versions(text, length) })
    }

    /// What an error code means.
    pub fn error(code: i32) -> String {
        // SAFETY: writes at most `length` bytes, the last of them zero; reads static texts of PETSc.
        text_of(|text, length| unsafe { c::shim_error(code, text, length) })
    }

    pub fn gather_counts(&self, count: c_int) -> Result<Vec<c_int>, i32> {
        self.check_thread();
        let mut counts = vec![0; self.size];
        // SAFETY: `counts` has a place for each rank.
        checked(unsafe { c::shim_gather_counts(self.number, count, counts.as_mut_ptr()) })?;
        Ok(counts)
    }

    /// `counts` are those of [`Group::gather_counts`].
    pub fn gather(&self, words: &[u64], counts: &[c_int]) -> Result<Vec<u64>, i32> {
        self.check_thread();
        assert_eq!((counts.len(), counts[self.rank] as usize), (self.size, words.len()));
        let (starts, total) = starts_of(counts);
        let mut all = vec![0u64; total];
        // SAFETY: `words` has as many words as this rank's count, `all` as many as the sum of all counts.
        checked(unsafe {
            c::shim_gather(
                self.number,
                words.as_ptr(),
                counts[self.rank],
                all.as_mut_ptr(),
                counts.as_ptr(),
                starts.as_ptr(),
            )
        })?;
        Ok(all)
    }

    /// How many words each rank sends here.
    pub fn exchange_counts(&self, sends: &[c_int]) -> Result<Vec<c_int>, i32> {
        self.check_thread();
        assert_eq!(sends.len(), self.size);
        let mut receives = vec![0; self.size];
        // SAFETY: both have a place for each rank.
        checked(unsafe {
            c::shim_exchange_counts(self.number, sends.as_ptr(), receives.as_mut_ptr())
        })?;
        Ok(receives)
    }

    /// `receives` are those of [`Group::exchange_counts`] for `sends`.
    pub fn exchange(
        &self,
        words: &[u64],
        sends: &[c_int],
        receives: &[c_int],
    ) -> Result<Vec<u64>, i32> {
        self.check_thread();
        assert_eq!((sends.len(), receives.len()), (self.size, self.size));
        let (send_starts, total) = starts_of(sends);
        assert_eq!(words.len(), total);
        let (receive_starts, total) = starts_of(receives);
        let mut received = vec![0u64; total];
        // SAFETY: `words` has as many words as the sum of `sends`, `received` as that of `receives`, and
        // the starts lie within.
        checked(unsafe {
            c::shim_exchange(
                self.number,
                words.as_ptr(),
                sends.as_ptr(),
                send_starts.as_ptr(),
                received.as_mut_ptr(),
                receives.as_ptr(),
                receive_starts.as_ptr(),
            )
        })?;
        Ok(received)
    }

    /// To one rank of the group.
    pub fn send(&self, words: &[u64], to: usize) -> Result<(), i32> {
        self.check_thread();
        assert!(to < self.size);
        let count = c_int::try_from(words.len()).expect("at most 2^31 words are sent at a time");
        // SAFETY: `words` has as many words.
        checked(unsafe { c::shim_send(self.number, words.as_ptr(), count, to as c_int) })
    }

    /// What some rank sent, if one did.
    pub fn poll(&self) -> Result<Option<Vec<u64>>, i32> {
        self.check_thread();
        let (mut from, mut count) = (-1, 0);
        // SAFETY: places for two numbers.
        checked(unsafe { c::shim_probe(self.number, &raw mut from, &raw mut count) })?;
        if from < 0 {
            return Ok(None);
        }
        let mut words = vec![0u64; count.max(0) as usize];
        // SAFETY: `words` has as many words as the message that was seen.
        checked(unsafe { c::shim_receive(self.number, words.as_mut_ptr(), count, from) })?;
        Ok(Some(words))
    }

    pub fn options(&self, options: &str) -> Result<(), i32> {
        self.check_thread();
        let options = c_string(options);
        // SAFETY: a string that ends with zero, and is copied.
        checked(unsafe { c::shim_options(options.as_ptr()) })
    }

    /// `start` has one entry more than there are vertices here, and `neighbour` as many as its last says.
    pub fn partition(
        &self,
        all: usize,
        start: &[i64],
        neighbour: &[u32],
        weight: Option<&[u32]>,
    ) -> Result<Vec<i64>, i32> {
        self.check_thread();
        let count = start.len() - 1;
        assert!(start.windows(2).all(|pair| pair[0] <= pair[1]) && start[0] == 0);
        assert_eq!(start[count], neighbour.len() as i64);
        assert!(weight.is_none_or(|weight| weight.len() == count));
        let mut owner = vec![0i64; count];
        // SAFETY: the lengths are as the C function wants them, and it copies what it keeps.
        checked(unsafe {
            c::shim_partition(
                self.number,
                count as i64,
                all as i64,
                start.as_ptr(),
                neighbour.as_ptr(),
                weight.map_or(std::ptr::null(), <[u32]>::as_ptr),
                owner.as_mut_ptr(),
            )
        })?;
        Ok(owner)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.number != 0 && thread::current().id() == self.session.thread {
            // SAFETY: freed once; MPI still runs, because the session is dropped after this.
            unsafe { c::shim_group_free(self.number) };
        }
    }
}

/// Ends all ranks. Also from another thread, and while another call runs: nothing is expected to work
/// after it.
pub fn abort(code: i32) {
    // SAFETY: MPI runs, because only those who started it call this; the process ends here.
    unsafe { c::shim_abort(code) };
}

/// Where each of these many words begin, and how many there are.
fn starts_of(counts: &[c_int]) -> (Vec<c_int>, usize) {
    let mut total = 0usize;
    let start = |&count: &c_int| {
        let start = total;
        total += usize::try_from(count).expect("a count is not negative");
        c_int::try_from(start).expect("at most 2^31 words are exchanged at a time")
    };
    let starts = counts.iter().map(start).collect();
    (starts, total)
}

/// A Krylov method with its preconditioner and its matrix.
pub struct Ksp<'g> {
    group: &'g Group,
    handle: *mut c_void,
    /// Rows of this rank; none before [`Ksp::take`].
    owned: Option<usize>,
}

// SAFETY: every method checks that it is called by the session's thread, and a solver that is dropped by
// another one is leaked.
unsafe impl Send for Ksp<'_> {}

impl<'g> Ksp<'g> {
    pub fn new(group: &'g Group, defaults: &str) -> Result<Self, i32> {
        group.check_thread();
        let defaults = c_string(defaults);
        let mut handle = std::ptr::null_mut();
        // SAFETY: a string that ends with zero, and a place for the handle.
        checked(unsafe { c::shim_solver_new(group.number, defaults.as_ptr(), &raw mut handle) })?;
        Ok(Ksp { group, handle, owned: None })
    }

    /// Names of the Krylov method and of the preconditioner.
    pub fn types(&self) -> Result<String, i32> {
        self.group.check_thread();
        let mut code = 0;
        // SAFETY: a handle that is not freed; writes at most `length` bytes, the last of them zero.
        let text = text_of(|text, length| unsafe {
            code = c::shim_solver_types(self.handle, text, length);
        });
        checked(code).map(|()| text)
    }

    /// Takes the matrix, or new values of it.
    ///
    /// # Panics
    /// If it contradicts itself, or has other rows than that of the first call.
    pub fn take(&mut self, matrix: &Matrix<'_>) -> Result<(), i32> {
        self.group.check_thread();
        let Matrix { rows, block, motion_count, motions } = matrix;
        let owned = rows.len();
        assert!(self.owned.is_none_or(|before| before == owned));
        assert_eq!(rows.columns.end - rows.columns.start, owned as u64);
        assert_eq!(rows.all[0], rows.all[1]);
        assert!(*block > 0 && owned.is_multiple_of(*block));
        // A rank without rows has none of them, but there are as many.
        assert_eq!(motions.len(), motion_count * owned);
        let rows = rows.laid_out();
        // SAFETY: the lengths were just checked; C copies what it keeps, and checks that rows and
        // their columns are those of the first call.
        checked(unsafe {
            c::shim_solver_matrix(
                self.handle,
                &raw const rows,
                *block as i64,
                *motion_count as i64,
                motions.as_ptr(),
            )
        })?;
        self.owned = Some(owned);
        Ok(())
    }

    /// Reads the options once more, with other defaults.
    pub fn set_defaults(&mut self, defaults: &str) -> Result<(), i32> {
        self.group.check_thread();
        let defaults = c_string(defaults);
        // SAFETY: a handle that is not freed, and a string that ends with zero.
        checked(unsafe { c::shim_solver_defaults(self.handle, defaults.as_ptr()) })
    }

    /// Makes the preconditioner, with `defaults` for its parts; with `keep` it stays as it was.
    ///
    /// # Panics
    /// If there is no matrix.
    pub fn set_up(&mut self, defaults: &str, keep: bool) -> Result<(), i32> {
        self.group.check_thread();
        assert!(self.owned.is_some());
        let defaults = c_string(defaults);
        // SAFETY: a handle that is not freed, and a string that ends with zero.
        checked(unsafe { c::shim_solver_set_up(self.handle, defaults.as_ptr(), c_int::from(keep)) })
    }

    /// `b` and `x` have as many entries as the matrix has rows here.
    ///
    /// # Panics
    /// If they do not, or no matrix was prepared.
    pub fn solve(
        &mut self,
        b: &[f64],
        x: &mut [f64],
        rtol: f64,
        most: usize,
    ) -> Result<Solved, i32> {
        self.group.check_thread();
        assert_eq!((self.owned, b.len()), (Some(x.len()), x.len()));
        let (mut iterations, mut reason, mut residual, mut size) = (0, 0, 0.0, 0.0);
        // SAFETY: a matrix with as many rows here as `b` and `x` have entries was prepared; C forgets both
        // before it returns.
        checked(unsafe {
            c::shim_solver_solve(
                self.handle,
                b.as_ptr(),
                x.as_mut_ptr(),
                rtol,
                most as c_int,
                &raw mut iterations,
                &raw mut reason,
                &raw mut residual,
                &raw mut size,
            )
        })?;
        Ok(Solved { iterations: iterations.max(0) as usize, reason, residual, size })
    }

    /// x = M b, with M the preconditioner.
    ///
    /// # Panics
    /// As [`Ksp::solve`].
    pub fn precondition(&mut self, b: &[f64], x: &mut [f64]) -> Result<(), i32> {
        self.group.check_thread();
        assert_eq!((self.owned, b.len()), (Some(x.len()), x.len()));
        // SAFETY: as in `solve`.
        checked(unsafe { c::shim_solver_precondition(self.handle, b.as_ptr(), x.as_mut_ptr()) })
    }

    /// True where the preconditioner ran out of memory.
    pub fn lacks_memory(&self) -> bool {
        self.group.check_thread();
        let mut lacks = 0;
        // SAFETY: a handle that is not freed, and a place for the answer.
        let known = unsafe { c::shim_solver_lacks_memory(self.handle, &raw mut lacks) };
        known == 0 && lacks != 0
    }
}

impl Drop for Ksp<'_> {
    fn drop(&mut self) {
        if thread::current().id() == self.group.session.thread {
            // SAFETY: freed once; the group, which is borrowed, still is.
            unsafe { c::shim_solver_free(self.handle) };
        }
    }
}

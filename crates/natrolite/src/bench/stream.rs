//! The speed of memory: the triad of STREAM (McCalpin, IEEE TCCA Newsletter, December 1995).

use rayon::prelude::*;
use std::time::Instant;

/// Entries of each of the three vectors: 128 MiB each, beyond the caches of most machines.
pub const ENTRIES: usize = 1 << 24;
/// Entries for each task.
const PIECE: usize = 1 << 15;
/// Passes, of which the fastest counts, as STREAM does.
const PASSES: usize = 10;

/// Bytes each second of a = b + s c with all threads of the pool: 24 bytes an entry, two read and one
/// written. What the processor reads only to overwrite it is not counted, as STREAM does not.
pub fn triad(entries: usize) -> f64 {
    // Written first by the threads, so that each memory of the machine holds a part.
    let fill = |value: f64| -> Vec<f64> { (0..entries).into_par_iter().map(|_| value).collect() };
    let (mut a, b, c) = (fill(0.0), fill(2.0), fill(0.5));
    let mut fastest = f64::INFINITY;
    for pass in 0..PASSES {
        let s = 1.0 + pass as f64;
        let start = Instant::now();
        let pieces = a.par_chunks_mut(PIECE).zip(b.par_chunks(PIECE)).zip(c.par_chunks(PIECE));
        pieces.for_each(|((a, b), c)| {
            for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
                *a = b + s * c;
            }
        });
        fastest = fastest.min(start.elapsed().as_secs_f64());
        // What nobody reads, a compiler may leave out.
        std::hint::black_box(&mut a);
    }
    24.0 * entries as f64 / fastest
}

#[cfg(test)]
mod tests {
    #[test]
    fn memory_has_a_speed() {
        let speed = super::triad(1 << 16);
        assert!(speed > 1e6 && speed.is_finite(), "{speed}");
    }
}

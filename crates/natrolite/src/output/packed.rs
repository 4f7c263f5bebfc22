//! Chunks of a compressed dataset, packed in parallel.
//!
//! HDF5 compresses one chunk after the other under a lock. Here all threads shuffle and compress chunks of
//! their own, as HDF5's filters `shuffle` and `deflate` would, and the library gets them as they go into the
//! file (`H5Dwrite_chunk`): readers notice nothing.

use flate2::Compression;
use flate2::write::ZlibEncoder;
use hdf5::{Dataset, H5Type};
use hdf5_sys::h5d::H5Dwrite_chunk;
use hdf5_sys::h5p::H5P_DEFAULT;
use rayon::prelude::*;
use std::io::Write;
use std::ops::Range;

/// Chunks for each thread that are held at a time.
const HELD: usize = 4;

/// A number that is stored as it lies in memory.
pub(super) trait Number: H5Type + Copy + Send + Sync {
    /// The byte number `k` of it.
    fn byte(self, k: usize) -> u8;
    /// As ranks send it to each other.
    fn to_word(self) -> u64;
    /// From [`Number::to_word`].
    fn from_word(word: u64) -> Self;
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Number for $number {
            #[inline(always)]
            fn byte(self, k: usize) -> u8 {
                self.to_ne_bytes()[k]
            }

            fn to_word(self) -> u64 {
                let mut word = [0; 8];
                word[..size_of::<Self>()].copy_from_slice(&self.to_ne_bytes());
                u64::from_ne_bytes(word)
            }

            fn from_word(word: u64) -> Self {
                let mut own = [0; size_of::<Self>()];
                own.copy_from_slice(&word.to_ne_bytes()[..size_of::<Self>()]);
                Self::from_ne_bytes(own)
            }
        }
    )*};
}
numbers!(u8, i32, i64, f64);

/// Writes rows of `N` numbers to a dataset with chunks of `chunk` rows and the filters shuffle and deflate;
/// `fill` adds a range of rows to a vector. `rows` begins with a chunk, and ends with one or with the
/// dataset.
pub(super) fn write<T: Number, const N: usize>(
    dataset: &Dataset,
    (rows, chunk): (Range<usize>, usize),
    level: u8,
    fill: impl Fn(Range<usize>, &mut Vec<[T; N]>) + Sync,
) -> hdf5::Result<()> {
    let end = rows.end;
    let starts: Vec<usize> = rows.step_by(chunk).collect();
    for wave in starts.chunks(HELD * rayon::current_num_threads()) {
        let pack = |&first: &usize| {
            let mut values = Vec::with_capacity(chunk);
            fill(first..end.min(first + chunk), &mut values);
            pack(values.as_flattened(), chunk * N, level)
        };
        let packed: Vec<_> = wave.par_iter().map(pack).collect();
        for (&first, bytes) in wave.iter().zip(packed) {
            let bytes = bytes.map_err(|error| error.to_string())?;
            write_chunk(dataset, first, &bytes)?;
        }
    }
    Ok(())
}

/// Shuffled and compressed; the last chunk is as long as the others.
fn pack<T: Number>(values: &[T], length: usize, level: u8) -> std::io::Result<Vec<u8>> {
    // The first bytes of all numbers, then the second ones, and so on.
    let mut planes = vec![0; length * size_of::<T>()];
    for (k, plane) in planes.chunks_exact_mut(length).enumerate() {
        plane.iter_mut().zip(values).for_each(|(byte, value)| *byte = value.byte(k));
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(u32::from(level)));
    encoder.write_all(&planes)?;
    encoder.finish()
}

/// Puts a packed chunk that begins with the row `first` into the file.
fn write_chunk(dataset: &Dataset, first: usize, bytes: &[u8]) -> hdf5::Result<()> {
    let offset = [first as u64, 0];
    let status = hdf5::sync::sync(|| {
        // SAFETY: the dataset is open as long as it is borrowed; it has one or two dimensions, and
        // `offset` at least as many numbers; `bytes` are read up to their length and not kept.
        // The library is called under its lock.
        unsafe {
            H5Dwrite_chunk(
                dataset.id(),
                H5P_DEFAULT,
                0,
                offset.as_ptr(),
                bytes.len(),
                bytes.as_ptr().cast(),
            )
        }
    });
    if status < 0 {
        return Err(hdf5::Error::query()?);
    }
    Ok(())
}

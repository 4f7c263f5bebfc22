//! `/VTKHDF` of a run on several ranks: one partition for each, with what tells how they lie in the whole.
//!
//! ```text
//! PointData/GlobalPointIds   number in the whole mesh of each node; nodes on which pieces meet are in each
//! CellData/GlobalCellIds     number in the whole mesh of each cell; each is in one piece
//! CellData/piece             the rank that had the cell
//! ```
//!
//! Only rank 0 has the file, and the HDF5 that is linked in knows no MPI. So datasets are written one after the
//! other, and each comes rank after rank, in sections of bounded size.

#[cfg(test)]
mod tests;

use super::{
    CHUNK, Id, Writer, are_short, connectivity, of_blocks, offsets, packed, sizes,
    write_active_fields, write_attribute, write_head, write_region_names, write_with,
};
use crate::output::error::OutputError;
use crate::output::packed::Number;
use crate::results::{Piece, Results};
use algebra::Comm;
use hdf5::{Dataset, Group};
use mesh::{Block, Mesh};
use std::ops::Range;
use std::path::Path;

/// Rows that a rank sends at a time.
const SECTION: usize = 8 * CHUNK;

/// Name of the numbers of nodes.
pub const POINT_IDS: &str = "GlobalPointIds";
/// Name of the numbers of cells.
pub const CELL_IDS: &str = "GlobalCellIds";

/// Writes the file on rank 0, which gives `to`: its results, the path, and the level of compression. The
/// others send their pieces. All ranks call this together.
///
/// # Errors
/// As [`super::write_vtkhdf`], on rank 0.
pub fn write_vtkhdf_of_ranks(
    comm: &dyn Comm,
    piece: &Piece,
    to: Option<(&Results, &Path, u8)>,
) -> Result<(), OutputError> {
    let mut is_done = false;
    let written = match to {
        Some((results, path, compression)) => {
            write_with(results, path, compression, |writer, group| {
                is_done = true;
                write_pieces(Some((writer, group)), comm, piece)
            })
        }
        None => Ok(()),
    };
    // Whatever happens to the file, the others send what they have.
    if !is_done {
        let _ = write_pieces(None, comm, piece);
    }
    written
}

fn write_pieces(to: Option<(&Writer, &Group)>, comm: &dyn Comm, piece: &Piece) -> hdf5::Result<()> {
    let mesh = &piece.mesh;
    let words = sizes(mesh).map(|size| size as u64);
    let counts: Vec<[usize; 3]> = comm
        .gather_all(&words)
        .iter()
        .map(|words| std::array::from_fn(|k| words[k] as usize))
        .collect();
    let mut out = Pieces { comm, to, counts, error: None };
    out.attempt(|group, counts| {
        write_head(group, counts)?;
        group.create_group("PointData")?;
        group.create_group("CellData").map(|_| ())
    });
    let [points, cells] = [0, 1].map(|k| move |sizes: &[usize; 3]| sizes[k]);
    let blocks = &mesh.blocks;

    let place = |range: Range<usize>, rows: &mut Vec<_>| {
        rows.extend_from_slice(&mesh.points[range]);
    };
    let data = out.rows("Points", points, place);
    out.attribute(&data, "unit", "m");
    match are_short(&out.counts) {
        true => out.cells::<i32>(mesh),
        false => out.cells::<i64>(mesh),
    }
    let kinds = |k: usize, range: Range<usize>, rows: &mut Vec<_>| {
        rows.resize(rows.len() + range.len(), [blocks[k].kind.vtk_type()]);
    };
    out.rows("Types", cells, of_blocks(mesh, Block::len, kinds));

    let regions = |k: usize, range: Range<usize>, rows: &mut Vec<_>| {
        rows.resize(rows.len() + range.len(), [blocks[k].region as i32]);
    };
    let data = out.rows("CellData/region", cells, of_blocks(mesh, Block::len, regions));
    out.attempt(|_, _| data.map_or(Ok(()), |data| write_region_names(&data, mesh)));
    let rank = comm.rank() as i32;
    let ranks = |range: Range<usize>, rows: &mut Vec<_>| {
        rows.resize(rows.len() + range.len(), [rank]);
    };
    out.rows("CellData/piece", cells, ranks);
    for (name, numbers, count) in [
        (format!("CellData/{CELL_IDS}"), &piece.cells, 1),
        (format!("PointData/{POINT_IDS}"), &piece.nodes, 0),
    ] {
        let ids = |range: Range<usize>, rows: &mut Vec<_>| {
            rows.extend(numbers[range].iter().map(|&number| [i64::from(number)]));
        };
        out.rows(&name, |sizes| sizes[count], ids);
    }
    for field in &piece.fields {
        let name = format!("PointData/{}", field.name);
        let data = match field.components {
            3 => out.rows(&name, points, values::<3>(&field.values)),
            6 => out.rows(&name, points, values::<6>(&field.values)),
            _ => out.rows(&name, points, values::<1>(&field.values)),
        };
        out.attribute(&data, "unit", field.unit);
    }
    out.attempt(|group, _| write_active_fields(&group.group("PointData")?, &piece.fields));
    out.error.map_or(Ok(()), Err)
}

/// Rows of `N` numbers as they lie in memory.
fn values<const N: usize>(values: &[f64]) -> impl Fn(Range<usize>, &mut Vec<[f64; N]>) + Sync {
    let (rows, _) = values.as_chunks::<N>();
    move |range, out| out.extend_from_slice(&rows[range])
}

/// Datasets in the making. After an error nothing is written any more, but the ranks go on, because they
/// wait for each other.
struct Pieces<'a> {
    comm: &'a dyn Comm,
    /// On rank 0.
    to: Option<(&'a Writer, &'a Group)>,
    /// Sizes of each piece.
    counts: Vec<[usize; 3]>,
    error: Option<hdf5::Error>,
}

impl Pieces<'_> {
    /// Does it on rank 0, as long as nothing went wrong.
    fn attempt(&mut self, work: impl FnOnce(&Group, &[[usize; 3]]) -> hdf5::Result<()>) {
        if let (Some((_, group)), None) = (self.to, &self.error) {
            self.error = work(group, &self.counts).err();
        }
    }

    fn cells<I: Id>(&mut self, mesh: &Mesh) {
        let nodes = of_blocks(mesh, |b| b.nodes.len(), connectivity::<I>(mesh));
        self.rows("Connectivity", |sizes| sizes[2], nodes);
        self.rows("Offsets", |sizes| sizes[1] + 1, offsets::<I>(mesh));
    }

    fn attribute(&mut self, data: &Option<Dataset>, name: &str, value: &str) {
        self.attempt(|_, _| data.as_ref().map_or(Ok(()), |d| write_attribute(d, name, value)));
    }

    /// One dataset, with `count` rows of each piece; `fill` adds a range of those of this rank's.
    fn rows<T: Number, const N: usize>(
        &mut self,
        name: &str,
        count: impl Fn(&[usize; 3]) -> usize,
        fill: impl Fn(Range<usize>, &mut Vec<[T; N]>),
    ) -> Option<Dataset> {
        let comm = self.comm;
        let counts: Vec<usize> = self.counts.iter().map(count).collect();
        let mut file = None;
        if let (Some((writer, group)), None) = (self.to, &self.error) {
            match Appended::new(writer, (group, name), counts.iter().sum()) {
                Ok(appended) => file = Some(appended),
                Err(error) => self.error = Some(error),
            }
        }
        let mut rows = Vec::new();
        for (from, &count) in counts.iter().enumerate() {
            for first in (0..count).step_by(SECTION) {
                rows.clear();
                if from == comm.rank() {
                    fill(first..count.min(first + SECTION), &mut rows);
                }
                if from > 0 {
                    let mut words = vec![Vec::new(); comm.size()];
                    words[0] = rows.as_flattened().iter().map(|number| number.to_word()).collect();
                    let received = comm.exchange(words).swap_remove(from);
                    rows.clear();
                    let row = |words: &[u64; N]| words.map(T::from_word);
                    rows.extend(received.as_chunks::<N>().0.iter().map(row));
                }
                if let Some(appended) = &mut file
                    && let Err(error) = appended.push(&rows)
                {
                    self.error = Some(error);
                    file = None;
                }
            }
        }
        file.map(|appended| appended.dataset)
    }
}

/// A dataset to which rows are added. Those that do not fill a chunk wait for the next.
struct Appended<'a, T, const N: usize> {
    writer: &'a Writer,
    dataset: Dataset,
    /// Rows when it is complete.
    rows: usize,
    written: usize,
    waiting: Vec<[T; N]>,
}

impl<'a, T: Number, const N: usize> Appended<'a, T, N> {
    fn new(writer: &'a Writer, (group, name): (&Group, &str), rows: usize) -> hdf5::Result<Self> {
        let dataset = writer.dataset::<T>(group, name, rows, N)?;
        Ok(Appended { writer, dataset, rows, written: 0, waiting: Vec::new() })
    }

    fn push(&mut self, rows: &[[T; N]]) -> hdf5::Result<()> {
        self.waiting.extend_from_slice(rows);
        let first = self.written;
        let chunk = self.rows.clamp(1, CHUNK);
        let is_last = first + self.waiting.len() == self.rows;
        let ready = match is_last {
            true => self.waiting.len(),
            false => self.waiting.len() / chunk * chunk,
        };
        if ready == 0 {
            return Ok(());
        }
        let (range, waiting) = (first..first + ready, &self.waiting);
        if self.writer.compression > 0 {
            let fill = |range: Range<usize>, out: &mut Vec<[T; N]>| {
                out.extend_from_slice(&waiting[range.start - first..range.end - first]);
            };
            packed::write(&self.dataset, (range, chunk), self.writer.compression, fill)?;
        } else {
            match N {
                1 => self.dataset.write_slice(waiting[..ready].as_flattened(), range)?,
                _ => self.dataset.write_slice::<_, T, _, _>(&waiting[..ready], (range, ..))?,
            }
        }
        self.written += ready;
        self.waiting.drain(..ready);
        Ok(())
    }
}

//! `result.vtkhdf`: one HDF5 file that ParaView opens as it is.
//!
//! `/VTKHDF` follows the VTKHDF format, version 1.0, type UnstructuredGrid
//! (<https://docs.vtk.org/en/latest/vtk_file_formats/vtkhdf_file_format/>), with one partition, or one for each
//! rank of a run on several, see `pieces.rs`. What readers of VTKHDF do not know stands beside it:
//!
//! ```text
//! /case/text, /case/resolved     the case as typed, and in SI units with every default
//! /mesh                          names and facets of boundaries and interfaces, see `facets.rs`
//! /profiles/<b>/<column>         curves; attribute `unit`
//! /summary/json                  the numbers of summary.json that do not depend on the machine
//! /summary/<quantity>            the same one by one; attribute `unit`
//! /log                           messages of the run
//! /run                           attributes: threads, memory and times of this very run
//! ```
//!
//! Every dataset is the same, to the last bit, for any number of threads; what is not stands in the
//! attributes of `/run`. Big arrays are converted and written a chunk at a time, and compressed in parallel.

pub(super) mod pieces;
#[cfg(test)]
mod tests;

use super::error::OutputError;
use super::facets::{write_facets, write_names};
use super::packed::{self, Number};
use super::profile::{encode_name, file_stems};
use super::summary::reproducible_json;
use crate::results::{Field, Profile, Results, Summary};
use hdf5::types::{FixedAscii, VarLenUnicode};
use hdf5::{Dataset, File, Group, H5Type};
use mesh::{Block, Mesh};
use std::ops::Range;
use std::path::Path;

/// Rows of a chunk: three doubles each still fit into HDF5's chunk cache of 1 MiB, so that no reader
/// unpacks a chunk twice.
const CHUNK: usize = 32 * 1024;

/// Writes the whole of `results` to `path`; `compression` is the level of gzip (after a byte
/// shuffle), 0 for none, at most 9.
///
/// # Errors
/// [`OutputError::Hdf5`] when the library or the system below it fails; [`OutputError::Io`] when
/// the file cannot be forced onto the disk.
pub fn write_vtkhdf(results: &Results, path: &Path, compression: u8) -> Result<(), OutputError> {
    write_with(results, path, compression, |writer, group| writer.grid(group, results))
}

/// As [`write_vtkhdf`], where `grid` writes `/VTKHDF`.
fn write_with(
    results: &Results,
    path: &Path,
    compression: u8,
    grid: impl FnOnce(&Writer, &Group) -> hdf5::Result<()>,
) -> Result<(), OutputError> {
    let attempt = || {
        let file = File::create(path)?;
        let writer = Writer { compression: compression.min(9) };
        grid(&writer, &file.create_group("VTKHDF")?)?;
        let case = file.create_group("case")?;
        write_text(&case, "text", &results.case_text)?;
        write_text(&case, "resolved", &results.resolved)?;
        write_facets(&file.create_group("mesh")?, results)?;
        let profiles = file.create_group("profiles")?;
        let stems = file_stems(&results.profiles);
        write_names(&profiles, "names", stems.iter().map(String::as_str))?;
        for (stem, profile) in stems.iter().zip(&results.profiles) {
            write_profile(&profiles.create_group(stem)?, profile)?;
        }
        write_summary(&file.create_group("summary")?, &results.summary)?;
        write_text(&file, "log", &results.log)?;
        write_run(&file.create_group("run")?, &results.summary)?;
        file.flush()?;
        file.close()
    };
    attempt().map_err(|source| OutputError::Hdf5 { path: path.to_owned(), source })?;
    std::fs::File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(OutputError::io("write", path))
}

struct Writer {
    compression: u8,
}

impl Writer {
    /// An empty dataset of `rows` rows (of `columns` values where that is not one).
    fn dataset<T: H5Type>(
        &self,
        group: &Group,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> hdf5::Result<Dataset> {
        let mut builder = group.new_dataset::<T>();
        let chunk = rows.min(CHUNK);
        if self.compression > 0 && chunk > 0 {
            builder = builder.shuffle().deflate(self.compression);
            builder = match columns {
                1 => builder.chunk(chunk),
                _ => builder.chunk((chunk, columns)),
            };
        }
        match columns {
            1 => builder.shape(rows).create(name),
            _ => builder.shape((rows, columns)).create(name),
        }
    }

    /// Writes `rows` rows of `N` numbers; `fill` adds a range of them to a vector.
    fn rows<T: Number, const N: usize>(
        &self,
        (group, name): (&Group, &str),
        rows: usize,
        fill: impl Fn(Range<usize>, &mut Vec<[T; N]>) + Sync,
    ) -> hdf5::Result<Dataset> {
        let dataset = self.dataset::<T>(group, name, rows, N)?;
        if self.compression > 0 {
            packed::write(&dataset, (0..rows, rows.clamp(1, CHUNK)), self.compression, fill)?;
            return Ok(dataset);
        }
        let mut buffer = Vec::with_capacity(rows.min(CHUNK));
        for first in (0..rows).step_by(CHUNK) {
            let range = first..rows.min(first + CHUNK);
            buffer.clear();
            fill(range.clone(), &mut buffer);
            match N {
                1 => dataset.write_slice(buffer.as_flattened(), range)?,
                _ => dataset.write_slice::<_, T, _, _>(&buffer[..], (range, ..))?,
            }
        }
        Ok(dataset)
    }

    /// Writes numbers that come with the blocks of the mesh: `count` for each, of which `fill` adds a
    /// range of those of the block with this index.
    fn blocks<T: Number>(
        &self,
        place: (&Group, &str),
        mesh: &Mesh,
        count: impl Fn(&Block) -> usize,
        fill: impl Fn(usize, Range<usize>, &mut Vec<[T; 1]>) + Sync,
    ) -> hdf5::Result<Dataset> {
        let len = mesh.blocks.iter().map(&count).sum();
        self.rows(place, len, of_blocks(mesh, count, fill))
    }

    fn grid(&self, group: &Group, results: &Results) -> hdf5::Result<()> {
        let mesh = &results.mesh;
        write_head(group, &[sizes(mesh)])?;
        let points = self.rows((group, "Points"), mesh.points.len(), |range, out| {
            out.extend_from_slice(&mesh.points[range]);
        })?;
        write_attribute(&points, "unit", "m")?;

        match are_short(&[sizes(mesh)]) {
            true => self.cells::<i32>(group, mesh)?,
            false => self.cells::<i64>(group, mesh)?,
        }
        let blocks = &mesh.blocks;
        self.blocks((group, "Types"), mesh, Block::len, |k, range, out| {
            out.resize(out.len() + range.len(), [blocks[k].kind.vtk_type()]);
        })?;

        let cell_data = group.create_group("CellData")?;
        let region = (&cell_data, "region");
        let region = self.blocks(region, mesh, Block::len, |k, range, out| {
            out.resize(out.len() + range.len(), [blocks[k].region as i32]);
        })?;
        write_region_names(&region, mesh)?;

        let point_data = group.create_group("PointData")?;
        for field in &results.fields {
            self.field(&point_data, field)?;
        }
        write_active_fields(&point_data, &results.fields)
    }

    fn cells<I: Id>(&self, group: &Group, mesh: &Mesh) -> hdf5::Result<()> {
        let (nodes, ids_of) = (connectivity::<I>(mesh), |b: &Block| b.nodes.len());
        self.blocks((group, "Connectivity"), mesh, ids_of, nodes)?;
        self.rows((group, "Offsets"), mesh.cell_count() + 1, offsets::<I>(mesh))?;
        Ok(())
    }

    fn field(&self, group: &Group, field: &Field) -> hdf5::Result<()> {
        let place = (group, &*field.name);
        let dataset = match field.components {
            3 => self.values::<3>(place, &field.values)?,
            6 => self.values::<6>(place, &field.values)?,
            _ => self.values::<1>(place, &field.values)?,
        };
        write_attribute(&dataset, "unit", field.unit)
    }

    /// Writes rows of `N` numbers as they lie in memory.
    fn values<const N: usize>(
        &self,
        place: (&Group, &str),
        values: &[f64],
    ) -> hdf5::Result<Dataset> {
        let (rows, _) = values.as_chunks::<N>();
        self.rows(place, rows.len(), |range, out| out.extend_from_slice(&rows[range]))
    }
}

/// Numbers of points, of cells and of nodes of cells.
fn sizes(mesh: &Mesh) -> [usize; 3] {
    let ids = mesh.blocks.iter().map(|b| b.nodes.len()).sum();
    [mesh.points.len(), mesh.cell_count(), ids]
}

/// A number of a point, or a place among those of all cells. VTK keeps them as they come, so that short
/// ones take half the memory there, too.
trait Id: Number {
    fn of(number: usize) -> Self;
}

impl Id for i32 {
    fn of(number: usize) -> i32 {
        number as i32
    }
}

impl Id for i64 {
    fn of(number: usize) -> i64 {
        number as i64
    }
}

/// True when 32 bits hold the ids of partitions of these [`sizes`].
fn are_short(partitions: &[[usize; 3]]) -> bool {
    partitions.iter().all(|sizes| sizes[0].max(sizes[2]) <= i32::MAX as usize)
}

/// What this is, and the sizes of each partition.
fn write_head(group: &Group, partitions: &[[usize; 3]]) -> hdf5::Result<()> {
    // Version 2 only adds time steps; readers of version 1 (VTK 9.2, ParaView 5.11) warn of it.
    group.new_attr::<i64>().shape(2).create("Version")?.write(&[1_i64, 0])?;
    // The reader of VTK wants a string of fixed length here.
    let kind = FixedAscii::<16>::from_ascii("UnstructuredGrid").map_err(text_error)?;
    group.new_attr::<FixedAscii<16>>().create("Type")?.write_scalar(&kind)?;
    let names = ["NumberOfPoints", "NumberOfCells", "NumberOfConnectivityIds"];
    for (k, name) in names.into_iter().enumerate() {
        let counts: Vec<i64> = partitions.iter().map(|sizes| sizes[k] as i64).collect();
        group.new_dataset::<i64>().shape(counts.len()).create(name)?.write(&counts)?;
    }
    Ok(())
}

/// Ranges of numbers that come with the blocks of a mesh, see [`Writer::blocks`].
fn of_blocks<T: Number>(
    mesh: &Mesh,
    count: impl Fn(&Block) -> usize,
    fill: impl Fn(usize, Range<usize>, &mut Vec<[T; 1]>) + Sync,
) -> impl Fn(Range<usize>, &mut Vec<[T; 1]>) + Sync {
    let mut ends = Vec::with_capacity(mesh.blocks.len());
    for block in &mesh.blocks {
        ends.push(ends.last().unwrap_or(&0) + count(block));
    }
    move |range, out| {
        let mut first = range.start;
        for k in ends.partition_point(|&end| end <= first).. {
            let (start, end) = (if k == 0 { 0 } else { ends[k - 1] }, ends[k].min(range.end));
            fill(k, first - start..end - start, out);
            first = end;
            if first == range.end {
                break;
            }
        }
    }
}

/// The nodes of a range of those of the cells of a block.
fn connectivity<I: Id>(
    mesh: &Mesh,
) -> impl Fn(usize, Range<usize>, &mut Vec<[I; 1]>) + Sync + use<'_, I> {
    |k, range, out| {
        out.extend(mesh.blocks[k].nodes[range].iter().map(|&node| [I::of(node as usize)]));
    }
}

/// Where the nodes of each cell begin among those of all, and where those of the last end.
fn offsets<I: Id>(mesh: &Mesh) -> impl Fn(Range<usize>, &mut Vec<[I; 1]>) + Sync + use<I> {
    // Of each block the first cell, the ids before it, and those of a cell.
    let (mut firsts, mut cell, mut id) = (Vec::new(), 0, 0);
    for block in &mesh.blocks {
        firsts.push((cell, id, block.kind.node_count()));
        (cell, id) = (cell + block.len(), id + block.nodes.len());
    }
    move |range, out| {
        out.extend(range.map(|cell| {
            let block = firsts.partition_point(|&(first, ..)| first <= cell).checked_sub(1);
            let (first, id, size) = block.map_or((0, 0, 0), |k| firsts[k]);
            [I::of(id + (cell - first) * size)]
        }));
    }
}

fn write_region_names(region: &Dataset, mesh: &Mesh) -> hdf5::Result<()> {
    let names = mesh.regions.iter().map(|n| text(n)).collect::<hdf5::Result<Vec<_>>>()?;
    region.new_attr::<VarLenUnicode>().shape(names.len()).create("names")?.write(&names)
}

/// Tells readers which fields to show first.
fn write_active_fields(point_data: &Group, fields: &[Field]) -> hdf5::Result<()> {
    for (attribute, components) in [("Scalars", 1), ("Vectors", 3)] {
        if let Some(field) = fields.iter().find(|f| f.components == components) {
            write_attribute(point_data, attribute, &field.name)?;
        }
    }
    Ok(())
}

fn write_profile(group: &Group, profile: &Profile) -> hdf5::Result<()> {
    write_attribute(group, "surface", &profile.name)?;
    write_attribute(group, "suffix", profile.suffix)?;
    for column in &profile.columns {
        let dataset = group.new_dataset_builder().with_data(&column.values).create(column.name)?;
        write_attribute(&dataset, "unit", column.unit)?;
    }
    if let Some(lines) = &profile.line {
        let lines = lines.iter().map(|l| text(l)).collect::<hdf5::Result<Vec<_>>>()?;
        group.new_dataset_builder().with_data(&lines).create("line")?;
    }
    Ok(())
}

fn write_summary(group: &Group, summary: &Summary) -> hdf5::Result<()> {
    write_text(group, "json", &reproducible_json(summary))?;
    for (name, quantity) in summary.quantities.iter() {
        let dataset = group.new_dataset::<f64>().create(encode_name(name).as_str())?;
        dataset.write_scalar(&quantity.value)?;
        write_attribute(&dataset, "unit", &quantity.unit)?;
        if let Some(error) = quantity.error_estimate {
            dataset.new_attr::<f64>().create("error_estimate")?.write_scalar(&error)?;
        }
    }
    Ok(())
}

fn write_run(group: &Group, summary: &Summary) -> hdf5::Result<()> {
    group.new_attr::<u64>().create("threads")?.write_scalar(&(summary.threads as u64))?;
    if let Some(bytes) = summary.peak_memory_bytes {
        group.new_attr::<u64>().create("peak_memory_bytes")?.write_scalar(&bytes)?;
    }
    let seconds = &summary.seconds;
    for (name, value) in [
        ("seconds_mesh", seconds.mesh),
        ("seconds_setup", seconds.setup),
        ("seconds_solve", seconds.solve),
    ] {
        group.new_attr::<f64>().create(name)?.write_scalar(&value)?;
    }
    Ok(())
}

pub(super) fn write_text(group: &Group, name: &str, value: &str) -> hdf5::Result<()> {
    group.new_dataset::<VarLenUnicode>().create(name)?.write_scalar(&text(value)?)
}

pub(super) fn write_attribute(place: &hdf5::Location, name: &str, value: &str) -> hdf5::Result<()> {
    place.new_attr::<VarLenUnicode>().create(name)?.write_scalar(&text(value)?)
}

/// HDF5's strings end at the first NUL; one that was typed becomes a visible sign.
pub(super) fn text(value: &str) -> hdf5::Result<VarLenUnicode> {
    match value.contains('\0') {
        true => value.replace('\0', "\u{2400}").parse(),
        false => value.parse(),
    }
    .map_err(text_error)
}

fn text_error(error: hdf5::types::StringError) -> hdf5::Error {
    hdf5::Error::Internal(error.to_string())
}

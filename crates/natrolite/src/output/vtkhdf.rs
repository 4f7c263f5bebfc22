//! `result.vtkhdf`: one HDF5 file that ParaView opens as it is.
//!
//! `/VTKHDF` follows the VTKHDF format, version 1.0, type UnstructuredGrid, one partition
//! (<https://docs.vtk.org/en/latest/vtk_file_formats/vtkhdf_file_format/>). What readers of VTKHDF
//! do not know stands beside it:
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
//! attributes of `/run`. Big arrays are converted and written a chunk at a time.

#[cfg(test)]
mod tests;

use super::error::OutputError;
use super::facets::{write_facets, write_names};
use super::profile::{encode_name, file_stems};
use super::summary::reproducible_json;
use crate::results::{Field, Profile, Results, Summary};
use hdf5::types::{FixedAscii, VarLenUnicode};
use hdf5::{Dataset, File, Group, H5Type};
use mesh::{Block, Mesh};
use std::ops::Range;
use std::path::Path;

/// Rows of a chunk: three doubles each still fit into HDF5's chunk cache of 1 MiB, so that no chunk
/// is compressed twice.
const CHUNK: usize = 32 * 1024;

/// Writes the whole of `results` to `path`; `compression` is the level of gzip (after a byte
/// shuffle), 0 for none, at most 9.
///
/// # Errors
/// [`OutputError::Hdf5`] when the library or the system below it fails; [`OutputError::Io`] when
/// the file cannot be forced onto the disk.
pub fn write_vtkhdf(results: &Results, path: &Path, compression: u8) -> Result<(), OutputError> {
    let attempt = || {
        let file = File::create(path)?;
        let writer = Writer { compression: compression.min(9) };
        writer.grid(&file.create_group("VTKHDF")?, results)?;
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

    /// Writes `before`, then `count` values for each block: those that `fill` adds for a range of them, a
    /// chunk at a time.
    fn blocks<T: H5Type>(
        &self,
        (group, name): (&Group, &str),
        mesh: &Mesh,
        before: &[T],
        count: impl Fn(&Block) -> usize,
        mut fill: impl FnMut(&Block, Range<usize>, &mut Vec<T>),
    ) -> hdf5::Result<Dataset> {
        let len = before.len() + mesh.blocks.iter().map(&count).sum::<usize>();
        let dataset = self.dataset::<T>(group, name, len, 1)?;
        if !before.is_empty() {
            dataset.write_slice(before, 0..before.len())?;
        }
        let mut buffer = Vec::with_capacity(len.min(CHUNK));
        let mut start = before.len();
        for block in &mesh.blocks {
            let count = count(block);
            for first in (0..count).step_by(CHUNK) {
                buffer.clear();
                fill(block, first..count.min(first + CHUNK), &mut buffer);
                dataset.write_slice(&buffer, start..start + buffer.len())?;
                start += buffer.len();
            }
        }
        debug_assert_eq!(start, len);
        Ok(dataset)
    }

    /// Writes rows of `N` values as they lie in memory.
    fn rows<const N: usize>(
        &self,
        group: &Group,
        name: &str,
        rows: &[[f64; N]],
    ) -> hdf5::Result<Dataset> {
        let dataset = self.dataset::<f64>(group, name, rows.len(), N)?;
        for (k, chunk) in rows.chunks(CHUNK).enumerate() {
            dataset.write_slice::<_, f64, _, _>(chunk, (k * CHUNK..k * CHUNK + chunk.len(), ..))?;
        }
        Ok(dataset)
    }

    fn grid(&self, group: &Group, results: &Results) -> hdf5::Result<()> {
        let mesh = &results.mesh;
        let cells = mesh.cell_count();
        let ids = mesh.blocks.iter().map(|b| b.nodes.len()).sum::<usize>();
        // Version 2 only adds time steps; readers of version 1 (VTK 9.2, ParaView 5.11) warn of it.
        group.new_attr::<i64>().shape(2).create("Version")?.write(&[1_i64, 0])?;
        // The reader of VTK wants a string of fixed length here.
        let kind = FixedAscii::<16>::from_ascii("UnstructuredGrid").map_err(text_error)?;
        group.new_attr::<FixedAscii<16>>().create("Type")?.write_scalar(&kind)?;
        for (name, count) in [
            ("NumberOfPoints", mesh.points.len()),
            ("NumberOfCells", cells),
            ("NumberOfConnectivityIds", ids),
        ] {
            group.new_dataset::<i64>().shape(1).create(name)?.write(&[count as i64])?;
        }
        let points = self.rows(group, "Points", &mesh.points)?;
        write_attribute(&points, "unit", "m")?;

        self.blocks(
            (group, "Connectivity"),
            mesh,
            &[],
            |b| b.nodes.len(),
            |block, range, out| {
                out.extend(block.nodes[range].iter().map(|&node| i64::from(node)));
            },
        )?;
        let mut end = 0;
        self.blocks((group, "Offsets"), mesh, &[0], Block::len, |block, range, out| {
            let size = block.kind.node_count() as i64;
            out.extend((1..=range.len() as i64).map(|k| end + k * size));
            end += range.len() as i64 * size;
        })?;
        self.blocks((group, "Types"), mesh, &[], Block::len, |block, range, out| {
            out.resize(range.len(), block.kind.vtk_type());
        })?;

        let cell_data = group.create_group("CellData")?;
        let region = (&cell_data, "region");
        let region = self.blocks(region, mesh, &[], Block::len, |block, range, out| {
            out.resize(range.len(), block.region as i32);
        })?;
        let names = mesh.regions.iter().map(|n| text(n)).collect::<hdf5::Result<Vec<_>>>()?;
        region.new_attr::<VarLenUnicode>().shape(names.len()).create("names")?.write(&names)?;

        let point_data = group.create_group("PointData")?;
        for field in &results.fields {
            self.field(&point_data, field)?;
        }
        for (attribute, components) in [("Scalars", 1), ("Vectors", 3)] {
            if let Some(field) = results.fields.iter().find(|f| f.components == components) {
                write_attribute(&point_data, attribute, &field.name)?;
            }
        }
        Ok(())
    }

    fn field(&self, group: &Group, field: &Field) -> hdf5::Result<()> {
        let dataset = match field.components {
            3 => self.rows::<3>(group, &field.name, field.values.as_chunks().0)?,
            6 => self.rows::<6>(group, &field.name, field.values.as_chunks().0)?,
            _ => self.rows_of_one(group, &field.name, &field.values)?,
        };
        write_attribute(&dataset, "unit", field.unit)
    }

    fn rows_of_one(&self, group: &Group, name: &str, values: &[f64]) -> hdf5::Result<Dataset> {
        let dataset = self.dataset::<f64>(group, name, values.len(), 1)?;
        for (k, chunk) in values.chunks(CHUNK).enumerate() {
            dataset.write_slice(chunk, k * CHUNK..k * CHUNK + chunk.len())?;
        }
        Ok(dataset)
    }
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
    value.replace('\0', "\u{2400}").parse().map_err(text_error)
}

fn text_error(error: hdf5::types::StringError) -> hdf5::Error {
    hdf5::Error::Internal(error.to_string())
}

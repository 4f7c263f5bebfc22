//! Meshes from Gmsh files.
//!
//! Versions 2.2 and 4.1 as text or binary. Source: *Gmsh reference manual*, "MSH file format".

mod assemble;
mod cursor;
mod element;
mod integers;
mod lines;
mod match_facets;
mod orient;
mod raw;
#[cfg(test)]
pub(crate) mod tests;
mod version2;
mod version4;

use crate::{Mesh, MeshError};
use cursor::Cursor;
use raw::{Numbering, Raw};
use std::io::Read;
use version4::Entities;

/// Makes a mesh of a Gmsh file of so many bytes (MSH 2.2 or 4.1, text or binary of either byte order), of
/// which it holds 16 MiB at a time.
///
/// The file's unit of length is `metres_per_unit` metres. The mesh has the highest dimension of the
/// file's elements. Physical groups of that dimension become regions, those one dimension below
/// boundaries; where the facets of such a group lie between two cells they become an
/// [`InternalSurface`](crate::InternalSurface) of the same name instead (see [`Mesh::split`]). A
/// group without a name is called `region_<tag>` or `boundary_<tag>`. Elements of lower dimension and
/// facets without a group are read over, groups without elements and nodes without cells dropped;
/// nodes and, in each region and kind, cells keep their order. A facet may be in several groups, a
/// cell must be in one.
///
/// A two-dimensional mesh lies in the x-y or the x-z plane. Cells are oriented positively: a
/// geometric entity all of whose cells are numbered the other way round (a surface seen from behind,
/// a mirrored volume) is renumbered.
///
/// # Errors
/// Whatever keeps the file from being such a mesh, see [`MeshError`]; among them cells without a
/// group, single inverted or degenerate cells, and facets that belong to no cell.
pub fn read_gmsh(file: &mut dyn Read, bytes: u64, metres_per_unit: f64) -> Result<Mesh, MeshError> {
    if !(metres_per_unit.is_finite() && metres_per_unit > 0.0) {
        return Err(MeshError::Unit { got: metres_per_unit });
    }
    let mut cursor = Cursor::new(file, bytes);
    let raw = read_sections(&mut cursor);
    if let Some(error) = cursor.failure() {
        return Err(MeshError::File { reason: error.to_string() });
    }
    drop(cursor);
    let mut raw = raw?;
    for x in &mut raw.points {
        *x = x.map(|x| x * metres_per_unit);
    }
    assemble::assemble(raw)
}

fn read_sections(cursor: &mut Cursor) -> Result<Raw, MeshError> {
    let four = read_format(cursor)?;
    let mut raw = Raw::default();
    let mut entities: Option<Entities> = None;
    let mut numbers: Option<Numbering> = None;
    let mut has_elements = false;
    while let Some(line) = cursor.full_line() {
        let Some(name) = line.strip_prefix(b"$") else {
            return Err(cursor.unexpected("the beginning of a section, $...", &line));
        };
        match name {
            b"PhysicalNames" => {
                cursor.section = "PhysicalNames";
                raw.names = read_names(cursor)?;
            }
            b"PartitionedEntities" => return Err(MeshError::Partitioned),
            b"Entities" if four => {
                cursor.section = "Entities";
                entities = Some(version4::read_entities(cursor)?);
                cursor.end_section("EndEntities")?;
            }
            b"Nodes" if numbers.is_none() => {
                cursor.section = "Nodes";
                numbers = Some(match four {
                    true => version4::read_nodes(cursor, &mut raw)?,
                    false => version2::read_nodes(cursor, &mut raw)?,
                });
                cursor.end_section("EndNodes")?;
            }
            b"Elements" if !has_elements => {
                cursor.section = "Elements";
                let Some(numbers) = &numbers else {
                    return Err(MeshError::SectionOrder { first: "Nodes", second: "Elements" });
                };
                match (&entities, four) {
                    (_, false) => version2::read_elements(cursor, &mut raw, numbers)?,
                    (Some(e), true) => version4::read_elements(cursor, &mut raw, numbers, e)?,
                    // Gmsh leaves $Entities out when there is no geometry; then nothing has a name.
                    (None, true) => return Err(MeshError::NoPhysicalGroups),
                }
                cursor.end_section("EndElements")?;
                has_elements = true;
            }
            _ if cursor.skip_section(name) => {}
            _ => return Err(MeshError::TruncatedOther { section: text(name) }),
        }
    }
    for (section, found) in [("Nodes", numbers.is_some()), ("Elements", has_elements)] {
        if !found {
            return Err(MeshError::MissingSection { section });
        }
    }
    Ok(raw)
}

/// The beginning of a line, for a message.
fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(&line[..line.len().min(40)]).into_owned()
}

/// Reads `$MeshFormat`; true for version 4.1, false for 2.2.
fn read_format(cursor: &mut Cursor) -> Result<bool, MeshError> {
    let line = cursor.full_line().unwrap_or_default();
    if line != b"$MeshFormat" {
        return Err(MeshError::NotGmsh { found: text(&line) });
    }
    let line = cursor.full_line().ok_or(MeshError::Truncated { section: "MeshFormat" })?;
    let mut words = line.split(|b| b.is_ascii_whitespace()).filter(|word| !word.is_empty());
    let mut word = || words.next().unwrap_or(b"");
    let four = match word() {
        b"2.2" => false,
        b"4.1" => true,
        other => return Err(MeshError::Version { version: text(other) }),
    };
    let wanted = |wanted| MeshError::Format { wanted, got: text(&line) };
    let binary = match word() {
        b"0" => false,
        b"1" => true,
        _ => return Err(wanted("0 (text) or 1 (binary) after the version")),
    };
    if word() != b"8" {
        return Err(wanted("8 bytes for floating-point numbers and sizes"));
    }
    if binary {
        cursor.binary = true;
        match cursor.int()? {
            1 => {}
            0x0100_0000 => cursor.swap = true,
            other => {
                let got = format!("{other:#x}");
                return Err(MeshError::Format { wanted: "the integer 1 in binary", got });
            }
        }
    }
    cursor.end_section("EndMeshFormat")?;
    Ok(four)
}

/// Reads `$PhysicalNames`, which is text in binary files too.
fn read_names(cursor: &mut Cursor) -> Result<Vec<(usize, i32, String)>, MeshError> {
    let binary = std::mem::replace(&mut cursor.binary, false);
    let count = cursor.text_count(6, 6)?;
    cursor.line();
    let mut names: Vec<(usize, i32, String)> = Vec::new();
    for _ in 0..count {
        let dimension = cursor.int()?.clamp(0, 3) as usize;
        let tag = cursor.int()?;
        let line = cursor.line().ok_or(MeshError::Truncated { section: "PhysicalNames" })?;
        let Some(name) = line.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
            return Err(cursor.unexpected("a name in double quotes", &line));
        };
        let Ok(name) = std::str::from_utf8(name) else {
            return Err(cursor.unexpected("a name in UTF-8", name));
        };
        names.push((dimension, tag, name.to_owned()));
    }
    names.sort();
    cursor.end_section("EndPhysicalNames")?;
    cursor.binary = binary;
    Ok(names)
}

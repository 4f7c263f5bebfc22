//! `$Nodes` and `$Elements` of version 2.2.

use super::cursor::Cursor;
use super::element;
use super::lines::read_entries;
use super::raw::{Numbering, Raw, Run, check_finite};
use crate::MeshError;

pub(super) fn read_nodes(cursor: &mut Cursor, raw: &mut Raw) -> Result<Numbering, MeshError> {
    let count = cursor.text_count(8, 28)?;
    let join = |all: &mut Nodes, part: Nodes| {
        all.tags.extend(part.tags);
        all.points.extend(part.points);
    };
    let mut nodes = Nodes { tags: Vec::with_capacity(count), points: Vec::with_capacity(count) };
    read_entries(cursor, count, &mut nodes, read_node, join)?;
    raw.points = nodes.points;
    Numbering::new(&nodes.tags)
}

#[derive(Default)]
struct Nodes {
    tags: Vec<u64>,
    points: Vec<[f64; 3]>,
}

fn read_node(cursor: &mut Cursor, nodes: &mut Nodes) -> Result<(), MeshError> {
    let tag = positive(cursor)?;
    let x = [cursor.double()?, cursor.double()?, cursor.double()?];
    nodes.points.push(check_finite(tag, x)?);
    nodes.tags.push(tag);
    Ok(())
}

/// The number of a node or an element.
fn positive(cursor: &mut Cursor) -> Result<u64, MeshError> {
    let tag = cursor.int()?;
    u64::try_from(tag)
        .map_err(|_| cursor.unexpected("a positive number", tag.to_string().as_bytes()))
}

pub(super) fn read_elements(
    cursor: &mut Cursor,
    raw: &mut Raw,
    numbers: &Numbering,
) -> Result<(), MeshError> {
    let count = cursor.text_count(8, 8)?;
    let read_one = |cursor: &mut Cursor, raw: &mut Raw| {
        if cursor.takes_integers(|line| push_line(raw, numbers, line)) {
            return Ok(());
        }
        let number = positive(cursor)?;
        let (code, tags) = (cursor.int()?, cursor.int()?);
        read_element(cursor, raw, numbers, number, code, tags)
    };
    if !cursor.binary {
        return read_entries(cursor, count, raw, read_one, Raw::append_elements);
    }
    // Binary files write type and number of tags once for several elements.
    let mut done = 0;
    while done < count {
        let (code, follow, tags) = (cursor.int()?, cursor.int()?, cursor.int()?);
        if follow < 1 || follow as usize > count - done {
            let found = done as u64 + follow.max(0) as u64;
            let announced = count as u64;
            return Err(MeshError::CountMismatch { section: "Elements", announced, found });
        }
        for _ in 0..follow {
            let number = positive(cursor)?;
            read_element(cursor, raw, numbers, number, code, tags)?;
        }
        done += follow as usize;
    }
    Ok(())
}

/// Adds the element in a line: its number, its type, how many tags, these and its nodes. False, and nothing is added,
/// where that is not so plain.
fn push_line(raw: &mut Raw, numbers: &Numbering, line: &[u32]) -> bool {
    let &[number, code, tags, group, entity, ..] = line else { return false };
    let nodes = line.get(3..).and_then(|rest| rest.get(tags as usize..));
    let (Ok(kind), Some(nodes)) = (element::kind(code as i32), nodes) else { return false };
    let first = u64::from(number);
    let (group, entity, start) = (group as i32, entity as i32, raw.nodes.len());
    let head = Run { kind, group, entity, first, start, count: 1 };
    tags >= 2 && raw.push_element(numbers, head, nodes)
}

/// Reads what follows the number, the type and the number of tags of an element.
fn read_element(
    cursor: &mut Cursor,
    raw: &mut Raw,
    numbers: &Numbering,
    number: u64,
    code: i32,
    tags: i32,
) -> Result<(), MeshError> {
    let (group, entity) = read_tags(cursor, tags)?;
    if code == element::POINT {
        return cursor.int().map(|_| ());
    }
    let kind = element::kind(code).map_err(|name| MeshError::ElementType {
        element: number,
        code,
        name,
    })?;
    let start = raw.nodes.len();
    let head = Run { kind, group, entity, first: number, start, count: 1 };
    raw.read_element(cursor, numbers, head, false)
}

/// Physical group and geometric entity of an element; what else there is concerns partitions.
fn read_tags(cursor: &mut Cursor, count: i32) -> Result<(i32, i32), MeshError> {
    let mut known = [0; 2];
    for i in 0..count {
        let tag = cursor.int()?;
        if let Some(slot) = known.get_mut(i as usize) {
            *slot = tag;
        }
    }
    // A negative group says that the entity's orientation is reversed in it.
    Ok((known[0].saturating_abs(), known[1]))
}

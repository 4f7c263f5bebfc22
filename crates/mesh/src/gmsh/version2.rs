//! `$Nodes` and `$Elements` of version 2.2.

use super::cursor::Cursor;
use super::element;
use super::raw::{Numbering, Raw, Run, check_finite};
use crate::MeshError;

pub(super) fn read_nodes(cursor: &mut Cursor, raw: &mut Raw) -> Result<Numbering, MeshError> {
    let count = cursor.text_count(8, 28)?;
    let mut tags = Vec::with_capacity(count);
    raw.points = Vec::with_capacity(count);
    for _ in 0..count {
        let tag = positive(cursor)?;
        let x = [cursor.double()?, cursor.double()?, cursor.double()?];
        raw.points.push(check_finite(tag, x)?);
        tags.push(tag);
    }
    Numbering::new(&tags)
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
    let mut done = 0;
    while done < count {
        // Binary files write type and number of tags once for several elements.
        let text_number = if cursor.binary { None } else { Some(positive(cursor)?) };
        let code = cursor.int()?;
        let follow = if cursor.binary { cursor.int()? } else { 1 };
        let tags = cursor.int()?;
        if follow < 1 || follow as usize > count - done {
            let found = done as u64 + follow.max(0) as u64;
            let announced = count as u64;
            return Err(MeshError::CountMismatch { section: "Elements", announced, found });
        }
        for _ in 0..follow {
            let number = match text_number {
                Some(number) => number,
                None => positive(cursor)?,
            };
            let (group, entity) = read_tags(cursor, tags)?;
            if code == element::POINT {
                cursor.int()?;
                continue;
            }
            let kind = element::kind(code).map_err(|name| MeshError::ElementType {
                element: number,
                code,
                name,
            })?;
            let start = raw.nodes.len();
            let head = Run { kind, group, entity, first: number, start, count: 1 };
            raw.read_element(cursor, numbers, head, false)?;
        }
        done += follow as usize;
    }
    Ok(())
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

//! `$Entities`, `$Nodes` and `$Elements` of version 4.1; text and binary have the same fields.

use super::cursor::Cursor;
use super::element;
use super::lines::read_entries;
use super::raw::{Numbering, Raw, Run, check_finite};
use crate::MeshError;

/// More physical groups than anybody gives to one entity; bounds what a broken file can ask for.
const MOST_GROUPS: u64 = 256;

/// Physical groups of the geometric entities.
#[derive(Default)]
pub(super) struct Entities {
    /// (dimension, entity, group), sorted; group 0 for an entity without one.
    groups: Vec<(usize, i32, i32)>,
}

impl Entities {
    fn groups(&self, dimension: usize, entity: i32) -> &[(usize, i32, i32)] {
        let first = self.groups.partition_point(|g| (g.0, g.1) < (dimension, entity));
        let last = self.groups.partition_point(|g| (g.0, g.1) <= (dimension, entity));
        &self.groups[first..last]
    }
}

pub(super) fn read_entities(cursor: &mut Cursor) -> Result<Entities, MeshError> {
    let mut counts = [0; 4];
    for count in &mut counts {
        *count = cursor.size()?;
    }
    let mut entities = Entities::default();
    for (dimension, &count) in counts.iter().enumerate() {
        for _ in 0..cursor.check_count(count, 10, 36)? {
            let entity = cursor.int()?;
            for _ in 0..if dimension == 0 { 3 } else { 6 } {
                cursor.double()?;
            }
            let groups = cursor.size()?;
            if groups == 0 {
                entities.groups.push((dimension, entity, 0));
            }
            if groups > MOST_GROUPS {
                let got = groups.to_string();
                return Err(cursor.unexpected("at most 256 groups per entity", got.as_bytes()));
            }
            for _ in 0..groups {
                // A negative group says that the entity's orientation is reversed in it.
                entities.groups.push((dimension, entity, cursor.int()?.saturating_abs()));
            }
            if dimension > 0 {
                let bounding = cursor.size()?;
                for _ in 0..cursor.check_count(bounding, 1, 4)? {
                    cursor.int()?;
                }
            }
        }
    }
    entities.groups.sort_unstable();
    entities.groups.dedup();
    Ok(entities)
}

pub(super) fn read_nodes(cursor: &mut Cursor, raw: &mut Raw) -> Result<Numbering, MeshError> {
    let blocks = cursor.size()?;
    let announced = cursor.size()?;
    let (_lowest, _highest) = (cursor.size()?, cursor.size()?);
    let total = cursor.check_count(announced, 6, 32)?;
    let mut tags = Vec::with_capacity(total);
    raw.points = Vec::with_capacity(total);
    for _ in 0..cursor.check_count(blocks, 8, 20)? {
        let dimension = cursor.int()?.clamp(0, 3);
        let _entity = cursor.int()?;
        let parameters = if cursor.int()? != 0 { dimension } else { 0 };
        let count = cursor.size()?;
        let count = cursor.check_count(count, 6, 32)?;
        let first = tags.len();
        let read_tag = |cursor: &mut Cursor, tags: &mut Vec<u64>| {
            tags.push(cursor.size()?);
            Ok(())
        };
        read_entries(cursor, count, &mut tags, read_tag, |all, part| all.extend(part))?;
        let read_point = |cursor: &mut Cursor, points: &mut Vec<[f64; 3]>| {
            points.push([cursor.double()?, cursor.double()?, cursor.double()?]);
            (0..parameters).try_for_each(|_| cursor.double().map(|_| ()))
        };
        let points = &mut raw.points;
        read_entries(cursor, count, points, read_point, |all, part| all.extend(part))?;
        for (&tag, &x) in tags[first..].iter().zip(&raw.points[first..]) {
            check_finite(tag, x)?;
        }
    }
    let found = tags.len() as u64;
    if found != announced {
        return Err(MeshError::CountMismatch { section: "Nodes", announced, found });
    }
    Numbering::new(&tags)
}

pub(super) fn read_elements(
    cursor: &mut Cursor,
    raw: &mut Raw,
    numbers: &Numbering,
    entities: &Entities,
) -> Result<(), MeshError> {
    let blocks = cursor.size()?;
    let announced = cursor.size()?;
    let (_lowest, _highest) = (cursor.size()?, cursor.size()?);
    let mut found = 0;
    for _ in 0..cursor.check_count(blocks, 8, 20)? {
        let _dimension = cursor.int()?;
        let entity = cursor.int()?;
        let code = cursor.int()?;
        let count = cursor.size()?;
        let count = cursor.check_count(count, 4, 16)?;
        found += count as u64;
        if code == element::POINT {
            for _ in 0..2 * count {
                cursor.size()?;
            }
            continue;
        }
        let kind = match element::kind(code) {
            Ok(kind) => kind,
            Err(name) => {
                let element = cursor.size()?;
                return Err(MeshError::ElementType { element, code, name });
            }
        };
        let groups = entities.groups(kind.dimension(), entity);
        let Some(&(_, _, group)) = groups.first() else {
            return Err(MeshError::MissingEntity { dimension: kind.dimension(), entity });
        };
        let first_run = raw.runs.len();
        let read_one = |cursor: &mut Cursor, raw: &mut Raw| {
            let start = raw.nodes.len();
            let head = |first| Run { kind, group, entity, first, start, count: 1 };
            let push = |line: &[u32]| {
                let Some((&first, nodes)) = line.split_first() else { return false };
                raw.push_element(numbers, head(u64::from(first)), nodes)
            };
            if cursor.takes_integers(push) {
                return Ok(());
            }
            let first = cursor.size()?;
            raw.read_element(cursor, numbers, head(first), true)
        };
        read_entries(cursor, count, raw, read_one, Raw::append_elements)?;
        repeat_runs(raw, first_run, &groups[1..]);
    }
    if found != announced {
        return Err(MeshError::CountMismatch { section: "Elements", announced, found });
    }
    Ok(())
}

/// An entity in several groups: the same elements again, for each further group.
fn repeat_runs(raw: &mut Raw, first: usize, groups: &[(usize, i32, i32)]) {
    let last = raw.runs.len();
    for &(_, _, group) in groups {
        for i in first..last {
            let run = Run { group, ..raw.runs[i] };
            raw.runs.push(run);
        }
    }
}

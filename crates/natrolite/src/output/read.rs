//! From the folder of a finished run back to [`Results`].
//!
//! What the file holds is checked before it is used: a file that was damaged, or made by something
//! else, is an error and no panic.

use super::profile::encode_name;
use super::read_mesh::read_mesh;
use super::read_pieces::Pieces;
use super::vtkhdf::pieces::POINT_IDS;
use super::{RESULT_FILE, SUMMARY_FILE};
use crate::results::{Column, Field, Profile, Results, Summary, SurfaceField};
use hdf5::types::VarLenUnicode;
use hdf5::{File, Group, H5Type};
use mesh::{Mesh, nodes_of};
use std::path::{Path, PathBuf};

/// The units that results have.
const UNITS: [&str; 7] = ["1", "m", "V", "A/m^2", "Pa", "S/m", "ohm m^2"];
/// The columns that profiles have.
const COLUMNS: [&str; 11] = [
    "x",
    "y",
    "z",
    "distance",
    "current_density",
    "current_ratio",
    "potential",
    "overpotential",
    "contact_pressure",
    "gap",
    "contact_fraction",
];

/// Why the results of a run could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// There is no such folder.
    #[error("{}: no such folder{}; wanted the folder of a finished run", folder.display(), hint(nearest.as_ref()))]
    Missing {
        /// What was asked for.
        folder: PathBuf,
        /// A folder with a similar name that holds results.
        nearest: Option<PathBuf>,
    },
    /// The folder holds no result of a run.
    #[error("{}: {what}; wanted the folder of a finished run, with {RESULT_FILE} and {SUMMARY_FILE}{}", folder.display(), hint(nearest.as_ref()))]
    NotAResult {
        /// The folder.
        folder: PathBuf,
        /// What is there instead.
        what: &'static str,
        /// A folder in it, or beside it, that holds results.
        nearest: Option<PathBuf>,
    },
    /// The file is there, but is none of ours, or damaged.
    #[error("{}: {what}; run the case again", file.display())]
    Broken {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// An earlier version wrote it, without what figures need.
    #[error(
        "{}: an earlier version wrote this file, without the boundaries of the mesh that figures \
         need; run the case again",
        file.display()
    )]
    Older {
        /// The file.
        file: PathBuf,
    },
}

fn hint(nearest: Option<&PathBuf>) -> String {
    nearest.map_or_else(String::new, |path| format!(" (did you mean `{}`?)", path.display()))
}

/// Reads what a run wrote into `folder`.
///
/// # Errors
/// [`ReadError`]: the folder is missing or holds no result, or the files in it are damaged or older
/// than what figures need.
pub fn read_results(folder: &Path) -> Result<Results, ReadError> {
    check_folder(folder)?;
    let path = folder.join(SUMMARY_FILE);
    let broken = |what: String| ReadError::Broken { file: path.clone(), what };
    let text = std::fs::read_to_string(&path).map_err(|e| broken(e.to_string()))?;
    let summary: Summary =
        serde_json::from_str(&text).map_err(|e| broken(format!("not a summary: {e}")))?;

    let path = folder.join(RESULT_FILE);
    let broken = |what: String| ReadError::Broken { file: path.clone(), what };
    let file =
        File::open(&path).map_err(|_| broken("not an HDF5 file, or one cut short".into()))?;
    if file.group("VTKHDF").is_ok() && file.group("mesh").is_err() {
        return Err(ReadError::Older { file: path.clone() });
    }
    read_file(&file, summary).map_err(broken)
}

/// What could be wrong, in words.
pub type Wrong = String;

fn read_file(file: &File, summary: Summary) -> Result<Results, Wrong> {
    let (mesh, symmetry, pieces) = read_mesh(file)?;
    let profiles = read_profiles(file)?;
    Ok(Results {
        fields: read_fields(file, &mesh, pieces.as_ref())?,
        surface_fields: read_surface_fields(file, &mesh)?,
        profiles,
        symmetry,
        summary,
        case_text: read_text(file, "case/text")?,
        resolved: read_text(file, "case/resolved")?,
        log: read_text(file, "log")?,
        mesh,
        part_of: None,
    })
}

fn read_fields(file: &File, mesh: &Mesh, pieces: Option<&Pieces>) -> Result<Vec<Field>, Wrong> {
    let group = group(file, "VTKHDF/PointData")?;
    let mut fields = Vec::new();
    for name in members(&group)? {
        if pieces.is_some() && name == POINT_IDS {
            continue;
        }
        let mut values: Vec<f64> = read(&group, &name)?;
        if let Some(pieces) = pieces {
            values = pieces.merge_points(&values).map_err(|e| format!("field `{name}`: {e}"))?;
        }
        let unit = unit_of(&group, &name)?;
        let count = mesh.points.len();
        let components = values.len().checked_div(count).unwrap_or(0);
        if ![1, 3, 6].contains(&components) || components * count != values.len() {
            return Err(format!("field `{name}` has {} values for {count} nodes", values.len()));
        }
        fields.push(Field { name, unit, components, values });
    }
    Ok(fields)
}

fn read_surface_fields(file: &File, mesh: &Mesh) -> Result<Vec<SurfaceField>, Wrong> {
    let boundaries = mesh.boundaries.iter().map(|b| (&b.name, "boundaries", &b.facets));
    let interfaces = mesh.interfaces.iter().map(|i| (&i.name, "interfaces", &i.sides[0]));
    let mut fields = Vec::new();
    for (surface, place, facets) in boundaries.chain(interfaces) {
        let path = format!("mesh/{place}/{}/PointData", encode_name(surface));
        let Ok(group) = file.group(&path) else { continue };
        let count = nodes_of(facets).len();
        for name in COLUMNS {
            if !group.link_exists(name) {
                continue;
            }
            let values: Vec<f64> = read(&group, name)?;
            if values.len() != count {
                let got = values.len();
                return Err(format!("`{path}/{name}` has {got} values for {count} nodes"));
            }
            let unit = unit_of(&group, name)?;
            fields.push(SurfaceField { surface: surface.clone(), name, unit, values });
        }
    }
    Ok(fields)
}

fn read_profiles(file: &File) -> Result<Vec<Profile>, Wrong> {
    let group = group(file, "profiles")?;
    let mut profiles = Vec::new();
    for stem in names(&group, "names")? {
        let place = self::group(&group, &stem)?;
        let suffix = match attribute(&place, "suffix")?.as_str() {
            "" => "",
            "_at" => "_at",
            other => return Err(format!("profile `{stem}`: unknown suffix `{other}`")),
        };
        let mut columns = Vec::new();
        for name in COLUMNS.into_iter().filter(|name| place.link_exists(name)) {
            let values = read(&place, name)?;
            columns.push(Column { name, unit: unit_of(&place, name)?, values });
        }
        let rows = columns.first().map_or(0, |c: &Column| c.values.len());
        let line = match place.link_exists("line") {
            false => None,
            true => Some(read::<VarLenUnicode>(&place, "line")?),
        };
        let line = line.map(|line| {
            line.iter().map(|l| if l.as_str() == "diagonal" { "diagonal" } else { "x" }).collect()
        });
        let lines = line.as_ref().map_or(rows, |l: &Vec<&str>| l.len());
        if lines != rows || columns.iter().any(|c| c.values.len() != rows) {
            return Err(format!("the columns of profile `{stem}` differ in length"));
        }
        profiles.push(Profile { name: attribute(&place, "surface")?, suffix, columns, line });
    }
    Ok(profiles)
}

/// One of the units that are known.
fn unit_of(group: &Group, dataset: &str) -> Result<&'static str, Wrong> {
    let place = group.dataset(dataset).map_err(|_| format!("`{dataset}` is no dataset"))?;
    let unit = attribute(&place, "unit")?;
    let known = UNITS.into_iter().find(|known| *known == unit);
    known.ok_or_else(|| format!("`{dataset}` has the unknown unit `{unit}`"))
}

pub fn group(parent: &Group, name: &str) -> Result<Group, Wrong> {
    parent.group(name).map_err(|_| format!("it has no group `{name}`"))
}

/// All values of a dataset.
pub fn read<T: H5Type>(group: &Group, name: &str) -> Result<Vec<T>, Wrong> {
    let dataset = group.dataset(name).map_err(|_| format!("it has no dataset `{name}`"))?;
    dataset.read_raw().map_err(|_| format!("dataset `{name}` cannot be read"))
}

pub fn attribute(place: &hdf5::Location, name: &str) -> Result<String, Wrong> {
    let value = place.attr(name).and_then(|a| a.read_scalar::<VarLenUnicode>());
    value.map(|v| v.to_string()).map_err(|_| format!("attribute `{name}` is missing"))
}

/// A list of names; empty where there is no such attribute.
pub fn names(place: &hdf5::Location, name: &str) -> Result<Vec<String>, Wrong> {
    let Ok(attribute) = place.attr(name) else { return Ok(Vec::new()) };
    let names = attribute.read_raw::<VarLenUnicode>();
    let names = names.map_err(|_| format!("attribute `{name}` is no list of names"))?;
    Ok(names.iter().map(ToString::to_string).collect())
}

fn members(group: &Group) -> Result<Vec<String>, Wrong> {
    group.member_names().map_err(|_| "a group cannot be read".to_owned())
}

fn read_text(file: &File, name: &str) -> Result<String, Wrong> {
    let dataset = file.dataset(name).map_err(|_| format!("it has no dataset `{name}`"))?;
    let text = dataset.read_scalar::<VarLenUnicode>();
    text.map(|t| t.to_string()).map_err(|_| format!("dataset `{name}` is no text"))
}

fn holds_results(folder: &Path) -> bool {
    folder.join(RESULT_FILE).is_file()
}

fn check_folder(folder: &Path) -> Result<(), ReadError> {
    if holds_results(folder) && folder.join(SUMMARY_FILE).is_file() {
        return Ok(());
    }
    let folder = folder.to_owned();
    if !folder.exists() {
        let nearest = nearest(&folder);
        return Err(ReadError::Missing { folder, nearest });
    }
    let what = match () {
        () if !folder.is_dir() => "this is no folder",
        () if folder.join("results.h5").exists() || folder.join("sweep.journal").exists() => {
            "this is the folder of a sweep"
        }
        () if holds_results(&folder) => "there is no summary.json",
        () => "there is no result of a run here",
    };
    // Results one level down, or, of a file in a folder of results, that folder.
    let inside = children(&folder).into_iter().find(|child| holds_results(child));
    let nearest = inside.or_else(|| folder.parent().filter(|p| holds_results(p)).map(Into::into));
    Err(ReadError::NotAResult { folder, what, nearest })
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut children: Vec<PathBuf> = entries.map(|e| e.path()).collect();
    children.sort();
    children
}

/// The folder with results beside `folder`, or in `out`, whose name is most like its name.
fn nearest(folder: &Path) -> Option<PathBuf> {
    let name = folder.file_name()?.to_str()?;
    let parent = match folder.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return None,
    };
    let candidates = children(parent).into_iter().chain(children(Path::new("out")));
    let alike = candidates.filter(|path| holds_results(path)).filter_map(|path| {
        let other = path.file_name()?.to_str()?.to_owned();
        let distance = strsim::damerau_levenshtein(name, &other);
        (distance <= 1 + name.chars().count() / 3).then_some((distance, path))
    });
    let found = alike.min_by_key(|(distance, _)| *distance).map(|(_, path)| path)?;
    Some(found.strip_prefix(".").map(Path::to_owned).unwrap_or(found))
}

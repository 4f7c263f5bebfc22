//! The folder of a run: written beside, renamed at the end.
//!
//! For the folder `D` of process `p`, files are written into `D.partial-p`. [`Folder::commit`] moves
//! an existing `D` to `D.replaced-p`, the new folder to `D`, and deletes the old one; when the
//! second step fails, the first is undone. A run that stops before leaves `D` as it was. What killed
//! runs left beside `D` is put right by the next run: each holds a lock on the [`MARKER`] in its
//! partial folder, so that the folder of a dead process can be told from that of a living one.

#[cfg(test)]
mod tests;

use super::error::OutputError;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file that says that a run made a folder.
pub const MARKER: &str = ".natrolite";

const PARTIAL: &str = ".partial-";
const REPLACED: &str = ".replaced-";

/// A folder in the making. Dropped without [`Folder::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Folder {
    target: PathBuf,
    partial: PathBuf,
    force: bool,
    lock: Option<File>,
    /// Parents that did not exist before, the outermost first.
    created: Vec<PathBuf>,
}

impl Folder {
    /// Makes sure that `target` may be written or replaced, and opens a folder beside it.
    ///
    /// Parents are created. A `target` that is empty, or that an earlier run made, will be replaced;
    /// any other only with `force`. Left-overs of runs that were killed are removed.
    ///
    /// # Errors
    /// [`OutputError::Refused`], [`OutputError::Unsuitable`], [`OutputError::NotAFolder`], or
    /// [`OutputError::Io`] when the system refuses.
    pub fn prepare(target: &Path, force: bool) -> Result<Folder, OutputError> {
        let target = resolve(target)?;
        let parent = parent_of(&target)?;
        let created = create_parents(&parent)?;
        let partial = beside(&target, PARTIAL, std::process::id());
        let mut folder = Folder { target, partial, force, lock: None, created };
        clean_up(&folder.target, &parent);
        check_replaceable(&folder.target, force)?;
        folder.open()?;
        Ok(folder)
    }

    fn open(&mut self) -> Result<(), OutputError> {
        match fs::create_dir(&self.partial) {
            // Of a dead process with our number, or of a lock that could not be tried.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                fs::remove_dir_all(&self.partial)
                    .and_then(|()| fs::create_dir(&self.partial))
                    .map_err(OutputError::io("replace", &self.partial))?;
            }
            other => other.map_err(OutputError::io("create", &self.partial))?,
        }
        let marker = self.partial.join(MARKER);
        let mark = || {
            let mut file = File::create(&marker)?;
            writeln!(
                file,
                "Written by Natrolite {}; a later run may replace this folder.",
                env!("CARGO_PKG_VERSION")
            )?;
            file.sync_all()?;
            // Some file systems have no locks; then left-overs stay until they are deleted by hand.
            let _ = file.try_lock();
            Ok(file)
        };
        self.lock = Some(mark().map_err(OutputError::io("write", &marker))?);
        Ok(())
    }

    /// Where to write the files.
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Puts the folder under its final name.
    ///
    /// # Errors
    /// As [`Folder::prepare`]; what stood under the final name is then still there.
    pub fn commit(mut self) -> Result<(), OutputError> {
        check_replaceable(&self.target, self.force)?;
        self.lock = None;
        let replaced = beside(&self.target, REPLACED, std::process::id());
        let exists = exists(&self.target)?;
        if exists {
            fs::rename(&self.target, &replaced).map_err(OutputError::io("move", &self.target))?;
        }
        if let Err(source) = fs::rename(&self.partial, &self.target) {
            if exists {
                // Should this fail as well, the next run finds the old folder and restores it.
                let _ = fs::rename(&replaced, &self.target);
            }
            return Err(OutputError::io("create", &self.target)(source));
        }
        self.created.clear();
        if exists {
            // The results are in place; what cannot be deleted now, the next run deletes.
            let _ = fs::remove_dir_all(&replaced);
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.lock.take().is_some() {
            let _ = fs::remove_dir_all(&self.partial);
        }
        for parent in self.created.iter().rev() {
            // Fails, as it should, when somebody else put something there.
            let _ = fs::remove_dir(parent);
        }
    }
}

/// An absolute path whose last component is the folder's name.
fn resolve(target: &Path) -> Result<PathBuf, OutputError> {
    let refuse = |what| Err(OutputError::Unsuitable { folder: target.to_owned(), what });
    if target.as_os_str().is_empty() {
        return refuse("an empty path");
    }
    let absolute = match exists(target)? {
        true => fs::canonicalize(target).map_err(OutputError::io("find", target))?,
        false => std::path::absolute(target).map_err(OutputError::io("find", target))?,
    };
    if absolute.file_name().is_none() {
        return refuse("no name of a folder");
    }
    let here = std::env::current_dir().and_then(fs::canonicalize);
    if here.is_ok_and(|here| here.starts_with(&absolute)) {
        return refuse("the current folder or one that holds it");
    }
    Ok(absolute)
}

fn parent_of(target: &Path) -> Result<PathBuf, OutputError> {
    match target.parent() {
        Some(parent) => Ok(parent.to_owned()),
        None => Err(OutputError::Unsuitable { folder: target.to_owned(), what: "the root folder" }),
    }
}

fn exists(path: &Path) -> Result<bool, OutputError> {
    match fs::metadata(path) {
        Ok(_) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(OutputError::io("find", path)(e)),
    }
}

/// Creates `parent` and what is missing above it; returns what it created, the outermost first.
fn create_parents(parent: &Path) -> Result<Vec<PathBuf>, OutputError> {
    let mut missing: Vec<_> = parent.ancestors().take_while(|p| !p.exists()).collect();
    missing.reverse();
    fs::create_dir_all(parent).map_err(OutputError::io("create", parent))?;
    Ok(missing.into_iter().map(Path::to_owned).collect())
}

fn beside(target: &Path, infix: &str, process: u32) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!("{infix}{process}"));
    target.with_file_name(name)
}

fn check_replaceable(target: &Path, force: bool) -> Result<(), OutputError> {
    if !exists(target)? {
        return Ok(());
    }
    if !target.is_dir() {
        return Err(OutputError::NotAFolder { path: target.to_owned() });
    }
    if force || target.join(MARKER).is_file() {
        return Ok(());
    }
    let read = || fs::read_dir(target)?.map(|e| Ok(e?.file_name())).collect::<io::Result<Vec<_>>>();
    match read().map_err(OutputError::io("read", target))?.into_iter().min() {
        None => Ok(()),
        Some(first) => Err(OutputError::Refused {
            folder: target.to_owned(),
            found: first.to_string_lossy().into_owned(),
        }),
    }
}

/// Puts right what killed runs left beside `target`. Failures are ignored: left-overs do no harm.
fn clean_up(target: &Path, parent: &Path) {
    let Some(name) = target.file_name().and_then(|n| n.to_str()) else { return };
    let Ok(entries) = fs::read_dir(parent) else { return };
    let number = |entry: &str, infix: &str| -> Option<u32> {
        entry.strip_prefix(name)?.strip_prefix(infix)?.parse().ok()
    };
    let mut entries: Vec<_> =
        entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
    entries.sort_unstable();
    for entry in &entries {
        // Killed between the two renames: the old folder is the only one there is.
        if let Some(process) = number(entry, REPLACED)
            && !is_alive(&beside(target, PARTIAL, process))
        {
            let replaced = parent.join(entry);
            let _ = match target.exists() {
                true => fs::remove_dir_all(&replaced),
                false => fs::rename(&replaced, target),
            };
        }
    }
    for entry in &entries {
        if number(entry, PARTIAL).is_some() {
            let partial = parent.join(entry);
            if partial.join(MARKER).is_file() && !is_alive(&partial) {
                let _ = fs::remove_dir_all(&partial);
            }
        }
    }
}

/// Whether a process holds the lock of this partial folder; true where that cannot be told.
fn is_alive(partial: &Path) -> bool {
    match File::open(partial.join(MARKER)) {
        Ok(marker) => marker.try_lock().is_err(),
        Err(_) => false,
    }
}

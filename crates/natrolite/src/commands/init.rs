//! `natrolite init`: a commented case to start from.

use crate::cli::{InitOptions, print};
use crate::failure::Failure;
use crate::output::OutputError;
use clap::ValueEnum;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Cases to start from; each runs as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// A pore at the anode, axisymmetric
    Pore,
    /// The same pore over ranges of two of its numbers
    Sweep,
    /// Stack pressure on sodium with a void
    Pressure,
    /// A pore in three dimensions
    Quarter,
    /// A mesh of your own from Gmsh, with a small one to begin with
    Gmsh,
}

/// The mesh of [`Template::Gmsh`] and what makes it.
const MESH: [(&str, &str); 2] = [
    ("two_regions.msh", include_str!("../../../../meshes/two_regions.msh")),
    ("two_regions.geo", include_str!("../../../../meshes/two_regions.geo")),
];

impl Template {
    /// The text of the case.
    pub fn text(self) -> &'static str {
        match self {
            Template::Pore => include_str!("../templates/pore.toml"),
            Template::Sweep => include_str!("../templates/sweep.toml"),
            Template::Pressure => include_str!("../templates/pressure.toml"),
            Template::Quarter => include_str!("../templates/quarter.toml"),
            Template::Gmsh => include_str!("../templates/gmsh.toml"),
        }
    }

    /// Names and texts of the files that the case needs beside it.
    fn others(self) -> &'static [(&'static str, &'static str)] {
        if self == Template::Gmsh { &MESH } else { &[] }
    }
}

/// Writes a template to a file, or to stdout for `-`, and says on stderr what to do with it.
///
/// # Errors
/// [`Failure::Input`] when a file exists, unless forced; [`Failure::System`] when the system refuses.
pub fn init(options: &InitOptions) -> Result<(), Failure> {
    let (template, file) = (options.template, &options.file);
    if file.as_os_str() == "-" {
        for (name, _) in template.others() {
            eprintln!("the case needs {name}, which is not written beside stdout");
        }
        return print(template.text());
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    let mut files: Vec<(PathBuf, &str)> = vec![(file.clone(), template.text())];
    files.extend(template.others().iter().map(|(name, text)| (folder.join(name), *text)));
    // All are looked at before the first is written, so that a refusal leaves nothing behind.
    if let Some((path, _)) = files.iter().find(|(path, _)| !options.force && path.exists()) {
        return Err(exists(path));
    }
    for (path, text) in &files {
        write(path, text, options.force)?;
    }
    let written: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
    let command = if template == Template::Sweep { "sweep" } else { "run" };
    let case = quoted(&written[0]);
    eprintln!(
        "written: {}\nnext: natrolite check {case}\n      natrolite {command} {case}",
        written.join(", ")
    );
    Ok(())
}

/// Writes one file; without `force` never over another.
fn write(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true);
    match force {
        true => options.create(true).truncate(true),
        false => options.create_new(true),
    };
    let refused = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => exists(path),
        _ => OutputError::io("write", path)(error).into(),
    };
    let mut file = options.open(path).map_err(refused)?;
    file.write_all(text.as_bytes()).map_err(refused)
}

fn exists(path: &Path) -> Failure {
    if path.is_dir() {
        let example = path.join("case.toml");
        return Failure::Input(format!(
            "{} is a folder; wanted: the name of a file, for example {}",
            path.display(),
            example.display()
        ));
    }
    Failure::Input(format!(
        "{} exists and is not replaced; wanted: another name, or --force",
        path.display()
    ))
}

/// A word of a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+".contains(c);
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_with_spaces_are_one_word_of_the_shell() {
        assert_eq!(super::quoted("cases/a.toml"), "cases/a.toml");
        assert_eq!(super::quoted("my case's.toml"), r"'my case'\''s.toml'");
    }
}

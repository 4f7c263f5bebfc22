//! The repository keeps its own rules: what the documents say exists, and nothing is left lying about.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The command that runs every test, as the README and `.ci/run` give it.
const TEST_COMMAND: &str = "cargo test --release --workspace";
/// The command of the main job.
const MAIN_COMMAND: &str = "cargo run --release -- run configs/nas_pore.toml";
/// No source file is longer.
const LONGEST: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every file of the repository, relative to its root: those that git tracks or would track; without
/// git, those outside hidden folders, `target` and `out`.
fn files() -> Vec<PathBuf> {
    let listing = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let mut files: Vec<PathBuf> = match listing {
        Ok(listing) if listing.status.success() => {
            String::from_utf8(listing.stdout).unwrap().lines().map(PathBuf::from).collect()
        }
        _ => walk(&root()).iter().map(|f| f.strip_prefix(root()).unwrap().to_owned()).collect(),
    };
    files.retain(|file| root().join(file).is_file());
    assert!(files.len() > 100, "only {} files found", files.len());
    files
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !(name.starts_with('.') && name != ".ci") && name != "target" && name != "out" {
                found.extend(walk(&path));
            }
        } else {
            found.push(path);
        }
    }
    found
}

fn has_extension(file: &Path, wanted: &[&str]) -> bool {
    file.extension().and_then(|e| e.to_str()).is_some_and(|e| wanted.contains(&e))
}

fn with_extension(wanted: &[&str]) -> Vec<(PathBuf, String)> {
    let chosen = files().into_iter().filter(|file| has_extension(file, wanted));
    chosen.map(|file| (file.clone(), text(&file))).collect()
}

fn text(file: &Path) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

fn assert_none(found: Vec<String>, what: &str) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[test]
fn readme_and_ci_agree_on_the_test_command() {
    let readme = text(Path::new("README.md"));
    let ci = text(Path::new(".ci/run"));
    assert!(readme.lines().any(|line| line == TEST_COMMAND), "README.md lacks `{TEST_COMMAND}`");
    assert_eq!(ci.lines().last(), Some(TEST_COMMAND), "the last line of .ci/run");
    assert!(readme.lines().any(|line| line.ends_with(MAIN_COMMAND)), "README.md: {MAIN_COMMAND}");
}

/// Crates that the program is built from, with these arguments.
fn crates_of_the_program(arguments: &[&str]) -> String {
    let listing = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", "natrolite", "--edges", "normal,build"])
        .args(["--prefix", "none"])
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("cargo starts");
    assert!(listing.status.success(), "{}", String::from_utf8_lossy(&listing.stderr));
    String::from_utf8_lossy(&listing.stdout).into_owned()
}

#[test]
fn mpi_and_petsc_are_asked_for_by_a_feature_only() {
    let has = |crates: &str| crates.lines().any(|line| line.starts_with("natrolite-distributed "));
    assert!(!has(&crates_of_the_program(&[])));
    assert!(has(&crates_of_the_program(&["--features", "petsc"])));
}

#[cfg(unix)]
#[test]
fn ci_can_be_executed() {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(root().join(".ci/run")).unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0o111, ".ci/run has mode {mode:o}");
}

#[test]
fn files_are_short() {
    let long = with_extension(&["rs", "md", "py"]).into_iter().filter_map(|(file, text)| {
        let lines = text.lines().count();
        // The reference of the case file is generated.
        let is_generated = file == Path::new("docs/case_file.md");
        (lines > LONGEST && !is_generated).then(|| format!("{}: {lines} lines", file.display()))
    });
    assert_none(long.collect(), &format!("files of more than {LONGEST} lines"));
}

#[test]
fn nothing_is_left_to_do_and_no_test_is_ignored() {
    // Written in two parts, so that this file does not find itself.
    let forbidden =
        [["todo", "!("], ["unimplemented", "!("], ["dbg", "!("], ["#[ign", "ore"], ["TO", "DO:"]]
            .map(|[a, b]| format!("{a}{b}"));
    let mut found = Vec::new();
    for (file, text) in with_extension(&["rs"]) {
        for (k, line) in text.lines().enumerate() {
            if let Some(word) = forbidden.iter().find(|word| line.contains(word.as_str())) {
                found.push(format!("{}:{}: {word}", file.display(), k + 1));
            }
        }
    }
    assert_none(found, "unfinished work");
}

#[test]
fn no_tabs_and_no_trailing_spaces() {
    let mut found = Vec::new();
    for (file, text) in with_extension(&["rs", "toml", "md", "py", "geo"]) {
        // Cases that must be refused may be as odd as they like.
        if file.starts_with("tests/messages") {
            continue;
        }
        for (k, line) in text.lines().enumerate() {
            if line.contains('\t') || line.ends_with(' ') {
                found.push(format!("{}:{}", file.display(), k + 1));
            }
        }
        if !text.is_empty() && !text.ends_with('\n') {
            found.push(format!("{}: no newline at the end", file.display()));
        }
    }
    assert_none(found, "tabs, trailing spaces, or a last line without an end");
}

#[test]
fn every_crate_says_what_it_is() {
    let mut crates = 0;
    for file in files() {
        let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let [first, name, last] = &parts[..] else { continue };
        if first != "crates" || last != "Cargo.toml" {
            continue;
        }
        crates += 1;
        let manifest = text(&file);
        for line in ["description = \"", "license.workspace = true", "[lints]\nworkspace = true"] {
            assert!(manifest.contains(line), "{}: no `{line}`", file.display());
        }
        let library = text(&Path::new("crates").join(name).join("src/lib.rs"));
        assert!(library.starts_with("//! "), "crates/{name}/src/lib.rs begins without a doc");
        let architecture = text(Path::new("ARCHITECTURE.md"));
        let heading = format!("`crates/{name}`");
        assert!(architecture.contains(&heading), "ARCHITECTURE.md does not mention {heading}");
    }
    assert!(crates >= 5, "only {crates} crates found");
}

#[test]
fn changelog_knows_the_version() {
    let changelog = text(Path::new("CHANGELOG.md"));
    let heading = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(changelog.contains(&heading), "CHANGELOG.md has no `{heading}`");
}

#[test]
fn every_config_expects_a_number_with_a_source() {
    let mut configs = 0;
    for (file, text) in with_extension(&["toml"]) {
        if !file.starts_with("configs") {
            continue;
        }
        configs += 1;
        let expected = text.split("[expect]").nth(1).unwrap_or_default();
        assert!(expected.contains("source = "), "{}: [expect] has no source", file.display());
    }
    assert!(configs >= 2, "only {configs} configs found");
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut found = Vec::new();
    let mut links = 0;
    for (file, text) in with_extension(&["md"]) {
        let folder = root().join(&file).parent().unwrap().to_owned();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            links += 1;
            if !folder.join(path).exists() {
                found.push(format!("{}: {target}", file.display()));
            }
        }
    }
    assert!(links > 10, "only {links} links found");
    assert_none(found, "links that lead nowhere");
}

#[test]
fn every_page_of_the_book_is_in_its_summary() {
    let summary = text(Path::new("docs/SUMMARY.md"));
    let missing = files().into_iter().filter_map(|file| {
        let page = file.strip_prefix("docs").ok()?.to_str()?.to_owned();
        let is_page = page.ends_with(".md") && page != "SUMMARY.md";
        (is_page && !summary.contains(&format!("]({page})"))).then_some(page)
    });
    assert_none(missing.collect(), "pages of docs/ that docs/SUMMARY.md does not list");
}

/// Paths in back quotes, as in `crates/fem/src/law.rs`.
#[test]
fn files_that_documents_name_exist() {
    let folders = ["crates/", "configs/", "meshes/", "docs/", "tests/"];
    let mut found = Vec::new();
    for (file, text) in with_extension(&["md"]) {
        for word in text.split('`').skip(1).step_by(2) {
            let is_path = folders.iter().any(|folder| word.starts_with(folder));
            let is_pattern = word.contains(['<', '*', '{', ' ']);
            if is_path && !is_pattern && !root().join(word).exists() {
                found.push(format!("{}: {word}", file.display()));
            }
        }
    }
    assert_none(found, "files that documents name");
}

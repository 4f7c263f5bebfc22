//! Every case in `configs` gives the numbers that it expects.

use natrolite::case::read_file;
use natrolite::commands::missed_expectations;
use natrolite::results::Status;
use natrolite::run::{Silent, solve_case};
use std::fs;
use std::path::{Path, PathBuf};

fn configs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
    let entries = fs::read_dir(folder).expect("configs exists");
    let mut cases: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    cases.sort();
    cases
}

/// What is wrong with the results of a case, as text.
fn complaints(path: &Path, arguments: &[String]) -> Vec<String> {
    let case = match read_file(path, arguments) {
        Ok(case) => case,
        Err(error) => return vec![error.render(false)],
    };
    if case.expect.is_empty() {
        return vec![format!("{} expects nothing", path.display())];
    }
    let mut complaints: Vec<String> = (case.expect.iter())
        .filter(|expectation| expectation.source.as_deref().unwrap_or("").is_empty())
        .map(|e| format!("{}: `{}` has no source", path.display(), e.quantity))
        .collect();
    match solve_case(&case, 0, &mut Silent) {
        Err(error) => complaints.push(format!("{}: {error}", path.display())),
        Ok(results) => {
            if results.summary.status != Status::Converged {
                complaints.push(format!("{}: {}", path.display(), results.log));
            }
            let missed = missed_expectations(&case, &results);
            complaints.extend(missed.iter().map(|d| format!("{}: {}", path.display(), d.message)));
        }
    }
    complaints
}

#[test]
fn every_case_gives_what_it_expects() {
    let cases = configs();
    assert!(cases.len() >= 24, "only {} cases", cases.len());
    let complaints: Vec<String> = cases.iter().flat_map(|path| complaints(path, &[])).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_missed_expectation_is_noticed() {
    let configs = configs();
    let path = configs.iter().find(|path| path.ends_with("nas_pore.toml")).expect("it exists");
    // The case with another conductivity is another case.
    let arguments = ["material.NAS.ohm.conductivity=\"0.91 mS/cm\"".to_owned()];
    let complaints = complaints(path, &arguments);
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(complaints[0].contains("`peak_factor.anode` is 1.05"), "{complaints:?}");
    assert!(complaints[1].contains("`cell_overpotential` is 0.013254"), "{complaints:?}");
}

#[test]
fn a_case_without_expectations_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("case.toml");
    let good = configs().into_iter().find(|path| path.ends_with("nas_pore.toml"));
    let text = fs::read_to_string(good.expect("it exists")).expect("it can be read");
    let end = text.find("[expect]").expect("it expects something");
    fs::write(&path, &text[..end]).expect("a file can be written");
    assert!(complaints(&path, &[])[0].ends_with("expects nothing"));
}

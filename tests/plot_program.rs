//! `natrolite plot` and `natrolite compare`: files, messages, exit codes.

#[path = "common/listing.rs"]
mod listing;

use hdf5::File;
use listing::names;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

fn config(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name)
}

fn natrolite(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_natrolite"));
    command.current_dir(folder.path()).args(arguments).output().expect("the program starts")
}

fn run(folder: &TempDir, case: &str, arguments: &[&str]) {
    let case = config(case).display().to_string();
    let output = natrolite(folder, &[&["run", "--quiet", &case], arguments].concat());
    assert!(output.status.success(), "{}", stderr(&output));
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn refused(folder: &TempDir, arguments: &[&str]) -> String {
    let output = natrolite(folder, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
    stderr(&output)
}

#[test]
fn figures_stand_in_the_folder_of_the_run_and_do_not_make_it_another() {
    let folder = tempfile::tempdir().expect("a folder");
    run(&folder, "nas_pore.toml", &[]);
    let output =
        natrolite(&folder, &["plot", "out/nas_pore", "--figure", "interface", "--dpi", "100"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("written to out/nas_pore/figures"), "{}", stdout(&output));
    let figures = folder.path().join("out/nas_pore/figures");
    assert_eq!(names(&figures), ["interface.csv", "interface.png", "interface.svg"]);
    let csv = fs::read_to_string(figures.join("interface.csv")).expect("written");
    assert!(csv.starts_with("anode: distance [m],anode: current_density [A/m^2]\n"), "{csv}");

    let all =
        ["plot", "out/nas_pore", "--format", "svg", "--width", "120", "--output", "elsewhere"];
    assert!(natrolite(&folder, &all).status.success());
    let written = names(&folder.path().join("elsewhere"));
    assert!(written.contains(&"potential.svg".to_owned()) && written.len() >= 7, "{written:?}");
    assert!(written.iter().all(|name| !name.ends_with(".png") && !name.contains("partial")));
    let svg = fs::read_to_string(folder.path().join("elsewhere/mesh.svg")).expect("written");
    assert!(svg.contains(r#"width="120mm""#));

    // The next run replaces the folder with all that is in it.
    run(&folder, "nas_pore.toml", &[]);
    assert!(!figures.exists());
}

#[test]
fn what_is_no_run_is_told_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    run(&folder, "nas_pore.toml", &[]);
    let text = refused(&folder, &["plot", "out/nas_poer"]);
    assert!(text.contains("no such folder (did you mean `out/nas_pore`?)"), "{text}");
    let text = refused(&folder, &["plot", "nas_pore"]);
    assert!(text.contains("(did you mean `out/nas_pore`?)"), "{text}");
    let text = refused(&folder, &["plot", "out"]);
    assert!(text.contains("there is no result of a run here"), "{text}");
    assert!(text.contains("(did you mean `out/nas_pore`?)"), "{text}");
    let text = refused(&folder, &["plot", "out/nas_pore/result.vtkhdf"]);
    assert!(text.contains("this is no folder") && text.contains("`out/nas_pore`"), "{text}");

    let text = refused(&folder, &["plot", "out/nas_pore", "--figure", "potental"]);
    assert!(text.contains("unknown figure `potental` (did you mean `potential`?)"), "{text}");
    let text = refused(&folder, &["plot", "out/nas_pore", "--figure", "deformed"]);
    assert!(text.contains("this run has no figure `deformed`; it has overview, "), "{text}");
    for (option, value) in
        [("--width", "1"), ("--width", "nan"), ("--dpi", "1e9"), ("--format", "pdf")]
    {
        refused(&folder, &["plot", "out/nas_pore", option, value]);
    }

    fs::create_dir_all(folder.path().join("sweep")).expect("made");
    fs::write(folder.path().join("sweep/results.h5"), "").expect("written");
    let text = refused(&folder, &["plot", "sweep"]);
    assert!(text.contains("no HDF5 file, or one cut short; run the sweep again"), "{text}");
    let text = refused(&folder, &["compare", "out/nas_pore", "sweep"]);
    assert!(text.contains("sweep holds a sweep and out/nas_pore a run"), "{text}");
}

#[test]
fn a_damaged_or_older_file_is_told_and_never_a_panic() {
    let folder = tempfile::tempdir().expect("a folder");
    run(&folder, "nas_pore.toml", &[]);
    let path = folder.path().join("out/nas_pore/result.vtkhdf");
    let whole = fs::read(&path).expect("read");

    fs::write(&path, &whole[..whole.len() / 2]).expect("written");
    let text = refused(&folder, &["plot", "out/nas_pore"]);
    assert!(text.contains("not an HDF5 file, or one cut short; run the case again"), "{text}");

    type Damage = fn(&File);
    let damages: [(Damage, &str); 6] = [
        (|f| f.unlink("mesh").expect("gone"), "an earlier version wrote this file"),
        (|f| f.unlink("VTKHDF/Points").expect("gone"), "it has no dataset `Points`"),
        (
            |f| {
                let nodes = f.dataset("VTKHDF/Connectivity").expect("there");
                nodes.write_slice(&[9_999_999_i64], 0..1).expect("written");
            },
            "`Connectivity` names nodes that do not exist",
        ),
        (
            |f| {
                let types = f.dataset("VTKHDF/Types").expect("there");
                types.write_slice(&[99_u8], 0..1).expect("written");
            },
            "cells of unknown types",
        ),
        (|f| f.unlink("profiles/anode/distance").expect("gone"), ""),
        (|f| f.unlink("VTKHDF/PointData/potential").expect("gone"), ""),
    ];
    for (damage, wanted) in damages {
        fs::write(&path, &whole).expect("written");
        let file = File::open_rw(&path).expect("a file");
        damage(&file);
        file.close().expect("closed");
        let output = natrolite(&folder, &["plot", "out/nas_pore", "--format", "svg"]);
        match wanted {
            // What is not there has no figure.
            "" => assert!(output.status.success(), "{}", stderr(&output)),
            _ => {
                assert_eq!(output.status.code(), Some(2), "{wanted}");
                assert!(stderr(&output).contains(wanted), "{wanted}: {}", stderr(&output));
            }
        }
    }
    fs::write(&path, &whole).expect("written");
    fs::write(folder.path().join("out/nas_pore/summary.json"), "{}").expect("written");
    let text = refused(&folder, &["plot", "out/nas_pore"]);
    assert!(text.contains("not a summary"), "{text}");
}

#[test]
fn two_runs_are_compared_in_figures_and_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    run(&folder, "nas_disc.toml", &[]);
    run(&folder, "nps_disc.toml", &[]);
    let output = natrolite(&folder, &["compare", "out/nas_disc", "out/nps_disc", "--dpi", "60"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let line = text.lines().find(|l| l.contains("peak_factor.anode")).expect("a row");
    let words: Vec<&str> = line.split_whitespace().collect();
    // tests/profiles.rs has the peak over NPS; physics as in the ladder of the disc.
    assert!(words[1].starts_with("1.03") && words[2].starts_with("1.24"), "{line}");
    let percent: f64 = words[3].parse().expect("a number");
    assert!(percent > 15.0 && percent < 25.0, "{line}");
    assert!(text.contains("overpotential_ohmic"), "{text}");
    let written = names(&folder.path().join("out/compare_nas_disc_nps_disc"));
    let wanted = ["interface.csv", "interface.png", "interface.svg", "voltage.csv", "voltage.png"];
    assert_eq!(written[..5], wanted);

    let text = refused(&folder, &["compare", "out/nas_disc", "out/nsp_disc"]);
    assert!(text.contains("did you mean"), "{text}");
    refused(&folder, &["compare", "out/nas_disc"]);
    let text = refused(&folder, &[&["compare"], &["out/nas_disc"; 8][..]].concat());
    assert!(text.contains("8 runs: at most 7"), "{text}");
}

#[test]
fn two_sweeps_are_compared_in_figures_and_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let sweep = |output: &str, from: &str, radius: &str| {
        let path = folder.path().join("case.toml");
        let case = fs::read_to_string(config("nas_pore.toml")).expect("a config");
        let axis = format!(
            "\n[[sweep.axis]]\nkey = \"material.NAS.ohm.conductivity\"\nfrom = \"{from}\"\n\
             to = \"2 mS/cm\"\npoints = 3\n"
        );
        let case = case.split("[expect]").next().unwrap_or_default().to_owned() + &axis;
        fs::write(&path, case).expect("written");
        let set = format!("mesh.defect.radius={radius}");
        let arguments = ["sweep", "case.toml", "--output", output, "--set", &set];
        let done = natrolite(&folder, &arguments);
        assert!(done.status.success(), "{}", stderr(&done));
    };
    sweep("a", "1 mS/cm", "10 um");
    sweep("b", "1 mS/cm", "20 um");
    let output = natrolite(&folder, &["compare", "a", "b", "--output", "both"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let line = text.lines().find(|l| l.contains("peak_factor.anode")).expect("a row");
    let numbers: Vec<f64> = line.split_whitespace().filter_map(|w| w.parse().ok()).collect();
    // The larger pore and the worse conductor have the larger peak.
    assert!(numbers[2] > numbers[0] && numbers[0] < numbers[1], "{line}");
    let csv =
        folder.path().join("both/sweeps_peak_factor_anode_over_material_nas_ohm_conductivity.csv");
    let csv = fs::read_to_string(csv).expect("a figure");
    assert!(
        csv.contains("peak_factor.anode of a") && csv.contains("peak_factor.anode of b"),
        "{csv}"
    );

    sweep("b", "0.5 mS/cm", "20 um");
    let text = refused(&folder, &["compare", "a", "b"]);
    assert!(text.contains("the sweeps in a and b have other axes: material.NAS"), "{text}");
}

#[test]
fn figures_are_the_same_for_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut first: Option<Vec<(String, Vec<u8>)>> = None;
    for threads in ["1", "2", "4"] {
        run(&folder, "nas_pore_pressed.toml", &["--threads", threads, "--output", "out/run"]);
        let output = natrolite(&folder, &["plot", "out/run", "--dpi", "60"]);
        assert!(output.status.success(), "{}", stderr(&output));
        let place = folder.path().join("out/run/figures");
        let files = names(&place).into_iter();
        let files = files.map(|name| (name.clone(), fs::read(place.join(&name)).expect("read")));
        let files: Vec<_> = files.collect();
        assert!(files.len() > 15, "{}", files.len());
        match &first {
            None => first = Some(files),
            Some(first) => {
                for (a, b) in first.iter().zip(&files) {
                    assert!(a == b, "{} differs with {threads} threads", a.0);
                }
            }
        }
    }
}

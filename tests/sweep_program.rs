//! `natrolite sweep`: what it writes, and that a kill at any moment costs nothing but time.

#[path = "common/datasets.rs"]
mod datasets;
#[path = "common/listing.rs"]
mod listing;

use datasets::datasets;
use hdf5::File;
use hdf5::types::VarLenUnicode;
use listing::names;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A pore over conductivity and exchange current density, on a coarse mesh.
const CASE: &str = r#"
[mesh.defect]
symmetry = "axisymmetric"
shape = "hemisphere"
radius = "10 um"
[discretization]
order = 1
[material.NAS]
ohm = { conductivity = "0.9 mS/cm" }
[region]
electrolyte = "NAS"
[boundary.anode]
butler_volmer = { exchange_current_density = "1.3 mA/cm^2", electrode_potential = "0 V" }
[boundary.counter]
current = { density = "0.51 mA/cm^2" }
"#;

const GRID: &str = r#"
[[sweep.axis]]
key = "material.NAS.ohm.conductivity"
from = "0.05 mS/cm"
to = "5 mS/cm"
points = 40
scale = "log"
[[sweep.axis]]
key = "boundary.anode.butler_volmer.exchange_current_density"
from = "0.1 mA/cm^2"
to = "10 mA/cm^2"
points = 50
scale = "log"
"#;

fn folder_with(sweep: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("case.toml"), CASE.to_owned() + sweep).expect("written");
    folder
}

fn command(folder: &TempDir, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_natrolite"));
    command.current_dir(folder.path()).args(arguments.split(' '));
    command
}

fn run(folder: &TempDir, arguments: &str) -> Output {
    command(folder, arguments).output().expect("the program starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Name and contents of every dataset of the results.
fn results(folder: &Path) -> Vec<(String, String)> {
    let file = File::open(folder.join("results.h5")).expect("written");
    let mut found = Vec::new();
    datasets(&file, &mut found);
    found
}

const FILES: [&str; 5] =
    [".natrolite", "report.html", "results.csv", "results.h5", "sweep.journal"];

#[test]
fn a_sweep_that_is_killed_again_and_again_gives_the_same_bytes() {
    let folder = folder_with(&GRID.replace("40", "200"));
    let path = |name: &str| folder.path().join(name);
    let output = run(&folder, "sweep case.toml --quiet --threads 2 --output whole");
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert_eq!(names(&path("whole")), FILES);

    // Killed when the journal has grown by some part of what it becomes, with and without --resume.
    let length = |name: &str| fs::metadata(path(name).join("sweep.journal")).map_or(0, |m| m.len());
    let (all, mut kills) = (length("whole"), 0);
    for part in [0, 1, 13, 2, 17, 5, 7, 11, 19, 3] {
        let resume = if part % 2 == 0 { "" } else { " --resume" };
        let arguments = format!("sweep case.toml --quiet --threads 2 --output killed{resume}");
        let mut child = command(&folder, &arguments).spawn().expect("the program starts");
        let enough = length("killed") + all * part / 200;
        while length("killed") <= enough && child.try_wait().expect("it is there").is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
        kills += usize::from(child.try_wait().expect("it is there").is_none());
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
    }
    assert!(kills >= 5 && length("killed") < all, "killed {kills} times only");
    for name in ["results.csv", "results.h5", "report.html"] {
        assert!(!path("killed").join(name).exists(), "{name} before the sweep is complete");
    }
    let output = run(&folder, "sweep case.toml --quiet --threads 1 --output killed --resume");
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert_eq!(names(&path("killed")), FILES);
    let table = |name: &str| fs::read(path(name).join("results.csv")).expect("written");
    assert!(table("whole") == table("killed"), "results.csv differs");
    assert_eq!(text(&table("whole")).lines().count(), 10001);
    let (first, second) = (results(&path("whole")), results(&path("killed")));
    assert_eq!(first.len(), second.len());
    for (a, b) in first.iter().zip(&second) {
        assert!(a == b, "{} differs", a.0);
    }

    // Doing it again does nothing, with --resume or without.
    let written = |name: &str| fs::metadata(path(name)).and_then(|m| m.modified()).expect("there");
    let before = written("whole/results.csv");
    for again in ["sweep case.toml --output whole", "sweep case.toml --output whole --resume"] {
        let output = run(&folder, again);
        assert_eq!((code(&output), text(&output.stderr)), (0, String::new()));
        assert_eq!(text(&output.stdout), "  whole has all 10000 points\n");
    }
    assert_eq!(written("whole/results.csv"), before);
}

#[test]
fn a_journal_is_continued_by_the_same_sweep_only() {
    let folder = folder_with(&GRID.replace("50", "3").replace("40", "2"));
    let journal = folder.path().join("out/case/sweep.journal");
    assert_eq!(code(&run(&folder, "sweep case.toml --quiet")), 0);
    // As if it had been killed while the fourth of its six points was written.
    let whole = fs::read_to_string(&journal).expect("written");
    let cut: usize = whole.split_inclusive('\n').take(5).map(str::len).sum();
    fs::write(&journal, &whole[..cut + 10]).expect("written");
    let output = run(&folder, "sweep case.toml --resume");
    let said = text(&output.stderr);
    assert!(said.starts_with("3 of 6 points are there already\n"), "{said}");
    assert!(text(&output.stdout).starts_with("6 of 6 points converged"), "{output:?}");
    assert_eq!(fs::read_to_string(&journal).expect("there").lines().count(), 8);

    fs::write(&journal, &whole[..cut]).expect("written");
    for (change, what) in
        [("temperature=\"300 K\"", "another case"), ("mesh.defect.radius=\"5 um\"", "another case")]
    {
        let output =
            run(&folder, &format!("sweep case.toml --resume --set {}", change.replace(' ', "")));
        let message =
            format!("error: out/case: the sweep there is of {what}, and cannot be continued");
        assert_eq!(code(&output), 2);
        assert!(text(&output.stderr).starts_with(&message), "{}", text(&output.stderr));
    }
    let sweep = fs::read_to_string(folder.path().join("case.toml")).expect("there");
    fs::write(folder.path().join("case.toml"), sweep.replace("0.05 mS", "0.06 mS"))
        .expect("written");
    let output = run(&folder, "sweep case.toml --resume");
    assert!(text(&output.stderr).contains("the sweep there is of other points"), "{output:?}");
    assert_eq!(fs::read_to_string(&journal).expect("there"), &whole[..cut], "nothing is touched");
    let of_another_version = "natrolite sweep 1\t0.1.0\t1\t2\t6\t0123456789abcdef\nlayout\t0\n";
    fs::write(&journal, of_another_version).expect("written");
    let output = run(&folder, "sweep case.toml --resume");
    assert_eq!(code(&output), 2);
    assert!(text(&output.stderr).contains("of another version of the program, or"), "{output:?}");
    assert_eq!(fs::read_to_string(&journal).expect("there"), of_another_version);
    assert_eq!(
        code(&run(&folder, "sweep case.toml --quiet")),
        0,
        "without --resume it is replaced"
    );
}

#[test]
fn results_have_axes_with_units_and_failures_with_reasons() {
    let folder = folder_with(
        r#"
[[sweep.axis]]
key = "material.NAS.ohm.conductivity"
values = ["0.1 mS/cm", "0 mS/cm"]
[[sweep.axis]]
key = "mesh.defect.radius"
values = ["5 um", "10 um", "20 um"]
"#,
    );
    let output = run(&folder, "sweep case.toml --quiet --set mesh.defect.width=60um");
    assert_eq!(code(&output), 3, "points that failed are told");
    let said = text(&output.stderr);
    assert!(said.contains("error: 3 points failed and 0 did not converge"), "{said}");
    assert!(said.contains("the first is point 3: `material.NAS.ohm.conductivity` is 0 "), "{said}");

    let file = File::open(folder.path().join("out/case/results.h5")).expect("written");
    let attribute = |place: &hdf5::Location, name: &str| {
        let value = place.attr(name).and_then(|a| a.read_scalar::<VarLenUnicode>());
        value.expect("an attribute").to_string()
    };
    let axis = file.dataset("axes/1").expect("an axis");
    assert_eq!(axis.read_raw::<f64>().expect("read"), [5e-6, 10e-6, 20e-6]);
    assert_eq!(attribute(&axis, "key"), "mesh.defect.radius");
    assert_eq!(attribute(&axis, "unit"), "m");
    let status = file.dataset("status").expect("status");
    assert_eq!(status.shape(), [2, 3]);
    assert_eq!(status.read_raw::<i32>().expect("read"), [0, 0, 0, 2, 2, 2]);
    let reasons = file.dataset("reason").expect("reasons");
    let reasons = reasons.read_raw::<VarLenUnicode>().expect("read");
    assert_eq!(reasons[2].as_str(), "");
    assert!(reasons[5].as_str().contains("out of range"), "{:?}", reasons[5]);
    let peak = file.dataset("quantities/peak_factor.anode").expect("a quantity");
    assert_eq!((peak.shape(), attribute(&peak, "unit")), (vec![2, 3], "1".to_owned()));
    let values = peak.read_raw::<f64>().expect("read");
    assert!(values[..3].iter().all(|p| *p > 1.0) && values[3..].iter().all(|p| p.is_nan()));
    let rim = file.dataset("mesh/rim_size").expect("the sizes").read_raw::<f64>().expect("read");
    assert!(rim[0] < rim[1] && rim[5].is_nan(), "{rim:?}");
    let typed = file.dataset("case/text").and_then(|t| t.read_scalar::<VarLenUnicode>());
    assert!(typed.expect("the case").as_str().starts_with(CASE));
    let mut found = Vec::new();
    datasets(&file, &mut found);
    assert!(!found.iter().any(|(name, _)| name.contains("seconds")), "no timings");

    let table = fs::read_to_string(folder.path().join("out/case/results.csv")).expect("written");
    let lines: Vec<&str> = table.lines().collect();
    let head = "index,material.NAS.ohm.conductivity,mesh.defect.radius,status,peak_factor.anode,";
    assert!(lines[0].starts_with(head) && lines[0].ends_with(",reason"), "{}", lines[0]);
    assert!(lines[1].starts_with("0,0.01,5e-6,converged,1."), "{}", lines[1]);
    assert!(lines[6].starts_with("5,0,2e-5,failed,,,,"), "{}", lines[6]);
}

#[test]
fn points_may_come_from_a_file() {
    let folder = folder_with("[sweep]\nfile = \"data/points.csv\"\n");
    let output = run(&folder, "sweep case.toml --quiet");
    assert_eq!(code(&output), 2);
    let said = text(&output.stderr);
    assert!(said.contains("error: `sweep.file` cannot be read: No such file"), "{said}");
    assert!(said.contains("file = \"data/points.csv\""), "{said}");
    assert_eq!(names(folder.path()), ["case.toml"]);
    fs::create_dir(folder.path().join("data")).expect("made");
    let points =
        "temperature,boundary.counter.current.density\n25 degC,0.1 mA/cm2\n60 degC,2 A/m^2\n";
    fs::write(folder.path().join("data/points.csv"), points).expect("written");
    let output = run(&folder, "sweep case.toml --quiet --refine 1");
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let table = fs::read_to_string(folder.path().join("out/case/results.csv")).expect("written");
    let starts: Vec<&str> = table.lines().filter_map(|l| l.get(..20)).collect();
    assert_eq!(starts[1..], ["0,298.15,1,converged", "1,333.15,2,converged"]);
    let file = File::open(folder.path().join("out/case/results.h5")).expect("written");
    let errors = file.dataset("error_estimates/peak_factor.anode").expect("estimates");
    assert_eq!(errors.shape(), [2]);
    assert!(errors.read_raw::<f64>().expect("read").iter().all(|e| *e > 0.0 && *e < 1e-2));
    // A run of the case is not bothered by its sweep.
    assert_eq!(code(&run(&folder, "run case.toml --quiet --output run")), 0);
}

#[test]
fn wrong_sweeps_are_exit_2_and_leave_nothing() {
    let folder = folder_with("");
    let bad = "[[sweep.axis]]\nkey = \"mesh.defect.radius\"\nvalues = [\"-1 um\", \"0 um\"]\n";
    fs::write(folder.path().join("bad.toml"), CASE.to_owned() + bad).expect("written");
    for (arguments, message) in [
        ("sweep case.toml", "error: the case has no [sweep]"),
        ("sweep bad.toml", "error: `mesh.defect.radius` is -1 um, out of range"),
        ("sweep absent.toml", "error: cannot read the case: No such file"),
    ] {
        let output = run(&folder, arguments);
        assert_eq!(code(&output), 2, "{arguments}");
        assert!(text(&output.stderr).starts_with(message), "{}", text(&output.stderr));
    }
    assert_eq!(names(folder.path()), ["bad.toml", "case.toml"]);
    let good = GRID.replace("40", "2").replace("50", "2");
    fs::write(folder.path().join("good.toml"), CASE.to_owned() + &good).expect("written");
    let output = run(&folder, "sweep good.toml --quiet --output bad.toml --resume");
    assert_eq!(code(&output), 4);
    assert!(text(&output.stderr).contains("a file of that name exists; wanted a folder"));
    assert_eq!(names(folder.path()), ["bad.toml", "case.toml", "good.toml"]);
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_exit_130_and_can_be_continued() {
    let folder = folder_with(&GRID.replace("40", "200").replace("50", "200"));
    let child = command(&folder, "sweep case.toml --quiet --threads 1")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let journal = folder.path().join("out/case/sweep.journal");
    let start = Instant::now();
    while fs::metadata(&journal).map_or(0, |m| m.len()) < 1000 {
        assert!(start.elapsed() < Duration::from_secs(300), "no journal");
        std::thread::sleep(Duration::from_millis(10));
    }
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().expect("it can be told").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(code(&output), 130);
    assert_eq!(text(&output.stderr), "interrupted; `natrolite sweep --resume` continues\n");
    assert_eq!(names(&folder.path().join("out/case")), [".natrolite", "sweep.journal"]);
}

//! The program itself, in temporary folders: exit codes, messages, what stays on the disk.

#[path = "common/listing.rs"]
mod listing;

use listing::names;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn config(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name)
}

fn natrolite(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_natrolite"));
    command.current_dir(folder.path());
    command
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Runs with arguments separated by spaces; `CASE` stands for the small case.
fn run(folder: &TempDir, arguments: &str) -> Output {
    let case = config("nas_pore.toml").display().to_string();
    let arguments = arguments.split(' ').map(|a| if a == "CASE" { case.as_str() } else { a });
    natrolite(folder).args(arguments).output().expect("the program starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn summary(folder: &TempDir, path: &str) -> serde_json::Value {
    let text = fs::read_to_string(folder.path().join(path).join("summary.json")).expect("summary");
    serde_json::from_str(&text).expect("JSON")
}

const FILES: [&str; 5] =
    [".natrolite", "profile_anode.csv", "profile_anode_at.csv", "result.vtkhdf", "summary.json"];

#[test]
fn a_run_writes_its_folder_and_prints_its_numbers() {
    let folder = folder();
    let output = run(&folder, "run CASE");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let out = folder.path().join("out/nas_pore");
    let written = names(&out);
    for name in FILES {
        assert!(written.iter().any(|w| w == name), "{written:?} lacks {name}");
    }
    assert_eq!(names(&folder.path().join("out")), ["nas_pore"], "nothing else");
    let text = stdout(&output);
    assert!(text.contains("peak_factor.anode                1.05275"), "{text}");
    assert!(text.contains("mA/cm2") && text.contains("all 3 expectations are met"), "{text}");
    assert_eq!(summary(&folder, "out/nas_pore")["status"], "converged");
    // Plain lines in a log, no escapes.
    let log = stderr(&output);
    assert!(log.contains("mesh\n") && log.contains("solve\n") && !log.contains('\x1b'), "{log}");
}

#[test]
fn quiet_is_quiet() {
    let folder = folder();
    let output = run(&folder, "run CASE --quiet --output out");
    assert_eq!((code(&output), stderr(&output).as_str()), (0, ""));
    let output = run(&folder, "run CASE --quiet --verbose");
    assert_eq!(code(&output), 2, "both make no sense");
}

#[test]
fn a_missed_expectation_is_exit_1_and_everything_is_written() {
    let folder = folder();
    let output =
        run(&folder, "run CASE --quiet --output out --set material.NAS.ohm.conductivity=1mS/cm");
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("error: `peak_factor.anode` is 1.0516"),
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).contains("source: two independent"), "{}", stderr(&output));
    assert_eq!(summary(&folder, "out")["status"], "converged");
    assert!(folder.path().join("out/result.vtkhdf").exists());
}

#[test]
fn no_convergence_is_exit_3_and_everything_is_written() {
    let folder = folder();
    let output = run(&folder, "run CASE --quiet --output out --set solver.newton.max_iterations=1");
    assert_eq!(code(&output), 3);
    let message = stderr(&output);
    assert!(
        message.starts_with(
            "error: Newton's method did not converge in 1 iteration; the residual is largest at \
             the node at ("
        ),
        "{message}"
    );
    assert_eq!(summary(&folder, "out")["status"], "not_converged");
    assert!(stdout(&output).contains("NOT CONVERGED after 1 Newton iteration"));
    assert!(folder.path().join("out/result.vtkhdf").exists());
    assert!(folder.path().join("out/profile_anode.csv").exists());
}

#[test]
fn wrong_input_is_exit_2_and_leaves_nothing() {
    let folder = folder();
    fs::write(folder.path().join("latin.toml"), b"title = \"\xe9\"\n").expect("written");
    let wrong = [
        ("run absent.toml", "error: cannot read the case: No such file"),
        ("run .", "error: the case is not a file\n"),
        ("run latin.toml", "error: the case is not UTF-8 text: byte 9, in line 1\n"),
        (
            "run CASE --set boundary.anod.potential=1V",
            "error: the built-in geometry has no boundary `anod`",
        ),
        ("run CASE --set mesh.defect.radius=-1um", "error: `mesh.defect.radius` is -1 um"),
        ("run CASE --threads 0", "error: invalid value '0' for '--threads <N>'"),
        ("run", "error: the following required arguments were not provided"),
        ("frobnicate", "error: unrecognized subcommand 'frobnicate'"),
        ("check absent.toml", "error: cannot read the case: No such file"),
        ("mesh info absent.msh", "error: mesh file absent.msh: cannot be read: No such file"),
        ("laws ohms", "error: unknown law `ohms`"),
    ];
    for (arguments, message) in wrong {
        let output = run(&folder, arguments);
        assert_eq!(code(&output), 2, "{arguments}: {}", stderr(&output));
        assert!(stderr(&output).starts_with(message), "{arguments}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{arguments}");
    }
    assert_eq!(names(folder.path()), ["latin.toml"]);
}

#[test]
fn a_case_that_does_not_fit_its_mesh_leaves_nothing() {
    let folder = folder();
    let mesh = config("../meshes/two_regions.msh");
    let text = format!(
        "[mesh]\nfile = {:?}\nunit = \"um\"\n[region]\nelectrolyte = \"Na3SbS4\"\nmetal = \"Na\"\n\
         [boundary.anod]\npotential = \"0 V\"\n",
        mesh.display().to_string()
    );
    fs::write(folder.path().join("case.toml"), text).expect("written");
    let output = run(&folder, "run case.toml --quiet");
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("error: the mesh has no boundary `anod`"),
        "{}",
        stderr(&output)
    );
    assert_eq!(names(folder.path()), ["case.toml"]);
}

#[test]
fn what_the_system_refuses_is_exit_4() {
    let folder = folder();
    fs::write(folder.path().join("file"), "mine").expect("written");
    let output = run(&folder, "run CASE --quiet --output file");
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    assert!(stderr(&output).contains("a file of that name exists; wanted a folder"));
    assert_eq!(fs::read_to_string(folder.path().join("file")).expect("still there"), "mine");
    // Below a file, and where no folder can be made, whoever asks.
    for path in ["file/out", "/proc/natrolite-out"] {
        let output = run(&folder, &format!("run CASE --quiet --output {path}"));
        assert_eq!(code(&output), 4, "{path}: {}", stderr(&output));
        assert!(stderr(&output).starts_with("error: cannot "), "{}", stderr(&output));
    }
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn an_existing_folder_is_replaced_only_if_a_run_made_it() {
    let folder = folder();
    let out = folder.path().join("out");
    assert_eq!(code(&run(&folder, "run CASE --quiet --output out")), 0);
    fs::remove_file(out.join("summary.json")).expect("it was there");
    assert_eq!(code(&run(&folder, "run CASE --quiet --output out")), 0, "an earlier run made it");
    assert!(out.join("summary.json").exists());

    let mine = folder.path().join("mine");
    fs::create_dir(&mine).expect("made");
    fs::write(mine.join("notes"), "important").expect("written");
    let output = run(&folder, "run CASE --quiet --output mine");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("no earlier run made it (it holds \"notes\")"));
    assert_eq!(names(&mine), ["notes"]);
    assert_eq!(code(&run(&folder, "run CASE --quiet --output mine --force")), 0);
    assert!(mine.join("summary.json").exists() && !mine.join("notes").exists());
    assert_eq!(names(folder.path()), ["mine", "out"]);
}

#[test]
fn refinement_estimates_errors() {
    let folder = folder();
    assert_eq!(code(&run(&folder, "run CASE --quiet --output out --refine 1")), 0);
    let peak = &summary(&folder, "out")["quantities"]["peak_factor.anode"];
    let error = peak["error_estimate"].as_f64().expect("filled");
    assert!(error > 0.0 && error < 1e-5, "{error}");
    // Two independent high-order programs.
    assert!((peak["value"].as_f64().expect("a number") - 1.05275162564).abs() < 1e-7, "{peak}");
}

#[test]
fn meshes_that_would_be_too_large_are_refused_before_the_first_is_made() {
    let folder = folder();
    let quarter = "run CASE --refine 10 --set mesh.defect.symmetry=\"quarter\"";
    let file = config("gmsh_pore_quarter.toml").display().to_string();
    for (arguments, wanted) in [
        (quarter, "mesh.defect: refinement 10 would give about"),
        (&format!("run {file} --refine 10"), "refined 10 times the mesh would have"),
    ] {
        let output = run(&folder, arguments);
        let said = stderr(&output);
        assert_eq!((code(&output), said.matches(wanted).count()), (2, 1), "{said}");
        assert!(said.contains("nodes") && !said.lines().any(|line| line == "mesh"), "{said}");
        assert_eq!(names(folder.path()), [""; 0]);
    }
}

#[test]
fn threads_are_reported() {
    let folder = folder();
    assert_eq!(code(&run(&folder, "run CASE --quiet --output out --threads 3")), 0);
    assert_eq!(summary(&folder, "out")["threads"], 3);
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_exit_130_and_leaves_nothing() {
    let folder = folder();
    let mut child = natrolite(&folder)
        .args(["run", "--refine", "3", "--output", "results/a"])
        .arg(config("nps_pore_quarter.toml"))
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    lines.by_ref().map_while(Result::ok).find(|line| line == "solve").expect("it solves");
    let number = child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &number]).status().expect("kill exists");
    assert!(killed.success());
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert_eq!(rest.last().map(String::as_str), Some("interrupted"), "{rest:?}");
    let left = folder.path().join("results");
    assert!(!left.exists() || names(&left).is_empty(), "{:?}", names(&left));
}

#[test]
fn commands_that_only_tell() {
    let folder = folder();
    let told = [
        ("check CASE", "no law: insulating"),
        ("laws", "butler_volmer"),
        ("laws butler_volmer", "exchange_current_density"),
        ("materials", "Na3SbS4"),
        ("--version", env!("CARGO_PKG_VERSION")),
        ("--help", "mesh"),
    ];
    for (arguments, part) in told {
        let output = run(&folder, arguments);
        assert_eq!((code(&output), stderr(&output).as_str()), (0, ""), "{arguments}");
        assert!(stdout(&output).contains(part), "{arguments}: {}", stdout(&output));
    }
    let mesh = config("../meshes/mixed.msh");
    let output = natrolite(&folder).args(["mesh", "info"]).arg(mesh).output().expect("it starts");
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).contains("hexahedron (27 nodes)  2"), "{}", stdout(&output));
    let schema: serde_json::Value =
        serde_json::from_str(&stdout(&run(&folder, "schema"))).expect("valid JSON");
    assert!(schema["properties"]["mesh"].is_object(), "{schema}");
    assert!(names(folder.path()).is_empty(), "nothing is written");
}

#[test]
fn values_from_memory_are_named_where_they_are_used() {
    let folder = folder();
    let case = config("anode_free_pressure.toml").display().to_string();
    let run = |arguments: &[&str]| {
        natrolite(&folder).args(arguments).output().expect("the program starts")
    };
    let doubt = "material hydroborate: elastic.young = 15 GPa is from memory (mark M): check it \
                 before you rely on it";
    let hardness = "interface.void.contact_fraction.hardness = 0.7 MPa, that of the built-in Na";
    let output = run(&["check", &case]);
    assert!(stdout(&output).contains(doubt), "{}", stdout(&output));
    assert!(stdout(&output).contains(hardness), "{}", stdout(&output));
    let output = run(&["run", &case, "--output", "out"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stderr(&output).contains(&format!("warning: {doubt}\n")), "{}", stderr(&output));
    // The results keep it.
    let case = natrolite::case::read_file(Path::new(&case), &[]).expect("a case");
    let results = natrolite::run::solve_case(&case, 0, &mut natrolite::run::Silent);
    let log = results.expect("it is solved").log;
    assert!(log.lines().any(|line| line == doubt), "{log}");
    assert!(log.lines().any(|line| line == hardness), "{log}");
    // Without mechanics no stiffness is used.
    let electric = config("nas_pore.toml").display().to_string();
    let set = "region.electrolyte=Na3SbS4";
    let output = run(&["run", &electric, "--output", "electric", "--set", set]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(!stderr(&output).contains("from memory"), "{}", stderr(&output));
}

#[test]
fn no_color_is_respected() {
    let folder = folder();
    let output = natrolite(&folder)
        .args(["run", "absent.toml"])
        .env("NO_COLOR", "1")
        .env("CLICOLOR_FORCE", "1")
        .output()
        .expect("the program starts");
    assert!(!stderr(&output).contains('\x1b'), "{}", stderr(&output));
}

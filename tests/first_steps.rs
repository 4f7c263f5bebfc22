//! What a newcomer meets: templates, completions, manual pages, the schema, the drawing of `check`, and
//! what `-v` tells.

#[path = "common/listing.rs"]
mod listing;

use listing::names;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const TEMPLATES: [&str; 5] = ["pore", "sweep", "pressure", "quarter", "gmsh"];

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn command(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_natrolite"));
    command.current_dir(folder.path());
    command
}

fn run(folder: &TempDir, arguments: &str) -> Output {
    command(folder).args(arguments.split(' ')).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// stdout of a command that succeeds.
fn told(folder: &TempDir, arguments: &str) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments}: {}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn every_template_is_checked_and_solved_as_it_is() {
    // The largest currents are those of the cases in `configs` with the same numbers, and the product
    // of the mean (charge is conserved: 0.51 mA/cm2 over 24/25 of the face) for the coarse box.
    for template in TEMPLATES {
        let folder = folder();
        let output = run(&folder, &format!("init --template {template}"));
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "advice goes to stderr");
        let advice = text(&output.stderr);
        assert!(advice.contains("next: natrolite check case.toml"), "{advice}");
        let written = fs::read_to_string(folder.path().join("case.toml")).expect("it is written");
        assert!(written.starts_with("#:schema ./natrolite.schema.json\n"), "{written}");
        assert!(told(&folder, "check case.toml").contains("\nsection\n"));
        let summary = match template {
            "sweep" => told(&folder, "sweep case.toml --quiet --output out"),
            _ => told(&folder, "run case.toml --quiet --output out"),
        };
        let expected = match template {
            // `configs/nps_pore.toml`.
            "pore" => "peak_factor.anode 1.11781",
            "sweep" => "27 of 27 points converged",
            // docs/stack_pressure.md, at 10 MPa.
            "pressure" => "area_specific_resistance 26.8",
            // 0.51 mA/cm2 times 1 / (1 - pi/4 (1/5)^2).
            "quarter" => "mean_current_density.anode 0.526",
            // 2 µm of 0.9 mS/cm and 2 RT/F asinh(0.51 / 2.6), docs/first_steps.md.
            _ => "cell_overpotential 10.1292",
        };
        let summary = summary.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(summary.contains(expected), "{template}: {summary}");
    }
}

#[test]
fn a_case_is_not_replaced_unless_forced() {
    let folder = folder();
    fs::write(folder.path().join("two_regions.geo"), "mine").expect("written");
    let output = run(&folder, "init --template gmsh");
    assert_eq!(output.status.code(), Some(2));
    let wanted =
        "error: two_regions.geo exists and is not replaced; wanted: another name, or --force\n";
    assert_eq!(text(&output.stderr), wanted);
    assert_eq!(names(folder.path()), ["two_regions.geo"], "nothing is written in part");
    told(&folder, "init --template gmsh --force");
    assert_eq!(names(folder.path()), ["case.toml", "two_regions.geo", "two_regions.msh"]);
    assert_eq!(run(&folder, "init").status.code(), Some(2), "case.toml exists now");
    let output = run(&folder, "init absent/case.toml");
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    let printed = told(&folder, "init - --template pore");
    assert_eq!(printed, natrolite::commands::Template::Pore.text());
    assert_eq!(names(folder.path()).len(), 3);
}

#[test]
fn bash_completes_commands_options_and_templates() {
    if Command::new("bash").arg("--version").output().is_err() {
        // Without bash nobody completes with it.
        return;
    }
    let folder = folder();
    let script = folder.path().join("natrolite.bash");
    fs::write(&script, told(&folder, "completions bash")).expect("written");
    let complete = |words: &str| {
        let last = words.split(' ').next_back().unwrap_or_default();
        let call = format!(
            "source natrolite.bash; complete -p natrolite >&2 || exit 9; COMP_WORDS=({words}); \
             [ -n '{last}' ] || COMP_WORDS+=(''); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _natrolite natrolite '{last}' \"${{COMP_WORDS[-2]}}\"; echo \"${{COMPREPLY[*]}}\""
        );
        let output = Command::new("bash")
            .args(["--norc", "-c", &call])
            .current_dir(folder.path())
            .output()
            .expect("bash starts");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout).trim().to_owned()
    };
    assert_eq!(complete("natrolite ru"), "run");
    assert_eq!(complete("natrolite run --ref"), "--refine");
    let templates = complete("natrolite init --template ");
    assert_eq!(templates, TEMPLATES.join(" "));
}

#[test]
fn there_are_completions_for_five_shells() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = told(&folder, &format!("completions {shell}"));
        assert!(script.contains("natrolite") && script.contains("template"), "{shell}: {script}");
    }
    assert_eq!(run(&folder, "completions tcsh").status.code(), Some(2));
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let folder = folder();
    let page = told(&folder, "man");
    assert!(page.contains(".TH natrolite 1") && page.contains("SUBCOMMANDS"), "{page}");
    told(&folder, "man --output man/man1");
    let page = |name: &str| {
        let path = folder.path().join("man/man1").join(name);
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"))
    };
    page("natrolite.1");
    assert!(page("natrolite-run.1").contains("\\-\\-refine"), "{}", page("natrolite-run.1"));
    assert!(page("natrolite-init.1").contains("gmsh"));
    page("natrolite-mesh-info.1");
    // What is not meant for people has no page.
    assert!(!folder.path().join("man/man1/natrolite-bench-child.1").exists());
}

#[test]
fn a_check_draws_the_section() {
    let folder = folder();
    told(&folder, "init");
    let drawn = |locale: &str, arguments: &[&str]| {
        let mut command = command(&folder);
        command.args(["check", "case.toml"]).args(arguments);
        command
            .env_remove("LC_ALL")
            .env_remove("LC_CTYPE")
            .env("LANG", locale)
            .env("COLUMNS", "60");
        let output = command.output().expect("the program starts");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let text = text(&output.stdout);
        text.split("\nsection\n").nth(1).unwrap_or_default().to_owned()
    };
    let plain = drawn("C", &[]);
    assert!(plain.contains(". electrolyte") && plain.contains("p pore"), "{plain}");
    assert!(plain.is_ascii() && plain.lines().all(|line| line.len() <= 60), "{plain}");
    assert!(drawn("en_GB.UTF-8", &[]).contains("░ electrolyte"));
    assert_eq!(drawn("en_GB.UTF-8", &["--ascii"]), plain);
}

#[test]
fn a_check_draws_the_mesh_into_a_file() {
    let folder = folder();
    told(&folder, "init --template pore");
    told(&folder, "check case.toml --picture mesh.svg");
    let svg = fs::read_to_string(folder.path().join("mesh.svg")).expect("the picture");
    for name in ["anode", "pore", "counter", "electrolyte"] {
        assert!(svg.contains(name), "{name}");
    }
    told(&folder, "check case.toml --picture mesh.png");
    let png = fs::read(folder.path().join("mesh.png")).expect("the picture");
    // Two columns: 178 mm or nearly so at 300 pixels an inch, the four bytes from the 16th on.
    let width = u32::from_be_bytes([png[16], png[17], png[18], png[19]]);
    assert!((2000..2200).contains(&width), "{width} pixels");

    let wrong = run(&folder, "check case.toml --picture mesh.pdf");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("wanted a name in .svg or .png"));
    assert!(!folder.path().join("mesh.pdf").exists());
}

#[test]
fn v_tells_the_numbers_of_each_step() {
    let folder = folder();
    told(&folder, "init");
    let tell = |arguments: &str, filter: &str| {
        let mut command = command(&folder);
        command.args(arguments.split(' ')).env("NATROLITE_LOG", filter);
        let output = command.output().expect("the program starts");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stderr)
    };
    let told_once = tell("run case.toml --output out -v", "");
    for part in [
        "case: case.toml",
        "mesh: 285 cells of order 2, 1209 nodes, 1 regions",
        "current: 1209 free unknowns, 0 of them potentials of whole bodies",
        "sparse Cholesky: 1209 unknowns in 2 dimensions, 150000 at most",
        "newton 2: residual",
        "profile_anode.csv: ",
        "output: 0.",
    ] {
        assert!(told_once.contains(part), "no `{part}` in\n{told_once}");
    }
    assert!(!told_once.contains("quadrilateral (9 nodes)"), "that is for -vv\n{told_once}");
    let told_twice = tell("run case.toml --output out -vv", "");
    assert!(told_twice.contains("natrolite::run::geometry: 285 cells"), "{told_twice}");
    let only = tell("run case.toml --output out", "algebra=info");
    assert!(only.contains("sparse Cholesky") && !only.contains("mesh: 285"), "{only}");
    let silent = tell("check case.toml", "");
    assert_eq!(silent, "");
    // Three dimensions and contact: levels of multigrid, steps of the contact.
    told(&folder, "init box.toml --template quarter");
    let method = "solver.linear.method=cg";
    let levels = tell(&format!("run box.toml --output out -v --set {method}"), "");
    assert!(levels.contains("multigrid and CG, as asked for"), "{levels}");
    assert!(levels.contains("multigrid: levels of ["), "{levels}");
    told(&folder, "init pressed.toml --template pressure");
    let steps = tell("run pressed.toml --output out -v", "");
    assert!(steps.contains("contact, step 1: "), "{steps}");
    // Of a sweep what holds for all points.
    told(&folder, "init sweep.toml --template sweep");
    let whole = tell("sweep sweep.toml --output out -v", "");
    assert!(whole.contains("1 mesh, cell size at the rim 50 nm"), "{whole}");
    assert!(whole.contains("condensed: 2585 unknowns onto the 55"), "{whole}");
    assert!(!whole.contains("newton"), "{whole}");
    let output = command(&folder)
        .args(["check", "case.toml"])
        .env("NATROLITE_LOG", "algebra=loud")
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("error: the environment variable NATROLITE_LOG"));
}

/// The first mistakes of somebody who makes a sweep of their own, and what they are told.
#[test]
fn first_mistakes_are_explained() {
    let folder = folder();
    told(&folder, "init");
    let mistakes: [(&[&str], &str); 6] = [
        (&["run", "cas.toml"], " = did you mean `case.toml`?\n"),
        (&["sweep", "case.toml"], " = `natrolite init --template sweep` writes a whole one\n"),
        (
            &["run", "case.toml", "--set", "radius=\"20 um\""],
            "  = `mesh.defect.radius` is such a key; paths begin at the top\n",
        ),
        (
            &["init", "."],
            "error: . is a folder; wanted: the name of a file, for example ./case.toml\n",
        ),
        (&["init", "--template", "pores"], "tip: a similar value exists: 'pore'"),
        (&["check", "case.toml", "--set", "region.electrolyte=NAS"], "unknown material `NAS`"),
    ];
    for (arguments, wanted) in mistakes {
        let output = command(&folder).args(arguments).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let message = text(&output.stderr);
        assert!(message.contains(wanted), "{arguments:?}: {message}");
    }
    // Shrunk by more than the squeeze, the alloy of this case lets go of the electrolyte.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shrunk = command(&folder)
        .args(["run", "--set", "material.alloy.eigenstrain.volumetric=-0.0016"])
        .arg(root.join("configs/alloy_fixed_gap.toml"))
        .output()
        .expect("the program starts");
    assert_eq!(shrunk.status.code(), Some(2));
    let message = text(&shrunk.stderr);
    let parts =
        [" = nothing touches at `anode`", " = wanted: loads that press the bodies together"];
    assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    let elsewhere = self::folder();
    let message = text(&run(&elsewhere, "run cas.toml").stderr);
    assert!(message.contains(" = `natrolite init` writes a case to start from\n"), "{message}");
}

/// Whatever can be typed has its description, and whatever has a unit an example.
#[test]
fn the_schema_describes_every_key() {
    fn walk(value: &serde_json::Value, path: &str, bare: &mut Vec<String>, seen: &mut usize) {
        if let Some(properties) = value.get("properties").and_then(|p| p.as_object()) {
            for (name, property) in properties {
                *seen += 1;
                let path = format!("{path}/{name}");
                if property.get("description").and_then(|d| d.as_str()).unwrap_or("").len() < 5 {
                    bare.push(format!("{path}: no description"));
                }
                let is_quantity = property.get("pattern").is_some();
                if is_quantity && property.get("examples").is_none() {
                    bare.push(format!("{path}: no example"));
                }
                walk(property, &path, bare, seen);
            }
        }
        for key in ["additionalProperties", "items"] {
            if let Some(inner) = value.get(key) {
                walk(inner, &format!("{path}/{key}"), bare, seen);
            }
        }
    }
    let schema: serde_json::Value =
        serde_json::from_str(&told(&folder(), "schema")).expect("valid JSON");
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    let (mut bare, mut seen) = (Vec::new(), 0);
    walk(&schema, "", &mut bare, &mut seen);
    assert!(seen > 100, "only {seen} keys");
    assert!(bare.is_empty(), "{}", bare.join("\n"));
    let built_in = &schema["properties"]["region"]["additionalProperties"]["anyOf"][0]["enum"];
    let names: Vec<&str> = natrolite::materials::LIBRARY.iter().map(|m| m.name).collect();
    assert_eq!(built_in, &serde_json::json!(names));
}

/// Every key of every case is one that the schema knows: an editor marks none of them.
#[test]
fn the_schema_knows_every_key_of_the_cases() {
    let schema: serde_json::Value =
        serde_json::from_str(&told(&folder(), "schema")).expect("valid JSON");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut texts: Vec<(String, String)> = TEMPLATES
        .iter()
        .map(|name| (*name, root.join(format!("crates/natrolite/src/templates/{name}.toml"))))
        .map(|(name, path)| (name.to_owned(), fs::read_to_string(path).expect("a template")))
        .collect();
    for entry in fs::read_dir(root.join("configs")).expect("configs exists") {
        let path = entry.expect("an entry").path();
        texts.push((path.display().to_string(), fs::read_to_string(&path).expect("a case")));
    }
    assert!(texts.len() > 40, "only {} cases", texts.len());
    let mut unknown = Vec::new();
    for (name, text) in &texts {
        let case: toml::Table = text.parse().unwrap_or_else(|e| panic!("{name}: {e}"));
        for (key, value) in &case {
            find_unknown(
                &schema["properties"][key],
                value,
                &format!("{name}: {key}"),
                &mut unknown,
            );
        }
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
    // And it can fail.
    let wrong: toml::Table = "[mesh.defect]\nradios = \"1 um\"\n".parse().expect("TOML");
    find_unknown(&schema["properties"]["mesh"], &wrong["mesh"], "mesh", &mut unknown);
    assert_eq!(unknown, ["mesh.defect.radios"]);
}

fn find_unknown(
    schema: &serde_json::Value,
    value: &toml::Value,
    path: &str,
    unknown: &mut Vec<String>,
) {
    if schema.is_null() || *schema == serde_json::Value::Bool(false) {
        unknown.push(path.to_owned());
        return;
    }
    if let Some(table) = value.as_table() {
        for (key, inner) in table {
            let known = schema["properties"].get(key);
            let known = known.or_else(|| schema.get("additionalProperties"));
            find_unknown(
                known.unwrap_or(&serde_json::Value::Null),
                inner,
                &format!("{path}.{key}"),
                unknown,
            );
        }
    }
}

//! What the user reads when a case is wrong: each `tests/messages/<name>.toml` must give exactly the
//! text in `<name>.txt`, from the reader, the mesh, or the placing of its laws. A first line `# --set ARGUMENT` passes that argument, once for each such line.
//! With NATROLITE_UPDATE set the texts are rewritten; read the difference before committing it.

#[path = "common/random.rs"]
mod random;

use natrolite::case::{CaseError, read};
use natrolite::registry::laws;
use natrolite::run::{Geometry, Model, place_mechanics};
use random::Random;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/messages")
}

fn wrong_cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("tests/messages exists");
    let mut cases: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    cases.sort();
    cases
}

fn arguments(text: &str) -> Vec<String> {
    let lines = text.lines().map_while(|line| line.strip_prefix("# --set "));
    lines.map(str::to_owned).collect()
}

/// Reads a case, meshes it, and places its laws: whatever finds the mistake.
fn place(name: &Path, text: &str) -> Result<(), CaseError> {
    let case = read(name, text, &arguments(text), laws())?;
    let geometry = Geometry::of(&case, 0)?;
    let mechanics = place_mechanics(&case, &geometry)?;
    let contacts = mechanics.as_ref().map_or(&[][..], |m| &m.contacts);
    Model::new(&case, &geometry, contacts).map(drop)
}

#[test]
fn wrong_cases_give_their_messages() {
    let update = std::env::var_os("NATROLITE_UPDATE").is_some();
    let cases = wrong_cases();
    assert!(cases.len() >= 30, "only {} cases", cases.len());
    let mut different = Vec::new();
    for case in &cases {
        let text = fs::read_to_string(case).expect("a case can be read");
        let name = case.file_name().expect("a file has a name");
        let message = match place(Path::new(name), &text) {
            Ok(()) => panic!("{} was accepted", case.display()),
            Err(error) => error.render(false),
        };
        let expected = case.with_extension("txt");
        if update {
            fs::write(&expected, &message).expect("a message can be written");
        } else if fs::read_to_string(&expected).unwrap_or_default() != message {
            different.push(format!("{}:\n{message}", case.display()));
        }
    }
    assert!(different.is_empty(), "these messages differ:\n{}", different.join("\n"));
}

/// One damage: a byte removed, doubled or replaced, a piece moved, a line dropped.
fn mutate(text: &str, random: &mut Random) -> String {
    const PIECES: &[&str] = &[
        "\"",
        "'",
        "[",
        "]",
        "{",
        "}",
        "=",
        ".",
        ",",
        "\n",
        "#",
        "-",
        "e999",
        "nan",
        "inf",
        "0",
        "µ",
        "\u{0}",
        "[[",
        "true",
        "1979-05-27",
        "\"\"\"",
        "\\u{110000}",
        "/",
        "^",
        "99999999999999999999",
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(chars.len().max(1));
        match random.below(5) {
            0 if at < chars.len() => {
                chars.remove(at);
            }
            1 => {
                let piece = PIECES[random.below(PIECES.len())];
                chars.splice(at..at, piece.chars());
            }
            2 => {
                let end = (at + random.below(40)).min(chars.len());
                let piece: Vec<char> = chars.drain(at.min(end)..end).collect();
                let to = random.below(chars.len() + 1);
                chars.splice(to..to, piece);
            }
            3 => {
                let end = (at + random.below(80)).min(chars.len());
                let piece: Vec<char> = chars[at.min(end)..end].to_vec();
                chars.splice(at..at, piece);
            }
            _ => chars.truncate(at.max(chars.len() / 2)),
        }
    }
    chars.into_iter().collect()
}

#[test]
fn no_damage_makes_the_reader_panic() {
    let mut texts: Vec<String> =
        wrong_cases().iter().map(|c| fs::read_to_string(c).expect("a case can be read")).collect();
    texts.push(GOOD.to_owned());
    texts.push(GOOD.to_owned());
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut refused = 0;
    for round in 0..4000 {
        let text = if round < 1000 { GOOD } else { &texts[random.below(texts.len())] };
        let damaged = mutate(text, &mut random);
        match read(Path::new("case.toml"), &damaged, &arguments(&damaged), laws()) {
            Ok(case) => assert!(!case.resolved().is_empty()),
            Err(error) => {
                refused += 1;
                assert!(error.render(false).starts_with("error: "), "{damaged}");
            }
        }
    }
    assert!(refused > 2000, "only {refused} of 4000 were refused");
}

const GOOD: &str = r#"
title = "A pore with metal below"
temperature = "25 degC"
[mesh.defect]
symmetry = "planar"
shape = "disc"
radius = "10 um"
depth = "1 um"
anode_thickness = "20 um"
[material."my NAS"]
ohm.arrhenius = { points = [["25 degC", "0.143 mS/cm"], ["60 degC", "0.345 mS/cm"]] }
[region]
electrolyte = "my NAS"
anode = "Na"
[boundary.counter]
current = { total = "0.4 mA/m", distribution = "equipotential" }
[boundary.collector]
potential = "0 V"
[interface.anode]
between = ["electrolyte", "anode"]
butler_volmer = { exchange_current_density = "1.3 mA/cm^2", film_resistance = "20 ohm cm²" }
[solver]
newton = { rtol = 1e-11, max_iterations = 30 }
[output]
profile_at = ["10 um", "10.2 um"]
[expect]
"peak_factor.anode" = { value = 1.05, rtol = 1e-5, source = "nobody" }
"#;

#[test]
fn the_good_case_is_good() {
    let case = read(Path::new("case.toml"), GOOD, &[], laws()).expect("the case is good");
    let again = read(Path::new("case.toml"), &case.resolved(), &[], laws());
    assert_eq!(again.expect("the resolved case is good").resolved(), case.resolved());
}

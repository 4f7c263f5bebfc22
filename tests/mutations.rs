//! Damaged cases beside damaged mesh files never make the program panic: it reads, meshes and places laws, or
//! says what is wrong. (Damage to either alone is tried beside their readers.)

#[path = "common/random.rs"]
mod random;

use natrolite::case::read_file;
use natrolite::run::{Geometry, Model, place_mechanics};
use random::Random;
use std::fs;
use std::path::Path;

/// Words of cases and mesh files, and numbers at the edge.
const PIECES: &[&[u8]] = &[
    b"0",
    b"-1",
    b"1e308",
    b"1e-308",
    b"nan",
    b"99999999999",
    b" um",
    b" V",
    b"anode",
    b"metal",
    b"electrolyte",
    b"counter",
    b"collector",
    b"\"",
    b"=",
    b"\n",
    b"{",
    b"]",
    b"$EndNodes",
    b"2 3",
    b"\xff\xff\xff\xff",
    b"\0\0\0\0\0\0\0\0",
    b"[region]\n",
    b"potential = \"0 V\"\n",
];

/// One or two damages: a digit or a byte changed, a piece put in, moved, doubled or cut off.
fn damage(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for _ in 0..=random.below(2) {
        let at = random.below(out.len().max(1)).min(out.len());
        let end = (at + random.below(24)).min(out.len());
        match random.below(12) {
            0 if at < out.len() => out[at] ^= 1 << random.below(8),
            1 => drop(out.splice(at..at, PIECES[random.below(PIECES.len())].iter().copied())),
            2 => drop(out.splice(at..end, PIECES[random.below(PIECES.len())].iter().copied())),
            3 => {
                let piece: Vec<u8> = out.drain(at..end).collect();
                let to = random.below(out.len() + 1);
                out.splice(to..to, piece);
            }
            4 => {
                let piece = out[at..end].to_vec();
                out.splice(at..at, piece);
            }
            5 => out.truncate(at.max(out.len() * 3 / 4)),
            _ => {
                let digit = out[at..].iter().position(u8::is_ascii_digit);
                if let Some(k) = digit {
                    out[at + k] = b'0' + u8::try_from(random.below(10)).expect("a digit");
                }
            }
        }
    }
    out
}

#[test]
fn a_thousand_damaged_cases_and_meshes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let pairs = [
        ("film_resistance", "two_regions"),
        ("symmetric_cell_nas", "two_regions"),
        ("contact_resistance", "two_regions"),
        ("mixed_cells", "mixed"),
        ("gmsh_pore_quarter", "pore_quarter"),
    ];
    let sources = pairs.map(|(case, mesh)| {
        let text = fs::read_to_string(root.join(format!("configs/{case}.toml"))).expect("a case");
        let mesh = fs::read(root.join(format!("meshes/{mesh}.msh"))).expect("a mesh");
        let start = text.find("../meshes/").expect("it names its mesh");
        let end = start + text[start..].find('"').expect("a quote");
        (format!("{}mesh.msh{}", &text[..start], &text[end..]), mesh)
    });
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("case.toml");
    let mut random = Random(0x0123_4567_89AB_CDEF);
    let mut counts = [0; 3];
    for round in 0..1000 {
        let (case, mesh) = &sources[random.below(sources.len())];
        // The case alone, the mesh alone, both.
        let kind = round % 3;
        let case =
            if kind == 1 { case.clone().into() } else { damage(case.as_bytes(), &mut random) };
        let mesh = if kind == 0 { mesh.clone() } else { damage(mesh, &mut random) };
        fs::write(&path, case).expect("written");
        fs::write(folder.path().join("mesh.msh"), mesh).expect("written");
        let outcome = match read_file(&path, &[]) {
            Err(error) => Err((0, error)),
            Ok(case) => Geometry::of(&case, 0)
                .and_then(|geometry| {
                    let mechanics = place_mechanics(&case, &geometry)?;
                    let contacts = mechanics.as_ref().map_or(&[][..], |m| &m.contacts);
                    Model::new(&case, &geometry, contacts).map(|_| ())
                })
                .map_err(|error| (1, error)),
        };
        match outcome {
            Ok(()) => counts[2] += 1,
            Err((stage, error)) => {
                counts[stage] += 1;
                assert!(error.render(false).starts_with("error: "), "round {round}");
            }
        }
    }
    // Refused by the reader, by the mesh, not at all: each often, so that all code is tried.
    assert!(counts.iter().all(|&count| count > 100), "{counts:?}");
}

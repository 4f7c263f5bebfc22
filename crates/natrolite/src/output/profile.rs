//! `profile_<b>.csv`: one row a point, one column a quantity, SI units.

use super::number::write_number;
use crate::results::Profile;
use std::io::{self, Write};

/// Writes a profile as CSV: a header with the names of the columns, `line` last where rows belong
/// to lines. Numbers are the shortest decimals that read back to the same double; values that are
/// not finite are `nan`, `inf` and `-inf`.
///
/// # Errors
/// Those of the writer.
pub fn write_csv(profile: &Profile, out: &mut dyn Write) -> io::Result<()> {
    let names = profile.columns.iter().map(|c| c.name);
    let names: Vec<_> = names.chain(profile.line.as_ref().map(|_| "line")).collect();
    writeln!(out, "{}", names.join(","))?;
    for row in 0..profile.rows() {
        for (k, column) in profile.columns.iter().enumerate() {
            if k > 0 {
                out.write_all(b",")?;
            }
            write_number(out, column.values[row])?;
        }
        if let Some(lines) = &profile.line {
            write!(out, ",{}", lines[row])?;
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Names of the profiles in files and groups: boundary and suffix, each name once.
pub fn file_stems(profiles: &[Profile]) -> Vec<String> {
    let mut stems: Vec<String> = Vec::new();
    for profile in profiles {
        let stem = encode_name(&profile.name) + profile.suffix;
        let mut unique = stem.clone();
        let mut count = 1;
        while stems.contains(&unique) {
            count += 1;
            unique = format!("{stem}%{count}");
        }
        stems.push(unique);
    }
    stems
}

/// A name that files and HDF5 links may have: characters with a meaning to some system are
/// percent-encoded, others stay. Different names stay different.
pub(crate) fn encode_name(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for (k, c) in name.char_indices() {
        let leading_dot = k == 0 && c == '.';
        if leading_dot || c.is_control() || r#"/\:*?"<>|%"#.contains(c) {
            for byte in c.to_string().bytes() {
                encoded += &format!("%{byte:02X}");
            }
        } else {
            encoded.push(c);
        }
    }
    encoded
}

/// The name that [`encode_name`] encoded; nothing when it is none of its texts.
pub(crate) fn decode_name(encoded: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [first, others @ ..] = rest {
        rest = others;
        if *first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Column;

    fn profile(name: &str, suffix: &'static str) -> Profile {
        Profile { name: name.into(), suffix, columns: Vec::new(), line: None }
    }

    #[test]
    fn csv_is_exact() {
        let columns = vec![
            Column { name: "distance", unit: "m", values: vec![0.0, 1.05e-5, 0.1] },
            Column { name: "current_ratio", unit: "1", values: vec![1.0, 1.0527516, f64::NAN] },
        ];
        let mut p = Profile { columns, ..profile("anode", "") };
        let mut out = Vec::new();
        write_csv(&p, &mut out).unwrap();
        let wanted = "distance,current_ratio\n0,1\n1.05e-5,1.0527516\n0.1,nan\n";
        assert_eq!(String::from_utf8(out).unwrap(), wanted);

        p.line = Some(vec!["x", "x", "diagonal"]);
        let mut out = Vec::new();
        write_csv(&p, &mut out).unwrap();
        let wanted = "distance,current_ratio,line\n0,1,x\n1.05e-5,1.0527516,x\n0.1,nan,diagonal\n";
        assert_eq!(String::from_utf8(out).unwrap(), wanted);
    }

    #[test]
    fn numbers_read_back_to_the_same_bits() {
        let numbers =
            [1.0 / 3.0, -2.0e-300, 5e-324, f64::MAX, 1e7, 123456.789, -0.0, f64::INFINITY];
        for x in numbers {
            let mut out = Vec::new();
            write_number(&mut out, x).unwrap();
            let back: f64 = String::from_utf8(out).unwrap().parse().unwrap();
            assert_eq!(back.to_bits(), x.to_bits());
        }
    }

    #[test]
    fn names_are_safe_and_stay_different() {
        let p = [
            profile("anode", ""),
            profile("anode", "_at"),
            profile("anode_at", ""),
            profile("../a b", ""),
            profile("%2E", ""),
        ];
        assert_eq!(file_stems(&p), ["anode", "anode_at", "anode_at%2", "%2E.%2Fa b", "%252E"]);
        for name in ["../a b", "%2E", "µ:\u{1}", "anode"] {
            assert_eq!(decode_name(&encode_name(name)).as_deref(), Some(name));
        }
        assert_eq!([decode_name("%"), decode_name("%G1"), decode_name("%FF")], [None, None, None]);
    }
}

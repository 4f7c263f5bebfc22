//! The built-in materials, each value with its source and how sure it is.

mod library;

pub use library::LIBRARY;

use crate::case::source::{Origin, Source};
use crate::units;
use std::sync::Arc;

/// How sure a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Read in a paper.
    Read,
    /// Derived from numbers in a paper.
    Derived,
    /// Public material.
    Public,
    /// From memory: the standard literature, not checked again.
    Memory,
}

impl Mark {
    /// The letter in tables.
    pub fn letter(self) -> char {
        match self {
            Mark::Read => 'S',
            Mark::Derived => 'D',
            Mark::Public => 'F',
            Mark::Memory => 'M',
        }
    }

    /// What the letter means.
    pub fn meaning(self) -> &'static str {
        match self {
            Mark::Read => "read in a paper",
            Mark::Derived => "derived from numbers in a paper",
            Mark::Public => "public source",
            Mark::Memory => "from memory, not checked again",
        }
    }
}

/// A built-in material.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// Name to use in `[region]`.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Its laws as a case file has them below `[material.<name>]`.
    pub laws: &'static str,
    /// Where the values come from.
    pub values: &'static [Provenance],
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug)]
pub struct Provenance {
    /// Path of the value below the material, or one of [`DATA`].
    pub path: &'static str,
    /// Its value for people.
    pub value: &'static str,
    /// Paper, table or page.
    pub source: &'static str,
    /// How sure it is.
    pub mark: Mark,
}

/// Values that belong to a material without being a law of the case file, with their SI units.
pub const DATA: &[(&str, &str)] = &[
    ("activation_energy", "J/mol"),
    ("density", "kg/m^3"),
    ("hardness", "Pa"),
    ("molar_volume", "m^3/mol"),
];

/// The built-in material called `name`.
pub fn find(name: &str) -> Option<&'static Builtin> {
    LIBRARY.iter().find(|material| material.name == name)
}

impl Builtin {
    /// The value called `name` in [`DATA`], in the SI unit given there, if the material has it.
    pub fn datum(&self, name: &str) -> Option<(f64, &'static Provenance)> {
        let (_, unit) = DATA.iter().find(|(datum, _)| *datum == name)?;
        let value = self.values.iter().find(|value| value.path == name)?;
        Some((units::parse(value.value, unit).ok()?, value))
    }

    /// The values of the law called `name` that are from memory: a run that uses them says so.
    pub fn unconfirmed<'a>(&self, name: &'a str) -> impl Iterator<Item = &'static Provenance> + 'a {
        let values = self.values.iter().filter(|value| value.mark == Mark::Memory);
        values.filter(move |value| value.path.split('.').next() == Some(name))
    }

    /// The text of its laws, for messages.
    pub fn source(&self) -> Arc<Source> {
        Source::new(format!("built-in material {}", self.name), self.laws, usize::MAX)
    }

    /// Where the material as a whole is defined.
    pub fn origin(&self) -> Origin {
        Origin::whole(&self.source())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at<'a>(table: &'a toml::Value, path: &str) -> Option<&'a toml::Value> {
        path.split('.').try_fold(table, |value, key| value.get(key))
    }

    fn leaves(table: &toml::Value, path: &str, out: &mut Vec<String>) {
        match table.as_table() {
            Some(pairs) => {
                for (key, value) in pairs {
                    let dot = if path.is_empty() { "" } else { "." };
                    leaves(value, &format!("{path}{dot}{key}"), out);
                }
            }
            None => out.push(path.to_owned()),
        }
    }

    /// The texts and numbers that a value of the case file holds.
    fn words(value: &toml::Value) -> Vec<String> {
        match value {
            toml::Value::String(text) => vec![text.clone()],
            toml::Value::Array(values) => values.iter().flat_map(words).collect(),
            other => vec![other.to_string()],
        }
    }

    #[test]
    fn every_value_has_a_source_and_every_source_a_value() {
        for material in LIBRARY {
            let laws: toml::Value = toml::from_str(material.laws).unwrap();
            for value in material.values {
                let is_datum = DATA.iter().any(|(name, _)| *name == value.path);
                let name = format!("{} {}", material.name, value.path);
                assert_eq!(is_datum, material.datum(value.path).is_some(), "{name}");
                assert!(value.source.len() > 10, "{name}");
                // What is from memory says so, and nothing else does.
                let is_memory = value.source.contains("from memory");
                assert_eq!(is_memory, value.mark == Mark::Memory, "{name}");
                // What the law says is what the table shows.
                match at(&laws, value.path) {
                    Some(law) => {
                        for word in words(law) {
                            assert!(value.value.contains(&word), "{name}: {word}");
                        }
                    }
                    None => assert!(is_datum, "{name}"),
                }
            }
            let mut all = Vec::new();
            leaves(&laws, "", &mut all);
            for path in all {
                assert!(material.values.iter().any(|v| v.path == path), "{} {path}", material.name);
            }
        }
    }

    #[test]
    fn data_are_in_si_units_and_agree_with_each_other() {
        let datum = |material: &str, name: &str| find(material).unwrap().datum(name).unwrap().0;
        assert!((datum("Na", "density") - 971.0).abs() < 1e-9);
        assert!((datum("Na", "hardness") - 0.7e6).abs() < 1e-6);
        // Molar mass [g/mol] = density times molar volume (IUPAC 2021 atomic weights).
        let masses = [
            ("Na", 22.990),
            ("Na3SbS4", 318.97),
            ("Na3PS4", 228.18),
            ("Na3PS4-cast", 228.18),
            ("Na15Sn4", 819.69),
            ("Al", 26.982),
            ("Cu", 63.546),
            ("Ti", 47.867),
        ];
        for (name, mass) in masses {
            let product = datum(name, "density") * datum(name, "molar_volume");
            assert!((product / (mass * 1e-3) - 1.0).abs() < 2e-3, "{name}: {product}");
        }
        // Cell volume over formula units times Avogadro's constant; tin swollen by 420 %.
        assert!((datum("Na3PS4", "molar_volume") - 342.9e-30 / 2.0 * 6.02214076e23).abs() < 1e-7);
        assert!((datum("Na15Sn4", "molar_volume") - 4.0 * 118.71e-6 / 7.3 * 5.2).abs() < 1e-7);
        // Faraday's constant times thickness per charge: 8.84 um per mAh/cm^2 (preprint of Deysher
        // et al.: 26.5 um at 3 mAh/cm^2).
        let thickness = 3.0 * 36.0 * 1e3 / 96_485.332_12 * datum("Na", "molar_volume");
        assert!((thickness - 26.5e-6).abs() < 0.05e-6, "{thickness}");
    }

    #[test]
    fn values_from_memory_are_listed() {
        let paths = |name: &str, law: &str| -> Vec<&str> {
            find(name).unwrap().unconfirmed(law).map(|value| value.path).collect()
        };
        assert!(paths("Na", "ohm").is_empty() && paths("Na", "elastic").is_empty());
        assert_eq!(paths("Na3SbS4", "elastic"), ["elastic.young"]);
        assert_eq!(paths("hydroborate", "elastic"), ["elastic.young", "elastic.poisson"]);
        assert!(paths("hydroborate", "ohm").is_empty());
        assert_eq!(paths("Na3SbS4", "density"), ["density"]);
    }
}

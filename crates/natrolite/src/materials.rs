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
    /// The value called `name` in [`DATA`], in SI units, if the material has it.
    pub fn datum(&self, name: &str) -> Option<f64> {
        let (_, unit) = DATA.iter().find(|(datum, _)| *datum == name)?;
        let value = self.values.iter().find(|value| value.path == name)?;
        units::parse(value.value, unit).ok()
    }

    /// The values of the law (or datum) called `name` that are from memory: a run that uses them says
    /// so.
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

    #[test]
    fn every_value_has_a_source_and_every_source_a_value() {
        for material in LIBRARY {
            let laws: toml::Value = toml::from_str(material.laws).unwrap();
            for value in material.values {
                let is_datum = DATA.iter().any(|(name, _)| *name == value.path);
                let name = format!("{} {}", material.name, value.path);
                assert!(is_datum || at(&laws, value.path).is_some(), "{name}");
                assert_eq!(is_datum, material.datum(value.path).is_some(), "{name}");
                assert!(value.source.len() > 5, "{name}");
                // What the law says is what the table shows.
                if let Some(text) = at(&laws, value.path).and_then(|v| v.as_str()) {
                    assert!(value.value.starts_with(text), "{name}: {text}");
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
        let sodium = find("Na").unwrap();
        assert!((sodium.datum("density").unwrap() - 971.0).abs() < 1e-9);
        assert!((sodium.datum("hardness").unwrap() - 0.7e6).abs() < 1e-6);
        // Molar mass [kg/mol] = density times molar volume (IUPAC 2021 atomic weights).
        let masses = [
            ("Na", 22.990e-3),
            ("Na3SbS4", 318.97e-3),
            ("Na3PS4", 228.18e-3),
            ("Na15Sn4", 819.69e-3),
            ("Al", 26.982e-3),
            ("Cu", 63.546e-3),
            ("Ti", 47.867e-3),
        ];
        for (name, mass) in masses {
            let material = find(name).unwrap();
            let [density, volume] = ["density", "molar_volume"].map(|d| material.datum(d).unwrap());
            assert!((density * volume / mass - 1.0).abs() < 2e-3, "{name}");
        }
    }

    #[test]
    fn values_from_memory_are_listed() {
        let paths = |name: &str, law: &str| -> Vec<&str> {
            find(name).unwrap().unconfirmed(law).map(|value| value.path).collect()
        };
        assert_eq!(paths("Na", "elastic"), ["elastic.poisson"]);
        assert_eq!(paths("Na3SbS4", "elastic"), ["elastic.young"]);
        assert!(paths("Na", "ohm").is_empty());
        assert_eq!(paths("Na3SbS4", "density"), ["density"]);
    }
}

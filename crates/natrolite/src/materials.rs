//! The built-in materials, each value with its source and how sure it is.

use crate::case::source::{Origin, Source};
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
    /// Path of the value below the material.
    pub path: &'static str,
    /// Its value for people.
    pub value: &'static str,
    /// Paper, table or page.
    pub source: &'static str,
    /// How sure it is.
    pub mark: Mark,
}

/// Every built-in material.
pub const LIBRARY: &[Builtin] = &[
    Builtin {
        name: "Na3SbS4",
        doc: "sodium thioantimonate (NAS), solid electrolyte",
        laws: "ohm = { conductivity = \"0.9 mS/cm\" }\n",
        values: &[Provenance {
            path: "ohm.conductivity",
            value: "0.9 mS/cm",
            source: "Energy Environ. Sci. 2025, 18, 4288 (doi 10.1039/d4ee06171c), table 1",
            mark: Mark::Read,
        }],
    },
    Builtin {
        name: "Na3PS4",
        doc: "sodium thiophosphate (NPS), solid electrolyte, room temperature",
        laws: "ohm = { conductivity = \"0.1 mS/cm\" }\n",
        values: &[Provenance {
            path: "ohm.conductivity",
            value: "0.1 mS/cm",
            source: "Energy Environ. Sci. 2025, 18, 4288 (doi 10.1039/d4ee06171c), table 1",
            mark: Mark::Read,
        }],
    },
    Builtin {
        name: "Na3PS4-cast",
        doc: "sodium thiophosphate, conductivity measured at 25 and 60 degC",
        laws: "ohm.arrhenius = { points = [[\"25 degC\", \"0.143 mS/cm\"], [\"60 degC\", \"0.345 mS/cm\"]] }\n",
        values: &[
            Provenance {
                path: "ohm.arrhenius.points",
                value: "0.143 mS/cm at 25 degC, 0.345 mS/cm at 60 degC",
                source: "cast-annealed Na2S-Na3PS4-CMK-3 composites, impedance of a pellet between platinum",
                mark: Mark::Read,
            },
            Provenance {
                path: "ohm.arrhenius.form",
                value: "sigma_T (gives 0.243 eV)",
                source: "the form that ion hopping gives; 0.214 mS/cm at 40 degC in either form",
                mark: Mark::Derived,
            },
        ],
    },
    Builtin {
        name: "Na",
        doc: "sodium metal",
        laws: "ohm = { conductivity = \"2.1e7 S/m\" }\n",
        values: &[Provenance {
            path: "ohm.conductivity",
            value: "2.1e7 S/m",
            source: "public input of a sodium/beta-alumina void model; handbooks give 2.0e7 to 2.1e7 S/m",
            mark: Mark::Public,
        }],
    },
];

/// The built-in material called `name`.
pub fn find(name: &str) -> Option<&'static Builtin> {
    LIBRARY.iter().find(|material| material.name == name)
}

impl Builtin {
    /// The text of its laws, for messages.
    pub fn source(&self) -> Arc<Source> {
        Source::new(format!("built-in material {}", self.name), self.laws, usize::MAX)
    }

    /// Where the material as a whole is defined.
    pub fn origin(&self) -> Origin {
        Origin::whole(&self.source())
    }
}

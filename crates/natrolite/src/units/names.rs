//! What quantities are called, with the example that a message shows.

use super::dimension::Dimension;
use super::expression::read_unit;

/// SI unit, name with its article, example.
const NAMES: &[(&str, &str, &str)] = &[
    ("1", "a number without dimension", "0.5"),
    ("m", "a length", "\"10 um\""),
    ("m^2", "an area", "\"1 cm^2\""),
    ("m^3", "a volume", "\"1 cm^3\""),
    ("1/m", "a reciprocal length", "\"1 1/um\""),
    ("1/m^2", "a number per area", "\"0.1 1/um^2\""),
    ("s", "a time", "\"2 h\""),
    ("1/s", "a frequency", "\"10 kHz\""),
    ("m/s", "a speed", "\"2.5 nm/s\""),
    ("m^2/s", "a diffusion coefficient", "\"1e-9 cm^2/s\""),
    ("kg", "a mass", "\"80 mg\""),
    ("kg/m^3", "a density", "\"2.2 g/cm^3\""),
    ("K", "a temperature", "\"298.15 K\""),
    ("1/K", "a reciprocal temperature", "\"1e-5 1/K\""),
    ("mol", "an amount of substance", "\"1 mol\""),
    ("mol/m^3", "a concentration", "\"1 mol/l\""),
    ("m^3/mol", "a molar volume", "\"23.7 cm^3/mol\""),
    ("N", "a force", "\"785 N\""),
    ("N/m", "a force per length", "\"1 N/m\""),
    ("Pa", "a pressure", "\"10 MPa\""),
    ("J", "an energy", "\"1 J\""),
    ("J/mol", "a molar energy", "\"0.243 eV\""),
    ("J/mol K", "a molar heat capacity", "\"8.3 J/mol K\""),
    ("W", "a power", "\"1 W\""),
    ("A", "a current", "\"0.4 mA\""),
    ("A/m", "a current per length", "\"1 mA/cm\""),
    ("A/m^2", "a current density", "\"1.3 mA/cm^2\""),
    ("C", "a charge", "\"1 mAh\""),
    ("C/m^2", "a charge per area", "\"1 mAh/cm^2\""),
    ("V", "an electric potential", "\"50 mV\""),
    ("V/m", "an electric field", "\"1 V/cm\""),
    ("ohm", "a resistance", "\"20 ohm\""),
    ("ohm m", "a resistivity", "\"100 ohm cm\""),
    ("ohm m^2", "an area-specific resistance", "\"20 ohm cm^2\""),
    ("S", "a conductance", "\"1 mS\""),
    ("S/m", "a conductivity", "\"0.9 mS/cm\""),
    ("S/m^2", "an area-specific conductance", "\"50 mS/cm^2\""),
    ("F", "a capacitance", "\"1 uF\""),
    ("F/m^2", "a capacitance per area", "\"10 uF/cm^2\""),
];

fn find(dimension: Dimension) -> Option<&'static (&'static str, &'static str, &'static str)> {
    NAMES.iter().find(|(si, ..)| read_unit(si).is_ok_and(|unit| unit.dimension == dimension))
}

/// What a quantity of this dimension is called, with its SI unit: "a conductivity \[S/m\]".
pub(super) fn describe(dimension: Dimension) -> String {
    match find(dimension) {
        Some(("1", name, _)) => (*name).to_owned(),
        Some((si, name, _)) => format!("{name} [{si}]"),
        None => format!("a quantity in [{dimension}]"),
    }
}

/// What is wanted where `si` is the unit: "a conductivity, for example \"0.9 mS/cm\"".
pub fn describe_wanted(si: &str) -> String {
    let dimension = read_unit(si).map(|unit| unit.dimension).unwrap_or_default();
    match find(dimension) {
        Some((_, name, example)) => format!("{name}, for example {example}"),
        None => format!("a quantity in [{si}]"),
    }
}

/// A value with its unit that a case file could contain where `si` is the unit, as TOML.
pub fn example(si: &str) -> String {
    let dimension = read_unit(si).map(|unit| unit.dimension).unwrap_or_default();
    find(dimension).map_or_else(|| format!("\"1 {si}\""), |(.., example)| (*example).to_owned())
}

/// Zero in the unit of [`example`], as TOML.
pub fn zero(si: &str) -> String {
    let example = example(si);
    match example.split_once(' ') {
        Some((_, unit)) => format!("\"0 {unit}"),
        None => "0".to_owned(),
    }
}

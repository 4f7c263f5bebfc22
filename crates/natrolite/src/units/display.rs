//! SI numbers as people write them: mA/cm2, mV, um, MPa.

/// Significant digits in tables for people.
const DIGITS: usize = 6;

/// Units to show a quantity in: symbol, its size in SI units; the largest that is not larger than the
/// value is taken, the smallest for less.
fn scale(si: &str) -> &'static [(&'static str, f64)] {
    match si {
        "m" => &[("m", 1.0), ("mm", 1e-3), ("um", 1e-6), ("nm", 1e-9)],
        "m^2" => &[("m2", 1.0), ("cm2", 1e-4), ("mm2", 1e-6), ("um2", 1e-12)],
        "m^3" => &[("m3", 1.0), ("cm3", 1e-6), ("mm3", 1e-9), ("um3", 1e-18)],
        "s" => &[("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3), ("us", 1e-6)],
        "A" => &[("A", 1.0), ("mA", 1e-3), ("uA", 1e-6), ("nA", 1e-9)],
        "A/m" => &[("A/m", 1.0), ("mA/m", 1e-3), ("uA/m", 1e-6)],
        "A/m^2" => &[("mA/cm2", 10.0)],
        "V" => &[("V", 1.0), ("mV", 1e-3), ("uV", 1e-6)],
        "S/m" => &[("S/m", 1.0), ("mS/cm", 0.1)],
        "ohm m^2" => &[("ohm cm2", 1e-4)],
        "Pa" => &[("GPa", 1e9), ("MPa", 1e6), ("kPa", 1e3), ("Pa", 1.0)],
        "N" => &[("kN", 1e3), ("N", 1.0), ("mN", 1e-3), ("uN", 1e-6), ("nN", 1e-9)],
        "J/mol" => &[("kJ/mol", 1e3)],
        "kg" => &[("kg", 1.0), ("g", 1e-3), ("mg", 1e-6)],
        _ => &[],
    }
}

/// The value, given in the SI unit `si`, as text in the unit that people use: 5.1 A/m^2 becomes
/// "0.51 mA/cm2", 1e-5 m becomes "10 um". Six significant digits.
pub fn display(value: f64, si: &str) -> String {
    let (unit, size) = handy_unit(value, si);
    match unit.as_str() {
        "" => shorten(value),
        unit => format!("{} {unit}", shorten(value / size)),
    }
}

/// The unit in which people have numbers as large as `value`, given in the SI unit `si`: its symbol, empty
/// for a pure number, and its size in SI units.
pub fn handy_unit(value: f64, si: &str) -> (String, f64) {
    let scale = scale(si);
    let fallback = if value == 0.0 { scale.first() } else { scale.last() };
    // The margin keeps 1 um from being shown as 1000 nm when the value was rounded below it.
    // A conductivity is a solid electrolyte's, in mS/cm, or a metal's.
    let from = |size: f64| if si == "S/m" && size == 1.0 { 1e3 } else { size };
    let fits = |(_, size): &&(&str, f64)| value.abs() >= from(*size) * (1.0 - 1e-9);
    match scale.iter().find(fits).or(fallback) {
        Some((symbol, size)) => ((*symbol).to_owned(), *size),
        None if si == "1" => (String::new(), 1.0),
        None => (si.replace('^', ""), 1.0),
    }
}

/// The number with six significant digits, without trailing zeros.
pub fn shorten(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return format!("{}", if value == 0.0 { 0.0 } else { value });
    }
    let scientific = format!("{value:.*e}", DIGITS - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..7).contains(&exponent) {
        let decimals = (DIGITS as i32 - 1 - exponent).max(0) as usize;
        trim(&format!("{value:.decimals$}")).to_owned()
    } else {
        format!("{}e{exponent}", trim(mantissa))
    }
}

fn trim(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

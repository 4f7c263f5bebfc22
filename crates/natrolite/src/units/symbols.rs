//! The symbols that units are written with.

use super::dimension::Dimension;

/// A unit: `factor * 10^power` times the coherent SI unit of its dimension.
///
/// Powers of ten are kept apart so that "1.3 mA/cm^2" is read as the double next to 13 and not as a
/// product of rounded factors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    pub symbol: &'static str,
    pub dimension: Dimension,
    pub factor: f64,
    pub power: i32,
    /// True when a prefix may precede it.
    pub prefixed: bool,
}

const fn unit(
    symbol: &'static str,
    factor: f64,
    power: i32,
    prefixed: bool,
    [m, kg, s, a, k, mol]: [i8; 6],
) -> Unit {
    Unit { symbol, dimension: Dimension::new(m, kg, s, a, k, mol), factor, power, prefixed }
}

/// Symbol of the Celsius scale, which has an offset and so stands alone.
pub(super) const CELSIUS: &str = "degC";

/// Every unit. Exact symbols are looked up before prefixed ones, so that `min` is a minute.
pub(super) const UNITS: &[Unit] = &[
    unit("1", 1.0, 0, false, [0, 0, 0, 0, 0, 0]),
    unit("%", 1.0, -2, false, [0, 0, 0, 0, 0, 0]),
    unit("m", 1.0, 0, true, [1, 0, 0, 0, 0, 0]),
    unit("g", 1.0, -3, true, [0, 1, 0, 0, 0, 0]),
    unit("s", 1.0, 0, true, [0, 0, 1, 0, 0, 0]),
    unit("min", 60.0, 0, false, [0, 0, 1, 0, 0, 0]),
    unit("h", 3600.0, 0, false, [0, 0, 1, 0, 0, 0]),
    unit("A", 1.0, 0, true, [0, 0, 0, 1, 0, 0]),
    unit("K", 1.0, 0, true, [0, 0, 0, 0, 1, 0]),
    unit("mol", 1.0, 0, true, [0, 0, 0, 0, 0, 1]),
    unit("l", 1.0, -3, true, [3, 0, 0, 0, 0, 0]),
    unit("Hz", 1.0, 0, true, [0, 0, -1, 0, 0, 0]),
    unit("N", 1.0, 0, true, [1, 1, -2, 0, 0, 0]),
    unit("Pa", 1.0, 0, true, [-1, 1, -2, 0, 0, 0]),
    unit("J", 1.0, 0, true, [2, 1, -2, 0, 0, 0]),
    unit("eV", 1.602_176_634, -19, true, [2, 1, -2, 0, 0, 0]),
    unit("W", 1.0, 0, true, [2, 1, -3, 0, 0, 0]),
    unit("C", 1.0, 0, true, [0, 0, 1, 1, 0, 0]),
    unit("Ah", 3600.0, 0, true, [0, 0, 1, 1, 0, 0]),
    unit("V", 1.0, 0, true, [2, 1, -3, -1, 0, 0]),
    unit("ohm", 1.0, 0, true, [2, 1, -3, -2, 0, 0]),
    unit("Ω", 1.0, 0, true, [2, 1, -3, -2, 0, 0]),
    unit("\u{2126}", 1.0, 0, true, [2, 1, -3, -2, 0, 0]),
    unit("S", 1.0, 0, true, [-2, -1, 3, 2, 0, 0]),
    unit("F", 1.0, 0, true, [-2, -1, 4, 2, 0, 0]),
];

/// Prefixes and their powers of ten; both code points of micro.
const PREFIXES: &[(char, i32)] = &[
    ('n', -9),
    ('u', -6),
    ('\u{b5}', -6),
    ('\u{3bc}', -6),
    ('m', -3),
    ('c', -2),
    ('k', 3),
    ('M', 6),
    ('G', 9),
];

/// The unit that `symbol` stands for, its prefix multiplied in.
pub(super) fn find_unit(symbol: &str) -> Option<Unit> {
    if let Some(unit) = UNITS.iter().find(|unit| unit.symbol == symbol) {
        return Some(*unit);
    }
    let mut rest = symbol.chars();
    let prefix = rest.next()?;
    let &(_, power) = PREFIXES.iter().find(|(c, _)| *c == prefix)?;
    let unit = UNITS.iter().find(|unit| unit.prefixed && unit.symbol == rest.as_str())?;
    Some(Unit { power: unit.power + power, ..*unit })
}

/// The known symbol nearest to `symbol`, with the prefixes that people use most.
pub(super) fn nearest_symbol(symbol: &str) -> Option<String> {
    if symbol.len() > 30 {
        return None;
    }
    let plain = UNITS.iter().map(|unit| unit.symbol.to_owned());
    let prefixed = UNITS
        .iter()
        .filter(|unit| unit.prefixed && unit.symbol.is_ascii())
        .flat_map(|unit| ["n", "u", "m", "c", "k", "M", "G"].map(|p| p.to_owned() + unit.symbol));
    plain
        .chain(prefixed)
        .chain([CELSIUS.to_owned()])
        .map(|known| {
            let distance = strsim::damerau_levenshtein;
            let without_case = distance(&known.to_lowercase(), &symbol.to_lowercase());
            (without_case, distance(&known, symbol), known)
        })
        // One letter off a short symbol is any other symbol.
        .filter(|(distance, _, known)| *distance == 0 || (*distance == 1 && known.len() > 2))
        .min_by_key(|(without_case, with_case, _)| (*without_case, *with_case))
        .map(|(_, _, known)| known)
}

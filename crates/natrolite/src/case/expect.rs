//! `[expect]`: quantities that a run must give.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::fields::{join, unknown_key};
use super::law::Depth;
use super::source::Origin;
use super::tree::{Key, Node};
use super::value::{read_quantity, read_table, read_text, shorten};
use fem::registry::Range;

/// A quantity that a run reports.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    /// Name, without the place that it belongs to.
    pub name: &'static str,
    /// SI unit.
    pub unit: &'static str,
    /// SI unit in planar symmetry, where everything is per metre.
    pub per_depth: &'static str,
    /// What it belongs to.
    pub of: Of,
    /// One sentence.
    pub doc: &'static str,
}

/// What a [`Quantity`] belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The whole cell.
    Cell,
    /// A boundary or an interface: the name is followed by a dot and that name.
    Surface,
    /// A region: the name is followed by a dot and that name.
    Region,
}

const fn quantity(name: &'static str, unit: &'static str, of: Of, doc: &'static str) -> Quantity {
    Quantity { name, unit, per_depth: unit, of, doc }
}

/// Every quantity that a run may report.
pub const QUANTITIES: &[Quantity] = &[
    quantity(
        "peak_factor",
        "1",
        Of::Surface,
        "Largest |i_n| at the nodes, rim included, over |mean current density at the counter|.",
    ),
    quantity("max_current_density", "A/m^2", Of::Surface, "Largest |i_n| at the nodes."),
    quantity("mean_current_density", "A/m^2", Of::Surface, "Mean of i_n, positive for plating."),
    Quantity {
        name: "total_current",
        unit: "A",
        per_depth: "A/m",
        of: Of::Surface,
        doc: "Integral of i_n over the whole defect cell, positive for plating.",
    },
    quantity(
        "nonuniformity",
        "1",
        Of::Surface,
        "Area-weighted standard deviation of i_n over its mean.",
    ),
    Quantity {
        name: "area",
        unit: "m^2",
        per_depth: "m",
        of: Of::Surface,
        doc: "Area in the whole defect cell.",
    },
    quantity(
        "kinetic_length",
        "m",
        Of::Surface,
        "sigma Rct with Rct = RT/(F i0 (aa + ac)) + R_film.",
    ),
    quantity("wagner_number", "1", Of::Surface, "Kinetic length over the defect's radius."),
    quantity(
        "cell_overpotential",
        "V",
        Of::Cell,
        "Mean potential at the counter minus the anode's electrode potential, minus the same \
         difference at zero current.",
    ),
    quantity(
        "area_specific_resistance",
        "ohm m^2",
        Of::Cell,
        "Cell overpotential over the mean counter current density.",
    ),
    quantity(
        "overpotential_ohmic",
        "V",
        Of::Cell,
        "Power dissipated in the bodies over the current through the counter.",
    ),
    quantity(
        "overpotential_kinetic",
        "V",
        Of::Surface,
        "Overpotential of the charge transfer, averaged with the current as weight.",
    ),
    quantity(
        "overpotential_film",
        "V",
        Of::Surface,
        "The same for the voltage of a film, or of a contact resistance.",
    ),
    quantity(
        "overpotential_mechanical",
        "V",
        Of::Surface,
        "The same for Omega p / F, the shift by the contact pressure.",
    ),
    quantity("current_balance_error", "1", Of::Cell, "Sum of all currents, relative."),
    quantity(
        "contact_fraction",
        "1",
        Of::Surface,
        "Mean contact fraction; without a law for it, the part of the area that touches.",
    ),
    quantity("max_contact_pressure", "Pa", Of::Surface, "Largest contact pressure at the nodes."),
    quantity("mean_contact_pressure", "Pa", Of::Surface, "Mean contact pressure over the area."),
    quantity("max_gap", "m", Of::Surface, "Largest gap at the nodes."),
    Quantity {
        name: "normal_force",
        unit: "N",
        per_depth: "N/m",
        of: Of::Surface,
        doc: "Normal force on a flat boundary that is held or carries a pressure, compression positive.",
    },
    quantity("max_von_mises", "Pa", Of::Region, "Largest von Mises stress at the nodes."),
    quantity("force_balance_error", "1", Of::Cell, "Sum of all forces, relative."),
];

/// What the quantity is that a run reports as `name`, for example `peak_factor.anode`.
pub fn quantity_called(name: &str) -> Option<&'static Quantity> {
    let name = name.split_once('.').map_or(name, |(name, _)| name);
    QUANTITIES.iter().find(|quantity| quantity.name == name)
}

/// A name as words: `peak_factor.anode` is the peak factor of anode.
pub fn quantity_in_words(name: &str) -> String {
    let words =
        |name: &str| name.replace('_', " ").replace("wagner", "Wagner").replace("mises", "Mises");
    match name.split_once('.') {
        Some((name, place)) => format!("{} of {place}", words(name)),
        None => words(name),
    }
}

/// A number that the run must give.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Name of the quantity, for example `peak_factor.anode`.
    pub quantity: String,
    /// Expected value, SI units.
    pub value: f64,
    /// SI unit.
    pub unit: &'static str,
    /// Accepted difference relative to the value.
    pub rtol: Option<f64>,
    /// Accepted difference, SI units.
    pub atol: Option<f64>,
    /// Where the value comes from.
    pub source: Option<String>,
    /// Where the quantity was named.
    pub origin: Origin,
}

impl Expectation {
    /// True when `value` (SI units) is within `atol + rtol |expected|`.
    pub fn is_met_by(&self, value: f64) -> bool {
        let margin = self.atol.unwrap_or(0.0) + self.rtol.unwrap_or(0.0) * self.value.abs();
        (value - self.value).abs() <= margin
    }
}

/// Reads one entry of `[expect]`; `surfaces` are the boundaries and interfaces that exist, when the
/// case alone decides that.
pub fn read_expectation(
    key: &Key,
    node: &Node,
    depth: Depth,
    surfaces: Option<&[&str]>,
    diagnostics: &mut Diagnostics,
) -> Option<Expectation> {
    if let Some(table) = node.as_table().filter(|t| t.value("value").is_none()) {
        // [expect] peak_factor.anode = ... without quotes makes a table of tables.
        if table.pairs.iter().any(|(_, inner)| inner.as_table().is_some()) {
            let inner = table.pairs.first().map_or("anode", |(inner, _)| inner.text.as_str());
            let name = format!("{}.{}", shorten(&key.text), shorten(inner));
            let message = format!("the quantity `{name}` contains a dot and must be quoted");
            let error = Diagnostic::new(message, &key.origin);
            diagnostics.push(error.wanted(format!("\"{name}\" = {{ value = ..., rtol = ... }}")));
            return None;
        }
    }
    let quantity = find_quantity(key, surfaces, diagnostics);
    let path = join("expect", &key.text);
    let table = read_table(node, &path, diagnostics)?;
    for (key, _) in &table.pairs {
        if !["value", "rtol", "atol", "source"].contains(&key.text.as_str()) {
            let known = ["value", "rtol", "atol", "source"].into_iter();
            diagnostics.push(unknown_key(key, &path, known));
        }
    }
    let quantity = quantity?;
    let per_depth = match (depth, table.value("value")) {
        (Depth::PerMetre, _) => true,
        (Depth::Unknown, Some(node)) => is_quantity(node, quantity.per_depth),
        _ => false,
    };
    let unit = if per_depth { quantity.per_depth } else { quantity.unit };
    let mut number = |name: &str, unit: &str, range: Range| {
        let node = table.value(name)?;
        read_quantity(node, &format!("{path}.{name}"), unit, range, diagnostics)
    };
    let value = number("value", unit, Range::Any);
    let rtol = number("rtol", "1", Range::NonNegative);
    let atol = number("atol", unit, Range::NonNegative);
    let mut missing = |name: &str, wanted: String| {
        let message = format!("`{path}.{name}` is missing");
        diagnostics.push(Diagnostic::new(message, &key.origin).wanted(wanted));
    };
    if table.value("value").is_none() {
        missing("value", format!("value = {}", crate::units::example(unit)));
    }
    if table.value("rtol").is_none() && table.value("atol").is_none() {
        missing("rtol", "rtol = 1e-4, or atol".to_owned());
    }
    let source = table
        .value("source")
        .and_then(|node| read_text(node, &format!("{path}.source"), "a text", diagnostics))
        .map(str::to_owned);
    let quantity = key.text.clone();
    Some(Expectation {
        quantity,
        value: value?,
        unit,
        rtol,
        atol,
        source,
        origin: key.origin.clone(),
    })
}

fn is_quantity(node: &Node, unit: &str) -> bool {
    let mut ignored = Diagnostics::default();
    read_quantity(node, "", unit, Range::Any, &mut ignored).is_some()
}

fn find_quantity(
    key: &Key,
    surfaces: Option<&[&str]>,
    diagnostics: &mut Diagnostics,
) -> Option<&'static Quantity> {
    let (name, surface) = match key.text.split_once('.') {
        Some((name, surface)) => (name, Some(surface)),
        None => (key.text.as_str(), None),
    };
    let Some(quantity) = QUANTITIES.iter().find(|q| q.name == name) else {
        let message = format!("unknown quantity `{}`", shorten(&key.text));
        let error = Diagnostic::new(message, &key.origin);
        diagnostics.push(error.known(name, QUANTITIES.iter().map(|q| q.name)));
        return None;
    };
    let error = match (quantity.of, surface, surfaces) {
        (Of::Cell, Some(_), _) => {
            let message = format!("`{name}` belongs to the whole cell");
            Diagnostic::new(message, &key.origin).wanted(format!("`{name}`"))
        }
        (Of::Surface, None, _) => {
            let message = format!("`{name}` belongs to a boundary or interface");
            Diagnostic::new(message, &key.origin).wanted(format!("for example \"{name}.anode\""))
        }
        (Of::Region, None, _) => {
            let message = format!("`{name}` belongs to a region");
            let wanted = format!("for example \"{name}.electrolyte\"");
            Diagnostic::new(message, &key.origin).wanted(wanted)
        }
        (Of::Surface, Some(surface), Some(known)) if !known.contains(&surface) => {
            let message = format!("there is no boundary or interface `{}`", shorten(surface));
            Diagnostic::new(message, &key.origin).known(surface, known.iter().copied())
        }
        _ => return Some(quantity),
    };
    diagnostics.push(error);
    None
}

//! Laws of mechanics that exclude or need each other.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::law::{LawUse, name_all};
use fem::registry::Place;

/// Pairs of laws on a boundary that say the same displacement or force twice, and why.
const EXCLUSIVE: &[(&str, &str, &str)] = &[
    ("roller", "platen", "a roller holds the displacement that the platen gives"),
    ("roller", "contact", "a roller holds the displacement that the contact leaves open"),
    ("platen", "contact", "a platen gives the displacement that the contact leaves open"),
    ("roller", "pressure", "the boundary does not move along the pressure"),
    ("platen", "pressure", "the platen carries the load: platen = { pressure = ... }"),
    ("contact", "pressure", "the pressure of a contact follows from the loads elsewhere"),
];

/// Checks the laws of mechanics on the boundary or interface called `path`.
pub fn check_mechanics(path: &str, place: Place, laws: &[LawUse], diagnostics: &mut Diagnostics) {
    let named = |name: &str| laws.iter().find(|law| law.entry.name == name);
    let mut conflict = |first: &LawUse, second: &LawUse, why: &str| {
        let pair = [first, second];
        let message = format!("{} on `{path}` exclude each other: {why}", name_all(&pair));
        let later = if first.origin.span.start > second.origin.span.start { first } else { second };
        diagnostics.push(Diagnostic::new(message, &later.origin).wanted("one of them"));
    };
    for (first, second, why) in EXCLUSIVE {
        if let (Some(first), Some(second)) = (named(first), named(second)) {
            conflict(first, second, why);
        }
    }
    if let Some(fixed) = named("fixed").filter(|law| law.values.axes("value") == Some([true; 3])) {
        for other in ["roller", "platen", "contact", "pressure", "traction"] {
            if let Some(other) = named(other) {
                conflict(fixed, other, "all of the displacement is fixed");
            }
        }
    }
    if let Some(platen) = named("platen") {
        check_platen(path, platen, diagnostics);
    }
    if let Some(contact) = named("contact") {
        check_contact(path, place, contact, diagnostics);
    }
    check_pressure_is_known(path, place, laws, diagnostics);
}

fn check_platen(path: &str, platen: &LawUse, diagnostics: &mut Diagnostics) {
    let given: Vec<&str> = ["force", "pressure", "displacement"]
        .into_iter()
        .filter(|name| platen.gives(name))
        .collect();
    let (message, origin) = match given[..] {
        [_] => return,
        [] => (format!("`{path}.platen` has neither force, pressure nor displacement"), None),
        [.., last] => {
            (format!("`{path}.platen` has {}", given.join(" and ")), Some(platen.origin_of(last)))
        }
    };
    let error = Diagnostic::new(message, origin.unwrap_or(&platen.origin));
    diagnostics.push(
        error.wanted("one of force = \"785 N\", pressure = \"10 MPa\" and displacement = \"1 um\""),
    );
}

fn check_contact(path: &str, place: Place, contact: &LawUse, diagnostics: &mut Diagnostics) {
    let compliant = contact.values.choice("law") == Some("compliant");
    for name in ["pressure", "length"] {
        if compliant != contact.gives(name) {
            let (what, wanted) = if compliant {
                (
                    "is missing: law = \"compliant\" needs it",
                    "pressure = \"100 MPa\", length = \"0.5 um\"",
                )
            } else {
                (
                    "is refused: law = \"unilateral\" does not use it",
                    "law = \"compliant\", or neither",
                )
            };
            let message = format!("`{path}.contact.{name}` {what}");
            let error = Diagnostic::new(message, contact.origin_of(name));
            diagnostics.push(error.wanted(wanted));
        }
    }
    if compliant && place == Place::Boundary {
        let message = format!("`{path}.contact`: law = \"compliant\" is for an interface");
        diagnostics.push(Diagnostic::new(message, &contact.origin));
    }
    let error = match (place, contact.gives("gap"), contact.gives("obstacle")) {
        (Place::Boundary, _, false) => Diagnostic::new(
            format!("`{path}.contact` has no partner: nothing lies beyond a boundary"),
            &contact.origin,
        )
        .wanted(
            "a rigid one, obstacle = { plane = true }, sphere, cylinder or sinusoid; between two \
             bodies the contact stands on their [interface.<name>]",
        ),
        (Place::Boundary, true, true) => Diagnostic::new(
            format!("`{path}.contact.gap` is refused: the shape of the obstacle gives the gap"),
            contact.origin_of("gap"),
        ),
        (Place::Interface, _, true) => Diagnostic::new(
            format!("`{path}.contact.obstacle` is refused: an interface has a body on either side"),
            contact.origin_of("obstacle"),
        )
        .wanted("no obstacle; the initial distance is `gap`"),
        _ => {
            let Some(gap) = contact.values.group("gap") else { return };
            let (formula, table) = (gap.formula("formula"), gap.table("table"));
            match (formula, table) {
                (Some(_), Some(_)) | (None, None) => Diagnostic::new(
                    format!(
                        "`{path}.contact.gap` has {} formula {} table",
                        if formula.is_some() { "both" } else { "neither" },
                        if formula.is_some() { "and" } else { "nor" }
                    ),
                    contact.origin_of("gap"),
                )
                .wanted("one of them"),
                (None, Some(rows)) => {
                    let rises = rows.windows(2).all(|pair| pair[0][0] < pair[1][0]);
                    if rises {
                        return;
                    }
                    let message =
                        format!("the distances of `{path}.contact.gap.table` do not rise");
                    Diagnostic::new(message, contact.origin_of("gap.table"))
                }
                _ => return,
            }
        }
    };
    diagnostics.push(error);
}

/// Laws that read the contact pressure stand where there is one.
fn check_pressure_is_known(
    path: &str,
    place: Place,
    laws: &[LawUse],
    diagnostics: &mut Diagnostics,
) {
    let has = |name: &str| laws.iter().any(|law| law.entry.name == name);
    let is_known = has("contact") || (place == Place::Boundary && has("pressure"));
    let wanted = match place {
        Place::Boundary => "`pressure`, or `contact` with an obstacle, on the same boundary",
        _ => "`contact = { law = \"unilateral\" }` on the same interface",
    };
    for law in laws {
        let name = law.entry.name;
        let (reads, what) = if law.gives("partial_molar_volume") {
            (law.origin_of("partial_molar_volume"), format!("{path}.{name}.partial_molar_volume"))
        } else if name == "contact_fraction" || name == "contact_conductance" {
            (&law.origin, format!("{path}.{name}"))
        } else {
            continue;
        };
        if !is_known {
            let message = format!("`{what}` needs a contact pressure, and there is none");
            diagnostics.push(Diagnostic::new(message, reads).wanted(wanted));
        }
    }
    let kinetics = laws.iter().any(|law| transport::is_kinetics(law.entry));
    if let Some(law) = laws.iter().find(|law| law.entry.name == "contact_fraction")
        && place == Place::Boundary
        && !kinetics
    {
        let message = format!("`{path}.contact_fraction` has no kinetics to scale");
        diagnostics
            .push(Diagnostic::new(message, &law.origin).wanted("butler_volmer, for example"));
    }
}

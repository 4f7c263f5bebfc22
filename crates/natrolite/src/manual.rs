//! The reference of the case file as Markdown, made from the registry and the descriptions of the
//! fixed parts.

use crate::case::{CASE, Field, FieldKind, Of, QUANTITIES, at, describe_range, example};
use crate::catalogue::{describe_kind, describe_presence, flatten};
use crate::materials::{LIBRARY, Mark};
use crate::registry::laws;
use fem::registry::{Entry, Presence, Range};
use std::fmt::Write as _;

/// What stands at the top.
const HEAD: &str = "\
# The case file

<!-- Generated from the program. Do not edit: NATROLITE_UPDATE=1 cargo test -p natrolite manual -->

A case is a TOML file. Quantities are texts with units, checked for dimension: prefixes `n u µ m c k M
G`; `cm^2`, `cm2` or `cm²`; products by space or `*`, one `/`, and all that follows it divides; `ohm`
or `Ω`; `degC`; `eV`, `meV` and `kJ/mol`. A number without unit is accepted only where the quantity has
no dimension. Unknown keys are errors.
";

/// The reference as Markdown.
pub fn case_file() -> String {
    let mut out = HEAD.to_owned();
    write_fields(&mut out, "", CASE);
    write_laws(&mut out);
    out.push_str(
        "\n## `[region]`\n\nEach region of the mesh and its material: one of `[material.<name>]`, or a \
         built-in one. Values with a dot in their name are those of the laws of the material; of the \
         others `hardness` serves the laws of rough contact that leave it out, the rest is for the \
         reader. A run and `natrolite check` name the values of mark M that the case uses, and the \
         conductivities that hold at another temperature than that of the case.\n\n| material | value | source | mark |\n|---|---|---|---|\n",
    );
    for material in LIBRARY {
        for value in material.values {
            let (name, path, mark) = (material.name, value.path, value.mark.letter());
            let _ =
                writeln!(out, "| {name} | {path}: {} | {} | {mark} |", value.value, value.source);
        }
    }
    let marks = [Mark::Read, Mark::Derived, Mark::Public, Mark::Memory];
    let marks = marks.map(|mark| format!("{}: {}", mark.letter(), mark.meaning()));
    let _ = writeln!(out, "\nMarks: {}.", marks.join("; "));
    out.push_str(
        "\n## `[expect]`\n\nQuantities that a run must give: `\"peak_factor.anode\" = { value = 1.05, \
         rtol = 1e-4, source = \"...\" }`, with `rtol`, `atol` or both. `<b>` is a boundary or \
         interface, `<region>` a region.\n\n| quantity | unit | |\n|---|---|---|\n",
    );
    for q in QUANTITIES {
        let name = match q.of {
            Of::Cell => q.name.to_owned(),
            Of::Surface => format!("{}.<b>", q.name),
            Of::Region => format!("{}.<region>", q.name),
        };
        let planar = if q.per_depth == q.unit {
            String::new()
        } else {
            format!(" ({} in planar symmetry)", q.per_depth)
        };
        let _ = writeln!(out, "| `{name}` | {}{planar} | {} |", q.unit, cell(q.doc));
    }
    out
}

/// One table of keys, then the tables inside it.
fn write_fields(out: &mut String, path: &str, fields: &[Field]) {
    out.push_str("\n| key | value | | |\n|---|---|---|---|\n");
    let mut inner = Vec::new();
    for field in fields {
        let (name, doc) = (field.name, cell(field.doc));
        if let FieldKind::Fields(fields) | FieldKind::Tables(fields) = field.kind {
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            let (brackets, kind) = match field.kind {
                FieldKind::Tables(_) => (format!("[[{path}]]"), "tables"),
                _ => (format!("[{path}]"), "a table"),
            };
            let _ = writeln!(out, "| `{brackets}` | {kind} | | {doc} |");
            inner.push((path, brackets, fields));
            continue;
        }
        let presence = match field.presence {
            Presence::Required => "required".to_owned(),
            Presence::Optional => "optional".to_owned(),
            Presence::Default(value) => format!("default {value}"),
        };
        let _ = writeln!(out, "| `{name}` | {} | {presence} | {doc} |", describe_field(field.kind));
    }
    for (path, brackets, fields) in inner {
        let _ = writeln!(out, "\n## `{brackets}`");
        write_fields(out, &path, fields);
    }
}

fn describe_field(kind: FieldKind) -> String {
    let range = |range, unit| match range {
        Range::Any => String::new(),
        range => format!(", {}", describe_range(range, unit)),
    };
    match kind {
        FieldKind::Text => "a text".to_owned(),
        FieldKind::Word(words) => {
            words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
        }
        FieldKind::Integer { min, max } => format!("a whole number from {min} to {max}"),
        FieldKind::Flag => "`true` or `false`".to_owned(),
        FieldKind::Quantity { unit, range: r } => format!("[{unit}]{}", range(r, unit)),
        FieldKind::Quantities { unit, range: r } => {
            format!("an array of [{unit}]{}", range(r, unit))
        }
        FieldKind::AnyQuantity => "a quantity".to_owned(),
        FieldKind::AnyQuantities => "an array of quantities".to_owned(),
        FieldKind::Fields(_) | FieldKind::Tables(_) => "a table".to_owned(),
    }
}

fn write_laws(out: &mut String) {
    out.push_str(
        "\n## Laws\n\nLaws in a material stand in `[material.<name>]`, laws on a boundary in \
         `[boundary.<name>]`, laws on an interface in `[interface.<name>]`, which also has `between = \
         [\"electrolyte\", \"anode\"]`, the second being the metal.\n",
    );
    for entry in laws() {
        write_law(out, entry);
    }
}

fn write_law(out: &mut String, entry: &'static Entry) {
    let places: Vec<&str> = entry.places.iter().map(|place| at(*place)).collect();
    let _ = writeln!(out, "\n### `{}`\n\n{}: {}.\n", entry.name, places.join(" or "), entry.doc);
    let _ = writeln!(out, "```toml\n{}\n```\n", example(entry));
    out.push_str("| parameter | value | | |\n|---|---|---|---|\n");
    for (name, parameter) in flatten(entry.parameters, "") {
        let kind = cell(&describe_kind(parameter.kind));
        let presence = describe_presence(parameter);
        let _ = writeln!(out, "| `{name}` | {kind} | {presence} | {} |", cell(parameter.doc));
    }
    let _ = writeln!(out, "\nSource: {}.", entry.source);
}

/// Text that does not end the cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_manual_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/case_file.md");
        let manual = super::case_file();
        if std::env::var_os("NATROLITE_UPDATE").is_some() {
            std::fs::write(path, &manual).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == manual,
            "docs/case_file.md is old: set NATROLITE_UPDATE=1 and run again"
        );
    }
}

//! The JSON Schema of the case file, made from the registry and the descriptions of the fixed parts.

use crate::case::{
    CASE, Field, FieldKind, NAMED_TABLES, describe_range, example_value, sole_parameter,
};
use crate::materials::LIBRARY;
use crate::registry::laws;
use crate::units;
use fem::registry::{Entry, Kind, Parameter, Place, Presence, Range};
use serde_json::{Map, Value, json};

/// The draft that editors of TOML know (taplo and what is built on it).
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The schema as text.
pub fn json_schema() -> String {
    let mut properties = fields(CASE);
    for (name, doc) in NAMED_TABLES {
        let inner = match *name {
            "material" => laws_at(Place::Material),
            "boundary" => laws_at(Place::Boundary),
            "interface" => laws_at(Place::Interface),
            "region" => region(),
            _ => expectation(),
        };
        let table = json!({ "type": "object", "description": doc, "additionalProperties": inner });
        properties.insert((*name).to_owned(), table);
    }
    let schema = json!({
        "$schema": DRAFT,
        "title": "Natrolite case file",
        "type": "object",
        "additionalProperties": false,
        "required": required(CASE.iter().map(|f| (f.name, f.presence))),
        "properties": properties,
    });
    format!("{schema:#}\n")
}

fn required<'a>(keys: impl Iterator<Item = (&'a str, Presence)>) -> Vec<&'a str> {
    keys.filter(|(_, presence)| *presence == Presence::Required).map(|(name, _)| name).collect()
}

fn fields(fields: &[Field]) -> Map<String, Value> {
    fields.iter().map(|f| (f.name.to_owned(), field(f))).collect()
}

fn field(field: &Field) -> Value {
    let value = match field.kind {
        FieldKind::Text => json!({ "type": "string", "minLength": 1 }),
        FieldKind::Word(words) => json!({ "enum": words }),
        FieldKind::Integer { min, max } => {
            json!({ "type": "integer", "minimum": min, "maximum": max })
        }
        FieldKind::Flag => json!({ "type": "boolean" }),
        FieldKind::Quantity { unit, range } => quantity(unit, range),
        FieldKind::Quantities { unit, range } => {
            json!({ "type": "array", "items": quantity(unit, range) })
        }
        FieldKind::AnyQuantity => json!({ "type": ["number", "string"] }),
        FieldKind::AnyQuantities => {
            json!({ "type": "array", "items": { "type": ["number", "string"] }, "minItems": 1 })
        }
        FieldKind::Fields(inner) => table(inner),
        FieldKind::Tables(inner) => json!({ "type": "array", "items": table(inner) }),
    };
    describe(value, field.doc, field.presence)
}

fn table(inner: &[Field]) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": required(inner.iter().map(|f| (f.name, f.presence))),
        "properties": fields(inner),
    })
}

/// Adds the description and the default.
fn describe(mut value: Value, doc: &str, presence: Presence) -> Value {
    if let Value::Object(map) = &mut value {
        let old = map.get("description").and_then(Value::as_str).map(str::to_owned);
        let text = old.map_or_else(|| doc.to_owned(), |old| format!("{doc} ({old})"));
        map.insert("description".to_owned(), json!(text));
        if let Presence::Default(default) = presence {
            let number = default.parse::<f64>().ok().filter(|_| !map.contains_key("enum"));
            let flag = default.parse::<bool>().ok().map(|flag| json!(flag));
            let value = number.map(|n| json!(n)).or(flag);
            map.insert("default".to_owned(), value.unwrap_or_else(|| json!(default)));
        }
    }
    value
}

/// A text with a unit, or, without dimension, a number.
fn quantity(unit: &str, range: Range) -> Value {
    let mut description = units::describe_wanted(unit);
    if range != Range::Any {
        description = format!("{description}; {}", describe_range(range, unit));
    }
    if unit != "1" {
        return json!({
            "type": "string", "pattern": "^\\s*[-+.0-9]", "description": description,
            "examples": [units::example(unit).trim_matches('"')],
        });
    }
    let mut value = json!({ "type": ["number", "string"], "description": description });
    match range {
        Range::Any => {}
        Range::Positive => value["exclusiveMinimum"] = json!(0),
        Range::NonNegative => value["minimum"] = json!(0),
        Range::Open(a, b) => {
            value["exclusiveMinimum"] = json!(a);
            value["exclusiveMaximum"] = json!(b);
        }
    }
    value
}

fn laws_at(place: Place) -> Value {
    let here = laws().iter().filter(|entry| entry.places.contains(&place));
    let mut properties: Map<String, Value> =
        here.map(|entry| (entry.name.to_owned(), law(entry))).collect();
    let mut required = Vec::new();
    if place == Place::Interface {
        required.push("between");
        properties.insert(
            "between".to_owned(),
            json!({
                "type": "array", "items": { "type": "string" }, "minItems": 2, "maxItems": 2,
                "description": "The two regions; the second is the metal.",
            }),
        );
    }
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
    })
}

fn law(entry: &Entry) -> Value {
    let value = match sole_parameter(entry) {
        Some(parameter) => kind(parameter.kind),
        None => group(entry.parameters),
    };
    describe(value, &format!("{}. Source: {}.", entry.doc, entry.source), Presence::Required)
}

fn group(parameters: &[Parameter]) -> Value {
    let properties: Map<String, Value> = parameters
        .iter()
        .map(|p| (p.name.to_owned(), describe(kind(p.kind), p.doc, p.presence)))
        .collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": required(parameters.iter().map(|p| (p.name, p.presence))),
        "properties": properties,
    })
}

fn kind(kind: Kind) -> Value {
    match kind {
        Kind::Number { unit, range } => quantity(unit, range),
        Kind::Extensive { unit, per_depth, range } => {
            let mut value = quantity(unit, range);
            let planar = units::describe_wanted(per_depth);
            let text = format!("{}; in planar symmetry {planar}", units::describe_wanted(unit));
            value["description"] = json!(text);
            value
        }
        Kind::Tensor { unit, range } => {
            let row = |range| {
                json!({
                    "type": "array", "items": quantity(unit, range), "minItems": 3, "maxItems": 3,
                })
            };
            let rows = json!({
                "type": "array", "items": row(Range::Any), "minItems": 3, "maxItems": 3,
            });
            json!({ "anyOf": [quantity(unit, range), row(range), rows] })
        }
        Kind::Table { units } => {
            let row: Vec<Value> = units.iter().map(|unit| quantity(unit, Range::Any)).collect();
            let n = row.len();
            json!({
                "type": "array", "minItems": 2, "description": format!("as in {}", example_value(kind)),
                "items": {
                    "type": "array", "items": row, "additionalItems": false,
                    "minItems": n, "maxItems": n,
                },
            })
        }
        Kind::Vector { unit } => json!({
            "type": "array", "items": quantity(unit, Range::Any), "minItems": 3, "maxItems": 3,
        }),
        Kind::Axes => json!({ "anyOf": [
            { "const": true },
            { "type": "array", "items": { "enum": ["x", "y", "z"] }, "minItems": 1 },
        ] }),
        Kind::Flag => json!({ "const": true }),
        Kind::Formula { .. } => json!({ "type": "string", "minLength": 1 }),
        Kind::Choice(words) => json!({ "enum": words }),
        Kind::Group(parameters) => group(parameters),
    }
}

/// A material: a built-in one, or one of the case.
fn region() -> Value {
    let names: Vec<&str> = LIBRARY.iter().map(|material| material.name).collect();
    json!({
        "anyOf": [{ "enum": names }, { "type": "string", "minLength": 1 }],
        "description": "The material: the name of a table [material.<name>], or a built-in one \
                        (`natrolite materials`).",
        "examples": names,
    })
}

fn expectation() -> Value {
    let number = json!({ "type": ["number", "string"] });
    let with = |mut value: Value, doc: &str| {
        value["description"] = json!(doc);
        value
    };
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["value"],
        "anyOf": [{ "required": ["rtol"] }, { "required": ["atol"] }],
        "properties": {
            "value": with(number.clone(), "Expected value, with its unit when it has one."),
            "rtol": with(number.clone(), "Accepted difference relative to the value."),
            "atol": with(number, "Accepted difference, with its unit when it has one."),
            "source": { "type": "string", "description": "Where the value comes from." },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_law_and_key_is_in_the_schema() {
        let schema: Value = serde_json::from_str(&json_schema()).unwrap();
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(schema["required"], json!(["mesh"]));
        let property = |path: &str| schema.pointer(path).unwrap_or_else(|| panic!("no {path}"));
        for entry in laws() {
            for place in entry.places {
                let table = match place {
                    Place::Material => "material",
                    Place::Boundary => "boundary",
                    Place::Interface => "interface",
                };
                property(&format!(
                    "/properties/{table}/additionalProperties/properties/{}",
                    entry.name
                ));
            }
        }
        let order = property("/properties/discretization/properties/order");
        assert_eq!((&order["maximum"], &order["default"]), (&json!(2), &json!(2.0)));
        let shape = property("/properties/mesh/properties/defect/properties/shape");
        assert_eq!(shape["enum"], json!(["disc", "hemisphere", "spheroid", "cylinder"]));
    }
}

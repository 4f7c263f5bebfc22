//! Values that have a direction or a place: vectors, axes, formulas of the coordinates.

use super::diagnostic::{Diagnostic, Diagnostics};
use super::tree::{Content, Node};
use super::value::{read_array, read_quantity, read_text, wrong_type};
use crate::formula::Formula;
use crate::units;
use fem::registry::Range;

/// The axes in the order of coordinates.
pub const AXES: [&str; 3] = ["x", "y", "z"];

/// Reads three quantities along x, y and z.
pub fn read_vector(
    node: &Node,
    path: &str,
    unit: &str,
    diagnostics: &mut Diagnostics,
) -> Option<[f64; 3]> {
    let wanted = format!(
        "three quantities along x, y and z: [{0}, {0}, {1}]",
        units::zero(unit),
        units::example(unit)
    );
    let nodes = read_array(node, path, &wanted, diagnostics)?;
    if nodes.len() != 3 {
        let message = format!("`{path}` has {} entries", nodes.len());
        diagnostics.push(Diagnostic::new(message, &node.origin).wanted(wanted));
        return None;
    }
    let mut read = |node| read_quantity(node, path, unit, Range::Any, diagnostics);
    // All three are read, so that each error is reported.
    let [x, y, z] = [&nodes[0], &nodes[1], &nodes[2]].map(&mut read);
    Some([x?, y?, z?])
}

/// Reads `true`, for all axes, or an array of some of them.
pub fn read_axes(node: &Node, path: &str, diagnostics: &mut Diagnostics) -> Option<[bool; 3]> {
    const WANTED: &str = "true, or an array of some of \"x\", \"y\" and \"z\"";
    let nodes = match &node.content {
        Content::Boolean(true) => return Some([true; 3]),
        Content::Array(nodes) if !nodes.is_empty() => nodes,
        _ => {
            diagnostics.push(wrong_type(node, path, WANTED));
            return None;
        }
    };
    let mut axes = [false; 3];
    for node in nodes {
        let name = match &node.content {
            Content::String(text) => AXES.iter().position(|axis| axis == text),
            _ => None,
        };
        let Some(axis) = name else {
            let message = format!("`{path}` names something that is no axis");
            diagnostics.push(Diagnostic::new(message, &node.origin).wanted(WANTED));
            return None;
        };
        axes[axis] = true;
    }
    Some(axes)
}

/// Reads `true`.
pub fn read_flag(node: &Node, path: &str, diagnostics: &mut Diagnostics) -> Option<()> {
    if matches!(node.content, Content::Boolean(true)) {
        return Some(());
    }
    diagnostics.push(wrong_type(node, path, "true, or to be left out"));
    None
}

/// Reads a formula of the coordinates, checked for syntax, names and dimension.
pub fn read_formula(
    node: &Node,
    path: &str,
    unit: &str,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    debug_assert_eq!(unit, "m", "formulas give lengths");
    let wanted = "a formula of x, y, z and r, for example \"0.1*um*(1 - cos(2*PI*x/(20*um)))\"";
    let text = read_text(node, path, wanted, diagnostics)?;
    match Formula::parse(text) {
        Ok(_) => Some(text.to_owned()),
        Err(error) => {
            let message = format!("`{path}`: {error}");
            diagnostics.push(Diagnostic::new(message, &node.origin).wanted(wanted));
            None
        }
    }
}

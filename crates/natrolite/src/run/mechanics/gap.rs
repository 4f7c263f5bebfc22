//! The gap before loading, beside that of the mesh: a formula or a table.

use crate::case::LawUse;
use crate::formula::Formula;
use crate::run::Geometry;
use contact::Separation;
use std::sync::Arc;

/// The gap \[m\] that the law `contact` gives as a function of the position \[m\]; zero when it gives
/// none.
pub fn gap_of(law: Option<&LawUse>, geometry: &Geometry) -> Separation {
    let given = law.and_then(|law| law.values.group("gap"));
    let Some(given) = given else { return Arc::new(|_| 0.0) };
    let distance = geometry.distance();
    if let Some(formula) = given.formula("formula").and_then(|text| Formula::parse(text).ok()) {
        return Arc::new(move |x| formula.value(x, distance(x)));
    }
    let rows: Vec<[f64; 2]> =
        given.table("table").unwrap_or_default().iter().map(|row| [row[0], row[1]]).collect();
    Arc::new(move |x| interpolate(&rows, distance(x)))
}

/// Straight between the rows, constant beyond.
fn interpolate(rows: &[[f64; 2]], at: f64) -> f64 {
    let above = rows.partition_point(|row| row[0] <= at);
    match (above.checked_sub(1).map(|k| rows[k]), rows.get(above)) {
        (Some([x0, y0]), Some([x1, y1])) => y0 + (y1 - y0) * (at - x0) / (x1 - x0),
        (Some([_, y]), None) | (None, Some(&[_, y])) => y,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_straight_between_and_constant_beyond() {
        let rows = [[1.0, 5.0], [3.0, 9.0], [4.0, 0.0]];
        let values = [0.0, 1.0, 2.0, 3.0, 3.5, 9.0].map(|x| interpolate(&rows, x));
        assert_eq!(values, [5.0, 5.0, 7.0, 9.0, 4.5, 0.0]);
    }
}

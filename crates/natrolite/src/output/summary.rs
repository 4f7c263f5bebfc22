//! The numbers of a run: as JSON for scripts, as a table for people.

use crate::results::{
    LinearSolverSummary, MechanicsSummary, MeshSummary, Named, NewtonSummary, Quantity, Status,
    Summary,
};
use serde::Serialize;

/// `summary.json`: indented, numbers with all their digits, what is not finite as `null`.
pub fn summary_json(summary: &Summary) -> String {
    to_json(summary)
}

/// The part of a summary that is the same, to the last bit, on any machine load and for any number
/// of threads: without threads, memory and times.
pub fn reproducible_json(summary: &Summary) -> String {
    #[derive(Serialize)]
    struct Reproducible<'a> {
        status: Status,
        title: &'a str,
        version: &'a str,
        dofs: usize,
        mesh: &'a MeshSummary,
        newton: &'a NewtonSummary,
        linear_solver: &'a LinearSolverSummary,
        #[serde(skip_serializing_if = "Option::is_none")]
        mechanics: &'a Option<MechanicsSummary>,
        quantities: &'a Named<Quantity>,
    }
    to_json(&Reproducible {
        status: summary.status,
        title: &summary.title,
        version: &summary.version,
        dofs: summary.dofs,
        mesh: &summary.mesh,
        newton: &summary.newton,
        linear_solver: &summary.linear_solver,
        mechanics: &summary.mechanics,
        quantities: &summary.quantities,
    })
}

fn to_json(value: &impl Serialize) -> String {
    // Maps with text keys and plain numbers: serialisation into memory cannot fail.
    let mut json = serde_json::to_string_pretty(value).expect("a summary is always JSON");
    json.push('\n');
    json
}

/// The unit that people use for a quantity stored in the SI unit `si`, and how many of it make one
/// SI unit. A unit without an entry stays as it is.
pub fn people_unit(si: &str) -> (f64, &str) {
    match si {
        "A/m^2" => (0.1, "mA/cm2"),
        "V" => (1e3, "mV"),
        "m" => (1e6, "um"),
        "m^2" => (1e12, "um2"),
        "m^3" => (1e18, "um3"),
        "Pa" => (1e-6, "MPa"),
        "ohm m^2" => (1e4, "ohm cm2"),
        "A" => (1e3, "mA"),
        "S/m" => (10.0, "mS/cm"),
        "1" => (1.0, ""),
        _ => (1.0, si),
    }
}

/// The table that a run prints: title, what was solved, and each quantity in the unit that
/// `unit` gives for its SI unit (see [`people_unit`]), aligned at the decimal point.
pub fn summary_table(summary: &Summary, unit: impl Fn(&str) -> (f64, &str)) -> String {
    let mut table = String::new();
    if !summary.title.is_empty() {
        table += &format!("{}\n", summary.title);
    }
    let status = match summary.status {
        Status::Converged => "converged",
        Status::NotConverged => "NOT CONVERGED",
    };
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut how = Vec::new();
    let has_current = !summary.linear_solver.name.is_empty();
    if let Some(mechanics) = &summary.mechanics {
        let what = if mechanics.exchanged.is_empty() { "elastic step" } else { "contact step" };
        how.push(count(mechanics.steps, what));
    }
    if has_current {
        how.push(count(summary.newton.iterations, "Newton iteration"));
    }
    let solver = match &summary.mechanics {
        Some(mechanics) if !has_current => &mechanics.solver,
        _ => &summary.linear_solver.name,
    };
    table += &format!(
        "{status} after {}; {} unknowns, {} cells, {solver}, {:.2} s\n",
        how.join(" and "),
        summary.dofs,
        summary.mesh.cells,
        summary.seconds.total,
    );
    let rows: Vec<Row> = summary.quantities.iter().map(|(n, q)| Row::new(n, q, &unit)).collect();
    let width = |column: fn(&Row) -> &str| {
        rows.iter().map(|r| column(r).chars().count()).max().unwrap_or(0)
    };
    let (name, whole) = (width(|r| &r.name), width(|r| &r.whole));
    let (fraction, unit) = (width(|r| &r.fraction), width(|r| &r.unit));
    for r in &rows {
        let line = format!(
            "  {:name$}  {:>whole$}{:fraction$}  {:unit$}  {}",
            r.name, r.whole, r.fraction, r.unit, r.error
        );
        table += line.trim_end();
        table.push('\n');
    }
    table
}

struct Row {
    name: String,
    whole: String,
    fraction: String,
    unit: String,
    error: String,
}

impl Row {
    fn new<'a>(name: &str, q: &'a Quantity, unit: &impl Fn(&'a str) -> (f64, &'a str)) -> Row {
        let (factor, unit) = unit(&q.unit);
        let number = format_number(q.value * factor);
        let split = number.find(['.', 'e']).unwrap_or(number.len());
        let error =
            q.error_estimate.map_or(String::new(), |e| format!("+- {:.1e}", (e * factor).abs()));
        Row {
            name: name.to_owned(),
            whole: number[..split].to_owned(),
            fraction: number[split..].to_owned(),
            unit: unit.to_owned(),
            error,
        }
    }
}

/// Six significant digits; scientific where plain decimals would be long.
pub fn format_number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.abs().to_string();
    }
    // Rounded first, so that 9.9999999 counts as 10.
    let scientific = format!("{value:.5e}");
    let exponent: i32 = scientific.rsplit('e').next().and_then(|e| e.parse().ok()).unwrap_or(0);
    if (-3..6).contains(&exponent) {
        format!("{value:.*}", (5 - exponent) as usize)
    } else {
        scientific
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Measure, Seconds};

    /// The example of the user's contract.
    fn summary() -> Summary {
        let mut quantities = Named::default();
        let mut add = |name: &str, value, unit: &str, error_estimate| {
            quantities.push(name, Quantity { value, unit: unit.into(), error_estimate });
        };
        add("peak_factor.anode", 1.0527516, "1", Some(2.0e-6));
        add("max_current_density.anode", 5.36903316, "A/m^2", None);
        add("total_current.anode", 4.2e-8, "A", None);
        add("area_specific_resistance", f64::NAN, "ohm m^2", None);
        let measure = Measure { measure: 3.9e-13 };
        Summary {
            status: Status::Converged,
            title: "Na3SbS4 over a pore".into(),
            version: "0.1.0 (abc1234)".into(),
            threads: 2,
            ranks: None,
            dofs: 5123,
            peak_memory_bytes: Some(41_000_000),
            mesh: MeshSummary {
                cells: 2400,
                nodes: 5123,
                min_quality: 0.61,
                rim_size: None,
                regions: Named(vec![("electrolyte".into(), measure)]),
                boundaries: Named(vec![]),
            },
            newton: NewtonSummary { iterations: 2, residuals: vec![1.0, 1e-2, 0.1 + 0.2] },
            linear_solver: LinearSolverSummary { name: "cholesky".into(), iterations: vec![1, 1] },
            mechanics: None,
            seconds: Seconds { mesh: 0.01, setup: 0.0, solve: 0.02, output: 0.01, total: 0.05 },
            quantities,
        }
    }

    #[test]
    fn json_has_the_keys_in_order_and_every_digit() {
        let json = summary_json(&summary());
        let wanted = r#"{
  "status": "converged",
  "title": "Na3SbS4 over a pore",
  "version": "0.1.0 (abc1234)",
  "threads": 2,
  "dofs": 5123,
  "peak_memory_bytes": 41000000,
  "mesh": {
    "cells": 2400,
    "nodes": 5123,
    "min_quality": 0.61,
    "rim_size": null,
    "regions": {
      "electrolyte": {
        "measure": 3.9e-13
      }
    },
    "boundaries": {}
  },
  "newton": {
    "iterations": 2,
    "residuals": [
      1.0,
      0.01,
      0.30000000000000004
    ]
  },
  "linear_solver": {
    "name": "cholesky",
    "iterations": [
      1,
      1
    ]
  },
  "seconds": {
    "mesh": 0.01,
    "setup": 0.0,
    "solve": 0.02,
    "output": 0.01,
    "total": 0.05
  },
  "quantities": {
    "peak_factor.anode": {
      "value": 1.0527516,
      "unit": "1",
      "error_estimate": 2e-6
    },
    "max_current_density.anode": {
      "value": 5.36903316,
      "unit": "A/m^2",
      "error_estimate": null
    },
    "total_current.anode": {
      "value": 4.2e-8,
      "unit": "A",
      "error_estimate": null
    },
    "area_specific_resistance": {
      "value": null,
      "unit": "ohm m^2",
      "error_estimate": null
    }
  }
}
"#;
        assert_eq!(json, wanted);
    }

    #[test]
    fn what_differs_between_runs_is_not_in_the_reproducible_part() {
        let mut other = summary();
        other.threads = 16;
        other.seconds.solve = 9.0;
        other.peak_memory_bytes = None;
        let json = reproducible_json(&summary());
        assert_eq!(json, reproducible_json(&other));
        assert!(json.contains("\"peak_factor.anode\"") && json.contains("1.0527516"));
    }

    #[test]
    fn the_table_is_in_units_people_use_and_aligned() {
        let wanted = "\
Na3SbS4 over a pore
converged after 2 Newton iterations; 5123 unknowns, 2400 cells, cholesky, 0.05 s
  peak_factor.anode            1.05275              +- 2.0e-6
  max_current_density.anode    0.536903    mA/cm2
  total_current.anode          4.20000e-5  mA
  area_specific_resistance   NaN           ohm cm2
";
        assert_eq!(summary_table(&summary(), people_unit), wanted);
    }

    #[test]
    fn numbers_keep_six_digits() {
        for (value, wanted) in [
            (1.0, "1.00000"),
            (999999.96, "1.00000e6"),
            (-0.0012345678, "-0.00123457"),
            (123456.4, "123456"),
            (7.5e-12, "7.50000e-12"),
            (0.0, "0"),
        ] {
            assert_eq!(format_number(value), wanted);
        }
    }
}

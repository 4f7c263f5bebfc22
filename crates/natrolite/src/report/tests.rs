//! What stands on a page, and that nothing of a case can break out of it.

#[path = "../../../../tests/common/markup.rs"]
mod markup;

use super::{SweepRun, run_report, sweep_report};
use crate::case::{Case, SweepMode, read};
use crate::figure::{figures_of_run, figures_of_sweep};
use crate::results::{Results, Status, sample};
use crate::sweep::{PointStatus, SweepAxis, SweepQuantity, SweepResults};
use crate::units::Amount;
use markup::{faults, section};
use std::path::Path;

const CASE: &str = r#"
title = "T"
[mesh.defect]
symmetry = "axisymmetric"
shape = "hemisphere"
radius = "10 um"
[material.NAS]
ohm = { conductivity = "0.9 mS/cm" }
[region]
electrolyte = "NAS"
[boundary.anode]
potential = "0 V"
[boundary.counter]
current = { density = "0.51 mA/cm^2" }
[expect]
"peak_factor.anode" = { value = 1.5, rtol = 1e-6, source = "Smythe, 5.09" }
cell_overpotential = { value = "4 mV", rtol = 1e-3, source = "wrong on purpose" }
"#;

fn case(text: &str) -> Case {
    read(Path::new("case.toml"), text, &[], crate::registry::laws()).unwrap()
}

fn page(case: &Case, results: &Results) -> String {
    let mut page = Vec::new();
    run_report(case, results, &figures_of_run(results), &mut page).unwrap();
    String::from_utf8(page).unwrap()
}

fn page_of_sweep(sweep: &SweepResults, run: &SweepRun) -> String {
    let mut page = Vec::new();
    sweep_report(&case(CASE), sweep, run, &figures_of_sweep(sweep), &mut page).unwrap();
    String::from_utf8(page).unwrap()
}

#[test]
fn a_page_is_well_formed_and_needs_nothing_else() {
    let page = page(&case(CASE), &sample::hemisphere());
    assert_eq!(faults(&page), [""; 0]);
    for part in ["<figure", "lang=\"en\"", "<title>", "@media print", "scope=\"col\"", "figcaption"]
    {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn every_quantity_stands_there_with_its_value_and_its_meaning() {
    let results = sample::hemisphere();
    let page = page(&case(CASE), &results);
    let numbers = section(&page, "numbers");
    for (name, q) in results.summary.quantities.iter() {
        let amount = Amount::of(q.value, &q.unit);
        let row = format!(
            "<th scope=\"row\">{name}</th><td class=\"n\"><data value=\"{:?}\">{}</data></td><td>{}</td>",
            q.value, amount.number, amount.unit
        );
        assert!(numbers.contains(&row), "{row}\n{numbers}");
    }
    assert!(numbers.contains("<td>Kinetic length over the defect's radius.</td>"));
}

#[test]
fn expectations_are_met_or_missed() {
    let page = page(&case(CASE), &sample::hemisphere());
    assert!(page.contains("1 of 2 expectations of the case missed."));
    let rows = section(&page, "expectations");
    assert!(rows.contains("<td>met</td><td>Smythe, 5.09</td>"), "{rows}");
    // 3 mV instead of 4 mV.
    let missed = "−2.5\u{a0}×\u{a0}10⁻¹ (relative)</td><td class=\"n\">1.0\u{a0}×\u{a0}10⁻³</td>\
                  <td><strong class=\"bad\">missed</strong></td><td>wrong on purpose</td>";
    assert!(rows.contains(missed), "{rows}");
}

#[test]
fn without_convergence_the_page_says_so_and_where() {
    let mut results = sample::hemisphere();
    results.summary.status = Status::NotConverged;
    results.log = "it did not; the residual is largest at (1 um, 0 um, 2 um)\nmore\n".into();
    let page = page(&case(CASE), &results);
    let head = page.split("<main>").next().unwrap();
    assert!(
        head.contains(
            "<strong>Not converged.</strong> it did not; the residual is largest at (1 um"
        )
    );
    assert!(!head.contains("Converged.") && faults(&page).is_empty());
}

#[test]
fn what_a_case_says_stays_text() {
    let evil = "</title><script>alert(\\\"1\\\")</script> & <b onclick='x'> ]]> &amp; --> \\u0007";
    let text = CASE
        .replace("title = \"T\"", &format!("title = \"{evil}\""))
        .replace("material.NAS", "material.\"<i>&\"")
        .replace("\"NAS\"", "\"<i>&\"")
        .replace("wrong on purpose", "<img src=x onerror=y>");
    let case = case(&text);
    let mut results = sample::hemisphere();
    results.summary.title = case.title.clone();
    results.case_text = text;
    results.resolved = case.resolved();
    results.log = "<script>bad()</script>\n".into();
    let page = page(&case, &results);
    assert_eq!(faults(&page), [""; 0]);
    for raw in ["<script>alert", "<i>&", "<img", "<script>bad"] {
        assert!(!page.contains(raw), "{raw}");
    }
    assert!(
        page.contains(
            "&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &lt;b"
        )
    );
    // Numbers for the scripts cannot end their element either.
    for json in page.split("application/json").skip(1) {
        let json = json.split("</script>").next().unwrap();
        assert!(!json.split_once('>').unwrap().1.contains('<'));
    }
}

#[test]
fn threads_and_times_stand_in_one_section_only() {
    let first = sample::hemisphere();
    let mut second = first.clone();
    second.summary.threads = 7;
    second.summary.seconds.total = 77.0;
    second.summary.peak_memory_bytes = Some(7_000_000_000);
    let [a, b] = [first, second].map(|results| page(&case(CASE), &results));
    assert_ne!(a, b);
    let strip = |page: &str| page.replace(section(page, "this-run"), "");
    assert_eq!(strip(&a), strip(&b));
}

/// Two axes, a quantity of the second order in both, and a point that failed.
fn sweep() -> SweepResults {
    let axis = |key: &str, unit: &str, values: &[f64]| SweepAxis {
        key: key.into(),
        unit: unit.into(),
        values: values.to_vec(),
    };
    let count = 12;
    let quantity = |name: &str, unit: &str, value: &dyn Fn(usize) -> f64| SweepQuantity {
        name: name.into(),
        unit: unit.into(),
        values: (0..count).map(|k| if k == 5 { f64::NAN } else { value(k) }).collect(),
    };
    let mut status = vec![Some(PointStatus::Converged); count];
    status[5] = Some(PointStatus::Failed);
    SweepResults {
        title: "a & b".into(),
        mode: SweepMode::Grid,
        axes: vec![
            axis("boundary.counter.current.density", "A/m^2", &[1.0, 10.0, 100.0]),
            axis("temperature", "K", &[300.0, 310.0, 320.0, 330.0]),
        ],
        quantities: vec![
            quantity("peak_factor.anode", "1", &|k| 1.0 + 0.1234567 * k as f64),
            quantity("cell_overpotential", "V", &|k| 1e-3 * (1.0 + k as f64 * k as f64)),
            quantity("area.anode", "m^2", &|_| 2e-9),
        ],
        status,
        reasons: [(5, "no <way>".into())].into(),
        rim_sizes: vec![1e-7; count],
        case_text: CASE.into(),
        resolved: String::new(),
    }
}

#[test]
fn the_table_of_a_sweep_has_every_point_with_and_without_a_script() {
    let sweep = sweep();
    let run = SweepRun { shared: "1 mesh".into(), threads: 2, ..SweepRun::default() };
    let page = page_of_sweep(&sweep, &run);
    assert_eq!(faults(&page), [""; 0]);
    assert!(page.contains("11 of 12 points (3 × 4) converged, 0 did not, 1 failed"));
    let table = section(&page, "points");
    // Point 6: 1 mA/cm2, 320 K.
    let row = "<td class=\"n\">6</td><td class=\"n\">1</td><td class=\"n\">320</td><td>converged</td>\
               <td class=\"n\">1.74074</td><td class=\"n\">37</td>";
    assert!(table.contains(row), "{table}");
    assert!(table.contains("<td>failed</td><td class=\"n\">–</td><td class=\"n\">–</td>"));
    let json =
        table.split("class=\"sweep-data\">").nth(1).unwrap().split("</script>").next().unwrap();
    let data: serde_json::Value = serde_json::from_str(json).unwrap();
    let column = |k: usize| &data["columns"][k];
    assert_eq!((&data["size"], &data["step"]), (&12.into(), &1.into()));
    assert_eq!(column(1)["labels"], serde_json::json!([0.1, 1.0, 10.0]));
    assert_eq!((&column(1)["stride"], &column(2)["stride"]), (&4.into(), &1.into()));
    assert_eq!(
        (&column(4)["values"][6], &column(4)["values"][5]),
        (&1.74074.into(), &serde_json::Value::Null)
    );
    assert_eq!(column(6)["values"][5], "no <way>");
    // What does not vary is no column.
    assert!(!table.contains("area") && section(&page, "same").contains("area.anode"));
    assert!(
        section(&page, "failed")
            .contains("<td class=\"n\">1</td><td>5</td><td>no &lt;way&gt;</td>")
    );
}

#[test]
fn a_large_sweep_makes_no_large_page() {
    let mut sweep = sweep();
    let many = |from: f64, to: f64, n: usize| {
        (0..n).map(|k| from * (to / from).powf(k as f64 / (n - 1) as f64)).collect::<Vec<f64>>()
    };
    let size = |n: usize, sweep: &mut SweepResults| {
        sweep.axes[0].values = many(1.0, 100.0, n);
        sweep.axes[1].values = many(300.0, 400.0, n);
        let count = n * n;
        sweep.status = vec![Some(PointStatus::Converged); count];
        sweep.reasons.clear();
        sweep.quantities = (0..20)
            .map(|q| SweepQuantity {
                name: format!("peak_factor.b{q}"),
                unit: "1".into(),
                values: (0..count)
                    .map(|k| 1.0 + ((k * (q + 3)) as f64 * 0.618_034).fract())
                    .collect(),
            })
            .collect();
        page_of_sweep(sweep, &SweepRun::default()).len()
    };
    let (ten_thousand, quarter_million) = (size(100, &mut sweep), size(500, &mut sweep));
    assert!(ten_thousand < 3_000_000 + 6 * 400_000, "{ten_thousand} bytes");
    assert!(quarter_million < 2 * ten_thousand, "{quarter_million} bytes");
}

//! `natrolite compare`.

use super::plot::{is_sweep, listing};
use super::sheets::write_figures;
use super::table::align_named_numbers;
use crate::cli::{CompareOptions, print};
use crate::failure::Failure;
use crate::figure::{MOST_RUNS, compare_runs, compare_sweeps, difference_of_axes};
use crate::output::{format_number, people_unit, read_results, read_sweep};
use crate::results::Results;
use crate::sweep::SweepResults;
use std::path::{Path, PathBuf};

/// Longest title that still fits into a legend.
const LONGEST: usize = 34;

/// Lays the figures of runs over each other, or those of sweeps, and prints their numbers side by side.
///
/// # Errors
/// When a folder holds no result, there are too many, runs and sweeps are mixed, sweeps have other axes, or
/// the system refuses.
pub fn compare(options: &CompareOptions) -> Result<(), Failure> {
    let folders = &options.folders;
    if folders.len() > MOST_RUNS {
        return Err(Failure::Input(format!(
            "{} runs: at most {MOST_RUNS} can be told apart in one figure",
            folders.len()
        )));
    }
    let sweep = folders.iter().find(|folder| is_sweep(folder));
    match (sweep, folders.iter().find(|folder| !is_sweep(folder))) {
        (Some(_), None) => return of_sweeps(options),
        (Some(sweep), Some(other)) => {
            // A folder that is neither has a message of its own.
            read_results(other)?;
            return Err(Failure::Input(format!(
                "{} holds a sweep and {} a run: runs are compared with runs, and sweeps with sweeps",
                sweep.display(),
                other.display()
            )));
        }
        (None, _) => {}
    }
    let mut results = Vec::with_capacity(folders.len());
    for folder in folders {
        results.push(read_results(folder)?);
    }
    let titles = results.iter().map(|r| r.summary.title.clone()).collect();
    let labels = labels(folders, titles);
    let runs: Vec<(&str, &Results)> = labels.iter().map(String::as_str).zip(&results).collect();
    let figures = compare_runs(&runs);
    let output = options.output.clone().unwrap_or_else(|| default_folder(folders));
    write_figures(&figures, &output, &options.sheet)?;
    print(&table(&runs))?;
    print(&listing(&figures))?;
    print(&format!("  written to {}\n", output.display()))
}

/// Compares sweeps that have the same axes.
fn of_sweeps(options: &CompareOptions) -> Result<(), Failure> {
    let folders = &options.folders;
    let sweeps = folders.iter().map(|f| read_sweep(f)).collect::<Result<Vec<_>, _>>()?;
    for (folder, sweep) in folders.iter().zip(&sweeps).skip(1) {
        if let Some(difference) = difference_of_axes(&sweeps[0], sweep) {
            return Err(Failure::Input(format!(
                "the sweeps in {} and {} have other axes: {difference}",
                folders[0].display(),
                folder.display()
            )));
        }
    }
    let labels = labels(folders, sweeps.iter().map(|sweep| sweep.title.clone()).collect());
    let named: Vec<(&str, &SweepResults)> =
        labels.iter().map(String::as_str).zip(&sweeps).collect();
    let figures = compare_sweeps(&named);
    let output = options.output.clone().unwrap_or_else(|| default_folder(folders));
    write_figures(&figures, &output, &options.sheet)?;
    print(&table_of_sweeps(&named))?;
    print(&listing(&figures))?;
    print(&format!("  written to {}\n", output.display()))
}

/// Least and largest value of each quantity in each sweep, over its converged points.
fn table_of_sweeps(sweeps: &[(&str, &SweepResults)]) -> String {
    let mut names: Vec<(&str, &str)> = Vec::new();
    for quantity in sweeps.iter().flat_map(|(_, sweep)| &sweep.quantities) {
        if !names.iter().any(|(known, _)| *known == quantity.name) {
            names.push((&quantity.name, &quantity.unit));
        }
    }
    let mut rows = vec![vec![String::new(), String::new()]];
    for (label, _) in sweeps {
        rows[0].extend([format!("{label}: least"), "largest".to_owned()]);
    }
    for (name, unit) in names {
        let (factor, unit) = people_unit(unit);
        let mut row = vec![name.to_owned(), unit.to_owned()];
        for (_, sweep) in sweeps {
            let values = sweep.quantity(name).map_or(&[][..], |q| &q.values);
            let good = values.iter().enumerate().filter(|(point, _)| sweep.is_converged(*point));
            let finite = good.map(|(_, value)| factor * value).filter(|value| value.is_finite());
            let ends = [finite.clone().reduce(f64::min), finite.reduce(f64::max)];
            row.extend(ends.map(|end| end.map_or_else(|| "-".into(), format_number)));
        }
        rows.push(row);
    }
    align_named_numbers(&rows, 2, 2)
}

/// What the runs are called: their titles where these are short and differ, else the names of their
/// folders, else the paths.
fn labels(folders: &[PathBuf], titles: Vec<String>) -> Vec<String> {
    let names = folders.iter().map(|f| name_of(f)).collect();
    let paths = folders.iter().map(|f| f.display().to_string()).collect();
    let tells_apart = |labels: &Vec<String>| {
        let short = labels.iter().all(|l| !l.is_empty() && l.chars().count() <= LONGEST);
        let mut sorted = labels.clone();
        sorted.sort();
        sorted.dedup();
        short && sorted.len() == folders.len()
    };
    let choices: [Vec<String>; 3] = [titles, names, paths];
    choices.iter().find(|c| tells_apart(c)).cloned().unwrap_or_else(|| {
        let numbered = choices[2].iter().enumerate().map(|(k, p)| {
            let tail: Vec<char> = p.chars().rev().take(LONGEST - 4).collect();
            format!("{}: {}", k + 1, tail.into_iter().rev().collect::<String>())
        });
        numbered.collect()
    })
}

/// Name of a folder, also of one called `.` or `a/..`.
fn name_of(folder: &Path) -> String {
    let absolute = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    absolute.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
}

fn default_folder(folders: &[PathBuf]) -> PathBuf {
    let names: Vec<String> = folders.iter().map(|f| name_of(f)).collect();
    let joined: String = names.join("_").chars().take(120).collect();
    Path::new("out").join(format!("compare_{joined}"))
}

/// The quantities of all runs, with the differences to the first.
fn table(runs: &[(&str, &Results)]) -> String {
    let mut names: Vec<(&str, &str)> = Vec::new();
    for (_, results) in runs {
        for (name, quantity) in results.summary.quantities.iter() {
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, &quantity.unit));
            }
        }
    }
    let mut rows = vec![vec![String::new(), String::new()]];
    for (k, (label, _)) in runs.iter().enumerate() {
        rows[0].push((*label).to_owned());
        if k > 0 {
            rows[0].push("difference".into());
        }
    }
    for (name, unit) in names {
        let (factor, unit) = people_unit(unit);
        let value = |results: &Results| results.summary.quantities.get(name).map(|q| q.value);
        let first = value(runs[0].1);
        let mut row = vec![name.to_owned(), unit.to_owned()];
        for (k, (_, results)) in runs.iter().enumerate() {
            let here = value(results);
            row.push(here.map_or_else(|| "-".into(), |v| format_number(v * factor)));
            if k > 0 {
                row.push(difference(first, here));
            }
        }
        rows.push(row);
    }
    align_named_numbers(&rows, 2, 2)
}

/// How much `here` is more than `first`, in parts of it.
fn difference(first: Option<f64>, here: Option<f64>) -> String {
    match (first, here) {
        // What only rounding tells apart is the same.
        (Some(a), Some(b)) if (b - a).abs() <= 1e-12 * a.abs() => "0 %".into(),
        (Some(a), Some(b)) if a != 0.0 && (b - a).is_finite() => {
            let percent = 100.0 * (b - a) / a.abs();
            match percent.abs() {
                p if p >= 1000.0 => format!("x {:.3e}", b / a),
                p if p >= 0.01 => format!("{percent:+.2} %"),
                _ => format!("{percent:+.1e} %"),
            }
        }
        _ => "-".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Quantity, sample};

    #[test]
    fn runs_are_told_apart() {
        let of = |titles: [&str; 2], folders: [&str; 2]| {
            labels(&folders.map(PathBuf::from), titles.map(str::to_owned).to_vec())
        };
        assert_eq!(of(["NAS", "NPS"], ["out/a", "out/b"]), ["NAS", "NPS"]);
        assert_eq!(of(["NAS", "NAS"], ["out/a", "out/b"]), ["a", "b"]);
        assert_eq!(of(["NAS", ""], ["x/a", "y/a"]), ["x/a", "y/a"]);
        assert_eq!(of(["NAS", "NAS"], ["a", "a"]), ["1: a", "2: a"]);
        let long = "a title that is longer than a legend of a column is wide";
        assert_eq!(of([long, "NAS"], ["out/a", "out/b"]), ["a", "b"]);
    }

    #[test]
    fn the_table_has_every_quantity_and_its_difference() {
        let a = sample::hemisphere();
        let mut b = a.clone();
        let quantities = &mut b.summary.quantities.0;
        quantities.retain(|(name, _)| name != "wagner_number.anode");
        quantities[0].1.value = 1.8;
        quantities.push((
            "max_gap.anode".into(),
            Quantity { value: 2e-7, unit: "m".into(), error_estimate: None },
        ));
        let text = table(&[("NAS", &a), ("NPS", &b)]);
        let line = |name: &str| -> Vec<&str> {
            let line = text.lines().find(|l| l.contains(name)).unwrap();
            line.split_whitespace().collect()
        };
        assert_eq!(line("peak_factor"), ["peak_factor.anode", "1.50000", "1.80000", "+20.00", "%"]);
        assert_eq!(
            line("cell_overp"),
            ["cell_overpotential", "mV", "3.00000", "3.00000", "0", "%"]
        );
        assert_eq!(line("wagner"), ["wagner_number.anode", "17.8000", "-", "-"]);
        assert_eq!(line("max_gap"), ["max_gap.anode", "um", "-", "0.200000", "-"]);
    }

    #[test]
    fn differences_are_parts_of_the_first() {
        let texts = [(2.0, 1.0), (1e-3, 5.0), (-1.0, -2.0), (3.0, 3.0), (1.0, 1.0 + 1e-9)]
            .map(|(a, b)| difference(Some(a), Some(b)));
        assert_eq!(texts, ["-50.00 %", "x 5.000e3", "-100.00 %", "0 %", "+1.0e-7 %"]);
        assert_eq!(difference(Some(0.0), Some(1.0)), "-");
    }
}

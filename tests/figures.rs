//! The figures of whole runs: what they show is what was solved, and files give the same figures as memory.

use natrolite::case::read_file;
use natrolite::figure::{FIGURES, Figure, HoverArea, compare_runs, figures_of_run, to_png};
use natrolite::output::{read_results, write_data, write_summary};
use natrolite::results::Results;
use natrolite::run::{Silent, solve_case};
use std::path::Path;

fn solve(name: &str) -> Results {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name);
    let case = read_file(&path, &[]).unwrap_or_else(|e| panic!("{}", e.render(false)));
    solve_case(&case, 0, &mut Silent).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn names(figures: &[Figure]) -> Vec<&str> {
    figures.iter().map(|f| f.name.as_str()).collect()
}

fn figure<'a>(figures: &'a [Figure], name: &str) -> &'a Figure {
    figures.iter().find(|f| f.name == name).unwrap_or_else(|| panic!("no figure {name}"))
}

#[test]
fn each_run_has_the_figures_of_what_it_solved() {
    let electric = ["overview", "potential", "current_density", "interface"];
    let numbers = ["voltage", "mesh", "convergence"];
    for (name, wanted) in [
        ("nas_pore.toml", [&electric[..], &numbers].concat()),
        ("nps_slit.toml", [&electric[..], &numbers].concat()),
        (
            "gmsh_pore_quarter.toml",
            [&electric[..], &["interface_above", "cut_above"], &numbers].concat(),
        ),
        (
            "hertz_sphere.toml",
            vec!["overview", "interface", "deformed", "stress", "mesh", "convergence"],
        ),
        ("nas_pore_pressed.toml", [&electric[..], &["deformed", "stress"], &numbers].concat()),
    ] {
        let figures = figures_of_run(&solve(name));
        assert_eq!(names(&figures), wanted, "{name}");
        for figure in &figures {
            assert!(FIGURES.contains(&figure.name.as_str()));
            assert!(!figure.caption.is_empty() && !figure.title.is_empty());
            assert!(figure.svg.len() < 300_000, "{name} {}: {}", figure.name, figure.svg.len());
            let text: String = figure.svg.lines().filter(|l| !l.starts_with("<image")).collect();
            for word in ["NaN", "inf\"", "inf "] {
                assert!(!text.contains(word), "{name} {}: {word}", figure.name);
            }
            assert!(text.contains("<title>") && figure.size()[0] > 300.0);
            // In one page, what elements refer to must not be that of another figure.
            for id in text.split(" id=\"").skip(1) {
                assert!(id.starts_with(&format!("{}-", figure.name)), "{}", figure.name);
            }
            for place in text.split("url(#").skip(1).filter_map(|t| t.split(')').next()) {
                assert!(text.contains(&format!(" id=\"{place}\"")), "{place}");
            }
        }
    }
}

#[test]
fn what_is_read_back_gives_the_same_figures() {
    for name in ["nas_pore.toml", "contact_quarter.toml", "mixed_cells.toml"] {
        let results = solve(name);
        let folder = tempfile::tempdir().expect("a folder");
        write_data(&results, folder.path(), 4).expect("written");
        write_summary(&results.summary, folder.path()).expect("written");
        let back = read_results(folder.path()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(back.mesh.points, results.mesh.points);
        assert_eq!(back.profiles, results.profiles, "{name}");
        let sorted = |results: &Results| {
            let mut fields = results.surface_fields.clone();
            fields.sort_by_key(|f| (f.surface.clone(), f.name));
            fields
        };
        assert!(sorted(&back) == sorted(&results), "{name}");
        assert_eq!(back.summary.quantities, results.summary.quantities, "{name}");
        let (a, b) = (figures_of_run(&results), figures_of_run(&back));
        assert_eq!(names(&a), names(&b));
        for (a, b) in a.iter().zip(&b) {
            assert!(a.svg == b.svg, "{name} {}", a.name);
            assert_eq!(a.data, b.data);
        }
    }
}

#[test]
fn a_page_is_told_the_values_of_the_field() {
    let results = solve("nas_pore.toml");
    let figures = figures_of_run(&results);
    let HoverArea::Grid { x, y, columns, rows, unit, values, .. } =
        &figure(&figures, "potential").hover[0]
    else {
        panic!("a map has a grid")
    };
    assert_eq!((unit.as_str(), x.unit.as_str(), values.len()), ("mV", "µm", columns * rows));
    assert!(*columns <= 120 && *rows <= 120);
    // Nodes of the mesh against the grid: within a cell of it.
    let potential = &results.field("potential").expect("a potential").values;
    let range =
        values.iter().flatten().fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(*v), h.max(*v)));
    let mut compared = 0;
    for (point, phi) in results.mesh.points.iter().zip(potential) {
        let place = |scale: &natrolite::figure::Scale, at: f64, count: usize| {
            let part = (1e6 * at - scale.low) / (scale.high - scale.low);
            (part > 0.0 && part < 1.0).then_some((part * count as f64) as usize)
        };
        let (Some(column), Some(row)) = (place(x, point[0], *columns), place(y, point[2], *rows))
        else {
            continue;
        };
        if let Some(value) = values[row * columns + column] {
            assert!((value - 1e3 * phi).abs() < 0.03 * (range.1 - range.0), "{point:?} {value}");
            compared += 1;
        }
    }
    assert!(compared > 200, "{compared}");
    // In the pore there is nothing to tell.
    assert!(values.iter().any(Option::is_none));
}

#[test]
fn the_numbers_of_a_curve_are_those_of_the_profile() {
    let results = solve("nps_disc.toml");
    let figures = figures_of_run(&results);
    let interface = figure(&figures, "interface");
    let column = |name: &str| {
        let series = interface.data.iter().find(|s| s.name == format!("anode: {name}"));
        let series = series.unwrap_or_else(|| panic!("no {name}"));
        (
            series.unit.clone(),
            series.values.iter().map(|v| v.parse().unwrap()).collect::<Vec<f64>>(),
        )
    };
    let profile = results.profiles.iter().find(|p| p.name == "anode").expect("a profile");
    for (name, unit) in [("distance", "m"), ("current_density", "A/m^2")] {
        let shown = column(name);
        let all = &profile.column(name).expect("a column").values;
        assert_eq!(shown.0, unit);
        assert_eq!(shown.1, all[..shown.1.len()], "{name}");
        assert!(shown.1.len() > 20);
    }
    let HoverArea::Curves { curves, y, .. } = &interface.hover[0] else { panic!("curves") };
    let peak = curves[0].points.iter().fold(0.0, |m: f64, p| m.max(p[1]));
    let wanted = results.summary.quantities.get("max_current_density.anode").expect("a peak").value;
    assert_eq!(y.unit, "mA/cm²");
    assert!((peak / (0.1 * wanted) - 1.0).abs() < 1e-12);
}

#[test]
fn a_png_has_the_size_asked_for_and_the_same_bytes_again() {
    let figures = figures_of_run(&solve("nas_pore.toml"));
    let figure = figure(&figures, "interface");
    let [w, h] = figure.size();
    let file = to_png(figure, 0.086, 300.0).expect("drawn");
    assert_eq!(&file[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().expect("four bytes"));
    assert_eq!(number(16), 1016, "86 mm at 300 pixels an inch");
    assert!((f64::from(number(20)) - 1015.75 * h / w).abs() <= 1.0);
    assert_eq!(file, to_png(figure, 0.086, 300.0).expect("drawn"));
    let text = to_png(figure, 1e3, 2400.0).expect_err("too large").to_string();
    assert!(text.contains("wanted 1 to 20000 each way"), "{text}");
    let printed = figure.svg_of_width(86.0);
    assert!(printed.contains(r#"width="86mm" height=""#));
    assert!(printed.contains("</title>\n<desc>Along the interface: current density."));
}

#[test]
fn runs_are_laid_over_each_other() {
    let (nas, nps) = (solve("nas_disc.toml"), solve("nps_disc.toml"));
    let figures = compare_runs(&[("NAS", &nas), ("NPS", &nps)]);
    assert_eq!(names(&figures), ["interface", "voltage"]);
    let interface = figure(&figures, "interface");
    // Each run's peak, as closed forms and other programs have them.
    for text in [">NAS<", ">NPS<", ">current density / mean<", ">potential (mV)<", "peak 1.24"] {
        assert!(interface.svg.contains(text), "{text}");
    }
    let units: Vec<&str> = interface.data.iter().map(|s| s.unit.as_str()).collect();
    assert_eq!(units, ["m", "A/m^2", "m", "A/m^2", "1", "1", "V", "V"]);
    let voltage = figure(&figures, "voltage");
    assert_eq!(voltage.data[0].values, ["ohmic", "kinetic, anode", "cell"]);
    let column = |k: usize| -> Vec<f64> {
        voltage.data[k].values.iter().map(|v| v.parse().expect("a number")).collect()
    };
    for (k, run) in [(1, &nas), (2, &nps)] {
        let got = column(k);
        let cell = run.summary.quantities.get("cell_overpotential").expect("a voltage").value;
        assert!((got[0] + got[1] - got[2]).abs() < 1e-9 * cell && got[2] == cell);
    }
}

//! What the figures of a sweep show is what the sweep found.

use super::{compare_sweeps, difference_of_axes, figures_of_sweep};
use crate::case::SweepMode;
use crate::figure::{Figure, HoverArea};
use crate::sweep::{PointStatus, SweepAxis, SweepQuantity, SweepResults};

/// A sweep over axes with these values; the first quantity is the peak factor 1 + 1/(1 + Wa) with the Wagner
/// number Wa = first value times second.
fn sweep(mode: SweepMode, axes: &[(&str, &str, Vec<f64>)]) -> SweepResults {
    let axes: Vec<SweepAxis> = axes
        .iter()
        .map(|(key, unit, values)| SweepAxis {
            key: (*key).into(),
            unit: (*unit).into(),
            values: values.clone(),
        })
        .collect();
    let lengths = axes.iter().map(|axis| axis.values.len());
    let count = match mode {
        SweepMode::Grid => lengths.product(),
        SweepMode::Zip => axes[0].values.len(),
    };
    let mut sweep = SweepResults {
        title: String::new(),
        mode,
        axes,
        quantities: Vec::new(),
        status: vec![Some(PointStatus::Converged); count],
        reasons: Default::default(),
        rim_sizes: vec![f64::NAN; count],
        case_text: String::new(),
        resolved: String::new(),
    };
    let at = |axis: usize, point: usize| {
        sweep.axes.get(axis).map_or(1.0, |a| a.values[sweep.place(axis, point)])
    };
    let wagner: Vec<f64> = (0..count).map(|point| at(0, point) * at(1, point)).collect();
    let peak: Vec<f64> = wagner.iter().map(|wa| 1.0 + 1.0 / (1.0 + wa)).collect();
    let overpotential: Vec<f64> =
        (0..count).map(|point| 1e-3 * at(0, point) + 1e-6 * at(2, point)).collect();
    let resistance: Vec<f64> = overpotential.iter().map(|v| v / 5.1).collect();
    for (name, unit, values) in [
        ("peak_factor.anode", "1", peak),
        ("wagner_number.anode", "1", wagner),
        ("cell_overpotential", "V", overpotential),
        ("area_specific_resistance", "ohm m^2", resistance),
        ("peak_factor.counter", "1", vec![1.0; count]),
    ] {
        sweep.quantities.push(SweepQuantity { name: name.into(), unit: unit.into(), values });
    }
    sweep
}

fn logarithmic(from: f64, to: f64, count: usize) -> Vec<f64> {
    (0..count).map(|k| from * (to / from).powf(k as f64 / (count - 1) as f64)).collect()
}

fn grid() -> SweepResults {
    let sigma = ("material.NAS.ohm.conductivity", "S/m", logarithmic(0.005, 0.5, 8));
    let i0 =
        ("boundary.anode.butler_volmer.exchange_current_density", "A/m^2", vec![1.0, 5.0, 13.0]);
    sweep(SweepMode::Grid, &[sigma, i0])
}

fn find<'a>(figures: &'a [Figure], name: &str) -> &'a Figure {
    let names: Vec<&str> = figures.iter().map(|f| f.name.as_str()).collect();
    figures.iter().find(|f| f.name == name).unwrap_or_else(|| panic!("{name}: {names:?}"))
}

#[test]
fn each_quantity_that_varies_has_a_map_and_curves_over_both_axes() {
    let figures = figures_of_sweep(&grid());
    let names: Vec<&str> = figures.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "map_peak_factor_anode",
            "curves_peak_factor_anode_over_material_nas_ohm_conductivity",
            "curves_peak_factor_anode_over_boundary_anode_butler_volmer_exchange_current_density",
            "collapse_anode",
            "map_cell_overpotential",
            "curves_cell_overpotential_over_material_nas_ohm_conductivity",
            "curves_cell_overpotential_over_boundary_anode_butler_volmer_exchange_current_density",
        ]
    );
    assert!(figures[4].caption.ends_with("Proportional to it: area specific resistance."));
}

#[test]
fn a_cell_of_a_map_is_the_value_of_its_point() {
    let sweep = grid();
    let figures = figures_of_sweep(&sweep);
    let figure = find(&figures, "map_cell_overpotential");
    let HoverArea::Cells { x, y, values, unit, .. } = &figure.hover[0] else { panic!() };
    assert_eq!((x.len(), y.len(), values.len(), unit.as_str()), (8, 3, 24, "µV"));
    assert_eq!(
        (x[0].as_str(), x[7].as_str(), y[1].as_str()),
        ("0.05 mS/cm", "5 mS/cm", "0.5 mA/cm²")
    );
    let si = &sweep.quantity("cell_overpotential").unwrap().values;
    for column in 0..8 {
        for row in 0..3 {
            // The last axis is the fastest among points.
            let (shown, point) = (values[row * 8 + column].unwrap(), si[column * 3 + row]);
            assert!((shown * 1e-6 / point - 1.0).abs() < 6e-6, "{column} {row}: {shown} {point}");
        }
    }
    let column = |k: usize| &figure.data[k];
    assert_eq!((column(0).unit.as_str(), column(2).name.as_str()), ("S/m", "cell_overpotential"));
    assert_eq!((column(0).values.len(), column(1).values[4].as_str()), (24, "5"));
}

#[test]
fn points_without_a_result_are_hatched_and_interrupt_curves() {
    let mut sweep = grid();
    assert!(!figures_of_sweep(&sweep)[0].svg.contains("-failed)"));
    sweep.status[4] = Some(PointStatus::Failed);
    sweep.quantities.iter_mut().for_each(|q| q.values[4] = f64::NAN);
    sweep.status[8] = Some(PointStatus::NotConverged);
    let figures = figures_of_sweep(&sweep);
    let map = find(&figures, "map_peak_factor_anode");
    assert!(map.svg.contains("fill=\"url(#map_peak_factor_anode-failed)\""));
    assert!(
        map.caption.contains("Hatched: 2 points failed or did not converge."),
        "{}",
        map.caption
    );
    let HoverArea::Cells { values, .. } = &map.hover[0] else { panic!() };
    // Point 4 is the second of eight columns, second of three rows; point 8 has its last iterate.
    assert!(values[8 + 1].is_none() && values[16 + 2].is_some());
    let curves = find(&figures, "curves_peak_factor_anode_over_material_nas_ohm_conductivity");
    assert!(curves.caption.contains("interrupted"));
    let HoverArea::Curves { curves, .. } = &curves.hover[0] else { panic!() };
    assert!(curves[1].points[1][1].is_nan() && curves[2].points[2][1].is_nan());
}

#[test]
fn curves_belong_to_values_of_the_other_axis() {
    let sweep = grid();
    let figures = figures_of_sweep(&sweep);
    let over =
        "curves_peak_factor_anode_over_boundary_anode_butler_volmer_exchange_current_density";
    let figure = find(&figures, over);
    assert!(figure.caption.starts_with("A curve for 7 of the 8 values of conductivity of NAS."));
    let HoverArea::Curves { x, curves, .. } = &figure.hover[0] else { panic!() };
    assert_eq!(
        (curves.len(), curves[0].name.as_str(), curves[6].name.as_str()),
        (7, "0.05 mS/cm", "5 mS/cm")
    );
    assert_eq!(x.unit, "mA/cm²");
    // 0.5 S/m and 13 A/m2.
    let last = curves[6].points[2];
    assert!((last[0] - 1.3).abs() < 1e-9 && (last[1] - (1.0 + 1.0 / 7.5)).abs() < 1e-5, "{last:?}");
}

#[test]
fn peaks_over_the_wagner_number_lie_on_one_curve() {
    let figures = figures_of_sweep(&grid());
    let figure = find(&figures, "collapse_anode");
    let HoverArea::Points { x, points, names, .. } = &figure.hover[0] else { panic!() };
    assert!(x.logarithmic && points.len() == names.len());
    for [wagner, peak] in points {
        assert!((peak - 1.0 - 1.0 / (1.0 + wagner)).abs() < 1e-4, "{wagner} {peak}");
    }
    assert!(names.contains(&"point 23: 5 mS/cm, 1.3 mA/cm²".to_owned()), "{names:?}");
}

#[test]
fn of_three_axes_the_third_has_its_middle_value() {
    let sweep = sweep(
        SweepMode::Grid,
        &[
            ("a.b", "1", vec![1.0, 2.0, 3.0]),
            ("temperature", "K", vec![300.0, 320.0]),
            ("c.d", "m", vec![1e-6, 2e-6, 4e-6]),
        ],
    );
    let figures = figures_of_sweep(&sweep);
    let map = find(&figures, "map_cell_overpotential");
    assert!(map.caption.contains("3 × 2 points at d = 2 µm;"), "{}", map.caption);
    let HoverArea::Cells { values, .. } = &map.hover[0] else { panic!() };
    // 1 mV times a, and 1 V/m times c, at a = 2 and c = 2 µm.
    assert!((values[1].unwrap() - (2.0 + 2e-9)).abs() < 1e-5, "{values:?}");
    assert_eq!(figures.iter().filter(|f| f.name.starts_with("curves_cell")).count(), 3);
}

#[test]
fn axes_that_go_together_are_drawn_over_the_one_that_varies_or_the_index() {
    let temperature = ("temperature", "K", vec![330.0, 310.0, 320.0]);
    let constant = ("a.b", "1", vec![2.0; 3]);
    let one = sweep(SweepMode::Zip, &[constant, temperature.clone()]);
    let figures = figures_of_sweep(&one);
    let HoverArea::Curves { x, curves, .. } = &find(&figures, "curve_peak_factor_anode").hover[0]
    else {
        panic!()
    };
    let abscissae: Vec<f64> = curves[0].points.iter().map(|p| p[0]).collect();
    assert_eq!((x.name.as_str(), abscissae), ("temperature", vec![310.0, 320.0, 330.0]));
    let both = sweep(SweepMode::Zip, &[("a.b", "1", vec![1.0, 2.0, 4.0]), temperature]);
    let figures = figures_of_sweep(&both);
    let figure = find(&figures, "curve_peak_factor_anode");
    let HoverArea::Curves { x, .. } = &figure.hover[0] else { panic!() };
    assert_eq!((x.name.as_str(), figure.data[0].name.as_str()), ("index of the point", "index"));
}

#[test]
fn one_axis_has_plain_curves() {
    let figures = figures_of_sweep(&sweep(
        SweepMode::Grid,
        &[("temperature", "K", vec![300.0, 310.0, 330.0])],
    ));
    let names: Vec<&str> = figures.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "curves_peak_factor_anode_over_temperature",
            "collapse_anode",
            "curves_cell_overpotential_over_temperature"
        ]
    );
}

#[test]
fn many_points_are_thinned_and_the_caption_says_so() {
    let sweep = sweep(
        SweepMode::Grid,
        &[
            ("a.b", "1", logarithmic(1e-3, 1e3, 300)),
            ("temperature", "K", logarithmic(0.9, 1.1, 300)),
        ],
    );
    let figures = figures_of_sweep(&sweep);
    let map = find(&figures, "map_peak_factor_anode");
    let HoverArea::Cells { x, y, .. } = &map.hover[0] else { panic!() };
    assert_eq!((x.len(), y.len()), (100, 100));
    assert!(
        map.caption.contains("Of these, 100 × 100 are drawn, evenly spread."),
        "{}",
        map.caption
    );
    let collapse = find(&figures, "collapse_anode");
    assert!(collapse.caption.contains("of 90000."), "{}", collapse.caption);
    for figure in &figures {
        assert!(figure.svg.len() < 200_000, "{}: {}", figure.name, figure.svg.len());
    }
}

#[test]
fn sweeps_over_the_same_axes_lie_over_each_other() {
    let (a, mut b) = (grid(), grid());
    b.quantities[0].values.iter_mut().for_each(|value| *value += 1.0);
    b.status[7] = Some(PointStatus::Failed);
    let figures = compare_sweeps(&[("first", &a), ("a name that is too long", &b)]);
    let figure = find(&figures, "sweeps_peak_factor_anode_over_material_nas_ohm_conductivity");
    let HoverArea::Curves { curves, .. } = &figure.hover[0] else { panic!("{figure:?}") };
    assert_eq!(curves.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    // The exchange current density keeps its middle value, 5: the second point of each three.
    for (k, points) in curves[0].points.iter().zip(&curves[1].points).enumerate() {
        let wanted = a.quantities[0].values[3 * k + 1];
        assert!((points.0[1] - wanted).abs() < 1e-5 * wanted, "{k}: {points:?}");
        match 3 * k + 1 {
            7 => assert!(points.1[1].is_nan(), "{points:?}"),
            _ => assert!((points.1[1] - wanted - 1.0).abs() < 2e-5 * wanted, "{k}: {points:?}"),
        }
    }
    assert!(figure.caption.contains("1 first, 2 a name that is too long"), "{}", figure.caption);
    assert!(figure.caption.contains("interrupted"), "{}", figure.caption);
    let names: Vec<&str> = figure.data.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(
        names[1..],
        ["peak_factor.anode of first", "peak_factor.anode of a name that is too long"]
    );
}

#[test]
fn other_axes_are_told_apart_in_words() {
    let a = grid();
    assert_eq!(difference_of_axes(&a, &a), None);
    let told = |change: &dyn Fn(&mut SweepResults)| {
        let mut b = grid();
        change(&mut b);
        difference_of_axes(&a, &b).unwrap()
    };
    let text = told(&|b| b.axes[1].key = "temperature".into());
    assert!(text.contains("ohm.conductivity, temperature"), "{text}");
    let text = told(&|b| b.axes[1].values[2] = 14.0);
    assert!(text.contains("current_density has 3 values from") && text.contains("in the other"));
    assert!(told(&|b| b.mode = SweepMode::Zip).contains("a grid"));
}

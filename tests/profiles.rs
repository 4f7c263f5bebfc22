//! Profiles against two independent high-order programs (NGSolve 6.2.2608 with curved triangles of order 6
//! to 8; scikit-fem 12.0.2 with tensor-product elements of order 6 and 7 on another mesh), which agree
//! to the digits given. Where only one of them has the case, that is said.

use natrolite::case::read_file;
use natrolite::results::{Profile, Results};
use natrolite::run::{Silent, solve_case};
use std::path::Path;

/// Distances of the values below over the pore's radius.
const R_OVER_A: [f64; 10] = [1.0, 1.02, 1.05, 1.1, 1.25, 1.5, 2.0, 3.0, 4.0, 5.0];
/// i / i_app on z = 0 outside a hemispherical pore, a = 10 um, cylinder of radius and height 50 um,
/// 0.9 mS/cm, i0 = 1.3 mA/cm2, i_app = 0.51 mA/cm2, 298.15 K. Error below 2e-9.
const NAS_HEMISPHERE: [f64; 10] = [
    1.05275162564,
    1.05271845462,
    1.05259265831,
    1.05226643066,
    1.05093576524,
    1.0486283982,
    1.04511211629,
    1.04142700074,
    1.03993010653,
    1.03952805919,
];
/// The same with 0.1 mS/cm. Error below 2e-8.
const NPS_HEMISPHERE: [f64; 10] = [
    1.11780814649,
    1.1175133798,
    1.11642114923,
    1.11365734474,
    1.10286055383,
    1.08530522186,
    1.06100607732,
    1.03905356532,
    1.0313927085,
    1.02948388036,
];
/// The same with 0.1 mS/cm and a flat insulating disc. Error below 2e-6.
const NPS_DISC: [f64; 10] = [
    1.24405165955,
    1.22512698162,
    1.20642150803,
    1.18342210417,
    1.13940217796,
    1.09930273812,
    1.06188227829,
    1.03598534451,
    1.02807312074,
    1.02617949431,
];
/// A box, x and y in [-50, 50] um, 50 um high, with the hemispherical pore, 0.1 mS/cm, 1.3 mA/cm2: on
/// y = 0. NGSolve alone, orders 5 and 6. Error below 2e-6.
const NPS_BOX_X: [f64; 10] = [
    1.118987591,
    1.118659798,
    1.117448521,
    1.114392065,
    1.102517135,
    1.083368408,
    1.057143224,
    1.033646527,
    1.025342377,
    1.023183255,
];
/// The same on x = y.
const NPS_BOX_DIAGONAL: [f64; 10] = [
    1.118981907,
    1.11865402,
    1.117442668,
    1.114385844,
    1.10250854,
    1.083351875,
    1.057091181,
    1.033370069,
    1.024397024,
    1.020593625,
];

fn solve(name: &str) -> Results {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
    let case = read_file(&folder.join(name), &[]).expect("the case is good");
    solve_case(&case, 0, &mut Silent).expect("the case can be solved")
}

fn at_distances(results: &Results) -> &Profile {
    let mut profiles = results.profiles.iter();
    profiles.find(|p| p.name == "anode" && p.suffix == "_at").expect("the case asks for it")
}

fn ratios(profile: &Profile) -> &[f64] {
    &profile.column("current_ratio").expect("there is a counter electrode").values
}

fn quantity(results: &Results, name: &str) -> f64 {
    results.summary.quantities.get(name).expect("a run reports it").value
}

/// Each value within its tolerance.
fn compare(got: &[f64], want: &[f64; 10], tolerance: impl Fn(f64) -> f64) {
    assert_eq!(got.len(), want.len());
    for ((r, got), want) in R_OVER_A.iter().zip(got).zip(want) {
        assert!((got - want).abs() <= tolerance(*r), "r/a = {r}: {got}, wanted {want}");
    }
}

#[test]
fn hemispheres_on_the_default_mesh() {
    let cases = [
        ("nas_pore.toml", NAS_HEMISPHERE, 0.013285418796765),
        ("nps_pore.toml", NPS_HEMISPHERE, 0.036143354551826),
    ];
    for (name, profile, overpotential) in cases {
        let results = solve(name);
        compare(ratios(at_distances(&results)), &profile, |_| 1e-5);
        let got = quantity(&results, "cell_overpotential");
        assert!((got / overpotential - 1.0).abs() < 1e-7, "{name}: {got}");
        assert!(quantity(&results, "current_balance_error") < 1e-10, "{name}");
    }
}

#[test]
fn flat_disc_with_its_weak_singularity() {
    let results = solve("nps_disc.toml");
    compare(ratios(at_distances(&results)), &NPS_DISC, |r| if r < 1.1 { 2e-4 } else { 1e-5 });
    assert!(quantity(&results, "current_balance_error") < 1e-10);
}

#[test]
fn quarter_of_a_box_on_both_lines() {
    let results = solve("nps_pore_quarter.toml");
    assert!(results.summary.dofs <= 100_000, "{}", results.summary.dofs);
    let profile = at_distances(&results);
    let lines = profile.line.as_ref().expect("in 3-D rows belong to lines");
    for (line, want) in [("x", NPS_BOX_X), ("diagonal", NPS_BOX_DIAGONAL)] {
        let all = ratios(profile).iter().zip(lines);
        let got: Vec<f64> = all.filter(|(_, of)| **of == line).map(|(value, _)| *value).collect();
        compare(&got, &want, |_| 1e-4);
    }
    let got = quantity(&results, "cell_overpotential");
    assert!((got / 0.090902053476583 - 1.0).abs() < 1e-6, "{got}");
}

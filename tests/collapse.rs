//! While the kinetics are linear, the current around a pore of given shape depends on one number, the Wagner
//! number sigma RT / (F i0 a): two decades of conductivity times three of exchange current density fall
//! on one curve.

use natrolite::case::read;
use natrolite::registry::laws;
use natrolite::run::{Silent, solve_case};
use std::path::Path;

/// Wagner number and peak factor; 1 uA/cm2 keeps the overpotential below 1 mV.
fn point(conductivity: f64, exchange: f64) -> (f64, f64) {
    let text = format!(
        "[mesh.defect]\nsymmetry = \"axisymmetric\"\nshape = \"hemisphere\"\nradius = \"10 um\"\n\
         [material.electrolyte]\nohm = {{ conductivity = \"{conductivity:e} mS/cm\" }}\n\
         [region]\nelectrolyte = \"electrolyte\"\n\
         [boundary.counter]\ncurrent = {{ density = \"1 uA/cm^2\" }}\n\
         [boundary.anode.butler_volmer]\nexchange_current_density = \"{exchange:e} mA/cm^2\"\n\
         electrode_potential = \"0 V\"\n"
    );
    let case = read(Path::new("map.toml"), &text, &[], laws()).expect("a good case");
    let results = solve_case(&case, 0, &mut Silent).expect("it can be solved");
    let value = |name: &str| results.summary.quantities.get(name).expect("reported").value;
    (value("wagner_number.anode"), value("peak_factor.anode"))
}

#[test]
fn peaks_collapse_on_the_wagner_number() {
    // Half a decade from one value to the next in both, so that Wagner numbers coincide.
    let step = 10f64.sqrt();
    let mut curve: Vec<Vec<(f64, f64)>> = vec![Vec::new(); 11];
    for s in 0..5usize {
        for k in 0..7usize {
            let of = point(0.05 * step.powi(s as i32), 0.05 * step.powi(k as i32));
            curve[s + 6 - k].push(of);
        }
    }
    for same in &curve {
        let (wagner, peak) = same[0];
        for (w, p) in same {
            assert!((w / wagner - 1.0).abs() < 1e-9, "{w} {wagner}");
            assert!((p - peak).abs() < 1e-4, "Wa = {w}: {p} and {peak}");
        }
    }
    for pair in curve.windows(2) {
        assert!(pair[1][0].0 > 3.0 * pair[0][0].0, "from small to large Wagner numbers");
        assert!(pair[1][0].1 < pair[0][0].1 - 1e-4, "the peak falls: {pair:?}");
    }
    // From near the primary distribution, 1.51 in this box, to the even one, 25/24.
    assert!(curve[0][0].1 > 1.4 && curve[10][0].1 < 1.0420, "{:?} {:?}", curve[0], curve[10]);
}

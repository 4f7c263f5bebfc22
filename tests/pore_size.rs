//! The current over Na3PS4 (0.1 mS/cm) is less even than over Na3SbS4 (0.9 mS/cm) at every size of the
//! pore, in either reading of a pore: an insulating void, or a pit in the electrolyte lined with sodium.
//! (The kinetic length RT sigma / (F i0) is 20 um in the one and 178 um in the other; what counts is its
//! ratio to the radius.)

use natrolite::case::read;
use natrolite::registry::laws;
use natrolite::run::{Silent, solve_case};
use std::path::Path;

const ACTIVE: &str = "butler_volmer = { exchange_current_density = \"1.3 mA/cm^2\", electrode_potential = \"0 V\" }\n";

/// Nonuniformity over the anode, and the largest peak factor of anode and wall.
fn unevenness(material: &str, radius: u32, lined: bool) -> (f64, f64) {
    let mut text = format!(
        "[mesh.defect]\nsymmetry = \"axisymmetric\"\nshape = \"hemisphere\"\nradius = \"{radius} um\"\n\
         [region]\nelectrolyte = \"{material}\"\n\
         [boundary.counter]\ncurrent = {{ density = \"0.51 mA/cm^2\" }}\n[boundary.anode]\n{ACTIVE}"
    );
    if lined {
        text += &format!("[boundary.pore]\n{ACTIVE}");
    }
    let case = read(Path::new("pore.toml"), &text, &[], laws()).expect("a good case");
    let results = solve_case(&case, 0, &mut Silent).expect("it can be solved");
    let value = |name: &str| results.summary.quantities.get(name).map_or(0.0, |q| q.value);
    let nonuniformity = value("nonuniformity.anode").max(value("nonuniformity.pore"));
    (nonuniformity, value("peak_factor.anode").max(value("peak_factor.pore")))
}

#[test]
fn the_poorer_conductor_has_the_less_even_current_at_every_size() {
    for lined in [false, true] {
        let mut last = [0.0; 2];
        for radius in [1, 2, 5, 10, 20, 50, 100] {
            let (good, good_peak) = unevenness("Na3SbS4", radius, lined);
            let (poor, poor_peak) = unevenness("Na3PS4", radius, lined);
            assert!(poor > 1.5 * good, "{radius} um, lined {lined}: {poor} and {good}");
            assert!(poor_peak > good_peak, "{radius} um, lined {lined}: {poor_peak} {good_peak}");
            assert!(good > last[0] && poor > last[1], "larger pores are less even: {radius} um");
            last = [good, poor];
        }
    }
}

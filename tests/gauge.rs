//! Only differences of potential matter: a cell solved against a collector far from zero, with a metal
//! whose potential varies by picovolts, gives the same numbers.

use natrolite::case;
use natrolite::run::{Silent, solve_case};
use std::path::Path;

#[test]
fn numbers_do_not_depend_on_the_collectors_potential() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs/meshed_anode.toml");
    let solve = |potential: &str| {
        let set = format!("boundary.collector.potential={potential}");
        let case = case::read_file(&path, &[set]).expect("the case is right");
        let results = solve_case(&case, 0, &mut Silent).expect("the case can be solved");
        let value = |name| results.summary.quantities.get(name).expect("it is reported").value;
        let names = ["cell_overpotential", "peak_factor.anode", "peak_factor.collector"];
        (names.map(value), value("current_balance_error"))
    };
    let (at_zero, _) = solve("0 V");
    for potential in ["1 V", "-3 V"] {
        let (shifted, balance) = solve(potential);
        for (a, b) in at_zero.iter().zip(shifted) {
            // Potentials of 3 V are rounded to 4e-16 V, of an overpotential of 13 mV.
            assert!((a / b - 1.0).abs() < 1e-12, "{potential}: {a} {b}");
        }
        assert!(balance < 1e-12, "{potential}: balance {balance:e}");
    }
}

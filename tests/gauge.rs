//! Only differences of potential matter: a cell solved against a collector far from zero, with a metal
//! whose potential varies by picovolts, gives the same numbers, and so do bodies at different potentials that
//! share an electrode.

use natrolite::case;
use natrolite::results::Status;
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

/// Two unit squares side by side, not touching: `left` and `right` below, one `counter` above both.
const TWO_SQUARES: &str = "\
$MeshFormat
2.2 0 8
$EndMeshFormat
$PhysicalNames
5
1 1 \"left\"
1 2 \"right\"
1 3 \"counter\"
2 4 \"first\"
2 5 \"second\"
$EndPhysicalNames
$Nodes
8
1 0 0 0
2 1 0 0
3 1 1 0
4 0 1 0
5 3 0 0
6 4 0 0
7 4 1 0
8 3 1 0
$EndNodes
$Elements
8
1 1 2 1 1 1 2
2 1 2 2 2 5 6
3 1 2 3 3 3 4
4 1 2 3 3 7 8
5 2 2 4 4 1 2 3
6 2 2 4 4 1 3 4
7 2 2 5 5 5 6 7
8 2 2 5 5 5 7 8
$EndElements
";

/// The mean current densities below both squares \[mA/cm2\], with these laws there and above.
fn below_two_squares(left: &str, right: &str, counter: &str) -> [f64; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("two.msh"), TWO_SQUARES).expect("a mesh is written");
    let text = format!(
        "temperature = \"298.15 K\"\n[mesh]\nfile = \"two.msh\"\nunit = \"100 um\"\n\
         [material.E]\nohm = {{ conductivity = \"1 mS/cm\" }}\n\
         [region]\nfirst = \"E\"\nsecond = \"E\"\n\
         [boundary.left]\n{left}\n[boundary.right]\n{right}\n{counter}\n"
    );
    let path = folder.path().join("two.toml");
    std::fs::write(&path, text).expect("a case is written");
    let case = case::read_file(&path, &[]).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let results = solve_case(&case, 0, &mut Silent).expect("the case can be solved");
    assert_eq!(results.summary.status, Status::Converged);
    ["left", "right"].map(|name| {
        let name = format!("mean_current_density.{name}");
        results.summary.quantities.get(&name).expect("it is reported").value / 10.0
    })
}

#[test]
fn bodies_with_different_potentials_may_share_an_electrode() {
    // 100 um of 1 mS/cm are 10 ohm cm2 in each square, so that 0.1 V drive 5 mA/cm2 through both and the
    // electrode; what enters there spreads evenly.
    let [left, right] = below_two_squares(
        "potential = \"0 V\"",
        "potential = \"0.1 V\"",
        "[boundary.counter]\n\
         current = { density = \"0.1 mA/cm^2\", distribution = \"equipotential\" }",
    );
    assert!((left - 5.1).abs() < 1e-12 && (right + 4.9).abs() < 1e-12, "{left} {right}");
    // The same with 1 ohm cm2 between each square and a metal.
    let [left, right] = below_two_squares(
        "potential = \"0 V\"",
        "potential = \"0.1 V\"",
        "[boundary.counter]\n\
         linear_kinetics = { charge_transfer_resistance = \"1 ohm cm^2\" }\n\
         current = { density = \"0.1 mA/cm^2\" }",
    );
    let through = 100.0 / 22.0;
    assert!((left - through - 0.1).abs() < 1e-12, "{left}");
    assert!((right + through - 0.1).abs() < 1e-12, "{right}");
}

#[test]
fn nothing_flows_in_an_equilibrium() {
    // Each square has one electrode and nothing else; what is left of currents is rounding of potentials.
    let kinetics = |potential: &str| {
        format!(
            "butler_volmer = {{ exchange_current_density = \"0.114 mA/cm^2\", \
             equilibrium_potential = \"0.7 V\", electrode_potential = \"{potential}\" }}"
        )
    };
    let below = below_two_squares(&kinetics("-0.162 V"), &kinetics("0.1143 V"), "");
    assert!(below.iter().all(|i| i.abs() < 1e-14), "{below:?}");
}

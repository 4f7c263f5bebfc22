//! Reading whole cases.

use super::{Case, CaseError, MeshSource, read};
use mesh::defect::{Shape, Symmetry};
use std::path::Path;

/// The case file of the design.
pub const EXAMPLE: &str = r#"
title       = "Na3SbS4 over a 10 µm pore in the anode"
temperature = "298.15 K"

[mesh.defect]
symmetry  = "axisymmetric"
shape     = "hemisphere"
radius    = "10 um"
width     = "50 um"
thickness = "50 um"

[discretization]
order = 2

[material.NAS]
ohm = { conductivity = "0.9 mS/cm" }

[region]
electrolyte = "NAS"

[boundary.anode]
butler_volmer = { exchange_current_density = "1.3 mA/cm^2", anodic_transfer = 0.5, cathodic_transfer = 0.5, electrode_potential = "0 V" }

[boundary.counter]
current = { density = "0.51 mA/cm^2" }

[expect]
"peak_factor.anode" = { value = 1.0527516, rtol = 1e-5, source = "two high-order codes" }
"#;

fn read_with(text: &str, arguments: &[&str]) -> Result<Case, CaseError> {
    let arguments: Vec<String> = arguments.iter().map(|a| (*a).to_owned()).collect();
    read(Path::new("case.toml"), text, &arguments, crate::registry::laws())
}

#[test]
fn the_example_is_read() {
    let case = read_with(EXAMPLE, &[]).unwrap();
    assert_eq!(case.title, "Na3SbS4 over a 10 µm pore in the anode");
    assert_eq!(case.temperature, 298.15);
    let MeshSource::Defect(defect) = &case.mesh else { panic!("not a defect") };
    assert_eq!(defect.symmetry(), Symmetry::Axisymmetric);
    assert_eq!(defect.shape().shape, Shape::Hemisphere);
    assert_eq!((defect.radius(), defect.shape().width), (1e-5, 5e-5));
    assert_eq!(defect.rim_size, None);
    assert_eq!(defect.geometry(1e-7, 1).rim_size, 1e-7);
    let sigma = case.materials[0].law("ohm").unwrap().values.tensor("conductivity").unwrap();
    assert_eq!(sigma[2][2], 0.09);
    assert_eq!(case.regions[0].material, 0);
    let kinetics = case.boundaries[0].kinetics().unwrap();
    assert_eq!(kinetics.values.required("exchange_current_density"), 13.0);
    assert_eq!(kinetics.values.required("film_resistance"), 0.0);
    assert_eq!(case.counter(), Some("counter"));
    assert_eq!(case.expect[0].value, 1.052_751_6);
    assert!(case.expect[0].is_met_by(1.052_76) && !case.expect[0].is_met_by(1.0528));
}

#[test]
fn arguments_replace_and_create() {
    let arguments = [
        "material.NAS.ohm.conductivity=0.1 mS/cm",
        "mesh.defect.width = \"60 um\"",
        "discretization.order=1",
        "output.profile_at=[\"10 um\", \"10.2 um\"]",
        "title=plain words",
        "boundary.'pore'.potential=\"1 mV\"",
    ];
    let case = read_with(EXAMPLE, &arguments).unwrap();
    let ohm = case.materials[0].law("ohm").unwrap();
    assert_eq!(ohm.values.tensor("conductivity").unwrap()[0][0], 0.01);
    assert_eq!(format!("{:?}", ohm.origin_of("conductivity")), "--set:1:31");
    assert_eq!(case.order, 1);
    assert_eq!(case.output.profile_at, [1e-5, 1.02e-5]);
    assert_eq!(case.title, "plain words");
    assert_eq!(case.boundaries[2].law("potential").unwrap().values.required("value"), 1e-3);
}

#[test]
fn built_in_materials_are_found() {
    let text = EXAMPLE.replace("= \"NAS\"", "= \"Na3PS4-cast\"");
    let case = read_with(&text, &["temperature=60 degC"]).unwrap();
    let ohm = case.materials[0].law("ohm").unwrap();
    let sigma = transport::conductivity_at(&ohm.values, case.temperature).unwrap();
    // The paper's value at 60 degC.
    assert!((sigma[1][1] / 0.0345 - 1.0).abs() < 1e-12);
}

#[test]
fn the_resolved_case_is_the_same_case() {
    let arguments = [
        "material.NAS.ohm.conductivity=[\"1 mS/cm\", \"2 mS/cm\", \"2 mS/cm\"]",
        "boundary.pore.linear_kinetics={ charge_transfer_resistance = \"20 ohm cm^2\", electrode_potential = \"1 mV\" }",
        "region.electrolyte=NAS",
        "output.profile_at=[\"10 um\"]",
        "title=with \"quotes\" and \\ and \u{7f}",
    ];
    let once = read_with(EXAMPLE, &arguments).unwrap().resolved();
    let twice = read_with(&once, &[]).unwrap().resolved();
    assert_eq!(once, twice);
    assert!(once.contains("exchange_current_density = \"13.0 A/m^2\""), "{once}");
    assert!(once.contains("film_resistance = \"0.0 ohm m^2\""), "{once}");
    assert!(once.contains("[\"0.1 S/m\", \"0.2 S/m\", \"0.2 S/m\"]"), "{once}");
}

#[test]
fn very_deep_texts_are_refused() {
    let deep = [
        format!("{}a = 1", "a.".repeat(200_000)),
        format!("[{}a]", "\"a\" . ".repeat(200_000)),
        format!("x = {{ {}a = 1 }}", "'a'.".repeat(200_000)),
        format!("x = {}", "[".repeat(200_000)),
        format!("x = {}", "{a=".repeat(200_000)),
    ];
    for text in deep {
        let error = read_with(&text, &[]).unwrap_err();
        assert!(!error.diagnostics.is_empty());
    }
    let argument = format!("{}a=1", "a.".repeat(200_000));
    let error = read_with(EXAMPLE, &[&argument]).unwrap_err();
    assert_eq!(error.diagnostics[0].message, "nested more than 32 levels deep");
}

/// Sodium under pressure on an electrolyte, with charge transfer through a rough contact.
const PRESSED: &str = r#"
[mesh.defect]
symmetry = "axisymmetric"
shape = "disc"
radius = "10 um"
anode_thickness = "20 um"

[material.NAS]
ohm = { conductivity = "0.9 mS/cm" }
elastic = { young = "15 GPa", poisson = 0.411 }

[region]
electrolyte = "NAS"
anode = "Na"

[interface.anode]
between = ["electrolyte", "anode"]
contact = { law = "unilateral" }
contact_fraction = { law = "plastic" }
butler_volmer = { exchange_current_density = "1.3 mA/cm^2" }

[boundary.collector]
potential = "0 V"
platen = { pressure = "10 MPa" }

[boundary.counter]
current = { density = "0.5 mA/cm^2" }
roller = true
"#;

#[test]
fn a_hardness_that_is_left_out_is_that_of_the_softer_builtin_material() {
    let hardness = |case: &Case| {
        case.interfaces[0].law("contact_fraction").unwrap().values.required("hardness")
    };
    let case = read_with(PRESSED, &[]).unwrap();
    assert_eq!(hardness(&case), 0.7e6);
    let told = "interface.anode.contact_fraction.hardness = 0.7 MPa, that of the built-in Na";
    assert_eq!(case.inherited(), [told]);
    // The softer one, in either order.
    for (electrolyte, anode, wanted) in [("Al", "Ti", 160e6), ("Ti", "Cu", 370e6)] {
        let set = [format!("region.electrolyte={electrolyte}"), format!("region.anode={anode}")];
        let case = read_with(PRESSED, &set.each_ref().map(String::as_str)).unwrap();
        assert_eq!(hardness(&case), wanted, "{electrolyte} {anode}");
    }
    // What the case gives counts, and the resolved case gives it.
    let given = "interface.anode.contact_fraction.hardness=0.6 MPa";
    let given = read_with(PRESSED, &[given]).unwrap();
    assert_eq!((hardness(&given), given.inherited().len()), (0.6e6, 0));
    let again = read_with(&case.resolved(), &[]).unwrap();
    assert_eq!((hardness(&again), again.inherited().len()), (0.7e6, 0));
    assert_eq!(again.resolved(), case.resolved());
}

#[test]
fn doubts_are_about_the_values_that_the_case_uses() {
    // With mechanics the stiffness counts, and what a contact takes from the material.
    let set = ["region.electrolyte=Na3SbS4", "region.anode=Na15Sn4"];
    let doubts = read_with(PRESSED, &set).unwrap().doubts();
    let paths: Vec<&str> = doubts.iter().map(|line| line.split(" = ").next().unwrap()).collect();
    let wanted = [
        "material Na3SbS4: elastic.young",
        "material Na15Sn4: ohm.conductivity",
        "material Na15Sn4: elastic.young",
        "material Na15Sn4: elastic.poisson",
        "material Na15Sn4: hardness",
    ];
    assert_eq!(paths, wanted);
    let first = "material Na3SbS4: elastic.young = 15 GPa is from memory (mark M): check it before \
                 you rely on it";
    assert_eq!(doubts[0], first);
    // Nothing of sodium is from memory; without mechanics no stiffness is used.
    assert!(read_with(PRESSED, &[]).unwrap().doubts().is_empty());
    let electric = read_with(EXAMPLE, &["region.electrolyte=Na3SbS4"]).unwrap();
    assert!(electric.doubts().is_empty(), "{:?}", electric.doubts());
}

#[test]
fn a_conductivity_at_another_temperature_is_doubted() {
    let doubts = |material: &str, temperature: &str| {
        let set = [format!("region.electrolyte={material}"), format!("temperature={temperature}")];
        read_with(EXAMPLE, &set.each_ref().map(String::as_str)).unwrap().doubts()
    };
    assert!(doubts("Na3SbS4", "20 degC").is_empty());
    let told = "material Na3SbS4: ohm.conductivity = 0.9 mS/cm holds at room temperature, the case \
                is at 333.15 K";
    assert_eq!(doubts("Na3SbS4", "60 degC"), [told]);
    assert!(doubts("Na3PS4-cast", "60 degC").is_empty());
    assert!(doubts("NAS", "60 degC").is_empty(), "the case gives it");
}

//! A pore that metal fills, bonded to it: texts of cases.

/// Both materials.
pub const MATERIALS: &str = r#"
[material.NAS]
ohm     = { conductivity = "0.9 mS/cm" }
elastic = { young = "15 GPa", poisson = 0.411 }
[material.sodium]
ohm         = { conductivity = "2.1e7 S/m" }
elastic     = { young = "4.6 GPa", poisson = 0.34 }
eigenstrain = { volumetric = 1e-4 }
"#;

/// A pore that metal fills, in a file of 497 tetrahedra for `FILE`: the sides are joined, a platen presses.
pub const BONDED: &str = r#"
[mesh]
file = "FILE"
unit = "um"
[region]
electrolyte = "NAS"
metal = "sodium"
[interface.contact]
between = ["electrolyte", "metal"]
butler_volmer = { exchange_current_density = "1.3 mA/cm^2" }
[boundary.collector]
potential = "0 V"
fixed = true
[boundary.counter]
current = { density = "0.5 mA/cm^2" }
platen = { pressure = "10 MPa" }
"#;

//! The values of the built-in materials.

use super::{Builtin, Mark, Provenance};

const TABLE1: &str = "Energy Environ. Sci. 2025, 18, 4288 (doi 10.1039/d4ee06171c), table 1";

/// Every built-in material.
pub const LIBRARY: &[Builtin] = &[
    Builtin {
        name: "Na3SbS4",
        doc: "sodium thioantimonate (NAS), solid electrolyte; the conductivity does not follow the temperature",
        laws: "ohm = { conductivity = \"0.9 mS/cm\" }\nelastic = { young = \"15 GPa\", poisson = 0.411 }\n",
        values: &[
            Provenance {
                path: "ohm.conductivity",
                value: "0.9 mS/cm",
                source: TABLE1,
                mark: Mark::Read,
            },
            Provenance {
                path: "elastic.young",
                value: "15 GPa",
                source: "E = 0.536 B with B of 25 to 30 GPa",
                mark: Mark::Memory,
            },
            Provenance {
                path: "elastic.poisson",
                value: "0.411",
                source: "from G/B = 0.19, Energy Environ. Sci. 2025, 18, 4288",
                mark: Mark::Derived,
            },
            Provenance {
                path: "activation_energy",
                value: "0.20 eV",
                source: "solution-processed Na3SbS4, Angew. Chem. Int. Ed. 2016, 55, 9634; not used by `ohm`",
                mark: Mark::Memory,
            },
            Provenance {
                path: "density",
                value: "2.87 g/cm^3",
                source: "crystal density",
                mark: Mark::Memory,
            },
            Provenance {
                path: "molar_volume",
                value: "111 cm^3/mol",
                source: "318.97 g/mol over the density",
                mark: Mark::Memory,
            },
        ],
    },
    Builtin {
        name: "Na3PS4",
        doc: "sodium thiophosphate (NPS), solid electrolyte, room temperature; Na3PS4-cast follows the temperature",
        laws: "ohm = { conductivity = \"0.1 mS/cm\" }\nelastic = { young = \"30 GPa\", poisson = 0.301 }\n",
        values: &[
            Provenance {
                path: "ohm.conductivity",
                value: "0.1 mS/cm",
                source: TABLE1,
                mark: Mark::Read,
            },
            Provenance {
                path: "elastic.young",
                value: "30 GPa",
                source: "first-principles and ultrasound values of 25 to 35 GPa",
                mark: Mark::Memory,
            },
            Provenance {
                path: "elastic.poisson",
                value: "0.301",
                source: "from G/B = 0.458, Energy Environ. Sci. 2025, 18, 4288",
                mark: Mark::Derived,
            },
            Provenance {
                path: "activation_energy",
                value: "0.243 eV",
                source: "from 0.143 mS/cm at 25 degC and 0.345 mS/cm at 60 degC, see Na3PS4-cast; not used by `ohm`",
                mark: Mark::Derived,
            },
            Provenance {
                path: "density",
                value: "2.2 g/cm^3",
                source: "crystal density",
                mark: Mark::Memory,
            },
            Provenance {
                path: "molar_volume",
                value: "103.7 cm^3/mol",
                source: "228.18 g/mol over the density",
                mark: Mark::Memory,
            },
        ],
    },
    Builtin {
        name: "Na3PS4-cast",
        doc: "sodium thiophosphate, conductivity measured at 25 and 60 degC",
        laws: "ohm.arrhenius = { points = [[\"25 degC\", \"0.143 mS/cm\"], [\"60 degC\", \"0.345 mS/cm\"]], form = \"sigma_T\" }\nelastic = { young = \"30 GPa\", poisson = 0.301 }\n",
        values: &[
            Provenance {
                path: "ohm.arrhenius.points",
                value: "0.143 mS/cm at 25 degC, 0.345 mS/cm at 60 degC",
                source: "cast-annealed Na2S-Na3PS4-CMK-3 composites, impedance of a pellet between platinum",
                mark: Mark::Read,
            },
            Provenance {
                path: "ohm.arrhenius.form",
                value: "sigma_T (gives 0.243 eV)",
                source: "the form that ion hopping gives; 0.214 mS/cm at 40 degC in either form",
                mark: Mark::Derived,
            },
            Provenance {
                path: "elastic.young",
                value: "30 GPa",
                source: "first-principles and ultrasound values of 25 to 35 GPa",
                mark: Mark::Memory,
            },
            Provenance {
                path: "elastic.poisson",
                value: "0.301",
                source: "from G/B = 0.458, Energy Environ. Sci. 2025, 18, 4288",
                mark: Mark::Derived,
            },
            Provenance {
                path: "density",
                value: "2.2 g/cm^3",
                source: "crystal density",
                mark: Mark::Memory,
            },
            Provenance {
                path: "molar_volume",
                value: "103.7 cm^3/mol",
                source: "228.18 g/mol over the density",
                mark: Mark::Memory,
            },
        ],
    },
    Builtin {
        name: "hydroborate",
        doc: "sodium closo-hydroborate Na4B10H10B12H12 (NBH), solid electrolyte",
        laws: "ohm = { conductivity = \"0.9 mS/cm\" }\nelastic = { young = \"15 GPa\", poisson = 0.3 }\n",
        values: &[
            Provenance {
                path: "ohm.conductivity",
                value: "0.9 mS/cm",
                source: "at 20 degC: Chem. Commun. 2017, 53, 4195",
                mark: Mark::Memory,
            },
            Provenance {
                path: "elastic.young",
                value: "15 GPa",
                source: "soft, 10 to 20 GPa by class; no measured value is known",
                mark: Mark::Memory,
            },
            Provenance {
                path: "elastic.poisson",
                value: "0.3",
                source: "by class; no measured value is known",
                mark: Mark::Memory,
            },
        ],
    },
    Builtin {
        name: "Na",
        doc: "sodium metal",
        laws: "ohm = { conductivity = \"2.1e7 S/m\" }\nelastic = { young = \"4.6 GPa\", poisson = 0.34 }\n",
        values: &[
            Provenance {
                path: "ohm.conductivity",
                value: "2.1e7 S/m",
                source: "public input of a sodium/beta-alumina void model; handbooks give 2.0e7 to 2.1e7 S/m",
                mark: Mark::Public,
            },
            Provenance {
                path: "elastic.young",
                value: "4.6 GPa",
                source: "acoustic, polycrystal, room temperature",
                mark: Mark::Public,
            },
            Provenance {
                path: "elastic.poisson",
                value: "0.34",
                source: "handbook",
                mark: Mark::Memory,
            },
            Provenance {
                path: "hardness",
                value: "0.7 MPa",
                source: "three times the yield strength of 0.19 to 0.28 MPa at 1e-3 1/s (Tabor): 0.6 to 0.84 MPa; depends on rate and temperature",
                mark: Mark::Derived,
            },
            Provenance {
                path: "density",
                value: "0.971 g/cm^3",
                source: "plated 8.8, 26.5 and 61.9 um at 1, 3 and 7 mAh/cm2 give 0.970 to 0.971",
                mark: Mark::Derived,
            },
            Provenance {
                path: "molar_volume",
                value: "23.68 cm^3/mol",
                source: "22.990 g/mol over the density",
                mark: Mark::Derived,
            },
        ],
    },
    Builtin {
        name: "Na15Sn4",
        doc: "sodium-tin alloy, fully sodiated; no conductivity: give `ohm` in the case where current passes through it",
        laws: "elastic = { young = \"20 GPa\", poisson = 0.28 }\n",
        values: &[
            Provenance {
                path: "elastic.young",
                value: "20 GPa",
                source: "softens by up to 75 % from tin, 50 GPa",
                mark: Mark::Memory,
            },
            Provenance {
                path: "elastic.poisson",
                value: "0.28",
                source: "0.25 to 0.3 by class",
                mark: Mark::Memory,
            },
            Provenance {
                path: "density",
                value: "2.42 g/cm^3",
                source: "819.69 g/mol over the molar volume",
                mark: Mark::Derived,
            },
            Provenance {
                path: "molar_volume",
                value: "338.2 cm^3/mol",
                source: "per Na15Sn4: tin, 118.71 g/mol at 7.3 g/cm3, swells by 420 %",
                mark: Mark::Derived,
            },
        ],
    },
    Builtin {
        name: "Al",
        doc: "aluminium, current collector",
        laws: "ohm = { conductivity = \"3.77e7 S/m\" }\nelastic = { young = \"70 GPa\", poisson = 0.33 }\n",
        values: &[
            Provenance {
                path: "ohm.conductivity",
                value: "3.77e7 S/m",
                source: "handbook, 20 degC",
                mark: Mark::Memory,
            },
            Provenance {
                path: "elastic.young",
                value: "70 GPa",
                source: "public inputs of battery models give 69 GPa and 0.33, handbooks 70 GPa",
                mark: Mark::Public,
            },
            Provenance {
                path: "elastic.poisson",
                value: "0.33",
                source: "public inputs of battery models give 69 GPa and 0.33, handbooks 70 GPa",
                mark: Mark::Public,
            },
            Provenance {
                path: "hardness",
                value: "160 MPa",
                source: "Vickers hardness of current collectors, anode-free sodium cells",
                mark: Mark::Read,
            },
            Provenance {
                path: "density",
                value: "2.70 g/cm^3",
                source: "handbook",
                mark: Mark::Memory,
            },
            Provenance {
                path: "molar_volume",
                value: "9.99 cm^3/mol",
                source: "26.982 g/mol over the density",
                mark: Mark::Memory,
            },
        ],
    },
    Builtin {
        name: "Cu",
        doc: "copper, current collector",
        laws: "ohm = { conductivity = \"5.96e7 S/m\" }\nelastic = { young = \"115 GPa\", poisson = 0.34 }\n",
        values: &[
            Provenance {
                path: "ohm.conductivity",
                value: "5.96e7 S/m",
                source: "handbook, 20 degC; the annealed standard is 5.80e7 S/m",
                mark: Mark::Memory,
            },
            Provenance {
                path: "elastic.young",
                value: "115 GPa",
                source: "public inputs of battery models; handbooks give 120 GPa",
                mark: Mark::Public,
            },
            Provenance {
                path: "elastic.poisson",
                value: "0.34",
                source: "public inputs of battery models; handbooks give 120 GPa",
                mark: Mark::Public,
            },
            Provenance {
                path: "hardness",
                value: "370 MPa",
                source: "Vickers hardness of current collectors, anode-free sodium cells",
                mark: Mark::Read,
            },
            Provenance {
                path: "density",
                value: "8.96 g/cm^3",
                source: "handbook",
                mark: Mark::Memory,
            },
            Provenance {
                path: "molar_volume",
                value: "7.09 cm^3/mol",
                source: "63.546 g/mol over the density",
                mark: Mark::Memory,
            },
        ],
    },
    Builtin {
        name: "Ti",
        doc: "titanium, current collector",
        laws: "ohm = { conductivity = \"2.38e6 S/m\" }\nelastic = { young = \"110 GPa\", poisson = 0.32 }\n",
        values: &[
            Provenance {
                path: "ohm.conductivity",
                value: "2.38e6 S/m",
                source: "handbook, 20 degC",
                mark: Mark::Memory,
            },
            Provenance {
                path: "elastic.young",
                value: "110 GPa",
                source: "handbook",
                mark: Mark::Memory,
            },
            Provenance {
                path: "elastic.poisson",
                value: "0.32",
                source: "handbook",
                mark: Mark::Memory,
            },
            Provenance {
                path: "hardness",
                value: "970 MPa",
                source: "Vickers hardness of current collectors, anode-free sodium cells",
                mark: Mark::Read,
            },
            Provenance {
                path: "density",
                value: "4.51 g/cm^3",
                source: "handbook",
                mark: Mark::Memory,
            },
            Provenance {
                path: "molar_volume",
                value: "10.61 cm^3/mol",
                source: "47.867 g/mol over the density",
                mark: Mark::Memory,
            },
        ],
    },
];

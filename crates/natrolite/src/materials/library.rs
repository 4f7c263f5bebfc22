//! The values of the built-in materials.

use super::Mark::{Derived, Memory, Public, Read};
use super::{Builtin, Mark, Provenance};

const TABLE1: &str = "Energy Environ. Sci. 2025, 18, 4288 (doi 10.1039/d4ee06171c), table 1";
const NPS_YOUNG: &str = "from memory: calculated and ultrasonic values of 25 to 35 GPa";
const NPS_POISSON: &str = "from G/B = 0.458, Energy Environ. Sci. 2025, 18, 4288";
const NPS_CELL: &str =
    "tetragonal cell of 342.9 A^3 with two formula units, Sci. Rep. 2016, 6, 33733, table 3";
const VICKERS: &str = "Vickers hardness of current collectors in the work on anode-free sodium \
                       solid-state cells (preprint of Deysher et al.)";
const MIT_ALUMINIUM: &str = "MIT course 6.777J, material property database, aluminium";
const MIT_COPPER: &str = "MIT course 6.777J, material property database, copper";

const fn value(
    path: &'static str,
    value: &'static str,
    source: &'static str,
    mark: Mark,
) -> Provenance {
    Provenance { path, value, source, mark }
}

/// Every built-in material.
pub const LIBRARY: &[Builtin] = &[
    Builtin {
        name: "Na3SbS4",
        doc: "sodium thioantimonate (NAS), solid electrolyte, room temperature",
        laws: "ohm = { conductivity = \"0.9 mS/cm\" }\n\
               elastic = { young = \"15 GPa\", poisson = 0.411 }\n",
        values: &[
            value("ohm.conductivity", "0.9 mS/cm", TABLE1, Read),
            value(
                "elastic.young",
                "15 GPa",
                "E = 0.536 B, which follows from G/B = 0.19, with B of 25 to 30 GPa from memory",
                Memory,
            ),
            value(
                "elastic.poisson",
                "0.411",
                "from G/B = 0.19, Energy Environ. Sci. 2025, 18, 4288",
                Derived,
            ),
            value("density", "2.87 g/cm^3", "from memory: crystal density", Memory),
            value(
                "molar_volume",
                "111.1 cm^3/mol",
                "318.97 g/mol over the density from memory",
                Memory,
            ),
        ],
    },
    Builtin {
        name: "Na3PS4",
        doc: "sodium thiophosphate (NPS), solid electrolyte, room temperature; Na3PS4-cast follows \
              the temperature",
        laws: "ohm = { conductivity = \"0.1 mS/cm\" }\n\
               elastic = { young = \"30 GPa\", poisson = 0.301 }\n",
        values: &[
            value("ohm.conductivity", "0.1 mS/cm", TABLE1, Read),
            value("elastic.young", "30 GPa", NPS_YOUNG, Memory),
            value("elastic.poisson", "0.301", NPS_POISSON, Derived),
            value("density", "2.21 g/cm^3", "228.18 g/mol over the molar volume", Derived),
            value("molar_volume", "103.2 cm^3/mol", NPS_CELL, Derived),
        ],
    },
    Builtin {
        name: "Na3PS4-cast",
        doc: "sodium thiophosphate, conductivity measured at 25 and 60 degC",
        laws: "ohm.arrhenius = { points = [[\"25 degC\", \"0.143 mS/cm\"], \
               [\"60 degC\", \"0.345 mS/cm\"]], form = \"sigma_T\" }\n\
               elastic = { young = \"30 GPa\", poisson = 0.301 }\n",
        values: &[
            value(
                "ohm.arrhenius.points",
                "0.143 mS/cm at 25 degC, 0.345 mS/cm at 60 degC",
                "cast-annealed Na2S-Na3PS4-CMK-3 composites, impedance of a pellet between platinum",
                Read,
            ),
            value(
                "ohm.arrhenius.form",
                "sigma_T (gives 0.243 eV)",
                "the form that ion hopping gives; 0.214 mS/cm at 40 degC in either form",
                Derived,
            ),
            value("elastic.young", "30 GPa", NPS_YOUNG, Memory),
            value("elastic.poisson", "0.301", NPS_POISSON, Derived),
            value("density", "2.21 g/cm^3", "228.18 g/mol over the molar volume", Derived),
            value("molar_volume", "103.2 cm^3/mol", NPS_CELL, Derived),
        ],
    },
    Builtin {
        name: "hydroborate",
        doc: "sodium closo-hydroborates with two kinds of anions (NBH), solid electrolytes, room \
              temperature",
        laws: "ohm = { conductivity = \"1 mS/cm\" }\n\
               elastic = { young = \"15 GPa\", poisson = 0.3 }\n",
        values: &[
            value(
                "ohm.conductivity",
                "1 mS/cm",
                "close to or above 1 mS/cm at room temperature: Brighi, Murgia and Cerny, Cell Rep. \
                 Phys. Sci. 2020, 1, 100217, abstract",
                Public,
            ),
            value(
                "elastic.young",
                "15 GPa",
                "from memory: soft, 10 to 20 GPa by class; no measured value is known",
                Memory,
            ),
            value(
                "elastic.poisson",
                "0.3",
                "from memory: by class; no measured value is known",
                Memory,
            ),
            value(
                "activation_energy",
                "0.6 eV",
                "apparent, above -50 degC: Ionic Conduction Mechanism in the \
                 Na2(B12H12)0.5(B10H10)0.5 closo-Borate Solid-State Electrolyte, 2019, abstract; \
                 another regime follows, so `ohm` does not use it",
                Public,
            ),
        ],
    },
    Builtin {
        name: "Na",
        doc: "sodium metal",
        laws: "ohm = { conductivity = \"2.1e7 S/m\" }\n\
               elastic = { young = \"4.6 GPa\", poisson = 0.34 }\n",
        values: &[
            value(
                "ohm.conductivity",
                "2.1e7 S/m",
                "public input of a sodium/beta-alumina void model; public tables give 4.69e-8 to \
                 4.8e-8 ohm m",
                Public,
            ),
            value(
                "elastic.young",
                "4.6 GPa",
                "acoustic, polycrystal: Wang, Chang, Wolfenstine and Sakamoto, Materialia 2020, 12, \
                 100792, abstract; public tables give 6.8 to 10 GPa",
                Public,
            ),
            value(
                "elastic.poisson",
                "0.34",
                "matmake.com, table of sodium, after Cardarelli's Materials Handbook and the CRC \
                 Handbook",
                Public,
            ),
            value(
                "hardness",
                "0.7 MPa",
                "three times the yield strength (Tabor) of 0.19 to 0.28 MPa at 1e-3 1/s, Materialia \
                 2020, 12, 100792: 0.6 to 0.84 MPa; public tables give 0.69 MPa (Brinell); depends \
                 on rate and temperature",
                Derived,
            ),
            value(
                "density",
                "0.971 g/cm^3",
                "plated thicknesses of 26.5 and 61.9 um at 3 and 7 mAh/cm^2 (preprint of Deysher et \
                 al.) give 0.970 to 0.971; public tables 0.968 to 0.970",
                Derived,
            ),
            value("molar_volume", "23.68 cm^3/mol", "22.990 g/mol over the density", Derived),
        ],
    },
    Builtin {
        name: "Na15Sn4",
        doc: "sodium-tin alloy, fully sodiated",
        laws: "ohm = { conductivity = \"1e6 S/m\" }\n\
               elastic = { young = \"20 GPa\", poisson = 0.28 }\n",
        values: &[
            value(
                "ohm.conductivity",
                "1e6 S/m",
                "from memory: order of magnitude of intermetallic compounds; no measured value is \
                 known",
                Memory,
            ),
            value(
                "elastic.young",
                "20 GPa",
                "from memory: tin, 50 GPa, softened; by up to 75 % in Na alloys, Mortazavi et al., \
                 J. Power Sources 2013, 225, 207, abstract",
                Memory,
            ),
            value("elastic.poisson", "0.28", "from memory: 0.25 to 0.3 by class", Memory),
            value(
                "hardness",
                "150 MPa",
                "from memory: three times a flow stress of 10 to 100 MPa by class",
                Memory,
            ),
            value("density", "2.42 g/cm^3", "819.69 g/mol over the molar volume", Derived),
            value(
                "molar_volume",
                "338.2 cm^3/mol",
                "per Na15Sn4: tin, 118.71 g/mol at 7.3 g/cm^3 (Adv. Energy Mater. 2025, \
                 doi 10.1002/aenm.202405678), swollen by 420 % (Wang et al., Microstructural \
                 Evolution of Tin Nanoparticles, Nano Lett., abstract)",
                Derived,
            ),
        ],
    },
    Builtin {
        name: "Al",
        doc: "aluminium, current collector",
        laws: "ohm = { conductivity = \"3.54e7 S/m\" }\n\
               elastic = { young = \"70 GPa\", poisson = 0.33 }\n",
        values: &[
            value("ohm.conductivity", "3.54e7 S/m", MIT_ALUMINIUM, Public),
            value("elastic.young", "70 GPa", MIT_ALUMINIUM, Public),
            value("elastic.poisson", "0.33", MIT_ALUMINIUM, Public),
            value("hardness", "160 MPa", VICKERS, Read),
            value("density", "2.70 g/cm^3", MIT_ALUMINIUM, Public),
            value("molar_volume", "9.99 cm^3/mol", "26.982 g/mol over the density", Derived),
        ],
    },
    Builtin {
        name: "Cu",
        doc: "copper, current collector",
        laws: "ohm = { conductivity = \"5.8e7 S/m\" }\n\
               elastic = { young = \"115 GPa\", poisson = 0.34 }\n",
        values: &[
            value(
                "ohm.conductivity",
                "5.8e7 S/m",
                "International Annealed Copper Standard, 20 degC",
                Public,
            ),
            value(
                "elastic.young",
                "115 GPa",
                "public input of a battery model; public tables give 110 to 120 GPa \
                 (diracdelta.co.uk) and 130 GPa (mateck.com)",
                Public,
            ),
            value("elastic.poisson", "0.34", MIT_COPPER, Public),
            value("hardness", "370 MPa", VICKERS, Read),
            value("density", "8.96 g/cm^3", MIT_COPPER, Public),
            value("molar_volume", "7.09 cm^3/mol", "63.546 g/mol over the density", Derived),
        ],
    },
    Builtin {
        name: "Ti",
        doc: "titanium, current collector",
        laws: "ohm = { conductivity = \"2.38e6 S/m\" }\n\
               elastic = { young = \"110 GPa\", poisson = 0.32 }\n",
        values: &[
            value(
                "ohm.conductivity",
                "2.38e6 S/m",
                "0.420 uohm m at 20 degC, aemmetal.com, table of titanium",
                Public,
            ),
            value(
                "elastic.young",
                "110 GPa",
                "from memory: handbooks; 110 to 124 GPa with its alloys",
                Memory,
            ),
            value("elastic.poisson", "0.32", "from memory: handbooks", Memory),
            value("hardness", "970 MPa", VICKERS, Read),
            value(
                "density",
                "4.507 g/cm^3",
                "alpha phase at 20 degC, espimetals.com, table of titanium",
                Public,
            ),
            value("molar_volume", "10.62 cm^3/mol", "47.867 g/mol over the density", Derived),
        ],
    },
];

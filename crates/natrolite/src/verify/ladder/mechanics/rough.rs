//! Rough contact at tabulated values.

use super::super::super::closed_form::mechanics::{exponential_summits_fraction, gaussian_summits};
use super::super::super::closed_form::{holm_cluster_resistance, holm_spot_resistance};
use super::super::super::row::{Problem, Row};
use super::worst;
use contact::rough::{
    ContactFraction, CooperMikicYovanovich, GreenwoodWilliamson, Heights, Persson, Plastic,
    PlasticForm, Spots, holm_cluster_resistance as cluster, holm_spot_radius,
};

/// A row of its own, the worst of pairs (expected, got).
fn problem(
    name: &str,
    what: &str,
    tolerance: f64,
    because: &str,
    source: &'static str,
    pairs: fn() -> Vec<(f64, f64)>,
) -> Problem {
    let row = Row::new(format!("rough.{name}"), what, tolerance, because, source);
    Problem::new(vec![row], move || Ok(vec![worst(pairs())?]))
}

/// erf at 0.1, 0.5, 1 and 2: Abramowitz and Stegun, table 7.1.
const ERROR_FUNCTION: [(f64, f64); 4] = [
    (0.1, 0.112_462_916_0),
    (0.5, 0.520_499_877_8),
    (1.0, 0.842_700_792_9),
    (2.0, 0.995_322_265_0),
];

fn persson() -> Vec<(f64, f64)> {
    let (effective_modulus, rms_slope) = (5.2e9, 0.05);
    let area_coefficient = (8.0 / std::f64::consts::PI).sqrt();
    let law = ContactFraction::Persson(Persson { effective_modulus, rms_slope, area_coefficient });
    // f = erf(sqrt(2) p / (E* h')).
    let pressure = |x: f64| x * effective_modulus * rms_slope / 2f64.sqrt();
    ERROR_FUNCTION.map(|(x, erf)| (erf, law.fraction(pressure(x)))).into()
}

/// The law with summits of 1 um, 1e11 per m2, and heights of 0.5 um; E* = 30 GPa.
fn greenwood_williamson(heights: Heights) -> ContactFraction {
    ContactFraction::GreenwoodWilliamson(GreenwoodWilliamson {
        summit_density: 1e11,
        summit_radius: 1e-6,
        summit_height: 0.5e-6,
        effective_modulus: 30e9,
        heights,
    })
}

fn gaussian() -> Vec<(f64, f64)> {
    let law = greenwood_williamson(Heights::Gaussian);
    let at = |d: f64| {
        let (fraction, pressure) = gaussian_summits(1e11, 1e-6, 0.5e-6, 30e9, d);
        (fraction, law.fraction(pressure))
    };
    [-1.0, 0.0, 1.0, 2.0, 3.0, 4.0].map(at).into()
}

fn exponential() -> Vec<(f64, f64)> {
    let law = greenwood_williamson(Heights::Exponential);
    let at = |p: f64| (exponential_summits_fraction(1e-6, 0.5e-6, 30e9, p), law.fraction(p));
    [1e3, 1e6, 1e8].map(at).into()
}

/// Hardness 0.7 MPa, pressures in MPa and fractions as whole quotients.
fn plastic() -> Vec<(f64, f64)> {
    let law = |form| ContactFraction::Plastic(Plastic { hardness: 0.7e6, form });
    let (capped, saturated) = (law(PlasticForm::Capped), law(PlasticForm::Saturated));
    vec![
        (0.1, capped.fraction(0.07e6)),
        (0.5, capped.fraction(0.35e6)),
        (1.0, capped.fraction(5e6)),
        (1.0 / 11.0, saturated.fraction(0.07e6)),
        (0.5, saturated.fraction(0.7e6)),
        (100.0 / 107.0, saturated.fraction(10e6)),
    ]
}

/// (p/H)^0.95 at p/H = 0.1, 0.01 and 0.001: powers of ten of -0.95, -1.9 and -2.85.
fn cooper_mikic_yovanovich() -> Vec<(f64, f64)> {
    let (conductivity, rms_slope, rms_roughness, hardness) = (2.0, 0.1, 1e-6, 1e6);
    let law = CooperMikicYovanovich { conductivity, rms_slope, rms_roughness, hardness };
    let powers = [
        (0.1, 0.112_201_845_430_196_36),
        (0.01, 0.012_589_254_117_941_67),
        (0.001, 0.001_412_537_544_622_754),
    ];
    powers.map(|(ratio, power)| (2.5e5 * power, law.conductance(ratio * hardness))).into()
}

/// Spots that cover 1 % of a face, 1e10 per m2: each side of each has 1 / (4 k a).
fn holm() -> Vec<(f64, f64)> {
    let (conductivity, density) = (0.09, 1e10);
    let spots = Spots { conductivity, density };
    let a = holm_spot_radius(0.01, density);
    let spot = 2.0 * holm_spot_resistance(conductivity, a);
    vec![
        (0.01, density * std::f64::consts::PI * a * a),
        (density / spot, spots.conductance(0.01)),
        (
            holm_cluster_resistance(conductivity, 1e-6, 50.0, 1e-4),
            cluster(conductivity, 50.0, 1e-6, 1e-4),
        ),
    ]
}

/// Elastic, plastic, and what passes.
pub(super) fn problems() -> Vec<Problem> {
    let rounding = "rounding";
    vec![
        problem(
            "persson",
            "contact fraction at sqrt(2) p / (E* h') = 0.1, 0.5, 1, 2",
            1e-9,
            "ten digits of the table",
            "Persson, J. Chem. Phys. 115 (2001) 3840; erf: Abramowitz and Stegun, table 7.1",
            persson,
        ),
        problem(
            "greenwood_williamson.gaussian",
            "contact fraction at separations of -1 to 4 standard deviations",
            1e-10,
            "quadrature, and the separation found for a load",
            "Greenwood and Williamson (1966), eq. 9 and 10, by quadrature",
            gaussian,
        ),
        problem(
            "greenwood_williamson.exponential",
            "contact fraction at 1 kPa, 1 MPa and 100 MPa",
            1e-13,
            rounding,
            "Greenwood and Williamson (1966), eq. 13 and 14",
            exponential,
        ),
        problem(
            "plastic",
            "contact fraction, capped and saturated, p/H from 0.1 to 14",
            1e-13,
            rounding,
            "Tabor, The Hardness of Metals; Pullen and Williamson (1972)",
            plastic,
        ),
        problem(
            "cooper_mikic_yovanovich",
            "conductance [S/m2] at p/H = 0.1, 0.01, 0.001",
            1e-13,
            rounding,
            "Cooper, Mikic and Yovanovich (1969), Yovanovich (1982)",
            cooper_mikic_yovanovich,
        ),
        problem(
            "holm",
            "conductance of equal spots, and resistance of a cluster",
            1e-13,
            rounding,
            "Holm, Electric Contacts, sec. 4; Greenwood, Br. J. Appl. Phys. 17 (1966) 1621",
            holm,
        ),
    ]
}

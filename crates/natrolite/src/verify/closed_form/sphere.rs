//! A sphere in a uniform field, and a dilute suspension of spheres.

/// `C` of `phi = E cos(theta) (r - C a^3 / r^2)` around a sphere.
///
/// `conductivity_ratio` is that of the sphere over the matrix (0 insulating, infinite metal),
/// `wagner = kappa rho / a` that of a resistive interface of `rho` (ohm m^2).
fn dipole(conductivity_ratio: f64, wagner: f64) -> f64 {
    let series = wagner + 1.0 / conductivity_ratio;
    if series.is_infinite() { -0.5 } else { (1.0 - series) / (1.0 + 2.0 * series) }
}

/// Normal current density over the remote one (1) at the angle theta from the field:
/// `3 cos(theta) / (1 + 2 (Wa + kappa / kappa_sphere))`.
///
/// `conductivity_ratio = kappa_sphere / kappa >= 0`, infinity for a metal; `wagner = kappa rho / a`
/// with the interface resistance `rho` (ohm m^2). At the pole of a metal sphere: 3. Source:
/// Carslaw and Jaeger, Conduction of Heat in Solids, sec. 16.4; with the resistance: Hasselman
/// and Johnson, J. Compos. Mater. 21 (1987) 508.
pub fn sphere_normal_current_ratio(conductivity_ratio: f64, wagner: f64, cos_theta: f64) -> f64 {
    (1.0 + 2.0 * dipole(conductivity_ratio, wagner)) * cos_theta
}

/// Tangential current density in the matrix over the remote one (1): `(1 - C) sin(theta)` with C
/// of the dipole; 1.5 at the equator of an insulating sphere. Arguments as
/// [`sphere_normal_current_ratio`].
pub fn sphere_tangential_current_ratio(
    conductivity_ratio: f64,
    wagner: f64,
    sin_theta: f64,
) -> f64 {
    (1.0 - dipole(conductivity_ratio, wagner)) * sin_theta
}

/// Maxwell's conductivity of a suspension over that of the matrix (1),
/// `(1 + 2 C f) / (1 - C f)`, volume fraction `fraction` = f; C as for one sphere.
///
/// Exact to first order in f, and the Hashin-Shtrikman bound at any f. Source: Maxwell, Treatise on
/// Electricity and Magnetism, art. 314.
pub fn maxwell_conductivity_ratio(conductivity_ratio: f64, wagner: f64, fraction: f64) -> f64 {
    let c = dipole(conductivity_ratio, wagner) * fraction;
    (1.0 + 2.0 * c) / (1.0 - c)
}

/// First order of [`maxwell_conductivity_ratio`]: `1 + 3 C f`, `1 - 1.5 f` for insulating spheres.
pub fn maxwell_dilute_conductivity_ratio(
    conductivity_ratio: f64,
    wagner: f64,
    fraction: f64,
) -> f64 {
    1.0 + 3.0 * dipole(conductivity_ratio, wagner) * fraction
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::*;

    #[test]
    fn insulating_metal_and_resistive_spheres() {
        assert_close(sphere_tangential_current_ratio(0.0, 0.0, 1.0), 1.5, 1e-15);
        assert_eq!(sphere_normal_current_ratio(0.0, 0.0, 1.0), 0.0);
        assert_close(sphere_normal_current_ratio(f64::INFINITY, 0.0, 1.0), 3.0, 1e-15);
        assert_close(sphere_normal_current_ratio(f64::INFINITY, 1.0, 1.0), 1.0, 1e-15);
        assert_close(sphere_normal_current_ratio(1.0, 0.0, 0.3), 0.3, 1e-15);
        // A sphere of twice the conductivity: field inside 3/(2 + 2) of the remote one.
        assert_close(sphere_normal_current_ratio(2.0, 0.0, 1.0), 2.0 * 0.75, 1e-15);
    }

    #[test]
    fn maxwell_and_its_dilute_limit() {
        assert_close(maxwell_dilute_conductivity_ratio(0.0, 0.0, 0.02), 0.97, 1e-15);
        assert_close(maxwell_conductivity_ratio(0.0, 0.0, 0.2), 0.8 / 1.1, 1e-15);
        let f = 1e-5;
        let slope = (maxwell_conductivity_ratio(4.0, 0.3, f) - 1.0) / f;
        let dilute = (maxwell_dilute_conductivity_ratio(4.0, 0.3, f) - 1.0) / f;
        assert_close(slope, dilute, 1e-5);
    }
}

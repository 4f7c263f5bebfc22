//! A thick cylinder under internal pressure, in plane strain.

/// Lame's solution:
///
///   sigma_rr = A - B / r^2,   sigma_tt = A + B / r^2,   u = (1 + nu) / E (A (1 - 2 nu) r + B / r)
///   A = p a^2 / (b^2 - a^2),   B = A b^2
///
/// Source: Timoshenko and Goodier, *Theory of Elasticity*, 3rd ed., eq. 45 and 46.
#[derive(Clone, Copy, Debug)]
pub struct PressedCylinder {
    /// Radius a of the bore \[m\].
    pub inner: f64,
    /// Outer radius b \[m\].
    pub outer: f64,
    /// Pressure p in the bore \[Pa\].
    pub pressure: f64,
    /// Young's modulus E \[Pa\].
    pub young: f64,
    /// Poisson's ratio nu.
    pub poisson: f64,
}

impl PressedCylinder {
    /// A and B, Pa and N.
    fn constants(&self) -> (f64, f64) {
        let (a2, b2) = (self.inner * self.inner, self.outer * self.outer);
        let a = self.pressure * a2 / (b2 - a2);
        (a, a * b2)
    }

    /// Radial displacement u \[m\] at the radius r \[m\].
    pub fn displacement(&self, r: f64) -> f64 {
        let (a, b) = self.constants();
        (1.0 + self.poisson) / self.young * (a * (1.0 - 2.0 * self.poisson) * r + b / r)
    }

    /// Radial and hoop stress \[Pa\] at the radius r \[m\].
    pub fn stress(&self, r: f64) -> [f64; 2] {
        let (a, b) = self.constants();
        [a - b / (r * r), a + b / (r * r)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::assert_close;
    use super::*;

    #[test]
    fn bore_of_10_in_a_cylinder_of_20() {
        let (inner, outer, pressure) = (10.0, 20.0, 100.0);
        let cylinder = PressedCylinder { inner, outer, pressure, young: 2e4, poisson: 0.3 };
        let [radial, hoop] = cylinder.stress(12.0);
        assert_close(radial, -59.259_259_259_259_26, 1e-14);
        assert_close(hoop, 125.925_925_925_925_92, 1e-14);
        assert_close(cylinder.displacement(10.0), 0.095_333_333_333_333_37, 1e-14);
        assert!(cylinder.stress(20.0)[0].abs() < 1e-13);
    }
}

//! The auxiliary function g of the sine and cosine integrals.

const EULER: f64 = 0.577_215_664_901_532_9;

/// `g(z) = integral over t > 0 of cos(t) / (t + z) = -Ci(z) cos z - si(z) sin z`, for `z > 0`.
///
/// It is the potential along an electrode plane with linear kinetics of a line source on it.
/// Power series up to `z = 4`, above that the continued fraction of `exp(i z) E1(i z)`, whose
/// real part it is; relative error below 1e-13. Source: Abramowitz and Stegun, 5.2.7, 5.2.14 to
/// 5.2.16 and 5.1.22.
pub(super) fn auxiliary_g(z: f64) -> f64 {
    if z <= 4.0 { series(z) } else { continued_fraction(z) }
}

fn series(z: f64) -> f64 {
    let square = z * z;
    let (mut cosine_integral, mut sine_integral) = (EULER + z.ln(), z);
    let mut power = 1.0; // z^n / n! with its sign
    for k in 1..=20 {
        let even = f64::from(2 * k);
        power *= -square / (even * (even - 1.0));
        cosine_integral += power / even;
        let odd = even + 1.0;
        let next = power * z / (odd * odd);
        sine_integral += next;
        if power.abs() < 1e-18 {
            break;
        }
    }
    let (sin, cos) = z.sin_cos();
    (std::f64::consts::FRAC_PI_2 - sine_integral) * sin - cosine_integral * cos
}

/// Evaluated from the tail with a depth that grows as `z` falls: 1/(w+1-1/(w+3-4/(w+5-...))).
fn continued_fraction(z: f64) -> f64 {
    let depth = if z > 40.0 { 12 } else { 20 + (200.0 / z) as i32 };
    let (mut re, mut im) = (f64::from(2 * depth + 1), z);
    for n in (1..=depth).rev() {
        let scale = f64::from(n * n) / (re * re + im * im);
        re = f64::from(2 * n - 1) - scale * re;
        im = z + scale * im;
    }
    re / (re * re + im * im)
}

#[cfg(test)]
mod tests {
    use super::super::assert_close;
    use super::super::gauss::gauss_legendre;
    use super::*;

    /// `g(z) = integral of t exp(-z t) / (1 + t^2)` (Abramowitz and Stegun, 5.2.13).
    fn by_quadrature(z: f64) -> f64 {
        let rule = gauss_legendre(20);
        let mut sum = 0.0;
        let (mut left, mut width) = (0.0, 2.0 / (z + 4.0));
        while z * left < 45.0 {
            for (x, w) in &rule {
                let t = left + width * x;
                sum += w * width * t * (-z * t).exp() / (1.0 + t * t);
            }
            left += width;
            width *= 1.2;
        }
        sum
    }

    #[test]
    fn agrees_with_its_laplace_integral() {
        for z in [0.01, 0.3, 1.0, 2.5, 3.99, 4.01, 7.0, 20.0, 39.0, 41.0, 300.0] {
            assert_close(auxiliary_g(z), by_quadrature(z), 2e-13);
        }
    }

    #[test]
    fn has_the_tabulated_value_at_one() {
        // Abramowitz and Stegun, table 5.1: Ci(1) = 0.3374039229, Si(1) = 0.9460830704.
        let si = 0.946_083_070_4 - std::f64::consts::FRAC_PI_2;
        assert_close(auxiliary_g(1.0), -0.337_403_922_9 * 1f64.cos() - si * 1f64.sin(), 1e-9);
    }
}

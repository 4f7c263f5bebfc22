//! Plastic contact: the softer body yields wherever it touches.
//!
//!   form "capped":     f = min(p / H, 1)
//!   form "saturated":  f = p / (p + H)
//!
//! p  nominal contact pressure, Pa;   H  hardness, Pa, about three times the yield strength
//!
//! The spots carry H, so that p = f H as long as they do not meet. In the saturated form the metal
//! that is pressed out of the spots lifts the rest of the surface, which then needs a higher pressure.
//! For a metal that creeps, H is that at the rate and temperature of the cell.
//! Sources: Tabor, *The Hardness of Metals*, chapter 2; Pullen and Williamson, Proc. R. Soc. Lond. A
//! 327 (1972) 159 (saturated form).

use fem::Real;

/// What happens when the spots meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlasticForm {
    /// f = p / H up to 1.
    Capped,
    /// f = p / (p + H).
    Saturated,
}

/// See the [module](self).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plastic {
    /// H \[Pa\].
    pub hardness: f64,
    /// What happens when the spots meet.
    pub form: PlasticForm,
}

impl Plastic {
    /// f at a contact pressure p \[Pa\] of zero or more.
    pub fn fraction<S: Real>(&self, pressure: S) -> S {
        match self.form {
            PlasticForm::Capped => pressure * (1.0 / self.hardness),
            PlasticForm::Saturated => pressure.map(|p| {
                let open = 1.0 / (1.0 + p / self.hardness);
                // Rises without a step back in the last digit, which p / (p + H) does not.
                (1.0 / (1.0 + self.hardness / p), open * open / self.hardness)
            }),
        }
    }
}

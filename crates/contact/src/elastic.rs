//! Isotropic linear elasticity.
//!
//!   sigma = lambda tr(e) I + 2 mu e,    e = (grad u + grad u^T) / 2
//!   lambda = E nu / ((1 + nu)(1 - 2 nu)),    mu = E / (2 (1 + nu))
//!
//! weak form: integral of sigma : grad v
//!
//! sigma  stress, Pa, tension positive;   e  strain, 1;   u  displacement, m
//! E      Young's modulus, Pa;   nu  Poisson's ratio, 1;   lambda, mu  Lame's constants, Pa
//!
//! In plane strain, axial symmetry and space the law reads a gradient whose divergence is projected, so
//! that nearly incompressible bodies do not lock (see `fem`, `dilatation`). In plane stress the strain
//! through the thickness is solved out of sigma_tt = 0:
//!
//!   e_tt = -lambda / (lambda + 2 mu) (e_11 + e_22),    lambda -> 2 lambda mu / (lambda + 2 mu)
//!
//! which stays finite for nu = 1/2, so that nothing can lock. Valid for small strains and rotations.
//! Source: Timoshenko and Goodier, *Theory of Elasticity*, 3rd ed., sections 6, 11 and 16.

use crate::DISPLACEMENT;
use fem::registry::{Entry, Kind, Parameter, ParameterError, Place, Presence, Range};
use fem::{Law, Point, Real, Slot};

/// What is assumed of the direction out of a plane mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Nothing: space, axial symmetry, or plane strain, where the strain along it is zero.
    None,
    /// No stress on planes normal to this axis (0, 1, 2 for x, y, z).
    PlaneStress(usize),
}

/// The law sigma = lambda tr(e) I + 2 mu e, see the top of this file.
#[derive(Clone, Copy, Debug)]
pub struct Elastic {
    /// lambda \[Pa\]; in plane stress 2 lambda mu / (lambda + 2 mu).
    pub lambda: f64,
    /// mu \[Pa\].
    pub mu: f64,
    /// What is assumed of the direction out of the plane.
    pub reduction: Reduction,
}

impl Elastic {
    /// From Young's modulus \[Pa\] and Poisson's ratio.
    ///
    /// # Errors
    /// Unless E > 0 and -1 < nu < 1/2; the message says what was got.
    pub fn new(young: f64, poisson: f64, reduction: Reduction) -> Result<Self, ParameterError> {
        if !(young > 0.0 && young.is_finite()) {
            let message = format!("got {young} Pa, a positive number is wanted");
            return Err(ParameterError { parameter: "young", message });
        }
        if !(poisson > -1.0 && poisson < 0.5) {
            let message = format!("got {poisson}, a number between -1 and 0.5 is wanted");
            return Err(ParameterError { parameter: "poisson", message });
        }
        let mu = 0.5 * young / (1.0 + poisson);
        let lambda = match reduction {
            Reduction::None => 2.0 * mu * poisson / (1.0 - 2.0 * poisson),
            Reduction::PlaneStress(_) => 2.0 * mu * poisson / (1.0 - poisson),
        };
        Ok(Elastic { lambda, mu, reduction })
    }

    /// Young's modulus over 1 - nu^2 \[Pa\]: the stiffness of a half-space against contact.
    pub fn plane_modulus(&self) -> f64 {
        match self.reduction {
            Reduction::None => {
                4.0 * self.mu * (self.lambda + self.mu) / (self.lambda + 2.0 * self.mu)
            }
            Reduction::PlaneStress(_) => 2.0 * self.mu + self.lambda,
        }
    }

    /// False for the axis that carries no stress.
    fn carries(&self, axis: usize) -> bool {
        self.reduction != Reduction::PlaneStress(axis)
    }
}

impl Law for Elastic {
    fn slots(&self) -> &[Slot] {
        match self.reduction {
            Reduction::None => const { &[Slot::lock_free_gradient(DISPLACEMENT)] },
            Reduction::PlaneStress(_) => const { &[Slot::vector_gradient(DISPLACEMENT)] },
        }
    }

    fn is_linear(&self) -> bool {
        true
    }

    fn is_uniform(&self) -> bool {
        true
    }

    fn evaluate<S: Real>(&self, _: &Point, g: &[S], r: &mut [S]) {
        let mut trace = S::from(0.0);
        for i in (0..3).filter(|&i| self.carries(i)) {
            trace = trace + g[4 * i];
        }
        for i in 0..3 {
            for j in 0..3 {
                r[3 * i + j] = if self.carries(i) && self.carries(j) {
                    (g[3 * i + j] + g[3 * j + i]) * self.mu
                } else {
                    S::from(0.0)
                };
            }
            if self.carries(i) {
                r[4 * i] = r[4 * i] + trace * self.lambda;
            }
        }
    }

    fn tangent_by_hand(&self, _: &Point, _: &[f64], t: &mut [f64]) -> bool {
        t.fill(0.0);
        for i in (0..3).filter(|&i| self.carries(i)) {
            for j in (0..3).filter(|&j| self.carries(j)) {
                t[(3 * i + j) * 9 + 3 * i + j] += self.mu;
                t[(3 * i + j) * 9 + 3 * j + i] += self.mu;
                t[4 * i * 9 + 4 * j] += self.lambda;
            }
        }
        true
    }
}

/// `elastic` in the case file.
pub const ENTRY: Entry = Entry {
    name: "elastic",
    places: &[Place::Material],
    parameters: &[
        Parameter {
            name: "young",
            kind: Kind::Number { unit: "Pa", range: Range::Positive },
            presence: Presence::Required,
            doc: "Young's modulus E",
        },
        Parameter {
            name: "poisson",
            kind: Kind::Number { unit: "1", range: Range::Open(-1.0, 0.5) },
            presence: Presence::Required,
            doc: "Poisson's ratio nu; 0.4999 is no trouble with second-order cells",
        },
    ],
    doc: "isotropic linear elasticity: sigma = lambda tr(e) I + 2 mu e, \
          lambda = E nu / ((1 + nu)(1 - 2 nu)), mu = E / (2 (1 + nu))",
    source: "Timoshenko and Goodier, Theory of Elasticity, 3rd ed., eq. 3 and 11",
    build: Some(|values, _| {
        let (young, poisson) = (values.required("young"), values.required("poisson"));
        Ok(Box::new(Elastic::new(young, poisson, Reduction::None)?))
    }),
};

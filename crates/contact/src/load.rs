//! Forces given on a boundary.
//!
//! The weak form gains minus the integral of t . v, with t the force per area on the body, Pa.

use crate::DISPLACEMENT;
use fem::registry::{Entry, Kind, Parameter, Place, Presence, Range};
use fem::{Law, Point, Real, Slot};

/// A pressure normal to the surface as it was before loading: t = -p n.
#[derive(Clone, Copy, Debug)]
pub struct Pressure {
    /// p \[Pa\], compression positive.
    pub pressure: f64,
}

impl Law for Pressure {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::vector(DISPLACEMENT)] }
    }

    fn is_load(&self) -> bool {
        true
    }

    fn evaluate<S: Real>(&self, point: &Point, _: &[S], r: &mut [S]) {
        for (r, n) in r.iter_mut().zip(point.normal) {
            *r = S::from(self.pressure * n);
        }
    }
}

/// A force per area with a fixed direction.
#[derive(Clone, Copy, Debug)]
pub struct Traction {
    /// t along x, y, z \[Pa\]; in axial symmetry radial, hoop, axial.
    pub traction: [f64; 3],
}

impl Law for Traction {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::vector(DISPLACEMENT)] }
    }

    fn is_load(&self) -> bool {
        true
    }

    fn evaluate<S: Real>(&self, _: &Point, _: &[S], r: &mut [S]) {
        for (r, t) in r.iter_mut().zip(self.traction) {
            *r = S::from(-t);
        }
    }
}

/// `pressure` in the case file.
pub const PRESSURE: Entry = Entry {
    name: "pressure",
    places: &[Place::Boundary],
    parameters: &[Parameter {
        name: "value",
        kind: Kind::Number { unit: "Pa", range: Range::Any },
        presence: Presence::Required,
        doc: "pressure p, compression positive",
    }],
    doc: "pressure on a boundary: t = -p n",
    source: "Timoshenko and Goodier, Theory of Elasticity, 3rd ed., section 9",
    build: Some(|values, _| Ok(Box::new(Pressure { pressure: values.required("value") }))),
};

/// `traction` in the case file.
pub const TRACTION: Entry = Entry {
    name: "traction",
    places: &[Place::Boundary],
    parameters: &[Parameter {
        name: "value",
        kind: Kind::Vector { unit: "Pa" },
        presence: Presence::Required,
        doc: "force per area t on the body along x, y, z; in axial symmetry radial, hoop, axial",
    }],
    doc: "force per area on a boundary, of fixed direction",
    source: "Timoshenko and Goodier, Theory of Elasticity, 3rd ed., section 9",
    build: Some(|values, _| {
        Ok(Box::new(Traction { traction: values.vector("value").unwrap_or_default() }))
    }),
};

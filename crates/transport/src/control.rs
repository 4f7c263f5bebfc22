//! What is imposed on a boundary: a potential, or a current.

use crate::POTENTIAL as FIELD;
use fem::registry::{Entry, Kind, Parameter, Place, Presence, Range};
use fem::{Law, Point, Real, Slot};

/// A uniform current density that enters the body through a boundary.
///
/// Weak form: the electrolyte gains -i v, with i \[A/m2\] positive into the body.
pub struct SurfaceCurrent {
    /// i \[A/m2\].
    pub density: f64,
}

impl Law for SurfaceCurrent {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::value(FIELD)] }
    }

    fn evaluate<S: Real>(&self, _: &Point, _: &[S], r: &mut [S]) {
        r[0] = S::from(-self.density);
    }

    fn is_load(&self) -> bool {
        true
    }
}

/// `potential` in the case file.
pub const POTENTIAL: Entry = Entry {
    name: "potential",
    places: &[Place::Boundary],
    parameters: &[Parameter {
        name: "value",
        kind: Kind::Number { unit: "V", range: Range::Any },
        presence: Presence::Required,
        doc: "potential on the boundary",
    }],
    doc: "fixed potential: phi = value (primary current distribution)",
    source: "Newman and Thomas-Alyea, Electrochemical Systems, 3rd ed., section 18.2",
    build: None,
};

/// `current` in the case file.
pub const CURRENT: Entry = Entry {
    name: "current",
    places: &[Place::Boundary],
    parameters: &[
        Parameter {
            name: "density",
            kind: Kind::Number { unit: "A/m^2", range: Range::Any },
            presence: Presence::Optional,
            doc: "mean current density into the body; either this or `total`",
        },
        Parameter {
            name: "total",
            kind: Kind::Extensive { unit: "A", per_depth: "A/m", range: Range::Any },
            presence: Presence::Optional,
            doc: "current into the whole defect cell; either this or `density`",
        },
        Parameter {
            name: "distribution",
            kind: Kind::Choice(&["uniform", "equipotential"]),
            presence: Presence::Optional,
            doc: "uniform (the default): the same density everywhere; equipotential: one unknown \
                  potential on the whole boundary. With a kinetics law on the same boundary the \
                  metal is the equipotential body and this key is not used",
        },
    ],
    doc: "given current into the body: uniform density, an equipotential boundary, or, with a \
          kinetics law on the same boundary, an electrode whose potential floats",
    source: "Newman and Thomas-Alyea, Electrochemical Systems, 3rd ed., section 18.1",
    build: None,
};

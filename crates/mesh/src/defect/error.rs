//! What can be wrong with a built-in geometry.

use super::{Defect, Shape};

/// Why a built-in geometry cannot be meshed; messages name the keys of `[mesh.defect]`.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DefectError {
    /// A length is zero, negative or not finite.
    #[error("mesh.defect: {key} must be positive and finite, got {value} m")]
    NotPositive {
        /// The key in the case file.
        key: &'static str,
        /// What it is \[m\].
        value: f64,
    },
    /// A length is negative or not finite; zero would be accepted.
    #[error("mesh.defect: {key} must be zero or positive and finite, got {value} m")]
    Negative {
        /// The key in the case file.
        key: &'static str,
        /// What it is \[m\].
        value: f64,
    },
    /// A length must be larger than another.
    #[error("mesh.defect: {key} = {value} m must be larger than {limit} m ({what})")]
    TooSmall {
        /// The key in the case file.
        key: &'static str,
        /// What it is \[m\].
        value: f64,
        /// What it must exceed \[m\].
        limit: f64,
        /// What the limit stands for.
        what: &'static str,
    },
    /// A length must be smaller than another.
    #[error("mesh.defect: {key} = {value} m must be smaller than {limit} m ({what})")]
    TooLarge {
        /// The key in the case file.
        key: &'static str,
        /// What it is \[m\].
        value: f64,
        /// What it must stay below \[m\].
        limit: f64,
        /// What the limit stands for.
        what: &'static str,
    },
    /// A disc has no edge to round.
    #[error(
        "mesh.defect: rim_radius rounds the edge of a pore in the electrolyte; a disc has none, got {value} m"
    )]
    RimRadiusOfDisc {
        /// What it is \[m\].
        value: f64,
    },
    /// Only the void under a disc has a gap.
    #[error("mesh.defect: a gap in the metal (depth = {value} m) is possible under a disc only")]
    GapOfPore {
        /// What it is \[m\].
        value: f64,
    },
    /// Cells of this order are not made.
    #[error("mesh.defect: order must be 1 or 2, got {0}")]
    Order(usize),
    /// The mesh would be larger than 32-bit numbers reach.
    #[error(
        "mesh.defect: refinement {refinement} would give about {nodes:.1e} nodes, at most {limit} are possible; \
         refine less or choose a larger rim_size"
    )]
    TooManyNodes {
        /// The number of refinements asked for.
        refinement: u32,
        /// Upper bound of the number of nodes.
        nodes: f64,
        /// The largest number possible.
        limit: u32,
    },
}

use DefectError::*;

/// Room that must remain between defect and box, as a fraction of the defect.
const ROOM: f64 = 0.02;
/// Smallest rim size as a fraction of the radius: below it neighbouring lines meet in rounding.
const SMALLEST_RIM: f64 = 1e-9;

fn positive(key: &'static str, value: f64) -> Result<(), DefectError> {
    if value > 0.0 && value.is_finite() { Ok(()) } else { Err(NotPositive { key, value }) }
}

fn not_negative(key: &'static str, value: f64) -> Result<(), DefectError> {
    if value >= 0.0 && value.is_finite() { Ok(()) } else { Err(Negative { key, value }) }
}

/// Checks all that does not need the shape of the rim.
pub(super) fn check(defect: &Defect) -> Result<(), DefectError> {
    let Defect { shape, radius, rim_radius, width, thickness, rim_size, .. } = *defect;
    positive("radius", radius)?;
    positive("width", width)?;
    positive("thickness", thickness)?;
    positive("rim_size", rim_size)?;
    not_negative("rim_radius", rim_radius)?;
    if !(1..=2).contains(&defect.order) {
        return Err(Order(defect.order));
    }
    if let Shape::Spheroid { depth } | Shape::Cylinder { depth } = shape {
        positive("depth", depth)?;
    }
    if shape == Shape::Disc && rim_radius > 0.0 {
        return Err(RimRadiusOfDisc { value: rim_radius });
    }
    let room = 1.0 + ROOM;
    larger("width", width, room * radius, "the defect's radius and some room")?;
    let key = if shape == Shape::Hemisphere {
        "the hemisphere's radius and some room"
    } else {
        "depth and some room"
    };
    larger("thickness", thickness, room * defect.depth(), key)?;
    if let Shape::Cylinder { depth } = shape {
        // Zero passes: depth is positive.
        smaller("rim_radius", rim_radius, depth / room, "depth less some wall")?;
    }
    smaller("rim_size", rim_size, radius * (1.0 + f64::EPSILON), "radius")?;
    if let Some(anode) = defect.anode {
        positive("anode_thickness", anode.thickness)?;
        not_negative("depth", anode.gap)?;
        if anode.gap > 0.0 && shape != Shape::Disc {
            return Err(GapOfPore { value: anode.gap });
        }
        smaller("depth", anode.gap, anode.thickness / room, "anode_thickness less some metal")?;
    }
    Ok(())
}

/// Checks what depends on the radius `mouth` at which the defect meets z = 0 \[m\].
pub(super) fn check_mouth(defect: &Defect, mouth: f64) -> Result<(), DefectError> {
    if !(mouth.is_finite() && mouth * (1.0 + ROOM) < defect.width) {
        let (value, limit) = (defect.rim_radius, defect.width);
        let what = "width: the rounded edge must end inside it";
        return Err(TooLarge { key: "rim_radius", value, limit, what });
    }
    let what = "1e-9 of the radius of the mouth, where rounding begins";
    larger("rim_size", defect.rim_size, SMALLEST_RIM * mouth, what)
}

fn larger(
    key: &'static str,
    value: f64,
    limit: f64,
    what: &'static str,
) -> Result<(), DefectError> {
    if value > limit { Ok(()) } else { Err(TooSmall { key, value, limit, what }) }
}

fn smaller(
    key: &'static str,
    value: f64,
    limit: f64,
    what: &'static str,
) -> Result<(), DefectError> {
    if value < limit { Ok(()) } else { Err(TooLarge { key, value, limit, what }) }
}

//! Contact as the case file gives it.

use super::Obstacle;
use fem::registry::{Entry, Kind, Parameter, ParameterError, Place, Presence, Range, Values};

const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Parameter {
    Parameter { name, kind, presence: Presence::Optional, doc }
}

const fn length(name: &'static str, doc: &'static str) -> Parameter {
    let kind = Kind::Number { unit: "m", range: Range::Positive };
    Parameter { name, kind, presence: Presence::Required, doc }
}

const AT: Parameter = optional(
    "at",
    Kind::Vector { unit: "m" },
    "where it is nearest to the body before loading; the point of the boundary on the axis x = y = 0 \
     when left out",
);

const SPHERE: &[Parameter] = &[length("radius", "radius of the ball"), AT];

const CYLINDER: &[Parameter] = &[
    length("radius", "radius of the cylinder"),
    Parameter {
        name: "axis",
        kind: Kind::Choice(&["x", "y", "z"]),
        presence: Presence::Default("y"),
        doc: "the axis along which it lies",
    },
    AT,
];

const SINUSOID: &[Parameter] = &[
    length("amplitude", "half the height from valley to crest"),
    length("wavelength", "distance from crest to crest"),
    Parameter {
        name: "direction",
        kind: Kind::Choice(&["x", "y", "z"]),
        presence: Presence::Default("x"),
        doc: "the axis across the crests",
    },
    AT,
];

/// `contact` in the case file.
pub const CONTACT: Entry = Entry {
    name: "contact",
    places: &[Place::Boundary, Place::Interface],
    parameters: &[
        Parameter {
            name: "law",
            kind: Kind::Choice(&["unilateral", "compliant"]),
            presence: Presence::Default("unilateral"),
            doc: "unilateral: bodies part, and do not overlap; compliant: a rough interface, softer the \
                  lighter it is pressed",
        },
        optional(
            "pressure",
            Kind::Number { unit: "Pa", range: Range::Positive },
            "compliant: pressure p0 at zero separation; 0.375 q0 h E* of a self-affine surface",
        ),
        optional(
            "length",
            Kind::Number { unit: "m", range: Range::Positive },
            "compliant: length l over which the pressure falls by e; 0.48 h",
        ),
        optional(
            "gap",
            Kind::Group(&[
                optional(
                    "formula",
                    Kind::Formula { unit: "m" },
                    "gap as a formula of x, y, z and r with the lengths nm, um, mm, m",
                ),
                optional(
                    "table",
                    Kind::Table { units: &["m", "m"] },
                    "rows of distance from the axis x = y = 0 (in planar symmetry |x|) and gap, \
                     straight between them and constant beyond",
                ),
            ]),
            "on an interface: the gap before loading, a formula or a table; that of the mesh when \
             left out",
        ),
        optional(
            "obstacle",
            Kind::Group(&[
                optional("plane", Kind::Flag, "the plane in which the boundary lies"),
                optional("sphere", Kind::Group(SPHERE), "a ball"),
                optional("cylinder", Kind::Group(CYLINDER), "a circular cylinder"),
                optional("sinusoid", Kind::Group(SINUSOID), "a wavy plane"),
            ]),
            "on a boundary, which has to be flat: the rigid obstacle outside; one of these",
        ),
    ],
    doc: "contact without friction, unilateral: gap >= 0, p >= 0, p gap = 0; or compliant: \
          p = p0 exp(-gap / l)",
    source: "Wriggers, Computational Contact Mechanics, 2nd ed., section 2.1; Persson, Phys. Rev. Lett. \
             99 (2007) 125502",
    build: None,
};

/// The obstacle that the group `obstacle` of `contact` describes.
///
/// The boundary lies across the axis `across` (0, 1, 2), its outward normal has the sign `outward`,
/// and `nearest` is the point \[m\] of it where the obstacle stands unless the group says otherwise.
///
/// # Errors
/// Unless exactly one obstacle is given.
pub fn obstacle(
    group: &Values,
    (across, outward): (usize, f64),
    nearest: [f64; 3],
) -> Result<Obstacle, ParameterError> {
    let names: Vec<&str> = group.names().collect();
    let [name] = names[..] else {
        let message = match names.len() {
            0 => "names no obstacle; wanted plane, sphere, cylinder or sinusoid".to_owned(),
            _ => format!("names {}; wanted one of them", names.join(" and ")),
        };
        return Err(ParameterError { parameter: "obstacle", message });
    };
    let unit = |axis: usize, length: f64| {
        let mut v = [0.0; 3];
        v[axis] = length;
        v
    };
    // Out of the obstacle is into the body.
    let normal = unit(across, -outward);
    let Some(given) = group.group(name) else {
        return Ok(Obstacle::Plane { point: nearest, normal });
    };
    let at = given.vector("at").unwrap_or(nearest);
    let axis = |name: &str| match given.choice(name) {
        Some("y") => 1,
        Some("z") => 2,
        _ => 0,
    };
    let centre = |radius: f64| {
        let mut centre = at;
        centre[across] += outward * radius;
        centre
    };
    Ok(match name {
        "sphere" => {
            let radius = given.required("radius");
            Obstacle::Sphere { centre: centre(radius), radius }
        }
        "cylinder" => {
            let radius = given.required("radius");
            Obstacle::Cylinder { centre: centre(radius), axis: unit(axis("axis"), 1.0), radius }
        }
        _ => Obstacle::Sinusoid {
            crest: at,
            normal,
            direction: unit(axis("direction"), 1.0),
            amplitude: given.required("amplitude"),
            wavelength: given.required("wavelength"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fem::registry::Value;

    /// An obstacle under a boundary across z whose body lies above: outward is -z.
    fn under(name: &'static str, given: &[(&'static str, Value)]) -> Obstacle {
        let given = Value::Group(given.iter().cloned().collect());
        let group = Values::from_iter([(name, given)]);
        obstacle(&group, (2, -1.0), [0.0; 3]).expect("one obstacle")
    }

    #[test]
    fn obstacles_touch_where_they_stand_and_fall_away_from_there() {
        let length = |name, x| (name, Value::Number(x));
        let at = ("at", Value::Vector([2.0, 0.0, 0.0]));
        // Height of the surface below z = 0 at a distance of 3 from where it stands.
        let round = |obstacle: &Obstacle, x: [f64; 3]| obstacle.gap(x).0;
        let ball = under("sphere", &[length("radius", 4.0), at.clone()]);
        assert_eq!(ball.gap([2.0, 0.0, 0.0]), (0.0, [0.0, 0.0, 1.0]));
        assert!((round(&ball, [5.0, 0.0, 0.0]) - 1.0).abs() < 1e-15);
        let rod =
            under("cylinder", &[length("radius", 4.0), ("axis", Value::Choice("y")), at.clone()]);
        assert!((round(&rod, [5.0, 9.0, 0.0]) - 1.0).abs() < 1e-15);
        let rod = under("cylinder", &[length("radius", 4.0), ("axis", Value::Choice("x")), at]);
        assert!((round(&rod, [9.0, 3.0, 0.0]) - 1.0).abs() < 1e-15);
        let wave = [length("amplitude", 0.1), length("wavelength", 8.0)];
        for (direction, trough) in [("x", [4.0, 1.0, 0.0]), ("y", [1.0, 4.0, 0.0])] {
            let given = [&wave[..], &[("direction", Value::Choice(direction))]].concat();
            let wave = under("sinusoid", &given);
            assert_eq!(wave.gap([0.0; 3]), (0.0, [0.0, 0.0, 1.0]));
            assert!((round(&wave, trough) - 0.2).abs() < 1e-15, "{direction}");
        }
    }

    #[test]
    fn one_obstacle_is_wanted() {
        let group = Values::default();
        let error = obstacle(&group, (2, -1.0), [0.0; 3]).unwrap_err();
        assert!(error.message.contains("names no obstacle"), "{error}");
    }
}

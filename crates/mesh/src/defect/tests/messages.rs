//! What a user reads when a geometry is impossible.

use super::super::{Anode, Defect, Shape, Symmetry, build};

/// What is done to a sound geometry.
type Change = fn(&mut Defect);

/// The message for a default hemisphere after a change.
fn message(change: impl Fn(&mut Defect)) -> String {
    let mut defect = super::defect(Symmetry::Axisymmetric, Shape::Hemisphere);
    change(&mut defect);
    build(&defect).map(|m| m.cell_count()).unwrap_err().to_string()
}

#[test]
fn impossible_lengths_are_refused_by_name() {
    let cases: [(Change, &str); 14] = [
        (|d| d.radius = 0.0, "radius must be positive and finite, got 0 m"),
        (|d| d.width = f64::NAN, "width must be positive and finite, got NaN m"),
        (|d| d.thickness = f64::INFINITY, "thickness must be positive and finite, got inf m"),
        (|d| d.rim_size = -1.0, "rim_size must be positive and finite, got -1 m"),
        (|d| d.rim_radius = -1.0, "rim_radius must be zero or positive and finite, got -1 m"),
        (|d| d.width = 1e-5, "width = 0.00001 m must be larger than 0.0000102 m"),
        (|d| d.thickness = 9e-6, "thickness = 0.000009 m must be larger than 0.0000102 m"),
        (
            |d| d.shape = Shape::Cylinder { depth: 0.0 },
            "depth must be positive and finite, got 0 m",
        ),
        (|d| d.rim_size = 2e-5, "rim_size = 0.00002 m must be smaller than"),
        (|d| d.rim_size = 1e-16, "1e-9 of the radius of the mouth"),
        (|d| d.rim_radius = 1e-3, "rim_radius = 0.001 m must be smaller than 0.00005 m (width"),
        (
            |d| {
                d.shape = Shape::Disc;
                d.rim_radius = 1e-6;
            },
            "a disc has none, got 0.000001 m",
        ),
        (
            |d| d.anode = Some(Anode { thickness: 1e-5, gap: 1e-6 }),
            "a gap in the metal (depth = 0.000001 m) is possible under a disc only",
        ),
        (
            |d| {
                d.shape = Shape::Disc;
                d.anode = Some(Anode { thickness: 1e-6, gap: 1e-6 });
            },
            "depth = 0.000001 m must be smaller than",
        ),
    ];
    for (change, wanted) in cases {
        let got = message(change);
        assert!(got.contains(wanted), "{got:?} without {wanted:?}");
    }
}

#[test]
fn too_many_nodes_are_refused_before_they_are_made() {
    for refinement in [12, 40, u32::MAX] {
        let got = message(|d| d.refinement = refinement);
        assert!(got.contains(&format!("refinement {refinement} would give about")), "{got}");
        assert!(got.contains("at most 2147483648"), "{got}");
    }
    assert!(message(|d| d.order = 3).contains("order must be 1 or 2, got 3"));
}

//! The size of the cells at the rim when the user gives none.

use super::Shape;

/// Size of the cells at the rim \[m\] for which second-order cells give four digits of the current
/// at the rim.
///
/// `kinetic_length` \[m\] is conductivity times charge-transfer resistance, `None` when the anode is
/// equipotential. At the rim of a disc the current density varies like s log s over the kinetic
/// length (like the inverse square root of the distance when there is none), at the right angle
/// between a pore's wall and the anode like s^2 log s, so that a pore needs far fewer cells.
/// `rim_radius` \[m\] and the radius of curvature of a flat spheroid at its rim are resolved.
pub fn default_rim_size(
    shape: Shape,
    radius: f64,
    kinetic_length: Option<f64>,
    rim_radius: f64,
) -> f64 {
    let kinetics = kinetic_length.map_or(0.0, |l| l / radius).min(2.0);
    let fraction = match shape {
        Shape::Disc => (0.0025 * kinetics).max(0.0005),
        _ => (0.0125 * kinetics).max(0.005),
    };
    let mut size = fraction * radius;
    match shape {
        Shape::Spheroid { depth } => {
            let bend = depth * (depth / radius);
            if bend > 0.0 {
                size = size.min(0.25 * bend);
            }
        }
        Shape::Cylinder { depth } if depth > 0.0 => size = size.min(0.1 * depth),
        _ => {}
    }
    if rim_radius > 0.0 { size.min(0.3 * rim_radius) } else { size }
}

//! Is every body held? If not, which rigid motion is left.

use fem::{Constraints, Hypothesis, Unknown};
use mesh::{Bodies, Mesh};

/// A linear condition on displacements: the sum of coefficient times displacement of a node along an
/// axis, and of a platen, is given.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// Node, direction.
    pub nodes: Vec<(u32, [f64; 3])>,
    /// Number of the platen, coefficient.
    pub platen: Option<(usize, f64)>,
}

/// The conditions that fixed and tied unknowns make; `axes` are those of the displacement.
pub fn conditions(constraints: &Constraints, axes: &[usize]) -> Vec<Condition> {
    let unit = |component: usize| {
        let mut direction = [0.0; 3];
        direction[axes[component]] = 1.0;
        direction
    };
    let of = |unknown: &Unknown, platen: Option<usize>| match *unknown {
        Unknown::Node { node, component, .. } => {
            Condition { nodes: vec![(node, unit(component))], platen: platen.map(|w| (w, -1.0)) }
        }
        Unknown::Whole(w) => Condition { nodes: vec![], platen: Some((w, 1.0)) },
    };
    let fixed = constraints.fixed.iter().map(|(unknown, _)| of(unknown, None));
    fixed.chain(constraints.tied.iter().map(|(unknown, w)| of(unknown, Some(*w)))).collect()
}

/// A rigid motion of a body.
#[derive(Clone, Copy, Debug)]
enum Motion {
    Along(usize),
    /// About an axis, in which the first of the two axes turns into the second.
    About([usize; 2], usize),
}

/// Most bodies and platens for which the question is asked: the answer takes the cube of their number.
const LIMIT: usize = 200;

/// A body and a rigid motion that no condition prevents, in words; none where all are held.
pub fn loose_motion(
    mesh: &Mesh,
    hypothesis: Hypothesis,
    bodies: &Bodies,
    platens: usize,
    conditions: &[Condition],
) -> Option<String> {
    let motions: Vec<Motion> = match (hypothesis, mesh.axes) {
        (Hypothesis::Axisymmetric, [_, axial]) => vec![Motion::Along(axial)],
        (Hypothesis::Planar, [a, b]) => {
            vec![Motion::Along(a), Motion::Along(b), Motion::About([a, b], 3 - a - b)]
        }
        (Hypothesis::Spatial, _) => vec![
            Motion::Along(0),
            Motion::Along(1),
            Motion::Along(2),
            Motion::About([1, 2], 0),
            Motion::About([2, 0], 1),
            Motion::About([0, 1], 2),
        ],
    };
    if bodies.count + platens > LIMIT {
        return None;
    }
    let boxes = boxes(mesh, bodies);
    let n = motions.len();
    let size = bodies.count * n + platens;
    // Sum of the squares of all conditions as a quadratic form of the motions: its kernel is loose.
    let mut gram = vec![vec![0.0; size]; size];
    let mut row = vec![0.0; size];
    for condition in conditions {
        let mut touched: Vec<usize> = Vec::new();
        for &(node, direction) in &condition.nodes {
            let body = bodies.of_node[node as usize] as usize;
            let (centre, length) = boxes[body];
            let x = mesh.points[node as usize];
            for (m, motion) in motions.iter().enumerate() {
                row[body * n + m] += match *motion {
                    Motion::Along(axis) => direction[axis],
                    Motion::About([a, b], _) => {
                        (direction[b] * (x[a] - centre[a]) - direction[a] * (x[b] - centre[b]))
                            / length
                    }
                };
                touched.push(body * n + m);
            }
        }
        if let Some((platen, coefficient)) = condition.platen {
            row[bodies.count * n + platen] += coefficient;
            touched.push(bodies.count * n + platen);
        }
        touched.sort_unstable();
        touched.dedup();
        for &i in &touched {
            for &j in &touched {
                gram[i][j] += row[i] * row[j];
            }
        }
        touched.iter().for_each(|&i| row[i] = 0.0);
    }
    let loose = kernel_vector(gram)?;
    let largest = (0..bodies.count * n).max_by(|&i, &j| {
        // Of motions that are about the same the first.
        let (a, b) = (loose[i].abs(), loose[j].abs());
        if (a - b).abs() <= 1e-6 { j.cmp(&i) } else { a.total_cmp(&b) }
    })?;
    let axis = |k: usize| ["x", "y", "z"][k];
    let motion = match motions[largest % n] {
        Motion::Along(k) if hypothesis == Hypothesis::Axisymmetric => {
            format!("move along the axis ({})", axis(k))
        }
        Motion::Along(k) => format!("move along {}", axis(k)),
        Motion::About(_, k) => format!("turn about {}", axis(k)),
    };
    let body = largest / n;
    let node = bodies.of_node.iter().position(|&b| b as usize == body)?;
    Some(format!("{} can {motion}", region_at(mesh, node as u32)))
}

/// "region `name`" of the body that has this node.
fn region_at(mesh: &Mesh, node: u32) -> String {
    let mut blocks = mesh.blocks.iter();
    let block = blocks.find(|block| block.nodes.contains(&node));
    block.map_or_else(String::new, |b| format!("region `{}`", mesh.regions[b.region as usize]))
}

/// Centre and half the size of each body \[m\].
fn boxes(mesh: &Mesh, bodies: &Bodies) -> Vec<([f64; 3], f64)> {
    let mut ends = vec![[[f64::MAX; 3], [f64::MIN; 3]]; bodies.count];
    for (x, &body) in mesh.points.iter().zip(&bodies.of_node) {
        let [low, high] = &mut ends[body as usize];
        for k in 0..3 {
            low[k] = low[k].min(x[k]);
            high[k] = high[k].max(x[k]);
        }
    }
    let of = |[low, high]: [[f64; 3]; 2]| {
        let centre = std::array::from_fn(|k| 0.5 * (low[k] + high[k]));
        (centre, (0..3).map(|k| 0.5 * (high[k] - low[k])).fold(f64::MIN_POSITIVE, f64::max))
    };
    ends.into_iter().map(of).collect()
}

/// A vector that a symmetric, positive semidefinite matrix maps to zero, by elimination with the
/// largest pivot; none for a regular matrix.
fn kernel_vector(mut a: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = a.len();
    // Conditions may be many on one body and few on another: to the same scale.
    let scale: Vec<f64> =
        (0..n).map(|i| if a[i][i] > 0.0 { a[i][i].sqrt() } else { 1.0 }).collect();
    for i in 0..n {
        for j in 0..n {
            a[i][j] /= scale[i] * scale[j];
        }
    }
    let mut order: Vec<usize> = Vec::new();
    let mut rest: Vec<usize> = (0..n).collect();
    while !rest.is_empty() {
        let k = (0..rest.len()).fold(0, |best, k| {
            let (x, y) = (a[rest[k]][rest[k]], a[rest[best]][rest[best]]);
            if x > y { k } else { best }
        });
        let pivot = rest[k];
        if a[pivot][pivot] <= 1e-10 {
            // The first of what is left moves by one; what was eliminated follows.
            let loose = *rest.iter().min()?;
            let mut x = vec![0.0; n];
            x[loose] = 1.0;
            for &i in order.iter().rev() {
                let sum: f64 = (0..n).filter(|&j| j != i).map(|j| a[i][j] * x[j]).sum();
                x[i] = -sum / a[i][i];
            }
            x.iter_mut().zip(&scale).for_each(|(x, s)| *x /= s);
            let most = x.iter().fold(0.0f64, |m, x| m.max(x.abs()));
            x.iter_mut().for_each(|x| *x /= most);
            return Some(x);
        }
        rest.swap_remove(k);
        order.push(pivot);
        for &i in &rest {
            let factor = a[i][pivot] / a[pivot][pivot];
            for &j in &rest {
                let change = factor * a[pivot][j];
                a[i][j] -= change;
            }
            a[i][pivot] = 0.0;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_of_a_chain_of_springs_is_its_translation() {
        let spring = |a: &mut Vec<Vec<f64>>, i: usize, j: usize| {
            a[i][i] += 1.0;
            a[j][j] += 1.0;
            a[i][j] -= 1.0;
            a[j][i] -= 1.0;
        };
        let mut a = vec![vec![0.0; 4]; 4];
        spring(&mut a, 0, 1);
        spring(&mut a, 1, 2);
        spring(&mut a, 2, 3);
        let x = kernel_vector(a.clone()).unwrap();
        assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-12), "{x:?}");
        a[2][2] += 0.5;
        assert_eq!(kernel_vector(a), None);
    }
}

//! Forces and moments: what the loads put in, the supports take out.

use crate::run::Geometry;
use contact::DISPLACEMENT;
use fem::{Hypothesis, Space, System};

/// What is left of the sums of all forces and moments on all bodies, over the sums of their sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Balance {
    /// Of the forces.
    pub force: f64,
    /// Of the moments about the origin.
    pub moment: f64,
}

/// The resultant of a load: force \[N\] and moment about the origin \[N m\].
#[derive(Clone, Copy, Debug, Default)]
pub struct Resultant {
    /// Force \[N\].
    pub force: [f64; 3],
    /// Moment \[N m\].
    pub moment: [f64; 3],
}

impl Resultant {
    /// Of a force at a point.
    pub fn of(force: [f64; 3], x: [f64; 3]) -> Self {
        let moment = [
            x[1] * force[2] - x[2] * force[1],
            x[2] * force[0] - x[0] * force[2],
            x[0] * force[1] - x[1] * force[0],
        ];
        Resultant { force, moment }
    }
}

impl Balance {
    /// From the loads given from outside and the reactions \[N\] at the nodes that are held, tied to a
    /// platen, or among `touching`.
    pub fn new(
        geometry: &Geometry,
        system: &System<'_>,
        (loads, touching): (Vec<Resultant>, &[u32]),
        reactions: &[[f64; 3]],
    ) -> Self {
        let mesh = &geometry.mesh;
        let supported = Supported::new(system.space(), touching);
        let mut all = loads;
        for (node, reaction) in reactions.iter().enumerate() {
            let mut force = [0.0; 3];
            for (k, &axis) in system.space().fields()[DISPLACEMENT].axes.iter().enumerate() {
                if supported.is_held(node as u32, k) {
                    force[axis] = reaction[axis];
                }
            }
            if force != [0.0; 3] {
                all.push(Resultant::of(force, mesh.points[node]));
            }
        }
        let (axes, turns): (&[usize], &[usize]) = match (geometry.hypothesis, mesh.axes) {
            // Radial forces balance around the axis by themselves.
            (Hypothesis::Axisymmetric, [_, axial]) => (&[axial], &[]),
            (Hypothesis::Planar, [a, b]) => (&[a, b], &[3 - a - b]),
            (Hypothesis::Spatial, _) => (&[0, 1, 2], &[0, 1, 2]),
        };
        Balance {
            force: imbalance(&all, axes, |r| r.force),
            moment: imbalance(&all, turns, |r| r.moment),
        }
    }
}

/// The largest sum of a component over half the largest sum of absolute values.
fn imbalance(all: &[Resultant], axes: &[usize], of: impl Fn(&Resultant) -> [f64; 3]) -> f64 {
    let largest = |f: &dyn Fn(usize) -> f64| axes.iter().map(|&k| f(k)).fold(0.0, f64::max);
    let left = largest(&|k| all.iter().map(|r| of(r)[k]).sum::<f64>().abs());
    let size = largest(&|k| 0.5 * all.iter().map(|r| of(r)[k].abs()).sum::<f64>());
    if size == 0.0 { 0.0 } else { left / size }
}

/// Which unknowns have a force from outside.
struct Supported<'s> {
    space: &'s Space,
    is_whole: Vec<bool>,
    touching: Vec<u32>,
}

impl<'s> Supported<'s> {
    fn new(space: &'s Space, touching: &[u32]) -> Self {
        let mut is_whole = vec![false; space.total()];
        (0..space.whole().len()).for_each(|w| is_whole[space.whole_dof(w) as usize] = true);
        let mut touching = touching.to_vec();
        touching.sort_unstable();
        Supported { space, is_whole, touching }
    }

    fn is_held(&self, node: u32, component: usize) -> bool {
        let dof = self.space.dofs(DISPLACEMENT, node)[component] as usize;
        dof >= self.space.free() || self.is_whole[dof] || self.touching.binary_search(&node).is_ok()
    }
}

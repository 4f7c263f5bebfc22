//! Secondary current of a Fourier mode. A case cannot vary a wall's potential, so the row places the
//! laws itself.

use super::super::closed_form::fourier_mode_current;
use super::super::row::{Problem, Row};
use super::worst;
use algebra::{Cholesky, NewtonParameters, newton};
use fem::recover::integrate_facets;
use fem::{
    Constraints, Field, Hypothesis, Law, Placement, Point, Real, Slot, Space, Support, System,
};
use mesh::{CellKind, brick};
use std::f64::consts::PI;
use transport::{Ohm, POTENTIAL};

/// Conductivity \[S/m\].
const KAPPA: f64 = 0.09;
/// Wave number \[1/m\].
const K: f64 = 1e5;
/// Amplitude dU of the wall's potential \[V\].
const AMPLITUDE: f64 = 1e-3;
/// Cells along each axis.
const CELLS: usize = 24;

/// Linear kinetics against a metal at dU cos(k x): i = (dU cos(k x) - phi) / Rct into the electrolyte.
struct WavyElectrode {
    /// Rct \[ohm m2\].
    resistance: f64,
}

impl Law for WavyElectrode {
    fn slots(&self) -> &[Slot] {
        const { &[Slot::value(POTENTIAL)] }
    }

    fn evaluate<S: Real>(&self, point: &Point, u: &[S], r: &mut [S]) {
        r[0] = (u[0] - AMPLITUDE * (K * point.x[0]).cos()) * (1.0 / self.resistance);
    }
}

/// The current density's amplitude \[A/m2\] from the program: half a wave length of electrolyte of
/// thickness `kl` / k over a wall with `wagner` = kappa k Rct.
fn amplitude(kl: f64, wagner: f64) -> Result<f64, String> {
    let (width, thickness) = (PI / K, kl / K);
    // Finer at the wall, where the mode decays from over 1 / k.
    let graded = |s: f64| if kl > 3.0 { s * (0.15 + 0.85 * s) } else { s };
    let mesh =
        brick(CellKind::Quadrilateral9, CELLS, |[x, y, z]| [width * x, y, thickness * graded(z)]);
    let wall = mesh.boundaries.iter().position(|b| b.name == "z0").ok_or("the box has no wall")?;
    let resistance = wagner / (KAPPA * K);
    let conductivity = [[KAPPA, 0.0, 0.0], [0.0, KAPPA, 0.0], [0.0, 0.0, KAPPA]];
    let placements = vec![
        Placement { term: Box::new(Ohm { conductivity }), support: Support::Region(0) },
        Placement {
            term: Box::new(WavyElectrode { resistance }),
            support: Support::Boundary(wall),
        },
    ];
    let fields = vec![Field::scalar("potential")];
    let space = Space::new(fields, vec![], mesh.points.len(), &Constraints::default())
        .map_err(|error| error.to_string())?;
    let mut system = System::new(&mesh, Hypothesis::Planar, space, placements, vec![]);
    let mut u = vec![0.0; system.space().free()];
    let parameters = NewtonParameters::default();
    let info = newton(&mut system, &mut Cholesky::default(), &mut u, &parameters, &mut |_| ())
        .map_err(|error| error.to_string())?;
    if !info.converged {
        return Err(format!("no convergence: residuals {:?}", info.residuals));
    }
    let phi = system.space().nodal_values(POTENTIAL, &system.all_unknowns(&u));
    let facets = &mesh.boundaries[wall].facets;
    let [sum] = integrate_facets(&mesh, Hypothesis::Planar, facets, |at| {
        let here: f64 = at.nodes.iter().zip(at.shape).map(|(&n, s)| s * phi[n as usize]).sum();
        let wave = (K * at.point.x[0]).cos();
        [wave * (AMPLITUDE * wave - here) / resistance]
    });
    Ok(2.0 * sum / width)
}

/// One row per thickness, the worst over the Wagner numbers.
pub(super) fn problems() -> Vec<Problem> {
    let problem = |kl: f64| {
        let rows = vec![Row::new(
            format!("fourier.kl_{kl}"),
            format!(
                "amplitude of the current density [A/m2], k L = {kl}, worst of kappa k Rct = 0.01 to 100"
            ),
            1e-5,
            "24 x 24 second-order cells: the error of the energy, (k h)^4 / 100 with k h = pi/24 along x and up to 0.4 along z",
            "i_k = dU / (Rct + 1 / (kappa k tanh(k L))), separation of variables",
        )];
        Problem::new(rows, move || {
            let mut pairs = Vec::new();
            for wagner in [0.01, 0.1, 1.0, 10.0, 100.0] {
                let rct = wagner / (KAPPA * K);
                let expected = fourier_mode_current(AMPLITUDE, rct, KAPPA, K, kl / K);
                pairs.push((expected, amplitude(kl, wagner)?));
            }
            Ok(vec![worst(pairs)?])
        })
    };
    [0.1, 0.3, 1.0, 3.0, 10.0].into_iter().map(problem).collect()
}

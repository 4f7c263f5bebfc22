//! Newton's method on networks of resistors with sinh kinetics at one side.

mod common;
use algebra::{
    Cholesky, Csr, Equations, Inadmissible, Iterate, LinearSolver, NewtonParameters, Operator,
    Stop, newton,
};
use common::laplacian;

/// F / (R T) at 298.15 K, 1/V.
const K: f64 = 38.92;

/// A plate of n x n cells, 1 mS/cm, 10 um wide. At y = 0 each cell passes
/// i = i0 [exp(K u / 2) - exp(-K u / 2)] to a metal at 0 V; at the other side either the current density
/// `i` enters each cell or the potential is held (half a cell away). Units: V, mA, cm.
struct Plate {
    n: usize,
    bulk: Csr,
    tangent: Csr,
    i0: Vec<f64>,
    area: f64,
    injected: Vec<f64>,
    /// Sum of |terms| of the last residual.
    size: f64,
}

enum Drive {
    Current(f64),
    Potential(f64),
}

impl Plate {
    fn new(n: usize, i0: f64, drive: &Drive) -> Self {
        let (sigma, width) = (1.0, 1e-3);
        let h = width / n as f64;
        let area = h;
        let mut bulk = laplacian([n, n, 1], [sigma; 3]);
        let mut injected = vec![0.0; n * n];
        for (i, injected) in injected.iter_mut().enumerate() {
            let (x, y) = (i % n, i / n);
            let k = bulk.position(i, i as u32).unwrap();
            let outside = [x == 0, x == n - 1, y == 0, y == n - 1].map(f64::from);
            bulk.values_mut()[k] -= outside.iter().sum::<f64>() * sigma;
            if y == n - 1 {
                match drive {
                    Drive::Current(density) => *injected = density * area,
                    Drive::Potential(u) => {
                        *injected = 2.0 * sigma * u;
                        bulk.values_mut()[k] += 2.0 * sigma;
                    }
                }
            }
        }
        // An insulating pore over a third of the electrode makes the problem two-dimensional.
        let i0 = (0..n).map(|x| if x < n / 3 { 0.0 } else { i0 }).collect();
        Self { n, tangent: bulk.clone(), bulk, i0, area, injected, size: 1.0 }
    }

    fn total_current(&self, u: &[f64]) -> f64 {
        (0..self.n).map(|x| self.i0[x] * self.area * 2.0 * (K * u[x] / 2.0).sinh()).sum()
    }
}

impl Equations for Plate {
    fn len(&self) -> usize {
        self.n * self.n
    }

    fn residual(&mut self, u: &[f64], r: &mut [f64]) -> Result<(), Inadmissible> {
        self.bulk.apply(u, r);
        let mut size = 0.0;
        for x in 0..self.n {
            let i = self.i0[x] * self.area * ((K * u[x] / 2.0).exp() - (-K * u[x] / 2.0).exp());
            size += i.abs();
            r[x] += i;
        }
        for (r, b) in r.iter_mut().zip(&self.injected) {
            *r -= b;
            size += b.abs();
        }
        self.size = size;
        if size.is_finite() { Ok(()) } else { Err(Inadmissible("overflow".into())) }
    }

    fn linearize(&mut self, u: &[f64]) -> Result<&mut dyn Operator, Inadmissible> {
        self.tangent.values_mut().copy_from_slice(self.bulk.values());
        for (x, i0) in self.i0.iter().enumerate() {
            let slope = i0 * self.area * K * (K * u[x] / 2.0).cosh();
            let k = self.bulk.position(x, x as u32).unwrap();
            self.tangent.values_mut()[k] += slope;
        }
        Ok(&mut self.tangent)
    }

    fn norms(&self, r: &[f64]) -> Vec<f64> {
        vec![r.iter().map(|r| r.abs()).sum::<f64>() / self.size]
    }

    fn field_names(&self) -> Vec<&str> {
        vec!["potential"]
    }
}

fn solve(n: usize, i0: f64, drive: &Drive) -> (Plate, Vec<f64>, algebra::NewtonInfo) {
    let mut plate = Plate::new(n, i0, drive);
    let mut u = vec![0.0; n * n];
    let p = NewtonParameters::default();
    let mut seen = vec![];
    let mut observe = |i: &Iterate<'_>| seen.push((i.number, i.residual));
    let info = newton(&mut plate, &mut Cholesky::new(), &mut u, &p, &mut observe).unwrap();
    assert_eq!(seen.len(), info.residuals.len());
    assert!(seen.iter().enumerate().all(|(k, s)| *s == (k, info.residuals[k])));
    (plate, u, info)
}

#[test]
fn converges_over_twelve_decades_of_exchange_current() {
    let mut counts = vec![];
    for n in [9, 30] {
        for decade in -8..=4 {
            let i0 = 10f64.powi(decade);
            for drive in [
                Drive::Current(1e-3),
                Drive::Current(1.0),
                Drive::Current(1e3),
                Drive::Current(-1e3),
                Drive::Potential(1.0),
                Drive::Potential(-1.0),
            ] {
                let (plate, u, info) = solve(n, i0, &drive);
                let what = match drive {
                    Drive::Current(i) => format!("n = {n}, i0 = {i0:e}, i = {i:e} mA/cm2"),
                    Drive::Potential(u) => format!("n = {n}, i0 = {i0:e}, {u} V"),
                };
                assert!(info.converged, "{what}: {info:?}");
                assert!(info.iterations <= 50, "{what}: {info:?}");
                counts.push(info.iterations);
                if let Drive::Current(i) = drive {
                    let wanted = i * 1e-3;
                    let got = plate.total_current(&u);
                    let allowed = 3.0 * info.residuals.last().unwrap() + 1e-11;
                    assert!((got / wanted - 1.0).abs() < allowed, "{what}: {got:e} {wanted:e}");
                }
            }
        }
    }
    counts.sort_unstable();
    println!("iterations {counts:?}");
    assert!(counts[counts.len() * 3 / 4] < 12, "{counts:?}");
}

/// One cell: i = 2 i0 sinh(K u / 2), so u = (2 / K) asinh(i / (2 i0)).
#[test]
fn one_cell_has_a_closed_form() {
    for (i0, i) in [(1e-8, 1e3), (1.3, 0.51), (1e4, 1e-3), (1e-8, -1e3)] {
        let mut plate = Plate::new(1, i0, &Drive::Current(i));
        plate.i0 = vec![i0];
        plate.bulk.values_mut()[0] = 0.0;
        let mut u = vec![0.0];
        let p = NewtonParameters::default();
        let info = newton(&mut plate, &mut Cholesky::new(), &mut u, &p, &mut |_| ()).unwrap();
        let wanted = 2.0 / K * f64::asinh(i / (2.0 * i0));
        assert!(info.converged && (u[0] / wanted - 1.0).abs() < 1e-10, "{u:?} {wanted} {info:?}");
    }
}

#[test]
fn a_linear_problem_takes_one_step() {
    let (_, _, info) = solve(20, 0.0, &Drive::Potential(1.0));
    assert_eq!((info.iterations, info.stop), (1, Stop::Tolerance));
}

#[test]
fn a_factor_at_hand_serves_for_one_more_step() {
    let p = NewtonParameters { rtol: 1e-3, ..NewtonParameters::default() };
    let mut plate = Plate::new(12, 1.0, &Drive::Current(1.0));
    let mut u = vec![0.0; 144];
    let info = newton(&mut plate, &mut Cholesky::new(), &mut u, &p, &mut |_| ()).unwrap();
    // The derivative changed by little in the last step.
    let [last, sharp] = [*info.residuals.last().unwrap(), info.norms[0]];
    assert!(last > 1e-9 && sharp < 0.05 * last, "{sharp:e} {last:e}");
}

#[test]
fn a_start_from_afar_comes_back() {
    let mut plate = Plate::new(12, 1.0, &Drive::Current(1.0));
    let mut u = vec![5.0; 144];
    let p = NewtonParameters::default();
    let info = newton(&mut plate, &mut Cholesky::new(), &mut u, &p, &mut |_| ()).unwrap();
    assert!(info.converged && info.iterations < 70, "{info:?}");
}

#[test]
fn failures_are_told_apart() {
    let p = NewtonParameters { max_iterations: 2, ..Default::default() };
    let mut plate = Plate::new(12, 1e-8, &Drive::Current(1e3));
    let mut u = vec![0.0; 144];
    let info = newton(&mut plate, &mut Cholesky::new(), &mut u, &p, &mut |_| ()).unwrap();
    assert_eq!((info.converged, info.stop, info.iterations), (false, Stop::Iterations, 2));
    assert_eq!(info.residuals.len(), 3);

    let mut u = vec![1e4; 144];
    let error = newton(&mut plate, &mut Cholesky::new(), &mut u, &p, &mut |_| ()).unwrap_err();
    assert_eq!(error.to_string(), "the residual cannot be evaluated at the start: overflow");

    let mut floating = Plate::new(12, 0.0, &Drive::Current(1e3));
    let mut u = vec![0.0; 144];
    let info = newton(&mut floating, &mut Cholesky::new(), &mut u, &p, &mut |_| ()).unwrap();
    assert_eq!((info.converged, info.stop, info.iterations), (false, Stop::LinearSolver, 0));
    let why = info.failure.expect("a reason").to_string();
    assert!(why.starts_with("the matrix is "), "{why}");
    let mut short = vec![0.0; 3];
    let error = newton(&mut floating, &mut Cholesky::new(), &mut short, &p, &mut |_| ());
    assert_eq!(error.unwrap_err().to_string(), "length of u: got 3, wanted 144");
}

/// u + noise: the residual cannot fall below the noise, and must not be called converged there.
struct Noisy {
    identity: Csr,
    noise: f64,
    calls: usize,
}

impl Equations for Noisy {
    fn len(&self) -> usize {
        1
    }
    fn residual(&mut self, u: &[f64], r: &mut [f64]) -> Result<(), Inadmissible> {
        self.calls += 1;
        r[0] = u[0] - 1.0 + self.noise * [1.0, -1.0, 0.9, -0.8][self.calls % 4];
        Ok(())
    }
    fn linearize(&mut self, _: &[f64]) -> Result<&mut dyn Operator, Inadmissible> {
        Ok(&mut self.identity)
    }
    fn norms(&self, r: &[f64]) -> Vec<f64> {
        vec![r[0].abs()]
    }
    fn field_names(&self) -> Vec<&str> {
        vec!["u"]
    }
}

#[test]
fn noise_far_above_the_tolerance_is_not_convergence() {
    for (noise, converged) in [(1e-5, false), (1e-9, false), (1e-10, true)] {
        let identity = Csr::new(vec![0, 1], vec![0], vec![1.0], 1).unwrap();
        let mut f = Noisy { identity, noise, calls: 0 };
        let mut solver: Box<dyn LinearSolver> = Box::new(Cholesky::new());
        let p = NewtonParameters::default();
        let info = newton(&mut f, &mut *solver, &mut [0.0], &p, &mut |_| ()).unwrap();
        assert_eq!(info.converged, converged, "{noise:e}: {info:?}");
    }
}

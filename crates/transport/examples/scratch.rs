use algebra::*;
use fem::*;
use mesh::defect::*;
use transport::*;
fn main() {
    let a = 10e-6;
    for (sym, order, shape, sigma, iapp, refs) in [
        (
            Symmetry::Axisymmetric,
            2,
            Shape::Hemisphere,
            0.09,
            5.1,
            [1.05275162564, 0.013285418796765],
        ),
        (
            Symmetry::Axisymmetric,
            2,
            Shape::Hemisphere,
            0.01,
            5.1,
            [1.11780814649, 0.036143354551826],
        ),
        (Symmetry::Axisymmetric, 2, Shape::Disc, 0.01, 5.1, [1.24405165955, 0.036055461756943]),
        (Symmetry::Quarter, 2, Shape::Hemisphere, 0.01, 13.0, [1.118987591, 0.090902053476583]),
        (Symmetry::Quarter, 1, Shape::Hemisphere, 0.01, 13.0, [1.118987591, 0.090902053476583]),
    ] {
        let d = Defect {
            symmetry: sym,
            shape,
            radius: a,
            rim_radius: 0.0,
            width: 5.0 * a,
            thickness: 5.0 * a,
            anode: None,
            rim_size: if shape == Shape::Disc { 0.005 * a } else { 0.03 * a },
            order,
            refinement: 0,
        };
        let t = std::time::Instant::now();
        let m = build(&d).unwrap();
        let t1 = t.elapsed();
        let hyp = if sym == Symmetry::Axisymmetric {
            Hypothesis::Axisymmetric
        } else {
            Hypothesis::Spatial
        };
        let c = Constraints { fixed: vec![(Unknown::Whole(0), 0.0)], tied: vec![] };
        let space =
            Space::new(vec![Field { name: "potential" }], vec!["anode".into()], m.points.len(), &c)
                .unwrap();
        let bi = |n: &str| m.boundaries.iter().position(|b| b.name == n).unwrap();
        let s = sigma;
        let placements = vec![
            Placement {
                term: Box::new(Ohm { conductivity: [[s, 0., 0.], [0., s, 0.], [0., 0., s]] }),
                support: Support::Region(0),
            },
            Placement {
                term: Box::new(Electrode {
                    kinetics: ButlerVolmer::new(13.0, 0.5, 0.5, 298.15),
                    equilibrium_potential: 0.0,
                    film_resistance: 0.0,
                    slots: [Slot::value(0), Slot::whole(0)],
                }),
                support: Support::Boundary(bi("anode")),
            },
            Placement {
                term: Box::new(SurfaceCurrent { density: iapp }),
                support: Support::Boundary(bi("counter")),
            },
        ];
        let mut sys = System::new(&m, hyp, space, placements, vec![]);
        let t2 = t.elapsed();
        let mut u = vec![0.0; sys.space().free()];
        let mut solver = Cholesky::default();
        let p = NewtonParameters::default();
        let info = newton(&mut sys, &mut solver, &mut u, &p, &mut |_, _| ()).unwrap();
        let t3 = t.elapsed();
        let all = sys.all_unknowns(&u);
        let phi = sys.space().nodal_values(0, &all);
        let bv = ButlerVolmer::new(13.0, 0.5, 0.5, 298.15);
        let mut peak = 0.0f64;
        for b in &m.boundary("anode").unwrap().facets {
            for &n in &b.nodes {
                peak = peak.max(-bv.current(-phi[n as usize]) / iapp);
            }
        }
        let [area, top] =
            recover::integrate_facets(&m, hyp, &m.boundary("counter").unwrap().facets, |p| {
                [1.0, p.nodes.iter().zip(p.shape).map(|(&n, s)| s * phi[n as usize]).sum::<f64>()]
            });
        println!(
            "{sym:?} {order} {shape:?} cells {} dofs {} newton {} {:?}",
            m.cell_count(),
            u.len(),
            info.iterations,
            info.residuals
        );
        println!(
            "   peak {peak:.9} err {:.2e}  top {:.12} rel {:.2e}  balance {:.1e} mesh {:?} asm {:?} solve {:?}",
            peak - refs[0],
            top / area,
            top / area / refs[1] - 1.0,
            sys.reactions(&u).iter().sum::<f64>() / (area * iapp),
            t1,
            t2 - t1,
            t3 - t2
        );
    }
}

//! Results in closed form, for tests of what writes and draws them.

use super::*;
use mesh::{Block, Boundary, CellKind, FacetBlock, Mesh};

/// Radius of the pore \[m\].
pub const RADIUS: f64 = 1e-5;
/// Width and height of the section \[m\].
pub const EXTENT: f64 = 5e-5;

/// The upper right quarter of a section through a half-ball of radius a in a square, in curved
/// quadrilaterals; `around` and `along` count cells along the arc (even) and away from it.
pub fn hemisphere_section(around: usize, along: usize) -> Mesh {
    let (rows, columns) = (2 * around + 1, 2 * along + 1);
    let mut points = Vec::with_capacity(rows * columns);
    for j in 0..rows {
        let angle = std::f64::consts::FRAC_PI_2 * j as f64 / (rows - 1) as f64;
        // Two edges of the square, exact at the corner and on the axes.
        let t = 2.0 * j as f64 / (rows - 1) as f64;
        let far = [EXTENT * (2.0 - t).min(1.0), EXTENT * t.min(1.0)];
        let near = match j {
            0 => [RADIUS, 0.0],
            _ if j == rows - 1 => [0.0, RADIUS],
            _ => [RADIUS * angle.cos(), RADIUS * angle.sin()],
        };
        for i in 0..columns {
            let s = i as f64 / (columns - 1) as f64;
            let s = s * (0.3 + 0.7 * s);
            let at = |k: usize| near[k] + s * (far[k] - near[k]);
            points.push([at(0), 0.0, at(1)]);
        }
    }
    let cell = |i: usize, j: usize| {
        let id = |di: usize, dj: usize| ((2 * j + dj) * columns + 2 * i + di) as u32;
        let corners = [id(0, 0), id(2, 0), id(2, 2), id(0, 2)];
        let others = [id(1, 0), id(2, 1), id(1, 2), id(0, 1), id(1, 1)];
        [&corners[..], &others[..]].concat()
    };
    let mut nodes = Vec::new();
    let mut facets: [(&str, usize, Vec<u32>, Vec<u32>); 5] =
        ["anode", "side", "counter", "symmetry_x", "pore"].map(|name| {
            let local = match name {
                "anode" => 0,
                "side" | "counter" => 1,
                "symmetry_x" => 2,
                _ => 3,
            };
            (name, local, Vec::new(), Vec::new())
        });
    for j in 0..around {
        for i in 0..along {
            let cell = cell(i, j);
            for (name, local, nodes, owners) in &mut facets {
                let on = match *name {
                    "anode" => j == 0,
                    "side" => i == along - 1 && j < around / 2,
                    "counter" => i == along - 1 && j >= around / 2,
                    "symmetry_x" => j == around - 1,
                    _ => i == 0,
                };
                if on {
                    let (_, of) = CellKind::Quadrilateral9.facets()[*local];
                    nodes.extend(of.iter().map(|&n| cell[usize::from(n)]));
                    owners.push((j * along + i) as u32);
                }
            }
            nodes.extend(cell);
        }
    }
    let boundaries = facets.into_iter().map(|(name, _, nodes, cells)| Boundary {
        name: name.into(),
        facets: vec![FacetBlock { kind: CellKind::Line3, nodes, cells }],
    });
    Mesh {
        dimension: 2,
        axes: [0, 2],
        points,
        regions: vec!["electrolyte".into()],
        blocks: vec![Block { kind: CellKind::Quadrilateral9, region: 0, nodes }],
        boundaries: boundaries.collect(),
        interfaces: Vec::new(),
        internal: Vec::new(),
    }
}

/// An insulating half-ball of radius a on a plane electrode without kinetics, in a far field E:
/// phi = E z (1 + a^3 / (2 r^3)); on the plane the current density is sigma E (1 + a^3 / (2 r^3)),
/// 1.5 times the far one at the rim (W. R. Smythe, *Static and Dynamic Electricity*, 3rd ed., 5.09).
pub fn hemisphere() -> Results {
    on(hemisphere_section(8, 6), Symmetry::Axisymmetric)
}

/// The same field on any mesh that has a boundary `anode` at z = 0.
pub fn on(mesh: Mesh, symmetry: Symmetry) -> Results {
    let field = 60.0;
    let ratio = |x: [f64; 3]| {
        let r = x.iter().map(|c| c * c).sum::<f64>().sqrt();
        1.0 + 0.5 * (RADIUS / r.max(RADIUS)).powi(3)
    };
    let potential = mesh.points.iter().map(|&x| field * x[2] * ratio(x)).collect();
    let current = mesh.points.iter().flat_map(|&x| [0.0, 0.0, -5.4 * ratio(x)]).collect();
    let facets = match (mesh.boundary("anode"), mesh.interface("anode")) {
        (Some(boundary), _) => &boundary.facets[..],
        (None, Some(interface)) => &interface.sides[0][..],
        (None, None) => &[],
    };
    let mut nodes: Vec<u32> = facets.iter().flat_map(|f| f.nodes.iter().copied()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let mut along: Vec<_> = nodes.iter().map(|&n| mesh.points[n as usize]).collect();
    along.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let mut line = None;
    if symmetry == Symmetry::ThreeDimensional {
        let (mut x, mut diagonal) = (along.clone(), along);
        x.retain(|p| p[1].abs() < 1e-12 && p[0] > 0.0);
        diagonal.retain(|p| (p[0] - p[1]).abs() < 1e-12 && p[0] > 0.0);
        line = Some([vec!["x"; x.len()], vec!["diagonal"; diagonal.len()]].concat());
        along = [x, diagonal].concat();
    }
    let column = |name, unit, value: &dyn Fn([f64; 3]) -> f64| Column {
        name,
        unit,
        values: along.iter().map(|&x| value(x)).collect(),
    };
    let columns = vec![
        column("x", "m", &|x| x[0]),
        column("y", "m", &|x| x[1]),
        column("z", "m", &|x| x[2]),
        column("distance", "m", &|x| x[0].hypot(x[1])),
        column("current_density", "A/m^2", &|x| 5.4 * ratio(x)),
        column("current_ratio", "1", &ratio),
    ];
    let mut quantities = Named::default();
    for (name, value, unit) in [
        ("peak_factor.anode", 1.5, "1"),
        ("mean_current_density.anode", 5.4, "A/m^2"),
        ("cell_overpotential", 3e-3, "V"),
        ("wagner_number.anode", 17.8, "1"),
    ] {
        quantities.push(name, Quantity { value, unit: unit.into(), error_estimate: None });
    }
    let summary = Summary {
        status: Status::Converged,
        title: "Insulating half-ball in a uniform field".into(),
        version: "0.1.0 (test)".into(),
        threads: 2,
        ranks: None,
        dofs: mesh.points.len(),
        peak_memory_bytes: Some(41_000_000),
        mesh: MeshSummary {
            cells: mesh.cell_count(),
            nodes: mesh.points.len(),
            ..MeshSummary::default()
        },
        newton: NewtonSummary { iterations: 1, residuals: vec![1.0, 1e-15] },
        linear_solver: LinearSolverSummary { name: "cholesky".into(), iterations: vec![1] },
        mechanics: None,
        seconds: Seconds { total: 0.25, ..Seconds::default() },
        quantities,
    };
    Results {
        fields: vec![
            Field { name: "potential".into(), unit: "V", components: 1, values: potential },
            Field { name: "current_density".into(), unit: "A/m^2", components: 3, values: current },
        ],
        surface_fields: Vec::new(),
        profiles: vec![Profile { name: "anode".into(), suffix: "", columns, line }],
        mesh,
        part_of: None,
        symmetry,
        summary,
        case_text: "title = \"µ\"\n".into(),
        resolved: "temperature = 298.15\n".into(),
        log: "converged\n".into(),
    }
}

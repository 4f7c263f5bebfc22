//! Two bodies and the interface between them.

use mesh::{Block, Boundary, FacetBlock, Interface, Mesh};

/// Two meshes joined by an interface `contact` where the top of the first meets the bottom of the
/// second.
pub fn stack(lower: Mesh, upper: Mesh) -> Mesh {
    let (nodes, cells) = (lower.points.len() as u32, lower.cell_count() as u32);
    let mut mesh = lower;
    let meet = |mesh: &Mesh, name: &str| {
        let mut facets = mesh.boundary(name).unwrap().facets[0].clone();
        let corner = |nodes: &[u32]| {
            nodes.iter().map(|&n| mesh.points[n as usize][0]).fold(f64::INFINITY, f64::min)
        };
        let count = facets.kind.node_count();
        let mut order: Vec<usize> = (0..facets.len()).collect();
        order.sort_by(|&a, &b| {
            let at = |f: usize| corner(&facets.nodes[f * count..(f + 1) * count]);
            at(a).total_cmp(&at(b))
        });
        facets.nodes =
            order.iter().flat_map(|&f| facets.nodes[f * count..(f + 1) * count].to_vec()).collect();
        facets.cells = order.iter().map(|&f| facets.cells[f]).collect();
        facets
    };
    let first = meet(&mesh, "z1");
    let mut second = meet(&upper, "z0");
    // Both sides are numbered along the first.
    let count = second.kind.node_count();
    for facet in second.nodes.chunks_exact_mut(count) {
        facet.swap(0, 1);
        facet.iter_mut().for_each(|n| *n += nodes);
    }
    second.cells.iter_mut().for_each(|c| *c += cells);
    mesh.boundaries.retain(|b| b.name != "z1");
    for b in upper.boundaries.iter().filter(|b| b.name != "z0") {
        let shift = |f: &FacetBlock| FacetBlock {
            kind: f.kind,
            nodes: f.nodes.iter().map(|n| n + nodes).collect(),
            cells: f.cells.iter().map(|c| c + cells).collect(),
        };
        let facets = b.facets.iter().map(shift).collect();
        mesh.boundaries.push(Boundary { name: format!("upper_{}", b.name), facets });
    }
    mesh.points.extend(&upper.points);
    mesh.regions.push("upper".into());
    let block = &upper.blocks[0];
    let shifted = block.nodes.iter().map(|n| n + nodes).collect();
    mesh.blocks.push(Block { kind: block.kind, region: 1, nodes: shifted });
    mesh.interfaces.push(Interface {
        name: "contact".into(),
        regions: [0, 1],
        sides: [vec![first], vec![second]],
    });
    mesh
}

//! How far a part has to reach where gaps are unknowns.

use super::owners::Owners;
use contact::DISPLACEMENT;
use contact::unilateral::Reduction;
use fem::Space;
use mesh::{Mesh, Wanted};

/// Adds to what is wanted around nodes what the equations of gaps need besides: the equation of a gap is made
/// from those of several displacements, near it on the surface and opposite, so that its owner wants their
/// nodes. For the columns of these it wants those of the gaps of which the displacements around are made.
pub fn want_gaps(
    wanted: &mut Wanted<'_>,
    (mesh, space): (&Mesh, &Space),
    reduction: &Reduction,
    owners: &Owners,
) {
    let nodes = NodesOf::new(space, reduction);
    let mut rows = Vec::new();
    for (y, columns) in reduction.replaced() {
        let owners = columns.iter().map(|&z| owners.free.by[z as usize]);
        rows.extend(owners.flat_map(|owner| nodes.of(y).map(move |node| [node, owner])));
    }
    wanted.add(rows);

    let mut is_replaced = vec![false; mesh.points.len()];
    for (y, _) in reduction.replaced() {
        nodes.of(y).for_each(|node| is_replaced[node as usize] = true);
    }
    let having = wanted.having(mesh, &is_replaced);
    let mut columns = Vec::new();
    for (y, read) in reduction.replaced() {
        for node in nodes.of(y) {
            let first = having.partition_point(|had| had[0] < node);
            let ranks = having[first..].iter().take_while(|had| had[0] == node);
            for &[_, rank] in ranks {
                let others = read.iter().filter(|&&z| z != y);
                let read = others.flat_map(|&z| nodes.of(z));
                columns.extend(read.map(|node| [node, rank]));
            }
        }
    }
    wanted.add(columns);
}

/// The nodes of the displacements that have to do with gaps.
struct NodesOf {
    /// Displacement and node, sorted.
    pairs: Vec<[u32; 2]>,
}

impl NodesOf {
    /// Those of whole bodies are everywhere, and have no node here.
    fn new(space: &Space, reduction: &Reduction) -> Self {
        let mut is_asked = vec![false; space.free()];
        for (y, columns) in reduction.replaced() {
            is_asked[y as usize] = true;
            columns.iter().for_each(|&z| is_asked[z as usize] = true);
        }
        for whole in 0..space.whole().len() {
            if let Some(asked) = is_asked.get_mut(space.whole_dof(whole) as usize) {
                *asked = false;
            }
        }
        let per_node = space.fields()[DISPLACEMENT].components();
        let dofs = space.field_dofs(DISPLACEMENT).iter().enumerate();
        let asked = dofs.filter(|(_, dof)| is_asked.get(**dof as usize) == Some(&true));
        let mut pairs: Vec<_> = asked.map(|(k, &dof)| [dof, (k / per_node) as u32]).collect();
        pairs.sort_unstable();
        NodesOf { pairs }
    }

    fn of(&self, dof: u32) -> impl Iterator<Item = u32> {
        let first = self.pairs.partition_point(|pair| pair[0] < dof);
        self.pairs[first..].iter().take_while(move |pair| pair[0] == dof).map(|pair| pair[1])
    }
}

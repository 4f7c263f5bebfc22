//! Which unknowns exist, which are free, and their numbers.

use mesh::Mesh;

/// A field on the nodes.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name in results and messages.
    pub name: &'static str,
    /// Of a vector, the axes (0, 1, 2 for x, y, z) along which it has unknown components, in this
    /// order; along the others it is zero. Of a scalar, none.
    pub axes: Vec<usize>,
}

impl Field {
    /// A scalar field.
    pub fn scalar(name: &'static str) -> Self {
        Field { name, axes: Vec::new() }
    }

    /// A vector field with the components that lie in the space of the mesh.
    pub fn vector(name: &'static str, mesh: &Mesh) -> Self {
        let axes = if mesh.dimension == 2 { mesh.axes.to_vec() } else { vec![0, 1, 2] };
        Field { name, axes }
    }

    /// Number of unknowns at a node.
    pub fn components(&self) -> usize {
        self.axes.len().max(1)
    }

    /// Place of the component along `axis` among the unknowns of a node.
    pub fn component(&self, axis: usize) -> Option<usize> {
        self.axes.iter().position(|&a| a == axis)
    }

    /// Name of a component in messages.
    fn describe(&self, component: usize) -> String {
        match self.axes.get(component) {
            Some(&axis) => format!("{} along {}", self.name, ["x", "y", "z"][axis]),
            None => self.name.to_owned(),
        }
    }
}

/// An unknown or prescribed value of a node, or a whole-body unknown, before numbering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// A field at a node.
    Node {
        /// Index of the field.
        field: usize,
        /// Number of the node.
        node: u32,
        /// Place among the field's components; 0 for a scalar.
        component: usize,
    },
    /// A whole-body unknown.
    Whole(usize),
}

impl Unknown {
    /// A scalar field at a node.
    pub const fn scalar(field: usize, node: u32) -> Self {
        Unknown::Node { field, node, component: 0 }
    }
}

/// What restricts the unknowns.
#[derive(Clone, Debug, Default)]
pub struct Constraints {
    /// Prescribed values.
    pub fixed: Vec<(Unknown, f64)>,
    /// Unknowns of nodes that equal a whole-body unknown.
    pub tied: Vec<(Unknown, usize)>,
    /// Pairs of nodes at which all fields are the same: the two sides of an interface without a jump.
    pub joined: Vec<[u32; 2]>,
}

impl Constraints {
    /// Prescribes the scalar `field` at every node, `values[node]`: a field that is known, which laws
    /// read. It has no equations of its own.
    pub fn prescribe(&mut self, field: usize, values: &[f64]) {
        let at = |(node, &value): (usize, &f64)| (Unknown::scalar(field, node as u32), value);
        self.fixed.extend(values.iter().enumerate().map(at));
    }
}

/// A numbering in which the free unknowns come first and the prescribed ones last; field after field,
/// node after node, the components of a node side by side.
#[derive(Clone, Debug)]
pub struct Space {
    fields: Vec<Field>,
    /// Names of the whole-body unknowns.
    whole: Vec<String>,
    /// Where the unknowns of each field begin in `dofs`, then where those of whole bodies do.
    starts: Vec<usize>,
    dofs: Vec<u32>,
    free: usize,
    prescribed: Vec<f64>,
}

/// Constraints that contradict each other.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SpaceError {
    /// One unknown is given two values, or is both fixed and tied.
    #[error("node {node} is given two different values of the {field}: {first} and {second}")]
    TwoValues {
        /// The node.
        node: u32,
        /// Name of the field.
        field: String,
        /// The value met first.
        first: String,
        /// The value met later.
        second: String,
    },
}

impl Space {
    /// Numbers the unknowns of `fields` on `nodes` nodes and the whole-body unknowns.
    ///
    /// # Errors
    /// [`SpaceError::TwoValues`] when constraints contradict each other.
    pub fn new(
        fields: Vec<Field>,
        whole: Vec<String>,
        nodes: usize,
        constraints: &Constraints,
    ) -> Result<Self, SpaceError> {
        const FREE: u32 = u32::MAX;
        let mut starts = vec![0];
        for field in &fields {
            starts.push(starts[starts.len() - 1] + field.components() * nodes);
        }
        let raw = starts[fields.len()];
        // Before numbering: FREE, or the index of what the unknown is bound to.
        let mut bound = vec![FREE; raw + whole.len()];
        let mut values: Vec<f64> = Vec::new();
        let same = first_of_joined(nodes, &constraints.joined);
        let index = |unknown: Unknown| match unknown {
            Unknown::Node { field, node, component } => {
                let node = same.get(node as usize).map_or(node, |&first| first);
                starts[field] + node as usize * fields[field].components() + component
            }
            Unknown::Whole(w) => raw + w,
        };
        let mut ties = vec![FREE; raw];
        let conflict = |unknown: Unknown, first: String, second: String| {
            let (node, field) = match unknown {
                Unknown::Node { field, node, component } => {
                    (node, fields[field].describe(component))
                }
                Unknown::Whole(w) => (w as u32, "whole-body unknown".to_owned()),
            };
            SpaceError::TwoValues { node, field, first, second }
        };
        for &(unknown, w) in &constraints.tied {
            let i = index(unknown);
            if ties[i] != FREE && ties[i] != w as u32 {
                return Err(conflict(unknown, whole[ties[i] as usize].clone(), whole[w].clone()));
            }
            ties[i] = w as u32;
        }
        for &(unknown, value) in &constraints.fixed {
            let i = index(unknown);
            if i < raw && ties[i] != FREE {
                let first = whole[ties[i] as usize].clone();
                return Err(conflict(unknown, first, value.to_string()));
            }
            if bound[i] == FREE {
                bound[i] = values.len() as u32;
                values.push(value);
            } else if values[bound[i] as usize] != value {
                let first = values[bound[i] as usize].to_string();
                return Err(conflict(unknown, first, value.to_string()));
            }
        }
        let mut next = 0u32;
        let mut dofs = vec![0u32; raw + whole.len()];
        // Where the unknown of a joined node is that of the first.
        let mut copies: Vec<[usize; 2]> = Vec::new();
        for (node, &first) in
            same.iter().enumerate().filter(|(node, first)| *node != **first as usize)
        {
            for (field, start) in fields.iter().zip(&starts) {
                let n = field.components();
                copies.extend((0..n).map(|c| [node, first as usize].map(|k| start + k * n + c)));
            }
        }
        copies.sort_unstable();
        let mut copy = copies.iter().peekable();
        for i in 0..dofs.len() {
            if copy.next_if(|[to, _]| *to == i).is_some() {
                continue;
            }
            let tied = i < raw && ties[i] != FREE;
            if bound[i] == FREE && !tied {
                dofs[i] = next;
                next += 1;
            }
        }
        let free = next as usize;
        for i in 0..dofs.len() {
            if bound[i] != FREE {
                dofs[i] = next + bound[i];
            }
        }
        for i in 0..raw {
            if ties[i] != FREE {
                dofs[i] = dofs[raw + ties[i] as usize];
            }
        }
        for [to, from] in copies {
            dofs[to] = dofs[from];
        }
        Ok(Space { fields, whole, starts, dofs, free, prescribed: values })
    }

    /// Gives the prescribed unknowns other values; false, and nothing is changed, when those that are
    /// fixed are not the same, or one of them is given two values.
    pub fn prescribe_again(&mut self, fixed: &[(Unknown, f64)]) -> bool {
        let mut values = vec![None; self.prescribed.len()];
        for &(unknown, value) in fixed {
            let dof = match unknown {
                Unknown::Node { field, node, component } => self.dofs(field, node)[component],
                Unknown::Whole(w) => self.whole_dof(w),
            };
            let place = (dof as usize).checked_sub(self.free).and_then(|k| values.get_mut(k));
            match place {
                Some(place) if place.is_none_or(|given| given == value) => *place = Some(value),
                _ => return false,
            }
        }
        let Some(values) = values.into_iter().collect() else { return false };
        self.prescribed = values;
        true
    }

    /// Gives a scalar field that is prescribed at every node other values, one for each node.
    ///
    /// # Panics
    /// If it is free somewhere.
    pub fn prescribe_field(&mut self, field: usize, values: &[f64]) {
        let dofs = &self.dofs[self.starts[field]..self.starts[field + 1]];
        for (&dof, &value) in dofs.iter().zip(values) {
            self.prescribed[dof as usize - self.free] = value;
        }
    }

    /// Gives the free unknown k the number `numbers[k]`, below [`Space::free`] as before.
    ///
    /// # Panics
    /// If `numbers` is not a permutation.
    pub fn renumber(&mut self, numbers: &[u32]) {
        let mut is_taken = vec![false; self.free];
        numbers.iter().for_each(|&k| is_taken[k as usize] = true);
        assert!(numbers.len() == self.free && is_taken.iter().all(|taken| *taken));
        for dof in self.dofs.iter_mut().filter(|dof| (**dof as usize) < numbers.len()) {
            *dof = numbers[*dof as usize];
        }
    }

    /// The same unknowns on some of the nodes, which get the numbers of their places in `nodes`: what is
    /// fixed, tied or joined stays so. All whole-body unknowns are there.
    ///
    /// Returns also the number in this space of each unknown there. Free and prescribed ones keep their
    /// order.
    pub fn on_nodes(&self, nodes: &[u32]) -> (Space, Vec<u32>) {
        let mut starts = vec![0];
        let mut dofs = Vec::new();
        for field in 0..self.fields.len() {
            nodes.iter().for_each(|&node| dofs.extend_from_slice(self.dofs(field, node)));
            starts.push(dofs.len());
        }
        dofs.extend_from_slice(&self.dofs[self.starts[self.fields.len()]..]);
        let mut numbers = dofs.clone();
        numbers.sort_unstable();
        numbers.dedup();
        let free = numbers.partition_point(|&dof| (dof as usize) < self.free);
        for dof in &mut dofs {
            *dof = numbers.partition_point(|number| number < dof) as u32;
        }
        let value = |&dof: &u32| self.prescribed[dof as usize - self.free];
        let prescribed = numbers[free..].iter().map(value).collect();
        let (fields, whole) = (self.fields.clone(), self.whole.clone());
        (Space { fields, whole, starts, dofs, free, prescribed }, numbers)
    }

    /// Numbers of all unknowns: field after field, node after node, the components of a node side by side,
    /// then the whole-body unknowns.
    pub fn numbers(&self) -> &[u32] {
        &self.dofs
    }

    /// The space with these [`Space::numbers`], of which so many are free, and the values of the prescribed
    /// ones: what another rank knows of it.
    ///
    /// # Panics
    /// If there are not as many numbers for each node as the fields ask for.
    pub fn with_numbers(
        fields: Vec<Field>,
        whole: Vec<String>,
        (numbers, free): (Vec<u32>, usize),
        prescribed: Vec<f64>,
    ) -> Space {
        let per_node: usize = fields.iter().map(Field::components).sum();
        let nodes = (numbers.len() - whole.len()) / per_node;
        assert_eq!(nodes * per_node + whole.len(), numbers.len(), "numbers of every node");
        let mut starts = vec![0];
        for field in &fields {
            starts.push(starts[starts.len() - 1] + field.components() * nodes);
        }
        Space { fields, whole, starts, dofs: numbers, free, prescribed }
    }

    /// Number of free unknowns.
    pub fn free(&self) -> usize {
        self.free
    }

    /// Number of free and prescribed unknowns.
    pub fn total(&self) -> usize {
        self.free + self.prescribed.len()
    }

    /// Values of the prescribed unknowns, which are numbered from [`Space::free`] on.
    pub fn prescribed(&self) -> &[f64] {
        &self.prescribed
    }

    /// Number of the unknown of the scalar `field` at `node`.
    pub fn dof(&self, field: usize, node: u32) -> u32 {
        self.dofs(field, node)[0]
    }

    /// Numbers of the unknowns of `field` at `node`, component after component.
    pub fn dofs(&self, field: usize, node: u32) -> &[u32] {
        let n = self.fields[field].components();
        let first = self.starts[field] + node as usize * n;
        &self.dofs[first..first + n]
    }

    /// Numbers of the unknowns of `field` at all nodes, node after node.
    pub fn field_dofs(&self, field: usize) -> &[u32] {
        &self.dofs[self.starts[field]..self.starts[field + 1]]
    }

    /// Number of the whole-body unknown `w`.
    pub fn whole_dof(&self, w: usize) -> u32 {
        self.dofs[self.starts[self.fields.len()] + w]
    }

    /// The fields.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Names of the whole-body unknowns.
    pub fn whole(&self) -> &[String] {
        &self.whole
    }

    /// The values of `field` at all nodes from a vector of all unknowns, node after node, the
    /// components of a node side by side.
    pub fn nodal_values(&self, field: usize, u: &[f64]) -> Vec<f64> {
        self.field_dofs(field).iter().map(|&dof| u[dof as usize]).collect()
    }

    /// The vectors of `field` at all nodes; zero along the axes that the field does not have.
    pub fn nodal_vectors(&self, field: usize, u: &[f64]) -> Vec<[f64; 3]> {
        let axes = &self.fields[field].axes;
        let values = self.nodal_values(field, u);
        let vector = |values: &[f64]| {
            let mut vector = [0.0; 3];
            for (&axis, &value) in axes.iter().zip(values) {
                vector[axis] = value;
            }
            vector
        };
        values.chunks_exact(axes.len().max(1)).map(vector).collect()
    }
}

/// For each node the first of those it is joined with, itself included; empty when none is joined.
fn first_of_joined(nodes: usize, joined: &[[u32; 2]]) -> Vec<u32> {
    if joined.is_empty() {
        return Vec::new();
    }
    let mut first: Vec<u32> = (0..nodes as u32).collect();
    let find = |first: &[u32], mut node: u32| {
        while first[node as usize] != node {
            node = first[node as usize];
        }
        node
    };
    for pair in joined {
        let [a, b] = pair.map(|node| find(&first, node));
        first[a.max(b) as usize] = a.min(b);
    }
    for node in 0..nodes as u32 {
        first[node as usize] = find(&first, node);
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(constraints: &Constraints) -> Result<Space, SpaceError> {
        Space::new(vec![Field::scalar("potential")], vec!["counter".into()], 4, constraints)
    }

    #[test]
    fn free_first_prescribed_last_tied_alike() {
        let constraints = Constraints {
            fixed: vec![(Unknown::scalar(0, 1), 2.5)],
            tied: vec![(Unknown::scalar(0, 2), 0), (Unknown::scalar(0, 3), 0)],
            ..Constraints::default()
        };
        let s = space(&constraints).unwrap();
        assert_eq!((s.free(), s.total()), (2, 3));
        assert_eq!([0, 1, 2, 3].map(|n| s.dof(0, n)), [0, 2, 1, 1]);
        assert_eq!(s.whole_dof(0), 1);
        assert_eq!(s.nodal_values(0, &[7.0, 8.0, 2.5]), [7.0, 2.5, 8.0, 8.0]);
    }

    #[test]
    fn joined_nodes_are_one() {
        let constraints = Constraints {
            fixed: vec![(Unknown::scalar(0, 3), 2.5)],
            joined: vec![[2, 1], [0, 3]],
            ..Constraints::default()
        };
        let s = Space::new(vec![Field::scalar("potential")], vec![], 5, &constraints).unwrap();
        assert_eq!((s.free(), s.total()), (2, 3));
        assert_eq!([0, 1, 2, 3, 4].map(|n| s.dof(0, n)), [2, 0, 0, 2, 1]);
    }

    #[test]
    fn a_field_that_is_known_gets_other_values() {
        let mut constraints = Constraints::default();
        constraints.prescribe(1, &[1.0, 2.0]);
        let fields = vec![Field::scalar("potential"), Field::scalar("pressure")];
        let mut s = Space::new(fields, vec![], 2, &constraints).unwrap();
        s.prescribe_field(1, &[3.0, 4.0]);
        assert_eq!(
            s.nodal_values(1, &[0.0, 0.0, s.prescribed()[0], s.prescribed()[1]]),
            [3.0, 4.0]
        );
    }

    #[test]
    fn contradictions_are_refused() {
        let at = |value| (Unknown::scalar(0, 1), value);
        let constraints = Constraints { fixed: vec![at(1.0), at(2.0)], ..Constraints::default() };
        assert_eq!(
            space(&constraints).unwrap_err().to_string(),
            "node 1 is given two different values of the potential: 1 and 2"
        );
        let constraints = Constraints {
            fixed: vec![at(1.0)],
            tied: vec![(Unknown::scalar(0, 1), 0)],
            joined: vec![],
        };
        assert!(space(&constraints).unwrap_err().to_string().contains("counter and 1"));
    }

    #[test]
    fn free_unknowns_get_other_numbers() {
        let constraints = Constraints {
            fixed: vec![(Unknown::scalar(0, 1), 2.5)],
            tied: vec![(Unknown::scalar(0, 3), 0)],
            ..Constraints::default()
        };
        let mut s = space(&constraints).unwrap();
        assert_eq!([0, 1, 2, 3].map(|n| s.dof(0, n)), [0, 3, 1, 2]);
        s.renumber(&[1, 2, 0]);
        assert_eq!([0, 1, 2, 3].map(|n| s.dof(0, n)), [1, 3, 2, 0]);
        assert_eq!(s.whole_dof(0), 0);
    }

    #[test]
    fn some_of_the_nodes_keep_what_ties_them() {
        // Node 0 is joined with node 3, which is fixed; 1 and 4 are tied to the whole.
        let constraints = Constraints {
            fixed: vec![(Unknown::scalar(0, 3), 2.5)],
            tied: vec![(Unknown::scalar(0, 1), 0), (Unknown::scalar(0, 4), 0)],
            joined: vec![[0, 3]],
        };
        let fields = vec![Field::scalar("potential")];
        let all = Space::new(fields, vec!["counter".into()], 6, &constraints).unwrap();
        assert_eq!([0, 1, 2, 3, 4, 5].map(|n| all.dof(0, n)), [3, 2, 0, 3, 2, 1]);
        let (some, numbers) = all.on_nodes(&[0, 4, 5]);
        assert_eq!([0, 1, 2].map(|n| some.dof(0, n)), [2, 1, 0]);
        assert_eq!((some.free(), some.total(), some.whole_dof(0)), (2, 3, 1));
        assert_eq!((some.prescribed(), numbers), (&[2.5][..], vec![1, 2, 3]));
        let (fields, whole) = (some.fields().to_vec(), some.whole().to_vec());
        let same = Space::with_numbers(fields, whole, (some.numbers().to_vec(), 2), vec![2.5]);
        assert_eq!(format!("{same:?}"), format!("{some:?}"));
    }

    #[test]
    fn components_of_a_node_are_neighbours() {
        let fields =
            vec![Field::scalar("potential"), Field { name: "displacement", axes: vec![0, 2] }];
        let along_z = |node| Unknown::Node { field: 1, node, component: 1 };
        let constraints = Constraints {
            fixed: vec![(along_z(0), 5.0)],
            tied: vec![(along_z(2), 0)],
            joined: vec![],
        };
        let s = Space::new(fields, vec!["platen".into()], 3, &constraints).unwrap();
        assert_eq!([0, 1, 2].map(|n| s.dofs(1, n)), [&[3, 8], &[4, 5], &[6, 7]]);
        assert_eq!((s.whole_dof(0), s.free(), s.total()), (7, 8, 9));
        let u: Vec<f64> = (0..9).map(f64::from).collect();
        assert_eq!(s.nodal_vectors(1, &u)[1], [4.0, 0.0, 5.0]);
        let twice = vec![(along_z(0), 5.0), (along_z(0), 6.0)];
        let twice = Constraints { fixed: twice, ..Constraints::default() };
        let fields = vec![Field::scalar("a"), Field { name: "displacement", axes: vec![0, 2] }];
        let message = Space::new(fields, vec![], 3, &twice).unwrap_err().to_string();
        assert!(message.contains("values of the displacement along z: 5 and 6"), "{message}");
    }
}

//! Which unknowns exist, which are free, and their numbers.

/// A field on the nodes. All fields are scalar for now; a vector is one field per component.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name in results and messages.
    pub name: &'static str,
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
    },
    /// A whole-body unknown.
    Whole(usize),
}

/// What restricts the unknowns.
#[derive(Clone, Debug, Default)]
pub struct Constraints {
    /// Prescribed values.
    pub fixed: Vec<(Unknown, f64)>,
    /// Nodes of a field (index, node) at which it equals a whole-body unknown.
    pub tied: Vec<(usize, u32, usize)>,
}

/// A numbering in which the free unknowns come first and the prescribed ones last.
#[derive(Clone, Debug)]
pub struct Space {
    fields: Vec<Field>,
    /// Names of the whole-body unknowns.
    whole: Vec<String>,
    nodes: usize,
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
        field: &'static str,
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
        let raw = fields.len() * nodes;
        // Before numbering: FREE, or the index of what the unknown is bound to.
        let mut bound = vec![FREE; raw + whole.len()];
        let mut values: Vec<f64> = Vec::new();
        let index = |unknown: Unknown| match unknown {
            Unknown::Node { field, node } => field * nodes + node as usize,
            Unknown::Whole(w) => raw + w,
        };
        let mut ties = vec![FREE; raw];
        let conflict = |i: usize, first: String, second: String| SpaceError::TwoValues {
            node: (i % nodes.max(1)) as u32,
            field: fields.get(i / nodes.max(1)).map_or("whole-body unknown", |f| f.name),
            first,
            second,
        };
        for &(field, node, w) in &constraints.tied {
            let i = field * nodes + node as usize;
            if ties[i] != FREE && ties[i] != w as u32 {
                return Err(conflict(i, whole[ties[i] as usize].clone(), whole[w].clone()));
            }
            ties[i] = w as u32;
        }
        for &(unknown, value) in &constraints.fixed {
            let i = index(unknown);
            if i < raw && ties[i] != FREE {
                return Err(conflict(i, whole[ties[i] as usize].clone(), value.to_string()));
            }
            if bound[i] == FREE {
                bound[i] = values.len() as u32;
                values.push(value);
            } else if values[bound[i] as usize] != value {
                let first = values[bound[i] as usize].to_string();
                return Err(conflict(i, first, value.to_string()));
            }
        }
        let mut next = 0u32;
        let mut dofs = vec![0u32; raw + whole.len()];
        for i in 0..dofs.len() {
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
        Ok(Space { fields, whole, nodes, dofs, free, prescribed: values })
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

    /// Number of the unknown of `field` at `node`.
    pub fn dof(&self, field: usize, node: u32) -> u32 {
        self.dofs[field * self.nodes + node as usize]
    }

    /// Number of the whole-body unknown `w`.
    pub fn whole_dof(&self, w: usize) -> u32 {
        self.dofs[self.fields.len() * self.nodes + w]
    }

    /// The fields.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Names of the whole-body unknowns.
    pub fn whole(&self) -> &[String] {
        &self.whole
    }

    /// The values of `field` at all nodes from a vector of all unknowns.
    pub fn nodal_values(&self, field: usize, u: &[f64]) -> Vec<f64> {
        (0..self.nodes as u32).map(|node| u[self.dof(field, node) as usize]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(constraints: &Constraints) -> Result<Space, SpaceError> {
        Space::new(vec![Field { name: "potential" }], vec!["counter".into()], 4, constraints)
    }

    #[test]
    fn free_first_prescribed_last_tied_alike() {
        let constraints = Constraints {
            fixed: vec![(Unknown::Node { field: 0, node: 1 }, 2.5)],
            tied: vec![(0, 2, 0), (0, 3, 0)],
        };
        let s = space(&constraints).unwrap();
        assert_eq!((s.free(), s.total()), (2, 3));
        assert_eq!([0, 1, 2, 3].map(|n| s.dof(0, n)), [0, 2, 1, 1]);
        assert_eq!(s.whole_dof(0), 1);
        assert_eq!(s.nodal_values(0, &[7.0, 8.0, 2.5]), [7.0, 2.5, 8.0, 8.0]);
    }

    #[test]
    fn contradictions_are_refused() {
        let at = |value| (Unknown::Node { field: 0, node: 1 }, value);
        let constraints = Constraints { fixed: vec![at(1.0), at(2.0)], tied: vec![] };
        assert_eq!(
            space(&constraints).unwrap_err().to_string(),
            "node 1 is given two different values of the potential: 1 and 2"
        );
        let constraints = Constraints { fixed: vec![at(1.0)], tied: vec![(0, 1, 0)] };
        assert!(space(&constraints).unwrap_err().to_string().contains("counter and 1"));
    }
}

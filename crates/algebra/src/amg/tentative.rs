//! The vectors that a coarse level must represent, cut into aggregates.

use super::aggregate::{Aggregates, NONE};

/// Vectors that A maps to almost nothing, by node: entry (c, v) of node i, component c of the vector v,
/// is at `values[(i * block + c) * vectors + v]`.
pub(super) struct NearNull {
    pub block: usize,
    pub vectors: usize,
    pub values: Vec<f64>,
}

/// A column whose part orthogonal to the columns before it is this small has nothing new.
const DEPENDENT: f64 = 1e-6;

impl NearNull {
    /// Entries of one node.
    pub fn node(&self, i: usize) -> &[f64] {
        let size = self.block * self.vectors;
        &self.values[i * size..(i + 1) * size]
    }

    /// T and the vectors of the coarse level, with B = T B_c: on each aggregate B = Q R by modified
    /// Gram-Schmidt, done twice; Q is the part of T and R that of B_c (Vanek, Mandel and Brezina 1996).
    ///
    /// A single vector is taken as it is. Where an aggregate has fewer unknowns than vectors, the columns
    /// that depend on others are zero.
    pub fn cut(self, aggregates: &Aggregates) -> (NearNull, NearNull) {
        let (block, vectors) = (self.block, self.vectors);
        let coarse = |values| NearNull { block: vectors, vectors, values };
        if block == 1 && vectors == 1 {
            return (self, coarse(vec![1.0; aggregates.count]));
        }
        let (mut t, size) = (self, block * vectors);
        let (start, nodes) = members(aggregates);
        let mut below = vec![0.0; aggregates.count * vectors * vectors];
        let mut q: Vec<f64> = Vec::new();
        for k in 0..aggregates.count {
            let nodes = &nodes[start[k]..start[k + 1]];
            q.clear();
            nodes.iter().for_each(|&i| q.extend_from_slice(t.node(i as usize)));
            orthonormalize(&mut q, vectors, &mut below[k * vectors * vectors..]);
            for (&i, q) in nodes.iter().zip(q.chunks_exact(size)) {
                t.values[i as usize * size..][..size].copy_from_slice(q);
            }
        }
        for (i, _) in aggregates.of.iter().enumerate().filter(|(_, of)| **of == NONE) {
            t.values[i * size..][..size].fill(0.0);
        }
        (t, coarse(below))
    }
}

/// The nodes of each aggregate, in order.
fn members(aggregates: &Aggregates) -> (Vec<usize>, Vec<u32>) {
    let mut start = vec![0; aggregates.count + 1];
    let inside = || aggregates.of.iter().enumerate().filter(|(_, of)| **of != NONE);
    for (_, &k) in inside() {
        start[k as usize + 1] += 1;
    }
    for k in 0..aggregates.count {
        start[k + 1] += start[k];
    }
    let mut next = start.clone();
    let mut nodes = vec![0; start[aggregates.count]];
    for (i, &k) in inside() {
        nodes[next[k as usize]] = i as u32;
        next[k as usize] += 1;
    }
    (start, nodes)
}

/// Q R = B with `vectors` columns, row by row in `b`, which becomes Q; R comes row by row.
fn orthonormalize(b: &mut [f64], vectors: usize, r: &mut [f64]) {
    let dot = |b: &[f64], u: usize, v: usize| -> f64 {
        b.chunks_exact(vectors).map(|row| row[u] * row[v]).sum()
    };
    for v in 0..vectors {
        let before = dot(b, v, v).sqrt();
        for _ in 0..2 {
            for u in 0..v {
                let along = dot(b, u, v);
                r[u * vectors + v] += along;
                b.chunks_exact_mut(vectors).for_each(|row| row[v] -= along * row[u]);
            }
        }
        let length = dot(b, v, v).sqrt();
        let factor = if length > DEPENDENT * before { 1.0 / length } else { 0.0 };
        r[v * vectors + v] = if factor == 0.0 { 0.0 } else { length };
        b.chunks_exact_mut(vectors).for_each(|row| row[v] *= factor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plane nodes on a line have rank 3 with the rotation; a single node has rank 2.
    #[test]
    fn rigid_motions_are_recovered_on_each_aggregate() {
        let x = [0.0, 1.0, 2.0, 5.0];
        let values = x.iter().flat_map(|x| [1.0, 0.0, 0.0, 0.0, 1.0, *x]).collect();
        let b = NearNull { block: 2, vectors: 3, values };
        let aggregates = Aggregates { of: vec![0, 0, 0, 1], count: 2 };
        let (t, coarse) = NearNull { values: b.values.clone(), ..b }.cut(&aggregates);
        for (i, &k) in aggregates.of.iter().enumerate() {
            for c in 0..2 {
                for v in 0..3 {
                    let product: f64 = (0..3)
                        .map(|u| t.node(i)[c * 3 + u] * coarse.node(k as usize)[u * 3 + v])
                        .sum();
                    assert!((product - b.values[(i * 2 + c) * 3 + v]).abs() < 1e-14);
                }
            }
        }
        assert!((0..2).all(|c| t.node(3)[c * 3 + 2] == 0.0));
    }
}

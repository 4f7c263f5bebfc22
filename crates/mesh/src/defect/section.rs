//! The meridional section: one structured lattice of quadrilaterals per region.

/// A lattice of `cells[0]` x `cells[1]` quadrilaterals in the (r, z) plane, some of them missing.
///
/// Its two directions (u, v) are oriented like (r, z).
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Order of the cells, 1 or 2.
    pub(super) order: usize,
    /// Number of cells along u and v.
    pub(super) cells: [usize; 2],
    /// Points (r, z) \[m\], u running fastest, `order * cells + 1` in each direction.
    points: Vec<[f64; 2]>,
    /// Cells that do not exist: those with u index below the first and v index in the second range.
    hole: (usize, std::ops::Range<usize>),
}

/// A side of a cell of the lattice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Low u.
    Left,
    /// High u.
    Right,
    /// Low v.
    Bottom,
    /// High v.
    Top,
}

impl Side {
    pub(super) const ALL: [Side; 4] = [Side::Left, Side::Right, Side::Bottom, Side::Top];
}

impl Section {
    /// The lattice with the lines `u` and `v` (corner and mid-side nodes alike) under `map`.
    pub(super) fn new<U: Copy>(
        order: usize,
        u: &[U],
        v: &[f64],
        map: impl Fn(U, f64) -> [f64; 2],
    ) -> Section {
        Section {
            order,
            cells: [(u.len() - 1) / order, (v.len() - 1) / order],
            points: v
                .iter()
                .flat_map(|&v| u.iter().map(move |&u| (u, v)))
                .map(|(u, v)| map(u, v))
                .collect(),
            hole: (0, 0..0),
        }
    }

    /// The same without the cells whose u index is below `columns` and whose v index is in `rows`.
    pub(super) fn without(self, columns: usize, rows: std::ops::Range<usize>) -> Section {
        Section { hole: (columns, rows), ..self }
    }

    /// Number of lattice points, used or not.
    pub(super) fn point_count(&self) -> usize {
        self.points.len()
    }

    /// Number of the point `i` along u and `j` along v.
    pub(super) fn index(&self, i: usize, j: usize) -> usize {
        j * (self.order * self.cells[0] + 1) + i
    }

    /// The point with this number: (r, z) \[m\].
    pub(super) fn point(&self, index: usize) -> [f64; 2] {
        self.points[index]
    }

    /// True where cell (i, j) exists.
    pub(super) fn has(&self, [i, j]: [usize; 2]) -> bool {
        !(i < self.hole.0 && self.hole.1.contains(&j))
    }

    /// The cells that exist, u running fastest.
    pub(super) fn iter(&self) -> impl Iterator<Item = [usize; 2]> + '_ {
        let [nu, nv] = self.cells;
        (0..nv).flat_map(move |j| (0..nu).map(move |i| [i, j])).filter(|&c| self.has(c))
    }

    /// True when cell (i, j) has no neighbour at this side.
    pub(super) fn is_open(&self, [i, j]: [usize; 2], side: Side) -> bool {
        match side {
            Side::Left => i == 0 || !self.has([i - 1, j]),
            Side::Right => i + 1 == self.cells[0] || !self.has([i + 1, j]),
            Side::Bottom => j == 0 || !self.has([i, j - 1]),
            Side::Top => j + 1 == self.cells[1] || !self.has([i, j + 1]),
        }
    }

    /// The points on a side of cell (i, j), in the direction of u or v.
    pub(super) fn points_on(&self, [i, j]: [usize; 2], side: Side) -> Vec<[f64; 2]> {
        let (i, j, n) = (i * self.order, j * self.order, self.order);
        let along = |k: usize| match side {
            Side::Left => (i, j + k),
            Side::Right => (i + n, j + k),
            Side::Bottom => (i + k, j),
            Side::Top => (i + k, j + n),
        };
        (0..=n).map(along).map(|(i, j)| self.points[self.index(i, j)]).collect()
    }

    /// The two ends of a side of cell (i, j).
    pub(super) fn ends(&self, cell: [usize; 2], side: Side) -> [[f64; 2]; 2] {
        let points = self.points_on(cell, side);
        [points[0], points[self.order]]
    }

    /// True when the left side of cell (i, j) lies on the axis.
    pub(super) fn touches_axis(&self, cell: [usize; 2]) -> bool {
        self.ends(cell, Side::Left).iter().all(|p| p[0] == 0.0)
    }
}

//! The rows of a sweep, kept as columns: what figures and files are made of, once.

use super::table::{PointStatus, Row};
use crate::results::Layout;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the points of a sweep gave so far, quantity by quantity.
#[derive(Debug)]
pub struct Rows {
    /// How each point ended; none where it was not solved yet.
    status: Vec<Option<PointStatus>>,
    /// Cell size at the rim \[m\], NaN where there is none.
    rim_sizes: Vec<f64>,
    /// Why a point failed or did not converge.
    reasons: BTreeMap<usize, String>,
    /// Each layout of rows, with the places in `columns` of its quantities.
    layouts: Vec<(Arc<Layout>, Vec<usize>)>,
    /// For each point which of these its row has; any where it has none.
    layout_of: Vec<u32>,
    /// In the order in which they came.
    columns: Vec<Column>,
}

/// A quantity at all points.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, for example `peak_factor.anode`.
    pub name: String,
    /// SI unit.
    pub unit: String,
    /// One value for each point, NaN where it has none.
    pub values: Vec<f64>,
    /// Estimates of their errors from finer meshes, NaN where there are none; empty where no point has any.
    pub errors: Vec<f64>,
}

impl Rows {
    /// Of so many points, none of which was solved yet.
    pub fn new(points: usize) -> Rows {
        Rows {
            status: vec![None; points],
            rim_sizes: vec![f64::NAN; points],
            reasons: BTreeMap::new(),
            layouts: Vec::new(),
            layout_of: vec![0; points],
            columns: Vec::new(),
        }
    }

    /// Takes in the row of a point, once.
    pub fn insert(&mut self, point: usize, row: Row) {
        debug_assert!(self.status[point].is_none(), "point {point} has a row");
        let layout = self.number_of(&row.layout);
        let Rows { status, rim_sizes, reasons, layouts, layout_of, columns } = self;
        status[point] = Some(row.status);
        rim_sizes[point] = row.rim_size.unwrap_or(f64::NAN);
        if !row.reason.is_empty() {
            reasons.insert(point, row.reason);
        }
        layout_of[point] = layout as u32;
        let places = &layouts[layout].1;
        for (place, value) in places.iter().zip(&row.values) {
            columns[*place].values[point] = *value;
        }
        for (place, error) in places.iter().zip(&row.errors) {
            let errors = &mut columns[*place].errors;
            errors.resize(status.len(), f64::NAN);
            errors[point] = *error;
        }
    }

    /// The number of a layout, which is looked at if it is new.
    fn number_of(&mut self, layout: &Arc<Layout>) -> usize {
        let Rows { status, layouts, columns, .. } = self;
        if let Some(known) = layouts.iter().position(|(known, _)| known == layout) {
            return known;
        }
        let mut place = |(name, unit): &(String, String)| {
            let found = columns.iter().position(|column| column.name == *name);
            found.unwrap_or_else(|| {
                columns.push(Column {
                    name: name.clone(),
                    unit: unit.clone(),
                    values: vec![f64::NAN; status.len()],
                    errors: Vec::new(),
                });
                columns.len() - 1
            })
        };
        let places = layout.iter().map(&mut place).collect();
        layouts.push((Arc::clone(layout), places));
        layouts.len() - 1
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.status.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.status.is_empty()
    }

    /// For each point how it ended.
    pub fn status(&self) -> &[Option<PointStatus>] {
        &self.status
    }

    /// True where a point was solved.
    pub fn is_known(&self, point: usize) -> bool {
        self.status[point].is_some()
    }

    /// Number of points that ended so.
    pub fn count(&self, status: PointStatus) -> usize {
        self.status.iter().filter(|own| **own == Some(status)).count()
    }

    /// Cell size at the rim \[m\] for each point, NaN where there is none.
    pub fn rim_sizes(&self) -> &[f64] {
        &self.rim_sizes
    }

    /// True where a point failed or did not converge.
    pub fn has_reasons(&self) -> bool {
        !self.reasons.is_empty()
    }

    /// Why a point failed or did not converge; else empty.
    pub fn reason(&self, point: usize) -> &str {
        self.reasons.get(&point).map_or("", String::as_str)
    }

    /// The places of the columns in the order in which the points, by their index, bring them, whenever they were
    /// solved.
    fn order(&self) -> Vec<usize> {
        let (mut seen, mut order) = (vec![false; self.layouts.len()], Vec::new());
        for (layout, status) in self.layout_of.iter().zip(&self.status) {
            let layout = *layout as usize;
            if status.is_none() || std::mem::replace(&mut seen[layout], true) {
                continue;
            }
            for place in &self.layouts[layout].1 {
                if !order.contains(place) {
                    order.push(*place);
                }
            }
        }
        order
    }

    /// The quantities, in the order in which the points, by their index, bring them.
    pub fn columns(&self) -> Vec<&Column> {
        self.order().into_iter().map(|place| &self.columns[place]).collect()
    }

    /// For each layout, whether its rows have each of [`Rows::columns`].
    pub fn has(&self) -> Vec<Vec<bool>> {
        let order = self.order();
        let own =
            |(_, places): &(_, Vec<usize>)| order.iter().map(|k| places.contains(k)).collect();
        self.layouts.iter().map(own).collect()
    }

    /// Which layout the row of a point has.
    pub fn layout_of(&self, point: usize) -> usize {
        self.layout_of[point] as usize
    }

    /// The quantities for good, in the same order; how points ended, why, and their cell sizes.
    pub fn into_parts(self) -> Parts {
        let order = self.order();
        let mut columns: Vec<Option<Column>> = self.columns.into_iter().map(Some).collect();
        let columns = order.into_iter().filter_map(|place| columns[place].take()).collect();
        (columns, self.status, self.reasons, self.rim_sizes)
    }
}

/// Columns; for each point how it ended; why some did not; sizes of the cells at the rim \[m\].
pub type Parts = (Vec<Column>, Vec<Option<PointStatus>>, BTreeMap<usize, String>, Vec<f64>);

//! The numbers of a sweep as figures and tables want them, from its rows or from its files.

use super::{Column, PointStatus, Points, Rows};
use crate::case::{QUANTITIES, SweepMode};
use std::collections::BTreeMap;

/// What a sweep found: plain data in SI units.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepResults {
    /// Title of the case.
    pub title: String,
    /// How the axes make points.
    pub mode: SweepMode,
    /// The axes.
    pub axes: Vec<SweepAxis>,
    /// The quantities, in the order of [`QUANTITIES`], those of one name by place.
    pub quantities: Vec<SweepQuantity>,
    /// How each point ended; none where it was not solved yet.
    pub status: Vec<Option<PointStatus>>,
    /// Why points failed or did not converge.
    pub reasons: BTreeMap<usize, String>,
    /// Cell size at the rim \[m\], NaN where there is none.
    pub rim_sizes: Vec<f64>,
    /// The case as typed.
    pub case_text: String,
    /// The case with every default, in SI units.
    pub resolved: String,
}

/// A number of the case and its values.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepAxis {
    /// Its path in the case.
    pub key: String,
    /// SI unit.
    pub unit: String,
    /// Its values, as many as there are points where axes go together.
    pub values: Vec<f64>,
}

/// A quantity over all points.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepQuantity {
    /// Its name, for example `peak_factor.anode`.
    pub name: String,
    /// SI unit.
    pub unit: String,
    /// One value for each point, NaN where it has none.
    pub values: Vec<f64>,
}

impl SweepResults {
    /// From the rows of all points.
    pub fn from_rows(points: &Points, rows: Rows) -> SweepResults {
        let (columns, status, reasons, rim_sizes) = rows.into_parts();
        let quantity =
            |Column { name, unit, values, .. }: Column| SweepQuantity { name, unit, values };
        let mut quantities: Vec<SweepQuantity> = columns.into_iter().map(quantity).collect();
        sort_quantities(&mut quantities);
        let axis = |axis: &crate::case::Axis| SweepAxis {
            key: axis.key.clone(),
            unit: axis.unit.to_owned(),
            values: axis.values.iter().map(|value| value.si).collect(),
        };
        SweepResults {
            title: points.case.title.clone(),
            mode: points.sweep.mode,
            axes: points.sweep.axes.iter().map(axis).collect(),
            quantities,
            status,
            reasons,
            rim_sizes,
            case_text: points.case.source.text.clone(),
            resolved: points.case.resolved(),
        }
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.status.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.status.is_empty()
    }

    /// The step in the index of points from one value of an axis to its next: the last axis is the
    /// fastest; axes that go together step by one.
    pub fn stride(&self, axis: usize) -> usize {
        match self.mode {
            SweepMode::Zip => 1,
            SweepMode::Grid => self.axes[axis + 1..].iter().map(|a| a.values.len()).product(),
        }
    }

    /// The number of its value that an axis has at a point.
    pub fn place(&self, axis: usize, point: usize) -> usize {
        point / self.stride(axis) % self.axes[axis].values.len().max(1)
    }

    /// True where a point was solved to its tolerance.
    pub fn is_converged(&self, point: usize) -> bool {
        self.status[point] == Some(PointStatus::Converged)
    }

    /// Why a point failed or did not converge; else empty.
    pub fn reason(&self, point: usize) -> &str {
        self.reasons.get(&point).map_or("", String::as_str)
    }

    /// The quantity called `name`.
    pub fn quantity(&self, name: &str) -> Option<&SweepQuantity> {
        self.quantities.iter().find(|quantity| quantity.name == name)
    }
}

/// In the order of [`QUANTITIES`], those of one name by place: the same from rows and from files.
pub(crate) fn sort_quantities(quantities: &mut [SweepQuantity]) {
    let rank = |quantity: &SweepQuantity| {
        let name = quantity.name.split('.').next().unwrap_or_default();
        QUANTITIES.iter().position(|q| q.name == name).unwrap_or(QUANTITIES.len())
    };
    quantities.sort_by(|a, b| (rank(a), &a.name).cmp(&(rank(b), &b.name)));
}

//! Sweeps: one case, many values.
//!
//! [`Points`] makes a case of each point, [`Plan`] sorts the points by what they share, [`solve_points`]
//! solves them in parallel ([`solve_points_on_ranks`] under `mpirun`), [`Journal`] keeps each row as soon as it is there, and [`write_table`] and
//! [`crate::output::write_sweep`] make the files of the results from all [`Rows`].

mod journal;
mod plan;
mod points;
mod ranks;
mod results;
mod rows;
mod shelf;
mod table;
#[cfg(test)]
mod tests;
mod work;

pub use journal::{Found, Identity, Journal, fingerprint, fingerprint_after, read_journal};
pub use plan::{Chunk, Plan, Shared};
pub use points::{Cases, Points};
pub use ranks::solve_points_on_ranks;
pub(crate) use results::sort_quantities;
pub use results::{SweepAxis, SweepQuantity, SweepResults};
pub use rows::{Column, Rows};
pub use table::{PointStatus, Row, write_table};
pub use work::{Crew, Method, solve_points};

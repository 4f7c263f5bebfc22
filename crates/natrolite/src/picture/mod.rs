//! One picture of a run: where the current goes.

use crate::results::Results;

/// The picture of a run as SVG; nothing where there is no potential to show.
pub fn draw(_results: &Results) -> Option<String> {
    None
}

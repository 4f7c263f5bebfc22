//! Figures into files.

use crate::cli::{Format, SheetOptions};
use crate::failure::Failure;
use crate::figure::{Figure, ONE_COLUMN, RenderError, Series, to_png};
use crate::output::{OutputError, write_whole_file};
use std::path::Path;

/// Widths of one and of two columns of a journal \[mm\].
const COLUMNS: [f64; 2] = [86.0, 178.0];

/// Writes each figure in the formats asked for, and its numbers beside it, into `folder`.
///
/// # Errors
/// When a size is none, or the system refuses.
pub fn write_figures(
    figures: &[Figure],
    folder: &Path,
    options: &SheetOptions,
) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(OutputError::io("create", folder))?;
    for figure in figures {
        let column = COLUMNS[usize::from(figure.size()[0] > 1.01 * ONE_COLUMN)];
        let width = options.width.unwrap_or(column);
        let path = |extension: &str| folder.join(format!("{}.{extension}", figure.name));
        if options.format.contains(&Format::Svg) {
            write_whole_file(&path("svg"), figure.svg_of_width(width).as_bytes())?;
        }
        if options.format.contains(&Format::Png) {
            let image = to_png(figure, 1e-3 * width, options.dpi)?;
            write_whole_file(&path("png"), &image)?;
        }
        if !figure.data.is_empty() {
            write_whole_file(&path("csv"), csv(&figure.data).as_bytes())?;
        }
    }
    Ok(())
}

/// Columns of different lengths side by side; the shorter ones end with empty cells.
fn csv(data: &[Series]) -> String {
    let cell = |text: &str| match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    };
    let heading = |s: &Series| match s.unit.as_str() {
        "" => cell(&s.name),
        unit => cell(&format!("{} [{unit}]", s.name)),
    };
    let rows = data.iter().map(|s| s.values.len()).max().unwrap_or(0);
    let mut text = data.iter().map(heading).collect::<Vec<_>>().join(",");
    for row in 0..rows {
        text.push('\n');
        let cells = data.iter().map(|s| s.values.get(row).map_or_else(String::new, |v| cell(v)));
        text += &cells.collect::<Vec<_>>().join(",");
    }
    text.push('\n');
    text
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        Failure::Input(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_different_lengths_stand_side_by_side() {
        let series = |name: &str, unit: &str, values: &[&str]| Series {
            name: name.into(),
            unit: unit.into(),
            values: values.iter().map(|v| (*v).to_owned()).collect(),
        };
        let data =
            [series("part", "", &["ohmic", "film, anode"]), series("a \"b\"", "V", &["1e-3"])];
        assert_eq!(csv(&data), "part,\"a \"\"b\"\" [V]\"\nohmic,1e-3\n\"film, anode\",\n");
    }
}

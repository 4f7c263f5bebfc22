//! Tables of text, aligned.

/// Lines of cells, the columns aligned to the left, with `indent` spaces before.
pub fn align(rows: &[Vec<String>], indent: usize) -> String {
    let widths = widths(rows);
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        out += &format!("{}{}\n", " ".repeat(indent), line.trim_end());
    }
    out
}

/// Lines of cells, the columns aligned to the right, with `indent` spaces before.
pub fn align_numbers(rows: &[Vec<String>], indent: usize) -> String {
    align_named_numbers(rows, 0, indent)
}

/// As [`align_numbers`], but the first `words` columns aligned to the left.
pub fn align_named_numbers(rows: &[Vec<String>], words: usize, indent: usize) -> String {
    let widths = widths(rows);
    let mut out = String::new();
    for row in rows {
        let cells =
            row.iter().zip(&widths).enumerate().map(|(k, (cell, &width))| match k < words {
                true => format!("{cell:width$}"),
                false => format!("{cell:>width$}"),
            });
        let line = cells.collect::<Vec<_>>().join("  ");
        out += &format!("{}{line}\n", " ".repeat(indent));
    }
    out
}

/// Characters of the widest cell of each column.
fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |k: usize| {
        rows.iter().filter_map(|row| row.get(k)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    (0..columns).map(width).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: &[&str]| cells.iter().map(|&c| c.to_owned()).collect::<Vec<_>>();
        let rows = [row(&["a", "µm", "x"]), row(&["long", "m"])];
        assert_eq!(super::align(&rows, 1), " a     µm  x\n long  m\n");
    }

    #[test]
    fn numbers_end_where_their_column_ends() {
        let row = |cells: &[&str]| cells.iter().map(|&c| c.to_owned()).collect::<Vec<_>>();
        let rows = [row(&["n", "µm"]), row(&["100", "2.5"])];
        assert_eq!(super::align_numbers(&rows, 1), "   n   µm\n 100  2.5\n");
        assert_eq!(super::align_named_numbers(&rows, 1, 1), " n     µm\n 100  2.5\n");
    }
}

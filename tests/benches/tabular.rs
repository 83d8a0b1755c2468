//! Rows under headings, each column as wide as what stands in it.

use serde_json::Value;

/// One column.
pub(crate) struct Column {
    heading: &'static str,
    to_the_right: bool,
    cell: fn(&Value) -> String,
}

impl Column {
    /// One of words.
    pub(crate) const fn left(heading: &'static str, cell: fn(&Value) -> String) -> Self {
        Self { heading, to_the_right: false, cell }
    }

    /// One of figures.
    pub(crate) const fn right(heading: &'static str, cell: fn(&Value) -> String) -> Self {
        Self { heading, to_the_right: true, cell }
    }
}

/// Prints the rows; a column in which nothing stands is left out.
pub(crate) fn print(columns: &[Column], rows: &[&Value]) {
    let mut lines = vec![String::from(" "); rows.len() + 1];
    for column in columns {
        let cells: Vec<String> = rows.iter().map(|row| (column.cell)(row)).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        let cells: Vec<String> = std::iter::once(column.heading.to_owned()).chain(cells).collect();
        let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
        for (line, cell) in lines.iter_mut().zip(cells) {
            if column.to_the_right {
                line.push_str(&format!(" {cell:>width$} "));
            } else {
                line.push_str(&format!(" {cell:<width$} "));
            }
        }
    }
    for line in lines {
        println!("{}", line.trim_end());
    }
}

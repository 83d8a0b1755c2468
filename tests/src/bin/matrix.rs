//! `matrix clear` before a whole run of the tests, `matrix check` after it: fails if a cell stayed empty.

use std::io::Write;
use std::process::ExitCode;

use assent_tests::matrix;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("clear") => {
            let _ = std::fs::remove_file(matrix::file());
            ExitCode::SUCCESS
        }
        Some("check") => check(),
        _ => ExitCode::from(2),
    }
}

fn check() -> ExitCode {
    let shown = std::fs::read_to_string(matrix::file()).unwrap_or_default();
    let empty = matrix::empty_cells(&shown);
    let mut report = format!(
        "{} of {} cells filled\n",
        matrix::all_cells().len() - empty.len(),
        matrix::all_cells().len()
    );
    for cell in &empty {
        report += &format!("empty: {cell}\n");
    }
    let told = std::io::stdout().write_all(report.as_bytes());
    if empty.is_empty() && told.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

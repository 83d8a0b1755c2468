//! All that was measured, row by row: as one table at the end, and as JSON for whoever reads it by program.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::row::Row;
use crate::tabular::{Column, print};

/// The rows so far.
#[derive(Debug, Default)]
pub(crate) struct Sheet(Mutex<Vec<Value>>);

impl Sheet {
    pub(crate) fn add(&self, row: Row) {
        self.0.lock().expect("no panic").push(row.into_value());
    }

    /// The rows that an earlier run, or whoever measured something else in the same form, wrote to a file: an object with
    /// `rows`, or the rows alone.
    pub(crate) fn take_over(&self, file: &Path) {
        let told = |what: &str| format!("{}: {what}", file.display());
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}", told(&error.to_string())));
        let value: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}", told(&error.to_string())));
        let rows =
            value.get("rows").unwrap_or(&value).as_array().unwrap_or_else(|| panic!("{}", told("no rows")));
        self.0.lock().expect("no panic").extend(rows.iter().cloned());
    }

    /// Writes every row to a file, beside what the machine is.
    pub(crate) fn write(&self, file: &Path, machine: &str) {
        let rows = self.0.lock().expect("no panic");
        let sheet = json!({ "machine": machine, "command": command(), "rows": *rows });
        let text = serde_json::to_string_pretty(&sheet).expect("plain values");
        fs::write(file, text + "\n").unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    /// Prints every row, those of peers behind the others.
    pub(crate) fn print(&self) {
        let rows = self.0.lock().expect("no panic");
        let (peers, ours): (Vec<&Value>, Vec<&Value>) =
            rows.iter().partition(|row| row.get("peer").is_some());
        if ours.len() > 1 {
            println!(
                "\nall of it; rates are a second, CPU is microseconds of an operation (client, service, database)\n"
            );
            print(&OURS, &ours);
        }
        if !peers.is_empty() {
            println!("\npeers, on the same machine\n");
            print(&PEERS, &peers);
        }
    }
}

const OURS: [Column; 14] = [
    Column::left("goal", |row| text(&row["goal"])),
    Column::left("engine", |row| text(&row["engine"])),
    Column::left("work", |row| text(&row["work"])),
    Column::right("figure", figure),
    Column::right("ceiling", |row| whole(&row["ceiling"]["rate"])),
    Column::right("ratio", |row| short(&row["ratio"])),
    Column::right("wanted", wanted),
    Column::left("", |row| row["met"].as_bool().map_or("", crate::report::met).to_owned()),
    Column::right("client", |row| short(&row["cpu_us_per_operation"]["client"])),
    Column::right("service", |row| short(&row["cpu_us_per_operation"]["service"])),
    Column::right("database", |row| short(&row["cpu_us_per_operation"]["database"])),
    Column::right("p50 ms", |row| short(&row["figure"]["p50_ms"])),
    Column::right("p99 ms", |row| short(&row["figure"]["p99_ms"])),
    Column::right("others %", |row| whole(&row["others_percent"])),
];

const PEERS: [Column; 12] = [
    Column::left("goal", |row| text(&row["goal"])),
    Column::left("peer", |row| text(&row["peer"])),
    Column::left("work", |row| text(&row["work"])),
    Column::right("rate", |row| whole(&row["rate_per_s"])),
    Column::right("client", |row| short(&row["cpu_us"]["client"])),
    Column::right("service", |row| short(&row["cpu_us"]["service"])),
    Column::right("database", |row| short(&row["cpu_us"]["database"])),
    Column::right("p50 ms", |row| short(&row["p50_ms"])),
    Column::right("p99 ms", |row| short(&row["p99_ms"])),
    Column::right("RSS MB", |row| short(&row["rss_mb"])),
    Column::right("ready s", |row| short(&row["ready_s"])),
    Column::left("", |row| text(&row["not_measured"])),
];

/// A rate, or what else was measured with its unit.
fn figure(row: &Value) -> String {
    let figure = &row["figure"];
    match (figure.get("value"), figure.get("unit")) {
        (Some(value), Some(unit)) => format!("{} {}", short(value), text(unit)),
        _ => whole(&figure["rate"]),
    }
}

fn wanted(row: &Value) -> String {
    let wanted = &row["wanted"];
    let bound = [("at_least", "≥"), ("at_most", "≤"), ("below", "<")];
    let bound = bound.iter().find_map(|(name, sign)| Some(format!("{sign} {}", wanted.get(*name)?)));
    match (bound, wanted["of"].as_str()) {
        (Some(bound), Some("ratio" | "value")) => bound,
        (Some(bound), Some(of)) => format!("{of} {bound}"),
        _ => String::new(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn whole(value: &Value) -> String {
    value.as_f64().map_or_else(String::new, |value| format!("{value:.0}"))
}

fn short(value: &Value) -> String {
    let digits = |value: f64| if value.abs() < 10.0 { 2 } else { usize::from(value.abs() < 1_000.0) };
    value.as_f64().map_or_else(String::new, |value| format!("{value:.*}", digits(value)))
}

/// What was asked for, without what Cargo adds.
fn command() -> String {
    std::env::args().skip(1).filter(|word| word != "--bench").collect::<Vec<_>>().join(" ")
}

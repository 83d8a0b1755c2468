//! Medians, and the lines that tell them.

use std::time::Duration;

use assent_tests::engine::Engine;
use serde_json::json;

use crate::machine::Noise;
use crate::row::{Row, Scene, Wanted, rounded};

/// One run of one side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// How many items were written.
    pub(crate) items: u64,
    pub(crate) elapsed: Duration,
    /// CPU of whoever asked: our caller, or the program that runs the ceiling.
    pub(crate) caller: Duration,
    /// CPU of the service; on SQLite that is the database too.
    pub(crate) service: Duration,
    /// CPU of the database's own processes.
    pub(crate) database: Duration,
    pub(crate) noise: Noise,
    /// What half of the calls do not take longer than; absent: it was not calls.
    pub(crate) half: Option<Duration>,
    /// What 99 of 100 calls do not take longer than; absent: it was not calls.
    pub(crate) slowest: Option<Duration>,
}

impl Run {
    pub(crate) fn rate(&self) -> f64 {
        precise(self.items) / self.elapsed.as_secs_f64()
    }

    pub(crate) fn micros(&self, spent: Duration) -> f64 {
        spent.as_secs_f64() * 1e6 / precise(self.items)
    }

    /// CPU of service and database for one item, in microseconds.
    pub(crate) fn cost(&self) -> f64 {
        self.micros(self.service + self.database)
    }

    pub(crate) fn cpu(&self) -> f64 {
        self.micros(self.caller + self.service + self.database)
    }
}

/// Both sides of a goal, run in turns.
#[derive(Debug)]
pub(crate) struct Pairs {
    pub(crate) goal: &'static str,
    /// What its ceiling is.
    pub(crate) what: &'static str,
    /// The least ratio that meets the goal.
    pub(crate) least: f64,
    /// What the ceiling reached when the goal was set, in items a second.
    pub(crate) seen: Option<f64>,
    pub(crate) service: Vec<Run>,
    pub(crate) ceiling: Vec<Run>,
    /// What else ran in turns with them, and what it is called.
    pub(crate) beside: Option<(&'static str, Vec<Run>)>,
}

impl Pairs {
    pub(crate) fn print(&self) {
        println!("\n{}", self.goal);
        let mut rows = vec![("service", self.service.as_slice()), ("ceiling", &self.ceiling)];
        rows.extend(self.beside.iter().map(|(name, runs)| (*name, runs.as_slice())));
        table(&rows);
        let reached = median(self.ceiling.iter().map(Run::rate));
        if let Some(seen) = self.seen.filter(|seen| reached < seen * 0.8) {
            println!(
                "  WEAK CEILING: {reached:.0} items/s, below 0.8 of the {seen:.0} seen when the goal was set"
            );
        }
        let (rate, cpu) = self.ratios();
        println!(
            "  ratio of rates {rate:.2} (goal {}: {}); of CPU per item {cpu:.2}; {} pairs of runs",
            self.least,
            met(rate >= self.least),
            self.service.len()
        );
    }

    /// Of the rates, and of the CPU per item: what two machines like this one would do if nobody else were on them.
    fn ratios(&self) -> (f64, f64) {
        let pairs = || self.service.iter().zip(&self.ceiling);
        let rate = median(pairs().map(|(service, ceiling)| service.rate() / ceiling.rate()));
        (rate, median(pairs().map(|(service, ceiling)| ceiling.cpu() / service.cpu())))
    }

    /// The same as a row.
    pub(crate) fn row(&self, scene: &Scene) -> Row {
        let (head, work) = self.goal.split_once(": ").unwrap_or(("", self.goal));
        let (rate, cpu) = self.ratios();
        let row = Row::of(Some(code(head, scene.engine)), work).on(scene).runs(&self.service);
        let row = row.ceiling_runs(self.what, &self.ceiling, self.seen).ratio(rate);
        let row = row.wants("ratio", Wanted::AtLeast(self.least), rate).more("ratio_of_cpu", rounded(cpu));
        match &self.beside {
            Some((what, runs)) => {
                let reached = rounded(median(runs.iter().map(Run::rate)));
                row.more("beside", json!({ "what": what, "rate": reached }))
            }
            None => row,
        }
    }
}

/// The goal on that engine: of "S4 (S8 on SQLite)" one or the other.
fn code(head: &str, engine: Engine) -> &str {
    match head.split_once(" (") {
        Some((_, other)) if engine == Engine::Sqlite => other.split(' ').next().unwrap_or(other),
        Some((goal, _)) => goal,
        None => head,
    }
}

/// What the runs of each side came to.
pub(crate) fn table(rows: &[(&str, &[Run])]) {
    println!(
        "  {:<8} {:>10} {:>10} {:>10} {:>10} {:>9} {:>8} {:>8}",
        "", "items/s", "caller µs", "service µs", "database µs", "p99 ms", "others", "stolen"
    );
    for (name, runs) in rows {
        let of = |value: fn(&Run) -> f64| median(runs.iter().map(value));
        println!(
            "  {name:<8} {:>10.0} {:>10.1} {:>10.1} {:>11.1} {:>9} {:>7.0}% {:>7.0}%",
            of(Run::rate),
            of(|run| run.micros(run.caller)),
            of(|run| run.micros(run.service)),
            of(|run| run.micros(run.database)),
            slowest(runs),
            of(|run| run.noise.others * 100.0),
            of(|run| run.noise.stolen * 100.0),
        );
    }
}

/// Of each run what 99 of 100 calls do not take longer than, and of these the median, in milliseconds.
fn slowest(runs: &[Run]) -> String {
    let of: Vec<f64> = runs.iter().filter_map(|run| Some(run.slowest?.as_secs_f64() * 1e3)).collect();
    if of.is_empty() { String::new() } else { format!("{:.1}", median(of.into_iter())) }
}

/// Whether a goal is.
pub(crate) const fn met(is: bool) -> &'static str {
    if is { "met" } else { "NOT met" }
}

/// The one in the middle; of two, the lower.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// Counts here are far below what an `f64` holds exactly.
pub(crate) fn precise(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

//! One figure with all that is needed to read it later: its goal and ceiling, what it took, on what, how often.

use assent_tests::engine::Engine;
use serde_json::{Map, Value, json};

use crate::ground::Ground;
use crate::report::{Run, median};

/// On what something was measured.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) engine: Engine,
    /// What a commit waits for, by name.
    settings: Map<String, Value>,
    /// How much there was.
    sizes: Map<String, Value>,
}

impl Scene {
    pub(crate) async fn of(ground: &Ground, sizes: &[(&str, u64)]) -> Self {
        let told = ground.durability().await;
        let settings = told.split(", ").filter_map(|line| line.split_once(' '));
        Self {
            engine: ground.engine(),
            settings: settings.map(|(name, value)| (name.to_owned(), value.into())).collect(),
            sizes: sizes.iter().map(|(name, size)| ((*name).to_owned(), (*size).into())).collect(),
        }
    }

    /// The same with another size.
    pub(crate) fn with(&self, name: &str, size: u64) -> Self {
        let mut scene = self.clone();
        scene.sizes.insert(name.to_owned(), size.into());
        scene
    }
}

/// What a figure is held to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    AtLeast(f64),
    AtMost(f64),
    Below(f64),
}

impl Wanted {
    pub(crate) fn is_met_by(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
            Self::Below(limit) => value < limit,
        }
    }
}

/// One row of the sheet.
#[derive(Clone, Debug)]
pub(crate) struct Row(Map<String, Value>);

impl Row {
    /// One of a goal (`S1`), or of none.
    pub(crate) fn of(goal: Option<&str>, work: impl Into<String>) -> Self {
        let mut row = Map::new();
        row.insert("goal".to_owned(), goal.map_or(Value::Null, Value::from));
        row.insert("work".to_owned(), work.into().into());
        Self(row)
    }

    pub(crate) fn on(self, scene: &Scene) -> Self {
        let row = self.put("engine", scene.engine.name());
        row.put("settings", scene.settings.clone()).put("sizes", scene.sizes.clone())
    }

    fn put(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    fn put_in(mut self, group: &str, name: &str, value: impl Into<Value>) -> Self {
        let group = self.0.entry(group).or_insert_with(|| json!({}));
        group[name] = value.into();
        self
    }

    /// What calls came to: rate, times, CPU and noise, each the median of the runs.
    pub(crate) fn runs(self, runs: &[Run]) -> Self {
        self.rates(runs).put("cpu_us_per_operation", cpu(runs))
    }

    /// The same where the CPU is that of others too.
    pub(crate) fn rates(self, runs: &[Run]) -> Self {
        let of = |value: fn(&Run) -> f64| rounded(median(runs.iter().map(value)));
        let time = |value: fn(&Run) -> Option<f64>| rounded(median(runs.iter().filter_map(value)));
        let rates = || runs.iter().map(Run::rate);
        let figure = json!({
            "rate": of(Run::rate),
            "least_rate": rounded(rates().fold(f64::INFINITY, f64::min)),
            "most_rate": rounded(rates().fold(0.0, f64::max)),
            "p50_ms": time(|run| Some(run.half?.as_secs_f64() * 1e3)),
            "p99_ms": time(|run| Some(run.slowest?.as_secs_f64() * 1e3)),
        });
        self.put("figure", figure)
            .put("others_percent", of(|run| run.noise.others * 100.0))
            .put("steal_percent", of(|run| run.noise.stolen * 100.0))
            .put("runs", runs.len())
    }

    /// A rate that was measured without the rest.
    pub(crate) fn rate(self, rate: f64) -> Self {
        self.put_in("figure", "rate", rounded(rate))
    }

    /// Times of calls, in milliseconds.
    pub(crate) fn times(self, half: f64, p99: f64) -> Self {
        self.put_in("figure", "p50_ms", rounded(half)).put_in("figure", "p99_ms", rounded(p99))
    }

    /// A figure that is no rate.
    pub(crate) fn value(self, value: f64, unit: &str) -> Self {
        self.put_in("figure", "value", rounded(value)).put_in("figure", "unit", unit)
    }

    /// How many runs a figure is the median of.
    pub(crate) fn count(self, runs: usize) -> Self {
        self.put("runs", runs)
    }

    /// What the same machine reached without the service.
    pub(crate) fn ceiling(self, what: &str, rate: f64) -> Self {
        self.put_in("ceiling", "what", what).put_in("ceiling", "rate", rounded(rate))
    }

    /// The same, with what it took.
    pub(crate) fn ceiling_runs(self, what: &str, runs: &[Run], seen: Option<f64>) -> Self {
        let row = self.ceiling(what, median(runs.iter().map(Run::rate)));
        row.put_in("ceiling", "cpu_us_per_operation", cpu(runs)).put_in("ceiling", "seen", seen)
    }

    pub(crate) fn ratio(self, ratio: f64) -> Self {
        self.put("ratio", rounded(ratio))
    }

    /// What is asked of it: `value` stands under that name, `ratio` among them.
    pub(crate) fn wants(self, of: &str, wanted: Wanted, value: f64) -> Self {
        let (name, bound) = match wanted {
            Wanted::AtLeast(bound) => ("at_least", bound),
            Wanted::AtMost(bound) => ("at_most", bound),
            Wanted::Below(bound) => ("below", bound),
        };
        self.put("wanted", json!({ "of": of, name: bound })).put("met", wanted.is_met_by(value))
    }

    /// Something that other rows do not have.
    pub(crate) fn more(self, name: &str, value: impl Into<Value>) -> Self {
        self.put_in("more", name, value)
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

fn cpu(runs: &[Run]) -> Value {
    let of = |value: fn(&Run) -> f64| rounded(median(runs.iter().map(value)));
    json!({
        "client": of(|run| run.micros(run.caller)),
        "service": of(|run| run.micros(run.service)),
        "database": of(|run| run.micros(run.database)),
    })
}

/// To three places; nothing where nothing was measured.
pub(crate) fn rounded(value: f64) -> Value {
    if value.is_finite() { json!((value * 1e3).round() / 1e3) } else { Value::Null }
}

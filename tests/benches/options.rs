//! What is to be measured, and for how long.

use std::path::PathBuf;
use std::time::Duration;

use assent_tests::engine::Engine;

/// What stands on the command line, else the short form.
#[derive(Debug)]
pub(crate) struct Options {
    goals: Vec<String>,
    engine: Option<Engine>,
    /// How many people have a consent before anything is measured.
    pub(crate) profiles: u64,
    /// Among how many recorded interactions wait blocks look for theirs.
    pub(crate) interactions: u64,
    /// How many lines an import has.
    pub(crate) lines: u64,
    /// How many changes are read.
    pub(crate) changes: u64,
    /// How many changes a second are watched.
    pub(crate) rate: u64,
    /// How many batches of a stream may be on their way, one after the other.
    pub(crate) windows: Vec<u64>,
    /// Which share of its rates a soak has.
    pub(crate) load: f64,
    /// Whether the ids of interactions come in no order, instead of that of time.
    pub(crate) random_ids: bool,
    /// How long one run takes.
    pub(crate) run: Duration,
    /// How long PostgreSQL waits before it flushes a commit, in microseconds: a disk that is not this fast.
    pub(crate) commit_delay: u64,
    /// Whether PostgreSQL counts what each statement takes, which costs a little itself.
    pub(crate) statements: bool,
    /// Variables of the services' environment: another setting, another number of threads.
    pub(crate) given: Vec<(String, String)>,
    /// Where the rows are written.
    pub(crate) json: Option<PathBuf>,
    /// Rows that were written before, told with the others.
    pub(crate) told: Vec<PathBuf>,
    /// How many runs a figure is the median of.
    pub(crate) runs: usize,
}

const GOALS: [&str; 16] = [
    "judge",
    "single",
    "batch",
    "import",
    "interaction",
    "interactions",
    "wait-blocks",
    "gate",
    "watch",
    "export",
    "numbering",
    "start",
    "growth",
    "together",
    "soak",
    "streamed",
];

impl Options {
    pub(crate) fn read(words: impl Iterator<Item = String>) -> Self {
        // Cargo says --bench to whatever it runs.
        let mut words = words.filter(|word| word != "--bench");
        let mut options = Self {
            goals: Vec::new(),
            engine: None,
            profiles: 20_000,
            interactions: 200_000,
            lines: 50_000,
            changes: 100_000,
            rate: 2_000,
            windows: vec![1, 4],
            load: 1.0,
            random_ids: false,
            run: Duration::from_secs(2),
            commit_delay: 0,
            statements: false,
            given: Vec::new(),
            json: None,
            told: Vec::new(),
            runs: 5,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_else(|| panic!("{word} needs a value"));
            match word.as_str() {
                "--profiles" => options.profiles = number(&value()).max(1_000),
                "--interactions" => options.interactions = number(&value()).clamp(20_000, 100_000_000),
                "--lines" => options.lines = number(&value()).clamp(20_000, 100_000_000),
                "--changes" => options.changes = number(&value()).clamp(20_000, 100_000_000),
                "--rate" => options.rate = number(&value()).clamp(1, 100_000),
                "--windows" => {
                    options.windows = value().split(',').map(|one| number(one).clamp(1, 64)).collect()
                }
                "--load" => options.load = percent(&value()),
                "--statements" => options.statements = true,
                "--random-ids" => options.random_ids = true,
                "--seconds" => options.run = Duration::from_secs(number(&value()).max(1)),
                "--runs" => options.runs = usize::try_from(number(&value()).max(1)).expect("few runs"),
                "--commit-delay" => options.commit_delay = number(&value()).min(100_000),
                "--given" => options.given.push(pair(&value())),
                "--json" => options.json = Some(value().into()),
                "--tell" => options.told.push(value().into()),
                "--engine" => options.engine = Some(engine(&value())),
                goal if GOALS.contains(&goal) => options.goals.push(word),
                _ => panic!("{word} is neither an option nor one of {}", GOALS.join(", ")),
            }
        }
        options
    }

    pub(crate) fn wants(&self, goal: &str) -> bool {
        (self.goals.is_empty() && self.told.is_empty()) || self.names(goal)
    }

    /// Whether that goal in particular was asked for.
    pub(crate) fn names(&self, goal: &str) -> bool {
        self.goals.iter().any(|wanted| wanted == goal)
    }

    pub(crate) fn engines(&self) -> impl Iterator<Item = Engine> {
        let only = self.engine;
        Engine::ALL.into_iter().filter(move |engine| only.is_none_or(|only| only == *engine))
    }
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_else(|_| panic!("{text} is not a number"))
}

fn pair(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or_else(|| panic!("{text} is not NAME=VALUE"));
    (name.to_owned(), value.to_owned())
}

fn percent(text: &str) -> f64 {
    let percent = u32::try_from(number(text).clamp(1, 1_000)).expect("a small number");
    f64::from(percent) / 100.0
}

fn engine(name: &str) -> Engine {
    let found = Engine::ALL.into_iter().find(|engine| engine.name() == name);
    found.unwrap_or_else(|| panic!("{name} is neither sqlite nor postgres"))
}

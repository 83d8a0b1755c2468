//! What PostgreSQL does beside the calls: checkpoints, vacuums, dead rows, log, and how large everything is.

use std::collections::BTreeMap;

use assent_tests::look::Look;
use serde_json::{Value, json};

use crate::row::rounded;

/// Since 17 checkpoints have a view of their own.
const VERSION: &str = "SELECT current_setting('server_version_num')";
const SINCE_17: &str = "num_timed || ' ' || num_requested || ' ' || buffers_written || ' ' || write_time FROM pg_stat_checkpointer";
const BEFORE_17: &str = "checkpoints_timed || ' ' || checkpoints_req || ' ' || buffers_checkpoint || ' ' || checkpoint_write_time \
     FROM pg_stat_bgwriter";

const TABLES: &str = "SELECT sum(autovacuum_count) || ' ' || sum(autoanalyze_count) || ' ' || sum(n_dead_tup) || ' ' || \
     pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') || ' ' || pg_database_size(current_database()) FROM pg_stat_user_tables";

/// Indexes and what is kept apart included.
const SIZES: &str = "SELECT c.relname || ' ' || pg_total_relation_size(c.oid) FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = 'public' WHERE c.relkind = 'r'";

const DEAD: &str =
    "SELECT relname || ' ' || n_dead_tup FROM pg_stat_user_tables ORDER BY n_dead_tup DESC LIMIT 1";

/// A connection that looks.
pub(super) struct Pressure {
    look: Look,
    checkpoints: String,
}

/// At an instant; all but dead rows and size count up.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    figures: [f64; 9],
    /// Of which table most rows are dead.
    pub(super) worst: String,
}

/// What stands where in [`Sample`].
const NAMES: [&str; 9] = [
    "checkpoints_timed",
    "checkpoints_requested",
    "checkpoint_buffers",
    "checkpoint_write_ms",
    "autovacuums",
    "autoanalyzes",
    "dead_rows",
    "wal_bytes",
    "database_bytes",
];

impl Pressure {
    pub(super) async fn of(mut look: Look) -> Self {
        let version = look.column(VERSION).await.expect("a version").concat();
        let since_17 = version.parse::<u32>().is_ok_and(|version| version >= 170_000);
        let checkpoints = format!("SELECT {}", if since_17 { SINCE_17 } else { BEFORE_17 });
        Self { look, checkpoints }
    }

    pub(super) async fn sample(&mut self) -> Sample {
        let checkpoints = self.look.column(&self.checkpoints).await.expect("checkpoints").concat();
        let tables = self.look.column(TABLES).await.expect("tables").concat();
        let words = checkpoints.split(' ').chain(tables.split(' '));
        let figures: Vec<f64> = words.map(|word| word.parse().unwrap_or(f64::NAN)).collect();
        let worst = self.look.column(DEAD).await.expect("dead rows").concat();
        Sample { figures: figures.try_into().expect("nine figures"), worst }
    }

    /// How many bytes each table has; the months of interactions are one.
    pub(super) async fn sizes(&mut self) -> BTreeMap<String, f64> {
        let mut sizes = BTreeMap::new();
        for line in self.look.column(SIZES).await.expect("sizes") {
            let (name, size) = line.split_once(' ').expect("a name and a size");
            let name = match name.strip_prefix("interaction_") {
                Some(month) if month.bytes().all(|byte| byte.is_ascii_digit()) => "interaction",
                _ => name,
            };
            *sizes.entry(name.to_owned()).or_insert(0.0) += size.parse::<f64>().unwrap_or(f64::NAN);
        }
        sizes
    }
}

impl Sample {
    fn of(&self, name: &str) -> f64 {
        let place = NAMES.iter().position(|other| *other == name);
        place.and_then(|place| self.figures.get(place).copied()).unwrap_or(f64::NAN)
    }

    /// How many of that came since an earlier one.
    pub(super) fn since(&self, before: &Self, name: &str) -> f64 {
        self.of(name) - before.of(name)
    }

    /// In a line, against the one before.
    pub(super) fn line(&self, before: &Self) -> String {
        format!(
            "checkpoints {:.0} timed, {:.0} asked for; autovacuums {:.0}; dead rows {:.0} (most: {}); WAL {:.1} MB; database {:.1} MB",
            self.since(before, "checkpoints_timed"),
            self.since(before, "checkpoints_requested"),
            self.since(before, "autovacuums"),
            self.of("dead_rows"),
            self.worst,
            self.since(before, "wal_bytes") / 1e6,
            self.of("database_bytes") / 1e6
        )
    }

    /// What came since an earlier one; of dead rows and size how many there are.
    pub(super) fn value(&self, before: &Self) -> Value {
        let mut all = json!({ "most_dead": self.worst });
        for name in NAMES {
            let is_now = matches!(name, "dead_rows" | "database_bytes");
            all[name] = rounded(if is_now { self.of(name) } else { self.since(before, name) });
        }
        all
    }
}

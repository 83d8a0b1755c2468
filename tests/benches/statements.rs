//! What each statement of the service takes, as PostgreSQL counts it.

use assent_tests::look::Look;

use crate::ground::Ground;
use crate::options::Options;

/// A count that was begun.
pub(crate) struct Statements(Look);

const BEGIN: &str = "CREATE EXTENSION IF NOT EXISTS pg_stat_statements; SELECT pg_stat_statements_reset()";

/// The name stands on the first line, in a transaction on the second. Of the calls that a service makes of itself
/// none is among the longest.
const TELL: &str = "
    SELECT format('%s µs in %s runs of %s rows: %s', round(mean_exec_time * 1000), calls, rows / calls,
        CASE WHEN split_part(query, E'\\n', 2) LIKE '-- %' THEN split_part(query, E'\\n', 2)
            ELSE split_part(query, E'\\n', 1) END)
    FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND calls > 0
    ORDER BY total_exec_time DESC
    LIMIT 10";

impl Statements {
    /// Begins to count, if it was asked for and the engine can.
    pub(crate) async fn counted(ground: &Ground, database: &str, options: &Options) -> Option<Self> {
        let Ground::Postgres(_) = ground else { return None };
        if !options.statements {
            return None;
        }
        let mut look = ground.look(database).await;
        look.run(BEGIN).await.expect("the extension is there (Debian: postgresql-contrib)");
        Some(Self(look))
    }

    /// Says which took the longest.
    pub(crate) async fn print(mut self) {
        for line in self.0.column(TELL).await.expect("a count") {
            println!("  {line}");
        }
    }
}

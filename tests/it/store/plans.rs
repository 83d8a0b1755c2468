//! Which index each hot statement goes by, as the engine's planner says.

use assent_store::Sequencer;
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};
use sqlx::{AssertSqlSafe, Executor, Row};

use super::people::{at, home};

/// Where the statements of the store stand.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../service/store/src/sql");

/// What the planner says of a statement with those values; SQLite plans without any.
pub(super) async fn plan(look: &mut Look, postgres: &str, sqlite: &str, values: &str) -> String {
    match look {
        Look::Sqlite(connection) => {
            let mut lines: Vec<String> = Vec::new();
            // Of several statements in one text each.
            for one in sqlite.split(";\n") {
                let explain = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {one}")));
                let rows = connection.fetch_all(explain).await.unwrap();
                lines.extend(rows.iter().map(|row| row.get::<String, _>("detail")));
            }
            lines.join("\n")
        }
        Look::Postgres(_) => {
            // Which way is possible, whatever so small a table makes cheaper.
            let prepared = format!(
                "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
                 SET enable_bitmapscan = off; DEALLOCATE ALL; PREPARE planned AS {postgres};"
            );
            look.run(&prepared).await.unwrap();
            let lines = look.column(&format!("EXPLAIN (COSTS OFF) EXECUTE planned({values})")).await.unwrap();
            lines.join("\n")
        }
    }
}

pub(super) async fn plan_of(look: &mut Look, name: &str, values: &str) -> String {
    let read = |engine| std::fs::read_to_string(format!("{FOLDER}/{name}.{engine}.sql")).unwrap();
    plan(look, &read("postgres"), &read("sqlite"), values).await
}

/// Whether pending rows are deleted one by one, each found by its whole key.
fn goes_by_whole_key(plan: &str) -> bool {
    let conditions: Vec<_> =
        plan.lines().filter(|line| line.contains("Index Cond") || line.contains("SEARCH pending")).collect();
    conditions.iter().any(|line| ["tenant", "hlc", "record_id"].iter().all(|column| line.contains(column)))
}

/// That a statement goes by that way, and walks and hashes nothing.
pub(super) async fn goes_by(look: &mut Look, statement: &str, values: &str, wanted: &str) {
    let found = plan_of(look, statement, values).await;
    assert!(found.contains(wanted), "{statement} goes by another way than {wanted}:\n{found}");
    // Of a table that is looked up row by row no hash is made anew for every row.
    assert!(!found.contains("hashed SubPlan"), "{statement} makes hashes:\n{found}");
    // Nothing is walked from end to end but the parameter itself, and what a subquery made.
    for line in found.lines().filter(|line| line.contains("SCAN ") || line.contains("Seq Scan")) {
        let own = ["SCAN k", "SCAN l", "SCAN w", "SCAN (subquery", "SCAN activity", "CONSTANT ROW"];
        let walked = line.trim().strip_prefix("SCAN ").unwrap_or("a table");
        let inner = found.lines().any(|line| line.trim() == format!("CO-ROUTINE {walked}"));
        assert!(inner || own.iter().any(|own| line.contains(own)), "{statement} walks a table:\n{found}");
    }
}

const ONE_PENDING: &str = "'t', ARRAY[1::bigint], ARRAY['\\x01'::bytea]";

#[apply(every_engine)]
async fn pending_rows_are_deleted_by_their_whole_key(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let sql = Sequencer::sql().delete_pending;
    let found = plan(&mut look, sql.postgres(), sql.sqlite(), ONE_PENDING).await;
    assert!(goes_by_whole_key(&found), "{found}");
}

#[apply(every_engine)]
async fn deleting_by_anything_less_is_told_apart(engine: Engine) {
    // Trap 3: the same rows, found by the record's id alone.
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let postgres = "DELETE FROM pending WHERE tenant = $1 AND $2::bigint[] IS NOT NULL AND record_id = ANY ($3::bytea[])";
    let sqlite = "DELETE FROM pending WHERE tenant = ?1
        AND record_id IN (SELECT unhex(k.value ->> 1) FROM json_each(?2) AS k)";
    let found = plan(&mut look, postgres, sqlite, ONE_PENDING).await;
    assert!(!goes_by_whole_key(&found), "{found}");
}

#[apply(every_engine)]
async fn every_hot_statement_goes_by_an_index(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    let keys = "'t', ARRAY['c'], ARRAY['p']";
    let marked = "'t', ARRAY['c'], ARRAY['p'], ARRAY['\\x01'::bytea]";
    let grounds = "'t', ARRAY['c'], ARRAY['p'], ARRAY['\\x01'::bytea], ARRAY['c'], ARRAY['\\x01'::bytea], ARRAY['\\x01'::bytea]";
    let settings = "'t', ARRAY['c'], ARRAY['message'], ARRAY['m']";
    let one = "ARRAY[1::bigint]";
    let sends = format!("'t', {one}, {one}, {one}, {one}, ARRAY['m'], ARRAY['c'], ARRAY['p']");
    let awaited = format!(
        "'t', 20, {one}, {one}, {one}, {one}, {one}, {one}, ARRAY['\\x01'::bytea],
         ARRAY['m'], ARRAY['l'], ARRAY['c'], ARRAY['p']"
    );
    let statements = [
        ("lock_profiles", keys, "profile_pkey", "(tenant=? AND profile_table=? AND profile=?)"),
        ("load_grounds", grounds, "record_of_profile", "(tenant=? AND profile_table=? AND profile=?)"),
        ("load_grounds", grounds, "notice_pkey", "(tenant=? AND sha256=?)"),
        ("load_grounds", grounds, "profile_table_pkey", "(tenant=? AND id=?)"),
        ("load_grounds", grounds, "request_pkey", "(tenant=? AND request_id=?)"),
        ("load_grounds", grounds, "tombstone_pkey", "(tenant=? AND mark=?)"),
        ("load_subjects", marked, "profile_pkey", "(tenant=? AND profile_table=? AND profile=?)"),
        ("load_subjects", marked, "tombstone_pkey", "(tenant=? AND mark=?)"),
        ("load_profiles", marked, "record_of_profile", "(tenant=? AND profile_table=? AND profile=?)"),
        ("load_profiles", marked, "tombstone_pkey", "(tenant=? AND mark=?)"),
        (
            "redact_person",
            "'t', 'c', 'p'",
            "record_of_profile",
            "(tenant=? AND profile_table=? AND profile=?)",
        ),
        ("delete_person", "'t', 'c', 'p', 1, 1, 1", "send_pkey", "(tenant=? AND person=?)"),
        ("release_profiles", keys, "profile_pkey", "(tenant=? AND profile_table=? AND profile=?)"),
        ("list_records", "'t', 'c', 'p', 0, 10", "record_of_profile", "profile=? AND profile_version>?)"),
        ("find_record", "'t', '\\x01'::bytea, 'c', 'p'", "record_of_profile", "(tenant=? AND id=?)"),
        ("find_notices", "'t', ARRAY['\\x01'::bytea]", "notice_pkey", "(tenant=? AND sha256=?)"),
        ("read_notices", "'t', ARRAY['\\x01'::bytea]", "notice_pkey", "(tenant=? AND sha256=?)"),
        ("read_pending", "'t', 10", "pending_pkey", "p USING INDEX sqlite_autoindex_pending_1 (tenant=?)"),
        ("read_ledger", "'t', 0, 10", "ledger_pkey", "(tenant=? AND position>?)"),
        ("see_heads", "ARRAY['t']", "feed_head_pkey", "SEARCH h USING"),
        ("see_heads", "ARRAY['t']", "pending_pkey", "SEARCH p USING"),
        ("walk_people", "'t', 'c', 'p', 10", "profile_pkey", "(tenant=? AND (profile_table,profile)>(?,?))"),
        (
            "walk_people",
            "'t', 'c', 'p', 10",
            "last_device_pkey",
            "(tenant=? AND (profile_table,profile)>(?,?))",
        ),
        (
            "walk_opened",
            "'t', 5, 'c', 'p', 10",
            "last_open_pkey",
            "(tenant=? AND (person,profile_table,profile)>(?,?,?))",
        ),
        (
            "walk_recorded",
            "'t', '\\x01'::bytea, 5, 10",
            "pkey",
            "(tenant=? AND (interaction_id,occurred_at)>(?,?))",
        ),
        ("read_profile_table", "'t', 'c'", "profile_table_pkey", "(tenant=? AND id=?)"),
        ("load_settings", settings, "profile_table_pkey", "(tenant=? AND id=?)"),
        ("load_settings", settings, "policy_override_pkey", "(tenant=?"),
        ("load_settings", settings, "declaration_pkey", "(tenant=? AND kind=? AND id=?)"),
        ("find_sends", &sends, "send_pkey", "(tenant=? AND person=? AND message=? AND occurred_at<?)"),
        ("find_sends", &sends, "declaration_pkey", "(tenant=? AND kind=? AND id=?)"),
        (
            "find_awaited",
            &awaited,
            "person_occurred_at_idx",
            "(tenant=? AND person=? AND (occurred_at,interaction_id)>(?,?) AND occurred_at<?)",
        ),
        // The mode of each row's own send, and what its message leads to.
        ("find_awaited", &awaited, "send_pkey", "(tenant=? AND person=? AND message=? AND occurred_at<?)"),
        ("find_awaited", &awaited, "declaration_pkey", "(tenant=? AND kind=? AND id=?)"),
        ("find_request", "'t', '\\x01'::bytea", "request_pkey", "(tenant=? AND request_id=?)"),
        ("sweep_requests", "'t', 5, 10", "request_by_age", "(tenant=? AND created_at<?)"),
    ];
    for (statement, values, postgres, sqlite) in statements {
        let wanted = if engine == Engine::Sqlite { sqlite } else { postgres };
        goes_by(&mut look, statement, values, wanted).await;
    }
}

#[apply(every_engine)]
async fn every_statement_that_records_goes_by_an_index(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    let (id, one, text) = ("ARRAY['\\x01'::bytea]", "ARRAY[1::bigint]", "ARRAY['a']");
    let inserted =
        format!("'t', 1, 0, 1, 1, 'c', 'strict', {id}, {}, {}", [one; 9].join(", "), [text; 10].join(", "));
    let sends = format!("'t', {id}, {}, {}", [one; 4].join(", "), [text; 3].join(", "));
    let latest = format!("'t', {}, {}", [one; 3].join(", "), [text; 3].join(", "));
    let humanized = format!("'t', {id}, {one}, {one}, {one}, {text}, {text}");
    let devices = format!("'t', {}, {one}", [text; 4].join(", "));
    let people = format!("'t', {text}, {text}");
    let days = format!("'t', {one}, {text}, {text}, {one}");
    let key = "tenant=? AND interaction_id=? AND occurred_at=?";
    let send = "(tenant=? AND person=? AND message=? AND occurred_at<?)";
    let statements = [
        // What stands already is found by the key that the conflict names; SQLite does not tell of it.
        ("insert_interactions", &inserted, "Conflict Arbiter Indexes: interaction_pkey", "SCAN k VIRTUAL"),
        ("insert_sends", &sends, "Function Scan on k", "SCAN k VIRTUAL"),
        ("latest_sends", &latest, "Index Scan Backward using send_pkey", send),
        ("humanize_interactions", &humanized, "_pkey", key),
        ("save_devices", &devices, "Conflict Arbiter Indexes: last_device_pkey", "SCAN k VIRTUAL"),
        ("save_last_opens", &days, "Index Scan using last_open_pkey on last_open t", "SCAN k VIRTUAL"),
        ("read_device", &people, "last_device_pkey", "(tenant=? AND profile_table=? AND profile=?)"),
    ];
    for (statement, values, postgres, sqlite) in statements {
        let wanted = if engine == Engine::Sqlite { sqlite } else { postgres };
        goes_by(&mut look, statement, values, wanted).await;
    }
}

#[apply(every_engine)]
async fn every_statement_that_reads_interactions_goes_by_an_index(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    let activity = "'t', 1, 'c', 'p', 9, '\\xff', 10";
    let keys = "'t', ARRAY['\\x01'::bytea], ARRAY[1::bigint]";
    let sends = "'t', ARRAY[1::bigint], ARRAY['m'], ARRAY[1::bigint], ARRAY['\\x01'::bytea]";
    let whole = "(tenant=? AND interaction_id=? AND occurred_at=?)";
    let audience = "'t', 1, 10, 'c', 5, 6, 50";
    let statements = [
        (
            "list_activity",
            activity,
            "person_occurred_at_idx",
            "(tenant=? AND person=? AND (occurred_at,interaction_id)<(?,?))",
        ),
        // The sends of a person beside, and the row of each.
        ("list_activity", activity, "send_pkey", "SEARCH s USING INDEX"),
        ("list_activity", activity, "_pkey", whole),
        ("read_interactions", keys, "_pkey", whole),
        // Each person from the one before by the index alone, then that person's own rows.
        ("walk_audience", audience, "Index Only Scan using send_pkey", "SEARCH s USING COVERING INDEX"),
        ("walk_audience", audience, "Index Only Scan using last_open_pkey", "SEARCH l USING COVERING INDEX"),
        ("walk_audience", audience, "Limit", "(tenant=? AND person>?)"),
        ("walk_audience", audience, "person = w.person", "(tenant=? AND person=?)"),
        ("probe_batch", "'t'", "interaction_pending_pkey", "(tenant=?)"),
        ("lock_batch_head", "'t'", "interaction_head_pkey", "(tenant=?)"),
        ("read_batch_head", "'t'", "interaction_head_pkey", "(tenant=?)"),
        ("see_batch_heads", "ARRAY['t']", "interaction_head_pkey", "SEARCH h USING"),
        ("see_batch_heads", "ARRAY['t']", "interaction_pending_pkey", "SEARCH p USING"),
        ("read_batch_pending", "'t', 10", "interaction_pending_pkey", "SEARCH p USING COVERING INDEX"),
        ("read_batch_position", "'t', 5", "interaction_feed_pkey", "(tenant=? AND position=?)"),
        ("read_batches", "'t', 5, 10, 1000", "interaction_feed_pkey", "(tenant=? AND position>?)"),
        ("read_batches", "'t', 5, 10, 1000", "interaction_batch_pkey", "(tenant=? AND batch_id=?)"),
        ("list_outlived", "'t', 5, 10", "interaction_feed_pkey", "(tenant=? AND position>?)"),
        ("delete_interactions", keys, "_pkey", whole),
        (
            "delete_sends",
            sends,
            "send_pkey",
            "person=? AND message=? AND occurred_at=? AND interaction_id=?)",
        ),
        ("delete_feed", "'t', 5", "interaction_feed_pkey", "(tenant=? AND position<?)"),
        (
            "delete_batches",
            "'t', ARRAY['\\x01'::bytea]",
            "interaction_batch_pkey",
            "(tenant=? AND batch_id=?)",
        ),
    ];
    for (statement, values, postgres, sqlite) in statements {
        let wanted = if engine == Engine::Sqlite { sqlite } else { postgres };
        goes_by(&mut look, statement, values, wanted).await;
    }
}

#[apply(every_engine)]
async fn pending_batches_are_deleted_by_their_whole_key(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let values = "'t', ARRAY[1::bigint], ARRAY['\\x01'::bytea]";
    let found = plan_of(&mut look, "delete_batch_pending", values).await;
    let conditions = |line: &&str| line.contains("Index Cond") || line.contains("SEARCH interaction_pending");
    let mut conditions = found.lines().filter(conditions);
    let whole = |line: &str| ["tenant", "recorded_at", "batch_id"].iter().all(|column| line.contains(column));
    assert!(conditions.any(whole), "{found}");
}

#[apply(every_engine)]
async fn all_that_is_declared_is_found_by_its_whole_key(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let found = plan_of(&mut look, "load_settings", "'t', ARRAY['c'], ARRAY['message'], ARRAY['m']").await;
    let searched = if engine == Engine::Sqlite { "SEARCH d" } else { "Index Cond" };
    let searches = found.lines().filter(|line| line.contains(searched));
    let whole = |line: &&str| ["tenant", "kind", "id"].iter().all(|column| line.contains(column));
    let whole = searches.filter(whole).count();
    assert_eq!(whole, 3, "what is named, its campaigns, the websites of both:\n{found}");
}

#[apply(every_engine)]
async fn what_is_left_to_do_of_erasures_is_found_without_those_that_are_over(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    for (statement, index) in
        [("list_unfinished", "tombstone_to_delete"), ("list_named", "tombstone_to_forget")]
    {
        let found = plan_of(&mut look, statement, "1, 10").await;
        assert!(found.contains(index), "{statement} goes by another way than {index}:\n{found}");
    }
}

#[apply(every_engine)]
async fn what_trims_the_feed_and_puts_tombstones_back_goes_by_an_index(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let one = "ARRAY[1::bigint]";
    let tombstones = format!("'t', ARRAY['\\x01'::bytea], {one}, {one}, {one}");
    let statements = [
        ("lock_head", "'t'", "feed_head_pkey", "(tenant=?)"),
        ("raise_oldest", "'t', 5", "feed_head_pkey", "(tenant=?)"),
        ("read_head", "'t'", "feed_head_pkey", "(tenant=?)"),
        ("read_ledger", "'t', 0, 10", "feed_head_pkey", "SEARCH h USING"),
        ("read_position", "'t', 5", "ledger_pkey", "(tenant=? AND position=?)"),
        ("find_position", "'t', 5", "ledger_by_recorded_time", "(tenant=? AND recorded_up_to>?)"),
        ("find_place", "'t', '\\x01'::bytea", "ledger_of_record", "(tenant=? AND record_id=?)"),
        // Of an empty table either index of PostgreSQL's is as good.
        ("redact_record", "'t', '\\x01'::bytea", "Index Scan using record_", "(tenant=? AND id=?)"),
        ("read_tombstone", "'t', '\\x01'::bytea", "tombstone_pkey", "(tenant=? AND mark=?)"),
        ("find_tombstones", "'t', ARRAY['\\x01'::bytea]", "tombstone_pkey", "(tenant=? AND mark=?)"),
        ("list_tombstones", "'t', '\\x01'::bytea, 10", "tombstone_pkey", "tombstone_1 ((tenant,mark)>(?,?))"),
        // What stands already is found by the key that the conflict names; SQLite does not tell of it.
        ("restore_tombstones", &tombstones, "Conflict Arbiter Indexes: tombstone_pkey", "SCAN k VIRTUAL"),
    ];
    for (statement, values, postgres, sqlite) in statements {
        let wanted = if engine == Engine::Sqlite { sqlite } else { postgres };
        goes_by(&mut look, statement, values, wanted).await;
    }
}

#[apply(every_engine)]
async fn what_withdrawals_and_retention_take_goes_by_an_index(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    let (id, one, text) = ("ARRAY['\\x01'::bytea]", "ARRAY[1::bigint]", "ARRAY['a']");
    let devices = format!("{text}, {text}, {one}, {one}");
    let days = format!("{one}, {text}, {text}, {one}");
    let queued = format!("{id}, {one}, {text}, {text}, {}", [one; 5].join(", "));
    let saved = format!("'t', {queued}, {devices}, {days}");
    let taken = format!("'t', {devices}, {days}, {id}");
    let rows = format!("'t', 10, {one}, {text}, {text}, {one}, {one}, {one}");
    let ended = format!("'t', {id}");
    let aged = format!("'t', {one}, {text}, {text}, {one}");
    let device = "(tenant=? AND profile_table=? AND profile=?)";
    let day = "(tenant=? AND person=? AND profile_table=? AND profile=?)";
    let statements = [
        ("save_removals", &saved, "last_device_pkey", device),
        ("save_removals", &saved, "last_open_pkey", day),
        ("take_removals", &taken, "last_device_pkey", device),
        ("take_removals", &taken, "last_open_pkey", day),
        ("take_removals", &taken, "removal_pkey", "(tenant=? AND record_id=?)"),
        ("end_removals", &ended, "removal_pkey", "(tenant=? AND record_id=?)"),
        ("list_removals", &"'t', 5, 1, '\\x01', 10".to_owned(), "removal_due", "(tenant=? AND next_at"),
        (
            "list_removed",
            &rows,
            "person_occurred_at_idx",
            "(tenant=? AND person=? AND occurred_at>? AND occurred_at<?)",
        ),
        (
            "list_days",
            &"'t', 1, 'c', 'p', 10".to_owned(),
            "last_open_pkey",
            "(tenant=? AND (person,profile_table",
        ),
        ("delete_days", &aged, "last_open_pkey", day),
        ("sweep_counted", &"'t', 1, 10".to_owned(), "counted_by_day", "(tenant=? AND day<?)"),
    ];
    for (statement, values, postgres, sqlite) in statements {
        let wanted = if engine == Engine::Sqlite { sqlite } else { postgres };
        goes_by(&mut look, statement, values, wanted).await;
    }
}

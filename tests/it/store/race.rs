//! Numbering under many writers that pause and give up, and what happens when a trap is put back.
//!
//! `outcome` races writers against sequencers that work with the statements it is handed, and then
//! checks the ledger: dense, every committed record once, each person's records in their order.
//!
//! Trap 1, to lock and read in one statement, has no form for SQLite: a snapshot that is older than the lock needs a
//! statement that waits for a row's lock with the snapshot it began with. SQLite has no row locks. Its steps begin
//! with `BEGIN IMMEDIATE`, which gets the one write lock of the whole file before any statement takes a snapshot,
//! and a read transaction whose snapshot is old by the time it wants to write is refused (`SQLITE_BUSY_SNAPSHOT`).

use std::collections::HashMap;
use std::convert::identity;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use assent_domain::ledger::Verifier;
use assent_store::{LedgerEntry, Sequencer, Sql, StepSql, Store, StoreError};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{Made, Refused, Ticks, at, home, open, person, tenant, withdrawn, write};

pub(super) const WRITERS: usize = 8;
pub(super) const WRITES_EACH: usize = 30;

/// Runs a future on a thread of its own, so that a pause inside it delays nobody else.
pub(super) fn on_thread<T: Send + 'static>(
    work: impl AsyncFnOnce() -> T + Send + 'static,
) -> thread::JoinHandle<T> {
    thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work())
    })
}

/// Writes for people whom other writers write for too; pauses inside the transaction and sometimes
/// gives up. Answers with what was committed.
async fn write_and_pause(url: String, writer: usize, ticks: Arc<Ticks>) -> Vec<Made> {
    let store = open(&url).await;
    let mut committed = Vec::new();
    for turn in 0..WRITES_EACH {
        let who = [person(&format!("p{}", (writer + turn) % 5)), person(&format!("q{}", turn % 3))];
        let (tenant, now) = (tenant(), ticks.now());
        let pause = u32::try_from((writer * 7 + turn * 13) % 40).unwrap();
        let mut answers = store
            .write_consents(&write(&tenant, &who, now), |_, loaded| {
                thread::sleep(Duration::from_micros(100) * pause);
                if (writer + turn).is_multiple_of(7) {
                    Err(Refused::ByRule)
                } else {
                    Ok(withdrawn(loaded, now))
                }
            })
            .await;
        match answers.remove(0) {
            Ok(answered) => committed.extend(answered.made()),
            Err(Refused::ByRule) => {}
            Err(Refused::ByStore(error)) => panic!("{error}"),
        }
    }
    store.close().await;
    committed
}

/// The error of the first step that failed, if one did.
async fn number_until(url: String, sql: StepSql, writing: Arc<AtomicUsize>) -> Option<StoreError> {
    let store = open(&url).await;
    let sequencer = Sequencer::new(store.clone(), sql, [7; 16]);
    let mut failed = None;
    while writing.load(Ordering::SeqCst) > 0 || !store.pending().await.unwrap().is_empty() {
        if let Err(error) = sequencer.step(&tenant(), at(0)).await {
            failed = failed.or(Some(error));
        }
    }
    store.close().await;
    failed
}

/// Races writers and sequencers that work with the statements they are handed: what was committed, or the step that failed.
pub(super) async fn race<M: Send + 'static, W, N>(
    url: &str,
    sql: &StepSql,
    write: impl Fn(String, usize, Arc<Ticks>) -> W + Send + Copy + 'static,
    number: impl Fn(String, StepSql, Arc<AtomicUsize>) -> N + Send + Copy + 'static,
) -> Result<Vec<M>, String>
where
    W: Future<Output = Vec<M>>,
    N: Future<Output = Option<StoreError>>,
{
    let writing = Arc::new(AtomicUsize::new(WRITERS));
    let ticks = Arc::new(Ticks::default());
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (url, ticks, writing) = (url.to_owned(), Arc::clone(&ticks), Arc::clone(&writing));
            on_thread(async move || {
                let made = write(url, writer, ticks).await;
                writing.fetch_sub(1, Ordering::SeqCst);
                made
            })
        })
        .collect();
    let sequencers: Vec<_> = (0..3)
        .map(|_| {
            let (url, sql, writing) = (url.to_owned(), sql.clone(), Arc::clone(&writing));
            on_thread(async move || number(url, sql, writing).await)
        })
        .collect();
    let committed: Vec<M> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
    for sequencer in sequencers {
        if let Some(error) = sequencer.join().unwrap() {
            return Err(format!("a step failed: {error}"));
        }
    }
    assert!(committed.len() > WRITERS * WRITES_EACH / 2, "the writers hardly wrote");
    Ok(committed)
}

/// Races them; `Err` names what is wrong with the ledger they made, or the step that failed.
async fn outcome(url: &str, sql: &StepSql) -> Result<(), String> {
    let committed = race(url, sql, write_and_pause, number_until).await?;
    check(&open(url).await, &committed).await
}

async fn whole_ledger(store: &Store) -> Vec<LedgerEntry> {
    let mut ledger: Vec<LedgerEntry> = Vec::new();
    loop {
        let after = ledger.last().map_or(0, |entry| entry.position);
        let page = store.read_ledger(&tenant(), after, 100, identity).await.unwrap().entries;
        if page.is_empty() {
            return ledger;
        }
        ledger.extend(page);
    }
}

/// What is wrong with the ledger, by position.
pub(super) async fn check(store: &Store, committed: &[Made]) -> Result<(), String> {
    let ledger = whole_ledger(store).await;
    let mut place_of = HashMap::new();
    let mut last_version = HashMap::new();
    for (entry, expected) in ledger.iter().zip(1..) {
        let position = entry.position;
        if position != expected {
            return Err(format!("position {expected} is missing: {position} stands in its place"));
        }
        if let Some(first) = place_of.insert(entry.record_id, position) {
            return Err(format!("position {position} is doubled: its record stands at {first} already"));
        }
        let record = &entry.held.as_ref().unwrap().record;
        let before = last_version.insert(record.profile.clone(), record.profile_version).unwrap_or(0);
        if record.profile_version != before + 1 {
            return Err(format!(
                "position {position} is out of order: it holds version {} of a profile after version {before}",
                record.profile_version
            ));
        }
    }
    for made in committed {
        if !place_of.contains_key(&made.id) {
            return Err(format!("version {} of a profile is lost: it has no position", made.version));
        }
    }
    if ledger.len() != committed.len() {
        return Err(format!("{} positions for {} committed records", ledger.len(), committed.len()));
    }
    verify(store, ledger.len()).await
}

async fn verify(store: &Store, positions: usize) -> Result<(), String> {
    let head = store.feed_head(&tenant()).await.unwrap().unwrap().head;
    let mut verifier = Verifier::new(&tenant(), Some(head));
    for link in store.read_links(&tenant(), 0, u32::MAX).await.unwrap() {
        verifier.take(&link.link()).map_err(|broken| broken.to_string())?;
    }
    let report = verifier.finish().map_err(|broken| broken.to_string())?;
    if (report.verified, report.head) == (positions as u64, head) {
        Ok(())
    } else {
        Err(format!("the chain holds {} of {positions} positions", report.verified))
    }
}

#[apply(every_engine)]
async fn no_position_is_lost_doubled_or_out_of_order_under_many_writers(engine: Engine) {
    let home = home(engine).await;
    assert_eq!(outcome(home.database.url(), &Sequencer::sql()).await, Ok(()));
}

/// Trap 1 of any step: the statement's snapshot is older than the lock it waits for, so it reads what another
/// step has numbered meanwhile.
pub(crate) fn lock_and_read_in_one(sql: StepSql) -> StepSql {
    let unlocked = sql.lock_head.postgres().replace(" FOR UPDATE", "");
    let locked = format!("{} FOR UPDATE OF h", sql.read_pending.postgres());
    let (lock, read) = (sql.lock_head.sqlite().to_owned(), sql.read_pending.sqlite().to_owned());
    StepSql {
        lock_head: Sql::from_texts("lock_head", unlocked, lock),
        read_pending: Sql::from_texts("read_pending", locked, read),
        ..sql
    }
}

/// Says that it deleted everything it was asked to, whether or not it was there.
pub(crate) fn careless_delete(sql: StepSql) -> StepSql {
    let careless = sql.delete_pending.postgres().replace("DELETE FROM", "WITH gone AS (DELETE FROM");
    let careless = format!("{careless} RETURNING 1) SELECT k.hlc FROM unnest($2::bigint[]) AS k (hlc)");
    let sqlite = sql.delete_pending.sqlite().to_owned();
    StepSql { delete_pending: Sql::from_texts("delete_pending", careless, sqlite), ..sql }
}

/// Trap 2 of a step: what a long transaction commits is not recent any more and is passed over.
pub(crate) fn recent_rows_only(sql: StepSql) -> StepSql {
    let window = "p.hlc > (SELECT max(w.hlc) - 3000 FROM pending AS w WHERE w.tenant = $1)";
    let recent = |text: &str, mark: &str| {
        text.replace("\nORDER BY", &format!(" AND {}\nORDER BY", window.replace('$', mark)))
    };
    let (postgres, sqlite) =
        (recent(sql.read_pending.postgres(), "$"), recent(sql.read_pending.sqlite(), "?"));
    StepSql { read_pending: Sql::from_texts("read_pending", postgres, sqlite), ..sql }
}

#[test]
fn a_step_that_locks_and_reads_in_one_statement_is_stopped_at_the_position_it_would_double() {
    assent_tests::engine::run(async {
        let home = home(Engine::Postgres).await;
        let wrong = outcome(home.database.url(), &lock_and_read_in_one(Sequencer::sql())).await.unwrap_err();
        assert!(wrong.contains("position ") && wrong.contains("was about to be given"), "{wrong}");
    });
}

#[test]
fn locking_and_reading_in_one_statement_doubles_positions_where_nothing_stops_it() {
    assent_tests::engine::run(async {
        let home = home(Engine::Postgres).await;
        let mut look = Look::at(home.database.url()).await.unwrap();
        look.run("DROP INDEX ledger_of_record").await.unwrap();
        let sql = careless_delete(lock_and_read_in_one(Sequencer::sql()));
        let wrong = outcome(home.database.url(), &sql).await.unwrap_err();
        assert!(wrong.contains("position ") && wrong.contains(" is doubled"), "{wrong}");
    });
}

#[apply(every_engine)]
async fn reading_only_recent_pending_rows_puts_positions_out_of_order(engine: Engine) {
    let sql = recent_rows_only(Sequencer::sql());
    let home = home(engine).await;
    let wrong = outcome(home.database.url(), &sql).await.unwrap_err();
    assert!(wrong.contains("position ") && wrong.contains(" is out of order"), "{wrong}");
}

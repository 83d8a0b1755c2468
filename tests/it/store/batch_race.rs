//! Numbering batches of interactions under many writers that pause and give up, and what happens when a trap is put
//! back. As `race` for records; why the first trap has no form for SQLite is said there.
//!
//! A batch belongs to nobody alone. What holds of the order is: a batch that was acknowledged before another one began
//! stands before it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::Duration;

use assent_domain::context::Context;
use assent_domain::id::{BatchId, InteractionId, MessageId, PolicyId};
use assent_domain::interaction::{Reported, What};
use assent_domain::mode::Sent;
use assent_domain::policy::{Applicable, Policy};
use assent_domain::time::{Instant, Zone};
use assent_domain::verdict::{Case, Unjudged, Use, judge};
use assent_store::{
    Arrival, Asked, BatchSequencer, Ground, InteractionWrite, Named, Sql, StepSql, Store, StoreError, Weighed,
};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::batches::wait;
use super::people::{Quiet, Ticks, at, home, open, person, tenant};
use super::plans::plan;
use super::race::{WRITES_EACH, lock_and_read_in_one, race};

/// A send of a message to one person.
pub(super) fn send(message: &str, number: usize, occurred_at: Instant) -> Arrival {
    let who = person("somebody");
    let reported = Reported {
        id: InteractionId((number as u128).to_be_bytes()),
        occurred_at,
        profile: Some(who.id),
        what: What::Send { message: MessageId::new(message).unwrap(), sent: Sent::default() },
        campaign: None,
        automated: false,
        functional: false,
        device: None,
    };
    Arrival { table: who.table, reported }
}

/// A send is ours: it is recorded whoever it is to.
pub(super) fn weighed(arrival: &Arrival, now: Instant) -> Weighed {
    // Read once: a thousand are judged within what a transaction may take.
    static STRICT: LazyLock<Policy> =
        LazyLock::new(|| Policy::built_in(&PolicyId::new("strict").unwrap()).unwrap());
    let case = Case {
        asked_for: Use::Record,
        context: Context::default(),
        sent: Sent::default(),
        person: None,
        policies: Applicable::of(&STRICT),
        table_zone: &Zone::utc(),
        now,
    };
    Weighed::of(judge(Unjudged::new(arrival.reported.clone()), &case), &case, |_| [0; 32])
}

/// A batch that was committed: when its call began, and when it was acknowledged.
struct Made {
    id: BatchId,
    began: Instant,
    done: Instant,
}

/// Records one send a batch; pauses inside the transaction and sometimes gives up. Answers with what was committed.
async fn write_and_pause(url: String, writer: usize, ticks: Arc<Ticks>) -> Vec<Made> {
    let store = open(&url).await;
    let mut committed = Vec::new();
    for turn in 0..WRITES_EACH {
        let (tenant, began, number) = (tenant(), ticks.now(), writer * WRITES_EACH + turn + 1);
        // Not in the order in which they are made, so that nothing can rely on it.
        let id =
            BatchId((number as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_9e37_79b9_7f4a_7c15).to_be_bytes());
        let arrivals = [send(&format!("message-{writer}"), number, began)];
        let named = Named::default();
        let write =
            InteractionWrite { tenant: &tenant, arrivals: &arrivals, named: &named, batch: id, now: began };
        let pause = u32::try_from((writer * 7 + turn * 13) % 40).unwrap();
        let judge = |_: &Ground, asked: &[Asked]| {
            thread::sleep(Duration::from_micros(100) * pause);
            let gives_up = (writer + turn).is_multiple_of(7);
            let one = |asked: &Asked| (!gives_up).then(|| weighed(&arrivals[asked.arrival], began));
            asked.iter().map(one).collect()
        };
        let done = store.record_interactions(&write, judge, &mut Quiet).await;
        if done.unwrap().iter().all(Option::is_some) {
            committed.push(Made { id, began, done: ticks.now() });
        }
    }
    store.close().await;
    committed
}

/// The error of the first step that failed, if one did.
async fn number_until(url: String, sql: StepSql, writing: Arc<AtomicUsize>) -> Option<StoreError> {
    let store = open(&url).await;
    let sequencer = BatchSequencer::new(store.clone(), sql, [7; 16]);
    let mut failed = None;
    while writing.load(Ordering::SeqCst) > 0
        || !store.tenants_with_pending_batches().await.unwrap().is_empty()
    {
        if let Err(error) = sequencer.step(&tenant(), at(0)).await {
            failed = failed.or(Some(error));
        }
    }
    store.close().await;
    failed
}

/// Races writers and sequencers; `Err` names what is wrong with the feed they made, or the step that failed.
async fn outcome(url: &str, sql: &StepSql) -> Result<(), String> {
    let store = open(url).await;
    store.make_months_ahead(at(0)).await.unwrap();
    let committed = race(url, sql, write_and_pause, number_until).await?;
    check(&store, &committed).await
}

/// What is wrong with the feed, by position.
async fn check(store: &Store, committed: &[Made]) -> Result<(), String> {
    let made: HashMap<BatchId, &Made> = committed.iter().map(|made| (made.id, made)).collect();
    let mut place_of = HashMap::new();
    let mut begun = Instant::MIN;
    for (batch, expected) in store.read_batches(&tenant(), 1, 5000, 5000).await.unwrap().iter().zip(1..) {
        let position = batch.position;
        if position != expected {
            return Err(format!("position {expected} is missing: {position} stands in its place"));
        }
        if let Some(first) = place_of.insert(batch.id, position) {
            return Err(format!("position {position} is doubled: its batch stands at {first} already"));
        }
        let Some(made) = made.get(&batch.id) else {
            return Err(format!("position {position} holds a batch that was never acknowledged"));
        };
        if made.done < begun {
            return Err(format!(
                "position {position} is out of order: it was done before one in front of it began"
            ));
        }
        begun = begun.max(made.began);
    }
    match committed.iter().position(|made| !place_of.contains_key(&made.id)) {
        Some(lost) => Err(format!("batch {lost} of {} is lost: it has no position", committed.len())),
        None => Ok(()),
    }
}

#[apply(every_engine)]
async fn no_batch_is_lost_doubled_or_out_of_order_under_many_writers(engine: Engine) {
    let home = home(engine).await;
    assert_eq!(outcome(home.database.url(), &BatchSequencer::sql()).await, Ok(()));
}

#[test]
fn a_step_that_locks_and_reads_batches_in_one_statement_is_stopped_at_the_position_it_would_double() {
    assent_tests::engine::run(async {
        let home = home(Engine::Postgres).await;
        let sql = lock_and_read_in_one(BatchSequencer::sql());
        let wrong = outcome(home.database.url(), &sql).await.unwrap_err();
        assert!(wrong.contains("position ") && wrong.contains("was about to be given"), "{wrong}");
    });
}

#[test]
fn locking_and_reading_batches_in_one_statement_doubles_positions_where_nothing_stops_it() {
    assent_tests::engine::run(async {
        let home = home(Engine::Postgres).await;
        let sql = lock_and_read_in_one(BatchSequencer::sql());
        let careless = careless(&sql);
        let wrong =
            outcome(home.database.url(), &StepSql { delete_pending: careless, ..sql }).await.unwrap_err();
        assert!(wrong.contains("position ") && wrong.contains(" is doubled"), "{wrong}");
    });
}

/// Says that it deleted everything it was asked to, whatever it deleted; on PostgreSQL.
fn careless(sql: &StepSql) -> Sql {
    let delete = sql.delete_pending.postgres().replace("DELETE FROM", "WITH gone AS (DELETE FROM");
    let careless =
        format!("{delete} RETURNING 1) SELECT k.batch_id FROM unnest($3::bytea[]) AS k (batch_id)");
    Sql::from_texts("delete_batch_pending", careless, sql.delete_pending.sqlite().to_owned())
}

#[apply(every_engine)]
async fn reading_only_recent_batches_puts_positions_out_of_order(engine: Engine) {
    // Trap 2: what a long transaction commits is not recent any more and is passed over.
    let sql = BatchSequencer::sql();
    let window = "p.recorded_at > (SELECT max(w.recorded_at) - 3000 FROM interaction_pending AS w WHERE w.tenant = $1)";
    let recent = |text: &str, mark: &str| {
        text.replace("\nORDER BY", &format!(" AND {}\nORDER BY", window.replace('$', mark)))
    };
    let (postgres, sqlite) =
        (recent(sql.read_pending.postgres(), "$"), recent(sql.read_pending.sqlite(), "?"));
    let sql = StepSql { read_pending: Sql::from_texts("read_batch_pending", postgres, sqlite), ..sql };
    let home = home(engine).await;
    let wrong = outcome(home.database.url(), &sql).await.unwrap_err();
    assert!(wrong.contains("position ") && wrong.contains(" is out of order"), "{wrong}");
}

/// Trap 3: deletes by the instant alone, which batches of several writers can share.
fn delete_by_instant() -> StepSql {
    let postgres = "DELETE FROM interaction_pending AS p
        WHERE p.tenant = $1 AND $3::bytea[] IS NOT NULL AND p.recorded_at = ANY ($2::bigint[])";
    let sqlite = "DELETE FROM interaction_pending
        WHERE tenant = ?1 AND recorded_at IN (SELECT k.value ->> 0 FROM json_each(?2) AS k)";
    let delete_pending = Sql::from_texts("delete_batch_pending", postgres.to_owned(), sqlite.to_owned());
    StepSql { delete_pending, ..BatchSequencer::sql() }
}

/// One batch more than a step numbers, all of one instant.
async fn of_one_instant(home: &super::people::Home, engine: Engine) -> Vec<Made> {
    let mut look = Look::at(home.database.url()).await.unwrap();
    wait(&mut look, engine, 1, 1001).await;
    look.run("UPDATE interaction_pending SET recorded_at = 5").await.unwrap();
    let id = |number: u128| BatchId(number.to_be_bytes());
    (1..=1001).map(|number| Made { id: id(number), began: at(0), done: at(0) }).collect()
}

#[apply(every_engine)]
async fn a_step_that_deletes_by_less_than_the_whole_key_is_stopped_at_its_first_position(engine: Engine) {
    let home = home(engine).await;
    let made = of_one_instant(&home, engine).await;
    let sequencer = BatchSequencer::new(home.store.clone(), delete_by_instant(), [7; 16]);
    let stopped = sequencer.step(&tenant(), at(0)).await;
    assert_eq!(stopped, Err(StoreError::Misnumbered { position: 1 }));
    // Nothing was stored, so that whoever does it right finds all of it.
    let sequencer = BatchSequencer::new(home.store.clone(), BatchSequencer::sql(), [7; 16]);
    sequencer.catch_up(&tenant(), at(0)).await.unwrap();
    assert_eq!(check(&home.store, &made).await, Ok(()));
}

#[test]
fn deleting_by_less_than_the_whole_key_loses_a_batch_where_nothing_stops_it() {
    assent_tests::engine::run(async {
        let home = home(Engine::Postgres).await;
        let made = of_one_instant(&home, Engine::Postgres).await;
        let sql = delete_by_instant();
        let sql = StepSql { delete_pending: careless(&sql), ..sql };
        let sequencer = BatchSequencer::new(home.store.clone(), sql, [7; 16]);
        sequencer.catch_up(&tenant(), at(0)).await.unwrap();
        let wrong = check(&home.store, &made).await.unwrap_err();
        assert_eq!(wrong, "batch 1000 of 1001 is lost: it has no position");
    });
}

#[apply(every_engine)]
async fn deleting_batches_by_anything_less_is_told_apart_by_its_plan(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    for (sql, whole) in [(BatchSequencer::sql(), true), (delete_by_instant(), false)] {
        let (postgres, sqlite) = (sql.delete_pending.postgres(), sql.delete_pending.sqlite());
        let found = plan(&mut look, postgres, sqlite, "'t', ARRAY[1::bigint], ARRAY['\\x01'::bytea]").await;
        let by_key = found.lines().any(|line| {
            ["tenant", "recorded_at", "batch_id"].iter().all(|column| line.contains(column))
                && (line.contains("Index Cond") || line.contains("SEARCH"))
        });
        assert_eq!(by_key, whole, "{found}");
    }
}

#[apply(every_engine)]
async fn the_head_of_the_batches_is_locked_and_moved_by_its_key(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let sql = BatchSequencer::sql();
    for (statement, values) in [(&sql.lock_head, "'t'"), (&sql.advance_head, "'t', 1, 1")] {
        let found = plan(&mut look, statement.postgres(), statement.sqlite(), values).await;
        let wanted = if engine == Engine::Sqlite { "(tenant=?)" } else { "interaction_head_pkey" };
        assert!(found.contains(wanted), "{}:\n{found}", statement.name());
    }
}

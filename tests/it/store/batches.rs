//! The feed of interactions in the store: which way its statements go, how many they are, and the months that go.

use assent_domain::id::InteractionId;
use assent_store::{BatchSequencer, InteractionKey};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{at, home, tenant};
use super::plans::plan_of;
use super::statements::Counted;

#[apply(every_engine)]
async fn every_statement_of_the_feed_goes_by_an_index(engine: Engine) {
    let home = home(engine).await;
    // A month, so that there is something to plan for.
    home.store.make_months_ahead(at(0)).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    let one_batch = "'t', ARRAY[1::bigint], ARRAY['\\x01'::bytea]";
    let one_row = "'t', ARRAY['\\x01'::bytea], ARRAY[1::bigint]";
    let pending = "(tenant=? AND recorded_at=? AND batch_id=?)";
    let key = "(tenant=? AND interaction_id=? AND occurred_at=?)";
    for (statement, values, postgres, sqlite) in [
        ("probe_batch", "'t'", "interaction_pending_pkey", "interaction_pending_1 (tenant=?)"),
        ("read_batch_pending", "'t', 10", "interaction_pending_pkey", "interaction_pending_1 (tenant=?)"),
        ("delete_batch_pending", one_batch, "interaction_pending_pkey", pending),
        ("read_batch_position", "'t', 1", "interaction_feed_pkey", "(tenant=? AND position=?)"),
        ("read_batches", "'t', 1, 10, 240", "interaction_feed_pkey", "(tenant=? AND position>?)"),
        ("read_batches", "'t', 1, 10, 240", "interaction_batch_pkey", "(tenant=? AND batch_id=?)"),
        ("read_interactions", one_row, "interaction_20", key),
        ("delete_interactions", one_row, "interaction_20", key),
        (
            "list_aged",
            "'t', '\\x00', 0, 9000000000000000, 10, ARRAY['c'], ARRAY[1::bigint]",
            "_pkey",
            "interaction_by_age (tenant=? AND profile_table=? AND occurred_at<?)",
        ),
        (
            "list_devices",
            "'t', 'c', 'p', 10",
            "last_device_pkey",
            "(tenant=? AND (profile_table,profile)>(?,?))",
        ),
        (
            "delete_devices",
            "'t', ARRAY['c'], ARRAY['p'], ARRAY[1::bigint]",
            "last_device_pkey",
            "(tenant=? AND profile_table=? AND profile=?)",
        ),
        (
            "delete_sends",
            "'t', ARRAY[1::bigint], ARRAY['m'], ARRAY[1::bigint], ARRAY['\\x01'::bytea]",
            "send_pkey",
            "(tenant=? AND person=? AND message=? AND occurred_at=? AND interaction_id=?)",
        ),
        ("list_outlived", "'t', 1, 10", "interaction_feed_pkey", "(tenant=? AND position>?)"),
        ("delete_feed", "'t', 5", "interaction_feed_pkey", "(tenant=? AND position<?)"),
        (
            "delete_batches",
            "'t', ARRAY['\\x01'::bytea]",
            "interaction_batch_pkey",
            "(tenant=? AND batch_id=?)",
        ),
    ] {
        let found = plan_of(&mut look, statement, values).await;
        let wanted = if engine == Engine::Sqlite { sqlite } else { postgres };
        assert!(found.contains(wanted), "{statement} goes by another way than {wanted}:\n{found}");
        assert!(!found.contains("Seq Scan"), "{statement} walks a table:\n{found}");
        for line in found.lines().filter(|line| line.contains("SCAN ")) {
            let own = ["SCAN k", "SCAN l", "SCAN w", "SCAN (subquery"];
            assert!(own.iter().any(|own| line.contains(own)), "{statement} walks a table:\n{found}");
        }
    }
}

/// Has so many batches of one row wait.
pub(super) async fn wait(look: &mut Look, engine: Engine, from: usize, count: usize) {
    let blob = |hex: String| match engine {
        Engine::Sqlite => format!("X'{hex}'"),
        Engine::Postgres => format!("'\\x{hex}'::bytea"),
    };
    let mut statements = String::new();
    for number in from..from + count {
        let (id, keys) = (blob(format!("{number:032x}")), blob(format!("{number:032x}{:016x}", 5)));
        statements += &format!(
            "INSERT INTO interaction_batch (tenant, batch_id, recorded_at, keys) VALUES ('tenant-a', {id}, 1, {keys});
             INSERT INTO interaction_pending (tenant, recorded_at, batch_id) VALUES ('tenant-a', {number}, {id});"
        );
    }
    look.run(&statements).await.unwrap();
}

#[apply(every_engine)]
async fn one_batch_and_a_thousand_take_the_same_statements(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let counted = Counted::on(home.database.url()).await;
    let (store, tenant) = (&counted.store, tenant());
    let sequencer = BatchSequencer::new(store.clone(), BatchSequencer::sql(), [7; 16]);
    let mut steps = Vec::new();
    for (from, count) in [(1, 1), (2, 1000)] {
        wait(&mut look, engine, from, count).await;
        let step = async { assert_eq!(sequencer.step(&tenant, at(2)).await, Ok(count as u64)) };
        steps.push(counted.during(step).await);
    }
    assert_eq!(steps[0], steps[1] + 2, "the first step makes the head too");
    let head = store.interaction_head(&tenant).await.unwrap().unwrap();
    assert_eq!((head.incarnation, head.position, head.oldest_position), ([7; 16], 1001, 1));
    let reads = counted.during(async {
        let read = store.read_batches(&tenant, 1, 2000, 2000).await.unwrap();
        let positions: Vec<u64> = read.iter().map(|batch| batch.position).collect();
        assert_eq!(positions, (1..=1001).collect::<Vec<_>>(), "in order, without a gap");
        let first = InteractionKey {
            id: InteractionId(1u128.to_be_bytes()),
            occurred_at: read[0].keys[0].occurred_at,
        };
        assert_eq!(read[0].keys, [first]);
        let keys: Vec<_> = read.iter().flat_map(|batch| batch.keys.clone()).collect();
        assert!(store.read_interactions(&tenant, &keys).await.unwrap().0.is_empty(), "none is there");
    });
    assert_eq!(reads.await, 2);
    let bounded = store.read_batches(&tenant, 11, 2000, 3).await.unwrap();
    let positions: Vec<u64> = bounded.iter().map(|batch| batch.position).collect();
    assert_eq!(positions, [11, 12, 13], "no more than it takes to hold three rows");
}

#[apply(every_engine)]
async fn a_feed_is_trimmed_by_position_up_to_the_first_that_is_kept(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let sequencer = BatchSequencer::new(home.store.clone(), BatchSequencer::sql(), [7; 16]);
    wait(&mut look, engine, 1, 10).await;
    sequencer.catch_up(&tenant(), at(0)).await.unwrap();
    // The third is young, so that those behind it stay however old they are.
    let young = at(0).micros();
    look.run(&format!("UPDATE interaction_feed SET recorded_at = {young} WHERE position = 3")).await.unwrap();
    assert_eq!(home.store.trim_batches(&tenant(), at(0), at(1)).await, Ok(2));
    assert_eq!(home.store.trim_batches(&tenant(), at(0), at(1)).await, Ok(0));
    let head = home.store.interaction_head(&tenant()).await.unwrap().unwrap();
    assert_eq!((head.position, head.oldest_position), (10, 3));
    assert_eq!(home.store.batch_at(&tenant(), 2).await, Ok(None));
    assert_eq!(home.store.read_batches(&tenant(), 1, 20, 20).await.unwrap()[0].position, 3);
}

#[apply(every_engine)]
async fn a_month_goes_when_all_of_it_is_past_and_no_sooner(engine: Engine) {
    let home = home(engine).await;
    // The end of September 2026.
    home.store.make_months_ahead(at(0)).await.unwrap();
    let month = 31 * 86_400_000_000;
    let dropped = match engine {
        Engine::Sqlite => [0, 0, 0],
        Engine::Postgres => [0, 1, 0],
    };
    assert_eq!(home.store.drop_months(at(0)).await, Ok(dropped[0]), "it is not over");
    assert_eq!(home.store.drop_months(at(month)).await, Ok(dropped[1]));
    assert_eq!(home.store.drop_months(at(month)).await, Ok(dropped[2]));
    home.store.make_months_ahead(at(0)).await.unwrap();
}

//! Many who watch one tenant's changes, and a store that does not answer: they leave half of it to others, share what they read,
//! and each is told in time how far it has come. PostgreSQL alone: SQLite's readers wait for nobody.

use assent_proto::v1::WatchConsentChangesRequest;
use assent_proto::v1::watch_consent_changes_response::Event;
use assent_tests::engine::{Engine, fresh, run};
use assent_tests::look::Look;

use super::watch::{Watch, from_edge};
use super::watch_ends::{asleep, sleeps_until};
use super::*;

const WATCHERS: u32 = 12;

/// How long a stream is silent at most: until its last look, and while that is under way.
const SILENCE: Duration = Duration::from_millis(9_500);

/// Waits until so many connections wait to read the ledger, and says how many they are once others were answered.
async fn reading(app: &TestApp, eyes: &mut Look, at_least: usize) -> usize {
    let reads = "SELECT CAST(count(*) AS TEXT) FROM pg_stat_activity WHERE datname = current_database() \
                 AND wait_event_type = 'Lock' AND query LIKE '-- read_ledger%'";
    let mut found = 0;
    for _ in 0..2_000 {
        found = eyes.column(reads).await.expect("a count").concat().parse().expect("a number");
        if found >= at_least {
            break;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    for _ in 0..8 {
        let start = Some(Start::Edge(CursorEdge::Latest.into()));
        let asked = v1::GetCursorRequest { start, filter: None };
        let answer = app.client().once().changes().get_cursor(asked).await;
        assert_eq!(answer.expect("there is room for others").into_inner().position, 3);
        found = eyes.column(reads).await.expect("a count").concat().parse().expect("a number");
    }
    found
}

/// Has them watch, each with batches of its own size, while nobody can read a record; so many connections wait for one then.
async fn watch_in_vain(size: impl Fn(u32) -> u32, connections: usize) {
    let settings = [("DATABASE__MAX_CONNECTIONS", "8")];
    let app = TestApp::start_with(fresh(Engine::Postgres).await, &settings).await;
    settled(&app).await;
    let everybody = ["anna", "bruno", "chloe"];
    for who in everybody {
        say(&app, who, Answer::Refuse, marketing()).await;
    }
    earliest(app.client(), None).await;
    let mut holder = app.look().await;
    holder.run("BEGIN; LOCK TABLE record IN ACCESS EXCLUSIVE MODE").await.expect("the records are held");
    let mut watches: Vec<Watch> = Vec::new();
    for number in 0..WATCHERS {
        let request =
            WatchConsentChangesRequest { batch_size: size(number), ..from_edge(CursorEdge::Earliest) };
        let (mut watch, begun) = asleep(&app, request).await;
        watch.checkpoint().await;
        sleeps_until(&app, begun + SILENCE).await;
        watches.push(watch);
    }
    let mut eyes = app.look().await;
    assert_eq!(reading(&app, &mut eyes, connections).await, connections);

    app.advance(SILENCE);
    for watch in &mut watches {
        let told = watch.checkpoint().await;
        assert_eq!((told.covered_after, told.covered_through), (0, 0), "it has come no further");
    }
    holder.run("ROLLBACK").await.expect("the records are let go");
    for watch in &mut watches {
        let batch = loop {
            // Whose turn came when it was time to speak speaks first.
            if let Event::Batch(batch) = watch.next().await {
                break batch;
            }
        };
        assert_eq!(people(&batch.changes), everybody);
    }
    app.finish().await;
}

#[test]
fn who_watches_while_the_store_does_not_answer_leaves_half_of_it_to_others_and_is_told_in_time() {
    run(watch_in_vain(|number| 101 + number, 4));
}

#[test]
fn those_who_stand_at_the_same_place_read_on_from_it_once() {
    run(watch_in_vain(|_| 0, 1));
}

//! Two replicas of the service on one database, both alive: whoever reads by turns from the one and the other reads one
//! feed. PostgreSQL alone: a second `assent serve` on a file of SQLite is refused (`serve`).

use std::collections::{BTreeMap, BTreeSet};

use assent_proto::v1::verify_history_response::Event as Walked;
use assent_tests::engine::{Database, Engine, fresh, run};
use assent_tests::look::Look;
use assent_tests::marks;
use assent_tests::process::Process;
use tonic::transport::Endpoint;

use super::watch::from_edge;
use super::watch_ends::{asleep, sleeps_until};
use super::*;

pub(super) const WRITERS: usize = 6;

/// How often each writer writes.
pub(super) const TURNS: usize = 16;

/// A replica that the database knows by a name, and a caller of it.
pub(super) fn replica(database: &Database, name: &str) -> (Process, Client) {
    let sign = if database.url().contains('?') { '&' } else { '?' };
    let url = format!("{}{sign}application_name={name}", database.url());
    serve(database, &[("DATABASE__URL", &url)], None)
}

fn serve(database: &Database, settings: &[(&str, &str)], key: Option<&str>) -> (Process, Client) {
    let mut process = Process::serve(database, settings);
    let endpoint = Endpoint::from_shared(format!("http://{}", process.address())).expect("an address");
    (process, Client::new(endpoint.connect_lazy(), Engine::Postgres, key, None).once())
}

/// Has the database note which replica wrote records and which gave them their positions.
pub(super) async fn note_replicas(look: &mut Look) {
    let notes = "CREATE TABLE seen (what TEXT, who TEXT);
        CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO seen VALUES (TG_TABLE_NAME, current_setting('application_name')); RETURN NULL;
        END $$;
        CREATE TRIGGER see AFTER INSERT ON record EXECUTE FUNCTION see();
        CREATE TRIGGER see AFTER INSERT ON ledger EXECUTE FUNCTION see();";
    look.run(notes).await.expect("triggers");
}

/// All that [`WRITERS`] write.
pub(super) const LAST: u64 = (WRITERS * TURNS * 2) as u64;

/// What a writer writes in a turn: one no of one person, and one of somebody whom all write about.
pub(super) fn batch_of(number: usize, turn: usize) -> v1::UpsertConsentsRequest {
    let shared = format!("shared{}", (number + turn) % 3);
    let at_times = if turn % 5 == 4 { Answer::Object } else { Answer::Refuse };
    let items = [(format!("own{number}"), Answer::Refuse), (shared, at_times)]
        .map(|(who, answer)| story::item(&who, answer, START, None));
    story::batch(items.to_vec())
}

/// Writes each turn's batch, by turns through the one replica and the other.
async fn write(replicas: [Client; 2], number: usize) {
    for turn in 0..TURNS {
        // The same request once more to the other one writes nothing.
        let batch = batch_of(number, turn);
        for replica in [number + turn, number + turn + 1] {
            store(&replicas[replica % 2], batch.clone()).await;
        }
    }
}

/// Reads on until everything up to `last` was covered, each page from the other replica.
async fn follow(replicas: [Client; 2], last: u64) -> Vec<ConsentChange> {
    let mut cursor = earliest(&replicas[0], None).await;
    let (mut all, mut covered) = (Vec::new(), 0);
    for replica in replicas.iter().cycle() {
        let max_wait = Some(prost_types::Duration { seconds: 5, nanos: 0 });
        let page =
            read(replica, ReadConsentChangesRequest { page_size: 4, max_wait, ..after(&cursor) }).await;
        assert_eq!(page.covered_after, covered, "a gap between two pages");
        (cursor, covered) = (page.next_cursor, page.covered_through);
        all.extend(page.changes);
        if covered == last {
            return all;
        }
    }
    unreachable!("a circle has no end");
}

async fn history(client: &Client, who: &str) -> Vec<v1::ConsentRecord> {
    let request = v1::ListConsentRecordsRequest {
        profile_table: story::people(),
        profile: story::person(who),
        page_size: 1_000,
        page_token: None,
    };
    client.consents().list_consent_records(request).await.expect("a history").into_inner().records
}

/// Holds the feed, as it was read, against everybody's records.
pub(super) async fn compare(client: &Client, feed: &[ConsentChange]) {
    let ids: BTreeSet<_> = feed.iter().map(|change| &change.record_id).collect();
    assert_eq!(ids.len(), feed.len(), "a change was seen twice");
    assert!(feed.is_sorted_by(|one, next| one.position < next.position), "positions only rise");
    let mut read: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
    for change in feed {
        let who = change.profile.as_ref().expect("a person").id.clone();
        read.entry(who).or_default().push((change.profile_version, change.position));
    }
    let own = (0..WRITERS).map(|number| format!("own{number}"));
    let mut positions = BTreeSet::new();
    for who in own.chain((0..3).map(|number| format!("shared{number}"))) {
        let records = history(client, &who).await;
        let versions: Vec<_> = records.iter().map(|record| record.profile_version).collect();
        assert!(versions.iter().copied().eq(1..=records.len() as u64), "{who}: {versions:?}");
        positions.extend(records.iter().map(|record| record.position));
        // A record that changed nothing, such as a no after an objection, has a position and no change.
        let changes = records.iter().filter(|record| !record.changes.is_empty());
        let expected: Vec<_> = changes.map(|record| (record.profile_version, record.position)).collect();
        assert!(who.starts_with("shared") || expected.len() == TURNS, "each no of one's own is a change");
        assert_eq!(read.remove(&marks::id(&who)), Some(expected), "{who}");
    }
    assert!(read.is_empty(), "changes of nobody");
    assert!(positions.into_iter().eq(1..=LAST), "a position is missing");
}

#[test]
fn a_reader_who_is_moved_between_two_replicas_misses_nothing_and_sees_nothing_twice() {
    run(async {
        let database = fresh(Engine::Postgres).await;
        let mut look = Look::at(database.url()).await.expect("the database opens");
        note_replicas(&mut look).await;
        let ((_one, first), (_other, second)) = (replica(&database, "one"), replica(&database, "other"));
        put_table(&first, story::people()).await;
        let replicas = || [first.clone(), second.clone()];

        let reader = tokio::spawn(follow(replicas(), LAST));
        let writers: Vec<_> = (0..WRITERS).map(|number| tokio::spawn(write(replicas(), number))).collect();
        for writer in writers {
            writer.await.expect("a writer does not panic");
        }
        let feed = reader.await.expect("a reader does not panic");

        compare(&second, &feed).await;
        for client in replicas() {
            let request = v1::VerifyHistoryRequest { known_head: None };
            let mut walk = client.consents().verify_history(request).await.expect("a walk").into_inner();
            let told = walk.message().await.expect("a walk goes on").and_then(|told| told.event);
            let Some(Walked::Whole(whole)) = told else { panic!("{told:?}") };
            assert_eq!((whole.verified, whole.redacted), (LAST, 0));
        }
        let seen = look.column("SELECT DISTINCT what || ' of ' || who FROM seen ORDER BY 1").await;
        let both = ["ledger of one", "ledger of other", "record of one", "record of other"];
        assert_eq!(seen.expect("notes"), both, "both write and both number");
        assert!(marks::heard().is_empty(), "{:?}", marks::heard());
    });
}

/// The bound: a replica looks out for what another one wrote, by the clock of its own; seldom as long as nothing comes.
#[test]
fn a_reader_who_waits_on_one_replica_is_woken_within_a_quarter_of_a_second_by_a_write_on_another() {
    run(async {
        // Its own numbering, which would wake the reader too, is out of the way.
        let settings = [("FEED__SEQUENCER_INTERVAL_MILLIS", "60000")];
        let app = TestApp::start_with(fresh(Engine::Postgres).await, &settings).await;
        settled(&app).await;
        let (_other, other) = serve(app.database(), &[], Some(&app.ours().key));
        let cursor = earliest(app.client(), None).await;
        let reading = wait::Waiting::begin(&app, wait::waiting(&cursor)).await;
        let item = story::item("anna", Answer::Refuse, START, None);
        store(&other, story::batch(vec![item])).await;
        assert!(!reading.is_over(), "nobody told this replica");
        app.advance(Duration::from_millis(149));
        tokio::task::yield_now().await;
        assert!(!reading.is_over(), "it does not look more often than it says");
        app.advance(Duration::from_millis(101));
        assert_eq!(people(&reading.page().await.changes), ["anna"]);
        app.finish().await;
    });
}

#[test]
fn who_watches_on_one_replica_hears_within_a_quarter_of_a_second_of_a_write_on_another() {
    run(async {
        let settings = [("FEED__SEQUENCER_INTERVAL_MILLIS", "60000")];
        let app = TestApp::start_with(fresh(Engine::Postgres).await, &settings).await;
        settled(&app).await;
        let (_other, other) = serve(app.database(), &[], Some(&app.ours().key));
        let (mut watch, begun) = asleep(&app, from_edge(CursorEdge::Latest)).await;
        watch.checkpoint().await;
        sleeps_until(&app, begun + Duration::from_secs(9)).await;
        for who in ["anna", "bruno"] {
            let item = story::item(who, Answer::Refuse, START, None);
            store(&other, story::batch(vec![item])).await;
            app.advance(Duration::from_millis(250));
            assert_eq!(people(&watch.batch().await.changes), [who], "a checkpoint would come first");
        }
        app.finish().await;
    });
}

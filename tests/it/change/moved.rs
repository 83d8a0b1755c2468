//! Two replicas of the service on one database, and one of them dies: who watches on it goes on at the other, who writes through
//! it too, and nobody misses anything. PostgreSQL alone: a second `assent serve` on a file of SQLite is refused (`serve`).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use assent_proto::v1::watch_consent_changes_response::Event;
use assent_tests::engine::{Database, Engine, fresh, run};
use assent_tests::look::Look;
use assent_tests::marks;
use assent_tests::process::Process;

use super::replicas::{LAST, TURNS, WRITERS, batch_of, compare, note_replicas, replica};
use super::watch::{Watch, from_cursor, from_edge};
use super::*;

/// How often the replica is killed that is watched.
const KILLS: u64 = 4;

/// Both replicas, and how far their watcher has come.
struct Pair {
    database: Database,
    replicas: [Mutex<(Process, Client)>; 2],
    covered: tokio::sync::watch::Sender<u64>,
    /// Which one is watched.
    watched: AtomicUsize,
}

const NAMES: [&str; 2] = ["one", "other"];

impl Pair {
    async fn start() -> Arc<Self> {
        let database = fresh(Engine::Postgres).await;
        let replicas = NAMES.map(|name| Mutex::new(replica(&database, name)));
        Arc::new(Self {
            database,
            replicas,
            covered: tokio::sync::watch::Sender::new(0),
            watched: AtomicUsize::new(0),
        })
    }

    fn client(&self, number: usize) -> Client {
        self.replicas[number % 2].lock().expect("no panic").1.clone()
    }

    /// Kills the one that is watched as soon as so much was covered, and starts another in its place, at another address.
    async fn replace(self: &Arc<Self>, when: u64) {
        let mut covered = self.covered.subscribe();
        covered.wait_for(|covered| *covered >= when).await.expect("it is watched");
        let number = self.watched.load(Ordering::SeqCst) % 2;
        self.replicas[number].lock().expect("no panic").0.kill();
        let pair = Arc::clone(self);
        let begun = tokio::task::spawn_blocking(move || replica(&pair.database, NAMES[number]));
        let begun = begun.await.expect("it starts");
        *self.replicas[number].lock().expect("no panic") = begun;
    }
}

/// What a writer of `replicas` writes, each batch again and again until a replica that lives acknowledges it.
async fn write(pair: Arc<Pair>, number: usize) {
    for turn in 0..TURNS {
        let batch = batch_of(number, turn);
        for attempt in number + turn.. {
            let sent = pair.client(attempt).consents().upsert_consents(batch.clone()).await;
            if sent.is_ok_and(|answer| answer.into_inner().results.iter().all(stored)) {
                break;
            }
        }
        // No further ahead of who watches than a few: there is something to miss whenever a replica dies.
        let behind = (turn * WRITERS * 2).saturating_sub(60) as u64;
        let mut covered = pair.covered.subscribe();
        covered.wait_for(|covered| *covered >= behind).await.expect("it is watched");
    }
}

fn stored(result: &v1::UpsertConsentsResult) -> bool {
    matches!(result.result, Some(v1::upsert_consents_result::Result::Outcome(_)))
}

/// Watches until everything was covered, on the other replica whenever the one it watches on goes; how often it was moved.
async fn follow(pair: Arc<Pair>) -> (Vec<ConsentChange>, usize) {
    let (mut all, mut cursor, mut covered, mut moves) = (Vec::new(), None::<String>, None, 0);
    for replica in 0.. {
        let from = cursor.as_deref().map_or_else(|| from_edge(CursorEdge::Earliest), from_cursor);
        let begun = pair.client(replica).changes().watch_consent_changes(from).await;
        let Ok(begun) = begun else { continue };
        pair.watched.store(replica, Ordering::SeqCst);
        let mut stream = Watch::on(begun.into_inner(), covered);
        while let Ok(Some(event)) = stream.hear().await {
            let (through, next) = match event {
                Event::Batch(batch) => {
                    all.extend(batch.changes);
                    (batch.covered_through, batch.next_cursor)
                }
                Event::Checkpoint(point) => (point.covered_through, point.cursor),
            };
            (covered, cursor) = (Some(through), Some(next));
            pair.covered.send_replace(through);
            if through == LAST {
                return (all, moves);
            }
        }
        moves += 1;
    }
    unreachable!("there is always another replica");
}

#[test]
fn a_watcher_whose_replica_is_killed_goes_on_at_the_other_and_misses_nothing() {
    run(async {
        let pair = Pair::start().await;
        let mut look = Look::at(pair.database.url()).await.expect("the database opens");
        note_replicas(&mut look).await;
        put_table(&pair.client(0), story::people()).await;

        let follower = tokio::spawn(follow(Arc::clone(&pair)));
        let writers: Vec<_> =
            (0..WRITERS).map(|number| tokio::spawn(write(Arc::clone(&pair), number))).collect();
        for kill in 1..=KILLS {
            pair.replace(LAST * kill / (KILLS + 1)).await;
        }
        for writer in writers {
            writer.await.expect("a writer does not panic");
        }
        let (feed, moves) = follower.await.expect("a watcher does not panic");

        assert!(moves > 1, "it was moved {moves} times");
        compare(&pair.client(0), &feed).await;
        let seen = look.column("SELECT DISTINCT what || ' of ' || who FROM seen ORDER BY 1").await;
        let both = ["ledger of one", "ledger of other", "record of one", "record of other"];
        assert_eq!(seen.expect("notes"), both, "both write and both number");
        assert!(marks::heard().is_empty(), "{:?}", marks::heard());
    });
}

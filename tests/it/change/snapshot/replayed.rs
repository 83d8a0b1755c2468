//! A snapshot, and the changes after it applied where they are greater, are what is on record: while writers grant, refuse,
//! withdraw, object, import and erase, and grants run out.
//!
//! `TEST_SNAPSHOT_ROUNDS` and `TEST_SNAPSHOT_SEED` make a soak of it:
//! `TEST_SNAPSHOT_ROUNDS=500 TEST_SNAPSHOT_SEED=$RANDOM \
//! target/debug/with-postgres cargo test -p assent-tests --test it replayed`
//! (nextest would end a test after three minutes).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use assent_service::clock::{Clock, SystemClock};
use tokio::task::JoinHandle;
use tonic::transport::Endpoint;

use super::held::{History, Reader, passes};
use super::interleaved::write_by_chance;
use super::*;
use crate::faults::chance::Chance;
use crate::faults::number_from;

const WRITERS: u64 = 4;

/// About how many people all of them write.
const PEOPLE: u64 = 24;

const PAGE: u32 = 3;

/// Longer than housekeeping waits before it looks again.
const A_TURN: Duration = Duration::from_secs(40);

/// Writers under way.
struct Writers {
    enough: Arc<AtomicBool>,
    written: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Writers {
    fn start(client: &Client, names: &Arc<Vec<String>>, seed: u64) -> Self {
        let (enough, written) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let task = |number| {
            let (client, names) = (client.clone(), Arc::clone(names));
            let (enough, written) = (Arc::clone(&enough), Arc::clone(&written));
            let mut chance = Chance::seeded(seed ^ number << 32);
            tokio::spawn(async move {
                while !enough.load(Ordering::SeqCst) {
                    write_by_chance(&client, &mut chance, &names).await;
                    written.fetch_add(1, Ordering::SeqCst);
                    pause(chance.below(3)).await;
                }
            })
        };
        let tasks = (1..=WRITERS).map(task).collect();
        Self { enough, written, tasks }
    }

    /// Waits until so much more was written.
    async fn wait_for(&self, more: usize) {
        let wanted = self.written.load(Ordering::SeqCst) + more;
        while self.written.load(Ordering::SeqCst) < wanted {
            pause(1).await;
        }
    }

    async fn stop(self) -> usize {
        self.enough.store(true, Ordering::SeqCst);
        for task in self.tasks {
            task.await.expect("a writer does not panic");
        }
        self.written.load(Ordering::SeqCst)
    }
}

async fn pause(millis: u64) {
    SystemClock::new().sleep(Duration::from_millis(millis)).await;
}

/// A reader whose connection takes so little at once that the service reads a page about when it is taken.
fn slow_reader(app: &TestApp) -> Client {
    let endpoint = Endpoint::try_from(format!("http://{}", app.address())).expect("an address");
    let channel = endpoint.initial_stream_window_size(1_024).connect_lazy();
    Client::new(channel, app.engine(), Some(&app.ours().key), None)
}

/// Takes a snapshot, slowly, while others write; goes on with it whenever it ends before its end.
async fn copy(app: &TestApp, reader: &mut Reader, writers: &Writers, chance: &mut Chance) -> SnapshotEnd {
    let client = slow_reader(app);
    let mut resume_token = None;
    loop {
        let request = SnapshotConsentsRequest { resume_token: resume_token.clone(), ..pages_of(PAGE) };
        let mut snapshot = match client.changes().snapshot_consents(request).await {
            Ok(begun) => begun.into_inner(),
            Err(status) if passes(&status) => continue,
            Err(status) => panic!("{status:?}"),
        };
        loop {
            match snapshot.message().await {
                Ok(Some(told)) => match told.event.expect("it says something") {
                    Event::End(end) => return end,
                    Event::Page(page) => {
                        reader.take(&page);
                        resume_token = Some(page.resume_token);
                    }
                },
                Ok(None) => break,
                Err(status) if passes(&status) => break,
                Err(status) => panic!("{status:?}"),
            }
            writers.wait_for(3).await;
            if chance.below(4) == 0 {
                break;
            }
        }
    }
}

/// Lets time go by: grants run out within three days, and housekeeping writes that they did.
async fn pass_time(app: &TestApp, ended: &AtomicBool, mut chance: Chance) {
    let mut days = 0;
    while !ended.load(Ordering::SeqCst) {
        // What names an erased person is gone after thirty.
        if days < 12 && chance.below(8) == 0 {
            days_later(app, 1);
            days += 1;
        }
        // Housekeeping has its turns, and what is under way is not made late for it.
        app.advance(Duration::from_millis(chance.below(500)));
        pause(4).await;
    }
}

/// Everything is written that runs out, and read.
async fn settle(app: &TestApp, reader: &mut Reader, mut cursor: String, everybody: &[String]) -> Vec<String> {
    days_later(app, 4);
    let mut differences = Vec::new();
    for _ in 0..40 {
        app.advance(A_TURN);
        for _ in 0..5 {
            cursor = reader.catch_up(app.client(), cursor).await;
            differences = reader.differences(app.client(), everybody).await;
            if differences.is_empty() {
                return differences;
            }
            pause(5).await;
        }
    }
    differences
}

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "a soak says how much it went through")]
async fn a_snapshot_and_the_changes_after_it_are_what_is_on_record(engine: Engine) {
    let rounds: usize = number_from("TEST_SNAPSHOT_ROUNDS", 3);
    let seed: u64 = number_from("TEST_SNAPSHOT_SEED", 20_261_122);
    // What is under way when the clock moves on by a turn of housekeeping goes on.
    let settings = [("LIMITS__MAX_CALL_SECONDS", "3600")];
    let (mut changes, mut passed_by, mut imported) = (0, 0, 0);
    let mut effects = BTreeSet::new();
    for round in 0..rounds {
        let seed = seed.wrapping_add(round as u64);
        let app = TestApp::start_with(fresh(engine).await, &settings).await;
        settled(&app).await;
        runs_out(app.client(), 3).await;
        let names: Arc<Vec<_>> = Arc::new((0..PEOPLE).map(|number| format!("p{number:02}")).collect());
        let everybody: Vec<_> = names.iter().map(|name| marks::id(name)).collect();
        let mut reader = Reader::default();
        let writers = Writers::start(&app.client().once(), &names, seed);
        let ended = AtomicBool::new(false);
        let work = async {
            writers.wait_for(60).await;
            let end = copy(&app, &mut reader, &writers, &mut Chance::seeded(seed)).await;
            let cursor = reader.catch_up(app.client(), end.cursor).await;
            writers.wait_for(20).await;
            changes += writers.stop().await;
            ended.store(true, Ordering::SeqCst);
            cursor
        };
        let (cursor, ()) = tokio::join!(work, pass_time(&app, &ended, Chance::seeded(!seed)));
        let differences = settle(&app, &mut reader, cursor, &everybody).await;
        assert!(differences.is_empty(), "TEST_SNAPSHOT_SEED={seed}\n{}", differences.join("\n"));
        reader.hold_against(&History::read(app.client()).await);
        assert!(reader.pages >= 4, "a snapshot of {} pages", reader.pages);
        passed_by += reader.passed_by;
        imported += reader.imported;
        effects.extend(reader.effects);
        app.finish().await;
    }
    assert!(passed_by > 0, "no page was ever ahead of a change");
    let written = [Effect::Granted, Effect::Refused, Effect::Withdrawn, Effect::Objected];
    let passing = [Effect::Expired, Effect::Erased];
    assert!(imported > 0 && written.iter().chain(&passing).all(|one| effects.contains(one)), "{effects:?}");
    println!(
        "{rounds} snapshots while {changes} times something was written; {passed_by} changes were on a page already"
    );
}

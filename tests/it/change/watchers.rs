//! What five hundred watchers cost the service that they watch, fifty of whom take nothing: memory within bounds, and no change
//! missed or seen twice by the others.
//!
//! `TEST_WATCH_CHANGES` (how many changes they see, 300 unless said) makes a long run of it:
//! `TEST_WATCH_CHANGES=1000000 target/debug/with-postgres cargo test -p assent-tests --test it watchers -- --nocapture`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use assent_sdk::{Options, Retry, WatchChanges};
use assent_tests::engine::{Engine, fresh};
use assent_tests::list::resident;
use assent_tests::process::Process;
use assent_tests::{apply, every_engine};
use tokio::task::JoinSet;
use tonic::transport::Endpoint;

use super::watch::{Watch, from_edge};
use super::*;
use crate::faults::number_from;

const WATCHERS: usize = 500;

/// How many of them take nothing.
const STALLED: usize = 50;

/// How many share a connection.
const TOGETHER: usize = 50;

/// How much more memory the service may hold than with nobody watching, in KiB.
const MOST: u64 = 100 * 1024;

/// What the stalled leave lying: far more than may wait for them.
const BACKLOG: usize = 3_000;

/// How long a stalled one holds on before it would be cut: it begins anew, and takes nothing again.
const HOLD: Duration = Duration::from_secs(50);

const BATCH: usize = 100;

/// How long a stream may take to begin where so many do.
const PATIENCE: Duration = Duration::from_secs(120);

/// Has a hundred people say no.
async fn write(client: &Client, batch: usize) {
    let items = (0..BATCH).map(|nth| {
        let who = format!("p{}", (batch * BATCH + nth) % BACKLOG);
        story::item(&who, Answer::Refuse, START, None)
    });
    store(client, story::batch(items.collect())).await;
}

/// Begins to read, and takes nothing after the first word.
async fn stall(endpoint: Endpoint, engine: Engine, begun: Arc<AtomicUsize>) {
    for turn in 0.. {
        let channel = endpoint.clone().initial_stream_window_size(65_535).connect_lazy();
        let client = Client::new(channel, engine, None, None);
        let mut stalled = Watch::begin(&client, from_edge(CursorEdge::Earliest)).await;
        stalled.checkpoint().await;
        begun.fetch_add(usize::from(turn == 0), Ordering::SeqCst);
        let _ = tokio::time::timeout(HOLD, std::future::pending::<()>()).await;
        drop(stalled);
    }
}

/// Reads on until everything up to the last position was covered, once that is known: each change once, in order. Says how many
/// there were.
async fn follow(
    client: assent_sdk::Client,
    begun: Arc<AtomicUsize>,
    mut last: tokio::sync::watch::Receiver<Option<u64>>,
) -> u64 {
    let mut watch = client.changes().watch(WatchChanges::from_latest());
    let first = watch.next().await.expect("a first word").covered_through;
    begun.fetch_add(1, Ordering::SeqCst);
    let (mut seen, mut through) = (0, first);
    while last.borrow_and_update().is_none_or(|last| through < last) {
        let batch = tokio::select! {
            batch = watch.next() => batch.expect("the stream goes on"),
            _ = last.changed() => continue,
        };
        for change in &batch.changes {
            seen += 1;
            assert_eq!(change.position, first + seen, "one after the other");
        }
        through = batch.covered_through;
    }
    seen
}

/// Waits until so many have heard a first word.
async fn all_begun<T: 'static>(begun: &AtomicUsize, count: usize, tasks: &mut JoinSet<T>) {
    while begun.load(Ordering::SeqCst) < count {
        assert!(tasks.try_join_next().is_none(), "one of them fell over");
        tokio::task::yield_now().await;
    }
}

fn memory(process: &Process) -> u64 {
    resident(process.id()).expect("it runs")
}

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "a long run says what it took")]
async fn five_hundred_watchers_fifty_of_them_stalled_take_a_hundred_megabytes_at_most(engine: Engine) {
    let changes: usize = number_from("TEST_WATCH_CHANGES", 300);
    let database = fresh(engine).await;
    let mut process = Process::serve(&database, &[]);
    let address = format!("http://{}", process.address());
    let endpoint = Endpoint::from_shared(address.clone()).expect("an address");
    let writer = Client::new(endpoint.connect_lazy(), engine, None, None).once();
    put_table(&writer, story::people()).await;
    for batch in 0..BACKLOG / BATCH {
        write(&writer, batch).await;
    }
    earliest(&writer, None).await;
    let none = memory(&process);

    let (begun, last) = (Arc::new(AtomicUsize::new(0)), tokio::sync::watch::Sender::new(None));
    let (mut stalled, mut watchers) = (JoinSet::new(), JoinSet::new());
    for _ in 0..STALLED {
        stalled.spawn(stall(endpoint.clone(), engine, Arc::clone(&begun)));
    }
    all_begun(&begun, STALLED, &mut stalled).await;
    // A busy machine takes a while for so many, who come one connection after the other.
    let patient = Retry::default().base(Duration::from_millis(50)).attempts(100);
    while watchers.len() < WATCHERS - STALLED {
        let options = Options::new(&address).retry(patient).attempt_timeout(PATIENCE).call_timeout(PATIENCE);
        let client = assent_sdk::Client::connect(options).await.expect("the service answers");
        for _ in 0..TOGETHER {
            watchers.spawn(follow(client.clone(), Arc::clone(&begun), last.subscribe()));
        }
        all_begun(&begun, STALLED + watchers.len(), &mut watchers).await;
    }
    let mut most = memory(&process);
    for batch in 0..changes.div_ceil(BATCH) {
        write(&writer, batch).await;
        most = most.max(memory(&process));
    }
    let end = cursor_at(&writer, Start::Edge(CursorEdge::Latest.into()), None).await.position;
    last.send_replace(Some(end));
    while let Some(seen) = watchers.join_next().await {
        most = most.max(memory(&process));
        assert_eq!(seen.expect("a watcher does not panic"), end - BACKLOG as u64, "each saw each of them");
    }
    let more = most.saturating_sub(none);
    println!("{WATCHERS} watchers, {STALLED} stalled: {none} KiB without, {more} KiB more at most");
    assert!(more <= MOST, "{more} KiB more than the {none} KiB with nobody watching");
    assert_eq!(stalled.len(), STALLED);
    assert!(stalled.try_join_next().is_none(), "a stalled one fell over");
    stalled.shutdown().await;
}

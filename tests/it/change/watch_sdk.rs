//! The stream of changes through the SDK: it goes on by itself when the service ends it, stops, or is killed, and whoever kept
//! the last cursor misses nothing.

use std::collections::BTreeSet;

use assent_sdk::{ChangeWatch, Cursor, Options, Retry, WatchChanges};
use assent_tests::engine::fresh;
use assent_tests::process::Process;
use assent_tests::{apply, every_app, every_engine, marks};
use tonic::transport::Endpoint;

use super::*;

/// Longer than any stream lasts.
const OLD: Duration = Duration::from_secs(15 * 60);

async fn connected(endpoint: String, key: Option<&str>) -> assent_sdk::Client {
    let patient = Retry::default().base(Duration::from_millis(50)).attempts(100);
    let mut options = Options::new(endpoint).retry(patient);
    if let Some(key) = key {
        options = options.api_key(key);
    }
    assent_sdk::Client::connect(options).await.expect("the service answers")
}

/// Who is in the next batch that holds anybody.
async fn next(watch: &mut ChangeWatch) -> Vec<String> {
    loop {
        let batch = watch.next().await.expect("the stream goes on");
        assert_eq!(watch.cursor(), Some(&batch.next_cursor));
        if !batch.changes.is_empty() {
            return batch.changes.iter().map(|change| change.profile.clone()).collect();
        }
    }
}

#[apply(every_app)]
async fn the_sdk_goes_on_by_itself_when_a_stream_of_changes_has_grown_old(app: &TestApp) {
    settled(app).await;
    let client = connected(format!("http://{}", app.address()), Some(&app.ours().key)).await;
    let mut watch = client.changes().watch(WatchChanges::from_latest().batch_size(10));
    assert!(watch.next().await.expect("a first word").changes.is_empty());
    for who in ["anna", "bruno", "chloe"] {
        say(app, who, Answer::Refuse, marketing()).await;
        assert_eq!(next(&mut watch).await, [marks::id(who)]);
        app.advance(OLD);
    }
    drop(watch);
}

/// Has somebody say no, and gives their id.
async fn no(client: &Client, number: u32) -> String {
    let who = format!("p{number}");
    store(client, story::batch(vec![story::item(&who, Answer::Refuse, START, None)])).await;
    marks::id(&who)
}

#[apply(every_engine)]
async fn a_reader_of_changes_misses_nothing_when_the_service_is_stopped_or_killed(engine: Engine) {
    let database = fresh(engine).await;
    let mut process = Process::serve(&database, &[]);
    let address = process.address();
    let endpoint = format!("http://{address}");
    let channel = Endpoint::from_shared(endpoint.clone()).expect("an address").connect_lazy();
    let writer = Client::new(channel, engine, None, None).once();
    put_table(&writer, story::people()).await;

    let client = connected(endpoint, None).await;
    let mut watch = client.changes().watch(WatchChanges::from_earliest());
    let mut recorded = vec![no(&writer, 0).await];
    let mut came = next(&mut watch).await;
    let mut kept = watch.cursor().expect("a cursor").as_str().to_owned();
    for turn in 0..4 {
        // Recorded and not read by anybody when the service goes.
        recorded.push(no(&writer, 10 * turn + 1).await);
        if turn % 2 == 0 {
            process.kill();
        } else {
            process.terminate();
        }
        process = Process::serve(&database, &[("LISTEN__ADDRESS", &address)]);
        assert_eq!(process.address(), address);
        recorded.push(no(&writer, 10 * turn + 2).await);
        while came.iter().collect::<BTreeSet<_>>().len() < recorded.len() {
            came.extend(next(&mut watch).await);
        }
        assert_eq!(came, recorded, "each once, by a reader that lives on");

        // A reader that died with what it had not kept sees that again, and nothing else.
        let from = WatchChanges::from_cursor(Cursor::from_text(&kept));
        let mut again = client.changes().watch(from);
        let mut seen_again = Vec::new();
        while seen_again.len() < 2 {
            seen_again.extend(next(&mut again).await);
        }
        assert_eq!(seen_again, recorded[recorded.len() - 2..]);
        kept = watch.cursor().expect("a cursor").as_str().to_owned();
    }
    drop(watch);
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}

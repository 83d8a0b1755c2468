//! The trigger stream through the SDK: it goes on by itself when the service ends it, stops, or is killed, and whoever kept
//! the last cursor misses nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use assent_sdk::{InteractionCursor, InteractionWatch, Options, Retry, WatchInteractions};
use assent_tests::client::Client;
use assent_tests::deed::{fates, open};
use assent_tests::engine::fresh;
use assent_tests::process::Process;
use assent_tests::{apply, every_app, every_engine, marks, story};
use tonic::transport::Endpoint;

use super::{BEFORE, settled};

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

/// The ids of the next batch that holds any.
async fn next(watch: &mut InteractionWatch) -> Vec<String> {
    loop {
        let batch = watch.next().await.expect("the stream goes on");
        assert_eq!(watch.cursor(), Some(&batch.next_cursor));
        if !batch.interactions.is_empty() {
            return batch.interactions.iter().map(|row| row.interaction.id.to_string()).collect();
        }
    }
}

#[apply(every_app)]
async fn the_sdk_goes_on_by_itself_when_a_stream_has_grown_old(app: &TestApp) {
    settled(app).await;
    let client = connected(format!("http://{}", app.address()), Some(&app.ours().key)).await;
    let mut watch = client.interactions().watch(WatchInteractions::from_latest().batch_size(10));
    assert!(watch.next().await.expect("a first word").interactions.is_empty());
    for turn in 0..3 {
        let seen = open("anna", BEFORE + turn, "spring");
        fates(app.client(), vec![seen.clone()]).await;
        assert_eq!(next(&mut watch).await, [seen.interaction_id]);
        app.advance(OLD);
    }
    drop(watch);
}

/// Records one thing of Anna's each turn, and gives its id.
async fn record(client: &Client, turn: i64) -> String {
    let seen = open("anna", BEFORE + turn, "spring");
    let id = seen.interaction_id.clone();
    assert_eq!(fates(client, vec![seen]).await, ["RECORDED GRANTED"]);
    id
}

#[apply(every_engine)]
async fn a_reader_misses_nothing_when_the_service_is_stopped_or_killed(engine: Engine) {
    let database = fresh(engine).await;
    let mut process = Process::serve(&database, &[]);
    let address = process.address();
    let endpoint = format!("http://{address}");
    let channel = Endpoint::from_shared(endpoint.clone()).expect("an address").connect_lazy();
    let writer = Client::new(channel, engine, None, None).once();
    story::settle_in(&writer, "ours").await;

    let client = connected(endpoint, None).await;
    let mut watch = client.interactions().watch(WatchInteractions::from_earliest());
    let mut recorded = vec![record(&writer, 0).await];
    let mut came = next(&mut watch).await;
    let mut kept = watch.cursor().expect("a cursor").as_str().to_owned();
    for turn in 0..4 {
        // Recorded and not read by anybody when the service goes.
        recorded.push(record(&writer, 10 * turn + 1).await);
        if turn % 2 == 0 {
            process.kill();
        } else {
            process.terminate();
        }
        process = Process::serve(&database, &[("LISTEN__ADDRESS", &address)]);
        assert_eq!(process.address(), address);
        recorded.push(record(&writer, 10 * turn + 2).await);
        while came.iter().collect::<BTreeSet<_>>().len() < recorded.len() {
            came.extend(next(&mut watch).await);
        }
        assert_eq!(came, recorded, "each once, by a reader that lives on");

        // A reader that died with what it had not kept sees that again, and nothing else.
        let from = WatchInteractions::from_cursor(InteractionCursor::from_text(&kept));
        let mut again = client.interactions().watch(from);
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

//! What the running binary tells a receiver of OpenTelemetry that others wrote: of calls, and of nobody.

use std::sync::{Arc, Mutex};

use assent_sdk::{Client, Options, ProfileTable};
use assent_tests::blackbox::Stranger;
use assent_tests::engine::{Database, fresh};
use assent_tests::process::{self, Process};
use assent_tests::receiver::{Received, Receiver, Span};
use assent_tests::{apply, every_engine, marks, story};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use serde_json::{Value, json};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;

const UPSERT: &str = "assent.v1.ConsentService/UpsertConsents";
const GET: &str = "assent.v1.ConsentService/GetConsents";
const PUT_TABLE: &str = "assent.v1.SettingsService/PutProfileTable";

/// The caller's trace and span, as W3C Trace Context's own example has them.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// Starts the service, telling the receiver, and the stranger at its door as a tenant whose id is marked.
fn meet(database: &Database, receiver: &Receiver, settings: &[(&str, &str)]) -> (Process, Stranger) {
    let endpoint = receiver.endpoint();
    let own = [("TELEMETRY__OTLP_ENDPOINT", endpoint.as_str()), ("TELEMETRY__LOG_LEVEL", "trace")];
    let mut service = Process::serve(database, &[&own, settings].concat());
    let address = service.address();
    let environment = assent_tests::app::environment(database.url(), &[]);
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let tenant = marks::id("ours");
    let made = process::run(
        &["keys", "make", "--tenant", &tenant, "--roles", "consent,read,settings"],
        &environment,
    );
    let key = String::from_utf8(made.stdout).expect("plain text").trim().to_owned();
    marks::keep_secret(key.rsplit('_').next().expect("a key ends with its secret"));
    let mut stranger = Stranger::at(&address);
    stranger.show(Some(&key));
    stranger.bring("traceparent", &format!("00-{TRACE}-{CALLER}-01"));
    // Free text of the caller's: none of it may go on.
    stranger.bring("tracestate", &format!("vendor={}", marks::id("state")));
    stranger.bring("baggage", &format!("person={}", marks::id("baggage")));
    (service, stranger)
}

fn refusal_of(who: &str) -> Value {
    let answer = json!({"answer": "ANSWER_REFUSE", "coverage": {"marketing": true, "all_scopes": {}}});
    json!({
        "profile_table": story::people(),
        "items": [{"profile": {"id": marks::id(who)}, "answer": answer}],
        "request_id": marks::uuid(),
    })
}

fn settle(stranger: &mut Stranger) {
    let table = json!({
        "id": story::people(),
        "zone": "Europe/Brussels",
        "controller": {"name": marks::id("shop"), "address": "1 High Street", "contact": "privacy office"},
    });
    let stored = stranger.call(PUT_TABLE, &json!({"profile_table": table}));
    assert!(stored["response"]["profile_table"].is_object(), "{stored}");
}

/// The one span of that name in the caller's trace.
fn in_our_trace<'a>(received: &'a Received, name: &'a str) -> &'a Span {
    let mut spans = received.spans_named(name).filter(|span| span.trace == TRACE);
    let span = spans.next().expect("the call is in its caller's trace");
    assert!(spans.next().is_none(), "and once only");
    span
}

fn nothing_of_anybody(received: &Received) {
    assert!(received.holds(b"rpc.method"), "what went over the wire was kept");
    let words = String::from_utf8_lossy(&received.bytes);
    assert!(!marks::is_marked(&words), "nothing of anybody is told");
    assert!(!marks::is_marked(&format!("{received:?}")), "nothing of anybody is told");
}

#[apply(every_engine)]
async fn a_receiver_is_told_of_calls_and_of_nobody(engine: Engine) {
    let database = fresh(engine).await;
    let mut receiver = Receiver::start();
    // Metrics go out twice while a record waits for its number.
    let settings =
        [("TELEMETRY__METRICS_INTERVAL_SECONDS", "1"), ("FEED__SEQUENCER_INTERVAL_MILLIS", "4000")];
    let (mut service, mut stranger) = meet(&database, &receiver, &settings);

    settle(&mut stranger);
    let recorded = stranger.call(UPSERT, &refusal_of("anna"));
    assert!(recorded.to_string().contains("OUTCOME_CREATED"), "{recorded}");
    let get = json!({"profile_table": marks::id("nowhere"), "profiles": [{"id": marks::id("anna")}]});
    let unknown = stranger.call(GET, &get);
    assert_eq!(unknown["error"]["code"], "NOT_FOUND", "{unknown}");

    let done = [("rpc.method", UPSERT), ("rpc.response.status_code", "OK")];
    let refused = [("rpc.method", GET), ("rpc.response.status_code", "NOT_FOUND")];
    receiver.wait_for("record that waits", |told| {
        told.values("assent.ledger.pending", &[], "Value").contains(&1.0)
    });
    receiver.wait_for("age of it", |told| {
        told.values("assent.ledger.pending.age", &[], "Value").iter().any(|age| *age > 0.0)
    });
    receiver.wait_for("count of the call", |told| told.values("assent.calls", &done, "Value").contains(&1.0));
    receiver.wait_for("count of the refusal", |told| {
        told.values("assent.calls", &refused, "Value").contains(&1.0)
    });
    assert!(service.terminate().success());
    let received = receiver.end();

    let call = in_our_trace(&received, UPSERT);
    assert_eq!((call.parent.as_str(), call.kind.as_str()), (CALLER, "SPAN_KIND_SERVER"));
    assert_eq!(call.attributes.get("rpc.response.status_code").map(String::as_str), Some("OK"));
    let batch = in_our_trace(&received, "lane.batch");
    assert_eq!(batch.parent, call.id);
    let transaction = in_our_trace(&received, "write_consents");
    assert_eq!(transaction.parent, batch.id);
    assert_eq!(transaction.attributes.get("runs").map(String::as_str), Some("1"));
    let stored = in_our_trace(&received, "put_profile_table");
    assert_eq!(stored.parent, in_our_trace(&received, PUT_TABLE).id);
    assert_eq!(in_our_trace(&received, GET).attributes["rpc.response.status_code"], "NOT_FOUND");
    let alone = received.spans.iter().filter(|span| span.parent.is_empty() && span.name == "list_pending");
    assert_eq!(alone.count(), 0, "looking whether anything waits is no trace of its own");

    let took = received.values("rpc.server.call.duration", &done, "Sum");
    assert!(took.iter().all(|seconds| (0.0..60.0).contains(seconds)) && !took.is_empty(), "{took:?}");
    assert!(received.values("rpc.server.call.duration", &done, "Count").contains(&1.0));
    let statements =
        received.values("db.client.operation.duration", &[("db.operation.name", "write_consents")], "Count");
    assert!(statements.iter().any(|count| *count > 0.0), "{statements:?}");
    nothing_of_anybody(&received);
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}

#[apply(every_engine)]
async fn what_was_not_told_yet_is_told_at_the_end(engine: Engine) {
    let database = fresh(engine).await;
    let receiver = Receiver::start();
    let (mut service, mut stranger) =
        meet(&database, &receiver, &[("TELEMETRY__METRICS_INTERVAL_SECONDS", "3600")]);
    settle(&mut stranger);
    drop(stranger);
    assert!(service.terminate().success());

    let received = receiver.end();
    assert_eq!(in_our_trace(&received, PUT_TABLE).parent, CALLER);
    assert_eq!(received.values("assent.calls", &[("rpc.method", PUT_TABLE)], "Value"), [1.0]);
    nothing_of_anybody(&received);
}

#[apply(every_engine)]
async fn a_receiver_that_is_not_there_hinders_nothing(engine: Engine) {
    let database = fresh(engine).await;
    let receiver = Receiver::start();
    let (mut service, mut stranger) = meet(&database, &receiver, &[]);
    let _ = receiver.end();
    settle(&mut stranger);
    assert!(service.terminate().success());
}

/// Keeps the spans of the client.
#[derive(Clone, Debug, Default)]
struct Ear(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Ear {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().expect("no panic while held").extend(batch);
        Ok(())
    }
}

#[apply(every_engine)]
async fn the_span_of_the_clients_call_is_the_parent_of_the_services(engine: Engine) {
    let database = fresh(engine).await;
    let receiver = Receiver::start();
    let endpoint = receiver.endpoint();
    let mut service = Process::serve(&database, &[("TELEMETRY__OTLP_ENDPOINT", endpoint.as_str())]);
    let address = service.address();
    let ear = Ear::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(ear.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("caller"));
    let layer = tracing_subscriber::registry().with(layer.with_filter(LevelFilter::INFO));
    {
        let _heard = tracing::subscriber::set_default(layer);
        let client = Client::connect(Options::new(format!("http://{address}"))).await.expect("a connection");
        let table = ProfileTable::new(story::people(), "Europe/Brussels");
        client.settings().put_profile_table(table).await.expect("a table is stored");
    }
    assert!(service.terminate().success());

    let received = receiver.end();
    let theirs: Vec<_> = received.spans_named(PUT_TABLE).collect();
    let spans = ear.0.lock().expect("no panic while held");
    let ours: Vec<_> = spans.iter().filter(|span| span.name == PUT_TABLE).collect();
    let ([theirs], [ours]) = (theirs.as_slice(), ours.as_slice()) else { panic!("{spans:?} {received:?}") };
    assert_eq!(theirs.parent, ours.span_context.span_id().to_string());
    assert_eq!(theirs.trace, ours.span_context.trace_id().to_string());
    assert!(!marks::is_marked(&format!("{spans:?}")), "the client's spans tell nothing of anybody either");
    nothing_of_anybody(&received);
}

//! A call has a span of its own, and the caller's trace goes along.

use std::sync::{Arc, Mutex};

use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use tonic_types::ErrorDetails;
use tracing::Instrument;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;

use crate::GetConsents;
use crate::scripted::{Scripted, failure};

const METHOD: &str = "assent.v1.ConsentService/GetConsents";

/// Keeps the spans that ended.
#[derive(Clone, Debug, Default)]
struct Ear(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Ear {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.lock().unwrap().extend(batch);
        Ok(())
    }
}

impl Ear {
    fn listen(&self, level: LevelFilter) -> tracing::subscriber::DefaultGuard {
        let provider = SdkTracerProvider::builder().with_simple_exporter(self.clone()).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test")).with_filter(level);
        tracing::subscriber::set_default(tracing_subscriber::registry().with(layer))
    }

    fn heard(&self, name: &str) -> SpanData {
        let spans = self.0.lock().unwrap();
        let mut named = spans.iter().filter(|span| span.name == name);
        let span = named.next().expect("a span of that name").clone();
        assert!(named.next().is_none(), "one for each call");
        span
    }
}

/// What a span says of itself under that key.
fn said(span: &SpanData, key: &str) -> String {
    let has = span.attributes.iter().find(|attribute| attribute.key.as_str() == key);
    has.map_or_else(String::new, |attribute| attribute.value.to_string())
}

async fn call(service: &Scripted) {
    service.client().consents().get(GetConsents::of("t", ["a"])).await.unwrap();
}

fn parent(context: &SpanContext) -> String {
    format!("00-{}-{}-01", context.trace_id(), context.span_id())
}

#[tokio::test]
async fn a_call_is_a_span_under_its_callers_and_the_services_parent() {
    let ear = Ear::default();
    let _guard = ear.listen(LevelFilter::INFO);
    let service = Scripted::start().await;
    let unavailable = || failure(tonic::Code::Unavailable, "UNAVAILABLE", ErrorDetails::new());
    service.fail([unavailable()]);

    call(&service).instrument(tracing::info_span!("caller")).await;

    let (caller, called) = (ear.heard("caller"), ear.heard(METHOD));
    assert_eq!(called.parent_span_id, caller.span_context.span_id());
    assert_eq!(called.span_context.trace_id(), caller.span_context.trace_id());
    assert_eq!((called.span_kind.clone(), called.status.clone()), (SpanKind::Client, Status::Unset));
    assert_eq!((said(&called, "rpc.method"), said(&called, "attempts")), (METHOD.to_owned(), "2".to_owned()));
    let seen = service.seen();
    assert_eq!(seen.len(), 2);
    for attempt in seen {
        assert_eq!(attempt.header("traceparent"), parent(&called.span_context));
        assert_eq!(attempt.header("tracestate"), "");
    }
}

#[tokio::test]
async fn a_call_that_fails_says_why_in_its_span_and_nothing_of_anybody() {
    let ear = Ear::default();
    let _guard = ear.listen(LevelFilter::INFO);
    let service = Scripted::start().await;
    service.fail([failure(tonic::Code::NotFound, "PROFILE_TABLE_UNKNOWN", ErrorDetails::new())]);

    service.client().consents().get(GetConsents::of("table", ["anna"])).await.unwrap_err();

    let called = ear.heard(METHOD);
    assert!(matches!(called.status, Status::Error { .. }), "{called:?}");
    assert_eq!(
        (said(&called, "error.type"), said(&called, "attempts")),
        ("PROFILE_TABLE_UNKNOWN".into(), "1".into())
    );
    assert!(!format!("{called:?}").contains("anna"));
}

#[tokio::test]
async fn where_nobody_records_the_calls_span_the_callers_is_the_parent() {
    let ear = Ear::default();
    let _guard = ear.listen(LevelFilter::WARN);
    let service = Scripted::start().await;
    let span = tracing::warn_span!("caller");

    call(&service).instrument(span).await;

    assert_eq!(service.seen()[0].header("traceparent"), parent(&ear.heard("caller").span_context));
}

#[tokio::test]
async fn without_a_span_the_current_context_is_the_parent() {
    let service = Scripted::start().await;
    let context = SpanContext::new(
        TraceId::from(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128),
        SpanId::from(0x00f0_67aa_0ba9_02b7_u64),
        TraceFlags::default(),
        true,
        TraceState::from_key_value([("vendor", "value")]).unwrap(),
    );
    let _guard = Context::new().with_remote_span_context(context).attach();

    call(&service).await;

    let seen = &service.seen()[0];
    assert_eq!(seen.header("traceparent"), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
    assert_eq!(seen.header("tracestate"), "vendor=value");
}

#[tokio::test]
async fn without_a_trace_nothing_is_sent() {
    let service = Scripted::start().await;
    call(&service).await;
    assert_eq!(service.seen()[0].header("traceparent"), "");
}

#[tokio::test]
async fn a_recorders_stream_is_a_span_under_that_in_which_the_recorder_was_made() {
    let ear = Ear::default();
    let _guard = ear.listen(LevelFilter::INFO);
    let service = Scripted::start().await;
    let at = crate::Instant::from_micros(1_795_253_400_000_000);
    let callers = tracing::info_span!("made here");
    let recorder = callers.in_scope(|| service.client().interactions().recorder(Default::default()));
    recorder.record("t", crate::Interaction::email_open("p", at, "m")).await.unwrap();
    assert!(recorder.shutdown(std::time::Duration::from_secs(60)).await.is_complete());
    drop(callers);

    let stream = ear.heard("assent.v1.InteractionService/StreamInteractions");
    assert_eq!(stream.span_kind, SpanKind::Client);
    assert_eq!(stream.parent_span_id, ear.heard("made here").span_context.span_id());
    assert_eq!(service.recordings(|seen| seen.parents.clone()), [parent(&stream.span_context)]);
}

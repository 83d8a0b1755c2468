//! The caller's trace goes along.

use opentelemetry::Context;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Instrument;
use tracing_subscriber::layer::SubscriberExt;

use crate::GetConsents;
use crate::scripted::Scripted;

async fn call(service: &Scripted) {
    service.client().consents().get(GetConsents::of("t", ["a"])).await.unwrap();
}

#[tokio::test]
async fn the_current_span_is_the_services_parent() {
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    let service = Scripted::start().await;
    let span = tracing::info_span!("caller");
    let context = tracing_opentelemetry::OpenTelemetrySpanExt::context(&span);

    call(&service).instrument(span).await;

    let expected = context.span().span_context().clone();
    let parent = format!("00-{}-{}-01", expected.trace_id(), expected.span_id());
    assert_eq!(service.seen()[0].header("traceparent"), parent);
    assert_eq!(service.seen()[0].header("tracestate"), "");
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

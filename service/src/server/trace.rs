//! One span for each call, under the span of its caller.
//!
//! Names are methods of the contract, attributes come from closed sets. Deliberately not here: the
//! call's number, a tenant, an address or anything of a request; of the caller's trace context only
//! trace id, span id and the sampling flag are taken, since `tracestate` and baggage are free text.

use http::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Instrument, Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::around::{Around, Inner, Next, Request, Response};
use super::ending::at_the_end;
use super::opening::opened;

/// Opens the span of a call.
pub(crate) struct Traced;

impl Around for Traced {
    async fn around<S: Inner>(&self, request: Request, next: Next<S>) -> Response {
        let method = opened(&request).1.name();
        let span = tracing::info_span!(
            "call",
            otel.name = &*method,
            otel.kind = "server",
            otel.status_code = field::Empty,
            rpc.system = "grpc",
            rpc.method = &*method,
            rpc.response.status_code = field::Empty,
        );
        let parent = TraceContextPropagator::new().extract(&Parent(request.headers()));
        // It fails only where nothing is traced.
        let _ = span.set_parent(parent);
        let response = next.run(request).instrument(span.clone()).await;
        at_the_end(response, move |code| close(&span, code))
    }
}

fn close(span: &Span, code: &'static str) {
    span.record("rpc.response.status_code", code);
    // A caller's mistake is no fault of the service.
    if matches!(code, "UNKNOWN" | "INTERNAL" | "UNAVAILABLE" | "DATA_LOSS" | "DEADLINE_EXCEEDED") {
        span.record("otel.status_code", "ERROR");
    }
    tracing::debug!(parent: span, code, "call ended");
}

struct Parent<'a>(&'a HeaderMap);

impl Extractor for Parent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        if key == "traceparent" { self.0.get(key)?.to_str().ok() } else { None }
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}

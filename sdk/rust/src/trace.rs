//! Hands the caller's trace on to the service, as W3C Trace Context writes it. The SDK opens no span of its own and needs
//! no global propagator: what is current is what is told.

#[cfg(test)]
mod tests;

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use tonic::metadata::{MetadataMap, MetadataValue};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Writes `traceparent` and `tracestate` of the current tracing span, or else of the current OpenTelemetry context.
/// Neither: nothing is written.
pub(crate) fn inject(metadata: &mut MetadataMap) {
    let of_span = tracing::Span::current().context();
    let context = if of_span.span().span_context().is_valid() { of_span } else { Context::current() };
    let span = context.span();
    let span = span.span_context();
    if !span.is_valid() {
        return;
    }
    let parent = format!("00-{}-{}-{:02x}", span.trace_id(), span.span_id(), span.trace_flags().to_u8() & 1);
    if let Ok(value) = MetadataValue::try_from(parent) {
        metadata.insert("traceparent", value);
    }
    let state = span.trace_state().header();
    if !state.is_empty()
        && let Ok(value) = MetadataValue::try_from(state)
    {
        metadata.insert("tracestate", value);
    }
}

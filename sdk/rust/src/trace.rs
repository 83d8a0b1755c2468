//! The span of a call, and the caller's trace handed on to the service as W3C Trace Context writes it. Needs no global
//! propagator: what is current is what is told. `untraced.rs` stands here in a client without the feature `trace`.

#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::{Arc, OnceLock};

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt;
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::service::Interceptor;
use tonic::{GrpcMethod, Request, Status};
use tracing::{Instrument, Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::error::Error;

/// The span of one logical call, all its attempts and waits within it. It holds no value of the request.
#[derive(Clone, Debug)]
pub(crate) struct CallSpan {
    span: Span,
    /// What was current when the call began: the trace's next best place where nobody records the call's own span.
    outer: Span,
    /// Whether its name is known: an attribute that is told twice stands there twice.
    named: Arc<OnceLock<()>>,
}

impl CallSpan {
    pub(crate) fn open() -> Self {
        let outer = Span::current();
        let span = tracing::info_span!(
            "assent.call",
            otel.kind = "client",
            otel.status_code = field::Empty,
            rpc.system = "grpc",
            rpc.method = field::Empty,
            attempts = field::Empty,
            error.type = field::Empty,
        );
        Self { span, outer, named: Arc::default() }
    }

    /// Does work within the span.
    pub(crate) async fn around<T>(&self, work: impl Future<Output = T>) -> T {
        work.instrument(self.span.clone()).await
    }

    /// The call was answered, or given up, after so many attempts. To be said once.
    pub(crate) fn tried(&self, attempts: u32) {
        self.span.record("attempts", i64::from(attempts));
    }

    /// The call ends with an error.
    pub(crate) fn failed(&self, error: &Error) {
        self.span.record("otel.status_code", "ERROR");
        self.span.record("error.type", error.word());
    }

    /// The trace context to hand on. Not valid: there is no trace.
    fn context(&self) -> Context {
        let traced = |context: &Context| context.span().span_context().is_valid();
        let candidates = [&self.span, &self.outer].into_iter().map(|span| span.context());
        candidates.into_iter().find(traced).unwrap_or_else(Context::current)
    }
}

/// Does work of a task of its own within the span that is current here.
pub(crate) fn within_current<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    work.in_current_span()
}

/// Sees each attempt on its way out, where its method has a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telling;

impl Interceptor for Telling {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(call) = request.extensions_mut().remove::<CallSpan>() {
            if let Some(method) = request.extensions().get::<GrpcMethod<'_>>()
                && call.named.set(()).is_ok()
            {
                let name = format!("{}/{}", method.service(), method.method());
                call.span.record("rpc.method", name.as_str());
                // A span that has begun takes no other name through tracing.
                call.span.context().span().update_name(name);
            }
            inject(&call.context(), request.metadata_mut());
        }
        Ok(request)
    }
}

/// Writes `traceparent` and `tracestate`; without a trace, neither.
fn inject(context: &Context, metadata: &mut MetadataMap) {
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

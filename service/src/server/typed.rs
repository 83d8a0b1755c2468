//! Errors that the transport makes, in the service's own form.
//!
//! A message that cannot be decoded is refused before a verb sees it, by a bare status; here it gets its
//! reason and details, so that every error a caller reads has the same form.

use http::HeaderMap;
use tonic::Status;

use super::around::{Around, Inner, Next, Request, Response};
use super::ending::rewrite_the_end;
use super::opening::opened;
use crate::caller::CallId;
use crate::wire::status::{foreign, status};

/// Gives bare errors their reason.
pub(crate) struct Typed;

impl Around for Typed {
    async fn around<S: Inner>(&self, request: Request, next: Next<S>) -> Response {
        let (call, _) = opened(&request);
        let response = next.run(request).await;
        rewrite_the_end(response, move |headers| rewrite(headers, &call))
    }
}

fn rewrite(headers: &mut HeaderMap, call: &CallId) {
    let Some(bare) = Status::from_header_map(headers) else { return };
    let Some(failure) = foreign(&bare) else { return };
    // It fails only for metadata that cannot be a header, and there is none.
    let _ = status(&failure, call).add_header(headers);
}

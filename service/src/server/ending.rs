//! When a call is over: not when its answer begins, but when the last of it was sent or its caller went away.
//!
//! gRPC tells a call's code at the very end, in the trailers, so whoever counts codes has to wait for them.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

use super::around::Response;
use crate::wire::status::{CANCELLED, code_name};

/// Runs `over` with the name of the call's code, once, when the call is over.
pub(crate) fn at_the_end(response: Response, over: impl FnOnce(&'static str) + Send + 'static) -> Response {
    let (parts, body) = response.into_parts();
    if let Some(code) = code_name(&parts.headers) {
        over(code);
        return Response::from_parts(parts, body);
    }
    let end = End(Some(Box::new(over)));
    let change = |_: &mut HeaderMap| {};
    Response::from_parts(parts, Body::new(Watched { body, change, end }))
}

/// Lets `change` rewrite the trailers, or the headers where the answer is nothing but an error.
pub(crate) fn rewrite_the_end(
    response: Response,
    change: impl Fn(&mut HeaderMap) + Send + 'static,
) -> Response {
    let (mut parts, body) = response.into_parts();
    if parts.headers.contains_key("grpc-status") {
        change(&mut parts.headers);
        return Response::from_parts(parts, body);
    }
    Response::from_parts(parts, Body::new(Watched { body, change, end: End(None) }))
}

type Over = Box<dyn FnOnce(&'static str) + Send>;

/// A call whose end was never seen was given up by its caller.
struct End(Option<Over>);

impl End {
    fn reached(&mut self, code: &'static str) {
        if let Some(over) = self.0.take() {
            over(code);
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        self.reached(CANCELLED);
    }
}

struct Watched<C> {
    body: Body,
    change: C,
    end: End,
}

impl<C> Unpin for Watched<C> {}

impl<C: Fn(&mut HeaderMap) + Send> HttpBody for Watched<C> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        let Some(Ok(frame)) = frame else { return Poll::Ready(frame) };
        let frame = match frame.into_trailers() {
            Ok(mut trailers) => {
                (self.change)(&mut trailers);
                if let Some(code) = code_name(&trailers) {
                    self.end.reached(code);
                }
                Frame::trailers(trailers)
            }
            Err(frame) => frame,
        };
        Poll::Ready(Some(Ok(frame)))
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

//! When nobody waits for an answer any more, the work on it ends.
//!
//! The earlier of the caller's `grpc-timeout` and the service's own limit counts. When it passes, the
//! call's future is dropped, which rolls its transaction back; the verb passes what is left of it to the
//! store, so that the statement ends too. A caller that goes away drops the future in the same way.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::{Code, Status};

use super::around::{Around, Inner, Next, Request, Response};
use super::opening::opened;
use crate::caller::{CallId, Deadline};
use crate::clock::{SharedClock, Sleep};
use crate::failure::Failure;
use crate::wire::status::status;

/// How much before the caller's deadline a call ends at most: so that the answer still reaches it, and because
/// tonic's own timer, which stands outside of every layer, would at the deadline give a bare CANCELLED.
const HEAD_START: Duration = Duration::from_millis(20);

/// Ends calls whose time is over.
pub(crate) struct Deadlines {
    pub(crate) clock: SharedClock,
    /// The longest a call may take to begin its answer.
    pub(crate) max_call: Duration,
    /// Cancelled when what is left of the calls is cut off.
    pub(crate) cutoff: CancellationToken,
}

impl Around for Deadlines {
    async fn around<S: Inner>(&self, mut request: Request, next: Next<S>) -> Response {
        let (call, called) = opened(&request);
        let asked = match timeout(request.headers()) {
            Ok(asked) => asked.map(|asked| asked.saturating_sub(HEAD_START.min(asked / 4))),
            Err(failure) => return status(&failure, &call).into_http(),
        };
        let allowed = asked.map_or(self.max_call, |asked| asked.min(self.max_call));
        let deadline = Deadline(self.clock.monotonic().saturating_add(allowed));
        request.extensions_mut().insert(deadline);
        let response = tokio::select! {
            // In this order: the store gives up at the same time, and would tell it as a fault of its own.
            biased;
            () = self.clock.sleep(allowed) => return status(&Failure::DeadlineExceeded, &call).into_http(),
            () = self.cutoff.cancelled() => return status(&Failure::Stopping, &call).into_http(),
            response = next.run(request) => response,
        };
        // It may have looked at the time between this layer's look and the end.
        if gave_up(&response) && self.clock.monotonic() >= deadline.0 {
            return status(&Failure::DeadlineExceeded, &call).into_http();
        }
        if !called.0.is_some_and(|method| method.streams) {
            return response;
        }
        let (parts, body) = response.into_parts();
        let limit: Sleep = match asked {
            Some(asked) => {
                let spent = self.clock.monotonic().saturating_sub(deadline.0.saturating_sub(allowed));
                self.clock.sleep(asked.saturating_sub(spent))
            }
            None => Box::pin(std::future::pending()),
        };
        let stop: Sleep = Box::pin(self.cutoff.clone().cancelled_owned());
        Response::from_parts(parts, Body::new(Bounded { body, limit, stop, call, over: false }))
    }
}

/// Whether the call ended as one does that ran out of time inside.
fn gave_up(response: &Response) -> bool {
    Status::from_header_map(response.headers()).is_some_and(|status| status.code() == Code::Unavailable)
}

/// A streamed answer that ends with an error when its time is over.
struct Bounded {
    body: Body,
    limit: Sleep,
    stop: Sleep,
    call: CallId,
    over: bool,
}

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.over {
            return Poll::Ready(None);
        }
        let failure = if self.limit.as_mut().poll(cx).is_ready() {
            Failure::DeadlineExceeded
        } else if self.stop.as_mut().poll(cx).is_ready() {
            Failure::Stopping
        } else {
            return Pin::new(&mut self.body).poll_frame(cx);
        };
        self.over = true;
        self.body = Body::empty();
        let mut trailers = HeaderMap::new();
        // It fails only for metadata that cannot be a header, and there is none.
        let _ = status(&failure, &self.call).add_header(&mut trailers);
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }

    fn is_end_stream(&self) -> bool {
        self.over
    }
}

/// What `grpc-timeout` says: at most eight digits and a unit.
fn timeout(headers: &HeaderMap) -> Result<Option<Duration>, Failure> {
    let Some(value) = headers.get("grpc-timeout") else { return Ok(None) };
    let wrong = || Failure::invalid("grpc-timeout", "must be 1 to 8 digits and one of H, M, S, m, u, n");
    let text = value.to_str().map_err(|_| wrong())?;
    let (digits, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    Ok(Some(match unit {
        "H" => Duration::from_secs(number * 3600),
        "M" => Duration::from_secs(number * 60),
        "S" => Duration::from_secs(number),
        "m" => Duration::from_millis(number),
        "u" => Duration::from_micros(number),
        "n" => Duration::from_nanos(number),
        _ => return Err(wrong()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Duration>, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert("grpc-timeout", text.parse().unwrap());
        timeout(&headers)
    }

    #[test]
    fn a_timeout_is_up_to_eight_digits_and_a_unit() {
        assert_eq!(read("1H").unwrap(), Some(Duration::from_secs(3600)));
        assert_eq!(read("2M").unwrap(), Some(Duration::from_secs(120)));
        assert_eq!(read("99999999S").unwrap(), Some(Duration::from_secs(99_999_999)));
        assert_eq!(read("5m").unwrap(), Some(Duration::from_millis(5)));
        assert_eq!(read("5u").unwrap(), Some(Duration::from_micros(5)));
        assert_eq!(read("5n").unwrap(), Some(Duration::from_nanos(5)));
        assert_eq!(timeout(&HeaderMap::new()).unwrap(), None);
        for wrong in ["", "S", "5", "-5S", "+5S", "123456789S", "5x", "5 S"] {
            assert!(matches!(read(wrong), Err(Failure::Invalid(_))), "{wrong}");
        }
    }
}

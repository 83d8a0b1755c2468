//! How long a message may be, in and out, for every method alike.
//!
//! gRPC puts five bytes before each message: whether it is compressed, and its length. They are read as
//! they pass, so that a message over the limit is refused before it is gathered in memory, and an answer
//! over the limit before any of it is sent. It stands in a layer and not at each service, where the limit
//! could be forgotten.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;

use super::around::{Around, Inner, Next, Request, Response};
use super::opening::opened;
use crate::caller::CallId;
use crate::failure::{Failure, Side};
use crate::wire::status::status;

/// Refuses messages that are too long.
pub(crate) struct SizeLimits {
    /// The longest message a caller may send, in bytes.
    pub(crate) message_in: usize,
    /// The longest message a caller is sent, in bytes.
    pub(crate) message_out: usize,
}

impl Around for SizeLimits {
    async fn around<S: Inner>(&self, request: Request, next: Next<S>) -> Response {
        let (call, _) = opened(&request);
        let bounded = |body, side, limit, call| {
            Body::new(Bounded { body, prefixes: Prefixes::default(), side, limit, call, over: false })
        };
        let (message_in, message_out, on_the_way_in) = (self.message_in, self.message_out, call.clone());
        let request = request.map(move |body| bounded(body, Side::Request, message_in, on_the_way_in));
        let response = next.run(request).await;
        response.map(move |body| bounded(body, Side::Answer, message_out, call))
    }
}

/// Where in a row of messages a body is.
#[derive(Default)]
struct Prefixes {
    /// What was read of the next message's five bytes.
    prefix: Vec<u8>,
    /// How much of the message is still to come.
    rest: usize,
}

impl Prefixes {
    /// Reads on; gives the length of the longest message that begins in `data`.
    fn longest(&mut self, mut data: &[u8]) -> usize {
        let mut longest = 0;
        loop {
            let skipped = self.rest.min(data.len());
            self.rest -= skipped;
            data = &data[skipped..];
            let taken = (5 - self.prefix.len()).min(data.len());
            if taken == 0 {
                return longest;
            }
            self.prefix.extend_from_slice(&data[..taken]);
            data = &data[taken..];
            if let [_, a, b, c, d] = *self.prefix {
                self.rest = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
                longest = longest.max(self.rest);
                self.prefix.clear();
            }
        }
    }
}

struct Bounded {
    body: Body,
    prefixes: Prefixes,
    side: Side,
    limit: usize,
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
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        let Some(Ok(passing)) = &frame else { return Poll::Ready(frame) };
        let longest = passing.data_ref().map_or(0, |data| self.prefixes.longest(data));
        if longest <= self.limit {
            return Poll::Ready(frame);
        }
        self.over = true;
        self.body = Body::empty();
        let told = status(&Failure::TooLarge { side: self.side, max_bytes: self.limit }, &self.call);
        Poll::Ready(Some(match self.side {
            Side::Request => Err(told),
            Side::Answer => {
                let mut trailers = HeaderMap::new();
                // It fails only for metadata that cannot be a header, and there is none.
                let _ = told.add_header(&mut trailers);
                Ok(Frame::trailers(trailers))
            }
        }))
    }

    fn size_hint(&self) -> SizeHint {
        if self.over { SizeHint::with_exact(0) } else { self.body.size_hint() }
    }

    fn is_end_stream(&self) -> bool {
        self.over || self.body.is_end_stream()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(length: u32) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.resize(5 + length as usize, b'x');
        bytes
    }

    #[test]
    fn lengths_are_read_however_the_bytes_are_cut() {
        let row = [message(3), message(0), message(700), message(2)].concat();
        for size in [1, 2, 5, 6, 7, 100, row.len()] {
            let mut prefixes = Prefixes::default();
            let longest = row.chunks(size).map(|chunk| prefixes.longest(chunk)).max();
            assert_eq!(longest, Some(700), "{size}");
            assert_eq!((prefixes.rest, prefixes.prefix.len()), (0, 0), "{size}");
        }
    }
}

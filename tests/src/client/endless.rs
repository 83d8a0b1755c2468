//! Answers that do not end by themselves: what they say is looked at as it goes by.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::header::HeaderMap;
use http::{HeaderValue, Response};
use http_body_util::BodyExt;
use tonic::body::Body;

use super::Eyes;
use super::wire::Answer;

/// How long the frame around a message is.
const FRAME: usize = 5;

/// The answer as it was, each message and the end of it looked at on its way to the test.
pub(super) fn looked_at(begun: Response<Body>, method: String, eyes: Arc<Eyes>) -> Response<Body> {
    let (parts, body) = begun.into_parts();
    if parts.headers.contains_key("grpc-status") {
        let (body, trailers) = (Bytes::new(), HeaderMap::new());
        eyes.look(&method, &Answer { headers: parts.headers.clone(), body, trailers });
    }
    let headers = parts.headers.clone();
    let look = move |body: Bytes, trailers: HeaderMap| {
        eyes.look(&method, &Answer { headers: headers.clone(), body, trailers });
    };
    let mut begun = BytesMut::new();
    let body = body.map_frame(move |frame| {
        if let Some(data) = frame.data_ref() {
            begun.extend_from_slice(data);
            while let Some(message) = whole(&mut begun) {
                look(message, HeaderMap::from_iter([(STATUS.clone(), HeaderValue::from_static("0"))]));
            }
        }
        if let Some(trailers) = frame.trailers_ref() {
            look(Bytes::new(), trailers.clone());
        }
        frame
    });
    Response::from_parts(parts, Body::new(body))
}

static STATUS: http::HeaderName = http::HeaderName::from_static("grpc-status");

/// The first message, if all of it is there.
fn whole(begun: &mut BytesMut) -> Option<Bytes> {
    let head = begun.first_chunk::<FRAME>()?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    (begun.len() >= FRAME + length).then(|| begun.split_to(FRAME + length).freeze())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_seen_when_all_of_it_is_there() {
        let mut begun = BytesMut::from(&[0, 0, 0, 0, 2, 7][..]);
        assert_eq!(whole(&mut begun), None);
        begun.extend_from_slice(&[8, 0, 0]);
        assert_eq!(whole(&mut begun).as_deref(), Some(&[0, 0, 0, 0, 2, 7, 8][..]));
        assert_eq!((whole(&mut begun), begun.len()), (None, 2));
    }
}

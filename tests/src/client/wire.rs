//! Requests that can be sent again, answers that were read to their end.

use assent_proto::v1;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use http::{Request, Response, Uri, Version};
use http_body_util::{BodyExt, Full};
use prost_reflect::prost::Message;
use tonic::body::Body;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tower::{Service, ServiceExt};

/// A request whose body was read.
pub(super) struct Asked {
    uri: Uri,
    version: Version,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    pub(super) async fn read(request: Request<Body>, key: Option<&str>) -> Result<Self, Status> {
        let (parts, body) = request.into_parts();
        let mut headers = parts.headers;
        if let Some(key) = key {
            let mut value = HeaderValue::try_from(format!("Bearer {key}")).expect("a key is plain text");
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let body = body.collect().await?.to_bytes();
        Ok(Self { uri: parts.uri, version: parts.version, headers, body })
    }

    /// Sends it and reads the answer to its end.
    pub(super) async fn send(&self, channel: Channel) -> Result<Answer, Status> {
        let (parts, body) = self.begin(channel).await?.into_parts();
        let body = body.collect().await?;
        let trailers = body.trailers().cloned().unwrap_or_default();
        Ok(Answer { headers: parts.headers, body: body.to_bytes(), trailers })
    }

    /// Sends it; the answer has begun.
    pub(super) async fn begin(&self, mut channel: Channel) -> Result<Response<Body>, Status> {
        let mut request = Request::new(Body::new(Full::new(self.body.clone())));
        *request.uri_mut() = self.uri.clone();
        *request.version_mut() = self.version;
        *request.headers_mut() = self.headers.clone();
        let ready = channel.ready().await.map_err(unreachable)?;
        ready.call(request).await.map_err(unreachable)
    }
}

fn unreachable(error: tonic::transport::Error) -> Status {
    let mut status = Status::unavailable("the service cannot be reached");
    status.set_source(std::sync::Arc::new(error));
    status
}

/// An answer, whole.
pub(super) struct Answer {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) trailers: HeaderMap,
}

impl Answer {
    /// How the call ended. An answer without a body says so in its headers.
    pub(super) fn status(&self) -> Status {
        let said = Status::from_header_map(&self.trailers).or_else(|| Status::from_header_map(&self.headers));
        said.unwrap_or_else(|| Status::unknown("the answer does not say how the call ended"))
    }

    pub(super) fn is_ok(&self) -> bool {
        self.status().code() == Code::Ok
    }

    /// The messages of the body, in order. Compressed ones are not expected: the tests ask for none.
    pub(super) fn messages(&self) -> Vec<&[u8]> {
        let mut messages = Vec::new();
        let mut rest: &[u8] = &self.body;
        while let Some((head, tail)) = rest.split_at_checked(5) {
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
            let (message, left) = tail.split_at(length);
            messages.push(message);
            rest = left;
        }
        messages
    }

    /// What tells the tokens of the answer apart, if it holds some: a few are enough to hear whether they are told.
    pub(super) fn tokens(&self) -> Vec<String> {
        let made =
            self.messages().into_iter().filter_map(|bytes| v1::CreateTokensResponse::decode(bytes).ok());
        let results = made.flat_map(|made| made.results).filter_map(|result| result.result);
        let tokens = results.filter_map(|result| match result {
            v1::create_tokens_result::Result::Token(token) => Some(token.split_once('.')?.1[..32].to_owned()),
            v1::create_tokens_result::Result::Error(_) => None,
        });
        tokens.take(16).collect()
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let body = Full::new(self.body).with_trailers(std::future::ready(Some(Ok(self.trailers))));
        let mut response = Response::new(Body::new(body));
        *response.headers_mut() = self.headers;
        response
    }
}

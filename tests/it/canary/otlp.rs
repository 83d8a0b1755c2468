//! A span and a metric of somebody else's, as the wire has them, for the receiver that the service tells.
//!
//! Written out by field numbers (opentelemetry-proto 1): the crates that the service tells by cannot be asked to say something
//! that it would not.

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use tonic::body::Body;
use tonic::transport::Endpoint;
use tower::{Service, ServiceExt};

/// Tells the receiver of a span with an attribute of that value.
pub(super) async fn tell_span(endpoint: &str, value: &str) {
    let span = [
        field(1, &[7; 16]),
        field(2, &[7; 8]),
        field(5, b"planted"),
        fixed(7, 1),
        fixed(8, 2),
        field(9, &attribute(value)),
    ];
    let resource_spans = field(2, &field(2, &span.concat()));
    tell(endpoint, "trace.v1.TraceService", &field(1, &resource_spans)).await;
}

/// Tells the receiver of a gauge with a label of that value.
pub(super) async fn tell_metric(endpoint: &str, value: &str) {
    let point = [fixed(3, 1), fixed(6, 1), field(7, &attribute(value))].concat();
    let metric = [field(1, b"planted"), field(5, &field(1, &point))].concat();
    let resource_metrics = field(2, &field(2, &metric));
    tell(endpoint, "metrics.v1.MetricsService", &field(1, &resource_metrics)).await;
}

/// `planted.by` and its value.
fn attribute(value: &str) -> Vec<u8> {
    [field(1, b"planted.by"), field(2, &field(1, value.as_bytes()))].concat()
}

/// A field of bytes, text or a message: shorter than 16 KiB.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let low = u8::try_from(bytes.len() & 0x7f).expect("seven bits") | 0x80;
    let high = u8::try_from(bytes.len() >> 7).expect("a short field");
    [&[number << 3 | 2, low, high], bytes].concat()
}

/// A field of eight bytes.
fn fixed(number: u8, value: u64) -> Vec<u8> {
    [&[number << 3 | 1][..], &value.to_le_bytes()].concat()
}

async fn tell(endpoint: &str, service: &str, message: &[u8]) {
    let length = u32::try_from(message.len()).expect("a short message").to_be_bytes();
    let framed = [&[0][..], &length, message].concat();
    let path = format!("{endpoint}/opentelemetry.proto.collector.{service}/Export");
    let request = Request::post(path).header("content-type", "application/grpc").header("te", "trailers");
    let request = request.body(Body::new(Full::new(Bytes::from(framed)))).expect("a request");
    let mut channel = Endpoint::from_shared(endpoint.to_owned()).expect("an address").connect_lazy();
    let answer = channel.ready().await.expect("the receiver listens").call(request).await;
    let answer = answer.expect("the receiver answers").into_body().collect().await.expect("an answer");
    let trailers = answer.trailers().cloned().unwrap_or_default();
    assert_eq!(trailers.get("grpc-status").map(http::HeaderValue::as_bytes), Some(&b"0"[..]), "{trailers:?}");
}

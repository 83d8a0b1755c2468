//! Calls whose messages are whatever bytes a test likes, and the faults that they are told.

use assent_proto::google::rpc;
use assent_proto::v1;
use assent_tests::client::Client;
use assent_tests::fault::status;
use assent_tests::matrix;
use bytes::{Buf, BufMut};
use http::uri::PathAndQuery;
use prost_reflect::prost::Message;
use prost_reflect::{DynamicMessage, MethodDescriptor, ReflectMessage, Value};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

/// Takes and gives bytes as they are.
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, bytes: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(&bytes);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let length = from.remaining();
        Ok(Some(from.copy_to_bytes(length).to_vec()))
    }
}

/// Calls a method, of whatever kind, with those bytes; gives its last message, or the first of those without an end.
pub(super) async fn call(
    client: &Client,
    method: &MethodDescriptor,
    bytes: Vec<u8>,
) -> Result<DynamicMessage, Status> {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let path = PathAndQuery::try_from(path).expect("a path");
    let mut grpc = tonic::client::Grpc::new(client.once());
    let mut answers = match method.is_client_streaming() {
        true => grpc.streaming(Request::new(tokio_stream::iter(in_turn(method, bytes))), path, Raw).await?,
        false => grpc.server_streaming(Request::new(bytes), path, Raw).await?,
    }
    .into_inner();
    let mut last = None;
    while let Some(answer) = answers.message().await? {
        let ends = last.is_some() && method.is_client_streaming() && says(method, &answer, "ended");
        // What became of the one thing that was sent comes before the end.
        if !ends {
            last = Some(answer);
        }
        if matrix::is_endless(method.name()) {
            break;
        }
    }
    let last = last.expect("a call without an error has an answer");
    if method.name() == "StreamInteractions" {
        return acknowledged(method, &last);
    }
    Ok(DynamicMessage::decode(method.output(), last.as_slice()).expect("an answer of the contract"))
}

/// The messages of a stream that holds that one: a chunk of an import comes after a header.
fn in_turn(method: &MethodDescriptor, bytes: Vec<u8>) -> Vec<Vec<u8>> {
    let mut messages = Vec::new();
    let message = DynamicMessage::decode(method.input(), bytes.as_slice());
    if message.is_ok_and(|message| message.has_field_by_name("chunk")) {
        messages.push(super::valid::dry_run().encode_to_vec());
    }
    messages.push(bytes);
    messages
}

/// What a batch of a stream was told, as a call is.
fn acknowledged(method: &MethodDescriptor, answer: &[u8]) -> Result<DynamicMessage, Status> {
    let answer = DynamicMessage::decode(method.output(), answer).expect("an answer of the contract");
    assert!(answer.has_field_by_name("acknowledged"), "a batch is acknowledged: {answer}");
    let told = answer.get_field_by_name("acknowledged").expect("a field");
    let told = told.as_message().expect("a message").clone();
    error_of(&told).map_or(Ok(told), Err)
}

/// The error of a message that may have one.
fn error_of(message: &DynamicMessage) -> Option<Status> {
    let error = message.get_field_by_name("error").filter(|_| message.has_field_by_name("error"))?;
    let error = error.as_message().expect("an error is a message").encode_to_vec();
    Some(status(&rpc::Status::decode(error.as_slice()).expect("a status")))
}

fn says(method: &MethodDescriptor, answer: &[u8], arm: &str) -> bool {
    let answer = DynamicMessage::decode(method.output(), answer).expect("an answer of the contract");
    answer.has_field_by_name(arm)
}

/// The error of each line of an import's answer, by the place that its fields name.
fn of_lines(answer: &DynamicMessage) -> Vec<Option<Status>> {
    let told = v1::ImportConsentsResponse::decode(answer.encode_to_vec().as_slice()).expect("an answer");
    let Some(v1::import_consents_response::Event::Acknowledged(told)) = told.event else { return Vec::new() };
    let counts = told.counts.expect("counts");
    let v1::ImportCounts { created, changed, renewed, unchanged, superseded, blank, failed } = counts;
    let all = created + changed + renewed + unchanged + superseded + blank + failed;
    let mut lines = vec![None; usize::try_from(all).expect("few")];
    for failure in told.failures {
        let told = failure.error.expect("an error");
        let status = status(&told);
        let (_, _, fields) = fault(&status);
        let place = fields.first().and_then(|path| path.strip_prefix("chunk.lines[")?.split(']').next());
        let place: usize = place.expect("a path of a line").parse().expect("a place");
        lines[place] = Some(status);
    }
    lines
}

/// The error of each result of a batch's answer, if it has one. A method without results has none.
pub(super) fn of_items(answer: &DynamicMessage) -> Vec<Option<Status>> {
    if answer.descriptor().name() == "ImportConsentsResponse" {
        return of_lines(answer);
    }
    let Some(results) = answer.get_field_by_name("results") else { return Vec::new() };
    let results = results.as_list().expect("results are a list").iter();
    results.map(|result| error_of(result.as_message().expect("a result is a message"))).collect()
}

/// Of what kind the fault is and which fields it names, in their order.
pub(super) fn fault(status: &Status) -> (Code, String, Vec<String>) {
    let details = status.get_error_details();
    let info = details.error_info().expect("every error has a reason");
    assert_eq!(info.domain, "assent");
    let named = details.bad_request().map(|wrong| wrong.field_violations.as_slice()).unwrap_or_default();
    assert!(named.iter().all(|wrong| !wrong.description.is_empty()), "what is wrong is said");
    let mut fields: Vec<_> = named.iter().map(|wrong| wrong.field.clone()).collect();
    fields.sort_unstable();
    (status.code(), info.reason.clone(), fields)
}

/// Texts of a value that are told again in an error: there must be none.
pub(super) fn quotes(status: &Status, value: &Value) -> bool {
    let Value::String(text) = value else { return false };
    let told = String::from_utf8_lossy(status.details());
    text.len() > 3 && (told.contains(text.as_str()) || status.message().contains(text.as_str()))
}

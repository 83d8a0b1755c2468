use std::panic::{AssertUnwindSafe, catch_unwind};

use assent_proto::google::rpc;
use assent_proto::v1;
use bytes::Bytes;
use http::HeaderMap;
use prost_reflect::prost::Message;

use super::*;

const PUT: &str = "assent.v1.ConsentService/PutNotice";
const UPSERT: &str = "assent.v1.ConsentService/UpsertConsents";

fn eyes(foreign: Option<&str>) -> Eyes {
    let foreign = foreign.map(str::to_owned);
    Eyes { engine: Engine::Sqlite, foreign, twice: true }
}

fn answer(code: &'static str, message: &impl Message) -> Answer {
    let message = message.encode_to_vec();
    let mut body = vec![0];
    body.extend(u32::try_from(message.len()).expect("a short message").to_be_bytes());
    body.extend(message);
    let trailers =
        HeaderMap::from_iter([("grpc-status".parse().expect("a name"), code.parse().expect("a number"))]);
    Answer { headers: HeaderMap::new(), body: Bytes::from(body), trailers }
}

fn notice(text: &str) -> Answer {
    let notice = v1::Notice { text: text.to_owned(), ..v1::Notice::default() };
    answer("0", &v1::PutNoticeResponse { notice: Some(notice) })
}

fn refused(call_number: &str, reason: &str) -> Answer {
    let info = rpc::ErrorInfo { reason: reason.to_owned(), ..rpc::ErrorInfo::default() };
    let number = rpc::RequestInfo { request_id: call_number.to_owned(), ..rpc::RequestInfo::default() };
    let detail = |name: &str, value| prost_types::Any {
        type_url: format!("type.googleapis.com/google.rpc.{name}"),
        value,
    };
    let details =
        vec![detail("ErrorInfo", info.encode_to_vec()), detail("RequestInfo", number.encode_to_vec())];
    let error = rpc::Status { code: 3, message: String::new(), details };
    let result = Some(v1::upsert_consents_result::Result::Error(error));
    answer("0", &v1::UpsertConsentsResponse { results: vec![v1::UpsertConsentsResult { result }] })
}

fn fails(look: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(look)).is_err()
}

#[test]
fn another_answer_to_the_same_request_fails_the_test() {
    let eyes = eyes(None);
    eyes.compare(PUT, &notice("one"), &notice("one"));
    assert!(fails(|| eyes.compare(PUT, &notice("one"), &notice("other"))));
    assert!(fails(|| eyes.compare(PUT, &notice("one"), &answer("13", &()))));
}

#[test]
fn the_number_of_a_call_is_no_part_of_its_answer() {
    let eyes = eyes(None);
    eyes.compare(UPSERT, &refused("1", "FIELD_INVALID"), &refused("2", "FIELD_INVALID"));
    assert!(fails(|| eyes.compare(UPSERT, &refused("1", "FIELD_INVALID"), &refused("2", "NOTICE_UNKNOWN"))));
}

#[test]
fn what_may_pass_by_itself_proves_nothing() {
    eyes(None).compare(PUT, &answer("14", &()), &notice("one"));
}

#[test]
fn anything_of_another_tenant_in_an_answer_fails_the_test() {
    let eyes = eyes(Some("theirs"));
    eyes.look(PUT, &notice("ours"));
    assert!(fails(|| eyes.look(PUT, &notice("this is theirs"))));
}

#[test]
fn an_items_error_is_seen_as_well_as_the_calls() {
    let said = Said::of(UPSERT, &refused("1", "NOTICE_UNKNOWN"));
    assert!(said.invalid);
    assert!(said.reasons.contains("NOTICE_UNKNOWN"));
}

#[test]
fn what_was_recorded_or_counted_is_told_as_a_duplicate_again_and_nothing_else_is() {
    let told = |words: [&str; 3]| words.map(|word| format!("{{disposition:DISPOSITION_{word}}}")).concat();
    let first = told(["RECORDED", "EXEMPTED", "DISCARDED"]);
    for again in [["DUPLICATE", "EXEMPTED", "DISCARDED"], ["DUPLICATE", "DUPLICATE", "DISCARDED"]] {
        assert_eq!(as_told_again(&first, &told(again)), told(again));
    }
    for wrong in [["RECORDED", "EXEMPTED", "DISCARDED"], ["DUPLICATE", "EXEMPTED", "EXEMPTED"]] {
        assert_ne!(as_told_again(&first, &told(wrong)), told(wrong));
    }
}

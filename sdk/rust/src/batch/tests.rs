//! Batches of any size.

use assent_proto::v1;
use prost::Message;
use prost_reflect::{DescriptorPool, Value};
use tonic::Code;
use tonic_types::ErrorDetails;

use super::{ITEMS, split};
use crate::scripted::{Scripted, failure};
use crate::{AnswerGiven, Coverage, GetConsents, Item, Reason, RequestId, Upsert};

fn withdrawals(count: usize) -> Upsert {
    let item = |at| Item::new(format!("p{at}")).answer(AnswerGiven::withdraw(Coverage::tracking()));
    Upsert::into_table("t").items((0..count).map(item))
}

#[tokio::test]
async fn a_large_batch_goes_out_in_parts_and_comes_back_in_order() {
    let service = Scripted::start().await;
    let results = service.client().consents().upsert(withdrawals(2500)).await.unwrap();

    let parts: Vec<usize> = service.seen().iter().map(|seen| seen.profiles.len()).collect();
    assert_eq!(parts, [1000, 1000, 500]);
    for (at, result) in results.into_iter().enumerate() {
        assert_eq!(result.unwrap().series[0].standing.record_id, Some(format!("p{at}")));
    }
}

#[tokio::test]
async fn parts_have_ids_of_their_own_that_follow_from_the_callers() {
    let service = Scripted::start().await;
    let id: RequestId = "0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap();
    service.client().consents().upsert(withdrawals(1001).request_id(id)).await.unwrap();
    service.client().consents().upsert(withdrawals(1001).request_id(id)).await.unwrap();
    let ids: Vec<String> = service.seen().into_iter().map(|seen| seen.request_id).collect();
    assert_eq!(ids[..2], ids[2..]);
    assert_ne!(ids[0], ids[1]);
    // The derivation must never change: a repeated call has to make the same ids.
    assert_eq!(ids[0], "42c05095-c088-80d1-af6b-7be798069661");
}

#[tokio::test]
async fn a_batch_of_one_part_keeps_the_callers_id() {
    let service = Scripted::start().await;
    let id = RequestId::new();
    service.client().consents().upsert(withdrawals(1000).request_id(id)).await.unwrap();
    assert_eq!(service.seen().len(), 1);
    assert_eq!(service.seen()[0].request_id, id.to_string());
}

#[tokio::test]
async fn a_failed_part_tells_how_far_the_batch_got() {
    let service = Scripted::start().await;
    let id = RequestId::new();
    service.answer();
    service.fail([failure(Code::NotFound, "PROFILE_TABLE_UNKNOWN", ErrorDetails::new())]);
    let error = service.client().consents().upsert(withdrawals(1500).request_id(id)).await.unwrap_err();
    assert_eq!(error.reason(), Some(Reason::ProfileTableUnknown));
    assert_eq!(error.items_answered(), 1000);
    assert_eq!(error.request_id(), Some(id));
}

#[tokio::test]
async fn a_refused_item_is_named_by_its_place_in_the_callers_batch() {
    let service = Scripted::start().await;
    service.refuse_item(3);
    let results = service.client().consents().upsert(withdrawals(1010)).await.unwrap();
    let path = |at: usize| results[at].as_ref().unwrap_err().violations()[0].path.clone();
    assert_eq!(path(3), "items[3].profile.id");
    assert_eq!(path(1003), "items[1003].profile.id");
    assert_eq!(results.iter().filter(|result| result.is_err()).count(), 2);
}

#[tokio::test]
async fn reads_are_split_too() {
    let service = Scripted::start().await;
    let ids: Vec<String> = (0..1001).map(|at| format!("p{at}")).collect();
    let results = service.client().consents().get(GetConsents::of("t", ids)).await.unwrap();
    assert_eq!(service.seen().len(), 2);
    assert_eq!(results[1000].as_ref().unwrap().facts.jurisdiction.as_deref(), Some("p1000"));
}

#[tokio::test]
async fn an_empty_batch_is_answered_without_a_call() {
    let service = Scripted::start().await;
    assert!(service.client().consents().upsert(withdrawals(0)).await.unwrap().is_empty());
    assert!(service.seen().is_empty());
}

#[test]
fn parts_stay_below_the_size_of_a_message() {
    let item = || v1::ProfileKey { id: "x".repeat(64 * 1024) };
    let parts = split((0..100).map(|_| item()).collect());
    assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), 100);
    for part in parts {
        let bytes: usize = part.iter().map(|item| item.encoded_len() + 6).sum();
        assert!(bytes <= super::BYTES);
    }
}

#[test]
fn the_limit_is_the_contracts() {
    let pool = DescriptorPool::decode(assent_proto::FILE_DESCRIPTOR_SET).unwrap();
    let rule = pool.get_extension_by_name("assent.v1.rule").unwrap();
    for (message, field) in [
        ("assent.v1.UpsertConsentsRequest", "items"),
        ("assent.v1.UpsertProfilesRequest", "items"),
        ("assent.v1.GetConsentsRequest", "profiles"),
        ("assent.v1.RecordInteractionsRequest", "interactions"),
        ("assent.v1.EvaluateWaitBlocksRequest", "blocks"),
        ("assent.v1.QueryEngagementRequest", "questions"),
    ] {
        let field = pool.get_message_by_name(message).unwrap().get_field_by_name(field).unwrap();
        let options = field.options();
        let stated = options.get_extension(&rule);
        let max = stated.as_message().unwrap().get_field_by_name("max_items").unwrap().into_owned();
        assert_eq!(max, Value::U32(u32::try_from(ITEMS).unwrap()));
    }
}

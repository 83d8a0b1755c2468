//! Every reason goes round: what the service says is what the caller reads.

use std::collections::HashMap;
use std::time::Duration;

use assent_proto::google::rpc;
use assent_proto::v1;
use prost::Message;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use super::{Cause, Error, Reason};
use crate::EvidenceItem;

fn status(reason: &str, facts: &[(&str, &str)]) -> Status {
    let facts: HashMap<String, String> =
        facts.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let mut details = ErrorDetails::with_error_info(reason, "assent", facts);
    details.add_bad_request_violation("items[0].answer", "is missing");
    details.set_retry_info(Some(Duration::from_millis(1500)));
    details.set_request_info("0190163d-8694-739b-aea5-966c26f8ad91", "");
    Status::with_error_details(Code::FailedPrecondition, "what is wrong", details)
}

/// Every reason of the contract but the one that is never sent.
fn contract() -> Vec<v1::ErrorReason> {
    let reasons: Vec<_> = (1..1000).filter_map(|number| v1::ErrorReason::try_from(number).ok()).collect();
    assert_eq!(reasons.len(), Reason::ALL.len());
    reasons
}

#[test]
fn every_reason_of_the_contract_is_read_with_all_that_comes_with_it() {
    for reason in contract() {
        let name = reason.as_str_name().trim_start_matches("ERROR_REASON_");
        let error = Error::from_status(&status(name, &[("policies", "fr-cnil-2026,strict")]));
        assert_eq!(error.reason().map(Reason::name), Some(name));
        assert_eq!(error.violations()[0].path, "items[0].answer");
        assert_eq!(error.violations()[0].description, "is missing");
        assert_eq!(error.policies().collect::<Vec<_>>(), ["fr-cnil-2026", "strict"]);
        assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
        assert_eq!(error.server_request_id(), Some("0190163d-8694-739b-aea5-966c26f8ad91"));
        let text = error.to_string();
        assert!(
            text.contains(name) && text.contains("items[0].answer") && text.contains(error.advice()),
            "{text}"
        );
    }
}

#[test]
fn only_what_the_contract_calls_worth_another_try_is_tried_again() {
    let passing: Vec<&str> =
        Reason::ALL.iter().filter(|reason| reason.passes()).map(|reason| reason.name()).collect();
    let worth = ["READER_TOO_SLOW", "DEADLINE_EXCEEDED", "UNAVAILABLE", "CONFLICT", "SHUTTING_DOWN"];
    assert_eq!(passing, worth);
}

#[test]
fn an_items_error_reads_as_a_calls_does() {
    let wire =
        rpc::Status::decode(status("EVIDENCE_MISSING", &[("items", "METHOD,LANGUAGE")]).details()).unwrap();
    let error = Error::of_item(&wire);
    assert_eq!(error.reason(), Some(Reason::EvidenceMissing));
    assert_eq!(error.missing_evidence(), [EvidenceItem::Method, EvidenceItem::Language]);
    assert_eq!(error.violations().len(), 1);
    assert_eq!(error.fact("items"), Some("METHOD,LANGUAGE"));
}

#[test]
fn a_reason_of_a_later_release_is_told_by_its_name() {
    let error = Error::from_status(&status("NEWER_THAN_THIS", &[]));
    assert_eq!(error.cause(), &Cause::RefusedOtherwise("NEWER_THAN_THIS".to_owned()));
    assert!(error.passes(), "the service says when to try again");
}

#[test]
fn another_domains_reason_is_not_taken_for_ours() {
    let details = ErrorDetails::with_error_info("INTERNAL", "somebody.else", HashMap::new());
    let error = Error::from_status(&Status::with_error_details(Code::Internal, "", details));
    assert_eq!(error.cause(), &Cause::Unexplained("INTERNAL"));
}

#[test]
fn codes_without_a_reason_are_told_for_what_they_are() {
    let cause = |code| Error::from_status(&Status::new(code, "")).cause().clone();
    assert_eq!(cause(Code::Unavailable), Cause::Unreachable);
    assert_eq!(cause(Code::DeadlineExceeded), Cause::Refused(Reason::DeadlineExceeded));
    assert_eq!(cause(Code::Cancelled), Cause::Refused(Reason::DeadlineExceeded));
    assert_eq!(cause(Code::OutOfRange), Cause::Refused(Reason::MessageTooLarge));
    assert_eq!(cause(Code::Unimplemented), Cause::Unexplained("UNIMPLEMENTED"));
}

#[test]
fn every_advice_is_a_sentence_without_a_full_stop() {
    for reason in Reason::ALL {
        let advice = reason.advice();
        assert!(
            !advice.is_empty() && !advice.ends_with('.') && advice.starts_with(char::is_lowercase),
            "{reason}"
        );
    }
}

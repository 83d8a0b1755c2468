//! What is written is what the contract says.

use assent_domain::answer::State;
use assent_domain::change::Effect;
use assent_domain::scope::{Scope, Series};
use assent_proto::v1::watch_consent_changes_response::Event;
use assent_proto::{v1, written};

use super::*;
use crate::change::sample::stored;

/// A withdrawal of marketing, and a refusal of opens.
fn said() -> LedgerEntry {
    let mut entry = stored(7, 3);
    let change = entry.held.as_mut().and_then(|held| held.change.as_mut()).unwrap();
    let (series, effect) = (Series::Tracking(Scope::EmailOpen), Effect::Refused);
    change.lines.push(Line { series, effect, old: State::Unknown, new: State::Refused });
    entry
}

#[test]
fn a_change_is_written_whole_with_the_lines_that_pass() {
    let entry = said();
    let held = entry.held.clone().unwrap();
    let lines: Vec<_> = held.change.unwrap().lines.iter().map(to_wire::change::of_series).collect();
    let entry = Entry::write(entry);
    let passing =
        |filter| entry.passing(&filter).map(|bytes| ConsentChange::decode(bytes.as_slice()).unwrap());
    let change = |lines| ConsentChange { lines, ..to_wire::change::of_record(7, &held.record) };
    assert_eq!(passing(ChangeFilter::default()), Some(change(lines.clone())));
    let refused = ChangeFilter { effects: vec![Effect::Refused], ..ChangeFilter::default() };
    assert_eq!(passing(refused), Some(change(lines[1..].to_vec())));
    let granted = ChangeFilter { effects: vec![Effect::Granted], ..ChangeFilter::default() };
    assert_eq!(passing(granted), None);
}

#[test]
fn an_answer_with_written_changes_is_the_contracts_own() {
    let entry = Entry::write(said());
    let change = entry.passing(&ChangeFilter::default()).unwrap();
    let told = ConsentChange::decode(change.as_slice()).unwrap();
    let page = written::ReadConsentChangesResponse {
        changes: vec![change.clone(); 2],
        next_cursor: "c".to_owned(),
        caught_up: true,
        covered_after: 5,
        covered_through: 7,
        head_position: 9,
    };
    let expected = v1::ReadConsentChangesResponse {
        changes: vec![told.clone(); 2],
        next_cursor: "c".to_owned(),
        caught_up: true,
        covered_after: 5,
        covered_through: 7,
        head_position: 9,
    };
    assert_eq!(v1::ReadConsentChangesResponse::decode(page.encode_to_vec().as_slice()), Ok(expected));
    let batch = written::ChangeBatch {
        changes: vec![change],
        next_cursor: "c".to_owned(),
        covered_after: 5,
        covered_through: 7,
        head_position: 9,
    };
    let event = written::watch_consent_changes_response::Event::Batch(batch);
    let message = written::WatchConsentChangesResponse { event: Some(event) };
    let expected = v1::ChangeBatch {
        changes: vec![told],
        next_cursor: "c".to_owned(),
        covered_after: 5,
        covered_through: 7,
        head_position: 9,
    };
    let expected = v1::WatchConsentChangesResponse { event: Some(Event::Batch(expected)) };
    assert_eq!(v1::WatchConsentChangesResponse::decode(message.encode_to_vec().as_slice()), Ok(expected));
}

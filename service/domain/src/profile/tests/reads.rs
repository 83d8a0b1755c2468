//! Reading at other times, the evidence in force, and the state row.

use super::*;
use crate::sample::notice;
use crate::time::Span;

fn story() -> Story {
    let mut story = Story::new();
    story.say(imported(Grant, at(1)), at(10));
    story.say(imported(Withdraw, at(5)), at(20));
    story.say(imported(Grant, at(8)), at(30));
    story
}

#[test]
fn a_state_is_read_as_of_any_effective_time_and_as_known_at_any_recorded_time() {
    let story = story();
    let read = |as_of, known_at: Option<i64>| {
        let standing = story.profile.standing(OPENS, at(as_of), known_at.map(at), None);
        (standing.state, story.profile.evidence_of(&standing).map(|record| record.profile_version))
    };
    assert_eq!(read(0, None), (State::Unknown, None));
    assert_eq!(read(6, None), (State::Withdrawn, Some(2)));
    assert_eq!(read(6, Some(19)), (State::Granted, Some(1)), "the withdrawal was not known yet");
    assert_eq!(read(6, Some(20)), (State::Withdrawn, Some(2)));
    assert_eq!(read(9, None), (State::Granted, Some(3)));
    assert_eq!(read(9, Some(9)), (State::Unknown, None));
}

#[test]
fn a_profile_tells_its_records_and_when_the_last_was_recorded() {
    let story = story();
    let versions: Vec<u64> = story.profile.records().iter().map(|record| record.profile_version).collect();
    assert_eq!((versions, story.profile.last_recorded_at()), (vec![1, 2, 3], Some(at(30))));
}

#[test]
fn all_series_are_read_at_once() {
    let story = story();
    let standings = story.profile.standings(at(9), None, None);
    for series in Series::ALL {
        assert_eq!(standings[series.index()], story.profile.standing(series, at(9), None, None));
    }
    assert_eq!(standings[Series::Marketing.index()].state, State::Unknown);
}

#[test]
fn facts_are_read_as_they_were_known() {
    let mut story = Story::new();
    story.apply(&Command::facts(sample::facts("2026-01-01")), at(10)).unwrap();
    story.apply(&Command::facts(sample::facts("2026-02-02")), at(20)).unwrap();
    let day = |known_at: Option<i64>| {
        let history = story.profile.history_known(known_at.map(at));
        history.facts().collected_on.map(|day| day.to_string())
    };
    assert_eq!(day(None).as_deref(), Some("2026-02-02"));
    assert_eq!(day(Some(15)).as_deref(), Some("2026-01-01"));
    assert_eq!(day(Some(9)), None);
}

#[test]
fn the_state_row_goes_round_and_says_what_the_history_says() {
    let mut story = story();
    story.tell(notice(at(2)), at(40));
    story.say(on(Coverage::MARKETING, answer(Object, at(50))), at(50));
    story.say(on(scopes(&[Scope::Device]), answer(Refuse, at(50))), at(50));
    let row = story.profile.state_row();
    let bytes = row.encode();
    assert_eq!((bytes.len(), bytes[0]), (StateRow::BYTES, StateRow::LAYOUT));
    assert_eq!(StateRow::decode(&bytes), Ok(row));
    for (series, standing) in Series::ALL.into_iter().zip(story.profile.standings(at(60), None, None)) {
        let SeriesRow { state, since, last_confirmed } = row.get(series);
        assert_eq!((state, since, last_confirmed), (standing.state, standing.since, standing.last_confirmed));
    }
    let (table, id) = (story.profile.table().clone(), story.profile.id().clone());
    assert_eq!(Profile::unknown(table, id).state_row(), StateRow::UNKNOWN);
}

#[test]
fn a_row_of_another_release_is_not_read() {
    let bytes = story().profile.state_row().encode();
    let spoil = |place: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[place] = byte;
        StateRow::decode(&bytes)
    };
    assert_eq!(spoil(0, 2), Err(StateRowError));
    assert_eq!(spoil(1, 7), Err(StateRowError));
    assert_eq!(spoil(2, 0x70), Err(StateRowError), "no instant");
    assert_eq!(StateRow::decode(&bytes[1..]), Err(StateRowError));
    assert_eq!(StateRow::decode(&[bytes.as_slice(), &[0]].concat()), Err(StateRowError));
    assert_eq!(StateRow::decode(&[]), Err(StateRowError));
}

#[test]
fn every_state_keeps_its_number_in_a_row() {
    let mut story = story();
    let stored: Vec<u8> = [Grant, Refuse, Withdraw, Object]
        .map(|said| {
            story.say(answer(said, at(0)), at(100));
            story = Story::new();
            story.say(answer(said, at(0)), at(100));
            story.profile.state_row().encode()[1 + 17]
        })
        .to_vec();
    assert_eq!(stored, [2, 3, 4, 5]);
    let mut informed = Story::new();
    informed.tell(notice(at(0)), at(1));
    assert_eq!((informed.profile.state_row().encode()[1 + 17], StateRow::UNKNOWN.encode()[1]), (1, 0));
}

#[test]
fn a_grant_in_a_row_runs_out_too() {
    let row = story().profile.state_row().get(OPENS);
    let span = Some(Span::from_minutes(10));
    assert_eq!(row.state_at(at(17), span), State::Granted);
    assert_eq!(row.state_at(at(18), span), State::Expired);
    assert_eq!(row.state_at(at(18), None), State::Granted);
    let refused = SeriesRow { state: State::Refused, ..row };
    assert_eq!(refused.state_at(at(18), span), State::Refused);
}

//! The fold: order of effect, ties, runs, expiry, proof.

use super::*;
use crate::answer::Answer;
use crate::evidence::SourceKind;
use crate::record::GrantExpired;
use crate::sample::{self, at, imported, recorded, stored};
use crate::scope::Scope;

const OPENS: Series = Series::Tracking(Scope::EmailOpen);

/// A history of imported answers, each dated at its minute, recorded long after.
fn history(said: &[(Answer, i64)]) -> History {
    let records: Vec<Record> = (1..)
        .zip(said)
        .map(|(version, (answer, minute))| recorded(imported(*answer, at(*minute)), version, at(1000)))
        .collect();
    History::of(&records)
}

/// State, since and last confirmed, in minutes.
fn reads(history: &History) -> (State, Option<i64>, Option<i64>) {
    let standing = history.standing(OPENS, at(2000), None);
    let minute = |at: Instant| (at.micros() - self::at(0).micros()) / 60_000_000;
    (standing.state, standing.since.map(minute), standing.last_confirmed.map(minute))
}

use Answer::{Grant, Object, Refuse, Withdraw};

#[test]
fn the_last_answer_in_order_of_effect_counts() {
    assert_eq!(reads(&history(&[])), (State::Unknown, None, None));
    assert_eq!(reads(&history(&[(Withdraw, 5), (Grant, 1)])), (State::Withdrawn, Some(5), Some(5)));
    assert_eq!(reads(&history(&[(Withdraw, 1), (Grant, 5)])), (State::Granted, Some(5), Some(5)));
}

#[test]
fn since_is_the_earliest_and_last_confirmed_the_latest_of_the_run() {
    assert_eq!(
        reads(&history(&[(Grant, 9), (Refuse, 2), (Grant, 1), (Grant, 7)])),
        (State::Granted, Some(7), Some(9))
    );
}

#[test]
fn on_a_tie_the_more_protective_answer_is_last() {
    for (first, second, state) in [
        (Grant, Refuse, State::Refused),
        (Refuse, Withdraw, State::Withdrawn),
        (Withdraw, Object, State::Objected),
        (Grant, Object, State::Objected),
    ] {
        assert_eq!(reads(&history(&[(first, 3), (second, 3)])).0, state);
        assert_eq!(reads(&history(&[(second, 3), (first, 3)])).0, state);
    }
}

#[test]
fn equal_answers_of_one_instant_are_ordered_by_their_bytes() {
    let mut one = recorded(imported(Grant, at(3)), 1, at(1000));
    let mut two = recorded(imported(Grant, at(3)), 2, at(1000));
    if let (Body::Answer(one), Body::Answer(two)) = (&mut one.body, &mut two.body) {
        (one.evidence.language, two.evidence.language) = (Some("it".to_owned()), Some("fr".to_owned()));
    }
    for records in [[&one, &two], [&two, &one]] {
        assert_eq!(History::of(records).standing(OPENS, at(9), None).record, Some(one.id));
    }
}

#[test]
fn an_objection_is_replaced_only_by_a_later_grant() {
    assert_eq!(
        reads(&history(&[(Object, 1), (Refuse, 2), (Withdraw, 3)])),
        (State::Objected, Some(1), Some(1))
    );
    assert_eq!(
        reads(&history(&[(Object, 1), (Refuse, 2), (Object, 3)])),
        (State::Objected, Some(1), Some(3))
    );
    assert_eq!(reads(&history(&[(Grant, 1), (Object, 2)])).0, State::Objected);
    assert_eq!(reads(&history(&[(Object, 1), (Refuse, 2), (Grant, 3)])).0, State::Granted);
    // The refusal belonged to no run: after the grant a withdrawal counts again.
    assert_eq!(
        reads(&history(&[(Object, 1), (Grant, 3), (Withdraw, 4)])),
        (State::Withdrawn, Some(4), Some(4))
    );
}

#[test]
fn an_answer_holds_from_its_instant_on() {
    let history = history(&[(Grant, 3), (Withdraw, 5)]);
    let state = |at| history.standing(OPENS, at, None).state;
    let moment = Span::from_micros(1);
    assert_eq!(state(at(3).minus(moment)), State::Unknown);
    assert_eq!(state(at(3)), State::Granted);
    assert_eq!(state(at(5).minus(moment)), State::Granted);
    assert_eq!(state(at(5)), State::Withdrawn);
}

#[test]
fn a_grant_is_never_retroactive() {
    let late = recorded(sample::answer(Grant, at(9)), 1, at(3));
    assert_eq!(late.effective(), at(3), "a claim ahead of the server's time takes effect when recorded");
    let claimed = recorded(sample::answer(Grant, at(1)), 1, at(3));
    assert_eq!(claimed.effective(), at(1));
}

#[test]
fn a_direct_denial_takes_effect_at_the_servers_time_whatever_it_claims() {
    for said in [Refuse, Withdraw, Object] {
        let direct = recorded(sample::answer(said, at(1)), 1, at(3));
        assert_eq!(direct.effective(), at(3));
        assert_eq!(recorded(imported(said, at(1)), 1, at(3)).effective(), at(1));
        assert_eq!(recorded(imported(said, at(9)), 1, at(3)).effective(), at(3));
    }
    let mut unsaid = imported(Withdraw, at(1));
    unsaid.evidence.source = None;
    assert!(unsaid.direct(), "what names no source was said to us");
}

#[test]
fn the_latest_denial_between_two_instants_is_found() {
    let history = history(&[(Grant, 1), (Refuse, 3), (Withdraw, 5), (Grant, 7)]);
    let denial =
        |after, until| history.answers(OPENS).latest_denial(at(after), at(until)).map(|e| e.effective);
    assert_eq!(denial(1, 7), Some(at(5)));
    assert_eq!(denial(1, 4), Some(at(3)));
    assert_eq!(denial(5, 7), None, "the first instant is left out");
    assert_eq!(denial(4, 5), Some(at(5)), "the last instant is in");
}

fn expiry(grant: u64, minute: i64, version: u64) -> Record {
    let body = GrantExpired {
        coverage: Coverage::TRACKING,
        grant: sample::record_id(grant),
        expired_at: at(minute),
    };
    stored(Body::Expiry(body), version, at(1000))
}

fn granted(minute: i64, version: u64) -> Record {
    recorded(imported(Grant, at(minute)), version, at(1000))
}

#[test]
fn a_grant_past_its_span_reads_expired_at_once() {
    let history = history(&[(Grant, 1), (Grant, 4)]);
    let span = Some(Span::from_minutes(10));
    assert_eq!(history.standing(OPENS, at(13), span).state, State::Granted, "last confirmed counts");
    let expired = history.standing(OPENS, at(14), span);
    assert_eq!((expired.state, expired.since), (State::Expired, Some(at(14))));
}

#[test]
fn an_expiry_on_record_ends_the_run() {
    let mut records = vec![granted(1, 1), expiry(1, 11, 2)];
    assert_eq!(reads(&History::of(&records)), (State::Expired, Some(11), Some(1)));
    records.push(granted(20, 3));
    assert_eq!(reads(&History::of(&records)), (State::Granted, Some(20), Some(20)));
    records.push(recorded(imported(Withdraw, at(12)), 4, at(1000)));
    assert_eq!(reads(&History::of(&records[..2])).0, State::Expired);
    assert_eq!(
        History::of(&records).standing(OPENS, at(15), None).state,
        State::Withdrawn,
        "an expired person can still withdraw"
    );
}

#[test]
fn only_a_grant_runs_out() {
    let withdrawn = [granted(1, 1), recorded(imported(Withdraw, at(5)), 2, at(1000)), expiry(1, 11, 3)];
    assert_eq!(reads(&History::of(&withdrawn)), (State::Withdrawn, Some(5), Some(5)));
    let objected = [recorded(imported(Object, at(5)), 2, at(1000)), expiry(1, 11, 3)];
    assert_eq!(reads(&History::of(&objected)).0, State::Objected);
    assert_eq!(reads(&History::of(&[expiry(1, 11, 3)])).0, State::Unknown);
}

#[test]
fn an_expiry_counts_no_more_once_a_grant_dated_before_it_arrives() {
    let late = [granted(1, 1), expiry(1, 11, 2), granted(6, 3)];
    assert_eq!(reads(&History::of(&late)), (State::Granted, Some(1), Some(6)), "as if it had come in time");
    let on_the_instant = [granted(1, 1), expiry(1, 11, 2), granted(11, 3)];
    assert_eq!(reads(&History::of(&on_the_instant)).0, State::Expired, "on a tie the expiry comes last");
    let its_own = [granted(1, 1), expiry(1, 11, 2), granted(6, 3), expiry(3, 16, 4)];
    assert_eq!(reads(&History::of(&its_own)), (State::Expired, Some(16), Some(6)));
}

fn proven_by(history: &History, records: &[u64]) -> (Option<Kind>, bool) {
    let proves = |entry: &Entry| records.iter().any(|id| entry.record == sample::record_id(*id));
    let (run, left_out) = history.answers(OPENS).proven_run(at(2000), None, proves);
    (run.map(|run| run.kind), left_out)
}

#[test]
fn any_record_of_the_current_run_proves_it() {
    let history = history(&[(Grant, 1), (Grant, 2), (Grant, 3)]);
    for record in 1..=3 {
        assert_eq!(proven_by(&history, &[record]), (Some(Kind::Granted), false));
    }
    assert_eq!(proven_by(&history, &[]), (None, true));
}

#[test]
fn what_ran_out_since_proves_nothing_of_what_was_granted_after() {
    let history = history(&[(Grant, 1), (Grant, 100)]);
    let proves = |entry: &Entry| entry.record == sample::record_id(1);
    let proven = |minutes| {
        let span = Some(Span::from_minutes(minutes));
        let (run, left_out) = history.answers(OPENS).proven_run(at(100), span, proves);
        (run.map(|run| (run.kind, run.last_confirmed)), left_out)
    };
    assert_eq!(proven(100), (Some((Kind::Granted, at(100))), false), "it was confirmed in time");
    assert_eq!(proven(99), (Some((Kind::Granted, at(1))), true), "which has run out by then");
}

#[test]
fn what_stood_before_an_unproven_run_decides() {
    let refused = history(&[(Refuse, 1), (Grant, 2), (Grant, 3)]);
    assert_eq!(proven_by(&refused, &[]), (Some(Kind::Refused), true));
    let granted_before = history(&[(Grant, 1), (Withdraw, 2), (Grant, 3)]);
    assert_eq!(proven_by(&granted_before, &[1]), (Some(Kind::Withdrawn), true));
    let objected = history(&[(Object, 1), (Refuse, 2), (Grant, 3)]);
    assert_eq!(proven_by(&objected, &[]), (Some(Kind::Objected), true));
}

#[test]
fn the_expiry_of_an_unproven_grant_is_left_out_with_it() {
    let alone = History::of(&[granted(1, 1), expiry(1, 11, 2)]);
    assert_eq!(proven_by(&alone, &[]), (None, true));
    assert_eq!(proven_by(&alone, &[1]), (Some(Kind::Expired), false));
    let refused = [recorded(imported(Refuse, at(0)), 3, at(1000)), granted(1, 1), expiry(1, 11, 2)];
    assert_eq!(proven_by(&History::of(&refused), &[]), (Some(Kind::Refused), true));
}

#[test]
fn a_grant_proves_only_by_basis_evidence_and_act() {
    let strict = sample::demanding().grant;
    let entry = |given: crate::record::AnswerGiven| {
        let history = History::of(&[recorded(given, 1, at(1000))]);
        history.answers(OPENS).entries()[0].clone()
    };
    let mut full = sample::answer(Grant, at(1));
    full.evidence.controller = Some(sample::controller());
    assert!(entry(full.clone()).proves(&strict));
    let assumed = crate::record::AnswerGiven { basis: Some(Basis::Assumed), ..full.clone() };
    assert!(!entry(assumed.clone()).proves(&strict) && entry(assumed).proves(&sample::lenient().grant));
    let joint = sample::on(Coverage::BOTH, full.clone());
    assert!(!entry(joint.clone()).proves(&strict) && entry(joint).proves(&sample::lenient().grant));
    let mut bare = full.clone();
    bare.evidence.language = None;
    assert!(!entry(bare).proves(&strict));
    let undated = crate::record::AnswerGiven { decided_at: None, ..full };
    assert!(!entry(undated).proves(&strict));
    let refusal = sample::answer(Refuse, at(1));
    assert!(!entry(refusal).proves(&sample::lenient().grant));
}

#[test]
fn an_answer_of_one_purpose_never_shows_in_the_other() {
    let history = History::of(&[recorded(sample::on(Coverage::MARKETING, imported(Grant, at(1))), 1, at(9))]);
    for series in Series::ALL {
        let expected = if series == Series::Marketing { State::Granted } else { State::Unknown };
        assert_eq!(history.standing(series, at(9), None).state, expected);
    }
}

#[test]
fn what_was_known_is_the_records_recorded_by_then() {
    let records =
        [recorded(imported(Grant, at(1)), 1, at(10)), recorded(imported(Withdraw, at(5)), 2, at(20))];
    let known = |minute| History::of(records.iter().filter(|record| record.recorded_at <= at(minute)));
    assert_eq!(known(10).standing(OPENS, at(7), None).state, State::Granted);
    assert_eq!(known(20).standing(OPENS, at(7), None).state, State::Withdrawn);
}

#[test]
fn a_source_kind_alone_makes_an_answer_imported() {
    for kind in SourceKind::ALL {
        let mut given = sample::answer(Withdraw, at(1));
        given.evidence.source = Some(sample::source(kind));
        assert_eq!(given.direct(), kind != SourceKind::Import);
    }
}

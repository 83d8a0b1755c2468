//! Notices, requests and facts: what they do, and what they never do.

use super::*;
use crate::change::FactsOutcome;
use crate::command::{FactsSent, Said};
use crate::message::{MessageClass, SendingBasis};
use crate::record::{Body, Country, NoticeGiven, RequestMade};
use crate::refusal::Fault;
use crate::sample::{facts, lenient, notice, request};
use crate::time::Day;

#[test]
fn informed_is_what_nobody_answered_reads_when_a_notice_is_on_record() {
    let mut story = Story::new();
    let applied = story.tell(notice(at(0)), at(1));
    assert_eq!(told(&applied, OPENS), (Created, State::Informed));
    assert_eq!(line(&applied, OPENS), Some((Effect::Informed, State::Unknown, State::Informed)));
    let granted = story.say(answer(Grant, at(2)), at(2));
    assert_eq!(told(&granted, OPENS), (Changed, State::Granted));
    assert_eq!(line(&granted, OPENS), Some((Effect::Granted, State::Informed, State::Granted)));
}

#[test]
fn notices_never_replace_an_answer_whatever_their_date() {
    for said in Answer::ALL {
        for minute in [-5, 0, 5] {
            let mut story = Story::new();
            story.say(answer(said, at(0)), at(0));
            let applied = story.tell(notice(at(minute)), at(10));
            assert_eq!(told(&applied, OPENS), (Superseded, said.kind().state()));
            assert_eq!((applied.saved.len(), line(&applied, OPENS)), (1, None));
        }
    }
}

/// Small print 14.
#[test]
fn since_of_informed_is_the_earliest_notice_even_a_late_one() {
    let mut story = Story::new();
    story.tell(notice(at(5)), at(6));
    let applied = story.tell(notice(at(2)), at(7));
    assert_eq!(told(&applied, OPENS), (Renewed, State::Informed));
    assert_eq!(line(&applied, OPENS), Some((Effect::Renewed, State::Informed, State::Informed)));
    assert_eq!(applied.outcomes[0].standing.since, Some(at(2)));
    assert_eq!(told(&story.tell(notice(at(2)), at(8)), OPENS), (Unchanged, State::Informed));
}

/// Small print 14.
#[test]
fn marketing_never_reads_informed() {
    let mut story = Story::new();
    let applied = story.tell(NoticeGiven { coverage: Coverage::BOTH, ..notice(at(0)) }, at(1));
    assert_eq!(told(&applied, Series::Marketing), (Created, State::Unknown));
    assert_eq!(line(&applied, Series::Marketing), None);
    assert_eq!(line(&applied, OPENS).map(|line| line.0), Some(Effect::Informed));
}

/// Small print 14.
#[test]
fn the_send_of_an_incomplete_notice_reads_informed() {
    let mut story = Story::under(vec![sample::demanding()]);
    let send = NoticeGiven {
        text: None,
        sent_message: Some(crate::id::MessageId::new("m").unwrap()),
        ..notice(at(0))
    };
    assert_eq!(told(&story.tell(send, at(1)), OPENS), (Created, State::Informed));
}

#[test]
fn a_send_reported_again_is_on_record_and_another_send_renews() {
    let mut story = Story::under(vec![sample::demanding()]);
    let message = crate::scene::message(MessageClass::Notice, SendingBasis::LegalDuty);
    let mut send = |minute, recorded| {
        let Some(Said::Notice(said)) = message.said(at(minute)) else { panic!("it tells") };
        story.tell(said, at(recorded))
    };
    let first = send(5, 6);
    assert_eq!(told(&first, OPENS), (Created, State::Informed), "nothing is demanded of a send");
    assert_eq!(line(&first, OPENS), Some((Effect::Informed, State::Unknown, State::Informed)));
    let again = send(5, 9);
    assert_eq!((told(&again, OPENS), again.saved.len()), ((Unchanged, State::Informed), 0));
    let earlier = send(2, 10);
    assert_eq!(line(&earlier, OPENS), Some((Effect::Renewed, State::Informed, State::Informed)));
    assert_eq!(earlier.outcomes[0].standing.since, Some(at(2)), "the instant of the send");
    let ahead = send(30, 20);
    assert_eq!(ahead.saved[0].record.effective(), at(20), "never later than it was recorded");
}

#[test]
fn the_send_of_a_request_is_a_request_that_changes_nothing() {
    let mut story = Story::under(vec![sample::demanding()]);
    let message = crate::scene::message(MessageClass::ConsentRequest, SendingBasis::LegalDuty);
    let Some(Said::Request(said)) = message.said(at(1)) else { panic!("it asks") };
    let applied = story.apply(&Command::request(said), at(4)).unwrap();
    assert_eq!(told(&applied, OPENS), (Created, State::Unknown));
    assert_eq!((applied.saved.len(), &applied.saved[0].change), (1, &None));
    assert_eq!(story.profile.history().requests()[0].effective, at(1));
}

/// Small print 14.
#[test]
fn under_a_policy_without_a_day_any_notice_reads_informed() {
    let mut story = Story::under(vec![lenient()]);
    let bare = NoticeGiven { text: None, notified_at: None, conditions_unchanged: None, ..notice(at(0)) };
    assert_eq!(told(&story.tell(bare, at(1)), OPENS), (Created, State::Informed));
}

#[test]
fn requests_are_stored_change_nothing_and_are_not_exported() {
    let mut story = Story::new();
    let ask =
        |story: &mut Story, minute| story.apply(&Command::request(request(at(minute))), at(50)).unwrap();
    let applied = ask(&mut story, 0);
    assert_eq!(told(&applied, OPENS), (Created, State::Unknown));
    assert_eq!((applied.saved.len(), &applied.saved[0].change), (1, &None));
    assert_eq!(told(&ask(&mut story, 0), OPENS).0, Unchanged);
    assert_eq!(told(&ask(&mut story, 1), OPENS).0, Renewed);
    story.tell(notice(at(2)), at(50));
    let applied = ask(&mut story, 3);
    assert_eq!((told(&applied, OPENS), &applied.saved[0].change), ((Renewed, State::Informed), &None));
    story.say(answer(Grant, at(4)), at(50));
    assert_eq!(told(&ask(&mut story, 5), OPENS), (Superseded, State::Granted));
    assert_eq!(story.profile.history().requests().len(), 4);
}

#[test]
fn of_a_notice_or_request_only_what_is_not_on_record_is_stored() {
    let opens = scopes(&[Scope::EmailOpen]);
    let wider = scopes(&[Scope::EmailOpen, Scope::EmailClick]);
    let told_of = |coverage| Command::notice(NoticeGiven { coverage, ..notice(at(0)) });
    let asked_of = |coverage| Command::request(RequestMade { coverage, ..request(at(0)) });
    for (first, second) in [(told_of(opens), told_of(wider)), (asked_of(opens), asked_of(wider))] {
        let mut story = Story::new();
        story.apply(&first, at(1)).unwrap();
        let applied = story.apply(&second, at(2)).unwrap();
        assert_eq!((told(&applied, OPENS).0, told(&applied, CLICKS).0), (Unchanged, Created));
        assert_eq!(applied.saved[0].record.coverage(), Some(scopes(&[Scope::EmailClick])));
    }
}

fn set(story: &mut Story, sent: FactsSent) -> FactsOutcome {
    story.apply(&Command::facts(sent), at(1)).unwrap().facts.unwrap()
}

#[test]
fn every_change_of_facts_is_a_record_and_no_consent_change() {
    let mut story = Story::new();
    let outcomes: Vec<Outcome> =
        ["2026-01-01", "2026-01-01", "2026-01-02"].map(|day| set(&mut story, facts(day)).outcome).to_vec();
    assert_eq!(outcomes, [Created, Unchanged, Changed]);
    assert_eq!(story.saved.len(), 2);
    assert!(story.saved.iter().all(|saved| saved.change.is_none()));
}

#[test]
fn a_fact_left_out_stays_as_it_is() {
    let mut story = Story::new();
    set(&mut story, facts("2026-01-01"));
    let italian = FactsSent { jurisdiction: Country::new("IT"), collected_on: None, ..facts("2026-01-01") };
    let outcome = set(&mut story, italian);
    assert_eq!(outcome.outcome, Changed);
    assert_eq!(outcome.facts.collected_on, Day::parse("2026-01-01"));
    assert_eq!(outcome.facts.jurisdiction, Country::new("IT"));
    assert_eq!(set(&mut story, FactsSent::default()).outcome, Unchanged);
}

#[test]
fn facts_need_a_source_whenever_they_are_set_or_changed() {
    let mut story = Story::new();
    let unsourced = |day| FactsSent { source: None, ..facts(day) };
    let problems = story.problems(&Command::facts(unsourced("2026-01-01")), at(0));
    assert_eq!((problems.len(), problems[0].field, problems[0].what), (1, "facts.source", Fault::Missing));
    set(&mut story, facts("2026-01-01"));
    assert_eq!(set(&mut story, unsourced("2026-01-01")).outcome, Unchanged);
    assert_eq!(story.problems(&Command::facts(unsourced("2026-01-02")), at(0)).len(), 1);
}

#[test]
fn the_facts_of_an_item_are_applied_before_what_it_says() {
    let mut story = Story::under(vec![sample::demanding()]);
    assert_eq!(story.problems(&Command::notice(notice(at(0))), at(1)).len(), 1, "no collected_on yet");
    let item = Command { facts: Some(facts("2026-01-01")), ..Command::notice(notice(at(0))) };
    let applied = story.apply(&item, at(1)).unwrap();
    assert_eq!(applied.facts.map(|facts| facts.outcome), Some(Created));
    assert_eq!(told(&applied, OPENS), (Created, State::Informed));
    let kinds: Vec<bool> = applied.saved.iter().map(|s| matches!(s.record.body, Body::Facts(_))).collect();
    assert_eq!(kinds, [true, false], "each its own record, facts first");
    let versions: Vec<u64> = applied.saved.iter().map(|saved| saved.record.profile_version).collect();
    assert_eq!(versions, [1, 2]);
}

#[test]
fn every_problem_of_an_item_is_named_at_once() {
    let mut story = Story::under(vec![sample::demanding()]);
    let item = Command {
        facts: Some(FactsSent { source: None, ..facts("2026-06-01") }),
        ..Command::notice(NoticeGiven { text: None, ..notice(at(0)) })
    };
    let fields: Vec<&str> = story.problems(&item, at(1)).iter().map(|problem| problem.field).collect();
    assert_eq!(fields, ["facts.source", "facts.collected_on", "text"]);
}

#[test]
fn an_item_without_facts_or_words_does_nothing() {
    let mut story = Story::new();
    assert_eq!(story.apply(&Command::default(), at(0)), Ok(Applied::default()));
}

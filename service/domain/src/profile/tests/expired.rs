//! Grants that run out.

use super::*;
use crate::record::Body;
use crate::sample::expiring;

/// Minutes of so many days.
const DAY: i64 = 24 * 60;

fn story() -> Story {
    Story::under(vec![sample::lenient(), expiring(20), expiring(10)])
}

#[test]
fn the_shortest_span_of_the_policies_counts() {
    let mut story = story();
    story.say(answer(Grant, at(0)), at(0));
    let moment = Span::from_micros(1);
    let state = |now: Instant, story: &mut Story| {
        let resent = story.say(answer(Grant, at(0)), now);
        told(&resent, OPENS)
    };
    assert_eq!(state(at(10 * DAY).minus(moment), &mut story), (Unchanged, State::Granted));
    assert_eq!(state(at(10 * DAY), &mut story), (Unchanged, State::Expired));
}

#[test]
fn an_answer_after_the_end_writes_the_expiry_first_so_that_the_feed_joins() {
    for (said, effect) in [(Grant, Effect::Granted), (Withdraw, Effect::Withdrawn)] {
        let mut story = story();
        story.say(answer(Grant, at(0)), at(0));
        let applied = story.say(answer(said, at(12 * DAY)), at(12 * DAY));
        assert_eq!(told(&applied, OPENS), (Changed, said.kind().state()));
        assert_eq!(line(&applied, OPENS), Some((effect, State::Expired, said.kind().state())));
        let expiry = &applied.saved[0];
        assert!(matches!(&expiry.record.body, Body::Expiry(body) if body.expired_at == at(10 * DAY)));
        let lines = &expiry.change.as_ref().unwrap().lines;
        assert_eq!(lines.len(), 6);
        assert!(lines.iter().all(|line| line.effect == Effect::Expired && line.old == State::Granted));
        assert_eq!(applied.outcomes[0].standing.since, Some(at(12 * DAY)), "the gap is not bridged");
        let between = story.profile.standing(OPENS, at(11 * DAY), None, None);
        assert_eq!(between.state, State::Expired);
    }
}

#[test]
fn one_expiry_is_written_for_each_grant_that_ran_out() {
    let mut story = story();
    story.say(on(scopes(&[Scope::EmailOpen, Scope::Device]), answer(Grant, at(0))), at(0));
    story.say(on(Coverage::MARKETING, answer(Grant, at(1))), at(1));
    story.say(on(scopes(&[Scope::SmsClick]), answer(Grant, at(9 * DAY))), at(9 * DAY));
    let before = story.saved.len();
    story.say(on(scopes(&[Scope::EmailClick]), answer(Refuse, at(0))), at(12 * DAY));
    let covered: Vec<_> = story.saved[before..].iter().filter_map(|saved| saved.record.coverage()).collect();
    let opens_and_device = scopes(&[Scope::EmailOpen, Scope::Device]);
    assert_eq!(covered, [Coverage::MARKETING, opens_and_device, scopes(&[Scope::EmailClick])]);
    let again = story.say(on(scopes(&[Scope::EmailClick]), answer(Refuse, at(0))), at(13 * DAY));
    assert_eq!(again.saved.len(), 1, "each once");
}

#[test]
fn an_undated_yes_after_the_end_is_a_new_one() {
    let mut story = story();
    let undated = AnswerGiven { decided_at: None, ..answer(Grant, at(0)) };
    story.say(undated.clone(), at(0));
    assert_eq!(told(&story.say(undated.clone(), at(9 * DAY)), OPENS), (Unchanged, State::Granted));
    assert_eq!(told(&story.say(undated, at(10 * DAY + 1)), OPENS), (Changed, State::Granted));
}

#[test]
fn a_grant_on_the_very_instant_of_the_end_comes_before_it() {
    let mut story = story();
    story.say(answer(Grant, at(0)), at(0));
    let applied = story.say(answer(Grant, at(10 * DAY)), at(10 * DAY));
    assert_eq!(told(&applied, OPENS), (Superseded, State::Expired), "on a tie the more protective is last");
}

#[test]
fn an_expiry_without_a_span_or_before_its_end_is_not_written() {
    let mut story = Story::new();
    story.say(answer(Grant, at(0)), at(0));
    assert_eq!(story.say(answer(Withdraw, at(0)), at(10_000 * DAY)).saved.len(), 1);
}

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

#[test]
fn what_ran_out_reads_the_same_whether_or_not_it_is_written() {
    let mut story = story();
    story.say(answer(Grant, at(0)), at(0));
    story.say(answer(Grant, at(DAY)), at(DAY));
    let span = Some(Span::from_days(10));
    let reads = |story: &Story, minute| {
        let read = story.profile.standing(OPENS, at(minute), None, span);
        (read.state, read.since, read.last_confirmed)
    };
    let instants = [DAY, 11 * DAY - 1, 11 * DAY, 30 * DAY];
    let before = instants.map(|minute| reads(&story, minute));
    assert_eq!(before[2], (State::Expired, Some(at(11 * DAY)), Some(at(DAY))));
    assert_eq!(story.expire(at(20 * DAY)).len(), 1);
    assert_eq!(instants.map(|minute| reads(&story, minute)), before);
}

#[test]
fn a_grant_runs_out_once_and_in_no_turn_but_the_first_after_its_end() {
    let mut story = story();
    story.say(answer(Grant, at(0)), at(0));
    assert!(story.expire(at(10 * DAY).minus(Span::from_micros(1))).is_empty());
    let expired = story.expire(at(12 * DAY));
    assert_eq!(expired.len(), 1);
    assert_eq!(expired[0].record.effective(), at(10 * DAY), "when it ran out, not when that was written");
    assert!(expired[0].removals.is_empty(), "it takes nothing away");
    assert!(story.expire(at(12 * DAY)).is_empty() && story.expire(at(40 * DAY)).is_empty());
}

#[test]
fn what_was_renewed_turned_or_never_granted_does_not_run_out() {
    let mut renewed = story();
    renewed.say(answer(Grant, at(0)), at(0));
    renewed.say(answer(Grant, at(9 * DAY)), at(9 * DAY));
    assert!(renewed.expire(at(12 * DAY)).is_empty());
    for said in [Refuse, Withdraw, Object] {
        let mut turned = story();
        turned.say(answer(Grant, at(0)), at(0));
        turned.say(answer(said, at(DAY)), at(DAY));
        assert!(turned.expire(at(12 * DAY)).is_empty());
    }
    let mut told = story();
    told.tell(sample::notice(at(0)), at(0));
    assert!(told.expire(at(12 * DAY)).is_empty());
}

#[test]
fn an_erased_person_has_nothing_that_could_run_out() {
    let mut story = story();
    story.say(answer(Grant, at(0)), at(0));
    let mut next_id = || crate::id::RecordId([9; 16]);
    let mut stamp = Stamp { now: at(DAY), origin: None, next_id: &mut next_id };
    story.profile = story.profile.clone().erase(&mut stamp).0;
    assert!(story.expire(at(12 * DAY)).is_empty());
}

#[test]
fn a_policy_that_holds_longer_later_gives_nothing_back_that_was_written() {
    let mut story = story();
    story.say(answer(Grant, at(0)), at(0));
    story.expire(at(10 * DAY));
    story.policies = vec![expiring(20)];
    assert_eq!(
        story.profile.standing(OPENS, at(12 * DAY), None, Some(Span::from_days(20))).state,
        State::Expired
    );
    let again = story.say(answer(Grant, at(12 * DAY)), at(12 * DAY));
    assert_eq!(line(&again, OPENS), Some((Effect::Granted, State::Expired, State::Granted)));
    assert!(story.expire(at(31 * DAY)).is_empty(), "the new one holds as long as the policy says now");
    assert_eq!(story.expire(at(32 * DAY)).len(), 1);
}

#[test]
fn a_grant_that_arrives_late_outlives_an_expiry_and_runs_out_by_itself() {
    let mut story = story();
    let import = |day: i64| imported(Grant, at(day * DAY));
    story.say(import(0), at(0));
    assert_eq!(story.expire(at(11 * DAY)).len(), 1);
    story.say(import(5), at(11 * DAY));
    assert_eq!(story.profile.standing(OPENS, at(11 * DAY), None, None).state, State::Granted);
    let expired = story.expire(at(16 * DAY));
    assert!(matches!(&expired[0].record.body, Body::Expiry(body) if body.expired_at == at(15 * DAY)));
    assert_eq!(expired.len(), 1);
}

#[test]
fn a_grant_that_was_not_confirmed_in_time_begins_anew_whatever_arrives_first() {
    let outcomes = [[0, 15], [15, 0]].map(|order| {
        let mut story = story();
        let applied = order.map(|day| story.say(imported(Grant, at(day * DAY)), at(16 * DAY)));
        let reads = |day| {
            let read = story.profile.standing(OPENS, at(day * DAY), None, Some(Span::from_days(10)));
            (read.state, read.since)
        };
        assert_eq!(reads(9), (State::Granted, Some(at(0))), "{order:?}");
        assert_eq!(reads(12), (State::Expired, Some(at(10 * DAY))), "{order:?}");
        assert_eq!(reads(16), (State::Granted, Some(at(15 * DAY))), "{order:?}");
        applied.map(|applied| told(&applied, OPENS).0)
    });
    assert_eq!(outcomes, [[Created, Changed], [Created, Superseded]], "what ran out before is history");
}

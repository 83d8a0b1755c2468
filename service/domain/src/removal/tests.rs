//! What a withdrawal takes, rule by rule; and that what reads hide is what is deleted.

use super::*;
use crate::answer::Answer;
use crate::change::Outcome;
use crate::command::Command;
use crate::sample::{self, Story, answer, at, imported, notice, on, recorded, request};
use crate::scene::{Scene, Someone, only, policy};
use crate::scope::Coverage;
use crate::verdict::Use;
use proptest::prelude::*;

const OPENS: Series = Series::Tracking(Scope::EmailOpen);
const READING: [Use; 5] = [Use::Wait, Use::Trigger, Use::Target, Use::Export, Use::Activity];

/// What the last record took.
fn taken(story: &Story) -> Vec<Removal> {
    story.saved.last().unwrap().removals.clone()
}

fn of(story: &Story, series: Series) -> Removal {
    taken(story).into_iter().find(|removal| removal.turn.series == series).unwrap()
}

fn under(policies: &[&str]) -> Story {
    Story::under(policies.iter().map(|id| policy(id)).collect())
}

#[test]
fn every_denying_answer_takes_something_of_each_series_it_covers_and_nothing_else_does() {
    for said in [Answer::Refuse, Answer::Withdraw, Answer::Object] {
        let mut story = under(&["strict"]);
        story.say(on(Coverage::BOTH, answer(said, at(1))), at(1));
        let series: Vec<_> = taken(&story).iter().map(|removal| removal.turn.series).collect();
        assert_eq!(series, Series::ALL);
        story.say(on(only(Scope::Device), answer(said, at(2))), at(2));
        assert_eq!(taken(&story).len(), 1, "per scope");
        assert_eq!(
            of(&story, Series::Tracking(Scope::Device)).turn.effective,
            at(2),
            "renewed: it bites again"
        );
    }
    let mut story = Story::under(vec![sample::expiring(1)]);
    story.say(answer(Answer::Grant, at(1)), at(1));
    story.tell(notice(at(2)), at(2));
    story.apply(&Command::request(request(at(3))), at(3)).unwrap();
    // The grant ran out: the answer comes with the expiry before it.
    story.say(answer(Answer::Grant, at(3000)), at(3000));
    assert_eq!(story.saved.len(), 5);
    assert!(story.saved.iter().all(|saved| saved.removals.is_empty()));
}

#[test]
fn one_policy_that_erases_is_enough() {
    for (policies, erases) in [
        (&["legacy"][..], false),
        (&["fr-cnil-2026"], true),
        (&["it-garante-2026"], true),
        (&["strict"], true),
        (&["legacy", "fr-cnil-2026"], true),
    ] {
        let mut story = under(policies);
        story.say(answer(Answer::Withdraw, at(5)), at(5));
        let removal = of(&story, OPENS);
        assert_eq!(removal.turn.erases, erases, "{policies:?}");
        let from = if erases { Instant::MIN } else { at(5) };
        assert_eq!(removal.span(), (from, None));
    }
}

#[test]
fn a_withdrawal_that_arrives_already_superseded_takes_what_lies_before_it_and_in_its_gap() {
    let mut story = under(&["strict"]);
    story.say(answer(Answer::Grant, at(50)), at(50));
    let told = story.say(imported(Answer::Withdraw, at(20)), at(60));
    assert_eq!(told.outcomes[0].outcome, Outcome::Superseded);
    assert_eq!(of(&story, OPENS).span(), (Instant::MIN, Some(at(50))));
    let mut story = under(&["legacy"]);
    story.say(answer(Answer::Grant, at(50)), at(50));
    story.say(imported(Answer::Withdraw, at(20)), at(60));
    assert_eq!(of(&story, OPENS).span(), (at(20), Some(at(50))));
}

#[test]
fn asked_again_the_gap_ends_with_a_grant_on_record_since() {
    let mut story = under(&["legacy"]);
    story.say(answer(Answer::Withdraw, at(20)), at(20));
    let removal = of(&story, OPENS);
    assert_eq!(removal.until, None);
    story.say(answer(Answer::Grant, at(30)), at(30));
    let policies: Vec<_> = story.policies.iter().collect();
    let again = Removal::of(removal.turn, story.profile.history(), &policies, &Zone::utc(), at(31));
    assert_eq!(again.span(), (at(20), Some(at(30))));
    assert_eq!(again.scope(), Some(Scope::EmailOpen));
}

/// What a direct answer on that takes of the last-open day.
fn day_taken(policies: &[&str], said: Answer, coverage: Coverage, series: Series) -> LastOpen {
    let mut story = under(policies);
    story.say(on(coverage, answer(said, at(1))), at(1));
    of(&story, series).last_open
}

#[test]
fn marketing_turned_away_or_opens_objected_to_take_the_last_open_day_under_every_policy() {
    for policies in [&["legacy"][..], &["fr-cnil-2026"], &["it-garante-2026"], &["strict"]] {
        for said in [Answer::Refuse, Answer::Withdraw, Answer::Object] {
            let marketing = day_taken(policies, said, Coverage::MARKETING, Series::Marketing);
            assert_eq!(marketing, LastOpen::Goes, "{policies:?} {said:?}");
        }
        assert_eq!(day_taken(policies, Answer::Object, Coverage::TRACKING, OPENS), LastOpen::Goes);
    }
}

#[test]
fn opens_refused_or_withdrawn_take_the_day_only_where_a_policy_does_not_keep_it() {
    for said in [Answer::Refuse, Answer::Withdraw] {
        for (policies, expected) in [
            (&["legacy"][..], LastOpen::Stays),
            (&["fr-cnil-2026"], LastOpen::Stays),
            (&["it-garante-2026"], LastOpen::Goes),
            (&["strict"], LastOpen::Goes),
            (&["fr-cnil-2026", "strict"], LastOpen::Goes),
        ] {
            assert_eq!(day_taken(policies, said, Coverage::TRACKING, OPENS), expected, "{policies:?}");
        }
    }
    for scope in Scope::ALL.into_iter().filter(|scope| *scope != Scope::EmailOpen) {
        let taken = day_taken(&["strict"], Answer::Object, only(scope), Series::Tracking(scope));
        assert_eq!(taken, LastOpen::Stays, "{scope:?}");
    }
}

#[test]
fn small_print_15_a_superseded_withdrawal_takes_only_a_day_before_its_own_under_it_and_strict() {
    // 2026-05-02 in Rome is still the first of May in UTC.
    let (late, after) = (at(11 * 60), at(5000));
    let superseded = |policies: &[&str], said, coverage, series| {
        let mut story = under(policies);
        story.say(on(coverage, answer(Answer::Grant, after)), after);
        story.say(on(coverage, imported(said, late)), after);
        of(&story, series).last_open
    };
    let before = |day| LastOpen::Before(crate::scene::day(day));
    for said in [Answer::Refuse, Answer::Withdraw, Answer::Object] {
        for (coverage, series) in [(Coverage::TRACKING, OPENS), (Coverage::MARKETING, Series::Marketing)] {
            let taken = |policies: &[&str]| superseded(policies, said, coverage, series);
            assert_eq!(taken(&["legacy"]), LastOpen::Stays);
            assert_eq!(taken(&["fr-cnil-2026"]), LastOpen::Stays);
            assert_eq!(taken(&["strict"]), before("2026-05-01"), "in the table's zone");
            assert_eq!(taken(&["it-garante-2026"]), before("2026-05-02"), "in the policy's");
            assert_eq!(taken(&["strict", "it-garante-2026"]), before("2026-05-02"));
        }
    }
}

#[test]
fn erase_nothing_brings_back_what_occurred_before_a_withdrawal_and_keep_leaves_it() {
    let someone = Someone::unknown().grants(at(0)).withdraws(at(10)).grants(at(20));
    let (strict, legacy) = (policy("strict"), policy("legacy"));
    for asked_for in READING {
        let told = |policy, occurred| {
            Scene::open(&someone, policy, at(occurred)).arriving(at(30)).to(asked_for).told()
        };
        assert_eq!(told(&strict, 5), "DISCARD WITHDRAWN", "{asked_for:?}");
        assert!(told(&legacy, 5).starts_with("RECORD"), "Actito 9: {asked_for:?}");
        for policy in [&strict, &legacy] {
            assert_eq!(told(policy, 10), "DISCARD WITHDRAWN", "at its instant: {asked_for:?}");
            assert_eq!(told(policy, 19), "DISCARD WITHDRAWN", "in the gap: {asked_for:?}");
            assert!(told(policy, 20).starts_with("RECORD"), "from the next grant on: {asked_for:?}");
        }
        let both = Scene::open(&someone, &legacy, at(5)).arriving(at(30)).to(asked_for).also(&strict);
        assert_eq!(both.told(), "DISCARD WITHDRAWN", "one that erases is enough: {asked_for:?}");
        let clicks = crate::interaction::InteractionKind::EmailClick;
        let opens = Someone::unknown().grants(at(0)).says(Answer::Withdraw, only(Scope::EmailOpen), at(10));
        let click = Scene::of(clicks, &opens, &strict, at(5)).arriving(at(30)).to(asked_for);
        assert_eq!(click.told(), "RECORD PERMITTED_GRANTED", "scope by scope: {asked_for:?}");
    }
}

#[test]
fn the_reason_is_the_state_that_took_it() {
    let strict = policy("strict");
    let someone = Someone::unknown()
        .says(Answer::Refuse, Coverage::TRACKING, at(5))
        .grants(at(10))
        .says(Answer::Object, Coverage::TRACKING, at(15))
        .says(Answer::Refuse, Coverage::TRACKING, at(16))
        .grants(at(20));
    let told =
        |occurred| Scene::open(&someone, &strict, at(occurred)).arriving(at(30)).to(Use::Activity).told();
    assert_eq!(told(1), "DISCARD OBJECTED", "the latest; a refusal does not replace it");
    assert_eq!(told(7), "DISCARD REFUSED", "of the gap it occurred in");
    assert_eq!(told(17), "DISCARD OBJECTED");
    assert_eq!(told(20), "RECORD PERMITTED_GRANTED");
}

#[test]
fn an_expiry_takes_nothing_and_ends_no_gap() {
    let strict = policy("strict");
    let expired = Someone::unknown().grants(at(0)).expires(at(10)).grants(at(20));
    let told = |someone, occurred| {
        Scene::open(someone, &strict, at(occurred)).arriving(at(30)).to(Use::Activity).told()
    };
    assert_eq!(told(&expired, 5), "RECORD PERMITTED_GRANTED");
    let withdrawn = Someone::unknown().grants(at(0)).withdraws(at(10)).expires(at(15)).grants(at(20));
    assert_eq!(told(&withdrawn, 17), "DISCARD WITHDRAWN");
}

#[test]
fn a_device_seen_before_a_withdrawal_goes_like_a_row() {
    let (strict, legacy) = (policy("strict"), policy("legacy"));
    let someone =
        Someone::unknown().grants(at(0)).says(Answer::Withdraw, only(Scope::Device), at(10)).grants(at(20));
    let shown = |policy, seen| {
        Scene::open(&someone, policy, at(seen)).arriving(at(30)).to(Use::Activity).shows_the_device()
    };
    assert_eq!([shown(&strict, 5), shown(&strict, 15), shown(&strict, 25)], [false, false, true]);
    assert_eq!([shown(&legacy, 5), shown(&legacy, 15), shown(&legacy, 25)], [true, false, true]);
}

#[test]
fn what_the_policies_around_a_row_erase_is_told_row_by_row() {
    let (strict, legacy) = (policy("strict"), policy("legacy"));
    let someone = Someone::unknown().grants(at(0)).withdraws(at(10));
    let turn = Turn { series: OPENS, effective: at(10), erases: false };
    let erased = |scene: &Scene<'_>| scene.is_erased_around(&[turn]);
    let open = |occurred| Scene::open(&someone, &legacy, at(occurred)).arriving(at(30)).to(Use::Activity);
    assert!(!erased(&open(9)), "every policy keeps");
    assert!(erased(&open(9).also(&strict)));
    assert!(!erased(&open(10).also(&strict)), "not before it");
    let clicks = crate::interaction::InteractionKind::EmailClick;
    let click = Scene::of(clicks, &someone, &strict, at(9)).arriving(at(30)).to(Use::Activity);
    assert!(!erased(&click), "another scope");
    let send = Scene::of(crate::interaction::InteractionKind::Send, &someone, &strict, at(9));
    assert!(!erased(&send.arriving(at(30)).to(Use::Activity)), "ours");
}

proptest! {
    /// One rule: whatever is hidden for good is deleted, and nothing else is.
    #[test]
    fn what_reads_hide_is_what_removals_take(
        said in prop::collection::vec((sample::answers(), 0..12_i64), 0..8),
        occurred in -1..14_i64,
        erases in any::<bool>(),
    ) {
        let records: Vec<_> = said.iter().enumerate()
            .map(|(place, (said, minutes))| recorded(imported(*said, at(*minutes)), place as u64 + 1, at(12)))
            .collect();
        let history = History::of(&records);
        let judging = policy(if erases { "strict" } else { "legacy" });
        let hidden = removed_by(&judging, &history, Scope::EmailOpen, at(occurred), at(20)).is_some();
        let taken = records.iter().flat_map(|record| removals(record, &history, &[&judging], &Zone::utc()));
        let taken = taken.filter(|removal| removal.turn.series == OPENS).any(|removal| {
            let (from, until) = removal.span();
            from <= at(occurred) && until.is_none_or(|until| at(occurred) < until)
        });
        prop_assert_eq!(hidden, taken);
    }
}

//! Erased lives and new ones (the domain's section 10, small print 16).

use super::*;
use crate::command::FactsSent;
use crate::evidence::{Basis, SourceKind};
use crate::id::{ProfileId, TableId};
use crate::record::{Body, NoticeGiven};
use crate::refusal::Refusal;
use crate::sample::{facts, notice, request};

/// A profile that had four records, the last of them its erasure at minute 100.
fn erased() -> Story {
    let mut story = Story::new();
    let row = ProfileFacts {
        table: TableId::new("customers").unwrap(),
        id: ProfileId::new("ada").unwrap(),
        version: 4,
        last_recorded_at: Some(at(100)),
        erased_at: Some(at(100)),
    };
    story.profile = Profile::of(row, Vec::new());
    story
}

fn refused(story: &mut Story, command: &Command) -> bool {
    story.apply(command, at(200)) == Err(Refusal::ProfileErased)
}

#[test]
fn grants_facts_notices_and_requests_of_an_erased_profile_are_refused() {
    let mut story = erased();
    assert!(story.profile.is_erased());
    assert!(refused(&mut story, &Command::facts(facts("2026-01-01"))));
    assert!(refused(&mut story, &Command::notice(notice(at(150)))));
    assert!(refused(&mut story, &Command::request(request(at(150)))));
    assert!(refused(&mut story, &Command::answer(imported(Grant, at(150)))), "not direct");
    let assumed = AnswerGiven { basis: Some(Basis::Assumed), ..answer(Grant, at(150)) };
    assert!(refused(&mut story, &Command::answer(assumed)), "not explicit");
    assert!(refused(&mut story, &Command::answer(answer(Grant, at(100)))), "not after the erasure");
    assert!(refused(&mut story, &Command::default()));
    assert_eq!((story.profile.version(), story.saved.len()), (4, 0));
}

#[test]
fn denials_of_an_erased_profile_get_the_ordinary_answer_and_store_nothing() {
    for said in [Refuse, Withdraw, Object] {
        for given in [answer(said, at(150)), imported(said, at(150))] {
            let mut story = erased();
            let item = Command { facts: Some(facts("2026-01-01")), ..Command::answer(given.clone()) };
            let applied = story.apply(&item, at(200)).unwrap();
            assert_eq!(told(&applied, OPENS), (Created, said.kind().state()));
            assert!(applied.saved.is_empty());
            assert_eq!(story.opens(), State::Unknown, "its states read UNKNOWN");
            let mut never_seen = Story::new();
            let mut ordinary = never_seen.apply(&item, at(200)).unwrap();
            ordinary.saved.clear();
            ordinary.outcomes.iter_mut().for_each(|outcome| outcome.standing.record = None);
            assert_eq!(applied, ordinary, "the answer does not show that there was a profile");
        }
    }
}

#[test]
fn denials_of_an_erased_profile_are_weighed_like_those_of_one_never_seen() {
    let unsourced = FactsSent { source: None, ..facts("2026-01-01") };
    for sent in [unsourced, FactsSent::default()] {
        let item = Command { facts: Some(sent), ..Command::answer(answer(Withdraw, at(150))) };
        let mut never_seen = Story::new();
        let ordinary = never_seen.apply(&item, at(200));
        let told = erased().apply(&item, at(200));
        assert_eq!(told.is_ok(), ordinary.is_ok());
        assert_eq!(told.ok().map(|told| told.facts), ordinary.ok().map(|told| told.facts));
    }
}

#[test]
fn a_direct_explicit_grant_after_the_erasure_opens_a_new_life() {
    for coverage in [Coverage::MARKETING, Coverage::TRACKING] {
        let mut story = erased();
        let given = on(coverage, answer(Grant, at(101)));
        let item = Command { facts: Some(facts("2026-01-01")), ..Command::answer(given) };
        let applied = story.apply(&item, at(200)).unwrap();
        assert_eq!(applied.outcomes[0].outcome, Created);
        let versions: Vec<u64> = applied.saved.iter().map(|saved| saved.record.profile_version).collect();
        assert_eq!(versions, [5, 6], "versions go on counting");
        assert!(!story.profile.is_erased());
        assert!(story.apply(&Command::facts(facts("2026-02-01")), at(201)).is_ok());
    }
}

#[test]
fn a_grant_that_would_open_a_new_life_is_weighed_like_any_other() {
    let mut story = erased();
    story.policies = vec![sample::demanding()];
    let undated = AnswerGiven { decided_at: None, ..answer(Grant, at(150)) };
    assert_eq!(story.problems(&Command::answer(undated), at(200)).len(), 1);
    assert!(story.profile.is_erased());
}

#[test]
fn in_a_new_life_what_took_effect_before_the_erasure_is_refused_but_for_denials() {
    let mut story = erased();
    story.say(answer(Grant, at(150)), at(200));
    assert!(refused(&mut story, &Command::answer(imported(Grant, at(100)))));
    assert!(refused(&mut story, &Command::notice(notice(at(100)))));
    assert!(story.apply(&Command::answer(imported(Grant, at(101))), at(200)).is_ok());
    assert!(
        story.apply(&Command::notice(NoticeGiven { notified_at: None, ..notice(at(0)) }), at(200)).is_ok()
    );
    let old = story.say(imported(Refuse, at(50)), at(200));
    assert_eq!((told(&old, OPENS), old.saved.len()), ((Superseded, State::Granted), 1));
    assert_eq!(told(&story.say(answer(Withdraw, at(50)), at(201)), OPENS).0, Changed);
}

#[test]
fn a_clock_set_back_does_not_wake_the_dead() {
    let mut story = erased();
    assert_eq!(story.apply(&Command::answer(answer(Grant, at(90))), at(90)), Err(Refusal::ProfileErased));
}

#[test]
fn records_before_an_erasure_belong_to_no_life() {
    let mut story = Story::new();
    story.say(answer(Grant, at(0)), at(0));
    story.say(answer(Withdraw, at(1)), at(1));
    let mut records: Vec<_> = story.profile.records().to_vec();
    records.insert(0, sample::stored(Body::Erasure, 3, at(2)));
    let row = ProfileFacts { version: 3, last_recorded_at: Some(at(2)), ..story.profile.subject.row.clone() };
    let gone = Profile::of(row.clone(), records.clone());
    assert!(gone.is_erased() && gone.records().is_empty());
    assert_eq!(gone.erased_at(), Some(at(2)));
    records.push(sample::recorded(answer(Grant, at(3)), 4, at(3)));
    let alive = Profile::of(ProfileFacts { version: 4, last_recorded_at: Some(at(3)), ..row }, records);
    assert!(!alive.is_erased());
    assert_eq!(alive.standing(OPENS, at(9), None, None).state, State::Granted);
    assert_eq!(alive.standing(OPENS, at(1), None, None).state, State::Unknown);
}

#[test]
fn any_source_but_an_import_is_direct_enough_to_open_a_life() {
    for kind in SourceKind::ALL {
        let mut story = erased();
        let mut given = answer(Grant, at(150));
        given.evidence.source = Some(sample::source(kind));
        assert_eq!(story.apply(&Command::answer(given), at(200)).is_ok(), kind != SourceKind::Import);
    }
}

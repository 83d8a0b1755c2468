//! The erasure itself (the domain's section 10, small print 16).

use super::*;
use crate::profile::Erased;
use crate::record::Body;
use crate::refusal::Refusal;
use crate::verdict::Life;

/// Erases the story's person at that minute.
fn erase(story: &mut Story, minute: i64) -> Erased {
    let mut number = 1_000;
    let mut next_id = || {
        number += 1;
        sample::record_id(number)
    };
    let mut stamp = Stamp { now: at(minute), origin: None, next_id: &mut next_id };
    let (profile, erased) = story.profile.clone().erase(&mut stamp);
    story.profile = profile;
    erased
}

#[test]
fn an_erasure_takes_every_series_to_unknown_and_is_told_of_each() {
    let mut story = Story::new();
    story.say(on(Coverage::MARKETING, answer(Grant, at(0))), at(0));
    story.say(answer(Object, at(1)), at(1));
    let erased = erase(&mut story, 2);
    let saved = erased.saved.unwrap();
    assert_eq!((erased.at, saved.record.profile_version), (at(2), 3));
    assert!(saved.record.body == Body::Erasure && saved.record.recorded_at == at(2));
    let lines = saved.change.unwrap().lines;
    let told: Vec<_> = lines.iter().map(|line| (line.series, line.effect, line.new)).collect();
    assert_eq!(told, Series::ALL.map(|series| (series, Effect::Erased, State::Unknown)));
    let old: Vec<_> = lines.iter().map(|line| line.old).collect();
    assert_eq!((old[0], old[1]), (State::Granted, State::Objected));
    assert!(story.profile.is_erased() && story.profile.records().is_empty());
    assert!(
        Series::ALL
            .iter()
            .all(|series| story.profile.standing(*series, at(9), None, None).state == State::Unknown)
    );
}

#[test]
fn somebody_never_seen_is_erased_like_everybody_else() {
    let mut story = Story::new();
    let saved = erase(&mut story, 2).saved.unwrap();
    assert_eq!((saved.record.profile_version, saved.change.unwrap().lines.len()), (1, Series::COUNT));
    assert_eq!(story.profile.life(), Life::Erased);
}

#[test]
fn erasing_again_moves_the_erasure_and_makes_no_second_record() {
    let mut story = Story::new();
    erase(&mut story, 2);
    let again = erase(&mut story, 9);
    assert_eq!((again.at, again.saved), (at(9), None));
    assert_eq!((story.profile.version(), story.profile.erased_at()), (1, Some(at(9))));
    let between = story.apply(&Command::answer(answer(Grant, at(5))), at(10));
    assert_eq!(between, Err(Refusal::ProfileErased));
    // A clock set back moves nothing back.
    assert_eq!(erase(&mut story, 3).at, at(9));
}

#[test]
fn a_new_life_can_be_erased_too_and_says_what_is_its_own() {
    let mut story = Story::new();
    erase(&mut story, 2);
    assert_eq!(story.profile.opened(), None);
    story.say(answer(Grant, at(5)), at(6));
    assert_eq!(story.profile.opened(), Some((at(5), at(6))));
    let saved = erase(&mut story, 7).saved.unwrap();
    assert_eq!(saved.record.profile_version, 3);
    assert_eq!((story.profile.erased_at(), story.profile.opened()), (Some(at(7)), None));
}

#[test]
fn whoever_was_never_erased_has_no_life_that_was_opened() {
    let mut story = Story::new();
    story.say(answer(Grant, at(5)), at(6));
    assert_eq!(story.profile.opened(), None);
}

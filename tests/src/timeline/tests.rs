use super::What::{Granted, Matched, Nothing, Recorded, Shown, Withdrawn};
use super::*;

fn event(who: &str, began: i64, answered: i64, what: What) -> Event {
    Event { who: who.to_owned(), call: Call { began, answered: Some(answered) }, what }
}

fn anna(began: i64, answered: i64, what: What) -> Event {
    event("anna", began, answered, what)
}

fn unanswered(began: i64, what: What) -> Event {
    Event { who: "anna".to_owned(), call: Call { began, answered: None }, what }
}

/// Granted from 10 to 20, withdrawn from 30 to 40, granted again from 70 to 80.
fn with(events: impl IntoIterator<Item = Event>) -> Timeline {
    let answers = [anna(10, 20, Granted), anna(30, 40, Withdrawn), anna(70, 80, Granted)];
    Timeline::of(answers.into_iter().chain(events))
}

#[test]
fn what_a_withdrawal_cannot_have_let_happen_is_named() {
    let bad = [
        ("recorded while it stood", anna(41, 50, Recorded(41))),
        ("recorded while it stood, having occurred before", anna(41, 50, Recorded(25))),
        ("shown while it stood", anna(41, 69, Shown(25))),
        ("matched while it stood", anna(45, 60, Matched(25))),
        ("recorded after the next grant, having occurred before the withdrawal", anna(90, 95, Recorded(25))),
        ("recorded after the next grant, having occurred while it stood", anna(90, 95, Recorded(60))),
        ("recorded by a call that a grant overlapped, having occurred before it", anna(60, 75, Recorded(60))),
    ];
    for (name, event) in bad {
        let breaches = with([event.clone()]).breaches();
        let withdrawn = Call { began: 30, answered: Some(40) };
        assert_eq!(breaches, [Breach { withdrawn, call: event.call, what: event.what }], "{name}");
    }
}

#[test]
fn an_earlier_grant_or_a_second_withdrawal_lifts_nothing() {
    let earlier = [anna(5, 25, Granted), anna(30, 40, Withdrawn), anna(50, 55, Shown(20))];
    assert_eq!(Timeline::of(earlier).breaches().len(), 1);
    let twice =
        [anna(30, 40, Withdrawn), anna(45, 50, Granted), anna(55, 58, Withdrawn), anna(60, 61, Shown(52))];
    assert_eq!(Timeline::of(twice).breaches().len(), 1, "of the second one");
    let never = [anna(30, 40, Withdrawn), unanswered(41, Shown(20)), unanswered(60, Recorded(60))];
    assert_eq!(Timeline::of(never).breaches().len(), 2, "nobody ever granted again");
}

#[test]
fn another_persons_grant_lifts_nothing() {
    let other =
        [event("bruno", 42, 43, Granted), anna(50, 60, Matched(20)), event("bruno", 50, 60, Shown(20))];
    assert_eq!(with(other).breaches().len(), 1);
}

#[test]
fn what_may_have_happened_is_not_named() {
    let good = [
        ("before the withdrawal", anna(21, 29, Recorded(21))),
        ("beside the withdrawal", anna(35, 50, Recorded(35))),
        ("at the instant that it was acknowledged", anna(40, 50, Shown(25))),
        ("beside the next grant", anna(50, 70, Shown(25))),
        ("after the next grant", anna(81, 90, Recorded(81))),
        ("shown again after the next grant", anna(81, 90, Shown(25))),
        ("nothing", anna(41, 50, Nothing)),
        ("somebody else", event("bruno", 41, 50, Shown(25))),
    ];
    for (name, event) in good {
        assert_eq!(with([event]).breaches(), [], "{name}");
    }
    // Nobody knows when a call without an answer took effect, if ever.
    let unknown = [anna(30, 40, Withdrawn), unanswered(5, Granted), anna(50, 60, Shown(20))];
    assert_eq!(Timeline::of(unknown).breaches(), []);
    let unknown = [anna(10, 20, Granted), unanswered(30, Withdrawn), anna(50, 60, Shown(20))];
    assert_eq!(Timeline::of(unknown).breaches(), []);
    let overlapping = [anna(30, 40, Withdrawn), anna(35, 45, Granted), anna(50, 60, Recorded(50))];
    assert_eq!(Timeline::of(overlapping).breaches(), [], "either may have come first");
}

#[test]
fn calls_that_prove_something_are_counted() {
    let timeline = with([anna(41, 50, Nothing), anna(60, 75, Nothing), anna(90, 95, Shown(20))]);
    assert_eq!((timeline.bound(), timeline.told()), (1, 1));
}

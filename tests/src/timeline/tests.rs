use std::collections::BTreeSet;

use assent_proto::v1::{
    Disposition::{self, Discarded, Duplicate, Exempted, Recorded},
    LinkMode, PixelMode,
    Series::{self, Device, EmailClick, EmailOpen, Marketing, WebsiteVisit},
};

use super::*;

const TRACKING: [Series; 4] = [EmailOpen, EmailClick, WebsiteVisit, Device];

const ANNA: Whose = Whose { tenant: "ours", who: "anna" };

/// A call of Anna's at the first replica, answered.
fn anna(began: i64, answered: i64, what: What) -> Event {
    Event { whose: ANNA, call: Call { began, answered: Some(answered), replica: 0 }, what }
}

/// One that was never answered.
fn unanswered(began: i64, what: What) -> Event {
    Event { whose: ANNA, call: Call { began, answered: None, replica: 0 }, what }
}

fn of(tenant: &'static str, who: &'static str, event: Event) -> Event {
    Event { whose: Whose { tenant, who }, ..event }
}

fn at(replica: usize, event: Event) -> Event {
    Event { call: Call { replica, ..event.call }, ..event }
}

fn granted() -> What {
    granting(&TRACKING, None)
}

fn granting(series: &[Series], decided_at: Option<i64>) -> What {
    What::Granted { series: series.to_vec(), decided_at }
}

fn withdrawn() -> What {
    denying(&TRACKING)
}

fn denying(series: &[Series]) -> What {
    What::Denied { series: series.to_vec(), objects: false, listed_at: None }
}

fn listed(listed_at: i64) -> What {
    What::Denied { series: TRACKING.to_vec(), objects: false, listed_at: Some(listed_at) }
}

fn objected() -> What {
    What::Denied { series: TRACKING.to_vec(), objects: true, listed_at: None }
}

/// A visit that occurred then.
fn visit(occurred_at: i64, told: Option<Disposition>) -> What {
    report(Some(WebsiteVisit), occurred_at, told)
}

fn report(series: Option<Series>, occurred_at: i64, told: Option<Disposition>) -> What {
    What::Reported { deed: Deed { id: format!("{occurred_at:02}"), occurred_at, series }, told }
}

/// Granted from 10 to 20, withdrawn from 30 to 40, granted again from 70 to 80.
fn with(events: impl IntoIterator<Item = Event>) -> Timeline {
    let answers = [anna(10, 20, granted()), anna(30, 40, withdrawn()), anna(70, 80, granted())];
    Timeline::of(answers.into_iter().chain(events), 0)
}

fn told(timeline: &Timeline) -> Vec<String> {
    timeline.breaches().iter().map(ToString::to_string).collect()
}

#[test]
fn what_a_withdrawal_cannot_have_let_happen_is_named() {
    const NOT_LIFTED: &str = "the refusal or withdrawal [30, 40] at replica 0 was acknowledged before the call began, \
                              and no grant could have lifted it";
    const BEFORE: &str = "it occurred before the refusal or withdrawal [30, 40] at replica 0, which was acknowledged \
                          before the call began";
    let bad = [
        (
            anna(41, 50, visit(41, Some(Recorded))),
            "WEBSITE_VISIT of 41: DISPOSITION_RECORDED, by the call [41, 50]",
            NOT_LIFTED,
        ),
        (
            at(1, anna(45, 69, visit(45, Some(Recorded)))),
            "WEBSITE_VISIT of 45: DISPOSITION_RECORDED, by the call [45, 69]",
            NOT_LIFTED,
        ),
        (
            anna(41, 50, visit(25, Some(Recorded))),
            "WEBSITE_VISIT of 25: DISPOSITION_RECORDED, by the call [41, 50]",
            BEFORE,
        ),
        (
            anna(41, 50, visit(25, Some(Duplicate))),
            "WEBSITE_VISIT of 25: DISPOSITION_DUPLICATE, by the call [41, 50]",
            BEFORE,
        ),
        (
            anna(90, 95, visit(25, Some(Recorded))),
            "WEBSITE_VISIT of 25: DISPOSITION_RECORDED, by the call [90, 95]",
            BEFORE,
        ),
        (
            anna(90, 95, visit(60, Some(Recorded))),
            "WEBSITE_VISIT of 60: DISPOSITION_RECORDED, by the call [90, 95]",
            NOT_LIFTED,
        ),
        (
            anna(60, 75, visit(60, Some(Recorded))),
            "WEBSITE_VISIT of 60: DISPOSITION_RECORDED, by the call [60, 75]",
            NOT_LIFTED,
        ),
        (
            anna(41, 50, What::Pixel(PixelMode::Identified)),
            "planned PIXEL_MODE_IDENTIFIED, by the call [41, 50]",
            NOT_LIFTED,
        ),
        (
            anna(41, 50, What::Links(EmailClick, LinkMode::Tracked)),
            "planned LINK_MODE_TRACKED for SERIES_EMAIL_CLICK, by the call [41, 50]",
            NOT_LIFTED,
        ),
        (
            anna(41, 69, What::Shown(EmailOpen, 45)),
            "EMAIL_OPEN of 45: shown, by the call [41, 69]",
            NOT_LIFTED,
        ),
        (anna(90, 95, What::Shown(EmailOpen, 25)), "EMAIL_OPEN of 25: shown, by the call [90, 95]", BEFORE),
        (
            anna(45, 60, What::Matched(EmailClick, 25)),
            "EMAIL_CLICK of 25: matched, by the call [45, 60]",
            BEFORE,
        ),
    ];
    for (event, what, why) in bad {
        let replica = event.call.replica;
        let breaches: Vec<String> =
            told(&with([event])).iter().map(|told| told.replace("SERIES_", "")).collect();
        let what = what.replace("SERIES_", "");
        assert_eq!(breaches, [format!("ours/anna: {what} at replica {replica}; {why}")]);
    }
}

#[test]
fn a_grant_that_cannot_hold_lifts_nothing() {
    let visited = || anna(50, 60, visit(50, Some(Recorded)));
    let bad = [
        ("an earlier one", vec![anna(5, 25, granted()), anna(30, 40, withdrawn())]),
        ("one that began after the answer", vec![anna(30, 40, withdrawn()), anna(61, 62, granted())]),
        (
            "one before a second withdrawal",
            vec![anna(20, 25, withdrawn()), anna(30, 35, granted()), anna(40, 45, denying(&[WebsiteVisit]))],
        ),
        (
            "one of another scope",
            vec![anna(30, 40, withdrawn()), anna(42, 43, granting(&[EmailOpen, Device], None))],
        ),
        (
            "one that is dated before the withdrawal",
            vec![anna(30, 40, withdrawn()), anna(42, 43, granting(&TRACKING, Some(29)))],
        ),
        (
            "an unanswered one that is dated before it",
            vec![anna(30, 40, withdrawn()), unanswered(42, granting(&TRACKING, Some(29)))],
        ),
        (
            "one of somebody else",
            vec![anna(30, 40, withdrawn()), of("ours", "bruno", anna(42, 43, granted()))],
        ),
        (
            "one of the same person in another tenant",
            vec![anna(30, 40, withdrawn()), of("theirs", "anna", anna(42, 43, granted()))],
        ),
        ("one that came too late to a list's date", vec![anna(30, 40, listed(28)), anna(20, 27, granted())]),
    ];
    for (name, mut events) in bad {
        events.push(visited());
        assert_eq!(Timeline::of(events, 0).breaches().len(), 1, "{name}");
    }
    // A call without an answer may have come at any time, but what occurred before any grant stays denied.
    let stored = [anna(30, 40, withdrawn()), unanswered(50, visit(50, None)), anna(70, 80, granted())];
    let there = BTreeSet::from([key("50", 50)]);
    let found = Timeline::of(stored, 0).disagreements(&there);
    assert!(matches!(found.as_slice(), [Disagreement::Bound(_)]), "{found:?}");
    assert!(
        found[0].to_string().starts_with("stored by a call without an answer: ours/anna: "),
        "{}",
        found[0]
    );
}

#[test]
fn an_exemption_ends_with_an_objection_or_a_no_to_marketing_and_with_nothing_else() {
    let opened = || anna(50, 60, report(Some(EmailOpen), 50, Some(Exempted)));
    let planned = || anna(50, 60, What::Pixel(PixelMode::ExemptLastOpen));
    for told in [opened, planned] {
        let named = |denied: What| {
            let breaches = Timeline::of([anna(30, 40, denied), told()], 0).breaches();
            breaches.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let [objection] = &named(objected())[..] else { panic!("an objection binds it") };
        assert!(objection.contains("the objection [30, 40] at replica 0 was acknowledged"), "{objection}");
        assert_eq!(named(denying(&[Marketing])).len(), 1);
        assert_eq!(named(withdrawn()).len(), 0);
        let lifted = [anna(30, 40, objected()), anna(42, 45, granted()), anna(46, 48, withdrawn()), told()];
        assert_eq!(Timeline::of(lifted, 0).breaches(), [], "a later grant replaces an objection");
    }
}

#[test]
fn what_may_have_happened_is_not_named() {
    let good = [
        ("before the withdrawal", anna(21, 29, visit(21, Some(Recorded)))),
        ("beside the withdrawal", anna(35, 50, visit(35, Some(Recorded)))),
        ("at the instant that it was acknowledged", anna(40, 50, What::Shown(EmailOpen, 25))),
        ("beside the next grant", anna(50, 70, What::Pixel(PixelMode::Identified))),
        ("after the next grant", anna(81, 90, visit(81, Some(Recorded)))),
        ("shown after the next grant", anna(91, 95, What::Shown(EmailOpen, 81))),
        ("discarded", anna(41, 50, visit(41, Some(Discarded)))),
        ("exempted", anna(41, 50, report(Some(EmailOpen), 41, Some(Exempted)))),
        ("a shared pixel", anna(41, 50, What::Pixel(PixelMode::Shared))),
        ("plain links", anna(41, 50, What::Links(EmailClick, LinkMode::Plain))),
        ("a send", anna(41, 50, report(None, 41, Some(Recorded)))),
        (
            "a scope of which nothing was said",
            anna(41, 50, report(Some(Series::SmsClick), 41, Some(Recorded))),
        ),
        ("somebody else", of("ours", "bruno", anna(41, 50, visit(41, Some(Recorded))))),
        ("the same person in another tenant", of("theirs", "anna", anna(41, 50, visit(41, Some(Recorded))))),
        ("a call without an answer", unanswered(41, visit(41, None))),
    ];
    for (name, event) in good {
        assert_eq!(with([event]).breaches(), [], "{name}");
    }
    let visited = || anna(50, 60, visit(50, Some(Recorded)));
    let good = [
        ("an unanswered grant", vec![anna(30, 40, withdrawn()), unanswered(5, granted())]),
        ("an unanswered withdrawal", vec![anna(10, 20, granted()), unanswered(30, withdrawn())]),
        ("either may have come first", vec![anna(30, 40, withdrawn()), anna(35, 45, granted())]),
        (
            "a grant that is dated back, not before",
            vec![anna(30, 40, withdrawn()), anna(55, 58, granting(&TRACKING, Some(45)))],
        ),
        ("a list that is older than a grant", vec![anna(20, 27, granted()), anna(30, 40, listed(22))]),
        ("another scope", vec![anna(30, 40, denying(&[EmailOpen]))]),
    ];
    for (name, mut events) in good {
        events.push(visited());
        assert_eq!(Timeline::of(events, 0).breaches(), [], "{name}");
    }
}

#[test]
fn where_history_is_kept_a_withdrawal_binds_what_comes_after_it() {
    let told = |event| with([event]).keeping("ours").breaches().len();
    let bad = [
        ("recorded after it", anna(41, 50, visit(41, Some(Recorded)))),
        ("recorded after it, of before", anna(41, 50, visit(25, Some(Recorded)))),
        ("known to be there already, of before", anna(41, 50, visit(25, Some(Duplicate)))),
        ("of before, after the next grant", anna(90, 95, visit(25, Some(Recorded)))),
        ("planned after it", anna(41, 50, What::Pixel(PixelMode::Identified))),
        ("shown, of the gap", anna(90, 95, What::Shown(EmailOpen, 50))),
        ("matched now, of before", anna(41, 50, What::Matched(EmailClick, 25))),
        ("matched, of the gap", anna(90, 95, What::Matched(EmailClick, 50))),
    ];
    for (name, event) in bad {
        assert_eq!(told(event), 1, "{name}");
    }
    let good = [
        ("shown, of before", anna(41, 50, What::Shown(EmailOpen, 25))),
        ("shown, of while it was being withdrawn", anna(41, 50, What::Shown(EmailOpen, 35))),
        ("shown after the next grant, of before", anna(90, 95, What::Shown(EmailOpen, 25))),
        ("matched after the next grant, of before", anna(90, 95, What::Matched(EmailClick, 25))),
        ("recorded before anybody was asked", anna(1, 5, visit(1, Some(Recorded)))),
    ];
    for (name, event) in good {
        assert_eq!(told(event), 0, "{name}");
    }
    assert_eq!(
        with([anna(41, 50, What::Shown(EmailOpen, 25))]).keeping("theirs").breaches().len(),
        1,
        "another tenant keeps nothing"
    );
    let history = || vec![anna(11, 19, visit(15, Some(Recorded))), anna(32, 39, visit(35, Some(Recorded)))];
    let lost =
        |stored: &[Key]| with(history()).keeping("ours").disagreements(&stored.iter().cloned().collect());
    assert_eq!(lost(&[key("15", 15)]), [], "what was recorded beside the withdrawal may go");
    assert!(
        matches!(lost(&[key("35", 35)]).as_slice(), [Disagreement::Lost { .. }]),
        "and what is history may not"
    );
}

#[test]
fn clocks_may_differ_by_the_slack_and_no_more() {
    let answers = || vec![anna(30, 40, withdrawn()), anna(42, 43, granting(&TRACKING, Some(27)))];
    let with_visit = |occurred_at| {
        let mut events = answers();
        events.push(anna(50, 60, visit(occurred_at, Some(Recorded))));
        events
    };
    assert_eq!(Timeline::of(with_visit(30), 3).breaches(), [], "the grant may count from later");
    assert_eq!(Timeline::of(with_visit(30), 2).breaches().len(), 1);
    assert_eq!(Timeline::of(with_visit(27), 3).breaches(), []);
    assert_eq!(
        Timeline::of(with_visit(26), 3).breaches().len(),
        1,
        "before the withdrawal whatever the clock"
    );
    assert_eq!(told(&with([anna(41, 50, visit(41, Some(Recorded)))])).len(), 1);
    let slack = [anna(30, 40, withdrawn()), anna(40, 45, visit(40, Some(Recorded)))];
    assert_eq!(Timeline::of(slack, 0).breaches(), [], "it overlaps by the one clock");
}

fn key(id: &str, occurred_at: i64) -> Key {
    Key { tenant: "ours".to_owned(), id: id.to_owned(), occurred_at }
}

#[test]
fn what_is_stored_and_what_was_told_have_to_go_together() {
    let row = || BTreeSet::from([key("15", 15)]);
    let nothing = BTreeSet::new;
    let said = |timeline: &Timeline, stored: &BTreeSet<Key>| -> Vec<String> {
        timeline.disagreements(stored).iter().map(ToString::to_string).collect()
    };
    let opened = |events: Vec<Event>| Timeline::of(std::iter::once(anna(1, 2, granted())).chain(events), 0);
    let recorded = |began, told| anna(began, began + 5, visit(15, Some(told)));

    let bad = [
        (vec![recorded(15, Recorded)], nothing(), "it is lost, and no withdrawal can have taken it away"),
        (vec![recorded(15, Recorded), anna(5, 14, withdrawn())], nothing(), "is lost"),
        (vec![recorded(15, Recorded), anna(30, 40, denying(&[EmailOpen]))], nothing(), "is lost"),
        (vec![recorded(15, Recorded), of("theirs", "anna", anna(30, 40, withdrawn()))], nothing(), "is lost"),
        (
            vec![recorded(15, Recorded), anna(30, 40, withdrawn()), recorded(50, Duplicate)],
            nothing(),
            "[50, 55]",
        ),
        (vec![recorded(15, Recorded), anna(30, 40, listed(0))], nothing(), "is lost"),
        (
            vec![anna(15, 20, report(None, 15, Some(Recorded))), anna(30, 40, withdrawn())],
            nothing(),
            "SEND of 15",
        ),
        (vec![recorded(15, Discarded)], row(), "DISPOSITION_DISCARDED; it is stored all the same"),
        (
            vec![recorded(15, Exempted), recorded(16, Discarded)],
            row(),
            "DISPOSITION_EXEMPTED; it is stored all the same",
        ),
        (vec![], row(), "ours: 15 of 15 is stored, and nobody reported it"),
        (vec![of("theirs", "anna", recorded(15, Recorded))], row(), "nobody reported it"),
    ];
    for (events, stored, words) in bad {
        let found = said(&opened(events.clone()), &stored);
        assert!(found.iter().any(|told| told.contains(words)), "{words}: {found:?} of {events:?}");
    }

    let unknown = || unanswered(15, visit(15, None));
    let good = [
        (vec![recorded(15, Recorded)], row()),
        (vec![recorded(15, Recorded), recorded(50, Duplicate)], row()),
        (vec![recorded(15, Recorded), anna(30, 40, withdrawn())], nothing()),
        (vec![recorded(15, Recorded), anna(30, 40, withdrawn()), recorded(50, Discarded)], row()),
        (vec![recorded(15, Recorded), anna(16, 18, withdrawn())], nothing()),
        (vec![recorded(15, Recorded), unanswered(3, withdrawn())], nothing()),
        (vec![recorded(15, Discarded)], nothing()),
        (vec![recorded(15, Exempted)], nothing()),
        (vec![unknown()], row()),
        (vec![unknown()], nothing()),
        (vec![unknown(), recorded(30, Discarded)], row()),
        (vec![anna(30, 40, withdrawn()), anna(15, 20, report(None, 15, Some(Recorded)))], row()),
    ];
    for (events, stored) in good {
        let timeline = opened(events.clone());
        assert_eq!((said(&timeline, &stored), timeline.breaches()), (vec![], vec![]), "{events:?}");
    }
}

#[test]
fn calls_that_prove_something_are_counted() {
    let timeline = with([
        anna(41, 50, visit(41, Some(Discarded))),
        at(1, anna(41, 50, What::Pixel(PixelMode::None))),
        at(1, anna(60, 75, visit(60, Some(Discarded)))),
        anna(90, 95, visit(90, Some(Recorded))),
        anna(41, 50, What::Shown(EmailOpen, 41)),
        anna(41, 50, report(None, 41, Some(Recorded))),
    ]);
    assert_eq!(timeline.proof(), Proof { bound: 2, elsewhere: 1 });
}

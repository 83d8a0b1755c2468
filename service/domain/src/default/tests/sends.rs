//! What the recorded send of a NOTICE message permits: what its message states, from the instant of the send (small
//! print 14).

use super::*;
use crate::answer::State;
use crate::message::{Message, MessageClass, SendingBasis, Statement};
use crate::scene::message;
use crate::scope::Series;

const OPENS: Series = Series::Tracking(Scope::EmailOpen);

/// A message that states all that any policy demands.
fn whole() -> Statement {
    let notice = notice();
    Statement {
        coverage: None,
        text: notice.text,
        conditions_unchanged: notice.conditions_unchanged,
        withdrawal_offered: notice.withdrawal_offered,
        justification: None,
    }
}

fn justified(text: &str) -> Statement {
    Statement { justification: Some(text.to_owned()), ..whole() }
}

/// Somebody to whom it went out then, which was recorded later.
fn sent_to(someone: Someone, statement: Statement, at: Instant, recorded_at: Instant) -> Someone {
    let message = Message { statement, ..message(MessageClass::Notice, SendingBasis::LegalDuty) };
    let Some(crate::command::Said::Notice(said)) = message.said(at) else { panic!("it tells") };
    someone.record(recorded_at, Body::Notice(said))
}

/// Its name, what the message states, when it went out, and what is permitted at instants.
type Case<'a> = (&'a str, Statement, &'a str, &'a [(&'a str, bool)]);

fn old() -> Someone {
    Someone::collected("2026-04-13")
}

fn reads(someone: &Someone, series: Series) -> State {
    someone.history().standing(series, Instant::MAX, None).state
}

#[test]
fn fr_a_complete_send_permits_to_its_last_day_and_a_late_one_only_with_a_justification() {
    let fr = policy("fr-cnil-2026");
    let noon = "2026-08-01 12:00:00";
    let before_noon = "2026-08-01 11:59:59.999999";
    let cases: [Case<'_>; 7] = [
        ("in time", whole(), LAST_OF_JULY_14, &[(LAST_OF_JULY_14, true), (FIRST_OF_JULY_15, true)]),
        (
            "late",
            whole(),
            FIRST_OF_JULY_15,
            &[(LAST_OF_JULY_14, true), (FIRST_OF_JULY_15, false), (noon, false)],
        ),
        ("blank", justified(" \n"), FIRST_OF_JULY_15, &[(FIRST_OF_JULY_15, false), (noon, false)]),
        ("on the 15th", justified("strike"), FIRST_OF_JULY_15, &[(FIRST_OF_JULY_15, true)]),
        (
            "in August",
            justified("strike"),
            noon,
            &[(FIRST_OF_JULY_15, false), (before_noon, false), (noon, true)],
        ),
        (
            "in time, as if it were late",
            justified("strike"),
            LAST_OF_JULY_14,
            &[(FIRST_OF_JULY_15, true), (noon, true)],
        ),
        ("unsaid offer", Statement { withdrawal_offered: None, ..whole() }, LAST_OF_JULY_14, &[(noon, true)]),
    ];
    for (name, statement, at, expected) in cases {
        println!("{name}");
        let someone = sent_to(old(), statement, paris(at), paris(at));
        rows(&fr, &someone, paris, expected);
        assert_eq!(reads(&someone, OPENS), State::Informed, "whatever it permits");
    }
}

#[test]
fn fr_a_send_that_is_recorded_late_is_as_old_as_it_is() {
    let fr = policy("fr-cnil-2026");
    let recorded = paris("2026-09-01 00:00:00");
    for (at, permits) in [(LAST_OF_JULY_14, true), (FIRST_OF_JULY_15, false)] {
        let someone = sent_to(old(), whole(), paris(at), recorded);
        rows(&fr, &someone, paris, &[(FIRST_OF_JULY_15, permits), ("2026-09-01 00:00:00", permits)]);
    }
    // A clock that is ahead of the server's moves nothing: it counts from when it was recorded.
    let ahead =
        sent_to(old(), justified("strike"), recorded.plus(crate::time::Span::from_minutes(5)), recorded);
    rows(&fr, &ahead, paris, &[("2026-08-31 23:59:59.999999", false), ("2026-09-01 00:00:00", true)]);
}

#[test]
fn the_send_of_an_incomplete_notice_reads_informed_and_permits_nothing() {
    let fr = policy("fr-cnil-2026");
    let in_time = paris(LAST_OF_JULY_14);
    let incomplete = [
        Statement::default(),
        Statement { text: None, ..justified("strike") },
        Statement { conditions_unchanged: None, ..justified("strike") },
        Statement { conditions_unchanged: Some(false), ..justified("strike") },
    ];
    for statement in incomplete {
        let someone = sent_to(old(), statement, in_time, in_time);
        rows(&fr, &someone, paris, &[(LAST_OF_JULY_14, true), (FIRST_OF_JULY_15, false)]);
        assert_eq!(reads(&someone, OPENS), State::Informed);
    }
}

#[test]
fn a_send_tells_of_what_its_message_covers_and_marketing_never_reads_informed() {
    let fr = policy("fr-cnil-2026");
    let in_time = paris(LAST_OF_JULY_14);
    let of = |coverage| sent_to(old(), Statement { coverage: Some(coverage), ..whole() }, in_time, in_time);
    for (coverage, state) in [
        (Coverage::TRACKING, State::Informed),
        (Coverage::BOTH, State::Informed),
        (only(Scope::EmailOpen), State::Informed),
        (only(Scope::EmailClick), State::Unknown),
        (Coverage::MARKETING, State::Unknown),
    ] {
        let someone = of(coverage);
        assert_eq!((reads(&someone, OPENS), reads(&someone, Series::Marketing)), (state, State::Unknown));
        rows(&fr, &someone, paris, &[(FIRST_OF_JULY_15, state == State::Informed)]);
    }
}

#[test]
fn a_send_never_helps_whom_the_transition_does_not_cover_or_who_answered() {
    let fr = policy("fr-cnil-2026");
    let in_time = paris(LAST_OF_JULY_14);
    for someone in [Someone::unknown(), Someone::collected("2026-04-14")] {
        let told = sent_to(someone, whole(), in_time, in_time);
        rows(&fr, &told, paris, &[(LAST_OF_JULY_14, false), (FIRST_OF_JULY_15, false)]);
    }
    let refused = old().says(Answer::Refuse, Coverage::TRACKING, paris("2026-07-01 00:00:00"));
    let told = sent_to(refused, whole(), in_time, in_time);
    rows(&fr, &told, paris, &[(LAST_OF_JULY_14, false), (FIRST_OF_JULY_15, false)]);
    assert_eq!(reads(&told, OPENS), State::Refused);
}

#[test]
fn it_a_send_permits_only_with_the_switch_and_the_offer_and_in_time_or_justified() {
    let shipped = policy("it-garante-2026");
    let mut switched = shipped.clone();
    switched.notice.as_mut().unwrap().notice_alone_suffices = true;
    let no_offer = |said| Statement { withdrawal_offered: said, ..justified("strike") };
    let cases = [
        (&shipped, justified("strike"), LAST_OF_OCTOBER_28, false),
        (&switched, whole(), LAST_OF_OCTOBER_28, true),
        (&switched, whole(), FIRST_OF_OCTOBER_29, false),
        (&switched, justified("strike"), FIRST_OF_OCTOBER_29, true),
        (&switched, no_offer(None), LAST_OF_OCTOBER_28, false),
        (&switched, no_offer(Some(false)), LAST_OF_OCTOBER_28, false),
    ];
    for (policy, statement, at, permits) in cases {
        let someone = sent_to(Someone::collected("2026-04-28"), statement, rome(at), rome(at));
        rows(policy, &someone, rome, &[(LAST_OF_OCTOBER_28, true), (FIRST_OF_OCTOBER_29, permits)]);
        assert_eq!(reads(&someone, OPENS), State::Informed);
    }
}

#[test]
fn under_a_policy_without_a_day_any_send_reads_informed_and_moves_no_default() {
    for statement in [Statement::default(), whole()] {
        let at = paris("2026-05-01 00:00:00");
        let someone = sent_to(old(), statement, at, at);
        assert_eq!(reads(&someone, OPENS), State::Informed);
        assert!(permitted(&policy("legacy"), &someone, at));
        assert!(!permitted(&policy("strict"), &someone, at));
    }
}

use super::*;
use crate::answer::Answer;
use crate::evidence::Evidence;
use crate::record::{Body, RequestMade};
use crate::scene::{Someone, clock, notice, paris, policy, proof};
use crate::scope::{Coverage, Scope, ScopeSet};

const OPENS: Series = Series::Tracking(Scope::EmailOpen);

fn request(coverage: Coverage) -> Body {
    Body::Request(RequestMade { coverage, requested_at: None, text: None, source: None, sent_message: None })
}

fn asked(someone: Someone, at: Instant) -> Someone {
    someone.record(at, request(Coverage::TRACKING))
}

fn ask_of(series: Series, someone: &Someone, policies: Applicable<'_>, now: Instant) -> Askable {
    let history = someone.history();
    let person = Person { life: Life::NeverErased, history: &history };
    askable(series, person, policies, &Zone::utc(), now)
}

fn ask(someone: &Someone, policy: &Policy, now: Instant) -> Askable {
    ask_of(OPENS, someone, Applicable::of(policy), now)
}

/// What is told of opens under `fr-cnil-2026`: `yes UNKNOWN`.
fn told(someone: &Someone, now: &str) -> String {
    let askable = ask(someone, &policy("fr-cnil-2026"), paris(now));
    format!("{} {}", if askable.now { "yes" } else { "no" }, askable.reason.name())
}

#[test]
fn who_was_never_asked_may_be_asked() {
    let notice = || Body::Notice(notice());
    for (someone, expected) in [
        (Someone::unknown(), "yes UNKNOWN"),
        (Someone::unknown().record(paris("2026-05-01 10:00"), notice()), "yes INFORMED"),
    ] {
        assert_eq!(told(&someone, "2026-05-02 00:00"), expected);
        assert_eq!(ask(&someone, &policy("strict"), Instant::MAX).from, None);
    }
}

#[test]
fn a_no_waits_six_months_and_the_last_hour_of_the_last_day() {
    let said = paris("2026-01-14 18:30");
    for (answer, reason) in [(Answer::Refuse, "REFUSED"), (Answer::Withdraw, "WITHDRAWN")] {
        let someone = Someone::unknown().says(answer, Coverage::TRACKING, said);
        for (now, expected) in [
            ("2026-01-14 18:30", "no"),
            ("2026-07-14 18:30", "no"),
            ("2026-07-14 23:59:59.999999", "no"),
            ("2026-07-15 00:00:00", "yes"),
        ] {
            assert_eq!(told(&someone, now), format!("{expected} {reason}"), "{now}");
        }
        let from = Some(paris("2026-07-15 00:00"));
        let fr = policy("fr-cnil-2026");
        assert_eq!(ask(&someone, &fr, said), Askable { now: false, from, ..ask(&someone, &fr, said) });
        assert_eq!(ask(&someone, &fr, Instant::MAX).from, from, "told of a wait that is over too");
    }
}

#[test]
fn the_day_is_that_of_the_policys_zone() {
    // The last instant of the 31st in Paris and the first of the 1st; in UTC both are of the 31st.
    for (said, from) in
        [("2026-08-31 23:59:59.999999", "2027-03-01 00:00"), ("2026-09-01 00:00:00", "2027-03-02 00:00")]
    {
        let someone = Someone::unknown().says(Answer::Refuse, Coverage::TRACKING, paris(said));
        assert_eq!(ask(&someone, &policy("fr-cnil-2026"), paris(said)).from, Some(paris(from)), "{said}");
        // `strict` has no zone of its own: the table's, here UTC.
        let of_table = Some(clock("UTC", "2027-03-01 00:00"));
        assert_eq!(ask(&someone, &policy("strict"), paris(said)).from, of_table, "{said}");
    }
}

#[test]
fn a_month_without_that_date_ends_with_its_last_day() {
    for (said, from) in [
        ("2026-08-31 12:00", "2027-03-01 00:00"),
        ("2027-08-29 12:00", "2028-03-01 00:00"),
        ("2027-08-31 12:00", "2028-03-01 00:00"),
        ("2026-08-28 12:00", "2027-03-01 00:00"),
        ("2026-08-27 12:00", "2027-02-28 00:00"),
        // Into summer time and out of it.
        ("2026-10-15 12:00", "2027-04-16 00:00"),
        ("2026-05-15 12:00", "2026-11-16 00:00"),
    ] {
        let someone = Someone::unknown().says(Answer::Withdraw, Coverage::TRACKING, paris(said));
        assert_eq!(ask(&someone, &policy("fr-cnil-2026"), paris(said)).from, Some(paris(from)), "{said}");
    }
}

#[test]
fn a_no_said_again_begins_the_wait_anew_and_one_superseded_does_not() {
    let twice = Someone::unknown().says(Answer::Refuse, Coverage::TRACKING, paris("2026-01-14 12:00")).says(
        Answer::Refuse,
        Coverage::TRACKING,
        paris("2026-03-01 12:00"),
    );
    assert_eq!(
        ask(&twice, &policy("fr-cnil-2026"), paris("2026-04-01 00:00")).from,
        Some(paris("2026-09-02 00:00"))
    );
    let granted = twice.grants(paris("2026-04-01 12:00"));
    assert_eq!(told(&granted, "2026-05-01 00:00"), "no GRANTED");
}

#[test]
fn a_request_that_nobody_answered_waits_as_a_no_does() {
    let someone = asked(Someone::unknown(), paris("2026-05-04 09:00"));
    assert_eq!(told(&someone, "2026-05-04 09:00"), "no REQUESTED");
    assert_eq!(told(&someone, "2026-11-04 23:59:59.999999"), "no REQUESTED");
    assert_eq!(told(&someone, "2026-11-05 00:00:00"), "yes REQUESTED");
    assert_eq!(told(&someone, "2026-05-04 08:59"), "yes UNKNOWN", "it had not been asked yet");
}

#[test]
fn an_answer_ends_the_wait_of_its_request() {
    let request = asked(Someone::unknown(), paris("2026-05-04 09:00"));
    for at in ["2026-05-04 09:00", "2026-06-01 12:00"] {
        let granted = request.clone().grants(paris(at));
        assert_eq!(told(&granted, "2026-07-01 12:00"), "no GRANTED");
        let refused = request.clone().says(Answer::Refuse, Coverage::TRACKING, paris("2026-06-01 12:00"));
        let told = ask(&refused, &policy("fr-cnil-2026"), paris("2026-07-01 12:00"));
        assert_eq!((told.reason, told.from), (AskReason::Refused, Some(paris("2026-12-02 00:00"))));
    }
}

#[test]
fn the_later_of_a_no_and_an_unanswered_request_decides() {
    let someone = Someone::unknown().says(Answer::Refuse, Coverage::TRACKING, paris("2026-01-14 12:00"));
    let again = asked(someone, paris("2026-08-01 12:00"));
    let told = ask(&again, &policy("fr-cnil-2026"), paris("2026-08-02 12:00"));
    assert_eq!(
        (told.now, told.reason, told.from),
        (false, AskReason::Requested, Some(paris("2027-02-02 00:00")))
    );
    // Asked too early: the no's wait is the longer one still if it was said later.
    let no = again.says(Answer::Refuse, Coverage::TRACKING, paris("2026-08-01 18:00"));
    assert_eq!(ask(&no, &policy("fr-cnil-2026"), paris("2026-08-02 12:00")).reason, AskReason::Refused);
}

#[test]
fn an_objection_ends_by_the_persons_own_grant_alone() {
    let someone = Someone::unknown().says(Answer::Object, Coverage::BOTH, paris("2026-01-14 12:00"));
    let later = someone.clone().says(Answer::Refuse, Coverage::BOTH, paris("2026-01-15 12:00"));
    for objecting in [&someone, &later] {
        for series in Series::ALL {
            let fr = policy("fr-cnil-2026");
            let told = ask_of(series, objecting, Applicable::of(&fr), Instant::MAX);
            assert_eq!(told, Askable::never(AskReason::Objected));
        }
    }
    let own = someone.grants(paris("2026-02-01 12:00")).withdraws(paris("2026-03-01 12:00"));
    assert_eq!(told(&own, "2026-09-01 23:59:59.999999"), "no WITHDRAWN");
    assert_eq!(told(&own, "2026-09-02 00:00:00"), "yes WITHDRAWN");
}

#[test]
fn who_granted_need_not_be_asked_and_whose_grant_ran_out_may_be() {
    let mut expiring = policy("strict");
    expiring.grant.expires_after_days = Some(30);
    let someone = Someone::unknown().grants(clock("UTC", "2026-05-01 12:00"));
    let told = |now: &str| ask(&someone, &expiring, clock("UTC", now));
    assert_eq!(told("2026-05-31 11:59:59.999999"), Askable::never(AskReason::Granted));
    assert_eq!(told("2026-05-31 12:00"), Askable { now: true, reason: AskReason::Expired, from: None });
    // Asked to renew it, they said nothing.
    let silent = asked(someone, clock("UTC", "2026-05-25 12:00"));
    let told = ask(&silent, &expiring, clock("UTC", "2026-06-01 12:00"));
    assert_eq!((told.now, told.reason), (false, AskReason::Requested));
}

#[test]
fn a_grant_that_proves_nothing_is_left_out() {
    let assumed = |someone: Someone| someone.assumed(Coverage::TRACKING, paris("2026-05-01 12:00"));
    assert_eq!(told(&assumed(Someone::unknown()), "2026-05-02 12:00"), "yes GRANT_UNPROVEN");
    let legacy = ask(&assumed(Someone::unknown()), &policy("legacy"), paris("2026-05-02 12:00"));
    assert_eq!(legacy, Askable::never(AskReason::Granted));
    let refused = Someone::unknown().says(Answer::Refuse, Coverage::TRACKING, paris("2026-04-20 12:00"));
    assert_eq!(told(&assumed(refused), "2026-05-02 12:00"), "no REFUSED");
    // What the controller assumes answers no request; what the person said does, however badly it is proven.
    let request = asked(Someone::unknown(), paris("2026-04-30 12:00"));
    assert_eq!(told(&assumed(request.clone()), "2026-05-02 12:00"), "no REQUESTED");
    let unproven = request.answer(
        Answer::Grant,
        Coverage::TRACKING,
        Some(Basis::Explicit),
        Evidence { actor: None, ..proof() },
        paris("2026-05-01 12:00"),
    );
    assert_eq!(told(&unproven, "2026-05-02 12:00"), "yes GRANT_UNPROVEN");
}

#[test]
fn each_series_is_asked_for_itself() {
    let clicks = Coverage::scopes(ScopeSet::NONE.with(Scope::EmailClick)).unwrap();
    let someone = Someone::unknown()
        .says(Answer::Refuse, clicks, paris("2026-05-01 12:00"))
        .record(paris("2026-05-02 12:00"), request(Coverage::MARKETING));
    let fr = policy("fr-cnil-2026");
    let reasons = Series::ALL.map(|series| {
        let told = ask_of(series, &someone, Applicable::of(&fr), paris("2026-06-01 12:00"));
        (told.now, told.reason)
    });
    let mut expected = [(true, AskReason::Unknown); Series::COUNT];
    expected[Series::Marketing.index()] = (false, AskReason::Requested);
    expected[Series::Tracking(Scope::EmailClick).index()] = (false, AskReason::Refused);
    assert_eq!(reasons, expected);
}

#[test]
fn of_several_policies_the_longest_wait_counts() {
    let (fr, mut longer) = (policy("fr-cnil-2026"), policy("it-garante-2026"));
    longer.ask_again_after_months = 12;
    let someone = Someone::unknown().says(Answer::Refuse, Coverage::TRACKING, paris("2026-05-01 12:00"));
    let now = paris("2026-12-01 12:00");
    for policies in [Applicable::of(&fr).and(&longer), Applicable::of(&longer).and(&fr)] {
        let told = ask_of(OPENS, &someone, policies, now);
        assert_eq!((told.now, told.from), (false, Some(paris("2027-05-02 00:00"))));
    }
    assert!(ask(&someone, &fr, now).now);
    // Both wait still: it is not the first that is over.
    let early = paris("2026-06-01 12:00");
    for policies in [Applicable::of(&fr).and(&longer), Applicable::of(&longer).and(&fr)] {
        assert_eq!(ask_of(OPENS, &someone, policies, early).from, Some(paris("2027-05-02 00:00")));
    }
    let mut none = policy("legacy");
    none.ask_again_after_months = 0;
    let told = ask(&someone, &none, paris("2026-05-01 12:00"));
    assert_eq!((told.now, told.from), (true, Some(paris("2026-05-01 12:00"))), "it waits for nothing");
}

#[test]
fn there_is_nothing_to_ask_only_where_every_policy_has_its_grant() {
    let (legacy, fr) = (policy("legacy"), policy("fr-cnil-2026"));
    let assumed = Someone::unknown().assumed(Coverage::TRACKING, paris("2026-05-01 12:00"));
    let now = paris("2026-06-01 12:00");
    let told = |someone: &Someone| ask_of(OPENS, someone, Applicable::of(&legacy).and(&fr), now);
    assert_eq!(told(&assumed), Askable { now: true, reason: AskReason::GrantUnproven, from: None });
    assert_eq!(told(&assumed.grants(paris("2026-05-02 12:00"))), Askable::never(AskReason::Granted));
}

#[test]
fn who_was_erased_is_not_asked() {
    let someone = Someone::unknown();
    let history = someone.history();
    let strict = policy("strict");
    let of = |life| {
        let person = Person { life, history: &history };
        askable(OPENS, person, Applicable::of(&strict), &Zone::utc(), paris("2026-05-01 12:00"))
    };
    assert_eq!(of(Life::Erased), Askable::never(AskReason::ProfileErased));
    assert!(of(Life::NewSince(paris("2026-04-01 12:00"))).now);
}

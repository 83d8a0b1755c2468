//! Whether people may be asked again, and from when.

use super::*;
use assent_tests::{apply, deed, every_app, marks};
use v1::{AskReason, SeriesAskable, check_askable_result::Result as Answered};

/// Noon of 1 March 2026 in Brussels, the table's zone, whose days count under `strict`: six months later is the day on which
/// the tests begin.
const MARCH_1: i64 = 1_772_362_800_000_000;

/// The first instant of 2 March 2027 in Brussels: what began on the day of the tests is over.
const MARCH_2: i64 = 1_803_942_000_000_000;

/// That of the day after.
const MARCH_3: i64 = MARCH_2 + 24 * HOUR;

async fn check(app: &TestApp, profiles: Vec<v1::ProfileKey>) -> Vec<Answered> {
    let request = v1::CheckAskableRequest { profile_table: story::people(), profiles };
    let answer = app.client().consents().check_askable(request).await.expect("they are checked").into_inner();
    answer.results.into_iter().filter_map(|result| result.result).collect()
}

async fn askable(app: &TestApp, who: &str) -> Vec<SeriesAskable> {
    match check(app, story::person(who).into_iter().collect()).await.remove(0) {
        Answered::Askable(told) => told.series,
        Answered::Error(error) => panic!("{error:?}"),
    }
}

/// Of one series: whether, why, and from when.
async fn line(app: &TestApp, who: &str, series: Series) -> (bool, AskReason, Option<i64>) {
    let all = askable(app, who).await;
    let one = all.iter().find(|one| one.series() == series).expect("every series is told");
    let from = one.askable_from.map(|at| at.seconds * 1_000_000 + i64::from(at.nanos) / 1_000);
    (one.askable, one.reason(), from)
}

fn to(app: &TestApp, micros: i64) {
    app.clock().set(assent_domain::time::Instant::from_micros(micros).expect("an instant"));
}

/// An answer of a list that says when it was given.
fn imported(who: &str, answer: Answer, at: i64) -> v1::UpsertConsentsItem {
    with(says(who, answer, opens(), None), |given| {
        given.decided_at = Some(story::timestamp(at));
        let source = v1::Source { kind: v1::SourceKind::Import.into(), name: None, version: None };
        given.evidence = Some(v1::Evidence { source: Some(source), ..v1::Evidence::default() });
    })
}

#[apply(every_app)]
async fn whoever_said_no_may_be_asked_again_after_six_months(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let unknown = (true, AskReason::Unknown, None);
    assert_eq!(line(app, "ada", Series::EmailOpen).await, unknown, "nobody has heard of her");
    upsert(app, vec![imported("ada", Answer::Refuse, MARCH_1)]).await;
    let ends = START + 10 * HOUR;
    let waits = |now| (now, AskReason::Refused, Some(ends));
    for at in [START, ends - 1] {
        to(app, at);
        assert_eq!(line(app, "ada", Series::EmailOpen).await, waits(false));
    }
    assert_eq!(line(app, "ada", Series::EmailClick).await, unknown, "she was asked about opens");
    assert_eq!(line(app, "ada", Series::Marketing).await, unknown);
    to(app, ends);
    assert_eq!(line(app, "ada", Series::EmailOpen).await, waits(true));

    // Said to us it counts from when it was said.
    upsert(app, vec![says("ada", Answer::Refuse, opens(), None)]).await;
    let told = line(app, "ada", Series::EmailOpen).await;
    assert_eq!(told, (false, AskReason::Refused, Some(MARCH_3)), "it is the 2nd in Brussels by now");
    // Her own change is never blocked, and ends the question.
    let yes = says("ada", Answer::Grant, opens(), Some(story::evidence(&notice, "ours")));
    app.advance(std::time::Duration::from_secs(60));
    let now = |given: &mut v1::AnswerGiven| given.decided_at = Some(story::timestamp(ends + 60_000_000));
    assert_eq!(one(&upsert(app, vec![with(yes, now)]).await[0]).1, State::Granted);
    assert_eq!(line(app, "ada", Series::EmailOpen).await, (false, AskReason::Granted, None));
    upsert(app, vec![says("ada", Answer::Object, opens(), None)]).await;
    assert_eq!(line(app, "ada", Series::EmailOpen).await, (false, AskReason::Objected, None), "for ever");
}

#[apply(every_app)]
async fn a_request_that_nobody_answered_waits_whether_it_was_told_or_sent(app: &TestApp) {
    settled(app, "strict").await;
    let requested_at = Some(story::timestamp(MARCH_1));
    let asked = v1::RequestMade { coverage: opens(), requested_at, ..v1::RequestMade::default() };
    let event = Some(Event::Request(asked));
    upsert(app, vec![v1::UpsertConsentsItem { profile: story::person("ada"), facts: None, event }]).await;
    asking_mail(app).await;
    let sent = deed::send("ben", START, "ask", v1::PixelMode::None, v1::LinkMode::Plain);
    deed::record(app.client(), vec![sent]).await;
    let ends = START + 10 * HOUR;
    assert_eq!(line(app, "ada", Series::EmailOpen).await, (false, AskReason::Requested, Some(ends)));
    assert_eq!(line(app, "ada", Series::EmailClick).await.1, AskReason::Unknown);
    let waits = (false, AskReason::Requested, Some(MARCH_2));
    assert_eq!(line(app, "ben", Series::EmailClick).await, waits, "the message asks for all of tracking");
    assert_eq!(line(app, "ben", Series::Marketing).await.1, AskReason::Unknown);
    upsert(app, vec![says("ben", Answer::Withdraw, opens(), None)]).await;
    assert_eq!(line(app, "ben", Series::EmailOpen).await.1, AskReason::Withdrawn);
    to(app, ends);
    assert_eq!(line(app, "ada", Series::EmailOpen).await, (true, AskReason::Requested, Some(ends)));
}

#[apply(every_app)]
async fn an_assumed_grant_is_no_answer_where_another_policy_judges_too(app: &TestApp) {
    settled(app, "legacy").await;
    let assumed =
        with(says("ada", Answer::Grant, opens(), None), |given| given.basis = Basis::Assumed.into());
    upsert(app, vec![assumed]).await;
    assert_eq!(line(app, "ada", Series::EmailOpen).await.1, AskReason::Granted);
    let facts = Some(v1::ProfileFacts {
        jurisdiction: Some("FR".to_owned()),
        source: story::form("ours"),
        ..v1::ProfileFacts::default()
    });
    upsert(app, vec![v1::UpsertConsentsItem { profile: story::person("ada"), facts, event: None }]).await;
    assert_eq!(line(app, "ada", Series::EmailOpen).await, (true, AskReason::GrantUnproven, None));
}

#[apply(every_app)]
async fn who_was_erased_is_not_asked_and_one_wrong_name_stops_nobody(app: &TestApp) {
    settled(app, "strict").await;
    upsert(app, vec![says("ada", Answer::Refuse, opens(), None)]).await;
    let erase = v1::EraseProfileRequest {
        profile_table: story::people(),
        profile: story::person("ada"),
        origin: None,
    };
    app.client().privacy().erase_profile(erase).await.expect("she is erased");
    let told = askable(app, "ada").await;
    assert_eq!(told.len(), 7);
    assert!(told.iter().all(|one| !one.askable && one.reason() == AskReason::ProfileErased));
    let named = ["ada", "", "ben"].map(|who| story::person(who).expect("a person"));
    let mut named = named.to_vec();
    named[1].id = String::new();
    let told = check(app, named).await;
    assert!(matches!(told.as_slice(), [Answered::Askable(_), Answered::Error(_), Answered::Askable(_)]));
    let Answered::Error(error) = &told[1] else { panic!("an error") };
    assert_eq!(reason(&refused(&Err(error.clone()))), "FIELD_INVALID");
    let request = v1::CheckAskableRequest {
        profile_table: marks::id("gone"),
        profiles: story::person("ada").into_iter().collect(),
    };
    let status = app.client().consents().check_askable(request).await.expect_err("no such table");
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "PROFILE_TABLE_UNKNOWN"));
}

#[apply(every_app)]
async fn a_thousand_are_checked_at_once_through_the_sdk_in_their_order(app: &TestApp) {
    let (client, _) = crate::actito::settled_under(app, "strict").await;
    let no = assent_sdk::AnswerGiven::refuse(assent_sdk::Coverage::marketing());
    crate::actito::say(&client, vec![("one 700", no)]).await;
    let people: Vec<String> = (0..1_001).map(|number| marks::id(&format!("one {number}"))).collect();
    let told = client.consents().check_askable(story::people(), people).await.expect("they are checked");
    let asked = |told: &assent_sdk::Result<assent_sdk::ProfileAskable>| {
        let told = told.as_ref().expect("each is told");
        told.of(assent_sdk::Series::Marketing).expect("every series is told").clone()
    };
    let no: Vec<usize> = (0..told.len()).filter(|place| !asked(&told[*place]).askable).collect();
    assert_eq!((told.len(), no), (1_001, vec![700]));
    let refused = asked(&told[700]);
    assert_eq!(refused.reason, assent_sdk::AskReason::Refused);
    // The table's zone is Paris here, an hour off UTC like Brussels.
    assert_eq!(refused.askable_from, Some(assent_sdk::Instant::from_micros(MARCH_2)));
}

//! What a call may ask, and how many at once.

use assent_proto::v1::{
    EngagementQuestion, FindInactiveRequest, InactivityUse, QueryEngagementRequest,
    query_engagement_result::Result as Told,
};
use assent_tests::audience::{asking, day, inactive_since, question, results, words};
use assent_tests::client::Client;
use assent_tests::deed::{fates, open};
use assent_tests::{apply, dump, every_app, wait};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::*;

fn reason(status: &Status) -> (Code, String) {
    (status.code(), status.get_details_error_info().expect("every error has a reason").reason)
}

fn opened(who: &str) -> EngagementQuestion {
    question(who, wait::message("spring"), &[OPEN])
}

#[apply(every_app)]
async fn what_is_wrong_with_one_question_is_told_of_that_one(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    let about = |target, kinds: &[InteractionKind]| EngagementQuestion {
        link_id: Some(marks::id("offer")),
        ..question("anna", target, kinds)
    };
    let wrong = [
        (question("anna", wait::message("m"), &[OPEN, InteractionKind::Send]), "kinds[1]"),
        (about(wait::campaign("c"), &[CLICK]), "link_id"),
        (about(wait::message("m"), &[OPEN]), "link_id"),
        (EngagementQuestion { target: None, ..opened("anna") }, "target"),
        (question("anna", wait::message("m"), &[]), "kinds"),
    ];
    let mut questions = vec![opened("anna")];
    questions.extend(wrong.iter().map(|(question, _)| question.clone()));
    questions.push(opened("anna"));
    let told = results(app.client(), asking(questions)).await;
    let yes = |told: &Told| matches!(told, Told::Engagement(told) if words(told) == "YES EMAIL_OPEN");
    assert!(yes(&told[0]) && yes(&told[wrong.len() + 1]));
    for (index, (_, field)) in wrong.iter().enumerate() {
        let Told::Error(status) = &told[index + 1] else { panic!("{field} was taken") };
        let path = format!("{:?}", format!("questions[{}].{field}", index + 1).as_bytes());
        assert!(format!("{:?}", status.details).contains(path.trim_matches(['[', ']'])), "{field}");
    }
}

#[apply(every_app)]
async fn a_thousand_are_answered_in_order_and_one_more_is_refused(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    let many = |count: usize| {
        let one = |turn: usize| EngagementQuestion {
            r#ref: format!("{turn}"),
            ..opened(if turn.is_multiple_of(3) { "anna" } else { story::PEOPLE[turn % 3] })
        };
        asking((0..count).map(one).collect())
    };
    let told = results(app.client(), many(1_000)).await;
    assert_eq!(told.len(), 1_000);
    for (turn, told) in told.iter().enumerate() {
        let Told::Engagement(told) = told else { panic!("{turn} is not answered") };
        assert_eq!(told.r#ref, format!("{turn}"));
        assert_eq!(words(told), if turn.is_multiple_of(3) { "YES EMAIL_OPEN" } else { "NO" }, "{turn}");
    }
    let status = app.client().audience().query_engagement(many(1_001)).await.expect_err("too many");
    assert_eq!(reason(&status), (Code::InvalidArgument, "BATCH_TOO_LARGE".to_owned()));
}

#[apply(every_app)]
async fn a_table_that_nobody_made_and_a_credential_that_does_not_read_are_refused(app: &TestApp) {
    settled(app).await;
    let unknown = (Code::NotFound, "PROFILE_TABLE_UNKNOWN".to_owned());
    let denied = (Code::PermissionDenied, "ROLE_MISSING".to_owned());
    let key = app.key(&app.ours().id, "record,plan,consent,settings,privacy").await;
    let others = Client::new(app.client().channel(), app.engine(), Some(&key), None);
    let (ask, find) = (asking(vec![opened("anna")]), inactive_since(day("2026-08-31")));
    let profile_table = marks::id("nowhere");
    let nowhere = QueryEngagementRequest { profile_table: profile_table.clone(), ..ask.clone() };
    let status = app.client().audience().query_engagement(nowhere).await.expect_err("no table");
    assert_eq!(reason(&status), unknown);
    let nowhere = FindInactiveRequest { profile_table, ..find.clone() };
    let status = app.client().audience().find_inactive(nowhere).await.expect_err("no table");
    assert_eq!(reason(&status), unknown);
    let status = others.audience().query_engagement(ask).await.expect_err("it does not read");
    assert_eq!(reason(&status), denied);
    let status = others.audience().find_inactive(find).await.expect_err("it does not read");
    assert_eq!(reason(&status), denied);
}

#[apply(every_app)]
async fn a_day_that_has_not_begun_and_a_use_that_is_not_said_are_refused(app: &TestApp) {
    settled(app).await;
    let invalid = (Code::InvalidArgument, "FIELD_INVALID".to_owned());
    let unsaid = FindInactiveRequest { r#use: 0, ..inactive_since(day("2026-08-31")) };
    for wrong in [inactive_since(day("2026-09-02")), unsaid] {
        let status = app.client().audience().find_inactive(wrong).await.expect_err("it is refused");
        assert_eq!(reason(&status), invalid);
    }
    // The day of the table's zone: it begins at 22:00 UTC in summer.
    let tomorrow = || inactive_since(day("2026-09-02"));
    app.advance(std::time::Duration::from_secs(10 * 3_600 - 1));
    assert!(app.client().audience().find_inactive(tomorrow()).await.is_err());
    app.advance(std::time::Duration::from_secs(1));
    app.client().audience().find_inactive(tomorrow()).await.expect("it has begun");
}

#[apply(every_app)]
async fn to_target_the_inactive_is_refused_before_anything_is_looked_at(app: &TestApp) {
    let target = FindInactiveRequest {
        r#use: InactivityUse::Target.into(),
        profile_table: marks::id("nowhere"),
        ..inactive_since(day("2026-08-31"))
    };
    let status = app.client().audience().find_inactive(target).await.expect_err("it is refused");
    assert_eq!(reason(&status), (Code::InvalidArgument, "USE_NOT_PERMITTED".to_owned()));
    let fields = status.get_details_bad_request().expect("the field").field_violations;
    assert_eq!(fields.iter().map(|field| field.field.as_str()).collect::<Vec<_>>(), ["use"]);
}

#[apply(every_app)]
async fn asking_writes_nothing(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    let held = || async { dump::of_tenant(&mut app.look().await, &app.ours().id).await };
    let before = held().await;
    results(app.client(), asking(vec![opened("anna"), opened("never heard of")])).await;
    app.client().audience().find_inactive(inactive_since(day("2026-08-31"))).await.expect("a page");
    assert_eq!(held().await, before);
}

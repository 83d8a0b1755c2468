//! A setting that this release cannot read, as one of a later release may be: a no is stored all the same; nothing is
//! granted or recorded that it might forbid; and nobody else suffers for it.

use assent_proto::v1::{
    Answer, record_interactions_result::Result as Recorded, upsert_consents_result::Result as Upserted,
};
use assent_tests::app::{START, TestApp};
use assent_tests::deed::{self, click, fates, open, visit};
use assent_tests::{apply, every_app, marks};
use tonic::Code;

use super::*;

/// An hour before the test's now.
const BEFORE: i64 = START - 3_600_000_000;

/// What a later release may have written.
const LATER: &str = "{\"of_a_later_release\":true}";

/// Puts another body in the place of a setting of ours, and gives the one that was there.
async fn replace(app: &TestApp, table: &str, id: &str, body: &str) -> String {
    let ours = format!("FROM {table} WHERE tenant = '{}' AND id = '{id}'", app.ours().id);
    let mut look = app.look().await;
    let before = look.column(&format!("SELECT body {ours}")).await.expect("a setting").remove(0);
    let rest = ours.trim_start_matches("FROM ").trim_start_matches(table);
    let set = format!("UPDATE {table} SET body = '{body}'{rest}");
    assert_eq!(look.run(&set).await.expect("a setting is replaced"), 1);
    before
}

/// What each of a batch of answers became.
async fn said(app: &TestApp, items: Vec<v1::UpsertConsentsItem>) -> Result<Vec<&'static str>, Status> {
    let answer = app.client().consents().upsert_consents(story::batch(items)).await?.into_inner();
    let words = answer.results.into_iter().map(|result| match result.result.expect("a result") {
        Upserted::Outcome(_) => "stored",
        Upserted::Error(status) => {
            assert_eq!(status.code, Code::Internal as i32);
            "not judged"
        }
    });
    Ok(words.collect())
}

/// The state of a person's opens.
async fn state(app: &TestApp, who: &str) -> v1::State {
    let request = v1::GetConsentsRequest {
        profile_table: story::people(),
        profiles: story::person(who).into_iter().collect(),
        ..v1::GetConsentsRequest::default()
    };
    let told = app.client().consents().get_consents(request).await.expect("states").into_inner();
    let Some(v1::get_consents_result::Result::Consents(told)) = told.results[0].result.clone() else {
        panic!("{told:?}")
    };
    let of_opens = told.standings.iter().find(|standing| standing.series() == v1::Series::EmailOpen);
    of_opens.expect("a state of opens").state()
}

/// With that setting broken a no is stored, and nothing else of the table; afterwards all is as it was.
async fn only_a_no_is_stored(app: &TestApp, table: &str, id: &str) {
    let notice = story::settle_in(app.client(), "ours").await;
    put_override(app.client(), override_of("ours", "strict")).await.expect("an override is stored");
    let grant = |who| story::item(who, Answer::Grant, BEFORE, Some(story::evidence(&notice, "ours")));
    let no = |who, answer| story::item(who, answer, BEFORE, None);
    let before = replace(app, table, id, LATER).await;

    let told = said(
        app,
        vec![
            no("anna", Answer::Withdraw),
            grant("zoe"),
            no("bruno", Answer::Object),
            no("yann", Answer::Refuse),
        ],
    )
    .await;
    assert_eq!(told.expect("a batch is answered"), ["stored", "not judged", "stored", "stored"]);
    let refused = said(app, vec![grant("zoe"), grant("chloe")]).await.expect_err("nothing can be judged");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Internal, "INTERNAL"));
    let request = v1::RecordInteractionsRequest {
        profile_table: story::people(),
        interactions: vec![open("chloe", BEFORE, "spring")],
    };
    let refused = app.client().interactions().record_interactions(request).await;
    assert_eq!(refused.expect_err("nothing is judged").code(), Code::Internal);

    replace(app, table, id, &before).await;
    for (who, expected) in [
        ("anna", v1::State::Withdrawn),
        ("bruno", v1::State::Objected),
        ("yann", v1::State::Refused),
        ("zoe", v1::State::Unknown),
        ("chloe", v1::State::Granted),
    ] {
        assert_eq!(state(app, who).await, expected, "{who}");
    }
    let told =
        fates(app.client(), vec![open("anna", BEFORE, "spring"), open("chloe", BEFORE, "spring")]).await;
    assert_eq!(told, ["DISCARDED WITHDRAWN", "RECORDED GRANTED"]);
}

#[apply(every_app)]
async fn an_override_that_cannot_be_read_is_in_no_ones_way_who_says_no(app: &TestApp) {
    only_a_no_is_stored(app, "policy_override", "ours").await;
}

#[apply(every_app)]
async fn a_profile_table_that_cannot_be_read_is_in_no_ones_way_who_says_no(app: &TestApp) {
    only_a_no_is_stored(app, "profile_table", &story::people()).await;
}

#[apply(every_app)]
async fn what_is_declared_and_cannot_be_read_is_in_the_way_of_what_it_is_around_alone(app: &TestApp) {
    story::settle_in(app.client(), "ours").await;
    story::declare(app.client(), "ours").await;
    for (kind, id) in [("website", "site"), ("campaign", "spring"), ("message", "mail")] {
        let before = replace(app, "declaration", &marks::id(id), LATER).await;
        let told = deed::record(
            app.client(),
            vec![
                open("anna", BEFORE, "mail"),
                visit("anna", BEFORE, "shop"),
                click("bruno", BEFORE, "other", "x"),
            ],
        )
        .await;
        let words: Vec<String> = told.iter().map(deed::words).collect();
        assert_eq!(words, ["error 13", "RECORDED GRANTED", "RECORDED GRANTED"], "{kind}");
        assert!(matches!(&told[0], Recorded::Error(status) if !status.details.is_empty()));
        replace(app, "declaration", &marks::id(id), &before).await;
    }
    assert_eq!(
        fates(app.client(), vec![open("anna", BEFORE, "mail")]).await,
        ["DISCARDED TRACKING_DISABLED"]
    );
}

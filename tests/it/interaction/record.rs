//! What is recorded and what is dropped, one interaction at a time.

use assent_proto::v1::{self, Answer};
use assent_tests::app::START;
use assent_tests::client::Client;
use assent_tests::deed::{click, fates, goal, open, record, send, sms_click, visit};
use assent_tests::{apply, every_app, marks, story};
use tonic::Code;

use super::{BEFORE, HOUR, declare, newsletter, rows, says, settled};

#[apply(every_app)]
async fn every_kind_is_recorded_where_its_scope_is_granted(app: &TestApp) {
    settled(app).await;
    let told = fates(
        app.client(),
        vec![
            open("anna", BEFORE, "spring"),
            click("anna", BEFORE, "spring", "offer"),
            sms_click("anna", BEFORE, "text"),
            visit("anna", BEFORE, "shop"),
            goal("anna", BEFORE, "sale", 4_990),
            send("anna", BEFORE, "spring", v1::PixelMode::Identified, v1::LinkMode::Tracked),
        ],
    )
    .await;
    assert_eq!(told[..5], ["RECORDED GRANTED"; 5].map(str::to_owned));
    assert_eq!(told[5], "RECORDED SEND");
    assert_eq!((rows(app, "interaction").await, rows(app, "send").await), (6, 1));
    assert_eq!(rows(app, "interaction_batch").await, 1, "one transaction, one batch");
}

#[apply(every_app)]
async fn what_is_discarded_leaves_no_trace(app: &TestApp) {
    settled(app).await;
    says(app, "bruno", Answer::Withdraw).await;
    story::number_everything(app.client()).await;
    let held = || async { assent_tests::dump::of_tenant(&mut app.look().await, &app.ours().id).await };
    let before = held().await;
    let mut seen = open("bruno", BEFORE, "spring");
    seen.user_agent = Some(marks::id("agent"));
    let told = fates(
        app.client(),
        vec![seen, click("never heard of", BEFORE, "spring", "offer"), visit("bruno", START, "shop")],
    )
    .await;
    assert_eq!(told, ["DISCARDED WITHDRAWN", "DISCARDED UNKNOWN", "DISCARDED WITHDRAWN"]);
    assert_eq!(held().await, before);
}

#[apply(every_app)]
async fn an_acknowledged_withdrawal_binds_the_next_call(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    assert_eq!(fates(client, vec![open("anna", BEFORE, "spring")]).await, ["RECORDED GRANTED"]);
    says(app, "anna", Answer::Withdraw).await;
    // It occurred while consent was in force, and arrives too late.
    assert_eq!(fates(client, vec![open("anna", BEFORE, "spring")]).await, ["DISCARDED WITHDRAWN"]);
}

#[apply(every_app)]
async fn a_functional_link_is_never_stored(app: &TestApp) {
    settled(app).await;
    let links = vec![marks::id("unsubscribe")];
    declare(app, v1::Message { functional_link_ids: links, ..newsletter("spring") }).await;
    let told = fates(
        app.client(),
        vec![click("anna", BEFORE, "spring", "unsubscribe"), click("anna", BEFORE, "spring", "offer")],
    )
    .await;
    assert_eq!(told, ["DISCARDED FUNCTIONAL_LINK", "RECORDED GRANTED"]);
}

#[apply(every_app)]
async fn mail_that_asks_carries_no_tracking(app: &TestApp) {
    settled(app).await;
    let class = v1::MessageClass::ConsentRequest.into();
    declare(app, v1::Message { class, ..newsletter("question") }).await;
    assert_eq!(
        fates(app.client(), vec![open("anna", BEFORE, "question")]).await,
        ["DISCARDED CONSENT_REQUEST"]
    );
}

#[apply(every_app)]
async fn a_send_is_recorded_whatever_the_person_said_and_fixes_its_message(app: &TestApp) {
    settled(app).await;
    says(app, "bruno", Answer::Object).await;
    declare(app, newsletter("spring")).await;
    let sends = ["spring", "nobody declared this"]
        .map(|id| send("bruno", BEFORE, id, v1::PixelMode::None, v1::LinkMode::Plain));
    assert_eq!(fates(app.client(), sends.to_vec()).await, ["RECORDED SEND"; 2]);

    for id in ["spring", "nobody declared this"] {
        let later = v1::Message { basis: v1::SendingBasis::RequestedService.into(), ..newsletter(id) };
        let put = v1::PutMessageRequest { message: Some(later) };
        let refused = app.client().settings().put_message(put).await.expect_err("a sent message is fixed");
        assert_eq!(refused.code(), Code::FailedPrecondition, "{id}");
    }
}

#[apply(every_app)]
async fn who_is_named_by_nobody_is_recorded_nowhere(app: &TestApp) {
    settled(app).await;
    let nobody = v1::Interaction { profile: None, ..open("anna", BEFORE, "spring") };
    assert_eq!(fates(app.client(), vec![nobody]).await, ["DISCARDED NO_PROFILE"]);
    assert_eq!(rows(app, "interaction").await, 0);
}

#[apply(every_app)]
async fn what_is_wrong_with_one_is_told_of_that_one(app: &TestApp) {
    settled(app).await;
    let sent = send("anna", BEFORE, "spring", v1::PixelMode::None, v1::LinkMode::Plain);
    let told = record(
        app.client(),
        vec![
            open("anna", START + HOUR, "spring"),
            v1::Interaction { profile: None, ..sent },
            v1::Interaction { what: None, ..open("anna", BEFORE, "spring") },
            open("anna", START + 4 * 60_000_000, "spring"),
        ],
    )
    .await;
    let text = |told: &v1::record_interactions_result::Result| match told {
        v1::record_interactions_result::Result::Error(status) => format!("{:?}", status.details),
        v1::record_interactions_result::Result::Outcome(_) => String::new(),
    };
    let fields = ["interactions[0].occurred_at", "interactions[1].profile", "interactions[2].what"];
    for (told, field) in told.iter().zip(fields) {
        let bytes: Vec<u8> = field.bytes().collect();
        let needle = format!("{bytes:?}");
        let needle = needle.trim_matches(['[', ']']);
        assert!(text(told).contains(needle), "{field}");
    }
    assert_eq!(text(&told[3]), "", "four minutes ahead is a clock that differs");
}

#[apply(every_app)]
async fn a_table_that_nobody_made_is_an_error_of_the_call(app: &TestApp) {
    let request = v1::RecordInteractionsRequest {
        profile_table: marks::id("nowhere"),
        interactions: vec![open("anna", BEFORE, "spring")],
    };
    let refused = app.client().interactions().record_interactions(request).await;
    assert_eq!(refused.expect_err("there is no such table").code(), Code::NotFound);
}

#[apply(every_app)]
async fn a_credential_that_only_records_is_not_told_why(app: &TestApp) {
    settled(app).await;
    says(app, "bruno", Answer::Refuse).await;
    let with = |key: String| Client::new(app.client().channel(), app.engine(), Some(&key), None);
    let tracker = with(app.key(&app.ours().id, "record").await);
    let seen = || vec![open("anna", BEFORE, "spring"), open("bruno", BEFORE, "spring")];
    let told = record(&tracker, seen()).await;
    assert!(!format!("{told:?}").contains("PolicyVersion"), "{told:?}");
    let told: Vec<String> = told.iter().map(assent_tests::deed::words).collect();
    assert_eq!(told, ["RECORDED UNSPECIFIED", "DISCARDED UNSPECIFIED"]);

    let reader = with(app.key(&app.ours().id, "record,read").await);
    assert_eq!(fates(&reader, seen()).await, ["RECORDED GRANTED", "DISCARDED REFUSED"]);
}

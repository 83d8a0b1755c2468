//! Retention: what has outlived it is shown to nobody at once, deleted soon, and its place in the feed with it.

use std::time::Duration;

use assent_proto::v1;
use assent_tests::app::{START, TestApp};
use assent_tests::deed::{fates, open, send, visit};
use assent_tests::{apply, every_app, marks, story};
use tonic::Code;
use tonic_types::StatusExt;

use super::feed::{after, earliest, read, refused};
use super::{HOUR, rows, settled};

/// Twenty hours before the test's now.
const YESTERDAY: i64 = START - 20 * HOUR;

const AN_HOUR: Duration = Duration::from_secs(3600);

/// Has `strict` keep interactions for a day, so that no test needs to move the time by years.
async fn kept_a_day(app: &TestApp) {
    let asked = v1::PolicyOverride {
        id: marks::id("short"),
        base_policy_id: "strict".to_owned(),
        interactions_kept_days: Some(1),
        ..v1::PolicyOverride::default()
    };
    let put = v1::PutPolicyOverrideRequest { policy_override: Some(asked) };
    let stored = app.client().settings().put_policy_override(put).await.expect("an override is stored");
    let stored = stored.into_inner().policy_override.expect("the override");
    assert_eq!(stored.interactions_kept_days, Some(1));
}

/// Waits for housekeeping to leave so many rows of ours in a table.
async fn comes_to(app: &TestApp, table: &str, count: usize) {
    super::comes_to(app, table, count, AN_HOUR).await;
}

#[apply(every_app)]
async fn what_has_outlived_its_policy_is_hidden_at_once_then_deleted_then_gone_from_the_feed(app: &TestApp) {
    settled(app).await;
    kept_a_day(app).await;
    let client = app.client();
    let sent = send("anna", YESTERDAY, "spring", v1::PixelMode::Identified, v1::LinkMode::Tracked);
    let late = open("anna", START - 25 * HOUR, "spring");
    let told = fates(client, vec![late, sent, open("anna", YESTERDAY, "spring")]).await;
    assert_eq!(told, ["DISCARDED TOO_OLD", "RECORDED SEND", "RECORDED GRANTED"]);
    // Numbered before the next is recorded: two of the same instant have no order.
    assert_eq!(read(client, earliest()).await.interactions.len(), 2);
    fates(client, vec![open("anna", START, "spring")]).await;
    let page = read(client, v1::ReadInteractionsRequest { page_size: 1, ..earliest() }).await;
    assert_eq!(page.interactions.len(), 1);
    let within_the_first = page.next_cursor;
    assert_eq!(read(client, after(&within_the_first)).await.interactions.len(), 2);

    // No housekeeping has come by yet.
    app.advance(4 * AN_HOUR + AN_HOUR / 4);
    assert_eq!(read(client, earliest()).await.interactions.len(), 1, "the send is past its day too");
    assert_eq!((rows(app, "interaction").await, rows(app, "send").await), (3, 1));

    app.advance(4 * AN_HOUR);
    comes_to(app, "interaction", 1).await;
    assert_eq!(rows(app, "send").await, 0);
    let page = read(client, after(&within_the_first)).await;
    assert_eq!((page.interactions.len(), page.left_out), (1, None), "the others are simply missing");
    assert_eq!(rows(app, "interaction_feed").await, 2, "what is old is the rows, not the batches");
    let end = page.next_cursor;

    app.advance(24 * AN_HOUR);
    comes_to(app, "interaction_feed", 0).await;
    assert_eq!((rows(app, "interaction").await, rows(app, "interaction_batch").await), (0, 0));
    let (status, reason) = refused(client, after(&within_the_first)).await;
    assert_eq!((status.code(), reason.as_str()), (Code::OutOfRange, "CURSOR_EXPIRED"));
    let facts = status.get_details_error_info().expect("an error has a reason").metadata;
    assert_eq!((facts["position"].as_str(), facts["oldest_position"].as_str()), ("1", "3"));
    let page = read(client, after(&facts["oldest_cursor"])).await;
    assert!(page.interactions.is_empty() && page.caught_up);
    assert!(read(client, after(&end)).await.caught_up, "who had read all of it goes on");
    let now = START + 33 * HOUR;
    fates(client, vec![open("anna", now - HOUR, "spring")]).await;
    assert_eq!(read(client, after(&end)).await.interactions.len(), 1);
    assert_eq!(read(client, earliest()).await.interactions.len(), 1);
}

/// The last device of a person of a table, as it is shown.
async fn device(app: &TestApp, table: &str, who: &str) -> Option<String> {
    let request = v1::GetProfileActivityRequest {
        profile_table: table.to_owned(),
        profile: story::person(who),
        ..v1::GetProfileActivityRequest::default()
    };
    let found = app.client().interactions().get_profile_activity(request).await.expect("activity");
    found.into_inner().last_device?.device
}

#[apply(every_app)]
async fn a_last_device_is_hidden_and_deleted_when_the_interaction_that_told_it_is(app: &TestApp) {
    settled(app).await;
    kept_a_day(app).await;
    let client = app.client();
    let mut table = story::profile_table(marks::id("kept"), "ours");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    client.settings().put_profile_table(put).await.expect("a table is stored");
    let seen = |who: &str, at| {
        let telephone = Some(marks::id("telephone"));
        vec![v1::Interaction { device: telephone, ..visit(who, at, "shop") }]
    };
    fates(client, seen("anna", YESTERDAY)).await;
    fates(client, seen("bruno", START)).await;
    let request = v1::RecordInteractionsRequest {
        profile_table: marks::id("kept"),
        interactions: seen("anna", YESTERDAY),
    };
    client.interactions().record_interactions(request).await.expect("a batch is answered");
    assert_eq!(device(app, &story::people(), "anna").await, Some(marks::id("telephone")));

    // No housekeeping has come by yet.
    app.advance(4 * AN_HOUR + AN_HOUR / 4);
    assert_eq!((device(app, &story::people(), "anna").await, rows(app, "last_device").await), (None, 3));

    app.advance(4 * AN_HOUR);
    comes_to(app, "last_device", 2).await;
    assert_eq!(device(app, &story::people(), "bruno").await, Some(marks::id("telephone")));
    assert_eq!(device(app, &marks::id("kept"), "anna").await, Some(marks::id("telephone")));
}

#[apply(every_app)]
async fn a_table_whose_policy_keeps_longer_keeps_its_own(app: &TestApp) {
    settled(app).await;
    kept_a_day(app).await;
    let client = app.client();
    let mut table = story::profile_table(marks::id("kept"), "ours");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    client.settings().put_profile_table(put).await.expect("a table is stored");
    fates(client, vec![open("anna", YESTERDAY, "spring")]).await;
    let request = v1::RecordInteractionsRequest {
        profile_table: marks::id("kept"),
        interactions: vec![open("anna", YESTERDAY, "spring")],
    };
    client.interactions().record_interactions(request).await.expect("a batch is answered");
    let start = read(client, v1::ReadInteractionsRequest { page_size: 1, ..earliest() }).await.next_cursor;

    app.advance(33 * AN_HOUR);
    comes_to(app, "interaction", 1).await;
    let page = read(client, earliest()).await;
    let tables: Vec<_> = page.interactions.iter().map(|row| row.profile_table.clone()).collect();
    assert_eq!(tables, [marks::id("kept")]);
    assert_eq!(rows(app, "interaction_feed").await, 2, "the feed is as long as the longest retention");
    read(client, after(&start)).await;
}

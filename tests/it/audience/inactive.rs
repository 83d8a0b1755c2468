//! Who is inactive, who is left out, and for what it may be asked.

use assent_proto::v1::{Answer, LinkMode, PixelMode};
use assent_tests::app::TestApp;
use assent_tests::audience::{day, inactive, inactive_since, last_opened};
use assent_tests::deed::{fates, send};
use assent_tests::{apply, every_app};

use super::*;

const SINCE: &str = "2026-08-31";

fn sent(who: &str, at: i64, message: &str, pixel: PixelMode) -> v1::Interaction {
    send(who, at, message, pixel, LinkMode::Tracked)
}

/// Sends everybody something that tells nothing, so that they are known.
async fn mailed(app: &TestApp, people: &[&str]) {
    let sends = people.iter().map(|who| sent(who, BEFORE, "dark", PixelMode::None)).collect();
    fates(app.client(), sends).await;
}

async fn found(app: &TestApp) -> Vec<String> {
    inactive(app.client(), inactive_since(day(SINCE))).await.0
}

#[apply(every_app)]
async fn a_stored_day_decides_and_is_never_told(app: &TestApp) {
    settled(app).await;
    mailed(app, &["anna", "bruno", "chloe", "dario"]).await;
    last_opened(app, "anna", "2026-08-30").await;
    last_opened(app, "bruno", SINCE).await;
    last_opened(app, "chloe", "2026-09-01").await;
    assert_eq!(found(app).await, ["anna"], "of Dario nothing is known");
    let later = inactive_since(day("2026-09-01"));
    assert_eq!(inactive(app.client(), later).await.0, ["anna", "bruno"]);
    // Nothing but who: there is no field that could hold the day.
    let page = app.client().audience().find_inactive(inactive_since(day(SINCE))).await.expect("a page");
    let told = format!("{:?}", page.into_inner());
    assert!(!told.contains("2026") && !told.contains("20695"), "{told}");
}

#[apply(every_app)]
async fn without_a_day_only_a_pixel_that_could_have_written_one_since_then_tells(app: &TestApp) {
    settled(app).await;
    // The zone of the table's policy is the table's: the day begins two hours before it does in UTC.
    let begins = START - 36 * HOUR - 2 * HOUR;
    fates(
        app.client(),
        vec![
            sent("anna", BEFORE, "spring", PixelMode::Identified),
            sent("bruno", BEFORE, "spring", PixelMode::Shared),
            sent("chloe", BEFORE, "spring", PixelMode::Unspecified),
            sent("dario", begins, "spring", PixelMode::Identified),
            sent("elena", begins - 1, "spring", PixelMode::Identified),
        ],
    )
    .await;
    let notice = story::notice_text("more");
    let notice = v1::PutNoticeRequest { text: notice };
    let notice = app.client().consents().put_notice(notice).await.expect("a notice").into_inner().notice;
    let evidence = story::evidence(&notice.expect("a notice").id, "ours");
    let earlier = START - 4 * DAY;
    let grant = |who| story::item(who, Answer::Grant, earlier, Some(evidence.clone()));
    say(app, vec![grant("dario"), grant("elena")]).await;
    // Dario's grant is effective when it was decided, so that an open at the day's beginning would have counted.
    assert_eq!(found(app).await, ["anna", "dario"]);
}

#[apply(every_app)]
async fn the_exempt_day_could_be_written_by_mail_that_was_asked_for_under_fr(app: &TestApp) {
    settled(app).await;
    under(app, "fr-cnil-2026").await;
    declare(app, newsletter("asked for", v1::SendingBasis::RequestedService)).await;
    declare(app, newsletter("unasked", v1::SendingBasis::SoftOptIn)).await;
    let sends = vec![
        sent("anna", BEFORE, "asked for", PixelMode::ExemptLastOpen),
        sent("new one", BEFORE, "asked for", PixelMode::ExemptLastOpen),
        sent("new two", BEFORE, "unasked", PixelMode::ExemptLastOpen),
        sent("new three", BEFORE, "unasked", PixelMode::Identified),
        sent("new four", BEFORE, "undeclared", PixelMode::ExemptLastOpen),
    ];
    fates(app.client(), sends).await;
    assert_eq!(found(app).await, ["anna", "new one"]);
    under(app, "strict").await;
    assert!(found(app).await.is_empty(), "no exemption, and an exempt pixel tells nothing else");
}

#[apply(every_app)]
async fn whoever_objected_or_said_no_to_mail_is_left_out_under_every_policy(app: &TestApp) {
    settled(app).await;
    let people = ["anna", "bruno", "chloe", "dario", "elena"];
    mailed(app, &people).await;
    for who in people {
        last_opened(app, who, "2026-08-01").await;
    }
    assert_eq!(found(app).await, people);
    says(app, "anna", Answer::Object).await;
    says_about(app, "bruno", Answer::Refuse, marketing()).await;
    says_about(app, "chloe", Answer::Object, marketing()).await;
    says_about(app, "dario", Answer::Withdraw, marketing()).await;
    for policy in ["legacy", "fr-cnil-2026", "it-garante-2026", "strict"] {
        under(app, policy).await;
        assert_eq!(found(app).await, ["elena"], "{policy}");
    }
}

#[apply(every_app)]
async fn a_no_to_tracking_leaves_out_where_the_policy_takes_the_day_away(app: &TestApp) {
    settled(app).await;
    mailed(app, &["anna", "bruno"]).await;
    last_opened(app, "anna", "2026-08-01").await;
    last_opened(app, "bruno", "2026-08-01").await;
    under(app, "fr-cnil-2026").await;
    says(app, "anna", Answer::Withdraw).await;
    assert_eq!(found(app).await, ["anna", "bruno"], "the policy keeps it");
    for policy in ["it-garante-2026", "strict"] {
        under(app, policy).await;
        assert_eq!(found(app).await, ["bruno"], "{policy}");
    }
}

#[apply(every_app)]
async fn an_erased_person_is_left_out(app: &TestApp) {
    settled(app).await;
    mailed(app, &["anna", "bruno"]).await;
    last_opened(app, "anna", "2026-08-01").await;
    last_opened(app, "bruno", "2026-08-01").await;
    let (ours, anna) = (&app.ours().id, marks::id("anna"));
    let row = format!("FROM last_open WHERE tenant = '{ours}' AND profile = '{anna}'");
    let mut look = app.look().await;
    let hash = look.column(&format!("SELECT CAST(person AS TEXT) {row}")).await.expect("a row").remove(0);
    erase(app, "anna").await;
    assert_eq!(found(app).await, ["bruno"]);
    // A day that was written in the same moment, before it is deleted once more.
    let table = story::people();
    let put = format!(
        "INSERT INTO last_open (tenant, person, profile_table, profile, day)
         VALUES ('{ours}', {hash}, '{table}', '{anna}', 20666)"
    );
    assert_eq!(look.run(&put).await.expect("a day is put down"), 1);
    assert_eq!(found(app).await, ["bruno"]);
}

#[apply(every_app)]
async fn people_of_another_table_are_not_found(app: &TestApp) {
    settled(app).await;
    mailed(app, &["anna", "bruno"]).await;
    last_opened(app, "anna", "2026-08-01").await;
    last_opened(app, "bruno", "2026-08-01").await;
    let table = Some(story::profile_table(marks::id("others"), "ours"));
    let put = v1::PutProfileTableRequest { profile_table: table };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
    let others = v1::FindInactiveRequest { profile_table: marks::id("others"), ..inactive_since(day(SINCE)) };
    assert!(inactive(app.client(), others).await.0.is_empty());
    // Two people whose hash is one.
    let (bruno, ours) = (marks::id("bruno"), &app.ours().id);
    let same = format!(
        "UPDATE last_open SET person = (SELECT MIN(s.person) FROM send AS s WHERE s.tenant = '{ours}')
         WHERE tenant = '{ours}' AND profile = '{bruno}'"
    );
    app.look().await.run(&same).await.expect("rows are changed");
    assert_eq!(found(app).await, ["anna", "bruno"]);
}

#[apply(every_app)]
async fn who_was_left_out_is_counted_from_ten_on(app: &TestApp) {
    settled(app).await;
    let names: Vec<String> = (0..10).map(|number| format!("unknown {number}")).collect();
    let people: Vec<&str> = names.iter().map(String::as_str).collect();
    mailed(app, &people[..9]).await;
    mailed(app, &["anna", "bruno"]).await;
    last_opened(app, "anna", "2026-08-01").await;
    last_opened(app, "bruno", "2026-09-01").await;
    let asked = || inactive_since(day(SINCE));
    let one = vec!["anna".to_owned()];
    assert_eq!(inactive(app.client(), asked()).await, (one.clone(), None), "nine might point at somebody");
    mailed(app, &people[9..]).await;
    assert_eq!(inactive(app.client(), asked()).await, (one, Some(10)), "an active one is not among them");
}

//! What a withdrawal takes of the last-open day; and how long that and what keeps a count from being counted twice are kept.

use std::time::Duration;

use assent_proto::v1::{self, Answer};
use assent_tests::app::{START, TestApp};
use assent_tests::deed::{fates, open};
use assent_tests::engine::Engine;
use assent_tests::{apply, every_app, marks, story};

use super::withdrawal::{
    A_WHILE, SOON, comes_to, grants, imported, on_marketing, said, settled_under, under, withdraws,
};
use super::{BEFORE, rows, settled};

const A_DAY: i64 = 86_400_000_000;

/// The test's today, in days since 1970 on the clocks of Brussels, Paris and Rome.
const TODAY: i64 = START / A_DAY;

/// Writes somebody's last-open day past the service.
async fn opened_on(app: &TestApp, who: &str, day: i64) {
    let (tenant, table, who) = (&app.ours().id, story::people(), marks::id(who));
    let hash = crate::privacy::person_hash(&who);
    let row = format!(
        "INSERT INTO last_open (tenant, person, profile_table, profile, day) \
         VALUES ('{tenant}', {hash}, '{table}', '{who}', {day}) \
         ON CONFLICT (tenant, person, profile_table, profile) DO UPDATE SET day = excluded.day"
    );
    app.look().await.run(&row).await.expect("the row is taken");
}

/// Whether anybody's last-open day is left after that was said.
async fn left_after(app: &TestApp, day: i64, item: v1::UpsertConsentsItem) -> bool {
    opened_on(app, "anna", day).await;
    let before = rows(app, "last_open").await;
    said(app, item).await;
    let left = rows(app, "last_open").await == before;
    app.look().await.run("DELETE FROM last_open").await.expect("the next begins anew");
    left
}

#[apply(every_app)]
async fn marketing_turned_away_or_opens_objected_to_take_the_day_at_once_under_every_policy(app: &TestApp) {
    settled(app).await;
    for policy in ["legacy", "fr-cnil-2026", "it-garante-2026", "strict"] {
        under(app, policy).await;
        for answer in [Answer::Refuse, Answer::Withdraw, Answer::Object] {
            let item = on_marketing(story::item("anna", answer, START, None));
            assert!(!left_after(app, TODAY, item).await, "{policy} {answer:?}");
        }
        let objection = story::item("anna", Answer::Object, START, None);
        assert!(!left_after(app, TODAY, objection).await, "{policy}");
    }
}

#[apply(every_app)]
async fn opens_refused_or_withdrawn_keep_the_day_unless_the_policy_says_no(app: &TestApp) {
    let notice = settled(app).await;
    for (policy, kept) in
        [("legacy", true), ("fr-cnil-2026", true), ("it-garante-2026", false), ("strict", false)]
    {
        under(app, policy).await;
        for answer in [Answer::Refuse, Answer::Withdraw] {
            let item = story::item("bruno", answer, START, None);
            opened_on(app, "bruno", TODAY).await;
            said(app, item).await;
            let left = rows(app, "last_open").await == 1;
            assert_eq!(left, kept, "{policy} {answer:?}");
            app.look().await.run("DELETE FROM last_open").await.expect("the next begins anew");
            app.advance(Duration::from_millis(10));
            said(app, grants("bruno", START, &notice)).await;
        }
    }
}

#[apply(every_app)]
async fn a_superseded_withdrawal_takes_only_a_day_before_its_own(app: &TestApp) {
    // Everybody granted a day before the start; the withdrawal is dated two days before it.
    let late = || imported(story::item("anna", Answer::Withdraw, START - 2 * A_DAY, None));
    settled_under(app, "strict").await;
    assert!(left_after(app, TODAY - 2, late()).await);
    let later = imported(story::item("anna", Answer::Withdraw, START - 2 * A_DAY + 1, None));
    assert!(!left_after(app, TODAY - 3, later).await);
    under(app, "fr-cnil-2026").await;
    let latest = imported(story::item("anna", Answer::Withdraw, START - 2 * A_DAY + 2, None));
    assert!(left_after(app, TODAY - 3, latest).await, "there the day is exempt");
}

#[apply(every_app)]
async fn a_day_and_a_device_written_by_a_transaction_from_before_go_the_last_time(app: &TestApp) {
    settled(app).await;
    said(app, on_marketing(withdraws("anna"))).await;
    said(app, withdraws("anna")).await;
    app.advance(SOON);
    opened_on(app, "anna", TODAY).await;
    opened_on(app, "bruno", TODAY).await;
    let (tenant, table) = (&app.ours().id, story::people());
    for who in ["anna", "bruno"] {
        let row = format!(
            "INSERT INTO last_device (tenant, profile_table, profile, device, occurred_at) \
             VALUES ('{tenant}', '{table}', '{}', 'x', {BEFORE})",
            marks::id(who)
        );
        app.look().await.run(&row).await.expect("the row is taken");
    }
    app.advance(A_WHILE);
    comes_to(app, "last_open", 1).await;
    comes_to(app, "last_device", 1).await;
    comes_to(app, "removal", 0).await;
}

#[apply(every_app)]
async fn what_is_left_when_settings_cannot_be_read_is_what_strict_would_leave(app: &TestApp) {
    settled_under(app, "legacy").await;
    fates(app.client(), vec![open("anna", BEFORE, "spring"), open("bruno", BEFORE, "spring")]).await;
    let broken = "UPDATE profile_table SET body = '{\"of_a_later_release\":true}'";
    app.look().await.run(&format!("{broken} WHERE tenant = '{}'", app.ours().id)).await.expect("broken");
    assert!(!left_after(app, TODAY, withdraws("anna")).await, "legacy would have kept it");
    app.advance(SOON);
    comes_to(app, "interaction", 1).await;
    app.advance(A_WHILE);
    comes_to(app, "removal", 0).await;
}

#[apply(every_app)]
async fn a_last_open_day_is_kept_as_long_as_its_policy_says_and_counts_for_two_days_more(app: &TestApp) {
    settled(app).await;
    opened_on(app, "anna", TODAY - 366).await;
    opened_on(app, "bruno", TODAY - 365).await;
    let (tenant, sqlite) = (&app.ours().id, app.engine() == Engine::Sqlite);
    for days in [0, 2, 3, 4] {
        let mark = if sqlite { format!("X'0{days}'") } else { format!("'\\x0{days}'") };
        let day = TODAY - days;
        let row = format!("INSERT INTO counted (tenant, mark, day) VALUES ('{tenant}', {mark}, {day})");
        app.look().await.run(&row).await.expect("the row is taken");
    }
    app.advance(Duration::from_secs(8 * 3600));
    comes_to(app, "last_open", 1).await;
    comes_to(app, "counted", 2).await;
    app.advance(Duration::from_secs(24 * 3600));
    comes_to(app, "last_open", 0).await;
    comes_to(app, "counted", 1).await;
}

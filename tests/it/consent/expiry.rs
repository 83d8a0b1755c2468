//! Grants run out by policy: read at once by whoever asks, written once, and told to whoever follows the changes.

use std::collections::BTreeSet;
use std::time::Duration;

use assent_proto::v1::{ConsentChange, Effect, PolicyOverride};
use assent_service::clock::Clock;
use assent_tests::deed::{fates, open};
use assent_tests::look::Look;
use assent_tests::{apply, every_app, marks};

use super::*;

const DAY: i64 = 24 * HOUR;

/// Longer than housekeeping waits before it looks again.
const A_TURN: Duration = Duration::from_secs(40);

/// It is so much later. Housekeeping sleeps on: it waits by durations, which go on with [`A_TURN`] alone.
fn later(app: &TestApp, by: i64) {
    let now = app.clock().now().micros() + by;
    app.clock().set(assent_domain::time::Instant::from_micros(now).expect("a date"));
}

/// Lets grants under a policy run out after so many days.
async fn runs_out(app: &TestApp, base: &str, days: u32) {
    let id = marks::id(&format!("ours of {base}"));
    let get = v1::GetPolicyOverrideRequest { id: id.clone() };
    let held = app.client().settings().get_policy_override(get).await;
    let etag = held.ok().and_then(|held| held.into_inner().policy_override).and_then(|held| held.etag);
    let asked = PolicyOverride {
        id,
        base_policy_id: base.to_owned(),
        expires_after_days: Some(days),
        etag,
        ..PolicyOverride::default()
    };
    let put = v1::PutPolicyOverrideRequest { policy_override: Some(asked) };
    app.client().settings().put_policy_override(put).await.expect("an override is stored");
}

/// The changes that say that something ran out.
async fn expired(app: &TestApp) -> Vec<ConsentChange> {
    let start = v1::get_cursor_request::Start::Edge(v1::CursorEdge::Earliest.into());
    let cursor = v1::GetCursorRequest { start: Some(start), filter: None };
    let mut cursor = app.client().changes().get_cursor(cursor).await.expect("a cursor").into_inner().cursor;
    let mut expired = Vec::new();
    loop {
        let read = v1::ReadConsentChangesRequest {
            cursor,
            page_size: 5_000,
            ..v1::ReadConsentChangesRequest::default()
        };
        let page = app.client().changes().read_consent_changes(read).await.expect("a page").into_inner();
        let ran_out =
            |change: &ConsentChange| change.lines.iter().any(|line| line.effect() == Effect::Expired);
        expired.extend(page.changes.into_iter().filter(ran_out));
        if page.caught_up {
            return expired;
        }
        cursor = page.next_cursor;
    }
}

/// Who was told to have run out, by their words.
fn who(expired: &[ConsentChange]) -> BTreeSet<String> {
    let ids = expired.iter().map(|change| &change.profile.as_ref().expect("a person").id);
    ids.map(|id| id.rsplit('-').next().expect("a word").to_owned()).collect()
}

/// Waits until housekeeping has told of so many.
async fn comes_to(app: &TestApp, count: usize) -> Vec<ConsentChange> {
    for _ in 0..60 {
        app.advance(A_TURN);
        for _ in 0..20 {
            let expired = expired(app).await;
            if expired.len() >= count {
                assert_eq!(expired.len(), count, "{:?}", who(&expired));
                return expired;
            }
            tokio::task::yield_now().await;
        }
    }
    panic!("it never comes to {count}");
}

/// Lets housekeeping have some turns more, of which nothing is told.
async fn stays_at(app: &TestApp, count: usize) {
    for _ in 0..5 {
        app.advance(A_TURN);
        for _ in 0..20 {
            assert_eq!(expired(app).await.len(), count);
        }
    }
}

fn tracking_of(consents: &v1::ProfileConsents) -> (State, i64, i64) {
    let opens = consents.standings.iter().find(|standing| standing.series() == Series::EmailOpen);
    let opens = opens.expect("every series is told");
    let micros = |at: &Option<prost_types::Timestamp>| at.as_ref().map_or(0, |at| at.seconds * 1_000_000);
    (opens.state(), micros(&opens.since), micros(&opens.last_confirmed))
}

/// Somebody's grant of all tracking, at that instant.
fn yes(who: &str, at: i64, notice: &[u8]) -> v1::UpsertConsentsItem {
    story::item(who, Answer::Grant, at, Some(story::evidence(notice, "ours")))
}

async fn say(app: &TestApp, items: Vec<v1::UpsertConsentsItem>) {
    assert!(upsert(app, items).await.iter().all(Result::is_ok));
}

#[apply(every_app)]
async fn what_ran_out_reads_so_at_once_and_is_told_once_to_whoever_follows(app: &TestApp) {
    let notice = settled(app, "strict").await;
    runs_out(app, "strict", 10).await;
    say(app, vec![yes("ada", START, &notice)]).await;
    app.advance(Duration::from_secs(1));
    let opened = |at: i64| vec![open("ada", at, "spring")];
    assert_eq!(fates(app.client(), opened(START)).await, ["RECORDED GRANTED"]);

    later(app, 10 * DAY - 2_000_000);
    assert_eq!(tracking_of(&get(app, "ada").await), (State::Granted, START, START));
    app.advance(Duration::from_secs(1));
    let end = START + 10 * DAY;
    assert_eq!(tracking_of(&get(app, "ada").await), (State::Expired, end, START));
    assert_eq!(fates(app.client(), opened(end)).await, ["DISCARDED EXPIRED"]);

    let told = comes_to(app, 1).await.remove(0);
    assert_eq!(told.effective_at, Some(story::timestamp(end)), "when it ran out, not when that was written");
    assert!(told.recorded_at.expect("an instant").seconds >= end / 1_000_000);
    assert_eq!(told.lines.len(), 6);
    for line in &told.lines {
        assert_eq!((line.old_state(), line.new_state()), (State::Granted, State::Expired));
    }
    assert_eq!(told.policies[0].id, marks::id("ours of strict"));
    assert_eq!((told.profile_version, told.origin, told.basis), (2, None, 0));
    let history = story::records(app.client(), "ada").await;
    assert_eq!(history.len(), 2);
    assert!(history.iter().any(|record| record.id == told.record_id), "{history:?}");
    // It reads as it did before it was written, at every instant.
    assert_eq!(tracking_of(&get(app, "ada").await), (State::Expired, end, START));
    assert_eq!(tracking_of(&get_as(app, "ada", Some(end - 1), None).await), (State::Granted, START, START));
    assert_eq!(tracking_of(&get_as(app, "ada", None, Some(end - 1)).await), (State::Expired, end, START));
    stays_at(app, 1).await;

    // What was recorded stays, and shows again to whoever is granted anew.
    assert_eq!(activity(app).await, 0);
    let again = app.clock().now().micros();
    let told = upsert(app, vec![yes("ada", again, &notice)]).await;
    let told = told[0].as_ref().expect("a grant");
    assert!(told.series.iter().all(|series| series.outcome() == Outcome::Changed));
    assert_eq!(tracking_of(&get(app, "ada").await).0, State::Granted);
    assert_eq!(activity(app).await, 1);
    later(app, 10 * DAY);
    let told = comes_to(app, 2).await;
    assert_eq!(
        told[1].effective_at,
        Some(story::timestamp(again + 10 * DAY)),
        "the new one runs out by itself"
    );
}

async fn activity(app: &TestApp) -> usize {
    let request = v1::GetProfileActivityRequest {
        profile_table: story::people(),
        profile: story::person("ada"),
        page_size: 500,
        page_token: None,
    };
    let found = app.client().interactions().get_profile_activity(request).await.expect("activity");
    found.into_inner().interactions.len()
}

#[apply(every_app)]
async fn nothing_runs_out_of_whoever_was_erased_said_no_or_granted_again(app: &TestApp) {
    let notice = settled(app, "strict").await;
    runs_out(app, "strict", 10).await;
    let everybody = ["ada", "bob", "cyd", "dan", "eve", "fay"];
    say(app, everybody.iter().map(|who| yes(who, START, &notice)).collect()).await;
    later(app, 5 * DAY);
    let no = |who, answer| says(who, answer, story::tracking(), None);
    let renewed = START + 5 * DAY;
    say(
        app,
        vec![
            no("ada", Answer::Withdraw),
            no("bob", Answer::Object),
            no("cyd", Answer::Refuse),
            yes("dan", renewed, &notice),
        ],
    )
    .await;
    let erase = v1::EraseProfileRequest {
        profile_table: story::people(),
        profile: story::person("eve"),
        origin: None,
    };
    app.client().privacy().erase_profile(erase).await.expect("an erasure");
    later(app, 5 * DAY);
    assert_eq!(who(&comes_to(app, 1).await), BTreeSet::from(["fay".to_owned()]));
    later(app, 5 * DAY);
    let told = comes_to(app, 2).await;
    assert_eq!(who(&told[1..]), BTreeSet::from(["dan".to_owned()]));
    assert_eq!(told[1].effective_at, Some(story::timestamp(renewed + 10 * DAY)));
    stays_at(app, 2).await;
}

#[apply(every_app)]
async fn a_persons_country_decides_as_well_when_their_grant_runs_out(app: &TestApp) {
    let notice = settled(app, "legacy").await;
    runs_out(app, "fr-cnil-2026", 10).await;
    let mut french = yes("ada", START, &notice);
    french.facts = Some(v1::ProfileFacts {
        jurisdiction: Some("FR".to_owned()),
        source: story::form("ours"),
        collected_on: None,
    });
    say(app, vec![french, yes("bob", START, &notice)]).await;
    later(app, 11 * DAY);
    assert_eq!(who(&comes_to(app, 1).await), BTreeSet::from(["ada".to_owned()]));
    stays_at(app, 1).await;
    // From then on the table's own policy lets it run out too: it did six days ago.
    runs_out(app, "legacy", 5).await;
    let told = comes_to(app, 2).await;
    assert_eq!(who(&told[1..]), BTreeSet::from(["bob".to_owned()]));
    assert_eq!(told[1].effective_at, Some(story::timestamp(START + 5 * DAY)));
}

#[apply(every_app)]
async fn an_override_that_lets_it_hold_longer_is_waited_for(app: &TestApp) {
    let notice = settled(app, "strict").await;
    runs_out(app, "strict", 10).await;
    say(app, vec![yes("ada", START, &notice)]).await;
    later(app, 9 * DAY);
    runs_out(app, "strict", 20).await;
    later(app, 3 * DAY);
    stays_at(app, 0).await;
    assert_eq!(tracking_of(&get(app, "ada").await).0, State::Granted);
    later(app, 8 * DAY);
    assert_eq!(comes_to(app, 1).await[0].effective_at, Some(story::timestamp(START + 20 * DAY)));
    // What was written stays written: who is to be recorded again grants again.
    runs_out(app, "strict", 40).await;
    assert_eq!(tracking_of(&get(app, "ada").await).0, State::Expired);
}

#[apply(every_app)]
async fn an_override_that_makes_many_run_out_at_once_is_written_so_many_at_a_time(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let people: Vec<String> = (0..2_001).map(|number| format!("p{number}")).collect();
    for some in people.chunks(1_000) {
        say(app, some.iter().map(|who| yes(who, START, &notice)).collect()).await;
    }
    later(app, 20 * DAY);
    runs_out(app, "strict", 10).await;
    let mut look = app.look().await;
    app.advance(A_TURN);
    let (mut written, mut idle) = (0, 0);
    while written < 2_000 {
        let now = second_records(&mut look).await;
        idle = if now == written { idle + 1 } else { 0 };
        written = now;
        // Not while a turn is under way: to its transactions so much time would be too much.
        if idle == 2_000 {
            app.advance(A_TURN);
            idle = 0;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    for _ in 0..300 {
        assert_eq!(second_records(&mut look).await, 2_000, "one turn takes no more");
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(who(&comes_to(app, 2_001).await).len(), 2_001, "and each of them once");
    app.advance(A_TURN);
    for _ in 0..100 {
        assert_eq!(second_records(&mut look).await, 2_001);
    }
}

/// How many people of everybody's have a second record.
async fn second_records(look: &mut Look) -> usize {
    let count = "SELECT CAST(count(*) AS TEXT) FROM record WHERE profile_version = 2";
    look.column(count).await.expect("a count")[0].parse().expect("a number")
}

/// Puts another body in the place of a setting of ours, and gives the one that was there.
async fn replace(app: &TestApp, table: &str, id: &str, body: &str) -> String {
    let ours = format!("WHERE tenant = '{}' AND id = '{id}'", app.ours().id);
    let mut look = app.look().await;
    let before = look.column(&format!("SELECT body FROM {table} {ours}")).await.expect("a setting").remove(0);
    let body = body.replace('\'', "''");
    assert_eq!(look.run(&format!("UPDATE {table} SET body = '{body}' {ours}")).await.expect("one"), 1);
    before
}

#[apply(every_app)]
async fn settings_that_cannot_be_read_stand_in_the_way_of_their_own_people_alone(app: &TestApp) {
    let notice = settled(app, "strict").await;
    runs_out(app, "strict", 10).await;
    let other = marks::id("another table");
    let mut table = story::profile_table(other.clone(), "ours");
    table.policy_id = Some("strict".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
    say(app, vec![yes("ada", START, &notice)]).await;
    let mut there = story::batch(vec![yes("bob", START, &notice)]);
    there.profile_table.clone_from(&other);
    assert!(send(app, there).await.expect("a batch is answered")[0].is_ok());

    let before = replace(app, "profile_table", &other, "{}{").await;
    later(app, 10 * DAY);
    assert_eq!(who(&comes_to(app, 1).await), BTreeSet::from(["ada".to_owned()]));
    stays_at(app, 1).await;
    replace(app, "profile_table", &other, &before).await;
    let ours = marks::id("ours of strict");
    let before = replace(app, "policy_override", &ours, "{}{").await;
    stays_at(app, 1).await;
    replace(app, "policy_override", &ours, &before).await;
    assert_eq!(comes_to(app, 2).await[1].profile_table, other);
}

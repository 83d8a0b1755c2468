//! Interactions: what is recorded, what is dropped, and what may be read of it.

mod activity;
mod batch;
mod count;
mod customer;
mod device;
mod feed;
mod feed_restored;
mod lanes;
mod last_open;
mod months;
mod plan;
mod plan_again;
mod record;
mod recorder_sdk;
mod report;
mod retention;
mod sent;
mod streaming;
mod telling;
mod watch;
mod watch_ends;
mod watch_sdk;
mod withdrawal;
mod withdrawn_day;
mod withdrawn_late;

use std::time::Duration;

use assent_proto::v1;
use assent_tests::app::{START, TestApp};
use assent_tests::{marks, story};

/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;

/// An hour before the test's now: everybody of [`story::PEOPLE`] had consented by then.
const BEFORE: i64 = START - HOUR;

/// Gives our tenant its table under `strict`, and a grant of everybody in [`story::PEOPLE`]. The notice's id.
async fn settled(app: &TestApp) -> Vec<u8> {
    story::settle_in(app.client(), "ours").await
}

/// The same with the French policy for the table. The notice's id.
async fn french(app: &TestApp) -> Vec<u8> {
    under(app, "fr-cnil-2026").await
}

/// The same with that policy for the table. The notice's id.
async fn under(app: &TestApp, policy: &str) -> Vec<u8> {
    let notice = settled(app).await;
    judged_by(app, policy).await;
    notice
}

/// Gives our table another policy.
async fn judged_by(app: &TestApp, policy: &str) {
    let mut settings = app.client().settings();
    let get = v1::GetProfileTableRequest { id: story::people() };
    let mut table = settings.get_profile_table(get).await.expect("our table").into_inner().profile_table;
    if let Some(table) = &mut table {
        table.policy_id = Some(policy.to_owned());
    }
    let put = v1::PutProfileTableRequest { profile_table: table };
    settings.put_profile_table(put).await.expect("the table is stored");
}

/// Mail that the person asked for.
fn receipt(id: &str) -> v1::Message {
    let (class, basis) = (v1::MessageClass::Transactional.into(), v1::SendingBasis::RequestedService.into());
    v1::Message { class, basis, ..newsletter(id) }
}

async fn campaign(app: &TestApp, id: &str, ceiling: v1::Ceiling) {
    let campaign = v1::Campaign { id: marks::id(id), ceiling: ceiling.into(), ..v1::Campaign::default() };
    let put = v1::PutCampaignRequest { campaign: Some(campaign) };
    app.client().settings().put_campaign(put).await.expect("a campaign is declared");
}

fn of_campaign(message: v1::Message, id: &str) -> v1::Message {
    v1::Message { campaign_id: Some(marks::id(id)), ..message }
}

/// A mail of that word that was declared, of a declared campaign of the same word.
async fn mail_of_campaign(app: &TestApp, word: &str) {
    campaign(app, word, v1::Ceiling::Default).await;
    declare(app, of_campaign(newsletter(word), word)).await;
}

/// What a test changes of the French policy.
async fn changing_the_french(app: &TestApp, change: v1::PolicyOverride) {
    changing(app, "fr-cnil-2026", change).await;
}

/// What a test changes of that policy.
async fn changing(app: &TestApp, base: &str, change: v1::PolicyOverride) {
    let ours = v1::PolicyOverride { id: marks::id("ours"), base_policy_id: base.to_owned(), ..change };
    let put = v1::PutPolicyOverrideRequest { policy_override: Some(ours) };
    app.client().settings().put_policy_override(put).await.expect("an override is stored");
}

/// Sets the service's clock, backwards too.
fn set(app: &TestApp, micros: i64) {
    app.clock().set(assent_domain::time::Instant::from_micros(micros).expect("an instant"));
}

/// The same interaction of nobody: what the request of a pixel tells that is the same for all.
fn of_nobody(interaction: v1::Interaction) -> v1::Interaction {
    v1::Interaction { profile: None, ..interaction }
}

/// What somebody says now, of marketing alone or of one scope.
async fn says_of(app: &TestApp, who: &str, answer: v1::Answer, coverage: v1::Coverage) {
    let mut item = story::item(who, answer, START, None);
    if let Some(v1::upsert_consents_item::Event::Answer(given)) = &mut item.event {
        given.coverage = Some(coverage);
    }
    app.client().consents().upsert_consents(story::batch(vec![item])).await.expect("a batch is answered");
}

/// Marketing.
fn marketing() -> v1::Coverage {
    v1::Coverage { marketing: true, tracking: None }
}

/// Opens of emails.
fn opens() -> v1::Coverage {
    let scopes = vec![v1::Scope::EmailOpen.into()];
    let tracking = Some(v1::coverage::Tracking::Scopes(v1::ScopeList { scopes }));
    v1::Coverage { marketing: false, tracking }
}

/// What somebody says now.
async fn says(app: &TestApp, who: &str, answer: v1::Answer) {
    let item = story::item(who, answer, START, None);
    app.client().consents().upsert_consents(story::batch(vec![item])).await.expect("a batch is answered");
}

/// How many rows of ours a table has.
async fn rows(app: &TestApp, table: &str) -> usize {
    let dump = assent_tests::dump::of_tenant(&mut app.look().await, &app.ours().id).await;
    dump.get(table).map_or(0, |rows| rows.len())
}

/// Waits for housekeeping to leave so many rows of ours in a table. A job that began late, or was at work when the test let
/// time pass, looks again after its interval only: so a little more passes now and then.
async fn comes_to(app: &TestApp, table: &str, count: usize, pass: Duration) {
    let mut found = 0;
    for look in 1..=500 {
        found = rows(app, table).await;
        if found == count {
            return;
        }
        if look % 50 == 0 {
            app.advance(pass);
        }
        tokio::task::yield_now().await;
    }
    panic!("{table} never comes to {count} rows but stays at {found}");
}

/// Declares a message of ours.
async fn declare(app: &TestApp, message: v1::Message) {
    let put = v1::PutMessageRequest { message: Some(message) };
    app.client().settings().put_message(put).await.expect("a message is declared");
}

/// An email that promotes something, sent on the ground of consent.
fn newsletter(id: &str) -> v1::Message {
    v1::Message {
        id: marks::id(id),
        channel: v1::Channel::Email.into(),
        class: v1::MessageClass::Marketing.into(),
        basis: v1::SendingBasis::Consent.into(),
        ..v1::Message::default()
    }
}

//! Audiences: who did something, and who is inactive.

mod engagement;
mod inactive;
mod pages;
mod request;
mod seeds;

use assent_proto::v1::{self, InteractionKind};
use assent_tests::app::{START, TestApp};
use assent_tests::{marks, story};

/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;

/// A day, in microseconds.
const DAY: i64 = 24 * HOUR;

/// An hour before the test's now: everybody of [`story::PEOPLE`] had consented by then.
const BEFORE: i64 = START - HOUR;

const OPEN: InteractionKind = InteractionKind::EmailOpen;
const CLICK: InteractionKind = InteractionKind::EmailClick;

/// Gives our tenant its table under `strict`, and a tracking grant of everybody in [`story::PEOPLE`]. The notice's id.
async fn settled(app: &TestApp) -> Vec<u8> {
    story::settle_in(app.client(), "ours").await
}

/// Puts our tenant's table under another policy.
async fn under(app: &TestApp, policy: &str) {
    let get = v1::GetProfileTableRequest { id: story::people() };
    let last_read = app.client().settings().get_profile_table(get).await.ok();
    let etag = last_read.and_then(|found| found.into_inner().profile_table?.etag);
    let policy_id = Some(policy.to_owned());
    let table = v1::ProfileTable { policy_id, etag, ..story::profile_table(story::people(), "ours") };
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
}

async fn say(app: &TestApp, items: Vec<v1::UpsertConsentsItem>) {
    let answer = app.client().consents().upsert_consents(story::batch(items)).await;
    for told in answer.expect("a batch is answered").into_inner().results {
        let stored = matches!(told.result, Some(v1::upsert_consents_result::Result::Outcome(_)));
        assert!(stored, "the answer is stored: {told:?}");
    }
}

/// An answer of somebody about tracking, said now.
async fn says(app: &TestApp, who: &str, answer: v1::Answer) {
    say(app, vec![story::item(who, answer, START, None)]).await;
}

/// The same about other things.
async fn says_about(app: &TestApp, who: &str, answer: v1::Answer, coverage: v1::Coverage) {
    let mut item = story::item(who, answer, START, None);
    if let Some(v1::upsert_consents_item::Event::Answer(given)) = &mut item.event {
        given.coverage = Some(coverage);
    }
    say(app, vec![item]).await;
}

fn marketing() -> v1::Coverage {
    v1::Coverage { marketing: true, tracking: None }
}

async fn erase(app: &TestApp, who: &str) {
    let erase = v1::EraseProfileRequest {
        profile_table: story::people(),
        profile: story::person(who),
        ..v1::EraseProfileRequest::default()
    };
    app.client().privacy().erase_profile(erase).await.expect("somebody is erased");
}

/// An email that promotes something, sent on that ground.
fn newsletter(id: &str, basis: v1::SendingBasis) -> v1::Message {
    v1::Message {
        id: marks::id(id),
        channel: v1::Channel::Email.into(),
        class: v1::MessageClass::Marketing.into(),
        basis: basis.into(),
        ..v1::Message::default()
    }
}

async fn declare(app: &TestApp, message: v1::Message) {
    let put = v1::PutMessageRequest { message: Some(message) };
    app.client().settings().put_message(put).await.expect("a message is declared");
}

/// Declares a website of that country with one ceiling for opens and clicks.
async fn declare_website(app: &TestApp, id: &str, country: &str, ceiling: v1::Ceiling) {
    let ceilings = v1::WebsiteCeilings {
        email_open: ceiling.into(),
        email_click: ceiling.into(),
        ..v1::WebsiteCeilings::default()
    };
    let country = Some(country.to_owned());
    let website =
        v1::Website { id: marks::id(id), country, ceilings: Some(ceilings), ..v1::Website::default() };
    let put = v1::PutWebsiteRequest { website: Some(website) };
    app.client().settings().put_website(put).await.expect("a website is declared");
}

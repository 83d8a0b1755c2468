//! Wait blocks: where people stand that wait for something to be done.
//!
//! Deliberately not here: `PROFILE_ERASED`, which nobody can reach before there is a call that erases; the domain's
//! own tests hold it.

mod request;
mod states;
mod targets;
mod windows;

use std::time::Duration;

use assent_proto::v1::{self, InteractionKind};
use assent_tests::app::{START, TestApp};
use assent_tests::{marks, story, wait};

/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;

/// A minute, in microseconds.
const MINUTE: i64 = 60_000_000;

/// An hour before the test's now: everybody of [`story::PEOPLE`] had consented by then.
const BEFORE: i64 = START - HOUR;

/// When the usual window ends.
const DEADLINE: i64 = START + HOUR;

const OPEN: InteractionKind = InteractionKind::EmailOpen;
const CLICK: InteractionKind = InteractionKind::EmailClick;

/// Gives our tenant its table under `strict`, and a grant of everybody in [`story::PEOPLE`]. The notice's id.
async fn settled(app: &TestApp) -> Vec<u8> {
    story::settle_in(app.client(), "ours").await
}

/// What somebody says now.
async fn says(app: &TestApp, who: &str, answer: v1::Answer) {
    let item = story::item(who, answer, START, None);
    say(app, item).await;
}

async fn say(app: &TestApp, item: v1::UpsertConsentsItem) {
    let answer = app.client().consents().upsert_consents(story::batch(vec![item])).await;
    let told = answer.expect("a batch is answered").into_inner().results.remove(0).result;
    let stored = matches!(told, Some(v1::upsert_consents_result::Result::Outcome(_)));
    assert!(stored, "the answer is stored: {told:?}");
}

/// Moves the time forward by so many microseconds.
fn pass(app: &TestApp, micros: i64) {
    app.advance(Duration::from_micros(u64::try_from(micros).expect("time goes forward")));
}

/// Whether somebody opens "spring" in the usual window, which ends in an hour.
fn opens(who: &str) -> v1::WaitBlock {
    wait::block(who, wait::message("spring"), &[OPEN], BEFORE, DEADLINE)
}

/// The same, told as things stand now.
fn at_once(block: v1::WaitBlock) -> v1::WaitBlock {
    v1::WaitBlock { exit_policy: v1::ExitPolicy::Immediate.into(), ..block }
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

async fn declare_message(app: &TestApp, message: v1::Message) {
    let put = v1::PutMessageRequest { message: Some(message) };
    app.client().settings().put_message(put).await.expect("a message is declared");
}

async fn declare_campaign(app: &TestApp, id: &str, website: Option<&str>) {
    let website_id = website.map(marks::id);
    let campaign = Some(v1::Campaign { id: marks::id(id), website_id, ..v1::Campaign::default() });
    let put = v1::PutCampaignRequest { campaign };
    app.client().settings().put_campaign(put).await.expect("a campaign is declared");
}

/// Declares a website outside every policy's country, with that ceiling for opens, and for clicks too if so said.
async fn declare_website(app: &TestApp, id: &str, ceiling: v1::Ceiling, clicks_too: bool) {
    let email_click = if clicks_too { ceiling.into() } else { v1::Ceiling::Default.into() };
    let ceilings =
        v1::WebsiteCeilings { email_open: ceiling.into(), email_click, ..v1::WebsiteCeilings::default() };
    let website = v1::Website { id: marks::id(id), ceilings: Some(ceilings), ..v1::Website::default() };
    let put = v1::PutWebsiteRequest { website: Some(website) };
    app.client().settings().put_website(put).await.expect("a website is declared");
}

//! Interactions: what is recorded, what is dropped, and what may be read of it.

mod activity;
mod batch;
mod customer;
mod device;
mod feed;
mod feed_restored;
mod months;
mod plan;
mod plan_again;
mod record;
mod retention;
mod sent;
mod telling;
mod withdrawal;
mod withdrawn_day;
mod watch;
mod watch_ends;
mod watch_sdk;

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

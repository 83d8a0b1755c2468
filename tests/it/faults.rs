//! What holds when something is killed or gone in the midst of writes: nothing that was acknowledged is lost,
//! nothing is there by half or twice, the ledger and the feed have no gap, a repeated request ends it well, and an
//! acknowledged withdrawal binds every later call.
//!
//! Here the real binary runs as a process of its own. `TEST_FAULT_ROUNDS` (how often something is killed, 5 unless
//! said) and `TEST_FAULT_SEED` make a long soak of the same tests:
//! `TEST_FAULT_ROUNDS=500 TEST_FAULT_SEED=$RANDOM target/debug/with-postgres cargo test -p assent-tests --test it faults`
//! (nextest would end a test after three minutes).

mod binding;
mod census;
pub(crate) mod chance;
mod kill_expiry;
mod kill_import;
mod kill_postgres;
mod kill_recording;
mod kill_service;
mod kill_streaming;
mod recorded;
mod recorders;
mod unreachable;
mod writers;

use assent_proto::v1::consent_service_client::ConsentServiceClient;
use assent_proto::v1::settings_service_client::SettingsServiceClient;
use assent_proto::v1::{self, Answer, upsert_consents_item::Event};
use assent_tests::look::Look;
use assent_tests::{marks, story};
use tonic::transport::{Channel, Endpoint};

/// How often something is killed in one test, and where its chances begin.
fn length() -> (usize, u64) {
    (number_from("TEST_FAULT_ROUNDS", 5), number_from("TEST_FAULT_SEED", 20_260_901))
}

pub(crate) fn number_from<N: std::str::FromStr>(name: &str, unsaid: N) -> N {
    #[expect(clippy::disallowed_methods, reason = "a soak is longer than a test only where somebody says so")]
    let given = std::env::var(name);
    given.map_or(unsaid, |text| text.parse().ok().expect("a whole number"))
}

/// A connection to a service that may not be there.
pub(crate) fn channel(address: &str) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).expect("an address").connect_lazy()
}

pub(crate) fn consents(channel: &Channel) -> ConsentServiceClient<Channel> {
    ConsentServiceClient::new(channel.clone())
}

/// Stores the profile table that the writers write to.
pub(crate) async fn settle(channel: &Channel) {
    let table = story::profile_table(story::people(), "ours");
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    SettingsServiceClient::new(channel.clone()).put_profile_table(put).await.expect("a table is stored");
}

/// A direct no of one person, by which its record is known again: `token` stands as its actor.
pub(crate) fn no(who: &str, answer: Answer, token: &str) -> v1::UpsertConsentsItem {
    let evidence = v1::Evidence { actor: Some(marks::id(token)), ..v1::Evidence::default() };
    let given = v1::AnswerGiven {
        answer: answer.into(),
        coverage: story::everything(),
        evidence: Some(evidence),
        ..v1::AnswerGiven::default()
    };
    v1::UpsertConsentsItem { profile: story::person(who), facts: None, event: Some(Event::Answer(given)) }
}

/// Waits until PostgreSQL works on nothing in that database: what a killed process left under way is then
/// committed or undone. On SQLite that is so as soon as the process is gone.
pub(crate) async fn settled_down(url: &str) {
    if url.starts_with("sqlite:") {
        return;
    }
    let busy = "SELECT CAST(count(*) AS TEXT) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid() \
                AND state IN ('active', 'idle in transaction')";
    let mut look = Look::at(url).await.expect("the database answers");
    for _ in 0..4_000 {
        if look.column(busy).await.expect("a list of sessions") == ["0"] {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("a session is still in a transaction that nobody ends");
}

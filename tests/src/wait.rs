//! Words to ask where people stand at wait blocks.

use assent_proto::v1::{
    self, InteractionKind,
    evaluate_wait_blocks_result::Result as Told,
    wait_block::{End, Start, Target},
};

use crate::client::Client;
use crate::{marks, story};

/// A message as the target.
#[must_use]
pub fn message(id: &str) -> Target {
    Target::MessageId(marks::id(id))
}

/// A campaign as the target.
#[must_use]
pub fn campaign(id: &str) -> Target {
    Target::CampaignId(marks::id(id))
}

/// A website as the target.
#[must_use]
pub fn website(id: &str) -> Target {
    Target::WebsiteId(marks::id(id))
}

/// A goal as the target.
#[must_use]
pub fn goal(id: &str) -> Target {
    Target::GoalId(marks::id(id))
}

/// A block of that person, from one instant up to another (microseconds since 1970).
#[must_use]
pub fn block(who: &str, target: Target, kinds: &[InteractionKind], from: i64, to: i64) -> v1::WaitBlock {
    v1::WaitBlock {
        r#ref: marks::id("block"),
        profile: story::person(who),
        target: Some(target),
        kinds: kinds.iter().map(|kind| i32::from(*kind)).collect(),
        start: Some(Start::StartsAt(story::timestamp(from))),
        end: Some(End::Deadline(story::timestamp(to))),
        ..v1::WaitBlock::default()
    }
}

/// A start at the latest send of a message, of a profile that entered at an instant.
#[must_use]
pub fn from_send(id: &str, entered_at: i64) -> Option<Start> {
    let entered_at = Some(story::timestamp(entered_at));
    Some(Start::FromSend(v1::FromSend { message_id: marks::id(id), entered_at }))
}

/// An end so many microseconds after the start.
#[must_use]
pub fn lasting(micros: i64) -> Option<End> {
    Some(End::Duration(length(micros)))
}

/// A length of time in microseconds.
///
/// # Panics
/// When it is longer than a test waits.
#[must_use]
pub fn length(micros: i64) -> prost_types::Duration {
    let nanos = i32::try_from(micros % 1_000_000 * 1_000).expect("less than a second");
    prost_types::Duration { seconds: micros / 1_000_000, nanos }
}

/// A request about blocks of the table [`story::people`].
#[must_use]
pub fn request(blocks: Vec<v1::WaitBlock>) -> v1::EvaluateWaitBlocksRequest {
    v1::EvaluateWaitBlocksRequest { profile_table: story::people(), blocks, as_of: None }
}

/// Where each stands, by the service.
///
/// # Panics
/// When the call fails.
pub async fn results(client: &Client, asked: v1::EvaluateWaitBlocksRequest) -> Vec<Told> {
    let answer = client.wait_blocks().evaluate_wait_blocks(asked).await.expect("blocks are evaluated");
    answer.into_inner().results.into_iter().filter_map(|result| result.result).collect()
}

/// Where each stands.
///
/// # Panics
/// When the call fails, or a block is not evaluated.
pub async fn outcomes(client: &Client, blocks: Vec<v1::WaitBlock>) -> Vec<v1::WaitBlockOutcome> {
    let told = results(client, request(blocks)).await.into_iter();
    told.map(|told| match told {
        Told::Outcome(outcome) => outcome,
        Told::Error(status) => panic!("a block was not evaluated: {}", status.message),
    })
    .collect()
}

/// Where one stands, by the contract's words: `WAITING`, `MATCHED`, `EXITED TIMEOUT`.
#[must_use]
pub fn words(outcome: &v1::WaitBlockOutcome) -> String {
    let state = outcome.state().as_str_name().trim_start_matches("WAIT_STATE_");
    let reason = outcome.reason().as_str_name().trim_start_matches("WAIT_REASON_");
    match (outcome.state(), reason) {
        (v1::WaitState::Waiting, "UNSPECIFIED") | (v1::WaitState::Matched, "MATCHED") => state.to_owned(),
        _ => format!("{state} {reason}"),
    }
}

/// Where each stands, by [`words`].
pub async fn stand(client: &Client, blocks: Vec<v1::WaitBlock>) -> Vec<String> {
    outcomes(client, blocks).await.iter().map(words).collect()
}

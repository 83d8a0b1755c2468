//! What may be kept: people who granted, so that the search is seen to find, and everything that callers are answered.

use assent_proto::v1::{self, Disposition};
use assent_tests::story;
use prost_reflect::prost::Message;

use super::caller::{Told, patiently};
use super::deed::{Declared, Kind, done};
use super::flock::{Flock, Lot};
use super::ground::Ground;
use super::world::{World, now};

/// Has people who granted do everything, in tables under every policy: it is recorded.
pub(super) async fn tell(ground: &Ground, world: &World, flock: &mut Flock, tables: &[&str]) {
    let caller = ground.caller(&world.shop);
    for table in tables {
        let told = everything(flock, Lot::Kept, &format!("granted in {table}"), "gina");
        let answers = caller.record(table, told).await;
        assert!(answers.iter().all(is_recorded), "{table}: {answers:?}");
    }
    // All but the device is permitted.
    let mut told = everything(flock, Lot::Kept, "granted without devices", "dora");
    for (done, number) in told.iter_mut().zip(1..) {
        done.device = Some(flock.word(Lot::Forbidden, &format!("granted without devices, device {number}")));
        let agent = flock.word(Lot::Forbidden, &format!("granted without devices, user agent {number}"));
        done.user_agent = Some(agent);
    }
    let answers = caller.record("strict", told).await;
    assert!(answers.iter().all(is_recorded), "{answers:?}");
}

/// One of each kind, of one person; the newest comes last, with the device that stays.
pub(super) fn everything(flock: &mut Flock, lot: Lot, story: &str, who: &str) -> Vec<v1::Interaction> {
    let at = now() - 10_000;
    let kinds = Kind::ALL.into_iter().zip(1..);
    kinds
        .map(|(kind, turn)| done(flock, lot, story, kind, Some(who), at + turn, Declared::default()))
        .collect()
}

pub(super) fn is_recorded(told: &Told) -> bool {
    let recorded = [Disposition::Recorded, Disposition::Duplicate];
    matches!(told, Told::Outcome(outcome) if recorded.contains(&outcome.disposition()))
}

/// Asks for all that can be had of others, and keeps what is answered.
pub(super) async fn ask(ground: &mut Ground, world: &World) {
    let caller = ground.caller(&world.shop);
    let mut exports = Vec::new();
    let mut position = v1::read_interactions_request::Position::Edge(v1::CursorEdge::Earliest.into());
    loop {
        let read = v1::ReadInteractionsRequest {
            position: Some(position.clone()),
            page_size: 1_000,
            ..v1::ReadInteractionsRequest::default()
        };
        let page = patiently(async || caller.interactions().read_interactions(read.clone()).await)
            .await
            .into_inner();
        exports.push(page.encode_to_vec());
        if page.caught_up {
            break;
        }
        position = v1::read_interactions_request::Position::Cursor(page.next_cursor);
    }
    let start = Some(v1::get_cursor_request::Start::Edge(v1::CursorEdge::Earliest.into()));
    let start = v1::GetCursorRequest { start, filter: None };
    let mut cursor =
        patiently(async || caller.changes().get_cursor(start.clone()).await).await.into_inner().cursor;
    loop {
        let read = v1::ReadConsentChangesRequest { cursor, ..v1::ReadConsentChangesRequest::default() };
        let page =
            patiently(async || caller.changes().read_consent_changes(read.clone()).await).await.into_inner();
        exports.push(page.encode_to_vec());
        cursor = page.next_cursor;
        if page.caught_up {
            break;
        }
    }
    for who in ["gina", "rita", "wim", "olga", "dora"] {
        let profile = Some(v1::ProfileKey { id: who.to_owned() });
        let profile_table = "strict".to_owned();
        let asked = v1::GetProfileActivityRequest {
            profile_table: profile_table.clone(),
            profile: profile.clone(),
            ..v1::GetProfileActivityRequest::default()
        };
        let activity = patiently(async || caller.interactions().get_profile_activity(asked.clone()).await);
        exports.push(activity.await.into_inner().encode_to_vec());
        let asked = v1::ListConsentRecordsRequest {
            profile_table: profile_table.clone(),
            profile: profile.clone(),
            ..v1::ListConsentRecordsRequest::default()
        };
        let records = patiently(async || caller.consents().list_consent_records(asked.clone()).await);
        exports.push(records.await.into_inner().encode_to_vec());
        let asked = v1::AccessProfileRequest { profile_table, profile };
        let told = patiently(async || caller.privacy().access_profile(asked.clone()).await);
        let mut told = told.await.into_inner();
        while let Some(piece) = told.message().await.expect("a piece") {
            exports.push(piece.encode_to_vec());
        }
    }
    ground.exports = exports;
}

/// A send to somebody, whose message is declared.
pub(super) fn send(who: &str, at: i64, interaction_id: String) -> v1::Interaction {
    let sent = v1::MessageSent {
        message_id: "mail".to_owned(),
        pixel: v1::PixelMode::Identified.into(),
        links: v1::LinkMode::Tracked.into(),
    };
    v1::Interaction {
        interaction_id,
        occurred_at: Some(story::timestamp(at)),
        profile: Some(v1::ProfileKey { id: who.to_owned() }),
        what: Some(v1::interaction::What::Send(sent)),
        ..v1::Interaction::default()
    }
}

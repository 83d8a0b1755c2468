//! What may be kept: people who granted, so that the search is seen to find.

use assent_proto::v1::{self, Disposition};
use assent_tests::story;

use super::caller::Told;
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

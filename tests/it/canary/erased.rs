//! People who are erased: everything that can be held of them is, and then nothing.
//!
//! What is told apart from the rest is the id of an interaction. An interaction's row goes, and with it whatever the id led
//! to; the caller's id itself stays among the keys of its batch, from which the export counts its positions. The search holds
//! that it is nowhere else.

use std::time::Duration;

use assent_proto::v1::{self, ErasureState, access_profile_response::Piece, upsert_consents_item::Event};
use assent_tests::{marks, story};

use super::caller::{Told, patiently};
use super::flock::{Flock, Lot};
use super::ground::Ground;
use super::kept::{everything, is_recorded, send};
use super::ways;
use super::world::{DAY, World, now, say, yes};

/// Somebody who will be erased.
#[derive(Clone, Debug)]
pub(super) struct Person {
    table: &'static str,
    id: String,
}

/// Has somebody of that table live, so that everything can be held of them.
pub(super) async fn live(
    ground: &Ground,
    world: &World,
    flock: &mut Flock,
    table: &'static str,
    turn: usize,
) -> Person {
    let caller = ground.caller(&world.shop);
    let story = format!("erased in {table}, {turn}");
    let id = flock.person(Lot::Erased, table, &format!("{story}, profile"));
    let mut word = |what: &str| flock.word(Lot::Erased, &format!("{story}, {what}"));
    let mut item = yes(&id, now() - DAY, &world.notice);
    if let Some(Event::Answer(given)) = &mut item.event {
        given.evidence = given.evidence.take().map(|evidence| v1::Evidence {
            actor: Some(word("actor")),
            proof_reference: Some(word("proof")),
            source: Some(v1::Source {
                kind: v1::SourceKind::Form.into(),
                name: Some(word("source")),
                version: Some(word("version")),
            }),
            ..evidence
        });
    }
    let source = v1::Source { name: Some(word("source of facts")), ..story::form("ours").expect("a form") };
    let collected_on = Some(assent_proto::google::Date { year: 2026, month: 9, day: 1 });
    item.facts = Some(v1::ProfileFacts { collected_on, jurisdiction: None, source: Some(source) });
    say(&caller, table, item).await;

    let sent = flock.uuid(Lot::ErasedKey, &format!("{story}, send"));
    let mut told = vec![send(&id, now() - 20_000, sent)];
    told.extend(everything(flock, Lot::Erased, &story, &id));
    let answers = caller.record(table, told).await;
    assert!(answers.iter().all(is_recorded), "{table}: {answers:?}");
    let planned = v1::PlanRecipient {
        profile: Some(v1::ProfileKey { id: id.clone() }),
        interaction_id: Some(flock.uuid(Lot::ErasedKey, &format!("{story}, planned send"))),
        ..v1::PlanRecipient::default()
    };
    let plan = v1::PlanTrackingRequest {
        profile_table: table.to_owned(),
        message_id: "mail".to_owned(),
        recipients: vec![planned],
        record_sends: Some(v1::SendRecording { request_id: marks::uuid() }),
    };
    patiently(async || caller.interactions().plan_tracking(plan.clone()).await).await;
    ways::live(&caller, &world.notice, flock, (Lot::Erased, &story), (table, &id)).await;
    Person { table, id }
}

/// Erases them.
pub(super) async fn erase(ground: &Ground, world: &World, people: &[Person]) {
    let caller = ground.caller(&world.shop);
    for Person { table, id } in people {
        let request = v1::EraseProfileRequest {
            profile_table: (*table).to_owned(),
            profile: Some(v1::ProfileKey { id: id.clone() }),
            origin: Some("crm".to_owned()),
        };
        patiently(async || caller.privacy().erase_profile(request.clone()).await).await;
    }
}

/// Reports what they are said to have done since: it is discarded.
pub(super) async fn report_the_erased(ground: &Ground, world: &World, flock: &mut Flock, people: &[Person]) {
    let caller = ground.caller(&world.shop);
    for (Person { table, id }, turn) in people.iter().zip(0..) {
        let story = format!("done by the erased in {table}, {turn}");
        let mut told = everything(flock, Lot::Forbidden, &story, id);
        told.push(send(id, now(), flock.uuid(Lot::Forbidden, &format!("{story}, send"))));
        for answer in caller.record(table, told).await {
            let Told::Outcome(outcome) = &answer else { panic!("{answer:?}") };
            assert_eq!(outcome.reason(), v1::VerdictReason::ProfileErased, "{answer:?}");
        }
    }
}

/// Waits until all of it is over, the thirty days for which the erasure's own record names them included: the clock is
/// the real one, so the day to forget them is brought forward in the database.
pub(super) async fn complete(ground: &Ground, world: &World, people: &[Person]) {
    ground.order(&["UPDATE tombstone SET forget_at = 1 WHERE forget_at IS NOT NULL"]).await;
    let caller = ground.caller(&world.shop);
    for Person { table, id } in people {
        let request = v1::AccessProfileRequest {
            profile_table: (*table).to_owned(),
            profile: Some(v1::ProfileKey { id: id.clone() }),
        };
        for turn in 0.. {
            let told = patiently(async || caller.privacy().access_profile(request.clone()).await).await;
            let first = told.into_inner().message().await.expect("a piece");
            let Some(Piece::Profile(profile)) = first.and_then(|first| first.piece) else {
                panic!("the profile comes first");
            };
            if profile.erasure.is_some_and(|erasure| erasure.state() == ErasureState::Complete) {
                break;
            }
            assert!(turn < 600, "an erasure is never complete");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    let mut look = ground.look().await;
    for _ in 0..600 {
        let named = "SELECT CAST(count(*) AS TEXT) FROM tombstone WHERE forget_at IS NOT NULL";
        if look.column(named).await.expect("a count") == ["0"] {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the erased are never forgotten");
}

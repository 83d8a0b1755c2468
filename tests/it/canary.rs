//! Nothing that may not be kept is ever stored, logged, counted by name or exported (N1): canaries.
//!
//! Every field of everything that is told to the real service, at its most talkative, holds a word of its own. Afterwards every
//! place that anything could have come to is searched for it: the tables, a dump, the files and the log of the database, the logs,
//! metrics and traces of the service, what callers are answered, and what lies about.
//!
//! - What may not be recorded may be nowhere, not even in the database's log: it was never written. Of somebody whom nobody ever
//!   spoke of, under `strict`, that includes the id.
//! - What may be recorded is in the database, or the search would be blind, and in nothing that tells of the service.
//! - What somebody did who says no is, where the policy erases, in no answer from then on, whatever they grant later; in no table
//!   once the removals are through; and nowhere at all once the files are written anew. Where the policy keeps it is still there.
//! - Of what is exempted a day is kept, or a keyed hash for two days and a count, and nothing that was told.
//! - What is held of an erased person is in no table once they are erased, and nowhere at all once the erasure is complete and
//!   the operator has had the files written anew (`VACUUM`; [`ground`] says why).
//! - A consent write that stores nothing locks a row for the person before it knows: that may lie in a page until the database
//!   clears it away, and shows nowhere.
//!
//! `TEST_CANARY_ROUNDS` (1 unless said) makes it longer, `TEST_CANARY_SEED` draws other words:
//! `TEST_CANARY_ROUNDS=50 TEST_CANARY_SEED=$RANDOM target/debug/with-postgres cargo test -p assent-tests --test it canary`
//! (nextest would end a test after three minutes).
//!
//! Left out: a statement log that an operator switches on.

mod ask;
mod caller;
mod deed;
mod erased;
mod flock;
mod forbidden;
mod ground;
mod kept;
mod last_open;
mod load;
mod otlp;
mod place;
mod plant;
mod search;
mod service;
mod ways;
mod withdrawn;
mod world;

use std::collections::BTreeSet;

use assent_tests::{apply, dump, every_engine};

use crate::faults::number_from;
use flock::{Flock, Lot};
use ground::Ground;
use place::Place;
use search::Finds;

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "a soak says how much it went through")]
async fn nothing_forbidden_is_ever_kept_and_nothing_of_the_erased_for_long(engine: Engine) {
    let rounds: usize = number_from("TEST_CANARY_ROUNDS", 1);
    let mut flock = Flock::seeded(number_from("TEST_CANARY_SEED", 20_260_901));
    let mut ground = Ground::start(engine, &[]).await;
    let world = world::settle(&ground).await;
    let (mut people, mut unwilling) = (Vec::new(), Vec::new());
    let mut told = 0;
    for round in 0..rounds {
        kept::tell(&ground, &world, &mut flock, &world::TABLES).await;
        for table in ["strict", "legacy"] {
            people.push(erased::live(&ground, &world, &mut flock, table, round).await);
        }
        unwilling.extend(withdrawn::live(&ground, &world, &mut flock, round).await);
        last_open::tell(&ground, &world, &mut flock, round).await;
        told += load::tell(&ground, &world, &mut flock).await;
        load::tell_wrongly(&ground, &world, &mut flock).await;
        load::ask_about_strangers(&ground, &world, &mut flock).await;
        load::say_in_vain(&ground, &world, &mut flock).await;
        ways::keep(&ground, &world, &mut flock, round).await;
        ways::in_vain(&ground, &world, &mut flock, round).await;
        load::tell_the_impatient(&ground, &world, &mut flock).await;
        told += load::tell_the_dying(&mut ground, &world, &mut flock).await;
    }
    ground.gather_statistics().await;
    let asked = withdrawn::asked(&unwilling);
    ask::for_everything(&mut ground, &world, &asked).await;
    let finds = search::everywhere(&ground, flock.sought()).await;
    no_complaints(finds.complaints(|label, place| {
        let is_of_a_page = [Place::DatabaseFile, Place::WriteAheadLog].contains(place);
        Lot::Forbidden.is_of(label)
            || (Lot::Undone.is_of(label) && !is_of_a_page)
            || !(place.is_of_the_database() || *place == Place::Export)
    }));
    all_is_found(&flock, &finds, &LOTS_IN_THE_DATABASE);
    last_open::the_latest_alone_is_kept(&ground).await;

    withdrawn::say_no(&ground, &world, &unwilling).await;
    is_in_no_answer(&mut ground, &world, &flock, &asked).await;
    withdrawn::grant_again(&ground, &world, &unwilling, true).await;
    is_in_no_answer(&mut ground, &world, &flock, &asked).await;
    withdrawn::are_not_engaged(&ground, &world, &unwilling, false).await;
    withdrawn::are_gone(&ground, &unwilling).await;
    withdrawn::grant_again(&ground, &world, &unwilling, false).await;
    withdrawn::are_not_engaged(&ground, &world, &unwilling, true).await;

    erased::erase(&ground, &world, &people).await;
    let mut finds = Finds::default();
    search::tables(&ground, flock.sought(), &mut finds).await;
    no_complaints(finds.complaints(|label, place| is_wrong_after_erasure(label, place, true)));
    for label in flock.labels(Lot::Erased).iter().filter(|label| label.ends_with(", profile")) {
        let own = Place::Table("record".to_owned());
        assert_eq!(
            finds.places(label),
            BTreeSet::from([own]),
            "the erasure's own record, for those who follow"
        );
    }
    erased::report_the_erased(&ground, &world, &mut flock, &people).await;
    erased::complete(&ground, &world, &people).await;
    ground.clear_away().await;
    ask::for_everything(&mut ground, &world, &asked).await;
    let mut finds = search::everywhere(&ground, flock.sought()).await;
    assert!(ground.journalled() >= people.len(), "what was searched of the journal is there");
    ground.service.terminate();
    let received = ground.receiver.take().expect("a receiver").end();
    assert!(received.holds(b"rpc.method"), "what went over the wire was kept");
    search::at_the_end(&ground, &received, flock.sought(), &mut finds);
    no_complaints(finds.complaints(|label, place| is_wrong_after_erasure(label, place, false)));
    all_is_found(&flock, &finds, &[Lot::Kept]);
    println!("{told} answers in {rounds} rounds; {} canaries", flock.sought().count());
}

/// Of the erased and of what was withdrawn only the ids of the interactions are left, in their batches, and what their campaigns
/// add up to; for the first days the erasure's own record `is_named` too.
fn is_wrong_after_erasure(label: &str, place: &Place, is_named: bool) -> bool {
    let table = |name: &str| *place == Place::Table(name.to_owned());
    if Lot::Kept.is_of(label) {
        return !(place.is_of_the_database() || *place == Place::Export);
    }
    if Lot::ErasedKey.is_of(label) || Lot::WithdrawnKey.is_of(label) {
        let is_elsewhere = matches!(place, Place::Table(_)) && !table("interaction_batch");
        return !place.is_of_the_database() || is_elsewhere;
    }
    if is_a_figure(label) {
        let is_elsewhere = matches!(place, Place::Table(_)) && !table("tally") && !table("tally_entry");
        return !place.is_of_the_database() || is_elsewhere;
    }
    !(is_named && Lot::Erased.is_of(label) && label.ends_with(", profile") && table("record"))
}

/// Asked for what people did, nobody is told anything that was withdrawn, though it still be on the disk.
async fn is_in_no_answer(ground: &mut Ground, world: &world::World, flock: &Flock, asked: &[ask::Asked]) {
    ask::for_interactions(ground, world, asked).await;
    let mut finds = Finds::default();
    search::answers(ground, flock.sought(), &mut finds);
    no_complaints(finds.complaints(|label, _| Lot::Withdrawn.is_of(label) || Lot::WithdrawnKey.is_of(label)));
}

/// What was recorded, of whatever is to become of it.
const LOTS_IN_THE_DATABASE: [Lot; 5] =
    [Lot::Kept, Lot::Erased, Lot::ErasedKey, Lot::Withdrawn, Lot::WithdrawnKey];

/// What was recorded is in a table, in the dump and on the disk. Of a device only the last is kept.
fn all_is_found(flock: &Flock, finds: &Finds, lots: &[Lot]) {
    let mut missing = Vec::new();
    for lot in lots {
        let labels = flock.labels(*lot);
        assert!(labels.len() > 10, "{}: {labels:?}", lot.word());
        for label in labels.iter().filter(|label| !is_of_a_device(label) || is_of_the_last(label)) {
            let places = finds.places(label);
            let is_in_a_table = places.iter().any(|place| matches!(place, Place::Table(_)));
            let is_on_the_disk =
                places.contains(&Place::DatabaseFile) || places.contains(&Place::WriteAheadLog);
            if !(is_in_a_table && is_on_the_disk && places.contains(&Place::Dump)) {
                missing.push(format!("{label}: only in {places:?}"));
            }
        }
    }
    no_complaints(missing);
}

/// Figures of a campaign were folded when it was recorded, under the name that it was told by, and stay: here of one person, so
/// that the sum is what they paid.
fn is_a_figure(label: &str) -> bool {
    let is_gone = Lot::Erased.is_of(label) || Lot::Withdrawn.is_of(label);
    is_gone && (label.ends_with(", campaign") || label.ends_with(", amount"))
}

fn is_of_a_device(label: &str) -> bool {
    label.ends_with(", device") || label.ends_with(", user agent")
}

/// The goal is the last that anybody does.
fn is_of_the_last(label: &str) -> bool {
    label.contains(", goal, ") && !label.contains("without devices")
}

fn no_complaints(complaints: Vec<String>) {
    let shown: Vec<_> = complaints.iter().take(40).map(String::as_str).collect();
    assert!(complaints.is_empty(), "{} of them:\n{}\n", complaints.len(), shown.join("\n"));
}

#[apply(every_engine)]
async fn a_leak_is_found_in_the_place_where_it_was_planted(engine: Engine) {
    let mut flock = Flock::seeded(7);
    let witness = flock.word(Lot::Forbidden, &format!("planted in {:?}", Place::CommandLine));
    let quiet = ("ASSENT_FEED__SEQUENCER_INTERVAL_MILLIS", "60000");
    let mut ground = Ground::start(engine, &[("WITNESS", &witness), quiet]).await;
    // It would go on with what is planted, as with its own.
    ground.service.signal("STOP");
    let mut tables = dump::tables(&mut ground.look().await).await;
    tables.retain(|table| !plant::BOOKKEEPING.contains(&table.as_str()) && search::whole(table) == table);
    let mut sorted = plant::planted_tables();
    sorted.sort();
    assert_eq!(tables, sorted, "a leak is planted in every table that there is, and in no other");
    for table in &tables {
        plant::in_table(&ground, &mut flock, table).await;
    }
    let places = Place::beside_tables(engine);
    for place in &places {
        plant::beside_tables(&mut ground, &mut flock, place).await;
    }
    let mut finds = search::everywhere(&ground, flock.sought()).await;
    let received = ground.receiver.take().expect("a receiver").end();
    search::at_the_end(&ground, &received, flock.sought(), &mut finds);

    let on_the_disk = BTreeSet::from([Place::DatabaseFile, Place::WriteAheadLog]);
    for table in tables {
        let form = plant::form(&table);
        let place = Place::Table(table);
        assert_eq!(finds.forms(&plant::label(&place), &place), BTreeSet::from([form]), "{place:?}");
        let found = finds.places(&plant::label(&place));
        assert!(!found.is_disjoint(&on_the_disk), "{place:?}: {found:?}");
        let elsewhere: BTreeSet<_> = found.difference(&on_the_disk).cloned().collect();
        assert_eq!(elsewhere, BTreeSet::from([place, Place::Dump]));
    }
    for place in places {
        let found = finds.places(&plant::label(&place));
        let expected = match place {
            Place::Dump => found.intersection(&on_the_disk).cloned().chain([Place::Dump]).collect(),
            Place::Metrics | Place::Traces => BTreeSet::from([place.clone(), Place::TelemetryWire]),
            _ => BTreeSet::from([place.clone()]),
        };
        assert_eq!(found, expected, "planted in {place:?}");
    }
}

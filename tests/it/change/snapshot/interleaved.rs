//! The property: whatever is written between the pages of a snapshot, snapshot and changes add up to what is on record.
//!
//! `TEST_SNAPSHOT_STORIES` and `TEST_SNAPSHOT_SEED` make it longer and begin it elsewhere:
//! `TEST_SNAPSHOT_STORIES=5000 TEST_SNAPSHOT_SEED=$RANDOM \
//! target/debug/with-postgres cargo test -p assent-tests --test it interleaved`
//! (nextest would end a test after three minutes).

use assent_proto::v1::import_consents_request::Message;
use assent_proto::v1::{Basis, import_event};

use super::held::{History, Reader};
use super::*;
use crate::faults::chance::Chance;
use crate::faults::number_from;

/// Few, so that what is written is often about who was told of, or is about to be.
const PEOPLE: u64 = 4;

/// One of them, by chance.
fn somebody<'a>(chance: &mut Chance, names: &'a [String]) -> &'a str {
    let count = u64::try_from(names.len()).expect("a small number");
    &names[usize::try_from(chance.below(count)).expect("a small number")]
}

/// What one says of, by chance.
fn of_something(chance: &mut Chance) -> Option<Coverage> {
    match chance.below(3) {
        0 => marketing(),
        1 => story::tracking(),
        _ => story::everything(),
    }
}

/// A list by chance, of answers as they are when it comes and of older ones.
async fn import_by_chance(client: &Client, chance: &mut Chance, names: &[String]) {
    let lines = (1..=3).map(|line| {
        let answer = if chance.below(3) == 0 { Answer::Refuse } else { Answer::Grant };
        let event = import_event::Event::Answer(v1::AnswerGiven {
            answer: answer.into(),
            coverage: of_something(chance),
            decided_at: (chance.below(4) == 0).then(|| story::timestamp(START - 1_000_000)),
            basis: if answer == Answer::Grant { Basis::Imported.into() } else { 0 },
            evidence: None,
        });
        story::import_line(line, somebody(chance, names), [event])
    });
    let chunk = v1::ImportChunk { number: 1, lines: lines.collect() };
    let header = story::import_header(&format!("list {}", chance.below(u64::MAX)));
    let messages = [Message::Header(header), Message::Chunk(chunk)].map(story::import);
    let Ok(begun) = client.consents().import_consents(tokio_stream::iter(messages)).await else { return };
    let mut told = begun.into_inner();
    while let Ok(Some(_)) = told.message().await {}
}

/// Somebody says something by chance, or is erased, or a list says something of some. Whether that is written is looked at
/// afterwards.
pub(super) async fn write_by_chance(client: &Client, chance: &mut Chance, names: &[String]) {
    let who = somebody(chance, names);
    let coverage = of_something(chance);
    let answer = match chance.below(14) {
        12 | 13 => return import_by_chance(client, chance, names).await,
        0 => {
            let erase = v1::EraseProfileRequest {
                profile_table: story::people(),
                profile: story::person(who),
                origin: None,
            };
            let _ = client.privacy().erase_profile(erase).await;
            return;
        }
        1 | 2 => Answer::Refuse,
        3 | 4 => Answer::Withdraw,
        5 => Answer::Object,
        _ => Answer::Grant,
    };
    let mut item = story::item(who, answer, START, None);
    let Some(upsert_consents_item::Event::Answer(given)) = &mut item.event else { panic!("an answer") };
    (given.coverage, given.decided_at) = (coverage, None);
    // Somebody who was erased in this very instant cannot begin anew yet, which is an answer too.
    let _ = client.consents().upsert_consents(story::batch(vec![item])).await;
}

/// The page after that place, taken alone, so that the next one is not read before it is asked for; of a new snapshot first where it
/// begins.
async fn one_more(client: &Client, token: Option<String>) -> Event {
    let new = token.is_none();
    let request = SnapshotConsentsRequest { resume_token: token, ..pages_of(1) };
    let mut snapshot = Copying::begin(client, request).await;
    let begun = snapshot.page().await;
    if new { Event::Page(begun) } else { snapshot.next().await }
}

#[apply(every_app)]
async fn snapshot_and_changes_add_up_whatever_is_written_between_the_pages(app: &TestApp) {
    let stories: u64 = number_from("TEST_SNAPSHOT_STORIES", 12);
    let seed: u64 = number_from("TEST_SNAPSHOT_SEED", 20_261_122);
    settled(app).await;
    let client = app.client().once();
    let (mut passed_by, mut imported) = (0, 0);
    for number in 0..stories {
        let seed = seed.wrapping_add(number);
        let mut chance = Chance::seeded(seed);
        let names: Vec<_> = (0..PEOPLE).map(|nth| format!("s{number}n{nth}")).collect();
        let everybody: Vec<_> = names.iter().map(|name| marks::id(name)).collect();
        let mut write = async |most: u64| {
            for _ in 0..chance.below(most) {
                app.advance(Duration::from_micros(1));
                write_by_chance(&client, &mut chance, &names).await;
            }
        };
        write(6).await;
        let mut reader = Reader::default();
        let mut token = None;
        let end = loop {
            write(4).await;
            match one_more(&client, token.take()).await {
                Event::Page(page) => {
                    reader.take(&page);
                    token = Some(page.resume_token);
                }
                Event::End(end) => break end,
            }
        };
        write(4).await;
        reader.catch_up(&client, end.cursor).await;
        let differences = reader.differences(&client, &everybody).await;
        assert!(differences.is_empty(), "TEST_SNAPSHOT_SEED={seed}\n{}", differences.join("\n"));
        reader.hold_against(&History::read(&client).await);
        passed_by += reader.passed_by;
        imported += reader.imported;
        // Out of the next story's way.
        for who in &names {
            erase(&client, who).await;
        }
    }
    assert!(stories < 12 || passed_by > 0, "no page was ever ahead of a change");
    assert!(stories < 12 || imported > 0, "no list was ever applied");
}

//! The property: whatever is written between the pages of a snapshot, snapshot and changes add up to what is on record.
//!
//! `TEST_SNAPSHOT_STORIES` and `TEST_SNAPSHOT_SEED` make it longer and begin it elsewhere:
//! `TEST_SNAPSHOT_STORIES=5000 TEST_SNAPSHOT_SEED=$RANDOM target/debug/with-postgres cargo test -p assent-tests --test it interleaved`
//! (nextest would end a test after three minutes).

use super::held::{History, Reader};
use super::*;
use crate::faults::chance::Chance;
use crate::faults::number_from;

/// Few, so that what is written is often about who was told of, or is about to be.
const PEOPLE: u64 = 4;

/// Somebody says something by chance, or is erased.
pub(super) async fn write_by_chance(client: &Client, chance: &mut Chance, names: &[String]) {
    let count = u64::try_from(names.len()).expect("a small number");
    let who = &names[usize::try_from(chance.below(count)).expect("a small number")];
    let coverage = match chance.below(3) {
        0 => marketing(),
        1 => story::tracking(),
        _ => story::everything(),
    };
    let answer = match chance.below(12) {
        0 => return erase(client, who).await,
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

/// The page after that place, taken alone, so that the next one is not read before it is asked for.
async fn one_more(client: &Client, token: Option<String>) -> Event {
    let mut snapshot =
        Copying::begin(client, SnapshotConsentsRequest { resume_token: token, ..pages_of(1) }).await;
    snapshot.page().await;
    snapshot.next().await
}

#[apply(every_app)]
async fn snapshot_and_changes_add_up_whatever_is_written_between_the_pages(app: &TestApp) {
    let stories: u64 = number_from("TEST_SNAPSHOT_STORIES", 12);
    let seed: u64 = number_from("TEST_SNAPSHOT_SEED", 20_261_122);
    settled(app).await;
    let client = app.client().once();
    let mut passed_by = 0;
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
        let mut begun = Copying::begin(&client, pages_of(1)).await;
        let mut token = begun.page().await.resume_token;
        drop(begun);
        let mut reader = Reader::default();
        let end = loop {
            write(4).await;
            match one_more(&client, Some(token)).await {
                Event::Page(page) => {
                    reader.take(&page);
                    token = page.resume_token;
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
        // Out of the next story's way.
        for who in &names {
            erase(&client, who).await;
        }
    }
    assert!(stories < 12 || passed_by > 0, "no page was ever ahead of a change");
}

//! Where a page ends: its size, its bytes, what one call looks at, and what never shows.

use assent_domain::ledger::{ChainHash, Head};
use assent_domain::scope::Purpose;
use assent_proto::v1::ConsentChange;
use prost::Message;

use super::*;
use crate::change::end::NOTHING;
use crate::change::sample::stored;
use crate::feed::room::{BYTES_BESIDE, BYTES_MAX};

fn entry(position: u64, letters: usize) -> Entry {
    Entry::write(stored(position, letters))
}

fn end(position: u64) -> End {
    End::for_tests(Head { position, chain: ChainHash([0; 32]) })
}

fn page(asked: u32, message_out: usize) -> Page {
    Page::after(end(0).cursor(0, NOTHING), asked, message_out)
}

fn filled(mut page: Page, filter: &ChangeFilter, entries: &[Entry]) -> Page {
    for entry in entries {
        page.look_at(entry, filter, &end(100));
    }
    page
}

fn changes(page: &Page) -> impl Iterator<Item = ConsentChange> {
    page.changes.iter().map(|change| ConsentChange::decode(change.as_slice()).unwrap())
}

fn positions(page: &Page) -> Vec<u64> {
    changes(page).map(|change| change.position).collect()
}

const EVERYTHING: usize = 4 * 1024 * 1024;

#[test]
fn a_page_ends_at_its_size_and_goes_on_after_its_last_change() {
    let entries: Vec<_> = (1..=5).map(|position| entry(position, 1)).collect();
    let page = filled(page(3, EVERYTHING), &ChangeFilter::default(), &entries);
    assert_eq!(positions(&page), [1, 2, 3]);
    assert_eq!(page.cursor, end(100).cursor(3, (entries[2].record_id, entries[2].chain)));
    assert!(!page.caught_up(&end(5)) && page.caught_up(&end(3)));
}

#[test]
fn a_size_is_taken_as_5000_at_most_and_as_1000_if_not_said() {
    let sizes = [0, 1, 5_000, 5_001, u32::MAX].map(|asked| page(asked, EVERYTHING).room.size);
    assert_eq!(sizes, [1_000, 1, 5_000, 5_000, 5_000]);
}

#[test]
fn a_page_ends_before_it_grows_beyond_what_may_be_sent() {
    let entries: Vec<_> = (1..=3).map(|position| entry(position, 1_000)).collect();
    let page = filled(page(3, BYTES_BESIDE + 2_500), &ChangeFilter::default(), &entries);
    assert_eq!(positions(&page), [1, 2]);
    assert_eq!(page.cursor.position, 2);
    let bytes: usize = page.changes.iter().map(|change| change.len() + 3).sum();
    assert!(bytes <= 2_500, "{bytes}");
}

#[test]
fn what_fits_into_the_last_quarter_of_a_page_is_not_looked_for() {
    let room = |bytes: usize| page(100, BYTES_BESIDE + bytes);
    let two: Vec<_> = (1..=2).map(|position| entry(position, 1_000)).collect();
    let looks_on = |bytes| {
        let page = filled(room(bytes), &ChangeFilter::default(), &two);
        (positions(&page).len(), page.room.is_full(), page.room.looks_on())
    };
    assert_eq!(looks_on(4_400), (2, false, true));
    assert_eq!(looks_on(2_500), (2, false, false));
    assert!(room(1).room.looks_on(), "the first one always fits");
}

#[test]
fn a_whole_answer_of_large_changes_stays_below_4_mib() {
    let entries: Vec<_> = (1..=5_000).map(|position| entry(position, 1_000)).collect();
    let page = filled(page(5_000, usize::MAX), &ChangeFilter::default(), &entries);
    let answer = assent_proto::written::ReadConsentChangesResponse {
        next_cursor: "c".repeat(1_024),
        changes: page.changes,
        caught_up: true,
        covered_after: u64::MAX,
        covered_through: u64::MAX,
        head_position: u64::MAX,
    };
    let bytes = answer.encoded_len();
    assert!((4_100_000..=BYTES_MAX).contains(&bytes), "{bytes}");
}

#[test]
fn a_change_that_is_larger_than_a_page_is_read_alone() {
    let entries: Vec<_> = (1..=2).map(|position| entry(position, 5_000)).collect();
    let page = filled(page(3, 1_024), &ChangeFilter::default(), &entries);
    assert_eq!((positions(&page), page.cursor.position), (vec![1], 1));
}

#[test]
fn what_is_filtered_out_is_passed_by() {
    let tracking = ChangeFilter { purposes: vec![Purpose::Tracking], ..ChangeFilter::default() };
    let page = filled(page(3, EVERYTHING), &tracking, &[entry(1, 1), entry(2, 1)]);
    assert!(page.changes.is_empty());
    assert_eq!(page.cursor.position, 2);
    assert!(page.may_wait(&end(2)) && !page.may_wait(&end(3)));
}

#[test]
fn a_record_without_a_change_and_a_redacted_one_are_passed_by() {
    let (mut unchanged, mut redacted) = (stored(1, 1), stored(2, 1));
    unchanged.held.as_mut().unwrap().change = None;
    redacted.held = None;
    let page = filled(
        page(3, EVERYTHING),
        &ChangeFilter::default(),
        &[Entry::write(unchanged), Entry::write(redacted), entry(3, 1)],
    );
    assert_eq!((positions(&page), page.cursor.position), (vec![3], 3));
}

#[test]
fn a_page_looks_at_no_more_in_one_go_than_it_has_room_for() {
    assert_eq!(page(0, EVERYTHING).room.slice(), 1_000);
    assert_eq!(page(0, BYTES_BESIDE + 128 * 1024).room.slice(), 512, "of a stream's batch");
    assert_eq!(
        page(0, BYTES_BESIDE + 1_000).room.slice(),
        100,
        "or a filter that lets little pass would look for ever"
    );
    assert_eq!(page(300, EVERYTHING).room.slice(), 300);
}

#[test]
fn a_call_looks_at_so_many_positions_and_then_answers() {
    let tracking = ChangeFilter { purposes: vec![Purpose::Tracking], ..ChangeFilter::default() };
    let mut page = page(3, EVERYTHING);
    let end = end(LOOKED_AT_MAX);
    for position in 1..LOOKED_AT_MAX {
        page.look_at(&entry(position, 1), &tracking, &end);
    }
    assert_eq!((page.room.looks_left, page.room.slice()), (1, 1));
    page.look_at(&entry(LOOKED_AT_MAX, 1), &tracking, &end);
    assert!(page.caught_up(&end) && !page.may_wait(&end), "it answers and moves rather than waiting");
}

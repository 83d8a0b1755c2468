use super::super::history::{Change, Erasure, Event, Follower, Item, Page, Walked};
use super::*;

/// A good history of a few positions: Anna's two, Bruno's one, Chloe erased after one, and a follower of all.
fn good() -> History {
    let mut history = History { tenant: "t".to_owned(), ..History::default() };
    add(&mut history, "anna", 1, Some("a1"));
    add(&mut history, "bruno", 1, Some("b1"));
    add(&mut history, "chloe", 1, Some("c1"));
    add(&mut history, "chloe", 2, None);
    add(&mut history, "anna", 2, Some("a2"));
    let emptied = &mut history.entries[2];
    (emptied.opened, emptied.who, emptied.token) = (None, None, None);
    history.calls = vec![
        call(0, &[("anna", "a1"), ("bruno", "b1")], (1, 2), Told::Acknowledged),
        call(1, &[("chloe", "c1")], (3, 4), Told::Unknown),
        call(2, &[("anna", "a2")], (5, 6), Told::Acknowledged),
        call(3, &[("anna", "never"), ("bruno", "there")], (7, 8), Told::Unknown),
    ];
    history.erasures = vec![Erasure { who: "chloe".to_owned(), told: Told::Acknowledged }];
    history.versions = [("anna".to_owned(), 2), ("bruno".to_owned(), 1)].into();
    let page = |range: std::ops::RangeInclusive<usize>| {
        let changes = history.entries[range.clone()].iter().map(|entry| Change {
            position: entry.position,
            record: entry.record.clone(),
            who: entry.who.clone().unwrap_or_else(|| "chloe".to_owned()),
            version: entry.version,
        });
        let (after, through) = (*range.start() as u64, *range.end() as u64 + 1);
        Event::Page(Page { after, through, changes: changes.collect() })
    };
    let events = vec![
        Event::Began { after: 0 },
        page(0..=1),
        Event::Saved,
        page(2..=3),
        Event::Resumed,
        page(2..=4),
        Event::Saved,
    ];
    history.followers = vec![Follower { name: "follower 0".to_owned(), events }];
    chained(&mut history);
    history
}

fn add(history: &mut History, who: &str, version: u64, token: Option<&str>) {
    let position = history.entries.len() as u64 + 1;
    let opened = (vec![7; 32], format!("{who}{version}").into_bytes());
    history.entries.push(Entry {
        position,
        record: format!("r{position}"),
        leaf: chain::leaf(&opened.0, &opened.1),
        opened: Some(opened),
        who: Some(who.to_owned()),
        version,
        changed: true,
        token: token.map(str::to_owned),
        ..Entry::default()
    });
}

/// Gives positions and the chain anew, so that a history is wrong in one way alone.
fn chained(history: &mut History) {
    let mut chain = chain::genesis(&history.tenant);
    for (entry, position) in history.entries.iter_mut().zip(1..) {
        entry.position = position;
        chain = chain::next(&chain, position, &entry.leaf);
        entry.chain.clone_from(&chain);
    }
    let redacted = history.entries.iter().filter(|entry| entry.opened.is_none()).count() as u64;
    history.walked = Walked { verified: history.entries.len() as u64 - redacted, redacted, chain };
}

fn call(number: usize, items: &[(&str, &str)], (began, ended): (u64, u64), told: Told) -> Call {
    let item = |(who, token): &(&str, &str)| Item { who: (*who).to_owned(), token: (*token).to_owned() };
    Call { writer: 0, number, items: items.iter().map(item).collect(), began, ended, told }
}

/// What the judge says of the good history, changed.
fn wrong(change: impl FnOnce(&mut History)) -> String {
    let mut history = good();
    change(&mut history);
    judge(&history).expect_err("a bad history")
}

fn events(history: &mut History) -> &mut Vec<Event> {
    &mut history.followers[0].events
}

fn page_of(history: &mut History, event: usize) -> &mut Page {
    let Event::Page(page) = &mut events(history)[event] else { panic!("a page") };
    page
}

#[test]
fn a_good_history_is_good() {
    assert_eq!(judge(&good()), Ok(()));
}

#[test]
fn a_missing_position_is_named() {
    let told = wrong(|history| {
        history.entries.remove(1);
    });
    assert_eq!(told, "position 2 is missing: 3 stands in its place");
}

#[test]
fn a_doubled_position_is_named() {
    let told = wrong(|history| history.entries[2].position = 2);
    assert_eq!(told, "position 2 is doubled: two records have it");
    let told = wrong(|history| history.entries[4].record = "r1".to_owned());
    assert_eq!(told, "position 5 is doubled: its record stands at 1 already");
    let told = wrong(|history| history.entries[4].token = Some("a1".to_owned()));
    assert_eq!(told, "position 5 is doubled: what it holds was recorded at 1 already");
}

#[test]
fn a_position_out_of_order_is_named() {
    let told = wrong(|history| {
        history.entries.swap(0, 4);
        chained(history);
    });
    assert_eq!(told, "position 5 is out of order: it holds version 1 of a profile, and 1 version 2");
    let told = wrong(|history| history.entries[4].version = 1);
    assert_eq!(told, "position 5 is out of order: it holds version 1 of a profile after version 1");
}

#[test]
fn a_lost_version_is_named_with_the_position_that_shows_it() {
    let told = wrong(|history| history.entries[4].version = 3);
    assert_eq!(told, "version 2 of a profile is lost: position 5 holds version 3 after version 1");
    let told = wrong(|history| {
        history.versions.insert("bruno".to_owned(), 2);
    });
    assert_eq!(told, "version 2 of a profile is lost: its last, at position 2, is version 1");
    let told = wrong(|history| history.unnumbered.push(9));
    assert_eq!(told, "version 9 of a profile is lost: its record has no position");
}

#[test]
fn an_acknowledged_call_that_is_not_there_is_lost() {
    let told = wrong(|history| history.calls[3].told = Told::Acknowledged);
    assert!(told.starts_with("call 3 of writer 0 was acknowledged and is lost"), "{told}");
    assert!(told.ends_with("the last of that profile is 5, version 2"), "{told}");
}

#[test]
fn half_of_a_call_is_seen() {
    let told = wrong(|history| {
        history.calls[2].items.push(Item { who: "bruno".to_owned(), token: "b2".to_owned() })
    });
    assert!(told.starts_with("call 2 of writer 0 was acknowledged and is lost"), "{told}");
    let told = wrong(|history| {
        history.calls[2].items.push(Item { who: "bruno".to_owned(), token: "b2".to_owned() });
        history.calls[2].told = Told::Unknown;
    });
    assert_eq!(told, "half of call 2 of writer 0 is there: position 5 and not the rest");
}

#[test]
fn what_nobody_sent_or_a_restore_took_away_is_seen() {
    let told = wrong(|history| history.entries[4].token = Some("x".to_owned()));
    assert!(told.contains("lost"), "{told}");
    let told = wrong(|history| {
        history.calls.remove(2);
    });
    assert_eq!(told, "position 5 holds what nobody sent");
    let told = wrong(|history| history.calls[2].told = Told::TakenAway);
    assert_eq!(told, "position 5 holds what a restore took away");
}

#[test]
fn an_order_that_contradicts_the_calls_is_named() {
    let told = wrong(|history| (history.calls[0].began, history.calls[0].ended) = (9, 10));
    assert_eq!(told, "position 5 is out of order: it was acknowledged before the call of position 1 began");
}

#[test]
fn calls_under_way_at_the_same_time_have_no_order() {
    let mut history = good();
    (history.calls[0].began, history.calls[0].ended) = (5, 10);
    assert_eq!(judge(&history), Ok(()));
}

#[test]
fn a_broken_chain_is_named() {
    let told = wrong(|history| history.entries[3].chain[0] ^= 1);
    assert_eq!(told, "the chain does not verify at position 4");
    let told = wrong(|history| history.entries[1].opened.as_mut().expect("a record").1.push(0));
    assert_eq!(told, "the record at position 2 is not the one its leaf was made of");
    let told = wrong(|history| history.walked.verified = 5);
    assert!(told.starts_with("the service's own walk ended otherwise"), "{told}");
}

#[test]
fn the_erased_are_counted() {
    let told = wrong(|history| {
        let emptied = &mut history.entries[0];
        (emptied.opened, emptied.who, emptied.token) = (None, None, None);
        history.entries[4].version = 1;
        history.entries[4].token = Some("a1".to_owned());
        history.versions.insert("anna".to_owned(), 1);
    });
    assert_eq!(told, "position 3 is emptied, and nobody erased it");
    let told = wrong(|history| {
        history.entries.remove(2);
        chained(history);
    });
    assert_eq!(told, "version 1 of somebody erased is lost: no position is left of it");
    let told = wrong(|history| history.erasures.clear());
    assert_eq!(told, "position 4 holds what nobody sent");
    let told = wrong(|history| {
        history.calls.remove(1);
    });
    assert_eq!(told, "the erasure at position 4 emptied 1 records, of 0 sent and 0 acknowledged");
    let told = wrong(|history| {
        history.entries[2].who = Some("chloe".to_owned());
        history.entries[2].token = Some("c1".to_owned());
    });
    assert_eq!(told, "position 3 still names somebody who is erased at 4");
}

#[test]
fn a_follower_that_was_never_handed_a_position_names_it() {
    let told = wrong(|history| {
        page_of(history, 1).changes.remove(1);
    });
    assert_eq!(told, "follower 0: position 2 is lost: it was never handed out");
}

#[test]
fn a_follower_s_pages_join() {
    let told = wrong(|history| page_of(history, 5).after = 3);
    assert_eq!(told, "follower 0: the page after position 2 begins after 3");
    let told = wrong(|history| {
        events(history).truncate(3);
    });
    assert_eq!(told, "follower 0: it ends at position 2 of 5");
}

#[test]
fn a_follower_that_is_handed_two_records_for_a_position_names_it() {
    let told = wrong(|history| page_of(history, 3).changes[1].record = "other".to_owned());
    assert_eq!(told, "follower 0: position 4 is doubled: it was handed out as two records");
    let told = wrong(|history| page_of(history, 1).changes.swap(0, 1));
    assert_eq!(told, "follower 0: position 1 is out of order: it comes after 2 on a page through 2");
    let told = wrong(|history| page_of(history, 5).changes[2].record = "other".to_owned());
    assert_eq!(told, "follower 0: position 5 was another record's when it was handed out");
}

#[test]
fn a_follower_that_goes_on_after_a_restore_is_seen() {
    // It holds a position 5 that the restored ledger gave to nobody.
    let told = wrong(|history| {
        history.entries.pop();
        history.calls.remove(2);
        history.versions.insert("anna".to_owned(), 1);
        chained(history);
    });
    assert_eq!(told, "follower 0: it ends at position 5 of 4");
    let told = wrong(|history| history.entries[1].changed = false);
    assert_eq!(told, "follower 0: position 2 was handed out and changed nothing");
}

#[test]
fn a_follower_that_was_told_to_begin_anew_does() {
    let mut history = good();
    let all = page_of(&mut history, 5).clone();
    let told = events(&mut history);
    told.extend([Event::Told("CURSOR_DIVERGED".to_owned()), Event::Began { after: 2 }, Event::Page(all)]);
    assert_eq!(judge(&history), Ok(()));
    events(&mut history).truncate(8);
    assert_eq!(judge(&history).expect_err("no cursor"), "follower 0: it ends without a cursor");
}

/// The good history, whose follower took a snapshot of those after position 2 and read the rest.
fn handed_over(people: &[(&str, u64)]) -> Result<(), String> {
    let mut history = good();
    let mut rest = page_of(&mut history, 5).clone();
    rest.after = 2;
    let people = people.iter().map(|(who, version)| ((*who).to_owned(), *version)).collect();
    let told = events(&mut history);
    told.extend([
        Event::Told("CURSOR_EXPIRED".to_owned()),
        Event::HandedOver { after: 2, people },
        Event::Page(rest),
    ]);
    judge(&history)
}

#[test]
fn a_follower_with_a_snapshot_holds_what_is_on_record() {
    assert_eq!(handed_over(&[("anna", 1), ("bruno", 1)]), Ok(()));
    // A snapshot may be ahead of its cursor, and know somebody who is erased later.
    assert_eq!(handed_over(&[("anna", 2), ("bruno", 1), ("chloe", 1)]), Ok(()));
    let wrong = |people| handed_over(people).expect_err("a bad history");
    assert_eq!(
        wrong(&[("anna", 1)]),
        "follower 0: position 2 is lost: it holds version 0 of a profile after its snapshot, not 1"
    );
    assert_eq!(wrong(&[("anna", 1), ("bruno", 2)]), "follower 0: it holds version 2 of a profile that has 1");
    assert_eq!(
        wrong(&[("anna", 1), ("bruno", 1), ("dario", 1)]),
        "follower 0: it holds version 1 of a profile that is not on record"
    );
}

#[test]
fn an_error_that_nothing_explains_is_told() {
    let told = wrong(|history| history.oddities.push("INTERNAL after position 3".to_owned()));
    assert_eq!(told, "1 errors that nothing explains, the first: INTERNAL after position 3");
}

//! Reading the ledger: pages, heads, positions, and readers that see their own writes.

use std::convert::identity;
use std::sync::Arc;

use assent_domain::change::Effect;
use assent_domain::ledger::Head;
use assent_store::{StoreError, Stretch};
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{at, home, people, person, sequencer, tenant, withdraw, withdraw_one, write};

#[apply(every_engine)]
async fn a_page_holds_the_records_after_a_position_with_what_they_changed(engine: Engine) {
    let home = home(engine).await;
    let sequencer = sequencer(&home.store);
    let tenant = tenant();
    assert_eq!(home.store.feed_head(&tenant).await, Ok(None));
    let empty = sequencer.head(&tenant, at(5)).await.unwrap();
    assert_eq!((empty.incarnation, empty.head), ([7; 16], Head::empty(&tenant)));
    let first = withdraw_one(&home.store, &tenant, &person("a"), at(10)).await;
    let second = withdraw_one(&home.store, &tenant, &person("a"), at(20)).await;
    sequencer.catch_up(&tenant, at(30)).await.unwrap();
    let page = home.store.read_ledger(&tenant, 0, 10, identity).await.unwrap().entries;
    let found: Vec<_> = page.iter().map(|entry| (entry.position, entry.record_id)).collect();
    assert_eq!(found, [(1, first.id), (2, second.id)]);
    let effects: Vec<_> = page
        .iter()
        .map(|entry| entry.held.as_ref().unwrap().change.as_ref().unwrap().lines[0].effect)
        .collect();
    assert_eq!(effects, [Effect::Withdrawn, Effect::Renewed]);
    let read = async |after, limit| home.store.read_ledger(&tenant, after, limit, identity).await.unwrap();
    let oldest_position = Some(1);
    let rest =
        Stretch { before: Some((first.id, page[0].chain)), oldest_position, entries: page[1..].to_vec() };
    assert_eq!(read(1, 10).await, rest, "what stands before comes along");
    assert_eq!(read(0, 1).await, Stretch { before: None, oldest_position, entries: page[..1].to_vec() });
    assert_eq!(read(1, 1).await.entries, page[1..2]);
    assert_eq!(read(2, 1).await.before, Some((second.id, page[1].chain)));
    assert_eq!(read(3, 10).await, Stretch { before: None, oldest_position: None, entries: Vec::new() });
    let head = home.store.feed_head(&tenant).await.unwrap().unwrap();
    assert_eq!((head.head.position, head.head.chain), (2, page[1].chain));
    assert_eq!((head.incarnation, head.updated_at), ([7; 16], at(30)));
    assert_eq!(head.recorded_up_to, at(20));
    assert_eq!(home.store.record_at(&tenant, 2).await, Ok(Some((second.id, page[1].chain))));
    assert_eq!(home.store.record_at(&tenant, 3).await, Ok(None));
}

#[apply(every_engine)]
async fn what_is_missing_from_a_record_s_row_is_said_and_never_read_as_nothing(engine: Engine) {
    let home = home(engine).await;
    withdraw_one(&home.store, &tenant(), &person("a"), at(1)).await;
    sequencer(&home.store).catch_up(&tenant(), at(2)).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    for column in ["effects", "salt"] {
        look.run(&format!("CREATE TABLE kept AS SELECT id, {column} AS kept FROM record")).await.unwrap();
        look.run(&format!("UPDATE record SET {column} = NULL")).await.unwrap();
        let read = home.store.read_ledger(&tenant(), 0, 10, identity).await;
        assert_eq!(read, Err(StoreError::Inconsistent { table: "record", column }));
        look.run(&format!("UPDATE record SET {column} = (SELECT kept FROM kept)")).await.unwrap();
        look.run("DROP TABLE kept").await.unwrap();
    }
    look.run("DELETE FROM feed_head").await.unwrap();
    let read = home.store.read_ledger(&tenant(), 0, 10, identity).await;
    assert_eq!(read, Err(StoreError::Inconsistent { table: "record", column: "oldest_position" }));
    assert_eq!(home.store.read_links(&tenant(), 0, 10).await.unwrap().len(), 1);
}

#[apply(every_engine)]
async fn the_position_before_a_recorded_time_leaves_out_nothing_recorded_since(engine: Engine) {
    let home = home(engine).await;
    let tenant = tenant();
    // The second is recorded earlier than the first, by another replica's clock, and numbered later.
    for (name, recorded) in [("a", 100), ("b", 50), ("c", 200)] {
        withdraw_one(&home.store, &tenant, &person(name), at(recorded)).await;
        sequencer(&home.store).catch_up(&tenant, at(300)).await.unwrap();
    }
    for (asked, position) in [(40, Some(0)), (100, Some(0)), (101, Some(2)), (200, Some(2)), (201, None)] {
        assert_eq!(home.store.position_before(&tenant, at(asked)).await, Ok(position), "{asked}");
    }
}

#[apply(every_engine)]
async fn a_feed_is_trimmed_by_age_up_to_the_first_position_that_is_young_and_never_back(engine: Engine) {
    let home = home(engine).await;
    let (store, tenant) = (&home.store, tenant());
    assert_eq!(store.trim_feed(&tenant, at(0)).await, Ok(false), "it has not begun");
    for (name, recorded) in [("a", 100), ("b", 50), ("c", 200)] {
        withdraw_one(store, &tenant, &person(name), at(recorded)).await;
        sequencer(store).catch_up(&tenant, at(300)).await.unwrap();
    }
    assert_eq!(store.tenants_with_feeds().await, Ok(vec![tenant.clone()]));
    let trims = async |kept_from, oldest, raised| {
        assert_eq!(store.trim_feed(&tenant, at(kept_from)).await, Ok(raised), "{kept_from}");
        let head = store.feed_head(&tenant).await.unwrap().unwrap();
        assert_eq!((head.oldest_position, head.updated_at), (oldest, at(300)), "{kept_from}");
    };
    trims(100, 1, false).await;
    trims(101, 3, true).await;
    trims(50, 3, false).await;
    trims(200, 3, false).await;
    trims(201, 4, true).await;
    withdraw_one(store, &tenant, &person("d"), at(10)).await;
    sequencer(store).catch_up(&tenant, at(400)).await.unwrap();
    let head = store.feed_head(&tenant).await.unwrap().unwrap();
    assert_eq!(
        (head.head.position, head.oldest_position),
        (4, 4),
        "what comes late is not trimmed before it"
    );
}

#[apply(every_engine)]
async fn a_profile_s_history_is_paged_by_version_with_its_places(engine: Engine) {
    let home = home(engine).await;
    let tenant = tenant();
    let mut made = Vec::new();
    for turn in 0..3 {
        made.push(withdraw_one(&home.store, &tenant, &person("a"), at(turn)).await.id);
    }
    withdraw_one(&home.store, &tenant, &person("b"), at(5)).await;
    let page = home.store.list_records(&tenant, &person("a"), 0, 2).await.unwrap();
    assert!(page.iter().all(|record| record.place.is_none()), "nothing is numbered yet");
    sequencer(&home.store).catch_up(&tenant, at(9)).await.unwrap();
    let page = home.store.list_records(&tenant, &person("a"), 0, 2).await.unwrap();
    let next = home.store.list_records(&tenant, &person("a"), 2, 2).await.unwrap();
    let ids: Vec<_> = page.iter().chain(&next).map(|record| record.held.record.id).collect();
    assert_eq!(ids, made);
    let places: Vec<_> =
        page.iter().chain(&next).filter_map(|record| record.place).map(|place| place.0).collect();
    assert_eq!(places, [1, 2, 3]);
}

#[apply(every_engine)]
async fn who_reads_after_a_commit_finds_it_numbered(engine: Engine) {
    let home = home(engine).await;
    let sequencer = Arc::new(sequencer(&home.store));
    let tasks = (0..8).map(|number| {
        let (store, sequencer) = (home.store.clone(), Arc::clone(&sequencer));
        tokio::spawn(async move {
            for turn in 0..10 {
                let made = withdraw_one(&store, &tenant(), &person(&format!("p{number}")), at(turn)).await;
                sequencer.catch_up(&tenant(), at(turn)).await.unwrap();
                let last = store.list_records(&tenant(), &made.profile, made.version - 1, 1).await.unwrap();
                assert!(last[0].place.is_some(), "version {} has no position", made.version);
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

#[apply(every_engine)]
async fn what_waits_is_told_by_tenant_with_its_age(engine: Engine) {
    let home = home(engine).await;
    let other = assent_domain::id::TenantId::new("tenant-b").unwrap();
    withdraw(&home.store, &write(&tenant(), &people(3), at(7))).await.unwrap();
    withdraw_one(&home.store, &other, &person("a"), at(9)).await;
    let waiting = home.store.pending().await.unwrap();
    let told: Vec<_> = waiting.iter().map(|w| (w.tenant.as_str(), w.records, w.oldest)).collect();
    assert_eq!(told, [("tenant-a", 3, at(7)), ("tenant-b", 1, at(9))]);
    sequencer(&home.store).catch_up(&tenant(), at(9)).await.unwrap();
    assert_eq!(home.store.pending().await.unwrap().len(), 1);
}

//! Trimming: the oldest position rises by position alone and never falls, an erasure's record is emptied and passed in one, and
//! all of it takes few statements, whatever there is to trim.

use std::convert::identity;
use std::time::Duration;

use assent_domain::command::Stamp;
use assent_domain::time::{Instant, Span};
use assent_service::clock::{Clock, SystemClock};
use assent_store::{Erasure, ErasureWrite, ProfileKey, Store, StoreError, StoreOptions, TombstoneKey};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{
    Home, at, home, next_id, next_salt, people, person, sequencer, tenant, withdraw, withdraw_one, write,
};
use super::statements::Counted;

/// Longer than an erasure's record names anybody.
const FORGOTTEN: Span = Span::from_days(31);

async fn oldest(store: &Store) -> u64 {
    store.feed_head(&tenant()).await.unwrap().unwrap().oldest_position
}

/// A store with a key for tombstones.
pub(super) async fn erasing(home: &Home) -> Store {
    let mut options = StoreOptions::new(home.database.url());
    options.tombstones = Some(TombstoneKey::new([1; 32]));
    Store::connect(&options).await.unwrap()
}

pub(super) async fn erase(store: &Store, person: &ProfileKey, now: Instant) -> Erasure {
    let tenant = tenant();
    let write = ErasureWrite { tenant: &tenant, person, salt: next_salt(), now };
    let erase = |profile: assent_domain::profile::Profile| {
        profile.erase(&mut Stamp { now, origin: None, next_id: &mut next_id })
    };
    store.erase_profile(&write, erase).await.unwrap()
}

/// Completes the erasures that stand.
pub(super) async fn complete(store: &Store, now: Instant) {
    for erasure in store.erasures_to_finish(now).await.unwrap() {
        store.finish_erasure(&erasure, now).await.unwrap();
    }
}

#[apply(every_engine)]
async fn what_was_recorded_then_or_later_is_kept_and_what_is_trimmed_stays_so(engine: Engine) {
    let home = home(engine).await;
    let (store, tenant) = (&home.store, tenant());
    assert_eq!(store.trim_feed(&tenant, at(1_000)).await, Ok(false), "there is no feed");
    assert_eq!(store.tenants_with_feeds().await, Ok(Vec::new()));
    // The second is recorded earlier than the first, by another replica's clock, and numbered later.
    for (name, recorded) in [("a", 100), ("b", 50), ("c", 200)] {
        withdraw_one(store, &tenant, &person(name), at(recorded)).await;
        sequencer(store).catch_up(&tenant, at(300)).await.unwrap();
    }
    assert_eq!(store.tenants_with_feeds().await, Ok(vec![tenant.clone()]));
    for (kept_from, raised, position) in
        [(100, false, 1), (101, true, 3), (101, false, 3), (200, false, 3), (40, false, 3), (201, true, 4)]
    {
        assert_eq!(store.trim_feed(&tenant, at(kept_from)).await, Ok(raised), "{kept_from}");
        assert_eq!(oldest(store).await, position, "{kept_from}");
    }
    withdraw_one(store, &tenant, &person("d"), at(400)).await;
    sequencer(store).catch_up(&tenant, at(400)).await.unwrap();
    assert_eq!(store.trim_feed(&tenant, at(300)).await, Ok(false), "one beyond the last is the next");
    assert_eq!(oldest(store).await, 4);
}

/// With the head held as a step of numbering holds it: what that step numbers is young, and must not be passed over with what is
/// old. On SQLite there is one writer.
#[test]
fn what_is_numbered_while_it_is_trimmed_is_not_trimmed_with_it() {
    assent_tests::engine::run(async {
        let home = home(Engine::Postgres).await;
        let tenant = tenant();
        withdraw_one(&home.store, &tenant, &person("a"), at(100)).await;
        sequencer(&home.store).catch_up(&tenant, at(100)).await.unwrap();
        let mut holder = Look::at(home.database.url()).await.unwrap();
        let id = tenant.as_str();
        holder
            .run(&format!(
                "BEGIN; UPDATE feed_head SET position = 2 WHERE tenant = '{id}'; \
                 INSERT INTO ledger (tenant, position, record_id, chain, recorded_up_to) \
                 VALUES ('{id}', 2, '\\x01', '\\x02', {})",
                at(5_000).micros()
            ))
            .await
            .unwrap();
        let (store, asked) = (home.store.clone(), tenant.clone());
        let trimming = tokio::spawn(async move { store.trim_feed(&asked, at(4_000)).await });
        let mut eyes = Look::at(home.database.url()).await.unwrap();
        // Of a row's lock the list of locks does not say in which database it is.
        let waiting = "SELECT CAST(count(*) AS TEXT) FROM pg_stat_activity \
                       WHERE wait_event_type = 'Lock' AND datname = current_database()";
        while eyes.column(waiting).await.unwrap() == ["0"] {
            SystemClock::new().sleep(Duration::from_millis(2)).await;
        }
        holder.run("COMMIT").await.unwrap();
        assert_eq!(trimming.await.unwrap(), Ok(true));
        assert_eq!(oldest(&home.store).await, 2, "the second was recorded later");
    });
}

#[apply(every_engine)]
async fn an_erasure_that_waits_for_its_number_keeps_its_name_until_it_has_one(engine: Engine) {
    let home = home(engine).await;
    let (store, tenant) = (erasing(&home).await, tenant());
    withdraw_one(&store, &tenant, &person("a"), at(1)).await;
    sequencer(&store).catch_up(&tenant, at(2)).await.unwrap();
    erase(&store, &person("a"), at(3)).await;
    let later = at(3).plus(FORGOTTEN);
    complete(&store, later).await;
    let named = store.erasures_to_forget(later).await.unwrap().remove(0);
    assert_eq!(store.forget_erased(&named, later).await, Err(StoreError::Conflict));
    assert_eq!(oldest(&store).await, 1);
    sequencer(&store).catch_up(&tenant, later).await.unwrap();
    let entries = async || store.read_ledger(&tenant, 0, 10, identity).await.unwrap().entries;
    assert!(entries().await[1].held.is_some(), "it names somebody, and nobody is sent past it");
    assert_eq!(store.forget_erased(&named, later).await, Ok(()));
    assert_eq!((oldest(&store).await, entries().await[1].held.is_some()), (3, false));
    assert_eq!(store.forget_erased(&named, later).await, Ok(()), "broken off anywhere it is done again");
    assert!(store.erasures_to_forget(later).await.unwrap().is_empty());
}

#[apply(every_engine)]
async fn trimming_takes_the_same_statements_for_one_position_and_a_thousand(engine: Engine) {
    let home = home(engine).await;
    let counted = Counted::on(home.database.url()).await;
    let (store, tenant) = (&counted.store, tenant());
    let mut taken = Vec::new();
    for (count, now) in [(1, 10), (1_000, 20)] {
        let who = people(count);
        withdraw(store, &write(&tenant, &who, at(now))).await.unwrap();
        sequencer(store).catch_up(&tenant, at(now)).await.unwrap();
        let trim = async |kept_from, raised| {
            let trim = async { assert_eq!(store.trim_feed(&tenant, at(kept_from)).await, Ok(raised)) };
            counted.during(trim).await
        };
        taken.push([
            counted.during(async { store.tenants_with_feeds().await.unwrap() }).await,
            trim(now + 1, true).await,
            trim(now + 1, false).await,
        ]);
    }
    assert_eq!(taken, [[1, 3, 3]; 2], "the head, the position, the head again");
}

#[apply(every_engine)]
async fn one_tombstone_and_a_thousand_are_sought_listed_and_put_back_by_one_statement_each(engine: Engine) {
    let home = home(engine).await;
    let counted = Counted::on(home.database.url()).await;
    let (store, tenant, key) = (&counted.store, tenant(), TombstoneKey::new([1; 32]));
    for count in [1, 1_000] {
        let of = |who: &ProfileKey| assent_store::Tombstone {
            mark: key.mark(&tenant, who),
            version: 1,
            hlc: 1,
            erased_at: at(1),
        };
        let tombstones: Vec<_> = people(count).iter().map(of).collect();
        let taken = [
            counted.during(async { store.lacking(&tenant, &tombstones).await.unwrap() }).await,
            counted.during(async { store.restore_tombstones(&tenant, &tombstones).await.unwrap() }).await,
            counted
                .during(async { assert_eq!(store.list_tombstones(None).await.unwrap().len(), count) })
                .await,
        ];
        assert_eq!(taken, [1, 1, 1], "{count}");
        assert_eq!(store.lacking(&tenant, &tombstones).await, Ok(Vec::new()));
    }
}

#[apply(every_engine)]
async fn forgetting_an_erasure_takes_few_statements(engine: Engine) {
    let home = home(engine).await;
    let mut options = StoreOptions::new(home.database.url());
    options.tombstones = Some(TombstoneKey::new([1; 32]));
    let counted = Counted::with(options).await;
    let (store, tenant) = (&counted.store, tenant());
    erase(store, &person("a"), at(3)).await;
    sequencer(store).catch_up(&tenant, at(3)).await.unwrap();
    let later = at(3).plus(FORGOTTEN);
    complete(store, later).await;
    let named = store.erasures_to_forget(later).await.unwrap().remove(0);
    let forget = async { store.forget_erased(&named, later).await.unwrap() };
    let cut = usize::from(engine == Engine::Sqlite);
    let taken = counted.during(forget).await;
    assert_eq!(taken, 4 + cut, "the record, its place, the head, the tombstone, and the log of SQLite");
}

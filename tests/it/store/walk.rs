//! A walk through everybody on record: in the order of their keys, each once, whatever their ids look like, and by an index.

use assent_domain::id::{ProfileId, TableId, TenantId};
use assent_store::{ProfileKey, ProfileWalk};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{at, home, people, tenant, withdraw, write};
use super::plans::goes_by;
use super::statements::Counted;

fn key(table: &str, id: &str) -> ProfileKey {
    ProfileKey { table: TableId::new(table).unwrap(), id: ProfileId::new(id).unwrap() }
}

/// Ids that a collation would order otherwise, and the greatest there can be.
fn odd() -> Vec<ProfileKey> {
    let greatest = "\u{10ffff}".repeat(16);
    let mut keys = vec![
        key("a", "z"),
        key("a", "Z"),
        key("a", "é"),
        key("a", "e"),
        key("a b", "1"),
        key("ab", "10"),
        key("ab", "9"),
        key("B", "x"),
        key("é", "\u{1f600}"),
        key(&greatest, &"\u{10ffff}".repeat(32)),
        key(&greatest, "1"),
    ];
    keys.sort();
    keys
}

#[apply(every_engine)]
async fn a_walk_gives_everybody_once_in_the_order_of_their_bytes(engine: Engine) {
    let (home, tenant, keys) = (home(engine).await, tenant(), odd());
    withdraw(&home.store, &write(&tenant, &keys, at(1))).await.unwrap();
    let others = TenantId::new("tenant-b").unwrap();
    withdraw(&home.store, &write(&others, &keys[..3], at(1))).await.unwrap();
    for people in [1, 2, 4, 1_000] {
        let mut walked: Vec<ProfileKey> = Vec::new();
        loop {
            let after = walked.last().cloned();
            let walk = ProfileWalk { after: after.as_ref(), table: None, people };
            let next = home.store.walk_profiles(&tenant, &walk).await.unwrap();
            let ended = next.len() < people as usize;
            walked.extend(next);
            if ended {
                break;
            }
        }
        assert_eq!(walked, keys);
    }
}

#[apply(every_engine)]
async fn a_walk_of_one_table_stays_in_it_wherever_it_comes_from(engine: Engine) {
    let (home, tenant, keys) = (home(engine).await, tenant(), odd());
    withdraw(&home.store, &write(&tenant, &keys, at(1))).await.unwrap();
    let walked = async |table: &TableId, after: Option<&ProfileKey>| {
        let walk = ProfileWalk { after, table: Some(table), people: 100 };
        home.store.walk_profiles(&tenant, &walk).await.unwrap()
    };
    for table in keys.iter().map(|key| &key.table) {
        for after in std::iter::once(None).chain(keys.iter().map(Some)) {
            let expected: Vec<_> =
                keys.iter().filter(|key| key.table == *table && Some(*key) > after).cloned().collect();
            assert_eq!(walked(table, after).await, expected);
        }
    }
    assert!(walked(&TableId::new("nobody").unwrap(), None).await.is_empty());
}

#[apply(every_engine)]
async fn a_page_of_one_and_of_a_thousand_take_one_statement_to_find_and_one_to_read(engine: Engine) {
    let home = home(engine).await;
    let (counted, tenant) = (Counted::on(home.database.url()).await, tenant());
    withdraw(&home.store, &write(&tenant, &people(1_000), at(1))).await.unwrap();
    for people in [1, 1_000] {
        let walk = ProfileWalk { after: None, table: None, people };
        let keys = home.store.walk_profiles(&tenant, &walk).await.unwrap();
        assert_eq!(keys.len(), people as usize);
        let taken = [
            counted.during(async { counted.store.walk_profiles(&tenant, &walk).await.unwrap() }).await,
            counted.during(async { counted.store.load_profiles(&tenant, &keys).await.unwrap() }).await,
        ];
        assert_eq!(taken, [1, 1]);
    }
}

#[apply(every_engine)]
async fn a_walk_goes_by_its_key_alone(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let wanted = match engine {
        Engine::Sqlite => "(tenant=? AND (profile_table,profile)>(?,?))",
        Engine::Postgres => "Index Only Scan using profile_pkey",
    };
    goes_by(&mut look, "walk_profiles", "'t', 'a', 'p', 'z', 10", wanted).await;
}

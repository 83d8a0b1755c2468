//! Erasures that a database lost: who is walked through for them, and what is put back.

use std::collections::{BTreeSet, HashMap};

use assent_store::{PeopleWalk, Store, StoreOptions, Tombstone, TombstoneKey};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{at, home, person, tenant, withdraw_one};

fn tombstone(mark: u8, erased: i64) -> Tombstone {
    Tombstone { mark: [mark; 32], version: i64::from(mark), hlc: 5, erased_at: at(erased) }
}

#[apply(every_engine)]
async fn what_a_database_lacks_is_put_back_and_what_it_has_never_gets_earlier(engine: Engine) {
    let home = home(engine).await;
    let (store, tenant) = (&home.store, tenant());
    let [one, two, three] = [tombstone(1, 10), tombstone(2, 10), tombstone(3, 10)];
    store.restore_tombstones(&tenant, &[two, one]).await.unwrap();
    let later = Tombstone { erased_at: at(11), ..two };
    assert_eq!(store.lacking(&tenant, &[one, later, three]).await, Ok(vec![later, three]));
    let earlier = Tombstone { erased_at: at(9), version: 9, ..one };
    assert_eq!(store.lacking(&tenant, &[earlier]).await, Ok(vec![]));
    store.restore_tombstones(&tenant, &[earlier, later]).await.unwrap();
    let kept = Tombstone { version: 9, ..one };
    let held = store.list_tombstones(None).await.unwrap();
    assert_eq!(held, [(tenant.clone(), kept), (tenant.clone(), later)], "counting goes on from the highest");
    assert_eq!(store.list_tombstones(Some(&held[0])).await.unwrap(), held[1..]);
    assert_eq!(store.list_tombstones(Some(&held[1])).await.unwrap(), []);
}

/// In each place more than one slice holds, and the one who is sought is the last.
#[apply(every_engine)]
async fn everybody_is_walked_through_wherever_something_is_held_of_them(engine: Engine) {
    let home = home(engine).await;
    let mut options = StoreOptions::new(home.database.url());
    options.tombstones = Some(TombstoneKey::new([1; 32]));
    let store = Store::connect(&options).await.unwrap();
    let (id, tenant) = (tenant().as_str().to_owned(), tenant());
    store.make_months_ahead(at(0)).await.unwrap();
    withdraw_one(&store, &tenant, &person("answered"), at(1)).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2001)";
    let blob = match engine {
        Engine::Sqlite => "unhex(printf('%032x', i))",
        Engine::Postgres => "decode(lpad(to_hex(i), 32, '0'), 'hex')",
    };
    let name = |place: &str| format!("'{place}' || CAST(10000 + i AS TEXT)");
    look.run(&format!(
        "INSERT INTO last_device (tenant, profile_table, profile, device, occurred_at) \
         {many} SELECT '{id}', 'contacts', {device}, 'd', 1 FROM n; \
         INSERT INTO last_open (tenant, person, profile_table, profile, day) \
         {many} SELECT '{id}', i - 1000, 'contacts', {opened}, 1 FROM n; \
         INSERT INTO interaction (tenant, interaction_id, occurred_at, person, profile_table, profile, kind, automated, \
         reason, policy, policy_version, recorded_at) \
         {many} SELECT '{id}', {blob}, {now}, i, 'contacts', {done}, 1, 0, 1, 'strict', 1, 1 FROM n",
        device = name("device"),
        opened = name("opened"),
        done = name("done"),
        now = at(0).micros(),
    ))
    .await
    .unwrap();

    let sought = ["answered", "device12001", "opened12001", "done12001", "done10001"];
    let mut marks = HashMap::new();
    for who in sought {
        marks.insert(TombstoneKey::new([1; 32]).mark(&tenant, &person(who)), who);
    }
    let (mut walk, mut found, mut turns) = (PeopleWalk::default(), BTreeSet::new(), 0);
    while !matches!(walk, PeopleWalk::Done) {
        for (who, mark) in store.walk_marked(&tenant, &marks, &mut walk).await.unwrap() {
            assert_eq!(marks[&mark], who.id.as_str());
            found.insert(marks[&mark]);
        }
        turns += 1;
    }
    assert_eq!(found, BTreeSet::from(sought));
    assert!((8..=12).contains(&turns), "{turns}");
}

//! What a withdrawal takes away: queued with its record, taken in bounded slices, gone on after a stop.

use std::time::Duration;

use assent_domain::removal::{LastOpen, Removal};
use assent_domain::time::{Instant, Span};
use assent_store::{DueRemoval, Loaded, ProfileKey, RemovalWalk, Store, StoreError};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};
use sha2::{Digest, Sha256};

use super::people::{at, home, open, people, person, tenant, withdraw, withdraw_one, write};
use super::statements::Counted;

/// Longer than any transaction may take.
const A_WHILE: Span = Span::from_minutes(1);

fn hash(who: &ProfileKey) -> i64 {
    let hash = Sha256::new().chain_update(b"assent person v1\n").chain_update(who.table.as_str());
    let digest = hash.chain_update([0]).chain_update(who.id.as_str()).finalize();
    i64::from_be_bytes(digest[..8].try_into().unwrap())
}

/// So many opens of somebody, each a microsecond after the one before, the first at the beginning.
async fn opened(look: &mut Look, engine: Engine, tenant: &str, who: &ProfileKey, count: usize) {
    let (from, hash) = (at(0).micros(), hash(who));
    let (table, profile) = (who.table.as_str(), who.id.as_str());
    let columns = "tenant, interaction_id, occurred_at, person, profile_table, profile, kind, automated, reason, \
                   policy, policy_version, recorded_at";
    let rows: Vec<String> = (0..count)
        .map(|turn| {
            let id = format!("{:016x}{turn:016x}", hash);
            let id = if engine == Engine::Sqlite { format!("X'{id}'") } else { format!("'\\x{id}'") };
            let occurred = from + i64::try_from(turn).unwrap();
            format!(
                "('{tenant}', {id}, {occurred}, {hash}, '{table}', '{profile}', 1, 0, 1, 'strict', 1, {occurred})"
            )
        })
        .collect();
    for slice in rows.chunks(1000) {
        let insert = format!("INSERT INTO interaction ({columns}) VALUES {}", slice.join(", "));
        look.run(&insert).await.unwrap();
    }
}

async fn count(look: &mut Look, table: &str) -> usize {
    let rows = format!("SELECT CAST(count(*) AS TEXT) FROM {table}");
    look.column(&rows).await.unwrap()[0].parse().unwrap()
}

/// How many rows there are of what withdrawals take.
async fn left(look: &mut Look) -> [usize; 3] {
    [count(look, "interaction").await, count(look, "last_open").await, count(look, "last_device").await]
}

async fn due(store: &Store, now: Instant) -> Vec<DueRemoval> {
    let mut walk = RemovalWalk::default();
    let found = store.due_removals(&tenant(), now, &mut walk).await.unwrap();
    assert!(walk.is_done());
    found
}

/// What each takes where the policies erase, nothing having been granted since.
fn all(due: &[DueRemoval], _: &Loaded) -> Vec<Vec<Removal>> {
    let erased = |due: &DueRemoval| {
        let taken = due.turns.iter().map(|turn| Removal {
            turn: assent_domain::removal::Turn { erases: true, ..*turn },
            until: None,
            last_open: LastOpen::Goes,
        });
        taken.collect()
    };
    due.iter().map(erased).collect()
}

async fn take(store: &Store, due: &[DueRemoval], now: Instant) -> Result<bool, StoreError> {
    store.take_removals(&tenant(), due, now, |loaded| all(due, loaded)).await
}

#[apply(every_engine)]
async fn five_thousand_rows_go_in_slices_and_a_stop_between_them_loses_nothing(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    let (who, other) = (person("many"), person("other"));
    opened(&mut look, engine, "tenant-a", &who, 5000).await;
    opened(&mut look, engine, "tenant-a", &other, 10).await;
    opened(&mut look, engine, "tenant-b", &who, 10).await;
    withdraw_one(&home.store, &tenant(), &who, at(10_000)).await;
    assert_eq!(home.store.tenants_with_removals().await.unwrap(), [tenant()]);
    assert!(due(&home.store, at(9_999)).await.is_empty(), "not before");

    let found = due(&home.store, at(10_000)).await;
    assert_eq!((found.len(), found[0].turns.len()), (1, 7));
    assert!(!take(&home.store, &found, at(10_000)).await.unwrap(), "that was not all");
    assert_eq!(count(&mut look, "interaction").await, 4020, "a slice is a thousand");
    assert!(!take(&home.store, &found, at(10_000)).await.unwrap());
    // Whoever was at it is gone; another goes on.
    home.store.close().await;
    let store = open(home.database.url()).await;
    let found = due(&store, at(20_000)).await;
    assert_eq!(found.len(), 1);
    let mut slices = 1;
    while !take(&store, &found, at(20_000)).await.unwrap() {
        slices += 1;
    }
    assert_eq!((slices, count(&mut look, "interaction").await), (4, 20), "of others nothing is taken");

    // Once more when nothing from before can be under way, and then never again.
    assert!(due(&store, at(20_000)).await.is_empty());
    store.end_removals(&tenant(), &found, at(20_000)).await.unwrap();
    assert_eq!(count(&mut look, "removal").await, 1, "it is not the last time");
    opened(&mut look, engine, "tenant-a", &who, 1).await;
    let last = at(10_000).plus(A_WHILE);
    let found = due(&store, last).await;
    assert!(take(&store, &found, last).await.unwrap());
    assert_eq!(count(&mut look, "interaction").await, 20);
    assert_eq!(due(&store, last).await.len(), 1, "broken off here it is done again");
    store.end_removals(&tenant(), &found, last).await.unwrap();
    assert_eq!(count(&mut look, "removal").await, 0);
    assert!(store.tenants_with_removals().await.unwrap().is_empty());
}

#[apply(every_engine)]
async fn many_withdrawals_are_taken_by_the_same_statements_as_one(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let counted = Counted::on(home.database.url()).await;
    let (tenant, store) = (tenant(), &counted.store);
    let mut taken = Vec::new();
    for (turn, number) in [(1, 1), (2, 190)] {
        let who = people(number);
        let now = at(turn * 1_000_000);
        withdraw(store, &write(&tenant, &who, now)).await.unwrap();
        let found = due(&home.store, now).await;
        assert_eq!(found.len(), number);
        taken.push(counted.during(async { assert!(take(store, &found, now).await.unwrap()) }).await);
    }
    assert_eq!(taken, [4, 4], "lock, load, look for rows, take the rest");
}

#[apply(every_engine)]
async fn what_another_tenant_has_to_remove_is_not_ours(engine: Engine) {
    let home = home(engine).await;
    let (who, other) = (person("somebody"), assent_domain::id::TenantId::new("tenant-b").unwrap());
    withdraw_one(&home.store, &other, &who, at(1)).await;
    assert!(due(&home.store, at(2)).await.is_empty());
    withdraw_one(&home.store, &tenant(), &who, at(1)).await;
    assert_eq!(due(&home.store, at(2)).await.len(), 1);
    assert_eq!(home.store.tenants_with_removals().await.unwrap(), [tenant(), other]);
}

#[apply(every_engine)]
async fn a_walk_passes_by_what_could_not_be_done(engine: Engine) {
    let home = home(engine).await;
    let tenant = tenant();
    withdraw(&home.store, &write(&tenant, &people(450), at(1))).await.unwrap();
    let mut walk = RemovalWalk::default();
    let mut slices = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    while !walk.is_done() {
        let found = home.store.due_removals(&tenant, at(1), &mut walk).await.unwrap();
        slices.push(found.len());
        seen.extend(found.into_iter().map(|due| due.person));
    }
    assert_eq!((slices, seen.len()), (vec![200, 200, 50], 450));
}

/// The hash that leads the index is no name: two people may share it.
#[apply(every_engine)]
async fn who_shares_a_hash_with_somebody_keeps_what_is_theirs(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    let who = person("somebody");
    let shared = [
        ("tenant-a", "contacts", "somebody"),
        ("tenant-a", "contacts", "other"),
        ("tenant-a", "leads", "somebody"),
        ("tenant-b", "contacts", "somebody"),
    ];
    let hash = hash(&who);
    let rows = |turn: usize| {
        let (tenant, table, profile) = shared[turn];
        let (at, id, key) =
            (at(1).micros(), format!("{turn:032x}"), format!("'{tenant}', '{table}', '{profile}'"));
        let id = if engine == Engine::Sqlite { format!("X'{id}'") } else { format!("'\\x{id}'") };
        let interaction = format!(
            "INSERT INTO interaction (tenant, profile_table, profile, interaction_id, occurred_at, person, kind, \
             automated, reason, policy, policy_version, recorded_at) \
             VALUES ({key}, {id}, {at}, {hash}, 1, 0, 1, 'strict', 1, {at});"
        );
        let beside = format!(
            "INSERT INTO last_open (tenant, profile_table, profile, person, day) VALUES ({key}, {hash}, 1); \
             INSERT INTO last_device (tenant, profile_table, profile, device, occurred_at) \
             VALUES ({key}, 'x', {at});"
        );
        (interaction, beside)
    };
    for turn in 0..shared.len() {
        let (interaction, beside) = rows(turn);
        look.run(&(interaction + &beside)).await.unwrap();
    }
    withdraw_one(&home.store, &tenant(), &who, at(0)).await;
    assert_eq!(left(&mut look).await, [4, 3, 3], "what is one row each goes at once");

    look.run(&rows(0).1).await.unwrap();
    let found = due(&home.store, at(2)).await;
    assert!(take(&home.store, &found, at(2)).await.unwrap());
    assert_eq!(left(&mut look).await, [3, 3, 3]);
    let whose = "SELECT DISTINCT tenant || profile_table || profile FROM interaction ORDER BY 1";
    let others = ["tenant-acontactsother", "tenant-aleadssomebody", "tenant-bcontactssomebody"];
    assert_eq!(look.column(whose).await.unwrap(), others);
}

/// What was taken lies in SQLite's log until that is cut: a stop in between must find the queue as it was.
#[apply(every_engine)]
async fn a_removal_is_on_the_queue_until_the_log_is_cut(engine: Engine) {
    let home = home(engine).await;
    let who = person("somebody");
    withdraw_one(&home.store, &tenant(), &who, at(1)).await;
    let last = at(1).plus(A_WHILE);
    let found = due(&home.store, last).await;
    let mut reader = Look::at(home.database.url()).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    reader.run("BEGIN").await.unwrap();
    assert_eq!(count(&mut reader, "removal").await, 1);
    assert!(take(&home.store, &found, last).await.unwrap());
    let tenant = tenant();
    let (ended, ()) = tokio::join!(home.store.end_removals(&tenant, &found, last), async {
        // As long as somebody reads what was, SQLite's log cannot be cut.
        for _ in 0..if engine == Engine::Sqlite { 100 } else { 0 } {
            assert_eq!(count(&mut look, "removal").await, 1);
            std::thread::sleep(Duration::from_millis(2));
        }
        reader.run("COMMIT").await.unwrap();
    });
    ended.unwrap();
    assert_eq!(count(&mut look, "removal").await, 0);
}

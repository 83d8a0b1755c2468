//! What a withdrawal takes away: queued with its record, taken in bounded slices, gone on after a stop.

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

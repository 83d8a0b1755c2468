//! Tables that were empty when their figures were taken: statements go by their indexes there too.

use assent_domain::id::{MessageId, TableId};
use assent_domain::sight::Target;
use assent_store::{SendsAsked, Store, StoreOptions};
use assent_tests::engine::Engine;
use assent_tests::look::Look;

use super::people::{at, home, people, tenant};
use super::plans::plan_of;
use super::statements::opens;

#[test]
fn a_table_is_not_walked_while_it_is_empty_either() {
    // Of what is known to be empty walking it is the cheapest way, and a plan is kept while the table grows. SQLite plans without
    // figures anyway.
    assent_tests::engine::run(async {
        let home = home(Engine::Postgres).await;
        home.store.make_months_ahead(at(0)).await.unwrap();
        let mut look = Look::at(home.database.url()).await.unwrap();
        look.run("ANALYZE").await.unwrap();
        let tables = "send|profile|tombstone|profile_table|declaration|interaction_%";
        let mut count = async |scans: &str| -> i64 {
            let sum = format!(
                "SELECT CAST(COALESCE(SUM({scans}), 0) AS TEXT) FROM pg_stat_user_tables WHERE relname SIMILAR TO '{tables}'"
            );
            look.column(&sum).await.unwrap()[0].parse().unwrap()
        };
        let (walked, found) = (count("seq_scan").await, count("idx_scan").await);

        let store = Store::connect(&StoreOptions::new(home.database.url())).await.unwrap();
        let (tenant, who) = (tenant(), people(3));
        let target = Target::Message(MessageId::new("m").unwrap());
        // As often as a connection plans anew before it keeps a plan, and once more.
        for _ in 0..7 {
            store.settings(&tenant, &[&TableId::new("customers").unwrap()].into()).await.unwrap();
            store.load_subjects(&tenant, &who).await.unwrap();
            let sends = who.iter().map(|key| SendsAsked { key, target: &target, started_by: None });
            store.sends_toward(&tenant, &sends.collect::<Vec<_>>()).await.unwrap();
            let searches = who.iter().map(|key| opens(key, &target));
            store.find_awaited(&tenant, &searches.collect::<Vec<_>>(), 20).await.unwrap();
        }
        store.close().await;

        // A connection tells what it did when it ends.
        while count("idx_scan + seq_scan").await < found + walked + 7 * 3 {
            tokio::task::yield_now().await;
        }
        assert_eq!(count("seq_scan").await, walked);
    });
}

#[test]
fn a_statement_begins_with_the_keys_that_it_is_given_whatever_is_known_of_a_table() {
    // Tables whose rows all die young are mostly empty when their figures are taken. Then one row for a whole tenant is what is reckoned
    // with, and beginning with that is the cheapest way: in truth all that the tenant has, beside each of the keys.
    assent_tests::engine::run(async {
        let home = home(Engine::Postgres).await;
        home.store.make_months_ahead(at(0)).await.unwrap();
        let mut look = Look::at(home.database.url()).await.unwrap();
        let emptied = "UPDATE pg_class SET relpages = 12, reltuples = 0
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace";
        look.run(emptied).await.unwrap();
        let many = |one: &str| format!("ARRAY[{}]", vec![one; 1_000].join(","));
        let (number, bytes, text) = (many("1::bigint"), many("'\\x01'::bytea"), many("'a'"));
        let people = format!("'t', {text}, {text}");
        let sends = format!("'t', {number}, {number}, {number}, {number}, {text}, {text}, {text}");
        let awaited = format!(
            "'t', 20, {number}, {number}, {number}, {number}, {number}, {number}, {bytes}, {text}, {text}, {text}, {text}"
        );
        let statements = [
            ("delete_pending", format!("'t', {number}, {bytes}"), 1),
            ("delete_batch_pending", format!("'t', {number}, {bytes}"), 1),
            ("lock_profiles", people.clone(), 1),
            ("release_profiles", people.clone(), 1),
            // Not the requests, which have an index by age beside and are kept for days.
            ("load_grounds", format!("{people}, {bytes}, {text}, {bytes}, {bytes}"), 4),
            ("load_subjects", format!("{people}, {bytes}"), 2),
            ("load_profiles", format!("{people}, {bytes}"), 2),
            ("load_settings", format!("'t', {text}, {text}, {text}"), 2),
            ("read_ledger", "'t', 0, 1000".to_owned(), 0),
            ("find_sends", sends, 2),
            ("find_awaited", awaited, 2),
            ("find_notices", format!("'t', {bytes}"), 1),
            ("read_notices", format!("'t', {bytes}"), 1),
            ("find_tombstones", format!("'t', {bytes}"), 1),
            ("read_device", people, 1),
        ];
        for (statement, values, times) in statements {
            let found = plan_of(&mut look, statement, &values).await;
            let by_key =
                |line: &&str| line.contains("Index Cond") && (line.contains("= k.") || line.contains("= k_"));
            let looked_up = found.lines().filter(by_key).count();
            assert!(looked_up >= times, "{statement} looks up {looked_up} keys, not {times}:\n{found}");
            let walks = found.lines().any(|line| line.contains("Join Filter"));
            assert!(!walks, "{statement} begins with all that a tenant has:\n{found}");
        }
    });
}

//! Tables that were empty when their figures were taken: statements go by their indexes there too.

use assent_domain::id::{MessageId, TableId};
use assent_domain::sight::Target;
use assent_store::{SendsAsked, Store, StoreOptions};
use assent_tests::engine::Engine;
use assent_tests::look::Look;

use super::people::{at, home, people, tenant};
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

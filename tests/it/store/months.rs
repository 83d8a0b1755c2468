//! The months of interactions on PostgreSQL: those past every retention go, and nobody waits for that.

use assent_domain::time::{Instant, Span};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{at, home};

const YEAR: Span = Span::from_days(365);

async fn months(look: &mut Look) -> usize {
    let sql = "SELECT relname::text FROM pg_class WHERE relname LIKE 'interaction\\_20%' AND relkind = 'r'";
    look.column(sql).await.unwrap().len()
}

#[apply(every_engine)]
async fn a_month_that_is_read_stays_for_another_turn_and_stops_nobody(engine: Engine) {
    let home = home(engine).await;
    let now: Instant = at(0);
    home.store.make_months_ahead(now.minus(YEAR)).await.unwrap();
    home.store.make_months_ahead(now).await.unwrap();
    if engine == Engine::Sqlite {
        assert_eq!(home.store.drop_months(now).await.unwrap(), 0);
        return;
    }
    let mut look = Look::at(home.database.url()).await.unwrap();
    assert_eq!(months(&mut look).await, 6);
    let mut reader = Look::at(home.database.url()).await.unwrap();
    let oldest =
        look.column("SELECT min(relname::text) FROM pg_class WHERE relname LIKE 'interaction\\_20%'").await;
    let read = format!("BEGIN; SELECT count(*) FROM {}", oldest.unwrap()[0]);
    reader.run(&read).await.unwrap();

    // Whoever comes while the drop waits for the reader is not kept for longer than the drop tries.
    look.run("SET statement_timeout = '5s'").await.unwrap();
    let (dropped, recorded) = tokio::join!(home.store.drop_months(now.minus(Span::from_days(90))), async {
        look.run("SELECT pg_sleep(0.05)").await.unwrap();
        look.column("SELECT CAST(count(*) AS TEXT) FROM interaction").await.unwrap()
    });
    assert_eq!((dropped.unwrap(), recorded), (2, vec!["0".to_owned()]));
    assert_eq!(months(&mut look).await, 4, "the one that is read is still there");

    reader.run("COMMIT").await.unwrap();
    assert_eq!(home.store.drop_months(now.minus(Span::from_days(90))).await.unwrap(), 1);
    assert_eq!(months(&mut look).await, 3);
}

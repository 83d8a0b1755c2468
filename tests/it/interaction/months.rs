//! The months that PostgreSQL keeps interactions in: made ahead, and when something older arrives.

use std::time::Duration;

use assent_proto::v1::{LinkMode, PixelMode};
use assent_tests::app::{START, TestApp};
use assent_tests::deed::{fates, open, send};
use assent_tests::engine::Engine;
use assent_tests::{apply, every_app};

use super::{judged_by, rows, settled};

/// 30 days, in microseconds.
const MONTH: i64 = 30 * 86_400_000_000;

#[apply(every_app)]
async fn what_occurred_long_ago_finds_its_month(app: &TestApp) {
    settled(app).await;
    let sends = [0, 1, 7, 13].map(|months| {
        send("anna", START - months * MONTH, "spring", PixelMode::Identified, LinkMode::Tracked)
    });
    assert_eq!(fates(app.client(), sends.to_vec()).await, ["RECORDED SEND"; 4]);
    assert_eq!(rows(app, "interaction").await, 4);
}

#[apply(every_app)]
async fn the_months_to_come_are_there_before_they_begin(app: &TestApp) {
    let tables = assent_tests::dump::of_tenant(&mut app.look().await, &app.ours().id).await;
    let months: Vec<&str> = tables.keys().filter_map(|table| table.strip_prefix("interaction_20")).collect();
    let expected: &[&str] = match app.engine() {
        Engine::Postgres => &["2609", "2610", "2611"],
        Engine::Sqlite => &[],
    };
    assert_eq!(months, expected);
}

/// What no policy keeps anything of: January 2021.
const LONG_AGO: &str = "CREATE TABLE interaction_202101 PARTITION OF interaction \
                        FOR VALUES FROM (1609459200000000) TO (1612137600000000)";

#[apply(every_app)]
async fn a_month_is_kept_as_long_as_the_policy_that_keeps_longest_says(app: &TestApp) {
    settled(app).await;
    judged_by(app, "legacy").await;
    // Longer ago than most policies keep anything, and not as long as `legacy` does.
    let kept = open("anna", START - 30 * MONTH, "spring");
    assert_eq!(fates(app.client(), vec![kept]).await.len(), 1);
    for _ in 0..2 {
        // The second turn begins when the first is over.
        if app.engine() == Engine::Postgres {
            app.look().await.run(LONG_AGO).await.expect("a month of long ago");
        }
        app.advance(Duration::from_secs(9 * 3600));
        for turn in 0.. {
            tokio::task::yield_now().await;
            if !months(app).await.contains(&"interaction_202101".to_owned()) {
                break;
            }
            assert!(turn < 2_000, "the month is never dropped");
        }
    }
    assert_eq!(rows(app, "interaction").await, 1);
}

/// The months that there are.
async fn months(app: &TestApp) -> Vec<String> {
    let found = match app.engine() {
        Engine::Postgres => {
            "SELECT relname::text FROM pg_class WHERE relname LIKE 'interaction\\_20%' AND relkind = 'r'"
        }
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE name LIKE 'interaction\\_20%' ESCAPE '\\'",
    };
    app.look().await.column(found).await.expect("the months")
}

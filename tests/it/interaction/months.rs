//! The months that PostgreSQL keeps interactions in: made ahead, and when something older arrives.

use assent_proto::v1::{LinkMode, PixelMode};
use assent_tests::app::START;
use assent_tests::deed::{fates, send};
use assent_tests::engine::Engine;
use assent_tests::{apply, every_app};

use super::{rows, settled};

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

//! The months that PostgreSQL keeps interactions in: made ahead, and when something older arrives.

use assent_tests::app::{START, TestApp};
use assent_tests::deed::{fates, send};
use assent_tests::{apply, every_app};
use assent_proto::v1::{LinkMode, PixelMode};

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
async fn a_month_is_there_before_it_begins(app: &TestApp) {
    settled(app).await;
    app.advance(std::time::Duration::from_secs(62 * 86_400));
    let at = START + 62 * 86_400_000_000;
    let sent = send("anna", at, "autumn", PixelMode::Identified, LinkMode::Tracked);
    assert_eq!(fates(app.client(), vec![sent]).await, ["RECORDED SEND"]);
}

//! An erasure whose record names nobody any more: whoever follows the changes and comes from before it is told to begin anew, and
//! never reads on past it unknowing.

use super::*;
use assent_tests::engine::{Engine, fresh};
use assent_tests::{apply, every_engine};
use tonic_types::StatusExt;
use v1::get_cursor_request::Start;

/// Nothing is trimmed but by redaction.
const FOR_EVER: [(&str, &str); 1] = [("FEED__RETENTION_DAYS", "36500")];

const A_DAY: Duration = Duration::from_secs(86_400);

async fn latest(app: &TestApp) -> v1::GetCursorResponse {
    let start = Some(Start::Edge(v1::CursorEdge::Latest.into()));
    let request = v1::GetCursorRequest { start, filter: None };
    app.client().changes().get_cursor(request).await.expect("a cursor").into_inner()
}

/// The first effect of each change after a cursor, or the error's reason and where to begin.
async fn read(app: &TestApp, cursor: &str) -> Result<Vec<v1::Effect>, (String, String)> {
    let cursor = cursor.to_owned();
    let request = v1::ReadConsentChangesRequest { cursor, ..v1::ReadConsentChangesRequest::default() };
    match app.client().changes().read_consent_changes(request).await {
        Ok(page) => Ok(page.into_inner().changes.iter().map(|change| change.lines[0].effect()).collect()),
        Err(status) => {
            let info = status.get_details_error_info().expect("an error has a reason");
            let oldest = info.metadata.get("oldest_cursor").cloned().unwrap_or_default();
            Err((info.reason, oldest))
        }
    }
}

/// Waits for housekeeping to raise the oldest position that can be read.
async fn raised_to(app: &TestApp, position: u64) {
    let mut found = 0;
    for look in 1..=500 {
        found = latest(app).await.oldest_position;
        if found == position {
            return;
        }
        if look % 100 == 0 {
            app.advance(Duration::from_secs(12));
        }
        tokio::task::yield_now().await;
    }
    panic!("the oldest position never comes to {position} but stays at {found}");
}

#[apply(every_engine)]
async fn who_comes_from_before_an_erasure_that_names_nobody_any_more_begins_anew(engine: Engine) {
    let app = TestApp::start_with(fresh(engine).await, &FOR_EVER).await;
    settled(&app).await;
    let before = latest(&app).await;
    erase(&app, WHO).await;
    let after = latest(&app).await;
    assert_eq!((after.position, after.oldest_position), (before.position + 1, 1));
    completed(&app).await;

    app.advance(29 * A_DAY);
    assert_eq!(read(&app, &before.cursor).await, Ok(vec![v1::Effect::Erased]), "she is named still");
    app.advance(A_DAY);
    raised_to(&app, after.position + 1).await;
    let (reason, oldest) = read(&app, &before.cursor).await.expect_err("what named her is gone");
    assert_eq!(reason, "CURSOR_EXPIRED");
    assert_eq!(oldest, after.cursor, "past the erasure");
    assert_eq!(read(&app, &oldest).await, Ok(vec![]));
    assert_eq!(read(&app, &after.cursor).await, Ok(vec![]), "who had read it goes on");
    app.finish().await;
}

#[apply(every_engine)]
async fn who_comes_from_before_an_erasure_that_a_later_one_empties_learns_of_the_later_one(engine: Engine) {
    let app = TestApp::start_with(fresh(engine).await, &FOR_EVER).await;
    let notice = settled(&app).await;
    let before = latest(&app).await;
    erase(&app, WHO).await;
    let between = latest(&app).await;
    app.advance(Duration::from_secs(1));
    assert_eq!(upsert(&app, granted(&notice, START + 1_000_000)).await, "CREATED GRANTED");
    app.advance(Duration::from_secs(1));
    assert_eq!(latest(&app).await.oldest_position, 1);
    erase(&app, WHO).await;
    assert_eq!(latest(&app).await.oldest_position, 1, "nobody else has to begin anew for it");
    assert_eq!(read(&app, &before.cursor).await, Ok(vec![v1::Effect::Erased]), "the second alone is told");
    assert_eq!(read(&app, &between.cursor).await, Ok(vec![v1::Effect::Erased]), "the second is told");
    completed(&app).await;
    app.advance(30 * A_DAY);
    raised_to(&app, latest(&app).await.position + 1).await;
    let (reason, _) = read(&app, &before.cursor).await.expect_err("nothing names her any more");
    assert_eq!(reason, "CURSOR_EXPIRED");
    app.finish().await;
}

/// Held at the feed's head, where the oldest position is to rise, the redaction is not seen either.
/// Waits until what takes the name away waits for somebody. Housekeeping that looked before the time was moved looks again after
/// its interval only: so a little more passes now and then.
async fn forgetting_waits(app: &TestApp) {
    let waiting = "SELECT CAST(count(*) AS TEXT) FROM pg_stat_activity \
                   WHERE wait_event_type = 'Lock' AND query LIKE '%forget_erased%' AND pid <> pg_backend_pid()";
    let mut eyes = app.look().await;
    for look in 1..=4_000 {
        if eyes.column(waiting).await.expect("the sessions") != ["0"] {
            return;
        }
        if look % 100 == 0 {
            app.advance(Duration::from_secs(12));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("it never waits");
}

#[test]
fn the_name_goes_and_the_oldest_position_rises_in_one_transaction() {
    assent_tests::engine::run(async {
        let app = TestApp::start_with(fresh(Engine::Postgres).await, &FOR_EVER).await;
        settled(&app).await;
        erase(&app, WHO).await;
        completed(&app).await;
        let after = latest(&app).await;
        let mut holder = app.look().await;
        let ours = &app.ours().id;
        let hold = format!("BEGIN; UPDATE feed_head SET position = position WHERE tenant = '{ours}'");
        holder.run(&hold).await.expect("the head is held");
        app.advance(31 * A_DAY);
        forgetting_waits(&app).await;
        assert_eq!(found_in(&app, WHO).await, ["record"]);
        holder.run("ROLLBACK").await.expect("the head is let go");
        raised_to(&app, after.position + 1).await;
        assert_eq!(found_in(&app, WHO).await, Vec::<String>::new());
        app.finish().await;
    });
}

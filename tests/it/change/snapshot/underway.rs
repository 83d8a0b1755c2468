//! What happens to a snapshot while it is under way, held at a place where a reader may meet it: only PostgreSQL can be held there.

use assent_tests::look::Look;

use super::*;

/// Somebody who has taken those tables.
async fn holding(app: &TestApp, tables: &str) -> Look {
    let mut holder = app.look().await;
    holder.run(&format!("BEGIN; LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE")).await.expect("they are held");
    holder
}

/// Until somebody waits for what is held.
async fn awaited(app: &TestApp) {
    let mut eyes = app.look().await;
    let waiting =
        "SELECT CAST(count(*) AS TEXT) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
        WHERE d.datname = current_database() AND NOT l.granted";
    while eyes.column(waiting).await.expect("locks are seen") == ["0"] {
        tokio::task::yield_now().await;
    }
}

async fn three() -> TestApp {
    let app = TestApp::start(Engine::Postgres).await;
    settled(&app).await;
    put_table(app.client(), marks::id("nobodys")).await;
    for who in ["anna", "bruno", "chloe"] {
        say(&app, who, Answer::Refuse, marketing()).await;
    }
    app
}

#[test]
fn who_is_erased_between_being_found_and_being_read_is_passed_by_and_the_rest_is_told() {
    assent_tests::engine::run(async {
        let app = three().await;
        let mut holder = holding(&app, "profile_table").await;
        let mut snapshot = Copying::begin(app.client(), pages_of(1)).await;
        assert!(snapshot.page().await.profiles.is_empty());
        awaited(&app).await;
        let anna = format!("tenant = '{}' AND profile = '{}'", app.ours().id, marks::id("anna"));
        let erase = format!(
            "UPDATE record SET profile = NULL, body = NULL, salt = NULL, effects = NULL WHERE {anna};
             UPDATE profile SET erased_at = last_recorded_at, version = version + 1 WHERE {anna}"
        );
        assert_eq!(holder.run(&erase).await.expect("an erasure"), 2);
        holder.run("COMMIT").await.expect("it is let go");
        let told = snapshot.rest().await.0;
        let told: Vec<_> = told.iter().flat_map(|page| &page.profiles).map(|one| key(one).1).collect();
        assert_eq!(told, [marks::id("bruno"), marks::id("chloe")]);
        app.finish().await;
    });
}

#[test]
fn a_snapshot_under_way_is_told_that_the_ledger_it_began_on_is_another_one() {
    assent_tests::engine::run(async {
        let app = three().await;
        let nobodys = ChangeFilter { profile_tables: vec![marks::id("nobodys")], ..ChangeFilter::default() };
        // With people to tell of, and at once at its end.
        for filter in [None, Some(nobodys)] {
            let mut holder = holding(&app, "profile").await;
            let request = SnapshotConsentsRequest { filter, ..pages_of(1) };
            let mut snapshot = Copying::begin(app.client(), request).await;
            assert!(snapshot.page().await.profiles.is_empty());
            awaited(&app).await;
            let ours = &app.ours().id;
            let anew = format!(
                "UPDATE feed_head SET incarnation = substring(sha256(incarnation) FOR 16) WHERE tenant = '{ours}'"
            );
            assert_eq!(holder.run(&anew).await.expect("another ledger"), 1);
            holder.run("COMMIT").await.expect("it is let go");
            let status = snapshot.0.message().await.expect_err("it does not go on");
            let reason = status.get_details_error_info().expect("an error has a reason").reason;
            assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_DIVERGED"));
        }
        app.finish().await;
    });
}

//! What a recording that judged before a withdrawal commits after it: hidden at once, gone the last time. On SQLite there is
//! no such moment: it has one writer.

use std::time::Duration;

use assent_tests::app::TestApp;
use assent_tests::deed::{fates, open};
use assent_tests::engine::{Engine, run};
use assent_tests::{marks, story};

use super::withdrawal::{A_WHILE, SOON, comes_to, said, shown, withdraws};
use super::{BEFORE, rows, settled};

/// A real recording, held in the midst of its transaction by another writer's row.
#[test]
fn a_recording_that_judged_before_and_commits_after_a_withdrawal_is_gone_in_the_end() {
    run(async {
        let app = TestApp::start(Engine::Postgres).await;
        settled(&app).await;
        let (hers, other) = (open("anna", BEFORE, "spring"), open("bruno", BEFORE, "spring"));
        let id = other.interaction_id.replace('-', "");
        let (tenant, table, bruno) = (&app.ours().id, story::people(), marks::id("bruno"));
        let mut look = app.look().await;
        look.run(&format!(
            "BEGIN; INSERT INTO interaction (tenant, interaction_id, occurred_at, person, profile_table, profile, \
             kind, automated, reason, policy, policy_version, recorded_at) \
             VALUES ('{tenant}', '\\x{id}', {BEFORE}, 1, '{table}', '{bruno}', 0, 0, 0, 'strict', 1, 1)"
        ))
        .await
        .expect("the row that is waited for");
        let client = app.client().once();
        let recording = tokio::spawn(async move { fates(&client, vec![hers, other]).await });
        let mut eyes = app.look().await;
        for turn in 0.. {
            let waiting = "SELECT CAST(count(*) AS TEXT) FROM pg_stat_activity \
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
            if eyes.column(waiting).await.expect("who waits") == ["1"] {
                break;
            }
            assert!(turn < 4_000, "the recording never waits");
            std::thread::sleep(Duration::from_millis(2));
        }
        said(&app, withdraws("anna")).await;
        app.advance(SOON);
        put_off(&app).await;
        look.run("ROLLBACK").await.expect("the other writer leaves");
        assert_eq!(
            recording.await.expect("an answer"),
            ["RECORDED GRANTED"; 2],
            "judged before the withdrawal"
        );
        assert_eq!(rows(&app, "interaction").await, 2, "it came after the first deletion");
        assert!(shown(&app, "anna").await.is_empty());

        app.advance(A_WHILE);
        comes_to(&app, "removal", 0).await;
        assert_eq!(rows(&app, "interaction").await, 1, "the other's stays");
        assert_eq!(shown(&app, "bruno").await, [1]);
        app.finish().await;
    });
}

/// Waits until the removal was done for the first time.
async fn put_off(app: &TestApp) {
    let done = "SELECT CAST(count(*) AS TEXT) FROM removal WHERE next_at = last_at";
    for _ in 0..500 {
        if app.look().await.column(done).await.expect("the queue") == ["1"] {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("nothing is taken");
}

//! Few interactions go by many: only PostgreSQL has writers enough for both.

use assent_proto::v1::{LinkMode, PixelMode};
use assent_tests::app::{START, TestApp};
use assent_tests::deed;
use assent_tests::engine::{self, Engine};

use super::{HOUR, settled};

/// More than are few.
const MANY: i64 = 101;

/// How many batches of many are at work at once.
const WRITERS: &str = "2";

#[test]
fn a_click_does_not_wait_for_what_a_job_hands_over() {
    engine::run(async {
        let app = TestApp::start(Engine::Postgres).await;
        settled(&app).await;
        let mut holder = app.look().await;
        // The first send of a message fixes it, which nobody can now.
        holder.run("BEGIN; LOCK TABLE declaration IN EXCLUSIVE MODE").await.expect("it is held");
        let jobs: Vec<_> = (0..3)
            .map(|job: i64| {
                let client = app.client().clone();
                let sends = (0..MANY).map(|turn| {
                    let (message, at) = (format!("letter {job}"), START - HOUR / 2 + turn);
                    deed::send("anna", at, &message, PixelMode::Identified, LinkMode::Tracked)
                });
                let sends = sends.collect();
                tokio::spawn(async move { deed::fates(&client, sends).await.len() })
            })
            .collect();
        let mut eyes = app.look().await;
        let waiting =
            "SELECT CAST(count(*) AS TEXT) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
            WHERE d.datname = current_database() AND NOT l.granted";
        while eyes.column(waiting).await.expect("locks are seen") != [WRITERS] {
            tokio::task::yield_now().await;
        }

        let click = deed::click("anna", START - HOUR / 4, "news", "offer");
        assert_eq!(deed::fates(app.client(), vec![click]).await.len(), 1);
        assert_eq!(eyes.column(waiting).await.expect("locks are seen"), [WRITERS], "the jobs still wait");

        holder.run("ROLLBACK").await.expect("it is let go");
        for job in jobs {
            assert_eq!(job.await.expect("a job ends"), usize::try_from(MANY).expect("a small number"));
        }
        app.finish().await;
    });
}

//! Many calls at once: they share transactions, and each has its own answer.

use super::*;
use assent_tests::engine::Engine;
use assent_tests::{apply, every_app, marks};
use std::time::Duration;

/// Holds the rows of the profiles that are there, or SQLite's only writer, until it is told to roll back.
async fn in_the_way(app: &TestApp) -> assent_tests::look::Look {
    let mut look = app.look().await;
    let begin = if app.engine() == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
    look.run(&format!("{begin}; UPDATE profile SET hlc = hlc")).await.expect("a lock");
    look
}

#[apply(every_app)]
async fn sixty_four_callers_at_once_each_have_their_own_answer(app: &TestApp) {
    settled(app, "strict").await;
    let kept = story::batch(vec![says("ada", Answer::Refuse, opens(), None)]);
    send(app, kept.clone()).await.expect("a batch is answered");
    let mut look = in_the_way(app).await;

    let mut calls = Vec::new();
    for number in 0..64 {
        let who = format!("caller{number}");
        let mut batch = story::batch(vec![
            says(&who, Answer::Refuse, opens(), None),
            says("ada", if number % 2 == 0 { Answer::Object } else { Answer::Refuse }, opens(), None),
        ]);
        match number {
            7 => batch = kept.clone(),
            8 => batch.request_id.clone_from(&kept.request_id),
            9 => batch.items = vec![says(&who, Answer::Grant, opens(), None)],
            10 => batch.profile_table = marks::id("nowhere"),
            _ => {}
        }
        let client = app.client().once();
        calls.push(tokio::spawn(async move { client.consents().upsert_consents(batch).await }));
    }
    // Whether it was at work or still waited: who goes away takes nobody along.
    tokio::task::yield_now().await;
    calls[11].abort();
    look.run("ROLLBACK").await.expect("the way is free");

    for (number, call) in calls.into_iter().enumerate() {
        let answer = match call.await {
            Ok(answer) => answer,
            Err(gone) => {
                assert!(number == 11 && gone.is_cancelled());
                continue;
            }
        };
        match number {
            8 => assert_eq!(reason(&answer.expect_err("another content")), "REQUEST_ID_REUSED"),
            10 => assert_eq!(answer.expect_err("no such table").code(), Code::NotFound),
            _ => {
                let results = told(answer.expect("an answer").into_inner());
                match number {
                    7 => assert_eq!(one(&results[0]).0, Outcome::Created, "as it was told at first"),
                    9 => assert!(results[0].is_err(), "a grant without evidence"),
                    _ => {
                        assert_eq!(one(&results[0]), (Outcome::Created, State::Refused));
                        assert_eq!(results.len(), 2);
                    }
                }
            }
        }
    }
    for number in [0, 6, 12, 63] {
        assert_eq!(story::records(app.client(), &format!("caller{number}")).await.len(), 1);
    }
    assert!(story::records(app.client(), "caller9").await.is_empty());
    app.advance(Duration::from_secs(1));
    let versions: Vec<_> =
        story::records(app.client(), "ada").await.iter().map(|record| record.profile_version).collect();
    assert!(versions.iter().zip(1..).all(|(version, place)| *version == place), "{versions:?}");
}

/// How many statements of this database wait for a lock.
async fn waiting(look: &mut assent_tests::look::Look) -> String {
    let sql = "SELECT CAST(count(*) AS TEXT) FROM pg_stat_activity, pg_sleep(0.02)
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    look.column(sql).await.expect("what the server does").remove(0)
}

/// Whether that many statements come to wait within three seconds; a statement by itself may wait for ten.
async fn soon(look: &mut assent_tests::look::Look, statements: &str) -> bool {
    for _ in 0..150 {
        if waiting(look).await == statements {
            return true;
        }
    }
    false
}

#[test]
fn a_statement_ends_with_the_patience_of_its_caller() {
    assent_tests::engine::run(async {
        let app = TestApp::start(Engine::Postgres).await;
        settled(&app, "strict").await;
        upsert(&app, vec![says("ada", Answer::Refuse, opens(), None)]).await;
        let (mut look, mut eyes) = (app.look().await, app.look().await);
        look.run("BEGIN; LOCK TABLE profile IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
        let patience = Some(Duration::from_millis(700));
        for (writes, patience) in [(true, patience), (false, patience), (false, None)] {
            let client = app.client().once();
            let call = tokio::spawn(async move {
                let batch = story::batch(vec![says("ada", Answer::Object, opens(), None)]);
                let get = v1::GetConsentsRequest {
                    profile_table: story::people(),
                    profiles: story::person("ada").into_iter().collect(),
                    ..v1::GetConsentsRequest::default()
                };
                let (mut batch, mut get) = (tonic::Request::new(batch), tonic::Request::new(get));
                if let Some(patience) = patience {
                    batch.set_timeout(patience);
                    get.set_timeout(patience);
                }
                if writes {
                    client.consents().upsert_consents(batch).await.map(drop)
                } else {
                    client.consents().get_consents(get).await.map(drop)
                }
            });
            assert!(soon(&mut eyes, "1").await, "it has to wait");
            if patience.is_some() {
                assert!(call.await.expect("no panic").is_err());
                assert!(soon(&mut eyes, "0").await, "nobody waits for it any more");
            } else {
                call.abort();
                assert!(call.await.is_err());
                // Who goes without having said until when leaves the server to its own limit.
                assert!(!soon(&mut eyes, "0").await, "it was the patience that ended the others");
            }
        }
        look.run("ROLLBACK").await.expect("the way is free");
        app.finish().await;
    });
}

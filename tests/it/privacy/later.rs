//! What is written while somebody is being erased is deleted once more, when nothing from before can be under way.

use super::*;
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_app};

/// Writes a row of Zoe's past the service, as a transaction would that judged before her erasure and commits after it.
async fn written_late(app: &TestApp, at: i64, recorded_at: i64) {
    let id = |turn: u8| {
        if app.engine() == Engine::Sqlite { format!("X'{turn:032x}'") } else { format!("'\\x{turn:032x}'") }
    };
    let (tenant, table, who) = (&app.ours().id, story::people(), marks::id(WHO));
    let hash = person_hash(&who);
    let columns = "tenant, interaction_id, occurred_at, person, profile_table, profile, kind, automated, message, \
                   reason, policy, policy_version, recorded_at";
    let row = |turn: u8, kind: u8| {
        let key = format!("'{tenant}', {}, {at}, {hash}, '{table}', '{who}', {kind}, 0, 'late'", id(turn));
        format!("INSERT INTO interaction ({columns}) VALUES ({key}, 1, 'strict', 1, {recorded_at});")
    };
    let send = format!(
        "INSERT INTO send (tenant, person, message, occurred_at, interaction_id, profile_table, profile) \
         VALUES ('{tenant}', {hash}, 'late', {at}, {}, '{table}', '{who}');",
        id(2)
    );
    let device = format!(
        "INSERT INTO last_device (tenant, profile_table, profile, device, occurred_at) \
         VALUES ('{tenant}', '{table}', '{who}', '{WORDS}', {at});"
    );
    let all = [row(1, 1), row(2, 6), send, device].concat();
    app.look().await.run(&all).await.expect("the rows are taken");
}

#[apply(every_app)]
async fn what_a_transaction_from_before_wrote_is_shown_to_nobody_and_then_gone(app: &TestApp) {
    settled(app).await;
    erase(app, WHO).await;
    written_late(app, START - 1, START).await;
    assert_eq!(found_in(app, WHO).await, ["interaction", "last_device", "record", "send"]);
    let request = v1::GetProfileActivityRequest {
        profile_table: story::people(),
        profile: story::person(WHO),
        ..v1::GetProfileActivityRequest::default()
    };
    let shown =
        app.client().interactions().get_profile_activity(request).await.expect("activity").into_inner();
    assert!(shown.interactions.is_empty() && shown.last_device.is_none());

    app.advance(Duration::from_secs(29));
    for _ in 0..100 {
        tokio::task::yield_now().await;
        let erasure = profile(app.client(), WHO).await.erasure.expect("an erasure");
        assert_eq!(erasure.state(), ErasureState::Pending, "a transaction may still be under way");
    }
    completed(app).await;
    assert_eq!(found_in(app, WHO).await, ["record"]);
}

#[apply(every_app)]
async fn what_was_written_late_is_gone_from_a_new_life_too(app: &TestApp) {
    let notice = settled(app).await;
    erase(app, WHO).await;
    // Dated ahead, into the new life, and recorded before it began.
    written_late(app, START + 3_000_000, START + 1).await;
    app.advance(Duration::from_secs(1));
    assert_eq!(upsert(app, granted(&notice, START + 1_000_000)).await, "CREATED GRANTED");
    app.advance(Duration::from_secs(4));
    assert_eq!(deeds(app, WHO, START + 4_000_000).await, ["RECORDED SEND", "RECORDED GRANTED"]);
    assert_eq!((rows(app, "interaction").await, rows(app, "send").await), (4, 2));
    completed(app).await;
    assert_eq!((rows(app, "interaction").await, rows(app, "send").await), (2, 1));
}

/// Waits until so many transactions wait for others.
pub(super) async fn waiting(eyes: &mut Look, transactions: usize) {
    let waiting = "SELECT CAST(count(*) AS TEXT) FROM pg_locks WHERE NOT granted";
    for _ in 0..4_000 {
        if eyes.column(waiting).await.expect("the locks") == [transactions.to_string()] {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("{transactions} never wait");
}

/// The row that both lock is gone when the erasure lets go of it, and the tombstone is younger than the statement that
/// waited.
#[test]
fn a_grant_that_waited_for_the_erasure_finds_the_person_erased() {
    assent_tests::engine::run(async {
        let app = TestApp::start(Engine::Postgres).await;
        let notice = settled(&app).await;
        let mut look = app.look().await;
        let row = format!("tenant = '{}' AND profile = '{}'", app.ours().id, marks::id(WHO));
        look.run(&format!("BEGIN; UPDATE profile SET hlc = hlc WHERE {row}"))
            .await
            .expect("the row is locked");
        let mut eyes = app.look().await;
        let client = app.client().once();
        let erasing = tokio::spawn(async move { erased_by(&client, WHO).await });
        waiting(&mut eyes, 1).await;
        let client = app.client().once();
        let batch = story::batch(vec![granted(&notice, START)]);
        let granting = tokio::spawn(async move { client.consents().upsert_consents(batch).await });
        waiting(&mut eyes, 2).await;
        look.run("ROLLBACK").await.expect("the row is let go");
        erasing.await.expect("an erasure");
        let told = granting.await.expect("an answer").expect("a batch is answered").into_inner();
        let Some(v1::upsert_consents_result::Result::Error(error)) = &told.results[0].result else {
            panic!("a grant from before is stored: {told:?}");
        };
        assert_eq!(error.code, tonic::Code::FailedPrecondition as i32);
        assert_eq!(found_in(&app, WHO).await, ["record"]);
        app.finish().await;
    });
}

/// A real recording, held in the midst of its transaction by another writer's row. On SQLite there is no such moment:
/// it has one writer.
#[test]
fn a_recording_that_judged_before_and_commits_after_the_erasure_is_gone_in_the_end() {
    assent_tests::engine::run(async {
        let app = TestApp::start(Engine::Postgres).await;
        settled(&app).await;
        let hers = deed::open(WHO, START - 5, "spring");
        let other = deed::open("anna", START - 5, "spring");
        let id = other.interaction_id.replace('-', "");
        let (tenant, table, anna) = (&app.ours().id, story::people(), marks::id("anna"));
        let mut look = app.look().await;
        look.run(&format!(
            "BEGIN; INSERT INTO interaction (tenant, interaction_id, occurred_at, person, profile_table, profile, \
             kind, automated, reason, policy, policy_version, recorded_at) \
             VALUES ('{tenant}', '\\x{id}', {}, 1, '{table}', '{anna}', 0, 0, 0, 'strict', 1, 1)",
            START - 5
        ))
        .await
        .expect("the row that is waited for");
        let client = app.client().once();
        let recording = tokio::spawn(async move { deed::fates(&client, vec![hers, other]).await });
        let mut eyes = app.look().await;
        waiting(&mut eyes, 1).await;
        assert_eq!(rows(&app, "interaction").await, 3);
        erase(&app, WHO).await;
        assert_eq!(found_in(&app, WHO).await, ["record"]);
        look.run("ROLLBACK").await.expect("the other writer leaves");
        assert_eq!(recording.await.expect("an answer"), ["RECORDED GRANTED"; 2], "judged before the erasure");
        assert_eq!(
            found_in(&app, WHO).await,
            ["interaction", "last_open", "record"],
            "it came after the first deletion"
        );
        completed(&app).await;
        assert_eq!(found_in(&app, WHO).await, ["record"]);
        assert_eq!(rows(&app, "interaction").await, 1, "the other's stays");
        app.finish().await;
    });
}

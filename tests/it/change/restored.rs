//! A database that was put back: a reader is told, and never goes on as if nothing had happened.

use assent_tests::engine::{Database, Engine, copy, put_back};
use assent_tests::{apply, every_engine};
use tonic::Code;
use v1::verify_history_response::Event as Walked;

use super::*;

#[apply(every_engine)]
async fn a_reader_of_what_was_lost_is_ahead_and_then_diverged(engine: Engine) {
    let mut backup = TestApp::start(engine).await;
    settled(&backup).await;
    say(&backup, "anna", Answer::Refuse, marketing()).await;
    let start = earliest(backup.client(), None).await;
    let saved = read(backup.client(), after(&start)).await.next_cursor;
    backup.stop().await;

    // What was written after the backup, and read by somebody.
    let lost = TestApp::start_with(copy(backup.database()).await, &[]).await;
    say(&lost, "bruno", Answer::Refuse, marketing()).await;
    let page = read(lost.client(), after(&saved)).await;
    assert_eq!(people(&page.changes), ["bruno"]);
    let too_far = page.next_cursor;
    lost.finish().await;

    let restored = TestApp::start_with(copy(backup.database()).await, &[]).await;
    let client = restored.client();
    let (status, reason) = refused(client, after(&too_far)).await;
    assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_AHEAD_OF_HEAD"));
    let facts = status.get_details_error_info().expect("an error has a reason").metadata;
    assert_eq!((facts["position"].as_str(), facts["head_position"].as_str()), ("2", "1"));

    restored.advance(Duration::from_secs(1));
    say(&restored, "chloe", Answer::Refuse, marketing()).await;
    let (status, reason) = refused(client, after(&too_far)).await;
    assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_DIVERGED"));
    let facts = status.get_details_error_info().expect("an error has a reason").metadata;
    assert_eq!(facts.get("position").map(String::as_str), Some("2"));
    let page = read(client, after(&saved)).await;
    assert_eq!(people(&page.changes), ["chloe"], "who read nothing of what was lost goes on");
    restored.finish().await;
    backup.finish().await;
}

#[apply(every_engine)]
async fn a_cursor_of_another_life_of_the_feed_diverged(engine: Engine) {
    let first = TestApp::start(engine).await;
    settled(&first).await;
    say(&first, "anna", Answer::Refuse, marketing()).await;
    let page = read(first.client(), after(&earliest(first.client(), None).await)).await;
    let mut look = first.look().await;
    let blank = match engine {
        Engine::Sqlite => "X'00112233445566778899aabbccddeeff'",
        Engine::Postgres => "'\\x00112233445566778899aabbccddeeff'::bytea",
    };
    let ours = &first.ours().id;
    let another = format!("UPDATE feed_head SET incarnation = {blank} WHERE tenant = '{ours}'");
    assert_eq!(look.run(&another).await.expect("a head"), 1);

    let (status, reason) = refused(first.client(), after(&page.next_cursor)).await;
    assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_DIVERGED"));
    first.finish().await;
}

/// A record that waited for its number when the backup was made gets one in both histories, behind whatever else waits.
#[apply(every_engine)]
async fn the_same_record_at_its_position_behind_another_diverged(engine: Engine) {
    let mut backup = TestApp::start(engine).await;
    settled(&backup).await;
    backup.advance(Duration::from_secs(10));
    say(&backup, "bruno", Answer::Refuse, marketing()).await;
    backup.stop().await;

    // Both begin when the first did: by clocks that lag behind the one that bruno was recorded by.
    let lost = TestApp::start_with(copy(backup.database()).await, &[]).await;
    say(&lost, "anna", Answer::Refuse, marketing()).await;
    let page = read(lost.client(), after(&earliest(lost.client(), None).await)).await;
    assert_eq!(people(&page.changes), ["anna", "bruno"]);
    lost.finish().await;

    let restored = TestApp::start_with(copy(backup.database()).await, &[]).await;
    say(&restored, "chloe", Answer::Refuse, marketing()).await;
    let begin = earliest(restored.client(), None).await;
    let there = read(restored.client(), after(&begin)).await;
    assert_eq!(people(&there.changes), ["chloe", "bruno"]);
    assert_eq!(there.changes[1].record_id, page.changes[1].record_id, "the same record at the same position");
    let (status, reason) = refused(restored.client(), after(&page.next_cursor)).await;
    assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_DIVERGED"));
    restored.finish().await;
    backup.finish().await;
}

/// Puts a backup back where it was made: under the service as it runs, or, of a file, while it is stopped.
async fn restore(app: &mut TestApp, backup: Database) {
    if app.engine() == Engine::Sqlite {
        app.stop().await;
        put_back(backup, app.database()).await;
        app.restart(&[]).await;
    } else {
        put_back(backup, app.database()).await;
    }
}

/// What a reader is told who comes with that cursor: who changed, or the error's reason.
async fn told(app: &TestApp, cursor: &str) -> Result<Vec<String>, String> {
    match app.client().changes().read_consent_changes(after(cursor)).await {
        Ok(page) => Ok(people(&page.into_inner().changes)),
        Err(status) => {
            assert_eq!(status.code(), Code::DataLoss, "{status:?}");
            Err(status.get_details_error_info().expect("an error has a reason").reason)
        }
    }
}

/// The cursors of a reader who read one change at a time, from before the first.
async fn one_by_one(app: &TestApp) -> Vec<String> {
    let mut cursors = vec![earliest(app.client(), None).await];
    loop {
        let last = cursors.last().expect("the first").clone();
        let page = read(app.client(), ReadConsentChangesRequest { page_size: 1, ..after(&last) }).await;
        if page.changes.is_empty() {
            return cursors;
        }
        cursors.push(page.next_cursor);
    }
}

/// However much is written then, past the positions of what was lost too, and however often it happens.
#[apply(every_engine)]
async fn every_cursor_of_what_was_lost_is_told_so_and_every_other_goes_on(engine: Engine) {
    let mut app = TestApp::start(engine).await;
    settled(&app).await;
    let mut kept = Vec::new();
    for (turn, words) in [["anna", "bruno"], ["chloe", "dora"]].into_iter().enumerate() {
        for who in words {
            say(&app, who, Answer::Refuse, marketing()).await;
        }
        kept.extend(words);
        let before = one_by_one(&app).await;
        let backup = copy(app.database()).await;
        for who in ["lost1", "lost2", "lost3"] {
            say(&app, &format!("{who}{turn}"), Answer::Refuse, marketing()).await;
        }
        let lost = one_by_one(&app).await.split_off(before.len());
        assert_eq!((before.len(), lost.len()), (kept.len() + 1, 3));

        // Ids are made out of the clock, among others.
        app.advance(Duration::from_secs(1));
        restore(&mut app, backup).await;
        for written in 0..5 {
            let all: Vec<String> = kept.iter().map(|who| (*who).to_owned()).collect();
            for (read, cursor) in before.iter().enumerate() {
                assert_eq!(told(&app, cursor).await.as_ref(), Ok(&all[read..].to_vec()), "{written}");
            }
            for (behind, cursor) in lost.iter().enumerate() {
                let reason = if written > behind { "CURSOR_DIVERGED" } else { "CURSOR_AHEAD_OF_HEAD" };
                assert_eq!(told(&app, cursor).await, Err(reason.to_owned()), "{written}");
            }
            let new = ["new1", "new2", "new3", "new4", "new5"][written];
            say(&app, new, Answer::Object, marketing()).await;
            kept.push(new);
        }
    }
    let mut walk = app.client().consents().verify_history(v1::VerifyHistoryRequest::default()).await;
    let walk = walk.as_mut().expect("a walk").get_mut();
    let last = walk.message().await.expect("a walk goes on").and_then(|told| told.event);
    let Some(Walked::Whole(whole)) = last else { panic!("the ledger is not whole: {last:?}") };
    assert_eq!(whole.verified, kept.len() as u64);
    app.finish().await;
}

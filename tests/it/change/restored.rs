//! A database that was put back: a reader is told, and never goes on as if nothing had happened.

use assent_tests::engine::{Engine, copy};
use assent_tests::{apply, every_engine};
use tonic::Code;

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

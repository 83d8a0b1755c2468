//! A database that was put back: a reader of interactions is told, and never goes on as if nothing had happened.

use std::time::Duration;

use assent_tests::app::TestApp;
use assent_tests::deed::{fates, open};
use assent_tests::engine::{Engine, copy};
use assent_tests::{apply, every_engine};
use tonic::Code;
use tonic_types::StatusExt;

use super::feed::{after, earliest, ids, read, refused};
use super::{BEFORE, settled};

#[apply(every_engine)]
async fn a_reader_of_what_was_lost_is_ahead_and_then_diverged(engine: Engine) {
    let mut backup = TestApp::start(engine).await;
    settled(&backup).await;
    fates(backup.client(), vec![open("anna", BEFORE, "spring")]).await;
    let saved = read(backup.client(), earliest()).await.next_cursor;
    backup.stop().await;

    // What was recorded after the backup, and read by somebody.
    let lost = TestApp::start_with(copy(backup.database()).await, &[]).await;
    fates(lost.client(), vec![open("anna", BEFORE + 1, "spring")]).await;
    let page = read(lost.client(), after(&saved)).await;
    assert_eq!(page.interactions.len(), 1);
    let too_far = page.next_cursor;
    lost.finish().await;

    let restored = TestApp::start_with(copy(backup.database()).await, &[]).await;
    let client = restored.client();
    let (status, reason) = refused(client, after(&too_far)).await;
    assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_AHEAD_OF_HEAD"));
    let facts = status.get_details_error_info().expect("an error has a reason").metadata;
    assert_eq!((facts["position"].as_str(), facts["head_position"].as_str()), ("2", "1"));

    restored.advance(Duration::from_secs(1));
    let other = open("anna", BEFORE + 2, "spring");
    fates(client, vec![other.clone()]).await;
    let (status, reason) = refused(client, after(&too_far)).await;
    assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_DIVERGED"));
    let page = read(client, after(&saved)).await;
    assert_eq!(ids(&page), [other.interaction_id], "who read nothing of what was lost goes on");

    let blank = match engine {
        Engine::Sqlite => "X'00112233445566778899aabbccddeeff'",
        Engine::Postgres => "'\\x00112233445566778899aabbccddeeff'::bytea",
    };
    let ours = &restored.ours().id;
    let another = format!("UPDATE interaction_head SET incarnation = {blank} WHERE tenant = '{ours}'");
    assert_eq!(restored.look().await.run(&another).await.expect("a head"), 1);
    let (status, reason) = refused(client, after(&saved)).await;
    assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_DIVERGED"), "another life");
    restored.finish().await;
    backup.finish().await;
}

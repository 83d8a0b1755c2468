//! Every reason of an error that no other story meets, met by a real call, with what the contract says comes with it.

mod credential;
mod fault;
mod field;
mod limit;

use assent_proto::v1;
use assent_tests::app::TestApp;
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::story;
use tonic::{Code, Response, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// The status that a call must end with, and its details; its reason and code are looked at here.
fn failed<T>(answer: Result<Response<T>, Status>, code: Code, reason: &str) -> ErrorDetails {
    let Err(status) = answer else { panic!("the call had an answer") };
    let details = status.get_error_details();
    let info = details.error_info().expect("every error has a reason");
    assert_eq!((status.code(), info.reason.as_str(), info.domain.as_str()), (code, reason, "assent"));
    assert!(details.request_info().is_some(), "every error has its call's number");
    details
}

async fn put_table(app: &TestApp) {
    let mut table = story::profile_table(story::people(), "ours");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
}

fn notice() -> v1::PutNoticeRequest {
    v1::PutNoticeRequest { text: story::notice_text("ours") }
}

/// Somebody else's transaction, in which no notice can be stored until it ends.
async fn in_the_way(app: &TestApp) -> Look {
    let mut look = app.look().await;
    let begin = match app.engine() {
        Engine::Sqlite => "BEGIN IMMEDIATE",
        Engine::Postgres => "BEGIN; LOCK TABLE notice IN ACCESS EXCLUSIVE MODE",
    };
    look.run(begin).await.expect("a lock");
    look
}

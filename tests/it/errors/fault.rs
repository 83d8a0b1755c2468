//! What is wrong behind the call: others in the way, a row that cannot be read, a person who was erased.

use assent_proto::v1::{Answer, upsert_consents_result};
use assent_tests::app::START;
use assent_tests::fault::status;
use assent_tests::{apply, every_app, marks};

use super::*;

async fn upsert(
    app: &TestApp,
    answer: Answer,
    at: i64,
) -> Result<Response<v1::UpsertConsentsResponse>, Status> {
    let item = story::item("zoe", answer, at, None);
    app.client().consents().upsert_consents(story::batch(vec![item])).await
}

/// The error of the only item, as a call's.
fn of_item(response: v1::UpsertConsentsResponse) -> Result<Response<()>, Status> {
    let Some(upsert_consents_result::Result::Error(error)) =
        response.results.into_iter().next().and_then(|result| result.result)
    else {
        return Ok(Response::new(()));
    };
    Err(status(&error))
}

/// As it is when two writers meet again and again: the row that this one writes is there each time.
#[apply(every_app)]
async fn a_write_that_others_win_is_told_to_come_again(app: &TestApp) {
    put_table(app).await;
    let meet = "INSERT INTO schema_marker SELECT * FROM schema_marker;";
    let trigger = match app.engine() {
        Engine::Sqlite => format!("CREATE TRIGGER meet BEFORE INSERT ON pending BEGIN {meet} END"),
        Engine::Postgres => format!(
            "CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {meet} RETURN NEW; END $$;
             CREATE TRIGGER meet BEFORE INSERT ON pending FOR EACH ROW EXECUTE FUNCTION meet()"
        ),
    };
    app.look().await.run(&trigger).await.expect("a trigger");
    let details = failed(upsert(app, Answer::Refuse, START).await, Code::Aborted, "CONFLICT");
    assert!(details.retry_info().is_some_and(|info| info.retry_delay.is_some()));
    let count = app.look().await.column("SELECT CAST(count(*) AS TEXT) FROM profile").await;
    assert_eq!(count.expect("a look"), ["5"], "the other tenant's people alone");
}

#[apply(every_app)]
async fn a_row_that_cannot_be_read_is_a_fault_of_the_service_and_names_nobody(app: &TestApp) {
    put_table(app).await;
    upsert(app, Answer::Refuse, START).await.expect("a refusal is stored");
    story::number_everything(app.client()).await;
    let spoil = format!("UPDATE record SET body = salt WHERE tenant = '{}'", app.ours().id);
    assert_eq!(app.look().await.run(&spoil).await.expect("a row"), 1);
    let list = v1::ListConsentRecordsRequest {
        profile_table: story::people(),
        profile: story::person("zoe"),
        ..v1::ListConsentRecordsRequest::default()
    };
    let answer = app.client().consents().list_consent_records(list).await;
    let Err(status) = &answer else { panic!("it cannot be read") };
    assert!(!marks::is_marked(status.message()), "{status:?}");
    failed(answer, Code::Internal, "INTERNAL");
}

/// No call erases yet: what an erasure leaves is planted.
#[apply(every_app)]
async fn an_old_grant_does_not_bring_back_who_was_erased(app: &TestApp) {
    put_table(app).await;
    upsert(app, Answer::Grant, START).await.expect("a grant is stored");
    let ours = &app.ours().id;
    for what in [
        "record SET profile = NULL, body = NULL, salt = NULL, effects = NULL".to_owned(),
        format!("profile SET erased_at = {START}"),
    ] {
        let erase = format!("UPDATE {what} WHERE tenant = '{ours}'");
        assert_eq!(app.look().await.run(&erase).await.expect("an erasure"), 1);
    }
    let answer = upsert(app, Answer::Grant, START).await.expect("an answer").into_inner();
    failed(of_item(answer), Code::FailedPrecondition, "PROFILE_ERASED");
    let answer = upsert(app, Answer::Withdraw, START).await.expect("an answer").into_inner();
    assert!(of_item(answer).is_ok(), "who withdraws is never sent away");
    app.advance(std::time::Duration::from_secs(1));
    let answer = upsert(app, Answer::Grant, START + 1_000_000).await.expect("an answer").into_inner();
    assert!(of_item(answer).is_ok(), "a new, direct grant opens a new life");
}

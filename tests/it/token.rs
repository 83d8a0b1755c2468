//! Links: tokens are made without a trace, described without a change, and redeemed like any other answer.

use assent_proto::v1::{self, Answer, Series, State, coverage::Tracking};
use assent_tests::app::{START, TestApp};
use assent_tests::client::Client;
use assent_tests::fault::status;
use assent_tests::link::{self, Told};
use assent_tests::{apply, dump, every_app, marks, story};
use tonic::{Code, Status};
use tonic_types::StatusExt;

mod bites;
mod create;
mod describe;
mod malformed;
mod preferences;
mod redeem;
mod rotation;
mod seeds;

/// Gives our tenant its table under a policy, a text, and Anna's grant of everything that it accepts by two acts; returns the
/// text's id.
async fn settled(app: &TestApp, policy: &str) -> Vec<u8> {
    let mut table = story::profile_table(story::people(), "ours");
    table.policy_id = Some(policy.to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
    let put = v1::PutNoticeRequest { text: story::notice_text("ours") };
    let stored = app.client().consents().put_notice(put).await.expect("a text is stored").into_inner();
    let notice = stored.notice.expect("the text").id;
    granted(app.client(), "anna", &notice).await;
    notice
}

/// Somebody grants marketing, and all of tracking, a day before the tests begin.
async fn granted(client: &Client, who: &str, notice: &[u8]) {
    let at = START - 86_400_000_000;
    let tracking = story::item(who, Answer::Grant, at, Some(story::evidence(notice, "ours")));
    let mut contact = tracking.clone();
    if let Some(v1::upsert_consents_item::Event::Answer(given)) = &mut contact.event {
        given.coverage = marketing();
    }
    let answer = client.consents().upsert_consents(story::batch(vec![tracking, contact])).await;
    for result in answer.expect("a batch is answered").into_inner().results {
        assert!(matches!(result.result, Some(v1::upsert_consents_result::Result::Outcome(_))), "{result:?}");
    }
}

fn marketing() -> Option<v1::Coverage> {
    Some(v1::Coverage { marketing: true, tracking: None })
}

fn scopes(scopes: &[v1::Scope]) -> Option<v1::Coverage> {
    let scopes = scopes.iter().map(|scope| (*scope).into()).collect();
    Some(v1::Coverage { marketing: false, tracking: Some(Tracking::Scopes(v1::ScopeList { scopes })) })
}

/// Anna's token to withdraw from all of tracking.
async fn withdrawing(app: &TestApp) -> String {
    link::token(app.client(), link::withdrawing("anna", story::tracking())).await
}

/// Anna's token of the preference centre.
async fn choosing(app: &TestApp) -> String {
    link::token(app.client(), link::choosing("anna")).await
}

/// What somebody's series read, marketing first.
async fn states(app: &TestApp, who: &str) -> Vec<State> {
    let request = v1::GetConsentsRequest {
        profile_table: story::people(),
        profiles: story::person(who).into_iter().collect(),
        ..v1::GetConsentsRequest::default()
    };
    let answer = app.client().consents().get_consents(request).await.expect("states are told").into_inner();
    match answer.results.into_iter().next().and_then(|result| result.result) {
        Some(v1::get_consents_result::Result::Consents(found)) => {
            found.standings.iter().map(v1::Standing::state).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// The answer that a record holds.
fn answered(record: &v1::ConsentRecord) -> &v1::AnswerGiven {
    match &record.body {
        Some(v1::consent_record::Body::Answer(given)) => given,
        other => panic!("an answer: {other:?}"),
    }
}

/// All that the database holds of everybody, once nothing waits for a number.
async fn held(app: &TestApp) -> dump::Dump {
    story::number_everything(app.client()).await;
    dump::whole(&mut app.look().await).await
}

/// Code, reason and fields of a failure.
fn fault(status: &Status) -> (Code, String, Vec<String>) {
    let reason = status.get_details_error_info().expect("every error has a reason").reason;
    let wrong = status.get_details_bad_request().map(|wrong| wrong.field_violations).unwrap_or_default();
    (status.code(), reason, wrong.into_iter().map(|wrong| wrong.field).collect())
}

fn is(code: Code, reason: &str, fields: &[&str]) -> (Code, String, Vec<String>) {
    (code, reason.to_owned(), fields.iter().map(|field| (*field).to_owned()).collect())
}

/// The failure of one thing that was said.
fn refused(told: &Told) -> Status {
    status(told.as_ref().expect_err("it is refused"))
}

/// The words of each series, all with the same outcome and state.
fn each(series: &[&str], rest: &str) -> Vec<String> {
    series.iter().map(|name| format!("{name} {rest}")).collect()
}

const TRACKING: [&str; 6] =
    ["EMAIL_OPEN", "EMAIL_CLICK", "SMS_CLICK", "WEBSITE_VISIT", "TRANSACTION_GOAL", "DEVICE"];

//! ConsentService from outside: what people say is recorded, adds up, can be read and proved.

use assent_proto::google::rpc;
use assent_proto::v1::{
    self, Answer, Basis, Coverage, Outcome, Series, State, coverage::Tracking, get_consents_result,
    upsert_consents_item::Event, upsert_consents_result, verify_history_response,
};
use assent_tests::app::{START, TestApp};
use assent_tests::fault::status;
use assent_tests::{marks, story};
use tonic::{Code, Status};
use tonic_types::StatusExt;

mod askable;
mod batch;
mod evidence;
mod expiry;
mod expiry_twice;
mod history;
mod notice;
mod opt_ins;
mod outcome;
mod reading;
mod receipt;
mod repeat;
mod statements;
mod tampered;
mod together;

/// One hour, in microseconds.
const HOUR: i64 = 3_600_000_000;

/// Gives our tenant its table under a policy, and a notice text; returns the text's id.
async fn settled(app: &TestApp, policy: &str) -> Vec<u8> {
    let mut table = story::profile_table(story::people(), "ours");
    table.policy_id = Some(policy.to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
    put_notice(app, "ours").await.id
}

async fn put_notice(app: &TestApp, words: &str) -> v1::Notice {
    let put = v1::PutNoticeRequest { text: story::notice_text(words) };
    let stored = app.client().consents().put_notice(put).await.expect("a notice is stored");
    stored.into_inner().notice.expect("the notice as it is stored")
}

/// What one person says; a grant is an explicit one, decided at [`START`].
fn says(
    who: &str,
    answer: Answer,
    coverage: Option<Coverage>,
    evidence: Option<v1::Evidence>,
) -> v1::UpsertConsentsItem {
    let grants = answer == Answer::Grant;
    let given = v1::AnswerGiven {
        answer: answer.into(),
        coverage,
        decided_at: grants.then(|| story::timestamp(START)),
        basis: if grants { Basis::Explicit.into() } else { 0 },
        evidence,
    };
    v1::UpsertConsentsItem { profile: story::person(who), facts: None, event: Some(Event::Answer(given)) }
}

fn marketing() -> Option<Coverage> {
    Some(Coverage { marketing: true, tracking: None })
}

fn opens() -> Option<Coverage> {
    let scopes = vec![v1::Scope::EmailOpen.into()];
    Some(Coverage { marketing: false, tracking: Some(Tracking::Scopes(v1::ScopeList { scopes })) })
}

/// Changes what is said of an answer.
fn with(
    mut item: v1::UpsertConsentsItem,
    change: impl FnOnce(&mut v1::AnswerGiven),
) -> v1::UpsertConsentsItem {
    let Some(Event::Answer(given)) = &mut item.event else { panic!("an answer") };
    change(given);
    item
}

type Told = Result<v1::ConsentsUpserted, rpc::Status>;

fn told(response: v1::UpsertConsentsResponse) -> Vec<Told> {
    let results = response.results.into_iter().map(|result| match result.result.expect("a result") {
        upsert_consents_result::Result::Outcome(outcome) => Ok(outcome),
        upsert_consents_result::Result::Error(error) => Err(error),
    });
    results.collect()
}

async fn upsert(app: &TestApp, items: Vec<v1::UpsertConsentsItem>) -> Vec<Told> {
    send(app, story::batch(items)).await.expect("a batch is answered")
}

async fn send(app: &TestApp, batch: v1::UpsertConsentsRequest) -> Result<Vec<Told>, Status> {
    Ok(told(app.client().consents().upsert_consents(batch).await?.into_inner()))
}

/// The one outcome and state of an item about one series.
fn one(told: &Told) -> (Outcome, State) {
    let told = told.as_ref().expect("an accepted item");
    let [series] = told.series.as_slice() else { panic!("one series in {told:?}") };
    (series.outcome(), series.standing.as_ref().expect("a standing").state())
}

/// The error of an item as a call's.
fn refused(told: &Told) -> Status {
    status(told.as_ref().expect_err("a refused item"))
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().expect("every error has a reason").reason
}

fn fact(status: &Status, key: &str) -> String {
    let info = status.get_details_error_info().expect("every error has a reason");
    info.metadata.get(key).cloned().unwrap_or_default()
}

fn fields(status: &Status) -> Vec<String> {
    let wrong = status.get_details_bad_request().expect("the fields are named");
    wrong.field_violations.into_iter().map(|wrong| wrong.field).collect()
}

async fn get_as(app: &TestApp, who: &str, as_of: Option<i64>, known_at: Option<i64>) -> v1::ProfileConsents {
    let request = v1::GetConsentsRequest {
        profile_table: story::people(),
        profiles: story::person(who).into_iter().collect(),
        as_of: as_of.map(story::timestamp),
        known_at: known_at.map(story::timestamp),
    };
    let answer = app.client().consents().get_consents(request).await.expect("states are told").into_inner();
    let result = answer.results.into_iter().next().and_then(|result| result.result);
    let Some(get_consents_result::Result::Consents(consents)) = result else { panic!("{result:?}") };
    consents
}

async fn get(app: &TestApp, who: &str) -> v1::ProfileConsents {
    get_as(app, who, None, None).await
}

fn state(consents: &v1::ProfileConsents, series: Series) -> State {
    let standing = consents.standings.iter().find(|standing| standing.series() == series);
    standing.expect("every series is told").state()
}

/// Declares the message `ask` of ours, which asks for consent.
async fn asking_mail(app: &TestApp) {
    let mail = v1::Message {
        class: v1::MessageClass::ConsentRequest.into(),
        basis: v1::SendingBasis::SoftOptIn.into(),
        ..story::message(marks::id("ask"), "ours")
    };
    let put = v1::PutMessageRequest { message: Some(mail) };
    app.client().settings().put_message(put).await.expect("a message is declared");
}

/// The last message of a walk.
async fn verdict(app: &TestApp, known_head: Option<v1::LedgerHead>) -> verify_history_response::Event {
    let request = v1::VerifyHistoryRequest { known_head };
    let mut walk = app.client().consents().verify_history(request).await.expect("a walk begins").into_inner();
    let mut last = None;
    while let Some(told) = walk.message().await.expect("a walk goes on") {
        last = told.event;
    }
    last.expect("a walk ends with a verdict")
}

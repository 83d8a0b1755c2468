//! ImportConsents from outside: a list goes in chunk by chunk, each line once, whatever breaks.

use assent_proto::v1::import_consents_request::Message;
use assent_proto::v1::import_consents_response::Event as Told;
use assent_proto::v1::import_event::Event;
use assent_proto::v1::{
    self, Answer, Basis, ChunkAcknowledged, ImportChunk, ImportConsentsRequest, ImportCounts, ImportHeader,
    ImportLine, ImportOpened, LineOutcome, State, get_consents_result,
};
use assent_tests::app::{START, TestApp};
use assent_tests::client::Client;
use assent_tests::fault::status;
use assent_tests::{dump, story};
use prost_reflect::prost::Message as _;
use tonic::{Code, Status};
use tonic_types::StatusExt;

mod broken_off;
mod chunks;
mod dates;
mod dry_run;
mod forgotten;
mod lane;
mod lines;
mod people;
mod seed;

/// One hour, in microseconds.
const HOUR: i64 = 3_600_000_000;

/// Gives our tenant its table under a policy, and a notice text; returns the text's id.
async fn settled(app: &TestApp, policy: &str) -> Vec<u8> {
    let mut table = story::profile_table(story::people(), "ours");
    table.policy_id = Some(policy.to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
    let put = v1::PutNoticeRequest { text: story::notice_text("ours") };
    let stored = app.client().consents().put_notice(put).await.expect("a notice is stored");
    stored.into_inner().notice.expect("the notice as it is stored").id
}

/// What a stream was told.
#[derive(Debug)]
struct Answered {
    opened: Option<ImportOpened>,
    acknowledged: Vec<ChunkAcknowledged>,
    ended: Option<ImportCounts>,
    error: Option<Status>,
}

impl Answered {
    /// The one acknowledgement of a stream that ended in order.
    fn one(&self) -> &ChunkAcknowledged {
        assert!(self.error.is_none(), "{:?}", self.error);
        let [one] = self.acknowledged.as_slice() else { panic!("one acknowledgement in {self:?}") };
        one
    }

    fn reason(&self) -> String {
        reason(self.error.as_ref().expect("an error"))
    }
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().expect("every error has a reason").reason
}

/// Sends a stream of messages, whole, and reads its answers to their end.
async fn stream(client: &Client, messages: Vec<ImportConsentsRequest>) -> Answered {
    let mut answered = Answered { opened: None, acknowledged: Vec::new(), ended: None, error: None };
    let mut answers = match client.consents().import_consents(tokio_stream::iter(messages)).await {
        Ok(answers) => answers.into_inner(),
        Err(error) => return Answered { error: Some(error), ..answered },
    };
    loop {
        match answers.message().await {
            Ok(Some(told)) => match told.event.expect("an answer says something") {
                Told::Opened(opened) => answered.opened = Some(opened),
                Told::Acknowledged(acknowledged) => answered.acknowledged.push(acknowledged),
                Told::Ended(ended) => answered.ended = ended.totals,
            },
            Ok(None) => return answered,
            Err(error) => return Answered { error: Some(error), ..answered },
        }
    }
}

/// All that the database holds of us, when nothing waits to be numbered.
async fn held(app: &TestApp) -> dump::Dump {
    story::number_everything(app.client()).await;
    dump::of_tenant(&mut app.look().await, &app.ours().id).await
}

fn chunk(number: u64, lines: Vec<ImportLine>) -> ImportConsentsRequest {
    story::import(Message::Chunk(ImportChunk { number, lines }))
}

fn begin(header: ImportHeader) -> ImportConsentsRequest {
    story::import(Message::Header(header))
}

/// Imports chunks of lines, numbered from 1.
async fn import(client: &Client, id: &str, chunks: Vec<Vec<ImportLine>>) -> Answered {
    let mut messages = vec![begin(story::import_header(id))];
    messages.extend((1..).zip(chunks).map(|(number, lines)| chunk(number, lines)));
    stream(client, messages).await
}

fn evidence(notice: &[u8]) -> v1::Evidence {
    let proof_reference = Some("archive 1".to_owned());
    v1::Evidence { proof_reference, source: None, ..story::evidence(notice, "ours") }
}

/// An answer on tracking; a grant is an imported one.
fn said(answer: Answer, at: i64, evidence: Option<v1::Evidence>) -> Event {
    about(answer, at, evidence, story::tracking())
}

fn about(answer: Answer, at: i64, evidence: Option<v1::Evidence>, coverage: Option<v1::Coverage>) -> Event {
    let basis = if answer == Answer::Grant { Basis::Imported.into() } else { 0 };
    let decided_at = Some(story::timestamp(at));
    Event::Answer(v1::AnswerGiven { answer: answer.into(), coverage, decided_at, basis, evidence })
}

fn marketing() -> Option<v1::Coverage> {
    Some(v1::Coverage { marketing: true, tracking: None })
}

/// A yes of that person, with all evidence.
fn yes(line: u64, who: &str, notice: &[u8]) -> ImportLine {
    story::import_line(line, who, [said(Answer::Grant, START - HOUR, Some(evidence(notice)))])
}

fn no(line: u64, who: &str, at: i64) -> ImportLine {
    story::import_line(line, who, [said(Answer::Refuse, at, None)])
}

/// How many lines were created, changed, renewed, unchanged, superseded, blank, failed.
fn counts(counts: Option<ImportCounts>) -> [u64; 7] {
    let ImportCounts { created, changed, renewed, unchanged, superseded, blank, failed } =
        counts.expect("counts");
    [created, changed, renewed, unchanged, superseded, blank, failed]
}

/// The lines that failed, each with its reason and fields.
fn failures(told: &ChunkAcknowledged) -> Vec<(u64, String, Vec<String>)> {
    let failures = told.failures.iter().map(|failure| {
        let error = failure.error.as_ref().expect("an error");
        let status = status(error);
        let wrong = status.get_details_bad_request().map(|wrong| wrong.field_violations).unwrap_or_default();
        (failure.line, reason(&status), wrong.into_iter().map(|wrong| wrong.field).collect())
    });
    failures.collect()
}

/// What tracking reads.
async fn state(app: &TestApp, who: &str) -> State {
    standing(app, who, v1::Series::EmailOpen).await.state()
}

async fn standing(app: &TestApp, who: &str, series: v1::Series) -> v1::Standing {
    let request = v1::GetConsentsRequest {
        profile_table: story::people(),
        profiles: story::person(who).into_iter().collect(),
        ..v1::GetConsentsRequest::default()
    };
    let answer = app.client().consents().get_consents(request).await.expect("states are told").into_inner();
    let result = answer.results.into_iter().next().and_then(|result| result.result);
    let Some(get_consents_result::Result::Consents(consents)) = result else { panic!("{result:?}") };
    consents.standings.into_iter().find(|standing| standing.series() == series).expect("every series is told")
}

/// Records a direct answer.
async fn direct(app: &TestApp, who: &str, answer: Answer, at: i64, evidence: Option<v1::Evidence>) {
    let batch = story::batch(vec![story::item(who, answer, at, evidence)]);
    let told = app.client().consents().upsert_consents(batch).await.expect("a batch is answered");
    for result in told.into_inner().results {
        assert!(matches!(result.result, Some(v1::upsert_consents_result::Result::Outcome(_))), "{result:?}");
    }
}

//! A service for tests that answers from a script: first the failures that were queued, one a call, then the ordinary answer.
//! It judges nothing; it shows what the client sends.

pub(crate) mod changes;
pub(crate) mod imports;
mod interactions;
pub(crate) mod recordings;

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use assent_proto::v1;
use assent_proto::v1::consent_change_service_server::ConsentChangeServiceServer;
use assent_proto::v1::consent_service_server::{ConsentService, ConsentServiceServer};
use assent_proto::v1::interaction_service_server::InteractionServiceServer;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming};
use tonic_types::{ErrorDetails, StatusExt};

use crate::{Client, Options, Retry};

/// What one call brought along.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    pub(crate) request_id: String,
    pub(crate) profiles: Vec<String>,
    pub(crate) cursor: String,
    pub(crate) metadata: tonic::metadata::MetadataMap,
}

impl Seen {
    /// A header; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> String {
        self.metadata.get(name).map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    }
}

/// What a trigger stream tells.
pub(crate) type Watched = Result<v1::WatchInteractionsResponse, Status>;

/// What a snapshot tells.
pub(crate) type Copied = Result<v1::SnapshotConsentsResponse, Status>;

#[derive(Default)]
struct Script {
    seen: Vec<Seen>,
    /// What the next calls are told; `None`: the ordinary answer.
    failures: VecDeque<Option<Status>>,
    refused_items: Vec<usize>,
    /// How the next walks over the ledger break, after their first word.
    breaks: VecDeque<Status>,
    /// The imports that were written, as far as they got.
    imports: imports::Imported,
    /// What the next trigger streams tell before they end.
    streams: VecDeque<Vec<Watched>>,
    /// What the next streams of changes tell before they end.
    change_streams: VecDeque<Vec<changes::Watched>>,
    /// What the next snapshots tell before they end.
    snapshots: VecDeque<Vec<Copied>>,
    /// The ledger that is read.
    ledger: changes::Ledger,
    /// What was streamed to be recorded.
    recordings: recordings::Recordings,
    /// When that is acknowledged.
    gate: Arc<recordings::Gate>,
}

/// The service, for as long as this lives.
pub(crate) struct Scripted {
    script: Arc<Mutex<Script>>,
    endpoint: String,
    task: JoinHandle<()>,
}

impl Scripted {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let script = Arc::new(Mutex::new(Script::default()));
        let served = Served(Arc::clone(&script));
        let task = tokio::spawn(async move {
            Server::builder()
                .add_service(ConsentServiceServer::new(served.clone()))
                .add_service(ConsentChangeServiceServer::new(served.clone()))
                .add_service(InteractionServiceServer::new(served))
                .serve_with_incoming(TcpListenerStream::new(listener))
                .await
                .unwrap();
        });
        Self { script, endpoint, task }
    }

    /// Fails the next calls, one each.
    pub(crate) fn fail(&self, failures: impl IntoIterator<Item = Status>) {
        self.script.lock().unwrap().failures.extend(failures.into_iter().map(Some));
    }

    /// Answers one call before what fails next.
    pub(crate) fn answer(&self) {
        self.script.lock().unwrap().failures.push_back(None);
    }

    /// Breaks the next walks over the ledger after their first word, one each.
    pub(crate) fn break_walks(&self, breaks: impl IntoIterator<Item = Status>) {
        self.script.lock().unwrap().breaks.extend(breaks);
    }

    /// Tells this by the next trigger stream, and ends it. A stream that was not scripted says nothing.
    pub(crate) fn stream(&self, told: impl IntoIterator<Item = Watched>) {
        self.script.lock().unwrap().streams.push_back(told.into_iter().collect());
    }

    /// Tells this by the next stream of changes, and ends it.
    pub(crate) fn stream_changes(&self, told: impl IntoIterator<Item = changes::Watched>) {
        self.script.lock().unwrap().change_streams.push_back(told.into_iter().collect());
    }

    /// Tells this by the next snapshot, and ends it. One that was not scripted says nothing.
    pub(crate) fn snapshot(&self, told: impl IntoIterator<Item = Copied>) {
        self.script.lock().unwrap().snapshots.push_back(told.into_iter().collect());
    }

    /// Refuses the items of that place in any call.
    pub(crate) fn refuse_item(&self, at: usize) {
        self.script.lock().unwrap().refused_items.push(at);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.script.lock().unwrap().seen.clone()
    }

    /// Options that do not wait long.
    pub(crate) fn options(&self) -> Options {
        Options::new(&self.endpoint)
            .api_key("secret-key")
            .retry(Retry::default().base(Duration::from_millis(1)))
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect_lazily(self.options()).unwrap()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A failure of the contract.
pub(crate) fn failure(code: tonic::Code, reason: &str, details: ErrorDetails) -> Status {
    let mut details = details;
    if details.error_info().is_none() {
        details.set_error_info(reason, "assent", std::collections::HashMap::new());
    }
    Status::with_error_details(code, "scripted", details)
}

#[derive(Clone)]
struct Served(Arc<Mutex<Script>>);

type Answer<T> = Result<Response<T>, Status>;

impl Served {
    fn see<T>(
        &self,
        request: &Request<T>,
        id: &str,
        profiles: Vec<String>,
        cursor: &str,
    ) -> Result<Vec<usize>, Status> {
        let mut script = self.0.lock().unwrap();
        script.seen.push(Seen {
            at: Instant::now(),
            request_id: id.to_owned(),
            profiles,
            cursor: cursor.to_owned(),
            metadata: request.metadata().clone(),
        });
        match script.failures.pop_front().flatten() {
            Some(status) => Err(status),
            None => Ok(script.refused_items.clone()),
        }
    }
}

/// A result that names its profile in place of a record, so that tests see the order.
fn created(profile: &str) -> v1::upsert_consents_result::Result {
    let standing = v1::Standing {
        series: v1::Series::EmailOpen.into(),
        state: v1::State::Granted.into(),
        record_id: Some(profile.to_owned()),
        ..v1::Standing::default()
    };
    let line = v1::SeriesOutcome { outcome: v1::Outcome::Created.into(), standing: Some(standing) };
    v1::upsert_consents_result::Result::Outcome(v1::ConsentsUpserted { series: vec![line], facts: None })
}

fn refused(at: usize) -> v1::upsert_consents_result::Result {
    v1::upsert_consents_result::Result::Error(refusal(&format!("items[{at}].profile.id")))
}

/// The name of an edge.
fn edge(number: i32) -> String {
    let name = v1::CursorEdge::try_from(number).unwrap().as_str_name();
    name.trim_start_matches("CURSOR_EDGE_").to_owned()
}

/// The error of an item, one of whose fields is wrong.
fn refusal(path: &str) -> assent_proto::google::rpc::Status {
    use prost::Message;
    let mut details = ErrorDetails::with_bad_request_violation(path, "wrong");
    details.set_error_info("FIELD_INVALID", "assent", std::collections::HashMap::new());
    let status = Status::with_error_details(tonic::Code::InvalidArgument, "scripted", details);
    assent_proto::google::rpc::Status::decode(status.details()).unwrap()
}

#[tonic::async_trait]
impl ConsentService for Served {
    async fn upsert_consents(
        &self,
        request: Request<v1::UpsertConsentsRequest>,
    ) -> Answer<v1::UpsertConsentsResponse> {
        let message = request.get_ref().clone();
        let profiles: Vec<String> =
            message.items.iter().map(|item| item.profile.clone().unwrap().id).collect();
        let refuse = self.see(&request, &message.request_id, profiles.clone(), "")?;
        let result = |(at, id): (usize, &String)| v1::UpsertConsentsResult {
            result: Some(if refuse.contains(&at) { refused(at) } else { created(id) }),
        };
        Ok(Response::new(v1::UpsertConsentsResponse {
            results: profiles.iter().enumerate().map(result).collect(),
        }))
    }

    type ImportConsentsStream = imports::Acknowledgements;

    async fn import_consents(
        &self,
        request: Request<Streaming<v1::ImportConsentsRequest>>,
    ) -> Answer<Self::ImportConsentsStream> {
        imports::import(&self.0, request).await
    }

    async fn get_consents(
        &self,
        request: Request<v1::GetConsentsRequest>,
    ) -> Answer<v1::GetConsentsResponse> {
        let ids: Vec<String> = request.get_ref().profiles.iter().map(|key| key.id.clone()).collect();
        self.see(&request, "", ids.clone(), "")?;
        let result = |id: &String| v1::GetConsentsResult {
            result: Some(v1::get_consents_result::Result::Consents(v1::ProfileConsents {
                facts: Some(v1::KnownFacts { collected_on: None, jurisdiction: Some(id.clone()) }),
                ..v1::ProfileConsents::default()
            })),
        };
        Ok(Response::new(v1::GetConsentsResponse { results: ids.iter().map(result).collect() }))
    }

    async fn upsert_profiles(
        &self,
        _: Request<v1::UpsertProfilesRequest>,
    ) -> Answer<v1::UpsertProfilesResponse> {
        Err(Status::unimplemented("not scripted"))
    }

    async fn list_consent_records(
        &self,
        _: Request<v1::ListConsentRecordsRequest>,
    ) -> Answer<v1::ListConsentRecordsResponse> {
        Err(Status::unimplemented("not scripted"))
    }

    type VerifyHistoryStream =
        Pin<Box<dyn tokio_stream::Stream<Item = Result<v1::VerifyHistoryResponse, Status>> + Send>>;

    async fn verify_history(
        &self,
        request: Request<v1::VerifyHistoryRequest>,
    ) -> Answer<Self::VerifyHistoryStream> {
        self.see(&request, "", Vec::new(), "")?;
        let head = Some(v1::LedgerHead { position: 2, chain: vec![7; 32] });
        let progress = v1::HistoryProgress { position: 1, verified: 1, redacted: 0, head: head.clone() };
        let whole = v1::HistoryWhole { verified: 1, redacted: 1, head };
        use v1::verify_history_response::Event;
        let said = |event| Ok(v1::VerifyHistoryResponse { event: Some(event) });
        let broken = self.0.lock().unwrap().breaks.pop_front();
        let last = broken.map_or_else(|| said(Event::Whole(whole)), Err);
        let events = [said(Event::Progress(progress)), last];
        Ok(Response::new(Box::pin(tokio_stream::iter(events))))
    }

    async fn put_notice(&self, _: Request<v1::PutNoticeRequest>) -> Answer<v1::PutNoticeResponse> {
        Err(Status::unimplemented("not scripted"))
    }

    async fn get_notice(&self, _: Request<v1::GetNoticeRequest>) -> Answer<v1::GetNoticeResponse> {
        Err(Status::unimplemented("not scripted"))
    }

    async fn list_notices(&self, _: Request<v1::ListNoticesRequest>) -> Answer<v1::ListNoticesResponse> {
        Err(Status::unimplemented("not scripted"))
    }

    async fn create_tokens(&self, _: Request<v1::CreateTokensRequest>) -> Answer<v1::CreateTokensResponse> {
        Err(Status::unimplemented("not scripted"))
    }

    async fn describe_token(
        &self,
        _: Request<v1::DescribeTokenRequest>,
    ) -> Answer<v1::DescribeTokenResponse> {
        Err(Status::unimplemented("not scripted"))
    }

    /// One result, which names the token in place of a record.
    async fn redeem_token(
        &self,
        request: Request<v1::RedeemTokenRequest>,
    ) -> Answer<v1::RedeemTokenResponse> {
        let message = request.get_ref().clone();
        self.see(&request, &message.request_id, vec![message.token.clone()], "")?;
        let v1::upsert_consents_result::Result::Outcome(created) = created(&message.token) else {
            return Err(Status::internal("a scripted item was refused"));
        };
        let outcome = v1::TokenRedeemed { series: created.series };
        let result = Some(v1::redeem_token_result::Result::Outcome(outcome));
        Ok(Response::new(v1::RedeemTokenResponse { results: vec![v1::RedeemTokenResult { result }] }))
    }

    async fn describe_opt_ins(
        &self,
        _: Request<v1::DescribeOptInsRequest>,
    ) -> Answer<v1::DescribeOptInsResponse> {
        Err(Status::unimplemented("not scripted"))
    }

    async fn check_askable(&self, _: Request<v1::CheckAskableRequest>) -> Answer<v1::CheckAskableResponse> {
        Err(Status::unimplemented("not scripted"))
    }

    async fn get_consent_receipt(
        &self,
        _: Request<v1::GetConsentReceiptRequest>,
    ) -> Answer<v1::GetConsentReceiptResponse> {
        Err(Status::unimplemented("not scripted"))
    }
}

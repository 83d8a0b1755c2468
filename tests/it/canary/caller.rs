//! Whoever calls: with a key, and with free text of their own in headers that nobody asked for.

use std::sync::atomic::{AtomicUsize, Ordering};

use assent_proto::v1;
use assent_proto::v1::audience_service_client::AudienceServiceClient;
use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient;
use assent_proto::v1::consent_service_client::ConsentServiceClient;
use assent_proto::v1::interaction_service_client::InteractionServiceClient;
use assent_proto::v1::privacy_service_client::PrivacyServiceClient;
use assent_proto::v1::settings_service_client::SettingsServiceClient;
use assent_proto::v1::wait_block_service_client::WaitBlockServiceClient;
use assent_tests::streamed;
use tonic::metadata::{Ascii, MetadataKey};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

pub(super) type Wire = InterceptedService<Channel, Headers>;

/// A connection with a key.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    channel: Channel,
    headers: Headers,
}

/// What goes along with every call.
#[derive(Clone, Debug)]
pub(super) struct Headers(Vec<(&'static str, String)>);

impl Interceptor for Headers {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        for (name, value) in &self.0 {
            let name = MetadataKey::<Ascii>::from_static(name);
            request.metadata_mut().insert(name, value.parse().expect("plain text"));
        }
        Ok(request)
    }
}

impl Caller {
    pub(super) fn at(address: &str, key: &str) -> Self {
        let channel = Endpoint::from_shared(format!("http://{address}")).expect("an address").connect_lazy();
        Self { channel, headers: Headers(vec![("authorization", format!("Bearer {key}"))]) }
    }

    /// The same with one more header.
    pub(super) fn bringing(mut self, name: &'static str, value: String) -> Self {
        self.headers.0.push((name, value));
        self
    }

    /// The same for a call that is given up after so long.
    pub(super) fn impatient(self, milliseconds: u32) -> Self {
        self.bringing("grpc-timeout", format!("{milliseconds}m"))
    }

    fn wire(&self) -> Wire {
        InterceptedService::new(self.channel.clone(), self.headers.clone())
    }

    pub(super) fn consents(&self) -> ConsentServiceClient<Wire> {
        ConsentServiceClient::new(self.wire())
    }

    pub(super) fn changes(&self) -> ConsentChangeServiceClient<Wire> {
        ConsentChangeServiceClient::new(self.wire())
    }

    pub(super) fn interactions(&self) -> InteractionServiceClient<Wire> {
        InteractionServiceClient::new(self.wire())
    }

    pub(super) fn privacy(&self) -> PrivacyServiceClient<Wire> {
        PrivacyServiceClient::new(self.wire())
    }

    pub(super) fn settings(&self) -> SettingsServiceClient<Wire> {
        SettingsServiceClient::new(self.wire())
    }

    pub(super) fn audience(&self) -> AudienceServiceClient<Wire> {
        AudienceServiceClient::new(self.wire())
    }

    pub(super) fn wait_blocks(&self) -> WaitBlockServiceClient<Wire> {
        WaitBlockServiceClient::new(self.wire())
    }

    /// Reports interactions once, by a call or by a stream.
    pub(super) async fn report(
        &self,
        request: v1::RecordInteractionsRequest,
        by_stream: bool,
    ) -> Result<v1::RecordInteractionsResponse, Status> {
        if by_stream {
            return streamed::one(self.interactions(), request).await;
        }
        self.interactions().record_interactions(request).await.map(tonic::Response::into_inner)
    }

    /// Reports interactions, once more as long as the service only asks to try again; every other time by a stream.
    pub(super) async fn record(&self, table: &str, interactions: Vec<v1::Interaction>) -> Vec<Told> {
        let request = v1::RecordInteractionsRequest { profile_table: table.to_owned(), interactions };
        let by_stream = REPORTS.fetch_add(1, Ordering::Relaxed) % 2 == 1;
        let answer = patiently(async || self.report(request.clone(), by_stream).await);
        answer.await.results.into_iter().filter_map(|result| result.result).collect()
    }
}

/// How often something was reported.
static REPORTS: AtomicUsize = AtomicUsize::new(0);

pub(super) use v1::record_interactions_result::Result as Told;

/// Calls until it is answered by something other than a wish to be asked again.
pub(super) async fn patiently<T>(call: impl AsyncFn() -> Result<T, Status>) -> T {
    let mut last = None;
    for _ in 0..50 {
        match call().await {
            Ok(answer) => return answer,
            Err(status)
                if [Code::Unavailable, Code::Aborted, Code::DeadlineExceeded].contains(&status.code()) =>
            {
                last = Some(status);
            }
            Err(status) => panic!("a call of the load fails: {status}"),
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("a call of the load is never answered: {last:?}");
}

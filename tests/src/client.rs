//! The client of the tests: typed, but with eyes of its own on what goes over the wire.
//!
//! It sends every mutation twice and fails the test if the answers differ. It notes in the matrix what each
//! call has shown, but for what it is to another tenant: that is for a test to look at. It fails the test if an answer holds anything of the other tenant.
//! Every token that it is given is a secret from then on.

mod endless;
mod reading;
mod wire;

use std::sync::Arc;
use std::task::{Context, Poll};

use assent_proto::v1::audience_service_client::AudienceServiceClient;
use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient;
use assent_proto::v1::consent_service_client::ConsentServiceClient;
use assent_proto::v1::interaction_service_client::InteractionServiceClient;
use assent_proto::v1::privacy_service_client::PrivacyServiceClient;
use assent_proto::v1::settings_service_client::SettingsServiceClient;
use assent_proto::v1::wait_block_service_client::WaitBlockServiceClient;
use http::{Request, Response};
use tonic::body::Body;
use tonic::transport::Channel;

use crate::engine::Engine;
use crate::marks;
use crate::matrix::{self, Case};
use reading::Said;
use wire::Answer;

/// Mutations that are answered otherwise when they are repeated: what is recorded already is a duplicate.
const RECORD: [&str; 2] = ["/RecordInteractions", "/StreamInteractions"];

/// Another one: an import goes on after what is acknowledged already.
const IMPORT: &str = "/ImportConsents";

/// What makes tokens, which must never be told again but to whoever redeems them.
const CREATE_TOKENS: &str = "/CreateTokens";

/// A connection with a credential. Clones share what they saw.
#[derive(Clone, Debug)]
pub struct Client {
    channel: Channel,
    key: Option<Arc<str>>,
    eyes: Arc<Eyes>,
}

/// What a client watches for, and what it saw.
#[derive(Debug)]
struct Eyes {
    engine: Engine,
    /// What only the other tenant's data hold.
    foreign: Option<String>,
    /// Whether each mutation is sent twice.
    twice: bool,
}

impl Client {
    /// Speaks over `channel` with an API key, or without one. An answer that holds `foreign` fails the test.
    #[must_use]
    pub fn new(channel: Channel, engine: Engine, key: Option<&str>, foreign: Option<&str>) -> Self {
        let eyes = Eyes { engine, foreign: foreign.map(str::to_owned), twice: true };
        Self { channel, key: key.map(Arc::from), eyes: Arc::new(eyes) }
    }

    /// The same connection and credential, sending each mutation once: for a test that is itself about
    /// repeating, or about faults in the midst of a call.
    #[must_use]
    pub fn once(&self) -> Self {
        let eyes = Eyes { engine: self.eyes.engine, foreign: self.eyes.foreign.clone(), twice: false };
        Self { eyes: Arc::new(eyes), ..self.clone() }
    }

    /// The same connection and credential with no eye for the other tenant: for whoever speaks as that tenant.
    #[must_use]
    pub fn blind(&self) -> Self {
        let Eyes { engine, twice, .. } = *self.eyes;
        let eyes = Eyes { engine, foreign: None, twice };
        Self { eyes: Arc::new(eyes), ..self.clone() }
    }

    /// The same connection with another credential, or with none.
    #[must_use]
    pub fn with_key(&self, key: Option<&str>) -> Self {
        Self { key: key.map(Arc::from), ..self.clone() }
    }

    /// `AudienceService`.
    #[must_use]
    pub fn audience(&self) -> AudienceServiceClient<Self> {
        AudienceServiceClient::new(self.clone())
    }

    /// `ConsentService`.
    #[must_use]
    pub fn consents(&self) -> ConsentServiceClient<Self> {
        ConsentServiceClient::new(self.clone())
    }

    /// `ConsentChangeService`.
    #[must_use]
    pub fn changes(&self) -> ConsentChangeServiceClient<Self> {
        ConsentChangeServiceClient::new(self.clone())
    }

    /// `InteractionService`.
    #[must_use]
    pub fn interactions(&self) -> InteractionServiceClient<Self> {
        InteractionServiceClient::new(self.clone())
    }

    /// `PrivacyService`.
    #[must_use]
    pub fn privacy(&self) -> PrivacyServiceClient<Self> {
        PrivacyServiceClient::new(self.clone())
    }

    /// `SettingsService`.
    #[must_use]
    pub fn settings(&self) -> SettingsServiceClient<Self> {
        SettingsServiceClient::new(self.clone())
    }

    /// `WaitBlockService`.
    #[must_use]
    pub fn wait_blocks(&self) -> WaitBlockServiceClient<Self> {
        WaitBlockServiceClient::new(self.clone())
    }

    /// The connection itself, past all eyes.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }
}

impl tower::Service<Request<Body>> for Client {
    type Response = Response<Body>;
    type Error = tonic::Status;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, tonic::Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), tonic::Status>> {
        // Each attempt takes a clone of the channel and waits for it.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let client = self.clone();
        Box::pin(async move {
            let method = request.uri().path().trim_start_matches('/').to_owned();
            let request = wire::Asked::read(request, client.key.as_deref()).await?;
            if matrix::is_endless(&method) {
                let begun = request.begin(client.channel.clone()).await?;
                return Ok(endless::looked_at(begun, method, client.eyes));
            }
            let first = request.send(client.channel.clone()).await?;
            if method.ends_with(CREATE_TOKENS) {
                first.tokens().iter().for_each(|token| marks::keep_secret(token));
            }
            client.eyes.look(&method, &first);
            if client.eyes.twice && matrix::is_mutation(&method) {
                let second = request.send(client.channel.clone()).await?;
                client.eyes.compare(&method, &first, &second);
                // What is recorded already is told as such: what the test is about is how it was told at first.
                let as_first = records(&method) || method.ends_with(IMPORT);
                let told = if as_first { first } else { second };
                return Ok(told.into_response());
            }
            Ok(first.into_response())
        })
    }
}

impl Eyes {
    fn look(&self, method: &str, answer: &Answer) {
        let said = Said::of(method, answer);
        if answer.is_ok() {
            matrix::note(method, self.engine, Case::Ok);
        }
        if said.invalid {
            matrix::note(method, self.engine, Case::Invalid);
        }
        for reason in &said.reasons {
            matrix::note_reason(reason);
        }
        let leaks = self.foreign.as_ref().is_some_and(|foreign| said.text.contains(foreign.as_str()));
        assert!(!leaks, "the answer of {method} holds something of another tenant: {}", said.text);
    }

    fn compare(&self, method: &str, first: &Answer, second: &Answer) {
        let (mut first_said, second_said) = (Said::of(method, first), Said::of(method, second));
        if records(method) {
            first_said.text = as_told_again(&first_said.text, &second_said.text);
        }
        // What may pass by itself proves nothing about repeating.
        if first_said.transient || second_said.transient {
            return;
        }
        assert_eq!(first_said, second_said, "{method}: the same request once more was answered differently");
        if first.is_ok() {
            matrix::note(method, self.engine, Case::Replayed);
        }
    }
}

fn records(method: &str) -> bool {
    RECORD.iter().any(|name| method.ends_with(name))
}

/// What was recorded first is told as a duplicate when it is sent again; so is what was counted, and a last-open day alone is told
/// as before.
fn as_told_again(first: &str, second: &str) -> String {
    const WORD: &str = "DISPOSITION_";
    let mut again = second.split(WORD).skip(1);
    let mut pieces = first.split(WORD);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let is_duplicate = again.next().is_some_and(|piece| piece.starts_with("DUPLICATE"));
        let counted = piece.strip_prefix("EXEMPTED").filter(|_| is_duplicate);
        text += WORD;
        match piece.strip_prefix("RECORDED").or(counted) {
            Some(rest) => text.extend(["DUPLICATE", rest]),
            None => text += piece,
        }
    }
    text
}

#[cfg(test)]
mod tests;

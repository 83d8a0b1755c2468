//! Callers of the service: many at once, over a few connections, each waiting for its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use assent_proto::v1;
use assent_proto::v1::consent_service_client::ConsentServiceClient;
use assent_proto::v1::settings_service_client::SettingsServiceClient;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};

mod change;
mod consent;
mod gate;
mod interaction;
mod stream;
mod wait_block;

pub(crate) use change::Reading;
pub(crate) use wait_block::{Asking, OVER};

/// The profile table that everybody stands in.
pub(crate) const TABLE: &str = "people";

/// How many connections all callers share.
const CONNECTIONS: usize = 4;

/// How many items a call of the seed has.
const SEEDED_AT_ONCE: u64 = 1_000;

/// Between two people of a batch: a prime, so that a batch never meets one person twice and is spread over all.
pub(crate) const STRIDE: u64 = 7_919;

/// Whoever speaks to a service.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    channels: Vec<Channel>,
    key: MetadataValue<Ascii>,
    notice: Vec<u8>,
    pub(crate) profiles: u64,
    /// Whether the ids of interactions come in the order of time.
    ordered_ids: bool,
    chance: Arc<AtomicU64>,
}

/// What came of calling for a while.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) items: u64,
    pub(crate) elapsed: Duration,
    /// How long each call took.
    pub(crate) calls: Vec<Duration>,
}

impl Called {
    /// In items a second.
    pub(crate) fn rate(&self) -> f64 {
        crate::report::precise(self.items) / self.elapsed.as_secs_f64()
    }
}

impl Caller {
    /// Connects, without a word.
    pub(crate) fn to(address: &str, key: &str, profiles: u64) -> Self {
        let endpoint = Endpoint::try_from(format!("http://{address}")).expect("an address");
        let channels = (0..CONNECTIONS).map(|_| endpoint.connect_lazy()).collect();
        let key = format!("Bearer {key}").parse().expect("a key is plain text");
        let chance = Arc::new(AtomicU64::new(micros().unsigned_abs()));
        Self { channels, key, notice: Vec::new(), profiles, ordered_ids: true, chance }
    }

    /// Connects, and gives the tenant its table and its notice.
    pub(crate) async fn at(address: &str, key: &str, profiles: u64) -> Self {
        let mut caller = Self::to(address, key, profiles);
        let controller = v1::Controller {
            name: "Example SA".to_owned(),
            address: "1 High Street".to_owned(),
            contact: "privacy@example.org".to_owned(),
        };
        let profile_table = Some(v1::ProfileTable {
            id: TABLE.to_owned(),
            controller: Some(controller),
            zone: "Europe/Brussels".to_owned(),
            ..v1::ProfileTable::default()
        });
        let mut settings = SettingsServiceClient::new(caller.channels[0].clone());
        let request = caller.with_key(v1::PutProfileTableRequest { profile_table });
        settings.put_profile_table(request).await.expect("a table is stored");
        let text = "We would like to know which of our messages you read.".to_owned();
        let request = caller.with_key(v1::PutNoticeRequest { text });
        let stored = ConsentServiceClient::new(caller.channels[0].clone()).put_notice(request).await;
        caller.notice = stored.expect("a notice is stored").into_inner().notice.expect("the notice").id;
        caller
    }

    /// The same with ids of interactions in no order.
    pub(crate) fn with_random_ids(self, random: bool) -> Self {
        Self { ordered_ids: !random, ..self }
    }

    /// Declares a message that leads to nothing.
    pub(crate) async fn declare(&self, message: &str) {
        let message = Some(v1::Message {
            id: message.to_owned(),
            channel: v1::Channel::Email.into(),
            class: v1::MessageClass::Marketing.into(),
            basis: v1::SendingBasis::Consent.into(),
            ..v1::Message::default()
        });
        let request = self.with_key(v1::PutMessageRequest { message });
        let stored = SettingsServiceClient::new(self.channels[0].clone()).put_message(request).await;
        stored.expect("a message is stored");
    }

    /// Gives everybody a first consent, decided at that instant.
    pub(crate) async fn seed(&self, decided_at: i64) {
        let mut from = 0;
        while from < self.profiles {
            let count = SEEDED_AT_ONCE.min(self.profiles - from);
            self.upsert(0, (from..from + count).collect(), decided_at).await;
            from += count;
        }
    }

    /// Does that work again and again for that long, `callers` at once. The work says how many items it did.
    pub(crate) async fn call<W>(
        &self,
        callers: usize,
        time: Duration,
        work: impl Fn(Self, usize) -> W + Clone + Send + 'static,
    ) -> Called
    where
        W: Future<Output = u64> + Send,
    {
        let begun = Instant::now();
        let mut calling = tokio::task::JoinSet::new();
        for number in 0..callers {
            let (caller, work) = (self.clone(), work.clone());
            calling.spawn(async move {
                let (mut items, mut calls) = (0, Vec::new());
                while begun.elapsed() < time {
                    let asked = Instant::now();
                    items += work(caller.clone(), number).await;
                    calls.push(asked.elapsed());
                }
                (items, calls)
            });
        }
        let mut called = Called { items: 0, elapsed: Duration::ZERO, calls: Vec::new() };
        for (items, calls) in calling.join_all().await {
            called.items += items;
            called.calls.extend(calls);
        }
        called.elapsed = begun.elapsed();
        called
    }

    /// That many people, each once.
    pub(crate) fn somebody(&self, count: u64) -> Vec<u64> {
        let first = self.random() % self.profiles;
        (0..count).map(|place| (first + place * STRIDE) % self.profiles).collect()
    }

    fn channel(&self, number: usize) -> Channel {
        self.channels[number % self.channels.len()].clone()
    }

    fn with_key<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        request.metadata_mut().insert("authorization", self.key.clone());
        request
    }

    /// Far from secret, and never twice the same: SplitMix64.
    pub(crate) fn random(&self) -> u64 {
        let mut z = self.chance.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
}

/// A person of [`TABLE`], counted from 0.
pub(crate) fn profile(person: u64) -> String {
    format!("p{}", person + 1)
}

/// Sixteen bytes as a UUID is written.
fn uuid(one: u64, other: u64) -> String {
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        one >> 32,
        one >> 16 & 0xffff,
        one & 0xffff,
        other >> 48 & 0x3fff | 0x8000,
        other & 0xffff_ffff_ffff
    )
}

/// Microseconds since 1970.
pub(crate) fn micros() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock past 1970");
    i64::try_from(since.as_micros()).expect("a date within reach")
}

//! Callers of the service: many at once, over a few connections, each waiting for its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use assent_proto::v1::consent_service_client::ConsentServiceClient;
use assent_proto::v1::settings_service_client::SettingsServiceClient;
use assent_proto::v1::{self, upsert_consents_result};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};

/// The profile table that everybody stands in.
const TABLE: &str = "people";

/// How many connections all callers share.
const CONNECTIONS: usize = 4;

/// How many items a call of the seed has.
const SEEDED_AT_ONCE: u64 = 1_000;

/// Between two people of a batch: a prime, so that a batch never meets one person twice and is spread over all.
const STRIDE: u64 = 7_919;

/// Whoever speaks to a service.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    channels: Vec<Channel>,
    key: MetadataValue<Ascii>,
    notice: Vec<u8>,
    profiles: u64,
    chance: Arc<AtomicU64>,
}

impl Caller {
    /// Connects, and gives the tenant its table and its notice.
    pub(crate) async fn at(address: &str, key: &str, profiles: u64) -> Self {
        let endpoint = Endpoint::try_from(format!("http://{address}")).expect("an address");
        let channels = (0..CONNECTIONS).map(|_| endpoint.connect_lazy()).collect();
        let key = format!("Bearer {key}").parse().expect("a key is plain text");
        let chance = Arc::new(AtomicU64::new(micros().unsigned_abs()));
        let mut caller = Self { channels, key, notice: Vec::new(), profiles, chance };
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

    /// Gives everybody a first consent.
    pub(crate) async fn seed(&self) {
        let mut from = 0;
        while from < self.profiles {
            let count = SEEDED_AT_ONCE.min(self.profiles - from);
            self.upsert(0, (from..from + count).collect()).await;
            from += count;
        }
    }

    /// Calls for that long, `callers` at once, with grants of `items` people each. Gives how many items were stored
    /// and how long it took.
    pub(crate) async fn call(&self, callers: usize, items: u64, time: Duration) -> (u64, Duration) {
        let begun = Instant::now();
        let mut calling = tokio::task::JoinSet::new();
        for number in 0..callers {
            let caller = self.clone();
            calling.spawn(async move {
                let mut stored = 0;
                while begun.elapsed() < time {
                    let first = caller.random() % caller.profiles;
                    let people = (0..items).map(|place| (first + place * STRIDE) % caller.profiles).collect();
                    caller.upsert(number, people).await;
                    stored += items;
                }
                stored
            });
        }
        let stored = calling.join_all().await.into_iter().sum();
        (stored, begun.elapsed())
    }

    /// One call with a fully proven grant of each of those people, decided now.
    async fn upsert(&self, number: usize, people: Vec<u64>) {
        let at = micros();
        let request = v1::UpsertConsentsRequest {
            profile_table: TABLE.to_owned(),
            items: people.into_iter().map(|person| self.grant(person, at)).collect(),
            request_id: self.request_id(),
            validate_only: false,
            origin: Some("bench".to_owned()),
        };
        let channel = self.channels[number % self.channels.len()].clone();
        let answer = ConsentServiceClient::new(channel).upsert_consents(self.with_key(request)).await;
        for result in answer.expect("a call is answered").into_inner().results {
            let stored = matches!(result.result, Some(upsert_consents_result::Result::Outcome(_)));
            assert!(stored, "a proven grant is stored: {result:?}");
        }
    }

    fn grant(&self, person: u64, at: i64) -> v1::UpsertConsentsItem {
        let evidence = v1::Evidence {
            method: Some("checkbox".to_owned()),
            source: Some(v1::Source {
                kind: v1::SourceKind::Form.into(),
                name: Some("newsletter form".to_owned()),
                version: Some("3".to_owned()),
            }),
            notice_id: Some(self.notice.clone()),
            language: Some("fr-BE".to_owned()),
            actor: Some("web user".to_owned()),
            proof_reference: None,
        };
        let given = v1::AnswerGiven {
            answer: v1::Answer::Grant.into(),
            coverage: assent_tests::story::tracking(),
            decided_at: Some(assent_tests::story::timestamp(at)),
            basis: v1::Basis::Explicit.into(),
            evidence: Some(evidence),
        };
        v1::UpsertConsentsItem {
            profile: Some(v1::ProfileKey { id: format!("p{}", person + 1) }),
            facts: None,
            event: Some(v1::upsert_consents_item::Event::Answer(given)),
        }
    }

    fn with_key<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        request.metadata_mut().insert("authorization", self.key.clone());
        request
    }

    fn request_id(&self) -> String {
        let (one, other) = (self.random(), self.random());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            one >> 32,
            one >> 16 & 0xffff,
            one & 0xfff,
            other >> 48 & 0xfff,
            other & 0xffff_ffff_ffff
        )
    }

    /// Far from secret, and never twice the same: SplitMix64.
    fn random(&self) -> u64 {
        let mut z = self.chance.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }
}

/// Microseconds since 1970.
fn micros() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock past 1970");
    i64::try_from(since.as_micros()).expect("a date within reach")
}

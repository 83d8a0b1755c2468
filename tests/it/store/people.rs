//! People for store tests, and a store that they live in. Time and ids are counted, never random.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use assent_domain::answer::Answer;
use assent_domain::change::{Applied, Outcome, Saved};
use assent_domain::command::{Command, Stamp, Terms};
use assent_domain::evidence::Evidence;
use assent_domain::id::{MessageId, ProfileId, RecordId, RequestId, TableId, TenantId};
use assent_domain::ledger::Salt;
use assent_domain::profile::Profile;
use assent_domain::record::AnswerGiven;
use assent_domain::scope::Coverage;
use assent_domain::time::{Instant, Zone};
use assent_store::{
    Arrival, ConsentCall, ConsentWrite, Decided, Declarations, Ground, Loaded, Mode, ProfileChange,
    ProfileKey, Request, Sequencer, Store, StoreError, StoreOptions, Telling,
};
use assent_tests::engine::{Database, Engine, fresh_with};

/// A store on a database of its own.
pub(crate) struct Home {
    pub(crate) database: Database,
    pub(crate) store: Store,
}

/// A migrated, empty store.
pub(crate) async fn home(engine: Engine) -> Home {
    let database = fresh_with(engine, "store_tests", async |url| {
        let store = open(&url).await;
        store.migrate().await.unwrap();
        store.close().await;
    })
    .await;
    let store = open(database.url()).await;
    Home { database, store }
}

pub(crate) async fn open(url: &str) -> Store {
    Store::connect(&StoreOptions::new(url)).await.unwrap()
}

pub(crate) fn sequencer(store: &Store) -> Sequencer {
    Sequencer::new(store.clone(), Sequencer::sql(), [7; 16])
}

pub(crate) fn tenant() -> TenantId {
    TenantId::new("tenant-a").unwrap()
}

pub(crate) fn person(name: &str) -> ProfileKey {
    ProfileKey { table: TableId::new("contacts").unwrap(), id: ProfileId::new(name).unwrap() }
}

pub(crate) fn people(count: usize) -> Vec<ProfileKey> {
    (0..count).map(|number| person(&format!("person-{number}"))).collect()
}

pub(crate) fn at(micros: i64) -> Instant {
    Instant::from_micros(1_790_000_000_000_000 + micros).unwrap()
}

/// A clock that stands a millisecond later each time it is asked.
#[derive(Debug, Default)]
pub(crate) struct Ticks(AtomicI64);

impl Ticks {
    pub(crate) fn now(&self) -> Instant {
        at(self.0.fetch_add(1000, Ordering::SeqCst))
    }
}

static NEXT: AtomicU64 = AtomicU64::new(1);

pub(crate) fn next_id() -> RecordId {
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    let mut id = [0; 16];
    // Not in the order in which they are made, so that nothing can rely on it.
    id[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    id[8..].copy_from_slice(&number.to_be_bytes());
    RecordId(id)
}

pub(crate) fn next_salt() -> Salt {
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    let mut salt = [0x5a; 32];
    salt[..8].copy_from_slice(&number.to_be_bytes());
    Salt(salt)
}

/// A record that a write made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) profile: ProfileKey,
    pub(crate) version: u64,
    pub(crate) id: RecordId,
}

/// What a write answered: each record made, or the codes of the request's first answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    Made(Vec<Made>),
    Replayed(Vec<u8>),
}

impl Answered {
    pub(crate) fn made(self) -> Vec<Made> {
        match self {
            Self::Made(made) => made,
            Self::Replayed(_) => panic!("the request was answered before"),
        }
    }
}

/// Why a write has no answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// A rule said no.
    ByRule,
    /// The store did.
    ByStore(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::ByStore(error)
    }
}

pub(crate) fn request(number: u8, content: u8) -> Request<'static> {
    Request { id: RequestId([number; 16]), method: "UpsertConsents", content_hash: [content; 32] }
}

/// What one call asks for that is about those people and has no request.
pub(crate) fn call(profiles: &[ProfileKey]) -> ConsentCall<'_> {
    ConsentCall { profiles, table: None, notices: &[], request: None }
}

/// A write of one call.
pub(crate) fn write<'a>(tenant: &'a TenantId, profiles: &'a [ProfileKey], now: Instant) -> ConsentWrite<'a> {
    ConsentWrite { name: "write_consents", tenant, calls: vec![call(profiles)], mode: Mode::Store, now }
}

/// Everybody in a write of one call withdraws from everything.
pub(crate) async fn withdraw(store: &Store, write: &ConsentWrite<'_>) -> Result<Answered, StoreError> {
    let mut answers = store.write_consents(write, |_, loaded| Ok(withdrawn(loaded, write.now))).await;
    answers.remove(0)
}

/// One person withdraws; gives the record.
pub(crate) async fn withdraw_one(store: &Store, tenant: &TenantId, who: &ProfileKey, now: Instant) -> Made {
    let who = std::slice::from_ref(who);
    withdraw(store, &write(tenant, who, now)).await.unwrap().made().remove(0)
}

/// What is decided when everybody loaded withdraws from everything.
pub(crate) fn withdrawn(loaded: &Loaded, now: Instant) -> Decided<Answered> {
    if let Some(codes) = &loaded.replayed {
        return Decided {
            answer: Answered::Replayed(codes.clone()),
            changes: Vec::new(),
            outcomes: Vec::new(),
        };
    }
    let command = Command::answer(AnswerGiven {
        answer: Answer::Withdraw,
        coverage: Coverage::BOTH,
        decided_at: None,
        basis: None,
        evidence: Evidence::default(),
    });
    let (mut made, mut changes, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    for (key, profile) in &loaded.profiles {
        let (profile, applied) = applied(profile.clone(), &command, now);
        outcomes.push(u8::from(applied.outcomes[0].outcome == Outcome::Created));
        made.extend(applied.saved.iter().map(|saved| Made {
            profile: key.clone(),
            version: saved.record.profile_version,
            id: saved.record.id,
        }));
        changes.push(ProfileChange { profile, records: salted(applied) });
    }
    Decided { answer: Answered::Made(made), changes, outcomes }
}

/// What a command that nobody refuses does to somebody.
pub(crate) fn applied(profile: Profile, command: &Command, now: Instant) -> (Profile, Applied) {
    let zone = Zone::utc();
    let none = |_| Vec::new();
    let no_text = |_: &_| false;
    let terms = Terms { controller: None, zone: &zone, policies: &none, text_is_stored: &no_text };
    let (profile, applied) =
        profile.apply(command, &terms, Stamp { now, origin: None, next_id: &mut next_id });
    (profile, applied.unwrap())
}

pub(crate) fn salted(applied: Applied) -> Vec<(Saved, Salt)> {
    applied.saved.into_iter().map(|saved| (saved, next_salt())).collect()
}

/// No send tells anything.
pub(crate) struct Quiet;

impl Telling for Quiet {
    fn tells(&self, _: &MessageId, _: &Declarations) -> bool {
        false
    }

    fn records(
        &mut self,
        _: &Ground,
        _: &BTreeMap<ProfileKey, Profile>,
        _: &[&Arrival],
    ) -> Vec<ProfileChange> {
        panic!("nobody is told anything")
    }
}

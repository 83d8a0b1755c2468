//! Records, commands and policies for tests: complete where a test does not care, generated where
//! a law must hold for all of them.

use std::sync::LazyLock;

use proptest::prelude::*;

use crate::answer::Answer;
use crate::change::Applied;
use crate::command::{Command, FactsSent, Said, Stamp, Terms};
use crate::evidence::{Basis, Controller, Evidence, Source, SourceKind};
use crate::history::Facts;
use crate::id::{MessageId, NoticeId, Origin, PolicyId, ProfileId, RecordId, TableId};
use crate::policy::Policy;
use crate::profile::Profile;
use crate::record::{
    AnswerGiven, Body, Country, FactsChanged, GrantExpired, NoticeGiven, PolicyVersion, Record, RequestMade,
};
use crate::refusal::{Problem, Refusal};
use crate::scope::{Coverage, Scope, ScopeSet, Series, TrackingCoverage};
use crate::time::{Day, Instant, Zone};

/// Noon of the first day that tests speak of, 2026-05-01T12:00:00Z, and `minutes` later.
pub(crate) fn at(minutes: i64) -> Instant {
    Instant::from_micros(1_777_636_800_000_000 + minutes * 60_000_000).unwrap()
}

pub(crate) fn record_id(n: u64) -> RecordId {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&n.to_be_bytes());
    RecordId(id)
}

/// The only notice text that is stored.
pub(crate) const TEXT: NoticeId = NoticeId([7; 32]);

pub(crate) fn controller() -> Controller {
    let [name, address, contact] = ["Shop", "1 rue de la Paix, Paris", "dpo@shop.example"].map(str::to_owned);
    Controller { name, address, contact }
}

pub(crate) fn source(kind: SourceKind) -> Source {
    Source { kind, name: Some("newsletter".to_owned()), version: Some("3".to_owned()) }
}

pub(crate) fn full_evidence(kind: SourceKind) -> Evidence {
    Evidence {
        method: Some("checkbox".to_owned()),
        source: Some(source(kind)),
        notice: Some(TEXT),
        language: Some("fr".to_owned()),
        actor: Some("person".to_owned()),
        controller: None,
        proof_reference: Some("archive/1".to_owned()),
    }
}

/// An answer on all of tracking, with full evidence, direct and dated.
pub(crate) fn answer(answer: Answer, decided_at: Instant) -> AnswerGiven {
    AnswerGiven {
        answer,
        coverage: Coverage::TRACKING,
        decided_at: Some(decided_at),
        basis: (answer == Answer::Grant).then_some(Basis::Explicit),
        evidence: full_evidence(SourceKind::Form),
    }
}

pub(crate) fn imported(said: Answer, decided_at: Instant) -> AnswerGiven {
    AnswerGiven { evidence: full_evidence(SourceKind::Import), ..answer(said, decided_at) }
}

pub(crate) fn on(coverage: Coverage, given: AnswerGiven) -> AnswerGiven {
    AnswerGiven { coverage, ..given }
}

pub(crate) fn notice(notified_at: Instant) -> NoticeGiven {
    NoticeGiven {
        coverage: Coverage::TRACKING,
        notified_at: Some(notified_at),
        text: Some(TEXT),
        conditions_unchanged: Some(true),
        withdrawal_offered: Some(true),
        justification: None,
        proof_reference: None,
        source: Some(source(SourceKind::Api)),
        sent_message: None,
    }
}

pub(crate) fn request(requested_at: Instant) -> RequestMade {
    RequestMade {
        coverage: Coverage::TRACKING,
        requested_at: Some(requested_at),
        text: Some(TEXT),
        source: Some(source(SourceKind::Api)),
        sent_message: None,
    }
}

pub(crate) fn facts(collected_on: &str) -> FactsSent {
    FactsSent {
        collected_on: Day::parse(collected_on),
        jurisdiction: None,
        source: Some(source(SourceKind::Api)),
    }
}

/// The built-in policies, read once for all tests: laws ask for them a thousand times.
static BUILT_IN: LazyLock<Vec<Policy>> = LazyLock::new(crate::policy::built_in);

fn built_in(id: &str) -> Policy {
    BUILT_IN.iter().find(|policy| policy.id.as_str() == id).unwrap().clone()
}

/// A policy that demands nothing and accepts every basis: `legacy` under another name.
pub(crate) fn lenient() -> Policy {
    Policy { id: PolicyId::new("lenient").unwrap(), ..built_in("legacy") }
}

/// A policy that demands everything: `fr-cnil-2026` under another name.
pub(crate) fn demanding() -> Policy {
    Policy { id: PolicyId::new("demanding").unwrap(), version: 2, ..built_in("fr-cnil-2026") }
}

pub(crate) fn expiring(days: u32) -> Policy {
    let mut policy = lenient();
    policy.grant.expires_after_days = Some(days);
    policy
}

/// A profile, its table's terms and a count of the ids made: says things and remembers what was saved.
pub(crate) struct Story {
    pub(crate) profile: Profile,
    pub(crate) policies: Vec<Policy>,
    pub(crate) controller: Option<Controller>,
    pub(crate) saved: Vec<crate::change::Saved>,
    ids: u64,
}

impl Story {
    pub(crate) fn under(policies: Vec<Policy>) -> Self {
        let (table, id) = (TableId::new("customers").unwrap(), ProfileId::new("ada").unwrap());
        let profile = Profile::unknown(table, id);
        Self { profile, policies, controller: Some(controller()), saved: Vec::new(), ids: 0 }
    }

    pub(crate) fn new() -> Self {
        Self::under(vec![lenient()])
    }

    pub(crate) fn apply(&mut self, command: &Command, now: Instant) -> Result<Applied, Refusal> {
        let applied = self.turn(now, |profile, terms, stamp| profile.apply(command, terms, stamp));
        if let Ok(applied) = &applied {
            self.saved.extend(applied.saved.iter().cloned());
        }
        applied
    }

    /// Writes what ran out by then.
    pub(crate) fn expire(&mut self, now: Instant) -> Vec<crate::change::Saved> {
        let expired = self.turn(now, |profile, terms, mut stamp| profile.expire(terms, &mut stamp));
        self.saved.extend(expired.iter().cloned());
        expired
    }

    fn turn<T>(
        &mut self,
        now: Instant,
        work: impl FnOnce(Profile, &Terms<'_>, Stamp<'_>) -> (Profile, T),
    ) -> T {
        let zone = Zone::utc();
        let policies = |_: Facts| self.policies.iter().collect();
        let terms = Terms {
            controller: self.controller.as_ref(),
            zone: &zone,
            policies: &policies,
            text_is_stored: &|id| *id == TEXT,
        };
        let ids = &mut self.ids;
        let mut next_id = || {
            *ids += 1;
            record_id(*ids)
        };
        let stamp = Stamp { now, origin: None, next_id: &mut next_id };
        let (profile, done) = work(self.profile.clone(), &terms, stamp);
        self.profile = profile;
        done
    }

    pub(crate) fn say(&mut self, given: AnswerGiven, now: Instant) -> Applied {
        self.apply(&Command::answer(given), now).unwrap()
    }

    pub(crate) fn tell(&mut self, notice: NoticeGiven, now: Instant) -> Applied {
        self.apply(&Command::notice(notice), now).unwrap()
    }

    pub(crate) fn problems(&mut self, command: &Command, now: Instant) -> Vec<Problem> {
        match self.apply(command, now) {
            Err(Refusal::Demands(problems)) => problems,
            Err(Refusal::ProfileErased) => panic!("the profile is erased"),
            Ok(_) => Vec::new(),
        }
    }

    /// What opens read, long after everything.
    pub(crate) fn opens(&self) -> crate::answer::State {
        self.reads(Series::Tracking(Scope::EmailOpen))
    }

    pub(crate) fn reads(&self, series: Series) -> crate::answer::State {
        self.profile.standing(series, Instant::MAX, None, None).state
    }
}

/// A record of an imported or direct answer, as it would stand in the database.
pub(crate) fn recorded(given: AnswerGiven, version: u64, recorded_at: Instant) -> Record {
    stored(Body::Answer(given), version, recorded_at)
}

pub(crate) fn stored(body: Body, version: u64, recorded_at: Instant) -> Record {
    Record {
        id: record_id(version),
        table: TableId::new("customers").unwrap(),
        profile: ProfileId::new("ada").unwrap(),
        profile_version: version,
        recorded_at,
        origin: None,
        policies: vec![lenient().named()],
        body,
    }
}

pub(crate) fn answers() -> impl Strategy<Value = Answer> {
    prop::sample::select(Answer::ALL.to_vec())
}

pub(crate) fn coverages() -> impl Strategy<Value = Coverage> {
    (any::<bool>(), any::<bool>(), prop::sample::subsequence(Scope::ALL.to_vec(), 0..=6)).prop_filter_map(
        "covers nothing",
        |(marketing, all, scopes)| {
            let scopes: ScopeSet = scopes.into_iter().collect();
            let tracking = if all { TrackingCoverage::All } else { TrackingCoverage::Scopes(scopes) };
            Coverage::new(marketing, tracking)
        },
    )
}

fn instants() -> impl Strategy<Value = Instant> {
    prop_oneof![
        (0..10_000_i64).prop_map(at),
        (Instant::MIN.micros()..=Instant::MAX.micros()).prop_map(|m| Instant::from_micros(m).unwrap()),
    ]
}

fn sources() -> impl Strategy<Value = Source> {
    let kinds = prop::sample::select(SourceKind::ALL.to_vec());
    (kinds, texts(), texts()).prop_map(|(kind, name, version)| Source { kind, name, version })
}

fn texts() -> impl Strategy<Value = Option<String>> {
    prop::option::of(".{0,12}")
}

fn notices() -> impl Strategy<Value = Option<NoticeId>> {
    prop::option::of(any::<[u8; 32]>().prop_map(NoticeId))
}

fn messages() -> impl Strategy<Value = Option<MessageId>> {
    prop::option::of("[a-z]{1,8}".prop_map(|id| MessageId::new(id).unwrap()))
}

fn evidences() -> impl Strategy<Value = Evidence> {
    let controllers =
        prop::option::of((".{0,9}", ".{0,9}", ".{0,9}").prop_map(|(name, address, contact)| Controller {
            name,
            address,
            contact,
        }));
    let items = (texts(), prop::option::of(sources()), notices(), texts(), texts(), controllers, texts());
    items.prop_map(|(method, source, notice, language, actor, controller, proof_reference)| Evidence {
        method,
        source,
        notice,
        language,
        actor,
        controller,
        proof_reference,
    })
}

fn bodies() -> impl Strategy<Value = Body> {
    let time = || prop::option::of(instants());
    let yes = || prop::option::of(any::<bool>());
    let basis = prop::option::of(prop::sample::select(Basis::ALL.to_vec()));
    let answer = (answers(), coverages(), time(), basis, evidences()).prop_map(
        |(answer, coverage, decided_at, basis, evidence)| {
            Body::Answer(AnswerGiven { answer, coverage, decided_at, basis, evidence })
        },
    );
    let notice =
        (
            (coverages(), time(), notices(), yes(), yes(), texts(), texts()),
            prop::option::of(sources()),
            messages(),
        )
            .prop_map(|(a, source, sent_message)| {
                let (
                    coverage,
                    notified_at,
                    text,
                    conditions_unchanged,
                    withdrawal_offered,
                    justification,
                    proof,
                ) = a;
                Body::Notice(NoticeGiven {
                    coverage,
                    notified_at,
                    text,
                    conditions_unchanged,
                    withdrawal_offered,
                    justification,
                    proof_reference: proof,
                    source,
                    sent_message,
                })
            });
    let request = (coverages(), time(), notices(), prop::option::of(sources()), messages()).prop_map(
        |(coverage, requested_at, text, source, sent_message)| {
            Body::Request(RequestMade { coverage, requested_at, text, source, sent_message })
        },
    );
    let days = prop::option::of((1_i16..=9999, 1_i8..=12, 1_i8..=28))
        .prop_map(|day| day.and_then(|(y, m, d)| Day::new(y, m, d)));
    let countries = prop::option::of("[A-Z]{2}".prop_map(|code| Country::new(&code).unwrap()));
    let facts = (days, countries, sources()).prop_map(|(collected_on, jurisdiction, source)| {
        Body::Facts(FactsChanged { collected_on, jurisdiction, source })
    });
    let expiry = (coverages(), any::<[u8; 16]>(), instants()).prop_map(|(coverage, grant, expired_at)| {
        Body::Expiry(GrantExpired { coverage, grant: RecordId(grant), expired_at })
    });
    prop_oneof![answer, notice, request, facts, expiry, Just(Body::Erasure)]
}

/// Every kind of record, with everything that may be absent both there and not.
pub(crate) fn records() -> impl Strategy<Value = Record> {
    let policy = ("[a-z-]{1,9}", any::<u32>())
        .prop_map(|(id, version)| PolicyVersion { id: PolicyId::new(id).unwrap(), version });
    let about = (any::<[u8; 16]>(), "[a-z]{1,9}", "\\PC{1,9}", any::<u64>(), instants());
    let origin = prop::option::of("[a-z]{1,9}".prop_map(|id| Origin::new(id).unwrap()));
    (about, origin, prop::collection::vec(policy, 0..3), bodies()).prop_map(
        |((id, table, profile, profile_version, recorded_at), origin, policies, body)| Record {
            id: RecordId(id),
            table: TableId::new(table).unwrap(),
            profile: ProfileId::new(profile).unwrap(),
            profile_version,
            recorded_at,
            origin,
            policies,
            body,
        },
    )
}

/// Commands of every kind, direct and imported, most of them close to each other in time.
pub(crate) fn commands() -> impl Strategy<Value = Command> {
    let kinds = prop::sample::select(vec![SourceKind::Form, SourceKind::Import]);
    let time = || prop::option::of((0..20_i64).prop_map(at));
    let said = prop_oneof![
        5 => (answers(), coverages(), time(), kinds).prop_map(|(said, coverage, decided_at, kind)| {
            let evidence = full_evidence(kind);
            Said::Answer(AnswerGiven { coverage, decided_at, evidence, ..answer(said, at(0)) })
        }),
        1 => (coverages(), time()).prop_map(|(coverage, notified_at)| {
            Said::Notice(NoticeGiven { coverage, notified_at, ..notice(at(0)) })
        }),
        1 => (coverages(), time()).prop_map(|(coverage, requested_at)| {
            Said::Request(RequestMade { coverage, requested_at, ..request(at(0)) })
        }),
    ];
    let days = prop::option::weighted(0.2, 1_i8..=3);
    (said, days).prop_map(|(said, day)| Command {
        facts: day.map(|day| facts(&format!("2026-01-0{day}"))),
        said: Some(said),
    })
}

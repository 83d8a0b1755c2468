//! One consent record (ISO/IEC TS 27560), as the history shows it.

use assent_proto::v1;

use crate::answer::{AnswerGiven, NoticeGiven, RequestMade, covered};
use crate::error::{Error, Result};
use crate::evidence::{Controller, Source};
use crate::policy::PolicyVersion;
use crate::profile;
use crate::scope::Coverage;
use crate::state::SeriesChange;
use crate::time::{Day, Instant};

/// One answer, notice, request, change of facts, expiry or erasure, with its evidence. Once stored it never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsentRecord {
    /// Its id, a UUID made by the server.
    pub id: String,
    /// Its number in the tenant's ledger: 1 for the first, without gaps.
    pub position: u64,
    /// The profile table.
    pub profile_table: String,
    /// The person.
    pub profile: String,
    /// The profile's version with this record: 1 for its first, then in steps of one.
    pub profile_version: u64,
    /// When the server recorded it; never earlier than the profile's record before it.
    pub recorded_at: Instant,
    /// When it takes effect; never later than `recorded_at`.
    pub effective_at: Instant,
    /// The system that sent it. Absent: not said.
    pub origin: Option<String>,
    /// The policies in force for this profile when it was recorded.
    pub policies: Vec<PolicyVersion>,
    /// The controller that an answer was given to. Absent for anything but an answer, and where the table named none.
    pub controller: Option<Controller>,
    /// What it says.
    pub body: RecordBody,
    /// What it did to each series when it was recorded. Empty: it changed no state.
    pub changes: Vec<SeriesChange>,
    /// The record as it is hashed.
    pub canonical: Vec<u8>,
    /// 32 random bytes, so that a leaf tells nothing about a record that was erased.
    pub salt: Vec<u8>,
    /// SHA-256(salt ‖ canonical).
    pub leaf: Vec<u8>,
    /// The ledger's chain at `position`: SHA-256(chain before ‖ position as 8 bytes big-endian ‖ leaf).
    pub chain: Vec<u8>,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordBody {
    /// What the person said.
    Answer(AnswerGiven),
    /// What they were told.
    Notice(NoticeGiven),
    /// What they were asked.
    Request(RequestMade),
    /// What is known of them changed.
    Facts(FactsChanged),
    /// A grant ran out.
    Expiry(GrantExpired),
    /// The person was erased: what was on record before has lost its body and its salt.
    Erasure,
}

/// Facts of a profile that were set or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FactsChanged {
    /// The day the address was collected. Absent: this record left it as it was.
    pub collected_on: Option<Day>,
    /// The country whose rules apply. Absent: this record left it as it was.
    pub jurisdiction: Option<String>,
    /// Where the facts come from.
    pub source: Option<Source>,
}

/// A grant that ran out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GrantExpired {
    /// Of what.
    pub coverage: Coverage,
    /// The record that last confirmed it, a UUID.
    pub grant_record_id: String,
    /// When it ran out.
    pub expired_at: Instant,
}

impl ConsentRecord {
    pub(crate) fn from_wire(wire: v1::ConsentRecord) -> Result<Self> {
        Ok(Self {
            id: wire.id,
            position: wire.position,
            profile_table: wire.profile_table,
            profile: profile::named(wire.profile, "records.profile")?,
            profile_version: wire.profile_version,
            recorded_at: Instant::promised(wire.recorded_at, "records.recorded_at")?,
            effective_at: Instant::promised(wire.effective_at, "records.effective_at")?,
            origin: wire.origin,
            policies: wire.policies.into_iter().map(PolicyVersion::from_wire).collect(),
            controller: wire.controller.map(Controller::from_wire),
            body: body(wire.body.ok_or_else(|| Error::unintelligible("records.body"))?)?,
            changes: wire.changes.into_iter().map(SeriesChange::from_wire).collect(),
            canonical: wire.canonical,
            salt: wire.salt,
            leaf: wire.leaf,
            chain: wire.chain,
        })
    }
}

fn body(wire: v1::consent_record::Body) -> Result<RecordBody> {
    use v1::consent_record::Body;
    Ok(match wire {
        Body::Answer(answer) => RecordBody::Answer(AnswerGiven::from_wire(answer)?),
        Body::Notice(notice) => RecordBody::Notice(NoticeGiven::from_wire(notice)?),
        Body::Request(request) => RecordBody::Request(RequestMade::from_wire(request)?),
        Body::Facts(facts) => RecordBody::Facts(FactsChanged {
            collected_on: facts.collected_on.and_then(Day::from_wire),
            jurisdiction: facts.jurisdiction,
            source: facts.source.map(Source::from_wire),
        }),
        Body::Expiry(expiry) => RecordBody::Expiry(GrantExpired {
            coverage: covered(expiry.coverage, "records.expiry.coverage")?,
            grant_record_id: expiry.grant_record_id,
            expired_at: Instant::promised(expiry.expired_at, "records.expiry.expired_at")?,
        }),
        Body::Erasure(v1::ProfileErased {}) => RecordBody::Erasure,
    })
}

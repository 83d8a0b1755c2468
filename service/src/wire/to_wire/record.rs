//! One consent record with its place in the ledger.

use assent_domain::canonical;
use assent_domain::ledger::ChainHash;
use assent_domain::record::{Body, GrantExpired, Record};
use assent_proto::v1::{self, consent_record};
use assent_store::StoredRecord;

use super::standing::record_id;
use super::{answer, change, evidence, facts, notice, policy, request, scope, time};

/// A stored record; `None` if it has no number yet, so that it was recorded after whoever reads it began.
#[must_use]
pub fn record(stored: &StoredRecord) -> Option<v1::ConsentRecord> {
    let (position, ChainHash(chain)) = stored.place?;
    let record = &stored.held.record;
    let lines = stored.held.change.as_ref().map(|change| change.lines.as_slice()).unwrap_or_default();
    Some(v1::ConsentRecord {
        id: record_id(record.id),
        position,
        profile_table: record.table.as_str().to_owned(),
        profile: Some(v1::ProfileKey { id: record.profile.as_str().to_owned() }),
        profile_version: record.profile_version,
        recorded_at: Some(time::instant(record.recorded_at)),
        effective_at: Some(time::instant(record.effective())),
        origin: record.origin.as_ref().map(|origin| origin.as_str().to_owned()),
        policies: record.policies.iter().map(policy::version).collect(),
        controller: controller(record),
        body: Some(body(&record.body)),
        changes: lines.iter().map(change::of_series).collect(),
        canonical: canonical::encode(record),
        salt: stored.held.salt.0.to_vec(),
        leaf: stored.leaf.0.to_vec(),
        chain: chain.to_vec(),
    })
}

fn controller(record: &Record) -> Option<v1::Controller> {
    match &record.body {
        Body::Answer(given) => given.evidence.controller.as_ref().map(evidence::controller),
        Body::Notice(_) | Body::Request(_) | Body::Facts(_) | Body::Expiry(_) | Body::Erasure => None,
    }
}

/// What a record says.
#[must_use]
pub fn body(body: &Body) -> consent_record::Body {
    match body {
        Body::Answer(given) => consent_record::Body::Answer(answer::given(given)),
        Body::Notice(given) => consent_record::Body::Notice(notice::given(given)),
        Body::Request(made) => consent_record::Body::Request(request::made(made)),
        Body::Facts(changed) => consent_record::Body::Facts(facts::changed(changed)),
        Body::Expiry(expired) => consent_record::Body::Expiry(expiry(expired)),
        Body::Erasure => consent_record::Body::Erasure(v1::ProfileErased {}),
    }
}

fn expiry(expired: &GrantExpired) -> v1::GrantExpired {
    v1::GrantExpired {
        coverage: Some(scope::coverage(expired.coverage)),
        grant_record_id: record_id(expired.grant),
        expired_at: Some(time::instant(expired.expired_at)),
    }
}

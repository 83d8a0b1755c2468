//! A record as a person or an authority is shown it: the receipt of ISO/IEC TS 27560:2023, as JSON.
//!
//! Its fields, and which of them are mandatory, are those of the field tables that the W3C's community group publishes in
//! "Consent Records and Receipts as per ISO/IEC TS 27560:2023 using DPV" (<https://w3id.org/dpv/guides/consent-27560>); the
//! states of an event are the terms of the Data Privacy Vocabulary, and two of our own where it has none. The sections stand
//! in the order header, processing, party, event, and the keys in the order written here. A mandatory field of which nothing
//! is on record is null, never left out and never guessed. What the standard has no field for stands under `assent`, with the
//! record's place in the ledger: position and chain together are a head that VerifyHistory compares the ledger with.
//!
//! One record is one act, so a receipt has one event. Deliberately not here: facts and erasures, which are no events of
//! consent, and the person's later acts, which have receipts of their own.

mod event;
mod processing;

use assent_domain::evidence::{Controller, Evidence};
use assent_domain::ledger::ChainHash;
use assent_domain::policy::Policy;
use assent_domain::record::{Body, Country, Record};
use assent_domain::scope::Coverage;
use assent_domain::time::Instant;
use assent_store::StoredRecord;
use serde::Serialize;

use crate::wire::to_wire;
use event::Event;
use processing::Processing;

/// What a receipt is.
pub const MEDIA_TYPE: &str = "application/json";

/// Which fields a receipt has, and what they mean: another number when that changes.
const SCHEMA_VERSION: &str = "assent-iso-iec-ts-27560-2023-1";

/// How the receipt's other parts name the controller.
const CONTROLLER: &str = "controller";

/// A record, and what its receipt tells beside it.
pub struct Receipted<'a> {
    /// The record with its place in the ledger.
    pub stored: &'a StoredRecord,
    /// The person's, as it was known when the record was made.
    pub jurisdiction: Option<Country>,
    /// The profile table's now, for records that name none.
    pub controller: Option<&'a Controller>,
    /// The policies that the record names, each in its version.
    pub policies: &'a [Policy],
}

#[derive(Serialize)]
struct Receipt<'a> {
    header: Header<'a>,
    processing: Processing<'a>,
    party: Vec<Party<'a>>,
    event: [Event<'a>; 1],
    assent: Extension<'a>,
}

#[derive(Serialize)]
struct Header<'a> {
    schema_version: &'static str,
    /// A record has one receipt, which has its id.
    receipt_id: &'a str,
    record_id: &'a str,
    pii_principal_id: &'a str,
}

#[derive(Serialize)]
struct Party<'a> {
    party_id: &'static str,
    party_name: &'a str,
    party_address: &'a str,
    party_contact: &'a str,
    party_role: &'static str,
    party_type: &'static str,
}

#[derive(Serialize)]
struct Extension<'a> {
    profile_table: &'a str,
    profile_version: u64,
    kind: &'static str,
    /// Whether one act covered mail and tracking.
    joint: bool,
    recorded_at: String,
    /// When it happened, as the caller claims.
    claimed_at: Option<String>,
    basis: Option<&'static str>,
    actor: Option<&'a str>,
    proof_reference: Option<&'a str>,
    origin: Option<&'a str>,
    /// The message whose recorded send it is.
    sent_message_id: Option<&'a str>,
    /// Of an expiry, the record that last confirmed the grant.
    grant_record_id: Option<String>,
    policies: Vec<Named<'a>>,
    ledger: Ledger,
}

#[derive(Serialize)]
struct Named<'a> {
    id: &'a str,
    version: u32,
}

/// Hashes in hexadecimal.
#[derive(Serialize)]
struct Ledger {
    position: u64,
    leaf: String,
    chain: String,
}

/// The receipt of a record; `None`: it has no number yet, or is no event of consent.
///
/// # Errors
/// When it has no JSON form.
pub fn write(receipted: &Receipted<'_>) -> Result<Option<String>, serde_json::Error> {
    let Some((position, ChainHash(chain))) = receipted.stored.place else { return Ok(None) };
    let record = &receipted.stored.held.record;
    let Some(said) = Said::of(record) else { return Ok(None) };
    let controller = said.evidence.and_then(|evidence| evidence.controller.as_ref()).or(receipted.controller);
    let id = to_wire::standing::record_id(record.id);
    let ledger = Ledger { position, leaf: hex::encode(receipted.stored.leaf.0), chain: hex::encode(chain) };
    let receipt = Receipt {
        header: Header {
            schema_version: SCHEMA_VERSION,
            receipt_id: &id,
            record_id: &id,
            pii_principal_id: record.profile.as_str(),
        },
        processing: Processing::of(&said, controller, receipted),
        party: controller.map(party).into_iter().collect(),
        event: [Event::of(&said, receipted)],
        assent: extension(&said, record, ledger),
    };
    serde_json::to_string(&receipt).map(Some)
}

/// What a record says, told and asked alike.
struct Said<'a> {
    body: &'a Body,
    kind: &'static str,
    coverage: Coverage,
    claimed_at: Option<Instant>,
    evidence: Option<&'a Evidence>,
}

impl<'a> Said<'a> {
    fn of(record: &'a Record) -> Option<Self> {
        let body = &record.body;
        let (kind, claimed_at, evidence) = match body {
            Body::Answer(given) => (given.answer.name(), given.decided_at, Some(&given.evidence)),
            Body::Notice(given) => ("NOTICE", given.notified_at, None),
            Body::Request(made) => ("REQUEST", made.requested_at, None),
            Body::Expiry(_) => ("EXPIRY", None, None),
            Body::Facts(_) | Body::Erasure => return None,
        };
        Some(Self { body, kind, coverage: record.coverage()?, claimed_at, evidence })
    }
}

fn party(controller: &Controller) -> Party<'_> {
    Party {
        party_id: CONTROLLER,
        party_name: &controller.name,
        party_address: &controller.address,
        party_contact: &controller.contact,
        party_role: "PII controller",
        party_type: "PII controller",
    }
}

fn extension<'a>(said: &Said<'a>, record: &'a Record, ledger: Ledger) -> Extension<'a> {
    let (basis, sent_message, grant) = match said.body {
        Body::Answer(given) => (given.basis, None, None),
        Body::Notice(given) => (None, given.sent_message.as_ref(), None),
        Body::Request(made) => (None, made.sent_message.as_ref(), None),
        Body::Expiry(expired) => (None, None, Some(expired.grant)),
        Body::Facts(_) | Body::Erasure => (None, None, None),
    };
    let proof = match said.body {
        Body::Notice(given) => given.proof_reference.as_deref(),
        _ => said.evidence.and_then(|evidence| evidence.proof_reference.as_deref()),
    };
    let policies = record.policies.iter();
    Extension {
        profile_table: record.table.as_str(),
        profile_version: record.profile_version,
        kind: said.kind,
        joint: said.coverage.joint(),
        recorded_at: written(record.recorded_at),
        claimed_at: said.claimed_at.map(written),
        basis: basis.map(assent_domain::evidence::Basis::name),
        actor: said.evidence.and_then(|evidence| evidence.actor.as_deref()),
        proof_reference: proof,
        origin: record.origin.as_ref().map(assent_domain::id::Origin::as_str),
        sent_message_id: sent_message.map(assent_domain::id::MessageId::as_str),
        grant_record_id: grant.map(to_wire::standing::record_id),
        policies: policies.map(|one| Named { id: one.id.as_str(), version: one.version }).collect(),
        ledger,
    }
}

/// An instant as RFC 3339 writes it, in UTC.
fn written(at: Instant) -> String {
    to_wire::time::instant(at).to_string()
}

/// A number of days as ISO 8601 writes a duration.
fn days(days: u32) -> String {
    format!("P{days}D")
}

#[cfg(test)]
mod tests;

//! Writing a record's bytes.

use super::{ALL_SCOPES, FORMAT, kind, tag};
use crate::evidence::{Controller, Evidence, Source};
use crate::record::{
    AnswerGiven, Body, FactsChanged, GrantExpired, NoticeGiven, PolicyVersion, Record, RequestMade,
};
use crate::scope::{Coverage, Series, TrackingCoverage};
use crate::time::Instant;

/// The record's canonical bytes.
#[must_use]
pub fn encode(record: &Record) -> Vec<u8> {
    let mut out = Writer(Vec::with_capacity(512));
    out.0.push(FORMAT);
    out.text(tag::KIND, kind_of(&record.body));
    out.text(tag::TABLE, record.table.as_str());
    out.text(tag::PROFILE, record.profile.as_str());
    match &record.body {
        Body::Answer(given) => answer(&mut out, given),
        Body::Notice(notice) => told(&mut out, notice),
        Body::Request(request) => asked(&mut out, request),
        Body::Facts(changed) => facts(&mut out, changed),
        Body::Expiry(expired) => expiry(&mut out, expired),
        Body::Erasure => {}
    }
    out.text_if(tag::ORIGIN, record.origin.as_ref().map(|origin| origin.as_str()));
    for policy in &record.policies {
        out.policy(policy);
    }
    out.field(tag::PROFILE_VERSION, &record.profile_version.to_be_bytes());
    out.instant(tag::RECORDED_AT, record.recorded_at);
    out.field(tag::RECORD, &record.id.0);
    out.0
}

const fn kind_of(body: &Body) -> &'static str {
    match body {
        Body::Answer(_) => kind::ANSWER,
        Body::Notice(_) => kind::NOTICE,
        Body::Request(_) => kind::REQUEST,
        Body::Facts(_) => kind::FACTS,
        Body::Expiry(_) => kind::EXPIRY,
        Body::Erasure => kind::ERASURE,
    }
}

fn answer(out: &mut Writer, given: &AnswerGiven) {
    out.text(tag::ANSWER, given.answer.name());
    out.coverage(given.coverage);
    out.text_if(tag::BASIS, given.basis.map(|basis| basis.name()));
    out.instant_if(tag::DECIDED_AT, given.decided_at);
    evidence(out, &given.evidence);
}

fn evidence(out: &mut Writer, evidence: &Evidence) {
    out.text_if(tag::METHOD, evidence.method.as_deref());
    out.source_if(evidence.source.as_ref());
    out.bytes_if(tag::NOTICE, evidence.notice.as_ref().map(|notice| notice.0.as_slice()));
    out.text_if(tag::LANGUAGE, evidence.language.as_deref());
    out.text_if(tag::ACTOR, evidence.actor.as_deref());
    if let Some(Controller { name, address, contact }) = &evidence.controller {
        out.text(tag::CONTROLLER_NAME, name);
        out.text(tag::CONTROLLER_ADDRESS, address);
        out.text(tag::CONTROLLER_CONTACT, contact);
    }
    out.text_if(tag::PROOF_REFERENCE, evidence.proof_reference.as_deref());
}

fn told(out: &mut Writer, notice: &NoticeGiven) {
    out.coverage(notice.coverage);
    out.source_if(notice.source.as_ref());
    out.bytes_if(tag::NOTICE, notice.text.as_ref().map(|text| text.0.as_slice()));
    out.text_if(tag::PROOF_REFERENCE, notice.proof_reference.as_deref());
    out.instant_if(tag::NOTIFIED_AT, notice.notified_at);
    out.yes_if(tag::CONDITIONS_UNCHANGED, notice.conditions_unchanged);
    out.yes_if(tag::WITHDRAWAL_OFFERED, notice.withdrawal_offered);
    out.text_if(tag::JUSTIFICATION, notice.justification.as_deref());
    out.text_if(tag::SENT_MESSAGE, notice.sent_message.as_ref().map(|message| message.as_str()));
}

fn asked(out: &mut Writer, request: &RequestMade) {
    out.coverage(request.coverage);
    out.source_if(request.source.as_ref());
    out.bytes_if(tag::NOTICE, request.text.as_ref().map(|text| text.0.as_slice()));
    out.instant_if(tag::REQUESTED_AT, request.requested_at);
    out.text_if(tag::SENT_MESSAGE, request.sent_message.as_ref().map(|message| message.as_str()));
}

fn facts(out: &mut Writer, changed: &FactsChanged) {
    out.source_if(Some(&changed.source));
    if let Some(day) = changed.collected_on {
        out.text(tag::COLLECTED_ON, &day.to_string());
    }
    out.text_if(tag::JURISDICTION, changed.jurisdiction.as_ref().map(|country| country.code()));
}

fn expiry(out: &mut Writer, expired: &GrantExpired) {
    out.coverage(expired.coverage);
    out.field(tag::EXPIRED_GRANT, &expired.grant.0);
    out.instant(tag::EXPIRED_AT, expired.expired_at);
}

/// Appends fields; whoever calls keeps the tags ascending.
struct Writer(Vec<u8>);

impl Writer {
    fn field(&mut self, tag: u16, value: &[u8]) {
        // A value is bounded by the largest message, 4 MiB: its length always fits.
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
        self.0.extend_from_slice(&tag.to_be_bytes());
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(value);
    }

    fn bytes_if(&mut self, tag: u16, value: Option<&[u8]>) {
        if let Some(value) = value {
            self.field(tag, value);
        }
    }

    fn text(&mut self, tag: u16, text: &str) {
        self.field(tag, text.as_bytes());
    }

    fn text_if(&mut self, tag: u16, text: Option<&str>) {
        self.bytes_if(tag, text.map(str::as_bytes));
    }

    fn instant(&mut self, tag: u16, at: Instant) {
        self.field(tag, &at.micros().to_be_bytes());
    }

    fn instant_if(&mut self, tag: u16, at: Option<Instant>) {
        if let Some(at) = at {
            self.instant(tag, at);
        }
    }

    fn yes_if(&mut self, tag: u16, yes: Option<bool>) {
        if let Some(yes) = yes {
            self.field(tag, &[u8::from(yes)]);
        }
    }

    fn source_if(&mut self, source: Option<&Source>) {
        if let Some(source) = source {
            self.text(tag::SOURCE, source.kind.name());
            self.text_if(tag::SOURCE_NAME, source.name.as_deref());
            self.text_if(tag::SOURCE_VERSION, source.version.as_deref());
        }
    }

    fn coverage(&mut self, coverage: Coverage) {
        if coverage.marketing() {
            self.text(tag::COVERAGE, Series::Marketing.name());
        }
        match coverage.tracking() {
            TrackingCoverage::None => {}
            TrackingCoverage::All => self.text(tag::COVERAGE, ALL_SCOPES),
            TrackingCoverage::Scopes(scopes) => {
                for scope in scopes.iter() {
                    self.text(tag::COVERAGE, scope.name());
                }
            }
        }
    }

    fn policy(&mut self, policy: &PolicyVersion) {
        let mut value = i64::from(policy.version).to_be_bytes().to_vec();
        value.extend_from_slice(policy.id.as_str().as_bytes());
        self.field(tag::POLICY, &value);
    }
}

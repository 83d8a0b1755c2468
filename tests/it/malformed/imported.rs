//! An import with nothing wrong in it: a header by itself, and a chunk, which comes after one.

use assent_proto::v1::{self, import_event::Event};
use assent_tests::app::START;
use assent_tests::{marks, story};

use super::valid::{Valid, valid};

fn header(dry_run: bool) -> v1::ImportConsentsRequest {
    let source = v1::ImportSource { name: Some("CRM".to_owned()), version: Some("11".to_owned()) };
    story::import(v1::import_consents_request::Message::Header(v1::ImportHeader {
        import_id: marks::id("list"),
        profile_table: story::people(),
        source: Some(source),
        origin: Some("crm".to_owned()),
        dry_run,
    }))
}

/// The header of an import that stores nothing.
pub(super) fn dry_run() -> v1::ImportConsentsRequest {
    header(true)
}

pub(super) fn requests(notice: &[u8]) -> Vec<Valid> {
    let at = Some(story::timestamp(START));
    let source = || {
        let (name, version) = (Some("CRM".to_owned()), Some("11".to_owned()));
        Some(v1::Source { kind: v1::SourceKind::Import.into(), name, version })
    };
    let evidence = v1::Evidence {
        proof_reference: Some("archive 1".to_owned()),
        source: source(),
        ..story::evidence(notice, "ours")
    };
    let answer = Event::Answer(v1::AnswerGiven {
        answer: v1::Answer::Grant.into(),
        coverage: story::tracking(),
        decided_at: at,
        basis: v1::Basis::Explicit.into(),
        evidence: Some(evidence),
    });
    let told = Event::Notice(v1::NoticeGiven {
        coverage: story::tracking(),
        notified_at: at,
        notice_id: Some(notice.to_vec()),
        conditions_unchanged: Some(true),
        withdrawal_offered: Some(true),
        justification: Some("the post was on strike".to_owned()),
        proof_reference: Some("archive 2".to_owned()),
        source: source(),
        sent_message_id: Some(marks::id("mail")),
    });
    let asked = Event::Request(v1::RequestMade {
        coverage: story::everything(),
        requested_at: at,
        notice_id: Some(notice.to_vec()),
        source: source(),
        sent_message_id: Some(marks::id("mail")),
    });
    let with = |event| {
        let bruno = v1::ImportLine { line: 1, profile: story::person("bruno"), ..v1::ImportLine::default() };
        let collected_on = Some(assent_proto::google::Date { year: 2026, month: 2, day: 28 });
        let facts = Some(v1::ImportFacts { collected_on, jurisdiction: Some("BE".to_owned()) });
        let events = vec![v1::ImportEvent { event: Some(event) }];
        let chloe = v1::ImportLine { line: 2, profile: story::person("chloe"), facts, events };
        let chunk = v1::ImportChunk { number: 1, lines: vec![bruno, chloe] };
        story::import(v1::import_consents_request::Message::Chunk(chunk))
    };
    let mut all = vec![valid("ConsentService.ImportConsents", &header(false))];
    all.extend([answer, told, asked].map(|event| valid("ConsentService.ImportConsents", &with(event))));
    all
}

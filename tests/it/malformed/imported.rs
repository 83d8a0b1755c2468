//! An import with nothing wrong in it: a header by itself, and a chunk, which comes after one.

use assent_proto::v1::{self, import_event::Event};
use assent_tests::{marks, story};

use super::valid::{Valid, said, valid};

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
    let source = || {
        let (name, version) = (Some("CRM".to_owned()), Some("11".to_owned()));
        Some(v1::Source { kind: v1::SourceKind::Import.into(), name, version })
    };
    let (answer, told, asked) = said(notice, &source);
    let events = [Event::Answer(answer), Event::Notice(told), Event::Request(asked)];
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
    all.extend(events.map(|event| valid("ConsentService.ImportConsents", &with(event))));
    all
}

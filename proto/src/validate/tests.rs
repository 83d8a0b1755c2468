//! Each kind of limit breaks and is named, on the contract's own messages.

use prost_types::{Duration, Timestamp};

use super::{Path, Validate, Violation, Wrong};
use crate::google::Date;
use crate::v1::{
    AllScopes, Answer, AnswerGiven, Basis, ChangeFilter, Controller, Coverage, CursorEdge, Evidence,
    GetConsentsRequest, GetCursorRequest, GetNoticeRequest, NoticeGiven, PolicyOverride, ProfileFacts,
    ProfileKey, ProfileTable, PutNoticeRequest, PutProfileTableRequest, ReadConsentChangesRequest, Scope,
    ScopeList, Source, SourceKind, UpsertConsentsItem, UpsertConsentsRequest, coverage, get_cursor_request,
    upsert_consents_item,
};

fn named(violations: &[Violation]) -> Vec<(&str, Wrong)> {
    violations.iter().map(|violation| (violation.field.as_str(), violation.wrong)).collect()
}

fn grant() -> UpsertConsentsItem {
    UpsertConsentsItem {
        profile: Some(ProfileKey { id: "p1".into() }),
        facts: None,
        event: Some(upsert_consents_item::Event::Answer(AnswerGiven {
            answer: Answer::Grant.into(),
            coverage: Some(Coverage {
                marketing: true,
                tracking: Some(coverage::Tracking::AllScopes(AllScopes {})),
            }),
            decided_at: Some(Timestamp { seconds: 1_790_000_000, nanos: 0 }),
            basis: Basis::Explicit.into(),
            evidence: Some(Evidence {
                method: Some("checkbox".into()),
                source: Some(Source {
                    kind: SourceKind::Form.into(),
                    name: Some("spring".into()),
                    version: Some("3".into()),
                }),
                notice_id: Some(vec![7; 32]),
                language: Some("fr-BE".into()),
                actor: Some("person".into()),
                proof_reference: None,
            }),
        })),
    }
}

fn batch(items: Vec<UpsertConsentsItem>) -> UpsertConsentsRequest {
    UpsertConsentsRequest {
        profile_table: "customers".into(),
        items,
        request_id: "018f0000-0000-7000-8000-000000000001".into(),
        validate_only: false,
        origin: None,
    }
}

#[test]
fn what_is_right_breaks_nothing() {
    assert_eq!(batch(vec![grant()]).violations(), []);
    assert_eq!(grant().violations_as_item("items", 0), []);
}

#[test]
fn all_wrong_fields_are_named_at_once() {
    let empty = UpsertConsentsRequest { origin: Some(String::new()), ..UpsertConsentsRequest::default() };
    assert_eq!(
        named(&empty.violations()),
        [
            ("profile_table", Wrong::Missing),
            ("items", Wrong::Missing),
            ("request_id", Wrong::Missing),
            ("origin", Wrong::Empty),
        ]
    );
}

#[test]
fn items_judged_one_by_one_are_only_counted_by_the_batch() {
    let mut items = vec![UpsertConsentsItem::default(); 1000];
    assert_eq!(batch(items.clone()).violations(), []);
    items.push(UpsertConsentsItem::default());
    assert_eq!(named(&batch(items).violations()), [("items", Wrong::TooMany { max: 1000 })]);
    let wrong = UpsertConsentsItem::default().violations_as_item("items", 3);
    assert_eq!(named(&wrong), [("items[3].profile", Wrong::Missing), ("items[3]", Wrong::Missing)]);
    assert_eq!(wrong[1].rule, "at least one of facts, event must be set");
}

#[test]
fn a_path_leads_through_messages_oneofs_and_lists() {
    let mut item = grant();
    item.profile = Some(ProfileKey { id: "a\u{7f}".into() });
    item.facts = Some(ProfileFacts {
        collected_on: Some(Date { year: 2026, month: 2, day: 29 }),
        jurisdiction: Some("fr".into()),
        source: Some(Source { kind: 99, name: Some("x".repeat(257)), version: None }),
    });
    item.event = Some(upsert_consents_item::Event::Notice(NoticeGiven {
        coverage: Some(Coverage {
            marketing: false,
            tracking: Some(coverage::Tracking::Scopes(ScopeList {
                scopes: vec![Scope::EmailOpen.into(), 0, 77],
            })),
        }),
        notified_at: Some(Timestamp { seconds: 0, nanos: -1 }),
        notice_id: Some(vec![1; 31]),
        ..NoticeGiven::default()
    }));
    assert_eq!(
        named(&item.violations_as_item("items", 12)),
        [
            ("items[12].profile.id", Wrong::ControlCharacter),
            ("items[12].facts.collected_on", Wrong::OutOfRange),
            ("items[12].facts.jurisdiction", Wrong::Malformed),
            ("items[12].facts.source.kind", Wrong::UnknownNumber),
            ("items[12].facts.source.name", Wrong::TooLong),
            ("items[12].notice.coverage.scopes.scopes[1]", Wrong::Missing),
            ("items[12].notice.coverage.scopes.scopes[2]", Wrong::UnknownNumber),
            ("items[12].notice.notified_at", Wrong::OutOfRange),
            ("items[12].notice.notice_id", Wrong::Malformed),
        ]
    );
}

#[test]
fn a_coverage_of_nothing_is_missing() {
    let coverage = Coverage::default();
    assert_eq!(named(&coverage.violations_as_item("items", 0)), [("items[0]", Wrong::Missing)]);
    let none = Coverage {
        marketing: false,
        tracking: Some(coverage::Tracking::Scopes(ScopeList { scopes: vec![] })),
    };
    assert_eq!(named(&none.violations()), [("scopes.scopes", Wrong::Missing)]);
}

#[test]
fn an_answer_that_is_unspecified_or_unknown_is_never_taken() {
    let given = AnswerGiven { answer: 0, basis: 0, ..AnswerGiven::default() };
    assert_eq!(named(&given.violations()), [("answer", Wrong::Missing), ("coverage", Wrong::Missing)]);
    let given = AnswerGiven { answer: 5, basis: -1, coverage: Some(Coverage::default()), ..given };
    let fields =
        [("answer", Wrong::UnknownNumber), ("coverage", Wrong::Missing), ("basis", Wrong::UnknownNumber)];
    assert_eq!(named(&given.violations()), fields);
}

#[test]
fn lengths_are_bytes_and_their_limits_are_allowed() {
    let key = |id: &str| ProfileKey { id: id.to_owned() }.violations();
    assert_eq!(key(&"é".repeat(64)), []);
    assert_eq!(named(&key(&"é".repeat(65))), [("id", Wrong::TooLong)]);
    let put = |text: &str| PutNoticeRequest { text: text.to_owned() }.violations();
    assert_eq!(put("two\r\n\tlines"), []);
    assert_eq!(named(&put("a\0b")), [("text", Wrong::ControlCharacter)]);
    assert_eq!(put(&"x".repeat(65_536)), []);
    assert_eq!(named(&put(&"x".repeat(65_537))), [("text", Wrong::TooLong)]);
    let get = |notice_id: Vec<u8>| GetNoticeRequest { notice_id }.violations();
    assert_eq!(get(vec![0; 32]), []);
    assert_eq!(named(&get(vec![0; 33])), [("notice_id", Wrong::TooLong)]);
    assert_eq!(named(&get(vec![])), [("notice_id", Wrong::Missing)]);
}

#[test]
fn instants_lie_in_the_years_that_every_zone_can_name() {
    let asked = |seconds, nanos| {
        let as_of = Some(Timestamp { seconds, nanos });
        let profiles = vec![ProfileKey::default()];
        GetConsentsRequest { profile_table: "t".into(), profiles, as_of, known_at: None }.violations()
    };
    for (seconds, nanos) in [(-62_135_596_800, 0), (0, 999_999_999), (253_402_207_199, 999_999_999)] {
        assert_eq!(asked(seconds, nanos), []);
    }
    for (seconds, nanos) in [
        (-62_135_596_801, 999_999_999),
        (253_402_207_200, 0),
        (i64::MAX, 0),
        (i64::MIN, 0),
        (0, -1),
        (0, 1_000_000_000),
    ] {
        assert_eq!(named(&asked(seconds, nanos)), [("as_of", Wrong::OutOfRange)], "{seconds} {nanos}");
    }
}

#[test]
fn a_day_is_one_that_a_calendar_has() {
    let day = |year, month, day| {
        let collected_on = Some(Date { year, month, day });
        let source = Some(Source { kind: SourceKind::Api.into(), name: None, version: None });
        ProfileFacts { collected_on, jurisdiction: None, source }.violations()
    };
    for (y, m, d) in [(1, 1, 1), (9999, 12, 31), (2024, 2, 29), (2000, 2, 29), (2026, 4, 30)] {
        assert_eq!(day(y, m, d), [], "{y}-{m}-{d}");
    }
    for (y, m, d) in [
        (0, 1, 1),
        (10_000, 1, 1),
        (2026, 0, 1),
        (2026, 13, 1),
        (2026, 1, 0),
        (2026, 4, 31),
        (1900, 2, 29),
        (2026, 1, -1),
        (-4, 2, 1),
    ] {
        assert_eq!(named(&day(y, m, d)), [("collected_on", Wrong::OutOfRange)], "{y}-{m}-{d}");
    }
}

#[test]
fn numbers_and_lengths_of_time_keep_their_bounds() {
    let read = |seconds, nanos| {
        let max_wait = Some(Duration { seconds, nanos });
        ReadConsentChangesRequest { cursor: "c".into(), filter: None, page_size: 0, max_wait }.violations()
    };
    for (seconds, nanos) in [(0, 0), (30, 0), (0, 1), (29, 999_999_999)] {
        assert_eq!(read(seconds, nanos), []);
    }
    for (seconds, nanos) in
        [(30, 1), (31, 0), (-1, 0), (0, -1), (1, -1), (0, 1_000_000_000), (i64::MAX, i32::MAX)]
    {
        assert_eq!(named(&read(seconds, nanos)), [("max_wait", Wrong::OutOfRange)], "{seconds} {nanos}");
    }
    let expires = |days| {
        let tightened = PolicyOverride { expires_after_days: Some(days), ..PolicyOverride::default() };
        tightened.violations().iter().any(|violation| violation.field == "expires_after_days")
    };
    assert!(!expires(1) && !expires(36_500) && expires(0) && expires(36_501));
}

#[test]
fn lists_of_plain_values_are_judged_by_each_value() {
    let filter = ChangeFilter {
        profile_tables: vec!["a".into(), String::new(), "b\n".into()],
        effects: vec![1; 17],
        ..ChangeFilter::default()
    };
    let found = [
        ("profile_tables[1]", Wrong::Empty),
        ("profile_tables[2]", Wrong::ControlCharacter),
        ("effects", Wrong::TooMany { max: 16 }),
    ];
    assert_eq!(named(&filter.violations()), found);
}

#[test]
fn a_choice_that_must_be_made_is_named_by_its_arms() {
    let missing = GetCursorRequest::default().violations();
    assert_eq!(named(&missing), [("start", Wrong::Missing)]);
    assert_eq!(missing[0].rule, "one of edge, recorded_at must be set");
    let edge = |edge: i32| {
        let start = Some(get_cursor_request::Start::Edge(edge));
        GetCursorRequest { start, filter: None }.violations()
    };
    assert_eq!(edge(CursorEdge::Latest.into()), []);
    assert_eq!(named(&edge(0)), [("edge", Wrong::Missing)]);
}

#[test]
fn texts_look_like_what_they_stand_for() {
    let request_id =
        |id: &str| UpsertConsentsRequest { request_id: id.into(), ..batch(vec![grant()]) }.violations();
    assert_eq!(request_id("018F0000-0000-7000-8000-00000000000a"), []);
    for id in [
        "00000000-0000-0000-0000-000000000000",
        "018f000000000-7000-8000-00000000001a",
        "018f0000-0000-7000-8000-00000000000g",
        "018f0000-0000-7000-8000-0000000000",
    ] {
        assert_eq!(named(&request_id(id)), [("request_id", Wrong::Malformed)], "{id}");
    }
    let language = |tag: &str| Evidence { language: Some(tag.into()), ..Evidence::default() }.violations();
    for tag in ["fr", "fr-BE", "zh-Hant-TW", "de-1996", "sl-x-a"] {
        assert_eq!(language(tag), [], "{tag}");
    }
    for tag in ["f", "fr_BE", "fr-", "-fr", "12", "fr-abcdefghi"] {
        assert_eq!(named(&language(tag)), [("language", Wrong::Malformed)], "{tag}");
    }
    let zone = |zone: &str| {
        let table = ProfileTable { id: "t".into(), zone: zone.into(), ..ProfileTable::default() };
        PutProfileTableRequest { profile_table: Some(table) }.violations()
    };
    for name in ["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+3"] {
        assert_eq!(zone(name), [], "{name}");
    }
    for name in ["Europe/", "/Paris", "Europe Paris", "../etc"] {
        assert_eq!(named(&zone(name)), [("profile_table.zone", Wrong::Malformed)], "{name}");
    }
}

#[test]
fn a_violation_says_what_would_be_right_and_never_what_was_sent() {
    let secret = "secret\u{1}";
    let controller = Controller { name: secret.into(), address: secret.into(), contact: String::new() };
    for violation in controller.violations() {
        assert!(!violation.rule.is_empty());
        assert!(!format!("{violation:?}{}", violation.description()).contains("secret"));
    }
    let wrong = ProfileKey { id: "x".repeat(129) }.violations();
    let text = "is too long; expected: 1 to 128 bytes of UTF-8 without control characters";
    assert_eq!(wrong[0].description(), text);
}

#[test]
fn a_path_is_the_same_after_a_validator_ran() {
    let mut path = Path::item("items", 4);
    let mut wrong = Vec::new();
    UpsertConsentsItem::default().validate(&mut path, &mut wrong);
    assert_eq!(path.as_str(), "items[4]");
    assert_eq!(path.field("answer").field("basis").as_str(), "items[4].answer.basis");
}

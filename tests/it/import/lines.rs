//! Lines: each is read and judged for itself, and what it leaves out stays as it is.

use super::*;
use assent_tests::{apply, every_app};

#[apply(every_app)]
async fn a_malformed_line_fails_alone_and_every_wrong_field_is_named(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let mut nobody = yes(2, "bob", &notice);
    nobody.profile = None;
    nobody.events.push(v1::ImportEvent::default());
    let mut direct = no(3, "cleo", START);
    let Some(Event::Answer(given)) = &mut direct.events[0].event else { panic!("an answer") };
    given.evidence = Some(v1::Evidence { source: story::form("ours"), ..v1::Evidence::default() });
    given.basis = Basis::Explicit.into();
    let mut unnumbered = no(0, "dina", START);
    unnumbered.facts = Some(v1::ImportFacts { jurisdiction: Some("france".to_owned()), collected_on: None });
    let told =
        import(app.client(), "list", vec![vec![yes(1, "ada", &notice), nobody, direct, unnumbered]]).await;
    let told = told.one();
    assert_eq!(counts(told.counts), [1, 0, 0, 0, 0, 0, 3]);
    let wrong =
        |fields: &[&str]| fields.iter().map(|field| format!("chunk.lines{field}")).collect::<Vec<_>>();
    let expected = [
        (2, wrong(&["[1].profile", "[1].events[1].event"])),
        (3, wrong(&["[2].events[0].answer.basis", "[2].events[0].answer.evidence.source.kind"])),
        (0, wrong(&["[3].line", "[3].facts.jurisdiction"])),
    ];
    let expected = expected.map(|(line, fields)| (line, "FIELD_INVALID".to_owned(), fields));
    assert_eq!(failures(told), expected);
    assert_eq!(told.failures_left_out, 0);
    assert_eq!(state(app, "ada").await, State::Granted);
    for who in ["bob", "cleo", "dina"] {
        assert!(
            story::records(app.client(), who).await.is_empty(),
            "nothing of a line that cannot be read is stored"
        );
    }
}

#[apply(every_app)]
async fn what_a_rule_refuses_never_stops_a_no_beside_it(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let unproven = about(Answer::Grant, START - HOUR, None, marketing());
    let line = story::import_line(7, "ada", [unproven, said(Answer::Withdraw, START, None)]);
    let told = import(app.client(), "list", vec![vec![yes(6, "bob", &notice), line]]).await;
    let told = told.one();
    assert_eq!(counts(told.counts), [1, 0, 0, 0, 0, 0, 1]);
    let failures = failures(told);
    let [(7, reason, fields)] = failures.as_slice() else { panic!("{failures:?}") };
    assert_eq!(reason, "EVIDENCE_MISSING");
    assert!(
        fields.contains(&"chunk.lines[1].events[0].answer.evidence.proof_reference".to_owned()),
        "{fields:?}"
    );
    assert_eq!(state(app, "ada").await, State::Withdrawn, "the withdrawal beside it is stored");
    assert_eq!(standing(app, "ada", v1::Series::Marketing).await.state(), State::Unknown);
}

#[apply(every_app)]
async fn an_imported_grant_without_proof_is_refused_under_every_policy(app: &TestApp) {
    for policy in ["legacy", "strict"] {
        let mut table = story::profile_table(assent_tests::marks::id(policy), "ours");
        table.policy_id = Some(policy.to_owned());
        let put = v1::PutProfileTableRequest { profile_table: Some(table) };
        app.client().settings().put_profile_table(put).await.expect("a table is stored");
        let put = v1::PutNoticeRequest { text: story::notice_text("ours") };
        let stored = app.client().consents().put_notice(put).await.expect("a notice is stored").into_inner();
        let notice = stored.notice.expect("the notice").id;
        let evidence = v1::Evidence { proof_reference: None, ..evidence(&notice) };
        let bare = story::import_line(1, "ada", [said(Answer::Grant, START, Some(evidence))]);
        let mut header = story::import_header(policy);
        header.profile_table = assent_tests::marks::id(policy);
        let told =
            stream(app.client(), vec![begin(header), chunk(1, vec![bare, yes(2, "bob", &notice)])]).await;
        assert_eq!(counts(told.one().counts), [1, 0, 0, 0, 0, 0, 1], "{policy}");
        let proof = "chunk.lines[0].events[0].answer.evidence.proof_reference";
        let expected = (1, "EVIDENCE_MISSING".to_owned(), vec![proof.to_owned()]);
        assert_eq!(failures(told.one()), [expected], "{policy}");
    }
}

#[apply(every_app)]
async fn blank_keeps(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let mut full = yes(1, "ada", &notice);
    let collected_on = Some(assent_proto::google::Date { year: 2026, month: 2, day: 28 });
    full.facts = Some(v1::ImportFacts { collected_on, jurisdiction: Some("BE".to_owned()) });
    import(app.client(), "list", vec![vec![full]]).await.one();
    let before = story::records(app.client(), "ada").await;
    assert_eq!(before.len(), 2);

    let mut blank = story::import_line(1, "ada", []);
    let stranger = story::import_line(2, "bob", []);
    let mut empty = story::import_line(3, "ada", []);
    empty.facts = Some(v1::ImportFacts::default());
    let told = import(app.client(), "blanks", vec![vec![blank.clone(), stranger, empty]]).await;
    assert_eq!(counts(told.one().counts), [0, 0, 0, 0, 0, 3, 0]);
    assert_eq!(story::records(app.client(), "ada").await, before);
    assert_eq!(state(app, "ada").await, State::Granted);
    let held = held(app).await;
    assert_eq!(held["profile"].len(), 1, "who is named by a blank line alone is nobody");

    // A fact that is left out stays as well.
    blank.facts = Some(v1::ImportFacts { collected_on: None, jurisdiction: Some("BE".to_owned()) });
    let told = import(app.client(), "facts", vec![vec![blank]]).await;
    assert_eq!(counts(told.one().counts), [0, 0, 0, 1, 0, 0, 0]);
}

#[apply(every_app)]
async fn a_row_carries_marketing_and_tracking_and_is_counted_once(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let row = |line, who| {
        let mail = about(Answer::Grant, START - HOUR, Some(evidence(&notice)), marketing());
        story::import_line(line, who, [mail, said(Answer::Refuse, START - HOUR, None)])
    };
    let told = import(app.client(), "list", vec![vec![row(1, "ada"), row(2, "bob")]]).await;
    assert_eq!(counts(told.one().counts), [2, 0, 0, 0, 0, 0, 0]);
    assert_eq!(standing(app, "ada", v1::Series::Marketing).await.state(), State::Granted);
    assert_eq!(state(app, "ada").await, State::Refused);
    let changed = story::import_line(
        1,
        "ada",
        [
            about(Answer::Grant, START - HOUR, Some(evidence(&notice)), marketing()),
            said(Answer::Grant, START, Some(evidence(&notice))),
        ],
    );
    let told = import(app.client(), "later", vec![vec![changed, row(2, "bob")]]).await;
    assert_eq!(counts(told.one().counts), [0, 1, 0, 1, 0, 0, 0], "one half turned, the other was on record");
}

#[apply(every_app)]
async fn failures_are_told_as_far_as_an_answer_holds_them(app: &TestApp) {
    settled(app, "strict").await;
    let bare = |line: u64| {
        story::import_line(
            line,
            &format!("p{line}"),
            [said(Answer::Grant, START, None), about(Answer::Grant, START, None, marketing())],
        )
    };
    let told = import(app.client(), "list", vec![(1..=1000).map(bare).collect()]).await;
    let told = told.one();
    assert_eq!(counts(told.counts), [0, 0, 0, 0, 0, 0, 1000]);
    assert_eq!(told.failures.len() as u64 + told.failures_left_out, 2000);
    assert!(told.failures.len() <= 1000 && told.failures.len() > 100, "{}", told.failures.len());
    assert!(told.encoded_len() < 4 * 1024 * 1024);
}

/// What a record says of where it comes from: kind, name and version.
fn source(record: &v1::ConsentRecord) -> Option<(v1::SourceKind, Option<String>, Option<String>)> {
    use v1::consent_record::Body;
    let source = match &record.body {
        Some(Body::Answer(given)) => given.evidence.as_ref().and_then(|evidence| evidence.source.clone()),
        Some(Body::Notice(told)) => told.source.clone(),
        Some(Body::Request(made)) => made.source.clone(),
        Some(Body::Facts(changed)) => changed.source.clone(),
        other => panic!("{other:?}"),
    };
    source.map(|source| (source.kind(), source.name, source.version))
}

#[apply(every_app)]
async fn what_says_nothing_of_its_source_has_the_headers_and_what_does_keeps_its_own(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let line = |line, own: Option<&str>| {
        let kind = v1::SourceKind::Import.into();
        let source = own.map(|name| v1::Source { kind, name: Some(name.to_owned()), version: None });
        let told = v1::NoticeGiven {
            coverage: story::tracking(),
            notified_at: Some(story::timestamp(START - 2 * HOUR)),
            notice_id: Some(notice.clone()),
            source: source.clone(),
            ..v1::NoticeGiven::default()
        };
        let asked = v1::RequestMade {
            coverage: story::tracking(),
            requested_at: Some(story::timestamp(START - 2 * HOUR)),
            source: source.clone(),
            ..v1::RequestMade::default()
        };
        let evidence = v1::Evidence { source, ..v1::Evidence::default() };
        let refused = said(Answer::Refuse, START - HOUR, Some(evidence));
        let events = [Event::Notice(told), Event::Request(asked), refused];
        let mut line = story::import_line(line, own.unwrap_or("ada"), events);
        line.facts = Some(v1::ImportFacts { jurisdiction: Some("BE".to_owned()), collected_on: None });
        line
    };
    let told = import(app.client(), "list", vec![vec![line(1, None), line(2, Some("bob"))]]).await;
    assert_eq!(counts(told.one().counts), [2, 0, 0, 0, 0, 0, 0]);
    let of_header = Some((v1::SourceKind::Import, Some("CRM".to_owned()), Some("11".to_owned())));
    let records = story::records(app.client(), "ada").await;
    assert_eq!(records.iter().map(source).collect::<Vec<_>>(), vec![of_header.clone(); 4]);
    let own = Some((v1::SourceKind::Import, Some("bob".to_owned()), None));
    let records = story::records(app.client(), "bob").await;
    let expected = [of_header, own.clone(), own.clone(), own];
    assert_eq!(records.iter().map(source).collect::<Vec<_>>(), expected, "facts have no source of their own");
    // So a no of a list takes effect when it was said, and not when the list came.
    assert_eq!(standing(app, "ada", v1::Series::EmailOpen).await.since, Some(story::timestamp(START - HOUR)));
}

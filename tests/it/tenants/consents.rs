//! People, texts, the ledger and its feed: the same id is another person for another tenant.

use assent_proto::v1::SnapshotEnd;
use assent_proto::v1::snapshot_consents_response::Event as Copied;

use super::*;

/// Our table, two texts, and two grants; returns the second text's id.
async fn settled(app: &TestApp) -> Vec<u8> {
    story::settle_in(app.client(), OURS).await;
    let put = v1::PutNoticeRequest { text: story::notice_text("mrkq7x-ours-alone too") };
    let stored = app.client().consents().put_notice(put).await.expect("a text is stored").into_inner();
    stored.notice.expect("the text").id
}

fn about(who: &str) -> GetConsentsRequest {
    GetConsentsRequest {
        profile_table: story::people(),
        profiles: story::person(who).into_iter().collect(),
        ..GetConsentsRequest::default()
    }
}

fn history(page_size: u32, page_token: Option<String>) -> ListConsentRecordsRequest {
    ListConsentRecordsRequest {
        profile_table: story::people(),
        profile: story::person("anna"),
        page_size,
        page_token,
    }
}

/// Every state that a tenant is told of a person.
async fn states(client: &Client, who: &str) -> Vec<State> {
    let answer = client.consents().get_consents(about(who)).await.expect("states").into_inner();
    let Some(get_consents_result::Result::Consents(consents)) =
        answer.results.into_iter().next().and_then(|result| result.result)
    else {
        panic!("one person's states")
    };
    consents.standings.iter().map(v1::Standing::state).collect()
}

async fn records(client: &Client) -> Vec<ConsentRecord> {
    let page = client.consents().list_consent_records(history(0, None)).await.expect("a history");
    page.into_inner().records
}

async fn own_table(client: &Client) {
    let mut table = story::profile_table(story::people(), "theirs");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    client.settings().put_profile_table(put).await.expect("their own table");
}

#[apply(every_app)]
async fn the_same_person_is_somebody_else_for_another_tenant(app: &TestApp) {
    settled(app).await;
    // A second record of Anna, so that her history has a second page.
    let request = story::batch(vec![story::item("anna", Answer::Refuse, assent_tests::app::START, None)]);
    app.client().consents().upsert_consents(request.clone()).await.expect("a refusal is stored");
    let facts = |source: &str| v1::UpsertProfilesRequest {
        profile_table: story::people(),
        items: vec![v1::UpsertProfilesItem {
            profile: story::person("anna"),
            facts: Some(v1::ProfileFacts {
                jurisdiction: Some("FR".to_owned()),
                source: story::form(source),
                ..v1::ProfileFacts::default()
            }),
        }],
        request_id: marks::uuid(),
        validate_only: false,
        origin: None,
    };
    let before = held(app).await;
    let them = outsider(app).await;

    let unknown = no(Code::NotFound, "PROFILE_TABLE_UNKNOWN");
    assert_eq!(refused(them.consents().upsert_consents(request.clone()).await), unknown);
    assert_eq!(refused(them.consents().upsert_profiles(facts("theirs")).await), unknown);
    assert_eq!(refused(them.consents().get_consents(about("anna")).await), unknown);
    assert_eq!(refused(them.consents().list_consent_records(history(0, None)).await), unknown);

    own_table(&them).await;
    assert!(states(&them, "anna").await.iter().all(|state| *state == State::Unknown));
    assert!(records(&them).await.is_empty());
    let token = app.client().consents().list_consent_records(history(1, None)).await.expect("a page");
    let token = token.into_inner().next_page_token;
    assert!(token.is_some());
    let malformed = refused(them.consents().list_consent_records(history(1, token)).await);
    assert_eq!(malformed, no(Code::InvalidArgument, "PAGE_TOKEN_MALFORMED"));

    // Even our request id is free for them, with another content.
    let own = v1::UpsertConsentsRequest {
        items: vec![story::item("anna", Answer::Object, assent_tests::app::START, None)],
        ..request
    };
    them.consents().upsert_consents(own).await.expect("their own objection");
    them.consents().upsert_profiles(facts("theirs")).await.expect("their own facts");
    assert_eq!(states(&them, "anna").await[1..], [State::Objected; 6]);
    assert_eq!(records(&them).await.len(), 2);

    assert_eq!(states(app.client(), "anna").await[1..], [State::Refused; 6]);
    assert_eq!(held(app).await, before, "nothing of ours changed");
    let methods = ["UpsertConsents", "UpsertProfiles", "GetConsents", "ListConsentRecords"];
    kept_apart(app, "ConsentService", &methods);
}

#[apply(every_app)]
async fn a_text_is_there_for_who_stored_it(app: &TestApp) {
    let notice_id = settled(app).await;
    let before = held(app).await;
    let them = outsider(app).await;
    own_table(&them).await;

    let get = v1::GetNoticeRequest { notice_id: notice_id.clone() };
    let unknown = no(Code::NotFound, "NOTICE_UNKNOWN");
    assert_eq!(refused(them.consents().get_notice(get.clone()).await), unknown);
    let list = |page_token| ListNoticesRequest { page_size: 1, page_token };
    let page = app.client().consents().list_notices(list(None)).await.expect("a page").into_inner();
    assert!(page.next_page_token.is_some());
    let malformed = refused(them.consents().list_notices(list(page.next_page_token)).await);
    assert_eq!(malformed, no(Code::InvalidArgument, "PAGE_TOKEN_MALFORMED"));
    let page = them.consents().list_notices(list(None)).await.expect("a page").into_inner();
    assert_eq!((page.notices, page.next_page_token), (Vec::new(), None));
    let at = assent_tests::app::START;
    let grant = story::item("anna", Answer::Grant, at, Some(story::evidence(&notice_id, "theirs")));
    let answer = them.consents().upsert_consents(story::batch(vec![grant])).await.expect("an answer");
    let Some(v1::upsert_consents_result::Result::Error(error)) = &answer.get_ref().results[0].result else {
        panic!("our text proves nothing of theirs: {answer:?}")
    };
    assert_eq!(error.code, Code::FailedPrecondition as i32, "{error:?}");

    // The same text is another one when they store it: first recorded when they did, not when we did.
    app.advance(std::time::Duration::from_secs(60));
    let blind = them.blind();
    let put = v1::PutNoticeRequest { text: story::notice_text("mrkq7x-ours-alone too") };
    let own = blind.consents().put_notice(put).await.expect("their own text").into_inner().notice;
    let own = own.expect("the text");
    assert_eq!((own.id, own.recorded_at), (notice_id, Some(story::timestamp(at + 60_000_000))));
    assert!(blind.consents().get_notice(get).await.is_ok());

    assert_eq!(held(app).await, before, "nothing of ours changed");
    kept_apart(app, "ConsentService", &["PutNotice", "GetNotice", "ListNotices"]);
}

#[apply(every_app)]
async fn an_import_of_the_same_id_is_another_one_for_another_tenant(app: &TestApp) {
    use v1::import_consents_request::Message;
    use v1::import_consents_response::Event;
    settled(app).await;
    let no = |line| {
        let refused = v1::AnswerGiven {
            answer: Answer::Refuse.into(),
            coverage: story::tracking(),
            ..Default::default()
        };
        story::import_line(line, "anna", [v1::import_event::Event::Answer(refused)])
    };
    let messages = |lines: Vec<v1::ImportLine>| {
        let chunk = v1::ImportChunk { number: 1, lines };
        let all = [Message::Header(story::import_header("list")), Message::Chunk(chunk)];
        tokio_stream::iter(all.map(story::import))
    };
    let mut ours =
        app.client().consents().import_consents(messages(vec![no(1)])).await.expect("ours").into_inner();
    while ours.message().await.expect("an answer").is_some() {}
    let before = held(app).await;
    let them = outsider(app).await;

    // They have no such table, and then one of their own: the id is theirs to use, and it begins at its first chunk.
    let refusal = them.consents().import_consents(messages(vec![no(1), no(2)])).await.map(|_| ());
    let reason =
        refusal.expect_err("their table is not there").get_details_error_info().expect("a reason").reason;
    assert_eq!(reason, "PROFILE_TABLE_UNKNOWN");
    own_table(&them).await;
    let mut theirs =
        them.consents().import_consents(messages(vec![no(1), no(2)])).await.expect("theirs").into_inner();
    let mut told = Vec::new();
    while let Some(answer) = theirs.message().await.expect("an answer") {
        told.push(answer.event.expect("an answer says something"));
    }
    let [Event::Opened(opened), Event::Acknowledged(written), Event::Ended(_)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((opened.next_chunk, written.repeated), (1, false));

    assert_eq!(held(app).await, before, "nothing of ours changed");
    kept_apart(app, "ConsentService", &["ImportConsents"]);
}

#[apply(every_app)]
async fn a_ledger_and_its_feed_are_their_tenants(app: &TestApp) {
    settled(app).await;
    let earliest =
        || v1::GetCursorRequest { start: Some(Start::Edge(v1::CursorEdge::Earliest.into())), filter: None };
    let ours = app.client().changes().get_cursor(earliest()).await.expect("a cursor").into_inner();
    let our_head = ours.head.expect("a head");
    assert!(our_head.position > 0);
    let before = held(app).await;
    let them = outsider(app).await;

    let theirs = them.changes().get_cursor(earliest()).await.expect("a cursor").into_inner();
    assert_eq!((theirs.head.map(|head| head.position), theirs.head_recorded_at), (Some(0), None));
    let read =
        |cursor: String| v1::ReadConsentChangesRequest { cursor, ..v1::ReadConsentChangesRequest::default() };
    let malformed = refused(them.changes().read_consent_changes(read(ours.cursor)).await);
    assert_eq!(malformed, no(Code::InvalidArgument, "CURSOR_MALFORMED"));
    let page = them.changes().read_consent_changes(read(theirs.cursor)).await.expect("a page").into_inner();
    assert!(page.changes.is_empty() && page.head_position == 0);

    let snapshot = |resume_token| v1::SnapshotConsentsRequest { resume_token, ..Default::default() };
    let told = app.client().changes().snapshot_consents(snapshot(None)).await.expect("a snapshot");
    let told = told.into_inner().message().await.expect("it begins").and_then(|told| told.event);
    let Some(Copied::Page(begun)) = told else { panic!("{told:?}") };
    let malformed = refused(them.changes().snapshot_consents(snapshot(Some(begun.resume_token))).await);
    assert_eq!(malformed, no(Code::InvalidArgument, "CURSOR_MALFORMED"));
    own_table(&them).await;
    let copy = them.changes().snapshot_consents(snapshot(None)).await.expect("a snapshot of their own");
    let (mut copy, mut last) = (copy.into_inner(), None);
    while let Some(told) = copy.message().await.expect("a snapshot goes on") {
        last = told.event;
        assert!(!matches!(&last, Some(Copied::Page(page)) if !page.profiles.is_empty()), "{last:?}");
    }
    assert!(matches!(last, Some(Copied::End(SnapshotEnd { position: 0, .. }))), "{last:?}");

    for (known_head, expected) in [(None, true), (Some(our_head), false)] {
        let request = v1::VerifyHistoryRequest { known_head };
        let mut walk = them.consents().verify_history(request).await.expect("a walk").into_inner();
        let mut last = None;
        while let Some(told) = walk.message().await.expect("a walk goes on") {
            last = told.event;
        }
        match last.expect("a verdict") {
            Walked::Whole(whole) => assert!(expected && whole.verified == 0),
            Walked::Broken(broken) => {
                assert!(!expected, "{broken:?}");
                assert_eq!(broken.fault(), v1::HistoryFault::KnownHeadMissing);
            }
            Walked::Progress(_) => panic!("a walk ends with a verdict"),
        }
    }

    assert_eq!(held(app).await, before, "nothing of ours changed");
    kept_apart(app, "ConsentChangeService", &["GetCursor", "ReadConsentChanges", "SnapshotConsents"]);
    kept_apart(app, "ConsentService", &["VerifyHistory"]);
}

#[apply(every_app)]
async fn what_a_form_asks_who_may_be_asked_and_what_is_receipted_are_their_tenants(app: &TestApp) {
    use v1::{check_askable_result::Result as Answered, describe_opt_ins_request::Place};
    let notice_id = settled(app).await;
    let language = "fr".to_owned();
    let text = v1::OptInText { r#box: v1::OptInBox::Tracking.into(), language, notice_id };
    let site = v1::Website { opt_in_texts: vec![text], ..story::website(marks::id("site")) };
    let put = v1::PutWebsiteRequest { website: Some(site) };
    app.client().settings().put_website(put.clone()).await.expect("a website is stored");
    let refusal = story::item("anna", Answer::Refuse, assent_tests::app::START, None);
    app.client().consents().upsert_consents(story::batch(vec![refusal])).await.expect("a refusal is stored");
    let receipt = v1::GetConsentReceiptRequest {
        profile_table: story::people(),
        profile: story::person("anna"),
        record_id: records(app.client()).await.remove(0).id,
    };
    let form = v1::DescribeOptInsRequest {
        profile_table: story::people(),
        place: Some(Place::WebsiteId(marks::id("site"))),
        ..v1::DescribeOptInsRequest::default()
    };
    let askable = v1::CheckAskableRequest {
        profile_table: story::people(),
        profiles: story::person("anna").into_iter().collect(),
    };
    let before = held(app).await;
    let them = outsider(app).await;

    let unknown = no(Code::NotFound, "PROFILE_TABLE_UNKNOWN");
    assert_eq!(refused(them.consents().describe_opt_ins(form.clone()).await), unknown);
    assert_eq!(refused(them.consents().check_askable(askable.clone()).await), unknown);
    assert_eq!(refused(them.consents().get_consent_receipt(receipt.clone()).await), unknown);

    own_table(&them).await;
    let asked = them.consents().describe_opt_ins(form).await.expect("what a form asks").into_inner();
    assert!(!asked.declared && asked.boxes.iter().all(|one| one.wordings.is_empty()), "{asked:?}");
    assert_eq!(asked.boxes.len(), 3, "by their own policy alone");
    let told = them.consents().check_askable(askable).await.expect("she is checked").into_inner();
    let Some(Answered::Askable(told)) = told.results[0].result.clone() else { panic!("an answer") };
    assert!(told.series.iter().all(|one| one.askable && one.reason() == v1::AskReason::Unknown));
    let none = no(Code::NotFound, "CONSENT_RECORD_UNKNOWN");
    assert_eq!(refused(them.consents().get_consent_receipt(receipt).await), none);
    // Nor is our text one that they can declare.
    let lost = no(Code::FailedPrecondition, "NOTICE_UNKNOWN");
    assert_eq!(refused(them.settings().put_website(put).await), lost);

    assert_eq!(held(app).await, before, "nothing of ours changed");
    kept_apart(app, "ConsentService", &["DescribeOptIns", "CheckAskable", "GetConsentReceipt"]);
}

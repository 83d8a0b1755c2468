//! ReadInteractions: what was recorded, page by page, once each; what may be shown of it; waiting for more.

use std::collections::BTreeSet;
use std::time::Duration;

use assent_proto::v1::read_interactions_request::Position;
use assent_proto::v1::{
    self, Answer, InteractionFilter, InteractionKind, ReadInteractionsRequest, ReadInteractionsResponse,
};
use assent_tests::app::{START, TestApp};
use assent_tests::client::Client;
use assent_tests::deed::{click, fates, open, send, visit};
use assent_tests::engine::{Engine, fresh};
use assent_tests::{apply, every_app, every_engine, marks, story};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::{BEFORE, declare, newsletter, says, settled};

pub(super) fn at(edge: v1::CursorEdge) -> ReadInteractionsRequest {
    let position = Some(Position::Edge(edge.into()));
    ReadInteractionsRequest { position, ..ReadInteractionsRequest::default() }
}

pub(super) fn earliest() -> ReadInteractionsRequest {
    at(v1::CursorEdge::Earliest)
}

pub(super) fn after(cursor: &str) -> ReadInteractionsRequest {
    let position = Some(Position::Cursor(cursor.to_owned()));
    ReadInteractionsRequest { position, ..ReadInteractionsRequest::default() }
}

pub(super) async fn read(client: &Client, request: ReadInteractionsRequest) -> ReadInteractionsResponse {
    client.interactions().read_interactions(request).await.expect("a page").into_inner()
}

/// The reason of the error that a read ends with.
pub(super) async fn refused(client: &Client, request: ReadInteractionsRequest) -> (Status, String) {
    let status = client.interactions().read_interactions(request).await.expect_err("no page");
    let reason = status.get_details_error_info().expect("an error has a reason").reason;
    (status, reason)
}

pub(super) fn ids(page: &ReadInteractionsResponse) -> Vec<String> {
    let ids = page.interactions.iter().filter_map(|row| row.interaction.as_ref());
    ids.map(|interaction| interaction.interaction_id.clone()).collect()
}

/// Everything from a cursor on, by pages of that size.
async fn all(client: &Client, mut from: ReadInteractionsRequest, size: u32) -> Vec<String> {
    let mut read_so_far = Vec::new();
    loop {
        from.page_size = size;
        let page = read(client, from).await;
        read_so_far.extend(ids(&page));
        if page.caught_up {
            return read_so_far;
        }
        from = after(&page.next_cursor);
    }
}

async fn legacy(app: &TestApp) {
    let mut table = story::profile_table(story::people(), "ours");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
}

#[apply(every_app)]
async fn everything_recorded_is_read_once_under_concurrent_writers(app: &TestApp) {
    settled(app).await;
    let client = app.client().once();
    let mut writers = tokio::task::JoinSet::new();
    for turn in 0..24 {
        let client = client.clone();
        writers.spawn(async move {
            let seen: Vec<_> = (0..7).map(|nth| visit("anna", BEFORE + turn * 7 + nth, "shop")).collect();
            let sent = seen.iter().map(|one| one.interaction_id.clone()).collect::<Vec<_>>();
            assert_eq!(fates(&client, seen).await, ["RECORDED GRANTED"; 7]);
            sent
        });
    }
    let (mut cursor, mut read_once) = (earliest(), Vec::new());
    let mut recorded = BTreeSet::new();
    let mut size = 1;
    loop {
        while let Some(sent) = writers.try_join_next() {
            recorded.extend(sent.expect("a writer ends well"));
        }
        let all_written = writers.is_empty();
        let page = read(&client, ReadInteractionsRequest { page_size: size, ..cursor }).await;
        assert!(page.interactions.len() <= usize::try_from(size).expect("a small number"));
        read_once.extend(ids(&page));
        cursor = after(&page.next_cursor);
        size = size % 11 + 1;
        if all_written && page.caught_up {
            break;
        }
    }
    assert_eq!(read_once.len(), 24 * 7, "each once");
    assert_eq!(read_once.into_iter().collect::<BTreeSet<_>>(), recorded, "and all of them");
}

#[apply(every_app)]
async fn a_cursor_goes_on_where_it_stopped_whatever_the_size_of_the_pages(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    for batch in 0..3 {
        let seen = (0..5).map(|nth| open("anna", BEFORE + batch * 5 + nth, "spring")).collect();
        assert_eq!(fates(client, seen).await, ["RECORDED GRANTED"; 5]);
    }
    let whole = all(client, earliest(), 0).await;
    assert_eq!(whole.len(), 15);
    for size in [1, 2, 3, 5, 7, 14] {
        assert_eq!(all(client, earliest(), size).await, whole, "{size}");
    }
    let first = read(client, ReadInteractionsRequest { page_size: 3, ..earliest() }).await;
    assert!(!first.caught_up);
    assert_eq!(all(client, after(&first.next_cursor), 100).await, whole[3..]);
    let latest = read(client, at(v1::CursorEdge::Latest)).await;
    assert!(latest.interactions.is_empty() && latest.caught_up);
    assert!(read(client, after(&latest.next_cursor)).await.interactions.is_empty());
    // Once more, so that the next one has a position of its own.
    assert_eq!(fates(client, vec![open("anna", BEFORE + 99, "spring")]).await, ["RECORDED GRANTED"]);
    assert_eq!(read(client, after(&latest.next_cursor)).await.interactions.len(), 1);
}

#[apply(every_engine)]
async fn what_no_longer_fits_an_answer_stands_on_the_next_page(engine: Engine) {
    let app = TestApp::start_with(fresh(engine).await, &[("LIMITS__MESSAGE_OUT_BYTES", "8192")]).await;
    settled(&app).await;
    let client = app.client();
    for batch in 0..6 {
        let seen = (0..10).map(|nth| open("anna", BEFORE + batch * 10 + nth, "spring")).collect();
        assert_eq!(fates(client, seen).await, ["RECORDED GRANTED"; 10]);
    }
    let first = read(client, earliest()).await;
    assert!(!first.caught_up && (2..60).contains(&first.interactions.len()), "{}", first.interactions.len());
    let whole = all(client, earliest(), 0).await;
    assert_eq!((whole.len(), whole.iter().collect::<BTreeSet<_>>().len()), (60, 60), "each once");
    app.finish().await;
}

#[apply(every_app)]
async fn a_filter_is_by_table_kind_and_the_campaign_whose_statistics_it_enters(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    declare(app, v1::Message { campaign_id: Some(marks::id("of message")), ..newsletter("spring") }).await;
    let of_message = open("anna", BEFORE, "spring");
    let mut named = click("anna", BEFORE, "spring", "offer");
    named.campaign_id = Some(marks::id("named"));
    let of_none = visit("anna", BEFORE, "shop");
    let sent = send("anna", BEFORE - 1, "spring", v1::PixelMode::Identified, v1::LinkMode::Tracked);
    let id = |one: &v1::Interaction| one.interaction_id.clone();
    let expected = [id(&sent), id(&of_message), id(&named), id(&of_none)];
    fates(client, vec![of_message, named, of_none, sent]).await;

    let found = async |filter: InteractionFilter| {
        let page = read(client, ReadInteractionsRequest { filter: Some(filter), ..earliest() }).await;
        assert!(page.caught_up && page.left_out.is_none());
        let found = ids(&page);
        expected.iter().map(|id| found.contains(id)).collect::<Vec<_>>()
    };
    let campaign = |word: &str| InteractionFilter {
        campaign_ids: vec![marks::id(word)],
        ..InteractionFilter::default()
    };
    assert_eq!(found(InteractionFilter::default()).await, [true; 4]);
    assert_eq!(found(campaign("of message")).await, [true, true, false, false]);
    assert_eq!(found(campaign("named")).await, [false, false, true, false]);
    let kinds = vec![InteractionKind::Send.into(), InteractionKind::WebsiteVisit.into()];
    assert_eq!(
        found(InteractionFilter { kinds, ..InteractionFilter::default() }).await,
        [true, false, false, true]
    );
    let both = InteractionFilter {
        profile_tables: vec![story::people()],
        kinds: vec![InteractionKind::EmailClick.into()],
        ..campaign("named")
    };
    assert_eq!(found(both).await, [false, false, true, false], "all of it must pass");
    let elsewhere =
        InteractionFilter { profile_tables: vec![marks::id("elsewhere")], ..InteractionFilter::default() };
    assert_eq!(found(elsewhere).await, [false; 4]);

    let cursor = read(client, earliest()).await.next_cursor;
    let other = ReadInteractionsRequest { filter: Some(campaign("named")), ..after(&cursor) };
    let (status, reason) = refused(client, other).await;
    assert_eq!((status.code(), reason.as_str()), (Code::InvalidArgument, "CURSOR_FILTER_MISMATCH"));
    for wrong in ["nonsense", &cursor[1..]] {
        let (status, reason) = refused(client, after(wrong)).await;
        assert_eq!((status.code(), reason.as_str()), (Code::InvalidArgument, "CURSOR_MALFORMED"));
    }
    let (status, _) = refused(client, ReadInteractionsRequest::default()).await;
    assert_eq!(status.code(), Code::InvalidArgument, "it must say where to begin");
}

#[apply(every_app)]
async fn what_was_left_out_is_told_from_ten_on(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let mut seen: Vec<_> = (0..9).map(|nth| open("bruno", BEFORE + nth, "spring")).collect();
    seen.push(open("anna", BEFORE, "spring"));
    fates(client, seen).await;
    says(app, "bruno", Answer::Withdraw).await;
    let page = read(client, earliest()).await;
    assert_eq!((page.interactions.len(), page.left_out), (1, None), "nine might point at somebody");

    says(app, "chloe", Answer::Refuse).await;
    app.advance(Duration::from_secs(1));
    fates(client, vec![visit("anna", BEFORE, "shop"), open("bruno", BEFORE + 50, "spring")]).await;
    assert_eq!(read(client, earliest()).await.left_out, None, "what was discarded was never recorded");
}

/// A row that is gone is looked for all the same.
#[apply(every_app)]
async fn one_call_looks_at_ten_thousand_rows_and_the_next_goes_on(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    fates(client, vec![open("anna", BEFORE, "spring")]).await;
    assert!(read(client, earliest()).await.caught_up);
    for (keys, caught_up) in [(10_000, true), (10_001, false)] {
        let bytes = keys * 24;
        let none = match app.engine() {
            Engine::Postgres => format!("decode(repeat('00', {bytes}), 'hex')"),
            Engine::Sqlite => format!("zeroblob({bytes})"),
        };
        let emptied =
            format!("UPDATE interaction_batch SET keys = {none} WHERE tenant = '{}'", app.ours().id);
        app.look().await.run(&emptied).await.expect("a batch of what is gone");
        let page = read(client, earliest()).await;
        assert_eq!((page.interactions.len(), page.caught_up), (0, caught_up), "{keys}");
        assert!(read(client, after(&page.next_cursor)).await.caught_up);
    }
}

#[apply(every_app)]
async fn a_withdrawal_hides_what_was_recorded_where_the_policy_erases(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let seen: Vec<_> = (0..10).map(|nth| open("bruno", BEFORE + nth, "spring")).collect();
    fates(client, seen).await;
    let sent = send("bruno", BEFORE, "spring", v1::PixelMode::Identified, v1::LinkMode::Tracked);
    fates(client, vec![open("anna", BEFORE, "spring"), sent]).await;
    let page = read(client, earliest()).await;
    assert_eq!((page.interactions.len(), page.left_out), (12, None));
    says(app, "bruno", Answer::Withdraw).await;
    let page = read(client, earliest()).await;
    assert_eq!((page.interactions.len(), page.left_out), (2, Some(10)), "sends are ours and stay");
    let opens = InteractionFilter { kinds: vec![InteractionKind::EmailClick.into()], ..Default::default() };
    let page = read(client, ReadInteractionsRequest { filter: Some(opens), ..earliest() }).await;
    assert_eq!(page.left_out, None, "of what passes the filter");
}

#[apply(every_app)]
async fn what_was_recorded_stays_where_the_policy_keeps(app: &TestApp) {
    legacy(app).await;
    let seen: Vec<_> = (0..10).map(|nth| open("bruno", BEFORE + nth, "spring")).collect();
    assert_eq!(fates(app.client(), seen).await, ["RECORDED DEFAULT_PERMITS"; 10]);
    says(app, "bruno", Answer::Withdraw).await;
    let page = read(app.client(), earliest()).await;
    assert_eq!((page.interactions.len(), page.left_out), (10, None));
    assert_eq!(
        fates(app.client(), vec![open("bruno", BEFORE + 20, "spring")]).await,
        ["DISCARDED WITHDRAWN"]
    );
    assert_eq!(read(app.client(), earliest()).await.interactions.len(), 10);
}

#[apply(every_app)]
async fn a_read_that_waits_wakes_up_on_a_record(app: &TestApp) {
    settled(app).await;
    let max_wait = Some(prost_types::Duration { seconds: 30, nanos: 0 });
    let (client, before) = (app.client().clone(), app.clock().sleepers());
    let waiting = tokio::spawn(async move {
        let request = ReadInteractionsRequest { max_wait, ..at(v1::CursorEdge::Latest) };
        read(&client, request).await
    });
    // One sleeper is the call's deadline, the other its wait.
    while app.clock().sleepers() < before + 2 && !waiting.is_finished() {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished(), "there is nothing to read yet");
    fates(app.client(), vec![open("anna", START - 1, "spring")]).await;
    let page = waiting.await.expect("no panic");
    assert_eq!((page.interactions.len(), page.caught_up), (1, true));
}

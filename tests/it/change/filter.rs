//! What a filter leaves out, and that a reader moves on even if nothing passes.

use assent_proto::v1::{Effect, Purpose, Scope, Series};
use assent_tests::{apply, every_app, marks};
use tonic::Code;

use super::*;

/// The people and series that are read under a filter.
async fn read_under(client: &Client, filter: ChangeFilter) -> Vec<(String, Vec<Series>)> {
    let cursor = earliest(client, Some(filter.clone())).await;
    let page = read(client, ReadConsentChangesRequest { filter: Some(filter), ..after(&cursor) }).await;
    assert!(page.caught_up);
    let series = |change: &ConsentChange| change.lines.iter().map(|line| line.series()).collect();
    people(&page.changes).into_iter().zip(page.changes.iter().map(series)).collect()
}

#[apply(every_app)]
async fn a_change_is_read_with_the_lines_that_pass(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    say(app, "anna", Answer::Refuse, story::everything()).await;
    say(app, "bruno", Answer::Grant, marketing()).await;
    say(app, "chloe", Answer::Object, story::tracking()).await;

    let of = |who: &str, series: &[Series]| (who.to_owned(), series.to_vec());
    let only = |purposes: &[Purpose], scopes: &[Scope], effects: &[Effect]| ChangeFilter {
        purposes: purposes.iter().map(|one| (*one).into()).collect(),
        scopes: scopes.iter().map(|one| (*one).into()).collect(),
        effects: effects.iter().map(|one| (*one).into()).collect(),
        ..ChangeFilter::default()
    };
    let marketing = [Series::Marketing];
    assert_eq!(
        read_under(client, only(&[Purpose::Marketing], &[], &[])).await,
        [of("anna", &marketing), of("bruno", &marketing)]
    );
    let device = [Series::Device];
    assert_eq!(
        read_under(client, only(&[Purpose::Tracking], &[Scope::Device], &[])).await,
        [of("anna", &device), of("chloe", &device)]
    );
    assert_eq!(read_under(client, only(&[], &[], &[Effect::Granted])).await, [of("bruno", &marketing)]);
}

#[apply(every_app)]
async fn a_table_or_an_origin_can_be_chosen_or_left_out(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    put_table(client, marks::id("others")).await;
    let item = |who: &str| vec![story::item(who, Answer::Refuse, START, None)];
    let batch = |who: &str| story::batch(item(who));
    store(client, v1::UpsertConsentsRequest { origin: Some(marks::id("crm")), ..batch("anna") }).await;
    app.advance(Duration::from_micros(1));
    store(client, v1::UpsertConsentsRequest { origin: Some(marks::id("shop")), ..batch("bruno") }).await;
    app.advance(Duration::from_micros(1));
    store(client, v1::UpsertConsentsRequest { profile_table: marks::id("others"), ..batch("chloe") }).await;

    let read = |filter| async {
        read_under(client, filter).await.into_iter().map(|(who, _)| who).collect::<Vec<_>>()
    };
    let origin = ChangeFilter { exclude_origin: Some(marks::id("crm")), ..ChangeFilter::default() };
    assert_eq!(read(origin).await, ["bruno", "chloe"]);
    let tables = vec![marks::id("others"), marks::id("gone")];
    assert_eq!(read(ChangeFilter { profile_tables: tables, ..ChangeFilter::default() }).await, ["chloe"]);
}

#[apply(every_app)]
async fn a_reader_moves_on_though_nothing_passes(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let filter = ChangeFilter { effects: vec![Effect::Erased.into()], ..ChangeFilter::default() };
    let start = earliest(client, Some(filter.clone())).await;
    say(app, "anna", Answer::Refuse, marketing()).await;
    let request = ReadConsentChangesRequest { filter: Some(filter), ..after(&start) };
    let page = read(client, request.clone()).await;
    assert!(page.changes.is_empty() && page.caught_up);
    assert_eq!((page.covered_through, page.head_position), (1, 1));
    let next = read(client, ReadConsentChangesRequest { cursor: page.next_cursor, ..request }).await;
    assert_eq!(next.covered_after, 1);
}

#[apply(every_app)]
async fn a_cursor_holds_for_its_filter_alone_in_whatever_order(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let both = |purposes: [Purpose; 2]| ChangeFilter {
        purposes: purposes.map(Into::into).to_vec(),
        ..ChangeFilter::default()
    };
    let cursor = earliest(client, Some(both([Purpose::Tracking, Purpose::Marketing]))).await;
    let (status, reason) = refused(client, after(&cursor)).await;
    assert_eq!((status.code(), reason.as_str()), (Code::InvalidArgument, "CURSOR_FILTER_MISMATCH"));
    let other_order = Some(both([Purpose::Marketing, Purpose::Tracking]));
    read(client, ReadConsentChangesRequest { filter: other_order, ..after(&cursor) }).await;
}

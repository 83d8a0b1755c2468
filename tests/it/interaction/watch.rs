//! WatchInteractions: what was recorded arrives at once; what was discarded, withdrawn or erased, sent or done by a machine
//! starts nothing.

use std::time::Duration;

use assent_proto::v1::watch_interactions_request::Position;
use assent_proto::v1::watch_interactions_response::Event;
use assent_proto::v1::{
    self, Answer, InteractionFilter, InteractionKind, TriggerBatch, WatchInteractionsRequest,
    WatchInteractionsResponse,
};
use assent_tests::app::{START, TestApp};
use assent_tests::client::Client;
use assent_tests::deed::{fates, open, send, visit};
use assent_tests::{apply, every_app, story};
use tonic::{Code, Streaming};
use tonic_types::StatusExt;

use super::feed::{after, earliest, ids, read, refused};
use super::{BEFORE, says, settled};

/// A stream that is read.
pub(super) struct Watch(pub(super) Streaming<WatchInteractionsResponse>);

impl Watch {
    pub(super) async fn begin(client: &Client, request: WatchInteractionsRequest) -> Self {
        let begun = client.interactions().watch_interactions(request).await.expect("a stream begins");
        Self(begun.into_inner())
    }

    pub(super) async fn next(&mut self) -> Event {
        let told = self.0.message().await.expect("a stream goes on").expect("and does not end");
        told.event.expect("it says something")
    }

    pub(super) async fn batch(&mut self) -> TriggerBatch {
        match self.next().await {
            Event::Batch(batch) => batch,
            Event::Checkpoint(_) => panic!("a checkpoint where something was to come"),
        }
    }

    pub(super) async fn checkpoint(&mut self) -> String {
        match self.next().await {
            Event::Checkpoint(checkpoint) => checkpoint.cursor,
            Event::Batch(batch) => panic!("nothing was to come: {batch:?}"),
        }
    }
}

pub(super) fn from_edge(edge: v1::CursorEdge) -> WatchInteractionsRequest {
    let position = Some(Position::Edge(edge.into()));
    WatchInteractionsRequest { position, ..WatchInteractionsRequest::default() }
}

pub(super) fn from_cursor(cursor: &str) -> WatchInteractionsRequest {
    let position = Some(Position::Cursor(cursor.to_owned()));
    WatchInteractionsRequest { position, ..WatchInteractionsRequest::default() }
}

pub(super) fn told(batch: &TriggerBatch) -> Vec<String> {
    let ids = batch.interactions.iter().filter_map(|row| row.interaction.as_ref());
    ids.map(|interaction| interaction.interaction_id.clone()).collect()
}

fn id(one: &v1::Interaction) -> String {
    one.interaction_id.clone()
}

async fn legacy(app: &TestApp) {
    let mut table = story::profile_table(story::people(), "ours");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
}

/// All that a stream from the oldest on tells of what is there, up to the end that a page of the export reaches.
async fn all(app: &TestApp) -> (Vec<String>, Option<u32>) {
    let mut watch = Watch::begin(app.client(), from_edge(v1::CursorEdge::Earliest)).await;
    watch.checkpoint().await;
    // The mark at the end, which everybody may see.
    let mark = visit("anna", BEFORE - 1, "shop");
    let last = id(&mark);
    fates(app.client(), vec![mark]).await;
    let (mut all, mut left_out) = (Vec::new(), None);
    loop {
        let batch = watch.batch().await;
        all.extend(told(&batch));
        left_out = left_out.or(batch.left_out);
        if all.last() == Some(&last) {
            all.pop();
            return (all, left_out);
        }
    }
}

#[apply(every_app)]
async fn what_is_recorded_arrives_at_once_and_once(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    fates(client, vec![open("anna", BEFORE, "autumn")]).await;
    let mut watch = Watch::begin(client, from_edge(v1::CursorEdge::Latest)).await;
    let begun = watch.checkpoint().await;
    // No clock moves here: it comes because somebody is told.
    let mut cursor = String::new();
    let mut sent = Vec::new();
    for turn in 0..3 {
        let seen = open("anna", BEFORE + turn, "spring");
        sent.push(id(&seen));
        assert_eq!(fates(client, vec![seen]).await, ["RECORDED GRANTED"]);
        let batch = watch.batch().await;
        assert_eq!((told(&batch), batch.left_out), (vec![sent[sent.len() - 1].clone()], None));
        cursor = batch.next_cursor;
    }
    // Either call goes on where the other stopped.
    assert_eq!(ids(&read(client, after(&begun)).await), sent);
    assert!(read(client, after(&cursor)).await.interactions.is_empty());
    let page = read(client, earliest()).await;
    let mut on = Watch::begin(client, from_cursor(&page.next_cursor)).await;
    on.checkpoint().await;
    let seen = visit("anna", BEFORE + 9, "shop");
    fates(client, vec![seen.clone()]).await;
    assert_eq!(told(&on.batch().await), [id(&seen)]);
    assert_eq!(told(&watch.batch().await), [id(&seen)], "and who watched on sees it too");
}

#[apply(every_app)]
async fn what_was_discarded_withdrawn_or_erased_starts_nothing(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    says(app, "chloe", Answer::Refuse).await;
    app.advance(Duration::from_secs(1));
    let seen = open("anna", BEFORE, "spring");
    let several = vec![
        open("chloe", START + 1, "spring"),
        open("bruno", BEFORE, "spring"),
        open("elena", BEFORE, "spring"),
        seen.clone(),
    ];
    let expected = ["DISCARDED REFUSED", "RECORDED GRANTED", "RECORDED GRANTED", "RECORDED GRANTED"];
    assert_eq!(fates(client, several).await, expected);
    says(app, "bruno", Answer::Withdraw).await;
    let erase = v1::EraseProfileRequest {
        profile_table: story::people(),
        profile: story::person("elena"),
        origin: None,
    };
    client.privacy().erase_profile(erase).await.expect("an erasure");
    assert_eq!(all(app).await, (vec![id(&seen)], None));
}

#[apply(every_app)]
async fn a_withdrawal_is_seen_by_a_stream_that_began_before_it(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    // More than a connection holds that nobody reads from.
    let several: Vec<_> = (0..1_000).map(|nth| open("bruno", BEFORE + nth, "spring")).collect();
    fates(&client.once(), several.clone()).await;
    let request = WatchInteractionsRequest { batch_size: 1, ..from_edge(v1::CursorEdge::Earliest) };
    let mut watch = Watch::begin(&app.narrow_client(), request).await;
    watch.checkpoint().await;
    assert_eq!(told(&watch.batch().await), [id(&several[0])]);
    says(app, "bruno", Answer::Withdraw).await;
    let seen = open("anna", BEFORE, "spring");
    fates(client, vec![seen.clone()]).await;
    // What was on its way already still comes; then nothing of his.
    let mut came = Vec::new();
    while came.last() != Some(&id(&seen)) {
        match watch.next().await {
            Event::Batch(batch) => came.extend(told(&batch)),
            Event::Checkpoint(_) => {}
        }
    }
    assert!(came.len() < several.len(), "his last one was read after he had withdrawn");
    assert_eq!(all(app).await.0, [id(&seen)]);
}

#[apply(every_app)]
async fn what_the_export_keeps_starts_nothing_until_a_new_grant(app: &TestApp) {
    legacy(app).await;
    let client = app.client();
    let seen = open("bruno", BEFORE, "spring");
    assert_eq!(fates(client, vec![seen.clone()]).await, ["RECORDED DEFAULT_PERMITS"]);
    says(app, "bruno", Answer::Withdraw).await;
    assert_eq!(ids(&read(client, earliest()).await), [id(&seen)], "the policy keeps what was recorded");
    assert_eq!(all(app).await.0, Vec::<String>::new());
    app.advance(Duration::from_secs(1));
    let again = story::item("bruno", Answer::Grant, START + 1_000_000, None);
    let answer = client.consents().upsert_consents(story::batch(vec![again])).await.expect("an answer");
    let stored = answer.into_inner().results.remove(0).result;
    assert!(matches!(stored, Some(v1::upsert_consents_result::Result::Outcome(_))), "{stored:?}");
    assert_eq!(all(app).await.0[0], id(&seen), "he may be tracked now");
}

#[apply(every_app)]
async fn neither_a_send_nor_a_machine_starts_anything(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let machine = |at| v1::Interaction { automated: true, ..open("anna", at, "spring") };
    let mut several: Vec<_> = (0..12).map(|nth| machine(BEFORE + nth)).collect();
    several.push(send("anna", BEFORE, "spring", v1::PixelMode::Identified, v1::LinkMode::Tracked));
    let human = open("anna", BEFORE + 20, "spring");
    several.push(human.clone());
    assert!(fates(client, several.clone()).await.iter().all(|fate| fate.starts_with("RECORDED")));
    assert_eq!(all(app).await, (vec![id(&human)], None), "nor are they counted as left out");

    // What a person's signal overruled before it was passed by is a person's.
    let person = v1::Interaction { automated: false, ..several[3].clone() };
    assert_eq!(fates(client, vec![person]).await, ["DUPLICATE GRANTED"]);
    let (all, _) = all(app).await;
    assert!(all.contains(&id(&several[3])) && all.contains(&id(&human)), "{all:?}");

    let sends =
        InteractionFilter { kinds: vec![InteractionKind::Send.into()], ..InteractionFilter::default() };
    let request = WatchInteractionsRequest { filter: Some(sends), ..from_edge(v1::CursorEdge::Earliest) };
    let status = client.interactions().watch_interactions(request).await.expect_err("it would never speak");
    let details = status.get_error_details();
    let fields = details.bad_request().expect("a field").field_violations.clone();
    assert_eq!((status.code(), fields[0].field.as_str()), (Code::InvalidArgument, "filter.kinds"));
}

#[apply(every_app)]
async fn how_many_may_start_nothing_is_told_from_ten_on(app: &TestApp) {
    settled(app).await;
    let nine: Vec<_> = (0..9).map(|nth| open("bruno", BEFORE + nth, "spring")).collect();
    fates(app.client(), nine).await;
    says(app, "bruno", Answer::Withdraw).await;
    assert_eq!(all(app).await.1, None, "nine might point at somebody");
    let ten: Vec<_> = (0..10).map(|nth| open("dario", BEFORE + nth, "spring")).collect();
    fates(app.client(), ten).await;
    says(app, "dario", Answer::Withdraw).await;
    assert_eq!(all(app).await.1, Some(19));
    let mut watch = Watch::begin(app.client(), from_edge(v1::CursorEdge::Earliest)).await;
    watch.checkpoint().await;
    let clicks = vec![InteractionKind::EmailClick.into()];
    let clicks = InteractionFilter { kinds: clicks, ..InteractionFilter::default() };
    let request = WatchInteractionsRequest { filter: Some(clicks), ..from_edge(v1::CursorEdge::Earliest) };
    let mut filtered = Watch::begin(app.client(), request).await;
    filtered.checkpoint().await;
    fates(app.client(), vec![assent_tests::deed::click("anna", BEFORE, "spring", "offer")]).await;
    assert_eq!(filtered.batch().await.left_out, None, "of what passes the filter");
}

#[apply(every_app)]
async fn a_cursor_is_for_one_tenant_and_one_filter(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let cursor = Watch::begin(client, from_edge(v1::CursorEdge::Latest)).await.checkpoint().await;
    let opens = vec![InteractionKind::EmailOpen.into()];
    let filter = Some(InteractionFilter { kinds: opens, ..InteractionFilter::default() });
    let refused_with = async |request: WatchInteractionsRequest| {
        let status = client.interactions().watch_interactions(request).await.expect_err("no stream");
        let reason = status.get_details_error_info().expect("an error has a reason").reason;
        (status.code(), reason)
    };
    let other = WatchInteractionsRequest { filter: filter.clone(), ..from_cursor(&cursor) };
    let mismatch = (Code::InvalidArgument, "CURSOR_FILTER_MISMATCH".to_owned());
    assert_eq!(refused_with(other).await, mismatch);
    let read_on = v1::ReadInteractionsRequest { filter, ..after(&cursor) };
    assert_eq!(refused(client, read_on).await.1, "CURSOR_FILTER_MISMATCH");
    for wrong in ["nonsense", &cursor[1..]] {
        let malformed = (Code::InvalidArgument, "CURSOR_MALFORMED".to_owned());
        assert_eq!(refused_with(from_cursor(wrong)).await, malformed);
    }
    assert_eq!(refused_with(WatchInteractionsRequest::default()).await.1, "FIELD_INVALID");
}

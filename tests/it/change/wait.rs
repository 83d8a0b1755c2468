//! Waiting for changes: woken by a write, ended by time, deadline or the end of the service. No test sleeps.

use assent_service::clock::Clock;
use assent_tests::engine::Engine;
use assent_tests::{apply, every_app, every_engine};
use tokio::task::JoinHandle;

use super::*;

const HALF_A_MINUTE: Option<prost_types::Duration> = Some(prost_types::Duration { seconds: 30, nanos: 0 });

/// As long as that: a reader that nobody wakes sleeps until its wait is over.
const ITS_WAIT: Duration = Duration::from_secs(30);

/// A read that is under way.
pub(super) struct Waiting(JoinHandle<Result<ReadConsentChangesResponse, Status>>);

impl Waiting {
    /// Begins to read, and returns when it waits.
    pub(super) async fn begin(app: &TestApp, request: ReadConsentChangesRequest) -> Self {
        Self::begin_for(app, tonic::Request::new(request), ITS_WAIT).await
    }

    /// Begins to read, and returns when it waits for that long.
    async fn begin_for(
        app: &TestApp,
        request: tonic::Request<ReadConsentChangesRequest>,
        waits: Duration,
    ) -> Self {
        // To an instant at which nobody fell asleep yet.
        app.advance(Duration::from_micros(1));
        let (client, end) = (app.client().clone(), app.clock().monotonic() + waits);
        let read =
            tokio::spawn(
                async move { Ok(client.changes().read_consent_changes(request).await?.into_inner()) },
            );
        let read = Self(read);
        while !app.clock().sleeps_until(end) && !read.is_over() {
            tokio::task::yield_now().await;
        }
        read
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.is_finished()
    }

    pub(super) async fn page(self) -> ReadConsentChangesResponse {
        self.0.await.expect("no panic").expect("a page")
    }
}

pub(super) fn waiting(cursor: &str) -> ReadConsentChangesRequest {
    ReadConsentChangesRequest { max_wait: HALF_A_MINUTE, ..after(cursor) }
}

#[apply(every_app)]
async fn a_read_that_waits_wakes_up_on_a_write(app: &TestApp) {
    settled(app).await;
    let cursor = earliest(app.client(), None).await;
    let read = Waiting::begin(app, waiting(&cursor)).await;
    assert!(!read.0.is_finished(), "there is nothing to read yet");
    say(app, "anna", Answer::Refuse, marketing()).await;
    let page = read.page().await;
    assert_eq!((people(&page.changes), page.caught_up), (vec!["anna".to_owned()], true));
}

#[apply(every_app)]
async fn a_read_that_finds_something_does_not_wait(app: &TestApp) {
    settled(app).await;
    let cursor = earliest(app.client(), None).await;
    say(app, "anna", Answer::Refuse, marketing()).await;
    assert_eq!(read(app.client(), waiting(&cursor)).await.changes.len(), 1);
}

#[apply(every_app)]
async fn a_wait_in_vain_ends_with_a_cursor_when_its_time_is_over(app: &TestApp) {
    settled(app).await;
    let filter = ChangeFilter { exclude_origin: Some("crm".to_owned()), ..ChangeFilter::default() };
    let cursor = earliest(app.client(), Some(filter.clone())).await;
    let request = ReadConsentChangesRequest { filter: Some(filter), ..waiting(&cursor) };
    let read = Waiting::begin(app, request).await;
    let item = story::item("anna", Answer::Refuse, START, None);
    let own = v1::UpsertConsentsRequest { origin: Some("crm".to_owned()), ..story::batch(vec![item]) };
    store(app.client(), own).await;
    // By and by: whoever looks just now is not to be told that the store took half a minute.
    for _ in 0..29 {
        app.advance(Duration::from_secs(1));
        earliest(app.client(), None).await;
    }
    assert!(!read.0.is_finished(), "what is filtered out ends no wait");
    app.advance(Duration::from_secs(1));
    let page = read.page().await;
    assert!(page.changes.is_empty() && page.caught_up);
    assert_eq!(page.covered_through, 1, "but the reader moves on");
}

#[apply(every_app)]
async fn a_wait_hears_within_a_quarter_of_a_second_of_what_another_replica_wrote(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    say(app, "anna", Answer::Refuse, marketing()).await;
    let latest = cursor_at(client, Start::Edge(CursorEdge::Latest.into()), None).await;
    let read = Waiting::begin(app, waiting(&latest.cursor)).await;
    // As another replica does it: nobody here is told.
    another_replica_writes(app).await;
    assert!(!read.0.is_finished());
    app.advance(Duration::from_millis(250));
    assert_eq!(people(&read.page().await.changes), ["anna"]);
}

/// A second record, as like the only one there is as a record can be, and what a writer leaves for the sequencer.
async fn another_replica_writes(app: &TestApp) {
    let (mut look, ours) = (app.look().await, &app.ours().id);
    let id = match app.engine() {
        Engine::Sqlite => "X'7f000000000070008000000000000001'",
        Engine::Postgres => "'\\x7f000000000070008000000000000001'::bytea",
    };
    let record = format!(
        "INSERT INTO record (tenant, id, profile_table, profile, profile_version, recorded_at, hlc, leaf, salt, body, effects) \
         SELECT tenant, {id}, profile_table, profile, 2, recorded_at, hlc + 1, leaf, salt, body, effects \
         FROM record WHERE tenant = '{ours}'"
    );
    assert_eq!(look.run(&record).await.expect("a record"), 1);
    let pending = format!(
        "INSERT INTO pending (tenant, hlc, record_id, recorded_at, leaf) \
         SELECT tenant, hlc, id, recorded_at, leaf FROM record WHERE tenant = '{ours}' AND id = {id}"
    );
    assert_eq!(look.run(&pending).await.expect("a pending row"), 1);
}

#[apply(every_app)]
async fn a_wait_ends_before_its_deadline_with_an_answer(app: &TestApp) {
    settled(app).await;
    let cursor = earliest(app.client(), None).await;
    let mut request = tonic::Request::new(waiting(&cursor));
    request.set_timeout(Duration::from_secs(20));
    // So that the answer is there in time: half a second before what the service takes for the end.
    let read = Waiting::begin_for(app, request, Duration::from_millis(19_480)).await;
    app.advance(Duration::from_millis(19_480));
    assert!(read.page().await.caught_up);
}

#[apply(every_engine)]
async fn a_wait_ends_with_its_cursor_when_the_service_stops(engine: Engine) {
    let mut app = TestApp::start(engine).await;
    settled(&app).await;
    let cursor = earliest(app.client(), None).await;
    let read = Waiting::begin(&app, waiting(&cursor)).await;
    app.stop().await;
    let page = read.page().await;
    assert!(page.changes.is_empty() && !page.next_cursor.is_empty());
    app.finish().await;
}

#[apply(every_app)]
async fn a_reader_that_goes_away_is_not_waited_for(app: &TestApp) {
    settled(app).await;
    let (cursor, before) = (earliest(app.client(), None).await, app.clock().sleepers());
    let read = Waiting::begin(app, waiting(&cursor)).await;
    read.0.abort();
    while app.clock().sleepers() > before {
        tokio::task::yield_now().await;
    }
}

//! A reader of a snapshot who takes nothing is cut, and goes on from what it took.

use assent_service::clock::Clock;
use tonic::transport::Endpoint;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

#[apply(every_engine)]
async fn a_reader_who_takes_nothing_for_a_minute_is_cut_and_goes_on_from_what_it_read(engine: Engine) {
    // Or the bound of another call could be taken for the wait that is waited for.
    let settings = [("LIMITS__MAX_CALL_SECONDS", "90")];
    let app = TestApp::start_with(fresh(engine).await, &settings).await;
    settled(&app).await;
    let items = (0..400).map(|nth| story::item(&format!("n{nth:03}"), Answer::Refuse, START, None));
    store(app.client(), story::batch(items.collect())).await;
    app.advance(Duration::from_micros(7));
    let cut_at = app.clock().monotonic() + MINUTE;
    let endpoint = Endpoint::try_from(format!("http://{}", app.address())).expect("an address");
    let channel = endpoint.initial_stream_window_size(65_535).connect_lazy();
    let small = Client::new(channel, engine, Some(&app.ours().key), None);
    let mut snapshot = Copying::begin(&small, pages_of(10)).await;
    // It waits for good: others are answered in between, so that whatever can go on does.
    let mut times = 0;
    while times < 5 {
        cursor_at(app.client(), Start::Edge(CursorEdge::Latest.into()), None).await;
        times = if app.clock().sleeps_until(cut_at) { times + 1 } else { 0 };
    }
    app.advance(MINUTE);
    while app.clock().sleeps_until(cut_at) {
        tokio::task::yield_now().await;
    }

    let (mut told, mut token) = (Vec::new(), None);
    let status = loop {
        match snapshot.0.message().await {
            Ok(Some(SnapshotConsentsResponse { event: Some(Event::Page(page)) })) => {
                told.extend(page.profiles);
                token = Some(page.resume_token);
            }
            Ok(other) => panic!("it ends as if all were well: {other:?}"),
            Err(status) => break status,
        }
    };
    let reason = status.get_details_error_info().expect("an error has a reason").reason;
    assert_eq!((status.code(), reason.as_str()), (Code::Aborted, "READER_TOO_SLOW"));
    assert!(told.len() < 400, "what it had not taken was let go");
    let (rest, _) =
        whole(app.client(), SnapshotConsentsRequest { resume_token: token, ..pages_of(100) }).await;
    told.extend(rest);
    assert_eq!(told.len(), 400);
    same_as_consents(app.client(), &told).await;
    app.finish().await;
}

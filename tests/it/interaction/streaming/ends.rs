//! How a stream ends: in order when its time has come, with an error where a fault may pass. Nothing that was acknowledged is lost,
//! and what was not is sent again.

use std::time::Duration;

use assent_service::clock::Clock as _;
use assent_tests::engine::fresh;
use assent_tests::{apply, every_engine};

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

#[apply(every_app)]
async fn who_sends_nothing_for_a_minute_is_let_go_in_order(app: &TestApp) {
    settled(app).await;
    let mut stream = begin(app).await;
    assert!(stream.send(batch(1, visits("anna", 0, 1))).await);
    stream.hear().await.expect("it goes on").expect("an acknowledgement");
    let silent = tokio::spawn(async move { stream.hear().await });
    let begun = app.clock().monotonic();
    while !silent.is_finished() {
        meanwhile(app).await;
        assert!(app.clock().monotonic() - begun < MINUTE * 3, "it is never let go");
        app.advance(Duration::from_secs(10));
    }
    assert!(app.clock().monotonic() - begun >= MINUTE, "not before a minute is over");
    assert_eq!(silent.await.expect("no panic").expect("it ends in order"), None);
}

#[apply(every_app)]
async fn a_stream_that_is_old_ends_in_order_however_busy_it_is(app: &TestApp) {
    settled(app).await;
    let mut stream = begin(app).await;
    let begun = app.clock().monotonic();
    for seq in 1.. {
        // Of what is sent to a stream that ended meanwhile nobody hears.
        if !stream.send(batch(seq, visits("anna", i64::try_from(seq).expect("a small number"), 1))).await {
            break;
        }
        match stream.hear().await.expect("it ends in order") {
            Some(acknowledged) => assert_eq!(words(&acknowledged), ["RECORDED GRANTED"]),
            None => break,
        }
        app.advance(Duration::from_secs(30));
    }
    let lasted = app.clock().monotonic() - begun;
    assert!((MINUTE * 5..=MINUTE * 16).contains(&lasted), "{lasted:?}");
}

#[apply(every_engine)]
async fn a_service_that_stops_acknowledges_what_it_has_read_and_reads_nothing_more(engine: Engine) {
    let mut app = TestApp::start_with(fresh(engine).await, &PATIENT).await;
    settled(&app).await;
    let mut lock = in_the_way(&app).await;
    let mut stream = begin(&app).await;
    let (window, more) = (stream.window, 3);
    let sent: Vec<_> = (0..).map(|turn| visits("anna", 10 * turn, 10)).take(window + more).collect();
    for (seq, interactions) in (1..).zip(&sent) {
        assert!(stream.send(batch(seq, interactions.clone())).await);
    }
    meanwhile(&app).await;
    let address = app.address();
    let ((all, ended), (), ()) = tokio::join!(stream.hear_all(), app.stop(), async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        lock.run("ROLLBACK").await.expect("nobody is in the way");
    });
    ended.expect("it ends in order");
    assert_eq!(all.len(), window, "what was read is acknowledged, and no more was read");
    assert_eq!(rows(&app, "interaction").await, 10 * window);

    app.restart(&PATIENT).await;
    let mut stream = begin(&app).await;
    for (seq, interactions) in (1..).zip(&sent[window..]) {
        assert!(stream.send(batch(seq, interactions.clone())).await);
    }
    stream.half_close();
    let (all, ended) = stream.hear_all().await;
    ended.expect("it ends in order");
    assert!(all.iter().flat_map(words).all(|word| word == "RECORDED GRANTED"));
    assert_eq!(rows(&app, "interaction").await, 10 * (window + more));
    app.finish().await;
}

#[apply(every_engine)]
async fn a_fault_that_may_pass_ends_the_stream_and_what_is_sent_again_is_recorded_once(engine: Engine) {
    let settings = [("DATABASE__STATEMENT_TIMEOUT_SECONDS", "1"), ("DATABASE__ACQUIRE_TIMEOUT_SECONDS", "1")];
    let app = TestApp::start_with(fresh(engine).await, &settings).await;
    settled(&app).await;
    let mut stream = begin(&app).await;
    let sent = [visits("anna", 0, 2), visits("anna", 2, 2), visits("anna", 4, 2)];
    assert!(stream.send(batch(1, sent[0].clone())).await);
    let first = stream.hear().await.expect("it goes on").expect("an acknowledgement");
    assert_eq!(words(&first), ["RECORDED GRANTED"; 2]);

    let mut lock = in_the_way(&app).await;
    assert!(stream.send(batch(2, sent[1].clone())).await);
    // This one could be told at once, and is not before the one before it.
    assert!(stream.send(batch(3, Vec::new())).await);
    let (all, ended) = stream.hear_all().await;
    assert!(all.is_empty(), "{all:?}");
    let status = ended.expect_err("nothing can be recorded");
    let (code, reason, _) = fault(&status);
    assert_eq!((code, reason.as_str()), (Code::Unavailable, "UNAVAILABLE"));
    assert!(status.get_details_retry_info().is_some(), "it may pass");
    lock.run("ROLLBACK").await.expect("nobody is in the way");

    let mut stream = begin(&app).await;
    for (seq, interactions) in (1..).zip(sent) {
        assert!(stream.send(batch(seq, interactions)).await);
    }
    stream.half_close();
    let (all, ended) = stream.hear_all().await;
    ended.expect("it ends in order");
    let again: Vec<_> = all.iter().map(|one| words(one)[0].clone()).collect();
    assert_eq!(again, ["DUPLICATE GRANTED", "RECORDED GRANTED", "RECORDED GRANTED"]);
    assert_eq!(rows(&app, "interaction").await, 6);
    app.finish().await;
}

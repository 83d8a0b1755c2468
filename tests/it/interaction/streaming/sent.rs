//! What was sent in one batch and what came of it in a later one, both on their way at once.

use assent_tests::engine::fresh;
use assent_tests::every_engine;

use super::*;

#[apply(every_engine)]
async fn what_somebody_did_is_judged_by_what_was_sent_to_them_in_a_batch_before(engine: Engine) {
    let app = TestApp::start_with(fresh(engine).await, &PATIENT).await;
    settled(&app).await;
    let mut stream = begin(&app).await;
    assert!(stream.window > 3);
    let mut holder = in_the_way(&app).await;
    // Many, so that they take longer than what follows, and without a pixel: an open of it may not be recorded.
    let sends = |who: &str, message: &str| -> Vec<Interaction> {
        let one = |nth| send(who, BEFORE + nth, message, v1::PixelMode::None, v1::LinkMode::Plain);
        (0..150).map(one).collect()
    };
    assert!(stream.send(batch(1, sends("anna", "silent"))).await);
    assert!(stream.send(batch(2, vec![open("anna", BEFORE + HOUR / 2, "silent")])).await);
    // Of somebody else nothing was sent: that waits for nobody.
    assert!(stream.send(batch(3, vec![open("chloe", BEFORE + HOUR / 2, "spring")])).await);
    meanwhile(&app).await;
    holder.run("ROLLBACK").await.expect("it is let go");

    let sent = stream.hear().await.expect("it goes on").expect("the sends");
    assert!(words(&sent).iter().all(|word| word.starts_with("RECORDED")), "{:?}", words(&sent));
    let opened = stream.hear().await.expect("it goes on").expect("the open");
    assert_eq!(opened.through_seq, 2);
    let call = fates(app.client(), vec![open("anna", BEFORE + HOUR / 2 + 1, "silent")]).await;
    assert_eq!(words(&opened), call, "as in a call once the sends are on record");
    assert!(call[0].starts_with("DISCARDED"), "{call:?}");
    let other = stream.hear().await.expect("it goes on").expect("somebody else's");
    assert!(words(&other)[0].starts_with("RECORDED"), "{:?}", words(&other));
    drop(stream);
    app.finish().await;
}

#[apply(every_engine)]
async fn what_waits_for_what_was_sent_is_acknowledged_by_a_service_that_stops(engine: Engine) {
    let mut app = TestApp::start_with(fresh(engine).await, &PATIENT).await;
    settled(&app).await;
    let mut stream = begin(&app).await;
    let mut holder = in_the_way(&app).await;
    let sent = send("anna", BEFORE, "spring", v1::PixelMode::None, v1::LinkMode::Plain);
    assert!(stream.send(batch(1, vec![sent])).await);
    assert!(stream.send(batch(2, vec![open("anna", BEFORE + HOUR / 2, "spring")])).await);
    meanwhile(&app).await;
    let address = app.address();
    let ((all, ended), (), ()) = tokio::join!(stream.hear_all(), app.stop(), async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        holder.run("ROLLBACK").await.expect("it is let go");
    });
    ended.expect("it ends in order");
    assert_eq!(all.len(), 2, "what was read is acknowledged");
    app.restart(&PATIENT).await;
    app.finish().await;
}

//! What a stream holds: at most its window, whatever its caller sends, and what the connection holds by itself. A caller who does
//! not read what it is told is cut.

use std::time::Duration;

use assent_tests::engine::fresh;
use assent_tests::{apply, every_engine};
use prost_reflect::prost::Message as _;

use super::*;

/// The largest window of HTTP/2 that the service gives a stream, in bytes.
const FLOW: usize = 256 << 10;

#[apply(every_engine)]
async fn what_is_sent_beyond_the_window_waits_at_the_callers_end(engine: Engine) {
    let settings = [&PATIENT[..], &[("INTERACTIONS__STREAM_WINDOW_BATCHES", "2")]].concat();
    let app = TestApp::start_with(fresh(engine).await, &settings).await;
    settled(&app).await;
    let mut lock = in_the_way(&app).await;
    let mut stream = begin(&app).await;
    assert_eq!(stream.window, 2);
    let size = batch(1, visits("anna", 0, 1_000)).encoded_len();
    let (mut sent, mut still) = (0_i64, 0);
    while still < 10 {
        let seq = u64::try_from(sent + 1).expect("a small number");
        if stream.try_send(batch(seq, visits("anna", 1_000 * sent, 1_000))) {
            (sent, still) = (sent + 1, 0);
        } else {
            meanwhile(&app).await;
            still += 1;
        }
    }
    // Beside it one that is written in part, one that the client's transport holds and one that waits for it.
    let most = 2 + FLOW.div_ceil(size) + 3;
    let held = usize::try_from(sent).expect("a small number");
    assert!((3..=most).contains(&held), "{held} batches of {size} bytes were taken, not {most} at most");

    lock.run("ROLLBACK").await.expect("nobody is in the way");
    stream.half_close();
    let (all, ended) = stream.hear_all().await;
    ended.expect("it ends in order");
    assert_eq!(all.len(), held);
    assert!(all.iter().flat_map(words).all(|word| word == "RECORDED GRANTED"));
    app.finish().await;
}

#[apply(every_engine)]
async fn who_takes_no_acknowledgement_for_a_minute_is_cut_and_told_when_it_reads_again(engine: Engine) {
    let app = TestApp::start_with(fresh(engine).await, &PATIENT).await;
    settled(&app).await;
    let mut stream =
        Streamed::open(app.narrow_client().channel(), Some(&app.ours().key)).await.expect("a stream begins");
    // Of these nothing is recorded, and much is told.
    let wrong = || Interaction { interaction_id: "x".repeat(36), ..visit("anna", BEFORE, "shop") };
    for seq in 1..=8 {
        assert!(stream.send(batch(seq, vec![wrong(); 1_000])).await);
    }
    for _ in 0..20 {
        meanwhile(&app).await;
        app.advance(Duration::from_secs(10));
    }
    let (all, ended) = stream.hear_all().await;
    let (code, reason, _) = fault(&ended.expect_err("it was cut"));
    assert_eq!((code, reason.as_str()), (Code::Aborted, "READER_TOO_SLOW"));
    assert!(all.len() < 8, "what it had not taken was let go");
    let heard: Vec<_> = all.iter().map(|one| one.through_seq).collect();
    assert_eq!(heard, (1..).take(all.len()).collect::<Vec<_>>(), "what was on its way comes first");
    app.finish().await;
}

//! Windows: where they start and end, late arrivals, and past instants.

use assent_proto::v1::{self, Answer, LinkMode, PixelMode};
use assent_tests::app::{START, TestApp};
use assent_tests::deed::{fates, open, send};
use assent_tests::wait::{
    block, from_send, lasting, length, message, outcomes, request, results, stand, words,
};
use assent_tests::{apply, every_app, story};

use super::{BEFORE, DEADLINE, HOUR, MINUTE, OPEN, at_once, opens, pass, says, settled};

/// A block that the profile entered half an hour ago, from the send of a message, for two hours.
fn since_send(who: &str, id: &str) -> v1::WaitBlock {
    v1::WaitBlock { start: from_send(id, START - HOUR / 2), end: lasting(2 * HOUR), ..opens(who) }
}

async fn sent(app: &TestApp, who: &str, at: i64, id: &str) {
    let sent = send(who, at, id, PixelMode::Identified, LinkMode::Tracked);
    assert_eq!(fates(app.client(), vec![sent]).await, ["RECORDED SEND"]);
}

#[apply(every_app)]
async fn a_window_from_a_send_starts_at_the_latest_one_not_after_entering(app: &TestApp) {
    settled(app).await;
    let entered = START - HOUR / 2;
    sent(app, "anna", BEFORE - HOUR, "spring").await;
    sent(app, "anna", BEFORE, "spring").await;
    sent(app, "anna", entered + 1, "spring").await;
    sent(app, "bruno", entered, "spring").await;
    sent(app, "chloe", BEFORE, "another").await;
    // Before entering, and in the window that the send opens.
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    fates(app.client(), ["bruno", "chloe"].map(|who| open(who, entered - 1, "spring")).to_vec()).await;

    let blocks = ["anna", "bruno", "chloe", "dario"].map(|who| since_send(who, "spring"));
    let told = outcomes(app.client(), blocks.to_vec()).await;
    let starts = [(BEFORE, false), (entered, false), (entered, true), (entered, true)];
    for (told, (start, unknown)) in told.iter().zip(starts) {
        assert_eq!(told.window_start, Some(story::timestamp(start)));
        assert_eq!(told.deadline, Some(story::timestamp(start + 2 * HOUR)));
        assert_eq!(told.send_unknown, unknown);
    }
    let told: Vec<String> = told.iter().map(words).collect();
    assert_eq!(told, ["MATCHED", "WAITING", "WAITING", "WAITING"]);
    // The message that it starts from need not be the target.
    let told = outcomes(app.client(), vec![since_send("chloe", "another")]).await.remove(0);
    assert_eq!((words(&told).as_str(), told.send_unknown), ("MATCHED", false));
}

#[apply(every_app)]
async fn late_grace_is_ten_minutes_unless_set_and_none_or_a_day_if_so_set(app: &TestApp) {
    settled(app).await;
    let with = |grace: Option<i64>| v1::WaitBlock { late_grace: grace.map(length), ..opens("anna") };
    let blocks = vec![with(None), with(Some(0)), with(Some(24 * HOUR))];
    let (waiting, out) = ("WAITING", "EXITED TIMEOUT");
    let mut now = START;
    for (moment, expected) in [
        (DEADLINE - 1, [waiting, waiting, waiting]),
        (DEADLINE, [waiting, out, waiting]),
        (DEADLINE + 10 * MINUTE - 1, [waiting, out, waiting]),
        (DEADLINE + 10 * MINUTE, [out, out, waiting]),
        (DEADLINE + 24 * HOUR - 1, [out, out, waiting]),
        (DEADLINE + 24 * HOUR, [out, out, out]),
    ] {
        pass(app, moment - now);
        now = moment;
        assert_eq!(stand(app.client(), blocks.clone()).await, expected, "{}", moment - DEADLINE);
    }
}

#[apply(every_app)]
async fn a_past_instant_moves_window_and_timeout_and_never_shows_more_than_now(app: &TestApp) {
    settled(app).await;
    fates(app.client(), ["anna", "bruno"].map(|who| open(who, BEFORE + 1, "spring")).to_vec()).await;
    says(app, "bruno", Answer::Withdraw).await;
    pass(app, 2 * HOUR);
    let at = async |as_of: i64, block: v1::WaitBlock| {
        let asked =
            v1::EvaluateWaitBlocksRequest { as_of: Some(story::timestamp(as_of)), ..request(vec![block]) };
        match results(app.client(), asked).await.remove(0) {
            v1::evaluate_wait_blocks_result::Result::Outcome(told) => {
                assert_eq!(told.evaluated_at, Some(story::timestamp(as_of)));
                words(&told)
            }
            v1::evaluate_wait_blocks_result::Result::Error(status) => panic!("{}", status.message),
        }
    };
    assert_eq!(at(BEFORE, opens("anna")).await, "WAITING", "not yet seen then");
    assert_eq!(at(BEFORE + 1, opens("anna")).await, "MATCHED");
    assert_eq!(at(BEFORE + 1, opens("bruno")).await, "WAITING", "withdrawn since");
    assert_eq!(at(BEFORE + 1, at_once(opens("bruno"))).await, "EXITED CONSENT_WITHDRAWN");
    let due = DEADLINE + 10 * MINUTE;
    assert_eq!(at(due - 1, opens("chloe")).await, "WAITING");
    assert_eq!(at(due, opens("chloe")).await, "EXITED TIMEOUT");
}

// Small print 17
#[apply(every_app)]
async fn an_empty_window_is_not_trackable(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    let blocks = [BEFORE, BEFORE - 1].map(|end| block("anna", message("spring"), &[OPEN], BEFORE, end));
    assert_eq!(stand(app.client(), blocks.to_vec()).await, ["EXITED NOT_TRACKABLE"; 2]);
    let shortest = v1::WaitBlock { end: lasting(1), ..opens("anna") };
    assert_eq!(stand(app.client(), vec![shortest]).await, ["MATCHED"]);
}

//! What a call may ask, and how many at once.

use assent_proto::v1::{
    self, EvaluateWaitBlocksRequest, InteractionKind, evaluate_wait_blocks_result::Result as Told,
};
use assent_tests::app::START;
use assent_tests::client::Client;
use assent_tests::deed::{fates, open};
use assent_tests::wait::{self, block, lasting, request, results};
use assent_tests::{apply, every_app, marks, story};
use tonic::Code;
use tonic_types::StatusExt;

use super::{BEFORE, CLICK, DEADLINE, OPEN, opens, settled};

async fn refused(client: &Client, asked: EvaluateWaitBlocksRequest) -> (Code, String) {
    let answer = client.wait_blocks().evaluate_wait_blocks(asked).await;
    let status = answer.expect_err("the call is refused");
    (status.code(), status.get_details_error_info().expect("every error has a reason").reason)
}

#[apply(every_app)]
async fn what_is_wrong_with_one_block_is_told_of_that_one(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    let link_id = Some(marks::id("offer"));
    let about = |target, kinds: &[InteractionKind]| v1::WaitBlock {
        link_id: link_id.clone(),
        ..block("anna", target, kinds, BEFORE, DEADLINE)
    };
    let nanos = |nanos| Some(v1::wait_block::End::Duration(prost_types::Duration { seconds: 0, nanos }));
    let wrong = [
        (block("anna", wait::message("m"), &[OPEN, InteractionKind::Send], BEFORE, DEADLINE), "kinds[1]"),
        (about(wait::campaign("c"), &[CLICK]), "link_id"),
        (about(wait::message("m"), &[OPEN]), "link_id"),
        (v1::WaitBlock { end: lasting(0), ..opens("anna") }, "duration"),
        (v1::WaitBlock { end: nanos(999), ..opens("anna") }, "duration"),
        (v1::WaitBlock { target: None, ..opens("anna") }, "target"),
        (block("anna", wait::message("m"), &[], BEFORE, DEADLINE), "kinds"),
    ];
    let mut blocks = vec![opens("anna")];
    blocks.extend(wrong.iter().map(|(block, _)| block.clone()));
    blocks.push(opens("anna"));
    let told = results(app.client(), request(blocks)).await;
    let matched = |told: &Told| matches!(told, Told::Outcome(told) if wait::words(told) == "MATCHED");
    assert!(matched(&told[0]) && matched(&told[wrong.len() + 1]));
    for (index, (_, field)) in wrong.iter().enumerate() {
        let Told::Error(status) = &told[index + 1] else { panic!("{field} was taken") };
        let path = format!("blocks[{}].{field}", index + 1);
        let details = format!("{:?}", status.details);
        let path = format!("{:?}", path.as_bytes());
        assert!(details.contains(path.trim_matches(['[', ']'])), "{field}");
    }
}

#[apply(every_app)]
async fn the_future_is_not_told(app: &TestApp) {
    settled(app).await;
    let at = |as_of| EvaluateWaitBlocksRequest {
        as_of: Some(story::timestamp(as_of)),
        ..request(vec![opens("anna")])
    };
    assert_eq!(results(app.client(), at(START)).await.len(), 1);
    let refused = refused(app.client(), at(START + 1)).await;
    assert_eq!(refused, (Code::InvalidArgument, "FIELD_INVALID".to_owned()));
}

#[apply(every_app)]
async fn a_table_that_nobody_made_and_a_credential_that_does_not_read_are_refused(app: &TestApp) {
    settled(app).await;
    let nowhere =
        EvaluateWaitBlocksRequest { profile_table: marks::id("nowhere"), ..request(vec![opens("anna")]) };
    let unknown = (Code::NotFound, "PROFILE_TABLE_UNKNOWN".to_owned());
    assert_eq!(refused(app.client(), nowhere).await, unknown);
    let key = app.key(&app.ours().id, "record,plan,consent,settings,privacy").await;
    let others = Client::new(app.client().channel(), app.engine(), Some(&key), None);
    let denied = (Code::PermissionDenied, "ROLE_MISSING".to_owned());
    assert_eq!(refused(&others, request(vec![opens("anna")])).await, denied);
}

#[apply(every_app)]
async fn a_thousand_are_answered_in_order_and_one_more_is_refused(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    let many = |count: usize| {
        let one = |turn: usize| v1::WaitBlock {
            r#ref: format!("{turn}"),
            ..opens(if turn.is_multiple_of(3) { "anna" } else { story::PEOPLE[turn % 3] })
        };
        request((0..count).map(one).collect())
    };
    let told = results(app.client(), many(1_000)).await;
    assert_eq!(told.len(), 1_000);
    for (turn, told) in told.iter().enumerate() {
        let Told::Outcome(told) = told else { panic!("{turn} is not evaluated") };
        assert_eq!(told.r#ref, format!("{turn}"));
        let expected = if turn.is_multiple_of(3) { "MATCHED" } else { "WAITING" };
        assert_eq!(wait::words(told), expected, "{turn}");
    }
    let refused = refused(app.client(), many(1_001)).await;
    assert_eq!(refused, (Code::InvalidArgument, "BATCH_TOO_LARGE".to_owned()));
}

#[apply(every_app)]
async fn evaluating_writes_nothing(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    let held = || async { assent_tests::dump::of_tenant(&mut app.look().await, &app.ours().id).await };
    let before = held().await;
    results(app.client(), request(vec![opens("anna"), opens("never heard of")])).await;
    assert_eq!(held().await, before);
}

//! StreamInteractions: batch after batch, judged and told as a call's are, acknowledged in order.

mod ends;
mod fair;
mod held;
mod memory;
mod sent;

use assent_proto::v1::{self, Answer, Interaction, StreamInteractionsRequest};
use assent_tests::app::{START, TestApp};
use assent_tests::client::Client;
use assent_tests::deed::{click, fates, open, record, send, visit};
use assent_tests::engine::Engine;
use assent_tests::fault::status;
use assent_tests::look::Look;
use assent_tests::streamed::{Streamed, batch, words};
use assent_tests::{apply, every_app, marks, story};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::{BEFORE, HOUR, rows, says, settled};

/// A stream of ours.
async fn begin(app: &TestApp) -> Streamed {
    begin_as(app, &app.ours().key).await
}

async fn begin_as(app: &TestApp, key: &str) -> Streamed {
    Streamed::open(app.client().channel(), Some(key)).await.expect("a stream begins")
}

/// Code, reason and fields of an error.
fn fault(status: &Status) -> (Code, String, Vec<String>) {
    let reason = status.get_details_error_info().expect("every error has a reason").reason;
    let wrong = status.get_details_bad_request().map(|wrong| wrong.field_violations).unwrap_or_default();
    (status.code(), reason, wrong.into_iter().map(|wrong| wrong.field).collect())
}

/// The error of a batch.
fn refused(acknowledged: &v1::InteractionsAcknowledged) -> (Code, String, Vec<String>) {
    assert!(acknowledged.results.is_empty(), "{acknowledged:?}");
    fault(&status(acknowledged.error.as_ref().expect("the batch was refused")))
}

/// Somebody else's transaction, in which nothing can be recorded until it ends. Reads go on.
async fn in_the_way(app: &TestApp) -> Look {
    let mut look = app.look().await;
    let begin = match app.engine() {
        Engine::Sqlite => "BEGIN IMMEDIATE",
        Engine::Postgres => "BEGIN; LOCK TABLE interaction_batch IN ACCESS EXCLUSIVE MODE",
    };
    look.run(begin).await.expect("a lock");
    look
}

/// The settings by which a stall is no fault.
const PATIENT: [(&str, &str); 4] = [
    ("DATABASE__STATEMENT_TIMEOUT_SECONDS", "120"),
    ("DATABASE__TRANSACTION_TIMEOUT_SECONDS", "120"),
    ("DATABASE__ACQUIRE_TIMEOUT_SECONDS", "120"),
    ("LIMITS__MAX_CALL_SECONDS", "3600"),
];

/// Lets the service do what it can do now: a few calls of others, each of which it answers.
async fn meanwhile(app: &TestApp) {
    for _ in 0..20 {
        let get = v1::GetProfileTableRequest { id: story::people() };
        app.client().settings().get_profile_table(get).await.expect("our table");
    }
}

fn visits(who: &str, from: i64, count: i64) -> Vec<Interaction> {
    (from..from + count).map(|nth| visit(who, BEFORE + nth, "shop")).collect()
}

/// Some of everything, of which `turn` makes the ids and instants others.
fn mixed(turn: i64) -> Vec<Interaction> {
    let at = BEFORE + turn;
    let seen = open("anna", at, "spring");
    vec![
        seen.clone(),
        open("bruno", at, "spring"),
        seen,
        Interaction { occurred_at: Some(story::timestamp(START + HOUR)), ..visit("anna", at, "shop") },
        click("never heard of", at, "spring", "offer"),
        Interaction { profile: None, ..visit("anna", at, "shop") },
        send("bruno", at, "spring", v1::PixelMode::None, v1::LinkMode::Plain),
        Interaction { what: None, ..open("anna", at, "spring") },
    ]
}

/// What is told of a result, without the numbers of calls.
fn told(result: &v1::record_interactions_result::Result) -> String {
    use v1::record_interactions_result::Result as Told;
    match result {
        Told::Outcome(outcome) => format!("{outcome:?}"),
        Told::Error(error) => format!("{} {:?}", error.message, fault(&status(error))),
    }
}

#[apply(every_app)]
async fn a_batch_is_told_what_a_call_is_told(app: &TestApp) {
    settled(app).await;
    says(app, "bruno", Answer::Refuse).await;
    let recorder = app.key(&app.ours().id, "record").await;
    let recorder = Client::new(app.client().channel(), app.engine(), Some(&recorder), None);
    for (turn, client) in (0..).zip([app.client(), &recorder]) {
        let of_call: Vec<_> = record(client, mixed(2 * turn)).await.iter().map(told).collect();
        let requests = tokio_stream::iter([batch(1, mixed(2 * turn + 1))]);
        let answers = client.interactions().stream_interactions(requests).await.expect("a stream");
        let mut answers = answers.into_inner();
        let mut of_stream = Vec::new();
        while let Some(answer) = answers.message().await.expect("it ends in order") {
            if let Some(v1::stream_interactions_response::Event::Acknowledged(acknowledged)) = answer.event {
                assert_eq!((acknowledged.through_seq, &acknowledged.error), (1, &None));
                let results = acknowledged.results.iter().filter_map(|result| result.result.as_ref());
                of_stream.extend(results.map(told));
            }
        }
        assert_eq!(of_stream, of_call);
        assert_eq!(of_stream.len(), 8);
        assert_eq!(of_stream.iter().any(|told| told.contains("PolicyVersion")), turn == 0, "{of_stream:?}");
    }
}

#[apply(every_app)]
async fn batches_are_acknowledged_in_their_order_and_a_half_closed_stream_to_its_end(app: &TestApp) {
    settled(app).await;
    let mut stream = begin(app).await;
    let (count, each) = (i64::try_from(stream.window).expect("a small number") * 4, 3);
    let (mut heard, mut seq) = (Vec::new(), 0);
    for turn in 0..count {
        seq += 1;
        assert!(stream.send(batch(seq, visits("anna", turn * each, each))).await);
    }
    stream.half_close();
    let (all, ended) = stream.hear_all().await;
    ended.expect("it ends in order");
    for acknowledged in all {
        assert_eq!(words(&acknowledged), ["RECORDED GRANTED"; 3]);
        heard.push(acknowledged.through_seq);
    }
    assert_eq!(heard, (1..=seq).collect::<Vec<_>>());
    assert_eq!(rows(app, "interaction").await, usize::try_from(count * each).expect("a small number"));
    let batches = rows(app, "interaction_batch").await;
    assert!(batches < usize::try_from(count).expect("a small number"), "they share commits: {batches}");
}

#[apply(every_app)]
async fn a_batch_that_can_never_be_recorded_is_told_so_and_the_stream_goes_on(app: &TestApp) {
    settled(app).await;
    let mut stream = begin(app).await;
    let elsewhere =
        StreamInteractionsRequest { profile_table: marks::id("nowhere"), ..batch(2, visits("anna", 1, 1)) };
    let nameless = StreamInteractionsRequest { profile_table: String::new(), ..batch(4, Vec::new()) };
    let many = vec![visit("anna", BEFORE, "shop"); 1_001];
    for sent in
        [batch(1, visits("anna", 0, 1)), elsewhere, batch(3, many), nameless, batch(5, visits("anna", 2, 1))]
    {
        assert!(stream.send(sent).await);
    }
    stream.half_close();
    let (all, ended) = stream.hear_all().await;
    ended.expect("it ends in order");
    assert_eq!(all.iter().map(|one| one.through_seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let of = |reason: &str, fields: &[&str]| {
        let code = if reason == "PROFILE_TABLE_UNKNOWN" { Code::NotFound } else { Code::InvalidArgument };
        (code, reason.to_owned(), fields.iter().map(|field| (*field).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(refused(&all[1]), of("PROFILE_TABLE_UNKNOWN", &[]));
    assert_eq!(refused(&all[2]), of("BATCH_TOO_LARGE", &["interactions"]));
    assert_eq!(refused(&all[3]), of("FIELD_INVALID", &["profile_table", "interactions"]));
    for judged in [&all[0], &all[4]] {
        assert_eq!(words(judged), ["RECORDED GRANTED"]);
    }
    assert_eq!(rows(app, "interaction").await, 2);
}

#[apply(every_app)]
async fn a_number_out_of_step_ends_the_stream_after_what_came_before_it(app: &TestApp) {
    settled(app).await;
    for (turn, wrong) in (0..).zip([1, 0, 3, u64::MAX]) {
        let mut stream = begin(app).await;
        assert!(stream.send(batch(1, visits("anna", 2 * turn, 1))).await);
        assert!(stream.send(batch(wrong, visits("anna", 2 * turn + 1, 1))).await);
        let (all, ended) = stream.hear_all().await;
        assert_eq!(all.iter().map(|one| one.through_seq).collect::<Vec<_>>(), [1]);
        let status = ended.expect_err("it is out of step");
        assert_eq!(
            fault(&status),
            (Code::InvalidArgument, "FIELD_INVALID".to_owned(), vec!["seq".to_owned()])
        );
        assert!(status.message().contains("expected: 2"), "{}", status.message());
    }
    assert_eq!(rows(app, "interaction").await, 4, "nothing of what was out of step");
    let mut stream = begin(app).await;
    assert!(stream.send(batch(2, visits("anna", 100, 1))).await);
    assert_eq!(stream.hear().await.expect_err("it begins with 1").code(), Code::InvalidArgument);
}

#[apply(every_app)]
async fn an_acknowledged_withdrawal_binds_the_next_batch_of_a_stream_that_was_open_before(app: &TestApp) {
    settled(app).await;
    let mut stream = begin(app).await;
    for (seq, withdraws) in (1..).zip([true, false]) {
        assert!(stream.send(batch(2 * seq - 1, visits("anna", 0, 2))).await);
        let before = stream.hear().await.expect("it goes on").expect("an acknowledgement");
        says(app, "anna", if withdraws { Answer::Withdraw } else { Answer::Refuse }).await;
        // They occurred while consent was in force, and one was recorded then.
        assert!(stream.send(batch(2 * seq, visits("anna", 0, 2))).await);
        let after = stream.hear().await.expect("it goes on").expect("an acknowledgement");
        if withdraws {
            assert_eq!(words(&before), ["RECORDED GRANTED"; 2]);
            assert_eq!(words(&after), ["DISCARDED WITHDRAWN"; 2]);
        }
    }
    let told = fates(app.client(), visits("anna", 9, 1)).await;
    assert!(told[0].starts_with("DISCARDED"), "{told:?}");
}

#[apply(every_app)]
async fn who_may_not_record_may_not_stream(app: &TestApp) {
    settled(app).await;
    let reader = app.key(&app.ours().id, "read,plan,consent").await;
    let refused = Streamed::open(app.client().channel(), Some(&reader)).await.map(drop);
    assert_eq!(refused.expect_err("it may not").code(), Code::PermissionDenied);
    let refused = Streamed::open(app.client().channel(), None).await.map(drop);
    assert_eq!(refused.expect_err("nobody").code(), Code::Unauthenticated);
}

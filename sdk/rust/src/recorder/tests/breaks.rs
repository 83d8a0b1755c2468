//! Streams end and break: what is not acknowledged is sent again.

use super::*;
use crate::Reason;
use crate::scripted::recordings::Step;
use assent_proto::v1;
use assent_proto::v1::stream_interactions_response::Event;

fn broken(recorded: bool) -> Step {
    Step::Break { recorded, status: unavailable() }
}

#[tokio::test]
async fn what_was_not_acknowledged_is_sent_again_in_order_and_recorded_once() {
    for recorded in [false, true] {
        let service = Scripted::start().await;
        service.steps([Step::Acknowledge, broken(recorded), broken(recorded)]);
        let recorder = eager(&service, options().batch_items(2));
        let tickets = take_now(&recorder, &["a", "b", "c", "d", "e", "f", "g"]);
        let told = if recorded { "DUPLICATE RESENT" } else { "RECORDED RESENT" };
        let words = words(tickets).await;
        assert_eq!(words[..4], ["RECORDED", "RECORDED", told, told]);
        let order = service.came().concat();
        let again = order.iter().rposition(|profile| profile == "c").unwrap();
        assert_eq!(order[again..].concat(), "cdefg");
        let report = recorder.report();
        assert_eq!((report.recorded + report.duplicate, report.streams), (7, 3));
        assert_eq!(report.duplicate, report.duplicate_resent);
        assert!(report.resent >= 4);
        assert!(report.trouble.is_none(), "it is over");
        assert_eq!(service.recordings(|seen| seen.recorded.len()), 7);
        whole(&report);
    }
}

#[tokio::test]
async fn each_stream_numbers_its_batches_from_one() {
    let service = Scripted::start().await;
    service.steps([Step::Acknowledge, broken(false), Step::Acknowledge, Step::End]);
    let recorder = eager(&service, options().batch_items(1));
    words(take_now(&recorder, &["a", "b", "c", "d"])).await;
    let seqs = |stream: usize| {
        service.recordings(|seen| {
            let batches = seen.batches.iter().filter(|(of, ..)| *of == stream);
            batches.map(|(_, seq, ..)| *seq).collect::<Vec<_>>()
        })
    };
    for stream in 1..=3 {
        let seqs = seqs(stream);
        assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_stream_that_ends_in_order_is_followed_at_once() {
    let service = Scripted::start().await;
    service.steps([Step::Acknowledge, Step::End, Step::Acknowledge, Step::End, Step::Acknowledge]);
    // A failure would be rested from for longer than this test lasts.
    let recorder = unfailing(&service, options().batch_items(1));
    words(take_now(&recorder, &["a", "b", "c"])).await;
    let report = recorder.report();
    assert_eq!((report.recorded, report.streams), (3, 3));
    assert!(report.trouble.is_none());
}

#[tokio::test]
async fn an_idle_stream_that_ends_is_followed_when_there_is_something_to_send() {
    let service = Scripted::start().await;
    let recorder = unfailing(&service, options());
    for turn in 1..=3 {
        // Where the recorder has not heard yet that the stream is over, it sends it over that one first.
        assert!(words(take_now(&recorder, &["a"])).await[0].starts_with("RECORDED"));
        assert_eq!(recorder.report().streams, turn);
        service.end_streams();
        until(|| service.recordings(|seen| seen.over) == usize::try_from(turn).unwrap()).await;
        crate::ambient::wait(Duration::from_millis(20)).await;
        assert_eq!(recorder.report().streams, turn, "nothing is begun for nothing");
    }
}

#[tokio::test]
async fn streams_that_end_and_never_acknowledge_anything_are_rested_from() {
    let service = Scripted::start().await;
    service.steps([Step::End, Step::End]);
    let recorder = unfailing(&service, options());
    drop(take_now(&recorder, &["a"]));
    until(|| recorder.report().trouble.is_some()).await;
    assert_eq!(recorder.report().streams, 2, "the first of them is followed at once");
}

#[tokio::test]
async fn streams_that_end_before_anything_is_sent_are_rested_from_too() {
    let service = Scripted::start().await;
    service.empty_streams(2);
    let recorder = unfailing(&service, options());
    drop(take_now(&recorder, &["a"]));
    until(|| recorder.report().trouble.is_some()).await;
    assert_eq!(recorder.report().streams, 2);
}

#[tokio::test]
async fn it_never_gives_up_by_itself() {
    for retry in [Retry::never(), Retry::default().base(Duration::from_millis(1)).attempts(2)] {
        let service = Scripted::start().await;
        service.fail((0..4).map(|_| unavailable()));
        let client =
            Client::connect_lazily(service.options().retry(retry.max_wait(Duration::from_millis(2))));
        let recorder = client.unwrap().interactions().recorder(options());
        assert_eq!(words(take_now(&recorder, &["a"])).await, ["RECORDED"]);
        assert_eq!(recorder.report().streams, 5);
    }
}

#[tokio::test]
async fn what_stands_in_the_way_is_told_until_it_is_gone() {
    let service = Scripted::start().await;
    service.fail([unavailable()]);
    let recorder = resting(&service, Duration::from_millis(50), options());
    let tickets = take_now(&recorder, &["a"]);
    until(|| recorder.report().trouble.is_some()).await;
    let report = recorder.report();
    assert_eq!((report.waiting, report.trouble.unwrap().reason()), (1, Some(Reason::Unavailable)));
    words(tickets).await;
    assert!(recorder.report().trouble.is_none());
}

#[tokio::test]
async fn what_is_given_up_comes_back_with_what_stood_in_the_way() {
    let service = Scripted::start().await;
    service.fail([unavailable()]);
    let options = options().give_up_after(Duration::from_millis(5));
    let recorder = resting(&service, Duration::from_millis(40), options);
    let given_up = open("a");
    let ticket = recorder.try_record("t", given_up.clone()).unwrap();
    let Err(NotRecorded::Failed { error, unrecorded }) = ticket.await else { panic!("it was not given up") };
    assert_eq!(error.reason(), Some(Reason::Unavailable));
    assert_eq!(unrecorded.interaction, given_up);
    let report = recorder.report();
    assert_eq!((report.failed, report.waiting, report.held_bytes), (1, 0, 0));
    whole(&report);
    // The recorder itself goes on: what comes before it tries again may be given up too, and then it is answered.
    while words(take_now(&recorder, &["b"])).await != ["RECORDED"] {}
    let report = recorder.report();
    assert_eq!((report.recorded, report.failed), (1, report.taken - 1));
}

#[tokio::test]
async fn nothing_is_given_up_while_the_service_answers() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = eager(&service, options().give_up_after(Duration::from_millis(1)));
    let tickets = take_now(&recorder, &["a", "b"]);
    came(&service, 1).await;
    crate::ambient::wait(Duration::from_millis(20)).await;
    service.let_go(9);
    words(tickets).await.iter().for_each(|word| assert_eq!(word, "RECORDED"));
}

#[tokio::test]
async fn an_acknowledgement_that_is_none_breaks_the_stream_and_counts_for_nothing() {
    let acknowledged = |through_seq, results| {
        Event::Acknowledged(v1::InteractionsAcknowledged { through_seq, results, error: None })
    };
    for nonsense in [
        acknowledged(2, Vec::new()),
        acknowledged(0, Vec::new()),
        acknowledged(1, Vec::new()),
        acknowledged(1, vec![v1::RecordInteractionsResult { result: None }]),
        Event::Window(v1::InteractionWindow { batches: 4 }),
    ] {
        let service = Scripted::start().await;
        service.steps([Step::Tell(nonsense)]);
        let recorder = eager(&service, options());
        assert_eq!(words(take_now(&recorder, &["a"])).await, ["DUPLICATE RESENT"]);
        let report = recorder.report();
        assert_eq!((report.duplicate, report.duplicate_resent, report.streams), (1, 1, 2));
        whole(&report);
    }
}

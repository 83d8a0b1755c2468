//! How a recorder ends.

use super::*;
use crate::recorder::NotTakenReason;

#[tokio::test]
async fn a_shutdown_sends_what_is_left_and_ends_the_stream() {
    let service = Scripted::start().await;
    let recorder = unfailing(&service, options());
    let tickets = take_now(&recorder, &["a", "b", "c"]);
    let end = recorder.shutdown(NEVER).await;
    assert!(end.is_complete());
    assert!(end.error.is_none() && end.unrecorded.is_empty());
    assert_eq!((end.report.taken, end.report.recorded), (3, 3));
    whole(&end.report);
    words(tickets).await.iter().for_each(|word| assert_eq!(word, "RECORDED"));
    assert_eq!(service.recordings(|seen| (seen.streams, seen.half_closed)), (1, 1));
}

#[tokio::test]
async fn a_recorder_that_took_nothing_asks_nothing() {
    let service = Scripted::start().await;
    let recorder = unfailing(&service, options());
    let end = recorder.shutdown(NEVER).await;
    assert!(end.is_complete());
    assert_eq!(service.recordings(|seen| seen.streams), 0);
}

#[tokio::test]
async fn what_was_not_acknowledged_in_time_comes_back_in_order() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options().batch_items(1));
    service.window(2);
    let mut tickets = take_now(&recorder, &["a", "b", "c", "d"]);
    came(&service, 2).await;
    service.let_go(1);
    assert_eq!(word(tickets.remove(0)).await, "RECORDED");
    came(&service, 3).await;
    let end = recorder.shutdown(Duration::from_millis(20)).await;
    assert!(!end.is_complete());
    let back: Vec<_> = end
        .unrecorded
        .iter()
        .map(|left| (left.profile_table.as_str(), left.interaction.profile.as_deref().unwrap(), left.sent))
        .collect();
    assert_eq!(back, [("t", "b", true), ("t", "c", true), ("t", "d", false)]);
    words(tickets).await.iter().for_each(|word| assert_eq!(word, "handed back"));
    assert_eq!((end.report.recorded, end.report.failed), (1, 3));
    whole(&end.report);
    let again = recorder.shutdown(NEVER).await;
    assert!(again.unrecorded.is_empty(), "handed back once");
    assert_eq!(again.report.failed, 3);
}

#[tokio::test]
async fn nothing_is_taken_any_more_and_who_waited_gets_it_back() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options().max_items(1));
    let tickets = take_now(&recorder, &["a"]);
    came(&service, 1).await;
    let waits = {
        let recorder = recorder.clone();
        tokio::spawn(async move { recorder.record("t", open("b")).await.unwrap_err() })
    };
    crate::ambient::wait(Duration::from_millis(5)).await;
    let ends = {
        let recorder = recorder.clone();
        tokio::spawn(async move { recorder.shutdown(NEVER).await })
    };
    let not_taken = waits.await.unwrap();
    assert!(matches!(not_taken.reason, NotTakenReason::ShutDown));
    assert_eq!(not_taken.interaction.profile.as_deref(), Some("b"));
    let later = recorder.try_record("t", open("c")).unwrap_err();
    assert!(matches!(later.reason, NotTakenReason::ShutDown));
    service.let_go(1);
    assert!(ends.await.unwrap().is_complete());
    assert_eq!(words(tickets).await, ["RECORDED"]);
}

#[tokio::test]
async fn a_shutdown_does_not_sleep_through_its_last_chance() {
    let service = Scripted::start().await;
    service.fail([unavailable()]);
    let recorder = unfailing(&service, options());
    drop(take_now(&recorder, &["a"]));
    until(|| recorder.report().trouble.is_some()).await;
    let end = recorder.shutdown(NEVER).await;
    assert!(end.is_complete(), "it was tried once more at once");
}

#[tokio::test]
async fn a_second_shutdown_can_make_it_shorter() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options());
    drop(take_now(&recorder, &["a"]));
    came(&service, 1).await;
    let first = {
        let recorder = recorder.clone();
        tokio::spawn(async move { recorder.shutdown(NEVER).await })
    };
    crate::ambient::wait(Duration::from_millis(5)).await;
    let second = recorder.shutdown(Duration::ZERO).await;
    let first = first.await.unwrap();
    assert_eq!(first.unrecorded.len() + second.unrecorded.len(), 1, "to one of them");
    whole(&first.report);
}

#[tokio::test]
async fn a_shutdown_that_is_not_waited_for_is_one_all_the_same() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options());
    drop(take_now(&recorder, &["a"]));
    came(&service, 1).await;
    let given_up = tokio::time::timeout(Duration::from_millis(5), recorder.shutdown(NEVER)).await;
    assert!(given_up.is_err());
    assert!(recorder.try_record("t", open("b")).is_err());
    service.let_go(1);
    assert!(recorder.shutdown(NEVER).await.is_complete());
}

#[tokio::test]
async fn a_dropped_recorder_stops_and_says_so() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options());
    let first = take_now(&recorder, &["a"]);
    came(&service, 1).await;
    let second = take_now(&recorder.clone(), &["b"]);
    assert_eq!(recorder.report().taken, 2, "a clone is not the last");
    drop(recorder);
    assert_eq!(words(first).await, ["abandoned"]);
    assert_eq!(words(second).await, ["abandoned"]);
}

#[test]
fn where_its_runtime_ended_everything_is_still_handed_back() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (recorder, ticket) = runtime().block_on(async {
        let service = Scripted::start().await;
        service.hold();
        let recorder = unfailing(&service, options().batch_items(1));
        let tickets = take_now(&recorder, &["a", "b"]);
        came(&service, 1).await;
        (recorder, tickets)
    });
    runtime().block_on(async {
        words(ticket).await.iter().for_each(|word| assert_eq!(word, "handed back"));
        assert!(recorder.record("t", open("c")).await.is_err());
        let end = recorder.shutdown(NEVER).await;
        assert_eq!(end.unrecorded.len(), 2);
        whole(&end.report);
    });
}

#[tokio::test]
async fn a_stream_that_the_service_does_not_end_is_not_waited_for() {
    let service = Scripted::start().await;
    service.leave_open();
    let recorder = unfailing(&service, options());
    let tickets = take_now(&recorder, &["a"]);
    assert!(recorder.shutdown(NEVER).await.is_complete());
    assert_eq!(words(tickets).await, ["RECORDED"]);
    service.end_streams();
}

#[test]
fn a_runtime_that_ends_before_the_recorder_begins_ends_it() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let (recorder, tickets) = first.block_on(async {
        let service = Scripted::start().await;
        let recorder = unfailing(&service, options());
        let tickets = take_now(&recorder, &["a"]);
        (recorder, tickets)
    });
    drop(first);
    let (end, words) = second.block_on(async { (recorder.shutdown(NEVER).await, words(tickets).await) });
    assert_eq!((end.unrecorded.len(), end.unrecorded[0].sent), (1, false));
    assert_eq!(words, ["handed back"]);
}

//! What stands in the way of others lets them go by.

use super::*;
use crate::scripted::recordings::Step;

/// The service itself does not take so much.
fn too_large() -> tonic::Status {
    let mut details = ErrorDetails::new();
    details.set_request_info("r-1", "");
    failure(Code::ResourceExhausted, "MESSAGE_TOO_LARGE", details)
}

fn breaks(status: tonic::Status) -> Step {
    Step::Break { recorded: false, status }
}

#[tokio::test]
async fn what_cannot_be_judged_for_now_is_sent_again_and_others_go_by() {
    let service = Scripted::start().await;
    // The service answers all the time: nothing else is rested from.
    let recorder = resting(&service, Duration::from_millis(40), options());
    let mut tickets = take_now(&recorder, &["a", "later", "b"]);
    let (last, later) = (tickets.pop().unwrap(), tickets.pop().unwrap());
    assert_eq!(words(tickets).await, ["RECORDED"]);
    assert_eq!(word(last).await, "RECORDED");
    let report = recorder.report();
    assert_eq!((report.recorded, report.refused, report.waiting), (2, 0, 1));
    assert_eq!(words(take_now(&recorder, &["c"])).await, ["RECORDED"]);
    assert_eq!(word(later).await, "RECORDED RESENT");
    let report = recorder.report();
    assert_eq!((report.recorded, report.refused, report.streams), (4, 0, 1));
    assert!(report.trouble.is_none());
    whole(&report);
}

#[tokio::test]
async fn what_is_put_aside_is_waited_for_by_a_shutdown_and_handed_back_after_it() {
    for (rest, told) in [(Duration::from_millis(300), "RECORDED RESENT"), (NEVER, "handed back")] {
        let service = Scripted::start().await;
        let recorder = resting(&service, rest, options());
        let tickets = take_now(&recorder, &["later"]);
        until(|| service.recordings(|seen| seen.put_off.len()) == 1).await;
        let within = if rest == NEVER { Duration::from_millis(50) } else { NEVER };
        let end = recorder.shutdown(within).await;
        assert_eq!(words(tickets).await, [told]);
        assert!(end.unrecorded.iter().all(|left| left.sent));
        whole(&end.report);
    }
}

#[tokio::test]
async fn what_is_put_aside_is_given_up_like_the_rest() {
    let service = Scripted::start().await;
    let recorder = eager(&service, options().give_up_after(Duration::ZERO));
    assert_eq!(words(take_now(&recorder, &["later"])).await, ["failed"]);
    whole(&recorder.report());
}

#[tokio::test]
async fn a_table_that_nothing_can_be_judged_of_does_not_hold_up_the_others() {
    let service = Scripted::start().await;
    let recorder = eager(&service, options().batch_items(1));
    let held_up = recorder.try_record("faulty", open("a")).unwrap();
    assert_eq!(words(take_now(&recorder, &["b", "c"])).await.len(), 2);
    let report = recorder.report();
    assert_eq!((report.recorded + report.duplicate, report.failed), (2, 0));
    let end = recorder.shutdown(Duration::from_millis(20)).await;
    assert_eq!((end.unrecorded.len(), word(held_up).await.as_str()), (1, "handed back"));
}

#[tokio::test]
async fn what_is_new_does_not_wait_for_what_is_put_aside() {
    let service = Scripted::start().await;
    let recorder = unfailing(&service, options());
    let later = take_now(&recorder, &["later"]);
    until(|| recorder.report().trouble.is_some()).await;
    for _ in 0..3 {
        assert_eq!(words(take_now(&recorder, &["a"])).await, ["RECORDED"]);
    }
    drop(later);
}

#[tokio::test]
async fn what_is_put_aside_together_comes_back_together_and_in_order() {
    let service = Scripted::start().await;
    let recorder = resting(&service, Duration::from_millis(20), options());
    let tickets = take_now(&recorder, &["later", "later", "later"]);
    assert_eq!(words(tickets).await, ["RECORDED RESENT"; 3]);
    assert_eq!(service.came().len(), 2);
    let ids = |batch: usize| service.recordings(|seen| seen.ids[batch].clone());
    assert_eq!(ids(0), ids(1));
}

#[tokio::test]
async fn two_tables_that_nothing_can_be_judged_of_do_not_hold_up_the_others_either() {
    let service = Scripted::start().await;
    let recorder = eager(&service, options());
    let mut held_up = Vec::new();
    for (number, table) in ["faulty", "faulty too", "faulty"].into_iter().enumerate() {
        held_up.push(recorder.try_record(table, open(number.to_string())).unwrap());
    }
    assert!(words(take_now(&recorder, &["b"])).await[0].starts_with("RECORDED"));
    let end = recorder.shutdown(Duration::from_millis(20)).await;
    assert_eq!((end.unrecorded.len(), words(held_up).await), (3, vec!["handed back".to_owned(); 3]));
}

#[tokio::test]
async fn one_that_may_be_another_than_the_one_that_is_too_large_does_not_fail_for_it() {
    let service = Scripted::start().await;
    service.steps([breaks(too_large()), Step::Acknowledge, breaks(too_large())]);
    let recorder = eager(&service, options().batch_items(1));
    // Both are on their way when it breaks, and the second is alone when it breaks again.
    service.hold();
    let tickets = take_now(&recorder, &["a", "b"]);
    until(|| recorder.report().in_flight == 2).await;
    service.let_go(99);
    assert_eq!(words(tickets).await, ["RECORDED RESENT", "failed"]);
    assert!(recorder.report().trouble.is_none());
}

#[tokio::test]
async fn one_that_is_too_large_for_the_service_fails_alone() {
    let service = Scripted::start().await;
    service.window(1);
    service.steps([breaks(too_large()), breaks(too_large()), Step::Acknowledge]);
    let recorder = eager(&service, options());
    assert_eq!(words(take_now(&recorder, &["a", "b"])).await, ["failed", "RECORDED RESENT"]);
    let report = recorder.report();
    assert_eq!((report.failed, report.waiting, report.held_bytes), (1, 0, 0));
    whole(&report);
}

#[tokio::test]
async fn what_something_in_between_does_not_take_is_sent_in_smaller_batches_and_never_given_up() {
    let service = Scripted::start().await;
    let bare = || breaks(tonic::Status::resource_exhausted("too much in a time"));
    service.steps((0..4).map(|_| bare()));
    let recorder = eager(&service, options());
    let told = words(take_now(&recorder, &["a", "b", "c", "d"])).await;
    assert!(told.iter().all(|word| word.starts_with("RECORDED")), "{told:?}");
    let sizes = || service.came().iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(sizes()[4..], [1, 1, 1, 1], "one by one in the end");
    for _ in 0..512 {
        words(take_now(&recorder, &["x"])).await;
    }
    words(take_now(&recorder, &["a", "b", "c", "d"])).await;
    assert!(sizes()[520..].iter().any(|size| *size > 1), "by and by larger ones are tried again");
}

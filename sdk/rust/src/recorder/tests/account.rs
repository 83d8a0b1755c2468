//! Everything that is taken has one end, and the account adds up at every moment.

use super::*;
use crate::{Reason, VerdictReason};

#[tokio::test]
async fn every_answer_has_its_column_and_its_ticket() {
    let service = Scripted::start().await;
    let recorder = unfailing(&service, options());
    let mut tickets = take(&recorder, &["a", "exempted", "discarded", "wrong"]).await;
    let twice = open("b");
    tickets.push(recorder.record("t", twice.clone()).await.unwrap());
    tickets.push(recorder.record("t", twice).await.unwrap());
    assert_eq!(
        words(tickets).await,
        ["RECORDED", "EXEMPTED", "DISCARDED", "refused", "RECORDED", "DUPLICATE"]
    );
    let report = recorder.report();
    assert_eq!(
        (report.taken, report.recorded, report.exempted, report.discarded, report.duplicate, report.refused),
        (6, 2, 1, 1, 1, 1)
    );
    assert_eq!((report.failed, report.waiting, report.in_flight, report.held_bytes), (0, 0, 0, 0));
    assert_eq!((report.resent, report.duplicate_resent, report.streams), (0, 0, 1));
    assert_eq!(report.last_refusal.as_ref().unwrap().reason(), Some(Reason::FieldInvalid));
    whole(&report);
}

#[tokio::test]
async fn what_is_refused_comes_back_with_the_fields_named_within_it() {
    let service = Scripted::start().await;
    let recorder = unfailing(&service, options());
    drop(take_now(&recorder, &["a", "b"]));
    let wrong = open("wrong");
    let ticket = recorder.record("t", wrong.clone()).await.unwrap();
    let Err(NotRecorded::Refused { error, unrecorded }) = ticket.await else { panic!("it was not refused") };
    assert_eq!(error.violations()[0].path, "occurred_at");
    assert_eq!((unrecorded.profile_table.as_str(), unrecorded.interaction), ("t", wrong));
}

#[tokio::test]
async fn a_batch_that_can_never_be_recorded_fails_alone_and_comes_back() {
    let service = Scripted::start().await;
    let recorder = unfailing(&service, options());
    let before = take_now(&recorder, &["a"]);
    let lost = open("b");
    let ticket = recorder.record("unknown", lost.clone()).await.unwrap();
    let after = take_now(&recorder, &["c"]);
    let Err(NotRecorded::Failed { error, unrecorded }) = ticket.await else { panic!("it did not fail") };
    assert_eq!(error.reason(), Some(Reason::ProfileTableUnknown));
    assert_eq!((unrecorded.profile_table.as_str(), unrecorded.interaction), ("unknown", lost));
    assert_eq!((words(before).await, words(after).await), (vec!["RECORDED".into()], vec!["RECORDED".into()]));
    let report = recorder.report();
    assert_eq!((report.recorded, report.failed, report.streams), (2, 1, 1));
    assert_eq!(report.last_failure.as_ref().unwrap().reason(), Some(Reason::ProfileTableUnknown));
    whole(&report);
}

#[tokio::test]
async fn nobody_has_to_hold_a_ticket() {
    let service = Scripted::start().await;
    let recorder = unfailing(&service, options());
    drop(take_now(&recorder, &["a", "wrong", "discarded", "b"]));
    until(|| recorder.report().answered() == 4).await;
    assert_eq!(recorder.report().recorded, 2);
}

#[tokio::test]
async fn what_waits_and_what_is_on_its_way_is_counted_while_it_is() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options());
    let tickets = take_now(&recorder, &["a"]);
    came(&service, 1).await;
    drop(take_now(&recorder, &["b", "c"]));
    let report = recorder.report();
    assert_eq!((report.taken, report.in_flight, report.waiting), (3, 1, 2));
    assert!(report.held_bytes > 0);
    whole(&report);
    service.let_go(9);
    assert_eq!(words(tickets).await, ["RECORDED"]);
    assert!(recorder.report().recorded >= 1, "who is told finds himself in the account");
    until(|| recorder.report().recorded == 3).await;
}

#[tokio::test]
async fn a_judgement_is_told_as_the_service_gave_it() {
    let service = Scripted::start().await;
    let recorder = unfailing(&service, options());
    let [ticket] = take_now(&recorder, &["a"]).try_into().unwrap();
    let judged = ticket.await.unwrap();
    assert_eq!(judged.outcome.reason, None::<VerdictReason>);
    assert!(!judged.resent);
}

#[tokio::test]
async fn any_number_of_tasks_share_one_recorder() {
    let service = Scripted::start().await;
    let recorder = unfailing(&service, RecorderOptions::default().max_items(7).batch_items(3));
    let tasks: Vec<_> = (0..20)
        .map(|task| {
            let recorder = recorder.clone();
            tokio::spawn(async move {
                for turn in 0..10 {
                    let ticket = recorder.record("t", open(format!("{task}-{turn}"))).await.unwrap();
                    if turn % 3 == 0 {
                        assert_eq!(word(ticket).await, "RECORDED");
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let end = recorder.shutdown(NEVER).await;
    assert_eq!((end.report.taken, end.report.recorded), (200, 200));
    assert_eq!(service.recordings(|seen| seen.recorded.len()), 200);
}

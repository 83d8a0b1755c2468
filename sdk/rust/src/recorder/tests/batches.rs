//! When a batch leaves, and what is in it.

use super::*;
use crate::scripted::recordings::Step;

#[tokio::test]
async fn the_first_leaves_at_once_and_the_others_gather_until_it_is_acknowledged() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options());
    let tickets = take_now(&recorder, &["a"]);
    assert_eq!(came(&service, 1).await, [["a"]]);
    let more = take_now(&recorder, &["b", "c", "d"]);
    service.let_go(1);
    assert_eq!(words(tickets).await, ["RECORDED"]);
    assert_eq!(came(&service, 2).await[1], ["b", "c", "d"]);
    service.let_go(1);
    words(more).await;
}

#[tokio::test]
async fn a_full_batch_waits_for_nothing() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options().batch_items(2));
    drop(take_now(&recorder, &["a"]));
    came(&service, 1).await;
    drop(take_now(&recorder, &["b", "c", "d", "e", "f"]));
    assert_eq!(came(&service, 3).await[1..], [["b", "c"], ["d", "e"]]);
    assert_eq!(recorder.report().waiting, 1);
}

#[tokio::test]
async fn what_gathers_leaves_when_the_first_of_it_has_waited_for_long_enough() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options().linger(Duration::from_millis(3)));
    drop(take_now(&recorder, &["a"]));
    came(&service, 1).await;
    drop(take_now(&recorder, &["b", "c"]));
    let came = came(&service, 2).await;
    assert_eq!(came.concat(), ["a", "b", "c"], "without any acknowledgement");
}

#[tokio::test]
async fn a_batch_is_no_larger_than_a_message_may_be() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options().max_bytes(64 << 20));
    drop(take_now(&recorder, &["a"]));
    came(&service, 1).await;
    let long = "x".repeat(40_000);
    for _ in 0..300 {
        drop(recorder.try_record("t", open("b").user_agent(&long)).unwrap());
    }
    service.let_go(99);
    until(|| recorder.report().recorded == 301).await;
    let (largest, batches) = service.recordings(|seen| (seen.largest, seen.batches.len()));
    assert!(largest < crate::options::MESSAGE_BYTES, "{largest}");
    assert!(largest > crate::options::MESSAGE_BYTES / 10 * 9 && batches == 4, "{largest} {batches}");
}

#[tokio::test]
async fn a_batch_is_of_one_profile_table_and_in_order() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options().linger(Duration::ZERO));
    drop(take_now(&recorder, &["first"]));
    came(&service, 1).await;
    for turn in 0..6 {
        let table = if turn % 2 == 0 { "odd" } else { "even" };
        drop(recorder.try_record(table, open(turn.to_string())).unwrap());
    }
    service.let_go(99);
    until(|| recorder.report().recorded == 7).await;
    let of = |table: &str| {
        service.recordings(|seen| {
            let batches = seen.batches.iter().filter(|(_, _, of, _)| of == table);
            batches.flat_map(|(.., profiles)| profiles.clone()).collect::<Vec<_>>()
        })
    };
    assert_eq!((of("odd").concat(), of("even").concat()), ("024".to_owned(), "135".to_owned()));
}

#[tokio::test]
async fn a_table_with_little_is_not_kept_waiting_by_one_with_much() {
    let service = Scripted::start().await;
    service.window(1);
    service.hold();
    let recorder = unfailing(&service, options().batch_items(2));
    drop(take_now(&recorder, &["a"]));
    came(&service, 1).await;
    drop(recorder.try_record("small", open("x")).unwrap());
    drop(take_now(&recorder, &["b", "c", "d", "e"]));
    service.let_go(1);
    assert_eq!(came(&service, 2).await[1], ["x"], "it was taken first, and there is no cause to wait");
}

#[tokio::test]
async fn no_more_is_sent_ahead_than_the_service_says() {
    for window in [1, 3] {
        let service = Scripted::start().await;
        service.window(u32::try_from(window).unwrap());
        service.hold();
        let recorder = unfailing(&service, options().batch_items(1));
        drop(take_now(&recorder, &["a", "b", "c", "d", "e", "f", "g", "h"]));
        came(&service, window).await;
        for turn in 1..=8 {
            service.let_go(1);
            until(|| recorder.report().recorded == turn).await;
        }
        assert_eq!(service.recordings(|seen| seen.unacknowledged_max), window);
        assert_eq!(service.came().concat(), ["a", "b", "c", "d", "e", "f", "g", "h"]);
    }
}

#[tokio::test]
async fn where_something_in_between_takes_less_the_batches_become_smaller() {
    let service = Scripted::start().await;
    let too_large = || tonic::Status::out_of_range("a message is too large");
    service.steps((0..3).map(|_| Step::Break { recorded: false, status: too_large() }));
    let recorder = eager(&service, options().batch_bytes(64 << 10));
    for _ in 0..100 {
        drop(recorder.try_record("t", open("b").user_agent("x".repeat(1000))).unwrap());
    }
    until(|| recorder.report().recorded == 100).await;
    let sizes: Vec<_> = service.came().iter().map(Vec::len).collect();
    assert!(sizes[3..].iter().all(|size| *size <= 7), "an eighth of 64 KiB at most: {sizes:?}");
    whole(&recorder.report());
}

//! It holds no more than it may.

use super::*;
use crate::recorder::NotTakenReason;

fn full(recorder: &InteractionRecorder, interaction: Interaction) {
    let not_taken = recorder.try_record("t", interaction.clone()).unwrap_err();
    assert!(matches!(not_taken.reason, NotTakenReason::Full), "{not_taken:?}");
    assert_eq!((not_taken.profile_table.as_str(), *not_taken.interaction), ("t", interaction));
}

#[tokio::test]
async fn where_it_is_full_one_is_told_so_and_gets_it_back() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options().max_items(3));
    let tickets = take_now(&recorder, &["a", "b", "c"]);
    full(&recorder, open("d"));
    came(&service, 1).await;
    full(&recorder, open("d"));
    assert_eq!(recorder.report().taken, 3);
    service.let_go(9);
    words(tickets).await;
    take_now(&recorder, &["d"]);
}

#[tokio::test]
async fn who_waits_is_let_in_as_soon_as_there_is_room_and_no_sooner() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options().max_items(2).batch_items(1));
    drop(take_now(&recorder, &["a", "b"]));
    came(&service, 2).await;
    let waiting = {
        let recorder = recorder.clone();
        tokio::spawn(async move { recorder.record("t", open("c")).await })
    };
    crate::ambient::wait(Duration::from_millis(10)).await;
    assert!(!waiting.is_finished());
    assert_eq!(recorder.report().taken, 2);
    service.let_go(1);
    let ticket = waiting.await.unwrap().unwrap();
    full(&recorder, open("d"));
    service.let_go(9);
    assert_eq!(word(ticket).await, "RECORDED");
}

#[tokio::test]
async fn bytes_are_bounded_as_well() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options().max_bytes(64 * 1024));
    let long = || open("a").user_agent("x".repeat(20_000));
    let tickets: Vec<_> = (0..3).map(|_| recorder.try_record("t", long()).unwrap()).collect();
    full(&recorder, long());
    let held = recorder.report().held_bytes;
    assert!((60_000..=64 * 1024).contains(&held), "{held}");
    service.let_go(9);
    words(tickets).await;
    assert_eq!(recorder.report().held_bytes, 0);
    drop(recorder.try_record("t", long()).unwrap());
}

#[tokio::test]
async fn who_needs_much_is_not_passed_by_those_who_need_little() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options().max_bytes(64 * 1024).batch_items(1));
    drop(recorder.try_record("t", open("a").user_agent("x".repeat(40_000))).unwrap());
    came(&service, 1).await;
    let much = {
        let recorder = recorder.clone();
        tokio::spawn(async move { recorder.record("t", open("b").user_agent("x".repeat(40_000))).await })
    };
    crate::ambient::wait(Duration::from_millis(10)).await;
    let little = {
        let recorder = recorder.clone();
        tokio::spawn(async move { recorder.record("t", open("c")).await })
    };
    crate::ambient::wait(Duration::from_millis(10)).await;
    assert!(!much.is_finished() && !little.is_finished());
    service.let_go(9);
    drop((much.await.unwrap().unwrap(), little.await.unwrap().unwrap()));
    assert_eq!(came(&service, 3).await.concat(), ["a", "b", "c"]);
}

#[tokio::test]
async fn what_can_never_fit_is_told_at_once() {
    let service = Scripted::start().await;
    let recorder = unfailing(&service, options().max_bytes(64 * 1024));
    let huge = open("a").user_agent("x".repeat(70_000));
    let not_taken = recorder.record("t", huge.clone()).await.unwrap_err();
    assert!(matches!(not_taken.reason, NotTakenReason::TooLarge));
    assert_eq!(*not_taken.interaction, huge);
    let roomy = unfailing(&service, options().max_bytes(1 << 30));
    let beyond = open("a").user_agent("x".repeat(5 << 20));
    let not_taken = roomy.try_record("t", beyond).unwrap_err();
    assert!(matches!(not_taken.reason, NotTakenReason::TooLarge), "no message holds it");
    assert_eq!((recorder.report().taken, roomy.report().taken), (0, 0));
}

#[tokio::test]
async fn who_stops_waiting_takes_up_no_room() {
    let service = Scripted::start().await;
    service.hold();
    let recorder = unfailing(&service, options().max_items(1));
    let tickets = take_now(&recorder, &["a"]);
    let waits = tokio::time::timeout(Duration::from_millis(5), recorder.record("t", open("b")));
    assert!(waits.await.is_err());
    service.let_go(9);
    words(tickets).await;
    assert_eq!(words(take_now(&recorder, &["c"])).await, ["RECORDED"]);
    assert_eq!(recorder.report().taken, 2);
}

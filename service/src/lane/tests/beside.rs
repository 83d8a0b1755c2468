//! When another batch of a tenant begins beside the one at work.

use super::*;

#[tokio::test]
async fn another_batch_begins_only_when_enough_waits_to_be_worth_it() {
    let mut scene = Scene::with_writers(2);
    let mut calls = vec![scene.echo(0).await];
    assert_eq!(scene.batch().await, [Ask::Echo(0)]);
    let little = Ask::Heavy(1, WORTH_A_BATCH - 1);
    calls.push(scene.pass("a", little, FAR).await);
    assert!(scene.began.try_recv().is_err(), "it waits for the one at work");
    calls.push(scene.echo(2).await);
    assert_eq!(scene.batch().await, [little, Ask::Echo(2)]);
    scene.let_on(2);
    answered(calls, 0).await;
    scene.end().await;
}

#[tokio::test]
async fn what_is_not_worth_a_batch_is_left_to_the_one_at_work() {
    let mut scene = Scene::with_writers(2);
    let ask = |number| Ask::Heavy(number, WORTH_A_BATCH);
    let mut calls = Vec::new();
    for number in 0..2 {
        calls.push(scene.pass("a", ask(number), FAR).await);
        assert_eq!(scene.batch().await, [ask(number)]);
    }
    calls.push(scene.echo(2).await);
    scene.let_on(1);
    assert_eq!(calls.remove(0).await.unwrap().unwrap(), 0);
    assert!(scene.began.try_recv().is_err(), "one is still at work, and takes it next");
    calls.push(scene.echo(3).await);
    scene.let_on(2);
    assert_eq!(scene.batch().await, [2, 3].map(Ask::Echo));
    answered(calls, 1).await;
    scene.end().await;
}

#[tokio::test]
async fn what_waits_goes_by_a_batch_that_is_held_up_although_nobody_else_comes() {
    let mut scene = Scene::with_writers(2);
    let mut calls = vec![scene.echo(0).await];
    assert_eq!(scene.batch().await, [Ask::Echo(0)]);
    calls.push(scene.echo(1).await);
    scene.watched().await;
    scene.clock.advance(HELD_UP);
    assert_eq!(scene.batch().await, [Ask::Echo(1)]);

    // Both are at work now, and the first leaves to the second what came meanwhile.
    calls.push(scene.echo(2).await);
    scene.let_on(1);
    assert_eq!(calls.remove(0).await.unwrap().unwrap(), 0);
    scene.watched().await;
    assert!(scene.began.try_recv().is_err());
    scene.clock.advance(HELD_UP);
    assert_eq!(scene.batch().await, [Ask::Echo(2)]);
    scene.let_on(2);
    answered(calls, 1).await;
    scene.end().await;
}

#[tokio::test]
async fn who_goes_by_a_batch_that_is_held_up_goes_on_without_a_pause() {
    let mut scene = Scene::with_writers(2);
    let stuck = scene.pass("a", Ask::Stick, FAR).await;
    assert_eq!(scene.batch().await, [Ask::Stick]);
    scene.clock.advance(HELD_UP);
    let mut calls = vec![scene.echo(0).await];
    assert_eq!(scene.batch().await, [Ask::Echo(0)]);
    calls.push(scene.echo(1).await);
    scene.let_on(2);
    assert_eq!(scene.batch().await, [Ask::Echo(1)], "no time has passed since the one before was taken");
    answered(calls, 0).await;
    stuck.abort();
    scene.end().await;
}

#[tokio::test]
async fn others_go_by_a_batch_that_is_held_up() {
    let mut scene = Scene::with_writers(2);
    let mut calls = vec![scene.echo(0).await, scene.echo(1).await];
    assert_eq!(scene.batch().await, [Ask::Echo(0)]);
    scene.clock.advance(HELD_UP);
    calls.push(scene.echo(2).await);
    assert_eq!(scene.batch().await, [1, 2].map(Ask::Echo));
    scene.let_on(2);
    answered(calls, 0).await;
    scene.end().await;
}

//! What lies around an erasure that a database lost: who lives on, who else wrote it down, what came in between, and what is not
//! told as done before it is safe.

use super::*;

const A_MINUTE: Duration = Duration::from_secs(60);

/// Lets housekeeping work until there are so many tombstones.
async fn erased_again(app: &TestApp, tombstones: usize) {
    for look in 1..=500 {
        if rows(app, "tombstone").await == tombstones {
            return;
        }
        if look % 20 == 1 {
            app.advance(Duration::from_secs(13));
        }
        tokio::task::yield_now().await;
    }
    panic!("there are never {tombstones} tombstones");
}

#[apply(every_engine)]
async fn a_new_life_that_the_backup_holds_is_left_alone(engine: Engine) {
    let journal = Elsewhere::new();
    let mut app = TestApp::start_with(fresh(engine).await, &journal.settings()).await;
    let notice = settled(&app).await;
    erase(&app, WHO).await;
    app.advance(Duration::from_secs(10));
    assert_eq!(upsert(&app, granted(&notice, START + 5_000_000)).await, "CREATED GRANTED");
    assert_eq!(deeds(&app, WHO, START + 9_000_000).await, ["RECORDED SEND", "RECORDED GRANTED"]);
    let backup = copy(app.database()).await;
    let before = (states(&app, WHO).await, access(app.client(), WHO).await, changes(&app, WHO).await);
    assert!(before.0.contains(&State::Granted));
    // Somebody whose erasure is lost, so that everybody is walked through.
    erase(&app, "anna").await;

    restore(&mut app, backup, &journal.settings()).await;
    assert_eq!(rows(&app, "tombstone").await, 2);
    let after = (states(&app, WHO).await, access(app.client(), WHO).await, changes(&app, WHO).await);
    assert_eq!(after, before);
    stays_erased(&app, "anna", &notice).await;
    app.finish().await;
}

/// Somebody was served who should not have been: what they said then goes with the rest, and that is told.
#[apply(every_engine)]
async fn what_came_between_a_restore_and_the_journal_goes_too_and_readers_are_told_last(engine: Engine) {
    let (journal, empty) = (Elsewhere::new(), Elsewhere::new());
    let mut app = TestApp::start_with(fresh(engine).await, &journal.settings()).await;
    let notice = settled(&app).await;
    let backup = copy(app.database()).await;
    erase(&app, WHO).await;
    restore(&mut app, backup, &empty.settings()).await;
    let between = START + 59_000_000;
    assert_eq!(upsert(&app, says(Answer::Withdraw, between)).await, "CHANGED WITHDRAWN");
    app.advance(A_MINUTE);
    assert_eq!(upsert(&app, granted(&notice, between + 1)).await, "SUPERSEDED WITHDRAWN");
    app.advance(A_MINUTE);

    app.restart(&journal.settings()).await;
    stays_erased(&app, WHO, &notice).await;
    let last = changes(&app, WHO).await.pop().expect("a change");
    assert_eq!(last, [v1::Effect::Erased; 7], "after all that readers were told");
    assert_eq!(upsert(&app, granted(&notice, between + 1)).await, "PROFILE_ERASED");
    assert_eq!(upsert(&app, granted(&notice, START + 180_000_000)).await, "CREATED GRANTED");
    app.finish().await;
}

/// A replica that erased nobody itself and serves all the time: the one that did may have gone with the machine that the lost
/// commits were on.
#[test]
fn what_another_replica_wrote_down_is_noticed_under_a_running_service() {
    assent_tests::engine::run(async {
        let journal = Elsewhere::new();
        let app = TestApp::start_with(fresh(Engine::Postgres).await, &journal.settings()).await;
        let notice = settled(&app).await;
        let backup = copy(app.database()).await;
        let mut other = Process::serve(app.database(), &journal.settings());
        let endpoint = format!("http://{}", other.address());
        let channel = tonic::transport::Endpoint::from_shared(endpoint).expect("an address").connect_lazy();
        let theirs = Client::new(channel, Engine::Postgres, Some(&app.ours().key), None).once();
        erased_by(&theirs, WHO).await;
        other.kill();
        put_back(backup, app.database()).await;
        erased_again(&app, 1).await;
        stays_erased(&app, WHO, &notice).await;
        app.finish().await;
    });
}

/// Nor one that was erased before it began to serve.
#[test]
fn what_was_written_down_before_the_start_is_noticed_under_a_running_service_too() {
    assent_tests::engine::run(async {
        let journal = Elsewhere::new();
        let mut app = TestApp::start_with(fresh(Engine::Postgres).await, &journal.settings()).await;
        let notice = settled(&app).await;
        let backup = copy(app.database()).await;
        erase(&app, WHO).await;
        app.restart(&journal.settings()).await;
        put_back(backup, app.database()).await;
        erased_again(&app, 1).await;
        stays_erased(&app, WHO, &notice).await;
        app.finish().await;
    });
}

#[test]
fn replicas_that_start_at_once_make_a_lost_erasure_once() {
    assent_tests::engine::run(async {
        let journal = Elsewhere::new();
        let mut app = TestApp::start_with(fresh(Engine::Postgres).await, &journal.settings()).await;
        let notice = settled(&app).await;
        let backup = copy(app.database()).await;
        erase(&app, WHO).await;
        app.stop().await;
        put_back(backup, app.database()).await;
        let url = app.database().url().to_owned();
        let started = tokio::join!(starts(&url, &journal, None), starts(&url, &journal, None));
        assert_eq!(started, (Ok(()), Ok(())));
        app.restart(&journal.settings()).await;
        assert_eq!(changes(&app, WHO).await, [vec![v1::Effect::Erased; 7]]);
        stays_erased(&app, WHO, &notice).await;
        app.finish().await;
    });
}

/// Its thirty days begin anew: nobody who reads what was put back can have heard of it.
#[apply(every_engine)]
async fn an_erasure_that_is_made_again_long_after_is_told_all_the_same(engine: Engine) {
    let journal = Elsewhere::new();
    let settings = [journal.settings()[0], ("FEED__RETENTION_DAYS", "36500")];
    let mut app = TestApp::start_with(fresh(engine).await, &settings).await;
    settled(&app).await;
    let backup = copy(app.database()).await;
    erase(&app, WHO).await;
    app.advance(40 * Duration::from_secs(86_400));
    restore(&mut app, backup, &settings).await;
    for _ in 0..20 {
        app.advance(Duration::from_secs(86_400));
        assert_eq!(changes(&app, WHO).await, [vec![v1::Effect::Erased; 7]]);
    }
    app.finish().await;
}

/// Nor is it by anybody who asks later: it would be untrue after the next restore.
#[apply(every_engine)]
async fn an_erasure_is_complete_only_when_it_is_written_down(engine: Engine) {
    let journal = Elsewhere::new();
    let place = journal.0.path().join("journal");
    let settings = [("ERASURE__JOURNAL", place.to_str().expect("a plain name"))];
    let app = TestApp::start_with(fresh(engine).await, &settings).await;
    settled(&app).await;
    std::fs::remove_dir_all(&place).expect("the folder goes");
    let request =
        v1::EraseProfileRequest { profile_table: story::people(), profile: story::person(WHO), origin: None };
    app.client().once().privacy().erase_profile(request).await.expect_err("it cannot be promised");
    for look in 0..200 {
        if look % 20 == 0 {
            app.advance(Duration::from_secs(13));
        }
        let erasure = profile(app.client(), WHO).await.erasure.expect("an erasure");
        assert_eq!(erasure.state(), ErasureState::Pending);
        tokio::task::yield_now().await;
    }
    std::fs::create_dir(&place).expect("the folder is back");
    completed(&app).await;
    let file = std::fs::read_dir(&place).expect("the folder").next().expect("one file").expect("a file");
    assert_eq!(std::fs::read_to_string(file.path()).expect("a text").lines().count(), 2);
    app.finish().await;
}

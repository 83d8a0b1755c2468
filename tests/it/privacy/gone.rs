//! Nothing that names an erased person is left, but for what the law wants left.

use super::*;
use assent_tests::engine::Engine;
use assent_tests::{apply, every_app, every_engine};
use v1::verify_history_response::Event as Walked;

/// How many records of ours are whole, and how many redacted.
async fn walked(app: &TestApp) -> (u64, u64) {
    let request = v1::VerifyHistoryRequest::default();
    let mut walk = app.client().consents().verify_history(request).await.expect("a walk").into_inner();
    let mut last = None;
    while let Some(told) = walk.message().await.expect("a walk goes on") {
        last = told.event;
    }
    match last {
        Some(Walked::Whole(whole)) => (whole.verified, whole.redacted),
        other => panic!("the ledger is not whole: {other:?}"),
    }
}

/// Whether the files of an SQLite database hold a text.
fn in_files(app: &TestApp, text: &str) -> bool {
    let Some(file) = app.database().file() else { return false };
    let log = file.with_file_name("assent.db-wal");
    let holds = |path| {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    holds(file) || holds(log)
}

/// In so many days the other tenant's requests are forgotten too, so that their dump is not compared at the end.
#[apply(every_engine)]
async fn an_erasure_leaves_its_own_record_for_thirty_days_and_then_nobodys_name(engine: Engine) {
    let mut app = TestApp::start(engine).await;
    thirty_days(&app).await;
    app.stop().await;
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}

async fn thirty_days(app: &TestApp) {
    let notice = settled(app).await;
    let everywhere = ["interaction", "last_device", "last_open", "profile", "record", "send"];
    assert_eq!(found_in(app, WHO).await, everywhere, "the search finds what is there");
    let before = walked(app).await;
    assert_eq!(before, (7, 0));
    if app.engine() == Engine::Sqlite {
        assert!(in_files(app, WORDS), "the search of the files finds what is there");
    }

    let erasure = erase(app, WHO).await;
    assert_eq!(erasure.erased_at, Some(story::timestamp(START)));
    assert_eq!(erasure.state(), ErasureState::Pending);
    assert_eq!(erasure.completes_after, Some(story::timestamp(START + 30_000_000)));
    assert_eq!(found_in(app, WHO).await, ["record"], "the erasure's own, for whoever follows");
    assert_eq!(walked(app).await, (6, 2));
    let told = changes(app, WHO).await;
    assert_eq!(told, [vec![v1::Effect::Erased; 7]], "what was before is passed by");

    completed(app).await;
    assert_eq!(found_in(app, WHO).await, ["record"]);
    assert!(!in_files(app, WORDS) && !in_files(app, &format!("{}:", marks::id(WHO))));

    app.advance(Duration::from_secs(30 * 86_400 - 120));
    for _ in 0..50 {
        tokio::task::yield_now().await;
        assert_eq!(found_in(app, WHO).await, ["record"], "not a minute early");
    }
    app.advance(Duration::from_secs(180));
    for _ in 0..500 {
        if found_in(app, WHO).await.is_empty() {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(found_in(app, WHO).await, Vec::<String>::new());
    assert!(!in_files(app, &marks::id(WHO)));
    assert_eq!(walked(app).await, (5, 3), "redacted, not broken");
    assert!(changes(app, WHO).await.is_empty());
    assert!(access(app.client(), "anna").await.len() > 2, "of nobody else anything is gone");

    // Nothing names her, and she is known all the same.
    assert_eq!(deeds(app, WHO, START + HOUR).await, ["DISCARDED PROFILE_ERASED"; 2]);
    assert_eq!(upsert(app, granted(&notice, START)).await, "PROFILE_ERASED");
    assert_eq!(upsert(app, says(v1::Answer::Withdraw, START)).await, "CREATED WITHDRAWN");
    assert_eq!(found_in(app, WHO).await, Vec::<String>::new());
    let again = erase(app, WHO).await;
    assert_eq!((again.state(), again.completes_after), (ErasureState::Complete, None));
    assert_eq!(found_in(app, WHO).await, Vec::<String>::new(), "nothing is made that names her again");
}

#[apply(every_app)]
async fn what_waits_to_be_numbered_is_erased_like_the_rest(app: &TestApp) {
    settled(app).await;
    // Nobody has asked for a number yet: housekeeping waits for the clock, which stands.
    upsert(app, says(v1::Answer::Withdraw, START)).await;
    assert_eq!(rows(app, "pending").await, 1);
    erase(app, WHO).await;
    assert_eq!(rows(app, "pending").await, 2);
    assert_eq!(walked(app).await, (6, 3));
    assert_eq!(found_in(app, WHO).await, ["record"]);
}

#[apply(every_app)]
async fn whoever_is_not_erased_keeps_everything(app: &TestApp) {
    settled(app).await;
    deeds(app, "anna", START - HOUR).await;
    let before = access(app.client(), "anna").await;
    erase(app, WHO).await;
    completed(app).await;
    let after = access(app.client(), "anna").await;
    assert_eq!(before.len(), 7, "a profile, a record, a text, two interactions, a day, the end");
    assert_eq!(after, before);
}

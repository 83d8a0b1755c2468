//! Whoever follows a link is shown what it can do: as often as they like, and without a trace.

use super::*;

#[apply(every_app)]
async fn a_link_that_is_followed_changes_nothing(app: &TestApp) {
    settled(app, "strict").await;
    let (withdraw, choose) = (withdrawing(app).await, choosing(app).await);
    let before = held(app).await;
    for token in [&withdraw, &choose, &withdraw, &choose] {
        link::describe(app.client(), token).await.expect("a description");
    }
    assert_eq!(held(app).await, before, "a mail scanner follows every link");
}

#[apply(every_app)]
async fn a_token_to_withdraw_shows_what_it_covers_and_nothing_else(app: &TestApp) {
    settled(app, "strict").await;
    let some = scopes(&[v1::Scope::EmailOpen, v1::Scope::Device]);
    let token = link::token(app.client(), link::withdrawing("anna", some.clone())).await;
    let told = link::describe(app.client(), &token).await.expect("a description");
    assert_eq!(
        (told.profile_table.clone(), told.capability()),
        (story::people(), v1::TokenCapability::Withdraw)
    );
    assert_eq!((told.coverage.clone(), told.expires_at), (some, None));
    assert_eq!(told.issued_at, Some(story::timestamp(START)));
    let reads: Vec<_> = told.standings.iter().map(|reads| (reads.series(), reads.state())).collect();
    assert_eq!(reads, [(Series::EmailOpen, State::Granted), (Series::Device, State::Granted)]);
    assert!(told.standings.iter().all(|reads| reads.record_id.is_none()), "the page is public");
    let words = format!("{told:?}");
    assert!(!words.contains(&marks::id("anna")) && !words.contains(&marks::id("spring")), "{words}");

    link::redeem(app.client(), link::withdrawal(&token, None)).await.expect("a withdrawal");
    let told = link::describe(app.client(), &token).await.expect("a description");
    assert!(told.standings.iter().all(|reads| reads.state() == State::Withdrawn), "as it reads now");
}

#[apply(every_app)]
async fn a_preference_centre_is_shown_everything_with_since_when(app: &TestApp) {
    settled(app, "strict").await;
    let token = choosing(app).await;
    let told = link::describe(app.client(), &token).await.expect("a description");
    assert_eq!(told.capability(), v1::TokenCapability::Preferences);
    assert_eq!(told.coverage, story::everything());
    let series: Vec<_> = told.standings.iter().map(|reads| reads.series() as i32).collect();
    assert_eq!(series, [1, 2, 3, 4, 5, 6, 7]);
    let since = Some(story::timestamp(START - 86_400_000_000));
    for reads in &told.standings {
        assert_eq!((reads.state(), reads.since, reads.last_confirmed), (State::Granted, since, since));
    }
    let stranger = link::token(app.client(), link::choosing("nobody we know")).await;
    let told = link::describe(app.client(), &stranger).await.expect("a description");
    assert!(told.standings.iter().all(|reads| reads.state() == State::Unknown && reads.since.is_none()));
}

#[apply(every_app)]
async fn settings_that_cannot_be_read_hide_the_states_and_stop_no_withdrawal(app: &TestApp) {
    settled(app, "strict").await;
    let token = withdrawing(app).await;
    let sql = format!("UPDATE profile_table SET body = '{{' WHERE tenant = '{}'", app.ours().id);
    assert_eq!(app.look().await.run(&sql).await.expect("a statement"), 1);
    let told = link::describe(app.client(), &token).await.expect("a description");
    assert_eq!((told.capability(), told.coverage), (v1::TokenCapability::Withdraw, story::tracking()));
    assert!(told.standings.is_empty());
    let told = link::redeem(app.client(), link::withdrawal(&token, None)).await.expect("a withdrawal");
    assert_eq!(link::words(&told[0]), each(&TRACKING, "CHANGED WITHDRAWN"));
}

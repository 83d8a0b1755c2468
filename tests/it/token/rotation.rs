//! Mail is kept for years, and so must the links in it work: old keys open for as long as they are configured.

use std::time::Duration;

use assent_tests::engine::fresh;
use assent_tests::every_engine;

use super::*;

/// Twenty months and some days.
const A_WHILE: Duration = Duration::from_secs(620 * 86_400);

#[apply(every_engine)]
async fn a_token_opens_five_years_later_after_three_rotations(engine: Engine) {
    let keys = [("2026", "11"), ("2028", "22"), ("2030", "33"), ("2031", "44")];
    let keys = keys.map(|(id, byte)| format!("{id}:{}", byte.repeat(32)));
    // Each time one more, in front.
    let lists: Vec<String> =
        (1..=4).map(|count| keys[..count].iter().rev().cloned().collect::<Vec<_>>().join(",")).collect();

    let mut app = TestApp::start_with(fresh(engine).await, &[("SECRETS__TOKEN_KEYS", &lists[0])]).await;
    settled(&app, "strict").await;
    let (withdraw, choose) = (withdrawing(&app).await, choosing(&app).await);
    assert!(withdraw.starts_with("2026."));
    for list in &lists[1..] {
        app.advance(A_WHILE);
        app.restart(&[("SECRETS__TOKEN_KEYS", list)]).await;
    }
    assert!(A_WHILE * 3 > Duration::from_secs(5 * 366 * 86_400), "more than five years");
    assert!(withdrawing(&app).await.starts_with("2031."), "the newest seals");

    let shown = link::describe(app.client(), &withdraw).await.expect("it opens");
    assert_eq!(shown.issued_at, Some(story::timestamp(START)));
    assert_eq!(link::describe(app.client(), &choose).await.expect("it opens").standings.len(), 7);
    let told = link::redeem(app.client(), link::withdrawal(&withdraw, None)).await.expect("it withdraws");
    assert_eq!(link::words(&told[0]), each(&TRACKING, "CHANGED WITHDRAWN"));
    let choice = link::choice(Answer::Object, marketing(), &[7; 32]);
    let told = link::redeem(app.client(), link::choices(&choose, vec![choice])).await.expect("it chooses");
    assert_eq!(link::words(&told[0]), ["MARKETING CHANGED OBJECTED"]);
    app.finish().await;
}

//! What is no token of ours is told as such, and does nothing.

use assent_tests::engine::fresh;
use assent_tests::every_engine;

use super::*;

/// What describing and redeeming tell of a token, which must be the same.
async fn told(client: &Client, token: &str) -> (Code, String, Vec<String>) {
    let described = fault(&link::describe(client, token).await.expect_err("no token"));
    let redeemed = link::redeem(client, link::withdrawal(token, None)).await.expect_err("no token");
    assert_eq!(described, fault(&redeemed));
    let choice = link::choice(Answer::Grant, marketing(), &[7; 32]);
    let chosen = link::redeem(client, link::choices(token, vec![choice])).await.expect_err("no token");
    assert_eq!(described, fault(&chosen));
    described
}

fn malformed() -> (Code, String, Vec<String>) {
    is(Code::InvalidArgument, "TOKEN_MALFORMED", &["token"])
}

fn key_unknown() -> (Code, String, Vec<String>) {
    is(Code::FailedPrecondition, "TOKEN_KEY_UNKNOWN", &["token"])
}

#[apply(every_app)]
async fn a_token_of_which_any_byte_was_changed_does_nothing(app: &TestApp) {
    settled(app, "strict").await;
    let token = withdrawing(app).await;
    let before = held(app).await;
    let client = app.client().once();
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'a' { b'b' } else { b'a' };
        let changed = String::from_utf8(bytes).expect("letters");
        let fault = fault(&link::describe(&client, &changed).await.expect_err("it was changed"));
        // The first letters are the id of the key.
        let expected = if at < "first".len() { key_unknown() } else { malformed() };
        assert_eq!(fault, expected, "{at}");
        let redeemed = link::redeem(&client, link::withdrawal(&changed, None)).await;
        assert!(redeemed.is_err(), "{at}");
    }
    for end in [1, 5, 6, 7, token.len() / 2, token.len() - 1] {
        assert_eq!(told(&client, &token[..end]).await, malformed(), "{end}");
    }
    for other in ["x", "....", "first.AAAA", &format!("{token}A"), &format!("{token}{token}"), "é"] {
        assert_eq!(told(&client, other).await, malformed(), "{other}");
    }
    assert_eq!(held(app).await, before);
}

#[apply(every_app)]
async fn a_token_that_is_none_by_its_length_is_a_wrong_field(app: &TestApp) {
    settled(app, "strict").await;
    for wrong in [String::new(), "a".repeat(1_025), "first.a\nb".to_owned()] {
        assert_eq!(told(app.client(), &wrong).await, is(Code::InvalidArgument, "FIELD_INVALID", &["token"]));
    }
}

#[apply(every_app)]
async fn another_tenants_token_is_malformed(app: &TestApp) {
    settled(app, "strict").await;
    let them = app.client().with_key(Some(&app.theirs().key)).blind();
    let theirs = link::token(&them, link::withdrawing("anna", story::tracking())).await;
    assert!(link::describe(&them, &theirs).await.is_ok());
    assert_eq!(told(app.client(), &theirs).await, malformed());
    let ours = withdrawing(app).await;
    assert_eq!(told(&them.once(), &ours).await, malformed());
}

#[apply(every_engine)]
async fn a_token_whose_key_was_taken_away_names_the_key_as_what_is_missing(engine: Engine) {
    let mut app = TestApp::start_with(fresh(engine).await, &[]).await;
    settled(&app, "strict").await;
    let token = withdrawing(&app).await;
    let other = format!("second:{}", "22".repeat(32));
    app.restart(&[("SECRETS__TOKEN_KEYS", &other)]).await;
    assert_eq!(told(app.client(), &token).await, key_unknown());
    // Another key under the old one's name opens nothing either.
    let renamed = format!("first:{}", "33".repeat(32));
    app.restart(&[("SECRETS__TOKEN_KEYS", &renamed)]).await;
    assert_eq!(told(app.client(), &token).await, malformed());
    app.restart(&[]).await;
    assert!(link::describe(app.client(), &token).await.is_ok(), "put back, it opens");
    app.finish().await;
}

//! Tokens are made in any number, for anybody, and nothing is kept of them.

use std::collections::BTreeSet;

use assent_tests::engine::{Engine, run};

use super::*;

/// Each item's token, or its error's code, reason and fields.
async fn made(
    app: &TestApp,
    items: Vec<v1::CreateTokensItem>,
) -> Vec<Result<String, (Code, String, Vec<String>)>> {
    let answer =
        app.client().consents().create_tokens(link::making(items)).await.expect("a batch is answered");
    let results =
        answer.into_inner().results.into_iter().map(|result| match result.result.expect("a result") {
            v1::create_tokens_result::Result::Token(token) => Ok(token),
            v1::create_tokens_result::Result::Error(error) => Err(fault(&status(&error))),
        });
    results.collect()
}

#[apply(every_app)]
async fn a_thousand_tokens_are_made_and_nothing_is_stored(app: &TestApp) {
    settled(app, "strict").await;
    let before = held(app).await;
    let items: Vec<_> = (0..1_000)
        .map(|number| match number % 2 {
            0 => link::withdrawing(&format!("somebody {number}"), story::everything()),
            _ => link::choosing(&format!("somebody {number}")),
        })
        .collect();
    let tokens = link::tokens(app.client(), items.clone()).await;
    assert_eq!(tokens.iter().collect::<BTreeSet<_>>().len(), 1_000, "no two are alike");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    assert!(tokens.iter().all(|token| token.starts_with("first.") && token.bytes().all(plain)));
    // A token of the same content is another one, and as long.
    let again = link::tokens(app.client(), items).await;
    assert!(tokens.iter().zip(&again).all(|(one, other)| one != other && one.len() == other.len()));
    assert_eq!(held(app).await, before);

    let many = vec![link::choosing("anna"); 1_001];
    let status = app.client().consents().create_tokens(link::making(many)).await.expect_err("too many");
    assert_eq!(fault(&status), is(Code::InvalidArgument, "BATCH_TOO_LARGE", &["items"]));
}

#[apply(every_app)]
async fn a_token_tells_nothing_of_whom_it_is_for(app: &TestApp) {
    settled(app, "strict").await;
    let items = ["a", "anna", "somebody"].map(|who| link::withdrawing(who, story::tracking()));
    let tokens = link::tokens(app.client(), items.to_vec()).await;
    assert!(tokens.iter().all(|token| token.len() == tokens[0].len()), "not even how long the id is");
    let longest = v1::CreateTokensItem {
        profile: Some(v1::ProfileKey { id: "x".repeat(128) }),
        message_id: Some("m".repeat(128)),
        ..link::choosing("anna")
    };
    assert!(link::token(app.client(), longest).await.len() <= 640, "as the contract says");
}

#[apply(every_app)]
async fn a_wrong_item_is_named_and_the_others_are_made(app: &TestApp) {
    settled(app, "strict").await;
    let until = |seconds: i64| {
        let expires_at = Some(story::timestamp(START + seconds * 1_000_000));
        let capability = v1::create_tokens_item::Capability::Preferences(v1::PreferencesToken { expires_at });
        v1::CreateTokensItem { capability: Some(capability), ..link::choosing("anna") }
    };
    let nothing = link::withdrawing("anna", Some(v1::Coverage::default()));
    let nobody = v1::CreateTokensItem { profile: None, capability: None, message_id: Some(String::new()) };
    let told = made(app, vec![until(1), until(0), nothing, nobody, link::choosing("anna")]).await;
    assert!(told[0].is_ok() && told[4].is_ok());
    let expected: [&[&str]; 3] = [
        &["items[1].preferences.expires_at"],
        &["items[2].withdraw"],
        &["items[3].profile", "items[3].capability", "items[3].message_id"],
    ];
    for (told, fields) in told[1..4].iter().zip(expected) {
        let (code, reason, mut named) = told.clone().expect_err("a wrong item");
        let mut fields = is(code, &reason, fields).2;
        named.sort();
        fields.sort();
        assert_eq!((code, reason.as_str(), named), (Code::InvalidArgument, "FIELD_INVALID", fields));
    }
    let elsewhere = v1::CreateTokensRequest {
        profile_table: marks::id("elsewhere"),
        ..link::making(vec![link::choosing("anna")])
    };
    let status = app.client().consents().create_tokens(elsewhere).await.expect_err("no such table");
    assert_eq!(fault(&status), is(Code::NotFound, "PROFILE_TABLE_UNKNOWN", &[]));
}

#[apply(every_app)]
async fn each_call_has_its_roles(app: &TestApp) {
    settled(app, "strict").await;
    let token = choosing(app).await;
    for (role, may) in [
        ("plan", [true, false, false]),
        ("consent", [true, true, true]),
        ("read", [false, true, false]),
        ("record,settings,privacy", [false, false, false]),
    ] {
        let key = app.key(&app.ours().id, role).await;
        let client = app.client().with_key(Some(&key));
        let made = client.consents().create_tokens(link::making(vec![link::choosing("anna")])).await;
        let described = link::describe(&client, &token).await;
        let redeemed = link::redeem(&client, link::withdrawal(&token, None)).await;
        let refused = |error: Option<Status>| match error {
            None => true,
            Some(status) => {
                assert_eq!(fault(&status), is(Code::PermissionDenied, "ROLE_MISSING", &[]), "{role}");
                false
            }
        };
        assert_eq!([refused(made.err()), refused(described.err()), refused(redeemed.err())], may, "{role}");
    }
}

#[test]
fn tokens_are_made_without_a_look_at_anybody() {
    run(async {
        let app = TestApp::start(Engine::Postgres).await;
        settled(&app, "strict").await;
        let mut look = app.look().await;
        look.run("BEGIN; LOCK TABLE profile, record, request, policy_override IN ACCESS EXCLUSIVE MODE")
            .await
            .expect("locks");
        let items = (0..1_000).map(|number| link::choosing(&format!("somebody {number}"))).collect();
        assert_eq!(link::tokens(app.client(), items).await.len(), 1_000);
        look.run("ROLLBACK").await.expect("the way is free");
        app.finish().await;
    });
}

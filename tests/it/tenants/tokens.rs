//! Links: a token acts for a person of the tenant that had it made, and for nobody else's.

use assent_tests::link;

use super::*;

#[apply(every_app)]
async fn a_token_is_of_its_tenant_and_so_is_the_person_for_whom_it_acts(app: &TestApp) {
    story::settle_in(app.client(), OURS).await;
    let made = [link::withdrawing("anna", story::tracking()), link::choosing("anna")];
    let [withdraw, choose] = link::tokens(app.client(), made.to_vec()).await.try_into().expect("two tokens");
    let said = link::withdrawal(&withdraw, None);
    let before = held(app).await;
    let them = outsider(app).await;
    let unknown = no(Code::NotFound, "PROFILE_TABLE_UNKNOWN");
    assert_eq!(refused(them.consents().create_tokens(link::making(made.to_vec())).await), unknown);
    let theirs =
        v1::PutProfileTableRequest { profile_table: Some(story::profile_table(story::people(), "theirs")) };
    them.settings().put_profile_table(theirs).await.expect("their own table");

    let malformed = no(Code::InvalidArgument, "TOKEN_MALFORMED");
    for token in [&withdraw, &choose] {
        let described = v1::DescribeTokenRequest { token: token.clone() };
        assert_eq!(refused(them.consents().describe_token(described).await), malformed);
        assert_eq!(refused(them.consents().redeem_token(link::withdrawal(token, None)).await), malformed);
    }
    // A token of their own, for the same id, is about somebody else; even our request id is free for them.
    let own = link::token(&them, link::withdrawing("anna", story::tracking())).await;
    let told = link::describe(&them, &own).await.expect("a description");
    assert!(told.standings.iter().all(|reads| reads.state() == State::Unknown));
    let redeemed =
        v1::RedeemTokenRequest { request_id: said.request_id.clone(), ..link::withdrawal(&own, None) };
    assert!(link::redeem(&them, redeemed).await.expect("their own withdrawal")[0].is_ok());
    assert_eq!(held(app).await, before, "nothing of ours changed");

    assert!(link::redeem(app.client(), said).await.expect("our own withdrawal")[0].is_ok());
    kept_apart(app, "ConsentService", &["CreateTokens", "DescribeToken", "RedeemToken"]);
}

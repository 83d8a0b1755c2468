//! Privacy: another tenant's Anna is erased, ours is not; what we hold of ours is not told to them.

use assent_proto::v1::access_profile_response::Piece;

use super::*;

#[apply(every_app)]
async fn a_person_is_erased_and_told_of_in_their_own_tenant_alone(app: &TestApp) {
    story::settle_in(app.client(), OURS).await;
    let at = assent_tests::app::START;
    assent_tests::deed::record(app.client(), vec![assent_tests::deed::open("anna", at, "spring")]).await;
    let before = held(app).await;
    let them = outsider(app).await;
    let erase = || v1::EraseProfileRequest {
        profile_table: story::people(),
        profile: story::person("anna"),
        origin: None,
    };
    let access =
        || v1::AccessProfileRequest { profile_table: story::people(), profile: story::person("anna") };

    let unknown = no(Code::NotFound, "PROFILE_TABLE_UNKNOWN");
    assert_eq!(refused(them.privacy().erase_profile(erase()).await), unknown);
    assert_eq!(refused(them.privacy().access_profile(access()).await), unknown);

    let put =
        v1::PutProfileTableRequest { profile_table: Some(story::profile_table(story::people(), "theirs")) };
    them.settings().put_profile_table(put).await.expect("their own table");
    let mut told = them.privacy().access_profile(access()).await.expect("access").into_inner();
    let mut pieces = Vec::new();
    while let Some(next) = told.message().await.expect("a piece") {
        pieces.extend(next.piece);
    }
    assert_eq!(pieces.last(), Some(&Piece::End(v1::AccessEnd::default())), "they hold nothing of her");
    them.privacy().erase_profile(erase()).await.expect("their own Anna");

    assert_eq!(held(app).await, before, "nothing of ours changed");
    let opened =
        assent_tests::deed::fates(app.client(), vec![assent_tests::deed::open("anna", at, "summer")]).await;
    assert_eq!(opened, ["RECORDED GRANTED"], "ours is not erased");
    kept_apart(app, "PrivacyService", &["AccessProfile", "EraseProfile"]);
}

//! Audiences: another tenant's Anna has opened nothing of ours and sleeps in no list of theirs.

use assent_proto::v1::{FindInactiveRequest, InteractionKind, LinkMode, PixelMode};
use assent_tests::audience::{asking, day, inactive, inactive_since, last_opened, question, told, who};
use assent_tests::{deed, wait};

use super::*;

#[apply(every_app)]
async fn who_did_something_and_who_sleeps_is_told_to_their_own_tenant_alone(app: &TestApp) {
    story::settle_in(app.client(), OURS).await;
    let at = assent_tests::app::START;
    let dark = |who| deed::send(who, at, "winter", PixelMode::None, LinkMode::Plain);
    deed::record(app.client(), vec![deed::open("anna", at, "spring"), dark("anna"), dark("bruno")]).await;
    // What the open itself put down does not matter here.
    let forget = format!("DELETE FROM last_open WHERE tenant = '{}'", app.ours().id);
    app.look().await.run(&forget).await.expect("no day");
    for who in ["anna", "bruno"] {
        last_opened(app, who, "2026-05-01").await;
    }
    let opens = |id| question("anna", wait::message(id), &[InteractionKind::EmailOpen]);
    let asked = || ["spring", "winter"].map(opens).to_vec();
    assert_eq!(told(app.client(), asked()).await, ["YES EMAIL_OPEN", "NOT_KNOWN NOT_TRACKABLE"]);
    let first = FindInactiveRequest { page_size: 1, ..inactive_since(day("2026-06-01")) };
    let page = app.client().audience().find_inactive(first.clone()).await.expect("a page").into_inner();
    assert_eq!(who(&page).len(), 1);
    let second = FindInactiveRequest { page_token: page.next_page_token, ..first };
    let before = held(app).await;
    let them = outsider(app).await;

    let unknown = no(Code::NotFound, "PROFILE_TABLE_UNKNOWN");
    assert_eq!(refused(them.audience().query_engagement(asking(asked())).await), unknown);
    let theirs = inactive_since(day("2026-06-01"));
    assert_eq!(refused(them.audience().find_inactive(theirs.clone()).await), unknown);

    let mut table = story::profile_table(story::people(), "theirs");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    them.settings().put_profile_table(put).await.expect("their own table");
    // Neither our row, nor our send's mode, nor our day.
    assert_eq!(told(&them, asked()).await, ["NO"; 2]);
    assert_eq!(inactive(&them, theirs.clone()).await, (Vec::new(), None));
    // Nor our day where their own Anna is one they sent something.
    deed::record(&them, vec![dark("anna")]).await;
    assert_eq!(inactive(&them, theirs).await, (Vec::new(), None));
    let malformed = no(Code::InvalidArgument, "PAGE_TOKEN_MALFORMED");
    assert_eq!(refused(them.audience().find_inactive(second).await), malformed);

    assert_eq!(held(app).await, before, "nothing of ours changed");
    kept_apart(app, "AudienceService", &["QueryEngagement", "FindInactive"]);
}

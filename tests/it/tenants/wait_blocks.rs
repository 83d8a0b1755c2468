//! Wait blocks: another tenant's Anna has opened nothing of ours, and our consent says nothing of theirs.

use assent_proto::v1::InteractionKind;
use assent_tests::{deed, wait};

use super::*;

#[apply(every_app)]
async fn where_somebody_stands_is_told_to_their_own_tenant_alone(app: &TestApp) {
    story::settle_in(app.client(), OURS).await;
    let at = assent_tests::app::START;
    let ceilings =
        v1::WebsiteCeilings { email_open: v1::Ceiling::Never.into(), ..v1::WebsiteCeilings::default() };
    let website =
        Some(v1::Website { id: marks::id("shop"), ceilings: Some(ceilings), ..v1::Website::default() });
    app.client().settings().put_website(v1::PutWebsiteRequest { website }).await.expect("a website");
    let sent = deed::send("anna", at, "winter", v1::PixelMode::None, v1::LinkMode::Plain);
    deed::record(app.client(), vec![deed::open("anna", at, "spring"), sent]).await;
    let opens = |target| {
        let exit_policy = v1::ExitPolicy::Immediate.into();
        let block = wait::block("anna", target, &[InteractionKind::EmailOpen], at, at + 1);
        v1::WaitBlock { exit_policy, ..block }
    };
    let blocks = || ["spring", "winter"].map(wait::message).into_iter().chain([wait::website("shop")]);
    let asked = || blocks().map(opens).collect::<Vec<_>>();
    let ours = wait::stand(app.client(), asked()).await;
    assert_eq!(ours, ["MATCHED", "EXITED NOT_TRACKABLE", "EXITED TRACKING_DISABLED"]);
    let before = held(app).await;
    let them = outsider(app).await;

    let unknown = no(Code::NotFound, "PROFILE_TABLE_UNKNOWN");
    let request = wait::request(asked());
    assert_eq!(refused(them.wait_blocks().evaluate_wait_blocks(request).await), unknown);

    let mut table = story::profile_table(story::people(), "theirs");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    them.settings().put_profile_table(put).await.expect("their own table");
    // Neither our row, nor our send's mode, nor our website's ceiling.
    assert_eq!(wait::stand(&them, asked()).await, ["WAITING"; 3]);

    assert_eq!(held(app).await, before, "nothing of ours changed");
    kept_apart(app, "WaitBlockService", &["EvaluateWaitBlocks"]);
}

//! What people did: another tenant's interactions of the same ids are somebody else's.

use assent_proto::v1::read_interactions_request::Position;
use assent_proto::v1::watch_interactions_request::Position as From;
use assent_proto::v1::watch_interactions_response::Event;
use assent_tests::{deed, plan, streamed};

use super::*;

/// What is called here as the other tenant.
const CALLS: [&str; 6] = [
    "RecordInteractions",
    "StreamInteractions",
    "GetProfileActivity",
    "GetCampaignReport",
    "ReadInteractions",
    "WatchInteractions",
];

fn activity(page_token: Option<String>) -> v1::GetProfileActivityRequest {
    v1::GetProfileActivityRequest {
        profile_table: story::people(),
        profile: story::person("anna"),
        page_size: 1,
        page_token,
    }
}

#[apply(every_app)]
async fn what_somebody_did_is_told_to_their_own_tenant_alone(app: &TestApp) {
    story::settle_in(app.client(), OURS).await;
    let at = assent_tests::app::START;
    let sent = deed::send("anna", at, "spring", v1::PixelMode::None, v1::LinkMode::Plain);
    let seen = deed::visit("anna", at, "shop");
    let of_stream = deed::visit("anna", at, "shop");
    let ours_by_stream = of_stream.interaction_id.clone();
    deed::record(app.client(), vec![sent, seen.clone(), of_stream]).await;
    let them = outsider(app).await;

    let request =
        v1::RecordInteractionsRequest { profile_table: story::people(), interactions: vec![seen.clone()] };
    let unknown = no(Code::NotFound, "PROFILE_TABLE_UNKNOWN");
    assert_eq!(refused(them.interactions().record_interactions(request.clone()).await), unknown);
    let streamed = streamed::one(them.interactions(), request).await.map(tonic::Response::new);
    assert_eq!(refused(streamed), unknown);
    assert_eq!(refused(them.interactions().get_profile_activity(activity(None)).await), unknown);

    let mut table = story::profile_table(story::people(), "theirs");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    them.settings().put_profile_table(put).await.expect("their own table");
    let page = them.interactions().get_profile_activity(activity(None)).await.expect("a page").into_inner();
    assert!(page.interactions.is_empty() && page.next_page_token.is_none());
    let token = app.client().interactions().get_profile_activity(activity(None)).await.expect("a page");
    let token = token.into_inner().next_page_token;
    assert!(token.is_some());
    let malformed = refused(them.interactions().get_profile_activity(activity(token)).await);
    assert_eq!(malformed, no(Code::InvalidArgument, "PAGE_TOKEN_MALFORMED"));

    let read = |position| v1::ReadInteractionsRequest { position: Some(position), ..Default::default() };
    let earliest = || read(Position::Edge(v1::CursorEdge::Earliest.into()));
    let page = them.interactions().read_interactions(earliest()).await.expect("a page").into_inner();
    assert!(page.interactions.is_empty() && page.caught_up && page.left_out.is_none());
    let ours = app.client().interactions().read_interactions(earliest()).await.expect("a page").into_inner();
    assert_eq!(ours.interactions.len(), 3);
    let malformed = read(Position::Cursor(ours.next_cursor.clone()));
    let malformed = refused(them.interactions().read_interactions(malformed).await);
    assert_eq!(malformed, no(Code::InvalidArgument, "CURSOR_MALFORMED"));

    let watch = |position| v1::WatchInteractionsRequest { position: Some(position), ..Default::default() };
    let malformed = watch(From::Cursor(ours.next_cursor));
    let malformed = refused(them.interactions().watch_interactions(malformed).await);
    assert_eq!(malformed, no(Code::InvalidArgument, "CURSOR_MALFORMED"));
    let all = watch(From::Edge(v1::CursorEdge::Earliest.into()));
    let mut theirs =
        them.interactions().watch_interactions(all).await.expect("a stream of their own").into_inner();
    let told = theirs.message().await.expect("it goes on").and_then(|told| told.event);
    assert!(matches!(told, Some(Event::Checkpoint(_))), "{told:?}");
    let report = v1::GetCampaignReportRequest { campaign_id: marks::id("campaign"), days: None };
    let of_ours = v1::Interaction {
        campaign_id: Some(marks::id("campaign")),
        ..deed::open("anna", at, "spring of a campaign")
    };
    assert_eq!(deed::fates(app.client(), vec![of_ours]).await, ["RECORDED GRANTED"]);
    let opens = async |client: &Client| {
        let told = client.interactions().get_campaign_report(report.clone()).await.expect("a report");
        told.into_inner().total.expect("a total").email_opens.expect("a rate").human
    };
    assert_eq!((opens(app.client()).await, opens(&them).await), (1, 0));
    let before = held(app).await;

    // Our id and instant are free for them; our consent and the mode of our send say nothing of their Anna.
    let own = deed::click("anna", at, "spring", "offer");
    let own = v1::Interaction { interaction_id: seen.interaction_id, ..own };
    assert_eq!(deed::fates(&them, vec![own]).await, ["RECORDED DEFAULT_PERMITS"]);
    // Everything that the stream has told them since it began is their own.
    let told = theirs.message().await.expect("it goes on").and_then(|told| told.event);
    let Some(Event::Batch(batch)) = told else { panic!("{told:?}") };
    assert_eq!((batch.interactions.len(), batch.left_out), (1, None));
    drop(theirs);
    let own = v1::Interaction { interaction_id: ours_by_stream, ..deed::visit("anna", at, "shop") };
    let request = v1::RecordInteractionsRequest { profile_table: story::people(), interactions: vec![own] };
    let told = streamed::one(them.interactions(), request).await.expect("a batch of their own").results;
    let told: Vec<_> = told.iter().filter_map(|told| told.result.as_ref()).map(deed::words).collect();
    assert_eq!(told, ["RECORDED DEFAULT_PERMITS"]);

    assert_eq!(held(app).await, before, "nothing of ours changed");
    kept_apart(app, "InteractionService", &CALLS);
}

#[apply(every_app)]
async fn a_send_is_planned_by_what_ones_own_tenant_holds_alone(app: &TestApp) {
    story::settle_in(app.client(), OURS).await;
    let request = plan::to(&["anna"], "spring");
    let recorded = plan::recording(request.clone());
    assert_eq!(
        plan::words(app.client(), recorded.clone()).await,
        ["IDENTIFIED GRANTED, TRACKED GRANTED, RECORDED"]
    );
    let before = held(app).await;
    let them = outsider(app).await;
    let unknown = no(Code::NotFound, "PROFILE_TABLE_UNKNOWN");
    for request in [request.clone(), recorded.clone()] {
        assert_eq!(refused(them.interactions().plan_tracking(request).await), unknown);
    }

    let put =
        v1::PutProfileTableRequest { profile_table: Some(story::profile_table(story::people(), "theirs")) };
    them.settings().put_profile_table(put).await.expect("their own table");
    // Our consent says nothing of their Anna; our request id and our send's are free for them, and our message is not
    // theirs.
    let other = v1::PlanTrackingRequest { message_id: marks::id("summer"), ..recorded.clone() };
    assert_eq!(plan::words(&them, other).await, ["NONE UNKNOWN, PLAIN UNKNOWN, RECORDED"]);
    story::declare(&them, "theirs").await;
    assert_eq!(
        plan::words(&them, plan::to(&["anna"], "mail")).await,
        ["NONE TRACKING_DISABLED, PLAIN ANONYMOUS_ONLY"]
    );

    assert_eq!(held(app).await, before, "nothing of ours changed");
    kept_apart(app, "InteractionService", &["PlanTracking"]);
}

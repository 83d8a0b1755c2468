//! Requests of AudienceService with nothing wrong in them.

use assent_proto::v1::{self, InteractionKind::EmailClick, InteractionKind::EmailOpen};
use assent_tests::app::{START, TestApp};
use assent_tests::audience::{asking, day, inactive_since, last_opened, question};
use assent_tests::{deed, marks, story, wait};

use super::valid::{Valid, valid};

pub(super) async fn requests(app: &TestApp) -> Vec<Valid> {
    let within = |target, kinds: &[v1::InteractionKind]| v1::EngagementQuestion {
        occurred_from: Some(story::timestamp(START - 1)),
        occurred_before: Some(story::timestamp(START)),
        ..question("anna", target, kinds)
    };
    let link_id = Some(marks::id("offer"));
    let questions = vec![
        v1::EngagementQuestion { link_id, ..within(wait::message("spring"), &[EmailClick, EmailOpen]) },
        within(wait::campaign("campaign"), &[EmailOpen]),
        within(wait::website("shop"), &[EmailOpen]),
        within(wait::goal("sale"), &[v1::InteractionKind::TransactionGoal]),
    ];
    // Each in a call of its own: what is broken is broken in one item of a call.
    let ask = |question| valid("AudienceService.QueryEngagement", &asking(vec![question]));
    let mut requests: Vec<_> = questions.into_iter().map(ask).collect();

    // Two who have not opened anything for long, so that there is a second page.
    for who in ["chloe", "dario"] {
        let sent = deed::send(who, START, "dark", v1::PixelMode::None, v1::LinkMode::Plain);
        deed::record(&app.client().once(), vec![sent]).await;
        last_opened(app, who, "2026-05-01").await;
    }
    let first = v1::FindInactiveRequest { page_size: 1, ..inactive_since(day("2026-06-01")) };
    let page = app.client().audience().find_inactive(first.clone()).await.expect("a page").into_inner();
    requests.push(valid(
        "AudienceService.FindInactive",
        &v1::FindInactiveRequest { page_token: page.next_page_token, ..first },
    ));
    requests
}

//! One person's activity: of what was recorded, what may be read now.

use assent_proto::v1::{self, Answer};
use assent_tests::app::TestApp;
use assent_tests::deed::{fates, goal, open, send};
use assent_tests::{apply, every_app, marks, story};
use tonic::Code;

use super::{BEFORE, says, settled};

pub(super) fn activity_of(who: &str) -> v1::GetProfileActivityRequest {
    v1::GetProfileActivityRequest {
        profile_table: story::people(),
        profile: story::person(who),
        ..v1::GetProfileActivityRequest::default()
    }
}

pub(super) async fn page(
    app: &TestApp,
    request: v1::GetProfileActivityRequest,
) -> v1::GetProfileActivityResponse {
    let found = app.client().interactions().get_profile_activity(request).await;
    found.expect("activity").into_inner()
}

#[apply(every_app)]
async fn pages_hold_everything_once_the_newest_first(app: &TestApp) {
    settled(app).await;
    let mut deeds = vec![send("anna", BEFORE, "spring", v1::PixelMode::Identified, v1::LinkMode::Tracked)];
    deeds.extend((1..=4).map(|turn| open("anna", BEFORE + turn, "spring")));
    deeds.push(goal("anna", BEFORE + 5, "sale", 4_990));
    // Two at the same instant.
    deeds.push(open("anna", BEFORE + 4, "spring"));
    fates(app.client(), deeds.clone()).await;
    fates(app.client(), vec![open("chloe", BEFORE, "spring")]).await;

    let mut found = Vec::new();
    let mut token = None;
    loop {
        let page = page(
            app,
            v1::GetProfileActivityRequest { page_size: 2, page_token: token, ..activity_of("anna") },
        )
        .await;
        assert!(page.interactions.len() <= 2);
        found.extend(page.interactions);
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
    }
    let times: Vec<_> = found
        .iter()
        .map(|row| {
            let at = row.interaction.as_ref().and_then(|told| told.occurred_at).expect("when");
            (at.seconds, at.nanos)
        })
        .collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older), "{times:?}");
    let mut ids: Vec<_> =
        found.iter().filter_map(|row| Some(row.interaction.clone()?.interaction_id)).collect();
    let mut sent: Vec<_> = deeds.iter().map(|deed| deed.interaction_id.clone()).collect();
    ids.sort();
    sent.sort();
    assert_eq!(ids, sent);
    let told = found.iter().find_map(|row| match row.interaction.as_ref()?.what.as_ref()? {
        v1::interaction::What::TransactionGoal(goal) => goal.amount.clone(),
        _ => None,
    });
    assert_eq!(told, Some(v1::Money { minor_units: 4_990, currency_code: "EUR".to_owned() }));
    assert!(found.iter().all(|row| row.policy.as_ref().is_some_and(|policy| policy.id == "strict")));
}

#[apply(every_app)]
async fn what_was_recorded_is_not_shown_once_consent_is_withdrawn_where_the_policy_erases(app: &TestApp) {
    settled(app).await;
    let sent = send("anna", BEFORE, "spring", v1::PixelMode::Identified, v1::LinkMode::Tracked);
    fates(app.client(), vec![sent, open("anna", BEFORE + 1, "spring")]).await;
    assert_eq!(page(app, activity_of("anna")).await.interactions.len(), 2);
    says(app, "anna", Answer::Withdraw).await;
    let left = page(app, activity_of("anna")).await.interactions;
    assert_eq!(left.len(), 1, "what we sent is ours");
    assert!(matches!(
        left[0].interaction.as_ref().and_then(|told| told.what.as_ref()),
        Some(v1::interaction::What::Send(_))
    ));
}

#[apply(every_app)]
async fn activity_is_asked_of_a_table_that_is_there_and_with_a_token_of_its_own(app: &TestApp) {
    settled(app).await;
    let nowhere =
        v1::GetProfileActivityRequest { profile_table: marks::id("nowhere"), ..activity_of("anna") };
    let refused = app.client().interactions().get_profile_activity(nowhere).await;
    assert_eq!(refused.expect_err("no such table").code(), Code::NotFound);

    fates(app.client(), vec![open("anna", BEFORE, "a"), open("anna", BEFORE + 1, "b")]).await;
    let token = page(app, v1::GetProfileActivityRequest { page_size: 1, ..activity_of("anna") })
        .await
        .next_page_token;
    assert!(token.is_some());
    let of_another = v1::GetProfileActivityRequest { page_token: token, ..activity_of("bruno") };
    let refused = app.client().interactions().get_profile_activity(of_another).await;
    assert_eq!(refused.expect_err("a token of another's activity").code(), Code::InvalidArgument);
    let never_heard_of = page(app, activity_of("never heard of")).await;
    assert!(never_heard_of.interactions.is_empty() && never_heard_of.last_device.is_none());
}

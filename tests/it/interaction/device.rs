//! The last device and user agent: kept only where DEVICE permits, and only the last.

use assent_proto::v1::{self, Answer, coverage::Tracking};
use assent_tests::app::{START, TestApp};
use assent_tests::deed::{fates, open};
use assent_tests::{apply, every_app, marks, story};

use super::{BEFORE, rows, settled};

fn seen(who: &str, at: i64, device: &str) -> v1::Interaction {
    let (device, user_agent) = (Some(marks::id(device)), Some(marks::id("agent")));
    v1::Interaction { device, user_agent, ..open(who, at, "spring") }
}

async fn last(app: &TestApp, who: &str) -> Option<String> {
    let request = v1::GetProfileActivityRequest {
        profile_table: story::people(),
        profile: story::person(who),
        ..v1::GetProfileActivityRequest::default()
    };
    let found = app.client().interactions().get_profile_activity(request).await.expect("activity");
    found.into_inner().last_device?.device
}

async fn says_of_device(app: &TestApp, who: &str, answer: Answer) {
    let mut item = story::item(who, answer, START, None);
    if let Some(v1::upsert_consents_item::Event::Answer(given)) = &mut item.event {
        let scopes = vec![v1::Scope::Device.into()];
        given.coverage = Some(v1::Coverage {
            marketing: false,
            tracking: Some(Tracking::Scopes(v1::ScopeList { scopes })),
        });
    }
    app.client().consents().upsert_consents(story::batch(vec![item])).await.expect("a batch is answered");
}

#[apply(every_app)]
async fn the_newest_device_is_the_last_one_whatever_the_order_of_arrival(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![seen("anna", BEFORE, "phone"), seen("anna", BEFORE - 1, "tablet")]).await;
    assert_eq!(last(app, "anna").await, Some(marks::id("phone")));
    fates(app.client(), vec![seen("anna", BEFORE - 2, "watch")]).await;
    assert_eq!(last(app, "anna").await, Some(marks::id("phone")), "an older one never replaces a newer");
    fates(app.client(), vec![seen("anna", BEFORE + 1, "laptop")]).await;
    assert_eq!(last(app, "anna").await, Some(marks::id("laptop")));
    let machine = v1::Interaction { automated: true, ..seen("anna", BEFORE + 2, "scanner") };
    fates(app.client(), vec![machine]).await;
    assert_eq!(last(app, "anna").await, Some(marks::id("laptop")), "a machine's is nobody's");
    assert_eq!(rows(app, "last_device").await, 1);
}

#[apply(every_app)]
async fn a_device_is_not_kept_without_its_own_consent(app: &TestApp) {
    settled(app).await;
    says_of_device(app, "bruno", Answer::Refuse).await;
    let told = fates(app.client(), vec![seen("bruno", BEFORE, "phone")]).await;
    assert_eq!(told, ["RECORDED GRANTED"], "the open is another scope's matter");
    assert_eq!((last(app, "bruno").await, rows(app, "last_device").await), (None, 0));
}

#[apply(every_app)]
async fn a_device_is_not_shown_once_its_consent_is_withdrawn(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![seen("anna", BEFORE, "phone")]).await;
    says_of_device(app, "anna", Answer::Withdraw).await;
    assert_eq!(last(app, "anna").await, None);
}

//! "Has opened / clicked / visited / reached": yes, no, not known.

use assent_proto::v1::{
    self, Answer, InteractionKind, LinkMode, PixelMode, query_engagement_result::Result as Told,
};
use assent_tests::audience::{asking, question, results, told};
use assent_tests::deed::{click, fates, goal, open, send, sms_click, visit};
use assent_tests::{apply, every_app, marks, story, wait};

use super::*;

const NOT_TRACKABLE: &str = "NOT_KNOWN NOT_TRACKABLE";
const WITHDRAWN: &str = "NOT_KNOWN CONSENT_WITHDRAWN";

/// Whether somebody opened "spring".
fn opened(who: &str) -> v1::EngagementQuestion {
    question(who, wait::message("spring"), &[OPEN])
}

#[apply(every_app)]
async fn what_was_done_is_a_yes_with_its_kind_and_instant_and_no_more(app: &TestApp) {
    settled(app).await;
    let deeds = vec![
        open("anna", BEFORE, "spring"),
        open("anna", BEFORE - 1, "spring"),
        click("anna", BEFORE, "spring", "offer"),
        sms_click("anna", BEFORE, "text"),
        visit("anna", BEFORE, "shop"),
        goal("anna", BEFORE, "sale", 100),
    ];
    assert_eq!(fates(app.client(), deeds).await, ["RECORDED GRANTED"; 6]);
    let asked = |who: &str| {
        vec![
            question(who, wait::message("spring"), &[OPEN]),
            question(who, wait::message("spring"), &[CLICK]),
            question(who, wait::message("text"), &[InteractionKind::SmsClick]),
            question(who, wait::website("shop"), &[InteractionKind::WebsiteVisit]),
            question(who, wait::goal("sale"), &[InteractionKind::TransactionGoal]),
        ]
    };
    let kinds = ["EMAIL_OPEN", "EMAIL_CLICK", "SMS_CLICK", "WEBSITE_VISIT", "TRANSACTION_GOAL"];
    assert_eq!(told(app.client(), asked("anna")).await, kinds.map(|kind| format!("YES {kind}")));
    // No send is known of anybody, and Bruno may be tracked.
    assert_eq!(told(app.client(), asked("bruno")).await, ["NO"; 5]);
    let first = results(app.client(), asking(asked("anna"))).await.remove(0);
    let Told::Engagement(first) = first else { panic!("it is answered") };
    let matched = v1::EngagementMatch { kind: OPEN.into(), occurred_at: Some(story::timestamp(BEFORE - 1)) };
    assert_eq!(first.matched, Some(matched), "the earliest");
    assert_eq!(first.policy, Some(v1::PolicyVersion { id: "strict".to_owned(), version: 1 }));
}

#[apply(every_app)]
async fn who_may_not_be_tracked_is_not_known_and_no_non_opener(app: &TestApp) {
    settled(app).await;
    let opens = ["anna", "bruno", "chloe"].map(|who| open(who, BEFORE, "spring")).to_vec();
    assert_eq!(fates(app.client(), opens).await, ["RECORDED GRANTED"; 3]);
    says(app, "anna", Answer::Withdraw).await;
    says(app, "bruno", Answer::Object).await;
    says(app, "dario", Answer::Refuse).await;
    let everybody = ["anna", "bruno", "chloe", "dario", "elena", "nobody heard of"];
    let asked = || everybody.map(opened).to_vec();
    let expected = [WITHDRAWN, WITHDRAWN, "YES EMAIL_OPEN", WITHDRAWN, "NO", NOT_TRACKABLE];
    assert_eq!(told(app.client(), asked()).await, expected);
}

// Actito 7
#[apply(every_app)]
async fn legacy_answers_no_instead_where_no_other_policy_applies(app: &TestApp) {
    settled(app).await;
    under(app, "legacy").await;
    fates(app.client(), vec![open("anna", BEFORE, "spring"), open("bruno", BEFORE, "spring")]).await;
    says(app, "anna", Answer::Withdraw).await;
    let dark = send("chloe", BEFORE, "spring", PixelMode::None, LinkMode::Plain);
    fates(app.client(), vec![dark]).await;
    let asked = || ["anna", "bruno", "chloe", "nobody heard of"].map(opened).to_vec();
    let expected = ["NO CONSENT_WITHDRAWN", "YES EMAIL_OPEN", "NO NOT_TRACKABLE", "NO"];
    assert_eq!(told(app.client(), asked()).await, expected);

    // A French website brings its country's policy with it, and so does a person's own country.
    declare_website(app, "french", "FR", v1::Ceiling::Default).await;
    let about = |who: &str| question(who, wait::website("french"), &[OPEN]);
    assert_eq!(
        told(app.client(), vec![about("anna"), about("nobody heard of")]).await,
        [WITHDRAWN, NOT_TRACKABLE]
    );
    let facts = v1::ProfileFacts {
        collected_on: None,
        jurisdiction: Some("DE".to_owned()),
        source: story::form("ours"),
    };
    let german =
        v1::UpsertConsentsItem { facts: Some(facts), ..story::item("anna", Answer::Withdraw, START, None) };
    say(app, vec![german]).await;
    assert_eq!(told(app.client(), vec![opened("anna")]).await, [WITHDRAWN]);
}

// Small print 19
#[apply(every_app)]
async fn mail_that_could_not_show_it_is_not_known_even_with_a_row_on_record(app: &TestApp) {
    settled(app).await;
    let modes = [
        ("anna", PixelMode::None, NOT_TRACKABLE),
        ("bruno", PixelMode::Shared, NOT_TRACKABLE),
        ("chloe", PixelMode::ExemptLastOpen, NOT_TRACKABLE),
        ("dario", PixelMode::Identified, "YES EMAIL_OPEN"),
        ("elena", PixelMode::Unspecified, "YES EMAIL_OPEN"),
    ];
    // The opens arrive before anybody says how the mail went out.
    let opens = modes.iter().map(|(who, ..)| open(who, BEFORE, "spring")).collect();
    assert_eq!(fates(app.client(), opens).await, ["RECORDED GRANTED"; 5]);
    let sends =
        modes.iter().map(|(who, pixel, _)| send(who, BEFORE - 1, "spring", *pixel, LinkMode::Tracked));
    fates(app.client(), sends.collect()).await;
    let asked = modes.iter().map(|(who, ..)| opened(who)).collect();
    assert_eq!(told(app.client(), asked).await, modes.map(|(.., expected)| expected));
    // Links bound clicks: nobody clicked, and all of those links could have told.
    let clicked = modes.iter().map(|(who, ..)| question(who, wait::message("spring"), &[CLICK])).collect();
    assert_eq!(told(app.client(), clicked).await, ["NO"; 5]);
}

#[apply(every_app)]
async fn mail_that_carries_no_tracking_a_ceiling_and_a_functional_link_are_not_known(app: &TestApp) {
    settled(app).await;
    let consent = v1::SendingBasis::Consent;
    for (id, class) in [("asks", v1::MessageClass::ConsentRequest), ("tells", v1::MessageClass::Notice)] {
        declare(app, v1::Message { class: class.into(), ..newsletter(id, consent) }).await;
    }
    declare_website(app, "never", "BE", v1::Ceiling::Never).await;
    let functional_link_ids = vec![marks::id("unsubscribe")];
    declare(app, v1::Message { functional_link_ids, ..newsletter("spring", consent) }).await;
    fates(app.client(), vec![click("anna", BEFORE, "spring", "offer")]).await;
    let on = |link: &str| v1::EngagementQuestion {
        link_id: Some(marks::id(link)),
        ..question("anna", wait::message("spring"), &[CLICK])
    };
    let asked = vec![
        question("anna", wait::message("asks"), &[OPEN]),
        question("anna", wait::message("tells"), &[CLICK]),
        question("anna", wait::website("never"), &[OPEN, CLICK]),
        on("offer"),
        on("another"),
        on("unsubscribe"),
    ];
    let expected =
        [NOT_TRACKABLE, NOT_TRACKABLE, "NOT_KNOWN TRACKING_DISABLED", "YES EMAIL_CLICK", "NO", NOT_TRACKABLE];
    assert_eq!(told(app.client(), asked).await, expected);
}

#[apply(every_app)]
async fn an_erased_person_is_not_known_under_any_policy(app: &TestApp) {
    settled(app).await;
    under(app, "legacy").await;
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    erase(app, "anna").await;
    assert_eq!(told(app.client(), vec![opened("anna")]).await, ["NOT_KNOWN PROFILE_ERASED"]);
}

#[apply(every_app)]
async fn a_window_holds_its_beginning_and_not_its_end(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    let within = |from: Option<i64>, to: Option<i64>| v1::EngagementQuestion {
        occurred_from: from.map(story::timestamp),
        occurred_before: to.map(story::timestamp),
        ..opened("anna")
    };
    let asked = vec![
        within(None, None),
        within(Some(BEFORE), None),
        within(Some(BEFORE + 1), None),
        within(None, Some(BEFORE + 1)),
        within(None, Some(BEFORE)),
        within(Some(BEFORE), Some(BEFORE)),
        // Granted a day before the test's now.
        within(None, Some(START - 2 * DAY)),
    ];
    let yes = "YES EMAIL_OPEN";
    assert_eq!(told(app.client(), asked).await, [yes, yes, "NO", yes, "NO", NOT_TRACKABLE, NOT_TRACKABLE]);
}

// Small print 18
#[apply(every_app)]
async fn of_several_kinds_one_is_a_yes_and_one_that_could_not_be_seen_leaves_it_unknown(app: &TestApp) {
    settled(app).await;
    let clicks = v1::ScopeList { scopes: vec![v1::Scope::EmailClick.into()] };
    let coverage = v1::Coverage { marketing: false, tracking: Some(v1::coverage::Tracking::Scopes(clicks)) };
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    for who in ["anna", "bruno"] {
        says_about(app, who, Answer::Withdraw, coverage.clone()).await;
    }
    let asked = |who: &str| question(who, wait::message("spring"), &[OPEN, CLICK]);
    let expected = ["YES EMAIL_OPEN", WITHDRAWN, "NO"];
    assert_eq!(told(app.client(), ["anna", "bruno", "chloe"].map(asked).to_vec()).await, expected);
}

#[apply(every_app)]
async fn what_lies_behind_many_rows_that_may_no_longer_be_read_is_found(app: &TestApp) {
    settled(app).await;
    let about = |at: i64, id: &str| {
        let mut seen = open("anna", at, id);
        seen.campaign_id = Some(marks::id("campaign"));
        seen
    };
    let mut seen: Vec<_> = (0..45).map(|_| about(BEFORE, "closed")).collect();
    seen.push(about(BEFORE + 1, "open"));
    fates(app.client(), seen).await;
    let ceiling = v1::Ceiling::Never.into();
    declare(app, v1::Message { ceiling, ..newsletter("closed", v1::SendingBasis::Consent) }).await;
    let asked = question("anna", wait::campaign("campaign"), &[OPEN]);
    let Told::Engagement(told) = results(app.client(), asking(vec![asked])).await.remove(0) else {
        panic!("it is answered")
    };
    let at = told.matched.and_then(|matched| matched.occurred_at);
    assert_eq!(at, Some(story::timestamp(BEFORE + 1)));
}

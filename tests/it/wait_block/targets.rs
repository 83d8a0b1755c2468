//! What a target covers, and which link.

use assent_proto::v1::{self, Ceiling, InteractionKind, LinkMode, PixelMode};
use assent_tests::app::TestApp;
use assent_tests::deed::{click, fates, goal, open, send, sms_click, visit};
use assent_tests::wait::{self, block, outcomes, stand, words};
use assent_tests::{apply, every_app, marks};

use super::{
    BEFORE, CLICK, DEADLINE, OPEN, at_once, declare_campaign, declare_message, declare_website, newsletter,
    opens, settled,
};

const ALL: [InteractionKind; 5] =
    [OPEN, CLICK, InteractionKind::SmsClick, InteractionKind::WebsiteVisit, InteractionKind::TransactionGoal];

/// A shop; a campaign of the shop with a message "spring"; a message "direct" of the shop without a campaign; a
/// campaign "of nowhere" with a message "summer"; and what each of them is.
async fn shop(app: &TestApp) {
    settled(app).await;
    declare_website(app, "shop", Ceiling::Default, true).await;
    declare_campaign(app, "of the shop", Some("shop")).await;
    declare_campaign(app, "of nowhere", None).await;
    for (id, campaign, website) in [
        ("spring", Some("of the shop"), None),
        ("direct", None, Some("shop")),
        ("summer", Some("of nowhere"), None),
    ] {
        let (campaign_id, website_id) = (campaign.map(marks::id), website.map(marks::id));
        declare_message(app, v1::Message { campaign_id, website_id, ..newsletter(id) }).await;
    }
}

#[apply(every_app)]
async fn a_target_covers_what_names_it_and_what_leads_to_it(app: &TestApp) {
    shop(app).await;
    let named = |interaction: v1::Interaction, campaign: &str| v1::Interaction {
        campaign_id: Some(marks::id(campaign)),
        ..interaction
    };
    let mut through = click("bruno", BEFORE, "nobody declared this", "offer");
    if let Some(v1::interaction::What::EmailClick(click)) = &mut through.what {
        click.website_id = Some(marks::id("shop"));
    }
    // What was done, and which of message "spring", campaign "of the shop", website "shop", goal "sale" it is about.
    let deeds = [
        ("anna", open("anna", BEFORE, "spring"), [true, true, true, false]),
        ("bruno", through, [false, false, true, false]),
        ("chloe", open("chloe", BEFORE, "direct"), [false, false, true, false]),
        ("dario", named(sms_click("dario", BEFORE, "text"), "of the shop"), [false, true, true, false]),
        ("elena", goal("elena", BEFORE, "sale", 100), [false, false, false, true]),
        ("elena", open("elena", BEFORE, "summer"), [false, false, false, true]),
    ];
    for (_, deed, _) in &deeds {
        assert_eq!(fates(app.client(), vec![deed.clone()]).await, ["RECORDED GRANTED"]);
    }
    let targets = || {
        [wait::message("spring"), wait::campaign("of the shop"), wait::website("shop"), wait::goal("sale")]
    };
    for (who, _, expected) in deeds {
        let blocks = targets().map(|target| block(who, target, &ALL, BEFORE, DEADLINE)).to_vec();
        let told: Vec<bool> =
            stand(app.client(), blocks).await.iter().map(|told| told == "MATCHED").collect();
        assert_eq!(told, expected, "{who}");
    }
    fates(app.client(), vec![visit("anna", BEFORE, "elsewhere"), goal("anna", BEFORE, "other", 1)]).await;
    let others = [wait::website("elsewhere"), wait::goal("sale"), wait::campaign("of nowhere")];
    let blocks = others.map(|target| block("anna", target, &ALL, BEFORE, DEADLINE)).to_vec();
    assert_eq!(stand(app.client(), blocks).await, ["MATCHED", "WAITING", "WAITING"]);
}

// Small print 19
#[apply(every_app)]
async fn the_sends_of_all_messages_that_lead_there_count(app: &TestApp) {
    shop(app).await;
    let sent = |who: &str, id: &str, pixel| send(who, BEFORE, id, pixel, LinkMode::Tracked);
    let sends = vec![
        sent("anna", "spring", PixelMode::None),
        sent("anna", "direct", PixelMode::None),
        sent("bruno", "spring", PixelMode::None),
        sent("bruno", "direct", PixelMode::Identified),
        sent("chloe", "summer", PixelMode::None),
    ];
    fates(app.client(), sends).await;
    let asked = |who: &str, target| at_once(block(who, target, &[OPEN], BEFORE, DEADLINE));
    let told = stand(
        app.client(),
        vec![
            asked("anna", wait::website("shop")),
            asked("anna", wait::campaign("of the shop")),
            asked("bruno", wait::website("shop")),
            asked("bruno", wait::campaign("of the shop")),
            asked("chloe", wait::website("shop")),
            asked("chloe", wait::campaign("of nowhere")),
        ],
    );
    let (out, waiting) = ("EXITED NOT_TRACKABLE", "WAITING");
    assert_eq!(told.await, [out, out, waiting, out, waiting, out]);
}

// Small print 17
#[apply(every_app)]
async fn a_link_filters_clicks_only_and_a_functional_one_is_not_trackable(app: &TestApp) {
    settled(app).await;
    let links = vec![marks::id("unsubscribe")];
    declare_message(app, v1::Message { functional_link_ids: links, ..newsletter("spring") }).await;
    fates(app.client(), vec![click("anna", BEFORE, "spring", "offer"), open("chloe", BEFORE, "spring")])
        .await;
    let on = |who: &str, link: &str, kinds: &[InteractionKind]| {
        let link_id = Some(marks::id(link));
        at_once(v1::WaitBlock { link_id, ..block(who, wait::message("spring"), kinds, BEFORE, DEADLINE) })
    };
    let blocks = vec![
        on("anna", "offer", &[CLICK]),
        on("anna", "another", &[CLICK]),
        block("anna", wait::message("spring"), &[CLICK], BEFORE, DEADLINE),
        on("anna", "unsubscribe", &[CLICK]),
        on("chloe", "another", &[CLICK, OPEN]),
    ];
    let told = stand(app.client(), blocks).await;
    assert_eq!(told, ["MATCHED", "WAITING", "MATCHED", "EXITED NOT_TRACKABLE", "MATCHED"]);
}

#[apply(every_app)]
async fn a_target_that_nobody_declared_is_evaluated(app: &TestApp) {
    settled(app).await;
    let targets = || [wait::message("m"), wait::campaign("c"), wait::website("w"), wait::goal("g")];
    let asked = |who: &str| targets().map(|target| block(who, target, &ALL, BEFORE, DEADLINE)).to_vec();
    assert_eq!(stand(app.client(), asked("anna")).await, ["WAITING"; 4]);
    let mut seen = open("anna", BEFORE, "m");
    seen.campaign_id = Some(marks::id("c"));
    fates(app.client(), vec![seen, visit("anna", BEFORE, "w"), goal("anna", BEFORE, "g", 1)]).await;
    assert_eq!(stand(app.client(), asked("anna")).await, ["MATCHED"; 4]);
}

#[apply(every_app)]
async fn what_lies_behind_many_rows_that_may_no_longer_be_read_is_found(app: &TestApp) {
    settled(app).await;
    let about = |at: i64, id: &str| {
        let mut seen = open("anna", at, id);
        seen.campaign_id = Some(marks::id("campaign"));
        seen
    };
    // All at one instant, so that a look ends between them; the last of them by its id.
    let mut seen: Vec<_> = (0..45).map(|_| about(BEFORE, "closed")).collect();
    let last = "ffffffff-ffff-7fff-bfff-ffffffffffff".to_owned();
    seen.push(v1::Interaction { interaction_id: last.clone(), ..about(BEFORE, "open") });
    fates(app.client(), seen).await;
    let asked = || block("anna", wait::campaign("campaign"), &[OPEN], BEFORE, DEADLINE);
    let matched = |told: &v1::WaitBlockOutcome| {
        told.matched.as_ref().and_then(|row| Some(row.interaction.as_ref()?.interaction_id.clone()))
    };
    let first = outcomes(app.client(), vec![asked()]).await.remove(0);
    assert!(matched(&first).is_some_and(|id| id != last));
    let ceiling = Ceiling::Never.into();
    declare_message(app, v1::Message { ceiling, ..newsletter("closed") }).await;
    let told = outcomes(app.client(), vec![opens("anna"), asked()]).await;
    assert_eq!((words(&told[0]).as_str(), words(&told[1]).as_str()), ("WAITING", "MATCHED"));
    assert_eq!(matched(&told[1]), Some(last));
}

#[apply(every_app)]
async fn a_hash_that_two_people_share_shows_nothing_of_the_other(app: &TestApp) {
    settled(app).await;
    let sent = send("anna", BEFORE, "winter", PixelMode::None, LinkMode::Tracked);
    fates(app.client(), vec![sent, open("anna", BEFORE, "spring")]).await;
    let winter = || at_once(block("anna", wait::message("winter"), &[OPEN], BEFORE, DEADLINE));
    let asked = || vec![opens("anna"), winter()];
    assert_eq!(stand(app.client(), asked()).await, ["MATCHED", "EXITED NOT_TRACKABLE"]);
    // Somebody else whose hash is Anna's.
    let (bruno, ours) = (marks::id("bruno"), &app.ours().id);
    for table in ["interaction", "send"] {
        let other = format!("UPDATE {table} SET profile = '{bruno}' WHERE tenant = '{ours}'");
        app.look().await.run(&other).await.expect("rows are changed");
    }
    assert_eq!(stand(app.client(), asked()).await, ["WAITING"; 2]);
}

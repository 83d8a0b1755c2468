//! What is counted without naming anybody: by whose request, of which kinds, once.

use std::time::Duration;

use assent_proto::v1::{self, AnonymousMode, Answer, InteractionKind};
use assent_tests::app::{START, TestApp};
use assent_tests::deed::{click, fates, open, sms_click, visit};
use assent_tests::{apply, every_app, marks};

use super::{
    BEFORE, HOUR, campaign, changing_the_french, declare, french, judged_by, mail_of_campaign, marketing,
    newsletter, of_campaign, of_nobody, opens, rows, says, says_of, set, under,
};

/// What is counted of ours: marks, and figures that were added to.
async fn counted(app: &TestApp) -> (usize, usize) {
    (rows(app, "counted").await, rows(app, "tally_entry").await + rows(app, "tally").await)
}

/// Requests that name somebody are counted too.
fn from_identified() -> v1::PolicyOverride {
    v1::PolicyOverride {
        anonymous_mode: AnonymousMode::FromIdentified.into(),
        ..v1::PolicyOverride::default()
    }
}

#[apply(every_app)]
async fn an_open_that_names_nobody_is_counted_once_and_nothing_else_is_kept_of_it(app: &TestApp) {
    french(app).await;
    mail_of_campaign(app, "spring").await;
    let held = || async { assent_tests::dump::of_tenant(&mut app.look().await, &app.ours().id).await };
    let before = held().await;
    let seen =
        v1::Interaction { user_agent: Some(marks::id("agent")), ..of_nobody(open("", BEFORE, "spring")) };
    assert_eq!(fates(app.client(), vec![seen.clone()]).await, ["EXEMPTED NO_PROFILE"]);
    assert_eq!(fates(app.client(), vec![seen.clone(), seen.clone()]).await, ["DUPLICATE NO_PROFILE"; 2]);
    let mut after = held().await;
    assert_eq!((after["counted"].len(), after["tally_entry"].len()), (1, 1));
    let id = seen.interaction_id.replace('-', "");
    for row in after["counted"].iter().chain(&after["tally_entry"]) {
        assert!(!row.to_lowercase().contains(&id), "the mark is a keyed hash: {row}");
        assert!(!row.contains(&BEFORE.to_string()), "a day, no instant: {row}");
    }
    for table in ["counted", "tally_entry"] {
        after.insert(table.to_owned(), before[table].clone());
    }
    assert_eq!(after, before);
}

#[apply(every_app)]
async fn of_one_batch_the_same_is_counted_once(app: &TestApp) {
    french(app).await;
    mail_of_campaign(app, "spring").await;
    let [one, other] = [0, 1].map(|_| of_nobody(open("", BEFORE, "spring")));
    // The same id at another instant is another interaction.
    let later =
        v1::Interaction { occurred_at: Some(assent_tests::story::timestamp(BEFORE + 1)), ..one.clone() };
    let client = app.client().once();
    let told = fates(&client, vec![one.clone(), one, other, later]).await;
    let (new, again) = ("EXEMPTED NO_PROFILE", "DUPLICATE NO_PROFILE");
    assert_eq!(told, [new, again, new, new]);
    assert_eq!(counted(app).await, (3, 1));
}

#[apply(every_app)]
async fn nothing_is_counted_where_the_mode_is_off_the_campaign_undeclared_or_the_kind_another(app: &TestApp) {
    under(app, "strict").await;
    mail_of_campaign(app, "spring").await;
    declare(app, of_campaign(newsletter("lost"), "nobody declared this")).await;
    let one = || of_nobody(open("", BEFORE, "spring"));
    for policy in ["strict", "legacy"] {
        judged_by(app, policy).await;
        assert_eq!(fates(app.client(), vec![one()]).await, ["DISCARDED NO_PROFILE"], "{policy}");
    }
    judged_by(app, "fr-cnil-2026").await;
    let named = |id: &str, of| v1::Interaction { campaign_id: Some(marks::id(id)), ..of };
    let rest = vec![
        of_nobody(open("", BEFORE, "lost")),
        of_nobody(open("", BEFORE, "undeclared")),
        named("nobody declared this", of_nobody(open("", BEFORE, "undeclared"))),
        of_nobody(click("", BEFORE, "spring", "offer")),
        of_nobody(sms_click("", BEFORE, "spring")),
        named("spring", of_nobody(visit("", BEFORE, "shop"))),
        v1::Interaction { automated: true, ..one() },
        // Refused, and named: the shared pixel's mode counts nobody who is named.
        open("zoe", BEFORE, "spring"),
    ];
    let told = fates(app.client(), rest).await;
    assert!(told.iter().all(|told| told.starts_with("DISCARDED ")), "{told:?}");
    assert_eq!(counted(app).await, (0, 0));
    // The campaign that it names is counted, else its message's.
    campaign(app, "autumn", v1::Ceiling::Anonymous).await;
    let told =
        fates(app.client(), vec![named("autumn", of_nobody(open("", BEFORE, "undeclared"))), one()]).await;
    assert_eq!(told, ["EXEMPTED ANONYMOUS_ONLY", "EXEMPTED NO_PROFILE"]);
    assert_eq!(counted(app).await, (2, 2));
}

#[apply(every_app)]
async fn italy_counts_the_shared_pixel_at_most(app: &TestApp) {
    under(app, "it-garante-2026").await;
    says(app, "bruno", Answer::Refuse).await;
    mail_of_campaign(app, "spring").await;
    let told =
        fates(app.client(), vec![of_nobody(open("", BEFORE, "spring")), open("bruno", BEFORE, "spring")])
            .await;
    assert_eq!(told, ["EXEMPTED NO_PROFILE", "DISCARDED REFUSED"]);
}

#[apply(every_app)]
async fn requests_that_name_somebody_are_counted_only_by_the_controllers_choice(app: &TestApp) {
    french(app).await;
    says(app, "bruno", Answer::Refuse).await;
    mail_of_campaign(app, "spring").await;
    assert_eq!(fates(app.client(), vec![open("bruno", BEFORE, "spring")]).await, ["DISCARDED REFUSED"]);
    changing_the_french(app, from_identified()).await;
    let held = || async { assent_tests::dump::of_tenant(&mut app.look().await, &app.ours().id).await };
    let before = held().await;
    assert_eq!(fates(app.client(), vec![open("bruno", BEFORE, "spring")]).await, ["EXEMPTED REFUSED"]);
    assert_eq!(counted(app).await, (1, 1));
    let mut after = held().await;
    for table in ["counted", "tally_entry"] {
        after.insert(table.to_owned(), before[table].clone());
    }
    assert_eq!(after, before, "the identity is discarded before anything is written");
    // The shared pixel goes on, and a ceiling ANONYMOUS allows both.
    campaign(app, "nameless", v1::Ceiling::Anonymous).await;
    declare(app, of_campaign(newsletter("nameless"), "nameless")).await;
    let rest = vec![
        of_nobody(open("", BEFORE, "spring")),
        of_nobody(open("", BEFORE, "nameless")),
        open("bruno", BEFORE, "nameless"),
        open("anna", BEFORE, "nameless"),
    ];
    let only = "EXEMPTED ANONYMOUS_ONLY";
    assert_eq!(fates(app.client(), rest).await, ["EXEMPTED NO_PROFILE", only, only, only]);
    // Who granted is in the statistics, and not counted beside.
    assert_eq!(fates(app.client(), vec![open("anna", BEFORE, "spring")]).await, ["RECORDED GRANTED"]);
    assert_eq!(rows(app, "counted").await, 5);
}

// Small print 6
#[apply(every_app)]
async fn an_objection_stops_counting_from_identified_requests_and_one_to_marketing_does_not(app: &TestApp) {
    french(app).await;
    changing_the_french(app, from_identified()).await;
    mail_of_campaign(app, "spring").await;
    says_of(app, "bruno", Answer::Object, opens()).await;
    says(app, "chloe", Answer::Refuse).await;
    says_of(app, "chloe", Answer::Object, marketing()).await;
    let told = fates(
        app.client(),
        vec![
            open("bruno", BEFORE, "spring"),
            open("chloe", BEFORE, "spring"),
            of_nobody(open("", BEFORE, "spring")),
        ],
    )
    .await;
    assert_eq!(told, ["DISCARDED OBJECTED", "EXEMPTED REFUSED", "EXEMPTED NO_PROFILE"]);
    assert_eq!(rows(app, "counted").await, 2);
}

// Qualifio 8
#[apply(every_app)]
async fn clicks_are_counted_where_the_policy_is_switched_to_include_them(app: &TestApp) {
    french(app).await;
    mail_of_campaign(app, "spring").await;
    let clicked = || of_nobody(click("", BEFORE, "spring", "offer"));
    assert_eq!(fates(app.client(), vec![clicked()]).await, ["DISCARDED NO_PROFILE"]);
    let kinds = [InteractionKind::EmailOpen, InteractionKind::EmailClick].map(Into::into).to_vec();
    changing_the_french(app, v1::PolicyOverride { anonymous_kinds: kinds, ..v1::PolicyOverride::default() })
        .await;
    let sms = of_nobody(sms_click("", BEFORE, "spring"));
    let told = fates(app.client(), vec![clicked(), of_nobody(open("", BEFORE, "spring")), sms]).await;
    assert_eq!(told, ["EXEMPTED NO_PROFILE", "EXEMPTED NO_PROFILE", "DISCARDED NO_PROFILE"]);
}

// Small print 7
#[apply(every_app)]
async fn what_is_a_row_already_is_not_counted_beside(app: &TestApp) {
    french(app).await;
    changing_the_french(app, from_identified()).await;
    mail_of_campaign(app, "spring").await;
    let opened = open("anna", BEFORE, "spring");
    assert_eq!(fates(app.client(), vec![opened.clone()]).await, ["RECORDED GRANTED"]);
    says(app, "anna", Answer::Withdraw).await;
    assert_eq!(fates(app.client(), vec![opened]).await, ["DUPLICATE WITHDRAWN"]);
    assert_eq!(rows(app, "counted").await, 0);
}

#[apply(every_app)]
async fn sent_again_within_48_hours_it_is_a_duplicate_and_later_the_retention_rule_decides(app: &TestApp) {
    french(app).await;
    mail_of_campaign(app, "spring").await;
    // Requests are kept for 72 hours, so that no more than those may pass.
    let (day, client) = (24 * HOUR, app.client().once());
    set(app, START - 2 * day);
    let seen = of_nobody(open("", START - 2 * day - HOUR, "spring"));
    assert_eq!(fates(&client, vec![seen.clone()]).await, ["EXEMPTED NO_PROFILE"]);
    set(app, START);
    assert_eq!(fates(&client, vec![seen.clone()]).await, ["DUPLICATE NO_PROFILE"], "48 hours later");
    // Its mark goes with the sweep of the third day.
    app.advance(Duration::from_secs(13 * 3600));
    for turn in 0.. {
        if rows(app, "counted").await == 0 {
            break;
        }
        assert!(turn < 1_000, "what was counted is never forgotten");
        app.advance(Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
    assert_eq!(fates(&client, vec![seen.clone()]).await, ["EXEMPTED NO_PROFILE"]);
    changing_the_french(app, v1::PolicyOverride { interactions_kept_days: Some(1), ..Default::default() })
        .await;
    assert_eq!(fates(&client, vec![seen]).await, ["DISCARDED TOO_OLD"]);
}

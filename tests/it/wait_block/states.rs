//! Every state and reason, on both sides of its instant.

use assent_proto::v1::{self, Answer, Ceiling, LinkMode, PixelMode, coverage::Tracking};
use assent_tests::app::{START, TestApp};
use assent_tests::deed::{click, fates, open, send, visit};
use assent_tests::wait::{block, message, outcomes, stand, website, words};
use assent_tests::{apply, every_app, story};

use super::{
    BEFORE, CLICK, DEADLINE, HOUR, MINUTE, OPEN, at_once, declare_message, declare_website, newsletter,
    opens, pass, say, says, settled,
};

#[apply(every_app)]
async fn a_recorded_interaction_in_the_window_matches_and_is_told(app: &TestApp) {
    settled(app).await;
    let seen = open("anna", BEFORE + 1, "spring");
    fates(app.client(), vec![open("anna", BEFORE + 2, "spring"), seen.clone()]).await;
    let told = outcomes(app.client(), vec![opens("anna"), opens("chloe")]).await;
    assert_eq!(words(&told[0]), "MATCHED");
    let matched = told[0].matched.as_ref().expect("what matched");
    assert_eq!(matched.interaction, Some(seen), "the earliest");
    assert_eq!(matched.profile_table, story::people());
    assert_eq!((told[0].next_check_at, told[0].r#ref.as_str()), (None, opens("anna").r#ref.as_str()));
    assert_eq!(words(&told[1]), "WAITING", "somebody else's");
    assert_eq!(told[1].next_check_at, Some(story::timestamp(DEADLINE + 10 * MINUTE)));
    for told in &told {
        assert_eq!(told.evaluated_at, Some(story::timestamp(START)));
        assert_eq!(told.window_start, Some(story::timestamp(BEFORE)));
        assert_eq!(told.deadline, Some(story::timestamp(DEADLINE)));
        assert_eq!(told.policy.as_ref().map(|policy| policy.id.as_str()), Some("strict"));
        assert!(!told.send_unknown);
    }
}

#[apply(every_app)]
async fn the_window_holds_its_start_and_not_its_deadline(app: &TestApp) {
    settled(app).await;
    let deadline = BEFORE + HOUR / 2;
    let cases = [
        ("anna", BEFORE - 1, "EXITED TIMEOUT"),
        ("bruno", BEFORE, "MATCHED"),
        ("chloe", deadline - 1, "MATCHED"),
        ("dario", deadline, "EXITED TIMEOUT"),
    ];
    fates(app.client(), cases.map(|(who, at, _)| open(who, at, "spring")).to_vec()).await;
    let blocks = cases.map(|(who, ..)| block(who, message("spring"), &[OPEN], BEFORE, deadline));
    assert_eq!(stand(app.client(), blocks.to_vec()).await, cases.map(|(.., told)| told));
}

/// One who did nothing, one nobody heard of, one who withdraws, and one whose website is never tracked.
async fn four_who_exit(app: &TestApp) -> Vec<v1::WaitBlock> {
    settled(app).await;
    declare_website(app, "closed", Ceiling::Never, true).await;
    fates(app.client(), vec![open("bruno", BEFORE, "spring")]).await;
    says(app, "bruno", Answer::Withdraw).await;
    let never = block("chloe", website("closed"), &[OPEN, CLICK], BEFORE, DEADLINE);
    vec![opens("anna"), opens("never heard of"), opens("bruno"), never]
}

const REASONS: [&str; 4] =
    ["EXITED TIMEOUT", "EXITED NOT_TRACKABLE", "EXITED CONSENT_WITHDRAWN", "EXITED TRACKING_DISABLED"];

#[apply(every_app)]
async fn every_exit_comes_at_deadline_and_late_grace_so_that_timing_tells_nothing(app: &TestApp) {
    let blocks = four_who_exit(app).await;
    let due = DEADLINE + 10 * MINUTE;
    for moment in [START, due - 1] {
        pass(app, moment - START);
        let told = outcomes(app.client(), blocks.clone()).await;
        for told in &told {
            assert_eq!((words(told).as_str(), &told.matched), ("WAITING", &None));
            assert_eq!(told.next_check_at, Some(story::timestamp(due)));
        }
    }
    pass(app, 1);
    let told = outcomes(app.client(), blocks).await;
    assert_eq!(told.iter().map(words).collect::<Vec<_>>(), REASONS);
    assert!(told.iter().all(|told| told.next_check_at.is_none() && told.matched.is_none()));
}

#[apply(every_app)]
async fn immediate_tells_every_exit_but_the_timeout_as_things_stand(app: &TestApp) {
    let blocks: Vec<_> = four_who_exit(app).await.into_iter().map(at_once).collect();
    let told = stand(app.client(), blocks.clone()).await;
    assert_eq!((told[0].as_str(), &told[1..]), ("WAITING", &REASONS.map(str::to_owned)[1..]));
    pass(app, HOUR + 10 * MINUTE);
    assert_eq!(stand(app.client(), blocks).await, REASONS);
}

#[apply(every_app)]
async fn a_late_wake_up_still_matches_and_what_arrived_late_does(app: &TestApp) {
    settled(app).await;
    pass(app, HOUR + 10 * MINUTE);
    fates(app.client(), vec![open("anna", DEADLINE - 1, "spring")]).await;
    pass(app, 24 * HOUR);
    assert_eq!(stand(app.client(), vec![opens("anna"), opens("chloe")]).await, ["MATCHED", REASONS[0]]);
}

#[apply(every_app)]
async fn an_acknowledged_withdrawal_binds_the_next_evaluation(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    assert_eq!(stand(app.client(), vec![opens("anna")]).await, ["MATCHED"]);
    says(app, "anna", Answer::Withdraw).await;
    assert_eq!(
        stand(app.client(), vec![opens("anna"), at_once(opens("anna"))]).await,
        ["WAITING", REASONS[2]]
    );
}

#[apply(every_app)]
async fn granted_again_while_waiting_the_window_goes_on_and_the_gap_is_not_restored(app: &TestApp) {
    let notice = settled(app).await;
    says(app, "anna", Answer::Withdraw).await;
    assert_eq!(stand(app.client(), vec![at_once(opens("anna"))]).await, [REASONS[2]]);
    pass(app, MINUTE);
    assert_eq!(fates(app.client(), vec![open("anna", START + 1, "spring")]).await, ["DISCARDED WITHDRAWN"]);
    let evidence = Some(story::evidence(&notice, "ours"));
    say(app, story::item("anna", Answer::Grant, START + MINUTE, evidence)).await;
    assert_eq!(stand(app.client(), vec![at_once(opens("anna"))]).await, ["WAITING"]);
    let told =
        fates(app.client(), vec![open("anna", START + 1, "spring"), open("anna", START + MINUTE, "spring")]);
    assert_eq!(told.await, ["DISCARDED WITHDRAWN", "RECORDED GRANTED"]);
    let told = outcomes(app.client(), vec![opens("anna")]).await.remove(0);
    let matched = told.matched.and_then(|row| row.interaction?.occurred_at);
    assert_eq!(matched, Some(story::timestamp(START + MINUTE)));
}

#[apply(every_app)]
async fn a_machine_never_matches_and_a_person_does(app: &TestApp) {
    settled(app).await;
    let seen = open("anna", BEFORE, "spring");
    let machine = v1::Interaction { automated: true, ..seen.clone() };
    assert_eq!(fates(app.client(), vec![machine]).await, ["RECORDED GRANTED"]);
    assert_eq!(stand(app.client(), vec![opens("anna")]).await, ["WAITING"]);
    fates(app.client(), vec![seen]).await;
    assert_eq!(stand(app.client(), vec![opens("anna")]).await, ["MATCHED"]);
}

// Small print 18
#[apply(every_app)]
async fn any_of_several_kinds_matches_and_the_reason_is_that_of_all_or_of_a_withdrawn_one(app: &TestApp) {
    settled(app).await;
    declare_website(app, "half closed", Ceiling::Never, false).await;
    let both = |who: &str, target| block(who, target, &[OPEN, CLICK], BEFORE, DEADLINE);
    fates(app.client(), vec![visit("anna", BEFORE, "half closed"), open("chloe", BEFORE, "spring")]).await;
    let mut through = click("bruno", BEFORE, "spring", "offer");
    through.campaign_id = None;
    fates(app.client(), vec![through]).await;
    let blocks = vec![
        both("anna", message("spring")),
        both("bruno", message("spring")),
        both("chloe", message("spring")),
        // Clicks can still be seen.
        at_once(both("dario", website("half closed"))),
        at_once(block("dario", website("half closed"), &[OPEN], BEFORE, DEADLINE)),
    ];
    let told = stand(app.client(), blocks).await;
    assert_eq!(told, ["WAITING", "MATCHED", "MATCHED", "WAITING", REASONS[3]]);

    // Clicks withdrawn, opens never tracked: withdrawn.
    let scopes = v1::ScopeList { scopes: vec![v1::Scope::EmailClick.into()] };
    let mut item = story::item("dario", Answer::Withdraw, START, None);
    if let Some(v1::upsert_consents_item::Event::Answer(given)) = &mut item.event {
        given.coverage = Some(v1::Coverage { marketing: false, tracking: Some(Tracking::Scopes(scopes)) });
    }
    say(app, item).await;
    let told = stand(
        app.client(),
        vec![at_once(both("dario", website("half closed"))), at_once(both("dario", message("spring")))],
    );
    assert_eq!(told.await, [REASONS[2], "WAITING"], "opens of a message can still be seen");
}

#[apply(every_app)]
async fn what_no_mode_or_message_could_show_is_not_trackable(app: &TestApp) {
    settled(app).await;
    let class = v1::MessageClass::ConsentRequest.into();
    declare_message(app, v1::Message { class, ..newsletter("question") }).await;
    let dark = send("anna", BEFORE, "spring", PixelMode::None, LinkMode::Tracked);
    let exempt = send("bruno", BEFORE, "spring", PixelMode::ExemptLastOpen, LinkMode::Tracked);
    fates(app.client(), vec![dark, exempt]).await;
    let asked = |who: &str, id: &str, kind| at_once(block(who, message(id), &[kind], BEFORE, DEADLINE));
    let told = stand(
        app.client(),
        vec![
            asked("anna", "spring", OPEN),
            asked("anna", "spring", CLICK),
            asked("bruno", "spring", OPEN),
            asked("chloe", "spring", OPEN),
            asked("chloe", "question", OPEN),
        ],
    );
    assert_eq!(told.await, [REASONS[1], "WAITING", REASONS[1], "WAITING", REASONS[1]]);
    // Sent again, with a pixel that tells.
    fates(app.client(), vec![send("anna", START, "spring", PixelMode::Identified, LinkMode::Tracked)]).await;
    assert_eq!(stand(app.client(), vec![asked("anna", "spring", OPEN)]).await, ["WAITING"]);
}

//! The seeds that speak of audiences, told through the SDK as a customer's program would.

use assent_sdk::{
    AnswerGiven, Coverage, EngagementAnswer, EngagementQuestion, EngagementReason, FindInactive,
    InactivityUse, Interaction, InteractionKind, LinkMode, Paging, PixelMode, QueryEngagement, Reason,
    WaitTarget,
};
use assent_tests::app::START;
use assent_tests::audience::last_opened;
use assent_tests::{apply, every_app, marks, story};

use super::under;
use crate::actito::{fates, say, settled_under, yes};

fn asked(who: &str) -> EngagementQuestion {
    let target = WaitTarget::Message(marks::id("spring"));
    EngagementQuestion::new(who, marks::id(who), target, [InteractionKind::EmailOpen])
}

// Actito 7
#[apply(every_app)]
async fn whoever_said_no_cannot_be_targeted_for_what_they_did_and_is_a_non_opener(app: &TestApp) {
    let (client, notice) = settled_under(app, "legacy").await;
    for (policy, answer) in [("legacy", EngagementAnswer::No), ("strict", EngagementAnswer::NotKnown)] {
        under(app, policy).await;
        let who = |word: &str| format!("{word} under {policy}");
        let (ada, bob) = (who("ada"), who("bob"));
        say(
            &client,
            vec![(&ada, yes(Coverage::tracking(), notice)), (&bob, yes(Coverage::tracking(), notice))],
        )
        .await;
        let at = assent_sdk::Instant::from_micros(START);
        let open = |who: &str| Interaction::email_open(marks::id(who), at, marks::id("spring"));
        let told = fates(&client, vec![open(&ada), open(&bob)]).await;
        assert!(told.iter().all(|told| told.starts_with("RECORDED GRANTED")), "{told:?}");
        app.advance(std::time::Duration::from_secs(1));
        say(&client, vec![(&bob, AnswerGiven::withdraw(Coverage::tracking()))]).await;

        let query = QueryEngagement::of_table(story::people()).questions([asked(&ada), asked(&bob)]);
        let told = client.audience().engagement(query).await.expect("answers");
        let told: Vec<_> = told.into_iter().map(|told| told.expect("every question is right")).collect();
        assert_eq!((told[0].reference.as_str(), told[0].answer), (ada.as_str(), EngagementAnswer::Yes));
        assert_eq!(told[0].matched.as_ref().map(|matched| matched.occurred_at), Some(at));
        assert_eq!((told[1].answer, told[1].reason), (answer, EngagementReason::ConsentWithdrawn));
        assert!(told[1].matched.is_none());
    }
}

// Qualifio 8
#[apply(every_app)]
async fn inactives_may_be_excluded_or_written_to_less_and_not_targeted(app: &TestApp) {
    let (client, notice) = settled_under(app, "fr-cnil-2026").await;
    let at = assent_sdk::Instant::from_micros(START);
    for who in ["ada", "bob", "cleo"] {
        say(&client, vec![(who, yes(Coverage::marketing(), notice))]).await;
        let (pixel, links) = (PixelMode::None, LinkMode::Plain);
        fates(
            &client,
            vec![Interaction::message_sent(marks::id(who), at, marks::id("spring"), pixel, links)],
        )
        .await;
    }
    last_opened(app, "ada", "2026-03-01").await;
    last_opened(app, "bob", "2026-08-20").await;
    let since: assent_sdk::Day = "2026-06-01".parse().expect("a day");
    let find = |asked_for| FindInactive::of_table(story::people(), since, asked_for);
    for asked_for in [InactivityUse::Exclude, InactivityUse::ReduceFrequency] {
        let page = client.audience().inactive(find(asked_for).page(Paging::first().size(10))).await;
        let page = page.expect("a page");
        assert_eq!((page.profiles, page.left_out, page.next), (vec![marks::id("ada")], None, None));
    }
    let refused = client.audience().inactive(find(InactivityUse::Target)).await.expect_err("it is refused");
    assert_eq!(refused.reason(), Some(Reason::UseNotPermitted));
}

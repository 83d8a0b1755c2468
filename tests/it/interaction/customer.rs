//! A campaign as a customer's program meets it, through the SDK: what was recorded is exported, a scenario asks where
//! people stand, and somebody withdraws in between.

use std::time::Duration;

use assent_sdk::{
    AnswerGiven, Client, Coverage, EvaluateWaitBlocks, ExitPolicy, Instant, Interaction, InteractionCursor,
    InteractionFilter, InteractionKind, LinkMode, PixelMode, ReadInteractions, Reason, WaitBlock, WaitEnd,
    WaitOutcome, WaitReason, WaitStart, WaitState, WaitTarget,
};
use assent_tests::app::{START, TestApp};
use assent_tests::{apply, every_app, marks, story};

use crate::actito::{fates, say, settled_under, yes};

const DAY: Duration = Duration::from_secs(86_400);

fn open(who: &str, at: i64) -> Interaction {
    Interaction::email_open(marks::id(who), Instant::from_micros(at), marks::id("spring"))
}

/// Where those people stand who wait for an open of the mail, from its send on, for a day.
async fn stand(client: &Client, exit: ExitPolicy) -> Vec<WaitOutcome> {
    let block = |who: &str| {
        let start = WaitStart::FromSend {
            message_id: marks::id("spring"),
            entered_at: Instant::from_micros(START + 500_000),
        };
        let target = WaitTarget::Message(marks::id("spring"));
        let kinds = [InteractionKind::EmailOpen];
        WaitBlock::new(who, marks::id(who), target, kinds, start, WaitEnd::After(DAY)).exit_policy(exit)
    };
    let asked =
        EvaluateWaitBlocks::of_table(story::people()).blocks(["ada", "bob", "cleo", "dan"].map(block));
    let told = client.wait_blocks().evaluate(asked).await.expect("blocks are evaluated");
    told.into_iter().map(|told| told.expect("every block is right")).collect()
}

fn states(told: &[WaitOutcome]) -> Vec<(WaitState, Option<WaitReason>)> {
    told.iter().map(|told| (told.state, told.reason)).collect()
}

/// Four are sent the mail; Ada and Bob opened it, and Dan, whom nobody asked.
async fn campaign(app: &TestApp) -> Client {
    let (client, notice) = settled_under(app, "fr-cnil-2026").await;
    let granted = ["ada", "bob", "cleo"].map(|who| (who, yes(Coverage::tracking(), notice)));
    say(&client, granted.to_vec()).await;
    let (message, at) = (marks::id("spring"), Instant::from_micros(START));
    let sends = ["ada", "bob", "cleo", "dan"].map(|who| {
        let (pixel, links) = (PixelMode::Identified, LinkMode::Tracked);
        Interaction::message_sent(marks::id(who), at, message.clone(), pixel, links)
    });
    assert_eq!(fates(&client, sends.to_vec()).await, ["RECORDED SEND fr-cnil-2026"; 4]);
    let opens = vec![open("ada", START), open("bob", START), open("dan", START)];
    let (yes, no) = ("RECORDED GRANTED fr-cnil-2026", "DISCARDED UNKNOWN fr-cnil-2026");
    assert_eq!(fates(&client, opens).await, [yes, yes, no]);
    app.advance(Duration::from_secs(1));
    client
}

#[apply(every_app)]
async fn a_scenario_asks_where_people_stand_through_the_sdk(app: &TestApp) {
    let client = campaign(app).await;
    let told = stand(&client, ExitPolicy::AtDeadline).await;
    let (matched, waits) =
        ((WaitState::Matched, Some(WaitReason::Matched)), (WaitState::Waiting, None::<WaitReason>));
    assert_eq!(states(&told), [matched, matched, waits, waits]);
    assert!(told.iter().all(|told| !told.send_unknown && told.window_start == Instant::from_micros(START)));
    let seen = told[0].matched.as_ref().expect("Ada's open");
    assert_eq!(seen.interaction.profile, Some(marks::id("ada")));
    let again = told[2].next_check_at.expect("when to ask again");
    assert_eq!(again, Instant::from_micros(START + 86_400_000_000 + 600_000_000));
    let exited = |reason| (WaitState::Exited, Some(reason));
    let now = stand(&client, ExitPolicy::Immediate).await;
    assert_eq!(states(&now), [matched, matched, waits, exited(WaitReason::NotTrackable)]);

    say(&client, vec![("bob", AnswerGiven::withdraw(Coverage::tracking()))]).await;
    let told = stand(&client, ExitPolicy::AtDeadline).await;
    assert_eq!(states(&told), [matched, waits, waits, waits], "timing tells nothing");
    app.advance(DAY + Duration::from_secs(600));
    let told = stand(&client, ExitPolicy::AtDeadline).await;
    let out = [WaitReason::ConsentWithdrawn, WaitReason::Timeout, WaitReason::NotTrackable].map(exited);
    assert_eq!((states(&told)[0], &states(&told)[1..]), (matched, &out[..]));
}

#[apply(every_app)]
async fn what_was_recorded_is_exported_through_the_sdk(app: &TestApp) {
    let client = campaign(app).await;
    let opens =
        InteractionFilter::everything().profile_tables([story::people()]).kinds([InteractionKind::EmailOpen]);
    let mut follow = client.interactions().follow(None).filter(opens).page_size(1).max_wait(Duration::ZERO);
    let mut openers = Vec::new();
    loop {
        let page = follow.next().await.expect("a page");
        openers.extend(page.interactions.iter().filter_map(|row| row.interaction.profile.clone()));
        let caught_up = page.caught_up;
        page.acknowledge();
        if caught_up {
            break;
        }
    }
    openers.sort();
    let mut expected = ["ada", "bob"].map(marks::id);
    expected.sort();
    assert_eq!(openers, expected, "Dan's was never recorded");

    // A page that nobody dealt with is given again, without what may no longer be shown.
    let all = client.interactions().read(ReadInteractions::from_earliest()).await.expect("a page");
    assert_eq!((all.interactions.len(), all.caught_up, all.left_out), (6, true, None), "sends too");
    say(&client, vec![("bob", AnswerGiven::withdraw(Coverage::tracking()))]).await;
    let all = client.interactions().read(ReadInteractions::from_earliest()).await.expect("a page");
    assert_eq!((all.interactions.len(), all.left_out), (5, None), "one might point at Bob");

    let kept = follow.cursor().expect("a page was acknowledged").clone();
    let unlike = client.interactions().read(ReadInteractions::from_cursor(kept.clone())).await;
    assert_eq!(unlike.unwrap_err().reason(), Some(Reason::CursorFilterMismatch));
    let wrong = InteractionCursor::from_text(&kept.as_str()[1..]);
    let wrong = client.interactions().read(ReadInteractions::from_cursor(wrong)).await;
    assert_eq!(wrong.unwrap_err().reason(), Some(Reason::CursorMalformed));

    // From now on.
    let latest = client.interactions().read(ReadInteractions::from_latest()).await.expect("a page");
    assert!(latest.interactions.is_empty() && latest.caught_up);
    assert_eq!(fates(&client, vec![open("ada", START + 1_000_000)]).await.len(), 1);
    let mut follow = client.interactions().follow(Some(latest.next_cursor));
    assert_eq!(follow.next().await.expect("a page").interactions.len(), 1);
}

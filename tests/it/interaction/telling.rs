//! Messages that tell or ask: their recorded sends are notices and requests on record, told as a customer's program meets
//! them, through the SDK.

use std::time::Duration;

use assent_sdk::{
    AnswerGiven, ChangeFilter, Channel, Client, ConsentRecord, Coverage, Effect, Facts, GetConsents,
    HistoryVerdict, Instant, Interaction, Item, LinkMode, Message, MessageClass, NoticeId, Paging, PixelMode,
    PlanTracking, ReadChanges, Recipient, RecordBody, Scope, SendingBasis, Series, Source, SourceKind, Start,
    State, Upsert,
};
use assent_tests::app::START;
use assent_tests::{apply, every_app, marks, story};

use super::rows;
use crate::actito::{fates, say, settled_under, yes};

/// The first instant of 15 July 2026 in Paris: the day after the last of the French transition.
const JULY_15: i64 = 1_784_066_400_000_000;

/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;

/// A notice that says all that any policy demands.
fn notice(id: &str, text: NoticeId) -> Message {
    let message = Message::new(marks::id(id), Channel::Email, MessageClass::Notice, SendingBasis::LegalDuty);
    message.notice(text).conditions_unchanged(true).withdrawal_offered(true)
}

fn request(id: &str) -> Message {
    Message::new(marks::id(id), Channel::Email, MessageClass::ConsentRequest, SendingBasis::SoftOptIn)
}

async fn declare(client: &Client, message: Message) {
    client.settings().put_message(message).await.expect("a message is declared");
}

fn sent(who: &str, at: i64, message: &str) -> Interaction {
    let (who, at) = (marks::id(who), Instant::from_micros(at));
    Interaction::message_sent(who, at, marks::id(message), PixelMode::None, LinkMode::Plain)
}

fn opened(who: &str, at: i64) -> Interaction {
    Interaction::email_open(marks::id(who), Instant::from_micros(at), marks::id("spring"))
}

/// Tells that the addresses of those people were collected in 2025.
async fn collected(client: &Client, people: &[&str]) {
    let item = |who: &&str| {
        let form = Source::new(SourceKind::Form).name("newsletter form").version("3");
        Item::new(marks::id(who)).facts(Facts::new(form).collected_on("2025-03-01".parse().expect("a day")))
    };
    let batch = Upsert::into_table(story::people()).items(people.iter().map(item));
    let told = client.consents().upsert(batch).await.expect("a batch is answered");
    assert!(told.iter().all(Result::is_ok));
}

async fn reads(client: &Client, who: &str, series: Series) -> (State, Option<Instant>) {
    let asked = GetConsents::of(story::people(), [marks::id(who)]);
    let reads = client.consents().get(asked).await.expect("states").remove(0).expect("a person's");
    let standing = reads.standing(series).expect("every series is told");
    (standing.state, standing.since)
}

/// A person's records, but for facts.
async fn history(client: &Client, who: &str) -> Vec<ConsentRecord> {
    let page = client.consents().records(story::people(), marks::id(who), Paging::first()).await;
    let mut records = page.expect("a history").items;
    records.retain(|record| !matches!(record.body, RecordBody::Facts(_)));
    records
}

/// The changes since the beginning, as person, series and effect.
async fn changes(client: &Client) -> Vec<(String, Series, Effect)> {
    let found = client.changes().cursor(Start::Earliest, ChangeFilter::everything()).await.expect("a cursor");
    let page = client.changes().read(ReadChanges::from_cursor(found.cursor)).await.expect("a page");
    let lines = |change: &assent_sdk::ConsentChange| {
        let who = change.profile.clone();
        change.lines.iter().map(move |line| (who.clone(), line.series, line.effect)).collect::<Vec<_>>()
    };
    page.changes.iter().flat_map(lines).collect()
}

const SENT: &str = "RECORDED SEND fr-cnil-2026";
const DEFAULT: &str = "RECORDED DEFAULT_PERMITS fr-cnil-2026";
const UNTOLD: &str = "DISCARDED UNKNOWN fr-cnil-2026";
const TOLD: &str = "DISCARDED INFORMED fr-cnil-2026";

/// The story of the French transition: whom a campaign informed by 14 July 2026 is recorded from the 15th on, the others
/// are not.
#[apply(every_app)]
async fn a_campaign_that_informs_old_contacts_in_time_goes_on_recording_for_them(app: &TestApp) {
    let (client, text) = settled_under(app, "fr-cnil-2026").await;
    collected(&client, &["ada", "bob", "cleo", "dan"]).await;
    declare(&client, notice("we track", text)).await;
    // Bob's went out a microsecond too late, nobody wrote to Cleo, and Eve is new.
    let sends = vec![
        sent("ada", JULY_15 - 1, "we track"),
        sent("bob", JULY_15, "we track"),
        sent("dan", JULY_15 - 40 * 24 * HOUR, "we track"),
        sent("eve", JULY_15 - 1, "we track"),
    ];
    assert_eq!(fates(&client, sends).await, [SENT; 4]);
    say(&client, vec![("dan", AnswerGiven::refuse(Coverage::tracking()))]).await;

    let at = |at| ["ada", "bob", "cleo", "dan", "eve"].map(|who| opened(who, at)).to_vec();
    let refused = "DISCARDED REFUSED fr-cnil-2026";
    for instant in [JULY_15, START] {
        let told = fates(&client, at(instant)).await;
        assert_eq!(told, [DEFAULT, TOLD, UNTOLD, refused, TOLD], "{instant}");
    }
    // What came before the 15th arrives too late for all but Ada: both instants must permit.
    let told = fates(&client, at(JULY_15 - 1)).await;
    assert_eq!(told, [DEFAULT, TOLD, UNTOLD, refused, TOLD]);
    assert_eq!(reads(&client, "ada", Series::EmailOpen).await.0, State::Informed);
    assert_eq!(reads(&client, "cleo", Series::EmailOpen).await.0, State::Unknown);
}

#[apply(every_app)]
async fn a_late_notice_permits_nothing_without_a_justification_and_from_its_instant_with_one(app: &TestApp) {
    let (client, text) = settled_under(app, "fr-cnil-2026").await;
    collected(&client, &["ada", "bob"]).await;
    declare(&client, notice("late", text)).await;
    declare(&client, notice("late for a reason", text).justification("the post was on strike")).await;
    let august = JULY_15 + 20 * 24 * HOUR;
    let sends = vec![sent("ada", august, "late"), sent("bob", august, "late for a reason")];
    assert_eq!(fates(&client, sends).await, [SENT; 2]);
    for (at, bobs) in [(JULY_15, UNTOLD), (august - 1, UNTOLD), (august, DEFAULT), (START, DEFAULT)] {
        let told = fates(&client, vec![opened("ada", at), opened("bob", at)]).await;
        assert_eq!(told, [TOLD, bobs], "{at}");
    }
    assert_eq!(reads(&client, "ada", Series::EmailOpen).await.0, State::Informed);
}

#[apply(every_app)]
async fn the_recorded_send_of_a_notice_is_the_notice_on_record(app: &TestApp) {
    let (client, text) = settled_under(app, "fr-cnil-2026").await;
    let opens = Coverage::scopes([Scope::EmailOpen]);
    let message = notice("we track", text).about(opens.clone()).justification("strike");
    declare(&client, message.clone()).await;
    let stored = client.settings().message(marks::id("we track")).await.expect("a message");
    let said =
        |of: &Message| (of.coverage.clone(), of.notice, of.conditions_unchanged, of.justification.clone());
    assert_eq!(said(&stored), said(&message));
    assert_eq!(stored.withdrawal_offered, Some(true));
    let send = sent("ada", START - HOUR, "we track");
    assert_eq!(fates(&client, vec![send.clone()]).await, [SENT]);

    let records = history(&client, "ada").await;
    let [record] = records.as_slice() else { panic!("one record: {records:?}") };
    let RecordBody::Notice(given) = &record.body else { panic!("a notice: {record:?}") };
    assert_eq!((&given.coverage, given.notice), (&opens, Some(text)));
    assert_eq!((given.conditions_unchanged, given.withdrawal_offered), (Some(true), Some(true)));
    assert_eq!(given.justification.as_deref(), Some("strike"));
    assert_eq!(given.sent_message_id, Some(marks::id("we track")));
    let at = Instant::from_micros(START - HOUR);
    assert_eq!((record.effective_at, given.notified_at), (at, Some(at)), "the instant of the send");
    assert_eq!(record.recorded_at, Instant::from_micros(START));
    assert_eq!(record.policies[0].id, "fr-cnil-2026");

    assert_eq!(reads(&client, "ada", Series::EmailOpen).await, (State::Informed, Some(at)));
    assert_eq!(reads(&client, "ada", Series::EmailClick).await.0, State::Unknown);
    assert_eq!(changes(&client).await, [(marks::id("ada"), Series::EmailOpen, Effect::Informed)]);
    let walk = client.consents().verify_history(None).await.expect("a walk");
    let verdict = walk.verdict().await.expect("a verdict");
    assert!(matches!(verdict, HistoryVerdict::Whole { verified: 1, redacted: 0, .. }), "{verdict:?}");

    // The same send again is no record; another one renews.
    let told = fates(&client, vec![send.clone(), send]).await;
    assert_eq!(told, ["DUPLICATE SEND fr-cnil-2026"; 2]);
    assert_eq!(history(&client, "ada").await.len(), 1);
    let earlier = START - 2 * HOUR;
    let (one, same) = (sent("ada", earlier, "we track"), sent("ada", earlier, "we track"));
    assert_eq!(fates(&client, vec![one, same]).await, [SENT; 2], "two sends at one instant");
    assert_eq!(history(&client, "ada").await.len(), 2, "say the same");
    assert_eq!(changes(&client).await[1..], [(marks::id("ada"), Series::EmailOpen, Effect::Renewed)]);
    let since = Some(Instant::from_micros(earlier));
    assert_eq!(reads(&client, "ada", Series::EmailOpen).await, (State::Informed, since));
}

#[apply(every_app)]
async fn the_recorded_send_of_a_request_is_a_request_on_record_that_changes_nothing(app: &TestApp) {
    let (client, text) = settled_under(app, "fr-cnil-2026").await;
    declare(&client, request("may we").about(Coverage::joint()).notice(text)).await;
    declare(&client, request("may we track")).await;
    let at = START - HOUR;
    let told = fates(&client, vec![sent("ada", at, "may we"), sent("bob", at, "may we track")]).await;
    assert_eq!(told, [SENT; 2]);
    let [asked, bare] = ["ada", "bob"].map(|who| history(&client, who));
    let (asked, bare) = (asked.await, bare.await);
    let RecordBody::Request(made) = &asked[0].body else { panic!("a request: {asked:?}") };
    assert_eq!((&made.coverage, made.notice), (&Coverage::joint(), Some(text)));
    assert_eq!(made.requested_at, Some(Instant::from_micros(at)));
    assert_eq!(made.sent_message_id, Some(marks::id("may we")));
    assert!(asked[0].changes.is_empty() && asked.len() == 1);
    let RecordBody::Request(made) = &bare[0].body else { panic!("a request: {bare:?}") };
    assert_eq!(made.coverage, Coverage::tracking(), "all of tracking, unless it says otherwise");
    assert_eq!(reads(&client, "ada", Series::EmailOpen).await, (State::Unknown, None));
    assert!(changes(&client).await.is_empty());
    // Who answered is asked all the same, and stays as they are.
    say(&client, vec![("ada", yes(Coverage::tracking(), text))]).await;
    assert_eq!(fates(&client, vec![sent("ada", at + 1, "may we")]).await, [SENT]);
    assert_eq!(reads(&client, "ada", Series::EmailOpen).await.0, State::Granted);
}

#[apply(every_app)]
async fn only_what_tells_or_asks_leaves_a_record(app: &TestApp) {
    let (client, _) = settled_under(app, "fr-cnil-2026").await;
    let other =
        Message::new(marks::id("news"), Channel::Email, MessageClass::Marketing, SendingBasis::Consent);
    declare(&client, other).await;
    let sends = vec![sent("ada", START, "news"), sent("ada", START, "nobody declared this")];
    assert_eq!(fates(&client, sends).await, [SENT; 2]);
    assert_eq!((rows(app, "record").await, rows(app, "profile").await, rows(app, "send").await), (0, 0, 2));
}

#[apply(every_app)]
async fn a_bare_notice_reads_informed_and_permits_nothing(app: &TestApp) {
    let (client, _) = settled_under(app, "fr-cnil-2026").await;
    collected(&client, &["ada"]).await;
    let bare = Message::new(marks::id("bare"), Channel::Sms, MessageClass::Notice, SendingBasis::LegalDuty);
    declare(&client, bare).await;
    assert_eq!(fates(&client, vec![sent("ada", JULY_15 - HOUR, "bare")]).await, [SENT]);
    assert_eq!(fates(&client, vec![opened("ada", START)]).await, [TOLD]);
    assert_eq!(reads(&client, "ada", Series::Device).await.0, State::Informed);
    assert_eq!(reads(&client, "ada", Series::Marketing).await.0, State::Unknown);
}

#[apply(every_app)]
async fn what_comes_with_a_notice_is_judged_by_it(app: &TestApp) {
    let (client, text) = settled_under(app, "fr-cnil-2026").await;
    collected(&client, &["ada", "bob"]).await;
    declare(&client, notice("we track", text)).await;
    let together = vec![opened("ada", START), sent("ada", JULY_15 - 1, "we track"), opened("bob", START)];
    assert_eq!(fates(&client, together).await, [DEFAULT, SENT, UNTOLD]);
}

#[apply(every_app)]
async fn who_was_erased_is_told_nothing_and_leaves_no_trace(app: &TestApp) {
    let (client, text) = settled_under(app, "fr-cnil-2026").await;
    declare(&client, notice("we track", text)).await;
    assert_eq!(fates(&client, vec![sent("ada", START - HOUR, "we track")]).await, [SENT]);
    client.privacy().erase(story::people(), marks::id("ada")).await.expect("an erasure");
    app.advance(Duration::from_secs(1));
    let gone = (rows(app, "record").await, rows(app, "profile").await, rows(app, "interaction").await);
    assert_eq!(gone, (2, 0, 0), "the notice's record is empty, the erasure has its own");
    let after = START + 500_000;
    let erased =
        fates_without_policy(&client, vec![sent("ada", after, "we track"), sent("bob", after, "we track")]);
    assert_eq!(erased.await, ["DISCARDED PROFILE_ERASED", "RECORDED SEND"]);
    let recipients = ["ada"].map(|who| Recipient::new(marks::id(who)));
    let plan =
        PlanTracking::of_message(marks::id("we track")).in_table(story::people()).recipients(recipients);
    let told = client.interactions().plan(plan.record_sends()).await.expect("a plan is answered");
    assert_eq!(told[0].as_ref().expect("a plan").send, Some(assent_sdk::Disposition::Discarded));
    let left = (rows(app, "record").await, rows(app, "profile").await, rows(app, "interaction").await);
    assert_eq!(left, (3, 1, 1), "only Bob was told");
}

async fn fates_without_policy(client: &Client, interactions: Vec<Interaction>) -> Vec<String> {
    let batch = assent_sdk::RecordInteractions::into_table(story::people()).interactions(interactions);
    let told = client.interactions().record(batch).await.expect("a batch is answered");
    let words = told.into_iter().map(|told| {
        let told = told.expect("everything is judged");
        format!("{} {}", told.disposition, told.reason.expect("a reader is told why"))
    });
    words.collect()
}

#[apply(every_app)]
async fn a_plan_that_records_its_sends_tells_and_asks(app: &TestApp) {
    use assent_tests::plan::{recording, to, words};
    let (client, text) = settled_under(app, "fr-cnil-2026").await;
    collected(&client, &["ada", "bob"]).await;
    declare(&client, notice("we track", text).justification("the post was on strike")).await;
    declare(&client, request("may we")).await;
    let none = "NONE CONSENT_REQUEST, PLAIN CONSENT_REQUEST";
    for message in ["we track", "may we"] {
        assert_eq!(words(app.client(), to(&["ada", "bob"], message)).await, [none; 2]);
    }
    assert_eq!(history(&client, "ada").await.len(), 0, "a plan tells nobody anything");

    let recorded = format!("{none}, RECORDED");
    let asked = recording(to(&["ada", "bob", "ada"], "we track"));
    assert_eq!(words(app.client(), asked.clone()).await, [&*recorded; 3]);
    assert_eq!(words(app.client(), recording(to(&["ada"], "may we"))).await, [&*recorded]);
    let kinds = |records: &[ConsentRecord]| {
        records.iter().map(|record| matches!(record.body, RecordBody::Notice(_))).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&history(&client, "ada").await), [true, false], "two sends at one instant say the same");
    assert_eq!(kinds(&history(&client, "bob").await), [true]);
    assert_eq!(rows(app, "send").await, 4);
    assert_eq!(fates(&client, vec![opened("bob", START), opened("cleo", START)]).await, [DEFAULT, UNTOLD]);

    // The same call writes nothing more; the same words in another call do.
    app.advance(Duration::from_secs(1));
    assert_eq!(words(app.client(), asked.clone()).await, [&*recorded; 3]);
    assert_eq!((rows(app, "record").await, rows(app, "send").await), (2 + 3, 4));
    assert_eq!(words(app.client(), recording(asked)).await, [&*recorded; 3]);
    assert_eq!((rows(app, "record").await, rows(app, "send").await), (2 + 5, 7));
}

#[apply(every_app)]
async fn readers_that_wait_are_told_of_a_notice_in_both_feeds(app: &TestApp) {
    use assent_service::clock::Clock;
    use assent_tests::plan::{recording, to, words};
    let (client, text) = settled_under(app, "fr-cnil-2026").await;
    declare(&client, notice("we track", text)).await;
    for planned in [false, true] {
        story::number_everything(app.client()).await;
        // An instant that nobody else sleeps until.
        app.advance(Duration::from_micros(1));
        let sleeps_until = app.clock().monotonic() + Duration::from_secs(30);
        let found =
            client.changes().cursor(Start::Latest, ChangeFilter::everything()).await.expect("a cursor");
        let waiting = ReadChanges::from_cursor(found.cursor).max_wait(Duration::from_secs(30));
        let reader = client.clone();
        let read = tokio::spawn(async move { reader.changes().read(waiting).await.expect("a page") });
        while !app.clock().sleeps_until(sleeps_until) && !read.is_finished() {
            tokio::task::yield_now().await;
        }
        if planned {
            words(app.client(), recording(to(&["bob"], "we track"))).await;
        } else {
            fates(&client, vec![sent("ada", START - HOUR, "we track")]).await;
        }
        // The clock stands still: only news wakes who sleeps.
        let page = read.await.expect("no panic");
        assert_eq!((page.changes.len(), page.changes[0].notice), (1, Some(text)));
    }
}

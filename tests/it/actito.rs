//! The seeds: what Actito asked for in the first place, told as stories through the SDK, as a customer's program
//! would. Each name begins with the number of its wish.

use assent_sdk::{
    Activity, AnswerGiven, Basis, ChangeFilter, Click, Client, Controller, Coverage, Effect, Evidence, Facts,
    GetConsents, Goal, Interaction, InteractionKind, InteractionOutcome, Item, Money, NoticeId, Options,
    Outcome, Paging, ProfileTable, Purpose, ReadChanges, RecordBody, RecordInteractions, Scope, Series,
    Source, SourceKind, Start, State, Upsert, VerdictReason,
};
use assent_tests::app::{START, TestApp};
use assent_tests::{apply, every_app, marks, story};

mod assumed;

/// Every seed that stands, so that none is lost by a change of name.
const SEEDS: [&str; 12] = [
    "actito_1_no_value_is_true_under_legacy",
    "actito_2_new_profiles_without_consent_are_false_under_fr",
    "actito_3_a_covered_audience_is_true_in_bulk_by_the_campaigns_name_and_date",
    "actito_4_nothing_that_was_done_is_stored_when_refused",
    "actito_5_marketing_yes_and_tracking_no_at_once",
    "actito_6_the_report_reads_as_if_the_action_did_not_occur",
    "actito_7_whoever_said_no_leaves_a_wait_block_by_the_exit_branch",
    "actito_8_last_device_and_user_agent_are_not_updated_when_refused",
    "actito_9_withdrawal_touches_the_future_only_and_history_stays",
    "actito_10_changes_of_both_consents_yes_and_no_are_exported_incrementally",
    "actito_13_anonymised_statistics_and_the_last_open_day_are_kept_scope_by_scope",
    "actito_14_a_profiles_consents_and_their_history_can_be_read",
];

#[test]
fn every_seed_is_a_story_here() {
    let here = concat!(include_str!("actito.rs"), include_str!("actito/assumed.rs"));
    for seed in SEEDS {
        assert!(here.contains(&format!("#[apply(every_app)]\nasync fn {seed}(app: &TestApp)")), "{seed}");
    }
}

/// A program of our tenant's, its table under the French rules, and the text that people are shown.
async fn settled(app: &TestApp) -> (Client, NoticeId) {
    settled_under(app, "fr-cnil-2026").await
}

/// As [`settled`], with the table under that policy.
pub(crate) async fn settled_under(app: &TestApp, policy: &str) -> (Client, NoticeId) {
    let options = Options::new(format!("http://{}", app.address())).api_key(app.ours().key.clone());
    let client = Client::connect(options).await.expect("the service answers");
    let controller = Controller::new("Shop", "1 High Street", "privacy office");
    let table = ProfileTable::new(story::people(), "Europe/Paris").policy(policy).controller(controller);
    client.settings().put_profile_table(table).await.expect("a table is stored");
    let notice = client.consents().put_notice(story::notice_text("ours")).await.expect("a text is stored");
    (client, notice.id)
}

fn evidence(notice: NoticeId) -> Evidence {
    Evidence::new()
        .method("checkbox")
        .source(Source::new(SourceKind::Form).name("newsletter form").version("3"))
        .notice(notice)
        .language("fr")
        .actor("data subject")
}

pub(crate) fn yes(coverage: Coverage, notice: NoticeId) -> AnswerGiven {
    let at = assent_sdk::Instant::from_micros(START);
    AnswerGiven::grant(Basis::Explicit, coverage).decided_at(at).evidence(evidence(notice))
}

pub(crate) async fn say(
    client: &Client,
    answers: Vec<(&str, AnswerGiven)>,
) -> Vec<assent_sdk::ConsentsUpserted> {
    let items = answers.into_iter().map(|(who, answer)| Item::new(marks::id(who)).answer(answer));
    let batch = Upsert::into_table(story::people()).items(items);
    let told = client.consents().upsert(batch).await.expect("a batch is answered");
    told.into_iter().map(|told| told.expect("everything is accepted")).collect()
}

/// What became of each, by the contract's words, with the policy that decided.
pub(crate) async fn fates(client: &Client, interactions: Vec<Interaction>) -> Vec<String> {
    let batch = RecordInteractions::into_table(story::people()).interactions(interactions);
    let told = client.interactions().record(batch).await.expect("a batch is answered");
    let words = |told: assent_sdk::Result<InteractionOutcome>| {
        let told = told.expect("everything is judged");
        let policy = told.policy.expect("a reader is told which policy").id;
        format!("{} {} {policy}", told.disposition, told.reason.expect("a reader is told why"))
    };
    told.into_iter().map(words).collect()
}

/// Every kind of thing that a person does, a second ago, with a device.
fn everything(who: &str, device: &str) -> Vec<Interaction> {
    let at = assent_sdk::Instant::from_micros(START);
    let who = marks::id(who);
    let click = || Click::in_message(marks::id("spring")).link(marks::id("offer"));
    let goal = Goal::reached(marks::id("sale")).amount(Money::new(4990, "EUR")).order(marks::id("order"));
    let done = [
        Interaction::email_open(&who, at, marks::id("spring")),
        Interaction::email_click(&who, at, click()),
        Interaction::sms_click(&who, at, click()),
        Interaction::website_visit(&who, at, marks::id("shop")).led_by(marks::id("spring")),
        Interaction::transaction_goal(&who, at, goal),
    ];
    done.map(|done| done.device(marks::id(device)).user_agent(marks::id("agent"))).to_vec()
}

async fn activity(client: &Client, who: &str) -> Activity {
    let found = client.interactions().activity(story::people(), marks::id(who), Paging::first()).await;
    found.expect("activity")
}

#[apply(every_app)]
async fn actito_1_no_value_is_true_under_legacy(app: &TestApp) {
    let (client, _) = settled_under(app, "legacy").await;
    assert_eq!(fates(&client, everything("ada", "phone")).await, ["RECORDED DEFAULT_PERMITS legacy"; 5]);
    assert_eq!(activity(&client, "ada").await.interactions.len(), 5);
}

#[apply(every_app)]
async fn actito_2_new_profiles_without_consent_are_false_under_fr(app: &TestApp) {
    let (client, _) = settled(app).await;
    let form = Source::new(SourceKind::Form).name("newsletter form").version("3");
    let facts = Facts::new(form).collected_on("2026-05-04".parse().expect("a day")).jurisdiction("FR");
    let item = Item::new(marks::id("ada")).facts(facts);
    let told = client.consents().upsert(Upsert::into_table(story::people()).item(item)).await;
    assert!(told.expect("a batch is answered")[0].is_ok());
    for who in ["ada", "somebody else"] {
        assert_eq!(fates(&client, everything(who, "phone")).await, ["DISCARDED UNKNOWN fr-cnil-2026"; 5]);
        let found = activity(&client, who).await;
        assert!(found.interactions.is_empty() && found.last_device.is_none());
    }
}

#[apply(every_app)]
async fn actito_4_nothing_that_was_done_is_stored_when_refused(app: &TestApp) {
    let (client, notice) = settled_under(app, "legacy").await;
    let refusal = AnswerGiven::refuse(Coverage::tracking());
    say(&client, vec![("ada", yes(Coverage::tracking(), notice)), ("bob", refusal)]).await;
    app.advance(std::time::Duration::from_secs(1));
    assert_eq!(fates(&client, everything("ada", "phone")).await, ["RECORDED GRANTED legacy"; 5]);
    assert_eq!(fates(&client, everything("bob", "phone")).await, ["DISCARDED REFUSED legacy"; 5]);

    let (of_ada, of_bob) = (activity(&client, "ada").await, activity(&client, "bob").await);
    let kinds: Vec<_> = of_ada.interactions.iter().map(|row| row.interaction.what.kind()).collect();
    assert_eq!(kinds.len(), 5);
    let behaviour = InteractionKind::ALL.iter().filter(|kind| **kind != InteractionKind::Send);
    assert!(behaviour.into_iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    let device = of_ada.last_device.expect("Ada's device");
    assert_eq!((device.device, device.user_agent), (Some(marks::id("phone")), Some(marks::id("agent"))));
    assert!(of_bob.interactions.is_empty() && of_bob.last_device.is_none());
}

#[apply(every_app)]
async fn actito_5_marketing_yes_and_tracking_no_at_once(app: &TestApp) {
    let (client, notice) = settled(app).await;
    let told = say(
        &client,
        vec![("ada", yes(Coverage::marketing(), notice)), ("ada", AnswerGiven::refuse(Coverage::tracking()))],
    )
    .await;
    assert_eq!((told[0].series.len(), told[1].series.len()), (1, 6));
    assert!(told.iter().flat_map(|told| &told.series).all(|told| told.outcome == Outcome::Created));

    let asked = GetConsents::of(story::people(), [marks::id("ada")]);
    let reads = client.consents().get(asked).await.expect("states").remove(0).expect("Ada's");
    let state = |series: Series| reads.standing(series).expect("every series is told").state;
    assert_eq!(state(Series::Marketing), State::Granted);
    for scope in Scope::ALL {
        assert_eq!(state((*scope).into()), State::Refused, "{scope}");
    }
}

/// The day of somebody's last known open, as they are told it who ask what is held.
pub(crate) async fn last_open_day(client: &Client, who: &str) -> Option<assent_sdk::Day> {
    let mut walk = client.privacy().access(story::people(), marks::id(who)).await.expect("access");
    let mut day = None;
    while let Some(held) = walk.next().await.expect("the next piece") {
        if let assent_sdk::Held::LastOpenDay(told) = held {
            day = Some(told);
        }
    }
    day
}

#[apply(every_app)]
async fn actito_6_the_report_reads_as_if_the_action_did_not_occur(app: &TestApp) {
    let (client, notice) = settled_under(app, "legacy").await;
    let refusal = AnswerGiven::refuse(Coverage::tracking());
    say(&client, vec![("ada", yes(Coverage::tracking(), notice)), ("bob", refusal)]).await;
    app.advance(std::time::Duration::from_secs(1));
    let of_spring =
        |who| everything(who, "phone").into_iter().map(|one| one.campaign(marks::id("spring"))).collect();
    assert_eq!(fates(&client, of_spring("bob")).await, ["DISCARDED REFUSED legacy"; 5]);
    let report = async || client.interactions().report(marks::id("spring")).await.expect("a report");
    let nothing = report().await;
    assert_eq!(nothing.total, assent_sdk::CampaignFigures::default(), "no goal, no revenue, not one open");
    assert!(nothing.anonymous.is_empty());

    assert_eq!(fates(&client, of_spring("ada")).await, ["RECORDED GRANTED legacy"; 5]);
    let total = report().await.total;
    let rates = [total.email_opens, total.email_clicks, total.sms_clicks].map(|of| of.human);
    assert_eq!((rates, total.website_visits, total.transaction_goals), ([1; 3], 1, 1));
    assert_eq!(total.revenue, [Money::new(4990, "EUR")], "Ada's alone");
    fates(&client, of_spring("bob")).await;
    assert_eq!(report().await.total, total);
}

#[apply(every_app)]
async fn actito_7_whoever_said_no_leaves_a_wait_block_by_the_exit_branch(app: &TestApp) {
    use assent_proto::v1::{ExitPolicy, InteractionKind, WaitBlock};
    use assent_tests::{deed, wait};
    let (client, notice) = settled(app).await;
    let everyone = ["ada", "bob", "cleo"];
    say(&client, everyone.map(|who| (who, yes(Coverage::tracking(), notice))).to_vec()).await;
    // Ada and Bob open the mail; Bob, who did, and Dan, whom nobody asked, are not to be followed.
    let opened = everyone[..2].iter().map(|who| deed::open(who, START, "spring")).collect();
    assert_eq!(deed::fates(app.client(), opened).await, ["RECORDED GRANTED"; 2]);
    app.advance(std::time::Duration::from_secs(1));
    say(&client, vec![("bob", AnswerGiven::withdraw(Coverage::tracking()))]).await;
    let dans = deed::open("dan", START, "spring");
    assert_eq!(deed::fates(app.client(), vec![dans]).await, ["DISCARDED UNKNOWN"]);

    let day = 86_400_000_000;
    let asked = |exit: ExitPolicy| {
        let block = |who| {
            wait::block(who, wait::message("spring"), &[InteractionKind::EmailOpen], START, START + day)
        };
        let told = |who| WaitBlock { exit_policy: exit.into(), ..block(who) };
        ["ada", "bob", "cleo", "dan"].map(told).to_vec()
    };
    let told = wait::stand(app.client(), asked(ExitPolicy::Unspecified)).await;
    assert_eq!(told, ["MATCHED", "WAITING", "WAITING", "WAITING"], "timing tells nothing");
    app.advance(std::time::Duration::from_secs(86_400 + 600));
    for exit in [ExitPolicy::Unspecified, ExitPolicy::Immediate] {
        let told = wait::stand(app.client(), asked(exit)).await;
        let out = ["EXITED CONSENT_WITHDRAWN", "EXITED TIMEOUT", "EXITED NOT_TRACKABLE"];
        assert_eq!((told[0].as_str(), &told[1..]), ("MATCHED", &out.map(str::to_owned)[..]));
    }
}

#[apply(every_app)]
async fn actito_8_last_device_and_user_agent_are_not_updated_when_refused(app: &TestApp) {
    let (client, _) = settled_under(app, "legacy").await;
    fates(&client, everything("ada", "phone")).await;
    app.advance(std::time::Duration::from_secs(1));
    say(&client, vec![("ada", AnswerGiven::refuse(Coverage::tracking()))]).await;
    app.advance(std::time::Duration::from_secs(1));
    let later = assent_sdk::Instant::from_micros(START + 2_000_000);
    let open = Interaction::email_open(marks::id("ada"), later, marks::id("spring"));
    let open = open.device(marks::id("tablet")).user_agent(marks::id("another agent"));
    assert_eq!(fates(&client, vec![open]).await, ["DISCARDED REFUSED legacy"]);
    let device = activity(&client, "ada").await.last_device.expect("what was known before");
    assert_eq!((device.device, device.user_agent), (Some(marks::id("phone")), Some(marks::id("agent"))));
}

#[apply(every_app)]
async fn actito_9_withdrawal_touches_the_future_only_and_history_stays(app: &TestApp) {
    let (client, notice) = settled_under(app, "legacy").await;
    say(&client, vec![("ada", yes(Coverage::tracking(), notice))]).await;
    assert_eq!(fates(&client, everything("ada", "phone")).await, ["RECORDED GRANTED legacy"; 5]);
    app.advance(std::time::Duration::from_secs(1));
    say(&client, vec![("ada", AnswerGiven::withdraw(Coverage::tracking()))]).await;
    // Sent anew, as other interactions: what is refused is what is done, not how often it is told.
    assert_eq!(fates(&client, everything("ada", "phone")).await, ["DISCARDED WITHDRAWN legacy"; 5]);
    let found = activity(&client, "ada").await;
    assert_eq!(found.interactions.len(), 5);
    assert!(found.interactions.iter().all(|row| row.reason == VerdictReason::Granted));
}

#[apply(every_app)]
async fn actito_10_changes_of_both_consents_yes_and_no_are_exported_incrementally(app: &TestApp) {
    let (client, notice) = settled(app).await;
    let found = client.changes().cursor(Start::Earliest, ChangeFilter::everything()).await.expect("a cursor");
    let lines = async |cursor: &assent_sdk::Cursor| {
        let page = client.changes().read(ReadChanges::from_cursor(cursor.clone())).await.expect("a page");
        assert!(page.caught_up);
        let lines: Vec<_> = page
            .changes
            .iter()
            .flat_map(|change| change.lines.iter().map(|line| (line.series, line.effect)))
            .collect();
        (lines, page.next_cursor)
    };

    say(&client, vec![("ada", yes(Coverage::marketing(), notice))]).await;
    say(&client, vec![("ada", AnswerGiven::refuse(Coverage::scopes([Scope::EmailOpen])))]).await;
    let (first, cursor) = lines(&found.cursor).await;
    assert_eq!(first, [(Series::Marketing, Effect::Granted), (Series::EmailOpen, Effect::Refused)]);
    assert_eq!(lines(&cursor).await.0, [], "each change once");

    app.advance(std::time::Duration::from_secs(1));
    say(&client, vec![("ada", AnswerGiven::withdraw(Coverage::marketing()))]).await;
    let grant = yes(Coverage::scopes([Scope::EmailOpen]), notice);
    let now = assent_sdk::Instant::from_micros(START + 1_000_000);
    say(&client, vec![("ada", grant.decided_at(now))]).await;
    let (second, cursor) = lines(&cursor).await;
    assert_eq!(second, [(Series::Marketing, Effect::Withdrawn), (Series::EmailOpen, Effect::Granted)]);
    assert_eq!(lines(&cursor).await.0, []);

    // One consent alone, for a system that knows no other.
    let filter = ChangeFilter::everything().purposes([Purpose::Tracking]);
    let found = client.changes().cursor(Start::Earliest, filter.clone()).await.expect("a cursor");
    let query = ReadChanges::from_cursor(found.cursor).filter(filter);
    let page = client.changes().read(query).await.expect("a page");
    assert_eq!(page.changes.len(), 2);
}

#[apply(every_app)]
async fn actito_13_anonymised_statistics_and_the_last_open_day_are_kept_scope_by_scope(app: &TestApp) {
    use assent_sdk::{
        AnonymousMode, Campaign, Channel, Message, MessageClass, PixelMode, PolicyOverride, SendingBasis,
    };
    // July 2026, the day after the transition.
    let july = 1_784_109_600_000_000;
    app.clock().set(assent_domain::time::Instant::from_micros(july).expect("an instant"));
    let (client, notice) = settled(app).await;
    let mut counted = PolicyOverride::new(marks::id("actito"), "fr-cnil-2026");
    counted.anonymous_mode = Some(AnonymousMode::FromIdentified);
    client.settings().put_policy_override(counted).await.expect("the controller's choice is on record");
    client.settings().put_campaign(Campaign::new(marks::id("spring"))).await.expect("a campaign");
    let mail =
        Message::new(marks::id("spring"), Channel::Email, MessageClass::Marketing, SendingBasis::Consent);
    client.settings().put_message(mail.campaign(marks::id("spring"))).await.expect("a message");
    let at = assent_sdk::Instant::from_micros(july);
    let crowd: Vec<String> = (0..10).map(|number| format!("reader {number}")).collect();
    // They want the mail; of what they do with it, clicks may be recorded and opens may not.
    for who in &crowd {
        let marketing = yes(Coverage::marketing(), notice).decided_at(at);
        let scope = yes(Coverage::scopes([Scope::EmailClick]), notice).decided_at(at);
        let no = AnswerGiven::refuse(Coverage::scopes([Scope::EmailOpen]));
        say(&client, vec![(who.as_str(), marketing), (who.as_str(), scope), (who.as_str(), no)]).await;
    }
    app.advance(std::time::Duration::from_secs(1));
    let later = assent_sdk::Instant::from_micros(july + 1_000_000);
    let mut deeds = Vec::new();
    for who in &crowd {
        let who = marks::id(who);
        let (pixel, links) = (PixelMode::Identified, assent_sdk::LinkMode::Tracked);
        deeds.push(Interaction::message_sent(&who, later, marks::id("spring"), pixel, links));
        deeds.push(Interaction::email_open(&who, later, marks::id("spring")));
        deeds.push(Interaction::email_click(&who, later, Click::in_message(marks::id("spring"))));
    }
    for told in fates(&client, deeds).await.chunks(3) {
        let told: Vec<String> =
            told.iter().map(|told| told.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(told, ["RECORDED SEND", "EXEMPTED REFUSED", "RECORDED GRANTED"]);
    }
    assert_eq!(last_open_day(&client, &crowd[0]).await, Some("2026-07-15".parse().expect("a day")));
    app.advance(std::time::Duration::from_secs(2 * 24 * 3600));
    let told = client.interactions().report(marks::id("spring")).await.expect("a report");
    let (opens, clicks) = (told.total.email_opens, told.total.email_clicks);
    assert_eq!((opens.human, opens.trackable, opens.not_trackable), (0, 0, 10), "nobody is a non-opener");
    assert_eq!((clicks.human, clicks.trackable), (10, 10));
    assert_eq!(
        told.anonymous.iter().map(|of| (of.kind, of.total)).collect::<Vec<_>>(),
        [(InteractionKind::EmailOpen, 10)]
    );
}

#[apply(every_app)]
async fn actito_14_a_profiles_consents_and_their_history_can_be_read(app: &TestApp) {
    let (client, notice) = settled(app).await;
    say(&client, vec![("ada", yes(Coverage::tracking(), notice))]).await;
    app.advance(std::time::Duration::from_secs(1));
    say(&client, vec![("ada", AnswerGiven::withdraw(Coverage::scopes([Scope::EmailOpen])))]).await;
    say(&client, vec![("bob", AnswerGiven::refuse(Coverage::joint()))]).await;

    let asked = GetConsents::of(story::people(), [marks::id("ada")]);
    let reads = client.consents().get(asked).await.expect("states").remove(0).expect("Ada's");
    let open = reads.standing(Series::EmailOpen).expect("a standing");
    assert_eq!((open.state, reads.profile_version), (State::Withdrawn, 2));
    assert_eq!(reads.standing(Series::EmailClick).expect("a standing").state, State::Granted);

    let page = client.consents().records(story::people(), marks::id("ada"), Paging::first()).await;
    let history = page.expect("a history").items;
    let [grant, withdrawal] = history.as_slice() else { panic!("two records: {history:?}") };
    // All scopes are on record as those that there were when it was said.
    let said = yes(Coverage::scopes(Scope::ALL.iter().copied()), notice);
    assert_eq!(grant.body, RecordBody::Answer(said), "with its evidence");
    assert_eq!(grant.controller.as_ref().map(|controller| controller.name.as_str()), Some("Shop"));
    assert_eq!(open.record_id.as_ref(), Some(&withdrawal.id));
    assert_eq!(withdrawal.changes.len(), 1);
    assert_eq!(withdrawal.changes[0].old_state, State::Granted);

    // As it was before the withdrawal.
    let then =
        GetConsents::of(story::people(), [marks::id("ada")]).as_of(assent_sdk::Instant::from_micros(START));
    let reads = client.consents().get(then).await.expect("states").remove(0).expect("Ada's");
    assert_eq!(reads.standing(Series::EmailOpen).expect("a standing").state, State::Granted);
}

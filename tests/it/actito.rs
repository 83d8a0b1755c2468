//! The seeds: what Actito asked for in the first place, told as stories through the SDK, as a customer's program
//! would. Each name begins with the number of its wish.

use assent_sdk::{
    AnswerGiven, Basis, ChangeFilter, Client, Controller, Coverage, Effect, Evidence, GetConsents, Item,
    NoticeId, Options, Outcome, Paging, ProfileTable, Purpose, ReadChanges, RecordBody, Scope, Series,
    Source, SourceKind, Start, State, Upsert,
};
use assent_tests::app::{START, TestApp};
use assent_tests::{apply, every_app, marks, story};

/// Every seed that stands, so that none is lost by a change of name.
const SEEDS: [&str; 4] = [
    "actito_5_marketing_yes_and_tracking_no_at_once",
    "actito_7_whoever_said_no_leaves_a_wait_block_by_the_exit_branch",
    "actito_10_changes_of_both_consents_yes_and_no_are_exported_incrementally",
    "actito_14_a_profiles_consents_and_their_history_can_be_read",
];

#[test]
fn every_seed_is_a_story_here() {
    let here = include_str!("actito.rs");
    for seed in SEEDS {
        assert!(here.contains(&format!("#[apply(every_app)]\nasync fn {seed}(app: &TestApp)")), "{seed}");
    }
}

/// A program of our tenant's, its table under the French rules, and the text that people are shown.
async fn settled(app: &TestApp) -> (Client, NoticeId) {
    let options = Options::new(format!("http://{}", app.address())).api_key(app.ours().key.clone());
    let client = Client::connect(options).await.expect("the service answers");
    let controller = Controller::new("Shop", "1 High Street", "privacy office");
    let table =
        ProfileTable::new(story::people(), "Europe/Paris").policy("fr-cnil-2026").controller(controller);
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

fn yes(coverage: Coverage, notice: NoticeId) -> AnswerGiven {
    let at = assent_sdk::Instant::from_micros(START);
    AnswerGiven::grant(Basis::Explicit, coverage).decided_at(at).evidence(evidence(notice))
}

async fn say(client: &Client, answers: Vec<(&str, AnswerGiven)>) -> Vec<assent_sdk::ConsentsUpserted> {
    let items = answers.into_iter().map(|(who, answer)| Item::new(marks::id(who)).answer(answer));
    let batch = Upsert::into_table(story::people()).items(items);
    let told = client.consents().upsert(batch).await.expect("a batch is answered");
    told.into_iter().map(|told| told.expect("everything is accepted")).collect()
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

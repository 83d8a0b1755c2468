//! What a withdrawal takes of what was recorded before: hidden from every read at once, gone from disk soon, and never back.

use std::time::Duration;

use assent_proto::v1::{self, Answer, InteractionKind, access_profile_response::Piece};
use assent_tests::app::{START, TestApp};
use assent_tests::deed::{click, fates, open, visit};
use assent_tests::engine::Engine;
use assent_tests::{apply, every_app, marks, story, wait};

use super::feed::{earliest, read};
use super::{BEFORE, HOUR, rows, settled};

/// Sooner than housekeeping looks again.
const A_MOMENT: Duration = Duration::from_millis(100);

/// As late as it looks.
pub(super) const SOON: Duration = Duration::from_secs(2);

/// Longer than any transaction may take.
pub(super) const A_WHILE: Duration = Duration::from_secs(60);

/// Gives our tenant its table under that policy, and a grant of everybody in [`story::PEOPLE`]. The notice's id.
pub(super) async fn settled_under(app: &TestApp, policy: &str) -> Vec<u8> {
    let notice = settled(app).await;
    under(app, policy).await;
    notice
}

/// Gives our tenant's table that policy.
pub(super) async fn under(app: &TestApp, policy: &str) {
    let mut settings = app.client().settings();
    let asked = v1::GetProfileTableRequest { id: story::people() };
    let found = settings.get_profile_table(asked).await.expect("the table").into_inner();
    let mut table = found.profile_table.expect("the table");
    table.policy_id = Some(policy.to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    settings.put_profile_table(put).await.expect("a table is stored");
}

/// Something that was said, on those scopes.
fn on_scopes(scopes: &[v1::Scope], mut item: v1::UpsertConsentsItem) -> v1::UpsertConsentsItem {
    if let Some(v1::upsert_consents_item::Event::Answer(given)) = &mut item.event {
        let scopes = scopes.iter().map(|scope| i32::from(*scope)).collect();
        let tracking = Some(v1::coverage::Tracking::Scopes(v1::ScopeList { scopes }));
        given.coverage = Some(v1::Coverage { marketing: false, tracking });
    }
    item
}

/// The same on marketing alone.
pub(super) fn on_marketing(mut item: v1::UpsertConsentsItem) -> v1::UpsertConsentsItem {
    if let Some(v1::upsert_consents_item::Event::Answer(given)) = &mut item.event {
        given.coverage = Some(v1::Coverage { marketing: true, tracking: None });
    }
    item
}

/// The same as an import tells it, with its date.
pub(super) fn imported(mut item: v1::UpsertConsentsItem) -> v1::UpsertConsentsItem {
    if let Some(v1::upsert_consents_item::Event::Answer(given)) = &mut item.event {
        let source =
            v1::Source { kind: v1::SourceKind::Import.into(), ..story::form("ours").expect("a source") };
        given.evidence = Some(v1::Evidence { source: Some(source), ..v1::Evidence::default() });
    }
    item
}

/// Says it, and what became of its first series.
pub(super) async fn said(app: &TestApp, item: v1::UpsertConsentsItem) -> v1::Outcome {
    let answer = app.client().consents().upsert_consents(story::batch(vec![item])).await;
    match answer.expect("a batch is answered").into_inner().results.remove(0).result {
        Some(v1::upsert_consents_result::Result::Outcome(outcome)) => outcome.series[0].outcome(),
        other => panic!("it is stored: {other:?}"),
    }
}

pub(super) fn withdraws(who: &str) -> v1::UpsertConsentsItem {
    story::item(who, Answer::Withdraw, START, None)
}

pub(super) fn grants(who: &str, at: i64, notice: &[u8]) -> v1::UpsertConsentsItem {
    story::item(who, Answer::Grant, at, Some(story::evidence(notice, "ours")))
}

/// When what is shown of somebody's activity occurred, the newest first, as hours before the start.
pub(super) async fn shown(app: &TestApp, who: &str) -> Vec<i64> {
    let request = v1::GetProfileActivityRequest {
        profile_table: story::people(),
        profile: story::person(who),
        ..v1::GetProfileActivityRequest::default()
    };
    let found = app.client().interactions().get_profile_activity(request).await.expect("activity");
    let at = |row: v1::RecordedInteraction| {
        let at = row.interaction.and_then(|interaction| interaction.occurred_at).expect("an instant");
        (START - (at.seconds * 1_000_000 + i64::from(at.nanos) / 1_000)) / HOUR
    };
    found.into_inner().interactions.into_iter().map(at).collect()
}

/// Waits for housekeeping to leave so many rows of ours in a table.
pub(super) async fn comes_to(app: &TestApp, table: &str, count: usize) {
    super::comes_to(app, table, count, SOON).await;
}

/// How many interactions AccessProfile tells the person of.
async fn told_of(app: &TestApp, who: &str) -> usize {
    let request = v1::AccessProfileRequest { profile_table: story::people(), profile: story::person(who) };
    let mut told = app.client().privacy().access_profile(request).await.expect("access").into_inner();
    let mut interactions = 0;
    while let Some(next) = told.message().await.expect("the next piece") {
        interactions += usize::from(matches!(next.piece, Some(Piece::Interaction(_))));
    }
    interactions
}

async fn waits(app: &TestApp, who: &str) -> String {
    let block = wait::block(
        who,
        wait::message("spring"),
        &[InteractionKind::EmailOpen],
        START - 24 * HOUR,
        START + 24 * HOUR,
    );
    wait::stand(app.client(), vec![block]).await.remove(0)
}

#[apply(every_app)]
async fn where_the_policy_erases_rows_are_hidden_at_once_then_gone_and_never_back(app: &TestApp) {
    let notice = settled_under(app, "fr-cnil-2026").await;
    let deeds = |who| vec![open(who, BEFORE, "spring"), visit(who, BEFORE - HOUR, "shop")];
    fates(app.client(), [deeds("anna"), deeds("bruno")].concat()).await;
    assert_eq!((shown(app, "anna").await, waits(app, "anna").await), (vec![1, 2], "MATCHED".to_owned()));
    assert_eq!(read(app.client(), earliest()).await.interactions.len(), 4);

    said(app, withdraws("anna")).await;
    assert!(shown(app, "anna").await.is_empty());
    assert_eq!(waits(app, "anna").await, "WAITING");
    assert_eq!(read(app.client(), earliest()).await.interactions.len(), 2);
    app.advance(A_MOMENT);
    said(app, grants("anna", START + 50_000, &notice)).await;
    assert!(shown(app, "anna").await.is_empty(), "granted again");
    assert_eq!(waits(app, "anna").await, "WAITING");
    assert_eq!(read(app.client(), earliest()).await.interactions.len(), 2);
    assert_eq!((rows(app, "interaction").await, rows(app, "removal").await), (4, 1), "nobody came by yet");
    assert_eq!(told_of(app, "anna").await, 2, "the person is told what is still held");

    app.advance(SOON);
    comes_to(app, "interaction", 2).await;
    assert_eq!(told_of(app, "anna").await, 0);
    let told = fates(app.client(), vec![visit("anna", START + 60_000, "shop")]).await;
    assert_eq!(told, ["RECORDED GRANTED"]);
    app.advance(A_WHILE);
    comes_to(app, "removal", 0).await;
    assert_eq!(rows(app, "interaction").await, 3, "what a new grant permits stays");
    assert_eq!((shown(app, "anna").await.len(), shown(app, "bruno").await), (1, vec![1, 2]));
    assert_eq!(waits(app, "anna").await, "WAITING");
}

#[apply(every_app)]
async fn where_it_keeps_history_stays_but_the_gap_of_a_withdrawal_goes(app: &TestApp) {
    // Actito 9, and what an import tells late.
    let notice = settled_under(app, "legacy").await;
    let deeds = [1, 2, 3].map(|hours| open("anna", START - hours * HOUR, "spring"));
    fates(app.client(), deeds.to_vec()).await;
    assert_eq!(shown(app, "anna").await, [1, 2, 3]);
    said(app, imported(story::item("anna", Answer::Withdraw, START - 2 * HOUR, None))).await;
    assert_eq!(shown(app, "anna").await, [3], "at its instant it was withdrawn already");
    app.advance(A_MOMENT);
    said(app, grants("anna", START, &notice)).await;
    assert_eq!(shown(app, "anna").await, [3]);
    app.advance(SOON);
    comes_to(app, "interaction", 1).await;
    said(app, withdraws("anna")).await;
    app.advance(A_WHILE);
    comes_to(app, "removal", 0).await;
    assert_eq!((shown(app, "anna").await, rows(app, "interaction").await), (vec![3], 1), "history stays");
}

/// What is left of an open three, two and one hour before, after a withdrawal that takes effect between the first two
/// and arrives after a grant that takes effect between the last two.
async fn left_by_a_superseded_one(app: &TestApp, policy: &str, left: &[i64]) {
    let notice = settled_under(app, policy).await;
    let deeds = [1, 2, 3].map(|hours| open("anna", START - hours * HOUR, "spring"));
    fates(app.client(), deeds.to_vec()).await;
    said(app, grants("anna", START - HOUR - HOUR / 2, &notice)).await;
    let late = imported(story::item("anna", Answer::Withdraw, START - 2 * HOUR - HOUR / 2, None));
    assert_eq!(said(app, late).await, v1::Outcome::Superseded);
    assert_eq!(shown(app, "anna").await, left);
    app.advance(SOON);
    comes_to(app, "interaction", left.len()).await;
    app.advance(A_WHILE);
    comes_to(app, "removal", 0).await;
    assert_eq!(shown(app, "anna").await, left);
    assert_eq!(rows(app, "interaction").await, left.len());
}

#[apply(every_app)]
async fn a_withdrawal_that_arrives_superseded_erases_what_lies_before_it_as_well(app: &TestApp) {
    left_by_a_superseded_one(app, "strict", &[1]).await;
}

#[apply(every_app)]
async fn a_withdrawal_that_arrives_superseded_takes_its_gap_where_history_stays(app: &TestApp) {
    left_by_a_superseded_one(app, "legacy", &[1, 3]).await;
}

#[apply(every_app)]
async fn each_scope_is_taken_by_itself_and_each_person(app: &TestApp) {
    settled(app).await;
    let deeds = |who| {
        let seen = v1::Interaction { device: Some(marks::id("phone")), ..visit(who, BEFORE, "shop") };
        vec![open(who, BEFORE - HOUR, "spring"), click(who, BEFORE - 2 * HOUR, "spring", "link"), seen]
    };
    fates(app.client(), [deeds("anna"), deeds("bruno")].concat()).await;
    said(app, on_scopes(&[v1::Scope::EmailClick], withdraws("anna"))).await;
    assert_eq!(shown(app, "anna").await, [1, 2]);
    assert_eq!(rows(app, "last_device").await, 2);
    said(app, on_scopes(&[v1::Scope::WebsiteVisit, v1::Scope::Device], withdraws("anna"))).await;
    assert_eq!(rows(app, "last_device").await, 1, "at once");
    app.advance(SOON);
    comes_to(app, "interaction", 4).await;
    assert_eq!((shown(app, "anna").await, shown(app, "bruno").await), (vec![2], vec![1, 2, 3]));
}

#[apply(every_app)]
async fn one_of_several_policies_that_erases_is_enough(app: &TestApp) {
    settled_under(app, "legacy").await;
    for (who, country) in [("anna", "FR"), ("bruno", "US")] {
        let source = story::form("ours");
        let facts = v1::ProfileFacts { jurisdiction: Some(country.to_owned()), source, collected_on: None };
        let item = v1::UpsertConsentsItem { profile: story::person(who), facts: Some(facts), event: None };
        app.client().consents().upsert_consents(story::batch(vec![item])).await.expect("facts are stored");
        fates(app.client(), vec![open(who, BEFORE, "spring")]).await;
        said(app, withdraws(who)).await;
    }
    assert_eq!((shown(app, "anna").await, shown(app, "bruno").await), (vec![], vec![1]));
    app.advance(SOON);
    comes_to(app, "interaction", 1).await;
    app.advance(A_WHILE);
    comes_to(app, "removal", 0).await;
    assert_eq!(shown(app, "bruno").await, [1]);
}

/// A row of somebody's open, written past the service as a transaction would that judged before a withdrawal.
async fn written_late(app: &TestApp, who: &str, at: i64) {
    let id = if app.engine() == Engine::Sqlite {
        "X'00000000000000000000000000000001'"
    } else {
        "'\\x00000000000000000000000000000001'"
    };
    let (tenant, table, who) = (&app.ours().id, story::people(), marks::id(who));
    let hash = crate::privacy::person_hash(&who);
    let row = format!(
        "INSERT INTO interaction (tenant, interaction_id, occurred_at, person, profile_table, profile, kind, \
         automated, message, reason, policy, policy_version, recorded_at) \
         VALUES ('{tenant}', {id}, {at}, {hash}, '{table}', '{who}', 1, 0, 'late', 1, 'strict', 1, {START})"
    );
    app.look().await.run(&row).await.expect("the row is taken");
}

#[apply(every_app)]
async fn what_a_transaction_from_before_wrote_is_hidden_and_gone_after_the_last_time(app: &TestApp) {
    settled(app).await;
    fates(app.client(), vec![open("anna", BEFORE, "spring"), open("bruno", BEFORE, "spring")]).await;
    said(app, withdraws("anna")).await;
    app.advance(SOON);
    comes_to(app, "interaction", 1).await;
    written_late(app, "anna", BEFORE + 1).await;
    assert!(shown(app, "anna").await.is_empty());
    app.advance(Duration::from_secs(20));
    for _ in 0..100 {
        tokio::task::yield_now().await;
        assert_eq!(rows(app, "interaction").await, 2, "a transaction may still be under way");
    }
    app.advance(A_WHILE);
    comes_to(app, "interaction", 1).await;
    comes_to(app, "removal", 0).await;
}

#[apply(every_app)]
async fn the_country_of_a_website_erases_what_the_persons_own_policies_keep(app: &TestApp) {
    settled_under(app, "legacy").await;
    let website =
        v1::Website { id: marks::id("shop"), country: Some("FR".to_owned()), ..v1::Website::default() };
    let put = v1::PutWebsiteRequest { website: Some(website) };
    app.client().settings().put_website(put).await.expect("a website is declared");
    let deeds = |who, at| vec![visit(who, at, "shop"), visit(who, at - HOUR, "elsewhere")];
    fates(app.client(), [deeds("anna", BEFORE), deeds("bruno", BEFORE)].concat()).await;
    said(app, on_scopes(&[v1::Scope::EmailOpen], withdraws("bruno"))).await;
    said(app, withdraws("anna")).await;
    assert_eq!((shown(app, "anna").await, shown(app, "bruno").await), (vec![2], vec![1, 2]));
    app.advance(SOON);
    comes_to(app, "interaction", 3).await;
    app.advance(A_WHILE);
    comes_to(app, "removal", 0).await;
    assert_eq!((shown(app, "anna").await, shown(app, "bruno").await), (vec![2], vec![1, 2]));
}

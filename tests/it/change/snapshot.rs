//! SnapshotConsents: what everybody reads, page by page, and the cursor to read on from.

use std::collections::{BTreeMap, BTreeSet};

use assent_proto::v1::snapshot_consents_response::Event;
use assent_proto::v1::{
    Effect, ProfileConsents, ProfileSnapshot, Purpose, Scope, Series, SnapshotConsentsRequest,
    SnapshotConsentsResponse, SnapshotEnd, SnapshotPage, State, get_consents_result, upsert_consents_item,
};
use assent_tests::engine::{Engine, fresh};
use assent_tests::{apply, every_app, every_engine, marks};
use tonic::{Code, Streaming};

use super::*;

mod ends;
mod held;
mod interleaved;
mod killed;
mod replayed;
mod resumed;
mod statements;
mod underway;

/// A snapshot that is read.
struct Copying(Streaming<SnapshotConsentsResponse>);

impl Copying {
    async fn begin(client: &Client, request: SnapshotConsentsRequest) -> Self {
        let begun = client.changes().snapshot_consents(request).await.expect("a snapshot begins");
        Self(begun.into_inner())
    }

    async fn next(&mut self) -> Event {
        let told = self.0.message().await.expect("a snapshot goes on").expect("and does not end");
        told.event.expect("it says something")
    }

    async fn page(&mut self) -> SnapshotPage {
        match self.next().await {
            Event::Page(page) => page,
            Event::End(end) => panic!("there was more to come: {end:?}"),
        }
    }

    /// What is left of it, up to its end, after which nothing comes.
    async fn rest(mut self) -> (Vec<SnapshotPage>, SnapshotEnd) {
        let mut pages = Vec::new();
        loop {
            match self.next().await {
                Event::Page(page) => pages.push(page),
                Event::End(end) => {
                    assert_eq!(self.0.message().await.expect("it ends in order"), None);
                    return (pages, end);
                }
            }
        }
    }
}

/// A request for everything, with pages of so many people.
fn pages_of(page_size: u32) -> SnapshotConsentsRequest {
    SnapshotConsentsRequest { page_size, ..SnapshotConsentsRequest::default() }
}

/// All of a snapshot: who was told, and its end.
async fn whole(client: &Client, request: SnapshotConsentsRequest) -> (Vec<ProfileSnapshot>, SnapshotEnd) {
    let most = usize::try_from(request.page_size).expect("a small number");
    let (pages, end) = Copying::begin(client, request).await.rest().await;
    assert!(pages[0].profiles.is_empty(), "it begins by saying from where to go on");
    assert!(pages[1..].iter().all(|page| !page.profiles.is_empty() && page.profiles.len() <= most));
    (pages.into_iter().flat_map(|page| page.profiles).collect(), end)
}

fn key(told: &ProfileSnapshot) -> (String, String) {
    (told.profile_table.clone(), told.profile.as_ref().expect("a person").id.clone())
}

/// What GetConsents tells of people of one table, in their order.
async fn consents(client: &Client, table: &str, ids: &[String]) -> Vec<ProfileConsents> {
    let profiles = ids.iter().map(|id| v1::ProfileKey { id: id.clone() }).collect();
    let profile_table = table.to_owned();
    let request = v1::GetConsentsRequest { profile_table, profiles, as_of: None, known_at: None };
    let answer = client.consents().get_consents(request).await.expect("states are told").into_inner();
    let told = answer.results.into_iter().map(|result| match result.result {
        Some(get_consents_result::Result::Consents(told)) => told,
        other => panic!("{other:?}"),
    });
    told.collect()
}

/// Holds what a snapshot told against what GetConsents tells of the same people.
async fn same_as_consents(client: &Client, told: &[ProfileSnapshot]) {
    assert!(told.is_sorted_by(|one, next| key(one) < key(next)), "in the order of their keys, each once");
    let mut tables: BTreeMap<&str, Vec<&ProfileSnapshot>> = BTreeMap::new();
    for one in told {
        tables.entry(&one.profile_table).or_default().push(one);
    }
    for (table, told) in tables {
        // Few at once: an answer may have to be short.
        for told in told.chunks(5) {
            let ids: Vec<_> = told.iter().map(|one| key(one).1).collect();
            for (told, read) in told.iter().zip(consents(client, table, &ids).await) {
                assert_eq!(told.standings, read.standings, "{:?}", key(told));
                assert_eq!(told.profile_version, read.profile_version, "{:?}", key(told));
            }
        }
    }
}

async fn erase(client: &Client, who: &str) {
    let erase =
        v1::EraseProfileRequest { profile_table: story::people(), profile: story::person(who), origin: None };
    client.privacy().erase_profile(erase).await.expect("an erasure");
}

/// Lets grants under `legacy` run out after so many days.
async fn runs_out(client: &Client, days: u32) {
    let asked = v1::PolicyOverride {
        id: marks::id("ours of legacy"),
        base_policy_id: "legacy".to_owned(),
        expires_after_days: Some(days),
        ..v1::PolicyOverride::default()
    };
    let put = v1::PutPolicyOverrideRequest { policy_override: Some(asked) };
    client.settings().put_policy_override(put).await.expect("an override is stored");
}

/// It is so many days later, without anything else having waited for it.
fn days_later(app: &TestApp, days: i64) {
    use assent_service::clock::Clock;
    let now = app.clock().now().micros() + days * 24 * 3_600_000_000;
    app.clock().set(assent_domain::time::Instant::from_micros(now).expect("a date"));
}

/// People in every state, in two tables.
async fn everybody(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    put_table(client, marks::id("others")).await;
    runs_out(client, 10).await;
    say(app, "anna", Answer::Grant, story::everything()).await;
    say(app, "bruno", Answer::Refuse, story::tracking()).await;
    say(app, "chloe", Answer::Grant, marketing()).await;
    say(app, "chloe", Answer::Withdraw, story::everything()).await;
    say(app, "dario", Answer::Object, marketing()).await;
    let notice = v1::NoticeGiven { coverage: story::tracking(), ..v1::NoticeGiven::default() };
    let told = v1::UpsertConsentsItem {
        profile: story::person("elena"),
        facts: None,
        event: Some(upsert_consents_item::Event::Notice(notice)),
    };
    let known = v1::ProfileFacts {
        jurisdiction: Some("BE".to_owned()),
        source: story::form("ours"),
        ..v1::ProfileFacts::default()
    };
    let facts = v1::UpsertConsentsItem { profile: story::person("flora"), facts: Some(known), event: None };
    store(client, story::batch(vec![told, facts])).await;
    let others = vec![story::item("anna", Answer::Object, START, None)];
    store(client, v1::UpsertConsentsRequest { profile_table: marks::id("others"), ..story::batch(others) })
        .await;
    // Nobody has told that Anna's grant ran out; it reads so all the same.
    days_later(app, 11);
    say(app, "gina", Answer::Grant, story::tracking()).await;
    let mut fresh = story::item("gina", Answer::Grant, START + 11 * 24 * 3_600_000_000, None);
    if let Some(upsert_consents_item::Event::Answer(given)) = &mut fresh.event {
        given.coverage = story::everything();
    }
    store(client, story::batch(vec![fresh])).await;
}

#[apply(every_app)]
async fn a_snapshot_tells_of_everybody_what_they_read(app: &TestApp) {
    everybody(app).await;
    for size in [1, 2, 3, 7, 1_000] {
        let (told, end) = whole(app.client(), pages_of(size)).await;
        assert_eq!(told.len(), 8, "{told:?}");
        same_as_consents(app.client(), &told).await;
        let states: BTreeSet<State> =
            told.iter().flat_map(|one| one.standings.iter().map(v1::Standing::state)).collect();
        assert_eq!(states.len(), 7, "every state there is: {states:?}");
        assert!(told.iter().all(|one| one.standings.len() == 7 && one.profile_version > 0));
        let latest = cursor_at(app.client(), Start::Edge(CursorEdge::Latest.into()), None).await;
        assert_eq!((end.cursor, end.position), (latest.cursor, latest.position), "nothing happened since");
    }
}

#[apply(every_app)]
async fn where_nobody_is_on_record_there_is_an_end_to_begin_from(app: &TestApp) {
    let (told, end) = whole(app.client(), pages_of(0)).await;
    assert_eq!((told.len(), end.position), (0, 0));
    settled(app).await;
    say(app, "anna", Answer::Refuse, marketing()).await;
    assert_eq!(people(&read(app.client(), after(&end.cursor)).await.changes), ["anna"]);
}

#[apply(every_app)]
async fn tables_purposes_and_scopes_choose_and_the_rest_of_the_filter_is_the_cursors(app: &TestApp) {
    everybody(app).await;
    let told_under = async |filter: ChangeFilter| {
        let request = SnapshotConsentsRequest { filter: Some(filter), ..pages_of(2) };
        whole(app.client(), request).await
    };
    let series = |told: &[ProfileSnapshot]| -> BTreeSet<Vec<Series>> {
        told.iter().map(|one| one.standings.iter().map(v1::Standing::series).collect()).collect()
    };
    let of = |purposes: &[Purpose], scopes: &[Scope]| ChangeFilter {
        purposes: purposes.iter().map(|one| (*one).into()).collect(),
        scopes: scopes.iter().map(|one| (*one).into()).collect(),
        ..ChangeFilter::default()
    };
    let cases = [
        (of(&[Purpose::Marketing], &[]), vec![Series::Marketing]),
        (of(&[Purpose::Tracking], &[Scope::Device]), vec![Series::Device]),
        (of(&[], &[Scope::EmailOpen]), vec![Series::Marketing, Series::EmailOpen]),
    ];
    let (all, _) = whole(app.client(), pages_of(3)).await;
    for (filter, expected) in cases {
        let (told, _) = told_under(filter).await;
        assert_eq!((told.len(), series(&told)), (8, BTreeSet::from([expected.clone()])));
        for (one, unfiltered) in told.iter().zip(&all) {
            assert_eq!((key(one), one.profile_version), (key(unfiltered), unfiltered.profile_version));
            let kept = unfiltered.standings.iter().filter(|standing| expected.contains(&standing.series()));
            assert!(kept.eq(&one.standings));
        }
    }
    let tables = vec![marks::id("zzz, which nobody made"), marks::id("others"), marks::id("gone")];
    let filter = ChangeFilter { profile_tables: tables, ..ChangeFilter::default() };
    let (told, _) = told_under(filter.clone()).await;
    assert_eq!(told.iter().map(key).collect::<Vec<_>>(), [(marks::id("others"), marks::id("anna"))]);
    let both = vec![story::people(), marks::id("others")];
    let (told, _) = told_under(ChangeFilter { profile_tables: both, ..ChangeFilter::default() }).await;
    assert_eq!(told, all);

    let filter = ChangeFilter {
        effects: vec![Effect::Withdrawn.into()],
        exclude_origin: Some(marks::id("crm")),
        ..ChangeFilter::default()
    };
    let (told, end) = told_under(filter.clone()).await;
    assert_eq!(told, all, "they leave out nobody");
    assert_eq!(refused(app.client(), after(&end.cursor)).await.1, "CURSOR_FILTER_MISMATCH");
    let on = ReadConsentChangesRequest { filter: Some(filter), ..after(&end.cursor) };
    assert!(read(app.client(), on).await.changes.is_empty());
}

#[apply(every_app)]
async fn nobody_who_was_erased_is_told_of_and_a_new_life_is(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    for who in ["anna", "bruno", "chloe"] {
        say(app, who, Answer::Grant, story::everything()).await;
    }
    let mut snapshot = Copying::begin(client, pages_of(1)).await;
    let begun = snapshot.page().await.resume_token;
    drop(snapshot);
    for who in ["anna", "bruno"] {
        erase(client, who).await;
    }
    let ids = |told: &[ProfileSnapshot]| told.iter().map(|one| key(one).1).collect::<Vec<_>>();
    let resumed = SnapshotConsentsRequest { resume_token: Some(begun), ..pages_of(1) };
    for request in [pages_of(1), resumed] {
        assert_eq!(ids(&whole(client, request).await.0), [marks::id("chloe")]);
    }
    app.advance(Duration::from_secs(1));
    let again = story::item("anna", Answer::Grant, START + 1_000_000, None);
    store(client, story::batch(vec![again])).await;
    let (told, _) = whole(client, pages_of(2)).await;
    assert_eq!(ids(&told), [marks::id("anna"), marks::id("chloe")]);
    assert_eq!(told[0].profile_version, 3, "it goes on counting");
    same_as_consents(client, &told).await;
}

#[apply(every_engine)]
async fn a_page_ends_where_it_would_grow_too_large(engine: Engine) {
    let settings = [("LIMITS__MESSAGE_OUT_BYTES", "8192")];
    let app = TestApp::start_with(fresh(engine).await, &settings).await;
    settled(&app).await;
    let items: Vec<_> =
        (0..60).map(|nth| story::item(&format!("n{nth:02}"), Answer::Refuse, START, None)).collect();
    for few in items.chunks(5) {
        store(app.client(), story::batch(few.to_vec())).await;
    }
    let (pages, _) = Copying::begin(app.client(), pages_of(1_000)).await.rest().await;
    let size = |page: &SnapshotPage| prost_reflect::prost::Message::encoded_len(page);
    assert!(pages.iter().all(|page| size(page) <= 8_192), "{:?}", pages.iter().map(size).collect::<Vec<_>>());
    assert!(pages[1..pages.len() - 1].iter().all(|page| size(page) > 5_000), "and not long before");
    let told: Vec<_> = pages.into_iter().flat_map(|page| page.profiles).collect();
    assert_eq!(told.len(), 60);
    same_as_consents(app.client(), &told).await;
    app.finish().await;
}

#[apply(every_app)]
async fn what_is_no_request_is_told_where(app: &TestApp) {
    let wrong = SnapshotConsentsRequest {
        filter: Some(ChangeFilter { scopes: vec![99], ..ChangeFilter::default() }),
        resume_token: Some(String::new()),
        page_size: 0,
    };
    let status = app.client().changes().snapshot_consents(wrong).await.expect_err("no snapshot");
    let fields = status.get_details_bad_request().expect("the wrong fields").field_violations;
    let mut fields: Vec<_> = fields.into_iter().map(|wrong| wrong.field).collect();
    fields.sort_unstable();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(fields.contains(&"filter.scopes[0]".to_owned()), "{fields:?}");
}

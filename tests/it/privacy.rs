//! A person's rights: to be told what is held about them, and to have it erased.

mod access;
mod forgotten;
mod gone;
mod key;
mod killed;
mod later;
mod restored;
mod sdk;
mod told;

use std::time::Duration;

use assent_proto::v1::{self, ErasureState, access_profile_response::Piece, upsert_consents_item::Event};
use assent_tests::app::{START, TestApp};
use assent_tests::client::Client;
use assent_tests::{deed, dump, fault, marks, story};
use sha2::{Digest, Sha256};

/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;

/// Longer than any transaction may take, and than housekeeping waits to look.
const A_WHILE: Duration = Duration::from_secs(60);

/// What stands in the evidence of the person who is erased, and nowhere else.
const WORDS: &str = "mrkq7x-zoe-words";

/// Whoever is erased, but where a test says another.
const WHO: &str = "zoe";

/// Gives our tenant its table under `strict`, and Zoe all that can be held of a person.
async fn settled(app: &TestApp) -> Vec<u8> {
    let notice = story::settle_in(app.client(), "ours").await;
    let collected_on = Some(assent_proto::google::Date { year: 2026, month: 2, day: 28 });
    let source = story::form(WORDS);
    let facts = v1::ProfileFacts { collected_on, jurisdiction: Some("BE".to_owned()), source };
    let grant = granted(&notice, START - 24 * HOUR);
    upsert(app, v1::UpsertConsentsItem { facts: Some(facts), ..grant }).await;
    lives(app, START - HOUR).await;
    story::number_everything(app.client()).await;
    notice
}

/// A grant of Zoe's on everything.
fn granted(notice: &[u8], at: i64) -> v1::UpsertConsentsItem {
    story::item(WHO, v1::Answer::Grant, at, Some(story::evidence(notice, WORDS)))
}

/// What Zoe does at that hour: an open with her device, a goal, and the mail before them.
async fn lives(app: &TestApp, at: i64) -> Vec<String> {
    let sent = deed::send(WHO, at, "spring", v1::PixelMode::Identified, v1::LinkMode::Tracked);
    let opened = v1::Interaction {
        device: Some(WORDS.to_owned()),
        user_agent: Some(format!("agent of {WORDS}")),
        ..deed::open(WHO, at + 1, "spring")
    };
    deed::fates(app.client(), vec![sent, opened, deed::goal(WHO, at + 2, "sale", 4_990)]).await
}

/// What one item of ours is told: `CREATED GRANTED` of its first series, or its error's reason.
async fn upsert(app: &TestApp, item: v1::UpsertConsentsItem) -> String {
    use tonic_types::StatusExt;
    use v1::upsert_consents_result::Result as Told;
    let answer = app.client().consents().upsert_consents(story::batch(vec![item])).await;
    match answer.expect("a batch is answered").into_inner().results.remove(0).result {
        Some(Told::Outcome(outcome)) => {
            let first = &outcome.series[0];
            let became = first.outcome().as_str_name().trim_start_matches("OUTCOME_");
            let reads = first.standing.as_ref().expect("what it reads").state();
            format!("{became} {}", reads.as_str_name().trim_start_matches("STATE_"))
        }
        Some(Told::Error(status)) => {
            fault::status(&status).get_details_error_info().expect("every error has a reason").reason
        }
        None => panic!("an item is answered"),
    }
}

fn says(answer: v1::Answer, at: i64) -> v1::UpsertConsentsItem {
    story::item(WHO, answer, at, None)
}

/// Erases somebody of ours.
async fn erase(app: &TestApp, who: &str) -> v1::Erasure {
    erased_by(app.client(), who).await
}

async fn erased_by(client: &Client, who: &str) -> v1::Erasure {
    let request = v1::EraseProfileRequest {
        profile_table: story::people(),
        profile: story::person(who),
        origin: Some("crm".to_owned()),
    };
    let answer = client.privacy().erase_profile(request).await.expect("an erasure");
    answer.into_inner().erasure.expect("what holds")
}

/// Everything that is told of what is held about somebody.
async fn access(client: &Client, who: &str) -> Vec<Piece> {
    let request = v1::AccessProfileRequest { profile_table: story::people(), profile: story::person(who) };
    let mut told = client.privacy().access_profile(request).await.expect("access").into_inner();
    let mut pieces = Vec::new();
    while let Some(next) = told.message().await.expect("the next piece") {
        pieces.push(next.piece.expect("a piece"));
    }
    pieces
}

async fn profile(client: &Client, who: &str) -> v1::HeldProfile {
    match access(client, who).await.swap_remove(0) {
        Piece::Profile(profile) => profile,
        other => panic!("the profile comes first: {other:?}"),
    }
}

/// Lets a while pass, and waits for housekeeping to complete Zoe's erasure.
async fn completed(app: &TestApp) {
    app.advance(A_WHILE);
    for look in 1..=500 {
        let erasure = profile(app.client(), WHO).await.erasure.expect("she was erased");
        if erasure.state() == ErasureState::Complete {
            assert_eq!(erasure.completes_after, None);
            return;
        }
        // Housekeeping that was at work when the while passed looks again after its interval only.
        if look % 100 == 0 {
            app.advance(Duration::from_secs(12));
        }
        tokio::task::yield_now().await;
    }
    panic!("the erasure is never complete");
}

/// The tables of ours in which somebody can be found: by their id, by its hash, by what they said or used.
async fn found_in(app: &TestApp, who: &str) -> Vec<String> {
    let id = marks::id(who);
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let hash = person_hash(&id);
    let traces =
        [id.clone(), hex(&id), hash.to_string(), format!("{hash:016x}"), WORDS.to_owned(), hex(WORDS)];
    let held = dump::of_tenant(&mut app.look().await, &app.ours().id).await;
    let names = |row: &String| {
        let row = row.to_lowercase();
        traces.iter().any(|trace| row.contains(trace.as_str()))
    };
    let found = held.into_iter().filter(|(_, rows)| rows.iter().any(names)).map(|(table, _)| table);
    // A month of a table of PostgreSQL's is shown with the whole.
    found.filter(|table| !table.starts_with("interaction_2")).collect()
}

/// The hash by which a person's rows are found, made here as its description says.
pub(crate) fn person_hash(id: &str) -> i64 {
    let hash = Sha256::new().chain_update(b"assent person v1\n").chain_update(story::people());
    let digest = hash.chain_update([0]).chain_update(id).finalize();
    i64::from_be_bytes(digest[..8].try_into().expect("eight bytes"))
}

/// How many rows of ours a table has.
async fn rows(app: &TestApp, table: &str) -> usize {
    dump::of_tenant(&mut app.look().await, &app.ours().id).await[table].len()
}

/// What the feed holds of somebody: the effects of each change.
async fn changes(app: &TestApp, who: &str) -> Vec<Vec<v1::Effect>> {
    changes_after(app, earliest(app).await, who).await
}

async fn earliest(app: &TestApp) -> String {
    let start = Some(v1::get_cursor_request::Start::Edge(v1::CursorEdge::Earliest.into()));
    let asked = v1::GetCursorRequest { start, filter: None };
    app.client().changes().get_cursor(asked).await.expect("a cursor").into_inner().cursor
}

async fn changes_after(app: &TestApp, cursor: String, who: &str) -> Vec<Vec<v1::Effect>> {
    let mut client = app.client().changes();
    let read = v1::ReadConsentChangesRequest { cursor, ..v1::ReadConsentChangesRequest::default() };
    let page = client.read_consent_changes(read).await.expect("a page").into_inner();
    assert!(page.caught_up);
    let of_them = page.changes.into_iter().filter(|change| change.profile == story::person(who));
    of_them.map(|change| change.lines.iter().map(v1::SeriesChange::effect).collect()).collect()
}

/// What somebody does at that instant, each told by what became of it.
async fn deeds(app: &TestApp, who: &str, at: i64) -> Vec<String> {
    let sent = deed::send(who, at, "spring", v1::PixelMode::Identified, v1::LinkMode::Tracked);
    deed::fates(app.client(), vec![sent, deed::open(who, at, "spring")]).await
}

fn marketing(mut item: v1::UpsertConsentsItem) -> v1::UpsertConsentsItem {
    if let Some(Event::Answer(given)) = &mut item.event {
        given.coverage = Some(v1::Coverage { marketing: true, tracking: None });
    }
    item
}

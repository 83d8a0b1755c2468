//! A customer's program that follows the changes by the SDK's stream: killed, restored under, and handed over.

use std::collections::BTreeMap;

use assent_sdk::{
    Bookmark, FileCursors, MemoryCursors, Next, OwnTransaction, Series, SnapshotReason, State, StreamChanges,
};
use assent_tests::engine::copy;
use assent_tests::{apply, every_app, every_engine};

use super::*;

mod expired;

fn client_of(app: &TestApp) -> assent_sdk::Client {
    let options =
        assent_sdk::Options::new(format!("http://{}", app.address())).api_key(app.ours().key.clone());
    assent_sdk::Client::connect_lazily(options).expect("options that fit")
}

fn from_earliest() -> StreamChanges {
    StreamChanges::from_earliest().page_size(2).max_wait(Duration::ZERO)
}

/// What somebody else's database holds of mail: each person's version and state.
#[derive(Debug, Default)]
struct Held {
    mail: BTreeMap<String, (u64, State)>,
}

impl Held {
    fn apply(&mut self, change: &assent_sdk::ConsentChange) {
        let held = self.mail.get(&change.profile).map_or(0, |(version, _)| *version);
        let line = change.lines.iter().find(|line| line.series == Series::Marketing);
        if let Some(line) = line.filter(|_| change.profile_version > held) {
            self.mail.insert(change.profile.clone(), (change.profile_version, line.new_state));
        }
    }

    fn states(&self) -> BTreeMap<String, State> {
        self.mail.iter().map(|(who, (_, state))| (who.clone(), *state)).collect()
    }
}

#[apply(every_app)]
async fn a_reader_that_stops_anywhere_applies_each_change_once_with_a_transaction_of_its_own(app: &TestApp) {
    settled(app).await;
    for who in ["anna", "bruno", "chloe", "dario", "elena"] {
        say(app, who, Answer::Refuse, marketing()).await;
    }
    let client = client_of(app);
    let mut applied = Vec::new();
    let mut saved: Option<String> = None;
    for stop in 0..6 {
        let bookmark = saved.as_deref().map(Bookmark::from_text).transpose().expect("a bookmark");
        let mut stream = client.changes().stream(from_earliest(), OwnTransaction::after(bookmark));
        for _ in 0..2 {
            let page = stream.next().await.expect("an answer").page().expect("a page");
            // Every other process stops before it commits, and those between before they acknowledge.
            if stop % 2 == 0 {
                break;
            }
            applied.extend(page.changes.iter().map(|change| change.position));
            saved = Some(page.bookmark().to_text());
            if stop == 3 {
                break;
            }
            page.acknowledge().await.expect("nothing is saved");
        }
    }
    assert_eq!(applied, [1, 2, 3, 4, 5]);
}

#[apply(every_app)]
async fn a_stream_over_a_file_goes_on_in_the_next_process(app: &TestApp) {
    settled(app).await;
    for who in ["anna", "bruno", "chloe"] {
        say(app, who, Answer::Refuse, marketing()).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut seen = Vec::new();
    for _ in 0..3 {
        let store = FileCursors::at(folder.path().join("crm.cursor"));
        let mut stream = client_of(app).changes().stream(from_earliest(), store);
        let page = stream.next().await.expect("an answer").page().expect("a page");
        seen.push((page.changes.len(), page.covered_after, page.covered_through, page.caught_up));
        page.acknowledge().await.expect("the bookmark is saved");
    }
    assert_eq!(seen, [(2, 0, 2, false), (1, 2, 3, true), (0, 3, 3, true)]);
}

/// Hands over, and replaces what is held by the snapshot.
async fn take_over(stream: &mut assent_sdk::ChangeStream<MemoryCursors>, held: &mut Held) {
    let mut whole = BTreeMap::new();
    let mut copy = stream.hand_over().await.expect("a snapshot is begun");
    while let Some(part) = copy.next().await.expect("a part") {
        for one in part.iter() {
            let mail = one.standing(Series::Marketing).expect("every series is told");
            whole.insert(one.profile.clone(), (one.profile_version, mail.state));
        }
        part.acknowledge().await.expect("the bookmark is saved");
    }
    held.mail = whole;
}

async fn catch_up(stream: &mut assent_sdk::ChangeStream<MemoryCursors>, held: &mut Held) {
    loop {
        let page = stream.next().await.expect("an answer").page().expect("a page");
        page.changes.iter().for_each(|change| held.apply(change));
        let caught_up = page.caught_up;
        page.acknowledge().await.expect("the bookmark is saved");
        if caught_up {
            break;
        }
    }
}

#[apply(every_engine)]
async fn a_stream_over_a_database_that_was_put_back_hands_over_when_it_is_told_to(engine: Engine) {
    let mut backup = TestApp::start(engine).await;
    settled(&backup).await;
    say(&backup, "anna", Answer::Grant, marketing()).await;
    backup.stop().await;

    // What was written after the backup, and read by somebody.
    let lost = TestApp::start_with(copy(backup.database()).await, &[]).await;
    lost.advance(Duration::from_secs(1));
    say(&lost, "anna", Answer::Refuse, marketing()).await;
    say(&lost, "bruno", Answer::Grant, marketing()).await;
    let (store, mut held) = (MemoryCursors::new(), Held::default());
    let mut stream = client_of(&lost).changes().stream(from_earliest(), store.clone());
    catch_up(&mut stream, &mut held).await;
    assert_eq!(held.states().into_values().collect::<Vec<_>>(), [State::Refused, State::Granted]);
    lost.finish().await;

    let restored = TestApp::start_with(copy(backup.database()).await, &[]).await;
    let client = client_of(&restored);
    let mut stream = client.changes().stream(from_earliest(), store.clone());
    let kept = store.kept();
    for _ in 0..2 {
        let Next::SnapshotNeeded(why) = stream.next().await.expect("an answer") else { panic!("no page") };
        assert_eq!(why.reason, SnapshotReason::CursorAheadOfHead);
    }
    restored.advance(Duration::from_secs(1));
    say(&restored, "chloe", Answer::Refuse, marketing()).await;
    say(&restored, "dario", Answer::Refuse, marketing()).await;
    let Next::SnapshotNeeded(why) = stream.next().await.expect("an answer") else { panic!("no page") };
    assert_eq!(why.reason, SnapshotReason::CursorDiverged);
    assert_eq!(store.kept(), kept, "nothing was dropped by itself");

    take_over(&mut stream, &mut held).await;
    say(&restored, "dario", Answer::Withdraw, marketing()).await;
    say(&restored, "elena", Answer::Grant, marketing()).await;
    catch_up(&mut stream, &mut held).await;
    let expected = [
        ("anna", State::Granted),
        ("chloe", State::Refused),
        ("dario", State::Withdrawn),
        ("elena", State::Granted),
    ];
    let expected = expected.map(|(who, state)| (story::person(who).expect("a person").id, state));
    assert_eq!(
        held.states(),
        BTreeMap::from(expected),
        "what was lost is dropped, and what came instead is there"
    );
    restored.finish().await;
    backup.finish().await;
}

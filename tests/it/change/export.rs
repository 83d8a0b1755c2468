//! The changes as files: the same whatever stopped the export, and one run after the other.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use assent_sdk::export::{ExportError, Manifest};
use assent_sdk::{AnswerGiven, HistoryVerdict, Item, Upsert};
use assent_tests::outbox::Outbox;
use assent_tests::{apply, every_app, marks};
use flate2::read::GzDecoder;

use super::*;
use crate::actito::settled_under;
use crate::faults::chance::Chance;
use crate::faults::number_from;

/// How many people say something in the tests that kill.
const PEOPLE: usize = 3_000;

const CSV: &str = "consents_20261122.csv.gz";
const NDJSON: &str = "consents_20261122.ndjson.gz";

fn outbox(app: &TestApp, folder: &Path, page_size: u32) -> Outbox {
    Outbox {
        address: app.address().to_string(),
        key: app.ours().key.clone(),
        folder: folder.to_owned(),
        page_size,
    }
}

/// Everybody refuses all of tracking and mail, except every fifth, who refuses mail alone.
async fn everybody_says_no(app: &TestApp) {
    let (client, _) = settled_under(app, "legacy").await;
    let of = |at: usize| {
        let coverage = if at.is_multiple_of(5) {
            assent_sdk::Coverage::marketing()
        } else {
            assent_sdk::Coverage::joint()
        };
        Item::new(marks::id(&format!("{at}"))).answer(AnswerGiven::refuse(coverage))
    };
    let batch = Upsert::into_table(story::people()).items((0..PEOPLE).map(of));
    for told in client.consents().upsert(batch).await.expect("a batch is answered") {
        told.expect("a no is always taken");
    }
}

/// What lies in a folder under names that are not hidden.
pub(super) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let named = entries.map(|entry| (entry.file_name().into_string().expect("text"), entry.path()));
    let shown = named.filter(|(name, _)| !name.starts_with('.'));
    shown.map(|(name, path)| (name, fs::read(path).expect("a file"))).collect()
}

fn text(file: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("gzip of UTF-8");
    text
}

/// A job in a process of its own.
struct Job(Child);

impl Job {
    fn start(outbox: &Outbox) -> Self {
        let program = assent_tests::target().join("debug").join("export-changes");
        assert!(program.is_file(), "it is not built: cargo build -p assent-tests --bins");
        let mut command = Command::new(program);
        command.args(outbox.words()).env_clear().stdin(Stdio::null()).stdout(Stdio::piped());
        Self(command.spawn().expect("the program starts"))
    }

    /// Kills it after it told that often how far it has come, and a moment more; false: it had ended well before that.
    fn kill_after(mut self, told: u64, micros: u64) -> bool {
        let mut lines = BufReader::new(self.0.stdout.take().expect("a pipe, as asked for")).lines();
        for _ in 0..told {
            if lines.next().is_none() {
                assert!(self.0.wait().expect("a child is waited for").success());
                return false;
            }
        }
        std::thread::sleep(Duration::from_micros(micros));
        self.0.kill().expect("a child is killed");
        match self.0.wait().expect("a child is waited for").code() {
            None => true,
            Some(code) => {
                assert_eq!(code, 0, "a job that is not killed ends well");
                false
            }
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[apply(every_app)]
#[expect(clippy::print_stdout, reason = "a soak says how much it went through")]
async fn files_of_a_job_that_is_killed_again_and_again_are_those_of_one_that_is_not(app: &TestApp) {
    everybody_says_no(app).await;
    let folder = tempfile::tempdir().expect("a folder");
    let told = outbox(app, folder.path(), 5_000).run().await.expect("a run");
    let whole = files(folder.path());
    assert_eq!((told.manifest.changes, told.manifest.to.position), (PEOPLE as u64, PEOPLE as u64));
    assert_eq!((whole.len(), told.manifest.files[1].rows), (3, PEOPLE as u64));
    assert_eq!(text(&whole[NDJSON]).lines().count(), PEOPLE);
    assert_eq!(text(&whole[CSV]).lines().count() as u64, told.manifest.files[0].rows + 1);

    let folder = tempfile::tempdir().expect("a folder");
    let outbox = outbox(app, folder.path(), 40);
    let mut chance = Chance::seeded(number_from("TEST_FAULT_SEED", 20_260_901));
    let mut kills = 0;
    loop {
        let killed = Job::start(&outbox).kill_after(1 + chance.below(8), chance.below(20_000));
        let seen = files(folder.path());
        let halves: Vec<_> = seen.iter().filter(|(name, bytes)| whole.get(*name) != Some(*bytes)).collect();
        assert!(halves.is_empty(), "after {kills} kills {} is there, and not whole", halves[0].0);
        // Killed after its last deed, it had ended all the same.
        let state = folder.path().join(".consents_yyyyMMdd.export").join("state.json");
        if !killed || (seen == whole && !state.exists()) {
            break;
        }
        kills += 1;
    }
    assert_eq!(files(folder.path()), whole, "{kills} kills");
    assert!(kills >= 5, "{kills} kills");
    println!("{kills} kills");
}

/// Actito 10: incremental export of consent changes, both consents, yes and no, as files.
#[apply(every_app)]
async fn each_file_begins_where_the_last_one_ended(app: &TestApp) {
    settled(app).await;
    say(app, "anna", Answer::Grant, story::everything()).await;
    say(app, "bruno", Answer::Refuse, marketing()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let run = outbox(app, folder.path(), 0);
    let first = run.run().await.expect("a run");
    assert_eq!((first.manifest.changes, first.manifest.files[0].rows), (2, 8));

    // A file of that day is there already.
    let taken = run.run().await.expect_err("the name is taken");
    assert!(matches!(taken, ExportError::NameTaken(_)), "{taken}");

    say(app, "anna", Answer::Withdraw, story::tracking()).await;
    let later = tempfile::tempdir().expect("a folder");
    let run = outbox(app, later.path(), 0);
    let cursor = Manifest::read(&first.manifest_file).expect("a manifest").to_cursor();
    let second =
        run.client().changes().export(run.export().from_cursor(cursor), |_| {}).await.expect("a run");
    assert_eq!((second.manifest.from.position, second.manifest.to.position), (2, 3));
    assert_eq!(second.manifest.from.cursor, first.manifest.to.cursor);

    let csv = text(&files(later.path())[CSV]);
    let rows: Vec<Vec<&str>> = csv.lines().map(|row| row.split(';').collect()).collect();
    assert_eq!((rows.len(), rows[0][1], rows[0][5]), (7, "profileId", "consent"));
    let anna = story::person("anna").expect("a person").id;
    for row in &rows[1..] {
        assert_eq!(
            [row[1], row[3], row[5], row[6], row[7]],
            [anna.as_str(), "TRACKING", "FALSE", "WITHDRAWN", "GRANTED"]
        );
    }
    let everything = [folder.path(), later.path()].map(|folder| text(&files(folder)[NDJSON])).concat();
    let read = read(app.client(), after(&earliest(app.client(), None).await)).await.changes;
    let ids: Vec<String> = everything
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .map(|change| change["record_id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(ids, read.into_iter().map(|change| change.record_id).collect::<Vec<_>>());

    // The ledger's end that the manifest names is one that its history is checked against.
    let known = second.manifest.known_head().expect("a head");
    let walk = run.client().consents().verify_history(Some(known)).await.expect("a walk");
    let verdict = walk.verdict().await.expect("a verdict");
    assert!(matches!(verdict, HistoryVerdict::Whole { verified: 3, .. }), "{verdict:?}");
}

#[apply(every_app)]
async fn a_file_ends_with_the_position_that_was_asked_for(app: &TestApp) {
    settled(app).await;
    for who in ["anna", "bruno", "chloe", "dario"] {
        say(app, who, Answer::Refuse, marketing()).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let run = outbox(app, folder.path(), 0);
    let told = run.client().changes().export(run.export().through(3), |_| {}).await.expect("a run").manifest;
    assert_eq!((told.changes, told.to.position, told.ledger_head.position), (3, 3, 4));
    let rest = read(app.client(), after(told.to_cursor().as_str())).await;
    assert_eq!(people(&rest.changes), ["dario"]);
}

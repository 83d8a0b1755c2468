//! A database that is put back from before an erasure: whoever was erased stays erased, and before anything is served.

use std::collections::BTreeSet;

use assent_service::config::Config;
use assent_tests::engine::{Database, Engine, copy, fresh, put_back};
use assent_tests::look::Look;
use assent_tests::process::{self, Process};
use assent_tests::{apply, every_engine};
use tonic_types::StatusExt;
use v1::{Answer, State};

use super::*;

mod meanwhile;

/// A folder for the journal, elsewhere than the database.
struct Elsewhere(tempfile::TempDir);

impl Elsewhere {
    fn new() -> Self {
        Self(tempfile::Builder::new().prefix("assent-erasures-").tempdir().expect("a temporary folder"))
    }

    fn path(&self) -> &str {
        self.0.path().to_str().expect("a plain name")
    }

    fn settings(&self) -> [(&str, &str); 1] {
        [("ERASURE__JOURNAL", self.path())]
    }

    /// All lines of all files.
    fn lines(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.0.path()).expect("a folder");
        let texts = files.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a text"));
        texts.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }
}

async fn restore(app: &mut TestApp, backup: Database, settings: &[(&str, &str)]) {
    app.stop().await;
    put_back(backup, app.database()).await;
    app.advance(Duration::from_secs(60));
    app.restart(settings).await;
}

async fn states(app: &TestApp, who: &str) -> Vec<State> {
    let request = v1::GetConsentsRequest {
        profile_table: story::people(),
        profiles: vec![story::person(who).expect("a person")],
        ..v1::GetConsentsRequest::default()
    };
    let answer = app.client().consents().get_consents(request).await.expect("consents").into_inner();
    match answer.results.into_iter().next().and_then(|result| result.result) {
        Some(v1::get_consents_result::Result::Consents(consents)) => {
            consents.standings.iter().map(v1::Standing::state).collect()
        }
        other => panic!("no consents: {other:?}"),
    }
}

/// A grant of anybody's out of a list.
fn imported(who: &str, notice: &[u8], at: i64) -> v1::UpsertConsentsItem {
    let mut item = story::item(who, Answer::Grant, at, Some(story::evidence(notice, "list")));
    if let Some(Event::Answer(given)) = &mut item.event {
        given.basis = v1::Basis::Imported.into();
        let evidence = given.evidence.as_mut().expect("evidence");
        evidence.proof_reference = Some("archive 1".to_owned());
        evidence.source.as_mut().expect("a source").kind = v1::SourceKind::Import.into();
    }
    item
}

/// That somebody is erased and not even their data of before is there.
async fn stays_erased(app: &TestApp, who: &str, notice: &[u8]) {
    assert_eq!(upsert(app, imported(who, notice, START - HOUR)).await, "PROFILE_ERASED");
    assert!(states(app, who).await.into_iter().all(|state| state == State::Unknown));
    assert_eq!(deeds(app, who, START + 1).await, ["DISCARDED PROFILE_ERASED"; 2]);
    let named: Vec<_> = found_in(app, who).await.into_iter().filter(|table| table != "record").collect();
    assert_eq!(named, Vec::<String>::new(), "{who}");
}

/// Zoe is in the backup with all that can be held of somebody, Ines by what she was sent alone, Omar came after it; Anna stays.
#[apply(every_engine)]
async fn whoever_was_erased_after_the_backup_stays_erased(engine: Engine) {
    let journal = Elsewhere::new();
    let mut app = TestApp::start_with(fresh(engine).await, &journal.settings()).await;
    let notice = settled(&app).await;
    // Of her there are no records: only what was sent.
    assert_eq!(deeds(&app, "ines", START - HOUR).await[0], "RECORDED SEND");
    let backup = copy(app.database()).await;
    assert_eq!(upsert(&app, story::item("omar", Answer::Refuse, START, None)).await, "CREATED REFUSED");
    let lost = changes(&app, "omar").await.len();
    assert_eq!(lost, 1);
    app.advance(Duration::from_secs(5));
    for who in [WHO, "ines", "omar"] {
        erase(&app, who).await;
    }
    let written = journal.lines().len();
    let lines: BTreeSet<String> = journal.lines().into_iter().collect();
    assert_eq!(lines.len(), 4, "which key, and one of each, however often they were erased: {lines:?}");
    for who in [WHO, "ines", "omar"] {
        let id = marks::id(who);
        assert!(!lines.iter().any(|line| line.contains(&id)), "the journal names somebody");
    }
    let anna = access(app.client(), "anna").await.len();

    restore(&mut app, backup, &journal.settings()).await;
    for who in [WHO, "ines", "omar"] {
        stays_erased(&app, who, &notice).await;
    }
    assert_eq!(rows(&app, "tombstone").await, 3);
    assert_eq!(
        changes(&app, WHO).await,
        [vec![v1::Effect::Erased; 7]],
        "readers of what was put back follow"
    );
    assert_eq!(
        profile(app.client(), WHO).await.erasure.expect("it").erased_at,
        Some(story::timestamp(START + 5_000_000))
    );
    assert_eq!(access(app.client(), "anna").await.len(), anna, "nobody else is touched");
    // A grant from after the erasure opens a new life, also one from before the restore; one from before the erasure none.
    assert_eq!(upsert(&app, granted(&notice, START + 4_000_000)).await, "PROFILE_ERASED");
    assert_eq!(upsert(&app, granted(&notice, START + 6_000_000)).await, "CREATED GRANTED");
    assert_eq!(journal.lines().len(), written, "what is known is not written again");
    app.finish().await;
}

/// Under a service that goes on, as after a failover that lost the erasure: it notices by itself.
#[test]
fn an_erasure_that_is_lost_under_a_running_service_is_made_again() {
    assent_tests::engine::run(async {
        let journal = Elsewhere::new();
        let app = TestApp::start_with(fresh(Engine::Postgres).await, &journal.settings()).await;
        let notice = settled(&app).await;
        let backup = copy(app.database()).await;
        erase(&app, WHO).await;
        put_back(backup, app.database()).await;
        assert_eq!(rows(&app, "tombstone").await, 0);
        for look in 1..=500 {
            if rows(&app, "tombstone").await == 1 {
                break;
            }
            if look % 20 == 1 {
                app.advance(Duration::from_secs(13));
            }
            tokio::task::yield_now().await;
        }
        stays_erased(&app, WHO, &notice).await;
        app.finish().await;
    });
}

/// Without the journal the same backup has her back: this is what it is for.
#[test]
fn without_a_journal_a_backup_from_before_brings_them_back() {
    assent_tests::engine::run(async {
        let mut app = TestApp::start(Engine::Postgres).await;
        let notice = settled(&app).await;
        let backup = copy(app.database()).await;
        erase(&app, WHO).await;
        restore(&mut app, backup, &[]).await;
        assert_ne!(upsert(&app, imported(WHO, &notice, START - HOUR)).await, "PROFILE_ERASED");
        app.finish().await;
    });
}

/// On SQLite the journal stands beside the file unless it is set, and outlives a file that is put back.
#[test]
fn a_file_has_its_journal_beside_it() {
    assent_tests::engine::run(async {
        let mut app = TestApp::start(Engine::Sqlite).await;
        let notice = settled(&app).await;
        let backup = copy(app.database()).await;
        erase(&app, WHO).await;
        restore(&mut app, backup, &[]).await;
        stays_erased(&app, WHO, &notice).await;
        app.finish().await;
    });
}

/// A life that began after one erasure, and the erasure of that one: the second is what the backup lacks.
#[apply(every_engine)]
async fn a_later_erasure_of_somebody_whose_earlier_one_is_in_the_backup_is_made_again(engine: Engine) {
    let journal = Elsewhere::new();
    let mut app = TestApp::start_with(fresh(engine).await, &journal.settings()).await;
    let notice = settled(&app).await;
    erase(&app, WHO).await;
    app.advance(Duration::from_secs(10));
    assert_eq!(upsert(&app, granted(&notice, START + 5_000_000)).await, "CREATED GRANTED");
    let backup = copy(app.database()).await;
    app.advance(Duration::from_secs(10));
    erase(&app, WHO).await;
    restore(&mut app, backup, &journal.settings()).await;
    stays_erased(&app, WHO, &notice).await;
    assert_eq!(upsert(&app, granted(&notice, START + 19_000_000)).await, "PROFILE_ERASED");
    app.finish().await;
}

/// Those who share no folder put the list there themselves, such as by a job that runs now and then.
#[apply(every_engine)]
async fn a_list_that_was_exported_does_what_a_journal_does(engine: Engine) {
    let mut app = TestApp::start(engine).await;
    let notice = settled(&app).await;
    let backup = copy(app.database()).await;
    erase(&app, WHO).await;
    let environment = assent_tests::app::environment(app.database().url(), &[]);
    let borrowed: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let exported = process::run(&["tombstones", "export"], &borrowed);
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    let journal = Elsewhere::new();
    std::fs::write(journal.0.path().join("of-the-night"), exported.stdout).expect("a file");
    assert_eq!(journal.lines().len(), 2);
    if let Some(file) = app.database().file() {
        std::fs::remove_dir_all(file.with_file_name("assent.db.erasures"))
            .expect("what stood beside the file");
    }
    restore(&mut app, backup, &journal.settings()).await;
    stays_erased(&app, WHO, &notice).await;
    app.finish().await;
}

/// An erasure that cannot be written down is not told as done, though it is in the database; the next start writes it down. So does
/// a start with a journal that is new.
#[apply(every_engine)]
async fn an_erasure_is_told_as_done_only_when_it_is_written_down(engine: Engine) {
    let journal = Elsewhere::new();
    let place = journal.0.path().join("journal");
    let settings = [("ERASURE__JOURNAL", place.to_str().expect("a plain name"))];
    let mut app = TestApp::start_with(fresh(engine).await, &settings).await;
    settled(&app).await;
    std::fs::remove_dir_all(&place).expect("the folder goes");
    let request =
        v1::EraseProfileRequest { profile_table: story::people(), profile: story::person(WHO), origin: None };
    let told = app.client().once().privacy().erase_profile(request).await.expect_err("it cannot be promised");
    let reason = told.get_details_error_info().expect("an error has a reason").reason;
    assert_eq!((told.code(), reason.as_str()), (tonic::Code::Unavailable, "UNAVAILABLE"));
    assert_eq!(rows(&app, "tombstone").await, 1, "it is done all the same");
    app.advance(Duration::from_secs(1));
    app.restart(&settings).await;
    let file = std::fs::read_dir(&place).expect("the folder").next().expect("one file").expect("a file");
    assert_eq!(std::fs::read_to_string(file.path()).expect("a text").lines().count(), 2);
    app.finish().await;
}

/// What is in the journal was asked for: a mark whose erasure never came to be in this database is made one, once.
#[apply(every_engine)]
async fn a_kill_leaves_a_journal_that_the_next_start_reads(engine: Engine) {
    let journal = Elsewhere::new();
    let database = fresh(engine).await;
    let mut process = Process::serve(&database, &journal.settings());
    let address = process.address();
    let channel = tonic::transport::Endpoint::from_shared(format!("http://{address}")).expect("an address");
    let channel = channel.connect_lazy();
    let client = Client::new(channel, engine, None, None).once();
    let put =
        v1::PutProfileTableRequest { profile_table: Some(story::profile_table(story::people(), "ours")) };
    client.settings().put_profile_table(put).await.expect("a table is stored");
    erased_by(&client, WHO).await;
    erased_by(&client, "omar").await;
    process.kill();
    let files: Vec<_> = std::fs::read_dir(journal.0.path()).expect("a folder").collect();
    let file = files[0].as_ref().expect("a file").path();
    let whole = std::fs::read_to_string(&file).expect("a text");
    assert_eq!((files.len(), whole.lines().count()), (1, 3), "acknowledged: on the disk");

    // The last line by half, as if its writer had been killed in the midst of it: the database knows it still.
    std::fs::write(&file, &whole[..whole.len() - 20]).expect("half a line");
    let mut process = Process::serve(&database, &journal.settings());
    process.address();
    assert_eq!(journal.lines().len(), 2 + 1 + 2, "written again by the new process");
    process.kill();

    // The database loses both: they come back out of the journal.
    let mut look = Look::at(database.url()).await.expect("the database opens");
    look.run("DELETE FROM tombstone").await.expect("two rows");
    let mut process = Process::serve(&database, &journal.settings());
    process.wait_for_line("the database had lost erasures");
    process.address();
    let left = look.column("SELECT CAST(count(*) AS TEXT) FROM tombstone").await.expect("a count");
    assert_eq!(left, ["2"]);
}

/// Starts the service with that journal, to be let go at once.
async fn starts(url: &str, journal: &Elsewhere, key: Option<&str>) -> Result<(), String> {
    let mut settings = assent_tests::app::environment(url, &journal.settings());
    for (name, value) in &mut settings {
        if let Some(key) = key.filter(|_| name.ends_with("TOMBSTONE_KEY")) {
            key.clone_into(value);
        }
    }
    let config = Config::load(None, settings).expect("settings of the tests");
    let start = assent_domain::time::Instant::from_micros(START).expect("a date");
    let clock = std::sync::Arc::new(assent_service::clock::ManualClock::at(start));
    let entropy = std::sync::Arc::new(assent_service::entropy::OsEntropy);
    let app = assent_service::app::App::build(config, clock, entropy).await;
    app.map(drop).map_err(|error| error.to_string())
}

#[apply(every_engine)]
async fn a_journal_that_cannot_be_read_stops_the_start_and_is_named(engine: Engine) {
    let (journal, key) = (Elsewhere::new(), "70".repeat(32));
    let database = fresh(engine).await;
    starts(database.url(), &journal, Some(&key)).await.expect("an empty folder");
    let file = journal.0.path().join("a-list");
    std::fs::write(&file, "anna\nbruno\n").expect("a file");
    let refused = starts(database.url(), &journal, Some(&key)).await.expect_err("no journal");
    assert!(
        refused.contains("line 1 of") && refused.contains("a-list") && !refused.contains("anna"),
        "{refused}"
    );

    let other = fresh(engine).await;
    std::fs::write(&file, format!("assent erasures v1 {}\n", "0".repeat(64))).expect("a file");
    let refused = starts(other.url(), &journal, Some(&key)).await.expect_err("another key's");
    assert!(refused.contains("another key of tombstones") && refused.contains("a-list"), "{refused}");
}

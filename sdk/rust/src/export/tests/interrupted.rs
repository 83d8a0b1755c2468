//! Whatever stops a run, and wherever: what comes out is what would have come out at one go.

use super::*;
use crate::export::work::Workplace;

const LENGTH: u64 = 2_500;

async fn service() -> Scripted {
    let service = Scripted::start().await;
    service.ledger(LENGTH, 1_000);
    service
}

async fn whole(service: &Scripted) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let exported = run(&service.client(), both(folder.path())).await.unwrap();
    assert!(!exported.resumed);
    files(folder.path())
}

fn work(folder: &Path) -> PathBuf {
    folder.join(".consents_yyyyMMdd.export")
}

#[tokio::test]
async fn files_exported_in_interrupted_runs_equal_those_exported_in_one() {
    let service = service().await;
    let whole = whole(&service).await;
    assert!(text(&whole["consents_20261122.csv.gz"]).len() > 2 * gzip::BLOCK_BYTES, "blocks are told apart");
    let folder = tempfile::tempdir().unwrap();
    let mut stops = 0;
    let exported = loop {
        // One page more each time, and garbage behind what is good.
        (0..4).for_each(|_| service.answer());
        service.fail([interruption()]);
        match run(&service.client(), both(folder.path())).await {
            Ok(exported) => break exported,
            Err(ExportError::Call(_)) => {}
            Err(error) => panic!("{error}"),
        }
        assert_eq!(files(folder.path()), BTreeMap::new(), "nothing has a name before it is whole");
        for part in ["csv.gz", "ndjson.gz"] {
            let path = work(folder.path()).join(part);
            let mut bytes = fs::read(&path).unwrap();
            bytes.resize(bytes.len() + (1 << 20), 7);
            fs::write(&path, bytes).unwrap();
        }
        stops += 1;
    };
    assert!(stops > 5 && exported.resumed, "{stops}");
    assert_eq!(files(folder.path()), whole);
    let left: Vec<_> =
        fs::read_dir(work(folder.path())).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["lock"]);
}

#[tokio::test]
async fn how_many_changes_are_read_at_once_is_not_seen_in_the_files() {
    let service = service().await;
    let whole = whole(&service).await;
    for size in [1, 1_000] {
        service.ledger(LENGTH, if size == 1 { 333 } else { 1_000 });
        let folder = tempfile::tempdir().unwrap();
        let size = if size == 1 { 500 } else { size };
        run(&service.client(), both(folder.path()).page_size(size)).await.unwrap();
        assert_eq!(files(folder.path()), whole);
    }
}

#[tokio::test]
async fn a_run_that_goes_on_the_next_day_has_the_day_on_which_it_began() {
    let service = service().await;
    let whole = whole(&service).await;
    let folder = tempfile::tempdir().unwrap();
    (0..3).for_each(|_| service.answer());
    service.fail([interruption()]);
    run(&service.client(), both(folder.path())).await.unwrap_err();
    let tomorrow = Export { created_at: Instant::from_micros(NOW + 86_400_000_000), ..both(folder.path()) };
    let exported = run(&service.client(), tomorrow).await.unwrap();
    assert_eq!(exported.manifest.created_at, "2026-11-22T14:30:05Z");
    assert_eq!(files(folder.path()), whole);
}

#[tokio::test]
async fn a_run_that_stopped_between_two_names_gives_the_rest_without_reading_again() {
    let service = service().await;
    let whole = whole(&service).await;
    for blocked in
        ["consents_20261122.csv.gz", "consents_20261122.ndjson.gz", "consents_20261122.manifest.json"]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(blocked);
        // Somebody puts a file there while the run is under way.
        let export = both(folder.path());
        let told = service.client().changes().export(export, |_| fs::write(&path, "theirs").unwrap()).await;
        let ExportError::NameTaken(name) = told.unwrap_err() else { panic!("the name is taken") };
        assert_eq!((name.as_str(), fs::read(&path).unwrap()), (blocked, b"theirs".to_vec()));
        fs::remove_file(&path).unwrap();
        let calls = service.seen().len();
        let exported = run(&service.client(), both(folder.path())).await.unwrap();
        assert!(exported.resumed && service.seen().len() == calls);
        assert_eq!(files(folder.path()), whole, "{blocked}");
    }
}

#[tokio::test]
async fn a_name_that_is_taken_before_anything_is_read_is_left_alone() {
    let service = service().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("consents_20261122.csv.gz");
    fs::write(&path, "theirs").unwrap();
    let error = run(&service.client(), both(folder.path())).await.unwrap_err();
    assert!(matches!(error, ExportError::NameTaken(_)), "{error}");
    assert_eq!(files(folder.path()).len(), 1);
    assert_eq!(service.cursors(), ["EARLIEST", "LATEST"]);
}

#[tokio::test]
async fn what_was_changed_meanwhile_is_not_gone_on_with() {
    let service = service().await;
    for harm in ["cut", "change", "remove", "state"] {
        let folder = tempfile::tempdir().unwrap();
        (0..20).for_each(|_| service.answer());
        service.fail([interruption()]);
        run(&service.client(), both(folder.path())).await.unwrap_err();
        let part = work(folder.path()).join("csv.gz");
        let mut bytes = fs::read(&part).unwrap();
        match harm {
            "cut" => fs::write(&part, &bytes[..bytes.len() - 1]).unwrap(),
            "change" => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                fs::write(&part, bytes).unwrap();
            }
            "remove" => fs::remove_file(&part).unwrap(),
            _ => fs::write(work(folder.path()).join("state.json"), "{").unwrap(),
        }
        let error = run(&service.client(), both(folder.path())).await.unwrap_err();
        assert!(matches!(error, ExportError::WorkDamaged(_)), "{harm}: {error}");
        discard(folder.path(), "consents_$yyyyMMdd").unwrap();
        assert!(!run(&service.client(), both(folder.path())).await.unwrap().resumed, "{harm}");
    }
}

#[tokio::test]
async fn another_run_does_not_take_over_what_was_begun() {
    let service = service().await;
    let folder = tempfile::tempdir().unwrap();
    (0..3).for_each(|_| service.answer());
    service.fail([interruption()]);
    run(&service.client(), both(folder.path())).await.unwrap_err();
    let others = [
        Export::new(folder.path(), "consents_$yyyyMMdd", ExportFormat::Csv, Instant::from_micros(NOW)),
        both(folder.path()).from_cursor(Cursor::from_text("7")),
        both(folder.path()).from_start(Start::Latest),
        both(folder.path()).through(9),
        both(folder.path()).filter(ChangeFilter::everything().exclude_origin("crm")),
    ];
    for other in others {
        let error = run(&service.client(), other).await.unwrap_err();
        assert!(matches!(error, ExportError::OtherRun), "{error}");
    }
    assert!(run(&service.client(), both(folder.path())).await.unwrap().resumed);
}

#[tokio::test]
async fn two_processes_do_not_write_the_same_files() {
    let service = service().await;
    let folder = tempfile::tempdir().unwrap();
    let mut looks = 0;
    let client = service.client();
    let exported = client.changes().export(both(folder.path()), |_| {
        let other = Workplace::enter(folder.path(), "consents_$yyyyMMdd").map(|_| ());
        assert!(matches!(other, Err(ExportError::Busy)));
        assert!(matches!(discard(folder.path(), "consents_$yyyyMMdd"), Err(ExportError::Busy)));
        looks += 1;
    });
    exported.await.unwrap();
    assert!(looks > 20);
    assert!(Workplace::enter(folder.path(), "consents_$yyyyMMdd").is_ok());
}

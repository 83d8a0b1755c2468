//! A replica is killed in the midst of a snapshot, which goes on at another one.

use assent_sdk::{Options, Retry, SnapshotPiece, SnapshotQuery};
use assent_tests::engine::Database;
use assent_tests::process::Process;
use tonic::transport::Endpoint;

use super::held::Reader;
use super::*;

/// How many people there are, and how many a page has.
const PEOPLE: usize = 40;
const PAGE: u32 = 6;

fn serve(database: &Database, settings: &[(&str, &str)]) -> (Process, String) {
    let mut process = Process::serve(database, settings);
    let address = process.address();
    (process, address)
}

fn caller(engine: Engine, address: &str) -> Client {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
    Client::new(endpoint.connect_lazy(), engine, None, None).once()
}

fn name(number: usize) -> String {
    format!("k{number:02}")
}

async fn everybody_refuses(client: &Client) -> Vec<String> {
    put_table(client, story::people()).await;
    let items = (0..PEOPLE).map(|number| story::item(&name(number), Answer::Refuse, START, None));
    store(client, story::batch(items.collect())).await;
    (0..PEOPLE).map(|number| marks::id(&name(number))).collect()
}

/// What people say while a snapshot is under way: of those who were told of, and of those who were not.
async fn writes(client: &Client, turn: usize) {
    let items = [turn * 7 % PEOPLE, (turn * 11 + 5) % PEOPLE];
    let items = items.map(|number| story::item(&name(number), Answer::Object, START, None));
    store(client, story::batch(items.to_vec())).await;
}

#[apply(every_engine)]
async fn a_snapshot_goes_on_at_another_replica_when_its_own_is_killed_at_any_page(engine: Engine) {
    let database = fresh(engine).await;
    let (mut process, mut address) = serve(&database, &[]);
    let everybody = everybody_refuses(&caller(engine, &address)).await;
    let (mut reader, mut resume_token, mut turn) = (Reader::default(), None, 0);
    let end = loop {
        let client = caller(engine, &address);
        writes(&client, turn).await;
        let request = SnapshotConsentsRequest { resume_token: resume_token.clone(), ..pages_of(PAGE) };
        let mut snapshot = Copying::begin(&client, request).await;
        snapshot.page().await;
        match snapshot.next().await {
            Event::End(end) => break end,
            Event::Page(page) => {
                reader.take(&page);
                resume_token = Some(page.resume_token);
            }
        }
        // On SQLite a second one is refused while the first one lives.
        if engine == Engine::Sqlite {
            process.kill();
            (process, address) = serve(&database, &[]);
        } else {
            let (other, elsewhere) = serve(&database, &[]);
            process.kill();
            (process, address) = (other, elsewhere);
        }
        turn += 1;
    };
    assert_eq!((reader.pages, turn), (PEOPLE.div_ceil(PAGE as usize), reader.pages));
    let client = caller(engine, &address);
    reader.catch_up(&client, end.cursor).await;
    assert_eq!(reader.differences(&client, &everybody).await, Vec::<String>::new());
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}

#[apply(every_engine)]
async fn the_sdk_goes_on_by_itself_when_the_service_is_stopped_or_killed(engine: Engine) {
    let database = fresh(engine).await;
    let (mut process, address) = serve(&database, &[]);
    let client = caller(engine, &address);
    let everybody = everybody_refuses(&client).await;
    let patient = Retry::default().base(Duration::from_millis(50)).attempts(100);
    let options = Options::new(format!("http://{address}")).retry(patient);
    let sdk = assent_sdk::Client::connect(options).await.expect("the service answers");
    let query = || SnapshotQuery::everything().page_size(PAGE);

    let mut snapshot = sdk.changes().snapshot(query());
    let (mut told, mut turn) = (Vec::new(), 0);
    let end = loop {
        match snapshot.next().await.expect("a snapshot goes on") {
            SnapshotPiece::Page(page) if page.profiles.is_empty() => continue,
            SnapshotPiece::Page(page) => told.extend(page.profiles.into_iter().map(|one| one.profile)),
            SnapshotPiece::End(end) => break end,
        }
        writes(&client, turn).await;
        if turn % 3 == 0 {
            process.kill();
        } else if turn % 3 == 1 {
            process.terminate();
        } else {
            // Whoever began anew with what was kept goes on as well.
            let kept = snapshot.resume_token().expect("a token").clone();
            snapshot = sdk.changes().snapshot(query().resume(kept));
        }
        if turn % 3 < 2 {
            (process, _) = serve(&database, &[("LISTEN__ADDRESS", &address)]);
        }
        turn += 1;
    };
    assert_eq!(told, everybody, "each once, in order");
    let page = sdk.changes().read(assent_sdk::ReadChanges::from_cursor(end.cursor)).await.expect("a page");
    assert_eq!((page.covered_after, page.changes.is_empty()), (end.position, false));
    drop(process);
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}

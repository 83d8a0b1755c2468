//! The database is away: calls say so and what to do, nothing is half-written, and it serves again by itself.

use std::time::Duration;

use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient;
use assent_proto::v1::settings_service_client::SettingsServiceClient;
use assent_proto::v1::{self, Answer};
use assent_sdk::{AnswerGiven, Client, Coverage, Item, Options, Retry, Serving, Upsert};
use assent_tests::engine::{Engine, fresh, run};
use assent_tests::look::Look;
use assent_tests::postgres::{Cluster, Settings, Stop};
use assent_tests::process::Process;
use assent_tests::{marks, story};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use super::census::{Census, verify};
use super::kill_postgres::serve_on;
use super::writers::{Sent, send_again};
use super::{channel, consents, no, settle, settled_down};

/// An error that passes by itself, and says so.
fn passes(status: &Status) {
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
    let told = status.get_error_details();
    let info = told.error_info().expect("every error has a reason");
    assert_eq!((info.reason.as_str(), info.domain.as_str()), ("UNAVAILABLE", "assent"));
    let wait = told.retry_info().and_then(|retry| retry.retry_delay).expect("when to try again");
    assert!(wait > Duration::ZERO);
    assert!(told.bad_request().is_none(), "nothing is wrong with the request");
}

fn batch(names: &[&str]) -> v1::UpsertConsentsRequest {
    story::batch(names.iter().map(|name| no(name, Answer::Refuse, name)).collect())
}

/// One call of each service that needs the database, and what each is told.
async fn refusals(channel: &Channel) -> Vec<Status> {
    let table = Some(story::profile_table("another".to_owned(), "ours"));
    let get = v1::GetConsentsRequest {
        profile_table: story::people(),
        profiles: story::person("anna").into_iter().collect(),
        ..v1::GetConsentsRequest::default()
    };
    let start = Some(v1::get_cursor_request::Start::Edge(v1::CursorEdge::Latest.into()));
    let mut settings = SettingsServiceClient::new(channel.clone());
    let mut changes = ConsentChangeServiceClient::new(channel.clone());
    let put = settings.put_profile_table(v1::PutProfileTableRequest { profile_table: table }).await;
    let tables = settings.list_profile_tables(v1::ListProfileTablesRequest::default()).await;
    let notice = v1::PutNoticeRequest { text: story::notice_text("ours") };
    vec![
        put.expect_err("nothing is stored"),
        tables.expect_err("nothing is read"),
        consents(channel).put_notice(notice).await.expect_err("nothing is stored"),
        consents(channel).get_consents(get).await.expect_err("nothing is read"),
        changes.get_cursor(v1::GetCursorRequest { start, filter: None }).await.expect_err("nothing is read"),
    ]
}

/// Holds what stands on record against what was told, sends everything again, and looks again.
async fn whole_in_the_end(channel: &Channel, mut sent: Vec<Sent>) {
    Census::take(channel, &sent).await.hold_against(&sent);
    for sent in &mut sent {
        sent.told = Ok(send_again(channel, &sent.request).await);
    }
    let census = Census::take(channel, &sent).await;
    census.hold_against(&sent);
    let items: usize = sent.iter().map(|sent| sent.request.items.len()).sum();
    assert_eq!(census.head, items as u64);
    verify(channel, census.head).await;
}

#[test]
fn without_its_database_every_call_is_unavailable_and_with_it_again_served() {
    let cluster = Cluster::start(Settings::default());
    let (_service, address, _) = serve_on(&cluster);
    run(async {
        let channel = channel(&address);
        settle(&channel).await;
        let stored = batch(&["anna", "bruno"]);
        send_again(&channel, &stored).await;

        cluster.stop(Stop::Fast);
        let request = batch(&["chloe", "dario"]);
        let status = consents(&channel).upsert_consents(request.clone()).await.expect_err("no database");
        passes(&status);
        for status in refusals(&channel).await {
            passes(&status);
        }
        // Health tells what the service is about to do, not how its database is.
        let patient = Retry::default().attempts(100).max_wait(Duration::from_millis(500));
        let options = Options::new(format!("http://{address}")).retry(patient);
        let sdk = Client::connect(options).await.expect("the service itself is there");
        assert_eq!(sdk.health().check().await.expect("health is told"), Serving::Yes);

        // A caller that tries again, as it is told to, never notices more than the wait.
        let waits = tokio::spawn(async move {
            let no = Item::new(marks::id("elena"))
                .answer(AnswerGiven::refuse(Coverage::tracking().and_marketing()));
            sdk.consents().upsert(Upsert::into_table(story::people()).item(no)).await
        });
        std::thread::sleep(Duration::from_secs(1));
        assert!(!waits.is_finished());
        cluster.restart();
        let results = waits.await.expect("no panic").expect("the batch is answered after all");
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        for request in [&stored, &request] {
            assert_eq!(send_again(&channel, request).await.results.len(), 2);
        }
        // Five people, each once: whatever was tried while the database was away wrote nothing else.
        verify(&channel, 5).await;
    });
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}

#[test]
fn a_database_that_says_nothing_leaves_a_call_undone_or_done_and_never_half() {
    let cluster = Cluster::start(Settings::default());
    let (_service, address, url) = serve_on(&cluster);
    run(async {
        let channel = channel(&address);
        settle(&channel).await;
        let request = batch(&["before"]);
        let mut sent = vec![Sent { told: Ok(send_again(&channel, &request).await), request }];
        cluster.freeze();
        let calls: Vec<_> = (0..4)
            .map(|number| {
                let request = batch(&[&format!("a{number}"), &format!("b{number}")]);
                let mut call = Request::new(request.clone());
                call.set_timeout(Duration::from_secs(2));
                let mut client = consents(&channel);
                (request, tokio::spawn(async move { client.upsert_consents(call).await }))
            })
            .collect();
        for (request, call) in calls {
            let status = call.await.expect("no panic").expect_err("nobody answers for the database");
            assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Unavailable | Code::Cancelled));
            sent.push(Sent { request, told: Err(status) });
        }
        cluster.thaw();
        settled_down(&url).await;
        let request = batch(&["after"]);
        let told = consents(&channel).upsert_consents(request.clone()).await.map(tonic::Response::into_inner);
        assert!(told.is_ok(), "{told:?}");
        sent.push(Sent { request, told });
        whole_in_the_end(&channel, sent).await;
    });
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}

#[test]
fn a_file_that_another_program_writes_to_is_unavailable_for_writes_and_read_all_the_same() {
    let database = run(fresh(Engine::Sqlite));
    let settings = [("DATABASE__STATEMENT_TIMEOUT_SECONDS", "1"), ("DATABASE__ACQUIRE_TIMEOUT_SECONDS", "1")];
    let mut service = Process::serve(&database, &settings);
    let address = service.address();
    run(async {
        let channel = channel(&address);
        settle(&channel).await;
        let stored = batch(&["anna"]);
        let mut sent = vec![Sent { told: Ok(send_again(&channel, &stored).await), request: stored }];
        verify(&channel, 1).await;

        let mut other = Look::at(database.url()).await.expect("the file opens");
        other.run("BEGIN IMMEDIATE").await.expect("the other program writes");
        let request = batch(&["bruno", "chloe"]);
        let status = consents(&channel).upsert_consents(request.clone()).await.expect_err("a busy file");
        passes(&status);
        sent.push(Sent { request, told: Err(status) });
        let get = v1::GetConsentsRequest {
            profile_table: story::people(),
            profiles: story::person("anna").into_iter().collect(),
            ..v1::GetConsentsRequest::default()
        };
        consents(&channel).get_consents(get).await.expect("what stands can be read");

        other.run("ROLLBACK").await.expect("the other program is done");
        whole_in_the_end(&channel, sent).await;
    });
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}

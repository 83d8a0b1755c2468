//! A failover that lost commits: PostgreSQL that does not wait for the disk is stopped hard, and comes back without the last of
//! what it had acknowledged, under the service that had told a reader of it.

use std::process::Command;

use assent_service::clock::{Clock, SystemClock};
use assent_tests::app::environment;
use assent_tests::engine::{Engine, empty_on, run};
use assent_tests::look::Look;
use assent_tests::postgres::{Cluster, Settings, Stop};
use assent_tests::process::{self, Process};
use tonic::Code;
use tonic::transport::Endpoint;

use super::*;

/// Holds the process that writes the log for those who did not wait for it: what they commit from now on goes with the server.
async fn hold_the_log_writer(database: &mut Look) {
    let writer =
        database.column("SELECT pid::text FROM pg_stat_activity WHERE backend_type = 'walwriter'").await;
    let [writer] = &*writer.expect("it answers") else { panic!("one log writer") };
    let held = Command::new("kill").args(["-STOP", writer]).status().expect("kill is there");
    assert!(held.success());
}

async fn no(client: &Client, who: &str) {
    store(client, story::batch(vec![story::item(who, Answer::Refuse, START, None)])).await;
}

/// Each change of the feed with the cursor after it.
async fn followed(client: &Client) -> Vec<(ConsentChange, String)> {
    let mut cursor = earliest(client, None).await;
    let mut all = Vec::new();
    loop {
        let page = read(client, ReadConsentChangesRequest { page_size: 1, ..after(&cursor) }).await;
        let Some(change) = page.changes.into_iter().next() else { return all };
        cursor = page.next_cursor;
        all.push((change, cursor.clone()));
    }
}

/// Asks again until the database is there.
async fn serves(client: &Client) {
    for _ in 0..600 {
        let start = Some(Start::Edge(CursorEdge::Latest.into()));
        if client.changes().get_cursor(v1::GetCursorRequest { start, filter: None }).await.is_ok() {
            return;
        }
        SystemClock::new().sleep(Duration::from_millis(100)).await;
    }
    panic!("the service never comes back");
}

#[test]
fn a_reader_of_commits_that_a_failover_lost_is_told_so() {
    // Nobody but the log writer is to write the log.
    let lines = ["synchronous_commit = off", "wal_buffers = 16MB", "bgwriter_lru_maxpages = 0"];
    let settings = Settings { lines: lines.map(str::to_owned).to_vec(), ..Settings::default() };
    let cluster = Cluster::start(settings);
    let url = run(empty_on(&cluster, "failover"));
    let environment = environment(&url, &[("DATABASE__ACQUIRE_TIMEOUT_SECONDS", "1")]);
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(process::run(&["migrate"], &environment).status.success());
    let mut service = Process::start(&["serve"], &environment);
    let endpoint = Endpoint::from_shared(format!("http://{}", service.address())).expect("an address");
    run(async {
        let client = Client::new(endpoint.connect_lazy(), Engine::Postgres, None, None).once();
        put_table(&client, story::people()).await;
        for number in 0..5 {
            no(&client, &format!("kept{number}")).await;
        }
        let mut database = Look::at(&url).await.expect("it opens");
        hold_the_log_writer(&mut database).await;
        // A checkpoint waits for the log as far as it goes.
        database.run("CHECKPOINT").await.expect("a checkpoint");
        for number in 0..5 {
            no(&client, &format!("late{number}")).await;
        }
        let before = followed(&client).await;
        cluster.stop(Stop::Kill);
        cluster.restart();
        serves(&client).await;
        let there = followed(&client).await;
        let kept = there.len();
        assert!(there.iter().zip(&before).all(|(now, then)| now.0 == then.0), "what is there is what was");
        assert_eq!(kept, 5, "what came after the checkpoint was lost");
        for written in 0..=before.len() - kept {
            for (at, (_, cursor)) in before.iter().enumerate() {
                let position = at + 1;
                let answer = client.changes().read_consent_changes(after(cursor)).await;
                if position <= kept {
                    let page = answer.expect("who read nothing of what was lost goes on").into_inner();
                    assert_eq!(page.covered_through, (kept + written) as u64);
                    continue;
                }
                let status = answer.expect_err("what it read was lost");
                let reason = status.get_details_error_info().expect("an error has a reason").reason;
                let ahead = position > kept + written;
                let expected = if ahead { "CURSOR_AHEAD_OF_HEAD" } else { "CURSOR_DIVERGED" };
                assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, expected));
            }
            no(&client, &format!("new{written}")).await;
        }
    });
}

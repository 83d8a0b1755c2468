//! The memory of a service whose streams cannot go on: it is bounded by what they may hold together, not by how many they are.

use assent_tests::engine::fresh;
use assent_tests::process::Process;
use assent_tests::{apply, every_engine};
use tonic::transport::{Channel, Endpoint};

use super::*;

/// How many stream at once.
const STREAMS: usize = 100;

/// What a process holds in memory, in KiB.
fn resident(process: &Process) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("how much it holds");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn channel(address: &str) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).expect("an address").connect_lazy()
}

async fn reads(channel: &Channel) {
    let mut settings = v1::settings_service_client::SettingsServiceClient::new(channel.clone());
    for _ in 0..20 {
        let get = v1::GetProfileTableRequest { id: story::people() };
        settings.get_profile_table(get).await.expect("the table");
    }
}

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "how much it was is a figure to look at")]
async fn a_hundred_streams_that_cannot_go_on_take_no_more_than_they_may_hold_together(engine: Engine) {
    let database = fresh(engine).await;
    let mut service = Process::serve(&database, &PATIENT);
    let address = service.address();
    let direct = channel(&address);
    let mut table = story::profile_table(story::people(), "ours");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    let mut settings = v1::settings_service_client::SettingsServiceClient::new(direct.clone());
    settings.put_profile_table(put).await.expect("a table is stored");
    reads(&direct).await;
    let idle = resident(&service);

    let mut lock = Look::at(database.url()).await.expect("the database answers");
    let begin = match engine {
        Engine::Sqlite => "BEGIN IMMEDIATE",
        Engine::Postgres => "BEGIN; LOCK TABLE interaction_batch IN ACCESS EXCLUSIVE MODE",
    };
    lock.run(begin).await.expect("a lock");
    let sent = visits("anna", 0, 1_000);
    let mut streams = Vec::new();
    for _ in 0..STREAMS {
        // Each on a connection of its own, which would take four times a stream's window.
        streams.push((Streamed::open(channel(&address), None).await.expect("a stream begins"), 0));
    }
    // As much as each may have on its way, and more.
    let (mut total, mut still) = (0, 0);
    while still < 3 {
        let before = total;
        for (stream, seq) in &mut streams {
            while *seq < 20 && stream.try_send(batch(*seq + 1, sent.clone())) {
                (*seq, total) = (*seq + 1, total + 1);
            }
        }
        reads(&direct).await;
        still = if total == before { still + 1 } else { 0 };
    }
    let stalled = resident(&service);
    println!(
        "{engine:?}: {idle} KiB idle, {stalled} KiB with {STREAMS} streams that cannot go on, {total} batches taken"
    );
    // 32,000 interactions, a window of HTTP/2 for each stream, and what the allocator keeps.
    let bound = idle + 32_000 * 4 + STREAMS * 1_024 * 3 / 2 + 64 * 1_024;
    assert!(stalled < bound, "{stalled} KiB is more than {bound}");
    // Without the bound they would hold eight batches each.
    assert!(total < STREAMS * 20, "nobody was held back");

    lock.run("ROLLBACK").await.expect("nobody is in the way");
    let first = streams[0].0.hear().await.expect("it goes on").expect("an acknowledgement");
    assert_eq!(first.results.len(), 1_000);
}

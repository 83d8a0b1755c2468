//! The service, or its database, is killed while callers record: every interaction that was acknowledged is there once,
//! with its batch, its send and its person's index; what was not acknowledged is there whole or not at all; and a
//! call that is sent once more is told so.

use std::time::Duration;

use assent_proto::v1::RecordInteractionsRequest;
use assent_tests::engine::{fresh, run};
use assent_tests::postgres::{Cluster, Settings};
use assent_tests::{apply, every_engine, marks};
use tonic::transport::Channel;

use super::chance::Chance;
use super::kill_postgres::{kill_and_restart, serve_on};
use super::kill_service::Replicas;
use super::recorded::{Recorded, wanted};
use super::recorders::{reports, settle};
use super::writers::{Sent, Writers, send_again};
use super::{channel, length, settled_down};

/// Sends everything once more, and looks at what is there then: all of it, once.
async fn all_in_the_end(channel: &Channel, url: &str, sent: &mut [Sent<RecordInteractionsRequest>]) -> usize {
    let before = Recorded::take(channel, url, sent).await;
    before.hold_against(sent);
    for sent in sent.iter() {
        let again = send_again(channel, &sent.request).await;
        assert_eq!(again.results.len(), sent.request.interactions.len());
        before.hold_replay(&sent.request, &again);
    }
    let after = Recorded::take(channel, url, sent).await;
    after.hold_against(sent);
    assert_eq!(after.count(), wanted(sent), "sent once more, all of it is there");
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
    after.count()
}

fn told(kills: usize, sent: &[Sent<RecordInteractionsRequest>], lost_answers: usize, rows: usize) -> String {
    let acknowledged = sent.iter().filter(|sent| sent.acknowledged()).count();
    format!(
        "{kills} kills, {} calls, {acknowledged} acknowledged, {lost_answers} stored whose answer was lost, {rows} rows",
        sent.len()
    )
}

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "a soak says how much it went through")]
async fn a_killed_service_loses_no_interaction_that_it_acknowledged(engine: Engine) {
    let (rounds, seed) = length();
    let database = fresh(engine).await;
    let mut replicas = Replicas::start(&database);
    settle(&channel(&replicas.addresses()[0])).await;
    let mut chance = Chance::seeded(seed);
    let (mut sent, mut lost_answers) = (Vec::new(), 0);
    for round in 0..rounds {
        let writers = Writers::start(&replicas.addresses(), round, seed, reports);
        writers.wait_for(20);
        std::thread::sleep(Duration::from_micros(chance.below(400_000)));
        let victims = replicas.kill(&mut chance);
        let new = writers.stop().await;
        settled_down(database.url()).await;
        replicas.start_again(victims);

        let channel = channel(&replicas.addresses()[0]);
        sent.extend(new);
        let recorded = Recorded::take(&channel, database.url(), &sent).await;
        recorded.hold_against(&sent);
        let unknown = sent.iter().filter(|sent| !sent.acknowledged());
        lost_answers = unknown.filter(|sent| recorded.holds(&sent.request)).count();
    }

    let channel = channel(&replicas.addresses()[0]);
    let rows = all_in_the_end(&channel, database.url(), &mut sent).await;
    println!("{}", told(rounds, &sent, lost_answers, rows));
}

#[test]
fn a_killed_postgresql_loses_no_interaction_that_was_acknowledged() {
    let (rounds, seed) = length();
    let cluster = Cluster::start(Settings::default());
    let (_service, address, url) = serve_on(&cluster);
    run(async {
        let channel = channel(&address);
        settle(&channel).await;
        let mut chance = Chance::seeded(seed);
        let (mut sent, mut lost_answers) = (Vec::new(), 0);
        for round in 0..rounds {
            let writers = Writers::start(std::slice::from_ref(&address), round, seed, reports);
            writers.wait_for(20);
            kill_and_restart(&cluster, round, &mut chance);
            writers.wait_for(20);
            sent.extend(writers.stop().await);
            settled_down(&url).await;
            let recorded = Recorded::take(&channel, &url, &sent).await;
            recorded.hold_against(&sent);
            let unknown = sent.iter().filter(|sent| !sent.acknowledged());
            lost_answers = unknown.filter(|sent| recorded.holds(&sent.request)).count();
        }

        assert!(sent.iter().any(|sent| !sent.acknowledged()), "nobody noticed that the database was killed");
        let rows = all_in_the_end(&channel, &url, &mut sent).await;
        println!("{}", told(rounds, &sent, lost_answers, rows));
    });
}

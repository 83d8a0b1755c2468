//! A withdrawal by a link bites at once, on mail that was sent long before, wherever the next interaction arrives.

use std::time::Duration;

use assent_tests::deed;
use assent_tests::engine::{Database, Engine, fresh, run};
use assent_tests::process::Process;
use tonic::transport::Endpoint;

use super::*;

const HOUR: i64 = 3_600_000_000;

/// Somebody's mail was sent with an identified pixel, and opened once.
async fn sent_and_opened(client: &Client, who: &str) {
    let sent = deed::send(who, START, "spring", v1::PixelMode::Identified, v1::LinkMode::Tracked);
    let told = deed::fates(client, vec![sent, deed::open(who, START + HOUR, "spring")]).await;
    assert_eq!(told, ["RECORDED SEND", "RECORDED GRANTED"]);
}

/// What becomes of an open of that mail that comes late, and of an open and a click at `at`.
async fn recorded(client: &Client, who: &str, at: i64) -> Vec<String> {
    let deeds = [
        deed::open(who, START + 2 * HOUR, "spring"),
        deed::open(who, at, "spring"),
        deed::click(who, at, "spring", "offer"),
    ];
    deed::fates(client, deeds.to_vec()).await
}

/// How many opens of somebody's are still shown.
async fn shown(client: &Client, who: &str) -> usize {
    let request = v1::GetProfileActivityRequest {
        profile_table: story::people(),
        profile: story::person(who),
        page_size: 0,
        page_token: None,
    };
    let found = client.interactions().get_profile_activity(request).await.expect("activity").into_inner();
    let opens = |one: &&v1::RecordedInteraction| {
        let what = one.interaction.as_ref().and_then(|interaction| interaction.what.as_ref());
        matches!(what, Some(v1::interaction::What::EmailOpen(_)))
    };
    found.interactions.iter().filter(opens).count()
}

/// Withdraws by a token from all of tracking; gives the instant from which that holds.
async fn withdraws(client: &Client, token: &str) -> i64 {
    let told = link::redeem(client, link::withdrawal(token, None)).await.expect("a withdrawal");
    assert_eq!(link::words(&told[0]), each(&TRACKING, "CHANGED WITHDRAWN"));
    let reads = told[0].as_ref().expect("it is recorded").series[0].standing.clone().expect("a standing");
    let since = reads.since.expect("since when");
    since.seconds * 1_000_000 + i64::from(since.nanos / 1_000)
}

#[apply(every_app)]
async fn the_next_open_of_a_mail_sent_long_before_is_discarded(app: &TestApp) {
    settled(app, "strict").await;
    let (client, hour) = (app.client(), Duration::from_secs(3_600));
    app.advance(hour);
    sent_and_opened(client, "anna").await;
    app.advance(hour * (60 * 24 - 1));
    let token = withdrawing(app).await;
    assert_eq!(shown(client, "anna").await, 1);
    let since = withdraws(client, &token).await;
    assert_eq!(since, START + 60 * 24 * HOUR);
    assert_eq!(recorded(client, "anna", since).await, ["DISCARDED WITHDRAWN"; 3]);
    assert_eq!(shown(client, "anna").await, 0, "what was recorded before goes too under this policy");
}

fn replica(database: &Database) -> (Process, Client) {
    let mut process = Process::serve(database, &[]);
    let endpoint = Endpoint::from_shared(format!("http://{}", process.address())).expect("an address");
    (process, Client::new(endpoint.connect_lazy(), Engine::Postgres, None, None).once())
}

#[test]
fn a_token_redeemed_on_one_replica_binds_the_very_next_interaction_on_the_other() {
    run(async {
        let database = fresh(Engine::Postgres).await;
        let ((_one, first), (_other, second)) = (replica(&database), replica(&database));
        let notice = story::settle_in(&first, "ours").await;
        for (turn, who) in story::PEOPLE.into_iter().enumerate() {
            // Sent weeks ago, by the machine's clock.
            sent_and_opened(&first, who).await;
            let (here, there) = if turn % 2 == 0 { (&first, &second) } else { (&second, &first) };
            // Made by the one, redeemed on the other.
            let token = link::token(there, link::withdrawing(who, story::tracking())).await;
            assert_eq!(recorded(there, who, START + 3 * HOUR).await, ["RECORDED GRANTED"; 3]);
            let since = withdraws(here, &token).await;
            for client in [there, here] {
                assert_eq!(recorded(client, who, since).await, ["DISCARDED WITHDRAWN"; 3], "{who}");
                assert_eq!(shown(client, who).await, 0, "{who}");
            }
            // They think better of it in the preference centre, there.
            let token = link::token(here, link::choosing(who)).await;
            let choice = link::choice(Answer::Grant, story::tracking(), &notice);
            let told = link::redeem(there, link::choices(&token, vec![choice])).await.expect("a grant");
            assert_eq!(link::words(&told[0]), each(&TRACKING, "CHANGED GRANTED"));
            let late = ["DISCARDED WITHDRAWN"; 3];
            assert_eq!(recorded(here, who, since).await, late, "what lies before that grant stays out");
        }
        assert!(marks::heard().is_empty(), "{:?}", marks::heard());
    });
}

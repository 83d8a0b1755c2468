//! A replica is killed while it writes down that grants ran out: each grant's end is written once all the same.
//!
//! Housekeeping looks for them every half minute or so, by the machine's clock: a kill takes as long to come to as that.

use std::collections::BTreeMap;
use std::time::Duration;

use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient;
use assent_proto::v1::settings_service_client::SettingsServiceClient;
use assent_proto::v1::{self, Answer, Effect};
use assent_service::clock::{Clock, SystemClock};
use assent_tests::engine::fresh;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine, marks, story};
use tonic::transport::Channel;

use super::census::verify;
use super::chance::Chance;
use super::kill_service::Replicas;
use super::{channel, consents, length, settle, settled_down};

/// More people than one turn of the sweep takes, so that a kill always leaves some for the next one; and no more than a
/// slice more, so that the next one ends it.
const PEOPLE: usize = 2_100;

const DAY: i64 = 86_400_000_000;

/// Everybody granted forty days ago what holds for thirty.
async fn ran_out(channel: &Channel) {
    settle(channel).await;
    let asked = v1::PolicyOverride {
        id: marks::id("short"),
        base_policy_id: "strict".to_owned(),
        expires_after_days: Some(30),
        ..v1::PolicyOverride::default()
    };
    let put = v1::PutPolicyOverrideRequest { policy_override: Some(asked) };
    let mut settings = SettingsServiceClient::new(channel.clone());
    settings.put_policy_override(put).await.expect("an override is stored");
    let put = v1::PutNoticeRequest { text: story::notice_text("ours") };
    let notice = consents(channel).put_notice(put).await.expect("a text is stored").into_inner();
    let notice = notice.notice.expect("the text").id;
    let at = SystemClock::new().now().micros() - 40 * DAY;
    let people: Vec<String> = (0..PEOPLE).map(|number| format!("p{number}")).collect();
    for some in people.chunks(1_000) {
        let yes = |who: &String| story::item(who, Answer::Grant, at, Some(story::evidence(&notice, "ours")));
        let told = consents(channel).upsert_consents(story::batch(some.iter().map(yes).collect())).await;
        for result in told.expect("a batch is answered").into_inner().results {
            assert!(matches!(result.result, Some(v1::upsert_consents_result::Result::Outcome(_))));
        }
    }
}

/// How many ends are written.
async fn ended(look: &mut Look) -> usize {
    let second = "SELECT CAST(count(*) AS TEXT) FROM record WHERE profile_version >= 2";
    look.column(second).await.expect("a count")[0].parse().expect("a number")
}

/// Waits until more ends are written than there were, and gives how many.
async fn comes_past(look: &mut Look, before: usize) -> usize {
    for _ in 0..60_000 {
        let now = ended(look).await;
        if now > before {
            return now;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("the sweep never comes past {before}");
}

/// How many ends the feed tells of each person.
async fn told(channel: &Channel) -> BTreeMap<String, usize> {
    let mut client = ConsentChangeServiceClient::new(channel.clone());
    let start = Some(v1::get_cursor_request::Start::Edge(v1::CursorEdge::Earliest.into()));
    let found = client.get_cursor(v1::GetCursorRequest { start, filter: None }).await.expect("a cursor");
    let (mut cursor, mut told) = (found.into_inner().cursor, BTreeMap::new());
    loop {
        let read = v1::ReadConsentChangesRequest {
            cursor,
            page_size: 1_000,
            ..v1::ReadConsentChangesRequest::default()
        };
        let page = client.read_consent_changes(read).await.expect("a page").into_inner();
        for change in page.changes {
            if change.lines.iter().any(|line| line.effect() == Effect::Expired) {
                *told.entry(change.profile.expect("a person").id).or_default() += 1;
            }
        }
        if page.caught_up {
            return told;
        }
        cursor = page.next_cursor;
    }
}

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "a soak says how much it went through")]
async fn a_replica_killed_in_the_sweep_leaves_each_grant_that_ran_out_one_end(engine: Engine) {
    let (rounds, seed) = length();
    // A round takes half a minute: of five ordinary ones there is one of these.
    let rounds = rounds.div_ceil(5);
    let database = fresh(engine).await;
    let mut replicas = Replicas::start(&database);
    ran_out(&channel(&replicas.addresses()[0])).await;
    let mut look = Look::at(database.url()).await.expect("the database answers");
    let mut chance = Chance::seeded(seed);
    let mut written = ended(&mut look).await;
    let mut kills = Vec::new();
    for _ in 0..rounds {
        comes_past(&mut look, written).await;
        std::thread::sleep(Duration::from_micros(chance.below(300_000)));
        let victims = replicas.kill(&mut chance);
        settled_down(database.url()).await;
        written = ended(&mut look).await;
        kills.push(written);
        replicas.start_again(victims);
        if written >= PEOPLE {
            break;
        }
    }
    assert!(kills[0] < PEOPLE, "it was killed too late to prove anything: {kills:?}");
    while written < PEOPLE {
        written = comes_past(&mut look, written).await;
    }

    let channel = channel(&replicas.addresses()[0]);
    let told = told(&channel).await;
    assert!(told.len() == PEOPLE && told.values().all(|ends| *ends == 1), "{} people", told.len());
    let ends = "SELECT CAST(count(*) AS TEXT) || ' ' || CAST(max(profile_version) AS TEXT) FROM record";
    let ends = look.column(ends).await.expect("a count");
    assert_eq!(ends, [format!("{} 2", 2 * PEOPLE)], "each grant and its end");
    verify(&channel, 2 * PEOPLE as u64).await;
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
    println!("killed after {kills:?} of {PEOPLE} ends");
}

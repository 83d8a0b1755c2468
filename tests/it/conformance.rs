//! The conformance suite of the consent feed: whatever befalls it, nothing is lost, everything has one position, each
//! person's order is kept, the chain verifies, and every follower was handed all of it.
//!
//! One course ([`course`]) for both engines: many writers, and followers by pages, by the stream and by the SDK; pauses,
//! rollbacks, calls cut off, rows held by a stranger, ended connections, a clock that is set back, trims, erasures, SIGKILL of
//! the service, PostgreSQL brought down, and a copy of the database put back after more was written. What happened is plain
//! data ([`history`]) and judged by a function that shares nothing with the service ([`judge`]). With a trap put back it turns
//! red ([`trap`]).
//!
//! `TEST_FEED_COMMITS`, `TEST_FEED_KILLS`, `TEST_FEED_ROUNDS` (of measuring what a long transaction elsewhere costs) and
//! `TEST_FEED_SEED` make a longer one: `TEST_FEED_COMMITS=100000 TEST_FEED_KILLS=400 TEST_FEED_ROUNDS=15
//! target/debug/with-postgres cargo test -p assent-tests --test it conformance -- --nocapture`.
#![expect(clippy::print_stdout, reason = "a course says what it went through, while it does")]

mod course;
mod directory;
mod fault;
mod follow;
mod ground;
mod history;
mod judge;
mod latency;
mod ledger;
mod replica;
mod trap;
mod write;

use assent_tests::engine::Engine;
use assent_tests::{apply, every_engine, marks};

use self::course::{Length, whole};
use self::judge::judge;
use crate::faults::number_from;

fn length() -> Length {
    Length {
        commits: number_from("TEST_FEED_COMMITS", 5_000),
        kills: number_from("TEST_FEED_KILLS", 20),
        seed: number_from("TEST_FEED_SEED", 20_261_101),
    }
}

#[apply(every_engine)]
async fn the_feed_holds_what_it_promises_whatever_befalls_it(engine: Engine) {
    marks::listen();
    let length = length();
    let mut course = whole(engine, length).await;
    let verdict = judge(&course.history);
    assert_eq!(verdict, Ok(()), "seed {}", length.seed);
    let kills = course.ground.kills.len();
    assert!(kills >= length.kills, "{kills} kills");
    let diverged =
        course.anew().any(|reason| reason == "CURSOR_AHEAD_OF_HEAD" || reason == "CURSOR_DIVERGED");
    assert!(diverged, "no follower was told that the database was put back");
    assert!(course.anew().any(|reason| reason == "CURSOR_EXPIRED"), "no follower was told of a trim");
    if engine == Engine::Postgres {
        let latency = latency::measure(&course.ground, number_from("TEST_FEED_ROUNDS", 3)).await;
        println!("{latency}");
        assert!(latency.is_within_bound(), "a long transaction in another database slows writers: {latency}");
    }
    course.ground.end().await;
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}

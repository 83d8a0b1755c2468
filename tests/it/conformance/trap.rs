//! The suite with a trap put back into numbering: it must turn red, and name a position.
//!
//! Here every replica is within this process and numbers by the statements it is handed. Trap 1 has no form on SQLite, which
//! has no locks of rows (`store/race.rs` says why). Trap 3, a delete by less than the whole key, is the plans' to tell
//! (`store/plans.rs`).

use assent_store::{Sequencer, StepSql};
use assent_tests::engine::Engine;
use assent_tests::{apply, every_engine};

use super::course::{Length, numbered_by};
use super::judge::judge;
use crate::store::race::{careless_delete, lock_and_read_in_one, recent_rows_only};

const SHORT: Length = Length { commits: 400, kills: 0, seed: 3 };

/// What the suite says of a service that numbers by these.
async fn verdict(engine: Engine, numbering: StepSql, before: &str) -> Result<(), String> {
    let mut course = numbered_by(engine, SHORT, numbering, before).await;
    course.ground.end().await;
    judge(&course.history)
}

#[apply(every_engine)]
async fn the_short_course_is_good_with_the_service_s_own_statements(engine: Engine) {
    assert_eq!(verdict(engine, Sequencer::sql(), "SELECT 1").await, Ok(()));
}

#[apply(every_engine)]
async fn a_window_of_recent_rows_turns_the_suite_red(engine: Engine) {
    let wrong = verdict(engine, recent_rows_only(Sequencer::sql()), "SELECT 1").await.expect_err("trap 2");
    // What is passed over is numbered behind what came after it, or never.
    let named = wrong.contains("is out of order") || wrong.contains("is lost");
    assert!(named && wrong.contains("position "), "{wrong}");
    println!("{wrong}");
}

#[test]
fn locking_and_reading_in_one_statement_turns_the_suite_red() {
    assent_tests::engine::run(async {
        let wrong = verdict(Engine::Postgres, lock_and_read_in_one(Sequencer::sql()), "SELECT 1").await;
        let wrong = wrong.expect_err("trap 1");
        // The step's own count stops it before anything is stored; a reader is told, and the suite says where.
        assert!(wrong.contains("INTERNAL") && wrong.contains("after position "), "{wrong}");
        println!("{wrong}");
    });
}

#[test]
fn locking_and_reading_in_one_statement_turns_the_suite_red_where_nothing_else_stops_it() {
    assent_tests::engine::run(async {
        let numbering = careless_delete(lock_and_read_in_one(Sequencer::sql()));
        let unguarded = "DROP INDEX ledger_of_record";
        let wrong = verdict(Engine::Postgres, numbering, unguarded).await.expect_err("trap 1");
        assert!(wrong.contains("position ") && wrong.contains(" is doubled"), "{wrong}");
        println!("{wrong}");
    });
}

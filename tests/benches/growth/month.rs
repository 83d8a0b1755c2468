//! How long it takes to drop a month of interactions, as the service's retention does it: when nobody calls, and beside
//! callers who record and ask, whose longest call is told too.

use std::sync::Arc;
use std::time::{Duration, Instant};

use assent_domain::time::Instant as At;
use assent_store::{Store, StoreOptions};

use crate::caller::Caller;
use crate::ground::{Ground, SERVED};
use crate::row::{Row, Scene, rounded};
use crate::seed::{Seeded, WINDOWS};
use crate::sheet::Sheet;
use crate::turns::{Calls, Work, at_once};

/// How long the months are in which something was done, at the most: past it the next one has begun.
const MONTH: i64 = 31 * 86_400_000_000;

/// How often a drop is tried that did not get the month in time.
const TRIES: u32 = 100;

/// How long it waits in between: shorter than the service does, which comes again at its next turn.
const BETWEEN: Duration = Duration::from_millis(50);

/// The oldest months, with their rows as they are counted in the catalogue.
const MONTHS: &str = "SELECT c.relname || ' ' || CAST(c.reltuples AS BIGINT)
    FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'interaction'::regclass ORDER BY c.relname";

pub(super) async fn measure(
    sheet: &Sheet,
    scene: &Scene,
    ground: &Ground,
    caller: &Caller,
    seeded: Seeded,
    run: Duration,
) {
    let store = Store::connect(&StoreOptions::new(ground.url(SERVED))).await.expect("the database opens");
    let asked = Arc::new((0..WINDOWS).map(|round| seeded.asking(round)).collect());
    // How much CPU they take is asked elsewhere.
    let calls = |callers, items, work| Calls { caller, service: 0, callers, items, work };
    let kinds = [calls(16, 1, Work::Record), calls(1, 1_000, Work::Wait(asked))];
    let without = longest(&at_once(&kinds, run).await);

    let quiet = drop_one(ground, &store, seeded.from + MONTH).await;
    println!(
        "\nS10: a month of {} interactions dropped in {:.1} ms, nobody calling",
        quiet.rows,
        millis(quiet.took)
    );
    let row =
        Row::of(Some("S10"), "dropping a month, nobody calling").on(scene).value(millis(quiet.took), "ms");
    sheet.add(row.more("rows", quiet.rows).more("tries", quiet.tries).count(1));

    let beside = async {
        tokio::time::sleep(run / 3).await;
        drop_one(ground, &store, seeded.from + 2 * MONTH).await
    };
    let (called, beside) = tokio::join!(at_once(&kinds, run), beside);
    let with = longest(&called);
    println!(
        "S10: one of {} beside 17 callers dropped in {:.1} ms at try {}; their longest call {:.1} ms, {:.1} ms without",
        beside.rows,
        millis(beside.took),
        beside.tries,
        millis(with),
        millis(without)
    );
    let row = Row::of(Some("S10"), "dropping a month beside 17 callers").on(scene);
    let row = row.value(millis(beside.took), "ms").more("rows", beside.rows).more("tries", beside.tries);
    let row = row.more("longest_call_ms", rounded(millis(with)));
    sheet.add(row.more("longest_call_without_ms", rounded(millis(without))).count(1));
    store.close().await;
}

struct Dropped {
    /// How many rows the month had, about.
    rows: u64,
    /// What the try took that succeeded.
    took: Duration,
    tries: u32,
}

/// Drops what lies wholly before that instant: the oldest month.
async fn drop_one(ground: &Ground, store: &Store, before: i64) -> Dropped {
    let mut look = ground.look(SERVED).await;
    let before = At::from_micros(before).expect("a date within reach");
    let there = look.column(MONTHS).await.expect("the months");
    for tries in 1..=TRIES {
        let begun = Instant::now();
        let dropped = store.drop_months(before).await.expect("a month that may go");
        let took = begun.elapsed();
        if dropped > 0 {
            let left = look.column(MONTHS).await.expect("the months");
            let gone = there.iter().filter(|month| !left.contains(month));
            let rows =
                gone.filter_map(|month| month.split_once(' ')?.1.parse::<i64>().ok()).map(i64::unsigned_abs);
            return Dropped { rows: rows.sum(), took, tries };
        }
        tokio::time::sleep(BETWEEN).await;
    }
    panic!("no month could be dropped in {TRIES} tries");
}

fn longest(called: &[crate::caller::Called]) -> Duration {
    called.iter().flat_map(|called| &called.calls).max().copied().unwrap_or_default()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

//! S6: the export of consent changes from a cursor, and what memory it takes at a tenth and at the end.

use std::sync::Arc;
use std::time::Instant;

use assent_sdk::{ChangeWatch, WatchChanges};
use assent_tests::engine::{self, Engine};
use assent_tests::list::resident;

use crate::caller::{Caller, Reading, micros};
use crate::ceiling::{Ceiling, Given};
use crate::ground::{Ground, SERVED, TENANT};
use crate::options::Options;
use crate::report::{Pairs, met};
use crate::row::{Row, Scene, Wanted};
use crate::service::Service;
use crate::sheet::Sheet;
use crate::statements::Statements;
use crate::turns::{self, Calls, Side, Work};

const NAME: &str = "export";

/// How many read at once: twice the cores of the reference machine. A page is found, sent and taken one after the other, so that as
/// many as the cores leave some of them idle between two pages.
const CALLERS: usize = 4;

/// How many changes a page has: as many as the contract gives at once.
const PAGE: u64 = 5_000;

/// How many changes are made by calls, each of somebody else; the others are copies of them.
const MADE: u64 = 1_000;

/// How many are copied by one statement.
const COPIED_AT_ONCE: u64 = 100_000;

/// How much more memory either end may hold at the end than at a tenth.
const GROWTH: f64 = 1.2;

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    if options.wants(NAME) {
        engine::run(measure_export(options, sheet, engine));
    }
}

async fn measure_export(options: &Options, sheet: &Sheet, engine: Engine) {
    let ground = Ground::of(engine, options);
    let key = ground.prepare(SERVED).await;
    fill(&ground, &key, options.changes).await;
    println!(
        "\n== {}: {} changes of tenant {TENANT}; {}",
        engine.name(),
        options.changes,
        ground.durability().await
    );
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::to(&service.address, &key, MADE);
    let file = Ceiling {
        name: NAME,
        database: SERVED,
        callers: CALLERS,
        items: PAGE,
        given: vec![
            ("changes", Given::Number(i64::try_from(options.changes).expect("a small number"))),
            ("after", Given::Number(0)),
        ],
    };
    let calls = Calls {
        caller: &caller,
        service: service.process(),
        callers: CALLERS,
        items: PAGE,
        work: Work::Export(Arc::new(Reading::of(CALLERS))),
    };
    let statements = Statements::counted(&ground, SERVED, options).await;
    let sides = [Side::Calls(calls), Side::File(&file)];
    let told = turns::take(&ground, &sides, options.runs, options.run).await;
    let [exported, ceiling] = <[_; 2]>::try_from(told).expect("two sides");
    let goal = "S6: consent changes from a cursor, 5,000 a page, 4 readers";
    let seen = (engine == Engine::Postgres).then_some(640_000.0);
    let what = "the same keyset pages read without the service";
    let pairs = Pairs { goal, what, least: 0.6, seen, service: exported, ceiling, beside: None };
    pairs.print();
    let scene = Scene::of(&ground, &[("changes", options.changes)]).await;
    sheet.add(pairs.row(&scene));
    if let Some(statements) = statements {
        statements.print().await;
    }
    service.stop();
    for way in ["page by page", "as a stream"] {
        sheet.add(measure_memory(&ground, &key, options.changes, way).await.on(&scene));
    }
}

/// One who reads everything.
enum Way {
    Pages { caller: Caller, cursor: String },
    Stream { watch: Box<ChangeWatch>, last: u64 },
}

impl Way {
    /// How many changes come next, and whether those were all.
    async fn next(&mut self) -> (u64, bool) {
        match self {
            Self::Pages { caller, cursor } => {
                let (count, next, caught_up) = caller.page(0, std::mem::take(cursor)).await;
                *cursor = next;
                (count, caught_up)
            }
            Self::Stream { watch, last } => {
                let batch = watch.next().await.expect("the stream goes on");
                let count = u64::try_from(batch.changes.len()).expect("a batch is small");
                (count, batch.covered_through == *last)
            }
        }
    }
}

/// Reads everything once, with a service that has done nothing else.
async fn measure_memory(ground: &Ground, key: &str, changes: u64, way: &str) -> Row {
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::to(&service.address, key, MADE);
    let ends = || [std::process::id(), service.process()].map(|process| resident(process).expect("it runs"));
    let (begun, mut early) = (Instant::now(), None);
    let mut reader = if way == "as a stream" {
        let options = assent_sdk::Options::new(format!("http://{}", service.address)).api_key(key);
        let client = assent_sdk::Client::connect(options).await.expect("the service answers");
        let watch = Box::new(client.changes().watch(WatchChanges::from_earliest()));
        Way::Stream { watch, last: changes }
    } else {
        let cursor = caller.earliest(0).await;
        Way::Pages { caller, cursor }
    };
    let mut read = 0;
    loop {
        let (count, last) = reader.next().await;
        read += count;
        if read * 10 >= changes {
            early.get_or_insert_with(ends);
        }
        if last {
            break;
        }
    }
    assert_eq!(read, changes, "each change once");
    let (early, late) = (early.expect("a tenth was read"), ends());
    #[expect(clippy::cast_precision_loss, reason = "a ratio and a rate")]
    let (growth, rate) = (
        [0, 1].map(|end| late[end] as f64 / early[end] as f64),
        changes as f64 / begun.elapsed().as_secs_f64(),
    );
    println!(
        "  one reader of all of them, {way}: {rate:.0}/s; memory at 10 % and at 100 %: client {} and {} KiB ({:.2}), \
         service {} and {} KiB ({:.2}; goal {GROWTH}: {})",
        early[0],
        late[0],
        growth[0],
        early[1],
        late[1],
        growth[1],
        met(growth.iter().all(|growth| *growth <= GROWTH))
    );
    service.stop();
    let most = growth.into_iter().fold(0.0, f64::max);
    let row =
        Row::of(Some("S6"), format!("one reader of all of them, {way}: memory against that at a tenth"));
    let row = row.rate(rate).value(most, "times").more("client_kib", late[0]).more("service_kib", late[1]);
    row.wants("value", Wanted::AtMost(GROWTH), most)
}

/// Makes the first changes by calls, and the others by copies of them.
async fn fill(ground: &Ground, key: &str, changes: u64) {
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::at(&service.address, key, MADE).await;
    caller.seed(micros()).await;
    // Each has its position before it is copied.
    caller.earliest(0).await;
    service.stop();
    let mut look = ground.look(SERVED).await;
    let sql = ground.sql("changes");
    for first in (MADE + 1..=changes).step_by(usize::try_from(COPIED_AT_ONCE).expect("a small number")) {
        let last = changes.min(first + COPIED_AT_ONCE - 1);
        let given = [(":first", first), (":last", last), (":made", MADE)];
        let sql = given.iter().fold(sql.clone(), |sql, (name, value)| sql.replace(name, &value.to_string()));
        look.run(&sql).await.expect("copies");
    }
    match ground.engine() {
        Engine::Postgres => look.run("VACUUM (FREEZE, ANALYZE)").await.expect("a quiet database"),
        Engine::Sqlite => look.run("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("a short log"),
    };
}

//! The figures of campaigns in the store: nobody who counts waits for anybody, a fold is never seen, and each statement goes its way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use assent_domain::campaign::Campaign;
use assent_domain::ceiling::Ceiling;
use assent_domain::context::{CampaignInPlay, Context};
use assent_domain::id::{BatchId, CampaignId, InteractionId, MessageId, PolicyId};
use assent_domain::interaction::InteractionKind::EmailOpen;
use assent_domain::interaction::{Reported, What};
use assent_domain::mode::Sent;
use assent_domain::opt_in::OptInTexts;
use assent_domain::policy::{Applicable, Policy};
use assent_domain::profile::Profile;
use assent_domain::tally::{Cell, Measure};
use assent_domain::time::{Instant, Zone};
use assent_domain::verdict::{Case, Unjudged, Use, judge};
use assent_store::{Arrival, Asked, Fate, Ground, InteractionWrite, Named, Store, Weighed};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{Quiet, at, home, open, person, tenant};
use super::plans::goes_by;
use super::race::on_thread;
use super::statements::Counted;

fn spring() -> CampaignId {
    CampaignId::new("spring").unwrap()
}

/// An open of one mail of the campaign: somebody's, or nobody's.
fn opened(number: u128, named: bool, occurred_at: Instant) -> Arrival {
    // Somebody's own day is one row: only whoever counts for the same person waits for it.
    let who = person(&format!("somebody-{number}"));
    let reported = Reported {
        id: InteractionId(number.to_be_bytes()),
        occurred_at,
        profile: named.then_some(who.id),
        what: What::EmailOpen { message: MessageId::new("mail").unwrap() },
        campaign: Some(spring()),
        automated: false,
        functional: false,
        device: None,
    };
    Arrival { table: who.table, reported }
}

/// Judged under `legacy`, which records it, or of nobody under the French policy, which counts it.
fn weighed(arrival: &Arrival, now: Instant) -> Weighed {
    let reported = arrival.reported.clone();
    let id = if reported.profile.is_some() { "legacy" } else { "fr-cnil-2026" };
    let policy = Policy::built_in(&PolicyId::new(id).unwrap()).unwrap();
    let campaign = Campaign {
        id: spring(),
        website: None,
        ceiling: Ceiling::Default,
        opt_in_texts: OptInTexts::default(),
    };
    let in_play = Some(CampaignInPlay { campaign: &campaign, website: None });
    let key = person("somebody");
    let profile = Profile::unknown(key.table, key.id);
    let case = Case {
        asked_for: Use::Record,
        context: Context { campaign: in_play, ..Context::default() },
        sent: Sent::default(),
        person: reported.profile.is_some().then(|| profile.person()),
        policies: Applicable::of(&policy),
        table_zone: &Zone::utc(),
        now,
    };
    let mark = |reported: &Reported| {
        let mut mark = [7; 32];
        mark[..16].copy_from_slice(&reported.id.0);
        mark
    };
    Weighed::of(judge(Unjudged::new(reported), &case), &case, mark)
}

/// Records those in one transaction that is known by that number.
async fn record(store: &Store, batch: u128, arrivals: &[Arrival], now: Instant) -> Vec<Fate> {
    let (tenant, named) = (tenant(), Named::default());
    let batch = BatchId(batch.to_be_bytes());
    let write = InteractionWrite { tenant: &tenant, arrivals, named: &named, batch, now };
    let judge = |_: &Ground, asked: &[Asked]| {
        asked.iter().map(|asked| Some(weighed(&arrivals[asked.arrival], now))).collect()
    };
    let fates = store.record_interactions(&write, judge, &mut Quiet).await;
    fates.unwrap().into_iter().map(Option::unwrap).collect()
}

async fn figures(store: &Store) -> Vec<Cell> {
    store.campaign_figures(&tenant(), &spring(), None).await.unwrap()
}

fn sum(cells: &[Cell], measure: Measure) -> i64 {
    cells.iter().filter(|cell| cell.measure == measure).map(|cell| cell.amount).sum()
}

/// With one transaction held open that counted on a campaign, both ways, another caller's counts on it commit.
#[tokio::test]
async fn nobody_who_counts_on_a_campaign_waits_for_anybody() {
    let home = home(Engine::Postgres).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let both = |number| [opened(number, true, at(1)), opened(number + 1, false, at(1))];
    // Somebody else has put down the held one's batch and not committed: it waits there, having counted.
    let mut other = Look::at(home.database.url()).await.unwrap();
    let held = "00000000000000000000000000000001";
    other
        .run(&format!(
            "BEGIN; INSERT INTO interaction_batch (tenant, batch_id, recorded_at, keys)
             VALUES ('tenant-a', '\\x{held}', 1, '\\x00')"
        ))
        .await
        .unwrap();
    let url = home.database.url().to_owned();
    let holding = on_thread(async move || {
        let store = open(&url).await;
        record(&store, 1, &both(10), at(2)).await
    });
    let mut look = Look::at(home.database.url()).await.unwrap();
    for turn in 0.. {
        let waiting = "SELECT CAST(count(*) AS TEXT) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%interaction_batch%'";
        if look.column(waiting).await.unwrap() == ["1"] {
            break;
        }
        assert!(turn < 2_000, "the transaction is never held");
        std::thread::sleep(Duration::from_millis(5));
    }
    let others = both(20);
    let again = tokio::time::timeout(Duration::from_secs(20), record(&home.store, 2, &others, at(3)));
    let fates = again.await.expect("somebody who counts waits for the one that is held");
    assert!(fates.iter().all(|fate| !fate.duplicate));
    let cells = figures(&home.store).await;
    assert_eq!((sum(&cells, Measure::Human(EmailOpen)), sum(&cells, Measure::Anonymous(EmailOpen))), (1, 1));
    // A fold does not wait either.
    let folded = tokio::time::timeout(Duration::from_secs(20), home.store.fold_tallies()).await;
    assert_eq!(folded.expect("a fold waits"), Ok(2));

    other.run("ROLLBACK").await.unwrap();
    assert!(holding.join().unwrap().iter().all(|fate| !fate.duplicate));
    let cells = figures(&home.store).await;
    assert_eq!((sum(&cells, Measure::Human(EmailOpen)), sum(&cells, Measure::Anonymous(EmailOpen))), (2, 2));
}

const WRITERS: u128 = 4;
const WRITES_EACH: u128 = 40;

/// Writers count, three fold and two read, all at once: no reader ever sees less than before or more than was counted, and in the end
/// the sums are exact.
#[apply(every_engine)]
async fn a_fold_among_writers_is_never_seen(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let (over, begun) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let writers = (0..WRITERS).map(|writer| {
        let (url, begun) = (home.database.url().to_owned(), Arc::clone(&begun));
        on_thread(async move || {
            let store = open(&url).await;
            for turn in 0..WRITES_EACH {
                let number = (writer * WRITES_EACH + turn) * 10 + 1;
                begun.fetch_add(1, Ordering::SeqCst);
                let arrivals = [opened(number, true, at(1)), opened(number + 1, false, at(1))];
                record(&store, number, &arrivals, at(2)).await;
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let folders = (0..3).map(|_| {
        let (url, over) = (home.database.url().to_owned(), Arc::clone(&over));
        on_thread(async move || {
            let store = open(&url).await;
            let mut folded = 0;
            while !over.load(Ordering::SeqCst) {
                folded += store.fold_tallies().await.unwrap();
            }
            folded
        })
    });
    let folders: Vec<_> = folders.collect();
    let readers = (0..2).map(|_| {
        let (url, over, begun) = (home.database.url().to_owned(), Arc::clone(&over), Arc::clone(&begun));
        on_thread(async move || {
            let store = open(&url).await;
            let mut seen = 0;
            while !over.load(Ordering::SeqCst) {
                let cells = figures(&store).await;
                let human = sum(&cells, Measure::Human(EmailOpen));
                assert_eq!(human, sum(&cells, Measure::Anonymous(EmailOpen)), "one transaction counts both");
                let most = i64::try_from(begun.load(Ordering::SeqCst)).unwrap();
                assert!(seen <= human && human <= most, "{seen} were seen, now {human} of {most}");
                seen = human;
            }
        })
    });
    let readers: Vec<_> = readers.collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    over.store(true, Ordering::SeqCst);
    readers.into_iter().for_each(|reader| reader.join().unwrap());
    let folded: u64 = folders.into_iter().map(|folder| folder.join().unwrap()).sum();
    let rest = home.store.fold_tallies().await.unwrap();
    let all = i64::try_from(WRITERS * WRITES_EACH).unwrap();
    assert_eq!(i64::try_from(folded + rest).unwrap(), 2 * all, "each entry is folded once");
    let cells = figures(&home.store).await;
    assert_eq!(
        (sum(&cells, Measure::Human(EmailOpen)), sum(&cells, Measure::Anonymous(EmailOpen))),
        (all, all)
    );
}

#[apply(every_engine)]
async fn one_interaction_and_a_thousand_are_recorded_and_counted_by_the_same_statements(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let counted = Counted::on(home.database.url()).await;
    let (mut batch, mut number) = (0, 0);
    let mut taken = Vec::new();
    for count in [1, 500] {
        let mut of = |named: &[bool]| -> Vec<Arrival> {
            let each = (0..count).flat_map(|_| named.iter().copied());
            each.map(|named| {
                number += 1;
                opened(number, named, at(1))
            })
            .collect()
        };
        let (people, nobody, both) = (of(&[true]), of(&[false]), of(&[true, false]));
        let mut during = async |arrivals: &[Arrival]| {
            batch += 1;
            counted.during(record(&counted.store, batch, arrivals, at(2))).await
        };
        let taken_now = [
            during(&people).await,
            during(&people).await,
            during(&nobody).await,
            during(&nobody).await,
            during(&both).await,
        ];
        let report = counted.during(figures(&counted.store)).await;
        taken.push((taken_now, report));
    }
    assert_eq!(taken[0], taken[1]);
    let ([people, again, nobody, nobody_again, both], report) = taken[0];
    assert_eq!(
        again,
        people + 1 - 3,
        "no day, no figures and no batch with its turn; but whether a machine's is overruled"
    );
    assert_eq!(nobody_again, nobody - 1, "no figures");
    assert!(nobody <= people - 3, "marks and figures, and nothing of a row: {nobody} and {people}");
    assert_eq!(both, people + 1, "the marks");
    assert_eq!(report, 1);
}

#[apply(every_engine)]
async fn every_statement_that_counts_goes_by_an_index(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    let (one, text, id) = ("ARRAY[1::bigint]", "ARRAY['a']", "ARRAY['\\x01'::bytea]");
    let days = format!("'t', {one}, {text}, {text}, {one}");
    let marks = format!("'t', 1, {id}, {id}, {one}");
    let tallies = format!("'t', {text}, {text}, {one}, {one}, {one}");
    let entry = "(tenant=? AND campaign=? AND batch_id=? AND day=? AND measure=? AND currency=?)";
    let statements = [
        ("save_last_opens", days.as_str(), "Conflict Arbiter Indexes: last_open_pkey", "SCAN k VIRTUAL"),
        (
            "read_last_open",
            "'t', 1, 'c', 'p'",
            "last_open_pkey",
            "(tenant=? AND person=? AND profile_table=?",
        ),
        ("insert_counted", &marks, "interaction_20", "(tenant=? AND interaction_id=? AND occurred_at=?)"),
        ("sweep_counted", "'t', 5, 10", "counted_by_day", "(tenant=? AND day<?)"),
        ("take_tally_entries", "'t', 10", "tally_entry_pkey", entry),
        ("add_tallies", &tallies, "Conflict Arbiter Indexes: tally_pkey", "SCAN k VIRTUAL"),
        ("read_figures", "'t', 'spring', 1, 2", "tally_pkey", "tally_1 (tenant=? AND campaign=?)"),
        (
            "read_figures",
            "'t', 'spring', 1, 2",
            "tally_entry_pkey",
            "tally_entry_1 (tenant=? AND campaign=?)",
        ),
    ];
    for (statement, values, postgres, sqlite) in statements {
        let wanted = if engine == Engine::Sqlite { sqlite } else { postgres };
        goes_by(&mut look, statement, values, wanted).await;
    }
}

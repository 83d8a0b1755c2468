//! Somebody refused, and opens mail that they asked for on three days: the latest day is kept, and no trace of the others.

use assent_domain::time::Day;
use assent_proto::v1::Disposition;
use assent_tests::dump;

use super::caller::Told;
use super::deed::{Declared, Kind, done};
use super::flock::{Flock, Lot};
use super::ground::Ground;
use super::world::{DAY, FRENCH, LAST_OPENER, RECEIPT, World, now};

/// How many days ago, in the order of arrival.
const DAYS_AGO: [i64; 3] = [47, 29, 38];

/// Tells all three, each twice. Of none is anything kept that it tells, the instant included.
pub(super) async fn tell(ground: &Ground, world: &World, flock: &mut Flock, round: usize) {
    let caller = ground.caller(&world.shop);
    for ago in DAYS_AGO {
        let story = format!("opened {ago} days ago, {round}");
        // About noon, so that it is one day everywhere around here.
        let at = noon(ago) + now() % 1_000_000_000;
        flock.instant(Lot::Forbidden, &format!("{story}, instant"), at);
        let declared = Declared { message: Some(RECEIPT), ..Declared::default() };
        let open = done(flock, Lot::Forbidden, &story, Kind::Open, Some(LAST_OPENER), at, declared);
        let told = caller.record(FRENCH, vec![open.clone(), open]).await;
        let is_exempted = |told: &Told| match told {
            Told::Outcome(outcome) => outcome.disposition() == Disposition::Exempted,
            Told::Error(_) => false,
        };
        assert!(told.iter().all(is_exempted), "{told:?}");
    }
}

/// Of the three the latest stands in their row, and the others in no row of any table.
pub(super) async fn the_latest_alone_is_kept(ground: &Ground) {
    let days = DAYS_AGO.map(|ago| noon(ago) / DAY);
    let [_, latest, _] = days;
    let mut kept = 0;
    for (table, rows) in dump::whole(&mut ground.look().await).await {
        for row in rows {
            for number in days {
                let (year, month, day) = Day::numbered(number).expect("a day").ymd();
                let date = format!("{year:04}-{month:02}-{day:02}");
                let number_word = number.to_string();
                let mut words = row.split(|letter: char| !letter.is_ascii_alphanumeric());
                let is_there = words.any(|word| word == number_word)
                    || row.contains(&date)
                    || row.to_lowercase().contains(&hex::encode(&date));
                let is_right = number == latest && table == "last_open" && row.contains(LAST_OPENER);
                assert!(!is_there || is_right, "a day stays in {table}: {row}");
                kept += usize::from(is_there);
            }
        }
    }
    assert_eq!(kept, 1, "the latest day is kept");
}

fn noon(days_ago: i64) -> i64 {
    (now() / DAY - days_ago) * DAY + DAY / 2
}

//! Instants and days. Finer parts than microseconds are cut off here and nowhere else.

use assent_domain::time::{Day, Instant};
use assent_proto::google::Date;
use prost_types::Timestamp;

/// The instant of a timestamp, cut to microseconds towards the past; `None` outside the years that are taken.
#[must_use]
pub fn instant(timestamp: &Timestamp) -> Option<Instant> {
    let nanos = i64::from(timestamp.nanos);
    if !(0..1_000_000_000).contains(&nanos) {
        return None;
    }
    Instant::from_micros(timestamp.seconds.checked_mul(1_000_000)?.checked_add(nanos / 1000)?)
}

/// The day of a date; `None` if no calendar has it, or it lacks its year, month or day.
#[must_use]
pub fn day(date: &Date) -> Option<Day> {
    Day::new(date.year.try_into().ok()?, date.month.try_into().ok()?, date.day.try_into().ok()?)
}

/// A length of time; absent or negative: none. What is longer than the contract allows is the contract's matter.
#[must_use]
pub fn duration(duration: Option<&prost_types::Duration>) -> std::time::Duration {
    duration.and_then(|duration| std::time::Duration::try_from(*duration).ok()).unwrap_or_default()
}

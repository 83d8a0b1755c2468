//! Instants and days.

use assent_domain::time::{Day, Instant};
use assent_proto::google::Date;
use prost_types::Timestamp;

/// An instant, in UTC.
#[must_use]
pub fn instant(instant: Instant) -> Timestamp {
    let micros = instant.micros();
    let nanos = micros.rem_euclid(1_000_000) * 1000;
    Timestamp {
        seconds: micros.div_euclid(1_000_000),
        // Less than a thousand million, so it always fits.
        nanos: i32::try_from(nanos).unwrap_or_default(),
    }
}

/// A calendar day.
#[must_use]
pub fn day(day: Day) -> Date {
    let (year, month, day) = day.ymd();
    Date { year: year.into(), month: month.into(), day: day.into() }
}

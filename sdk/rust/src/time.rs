//! Instants and calendar days as the service takes them. Nothing here can tell the time.

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use assent_proto::google;
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, UtcOffset};

use crate::error::Error;

/// An instant, in microseconds since 1970-01-01T00:00:00Z. Finer parts are cut off.
///
/// ```
/// let instant: assent_sdk::Instant = "2026-04-14T09:30:00+02:00".parse()?;
/// assert_eq!(instant.to_string(), "2026-04-14T07:30:00Z");
/// # Ok::<(), assent_sdk::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The instant that many microseconds after 1970-01-01T00:00:00Z. The service takes those of the years 1 to 9999.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    pub(crate) fn into_wire(self) -> prost_types::Timestamp {
        let nanos = i32::try_from(self.0.rem_euclid(1_000_000)).unwrap_or(0).saturating_mul(1000);
        prost_types::Timestamp { seconds: self.0.div_euclid(1_000_000), nanos }
    }

    pub(crate) fn from_wire(wire: prost_types::Timestamp) -> Self {
        Self(wire.seconds.saturating_mul(1_000_000).saturating_add(i64::from(wire.nanos / 1000)))
    }

    /// An instant that the contract promises to give.
    pub(crate) fn promised(wire: Option<prost_types::Timestamp>, path: &'static str) -> Result<Self, Error> {
        wire.map(Self::from_wire).ok_or_else(|| Error::unintelligible(path))
    }
}

/// What no protobuf duration can hold is as long as one can be: the service refuses it.
pub(crate) fn into_wire(span: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(span.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(span.subsec_nanos()).unwrap_or(0),
    }
}

impl From<SystemTime> for Instant {
    fn from(time: SystemTime) -> Self {
        let micros = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |micros| -micros),
        };
        Self(micros)
    }
}

impl FromStr for Instant {
    type Err = TimeError;

    /// Reads RFC 3339, such as `2026-04-14T09:30:00+02:00`.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let instant = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| TimeError::Instant)?;
        i64::try_from(instant.unix_timestamp_nanos().div_euclid(1000))
            .map(Self)
            .map_err(|_| TimeError::Instant)
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC; outside the years 0 to 9999 the number of microseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0).saturating_mul(1000))
            .ok()
            .and_then(|instant| instant.to_offset(UtcOffset::UTC).format(&Rfc3339).ok());
        match text {
            Some(text) => f.write_str(&text),
            None => write!(f, "{} microseconds after 1970", self.0),
        }
    }
}

/// A calendar day of the years 1 to 9999, without a zone of its own: the policy that reads it has one.
///
/// ```
/// let day: assent_sdk::Day = "2026-04-14".parse()?;
/// assert_eq!(day.to_string(), "2026-04-14");
/// # Ok::<(), assent_sdk::TimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day of that year (1 to 9999), month (from 1) and day of the month (from 1).
    ///
    /// # Errors
    ///
    /// [`TimeError::Day`] where the calendar has no such day.
    pub fn new(year: i32, month: u8, day: u8) -> Result<Self, TimeError> {
        if !(1..=9999).contains(&year) {
            return Err(TimeError::Day);
        }
        let month = Month::try_from(month).map_err(|_| TimeError::Day)?;
        Date::from_calendar_date(year, month, day).map(Self).map_err(|_| TimeError::Day)
    }

    /// The year, 1 to 9999.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.0.month().into()
    }

    /// The day of the month, from 1.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.0.day()
    }

    /// Midnight UTC at which this day begins; for sources that know only the day of an answer.
    #[must_use]
    pub fn midnight_utc(self) -> Instant {
        Instant(self.0.midnight().assume_utc().unix_timestamp().saturating_mul(1_000_000))
    }

    pub(crate) fn into_wire(self) -> google::Date {
        google::Date { year: self.year(), month: i32::from(self.month()), day: i32::from(self.day()) }
    }

    /// `None` where it is not a whole day of the calendar.
    pub(crate) fn from_wire(wire: google::Date) -> Option<Self> {
        Self::new(wire.year, u8::try_from(wire.month).ok()?, u8::try_from(wire.day).ok()?).ok()
    }
}

impl FromStr for Day {
    type Err = TimeError;

    /// Reads `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, TimeError> {
        let mut parts = text.splitn(3, '-');
        let mut digits = |count: usize| {
            parts.next().filter(|part| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let (Some(year), Some(month), Some(day)) = (digits(4), digits(2), digits(2)) else {
            return Err(TimeError::Day);
        };
        match (year.parse(), month.parse(), day.parse()) {
            (Ok(year), Ok(month), Ok(day)) => Self::new(year, month, day),
            _ => Err(TimeError::Day),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

/// Why a text or a number is not a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not an instant as RFC 3339 writes it.
    #[error("not an instant; right is RFC 3339, such as 2026-04-14T09:30:00Z")]
    Instant,
    /// Not a day of the calendar.
    #[error("not a day of the years 1 to 9999; right is YYYY-MM-DD")]
    Day,
}

//! Instants, days and zones. The time itself is always a parameter: nothing here can tell it.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// An instant: microseconds since 1970-01-01T00:00:00Z. Finer parts are cut off at the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The earliest instant the service accepts: 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800_000_000);
    /// The latest instant the service accepts: 9999-12-30T22:00:00Z less a microsecond (every zone can name its day).
    pub const MAX: Self = Self(253_402_207_199_999_999);

    /// The instant that many microseconds after 1970-01-01T00:00:00Z, or `None` outside [`Self::MIN`]..=[`Self::MAX`].
    #[must_use]
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < Self::MIN.0 || micros > Self::MAX.0 { None } else { Some(Self(micros)) }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This instant moved later by `span`, held at [`Self::MAX`].
    #[must_use]
    pub const fn plus(self, span: Span) -> Self {
        let sum = self.0.saturating_add(span.0);
        if sum > Self::MAX.0 {
            Self::MAX
        } else if sum < Self::MIN.0 {
            Self::MIN
        } else {
            Self(sum)
        }
    }

    /// This instant moved earlier by `span`, held at [`Self::MIN`].
    #[must_use]
    pub const fn minus(self, span: Span) -> Self {
        self.plus(Span(span.0.saturating_neg()))
    }

    /// The day this instant falls on in `zone`.
    #[must_use]
    pub fn day_in(self, zone: &Zone) -> Day {
        // The bounds of an instant lie inside jiff's, so the fallback is never taken.
        let stamp = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Day(stamp.to_zoned(zone.0.clone()).date())
    }
}

/// A length of time in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

impl Span {
    /// That many microseconds.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// That many seconds.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// That many minutes.
    #[must_use]
    pub const fn from_minutes(minutes: i64) -> Self {
        Self::from_secs(minutes.saturating_mul(60))
    }

    /// That many days of 24 hours.
    #[must_use]
    pub const fn from_days(days: i64) -> Self {
        Self::from_secs(days.saturating_mul(86_400))
    }

    /// The length in microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }
}

/// How far a caller's clock may run ahead of the server's: 5 minutes (a grant or interaction dated later is refused).
pub const CLOCK_TOLERANCE: Span = Span::from_minutes(5);

/// A calendar day, without a zone of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day of that year (1 to 9999), month and day of the month, or `None` if there is no such day.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        Date::new(year, month, day).ok().map(Self)
    }

    /// Reads `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        // A number reads with a sign too, which no day has.
        let signed = text.contains('+');
        if signed || (year.len(), month.len(), day.len()) != (4, 2, 2) {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// Year, month (1 to 12) and day of the month (1 to 31).
    #[must_use]
    pub fn ymd(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn number(self) -> i64 {
        const EPOCH: Date = Date::constant(1970, 1, 1);
        EPOCH.until(self.0).map_or(0, |span| i64::from(span.get_days()))
    }

    /// The day of that number; `None` outside the years 1 to 9999.
    #[must_use]
    pub fn numbered(number: i64) -> Option<Self> {
        const EPOCH: Date = Date::constant(1970, 1, 1);
        let days = jiff::Span::new().try_days(number).ok()?;
        let day = EPOCH.checked_add(days).ok()?;
        Self::new(day.year(), day.month(), day.day())
    }

    /// The day after, held at the last day of the year 9999.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }

    /// The same date that many months later, or the last day of a month that has no such date; held at the last day of the
    /// year 9999.
    #[must_use]
    pub fn months_later(self, months: u32) -> Self {
        let span = jiff::Span::new().try_months(i64::from(months));
        let later = span.and_then(|span| self.0.checked_add(span));
        Self(later.unwrap_or(Date::constant(9999, 12, 31)))
    }

    /// The first instant of this day in `zone`.
    #[must_use]
    pub fn start_in(self, zone: &Zone) -> Instant {
        let zoned = self.0.to_zoned(zone.0.clone());
        zoned.map_or(Instant::MAX, |z| {
            Instant(z.timestamp().as_microsecond().clamp(Instant::MIN.0, Instant::MAX.0))
        })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A time zone of the IANA database, bundled with the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of that IANA name (`Europe/Paris`), or `None` if there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// UTC.
    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Its IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

#[cfg(test)]
mod tests;

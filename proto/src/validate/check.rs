//! The checks that the written validators are made of, one for each kind of field.

use prost_types::{Duration, Timestamp};

use super::{Path, Step, Validate, Violation, Wrong};
use crate::google::Date;

/// The first second that is taken: 0001-01-01T00:00:00Z.
const FIRST_SECOND: i64 = -62_135_596_800;
/// The first second that is no longer taken: 9999-12-30T22:00:00Z, so that every time zone can name the day.
const AFTER_LAST_SECOND: i64 = 253_402_207_200;
/// Nanoseconds of a second.
const NANOS: i32 = 1_000_000_000;

/// A place in a message that is being judged.
pub(crate) struct At<'a> {
    path: &'a mut Path,
    wrong: &'a mut Vec<Violation>,
    step: Option<Step<'static>>,
}

impl<'a> At<'a> {
    /// The message itself.
    pub(crate) fn new(path: &'a mut Path, wrong: &'a mut Vec<Violation>) -> Self {
        Self { path, wrong, step: None }
    }

    /// A field of it.
    pub(crate) fn field(self, name: &'static str) -> Self {
        Self { step: Some(Step::Field(name)), ..self }
    }

    /// An item of a list of it.
    pub(crate) fn item(self, list: &'static str, index: usize) -> Self {
        Self { step: Some(Step::Item(list, index)), ..self }
    }

    fn report(&mut self, wrong: Wrong, rule: &'static str) {
        let mut path = self.path.clone();
        if let Some(step) = self.step {
            path.push(step);
        }
        self.wrong.push(Violation { field: path.0, wrong, rule: rule.into() });
    }

    /// Reports it as missing.
    pub(crate) fn missing(mut self, rule: &'static str) {
        self.report(Wrong::Missing, rule);
    }

    /// Takes what is given, or reports that it is missing.
    fn taken<T>(&mut self, given: Option<T>, required: bool, rule: &'static str) -> Option<T> {
        if given.is_none() && required {
            self.report(Wrong::Missing, rule);
        }
        given
    }

    /// Judges a text.
    pub(crate) fn text(
        mut self,
        given: Option<&str>,
        max_bytes: usize,
        shape: fn(&str) -> Option<Wrong>,
        required: bool,
        rule: &'static str,
    ) {
        let Some(text) = self.taken(given, required, rule) else { return };
        let wrong = match text.len() {
            0 => Some(Wrong::Empty),
            bytes if bytes > max_bytes => Some(Wrong::TooLong),
            _ => shape(text),
        };
        if let Some(wrong) = wrong {
            self.report(wrong, rule);
        }
    }

    /// Judges a byte string.
    pub(crate) fn bytes(
        mut self,
        given: Option<&[u8]>,
        max_bytes: usize,
        sha256: bool,
        required: bool,
        rule: &'static str,
    ) {
        let Some(bytes) = self.taken(given, required, rule) else { return };
        let wrong = match bytes.len() {
            0 => Wrong::Empty,
            length if length > max_bytes => Wrong::TooLong,
            length if sha256 && length != 32 => Wrong::Malformed,
            _ => return,
        };
        self.report(wrong, rule);
    }

    /// Judges a number.
    pub(crate) fn number(
        mut self,
        given: Option<i128>,
        min: Option<i64>,
        max: Option<i64>,
        required: bool,
        rule: &'static str,
    ) {
        let Some(number) = self.taken(given, required, rule) else { return };
        if min.is_some_and(|min| number < min.into()) || max.is_some_and(|max| number > max.into()) {
            self.report(Wrong::OutOfRange, rule);
        }
    }

    /// Judges a number of an enum. `UNSPECIFIED` is nothing given.
    pub(crate) fn choice(
        mut self,
        given: Option<i32>,
        known: fn(i32) -> bool,
        required: bool,
        rule: &'static str,
    ) {
        let given = given.filter(|number| *number != 0);
        let Some(number) = self.taken(given, required, rule) else { return };
        if !known(number) {
            self.report(Wrong::UnknownNumber, rule);
        }
    }

    /// Judges an instant.
    pub(crate) fn timestamp(mut self, given: Option<&Timestamp>, required: bool, rule: &'static str) {
        let Some(instant) = self.taken(given, required, rule) else { return };
        let seconds = (FIRST_SECOND..AFTER_LAST_SECOND).contains(&instant.seconds);
        if !seconds || !(0..NANOS).contains(&instant.nanos) {
            self.report(Wrong::OutOfRange, rule);
        }
    }

    /// Judges a calendar day.
    pub(crate) fn date(mut self, given: Option<&Date>, required: bool, rule: &'static str) {
        let Some(day) = self.taken(given, required, rule) else { return };
        let leap = day.year % 4 == 0 && (day.year % 100 != 0 || day.year % 400 == 0);
        let days = match day.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        if !(1..=9999).contains(&day.year) || !(1..=days).contains(&day.day) {
            self.report(Wrong::OutOfRange, rule);
        }
    }

    /// Judges a length of time; its bounds are in seconds.
    pub(crate) fn duration(
        mut self,
        given: Option<&Duration>,
        min: Option<i64>,
        max: Option<i64>,
        required: bool,
        rule: &'static str,
    ) {
        let Some(length) = self.taken(given, required, rule) else { return };
        let whole =
            length.nanos.abs() < NANOS && i64::from(length.nanos).signum() * length.seconds.signum() >= 0;
        let nanos = |seconds: i64| i128::from(seconds) * i128::from(NANOS);
        let total = nanos(length.seconds) + i128::from(length.nanos);
        let low = min.is_some_and(|min| total < nanos(min));
        let high = max.is_some_and(|max| total > nanos(max));
        if !whole || low || high {
            self.report(Wrong::OutOfRange, rule);
        }
    }

    /// Judges the length of a list.
    pub(crate) fn items(mut self, length: usize, required: bool, max: usize, rule: &'static str) {
        if length == 0 && required {
            self.report(Wrong::Missing, rule);
        } else if length > max {
            self.report(Wrong::TooMany { max }, rule);
        }
    }

    /// Judges a message by its own limits.
    pub(crate) fn message<M: Validate>(mut self, given: Option<&M>, required: bool, rule: &'static str) {
        let Some(message) = self.taken(given, required, rule) else { return };
        let here = self.path.0.len();
        if let Some(step) = self.step {
            self.path.push(step);
        }
        message.validate(self.path, self.wrong);
        self.path.0.truncate(here);
    }
}

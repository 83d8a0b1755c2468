//! What one event says, field by field.

use serde_json::{Map, Value};

use super::Defect;
use crate::time::Instant;

/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// The longest device and the longest user agent that the contract takes, in bytes.
pub(super) const DEVICE_BYTES: usize = 256;
pub(super) const USER_AGENT_BYTES: usize = 1024;

/// One event.
pub(super) struct Fact<'a>(pub(super) &'a Map<String, Value>);

impl Fact<'_> {
    /// Whether the field is there, empty or not.
    pub(super) fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// Text, a whole number as text, or the first of a list. `None`: missing, empty or null.
    pub(super) fn optional(&self, field: &str) -> Result<Option<String>, Defect> {
        let value = match self.0.get(field) {
            Some(Value::Array(list)) => list.first(),
            other => other,
        };
        match value {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok((!text.is_empty()).then(|| text.clone())),
            Some(Value::Number(number)) if !number.is_f64() => Ok(Some(number.to_string())),
            Some(_) => Err(Defect::Wrong(field.to_owned())),
        }
    }

    /// As [`Self::optional`], and there.
    pub(super) fn required(&self, field: &str) -> Result<String, Defect> {
        self.optional(field)?.ok_or_else(|| Defect::Missing(field.to_owned()))
    }

    /// One line of text up to that many bytes. What the contract would refuse the whole interaction for is left out.
    pub(super) fn line(&self, field: &str, most: usize) -> Option<String> {
        let text = self.optional(field).ok().flatten()?;
        (text.len() <= most && !text.chars().any(char::is_control)).then_some(text)
    }

    /// Seconds since 1970-01-01T00:00:00Z, as a number or its digits.
    pub(super) fn seconds(&self, field: &str) -> Result<Instant, Defect> {
        let wrong = || Defect::Wrong(field.to_owned());
        let seconds: i64 = self.required(field)?.parse().map_err(|_| wrong())?;
        if !(0..=LAST_SECOND).contains(&seconds) {
            return Err(wrong());
        }
        Ok(Instant::from_micros(seconds * 1_000_000))
    }

    /// True or false; missing is false.
    pub(super) fn flag(&self, field: &str) -> Result<bool, Defect> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Defect::Wrong(field.to_owned())),
        }
    }
}

//! How a value of a source becomes a setting: numbers with limits, choices, addresses.
//!
//! The environment knows only text, so every kind is also read from its text.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use toml::Value;

/// A whole number within limits.
pub(super) fn number(least: u64, most: u64) -> impl Fn(&Value) -> Result<u64, String> {
    move |value| {
        let number = match value {
            Value::Integer(number) => u64::try_from(*number).ok(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let fits = number.filter(|number| (least..=most).contains(number));
        fits.ok_or_else(|| format!("must be a whole number from {least} to {most}"))
    }
}

/// The same, as the machine's size.
pub(super) fn size(least: u64, most: u64) -> impl Fn(&Value) -> Result<usize, String> {
    move |value| {
        let number = number(least, most)(value)?;
        usize::try_from(number).map_err(|_| format!("must be a whole number from {least} to {most}"))
    }
}

/// The same, as 32 bits.
pub(super) fn count(least: u32, most: u32) -> impl Fn(&Value) -> Result<u32, String> {
    move |value| {
        let number = number(least.into(), most.into())(value)?;
        u32::try_from(number).map_err(|_| format!("must be a whole number from {least} to {most}"))
    }
}

/// A length of time in whole seconds.
pub(super) fn seconds(least: u64, most: u64) -> impl Fn(&Value) -> Result<Duration, String> {
    move |value| Ok(Duration::from_secs(number(least, most)(value)?))
}

/// A length of time in whole milliseconds.
pub(super) fn millis(least: u64, most: u64) -> impl Fn(&Value) -> Result<Duration, String> {
    move |value| Ok(Duration::from_millis(number(least, most)(value)?))
}

/// One of a few words.
pub(super) fn choice<T: Copy>(words: &'static [(&'static str, T)]) -> impl Fn(&Value) -> Result<T, String> {
    move |value| {
        let found = words.iter().find(|(word, _)| value.as_str() == Some(word));
        found.map(|(_, choice)| *choice).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
            format!("must be one of {}", words.join(", "))
        })
    }
}

/// An IP address and a port.
pub(super) fn address(value: &Value) -> Result<SocketAddr, String> {
    let text = value.as_str().and_then(|text| text.parse().ok());
    text.ok_or_else(|| "must be an IP address and a port, such as 127.0.0.1:50051".to_owned())
}

/// A text that is not empty.
pub(super) fn text(value: &Value) -> Result<String, String> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| "must be a text that is not empty".to_owned())
}

/// The path of a file.
pub(super) fn path(value: &Value) -> Result<PathBuf, String> {
    text(value).map(PathBuf::from).map_err(|_| "must be the path of a file".to_owned())
}

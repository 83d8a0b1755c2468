//! Values that must never be shown.

use std::fmt;

use super::read::Reader;
use super::setting;

/// A text that never appears in a log: its `Debug` form hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// 32 random bytes that sign or hash; its `Debug` form hides them.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyBytes([u8; 32]);

impl KeyBytes {
    /// Takes the bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits; white space around them is passed over.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The bytes, for the one place that needs them.
    #[must_use]
    pub const fn reveal(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for KeyBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyBytes(…)")
    }
}

/// The text at `path`, or in the file that `path` + `_file` names; the file counts when the text is only a default.
pub(super) fn secret(reader: &mut Reader, path: &str) -> Option<Secret> {
    let file_path = format!("{path}_file");
    let chosen = reader.is_chosen(path);
    let text = reader.maybe(path, setting::text);
    let from_file = reader.source(&file_path).is_some();
    let file = reader.maybe(&file_path, setting::path);
    if from_file && chosen {
        reader.problem(path, format!("must not be set together with {file_path}"));
        return None;
    }
    if !from_file {
        return text.map(Secret::new);
    }
    match std::fs::read_to_string(file?) {
        Ok(text) if !text.trim().is_empty() => Some(Secret::new(text.trim().to_owned())),
        Ok(_) => {
            reader.problem(&file_path, "names a file that is empty");
            None
        }
        Err(error) => {
            reader.problem(&file_path, format!("names a file that cannot be read: {}", error.kind()));
            None
        }
    }
}

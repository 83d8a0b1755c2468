//! A bookmark in a file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{CursorStore, CursorStoreError};
use crate::changes::Bookmark;
use crate::durable;

/// The most bytes that such a file has.
const BYTES_MAX: u64 = 64 * 1024;

/// Keeps the bookmark in a file, which holds the last one that was saved whenever the process is killed or the machine stops: a
/// new one is written beside it, in the same folder, brought to the disk, and renamed. One stream has one file.
#[derive(Clone, Debug)]
pub struct FileCursors {
    path: PathBuf,
}

impl FileCursors {
    /// In that file. Its folder has to be there; the file is made when something is saved.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl CursorStore for FileCursors {
    async fn load(&mut self) -> Result<Option<Bookmark>, CursorStoreError> {
        let path = self.path.clone();
        match durable::beside(move || read(&path)).await.flatten() {
            Ok(text) => Ok(Some(unfold(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(CursorStoreError::NotABookmark),
            Err(error) => Err(CursorStoreError::NotRead(error)),
        }
    }

    async fn save(&mut self, bookmark: &Bookmark) -> Result<(), CursorStoreError> {
        let path = self.path.clone();
        let text = bookmark.to_text();
        // What could not be read again is not written over what can.
        Bookmark::from_text(&text)?;
        durable::beside(move || durable::replace(&path, fold(&text).as_bytes()))
            .await
            .flatten()
            .map_err(CursorStoreError::NotSaved)
    }
}

fn read(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > BYTES_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    fs::read_to_string(path)
}

/// A line with the bookmark, and one by which it is known to be whole.
fn fold(text: &str) -> String {
    format!("{text}\n{}\n", check(text))
}

fn unfold(content: &str) -> Result<Bookmark, CursorStoreError> {
    let mut lines = content.split('\n');
    match (lines.next(), lines.next(), lines.next(), lines.next()) {
        (Some(text), Some(told), Some(""), None) if told == check(text) => Ok(Bookmark::from_text(text)?),
        _ => Err(CursorStoreError::NotABookmark),
    }
}

fn check(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

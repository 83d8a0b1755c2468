//! One `serve` for one SQLite file: a lock beside it, held for the life of the process.
//!
//! The lock is the operating system's, so a killed process leaves none behind; the file itself stays.
//! Deliberately not taken by `keys`, which works beside a running service.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

/// Why the lock could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error(
        "another `assent serve` is using {}: stop it first, or name another file by database.url", .0.display()
    )]
    Held(PathBuf),
    /// The lock's file cannot be made or locked.
    #[error("{} cannot be locked", .0.display())]
    Io(PathBuf, #[source] std::io::Error),
}

impl FileLock {
    /// Takes the lock of `database` at once, or not at all.
    ///
    /// # Errors
    /// When another process holds it, or its file cannot be made.
    pub(crate) fn take(database: &Path) -> Result<Self, LockError> {
        let path = beside(database, "lock");
        let failed = |error| LockError::Io(path.clone(), error);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(LockError::Held(database.to_owned())),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// The file that belongs to `database` and is named after it.
pub(crate) fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_served_once_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("assent.db");
        let first = FileLock::take(&database).unwrap();
        let second = FileLock::take(&database).unwrap_err();
        assert!(matches!(second, LockError::Held(_)));
        assert!(second.to_string().contains("another `assent serve` is using"), "{second}");
        FileLock::take(&folder.path().join("other.db")).unwrap();
        drop(first);
        FileLock::take(&database).unwrap();
    }
}

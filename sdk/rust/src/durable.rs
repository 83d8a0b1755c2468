//! Files that are as they were or as they should be, whenever the process or the machine stops.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file, or makes it: written beside it under another name, brought to the disk, and only then given its name.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    // Always the same name, so that what a stopped process left is written over.
    let mut beside = OsString::from(".");
    beside.push(name);
    beside.push(".new");
    let beside = path.with_file_name(beside);

    let mut file = File::create(&beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    drop(file);
    rename(&beside, path)
}

/// Gives a file that is on the disk another name of the same folder or one beside it; on the disk too when this returns.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync_folder_of(to)
}

/// Brings the names in the folder of a file to the disk.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file, and names are the file system's own matter.
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

/// Does work that waits for the disk where it holds nobody up.
pub(crate) async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| io::ErrorKind::Interrupted.into())
}

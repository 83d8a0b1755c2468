//! The journal of erasures: who was erased, by keyed marks alone, kept outside of the database, so that an erasure outlives a
//! database that is put back older than it was.
//!
//! Each process writes a file of its own, the first time it has something to write, and nobody ever changes what is there. A file
//! begins with a line that names the key of its marks; then comes one line for each tombstone. What a kill cut short is the last line
//! of a file, without its end: the call that it was for was never answered. Anything else that is no such line stops the service,
//! which would otherwise take somebody erased for a stranger.
//!
//! Deliberately not here: what the marks are applied to (`resume.rs`).

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assent_domain::id::TenantId;
use assent_domain::time::Instant;
use assent_store::{Mark, Tombstone};
use sha2::{Digest, Sha256};

use crate::entropy::{Entropy, bytes};

/// How the first line of a file begins.
const FORM: &str = "assent erasures v1 ";

/// The longest a line can be: a tenant's id, a mark, three numbers, a digest, and what parts them.
const LINE_MAX: u64 = 256;

/// How many of the latest erasures are remembered. A database that is put back, or fails over with loss, loses its latest ones.
const LATEST: usize = 1000;

/// A folder of such files.
#[derive(Debug)]
pub(crate) struct Journal {
    folder: PathBuf,
    key: Mark,
    own: Mutex<Own>,
    seen: Mutex<Seen>,
}

/// This process's own file.
#[derive(Debug)]
struct Own {
    /// What it is called.
    name: String,
    /// How many files this process wrote to before: after a write that failed it begins another one.
    turn: u32,
    file: Option<File>,
}

/// What is known of all files.
#[derive(Debug, Default)]
struct Seen {
    /// How far each was read.
    ends: HashMap<PathBuf, End>,
    /// The latest erasures, whoever wrote them down.
    latest: BTreeMap<(Instant, TenantId, Mark), Tombstone>,
}

/// The end of the last whole line that was read of a file.
#[derive(Clone, Copy, Debug, Default)]
struct End {
    bytes: u64,
    lines: usize,
}

impl Seen {
    fn remember(&mut self, tenant: &TenantId, tombstone: &Tombstone) {
        self.latest.insert((tombstone.erased_at, tenant.clone(), tombstone.mark), *tombstone);
        if self.latest.len() > LATEST {
            self.latest.pop_first();
        }
    }
}

/// Why the journal cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A folder or a file of it cannot be made or read.
    #[error("the journal of erasures, {} (erasure.journal), cannot be used", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// A line is none of a journal's.
    #[error(
        "line {line} of {} is none of a journal of erasures (erasure.journal): put the file back as it was written, or take it \
         away and know that whoever stands in it alone is no longer known to be erased", .file.display()
    )]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
    /// Its marks were made with another key.
    #[error(
        "{} (erasure.journal) was written with another key of tombstones (secrets.tombstone_key): nobody in it would be known \
         again", .0.display()
    )]
    OtherKey(PathBuf),
}

impl Journal {
    /// The journal in a folder, which is made if it is not there, of marks that were made with the key that is known by `key`.
    ///
    /// # Errors
    /// When there can be no such folder, or nothing can be written into it: better now than when somebody is to be erased.
    pub(crate) fn open(folder: &Path, key: Mark, entropy: &dyn Entropy) -> Result<Self, JournalError> {
        let name = hex::encode(bytes::<16>(entropy));
        let journal = Self {
            folder: folder.to_owned(),
            key,
            own: Mutex::new(Own { name: name.clone(), turn: 0, file: None }),
            seen: Mutex::default(),
        };
        make(folder).and_then(|()| journal.prove(&name)).map_err(journal.failed())?;
        Ok(journal)
    }

    /// Reads every file from its beginning, and hands each tombstone on. Files whose names begin with a dot are somebody
    /// else's, and so are folders.
    ///
    /// # Errors
    /// When a file cannot be read, or holds what no journal does.
    pub(crate) fn read(&self, take: impl FnMut(TenantId, Tombstone)) -> Result<(), JournalError> {
        self.seen().ends.clear();
        self.read_on(take)
    }

    /// Reads what was written since it was read last, by whatever process.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn read_on(&self, mut take: impl FnMut(TenantId, Tombstone)) -> Result<(), JournalError> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(self.failed())? {
            let entry = entry.map_err(self.failed())?;
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if !hidden && !entry.path().is_dir() {
                files.push(entry.path());
            }
        }
        files.sort();
        files.iter().try_for_each(|file| self.read_file(file, &mut take))
    }

    fn read_file(&self, path: &Path, take: &mut impl FnMut(TenantId, Tombstone)) -> Result<(), JournalError> {
        let failed = |error| JournalError::Io(path.to_owned(), error);
        let mut seen = self.seen();
        let mut end = seen.ends.get(path).copied().unwrap_or_default();
        let mut file = File::open(path).map_err(failed)?;
        file.seek(SeekFrom::Start(end.bytes)).map_err(failed)?;
        let (mut lines, mut buffer) = (BufReader::new(file), Vec::new());
        loop {
            buffer.clear();
            let read = io::Read::take(&mut lines, LINE_MAX).read_until(b'\n', &mut buffer).map_err(failed)?;
            let number = end.lines.saturating_add(1);
            let Some(line) = buffer.strip_suffix(b"\n") else {
                // Where nothing follows, its writer was stopped in the midst of it, or is in the midst of it.
                let ends = lines.fill_buf().map_err(failed)?.is_empty();
                return if ends { Ok(()) } else { Err(unreadable(path, number)) };
            };
            let line = std::str::from_utf8(line).map_err(|_| unreadable(path, number))?;
            match line.strip_prefix(FORM) {
                Some(key) if key == hex::encode(self.key) => {}
                Some(_) => return Err(JournalError::OtherKey(path.to_owned())),
                None if number == 1 => return Err(unreadable(path, number)),
                None => {
                    let (tenant, tombstone) = tombstone(line).ok_or_else(|| unreadable(path, number))?;
                    seen.remember(&tenant, &tombstone);
                    take(tenant, tombstone);
                }
            }
            end = End { bytes: end.bytes.saturating_add(read as u64), lines: number };
            seen.ends.insert(path.to_owned(), end);
        }
    }

    /// Writes tombstones down, and returns when they are on the disk.
    ///
    /// # Errors
    /// What the file system says. What was written by then is a journal's all the same.
    pub(crate) async fn write(self: &Arc<Self>, tombstones: Vec<(TenantId, Tombstone)>) -> io::Result<()> {
        let journal = Arc::clone(self);
        // The disk is waited for on a thread that nobody else waits on; once begun it goes on, whoever goes away.
        let written = tokio::task::spawn_blocking(move || journal.append(&tombstones)).await;
        written.unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    fn append(&self, tombstones: &[(TenantId, Tombstone)]) -> io::Result<()> {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = match own.file.take() {
            Some(file) => file,
            None => self.begin(&mut own)?,
        };
        let text: String = tombstones.iter().map(|(tenant, tombstone)| line(tenant, tombstone)).collect();
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        // Only now: after half a line nothing may follow, so that what failed ends its file.
        own.file = Some(file);
        let mut seen = self.seen();
        tombstones.iter().for_each(|(tenant, tombstone)| seen.remember(tenant, tombstone));
        Ok(())
    }

    /// The latest erasures of all that were read or written.
    pub(crate) fn latest(&self) -> Vec<(TenantId, Tombstone)> {
        let told = |((_, tenant, _), tombstone): (&(Instant, TenantId, Mark), &Tombstone)| {
            (tenant.clone(), *tombstone)
        };
        self.seen().latest.iter().map(told).collect()
    }

    /// Whether an erasure is one of the latest that are written down.
    pub(crate) fn holds(&self, tenant: &TenantId, tombstone: &Tombstone) -> bool {
        self.seen().latest.contains_key(&(tombstone.erased_at, tenant.clone(), tombstone.mark))
    }

    fn begin(&self, own: &mut Own) -> io::Result<File> {
        let name = format!("{}-{}.erasures", own.name, own.turn);
        own.turn = own.turn.saturating_add(1);
        let path = self.folder.join(name);
        let begun = self.begin_at(&path);
        if begun.is_err() {
            // Nobody was told of anything in it, and whoever asks again is not to leave a file behind each time.
            let _ = fs::remove_file(&path);
        }
        begun
    }

    fn begin_at(&self, path: &Path) -> io::Result<File> {
        let mut file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(heading(&self.key).as_bytes())?;
        file.sync_all()?;
        sync_folder(&self.folder)?;
        Ok(file)
    }

    /// That a file can be written here.
    fn prove(&self, name: &str) -> io::Result<()> {
        let path = self.folder.join(format!(".{name}"));
        let begun = self.begin_at(&path);
        let gone = fs::remove_file(&path);
        begun?;
        gone
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self) -> impl Fn(io::Error) -> JournalError {
        let folder = self.folder.clone();
        move |error| JournalError::Io(folder.clone(), error)
    }
}

/// Makes a folder and those that it is in, each of which is on the disk before anything stands in it.
fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent =
        folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    make(parent)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        made => made?,
    }
    sync_folder(parent)
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The first line of a file.
pub(crate) fn heading(key: &Mark) -> String {
    format!("{FORM}{}\n", hex::encode(key))
}

/// The line of a tombstone.
pub(crate) fn line(tenant: &TenantId, tombstone: &Tombstone) -> String {
    let Tombstone { mark, version, hlc, erased_at } = tombstone;
    let said =
        format!("{}\t{}\t{version}\t{hlc}\t{}", tenant.as_str(), hex::encode(mark), erased_at.micros());
    format!("{said}\t{}\n", digest(&said))
}

fn tombstone(line: &str) -> Option<(TenantId, Tombstone)> {
    let (said, told) = line.rsplit_once('\t')?;
    let mut parts = said.split('\t');
    let tenant = TenantId::new(parts.next()?).ok()?;
    let tombstone = Tombstone {
        mark: hex::decode(parts.next()?).ok()?.try_into().ok()?,
        version: parts.next()?.parse().ok()?,
        hlc: parts.next()?.parse().ok()?,
        erased_at: Instant::from_micros(parts.next()?.parse().ok()?)?,
    };
    (told == digest(said) && parts.next().is_none()).then_some((tenant, tombstone))
}

/// By what a line that rotted is told from one that was written.
fn digest(said: &str) -> String {
    hex::encode(&Sha256::digest(said.as_bytes())[..4])
}

fn unreadable(file: &Path, line: usize) -> JournalError {
    JournalError::Unreadable { file: file.to_owned(), line }
}

#[cfg(test)]
mod tests;

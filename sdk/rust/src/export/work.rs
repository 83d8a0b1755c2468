//! The hidden folder in which a run works: what is there at any time is enough to go on, and nothing of it has a file's name
//! before it is whole.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::manifest::{FORMAT_VERSION, Manifest, ManifestFile};
use super::part::Part;
use super::state::{Mark, State};
use super::{ExportError, ExportFormat, Exported, name};
use crate::changes::ConsentChange;
use crate::durable;

const STATE: &str = "state.json";
const LOCK: &str = "lock";
const MANIFEST: &str = "manifest.json";
const NAMING: &str = "giving an export its name";

/// The folder of a run, which no other process is in while this is held.
pub(super) struct Workplace {
    folder: PathBuf,
    inner: PathBuf,
    _lock: File,
}

impl Workplace {
    /// Enters the folder, makes it if need be, and gives what an interrupted run left.
    pub(super) fn enter(folder: &Path, pattern: &str) -> Result<(Self, Option<State>), ExportError> {
        let place = Self::enter_unread(folder, pattern)?;
        let found = match fs::read(place.inner.join(STATE)) {
            Ok(bytes) => Some(State::of_bytes(&bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(ExportError::file("reading what an interrupted export left")(error)),
        };
        Ok((place, found))
    }

    fn enter_unread(folder: &Path, pattern: &str) -> Result<Self, ExportError> {
        let failed = ExportError::file("making a folder for an export");
        let inner = folder.join(name::work_folder(pattern));
        match fs::create_dir(&inner) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made.map_err(failed)?,
        }
        let lock = File::create(inner.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(ExportError::Busy),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        Ok(Self { folder: folder.to_owned(), inner, _lock: lock })
    }

    fn part(&self, format: ExportFormat) -> PathBuf {
        self.inner.join(format.ending())
    }

    fn named(&self, stem: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{stem}.{ending}"))
    }

    /// That no file has a name that this run would give.
    fn check_names(&self, stem: &str, formats: &[ExportFormat]) -> Result<(), ExportError> {
        let endings = formats.iter().map(|format| format.ending()).chain([MANIFEST]);
        for name in endings.map(|ending| self.named(stem, ending)) {
            if fs::symlink_metadata(&name).is_ok() {
                return Err(taken(&name));
            }
        }
        Ok(())
    }

    fn save(&self, state: &State) -> Result<(), ExportError> {
        let failed = ExportError::file("keeping how far an export has come");
        let text = serde_json::to_vec(state).map_err(|error| failed(error.into()))?;
        durable::replace(&self.inner.join(STATE), &text).map_err(failed)
    }

    /// Gives the files of a sealed run their names, as far as they do not have them yet, the manifest last.
    pub(super) fn publish(self, state: &State, resumed: bool) -> Result<(Self, Exported), ExportError> {
        let failed = ExportError::file(NAMING);
        let (mut files, mut told) = (Vec::new(), Vec::new());
        for part in &state.parts {
            let (work, name) = (self.part(part.format), self.named(&state.stem, part.format.ending()));
            match (exists(&work), exists(&name)) {
                (true, false) => durable::rename(&work, &name).map_err(failed)?,
                (true, true) => return Err(taken(&name)),
                // This run, or the one that it goes on with, has named it already.
                (false, true) => {}
                (false, false) => return Err(ExportError::WorkDamaged("a file is gone")),
            }
            told.push(ManifestFile {
                name: format!("{}.{}", state.stem, part.format.ending()),
                format: part.format,
                rows: part.rows,
                bytes: part.bytes,
                sha256: part.sha256.clone(),
                text_bytes: part.text_bytes,
            });
            files.push(name);
        }
        let manifest = Manifest {
            format_version: FORMAT_VERSION,
            created_at: state.created_at().to_string(),
            from: state.from.told(),
            to: state.at.told(),
            ledger_head: state.head.clone(),
            filter: state.asked.filter.clone(),
            changes: state.changes,
            files: told,
        };
        let manifest_file = self.named(&state.stem, MANIFEST);
        let mut text = serde_json::to_vec_pretty(&manifest).map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        let there = fs::read(&manifest_file);
        if !there.as_ref().is_ok_and(|there| *there == text) {
            if exists(&manifest_file) {
                return Err(taken(&manifest_file));
            }
            let work = self.inner.join(MANIFEST);
            durable::replace(&work, &text).map_err(failed)?;
            durable::rename(&work, &manifest_file).map_err(failed)?;
        }
        let left = self.inner.join(STATE);
        fs::remove_file(&left).map_err(failed)?;
        durable::sync_folder_of(&left).map_err(failed)?;
        Ok((self, Exported { files, manifest_file, manifest, resumed }))
    }
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn taken(path: &Path) -> ExportError {
    ExportError::NameTaken(path.file_name().unwrap_or_default().to_string_lossy().into_owned())
}

/// A run under way.
pub(super) struct Work {
    place: Workplace,
    pub(super) state: State,
    parts: Vec<Part>,
    resumed: bool,
}

impl Work {
    /// Begins a run.
    pub(super) fn begin(
        place: Workplace,
        state: State,
        formats: &[ExportFormat],
    ) -> Result<Self, ExportError> {
        place.check_names(&state.stem, formats)?;
        let parts = formats.iter().map(|format| Part::begin(&place.part(*format), *format));
        let parts = parts.collect::<Result<_, _>>()?;
        let mut work = Self { place, state, parts, resumed: false };
        work.settle()?;
        Ok(work)
    }

    /// Goes on with one that was interrupted.
    pub(super) fn resume(place: Workplace, state: State) -> Result<Self, ExportError> {
        let parts = state.parts.iter().map(|part| Part::resume(&place.part(part.format), part.clone()));
        let parts = parts.collect::<Result<_, _>>()?;
        Ok(Self { place, state, parts, resumed: true })
    }

    /// Writes changes, and that they were written up to `at`.
    pub(super) fn add(&mut self, changes: &[ConsentChange], at: Mark) -> Result<(), ExportError> {
        for part in &mut self.parts {
            changes.iter().try_for_each(|change| part.add(change))?;
        }
        self.state.changes += changes.len() as u64;
        self.state.at = at;
        self.settle()
    }

    /// The files first, then how far they are good.
    fn settle(&mut self) -> Result<(), ExportError> {
        self.state.parts = self.parts.iter_mut().map(Part::settle).collect::<Result<_, _>>()?;
        self.place.save(&self.state)
    }

    /// Ends the files and gives them their names.
    pub(super) fn end(mut self) -> Result<Exported, ExportError> {
        self.parts.iter_mut().try_for_each(Part::seal)?;
        self.state.sealed = true;
        self.settle()?;
        drop(self.parts);
        let (_, exported) = self.place.publish(&self.state, self.resumed)?;
        Ok(exported)
    }
}

/// Throws away what an interrupted run of that name left in that folder. Files that have their names stay.
///
/// # Errors
///
/// [`ExportError::Busy`] while it runs; [`ExportError::NameWrong`], [`ExportError::File`].
pub fn discard(folder: &Path, pattern: &str) -> Result<(), ExportError> {
    name::check(pattern)?;
    let failed = ExportError::file("discarding an export");
    if !exists(&folder.join(name::work_folder(pattern))) {
        return Ok(());
    }
    let place = Workplace::enter_unread(folder, pattern)?;
    // The state first: what is left without it is written over.
    let names = [STATE, MANIFEST, ExportFormat::Csv.ending(), ExportFormat::Ndjson.ending()];
    for name in names {
        match fs::remove_file(place.inner.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    durable::sync_folder_of(&place.inner.join(STATE)).map_err(failed)
}

//! A run from its beginning, or from where it was interrupted, to its end.

use std::time::Duration;

use super::manifest::{FORMAT_VERSION, ManifestHead};
use super::state::{Asked, End, Mark, State};
use super::work::{Work, Workplace};
use super::{Export, ExportError, ExportProgress, ExportStart, Exported, name};
use crate::call::Caller;
use crate::changes::{ChangePage, Changes, Cursor, ReadChanges, SnapshotNeeded, Start, joint};
use crate::durable;
use crate::error::Error;

pub(super) async fn run(
    caller: &Caller,
    export: Export,
    mut told: impl FnMut(ExportProgress),
) -> Result<Exported, ExportError> {
    name::check(&export.name)?;
    let mut work = match enter(caller, &export).await? {
        Entered::Ended(exported) => return Ok(*exported),
        Entered::UnderWay(work) => *work,
    };
    let run = Run { changes: Changes { caller }, export: &export };
    let end = work.state.end.clone();
    loop {
        let (position, changes) = (work.state.at.position, work.state.changes);
        if let Some(position) = position {
            told(ExportProgress { position, end: end.position, changes });
        }
        if position == Some(end.position) {
            break;
        }
        let Step { page, at, last } = run.step(&work.state).await?;
        if work.state.from.position.is_none() {
            work.state.from.position = Some(page.covered_after);
        }
        let end = end.position;
        work = on_disk(move || {
            let through = page.changes.iter().take_while(|change| change.position <= end).count();
            work.add(page.changes.get(..through).unwrap_or_default(), at)?;
            Ok(work)
        })
        .await?;
        if last {
            break;
        }
    }
    run.check_end(&end).await?;
    on_disk(move || work.end()).await
}

async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ExportError> + Send + 'static,
) -> Result<T, ExportError> {
    durable::beside(work).await.map_err(ExportError::file("writing an export"))?
}

enum Entered {
    UnderWay(Box<Work>),
    /// All that was left was to give the files their names.
    Ended(Box<Exported>),
}

/// Goes on with what an interrupted run left, or begins.
async fn enter(caller: &Caller, export: &Export) -> Result<Entered, ExportError> {
    let asked = Asked::of(export);
    let (folder, pattern) = (export.folder.clone(), export.name.clone());
    let (mut place, found) = on_disk(move || Workplace::enter(&folder, &pattern)).await?;
    match found {
        Some(state) if state.sealed => {
            let same = state.asked == asked;
            let (back, exported) = on_disk(move || place.publish(&state, true)).await?;
            if same {
                return Ok(Entered::Ended(Box::new(exported)));
            }
            // It had ended but for its names, and what is asked for now begins where it ended.
            place = back;
        }
        Some(state) if state.asked == asked => {
            let work = on_disk(move || Work::resume(place, state)).await?;
            return Ok(Entered::UnderWay(Box::new(work)));
        }
        Some(_) => return Err(ExportError::OtherRun),
        None => {}
    }
    let state = begin(caller, export, asked).await?;
    let formats = export.formats.clone();
    let work = on_disk(move || Work::begin(place, state, &formats)).await?;
    Ok(Entered::UnderWay(Box::new(work)))
}

/// Finds out where the run begins and ends.
async fn begin(caller: &Caller, export: &Export, asked: Asked) -> Result<State, ExportError> {
    let changes = Changes { caller };
    let from = match &export.start {
        ExportStart::After(cursor) => Mark { cursor: cursor.as_str().to_owned(), position: None },
        ExportStart::At(start) => {
            let found = changes.cursor(*start, export.filter.clone()).await?;
            Mark { cursor: found.cursor.as_str().to_owned(), position: Some(found.position) }
        }
    };
    // After the beginning, so that it never lies before it.
    let latest = changes.cursor(Start::Latest, export.filter.clone()).await?;
    let head = latest.head;
    let end = match export.through {
        None => End { position: latest.position, cursor: Some(latest.cursor.as_str().to_owned()) },
        Some(asked) if asked > head.position => {
            return Err(ExportError::EndWrong { asked, known: head.position, what: "ledger's end" });
        }
        Some(position) => End { position, cursor: None },
    };
    if let Some(position) = from.position {
        begins_before(position, &end)?;
    }
    Ok(State {
        format_version: FORMAT_VERSION,
        asked,
        created_at: export.created_at.micros(),
        stem: name::stem(&export.name, export.created_at)?,
        from: from.clone(),
        end,
        head: ManifestHead::of(head),
        at: from,
        changes: 0,
        parts: Vec::new(),
        sealed: false,
    })
}

const fn begins_before(position: u64, end: &End) -> Result<(), ExportError> {
    if position > end.position {
        let what = "position that it begins after";
        return Err(ExportError::EndWrong { asked: end.position, known: position, what });
    }
    Ok(())
}

struct Run<'a> {
    changes: Changes<'a>,
    export: &'a Export,
}

/// What comes next.
struct Step {
    /// Its changes beyond the run's end do not belong to it.
    page: ChangePage,
    /// Where the run stands after it.
    at: Mark,
    /// Whether the run ends with it.
    last: bool,
}

impl Run<'_> {
    async fn read(&self, at: &Mark, size: u32) -> Result<ChangePage, ExportError> {
        let query = ReadChanges::from_cursor(Cursor::from_text(&at.cursor))
            .filter(self.export.filter.clone())
            .page_size(size)
            .max_wait(Duration::ZERO);
        let page = self.changes.read(query).await.map_err(lost)?;
        joint::check(at.position, &page)?;
        Ok(page)
    }

    async fn step(&self, state: &State) -> Result<Step, ExportError> {
        let (from, end) = (&state.at, &state.end);
        let mut page = self.read(from, self.export.page_size).await?;
        begins_before(page.covered_after, end)?;
        if page.covered_through < end.position && page.caught_up {
            return Err(ExportError::LedgerShorter { head: page.covered_through, end: end.position });
        }
        loop {
            if page.covered_through <= end.position {
                let (cursor, position) = (page.next_cursor.as_str().to_owned(), page.covered_through);
                let at = Mark { cursor, position: Some(position) };
                return Ok(Step { last: position == end.position, page, at });
            }
            let within = page.changes.iter().take_while(|change| change.position <= end.position).count();
            let position = Some(end.position);
            match (&end.cursor, within) {
                (Some(cursor), _) => {
                    return Ok(Step { page, at: Mark { cursor: cursor.clone(), position }, last: true });
                }
                // Nothing lies between where the run stands and its end: the next run begins at the same place.
                (None, 0) => {
                    let at = Mark { position: Some(page.covered_after), ..from.clone() };
                    return Ok(Step { page, at, last: true });
                }
                // A page that is full ends with its last change, and there is a cursor.
                (None, within) => {
                    let size = u32::try_from(within).unwrap_or(u32::MAX);
                    page = self.read(from, size).await?;
                    if page.covered_through <= end.position {
                        let (cursor, position) = (page.next_cursor.as_str().to_owned(), page.covered_through);
                        let last = page.changes.len() == within;
                        return Ok(Step { page, at: Mark { cursor, position: Some(position) }, last });
                    }
                }
            }
        }
    }

    /// That the ledger still goes where it went when the run began: a database that was put back meanwhile holds other
    /// changes under the same positions.
    async fn check_end(&self, end: &End) -> Result<(), ExportError> {
        let Some(cursor) = &end.cursor else { return Ok(()) };
        let end = Mark { cursor: cursor.clone(), position: Some(end.position) };
        self.read(&end, 1).await.map(drop)
    }
}

fn lost(error: Error) -> ExportError {
    match SnapshotNeeded::told(error) {
        Ok(why) => ExportError::CursorLost(why),
        Err(error) => ExportError::Call(error),
    }
}

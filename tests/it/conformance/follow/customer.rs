//! Following as a customer's program does that leaves it to the SDK: its stream, its stores, its hand-over to a snapshot. The
//! program is killed now and then and begins again at whatever replica there is, with what its store kept.

use std::collections::BTreeMap;
use std::time::Duration;

use assent_sdk::{
    Bookmark, Cause, ChangePage, ChangeStream, Client, CursorStore, Error, Next, Options, Retry,
    SnapshotReason, StreamChanges, StreamError,
};
use assent_service::clock::{Clock, SystemClock};

use super::super::history::{Change, Event, Page};
use super::super::write::EXPLAINED;
use super::Reading;

/// What the program holds beside its bookmark.
#[derive(Default)]
struct Held {
    /// Whether the judge knows from where it reads.
    placed: bool,
    /// Each person's version, as a snapshot that is under way told it.
    copied: BTreeMap<String, u64>,
}

impl Reading {
    pub(super) async fn be_a_customer<S: CursorStore>(
        mut self,
        begin: StreamChanges,
        store: impl Fn() -> S + Send + 'static,
    ) -> Self {
        let clock = SystemClock::new();
        let mut held = Held::default();
        loop {
            let Some((address, _)) = self.directory.any(&mut self.chance) else {
                clock.sleep(Duration::from_millis(10)).await;
                continue;
            };
            let options = Options::new(format!("http://{address}")).retry(Retry::never());
            let client = Client::connect_lazily(options).expect("options that fit");
            let page_size = u32::try_from(1 + self.chance.below(400)).expect("a small number");
            let query = begin.clone().page_size(page_size).max_wait(Duration::from_millis(300));
            let mut stream = client.changes().stream(query, store());
            match self.run_program(&clock, &mut stream, &mut held).await {
                Ok(true) => return self,
                Ok(false) => {}
                Err(error) => self.suffer(&error),
            }
            clock.sleep(Duration::from_millis(20)).await;
        }
    }

    /// The program, until it is killed or meets an error. Says whether everything was read that ever was written.
    async fn run_program<S: CursorStore>(
        &mut self,
        clock: &SystemClock,
        stream: &mut ChangeStream<S>,
        held: &mut Held,
    ) -> Result<bool, StreamError> {
        loop {
            let over = self.is_over();
            let why = match stream.next().await? {
                Next::Page(page) => {
                    if !held.placed {
                        held.placed = true;
                        self.note_beginning(Event::Began { after: page.covered_after });
                    }
                    let caught_up = page.caught_up;
                    self.note(Event::Page(told(&page)));
                    if self.chance.below(8) == 0 {
                        // What was given and not acknowledged is given again, to this program or the next.
                        drop(page);
                        self.note(Event::Resumed);
                        if self.chance.below(2) == 0 {
                            return Ok(false);
                        }
                        continue;
                    }
                    page.acknowledge().await?;
                    self.note(Event::Saved);
                    if over && caught_up {
                        return Ok(true);
                    }
                    clock.sleep(Duration::from_millis(20 + self.chance.below(100))).await;
                    continue;
                }
                Next::SnapshotNeeded(why) => why,
            };
            if why.reason != SnapshotReason::SnapshotUnfinished {
                *held = Held::default();
            }
            if let Some(reason) = lost(why.reason) {
                self.note(Event::Told(reason.to_owned()));
            }
            match why.oldest {
                // Whoever needs no more than what is left goes on from there.
                Some((_, cursor)) if self.chance.below(2) == 0 => stream.go_on_from(cursor).await?,
                _ => self.take_over(stream, held).await?,
            }
        }
    }

    /// Takes a snapshot in place of what it held, and is killed at it by chance.
    async fn take_over<S: CursorStore>(
        &mut self,
        stream: &mut ChangeStream<S>,
        held: &mut Held,
    ) -> Result<(), StreamError> {
        let mut copy = stream.hand_over().await?;
        let lost = loop {
            let part = match copy.next().await {
                Ok(Some(part)) => part,
                Ok(None) => return Ok(()),
                Err(StreamError::SnapshotLost(why)) => break why,
                Err(error) => return Err(error),
            };
            let people = part.iter().map(|one| (one.profile.clone(), one.profile_version));
            held.copied.extend(people);
            let last = part.is_last();
            if let Bookmark::At { position: Some(after), .. } = part.acknowledge().await? {
                let people = std::mem::take(&mut held.copied);
                held.placed = true;
                self.note_beginning(Event::HandedOver { after, people });
            }
            if !last && self.chance.below(4) == 0 {
                return Ok(());
            }
        };
        copy.begin_anew().await?;
        held.copied.clear();
        if let Some(reason) = self::lost(lost.reason) {
            self.note(Event::Told(reason.to_owned()));
        }
        Ok(())
    }

    fn suffer(&mut self, error: &StreamError) {
        let odd = match error {
            StreamError::Call(error) => unexplained(error),
            other => Some(format!("{other:?}")),
        };
        if let Some(odd) = odd {
            self.wonder(&odd);
        }
    }
}

/// What no fault explains of an error. What did not come from the service has no reason.
fn unexplained(error: &Error) -> Option<String> {
    match error.cause() {
        Cause::Unreachable | Cause::Unexplained(_) => None,
        Cause::Refused(reason) if EXPLAINED.contains(&reason.name()) => None,
        Cause::Refused(reason) => Some(reason.name().to_owned()),
        other => Some(format!("{other:?}")),
    }
}

/// The reason by which the service says that a cursor leads nowhere.
const fn lost(reason: SnapshotReason) -> Option<&'static str> {
    match reason {
        SnapshotReason::CursorDiverged => Some("CURSOR_DIVERGED"),
        SnapshotReason::CursorAheadOfHead => Some("CURSOR_AHEAD_OF_HEAD"),
        SnapshotReason::CursorExpired => Some("CURSOR_EXPIRED"),
        _ => None,
    }
}

fn told(page: &ChangePage) -> Page {
    let changes = page.changes.iter().map(|change| Change {
        position: change.position,
        record: change.record_id.replace('-', ""),
        who: change.profile.clone(),
        version: change.profile_version,
    });
    Page { after: page.covered_after, through: page.covered_through, changes: changes.collect() }
}

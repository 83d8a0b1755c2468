//! The course of one stream: where the import stands, then chunk after chunk, then the end.
//!
//! The next chunk is read when the one before it was acknowledged, so that a stream holds one chunk at a time however fast
//! its caller sends.

use std::collections::BTreeMap;
use std::time::Duration;

use assent_domain::id::ImportId;
use assent_domain::profile::Profile;
use assent_proto::v1::import_consents_response::Event;
use assent_proto::v1::{
    ChunkAcknowledged, ImportChunk, ImportConsentsRequest, ImportConsentsResponse, ImportEnded, ImportOpened,
    import_consents_request,
};
use assent_store::{
    ConsentWrite, Decided, Import, ImportProgress, Loaded, Mode, ProfileKey, Reported, SliceWrite,
    SliceWritten,
};

use super::METHOD;
use super::chunk::{Chunk, Ground, Judged, Refusals};
use super::report::{Counts, LineOutcome, Report};
use super::turns::Turns;
use crate::caller::Call;
use crate::context::SharedContext;
use crate::failure::{Failure, Outcome};
use crate::feed::outlet::Outlet;
use crate::feed::room::Room;
use crate::server::answer::{Broken, Inbound};
use crate::wire::to_wire;

/// How long a caller may send nothing: a place on the lane is not held for somebody who is gone.
const IDLE_MAX: Duration = Duration::from_secs(60);

/// The most failures that are told of a chunk.
const FAILURES_MAX: u32 = 1000;

/// One stream of an import.
pub(super) struct Course {
    context: SharedContext,
    turns: Turns,
    call: Call,
    id: ImportId,
    ground: Ground,
    kind: Kind,
}

/// Whether anything is stored.
enum Kind {
    Stored {
        header_hash: [u8; 32],
        /// How far the import had come when it was last looked at; another stream may have moved it on.
        progress: ImportProgress,
    },
    DryRun {
        /// The number of the next chunk; absent: any.
        next: Option<u64>,
        totals: Counts,
    },
}

/// What became of a chunk.
struct Done {
    report: Report,
    refusals: Refusals,
    repeated: bool,
    /// Of a dry run, what became of each line.
    lines: Vec<LineOutcome>,
}

impl Course {
    /// The course of an import that is `known` with the hash of its header and where it stands; of a dry run otherwise.
    pub(super) fn new(
        context: &SharedContext,
        turns: Turns,
        call: Call,
        id: ImportId,
        ground: Ground,
        known: Option<([u8; 32], ImportProgress)>,
    ) -> Outcome<Self> {
        let kind = match known {
            Some((header_hash, progress)) => Kind::Stored { header_hash, progress },
            None => Kind::DryRun { next: None, totals: Counts::default() },
        };
        let course = Self { context: SharedContext::clone(context), turns, call, id, ground, kind };
        // What is kept of it can be read.
        course.totals()?;
        Ok(course)
    }

    /// Goes on until the caller has sent everything.
    pub(super) async fn run(
        mut self,
        mut inbound: Inbound<ImportConsentsRequest>,
        outlet: &Outlet<ImportConsentsResponse>,
    ) -> Result<(), Broken> {
        let context = SharedContext::clone(&self.context);
        let room = || outlet.place(context.clock.as_ref());
        room().await.map_err(Failure::from)?.send(event(Event::Opened(self.opened()?)));
        loop {
            let place = room().await.map_err(Failure::from)?;
            let message = tokio::select! {
                // What was sent already is not lost to a service that stops: it is sent again elsewhere.
                biased;
                () = context.stopping.cancelled() => return Err(Failure::Stopping.into()),
                message = inbound.next() => message?,
                () = context.clock.sleep(IDLE_MAX) => return Err(Failure::DeadlineExceeded.into()),
            };
            let Some(message) = message else {
                place.send(event(Event::Ended(ImportEnded { totals: Some(counts(self.totals()?)) })));
                return Ok(());
            };
            let Some(import_consents_request::Message::Chunk(chunk)) = message.message else {
                return Err(Failure::invalid("header", "must come first and only then").into());
            };
            let acknowledged = self.take(&chunk).await?;
            place.send(event(Event::Acknowledged(acknowledged)));
        }
    }

    fn opened(&self) -> Outcome<ImportOpened> {
        let next_chunk = match &self.kind {
            Kind::Stored { progress, .. } => progress.chunk.saturating_add(1),
            Kind::DryRun { .. } => 1,
        };
        Ok(ImportOpened { next_chunk, totals: Some(counts(self.totals()?)) })
    }

    fn totals(&self) -> Outcome<Counts> {
        match &self.kind {
            Kind::Stored { progress, .. } => Counts::read(&progress.totals).ok_or_else(unreadable),
            Kind::DryRun { totals, .. } => Ok(*totals),
        }
    }

    async fn take(&mut self, sent: &ImportChunk) -> Outcome<ChunkAcknowledged> {
        let hash = self.context.requests.hash(self.call.tenant(), METHOD, sent);
        let chunk = Chunk::read(&self.ground, hash, sent);
        let done = match self.kind {
            Kind::Stored { header_hash, .. } => self.store(&chunk, header_hash).await?,
            Kind::DryRun { .. } => self.rehearse(&chunk).await?,
        };
        self.acknowledge(&chunk, done).await
    }

    /// Writes what is not written yet of a chunk, slice by slice.
    async fn store(&mut self, chunk: &Chunk, header_hash: [u8; 32]) -> Outcome<Done> {
        let context = SharedContext::clone(&self.context);
        let mut refusals = Refusals::new();
        let (mut wrote, mut looked) = (false, false);
        loop {
            let Kind::Stored { progress, .. } = &mut self.kind else { return Err(unreadable()) };
            let import = Import { id: &self.id, header_hash };
            let next = progress.chunk.saturating_add(1);
            if chunk.number < next {
                let kept = context.store.import_chunk(self.call.tenant(), &import, chunk.number).await?;
                // Forgotten in between: nobody goes on with what is a week old.
                let kept = kept.ok_or(Failure::ImportChunkUnexpected { expected: next })?;
                if kept.content_hash != chunk.hash {
                    return Err(Failure::ImportChunkReused);
                }
                let report = Report::read(&kept.report).ok_or_else(unreadable)?;
                return Ok(Done { report, refusals, repeated: !wrote, lines: Vec::new() });
            }
            if chunk.number > next {
                if looked {
                    return Err(Failure::ImportChunkUnexpected { expected: next });
                }
                // Another stream may have moved the import on.
                let now = context.clock.now();
                *progress = context.store.open_import(self.call.tenant(), &import, now).await?;
                looked = true;
                continue;
            }
            if progress.begun_hash.is_some_and(|begun| begun != chunk.hash) {
                return Err(Failure::ImportChunkReused);
            }
            let from = usize::try_from(progress.line).unwrap_or(usize::MAX).min(chunk.size());
            let turn = self.turns.next().await;
            let to = from.saturating_add(turn.lines).min(chunk.size());
            let slice = chunk.slice(&self.ground, Mode::Store, from, to);
            let before = Report::read(&progress.begun_report).ok_or_else(unreadable)?;
            let totals = Counts::read(&progress.totals).ok_or_else(unreadable)?;
            let now = context.clock.now();
            let write = SliceWrite {
                tenant: self.call.tenant(),
                import,
                chunk_hash: chunk.hash,
                from: progress,
                to_line: slice.to_line(),
                call: slice.batch.wants(),
                now,
            };
            let decide = |loaded: &Loaded| -> Outcome<_> {
                let Decided { answer: judged, changes, outcomes } = slice.decide(&context, now, loaded)?;
                let report = before.clone().and(judged.report);
                let totals = totals.and(report.counts).write();
                let kept = report.write();
                let answer = Reported { answer: (report, judged.refusals), report: kept, totals };
                Ok(Decided { answer, changes, outcomes })
            };
            let written = Box::pin(context.store.write_slice(&write, decide)).await;
            drop(turn);
            match written? {
                SliceWritten::Elsewhere(progress_now) => *progress = progress_now,
                SliceWritten::Stored((report, refused), progress_now) => {
                    *progress = progress_now;
                    context.news.tell(self.call.tenant());
                    refusals.extend(refused);
                    wrote = true;
                    if to == chunk.size() {
                        return Ok(Done { report, refusals, repeated: false, lines: Vec::new() });
                    }
                }
            }
        }
    }

    /// Judges a chunk as if it were stored. What its lines would leave behind counts for those after them.
    async fn rehearse(&mut self, chunk: &Chunk) -> Outcome<Done> {
        let context = SharedContext::clone(&self.context);
        let Kind::DryRun { next, totals } = &mut self.kind else { return Err(unreadable()) };
        match *next {
            Some(expected) if expected != chunk.number => {
                return Err(Failure::ImportChunkUnexpected { expected });
            }
            _ => *next = Some(chunk.number.saturating_add(1)),
        }
        let mut left: BTreeMap<ProfileKey, Profile> = BTreeMap::new();
        let mut done =
            Done { report: Report::default(), refusals: Refusals::new(), repeated: false, lines: Vec::new() };
        let mut from = 0;
        while from < chunk.size() {
            let turn = self.turns.next().await;
            let to = from.saturating_add(turn.lines).min(chunk.size());
            let slice = chunk.slice(&self.ground, Mode::ValidateOnly, from, to);
            let now = context.clock.now();
            let (name, tenant) = ("write_consents", self.call.tenant());
            let write = ConsentWrite {
                name,
                tenant,
                calls: vec![slice.batch.wants()],
                mode: Mode::ValidateOnly,
                now,
            };
            let decide = |_, loaded: &Loaded| -> Outcome<_> {
                let mut loaded = loaded.clone();
                for (key, profile) in &mut loaded.profiles {
                    if let Some(left) = left.get(key) {
                        *profile = left.clone();
                    }
                }
                let decided = slice.decide(&context, now, &loaded)?;
                let (answer, outcomes) = ((decided.answer, decided.changes), decided.outcomes);
                Ok(Decided { answer, changes: Vec::new(), outcomes })
            };
            let told = Box::pin(context.store.write_consents(&write, decide)).await;
            drop(turn);
            let unanswered = || Err(Failure::internal("a dry run ended without an answer"));
            let (judged, changes) = told.into_iter().next().unwrap_or_else(unanswered)?;
            for change in changes {
                let (table, id) = (change.profile.table().clone(), change.profile.id().clone());
                left.insert(ProfileKey { table, id }, change.profile);
            }
            let Judged { report, lines, refusals } = judged;
            done.report = done.report.and(report);
            done.lines.extend(lines);
            done.refusals.extend(refusals);
            from = to;
        }
        *totals = totals.and(done.report.counts);
        Ok(done)
    }

    /// The answer to a chunk. What was refused by an earlier stream is judged again, to say why in full.
    async fn acknowledge(&self, chunk: &Chunk, done: Done) -> Outcome<ChunkAcknowledged> {
        let context = &self.context;
        let Done { report, mut refusals, repeated, lines } = done;
        let refused = chunk.refused_before(&self.ground, &report.faults, &refusals);
        if let Some(batch) = &refused.batch {
            let (now, tenant) = (context.clock.now(), self.call.tenant());
            let (name, mode) = ("write_consents", Mode::ValidateOnly);
            let write = ConsentWrite { name, tenant, calls: vec![batch.wants()], mode, now };
            let decide = |_, loaded: &Loaded| refused.decide(batch, context, now, loaded);
            let turn = self.turns.next().await;
            let told = Box::pin(context.store.write_consents(&write, decide)).await;
            drop(turn);
            for told in told {
                refusals.extend(told?);
            }
        }
        let mut room = Room::new(FAILURES_MAX, context.limits.message_out / 2, 1);
        let mut failures = Vec::new();
        for fault in &report.faults {
            let failure = chunk.failure(fault, &mut refusals, &self.call.id)?;
            if !room.take(prost::Message::encoded_len(&failure)) {
                break;
            }
            failures.push(failure);
        }
        let left_out = report.faults.len().saturating_sub(failures.len());
        let forecasts = chunk.numbered(&lines).into_iter();
        Ok(ChunkAcknowledged {
            number: chunk.number,
            repeated,
            counts: Some(counts(report.counts)),
            failures,
            failures_left_out: u64::try_from(left_out).unwrap_or(u64::MAX),
            totals: Some(counts(self.totals()?)),
            forecasts: forecasts.map(|(line, outcome)| forecast(line, outcome)).collect(),
        })
    }
}

const fn event(event: Event) -> ImportConsentsResponse {
    ImportConsentsResponse { event: Some(event) }
}

fn counts(counts: Counts) -> assent_proto::v1::ImportCounts {
    use assent_domain::change::Outcome as Became;
    let told = |became| counts.of(LineOutcome::Told(became));
    assent_proto::v1::ImportCounts {
        created: told(Became::Created),
        changed: told(Became::Changed),
        renewed: told(Became::Renewed),
        unchanged: told(Became::Unchanged),
        superseded: told(Became::Superseded),
        blank: counts.of(LineOutcome::Blank),
        failed: counts.of(LineOutcome::Failed),
    }
}

fn forecast(line: u64, outcome: LineOutcome) -> assent_proto::v1::LineForecast {
    let outcome = match outcome {
        LineOutcome::Told(became) => to_wire::outcome::of_line(became),
        LineOutcome::Blank => assent_proto::v1::LineOutcome::Blank,
        LineOutcome::Failed => assent_proto::v1::LineOutcome::Failed,
    };
    assent_proto::v1::LineForecast { line, outcome: outcome.into() }
}

fn unreadable() -> Failure {
    Failure::internal("what was kept of an import cannot be read")
}

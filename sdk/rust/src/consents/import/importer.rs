//! The importer: it holds the lines that are not acknowledged yet, and sends them again where a stream broke.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use assent_proto::v1;
use assent_proto::v1::import_consents_request::Message as Sent;
use assent_proto::v1::import_consents_response::Event;
use prost::Message;
use tokio::sync::mpsc;
use tonic::Streaming;

use super::{ChunkAcknowledged, Import, ImportCounts, ImportLine};
use crate::ambient;
use crate::call::Caller;
use crate::error::{Error, Result};
use crate::options::MESSAGE_BYTES;
use crate::outgoing::Outgoing;
use crate::trace::CallSpan;

/// How many chunks are sent ahead: one is written while the next is on its way.
const WINDOW: usize = 2;

/// The most bytes of a chunk's lines; the rest of the 4 MiB is for what stands beside them.
const BYTES: usize = MESSAGE_BYTES - 64 * 1024;

/// How long the service may take for a chunk before the connection counts as lost.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// Imports line after line. It holds at most four chunks of lines, and goes on by itself where a stream broke or the service
/// stopped, as the client's [`Retry`](crate::Retry) says.
///
/// ```no_run
/// use assent_sdk::{AnswerGiven, Basis, Coverage, Evidence, Import, ImportLine};
///
/// # async fn run(client: assent_sdk::Client, addresses: Vec<String>) -> assent_sdk::Result<()> {
/// let import = Import::new("crm-2026-11-22", "newsletter").source_name("CRM").source_version("11");
/// let mut importer = client.consents().importer(import);
/// for (number, address) in (1..).zip(addresses) {
///     let evidence = Evidence::new().proof_reference("crm/export/11");
///     let grant = AnswerGiven::grant(Basis::Imported, Coverage::marketing()).evidence(evidence);
///     if let Some(told) = importer.push(ImportLine::new(number, address).answer(grant)).await? {
///         println!("{} lines are durable", told.totals.lines());
///     }
/// }
/// while let Some(told) = importer.flush().await? {
///     println!("{} lines are durable", told.totals.lines());
/// }
/// println!("{} lines failed", importer.finish().await?.failed);
/// # Ok(())
/// # }
/// ```
pub struct Importer {
    caller: Caller,
    header: v1::ImportHeader,
    chunk_lines: usize,
    /// The lines of the chunk that is being filled, and their bytes.
    lines: Vec<v1::ImportLine>,
    bytes: usize,
    /// The number of that chunk.
    number: u64,
    /// What is not acknowledged, in order.
    held: VecDeque<v1::ImportChunk>,
    /// How many of those are sent over the stream that is open.
    sent: usize,
    /// The chunk that an earlier run got to; absent: the service was not asked yet.
    begins_at: Option<u64>,
    /// What became of the lines of earlier runs, and of this one.
    totals: ImportCounts,
    stream: Option<Begun>,
    /// Failures since the service last said something.
    failures: u32,
}

struct Begun {
    /// Absent: there is no more to send.
    chunks: Option<mpsc::Sender<v1::ImportConsentsRequest>>,
    answers: Streaming<v1::ImportConsentsResponse>,
    call: CallSpan,
}

const fn wrapped(message: Sent) -> v1::ImportConsentsRequest {
    v1::ImportConsentsRequest { message: Some(message) }
}

impl Importer {
    pub(super) fn new(caller: Caller, import: Import) -> Self {
        let Import { header, chunk_lines } = import;
        Self {
            caller,
            header,
            chunk_lines,
            lines: Vec::new(),
            bytes: 0,
            number: 1,
            held: VecDeque::new(),
            sent: 0,
            begins_at: None,
            totals: ImportCounts::default(),
            stream: None,
            failures: 0,
        }
    }

    /// Takes one more line, and gives an acknowledgement where one is due before more can be taken. Lines of chunks that an
    /// earlier run under the same id got acknowledged are passed over. Dropping this future may lose the line's place: import anew
    /// under the same id then.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown),
    /// [`Reason::ImportIdReused`](crate::Reason::ImportIdReused): another header goes by that id,
    /// [`Reason::ImportChunkReused`](crate::Reason::ImportChunkReused): other lines were sent by an earlier run,
    /// [`Reason::ImportChunkUnexpected`](crate::Reason::ImportChunkUnexpected): the service lost what it had acknowledged.
    /// After an error that passes, the importer may be used on: it holds what is not acknowledged.
    pub async fn push(&mut self, line: ImportLine) -> Result<Option<ChunkAcknowledged>> {
        let line = line.into_wire();
        // The line, its tag and its length.
        let more = line.encoded_len() + 6;
        if !self.lines.is_empty() && (self.lines.len() >= self.chunk_lines || self.bytes + more > BYTES) {
            self.close().await?;
        }
        self.bytes += more;
        self.lines.push(line);
        if self.held.len() > WINDOW { self.acknowledged().await.map(Some) } else { Ok(None) }
    }

    /// Sends what is left, and gives the next acknowledgement; `None`: everything is acknowledged.
    ///
    /// # Errors
    ///
    /// As [`Importer::push`].
    pub async fn flush(&mut self) -> Result<Option<ChunkAcknowledged>> {
        if !self.lines.is_empty() {
            self.close().await?;
        }
        if self.held.is_empty() { Ok(None) } else { self.acknowledged().await.map(Some) }
    }

    /// Ends the import, and tells what became of all its lines, those of earlier runs counted. What was not
    /// [flushed](Importer::flush) is, and its acknowledgements are passed over.
    ///
    /// # Errors
    ///
    /// As [`Importer::push`].
    pub async fn finish(mut self) -> Result<ImportCounts> {
        while self.flush().await?.is_some() {}
        self.opened().await?;
        loop {
            if let Some(begun) = &mut self.stream {
                begun.chunks = None;
            }
            match self.heard().await {
                Ok(Event::Ended(_)) => return Ok(self.totals),
                Ok(_) => return Err(Error::unintelligible("ended")),
                Err(error) => self.passes(error).await?,
            }
        }
    }

    /// What became of the lines that are acknowledged by now, those of earlier runs counted.
    #[must_use]
    pub const fn totals(&self) -> &ImportCounts {
        &self.totals
    }

    /// How many lines it holds.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.lines.len() + self.held.iter().map(|chunk| chunk.lines.len()).sum::<usize>()
    }

    /// Closes the chunk that is being filled, and sends it unless an earlier run did.
    async fn close(&mut self) -> Result<()> {
        let begins_at = self.opened().await?;
        let lines = std::mem::take(&mut self.lines);
        self.bytes = 0;
        let number = self.number;
        self.number = number.saturating_add(1);
        if number >= begins_at {
            self.held.push_back(v1::ImportChunk { number, lines });
            self.send();
        }
        Ok(())
    }

    /// The chunk to go on with, by what the service said first.
    async fn opened(&mut self) -> Result<u64> {
        loop {
            match self.begins_at {
                Some(begins_at) => return Ok(begins_at),
                None => {
                    if let Err(error) = self.begin().await {
                        self.passes(error).await?;
                    }
                }
            }
        }
    }

    /// The acknowledgement of the oldest chunk that is held.
    async fn acknowledged(&mut self) -> Result<ChunkAcknowledged> {
        loop {
            self.send();
            let told = match self.heard().await {
                Ok(Event::Acknowledged(told)) => told,
                Ok(_) => return Err(Error::unintelligible("acknowledged")),
                Err(error) => {
                    self.passes(error).await?;
                    continue;
                }
            };
            if self.held.front().is_none_or(|chunk| chunk.number != told.number) {
                return Err(Error::unintelligible("acknowledged.number"));
            }
            self.held.pop_front();
            self.sent = self.sent.saturating_sub(1);
            self.failures = 0;
            self.send();
            let mut told = ChunkAcknowledged::from_wire(told)?;
            // A dry run is not remembered, and a chunk that is told again is counted already.
            self.totals = match self.header.dry_run {
                true => self.totals.and(told.counts),
                false => told.totals,
            };
            told.totals = self.totals;
            return Ok(told);
        }
    }

    /// Sends what is held and fits the window; where there is no stream, nothing.
    fn send(&mut self) {
        let Some(chunks) = self.stream.as_ref().and_then(|begun| begun.chunks.as_ref()) else { return };
        while let Some(chunk) = self.held.get(self.sent).filter(|_| self.sent < WINDOW) {
            // The channel has room for the window. Where the stream broke, the answers tell.
            if chunks.try_send(wrapped(Sent::Chunk(chunk.clone()))).is_err() {
                return;
            }
            self.sent += 1;
        }
    }

    /// The next answer of the stream, which is begun where there is none.
    async fn heard(&mut self) -> Result<Event> {
        if self.stream.is_none() {
            self.begin().await?;
            self.send();
            if self.held.is_empty()
                && let Some(begun) = &mut self.stream
            {
                begun.chunks = None;
            }
        }
        let Some(begun) = &mut self.stream else { return Err(Error::unintelligible("a stream")) };
        let heard = hear(&mut begun.answers).await;
        if let Err(error) = &heard {
            begun.call.failed(error);
            self.broken();
        }
        heard
    }

    /// Begins a stream, and hears where the import stands.
    async fn begin(&mut self) -> Result<()> {
        let caller = &self.caller;
        let begun = caller.stream(self.header.clone(), |request| {
            let (chunks, outgoing) = mpsc::channel(WINDOW + 1);
            let mut client = caller.consents();
            async move {
                let request = request.map(|header| {
                    // There is room for it.
                    let _ = chunks.try_send(wrapped(Sent::Header(header)));
                    Outgoing(outgoing)
                });
                let answers = client.import_consents(request).await?;
                Ok(answers.map(|answers| (chunks, answers)))
            }
        });
        let ((chunks, mut answers), call) = begun.await?;
        let opened = match hear(&mut answers).await {
            Ok(Event::Opened(opened)) => opened,
            Ok(_) => return Err(Error::unintelligible("opened")),
            Err(error) => {
                call.failed(&error);
                return Err(error);
            }
        };
        if !self.header.dry_run {
            self.totals = ImportCounts::from_wire(opened.totals, "opened.totals")?;
        }
        self.begins_at.get_or_insert(opened.next_chunk);
        self.sent = 0;
        self.stream = Some(Begun { chunks: Some(chunks), answers, call });
        Ok(())
    }

    fn broken(&mut self) {
        self.stream = None;
        self.sent = 0;
    }

    /// Waits before the next attempt where the error passes by itself.
    async fn passes(&mut self, error: Error) -> Result<()> {
        self.broken();
        self.failures = self.failures.saturating_add(1);
        let retry = &self.caller.manner.retry;
        match retry.wait_after(self.failures, &error, ambient::fraction(), Duration::MAX) {
            Some(wait) => {
                ambient::wait(wait).await;
                Ok(())
            }
            None => Err(error.after(std::mem::take(&mut self.failures))),
        }
    }
}

async fn hear(answers: &mut Streaming<v1::ImportConsentsResponse>) -> Result<Event> {
    match tokio::time::timeout(SILENCE_MAX, answers.message()).await {
        Ok(Ok(Some(told))) => told.event.ok_or_else(|| Error::unintelligible("event")),
        Ok(Ok(None)) => Err(Error::unintelligible("the end of a stream")),
        Ok(Err(status)) => Err(Error::from_status(&status)),
        Err(_) => Err(Error::deadline_passed()),
    }
}

impl fmt::Debug for Importer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Importer")
            .field("number", &self.number)
            .field("held", &self.held.len())
            .field("begun", &self.stream.is_some())
            .finish_non_exhaustive()
    }
}

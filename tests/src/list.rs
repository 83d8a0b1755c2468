//! A list that is imported by a process of its own, which can be killed and whose memory can be looked at: what a customer's
//! program does with the SDK, line by line.

use std::fs;
use std::io::Write;
use std::time::Duration;

use assent_sdk::{
    AnswerGiven, Basis, ChunkAcknowledged, Client, Coverage, Evidence, Import, ImportCounts, ImportLine,
    Instant, NoticeId, Options, Retry,
};

/// The text that everybody in the list read.
pub const TEXT: &str = "We would like to know which of our messages you read.";

/// When the first line was decided: 1 March 2026, 00:00 UTC, in microseconds since 1970.
const DECIDED: i64 = 1_772_323_200_000_000;

/// A list, and where it goes.
#[derive(Clone, Debug)]
pub struct List {
    /// Where the service listens.
    pub address: String,
    /// A key with the role consent; empty: a service without keys.
    pub key: String,
    /// The profile table.
    pub table: String,
    /// What the import is known by.
    pub id: String,
    /// How many lines it has.
    pub lines: u64,
    /// How many of them go in together.
    pub chunk_lines: usize,
    /// Whether every line is a full grant of somebody else, so that each costs the same.
    pub even: bool,
}

impl List {
    /// The list that those words describe, in the order of the fields.
    #[must_use]
    pub fn of_words(words: &[String]) -> Option<Self> {
        let [address, key, table, id, lines, chunk_lines, even] = words else { return None };
        Some(Self {
            address: address.clone(),
            key: key.clone(),
            table: table.clone(),
            id: id.clone(),
            lines: lines.parse().ok()?,
            chunk_lines: chunk_lines.parse().ok()?,
            even: even == "even",
        })
    }

    /// The words that describe it.
    #[must_use]
    pub fn words(&self) -> [String; 7] {
        let kind = if self.even { "even" } else { "mixed" };
        [
            self.address.clone(),
            self.key.clone(),
            self.table.clone(),
            self.id.clone(),
            self.lines.to_string(),
            self.chunk_lines.to_string(),
            kind.to_owned(),
        ]
    }

    /// A line: of a mixed list one that says yes, no, both, nothing, or what cannot be taken, about somebody whom another line may
    /// name too.
    #[must_use]
    pub fn line(&self, number: u64, text: NoticeId) -> ImportLine {
        let at = Instant::from_micros(DECIDED + i64::try_from(number % 100_000).unwrap_or(0) * 1_000_000);
        let proof = Evidence::new()
            .method("crm")
            .notice(text)
            .language("fr")
            .actor("data subject")
            .proof_reference("crm/export/11");
        let yes =
            |coverage| AnswerGiven::grant(Basis::Imported, coverage).decided_at(at).evidence(proof.clone());
        if self.even {
            return ImportLine::new(number, format!("p{number}")).answer(yes(Coverage::tracking()));
        }
        let who = format!("p{}", number * 7 % (self.lines * 4 / 5).max(1));
        let line = ImportLine::new(number, who);
        match number % 10 {
            0 => line,
            1 => line.answer(AnswerGiven::refuse(Coverage::tracking()).decided_at(at)),
            2 => line.answer(AnswerGiven::grant(Basis::Imported, Coverage::tracking()).decided_at(at)),
            3 => ImportLine::new(number, "").answer(yes(Coverage::tracking())),
            4 => line
                .answer(yes(Coverage::marketing()))
                .answer(AnswerGiven::refuse(Coverage::tracking()).decided_at(at)),
            _ => line.answer(yes(Coverage::tracking())),
        }
    }

    /// Imports it, goes on where an earlier process stopped, and tells each acknowledgement as a line of standard output; the
    /// last line has the totals.
    ///
    /// # Panics
    /// When it cannot go on.
    pub async fn import(&self) {
        let mut options = Options::new(format!("http://{}", self.address));
        if !self.key.is_empty() {
            options = options.api_key(self.key.clone());
        }
        let patient = Retry::default().attempts(200).base(Duration::from_millis(50));
        let client = Client::connect_lazily(options.retry(patient.max_wait(Duration::from_millis(200))));
        let client = client.expect("options that fit");
        let text = client.consents().put_notice(TEXT).await.expect("a text is stored").id;
        let list = Import::new(&self.id, &self.table).source_name("CRM").source_version("11");
        let lines = (1..=self.lines).map(|number| self.line(number, text));
        let import = client.consents().import(list.chunk_lines(self.chunk_lines), lines, |told| tell(&told));
        let totals = import.await.expect("the import goes on");
        say(&format!("ended {}", shown(&totals)));
    }
}

fn tell(told: &ChunkAcknowledged) {
    let memory = resident(std::process::id()).unwrap_or(0);
    say(&format!(
        "chunk {} repeated {} lines {} memory {memory}",
        told.number,
        told.repeated,
        told.totals.lines()
    ));
}

/// Counts as one word.
#[must_use]
pub fn shown(counts: &ImportCounts) -> String {
    let ImportCounts { created, changed, renewed, unchanged, superseded, blank, failed, .. } = *counts;
    [created, changed, renewed, unchanged, superseded, blank, failed].map(|count| count.to_string()).join(",")
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let told = writeln!(out, "{line}").and_then(|()| out.flush());
    told.expect("standard output is read");
}

/// The memory that a process holds, in KiB; `None`: it is gone.
#[must_use]
pub fn resident(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

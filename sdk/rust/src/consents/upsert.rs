//! Records answers, notices, requests and profile facts.

use assent_proto::v1;

use super::Consents;
use crate::answer::{AnswerGiven, NoticeGiven, RequestMade};
use crate::batch::in_parts;
use crate::error::{Error, Result};
use crate::profile::{self, Facts};
use crate::request_id::RequestId;
use crate::state::{Outcome, Standing};
use crate::word::Word;

/// One item: a profile with facts, with something said, told or asked, or with both. At least one must be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    profile: String,
    facts: Option<Facts>,
    event: Option<Event>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Answer(AnswerGiven),
    Notice(NoticeGiven),
    Request(RequestMade),
}

impl Item {
    /// An item for the profile of that id (1 to 128 bytes, opaque), with nothing in it yet.
    #[must_use]
    pub fn new(profile: impl Into<String>) -> Self {
        Self { profile: profile.into(), facts: None, event: None }
    }

    /// Sets facts; they count before the event does.
    #[must_use]
    pub fn facts(mut self, facts: Facts) -> Self {
        self.facts = Some(facts);
        self
    }

    /// Says what the person answered. Replaces any event given before: an item has one.
    #[must_use]
    pub fn answer(mut self, answer: AnswerGiven) -> Self {
        self.event = Some(Event::Answer(answer));
        self
    }

    /// Says what they were told. Replaces any event given before: an item has one.
    #[must_use]
    pub fn notice(mut self, notice: NoticeGiven) -> Self {
        self.event = Some(Event::Notice(notice));
        self
    }

    /// Says what they were asked. Replaces any event given before: an item has one.
    #[must_use]
    pub fn request(mut self, request: RequestMade) -> Self {
        self.event = Some(Event::Request(request));
        self
    }

    fn into_wire(self) -> v1::UpsertConsentsItem {
        use v1::upsert_consents_item::Event as Wire;
        v1::UpsertConsentsItem {
            profile: Some(profile::key(self.profile)),
            facts: self.facts.map(Facts::into_wire),
            event: self.event.map(|event| match event {
                Event::Answer(answer) => Wire::Answer(answer.into_wire()),
                Event::Notice(notice) => Wire::Notice(notice.into_wire()),
                Event::Request(request) => Wire::Request(request.into_wire()),
            }),
        }
    }
}

/// A batch of items for one profile table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upsert {
    table: String,
    items: Vec<Item>,
    request_id: Option<RequestId>,
    validate_only: bool,
    origin: Option<String>,
}

impl Upsert {
    /// An empty batch for the profile table of that id, which must exist.
    #[must_use]
    pub fn into_table(id: impl Into<String>) -> Self {
        Self { table: id.into(), items: Vec::new(), request_id: None, validate_only: false, origin: None }
    }

    /// Adds one item. Any number may be added, and several may name one profile.
    #[must_use]
    pub fn item(mut self, item: Item) -> Self {
        self.items.push(item);
        self
    }

    /// Adds items.
    #[must_use]
    pub fn items(mut self, items: impl IntoIterator<Item = Item>) -> Self {
        self.items.extend(items);
        self
    }

    /// Makes the whole batch safe to repeat with the same content. Absent: a new one, kept over the call's own retries.
    #[must_use]
    pub const fn request_id(mut self, id: RequestId) -> Self {
        self.request_id = Some(id);
        self
    }

    /// Asks what would become of each item, and stores nothing.
    #[must_use]
    pub const fn validate_only(mut self) -> Self {
        self.validate_only = true;
        self
    }

    /// Names the system that sends this, 1 to 64 bytes, so that readers of the changes can leave out their own.
    #[must_use]
    pub fn origin(mut self, system: impl Into<String>) -> Self {
        self.origin = Some(system.into());
        self
    }
}

/// What became of one series of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeriesOutcome {
    /// What became of it.
    pub outcome: Outcome,
    /// What the series reads now, the whole call counted.
    pub standing: Standing,
}

impl SeriesOutcome {
    pub(super) fn from_wire(wire: v1::SeriesOutcome) -> Result<Self> {
        Ok(Self {
            outcome: Outcome::from_wire(wire.outcome),
            standing: Standing::promised(wire.standing, "results.outcome.series.standing")?,
        })
    }
}

/// What became of an item that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsentsUpserted {
    /// One line for each series that the event covers, in the order of the series. Empty: there was no event.
    pub series: Vec<SeriesOutcome>,
    /// What became of the facts. Absent: none were sent.
    pub facts: Option<Outcome>,
}

impl Consents<'_> {
    /// Records answers, notices, requests and profile facts; each item is judged and answered for itself, in order.
    ///
    /// A batch of more than 1,000 items, or of more than about 4 MiB, goes out in several calls, one after the other, each
    /// under an id that follows from the batch's. An empty batch is answered without a call.
    ///
    /// # Errors
    ///
    /// Of the call: [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown),
    /// [`Reason::RequestIdReused`](crate::Reason::RequestIdReused); then
    /// [`Error::items_answered`] tells how many items were answered before, and the whole may be sent again with
    /// [`Error::request_id`]. Of an item, in its result: what the policies demand of a grant and a notice. Refusing,
    /// withdrawing and objecting never fail for missing evidence.
    pub async fn upsert(self, batch: Upsert) -> Result<Vec<Result<ConsentsUpserted>>> {
        let Upsert { table, items, request_id, validate_only, origin } = batch;
        let request_id = request_id.unwrap_or_default();
        let items = items.into_iter().map(Item::into_wire).collect();
        in_parts(items, Some(request_id), |items, part_id| {
            let message = v1::UpsertConsentsRequest {
                profile_table: table.clone(),
                items,
                request_id: part_id.unwrap_or(request_id).to_string(),
                validate_only,
                origin: origin.clone(),
            };
            async move {
                let answer = self
                    .caller
                    .unary(message, |request| {
                        let mut client = self.caller.consents();
                        async move { client.upsert_consents(request).await }
                    })
                    .await?;
                answer.results.into_iter().map(result).collect()
            }
        })
        .await
    }
}

/// The outer error: the answer itself lacks something.
fn result(wire: v1::UpsertConsentsResult) -> Result<Result<ConsentsUpserted>> {
    use v1::upsert_consents_result::Result as Wire;
    let upserted = match wire.result.ok_or_else(|| Error::unintelligible("results.result"))? {
        Wire::Outcome(upserted) => upserted,
        Wire::Error(status) => return Ok(Err(Error::of_item(&status))),
    };
    let series = upserted.series.into_iter().map(SeriesOutcome::from_wire).collect::<Result<_>>()?;
    Ok(Ok(ConsentsUpserted { series, facts: upserted.facts.map(Outcome::from_wire) }))
}

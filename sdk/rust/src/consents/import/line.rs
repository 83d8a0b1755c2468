//! One line of a list.

use assent_proto::v1;
use assent_proto::v1::import_event::Event;

use crate::answer::{AnswerGiven, NoticeGiven, RequestMade};
use crate::profile;
use crate::time::Day;

/// One line of a list: a person, and what the list says of them. What it does not say stays as it is.
///
/// The source of everything in it is the import's; evidence that names another kind of source fails the line.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportLine {
    wire: v1::ImportLine,
}

impl ImportLine {
    /// The line of that number, counted from 1, about the profile of that id (1 to 128 bytes, opaque), which says nothing yet.
    #[must_use]
    pub fn new(number: u64, profile: impl Into<String>) -> Self {
        let profile = Some(profile::key(profile.into()));
        Self { wire: v1::ImportLine { line: number, profile, facts: None, events: Vec::new() } }
    }

    /// Says when the person's address was collected.
    #[must_use]
    pub fn collected_on(mut self, day: Day) -> Self {
        self.wire.facts.get_or_insert_default().collected_on = Some(day.into_wire());
        self
    }

    /// Says which country's rules apply to the person: two upper-case letters.
    #[must_use]
    pub fn jurisdiction(mut self, country: impl Into<String>) -> Self {
        self.wire.facts.get_or_insert_default().jurisdiction = Some(country.into());
        self
    }

    /// Adds what the person answered, such as for marketing, and another answer for tracking.
    #[must_use]
    pub fn answer(self, answer: AnswerGiven) -> Self {
        self.event(Event::Answer(answer.into_wire()))
    }

    /// Adds what they were told.
    #[must_use]
    pub fn notice(self, notice: NoticeGiven) -> Self {
        self.event(Event::Notice(notice.into_wire()))
    }

    /// Adds what they were asked.
    #[must_use]
    pub fn request(self, request: RequestMade) -> Self {
        self.event(Event::Request(request.into_wire()))
    }

    fn event(mut self, event: Event) -> Self {
        self.wire.events.push(v1::ImportEvent { event: Some(event) });
        self
    }

    pub(super) fn into_wire(self) -> v1::ImportLine {
        self.wire
    }
}

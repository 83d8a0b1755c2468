//! Time that passes in great steps, what housekeeping does in it, and assumptions about everybody at once.

use super::*;

impl Teller {
    pub(super) fn elapse(&mut self) -> Step {
        match self.below(4) {
            0 => {
                let by = self.pick(&[2 * DAY, 3 * DAY + 1, 4 * DAY, 24 * DAY]);
                self.now += by;
                self.met.push(self.now);
                Step::Now(self.now)
            }
            1 => self.assumed(),
            _ => Step::Turn,
        }
    }

    /// The bulk TRUE for a covered audience: everybody, by the name and date of a campaign.
    fn assumed(&mut self) -> Step {
        let at = self.past();
        let said = Said {
            answer: Answer::Grant,
            series: self.pick(&[0b111_1110, 0b111_1111]),
            at: Some(at),
            basis: Basis::Assumed,
            method: Some("spring campaign"),
            source: Some(Source { kind: SourceKind::Campaign, name: true, version: None }),
            text: false,
            language: false,
            actor: false,
            proof: false,
        };
        let items = (0..PEOPLE).map(|who| {
            let event = Some(Event::Answer(said.clone()));
            Item { who, collected: None, jurisdiction: None, event }
        });
        Step::Say(items.collect())
    }
}

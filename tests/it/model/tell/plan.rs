//! Sends, plans and erasures by chance.

use super::*;

impl Teller {
    pub(super) fn plan(&mut self) -> Step {
        let message = self.below(4);
        let class = self.world.messages.get(message).map(|message| message.class);
        // Of these the model hears only what is reported.
        let asks = matches!(class, Some(MessageClass::Notice | MessageClass::ConsentRequest));
        let record = !asks && self.odds(2);
        let count = 1 + self.below(3);
        Step::Plan { message, to: (0..count).map(|_| self.recipient(message)).collect(), record }
    }

    fn recipient(&mut self, message: usize) -> Recipient {
        let pixels = [PixelMode::Identified, PixelMode::ExemptLastOpen, PixelMode::Shared, PixelMode::None];
        let links = [LinkMode::Tracked, LinkMode::Plain, LinkMode::Plain];
        let (who, at) = (self.below(PEOPLE), self.past());
        let at = self.unsent(at);
        let id = u32::try_from(self.done.len()).expect("a short story");
        // It may be reported once more, with a mode that nobody knows.
        let what = What::Send { message, pixel: PixelMode::Unspecified, links: LinkMode::Unspecified };
        self.done.push(Deed { id, at, who: Some(who), what, campaign: None, automated: false });
        Recipient {
            who,
            pixel: self.odds(3).then(|| self.pick(&pixels)),
            links: self.odds(3).then(|| self.pick(&links)),
            id,
            at,
        }
    }

    pub(super) fn erase(&mut self) -> Step {
        let who = self.below(PEOPLE);
        self.erased[who] = true;
        Step::Erase(who)
    }

    /// What the rules say something of, where somebody was erased: no request, and no facts beside a no.
    pub(super) fn spoken_of(&mut self, mut item: Item) -> Item {
        if !self.erased[item.who] {
            return item;
        }
        if self.odds(2) {
            return self.own_word(item.who);
        }
        match &item.event {
            Some(Event::Request { .. }) => item.event = None,
            Some(Event::Answer(said)) if said.answer != Answer::Grant => {
                (item.collected, item.jurisdiction) = (None, None);
            }
            _ => {}
        }
        if item.event.is_none() && item.collected.is_none() && item.jurisdiction.is_none() {
            item.collected = Some((2025, 1, 1));
        }
        item
    }

    /// A direct and explicit grant.
    fn own_word(&mut self, who: usize) -> Item {
        let at = if self.odds(2) { self.now } else { self.past() };
        let source = Source { kind: SourceKind::Form, name: true, version: Some("1") };
        let said = Said {
            answer: Answer::Grant,
            series: self.pick(&[0b1, 0b111_1110, 0b111_1110, 0b10]),
            at: Some(at),
            basis: Basis::Explicit,
            method: Some("checkbox"),
            source: Some(source),
            text: true,
            language: true,
            actor: true,
            proof: false,
        };
        Item { who, collected: None, jurisdiction: None, event: Some(Event::Answer(said)) }
    }

    /// An instant near that one at which nothing was sent: two sends of one message at one instant have no order that the
    /// rules name.
    pub(super) fn unsent(&self, mut at: Micros) -> Micros {
        while self.done.iter().any(|deed| deed.at == at && deed.what.kind() == InteractionKind::Send) {
            at -= 7;
        }
        at
    }

    pub(super) fn send(&mut self, message: usize) -> What {
        let pixels = [
            PixelMode::Unspecified,
            PixelMode::Identified,
            PixelMode::Identified,
            PixelMode::ExemptLastOpen,
            PixelMode::Shared,
            PixelMode::None,
        ];
        let links = [LinkMode::Unspecified, LinkMode::Tracked, LinkMode::Tracked, LinkMode::Plain];
        What::Send { message, pixel: self.pick(&pixels), links: self.pick(&links) }
    }
}

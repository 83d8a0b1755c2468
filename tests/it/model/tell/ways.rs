//! Lists, links and the preference centre by chance.

use super::*;

impl Teller {
    pub(super) fn by_another_way(&mut self) -> Step {
        match self.below(4) {
            0 | 1 => {
                let count = 1 + self.below(4);
                Step::Import((0..count).map(|_| self.line()).collect())
            }
            2 => {
                let (who, token) = (self.below(PEOPLE), self.series());
                // A part is what two have in common; nothing in common is all of it.
                let chosen = Some(token & self.series()).filter(|part| *part != 0 && self.odds(2));
                Step::Withdraw { who, token, chosen }
            }
            _ => {
                let answers =
                    [Answer::Grant, Answer::Grant, Answer::Refuse, Answer::Withdraw, Answer::Object];
                let (who, count) = (self.below(PEOPLE), 1 + self.below(3));
                let choices = (0..count).map(|_| (self.pick(&answers), self.series())).collect();
                Step::Choose { who, choices }
            }
        }
    }

    /// A line with what could as well be said one by one; what names a source names a list.
    fn line(&mut self) -> Line {
        let who = self.below(PEOPLE);
        let mut line = Line { who, collected: None, jurisdiction: None, events: Vec::new() };
        for _ in 0..self.below(4) {
            let item = self.item();
            line.collected = line.collected.or(item.collected);
            line.jurisdiction = line.jurisdiction.or(item.jurisdiction);
            let Some(mut event) = item.event else { continue };
            let source = match &mut event {
                Event::Answer(said) => &mut said.source,
                Event::Notice(told) => &mut told.source,
                Event::Request { source, .. } => source,
            };
            if let Some(source) = source {
                source.kind = SourceKind::Import;
            }
            // Of a request to somebody erased the rules say nothing.
            if !(self.erased[who] && matches!(event, Event::Request { .. })) {
                line.events.push(event);
            }
        }
        line
    }
}

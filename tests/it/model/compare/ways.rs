//! Imports, and what is said through links, on both sides.

use assent_proto::v1::{
    Answer, Basis, ImportChunk, ImportCounts, LineOutcome, SourceKind, create_tokens_result,
    import_consents_request::Message, import_consents_response, redeem_token_request, redeem_token_result,
};
use assent_tests::story::import;

use super::super::wire::{coverage, of_lists};
use super::*;

impl Telling<'_> {
    /// A list of one chunk: what each line would come to, and then that it comes to that.
    pub(super) async fn import(&mut self, lines: &[Line]) -> Result<(), Difference> {
        self.lists += 1;
        let tried = self.stream(lines, true).await?;
        let forecasts: Vec<_> = tried.forecasts.iter().map(v1::LineForecast::outcome).collect();
        same("forecasts", lines, &forecasts.len(), &lines.len(), forecasts.len() == lines.len())?;
        let parts: Vec<Vec<Item>> = lines.iter().map(parts).collect();
        for (line, (parts_of_it, told)) in lines.iter().zip(parts.iter().zip(&forecasts)) {
            let mut became = Vec::new();
            for part in parts_of_it {
                let alone = parts.iter().flatten().filter(|other| other.who == part.who).count() == 1;
                became.push(self.model.upsert(part, alone, self.now));
            }
            let expected = outcome(&became);
            same("forecast", line, told, &expected, expected.is_none_or(|expected| expected == *told))?;
        }
        let stored = self.stream(lines, false).await?;
        let expected = tally(&forecasts);
        same("counts", lines, &stored.counts, &expected, stored.counts == Some(expected))
    }

    async fn stream(&self, lines: &[Line], dry_run: bool) -> Result<v1::ChunkAcknowledged, Difference> {
        let header = Message::Header(self.names.list(self.lists, dry_run));
        let lines = lines.iter().enumerate().map(|(place, line)| self.names.line(place, line)).collect();
        let chunk = Message::Chunk(ImportChunk { number: 1, lines });
        let messages = tokio_stream::iter([import(header), import(chunk)]);
        let told = self.client.consents().import_consents(messages).await.map_err(called)?;
        let (mut told, mut acknowledged) = (told.into_inner(), None);
        while let Some(next) = told.message().await.map_err(called)? {
            if let Some(import_consents_response::Event::Acknowledged(chunk)) = next.event {
                acknowledged = Some(chunk);
            }
        }
        acknowledged.ok_or_else(|| "call failed: nothing is acknowledged".to_owned())
    }

    /// A withdrawal by a link, from what its token covers or a part of it.
    pub(super) async fn withdraw(
        &mut self,
        who: usize,
        token: u8,
        chosen: Option<u8>,
    ) -> Result<(), Difference> {
        let coverage = chosen.and_then(coverage);
        let said = redeem_token_request::Said::Withdraw(v1::TokenWithdrawal { coverage });
        let item = spoken(who, Answer::Withdraw, chosen.unwrap_or(token), self.now);
        self.redeem(who, Some(token), said, &[item]).await
    }

    /// Answers in the preference centre.
    pub(super) async fn choose(&mut self, who: usize, choices: &[(Answer, u8)]) -> Result<(), Difference> {
        let said = redeem_token_request::Said::Preferences(self.names.choices(choices));
        let items: Vec<Item> =
            choices.iter().map(|(answer, series)| spoken(who, *answer, *series, self.now)).collect();
        self.redeem(who, None, said, &items).await
    }

    async fn redeem(
        &mut self,
        who: usize,
        series: Option<u8>,
        said: redeem_token_request::Said,
        items: &[Item],
    ) -> Result<(), Difference> {
        let token = self.token(who, series).await?;
        let request_id = assent_tests::marks::uuid();
        let request = v1::RedeemTokenRequest { token, said: Some(said), request_id, origin: None };
        let told = self.client.consents().redeem_token(request).await.map_err(called)?.into_inner();
        let alone = items.len() == 1;
        let expected: Vec<_> = items.iter().map(|item| self.model.upsert(item, alone, self.now)).collect();
        for ((item, told), expected) in items.iter().zip(told.results).zip(expected) {
            match (told.result.expect("a result"), expected) {
                (redeem_token_result::Result::Outcome(told), Some(expected)) => {
                    self.series(item, &told.series, &expected)?;
                }
                (redeem_token_result::Result::Error(_), None) => {}
                (told, expected) => return same("redeemed", item, &told, &expected, false),
            }
        }
        Ok(())
    }

    /// The token that was made once: a link is used again and again.
    async fn token(&mut self, who: usize, series: Option<u8>) -> Result<String, Difference> {
        if let Some(token) = self.tokens.get(&(who, series)) {
            return Ok(token.clone());
        }
        let request = self.names.token(who, series);
        let made = self.client.consents().create_tokens(request).await.map_err(called)?.into_inner();
        let Some(create_tokens_result::Result::Token(token)) =
            made.results.into_iter().next().and_then(|made| made.result)
        else {
            return Err("call failed: no token".to_owned());
        };
        self.tokens.insert((who, series), token.clone());
        Ok(token)
    }
}

/// Each thing that a line says, as if it had been said alone.
fn parts(line: &Line) -> Vec<Item> {
    let part = |event| Item { who: line.who, collected: None, jurisdiction: None, event };
    let Line { who, collected, jurisdiction, .. } = *line;
    let facts = Item { who, collected, jurisdiction, event: None };
    let known = collected.is_some() || jurisdiction.is_some();
    let events = line.events.iter().map(|event| {
        let mut event = event.clone();
        let source = match &mut event {
            Event::Answer(said) => &mut said.source,
            Event::Notice(told) => &mut told.source,
            Event::Request { source, .. } => source,
        };
        source.get_or_insert_with(of_lists);
        part(Some(event))
    });
    known.then_some(facts).into_iter().chain(events).collect()
}

/// What a line comes to; `None`: the rules do not say.
fn outcome(parts: &[Option<Upserted>]) -> Option<LineOutcome> {
    let Some(taken) = parts.iter().map(Option::as_ref).collect::<Option<Vec<_>>>() else {
        return Some(LineOutcome::Failed);
    };
    if taken.is_empty() {
        return Some(LineOutcome::Blank);
    }
    let mut all = Vec::new();
    for part in taken {
        all.extend(part.facts.map(Some));
        all.extend(part.series.iter().map(|(_, outcome)| *outcome));
    }
    // The strongest first. What may be anything is not weaker than the first.
    let order = [
        (Outcome::Created, LineOutcome::Created),
        (Outcome::Changed, LineOutcome::Changed),
        (Outcome::Renewed, LineOutcome::Renewed),
        (Outcome::Superseded, LineOutcome::Superseded),
        (Outcome::Unchanged, LineOutcome::Unchanged),
    ];
    let strongest = order.into_iter().find(|(outcome, _)| all.contains(&Some(*outcome)));
    match strongest {
        Some((Outcome::Created, line)) => Some(line),
        _ if all.contains(&None) => None,
        strongest => strongest.map(|(_, line)| line),
    }
}

fn tally(forecasts: &[LineOutcome]) -> ImportCounts {
    let of = |outcome| forecasts.iter().filter(|told| **told == outcome).count() as u64;
    ImportCounts {
        created: of(LineOutcome::Created),
        changed: of(LineOutcome::Changed),
        renewed: of(LineOutcome::Renewed),
        unchanged: of(LineOutcome::Unchanged),
        superseded: of(LineOutcome::Superseded),
        blank: of(LineOutcome::Blank),
        failed: of(LineOutcome::Failed),
    }
}

/// What is said through a link: the person's own word, now.
fn spoken(who: usize, answer: Answer, series: u8, now: Micros) -> Item {
    let grants = answer == Answer::Grant;
    let said = Said {
        answer,
        series,
        at: grants.then_some(now),
        basis: if grants { Basis::Explicit } else { Basis::Unspecified },
        method: Some("preference_centre"),
        source: Some(Source { kind: SourceKind::Form, name: true, version: Some("1") }),
        text: true,
        language: true,
        actor: true,
        proof: false,
    };
    Item { who, collected: None, jurisdiction: None, event: Some(Event::Answer(said)) }
}

//! Tells a story to the service and to the model, and says where their answers part.

mod askable;
mod expiry;
mod person;
mod plan;
mod read;
mod ways;

pub(super) use expiry::expiries_seen;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use assent_domain::time::Instant;
use assent_proto::v1::{
    self, Disposition, InteractionKind, Outcome, State, Verdict, VerdictReason, WaitReason, WaitState,
    evaluate_wait_blocks_result, get_consents_result, record_interactions_result, upsert_consents_result,
};
use assent_tests::app::TestApp;
use assent_tests::client::Client;
use assent_tests::streamed;
use tonic::Response;

use super::judge::{Fate, Model};
use super::record::{SERIES, Upserted};
use super::story::*;
use super::wait::Stand;
use super::wire::{Names, micros};

/// Where an answer of the service differs from the model's.
pub(super) type Difference = String;

pub(super) struct Telling<'a> {
    app: &'a TestApp,
    client: Client,
    names: Names,
    model: Model,
    now: Micros,
    /// Whether housekeeping had a turn.
    turned: bool,
    /// How many lists were imported.
    lists: usize,
    /// The tokens that were made, by whose and what they may withdraw from; no series: of the preference centre.
    tokens: BTreeMap<(usize, Option<u8>), String>,
}

impl<'a> Telling<'a> {
    /// Declares a story's world under names of this telling.
    pub(super) async fn begin(app: &'a TestApp, text: &[u8], world: &World) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let names = Names { telling: format!("story-{number}"), number, text: text.to_vec() };
        let client = app.client().once();
        let declared = names.declared(world);
        let mut settings = client.settings();
        let table = v1::PutProfileTableRequest { profile_table: Some(declared.table) };
        settings.put_profile_table(table).await.expect("a table is stored");
        for website in declared.sites {
            let put = v1::PutWebsiteRequest { website: Some(website) };
            settings.put_website(put).await.expect("a website is stored");
        }
        for campaign in declared.campaigns {
            let put = v1::PutCampaignRequest { campaign: Some(campaign) };
            settings.put_campaign(put).await.expect("a campaign is stored");
        }
        for message in declared.messages {
            let put = v1::PutMessageRequest { message: Some(message) };
            settings.put_message(put).await.expect("a message is stored");
        }
        let model = Model::new(world.clone());
        let (turned, lists, tokens) = (false, 0, BTreeMap::new());
        let mut telling = Self { app, client, names, model, now: 0, turned, lists, tokens };
        telling.let_expire(world.expires).await;
        telling
    }

    /// One step, on both sides.
    pub(super) async fn step(&mut self, step: &Step) -> Result<(), Difference> {
        match step {
            Step::Now(now) => {
                self.now = *now;
                self.app.clock().set(Instant::from_micros(*now).expect("a date"));
                Ok(())
            }
            Step::Say(items) => self.say(items).await,
            Step::Do(deeds) => self.record(deeds).await,
            Step::Bound(site, ceilings) => self.bound(*site, *ceilings).await,
            Step::Ask { as_of, known_at } => {
                self.consents(*as_of, *known_at).await?;
                self.askable().await?;
                self.activity().await?;
                self.held().await?;
                self.figures().await
            }
            Step::Plan { message, to, record } => self.plan(*message, to, *record).await,
            Step::Turn => {
                self.turn().await;
                Ok(())
            }
            Step::Erase(who) => self.erase(*who).await,
            Step::Await { blocks, as_of } => {
                self.wait(blocks, *as_of).await?;
                self.engaged(blocks).await
            }
            Step::Import(lines) => self.import(lines).await,
            Step::Withdraw { who, token, chosen } => self.withdraw(*who, *token, *chosen).await,
            Step::Choose { who, choices } => self.choose(*who, choices).await,
        }
    }

    async fn say(&mut self, items: &[Item]) -> Result<(), Difference> {
        let request = v1::UpsertConsentsRequest {
            profile_table: self.names.table(),
            items: items.iter().map(|item| self.names.item(item)).collect(),
            request_id: assent_tests::marks::uuid(),
            ..v1::UpsertConsentsRequest::default()
        };
        let told = self.client.consents().upsert_consents(request).await.map_err(called)?.into_inner();
        let expected: Vec<_> = items
            .iter()
            .map(|item| {
                let alone = items.iter().filter(|other| other.who == item.who).count() == 1;
                self.model.upsert(item, alone, self.now)
            })
            .collect();
        for ((item, told), expected) in items.iter().zip(told.results).zip(expected) {
            let told = match told.result.expect("a result") {
                upsert_consents_result::Result::Outcome(outcome) => outcome,
                upsert_consents_result::Result::Error(status) => {
                    same(
                        "refused",
                        item,
                        &status.message,
                        &expected.as_ref().map(|_| "accepted"),
                        expected.is_none(),
                    )?;
                    continue;
                }
            };
            let Some(expected) = expected else { return same("accepted", item, &told, &"refused", false) };
            let facts = told.facts.map(|_| told.facts());
            same("facts", item, &facts, &expected.facts, facts == expected.facts)?;
            self.series(item, &told.series, &expected)?;
        }
        Ok(())
    }

    /// What became of each series of an item that was taken.
    fn series(&self, item: &Item, told: &[v1::SeriesOutcome], expected: &Upserted) -> Result<(), Difference> {
        let series: Vec<usize> = expected.series.iter().map(|(series, _)| *series).collect();
        let lines: Vec<usize> =
            told.iter().map(|line| index(line.standing.as_ref().expect("a standing"))).collect();
        same("series", item, &lines, &series, lines == series)?;
        for (line, (series, outcome)) in told.iter().zip(&expected.series) {
            if let Some(outcome) = outcome {
                let said: Outcome = line.outcome();
                same("outcome", (item, series), &said, outcome, said == *outcome)?;
            }
            let said = standing(line.standing.as_ref().expect("a standing"));
            if let Some(state) = &expected.unheld {
                // Unless another item of the batch opened a new life: states are told as the batch leaves them.
                if !self.model.records.lives[item.who].is_over(self.now) {
                    continue;
                }
                same("state of an item", (item, series), &said.0, state, said.0 == *state)?;
                continue;
            }
            let expected = self.model.records.standing(item.who, *series, self.now);
            same("standing of an item", (item, series), &said, &expected, said == expected)?;
        }
        Ok(())
    }

    async fn record(&mut self, deeds: &[Deed]) -> Result<(), Difference> {
        let request = v1::RecordInteractionsRequest {
            profile_table: self.names.table(),
            interactions: deeds.iter().map(|deed| self.names.deed(deed)).collect(),
        };
        let interactions = || self.client.interactions();
        // By a call or by a stream: nobody can tell.
        let answer = match deeds.len() % 2 {
            0 => streamed::one(interactions(), request).await,
            _ => interactions().record_interactions(request).await.map(Response::into_inner),
        };
        let answer = answer.map_err(called)?;
        let expected = self.model.record(deeds, self.now);
        for ((deed, told), expected) in deeds.iter().zip(answer.results).zip(expected) {
            let told = match told.result.expect("a result") {
                record_interactions_result::Result::Error(_) => None,
                record_interactions_result::Result::Outcome(outcome) => Some((
                    outcome.disposition(),
                    outcome.reason(),
                    outcome.policy.as_ref().map(|policy| policy.id.clone()).unwrap_or_default(),
                )),
            };
            let equal = match (&told, &expected) {
                (Some((disposition, reason, policy)), Some(fate)) => {
                    same_fate(*disposition, fate.disposition) && is_named(&fate.named, *reason, policy)
                }
                (told, expected) => told.is_none() && expected.is_none(),
            };
            same("disposition", deed, &told, &expected, equal)?;
        }
        Ok(())
    }

    async fn bound(&mut self, site: usize, ceilings: Ceilings) -> Result<(), Difference> {
        let get = v1::GetWebsiteRequest { id: self.names.site_id(site) };
        let held = self.client.settings().get_website(get).await.map_err(called)?.into_inner();
        self.model.bound_site(site, ceilings);
        let mut website = self.names.site(&self.model.world, site);
        website.etag = held.website.and_then(|website| website.etag);
        let put = v1::PutWebsiteRequest { website: Some(website) };
        self.client.settings().put_website(put).await.map_err(called)?;
        Ok(())
    }

    async fn consents(&self, as_of: Option<Micros>, known_at: Option<Micros>) -> Result<(), Difference> {
        let request = v1::GetConsentsRequest {
            profile_table: self.names.table(),
            profiles: (0..PEOPLE).map(|who| self.names.person(who)).collect(),
            as_of: as_of.map(assent_tests::story::timestamp),
            known_at: known_at.map(assent_tests::story::timestamp),
        };
        let told = self.client.consents().get_consents(request).await.map_err(called)?.into_inner();
        let at = as_of.unwrap_or(self.now);
        let mut model = self.model.clone();
        model.records = model.records.known_at(known_at.unwrap_or(self.now));
        for (who, result) in told.results.into_iter().enumerate() {
            let Some(get_consents_result::Result::Consents(found)) = result.result else {
                return Err(format!("call failed: {result:?}"));
            };
            let said: Vec<_> = found.standings.iter().map(standing).collect();
            let expected: Vec<_> =
                (0..SERIES).map(|series| model.records.standing(who, series, at)).collect();
            same("standings", (who, as_of, known_at), &said, &expected, said == expected)?;
            // Whether somebody was erased by then, the rules do not say.
            if known_at.is_some() && model.records.lives[who].erased.is_some() {
                continue;
            }
            for kind in KINDS {
                let said = found.verdicts.iter().find(|verdict| verdict.kind() == kind);
                let said = said.map(|told| {
                    let policy = told.policy.as_ref().map(|policy| policy.id.clone());
                    (told.verdict(), told.reason(), policy.unwrap_or_default())
                });
                let (verdict, named) = in_general(&model, who, kind, at);
                let equal = said.as_ref().is_some_and(|(told, reason, policy)| {
                    *told == verdict && is_named(&named, *reason, policy)
                });
                same("verdict", (who, kind, as_of, known_at), &said, &(verdict, named), equal)?;
            }
        }
        Ok(())
    }

    async fn activity(&self) -> Result<(), Difference> {
        for who in 0..PEOPLE {
            let request = v1::GetProfileActivityRequest {
                profile_table: self.names.table(),
                profile: Some(self.names.person(who)),
                page_size: 500,
                page_token: None,
            };
            let found = self.client.interactions().get_profile_activity(request).await.map_err(called)?;
            let rows = found.into_inner().interactions;
            let told = rows.into_iter().filter_map(|row| row.interaction).map(|row| {
                let at = micros(&row.occurred_at.expect("an instant"));
                ((at, Names::number(&row.interaction_id)), row.automated)
            });
            let told: Vec<_> = told.collect();
            let newest_first = told.is_sorted_by(|newer, older| newer.0.0 >= older.0.0);
            let told: BTreeMap<_, _> = told.into_iter().collect();
            let expected = self.model.activity(who, self.now);
            same("activity", who, &told, &expected, told == expected && newest_first)?;
        }
        Ok(())
    }

    async fn wait(&self, blocks: &[Block], as_of: Option<Micros>) -> Result<(), Difference> {
        let request = v1::EvaluateWaitBlocksRequest {
            profile_table: self.names.table(),
            blocks: blocks.iter().map(|block| self.names.block(block)).collect(),
            as_of: as_of.map(assent_tests::story::timestamp),
        };
        let told = self.client.wait_blocks().evaluate_wait_blocks(request).await.map_err(called)?;
        for (block, told) in blocks.iter().zip(told.into_inner().results) {
            let Some(evaluate_wait_blocks_result::Result::Outcome(told)) = told.result else {
                return Err(format!("call failed: {block:?} {told:?}"));
            };
            let expected = self.model.evaluate(block, as_of.unwrap_or(self.now), self.now);
            let told = stand(&told);
            same("wait block", (block, as_of), &told, &expected, told == expected)?;
        }
        Ok(())
    }
}

const KINDS: [InteractionKind; 5] = [
    InteractionKind::EmailOpen,
    InteractionKind::EmailClick,
    InteractionKind::SmsClick,
    InteractionKind::WebsiteVisit,
    InteractionKind::TransactionGoal,
];

/// What the model would do with an interaction about nothing that was declared.
fn in_general(
    model: &Model,
    who: usize,
    kind: InteractionKind,
    at: Micros,
) -> (Verdict, Vec<(VerdictReason, &'static str)>) {
    let (nothing, message) = (usize::MAX, usize::MAX);
    let what = match kind {
        InteractionKind::EmailOpen => What::Open { message },
        InteractionKind::EmailClick => What::Click { message, link: None, site: None },
        InteractionKind::SmsClick => What::Sms { message, link: None, site: None },
        InteractionKind::WebsiteVisit => What::Visit { site: nothing, message: None },
        _ => What::Goal { goal: nothing, site: None, message: None },
    };
    let deed = Deed { id: 0, at, who: Some(who), what, campaign: None, automated: false };
    let Fate { disposition, named } = model.judge(&deed, at);
    let verdict = if disposition == Disposition::Recorded { Verdict::Record } else { Verdict::Discard };
    (verdict, named)
}

/// Whether a reason and its policy are among those that may be named. Of somebody erased no policy need be asked.
fn is_named(named: &[(VerdictReason, &str)], reason: VerdictReason, policy: &str) -> bool {
    let unasked = policy.is_empty() && reason == VerdictReason::ProfileErased;
    // An override bears the name of what it changes, after a mark.
    named.iter().any(|one| one.0 == reason && (unasked || policy.ends_with(one.1)))
}

/// `Unspecified` expects either: exempt, or counted before.
fn same_fate(told: Disposition, expected: Disposition) -> bool {
    match expected {
        Disposition::Unspecified => matches!(told, Disposition::Exempted | Disposition::Duplicate),
        expected => told == expected,
    }
}

fn index(standing: &v1::Standing) -> usize {
    usize::try_from(standing.series).expect("a series") - 1
}

fn standing(told: &v1::Standing) -> (State, Option<Micros>, Option<Micros>) {
    (told.state(), told.since.as_ref().map(micros), told.last_confirmed.as_ref().map(micros))
}

fn stand(told: &v1::WaitBlockOutcome) -> Stand {
    let matched = told.matched.as_ref().and_then(|row| row.interaction.as_ref());
    let instant = |at: &Option<prost_types::Timestamp>| at.as_ref().map_or(0, micros);
    let (state, reason): (WaitState, WaitReason) = (told.state(), told.reason());
    Stand {
        state,
        reason,
        matched: matched.map(|row| instant(&row.occurred_at)),
        next_check: told.next_check_at.as_ref().map(micros),
        window: (instant(&told.window_start), instant(&told.deadline)),
        send_unknown: told.send_unknown,
    }
}

fn same(
    what: &str,
    of: impl std::fmt::Debug,
    told: &impl std::fmt::Debug,
    expected: &impl std::fmt::Debug,
    equal: bool,
) -> Result<(), Difference> {
    let difference =
        || format!("{what}: of {of:?}\nthe service says {told:?}\nthe model says   {expected:?}");
    if equal { Ok(()) } else { Err(difference()) }
}

fn called(status: tonic::Status) -> Difference {
    format!("call failed: {status}")
}

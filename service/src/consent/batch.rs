//! A batch of items for one profile table, whatever the call that brings it: how it is read, decided and told.
//!
//! Each item is judged for itself, in order; two items for one person fold in that order. The verbs give the
//! items and the words of their answers.

mod fold;

use assent_domain::change::Outcome as Became;
use assent_domain::command::{Command, Said};
use assent_domain::history::{Facts, Standing};
use assent_domain::id::{NoticeId, Origin, ProfileId, RequestId, TableId};
use assent_domain::refusal::Refusal;
use assent_domain::scope::Series;
use assent_domain::time::Instant;
use assent_proto::google::rpc;
use assent_store::{ConsentWrite, Decided, Loaded, Mode, ProfileKey, Request};
use prost::Message;

use super::codes::{self, Code};
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome, Thing};
use crate::rules::Rules;
use crate::wire::from_wire::{self, item::Item};
use crate::wire::refusal::{Arm, Place};
use crate::wire::status::of_item;

use fold::Fold;

/// What a call says beside its items.
pub(super) struct Envelope<'a> {
    /// What the transaction is called.
    pub(super) name: &'static str,
    /// The method, as the contract names it.
    pub(super) method: &'static str,
    pub(super) profile_table: &'a str,
    pub(super) request_id: &'a str,
    pub(super) validate_only: bool,
    pub(super) origin: Option<&'a str>,
}

/// A batch that was read.
pub(super) struct Batch {
    name: &'static str,
    method: &'static str,
    table: TableId,
    request: RequestId,
    content_hash: [u8; 32],
    mode: Mode,
    origin: Option<Origin>,
    now: Instant,
    items: Vec<Outcome<Item>>,
}

/// What became of one item.
pub(super) enum Told {
    /// It could not be read: why stands with the item.
    Unread,
    /// A rule refused it.
    Refused(Refusal),
    /// It was accepted.
    Accepted(Accepted),
}

/// What became of an item that was accepted.
pub(super) struct Accepted {
    /// Of its facts, if it had some.
    pub(super) facts: Option<Became>,
    /// Of each series it covers, with what that reads now, the whole batch counted.
    pub(super) series: Vec<(Became, Series, Standing)>,
    /// What is known of the profile now.
    pub(super) known: Facts,
}

impl Batch {
    pub(super) fn read(
        context: &Context,
        call: &Call,
        envelope: &Envelope<'_>,
        content: &impl Message,
        items: Vec<Outcome<Item>>,
    ) -> Outcome<Self> {
        let top = |misfit: from_wire::Misfit| misfit.at("");
        Ok(Self {
            name: envelope.name,
            method: envelope.method,
            table: from_wire::profile::table(envelope.profile_table).map_err(top)?,
            request: from_wire::request::id(envelope.request_id).map_err(top)?,
            content_hash: context.requests.hash(call.tenant(), envelope.method, content),
            mode: if envelope.validate_only { Mode::ValidateOnly } else { Mode::Store },
            origin: from_wire::profile::origin(envelope.origin).map_err(top)?,
            now: context.clock.now(),
            items,
        })
    }

    /// Decides the whole batch and stores what was decided, in one transaction.
    pub(super) async fn run(&self, context: &Context, call: &Call) -> Outcome<Vec<Told>> {
        let profiles: Vec<ProfileKey> = self.readable().map(|item| self.key(&item.profile)).collect();
        let notices: Vec<NoticeId> = self.readable().filter_map(|item| text(&item.command)).collect();
        if profiles.is_empty() {
            // The store looks for the tables of profiles, and there is none.
            let known = context.store.profile_table(call.tenant(), &self.table).await?;
            known.ok_or(Failure::Unknown(Thing::ProfileTable))?;
        }
        let request = Request { id: self.request, method: self.method, content_hash: self.content_hash };
        let write = ConsentWrite {
            name: self.name,
            tenant: call.tenant(),
            profiles: &profiles,
            notices: &notices,
            // A dry run leaves nothing behind, so that it can be followed by the call that stores.
            request: (self.mode == Mode::Store).then_some(request),
            mode: self.mode,
            now: self.now,
        };
        let told = context.store.write_consents(&write, |loaded| self.decide(context, loaded)).await??;
        context.news.tell(call.tenant());
        Ok(told)
    }

    /// What becomes of each item. Run again when others stood in the way; what it said before is forgotten then.
    fn decide(&self, context: &Context, loaded: &Loaded) -> Outcome<Decided<Vec<Told>>> {
        if self.readable().next().is_none() {
            let codes: Vec<Code> = self.items.iter().map(|_| Code::Unread).collect();
            let answer = self.items.iter().map(|_| Told::Unread).collect();
            return Ok(Decided { answer, changes: Vec::new(), outcomes: codes::write(&codes) });
        }
        let rules = Rules::read(&context.rulebook, loaded.tables.get(&self.table), &loaded.overrides)?;
        rules.under(&loaded.notices, |terms| {
            let mut fold = Fold::new(self, context, terms, loaded);
            let judged = match &loaded.replayed {
                None => fold.judge()?,
                Some(kept) => fold.remember(kept)?,
            };
            let outcomes = codes::write(judged.iter().map(|(code, _)| code));
            let told = self.items.iter().zip(judged).map(|(item, judged)| fold.tell(item, judged));
            Ok(Decided { answer: told.collect::<Outcome<_>>()?, changes: fold.into_changes(), outcomes })
        })
    }

    /// What every item is told, in order; `told` gives the words for one that was accepted.
    pub(super) fn answer<T>(
        self,
        call: &Call,
        told: Vec<Told>,
        accepted: impl Fn(Accepted) -> T,
    ) -> Outcome<Vec<Result<T, rpc::Status>>> {
        let results = self.items.into_iter().zip(told).enumerate().map(|(index, (item, told))| {
            let failure = match (item, told) {
                (Ok(_), Told::Accepted(outcome)) => return Ok(Ok(accepted(outcome))),
                (Ok(item), Told::Refused(refusal)) => {
                    Failure::Refused { refusal, place: place(index, &item.command) }
                }
                (Err(failure), _) => failure,
                (Ok(_), Told::Unread) => Failure::internal("an item was read and told unread"),
            };
            Ok(Err(of_item(&failure, &call.id)?))
        });
        results.collect()
    }

    fn readable(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().flatten()
    }

    fn key(&self, profile: &ProfileId) -> ProfileKey {
        ProfileKey { table: self.table.clone(), id: profile.clone() }
    }
}

/// The text that a command names, if its presence decides something.
fn text(command: &Command) -> Option<NoticeId> {
    match command.said.as_ref()? {
        Said::Answer(given) => given.evidence.notice,
        Said::Notice(notice) => notice.text,
        Said::Request(request) => request.text,
    }
}

/// Where an item stands in its request.
fn place(index: usize, command: &Command) -> Place {
    let arm = match command.said {
        Some(Said::Answer(_)) => Arm::Answer,
        Some(Said::Notice(_)) => Arm::Notice,
        Some(Said::Request(_)) => Arm::Request,
        None => Arm::Facts,
    };
    Place { item: format!("items[{index}]"), arm }
}

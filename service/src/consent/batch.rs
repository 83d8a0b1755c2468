//! A batch of items for one profile table, whatever the call that brings it: how it is read, decided and told.
//!
//! Each item is judged for itself, in order; two items for one person fold in that order. The verbs give the
//! items and the words of their answers; `writing.rs` has the lane on which a batch shares its transaction.

pub(super) mod fold;

use assent_domain::change::Outcome as Became;
use assent_domain::command::{Command, Said};
use assent_domain::history::{Facts, Standing};
use assent_domain::id::{NoticeId, Origin, ProfileId, RequestId, TableId};
use assent_domain::refusal::Refusal;
use assent_domain::scope::Series;
use assent_domain::time::Instant;
use assent_proto::google::rpc;
use assent_store::{ConsentCall, Decided, Loaded, Mode, ProfileKey, Request};
use prost::Message;

use super::codes;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::rules::Rules;
use crate::wire::from_wire::{self, item::Item};
use crate::wire::refusal::{Arm, Place};
use crate::wire::status::of_item;

use fold::Fold;

/// What a call says beside its items.
pub(super) struct Envelope<'a> {
    /// The method, as the contract names it.
    pub(super) method: &'static str,
    pub(super) profile_table: &'a str,
    pub(super) request_id: &'a str,
    pub(super) validate_only: bool,
    pub(super) origin: Option<&'a str>,
    /// Where an item stands in the call's request.
    pub(super) place: fn(usize, &Command) -> Place,
}

/// A batch that was read.
pub(super) struct Batch {
    table: TableId,
    identity: Option<Identity>,
    mode: Mode,
    origin: Option<Origin>,
    items: Vec<Outcome<Item>>,
    place: fn(usize, &Command) -> Place,
    /// Everybody an item is about.
    profiles: Vec<ProfileKey>,
    /// The texts whose presence decides something.
    notices: Vec<NoticeId>,
}

/// By what a batch is known when it comes again.
struct Identity {
    method: &'static str,
    request: RequestId,
    content_hash: [u8; 32],
}

/// What became of one item.
pub(super) enum Told {
    /// It could not be read: why stands with the item.
    Unread,
    /// A rule refused it.
    Refused(Refusal),
    /// It was not judged, since the rules could not be read.
    Unjudged,
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
        let table = from_wire::profile::table(envelope.profile_table).map_err(top)?;
        let identity = Identity {
            method: envelope.method,
            request: from_wire::request::id(envelope.request_id).map_err(top)?,
            content_hash: context.requests.hash(call.tenant(), envelope.method, content),
        };
        let mode = if envelope.validate_only { Mode::ValidateOnly } else { Mode::Store };
        let origin = from_wire::profile::origin(envelope.origin).map_err(top)?;
        Ok(Self { identity: Some(identity), place: envelope.place, ..Self::of(table, origin, mode, items) })
    }

    /// A batch that is known by nothing.
    pub(super) fn of(table: TableId, origin: Option<Origin>, mode: Mode, items: Vec<Outcome<Item>>) -> Self {
        let readable = || items.iter().flatten();
        let profiles = readable().map(|item| ProfileKey { table: table.clone(), id: item.profile.clone() });
        Self {
            profiles: profiles.collect(),
            notices: readable().filter_map(|item| text(&item.command)).collect(),
            place,
            identity: None,
            table,
            mode,
            origin,
            items,
        }
    }

    /// Whether anything of it is stored.
    pub(super) const fn mode(&self) -> Mode {
        self.mode
    }

    /// How many items it has.
    pub(super) const fn size(&self) -> usize {
        self.items.len()
    }

    /// Its items that could be read, in order.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().flatten()
    }

    /// What the store is asked for.
    pub(super) fn wants(&self) -> ConsentCall<'_> {
        let request = self.identity.as_ref().map(|known| {
            let Identity { method, request, content_hash } = *known;
            Request { id: request, method, content_hash }
        });
        ConsentCall {
            profiles: &self.profiles,
            table: Some(&self.table),
            notices: &self.notices,
            // A dry run leaves nothing behind, so that it can be followed by the call that stores.
            request: request.filter(|_| self.mode == Mode::Store),
        }
    }

    /// What becomes of each item. Run again when others stood in the way; what it said before is forgotten then.
    pub(super) fn decide(
        &self,
        context: &Context,
        now: Instant,
        loaded: &Loaded,
    ) -> Outcome<Decided<Vec<Told>>> {
        self.decide_by(context, now, loaded, |fold| {
            let judged = match &loaded.replayed {
                None => fold.judge()?,
                Some(kept) => fold.remember(kept)?,
            };
            let outcomes = codes::write(judged.iter().map(|(code, _)| code));
            let told = self.items.iter().zip(judged).map(|(item, judged)| fold.tell(item, judged));
            Ok((told.collect::<Outcome<_>>()?, outcomes))
        })
    }

    /// Decides the batch by what `by` does with its people; that gives the answer, and the outcome codes to keep.
    pub(super) fn decide_by<A>(
        &self,
        context: &Context,
        now: Instant,
        loaded: &Loaded,
        by: impl FnOnce(&mut Fold<'_, '_>) -> Outcome<(A, Vec<u8>)>,
    ) -> Outcome<Decided<A>> {
        let table = loaded.tables.get(&self.table);
        let (rules, judges) = match (Rules::read(&context.rulebook, table, &loaded.overrides), table) {
            // Something that is stored cannot be read: a no is stored all the same, and nothing else.
            (Err(Failure::Internal(cause)), Some(table)) if self.holds_a_no() => {
                tracing::error!(%cause, "rules cannot be read; of a batch only refusals are stored");
                (Rules::of_a_no(&context.rulebook, Some(table)), Judges::OnlyNo)
            }
            (read, _) => (read?, Judges::All),
        };
        rules.under(&loaded.notices, |terms| {
            let mut fold = Fold::new(self, context, terms, now, loaded, judges);
            let (answer, outcomes) = by(&mut fold)?;
            Ok(Decided { answer, changes: fold.into_changes(), outcomes })
        })
    }

    /// What every item is told, in order; `told` gives the words for one that was accepted.
    pub(super) fn answer<T>(
        &self,
        call: &Call,
        told: Vec<Told>,
        accepted: impl Fn(Accepted) -> T,
    ) -> Outcome<Vec<Result<T, rpc::Status>>> {
        let results = self.items.iter().zip(told).enumerate().map(|(index, (item, told))| {
            let failure = match (item, told) {
                (Ok(_), Told::Accepted(outcome)) => return Ok(Ok(accepted(outcome))),
                (Err(failure), _) => return Ok(Err(of_item(failure, &call.id)?)),
                (Ok(item), Told::Refused(refusal)) => {
                    Failure::Refused { refusal, place: (self.place)(index, &item.command) }
                }
                (Ok(_), Told::Unjudged) => unjudged(),
                (Ok(_), Told::Unread) => Failure::internal("an item was read and told unread"),
            };
            Ok(Err(of_item(&failure, &call.id)?))
        });
        results.collect()
    }

    fn holds_a_no(&self) -> bool {
        self.items.iter().flatten().any(|item| is_no(&item.command))
    }

    fn key(&self, profile: &ProfileId) -> ProfileKey {
        ProfileKey { table: self.table.clone(), id: profile.clone() }
    }
}

/// Which items of a batch are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judges {
    /// Every one.
    All,
    /// Those that are a no.
    OnlyNo,
}

impl Judges {
    fn takes(self, command: &Command) -> bool {
        self == Self::All || is_no(command)
    }
}

fn is_no(command: &Command) -> bool {
    command.said.as_ref().is_some_and(Said::is_no)
}

/// The text that a command names, if its presence decides something.
fn text(command: &Command) -> Option<NoticeId> {
    match command.said.as_ref()? {
        Said::Answer(given) => given.evidence.notice,
        Said::Notice(notice) => notice.text,
        Said::Request(request) => request.text,
    }
}

/// Why an item that was not judged was not.
pub(super) fn unjudged() -> Failure {
    Failure::internal("the rules that would judge an item cannot be read")
}

/// Where an item of a list stands in its request.
pub(super) fn place(index: usize, command: &Command) -> Place {
    Place { item: format!("items[{index}]"), event: None, arm: arm(command) }
}

/// What of an item a rule refuses.
pub(super) fn arm(command: &Command) -> Arm {
    match command.said {
        Some(Said::Answer(_)) => Arm::Answer,
        Some(Said::Notice(_)) => Arm::Notice,
        Some(Said::Request(_)) => Arm::Request,
        None => Arm::Facts,
    }
}

//! What recorded sends tell: that of a NOTICE message is the notice, that of a CONSENT_REQUEST message the request.
//!
//! What such a record then means is the domain's, which folds it like any other.

use std::collections::BTreeMap;

use assent_domain::command::{Command, Said};
use assent_domain::id::{MessageId, TableId, TenantId};
use assent_domain::message::Message;
use assent_domain::profile::Profile;
use assent_domain::time::Instant;
use assent_store::{Arrival, Declarations, Ground, ProfileChange, ProfileKey, Telling};

use crate::consent::changing::Changing;
use crate::context::Context;
use crate::rules::Rules;
use crate::stored::StoredMessage;

/// Tells what the sends of one transaction say.
pub(super) struct Teller<'a> {
    context: &'a Context,
    now: Instant,
    /// Whether it told anything the last time it was asked.
    told: bool,
}

impl<'a> Teller<'a> {
    pub(super) const fn new(context: &'a Context, now: Instant) -> Self {
        Self { context, now, told: false }
    }

    /// After the commit, or a reader would look too early: tells who waits that something was recorded.
    pub(super) fn tell_news(&self, tenant: &TenantId) {
        self.context.interaction_news.tell(tenant);
        if self.told {
            self.context.news.tell(tenant);
        }
    }
}

impl Telling for Teller<'_> {
    fn tells(&self, message: &MessageId, declarations: &Declarations) -> bool {
        declared(message, declarations).is_some_and(|message| message.class.tells_or_asks())
    }

    fn records(
        &mut self,
        ground: &Ground,
        held: &BTreeMap<ProfileKey, Profile>,
        sends: &[&Arrival],
    ) -> Vec<ProfileChange> {
        let built_in = &self.context.rulebook;
        let mut rules: BTreeMap<&TableId, Option<Rules<'_>>> = BTreeMap::new();
        let mut changing = Changing::new(self.context, self.now, None, held);
        for send in sends {
            let rules = rules.entry(&send.table).or_insert_with(|| {
                Rules::read(built_in, ground.tables.get(&send.table), &ground.overrides).ok()
            });
            // Where rules or a message cannot be read no send was judged either, so that none is here.
            if let (Some(rules), Some(said), Some(person)) = (rules, said(send, ground), send.key()) {
                let command = Command { facts: None, said: Some(said) };
                // A send is a fact, of which no rule demands anything; nothing is sent to who is erased.
                let _ = rules.under(&[], |terms| changing.apply(&person, &command, terms));
            }
        }
        let changes = changing.into_changes();
        self.told = !changes.is_empty();
        changes
    }
}

fn said(send: &Arrival, ground: &Ground) -> Option<Said> {
    let message = declared(send.reported.what.message()?, &ground.declarations)?;
    message.said(send.reported.occurred_at)
}

fn declared(id: &MessageId, declarations: &Declarations) -> Option<Message> {
    StoredMessage::read(id.clone(), &declarations.messages.get(id)?.body).ok()
}

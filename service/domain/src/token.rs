//! What a link lets its holder do: what a token says, how far it goes, and what follows when it is redeemed.
//!
//! Whoever holds a token acts for the person without having to say who they are. So it says as little as it can, and gives
//! no more than it was made for; saying no is always within what it gives to change.
//! What is deliberately not here: how a token is sealed and opened (the service's), and what becomes of the answers that are
//! redeemed with it: they are commands like any other.

mod bytes;

use crate::answer::Answer;
use crate::command::Command;
use crate::evidence::{Basis, Evidence, Source, SourceKind};
use crate::id::{MessageId, NoticeId, ProfileId, TableId};
use crate::record::AnswerGiven;
use crate::scope::Coverage;
use crate::time::Instant;

/// How a withdrawal was collected that came by the link of a message.
pub const MESSAGE_LINK: &str = "message_link";
/// The same of a link of which no message is known.
pub const LINK: &str = "link";
/// How the answers of a preference centre were collected.
pub const PREFERENCE_CENTRE: &str = "preference_centre";
/// Who answers through a link: the person.
pub const PERSON: &str = "data subject";

/// What a token says.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The profile table.
    pub table: TableId,
    /// The person.
    pub profile: ProfileId,
    /// What may be done with it.
    pub capability: Capability,
    /// When it was made.
    pub issued_at: Instant,
    /// The message that carries it, if it is known.
    pub message: Option<MessageId>,
}

/// What may be done with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Withdraw, from this and no more. It never runs out.
    Withdraw(Coverage),
    /// Read and change everything that the person chose.
    Preferences {
        /// From when on it neither shows nor grants any more; saying no stays possible. Absent: never.
        expires_at: Option<Instant>,
    },
}

/// What a person chose in a preference centre.
#[derive(Clone, PartialEq, Eq)]
pub struct Choice {
    /// What they said.
    pub answer: Answer,
    /// Of what.
    pub coverage: Coverage,
    /// The text they read.
    pub notice: Option<NoticeId>,
    /// The language of that text, a BCP 47 tag.
    pub language: Option<String>,
}

/// The preference centre's own form.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// Which form.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

hidden!(Token, Choice, Form);

/// Why a token does not suffice for what is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Beyond {
    /// It may withdraw, and nothing else.
    #[error("the token may withdraw and nothing else")]
    Capability,
    /// It may withdraw from less.
    #[error("the token does not cover all of it")]
    Coverage,
    /// It has run out.
    #[error("the token has run out")]
    Expired,
}

impl Token {
    /// What it covers.
    #[must_use]
    pub const fn coverage(&self) -> Coverage {
        match self.capability {
            Capability::Withdraw(coverage) => coverage,
            Capability::Preferences { .. } => Coverage::BOTH,
        }
    }

    /// What of the person it shows at `now`.
    ///
    /// # Errors
    /// [`Beyond::Expired`].
    pub fn shows(&self, now: Instant) -> Result<Coverage, Beyond> {
        if self.has_run_out(now) { Err(Beyond::Expired) } else { Ok(self.coverage()) }
    }

    /// The withdrawal of all that it covers, or of the part that was chosen. Nothing but the coverage stands in its way:
    /// neither its age nor its other capability.
    ///
    /// # Errors
    /// [`Beyond::Coverage`].
    pub fn withdrawal(&self, chosen: Option<Coverage>) -> Result<Command, Beyond> {
        let coverage = chosen.unwrap_or_else(|| self.coverage());
        if !coverage.within(self.coverage()) {
            return Err(Beyond::Coverage);
        }
        let method = if self.message.is_some() { MESSAGE_LINK } else { LINK };
        let source = self.message.as_ref().map(|message| Source {
            kind: SourceKind::Message,
            name: Some(message.as_str().to_owned()),
            version: None,
        });
        let evidence = Evidence {
            method: Some(method.to_owned()),
            source,
            actor: Some(PERSON.to_owned()),
            ..Evidence::default()
        };
        let answer = Answer::Withdraw;
        Ok(Command::answer(AnswerGiven { answer, coverage, decided_at: None, basis: None, evidence }))
    }

    /// One choice of a preference centre, made at `now`.
    ///
    /// # Errors
    /// [`Beyond::Capability`]; [`Beyond::Expired`] of a grant.
    pub fn choice(&self, chosen: Choice, form: &Form, now: Instant) -> Result<Command, Beyond> {
        let grants = chosen.answer == Answer::Grant;
        if !self.may_choose() {
            return Err(Beyond::Capability);
        }
        if grants && self.has_run_out(now) {
            return Err(Beyond::Expired);
        }
        let Choice { answer, coverage, notice, language } = chosen;
        let Form { name, version } = form.clone();
        let evidence = Evidence {
            method: Some(PREFERENCE_CENTRE.to_owned()),
            source: Some(Source { kind: SourceKind::Form, name, version }),
            notice,
            language,
            actor: Some(PERSON.to_owned()),
            ..Evidence::default()
        };
        Ok(Command::answer(AnswerGiven {
            answer,
            coverage,
            // A no takes effect when it is recorded; only a grant has to say when it was given.
            decided_at: grants.then_some(now),
            basis: grants.then_some(Basis::Explicit),
            evidence,
        }))
    }

    /// Whether a preference centre may speak by it.
    #[must_use]
    pub const fn may_choose(&self) -> bool {
        matches!(self.capability, Capability::Preferences { .. })
    }

    fn has_run_out(&self, now: Instant) -> bool {
        matches!(self.capability, Capability::Preferences { expires_at: Some(at) } if at <= now)
    }
}

#[cfg(test)]
mod tests;

//! What a message that tells or asks says, and what its recorded send then is beside a send.
//!
//! Deliberately not here: what a notice permits ([`crate::evidence`], the default when nobody answered). The send of an
//! incomplete one is a notice all the same.

use super::{Message, MessageClass};
use crate::command::Said;
use crate::id::NoticeId;
use crate::record::{NoticeGiven, RequestMade};
use crate::scope::Coverage;
use crate::time::Instant;

/// What a `NOTICE` or `CONSENT_REQUEST` message says of tracking. What is absent is not said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// Of what it tells, or for what it asks; absent: all of TRACKING.
    pub coverage: Option<Coverage>,
    /// The text.
    pub text: Option<NoticeId>,
    /// Of a notice, whether the conditions of sending stay as they were.
    pub conditions_unchanged: Option<bool>,
    /// Of a notice, whether it offers to withdraw from tracking.
    pub withdrawal_offered: Option<bool>,
    /// Of a notice, the objective difficulties that justify telling late.
    pub justification: Option<String>,
}

impl MessageClass {
    /// Whether the recorded send of a message of this class is a notice or a request.
    #[must_use]
    pub const fn tells_or_asks(self) -> bool {
        matches!(self, Self::Notice | Self::ConsentRequest)
    }
}

impl Message {
    /// What its send at that instant says to who it goes to; `None` for a message that neither tells nor asks. The
    /// instant of the send is the effective time.
    #[must_use]
    pub fn said(&self, sent_at: Instant) -> Option<Said> {
        let Statement { coverage, text, conditions_unchanged, withdrawal_offered, justification } =
            self.statement.clone();
        let coverage = coverage.unwrap_or(Coverage::TRACKING);
        let sent_message = Some(self.id.clone());
        match self.class {
            MessageClass::Notice => Some(Said::Notice(NoticeGiven {
                coverage,
                notified_at: Some(sent_at),
                text,
                conditions_unchanged,
                withdrawal_offered,
                justification,
                proof_reference: None,
                source: None,
                sent_message,
            })),
            MessageClass::ConsentRequest => Some(Said::Request(RequestMade {
                coverage,
                requested_at: Some(sent_at),
                text,
                source: None,
                sent_message,
            })),
            MessageClass::Marketing
            | MessageClass::Transactional
            | MessageClass::ServiceLegal
            | MessageClass::Security => None,
        }
    }
}

#[cfg(test)]
mod tests;

//! Why a rule said no. Consent that is not there is never a refusal: it is an answer.

use crate::evidence::{Basis, Ways};
use crate::id::PolicyId;
use crate::time::Day;

/// Why nothing of an item was stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The item lacks what a rule demands, or holds what one forbids: every such thing, in the order of the fields.
    #[error("the item does not meet the rules: {}", listed(.0))]
    Demands(Vec<Problem>),
    /// The profile was erased. Only a direct, explicit grant effective after the erasure opens a new life;
    /// in a new life a grant or notice effective not after the erasure gets this too.
    #[error("the profile was erased")]
    ProfileErased,
}

fn listed(problems: &[Problem]) -> String {
    let mut texts: Vec<String> = Vec::new();
    for text in problems.iter().map(ToString::to_string) {
        // Several policies may find the same.
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join("; ")
}

/// One field of an item, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {what}")]
pub struct Problem {
    /// The field's path inside the item: `decided_at`, `evidence.method`.
    pub field: &'static str,
    /// What is wrong.
    pub what: Fault,
    /// The policy that demands it; absent for a rule that holds under every policy.
    pub policy: Option<PolicyId>,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is demanded and absent.
    #[error("is missing")]
    Missing,
    /// The profile table has no controller: without one no grant is stored.
    #[error("is missing: the profile table has no controller")]
    NoController,
    /// A method that proves nothing: `pre_ticked`, `implied`, `silence`, `open_as_consent`.
    #[error("is a method that never makes a grant")]
    ForbiddenMethod,
    /// A basis that the policy does not accept, and what it does.
    #[error("must not be {} under this policy; instead {}", .0.name(), .1)]
    BasisNotAccepted(Basis, Ways),
    /// One act for mail and tracking, where the policy wants two.
    #[error("must not cover marketing and tracking by one act under this policy")]
    JointNotPermitted,
    /// It lies more than five minutes after the server's time.
    #[error("lies in the future")]
    InFuture,
    /// No text of that id is stored.
    #[error("names no stored notice text")]
    UnknownText,
    /// A day that must lie before another.
    #[error("must be before {0}")]
    NotBefore(Day),
    /// A statement that must be yes.
    #[error("must be true")]
    NotTrue,
}

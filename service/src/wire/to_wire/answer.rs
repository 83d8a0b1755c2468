//! What a person said, and what all they said adds up to.

use assent_domain::answer::{Answer, State};
use assent_domain::record::AnswerGiven;
use assent_proto::v1;

use super::{evidence, scope, time};

/// One answer.
#[must_use]
pub const fn answer(answer: Answer) -> v1::Answer {
    match answer {
        Answer::Grant => v1::Answer::Grant,
        Answer::Refuse => v1::Answer::Refuse,
        Answer::Withdraw => v1::Answer::Withdraw,
        Answer::Object => v1::Answer::Object,
    }
}

/// A grant, refusal, withdrawal or objection. Its controller stands beside it in a record.
#[must_use]
pub fn given(given: &AnswerGiven) -> v1::AnswerGiven {
    let basis = given.basis.map_or(v1::Basis::Unspecified, evidence::basis);
    v1::AnswerGiven {
        answer: answer(given.answer).into(),
        coverage: Some(scope::coverage(given.coverage)),
        decided_at: given.decided_at.map(time::instant),
        basis: basis.into(),
        evidence: evidence::evidence(&given.evidence),
    }
}

/// One state.
#[must_use]
pub const fn state(state: State) -> v1::State {
    match state {
        State::Unknown => v1::State::Unknown,
        State::Informed => v1::State::Informed,
        State::Granted => v1::State::Granted,
        State::Refused => v1::State::Refused,
        State::Withdrawn => v1::State::Withdrawn,
        State::Objected => v1::State::Objected,
        State::Expired => v1::State::Expired,
    }
}

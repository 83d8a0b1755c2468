//! What a person said.

use assent_domain::answer::Answer;
use assent_domain::record::AnswerGiven;
use assent_proto::v1;
use assent_proto::validate::{Path, Violation, Wrong};

use super::{Misfit, evidence, scope, time};

/// One answer.
#[must_use]
pub const fn answer(answer: v1::Answer) -> Option<Answer> {
    match answer {
        v1::Answer::Unspecified => None,
        v1::Answer::Grant => Some(Answer::Grant),
        v1::Answer::Refuse => Some(Answer::Refuse),
        v1::Answer::Withdraw => Some(Answer::Withdraw),
        v1::Answer::Object => Some(Answer::Object),
    }
}

/// A grant, refusal, withdrawal or objection.
///
/// # Errors
/// When a field is none the domain takes.
pub fn given(given: &v1::AnswerGiven) -> Result<AnswerGiven, Misfit> {
    let said = v1::Answer::try_from(given.answer).ok().and_then(answer);
    let decided_at = given.decided_at.as_ref().map(|at| time::instant(at).ok_or(Misfit::of("decided_at")));
    Ok(AnswerGiven {
        answer: said.ok_or(Misfit::of("answer"))?,
        coverage: scope::coverage(given.coverage.as_ref())?,
        decided_at: decided_at.transpose()?,
        basis: evidence::basis(given.basis)?,
        evidence: evidence::evidence(given.evidence.as_ref())?,
    })
}

/// What the contract says of `basis` beside `answer`: required for a grant, refused for another answer.
#[must_use]
pub fn misplaced_basis(given: &v1::AnswerGiven, path: &Path) -> Option<Violation> {
    let (wrong, rule) = match (v1::Answer::try_from(given.answer), v1::Basis::try_from(given.basis)) {
        (Ok(v1::Answer::Grant), Ok(v1::Basis::Unspecified)) => {
            (Wrong::Missing, "explicit, assumed or imported, for a grant")
        }
        (Ok(v1::Answer::Refuse | v1::Answer::Withdraw | v1::Answer::Object), Ok(basis))
            if basis != v1::Basis::Unspecified =>
        {
            (Wrong::NotAllowed, "nothing, for an answer that is no grant")
        }
        _ => return None,
    };
    Some(Violation { field: path.field("basis").as_str().to_owned(), wrong, rule: rule.into() })
}

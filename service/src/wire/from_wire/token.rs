//! Tokens to make, and what is chosen by one.

use assent_domain::id::{MessageId, TableId};
use assent_domain::time::Instant;
use assent_domain::token::{Capability, Choice, Form, Token};
use assent_proto::v1::{self, create_tokens_item::Capability as Asked};
use assent_proto::validate::{Path, Validate, Violation, Wrong};

use super::item::as_fields;
use super::{Misfit, answer, notice, profile, scope, time};
use crate::failure::{Failure, Outcome};

/// The field that holds the items.
const ITEMS: &str = "items";

/// A token to make for somebody of `table`.
///
/// # Errors
/// [`Failure::Invalid`] with every wrong field.
pub fn item(item: &v1::CreateTokensItem, index: usize, table: &TableId, now: Instant) -> Outcome<Token> {
    let path = Path::item(ITEMS, index);
    let mut wrong = item.violations_as_item(ITEMS, index);
    if let Some(Asked::Preferences(asked)) = &item.capability {
        wrong.extend(past_expiry(asked, now, &path));
    }
    if !wrong.is_empty() {
        return Err(Failure::Invalid(as_fields(wrong)));
    }
    token(item, table, now).map_err(|misfit| misfit.at(path.as_str()))
}

fn token(item: &v1::CreateTokensItem, table: &TableId, now: Instant) -> Result<Token, Misfit> {
    let capability = match item.capability.as_ref().ok_or(Misfit::of("capability"))? {
        Asked::Withdraw(covered) => Capability::Withdraw(scope::coverage(Some(covered))?),
        Asked::Preferences(asked) => {
            let expires_at =
                asked.expires_at.as_ref().map(|at| time::instant(at).ok_or(Misfit::of("expires_at")));
            Capability::Preferences { expires_at: expires_at.transpose()? }
        }
    };
    let message =
        item.message_id.as_deref().map(|id| MessageId::new(id).map_err(|_| Misfit::of("message_id")));
    Ok(Token {
        table: table.clone(),
        profile: profile::profile(item.profile.as_ref())?,
        capability,
        issued_at: now,
        message: message.transpose()?,
    })
}

/// A token that has run out before it is made is a mistake of whoever makes it.
fn past_expiry(asked: &v1::PreferencesToken, now: Instant, item: &Path) -> Option<Violation> {
    let at = asked.expires_at.as_ref().and_then(time::instant)?;
    let field = item.field("preferences").field("expires_at").as_str().to_owned();
    (at <= now).then(|| Violation {
        field,
        wrong: Wrong::OutOfRange,
        rule: "an instant after the server's now".into(),
    })
}

/// Where a choice stands in its request.
#[must_use]
pub fn choice_path(index: usize) -> String {
    format!("preferences.choices[{index}]")
}

/// What a person chose.
///
/// # Errors
/// When a field is none the domain takes.
pub fn choice(choice: &v1::PreferenceChoice) -> Result<Choice, Misfit> {
    let said = v1::Answer::try_from(choice.answer).ok().and_then(answer::answer);
    Ok(Choice {
        answer: said.ok_or(Misfit::of("answer"))?,
        coverage: scope::coverage(choice.coverage.as_ref())?,
        notice: notice::optional_id(choice.notice_id.as_deref())?,
        language: choice.language.clone(),
    })
}

/// The form in which they chose.
#[must_use]
pub fn form(chosen: &v1::TokenPreferences) -> Form {
    Form { name: chosen.form_name.clone(), version: chosen.form_version.clone() }
}

//! Links by which people withdraw and choose without logging in.

#[cfg(test)]
mod tests;

use std::fmt;

use assent_proto::v1;

use super::{Consents, SeriesOutcome};
use crate::answer::Answer;
use crate::answer::covered;
use crate::batch::in_parts;
use crate::error::{Error, Result};
use crate::notice::NoticeId;
use crate::profile;
use crate::request_id::RequestId;
use crate::scope::{Coverage, Series};
use crate::state::Standing;
use crate::time::Instant;
use crate::word::{Word, words};

words! {
    /// What a token may be used for.
    TokenCapability = v1::TokenCapability, "TOKEN_CAPABILITY_" {
        /// To withdraw, and nothing else. Such a token never runs out.
        Withdraw,
        /// To read and change all that the person chose: a preference centre.
        Preferences,
    }
}

/// A token. Whoever holds it acts for the person, so its `Debug` form does not show it: put it into the link and nowhere else.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Token(String);

impl Token {
    /// The token of that text, as it stood in a link.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text: letters, digits, `-`, `_` and one `.`; needs no escaping in an address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// One token to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    profile: String,
    capability: Capability,
    message_id: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Capability {
    Withdraw(Coverage),
    Preferences(Option<Instant>),
}

impl NewToken {
    /// A token by which that profile (1 to 128 bytes, opaque) can withdraw from this and do nothing else. It never runs out.
    #[must_use]
    pub fn withdraw(profile: impl Into<String>, coverage: Coverage) -> Self {
        Self { profile: profile.into(), capability: Capability::Withdraw(coverage), message_id: None }
    }

    /// A token by which a preference centre shows and changes everything that the profile chose.
    #[must_use]
    pub fn preferences(profile: impl Into<String>) -> Self {
        Self { profile: profile.into(), capability: Capability::Preferences(None), message_id: None }
    }

    /// The same, which from that instant on neither shows nor grants any more; saying no stays possible.
    #[must_use]
    pub fn preferences_until(profile: impl Into<String>, instant: Instant) -> Self {
        Self { profile: profile.into(), capability: Capability::Preferences(Some(instant)), message_id: None }
    }

    /// Names the message that will carry it, 1 to 128 bytes: it stands in the evidence of a withdrawal.
    #[must_use]
    pub fn in_message(mut self, id: impl Into<String>) -> Self {
        self.message_id = Some(id.into());
        self
    }

    fn into_wire(self) -> v1::CreateTokensItem {
        use v1::create_tokens_item::Capability as Wire;
        v1::CreateTokensItem {
            profile: Some(profile::key(self.profile)),
            capability: Some(match self.capability {
                Capability::Withdraw(coverage) => Wire::Withdraw(coverage.into_wire()),
                Capability::Preferences(expires_at) => {
                    Wire::Preferences(v1::PreferencesToken { expires_at: expires_at.map(Instant::into_wire) })
                }
            }),
            message_id: self.message_id,
        }
    }
}

/// What a token can do, and what the person chose so far. Neither the person nor the message is named.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenDescription {
    /// The profile table that the person stands in.
    pub profile_table: String,
    /// What the token may be used for.
    pub capability: TokenCapability,
    /// What it covers.
    pub coverage: Coverage,
    /// When it was made.
    pub issued_at: Instant,
    /// From when on it neither shows nor grants any more. Absent: never.
    pub expires_at: Option<Instant>,
    /// What each series that it covers reads now, without the records' ids. Empty only where the service cannot read the
    /// settings of the table: the token can be redeemed all the same.
    pub standings: Vec<Standing>,
}

impl TokenDescription {
    fn from_wire(wire: v1::TokenDescription) -> Result<Self> {
        Ok(Self {
            profile_table: wire.profile_table,
            capability: TokenCapability::from_wire(wire.capability),
            coverage: covered(wire.coverage, "description.coverage")?,
            issued_at: Instant::promised(wire.issued_at, "description.issued_at")?,
            expires_at: wire.expires_at.map(Instant::from_wire),
            standings: wire.standings.into_iter().map(Standing::from_wire).collect(),
        })
    }

    /// What one series reads. `None`: the token does not cover it, or the service does not know it.
    #[must_use]
    pub fn standing(&self, series: Series) -> Option<&Standing> {
        self.standings.iter().find(|standing| standing.series == series)
    }
}

/// One choice in a preference centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    answer: Answer,
    coverage: Coverage,
    notice: Option<NoticeId>,
    language: Option<String>,
}

impl Choice {
    /// What the person said, of what.
    #[must_use]
    pub const fn new(answer: Answer, coverage: Coverage) -> Self {
        Self { answer, coverage, notice: None, language: None }
    }

    /// Names the text that they read, stored before by [`Consents::put_notice`], and its language, a BCP 47 tag. The stricter
    /// policies demand both of a grant.
    #[must_use]
    pub fn notice(mut self, notice: NoticeId, language: impl Into<String>) -> Self {
        (self.notice, self.language) = (Some(notice), Some(language.into()));
        self
    }

    fn into_wire(self) -> v1::PreferenceChoice {
        v1::PreferenceChoice {
            answer: self.answer.to_wire(),
            coverage: Some(self.coverage.into_wire()),
            notice_id: self.notice.map(NoticeId::into_wire),
            language: self.language,
        }
    }
}

/// What a person said through a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeem {
    token: Token,
    said: Said,
    request_id: Option<RequestId>,
    origin: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Withdraw(Option<Coverage>),
    Preferences { choices: Vec<Choice>, form: Option<(String, String)> },
}

impl Redeem {
    /// They withdraw from all that the token covers.
    #[must_use]
    pub const fn withdraw(token: Token) -> Self {
        Self { token, said: Said::Withdraw(None), request_id: None, origin: None }
    }

    /// They withdraw from a part of it.
    #[must_use]
    pub const fn withdraw_from(token: Token, coverage: Coverage) -> Self {
        Self { token, said: Said::Withdraw(Some(coverage)), request_id: None, origin: None }
    }

    /// They chose in a preference centre, 1 to 16 choices; what is not chosen stays as it is.
    #[must_use]
    pub fn choices(token: Token, choices: impl IntoIterator<Item = Choice>) -> Self {
        let said = Said::Preferences { choices: choices.into_iter().collect(), form: None };
        Self { token, said, request_id: None, origin: None }
    }

    /// Names the form in which they chose, and its version. The stricter policies demand both of a grant; of a plain
    /// withdrawal nothing is kept of it.
    #[must_use]
    pub fn form(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        if let Said::Preferences { form, .. } = &mut self.said {
            *form = Some((name.into(), version.into()));
        }
        self
    }

    /// Makes the call safe to repeat with the same content. Absent: a new one, kept over the call's own retries.
    #[must_use]
    pub const fn request_id(mut self, id: RequestId) -> Self {
        self.request_id = Some(id);
        self
    }

    /// Names the system that sends this, 1 to 64 bytes, so that readers of the changes can leave out their own.
    #[must_use]
    pub fn origin(mut self, system: impl Into<String>) -> Self {
        self.origin = Some(system.into());
        self
    }
}

impl Consents<'_> {
    /// Makes tokens for people of one profile table, in the order given. Nothing is stored. More than 1,000 are made by several
    /// calls; for none there is no call.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown). Of a token, in its result:
    /// [`Reason::FieldInvalid`](crate::Reason::FieldInvalid).
    pub async fn create_tokens(
        self,
        table: impl Into<String>,
        tokens: impl IntoIterator<Item = NewToken>,
    ) -> Result<Vec<Result<Token>>> {
        let table = table.into();
        let items = tokens.into_iter().map(NewToken::into_wire).collect();
        in_parts(items, None, |items, _| {
            let message = v1::CreateTokensRequest { profile_table: table.clone(), items };
            async move {
                let answer = self
                    .caller
                    .unary(message, |request| {
                        let mut client = self.caller.consents();
                        async move { client.create_tokens(request).await }
                    })
                    .await?;
                answer.results.into_iter().map(created).collect()
            }
        })
        .await
    }

    /// Tells what a token can do, and what the person chose so far. Changes nothing: for the page that a link opens.
    ///
    /// # Errors
    ///
    /// [`Reason::TokenMalformed`](crate::Reason::TokenMalformed), [`Reason::TokenKeyUnknown`](crate::Reason::TokenKeyUnknown),
    /// [`Reason::TokenExpired`](crate::Reason::TokenExpired).
    pub async fn describe_token(self, token: &Token) -> Result<TokenDescription> {
        let message = v1::DescribeTokenRequest { token: token.0.clone() };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.consents();
                async move { client.describe_token(request).await }
            })
            .await?;
        TokenDescription::from_wire(answer.description.ok_or_else(|| Error::unintelligible("description"))?)
    }

    /// Records what a person said through a link: one result for a withdrawal, one for each choice. For when they pressed the
    /// button, not for when the page is shown: mail scanners follow links.
    ///
    /// # Errors
    ///
    /// Of the call: [`Reason::TokenMalformed`](crate::Reason::TokenMalformed),
    /// [`Reason::TokenKeyUnknown`](crate::Reason::TokenKeyUnknown), [`Reason::TokenInsufficient`](crate::Reason::TokenInsufficient),
    /// [`Reason::RequestIdReused`](crate::Reason::RequestIdReused). Of a choice, in its result: what the policies demand of a
    /// grant, and [`Reason::TokenExpired`](crate::Reason::TokenExpired). Saying no never fails for missing evidence.
    pub async fn redeem_token(self, redeem: Redeem) -> Result<Vec<Result<Vec<SeriesOutcome>>>> {
        use v1::redeem_token_request::Said as Wire;
        let Redeem { token, said, request_id, origin } = redeem;
        let request_id = request_id.unwrap_or_default();
        let said = match said {
            Said::Withdraw(coverage) => {
                Wire::Withdraw(v1::TokenWithdrawal { coverage: coverage.map(Coverage::into_wire) })
            }
            Said::Preferences { choices, form } => {
                let (form_name, form_version) = form.unzip();
                let choices = choices.into_iter().map(Choice::into_wire).collect();
                Wire::Preferences(v1::TokenPreferences { choices, form_name, form_version })
            }
        };
        let message = v1::RedeemTokenRequest {
            token: token.0,
            said: Some(said),
            request_id: request_id.to_string(),
            origin,
        };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.consents();
                async move { client.redeem_token(request).await }
            })
            .await
            .map_err(|error| error.in_batch(Some(request_id), 0))?;
        answer.results.into_iter().map(redeemed).collect()
    }
}

/// The outer error: the answer itself lacks something.
fn created(wire: v1::CreateTokensResult) -> Result<Result<Token>> {
    use v1::create_tokens_result::Result as Wire;
    Ok(match wire.result.ok_or_else(|| Error::unintelligible("results.result"))? {
        Wire::Token(token) => Ok(Token(token)),
        Wire::Error(status) => Err(Error::of_item(&status)),
    })
}

/// The outer error: the answer itself lacks something.
fn redeemed(wire: v1::RedeemTokenResult) -> Result<Result<Vec<SeriesOutcome>>> {
    use v1::redeem_token_result::Result as Wire;
    Ok(match wire.result.ok_or_else(|| Error::unintelligible("results.result"))? {
        Wire::Outcome(redeemed) => {
            Ok(redeemed.series.into_iter().map(SeriesOutcome::from_wire).collect::<Result<_>>()?)
        }
        Wire::Error(status) => Err(Error::of_item(&status)),
    })
}

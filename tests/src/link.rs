//! Words to speak of links: tokens to make, and what is said by one.

use assent_proto::v1::{self, create_tokens_item::Capability, redeem_token_request::Said};

use crate::client::Client;
use crate::{marks, story};

/// A token by which somebody may withdraw, in the message `spring`.
#[must_use]
pub fn withdrawing(who: &str, coverage: Option<v1::Coverage>) -> v1::CreateTokensItem {
    let capability = coverage.map(Capability::Withdraw);
    v1::CreateTokensItem { profile: story::person(who), capability, message_id: Some(marks::id("spring")) }
}

/// A token of somebody's preference centre, in the message `spring`.
#[must_use]
pub fn choosing(who: &str) -> v1::CreateTokensItem {
    let capability = Some(Capability::Preferences(v1::PreferencesToken { expires_at: None }));
    v1::CreateTokensItem { profile: story::person(who), capability, message_id: Some(marks::id("spring")) }
}

/// Tokens to make for people of the table [`story::people`].
#[must_use]
pub fn making(items: Vec<v1::CreateTokensItem>) -> v1::CreateTokensRequest {
    v1::CreateTokensRequest { profile_table: story::people(), items }
}

/// Has tokens made.
///
/// # Panics
/// When one is not.
pub async fn tokens(client: &Client, items: Vec<v1::CreateTokensItem>) -> Vec<String> {
    let answer = client.consents().create_tokens(making(items)).await.expect("tokens are made");
    let results = answer.into_inner().results.into_iter().map(|result| match result.result {
        Some(v1::create_tokens_result::Result::Token(token)) => token,
        other => panic!("a token: {other:?}"),
    });
    results.collect()
}

/// Has one token made.
///
/// # Panics
/// When it is not.
pub async fn token(client: &Client, item: v1::CreateTokensItem) -> String {
    tokens(client, vec![item]).await.remove(0)
}

/// Asks what a token can do.
///
/// # Errors
/// What the service says.
pub async fn describe(client: &Client, token: &str) -> Result<v1::TokenDescription, tonic::Status> {
    let request = v1::DescribeTokenRequest { token: token.to_owned() };
    let answer = client.consents().describe_token(request).await?.into_inner();
    Ok(answer.description.expect("a description"))
}

/// Something said by a token, with a request id of its own.
#[must_use]
pub fn saying(token: &str, said: Said) -> v1::RedeemTokenRequest {
    let (token, request_id) = (token.to_owned(), marks::uuid());
    v1::RedeemTokenRequest { token, said: Some(said), request_id, origin: None }
}

/// A withdrawal by a token, from all that it covers or from a part of it.
#[must_use]
pub fn withdrawal(token: &str, coverage: Option<v1::Coverage>) -> v1::RedeemTokenRequest {
    saying(token, Said::Withdraw(v1::TokenWithdrawal { coverage }))
}

/// One choice, of somebody who read that text in French.
#[must_use]
pub fn choice(answer: v1::Answer, coverage: Option<v1::Coverage>, notice: &[u8]) -> v1::PreferenceChoice {
    v1::PreferenceChoice {
        answer: answer.into(),
        coverage,
        notice_id: Some(notice.to_vec()),
        language: Some("fr".to_owned()),
    }
}

/// Choices by a token, in the third version of our preference centre.
#[must_use]
pub fn choices(token: &str, choices: Vec<v1::PreferenceChoice>) -> v1::RedeemTokenRequest {
    let (form_name, form_version) = (Some("preference centre".to_owned()), Some("3".to_owned()));
    saying(token, Said::Preferences(v1::TokenPreferences { choices, form_name, form_version }))
}

/// What became of what was said.
pub type Told = Result<v1::TokenRedeemed, assent_proto::google::rpc::Status>;

/// Says something by a token.
///
/// # Errors
/// What the service says of the whole call.
pub async fn redeem(client: &Client, request: v1::RedeemTokenRequest) -> Result<Vec<Told>, tonic::Status> {
    let answer = client.consents().redeem_token(request).await?.into_inner();
    let results = answer.results.into_iter().map(|result| match result.result.expect("a result") {
        v1::redeem_token_result::Result::Outcome(outcome) => Ok(outcome),
        v1::redeem_token_result::Result::Error(error) => Err(error),
    });
    Ok(results.collect())
}

/// What became of each series of what was said, by the contract's words: `EMAIL_OPEN CHANGED WITHDRAWN`.
///
/// # Panics
/// When it was not recorded.
#[must_use]
pub fn words(told: &Told) -> Vec<String> {
    let told = told.as_ref().expect("it is recorded");
    let line = |line: &v1::SeriesOutcome| {
        let reads = line.standing.as_ref().expect("a standing");
        let words = [
            reads.series().as_str_name().trim_start_matches("SERIES_"),
            line.outcome().as_str_name().trim_start_matches("OUTCOME_"),
            reads.state().as_str_name().trim_start_matches("STATE_"),
        ];
        words.join(" ")
    };
    told.series.iter().map(line).collect()
}

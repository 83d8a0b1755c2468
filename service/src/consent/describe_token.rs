//! DescribeToken: what a token can do, and what the person chose so far. Nothing changes.

use assent_domain::history::Standing;
use assent_domain::scope::{Coverage, Series};
use assent_domain::time::Instant;
use assent_domain::token::Token;
use assent_proto::v1::{DescribeTokenRequest, DescribeTokenResponse};
use assent_store::ProfileKey;

use super::opening::opened;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome, TokenFault};
use crate::rules::Rules;
use crate::wire::to_wire;

pub(super) async fn describe(
    context: &Context,
    call: Call,
    request: DescribeTokenRequest,
) -> Outcome<DescribeTokenResponse> {
    let now = context.clock.now();
    let token = opened(context, call.tenant(), &request.token)?;
    let shown = token.shows(now).map_err(|beyond| TokenFault::beyond(beyond, "token"))?;

    let standings = match Rules::load(context, &call, &token.table).await {
        Ok(rules) => standings(context, &call, &token, shown, &rules, now).await?,
        // What cannot be shown can still be withdrawn from: the page needs to know that much.
        Err(Failure::Internal(cause)) => {
            tracing::error!(call = call.id.0, %cause, "rules cannot be read; a token is described without states");
            Vec::new()
        }
        Err(failure) => return Err(failure),
    };

    Ok(DescribeTokenResponse { description: Some(to_wire::token::description(&token, &standings)) })
}

async fn standings(
    context: &Context,
    call: &Call,
    token: &Token,
    shown: Coverage,
    rules: &Rules<'_>,
    now: Instant,
) -> Outcome<Vec<(Series, Standing)>> {
    let key = ProfileKey { table: token.table.clone(), id: token.profile.clone() };
    let people = context.store_for(call).load_subjects(call.tenant(), std::slice::from_ref(&key)).await?;
    let person = people.get(&key).ok_or_else(|| Failure::internal("a person was not loaded"))?;
    let reads = person.standings(person.now(now), rules.expires_after(person.history().facts()));
    let each = Series::ALL.into_iter().zip(reads).filter(|(series, _)| shown.covers(*series));
    // The page is public: it is not told which records there are.
    Ok(each.map(|(series, reads)| (series, Standing { record: None, ..reads })).collect())
}

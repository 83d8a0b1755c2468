//! RedeemToken: what a person said through a link, recorded on the way of every other answer.

use std::sync::Arc;

use assent_domain::command::Command;
use assent_domain::time::Instant;
use assent_domain::token::{Beyond, Token};
use assent_proto::v1::{
    RedeemTokenRequest, RedeemTokenResponse, RedeemTokenResult, TokenPreferences, TokenRedeemed,
    redeem_token_request::Said, redeem_token_result,
};

use super::batch::{Accepted, Batch, Envelope};
use super::opening::opened;
use super::{Consents, writing};
use crate::caller::Call;
use crate::failure::{Failure, Outcome, TokenFault};
use crate::wire::from_wire;
use crate::wire::from_wire::item::Item;
use crate::wire::refusal::{Arm, Place};
use crate::wire::to_wire;

pub(super) async fn redeem(
    to: &Consents,
    call: Call,
    mut request: RedeemTokenRequest,
) -> Outcome<RedeemTokenResponse> {
    // A UUID is the same in either case, and so is the request that it stands in.
    request.request_id.make_ascii_lowercase();
    let token = opened(&to.context, call.tenant(), &request.token)?;
    let commands = match &request.said {
        Some(Said::Withdraw(withdrawal)) => {
            let chosen = withdrawal.coverage.as_ref();
            let chosen = chosen.map(|coverage| from_wire::scope::coverage(Some(coverage))).transpose();
            let chosen = chosen.map_err(|misfit| misfit.at("withdraw"))?;
            vec![Ok(token
                .withdrawal(chosen)
                .map_err(|beyond| TokenFault::beyond(beyond, "withdraw.coverage"))?)]
        }
        Some(Said::Preferences(preferences)) => choices(&token, preferences, to.context.clock.now())?,
        None => return Err(Failure::invalid("said", "is missing")),
    };
    let envelope = Envelope {
        method: "RedeemToken",
        profile_table: token.table.as_str(),
        request_id: &request.request_id,
        validate_only: false,
        origin: request.origin.as_deref(),
        place: |index, _| Place { item: from_wire::token::choice_path(index), event: None, arm: Arm::Choice },
    };
    let item = |command| Item { profile: token.profile.clone(), command };
    let items = commands.into_iter().map(|command| command.map(item)).collect();
    let batch = Arc::new(Batch::read(&to.context, &call, &envelope, &request, items)?);

    // Loads, judges and saves, in one transaction, with whatever else is being written.
    let told = writing::pass(&to.context, &to.writing, &call, &batch).await?;

    let results = batch.answer(&call, told, redeemed)?.into_iter().map(|result| RedeemTokenResult {
        result: Some(match result {
            Ok(outcome) => redeem_token_result::Result::Outcome(outcome),
            Err(error) => redeem_token_result::Result::Error(error),
        }),
    });
    Ok(RedeemTokenResponse { results: results.collect() })
}

/// What each choice comes to. Which token it is decides about all of them; whether it ran out about each.
fn choices(token: &Token, chosen: &TokenPreferences, now: Instant) -> Outcome<Vec<Outcome<Command>>> {
    let form = from_wire::token::form(chosen);
    let each = chosen.choices.iter().enumerate().map(|(index, choice)| {
        let path = from_wire::token::choice_path(index);
        let choice = from_wire::token::choice(choice).map_err(|misfit| misfit.at(&path))?;
        match token.choice(choice, &form, now) {
            Ok(command) => Ok(Ok(command)),
            Err(beyond @ Beyond::Expired) => Ok(Err(TokenFault::beyond(beyond, path).into())),
            Err(beyond) => Err(TokenFault::beyond(beyond, "preferences").into()),
        }
    });
    each.collect()
}

fn redeemed(accepted: Accepted) -> TokenRedeemed {
    let series = accepted.series.iter();
    TokenRedeemed {
        series: series.map(|(became, of, reads)| to_wire::outcome::of_series(*became, *of, reads)).collect(),
    }
}

//! CreateTokens: seal what links may do. Nothing is stored.

use assent_domain::token::Token;
use assent_proto::v1::{CreateTokensRequest, CreateTokensResponse, CreateTokensResult, create_tokens_result};

use crate::caller::Call;
use crate::context::Context;
use crate::entropy::bytes;
use crate::failure::{Failure, Outcome, Thing};
use crate::wire::from_wire;
use crate::wire::status::of_item;

pub(super) async fn create(
    context: &Context,
    call: Call,
    request: CreateTokensRequest,
) -> Outcome<CreateTokensResponse> {
    let now = context.clock.now();
    let table = from_wire::profile::table(&request.profile_table).map_err(|misfit| misfit.at(""))?;
    let items = request.items.iter().enumerate();
    let asked: Vec<_> = items.map(|(index, item)| from_wire::token::item(item, index, &table, now)).collect();

    let stored = context.store_for(&call).profile_table(call.tenant(), &table).await?;
    if stored.is_none() {
        return Err(Failure::Unknown(Thing::ProfileTable));
    }

    let seal = |token: Token| {
        let nonce = bytes(context.entropy.as_ref());
        context.seals.seal(call.tenant(), &token.to_bytes(), nonce)
    };
    let results = asked.into_iter().map(|asked| {
        let result = match asked {
            Ok(token) => create_tokens_result::Result::Token(seal(token)?),
            Err(failure) => create_tokens_result::Result::Error(of_item(&failure, &call.id)?),
        };
        Ok(CreateTokensResult { result: Some(result) })
    });
    Ok(CreateTokensResponse { results: results.collect::<Outcome<_>>()? })
}

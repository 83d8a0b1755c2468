//! GetNotice: gives one text, byte for byte.

use assent_proto::v1::{GetNoticeRequest, GetNoticeResponse};

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome, Thing};
use crate::wire::{from_wire, to_wire};

pub(super) async fn get_notice(
    context: &Context,
    call: Call,
    request: GetNoticeRequest,
) -> Outcome<GetNoticeResponse> {
    let id = from_wire::notice::id(&request.notice_id).map_err(|misfit| misfit.at(""))?;

    let stored = context.store_for(&call).notice(call.tenant(), id).await?;
    let stored = stored.ok_or(Failure::Unknown(Thing::Notice))?;

    Ok(GetNoticeResponse { notice: Some(to_wire::notice::text(stored)?) })
}

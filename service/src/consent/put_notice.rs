//! PutNotice: stores a text under its SHA-256.

use assent_proto::v1::{PutNoticeRequest, PutNoticeResponse};

use crate::caller::Call;
use crate::context::Context;
use crate::failure::Outcome;
use crate::wire::to_wire::notice;

pub(super) async fn put_notice(
    context: &Context,
    call: Call,
    request: PutNoticeRequest,
) -> Outcome<PutNoticeResponse> {
    let content = request.text.into_bytes();

    let stored = context.store_for(&call).put_notice(call.tenant(), &content, context.clock.now()).await?;

    Ok(PutNoticeResponse { notice: Some(notice::text(stored)?) })
}

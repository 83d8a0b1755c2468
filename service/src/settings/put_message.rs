//! PutMessage: stores a message that was neither planned nor sent, against the version that the caller last read. The text
//! that it names must be stored: texts never go away, so what a recorded send told can always be shown.

use assent_proto::v1::{PutMessageRequest, PutMessageResponse};
use assent_store::{Declaration, DeclarationKind};

use super::declarations;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::stored::StoredMessage;
use crate::wire::{from_wire, to_wire};

pub(super) async fn put_message(
    context: &Context,
    call: Call,
    request: PutMessageRequest,
) -> Outcome<PutMessageResponse> {
    let sent = request.message.unwrap_or_default();
    let misplaced = from_wire::message::misplaced(&sent);
    if !misplaced.is_empty() {
        return Err(Failure::Invalid(misplaced));
    }
    let message = from_wire::message::message(&sent).map_err(|misfit| misfit.at("message"))?;
    if let Some(text) = message.statement.text {
        let stored = context.store_for(&call).notice(call.tenant(), text).await?;
        let fields = || vec!["message.notice_id".to_owned()];
        stored.ok_or_else(|| Failure::NoticeNotThere { fields: fields() })?;
    }
    let body = StoredMessage::write(&message).map_err(Failure::internal)?;

    let declaration = Declaration {
        kind: DeclarationKind::Message,
        id: message.id.as_str(),
        campaign: message.campaign.as_ref(),
        website: message.website.as_ref(),
        body: &body,
    };
    let put = declarations::put(context, &call, &declaration, sent.etag.as_deref()).await?;

    Ok(PutMessageResponse { message: Some(to_wire::message::message(&message, &put)) })
}

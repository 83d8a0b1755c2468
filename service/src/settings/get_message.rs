//! GetMessage: gives one message.

use assent_domain::id::MessageId;
use assent_proto::v1::{GetMessageRequest, GetMessageResponse};
use assent_store::DeclarationKind;

use super::declarations;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::stored::StoredMessage;
use crate::wire::from_wire::Misfit;
use crate::wire::to_wire;

pub(super) async fn get_message(
    context: &Context,
    call: Call,
    request: GetMessageRequest,
) -> Outcome<GetMessageResponse> {
    let id = MessageId::new(request.id).map_err(|_| Misfit::of("id").at(""))?;

    let held = declarations::get(context, &call, DeclarationKind::Message, id.as_str()).await?;
    let message = StoredMessage::read(id, &held.stored.body).map_err(Failure::internal)?;

    Ok(GetMessageResponse { message: Some(to_wire::message::message(&message, &held)) })
}

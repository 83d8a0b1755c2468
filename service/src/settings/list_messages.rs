//! ListMessages: a page of messages in the order of their ids.

use assent_domain::id::MessageId;
use assent_proto::v1::{ListMessagesRequest, ListMessagesResponse};
use assent_store::DeclarationKind;

use super::declarations;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::stored::StoredMessage;
use crate::wire::to_wire;

pub(super) async fn list_messages(
    context: &Context,
    call: Call,
    request: ListMessagesRequest,
) -> Outcome<ListMessagesResponse> {
    let asked = (request.page_size, request.page_token.as_deref());
    let (held, next_page_token) = declarations::list(context, &call, DeclarationKind::Message, asked).await?;

    let messages = held.into_iter().map(|(id, held)| {
        let id = MessageId::new(id).map_err(Failure::internal)?;
        let message = StoredMessage::read(id, &held.stored.body).map_err(Failure::internal)?;
        Ok(to_wire::message::message(&message, &held))
    });
    Ok(ListMessagesResponse { messages: messages.collect::<Outcome<_>>()?, next_page_token })
}

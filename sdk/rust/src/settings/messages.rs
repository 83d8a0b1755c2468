//! Stores and reads what is declared of messages.

use assent_proto::v1;

use super::Settings;
use crate::error::Result;
use crate::message::Message;
use crate::page::{Page, Paging};

impl Settings<'_> {
    /// Stores a message that was neither planned nor sent yet, whole: what is absent is absent from then on.
    ///
    /// # Errors
    ///
    /// [`Reason::EtagMismatch`](crate::Reason::EtagMismatch), [`Reason::MessageFixed`](crate::Reason::MessageFixed).
    pub async fn put_message(self, message: Message) -> Result<Message> {
        let message = v1::PutMessageRequest { message: Some(message.into_wire()) };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.settings();
                async move { client.put_message(request).await }
            })
            .await?;
        Message::promised(answer.message)
    }

    /// Gives one message.
    ///
    /// # Errors
    ///
    /// [`Reason::MessageUnknown`](crate::Reason::MessageUnknown).
    pub async fn message(self, id: impl Into<String>) -> Result<Message> {
        let answer = self
            .caller
            .unary(v1::GetMessageRequest { id: id.into() }, |request| {
                let mut client = self.caller.settings();
                async move { client.get_message(request).await }
            })
            .await?;
        Message::promised(answer.message)
    }

    /// Lists the messages in the order of their ids, compared byte by byte; at most 500 a page.
    ///
    /// # Errors
    ///
    /// [`Reason::PageTokenMalformed`](crate::Reason::PageTokenMalformed).
    pub async fn messages(self, paging: Paging) -> Result<Page<Message>> {
        let (page_size, page_token) = paging.into_wire();
        let answer = self
            .caller
            .unary(v1::ListMessagesRequest { page_size, page_token }, |request| {
                let mut client = self.caller.settings();
                async move { client.list_messages(request).await }
            })
            .await?;
        let messages = answer.messages.into_iter().map(Message::from_wire).collect();
        Ok(Page::from_wire(messages, answer.next_page_token))
    }
}

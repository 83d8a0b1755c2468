//! Stores and reads the texts that people are shown.

use assent_proto::v1;

use super::Consents;
use crate::error::Result;
use crate::notice::{Notice, NoticeEntry, NoticeId};
use crate::page::{Page, Paging};

impl Consents<'_> {
    /// Stores a text of 1 to 65,536 bytes under the SHA-256 of its bytes. One that is stored already is answered as it is.
    ///
    /// # Errors
    ///
    /// None of its own.
    pub async fn put_notice(self, text: impl Into<String>) -> Result<Notice> {
        let answer = self
            .caller
            .unary(v1::PutNoticeRequest { text: text.into() }, |request| {
                let mut client = self.caller.consents();
                async move { client.put_notice(request).await }
            })
            .await?;
        Notice::from_wire(answer.notice)
    }

    /// Gives one text, byte for byte.
    ///
    /// # Errors
    ///
    /// [`Reason::NoticeUnknown`](crate::Reason::NoticeUnknown).
    pub async fn notice(self, id: NoticeId) -> Result<Notice> {
        let answer = self
            .caller
            .unary(v1::GetNoticeRequest { notice_id: id.into_wire() }, |request| {
                let mut client = self.caller.consents();
                async move { client.get_notice(request).await }
            })
            .await?;
        Notice::from_wire(answer.notice)
    }

    /// Lists the texts in the order of their ids, without the texts themselves; at most 1,000 a page.
    ///
    /// # Errors
    ///
    /// [`Reason::PageTokenMalformed`](crate::Reason::PageTokenMalformed).
    pub async fn notices(self, paging: Paging) -> Result<Page<NoticeEntry>> {
        let (page_size, page_token) = paging.into_wire();
        let answer = self
            .caller
            .unary(v1::ListNoticesRequest { page_size, page_token }, |request| {
                let mut client = self.caller.consents();
                async move { client.list_notices(request).await }
            })
            .await?;
        let notices = answer.notices.into_iter().map(NoticeEntry::from_wire).collect::<Result<_>>()?;
        Ok(Page::from_wire(notices, answer.next_page_token))
    }
}

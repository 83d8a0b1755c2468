//! Stores and reads what is declared of websites.

use assent_proto::v1;

use super::Settings;
use crate::error::Result;
use crate::page::{Page, Paging};
use crate::website::Website;

impl Settings<'_> {
    /// Stores a website, whole: what is absent is absent from then on.
    ///
    /// # Errors
    ///
    /// [`Reason::EtagMismatch`](crate::Reason::EtagMismatch).
    pub async fn put_website(self, website: Website) -> Result<Website> {
        let message = v1::PutWebsiteRequest { website: Some(website.into_wire()) };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.settings();
                async move { client.put_website(request).await }
            })
            .await?;
        Website::promised(answer.website)
    }

    /// Gives one website.
    ///
    /// # Errors
    ///
    /// [`Reason::WebsiteUnknown`](crate::Reason::WebsiteUnknown).
    pub async fn website(self, id: impl Into<String>) -> Result<Website> {
        let answer = self
            .caller
            .unary(v1::GetWebsiteRequest { id: id.into() }, |request| {
                let mut client = self.caller.settings();
                async move { client.get_website(request).await }
            })
            .await?;
        Website::promised(answer.website)
    }

    /// Lists the websites in the order of their ids, compared byte by byte; at most 500 a page.
    ///
    /// # Errors
    ///
    /// [`Reason::PageTokenMalformed`](crate::Reason::PageTokenMalformed).
    pub async fn websites(self, paging: Paging) -> Result<Page<Website>> {
        let (page_size, page_token) = paging.into_wire();
        let answer = self
            .caller
            .unary(v1::ListWebsitesRequest { page_size, page_token }, |request| {
                let mut client = self.caller.settings();
                async move { client.list_websites(request).await }
            })
            .await?;
        let websites = answer.websites.into_iter().map(Website::from_wire).collect();
        Ok(Page::from_wire(websites, answer.next_page_token))
    }
}

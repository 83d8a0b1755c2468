//! Stores and reads profile tables.

use assent_proto::v1;

use super::Settings;
use crate::error::Result;
use crate::page::{Page, Paging};
use crate::profile_table::ProfileTable;

impl Settings<'_> {
    /// Stores a profile table, whole: what is absent is absent from then on.
    ///
    /// # Errors
    ///
    /// [`Reason::EtagMismatch`](crate::Reason::EtagMismatch), [`Reason::PolicyUnknown`](crate::Reason::PolicyUnknown).
    pub async fn put_profile_table(self, table: ProfileTable) -> Result<ProfileTable> {
        let message = v1::PutProfileTableRequest { profile_table: Some(table.into_wire()) };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.settings();
                async move { client.put_profile_table(request).await }
            })
            .await?;
        ProfileTable::promised(answer.profile_table)
    }

    /// Gives one profile table.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown).
    pub async fn profile_table(self, id: impl Into<String>) -> Result<ProfileTable> {
        let answer = self
            .caller
            .unary(v1::GetProfileTableRequest { id: id.into() }, |request| {
                let mut client = self.caller.settings();
                async move { client.get_profile_table(request).await }
            })
            .await?;
        ProfileTable::promised(answer.profile_table)
    }

    /// Lists the profile tables in the order of their ids, compared byte by byte; at most 500 a page.
    ///
    /// # Errors
    ///
    /// [`Reason::PageTokenMalformed`](crate::Reason::PageTokenMalformed).
    pub async fn profile_tables(self, paging: Paging) -> Result<Page<ProfileTable>> {
        let (page_size, page_token) = paging.into_wire();
        let answer = self
            .caller
            .unary(v1::ListProfileTablesRequest { page_size, page_token }, |request| {
                let mut client = self.caller.settings();
                async move { client.list_profile_tables(request).await }
            })
            .await?;
        let tables = answer.profile_tables.into_iter().map(ProfileTable::from_wire).collect();
        Ok(Page::from_wire(tables, answer.next_page_token))
    }
}

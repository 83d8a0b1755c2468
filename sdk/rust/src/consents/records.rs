//! Reads one profile's history, and checks the whole ledger.

use assent_proto::v1;

use super::Consents;
use crate::error::Result;
use crate::ledger::{HistoryWalk, LedgerHead};
use crate::page::{Page, Paging};
use crate::profile;
use crate::record::ConsentRecord;

impl Consents<'_> {
    /// Lists one profile's history in the order it was recorded, with evidence and hashes; at most 200 records a page.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown),
    /// [`Reason::PageTokenMalformed`](crate::Reason::PageTokenMalformed).
    pub async fn records(
        self,
        table: impl Into<String>,
        profile: impl Into<String>,
        paging: Paging,
    ) -> Result<Page<ConsentRecord>> {
        let (page_size, page_token) = paging.into_wire();
        let message = v1::ListConsentRecordsRequest {
            profile_table: table.into(),
            profile: Some(profile::key(profile.into())),
            page_size,
            page_token,
        };

        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.consents();
                async move { client.list_consent_records(request).await }
            })
            .await?;

        let records = answer.records.into_iter().map(ConsentRecord::from_wire).collect::<Result<_>>()?;
        Ok(Page::from_wire(records, answer.next_page_token))
    }

    /// Walks the tenant's whole ledger from its first entry. With a head kept from an earlier walk it also shows a tail that
    /// was cut off since. A broken ledger is an answer, not an error. A walk that is interrupted begins again
    /// ([`HistoryWalk`]); one that is dropped ends at the service too.
    ///
    /// # Errors
    ///
    /// None of its own.
    pub async fn verify_history(self, known_head: Option<LedgerHead>) -> Result<HistoryWalk> {
        HistoryWalk::begin(self.caller.clone(), known_head).await
    }
}

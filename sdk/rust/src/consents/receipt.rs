//! Reads the receipt of a record.

use std::fmt;

use assent_proto::v1;

use super::Consents;
use crate::error::Result;
use crate::profile;

/// The receipt of one record, to be handed on as it is.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// What it is: `application/json`.
    pub media_type: String,
    /// A JSON object with the sections of ISO/IEC TS 27560. It names the person.
    pub content: String,
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receipt({} bytes)", self.content.len())
    }
}

impl Consents<'_> {
    /// Gives the receipt of one record of a person, in the form of ISO/IEC TS 27560.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown),
    /// [`Reason::ConsentRecordUnknown`](crate::Reason::ConsentRecordUnknown).
    pub async fn receipt(
        self,
        table: impl Into<String>,
        profile: impl Into<String>,
        record_id: impl Into<String>,
    ) -> Result<Receipt> {
        let message = v1::GetConsentReceiptRequest {
            profile_table: table.into(),
            profile: Some(profile::key(profile.into())),
            record_id: record_id.into(),
        };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.consents();
                async move { client.get_consent_receipt(request).await }
            })
            .await?;
        Ok(Receipt { media_type: answer.media_type, content: answer.receipt })
    }
}

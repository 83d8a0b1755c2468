//! Reads one profile's recorded interactions.

use assent_proto::v1;

use super::Interactions;
use crate::error::Result;
use crate::interaction::{LastDevice, RecordedInteraction};
use crate::page::{PageToken, Paging};
use crate::profile;

/// A page of one profile's activity.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Activity {
    /// What may be read now, the newest first. May be empty, also when there is more to read.
    pub interactions: Vec<RecordedInteraction>,
    /// The last device and user agent. Absent: none is known, or it may not be read now. Told on the first page alone.
    pub last_device: Option<LastDevice>,
    /// Where to go on: `Paging::after(token)`. Absent: this was the last page.
    pub next: Option<PageToken>,
}

impl Interactions<'_> {
    /// Shows one profile's recorded interactions, the newest first: of what was recorded, what may be read now. At most 500 a
    /// page.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown),
    /// [`Reason::PageTokenMalformed`](crate::Reason::PageTokenMalformed).
    pub async fn activity(
        self,
        table: impl Into<String>,
        profile: impl Into<String>,
        paging: Paging,
    ) -> Result<Activity> {
        let (page_size, page_token) = paging.into_wire();
        let message = v1::GetProfileActivityRequest {
            profile_table: table.into(),
            profile: Some(profile::key(profile.into())),
            page_size,
            page_token,
        };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.interactions();
                async move { client.get_profile_activity(request).await }
            })
            .await?;
        Ok(Activity {
            interactions: answer
                .interactions
                .into_iter()
                .map(RecordedInteraction::from_wire)
                .collect::<Result<_>>()?,
            last_device: answer.last_device.map(LastDevice::from_wire).transpose()?,
            next: answer.next_page_token.map(PageToken),
        })
    }
}

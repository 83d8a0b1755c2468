//! Who is inactive.

use assent_proto::v1;

use super::Audience;
use crate::error::Result;
use crate::page::{PageToken, Paging};
use crate::time::Day;
use crate::word::{Word, words};

words! {
    /// What the inactive are asked for.
    InactivityUse = v1::InactivityUse, "INACTIVITY_USE_" {
        /// To stop sending to them.
        Exclude,
        /// To send to them less often.
        ReduceFrequency,
        /// To reach them as such: always refused.
        Target,
    }
}

/// Asks for the inactive of one profile table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindInactive {
    table: String,
    since: Day,
    asked_for: InactivityUse,
    paging: Paging,
}

impl FindInactive {
    /// The first page of those of the table who are not known to have opened anything on or after that day, in the zone of the
    /// table's policy.
    #[must_use]
    pub fn of_table(id: impl Into<String>, since: Day, asked_for: InactivityUse) -> Self {
        Self { table: id.into(), since, asked_for, paging: Paging::first() }
    }

    /// Says which page; one has at most 1,000 profiles.
    #[must_use]
    pub fn page(mut self, paging: Paging) -> Self {
        self.paging = paging;
        self
    }
}

/// A page of the inactive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InactivePage {
    /// Profiles that are inactive now. May be empty, also when there is more to read.
    pub profiles: Vec<String>,
    /// How many of the people looked at for this page were left out because nothing can be told of their opens. Absent: fewer
    /// than 10.
    pub left_out: Option<u32>,
    /// Where to go on: `Paging::after(token)`. Absent: this was the last page.
    pub next: Option<PageToken>,
}

impl Audience<'_> {
    /// Lists the profiles that are inactive: not known to have opened anything since a day, although it could have been seen.
    /// Only for the uses that the law leaves. The day of an open is never told.
    ///
    /// # Errors
    ///
    /// [`Reason::UseNotPermitted`](crate::Reason::UseNotPermitted),
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown),
    /// [`Reason::PageTokenMalformed`](crate::Reason::PageTokenMalformed).
    pub async fn inactive(self, asked: FindInactive) -> Result<InactivePage> {
        let (page_size, page_token) = asked.paging.into_wire();
        let message = v1::FindInactiveRequest {
            profile_table: asked.table,
            inactive_since: Some(asked.since.into_wire()),
            r#use: asked.asked_for.to_wire(),
            page_size,
            page_token,
        };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.audience();
                async move { client.find_inactive(request).await }
            })
            .await?;
        Ok(InactivePage {
            profiles: answer.profiles.into_iter().map(|profile| profile.id).collect(),
            left_out: answer.left_out,
            next: answer.next_page_token.map(PageToken),
        })
    }
}

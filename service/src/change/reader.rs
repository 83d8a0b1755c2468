//! One who reads on through the changes: by pages, or as a stream.

use assent_domain::change::ChangeFilter;
use assent_proto::v1;

use super::end::End;
use super::page::Page;
use crate::caller::Call;
use crate::context::{Context, SharedContext};
use crate::failure::Outcome;
use crate::feed::looks::Look;
use crate::feed::news::Following;
use crate::feed::patience::Patience;
use crate::wire::from_wire;
use crate::wire::from_wire::cursor::{edge, fault, made_for};
use crate::wire::token::{FilterHash, ReadingPlace};

/// Where to begin.
pub(super) enum Position {
    /// On from a cursor.
    Cursor(String),
    /// At an edge, by its number in the contract.
    Edge(i32),
}

/// What a reader asks for.
pub(super) struct Asked<'a> {
    /// Where to begin; absent: not said.
    pub(super) position: Option<Position>,
    /// What it wants, as it was said.
    pub(super) filter: Option<&'a v1::ChangeFilter>,
    /// The most changes of a page; 0: not said.
    pub(super) size: u32,
    /// How many bytes its pages may have.
    pub(super) bytes: usize,
}

/// One who reads on.
pub(super) struct Reader {
    context: SharedContext,
    call: Call,
    filter: ChangeFilter,
    made_for: FilterHash,
    size: u32,
    bytes: usize,
    place: ReadingPlace,
    following: Following,
}

impl Reader {
    /// Begins where it was asked to. Hears of everything that is recorded from now on.
    ///
    /// # Errors
    /// When the position is none, or not one of this tenant and filter; what the store says.
    pub(super) async fn begin(context: &SharedContext, call: Call, asked: Asked<'_>) -> Outcome<Self> {
        let tenant = call.tenant();
        let filter = from_wire::change::filter(asked.filter).map_err(|misfit| misfit.at("filter"))?;
        let made_for = made_for(asked.filter);
        let following = context.news.follow(tenant);
        let place = match asked.position.ok_or_else(|| from_wire::Misfit::of("position").at(""))? {
            Position::Cursor(cursor) => {
                context.tokens.open_cursor(tenant, made_for, &cursor).map_err(fault)?
            }
            Position::Edge(number) => {
                let edge = edge(number).map_err(|misfit| misfit.at(""))?;
                let end = End::load(context, &call, made_for, Look::Alone).await?;
                end.edge(context, &call, edge).await?.into()
            }
        };
        let (size, bytes) = (asked.size, asked.bytes);
        Ok(Self {
            context: SharedContext::clone(context),
            call,
            filter,
            made_for,
            size,
            bytes,
            place,
            following,
        })
    }

    /// That its cursor was read from this ledger, and that a snapshot before it has shown nothing else; gives the end.
    ///
    /// # Errors
    /// As [`End::check`].
    pub(super) async fn check(&self) -> Outcome<End> {
        let end = End::load(&self.context, &self.call, self.made_for, Look::Alone).await?;
        end.check(&self.context, &self.call, &self.place.at).await?;
        self.check_shown(&end).await?;
        Ok(end)
    }

    async fn check_shown(&self, end: &End) -> Outcome<()> {
        match &self.place.shown {
            Some(shown) => end.check(&self.context, &self.call, shown).await,
            None => Ok(()),
        }
    }

    /// The next page, and the end as it was seen last. Waits for something to read as long as `patience` lasts.
    ///
    /// # Errors
    /// As [`End::check`]; what the store says.
    pub(super) async fn next(&mut self, patience: &Patience, mut look: Look) -> Outcome<(Page, End)> {
        let (context, call): (&Context, _) = (&self.context, &self.call);
        let mut page = Page::after(self.place.at, self.size, self.bytes);
        let end = loop {
            let last_look = patience.is_over(context);
            let end = End::load(context, call, self.made_for, look).await?;
            page.fill(context, call, &self.filter, &end, patience, look).await?;
            // After the read: what it read can then be of no other history than what was shown.
            self.check_shown(&end).await?;
            if last_look || !page.may_wait(&end) {
                break end;
            }
            patience.wait(context, &mut self.following).await;
            look = Look::Together;
        };
        self.place = self.place.read_up_to(page.cursor);
        Ok((page, end))
    }

    /// The last position that it has read.
    pub(super) const fn position(&self) -> u64 {
        self.place.at.position
    }

    /// The token of how far it has read.
    pub(super) fn cursor(&self) -> String {
        self.context.tokens.reading(self.call.tenant(), self.made_for, &self.place)
    }
}

//! One who reads on through the feed of interactions for some use: by pages, or as a stream.

use assent_domain::id::TenantId;
use assent_domain::interaction::InteractionFilter;
use assent_domain::verdict::Use;
use assent_proto::v1;

use super::end::End;
use super::page::Page;
use crate::context::{Context, SharedContext};
use crate::failure::Outcome;
use crate::feed::looks::Look;
use crate::feed::news::Following;
use crate::feed::patience::Patience;
use crate::wire::from_wire;
use crate::wire::from_wire::cursor::{edge, fault};
use crate::wire::token::{FilterHash, InteractionCursor};

/// Where to begin.
pub(super) enum Position {
    /// On from a cursor.
    Cursor(String),
    /// At an edge, by its number in the contract.
    Edge(i32),
}

/// What a reader asks for.
pub(super) struct Asked<'a> {
    /// For what.
    pub(super) asked_for: Use,
    /// Where to begin; absent: not said.
    pub(super) position: Option<Position>,
    /// What it wants, as it was said.
    pub(super) made_for: Option<&'a v1::InteractionFilter>,
    /// What it wants, as it was understood.
    pub(super) filter: InteractionFilter,
    /// The most interactions of a page; 0: not said.
    pub(super) size: u32,
}

/// One who reads on. A cursor says how far somebody read for a filter; for which use is no part of it.
pub(super) struct Reader {
    context: SharedContext,
    tenant: TenantId,
    asked_for: Use,
    filter: InteractionFilter,
    made_for: FilterHash,
    size: u32,
    cursor: InteractionCursor,
    following: Following,
}

impl Reader {
    /// Begins where it was asked to. Hears of everything that is recorded from now on.
    ///
    /// # Errors
    /// When the position is none, or not one of this tenant and filter; what the store says.
    pub(super) async fn begin(context: &SharedContext, tenant: &TenantId, asked: Asked<'_>) -> Outcome<Self> {
        let made_for = from_wire::interaction_filter::made_for(asked.made_for);
        let following = context.interaction_news.follow(tenant);
        let cursor = match asked.position.ok_or_else(|| from_wire::Misfit::of("position").at(""))? {
            Position::Cursor(cursor) => {
                context.tokens.open_interactions(tenant, made_for, &cursor).map_err(fault)?
            }
            Position::Edge(number) => {
                let edge = edge(number).map_err(|misfit| misfit.at(""))?;
                End::load(context, tenant, Look::Alone).await?.edge(context, tenant, edge).await?
            }
        };
        Ok(Self {
            context: SharedContext::clone(context),
            tenant: tenant.clone(),
            asked_for: asked.asked_for,
            filter: asked.filter,
            made_for,
            size: asked.size,
            cursor,
            following,
        })
    }

    /// That its cursor was read from this feed, and that what it reads next is still there.
    ///
    /// # Errors
    /// As [`End::check`].
    pub(super) async fn check(&self) -> Outcome<()> {
        let end = End::load(&self.context, &self.tenant, Look::Alone).await?;
        end.check(&self.context, &self.tenant, &self.cursor, self.made_for).await
    }

    /// The next page, and the end as it was seen last. Waits for something to show as long as `patience` lasts.
    ///
    /// # Errors
    /// As [`End::check`]; what the store says.
    pub(super) async fn next(&mut self, patience: &Patience, mut look: Look) -> Outcome<(Page, End)> {
        let (context, tenant): (&Context, _) = (&self.context, &self.tenant);
        let mut page = Page::after(self.asked_for, self.cursor, self.size, context.limits.message_out);
        let end = loop {
            let last_look = patience.is_over(context);
            let end = End::load(context, tenant, look).await?;
            let turn = look.turn(context).await;
            end.check(context, tenant, &page.cursor, self.made_for).await?;
            drop(turn);
            page.fill(context, tenant, &self.filter, &end, patience, look).await?;
            if last_look || !page.may_wait(&end) {
                break end;
            }
            patience.wait(context, &mut self.following).await;
            look = Look::Together;
        };
        self.cursor = page.cursor;
        Ok((page, end))
    }

    /// The token of how far it has read.
    pub(super) fn cursor(&self) -> String {
        self.context.tokens.interactions(&self.tenant, self.made_for, &self.cursor)
    }
}

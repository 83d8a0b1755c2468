//! ListWebsites: a page of websites in the order of their ids.

use assent_domain::id::WebsiteId;
use assent_proto::v1::{ListWebsitesRequest, ListWebsitesResponse};
use assent_store::DeclarationKind;

use super::declarations;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::stored::StoredWebsite;
use crate::wire::to_wire;

pub(super) async fn list_websites(
    context: &Context,
    call: Call,
    request: ListWebsitesRequest,
) -> Outcome<ListWebsitesResponse> {
    let asked = (request.page_size, request.page_token.as_deref());
    let (held, next_page_token) = declarations::list(context, &call, DeclarationKind::Website, asked).await?;

    let websites = held.into_iter().map(|(id, held)| {
        let id = WebsiteId::new(id).map_err(Failure::internal)?;
        let website = StoredWebsite::read(id, &held.stored.body).map_err(Failure::internal)?;
        Ok(to_wire::website::website(&website, &held.stored))
    });
    Ok(ListWebsitesResponse { websites: websites.collect::<Outcome<_>>()?, next_page_token })
}

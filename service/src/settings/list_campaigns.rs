//! ListCampaigns: a page of campaigns in the order of their ids.

use assent_domain::id::CampaignId;
use assent_proto::v1::{ListCampaignsRequest, ListCampaignsResponse};
use assent_store::DeclarationKind;

use super::declarations;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::stored::StoredCampaign;
use crate::wire::to_wire;

pub(super) async fn list_campaigns(
    context: &Context,
    call: Call,
    request: ListCampaignsRequest,
) -> Outcome<ListCampaignsResponse> {
    let asked = (request.page_size, request.page_token.as_deref());
    let (held, next_page_token) =
        declarations::list(context, &call, DeclarationKind::Campaign, asked).await?;

    let campaigns = held.into_iter().map(|(id, held)| {
        let id = CampaignId::new(id).map_err(Failure::internal)?;
        let campaign = StoredCampaign::read(id, &held.stored.body).map_err(Failure::internal)?;
        Ok(to_wire::campaign::campaign(&campaign, &held.stored))
    });
    Ok(ListCampaignsResponse { campaigns: campaigns.collect::<Outcome<_>>()?, next_page_token })
}

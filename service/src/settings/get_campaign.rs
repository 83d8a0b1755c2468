//! GetCampaign: gives one campaign.

use assent_domain::id::CampaignId;
use assent_proto::v1::{GetCampaignRequest, GetCampaignResponse};
use assent_store::DeclarationKind;

use super::declarations;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::stored::StoredCampaign;
use crate::wire::from_wire::Misfit;
use crate::wire::to_wire;

pub(super) async fn get_campaign(
    context: &Context,
    call: Call,
    request: GetCampaignRequest,
) -> Outcome<GetCampaignResponse> {
    let id = CampaignId::new(request.id).map_err(|_| Misfit::of("id").at(""))?;

    let held = declarations::get(context, &call, DeclarationKind::Campaign, id.as_str()).await?;
    let campaign = StoredCampaign::read(id, &held.stored.body).map_err(Failure::internal)?;

    Ok(GetCampaignResponse { campaign: Some(to_wire::campaign::campaign(&campaign, &held.stored)) })
}

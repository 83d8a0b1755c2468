//! PutCampaign: stores a campaign, against the version that the caller last read.

use assent_proto::v1::{PutCampaignRequest, PutCampaignResponse};
use assent_store::{Declaration, DeclarationKind};

use super::{declarations, opt_ins};
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::stored::StoredCampaign;
use crate::wire::{from_wire, to_wire};

pub(super) async fn put_campaign(
    context: &Context,
    call: Call,
    request: PutCampaignRequest,
) -> Outcome<PutCampaignResponse> {
    let sent = request.campaign.unwrap_or_default();
    opt_ins::are_said_once("campaign", &sent.opt_in_texts)?;
    let campaign = from_wire::campaign::campaign(&sent).map_err(|misfit| misfit.at("campaign"))?;
    opt_ins::are_stored(context, &call, "campaign", &campaign.opt_in_texts).await?;
    let body = StoredCampaign::write(&campaign).map_err(Failure::internal)?;

    let declaration = Declaration {
        kind: DeclarationKind::Campaign,
        id: campaign.id.as_str(),
        campaign: None,
        website: campaign.website.as_ref(),
        body: &body,
    };
    let put = declarations::put(context, &call, &declaration, sent.etag.as_deref()).await?;

    Ok(PutCampaignResponse { campaign: Some(to_wire::campaign::campaign(&campaign, &put.stored)) })
}

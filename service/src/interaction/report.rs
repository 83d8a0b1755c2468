//! GetCampaignReport: a campaign's figures, as they were counted when something was recorded.

use assent_domain::tally::Report;
use assent_proto::v1::{GetCampaignReportRequest, GetCampaignReportResponse};

use crate::caller::Call;
use crate::context::Context;
use crate::failure::Outcome;
use crate::wire::{from_wire, to_wire};

pub(super) async fn report(
    context: &Context,
    call: Call,
    request: GetCampaignReportRequest,
) -> Outcome<GetCampaignReportResponse> {
    let (campaign, days) = from_wire::report::wanted(&request)?;
    // Before the read: of a day that is closed by now, all is in it.
    let now = context.clock.now();

    let cells = context.store_for(&call).campaign_figures(call.tenant(), &campaign, days).await?;

    Ok(to_wire::report::report(&Report::of(&cells, days, now)))
}

//! GetConsentReceipt: the receipt of one record, in the form of ISO/IEC TS 27560.

use assent_proto::v1::{GetConsentReceiptRequest, GetConsentReceiptResponse};
use assent_store::ProfileKey;

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome, Thing};
use crate::receipt::{self, MEDIA_TYPE, Receipted};
use crate::rules::Rules;
use crate::settings::overrides;
use crate::wire::from_wire;

pub(super) async fn get_receipt(
    context: &Context,
    call: Call,
    request: GetConsentReceiptRequest,
) -> Outcome<GetConsentReceiptResponse> {
    let tenant = call.tenant();
    let table = from_wire::profile::table(&request.profile_table).map_err(|misfit| misfit.at(""))?;
    let id = from_wire::profile::profile(request.profile.as_ref()).map_err(|misfit| misfit.at(""))?;
    let record = from_wire::record::id(&request.record_id).map_err(|misfit| misfit.at(""))?;

    let rules = Rules::load(context, &call, &table).await?;
    // Everything acknowledged before this call has its number after this.
    context.sequencer.catch_up(tenant, context.clock.now()).await?;
    let (store, key) = (context.store_for(&call), ProfileKey { table, id });
    let stored = store.record(tenant, &key, record).await?;
    let stored = stored.ok_or(Failure::Unknown(Thing::ConsentRecord))?;
    let profile = store.load_profile(tenant, &key).await?;
    let mut policies = Vec::new();
    for named in &stored.held.record.policies {
        policies.extend(overrides::policy_of(context, &call, named).await?);
    }

    let known = profile.history_known(Some(stored.held.record.recorded_at)).facts();
    let receipted = Receipted {
        stored: &stored,
        jurisdiction: known.jurisdiction,
        controller: rules.table.controller.as_ref(),
        policies: &policies,
    };
    let receipt = receipt::write(&receipted).map_err(Failure::internal)?;
    let receipt = receipt.ok_or(Failure::Unknown(Thing::ConsentRecord))?;

    Ok(GetConsentReceiptResponse { media_type: MEDIA_TYPE.to_owned(), receipt })
}

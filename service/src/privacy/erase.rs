//! EraseProfile: takes away what names a person, and leaves what keeps them erased.

use assent_domain::command::Stamp;
use assent_domain::ledger::Salt;
use assent_proto::v1::{EraseProfileRequest, EraseProfileResponse};
use assent_store::{ErasureWrite, ProfileKey, StoreError};

use crate::caller::Call;
use crate::context::Context;
use crate::entropy::{bytes, record_id};
use crate::failure::{Failure, Outcome, Thing};
use crate::privacy::resume::write_down;
use crate::wire::{from_wire, to_wire};

pub(super) async fn erase(
    context: &Context,
    call: Call,
    request: EraseProfileRequest,
) -> Outcome<EraseProfileResponse> {
    let (tenant, now) = (call.tenant(), context.clock.now());
    let top = |misfit: from_wire::Misfit| misfit.at("");
    let person = ProfileKey {
        table: from_wire::profile::table(&request.profile_table).map_err(top)?,
        id: from_wire::profile::profile(request.profile.as_ref()).map_err(top)?,
    };
    let origin = from_wire::profile::origin(request.origin.as_deref()).map_err(top)?;

    let store = context.store_for(&call);
    store.profile_table(tenant, &person.table).await?.ok_or(Failure::Unknown(Thing::ProfileTable))?;

    // Loads, judges and saves in one transaction: what is erased is what is there under the lock.
    let entropy = context.entropy.as_ref();
    let write = ErasureWrite { tenant, person: &person, salt: Salt(bytes(entropy)), now };
    let erasure = store
        .erase_profile(&write, |profile| {
            let mut next_id = || record_id(now, entropy);
            profile.erase(&mut Stamp { now, origin: origin.as_ref(), next_id: &mut next_id })
        })
        .await?;
    context.news.tell(tenant);
    // Told as done only when it outlives this database. Who is told otherwise asks again, and moves the erasure.
    let tombstone = store.tombstone_of(tenant, &person).await?.ok_or(StoreError::Unavailable)?;
    write_down(context, tenant, tombstone).await?;

    Ok(EraseProfileResponse { erasure: Some(to_wire::erasure::erasure(&erasure)) })
}

//! GetProfileActivity: of what was recorded of a person, what may be read now, the newest first.

use assent_domain::id::InteractionId;
use assent_domain::time::Instant;
use assent_domain::verdict::{Unjudged, Use, judge_device};
use assent_proto::v1::{GetProfileActivityRequest, GetProfileActivityResponse};
use assent_store::{ActivityPlace, OnRecord, ProfileKey};

use super::case::Bench;
use crate::caller::Call;
use crate::context::Context;
use crate::declared::Declared;
use crate::failure::{Failure, Outcome};
use crate::page;
use crate::rules::Rules;
use crate::wire::token::List;
use crate::wire::{from_wire, to_wire};

const ACTIVITY: List = List("profile activity");

/// The most interactions of a page.
const PAGE_MAX: u32 = 500;

pub(super) async fn activity(
    context: &Context,
    call: Call,
    request: GetProfileActivityRequest,
) -> Outcome<GetProfileActivityResponse> {
    let (tenant, now) = (call.tenant(), context.clock.now());
    let top = |misfit: from_wire::Misfit| misfit.at("");
    let key = ProfileKey {
        table: from_wire::profile::table(&request.profile_table).map_err(top)?,
        id: from_wire::profile::profile(request.profile.as_ref()).map_err(top)?,
    };
    let of_this_person = context.tokens.filter(tenant, &[key.table.as_str(), key.id.as_str()]);
    let size = page::size(request.page_size, PAGE_MAX);
    let opened = request.page_token.as_deref().map(|token| {
        let place = context.tokens.open_page(tenant, ACTIVITY, of_this_person, token).ok()?;
        read_place(&place)
    });
    let after = opened.map(|after| after.ok_or(Failure::PageToken)).transpose()?;

    let store = context.store_for(&call);
    let rules = Rules::load(context, &call, &key.table).await?;
    let from = after.unwrap_or(ActivityPlace::NEWEST);
    let (mut page, named) = store.list_activity(tenant, &key, from, size.saturating_add(1)).await?;
    let next = page::cut(&mut page, size, |(place, _)| *place);
    let declared = Declared::read(&store.declarations(tenant, &named).await?)?;
    // The states last: what was acknowledged while the rows were read binds them too.
    let people = store.load_subjects(tenant, std::slice::from_ref(&key)).await?;
    let person = people.get(&key).ok_or_else(|| Failure::internal("a person was not loaded"))?;
    let device = if after.is_none() { store.last_device(tenant, &key).await? } else { None };

    let bench = Bench { asked_for: Use::Activity, rules: &rules, declared: &declared, now };
    let readable = |row: Unjudged<OnRecord>| bench.readable(row, person);
    let device = device.and_then(|device| {
        judge_device(device, |device| device.occurred_at, &bench.of_nothing_declared(person))
    });
    Ok(GetProfileActivityResponse {
        interactions: page
            .into_iter()
            .filter_map(|(_, row)| readable(row))
            .map(|row| to_wire::interaction::recorded(&row))
            .collect(),
        last_device: device.map(|device| to_wire::interaction::last_device(&device)),
        next_page_token: next
            .map(|place| context.tokens.page(tenant, ACTIVITY, of_this_person, &write_place(place))),
    })
}

fn write_place(place: ActivityPlace) -> Vec<u8> {
    [place.occurred_at.micros().to_be_bytes().as_slice(), place.id.0.as_slice()].concat()
}

fn read_place(bytes: &[u8]) -> Option<ActivityPlace> {
    let (at, id) = bytes.split_at_checked(8)?;
    let occurred_at = Instant::from_micros(i64::from_be_bytes(at.try_into().ok()?))?;
    Some(ActivityPlace { occurred_at, id: InteractionId(id.try_into().ok()?) })
}

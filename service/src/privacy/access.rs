//! AccessProfile: tells a person everything that is held about them, piece by piece.
//!
//! It tells what is stored, not what may be used: a person's own access is the one read that no verdict stands before. So what
//! a withdrawal took from every other read is told for as long as it is held: until housekeeping has deleted it.
//! It goes on only as long as somebody reads it.

use std::collections::BTreeSet;

use assent_domain::id::NoticeId;
use assent_domain::record::Body;
use assent_domain::scope::Series;
use assent_proto::v1::access_profile_response::Piece;
use assent_proto::v1::{self, AccessProfileRequest, AccessProfileResponse};
use assent_store::{ActivityPlace, ProfileKey};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use tracing::Instrument;

use crate::caller::Call;
use crate::context::{Context, SharedContext};
use crate::failure::{Failure, Outcome};
use crate::rules::Rules;
use crate::wire::status::status;
use crate::wire::{from_wire, to_wire};

/// How many records or interactions are read at once.
const PAGE: u32 = 200;

/// What a caller reads.
pub(super) type Pieces = ReceiverStream<Result<AccessProfileResponse, Status>>;

/// Who tells it. A reader that is gone is told nothing, and the work ends with it.
struct Teller(mpsc::Sender<Result<AccessProfileResponse, Status>>);

impl Teller {
    async fn tell(&self, piece: Piece) {
        // Nobody is there any more to be told: whoever does the work is stopped.
        let _ = self.0.send(Ok(AccessProfileResponse { piece: Some(piece) })).await;
    }
}

pub(super) async fn access(
    context: &SharedContext,
    call: Call,
    request: AccessProfileRequest,
) -> Outcome<Pieces> {
    let top = |misfit: from_wire::Misfit| misfit.at("");
    let person = ProfileKey {
        table: from_wire::profile::table(&request.profile_table).map_err(top)?,
        id: from_wire::profile::profile(request.profile.as_ref()).map_err(top)?,
    };
    let held = held(context, &call, &person).await?;

    let (teller, told) = mpsc::channel(1);
    let context = context.clone();
    let work = async move {
        let teller = Teller(teller);
        let ended = tokio::select! {
            ended = tell(&context, &call, &person, held, &teller) => ended,
            () = teller.0.closed() => return,
        };
        if let Err(failure) = ended {
            let _ = teller.0.send(Err(status(&failure, &call.id))).await;
        }
    };
    tokio::spawn(work.in_current_span());

    Ok(ReceiverStream::new(told))
}

/// The profile as it stands, its erasure included.
async fn held(context: &Context, call: &Call, person: &ProfileKey) -> Outcome<v1::HeldProfile> {
    let (tenant, store) = (call.tenant(), context.store_for(call));
    let rules = Rules::load(context, call, &person.table).await?;
    let profile = store.load_profile(tenant, person).await?;
    let erasure = store.erasure_of(tenant, person).await?;
    let facts = profile.history().facts();
    let standings = profile.standings(profile.now(context.clock.now()), None, rules.expires_after(facts));
    Ok(v1::HeldProfile {
        standings: Series::ALL
            .into_iter()
            .zip(&standings)
            .map(|(series, standing)| to_wire::standing::standing(series, standing))
            .collect(),
        facts: Some(to_wire::facts::known(facts)),
        profile_version: profile.version(),
        erasure: erasure.as_ref().map(to_wire::erasure::erasure),
    })
}

async fn tell(
    context: &Context,
    call: &Call,
    person: &ProfileKey,
    held: v1::HeldProfile,
    teller: &Teller,
) -> Outcome<()> {
    teller.tell(Piece::Profile(held)).await;
    let mut end = v1::AccessEnd::default();
    records(context, call, person, &mut end, teller).await?;
    interactions(context, call, person, &mut end, teller).await?;
    if let Some(device) = context.store_for(call).last_device(call.tenant(), person).await? {
        teller.tell(Piece::LastDevice(to_wire::interaction::last_device(&device.disclosed()))).await;
    }
    if let Some(day) = context.store_for(call).last_open(call.tenant(), person).await? {
        teller.tell(Piece::LastOpenDay(to_wire::time::day(day.disclosed()))).await;
    }
    teller.tell(Piece::End(end)).await;
    Ok(())
}

/// The records in their order, each text after the first record that names it.
async fn records(
    context: &Context,
    call: &Call,
    person: &ProfileKey,
    end: &mut v1::AccessEnd,
    teller: &Teller,
) -> Outcome<()> {
    let (tenant, store) = (call.tenant(), context.store_for(call));
    // Everything acknowledged before this call has its number after this.
    context.sequencer.catch_up(tenant, context.clock.now()).await?;
    let (mut after, mut told) = (0, BTreeSet::new());
    loop {
        let page = store.list_records(tenant, person, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.held.record.profile_version;
        for stored in &page {
            // One without a number was recorded while this was told.
            let Some(record) = to_wire::record::record(stored) else { return Ok(()) };
            teller.tell(Piece::Record(record)).await;
            end.records += 1;
            if let Some(id) = text_of(&stored.held.record.body).filter(|id| told.insert(*id)) {
                let text = store.notice(tenant, id).await?;
                let text = text.ok_or_else(|| Failure::internal("a record names a text that is gone"))?;
                teller.tell(Piece::Notice(to_wire::notice::text(text)?)).await;
                end.notices += 1;
            }
        }
    }
}

/// The text that a record names.
const fn text_of(body: &Body) -> Option<NoticeId> {
    match body {
        Body::Answer(given) => given.evidence.notice,
        Body::Notice(given) => given.text,
        Body::Request(made) => made.text,
        Body::Facts(_) | Body::Expiry(_) | Body::Erasure => None,
    }
}

/// The interactions and sends, the newest first.
async fn interactions(
    context: &Context,
    call: &Call,
    person: &ProfileKey,
    end: &mut v1::AccessEnd,
    teller: &Teller,
) -> Outcome<()> {
    let (tenant, store) = (call.tenant(), context.store_for(call));
    let mut after = ActivityPlace::NEWEST;
    loop {
        let (page, _) = store.list_activity(tenant, person, after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (_, row) in page {
            let recorded = to_wire::interaction::recorded(&row.disclosed().recorded);
            teller.tell(Piece::Interaction(recorded)).await;
            end.interactions += 1;
        }
    }
}

//! ImportConsents: a list of any length, chunk by chunk, on a lane of its own.
//!
//! A chunk is written in slices, each one short transaction that also moves the import on; so a stream that begins anew goes on
//! where the last slice was committed, whichever replica it meets. Deliberately not here: how a line is judged (as an item of
//! UpsertConsents is), and the statements.

mod chunk;
mod course;
mod report;
mod turns;

use assent_domain::id::ImportId;
use assent_proto::v1::{
    ImportConsentsRequest, ImportConsentsResponse, ImportHeader, import_consents_request,
};
use assent_store::Import;
use tracing::Instrument;

use crate::caller::Call;
use crate::context::SharedContext;
use crate::failure::{Failure, Outcome};
use crate::feed::outlet::{Outflow, outlet};
use crate::rules::Rules;
use crate::server::answer::{Broken, Inbound};
use crate::wire::from_wire;
use chunk::Ground;
use course::Course;

pub(in crate::consent) use turns::Turns;

/// The method, as the contract names it.
const METHOD: &str = "ImportConsents";

/// What a caller reads.
pub(super) type Acknowledgements = Outflow<ImportConsentsResponse>;

pub(super) async fn import(
    context: &SharedContext,
    turns: &Turns,
    call: Call,
    mut inbound: Inbound<ImportConsentsRequest>,
) -> Result<Acknowledgements, Broken> {
    let place = turns.enter()?;
    let header = match inbound.next().await?.and_then(|first| first.message) {
        Some(import_consents_request::Message::Header(header)) => header,
        _ => return Err(Failure::invalid("header", "must come first").into()),
    };
    let (id, ground) = read(&header)?;

    // Told as the call's own answer where it can be, and not after it began.
    Rules::load(context, &call, &ground.table).await?;
    let known = match header.dry_run {
        true => None,
        false => {
            let header_hash = context.requests.hash(call.tenant(), METHOD, &header);
            let import = Import { id: &id, header_hash };
            let store = context.store_for(&call);
            let progress = store.open_import(call.tenant(), &import, context.clock.now()).await;
            Some((header_hash, progress.map_err(Failure::from)?))
        }
    };
    let course = Course::new(context, turns.clone(), call.clone(), id, ground, known)?;

    let (outlet, outflow) = outlet();
    let work = async move {
        let ended = tokio::select! {
            ended = course.run(inbound, &outlet) => ended,
            () = outlet.gone() => return,
        };
        drop(place);
        outlet.conclude(ended, &call.id);
    };
    tokio::spawn(work.in_current_span());
    Ok(outflow)
}

fn read(header: &ImportHeader) -> Outcome<(ImportId, Ground)> {
    let top = |misfit: from_wire::Misfit| misfit.at("header");
    let missing = || top(from_wire::Misfit::of("source"));
    let ground = Ground {
        table: from_wire::profile::table(&header.profile_table).map_err(top)?,
        source: from_wire::import::source(header.source.as_ref().ok_or_else(missing)?),
        origin: from_wire::profile::origin(header.origin.as_deref()).map_err(top)?,
    };
    let id = ImportId::new(header.import_id.as_str());
    Ok((id.map_err(|_| top(from_wire::Misfit::of("import_id")))?, ground))
}

//! PutWebsite: stores a website, against the version that the caller last read.

use assent_proto::v1::{PutWebsiteRequest, PutWebsiteResponse};
use assent_store::{Declaration, DeclarationKind};

use super::{declarations, opt_ins};
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::stored::StoredWebsite;
use crate::wire::{from_wire, to_wire};

pub(super) async fn put_website(
    context: &Context,
    call: Call,
    request: PutWebsiteRequest,
) -> Outcome<PutWebsiteResponse> {
    let sent = request.website.unwrap_or_default();
    opt_ins::are_said_once("website", &sent.opt_in_texts)?;
    let website = from_wire::website::website(&sent).map_err(|misfit| misfit.at("website"))?;
    opt_ins::are_stored(context, &call, "website", &website.opt_in_texts).await?;
    let body = StoredWebsite::write(&website).map_err(Failure::internal)?;

    let declaration = Declaration {
        kind: DeclarationKind::Website,
        id: website.id.as_str(),
        campaign: None,
        website: None,
        body: &body,
    };
    let put = declarations::put(context, &call, &declaration, sent.etag.as_deref()).await?;

    Ok(PutWebsiteResponse { website: Some(to_wire::website::website(&website, &put.stored)) })
}

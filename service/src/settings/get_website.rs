//! GetWebsite: gives one website.

use assent_domain::id::WebsiteId;
use assent_proto::v1::{GetWebsiteRequest, GetWebsiteResponse};
use assent_store::DeclarationKind;

use super::declarations;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::stored::StoredWebsite;
use crate::wire::from_wire::Misfit;
use crate::wire::to_wire;

pub(super) async fn get_website(
    context: &Context,
    call: Call,
    request: GetWebsiteRequest,
) -> Outcome<GetWebsiteResponse> {
    let id = WebsiteId::new(request.id).map_err(|_| Misfit::of("id").at(""))?;

    let held = declarations::get(context, &call, DeclarationKind::Website, id.as_str()).await?;
    let website = StoredWebsite::read(id, &held.stored.body).map_err(Failure::internal)?;

    Ok(GetWebsiteResponse { website: Some(to_wire::website::website(&website, &held.stored)) })
}

//! DescribeOptIns: which boxes a form of a website or campaign must show, with the texts at hand.

use std::collections::BTreeSet;

use assent_domain::id::NoticeId;
use assent_domain::opt_in::Form;
use assent_proto::v1::{DescribeOptInsRequest, DescribeOptInsResponse};
use assent_store::Named;

use crate::caller::Call;
use crate::context::Context;
use crate::declared::Declared;
use crate::failure::Outcome;
use crate::rules::Rules;
use crate::wire::{from_wire, to_wire};

pub(super) async fn describe_opt_ins(
    context: &Context,
    call: Call,
    request: DescribeOptInsRequest,
) -> Outcome<DescribeOptInsResponse> {
    let asking = from_wire::opt_in::asking(&request).map_err(|misfit| misfit.at(""))?;
    let (website, campaign) = (asking.website.as_ref(), asking.campaign.as_ref());
    let named = Named {
        websites: website.cloned().into_iter().collect(),
        campaigns: campaign.cloned().into_iter().collect(),
        messages: BTreeSet::new(),
    };

    let (store, tenant) = (context.store_for(&call), call.tenant());
    let rules = Rules::load(context, &call, &asking.table).await?;
    let declared = Declared::read(&store.declarations(tenant, &named).await?)?;

    let around = declared.context(website, campaign, None);
    let policies = rules.policies_around(asking.facts, &around);
    let form = Form { table: &rules.table, around, policies, languages: &request.languages };
    let opt_ins = form.opt_ins(context.clock.now());

    let texts: BTreeSet<NoticeId> =
        opt_ins.boxes.iter().flat_map(|one| one.texts.iter().map(|found| found.text)).collect();
    let texts = store.notices(tenant, &texts).await?;

    to_wire::opt_in::described(&form, &opt_ins, &texts)
}

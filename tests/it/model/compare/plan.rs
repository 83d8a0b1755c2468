//! Planning a send on both sides.

use assent_proto::v1::plan_tracking_result;

use super::*;

impl Telling<'_> {
    pub(super) async fn plan(
        &mut self,
        message: usize,
        to: &[Recipient],
        record: bool,
    ) -> Result<(), Difference> {
        let request = self.names.plan(message, to, record);
        let told = self.client.interactions().plan_tracking(request).await.map_err(called)?;
        let expected: Vec<_> = to.iter().map(|to| self.model.plan(message, to, record, self.now)).collect();
        for ((to, told), expected) in to.iter().zip(told.into_inner().results).zip(expected) {
            let about = (message, to, record);
            let plan = match (told.result.expect("a result"), &expected) {
                (plan_tracking_result::Result::Error(_), None) => continue,
                (plan_tracking_result::Result::Plan(plan), Some(_)) => plan,
                (told, expected) => return same("plan", about, &told, expected, false),
            };
            let expected = expected.expect("a plan");
            let (pixel, links) = (plan.pixel.as_ref().expect("a pixel"), plan.links.as_ref().expect("links"));
            let modes = (pixel.mode(), links.mode(), plan.send());
            let wanted = (expected.pixel, expected.links, expected.send);
            same("modes", about, &modes, &wanted, modes == wanted)?;
            let id = |policy: &Option<v1::PolicyVersion>| {
                policy.as_ref().map(|policy| policy.id.clone()).unwrap_or_default()
            };
            let equal = is_named(&expected.of_pixel, pixel.reason(), &id(&pixel.policy))
                && is_named(&expected.of_links, links.reason(), &id(&links.policy));
            same("reasons", about, &plan, &expected, equal)?;
        }
        Ok(())
    }
}

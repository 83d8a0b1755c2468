//! Requests about tokens with nothing wrong in them.

use assent_proto::v1::{self, coverage::Tracking, create_tokens_item::Capability};
use assent_tests::app::{START, TestApp};
use assent_tests::{link, marks, story};

use super::valid::{Valid, valid};

/// Whom they speak of nobody else does.
pub(super) async fn requests(app: &TestApp, notice: &[u8]) -> Vec<Valid> {
    let scopes = vec![v1::Scope::EmailOpen.into(), v1::Scope::Device.into()];
    let some =
        Some(v1::Coverage { marketing: true, tracking: Some(Tracking::Scopes(v1::ScopeList { scopes })) });
    let expires_at = Some(story::timestamp(START + 1_000_000_000));
    let until = Capability::Preferences(v1::PreferencesToken { expires_at });
    let items = [
        link::withdrawing("holder", some.clone()),
        v1::CreateTokensItem { capability: Some(until), ..link::choosing("holder") },
    ];
    // Each in a call of its own: what is broken is broken in one item of a call.
    let each = |item: &v1::CreateTokensItem| {
        valid("ConsentService.CreateTokens", &link::making(vec![link::choosing("another"), item.clone()]))
    };
    let mut all: Vec<_> = items.iter().map(each).collect();
    let token = link::token(app.client(), link::choosing("holder")).await;
    all.push(valid("ConsentService.DescribeToken", &v1::DescribeTokenRequest { token: token.clone() }));
    let no = link::choice(v1::Answer::Object, some.clone(), notice);
    for said in [link::withdrawal(&token, some), link::choices(&token, vec![no])] {
        let said = v1::RedeemTokenRequest { origin: Some(marks::id("crm")), ..said };
        all.push(valid("ConsentService.RedeemToken", &said));
    }
    all
}

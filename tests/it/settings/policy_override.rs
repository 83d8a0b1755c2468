//! Overrides: they tighten and set switches, one to a policy, version after version.

use assent_proto::v1::{AnonymousMode, Basis, EarlierInteractions, EvidenceItem};
use assent_tests::{apply, every_app};
use tonic::Code;

use super::*;

#[apply(every_app)]
async fn an_override_reads_as_it_was_put_version_after_version(app: &TestApp) {
    let client = app.client();
    let sent = PolicyOverride {
        more_demands: vec![EvidenceItem::Method.into(), EvidenceItem::Actor.into()],
        refused_bases: vec![Basis::Assumed.into()],
        joint_allowed: Some(false),
        expires_after_days: Some(365),
        interactions_kept_days: Some(700),
        anonymous_mode: AnonymousMode::Off.into(),
        earlier_interactions: EarlierInteractions::Erase.into(),
        unanswered_denied: Some(true),
        ..override_of("ours", "legacy")
    };
    let first = put_override(client, sent.clone()).await.expect("an override is stored");
    assert_eq!((first.version, first.etag.is_some()), (1, true));
    let mut sorted = sent.clone();
    sorted.more_demands.reverse();
    assert_eq!(put_override(client, sorted).await.expect("the same in another order"), first);

    let tighter = PolicyOverride { expires_after_days: Some(30), etag: first.etag.clone(), ..sent.clone() };
    let second = put_override(client, tighter).await.expect("a second version");
    assert_eq!((second.version, second.expires_after_days), (2, Some(30)));
    let refused = put_override(client, PolicyOverride { etag: first.etag, ..sent }).await.expect_err("stale");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Aborted, "ETAG_MISMATCH"));

    let get = |id: &str| {
        let request = v1::GetPolicyOverrideRequest { id: id.to_owned() };
        let client = client.clone();
        async move { client.settings().get_policy_override(request).await }
    };
    let read = get("ours").await.expect("the override").into_inner().policy_override;
    assert_eq!(read, Some(second.clone()));
    let unknown = get("legacy").await.expect_err("built in, not an override");
    assert_eq!((unknown.code(), reason(&unknown).as_str()), (Code::NotFound, "POLICY_UNKNOWN"));

    put_override(client, override_of("also ours", "strict")).await.expect("an override is stored");
    let list = |page_token| v1::ListPolicyOverridesRequest { page_size: 1, page_token };
    let page = client.settings().list_policy_overrides(list(None)).await.expect("a page").into_inner();
    assert_eq!(page.policy_overrides[0].id, "also ours");
    let page = client.settings().list_policy_overrides(list(page.next_page_token)).await;
    let page = page.expect("the next page").into_inner();
    assert_eq!((page.policy_overrides, page.next_page_token), (vec![second], None));
}

#[apply(every_app)]
async fn what_loosens_is_refused_field_by_field(app: &TestApp) {
    let client = app.client();
    let loose = PolicyOverride {
        joint_allowed: Some(true),
        notice_alone_suffices: Some(true),
        anonymous_mode: AnonymousMode::SharedPixel.into(),
        earlier_interactions: EarlierInteractions::Keep.into(),
        interactions_kept_days: Some(762),
        unanswered_denied: Some(false),
        withdrawal_offer_demanded: Some(false),
        refused_bases: vec![Basis::Explicit.into(), Basis::Imported.into()],
        ..override_of("ours", "strict")
    };
    let refused = put_override(client, loose).await.expect_err("it loosens");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "POLICY_LOOSENED"));
    let expected = [
        "anonymous_mode",
        "earlier_interactions",
        "interactions_kept_days",
        "joint_allowed",
        "notice_alone_suffices",
        "refused_bases",
        "unanswered_denied",
        "withdrawal_offer_demanded",
    ];
    assert_eq!(fields(&refused), expected.map(|field| format!("policy_override.{field}")));
    let switched = PolicyOverride { joint_allowed: Some(true), ..override_of("ours", "fr-cnil-2026") };
    put_override(client, switched).await.expect("the policy has a switch for it");
}

#[apply(every_app)]
async fn a_policy_has_one_override_and_an_override_one_policy(app: &TestApp) {
    let client = app.client();
    let ours = put_override(client, override_of("ours", "strict")).await.expect("an override is stored");
    let overridden =
        [override_of("other", "strict"), PolicyOverride { etag: ours.etag, ..override_of("ours", "legacy") }];
    for asked in overridden {
        let refused = put_override(client, asked).await.expect_err("one to a policy");
        let told = (refused.code(), reason(&refused));
        assert_eq!(told, (Code::FailedPrecondition, "POLICY_OVERRIDDEN".to_owned()));
    }
    for base in ["gone", "ours"] {
        let refused = put_override(client, override_of("more", base)).await.expect_err("no built-in policy");
        let told = (refused.code(), reason(&refused));
        assert_eq!(told, (Code::FailedPrecondition, "POLICY_UNKNOWN".to_owned()));
    }
    let refused = put_override(client, override_of("legacy", "strict")).await.expect_err("a built-in id");
    assert_eq!(
        (refused.code(), fields(&refused)),
        (Code::InvalidArgument, vec!["policy_override.id".to_owned()])
    );
}

//! Policies as a tenant reads them, and an override that stands in for its policy.

use assent_proto::v1::Policy;
use assent_tests::{apply, every_app};
use tonic::Code;

use super::*;

async fn get(client: &Client, id: &str, version: Option<u32>) -> Result<Policy, Status> {
    let request = v1::GetPolicyRequest { id: id.to_owned(), version };
    let answer = client.settings().get_policy(request).await?.into_inner();
    Ok(answer.policy.expect("the policy"))
}

#[apply(every_app)]
async fn every_version_of_a_policy_stays_readable(app: &TestApp) {
    let client = app.client();
    let built_in = get(client, "it-garante-2026", None).await.expect("a built-in policy");
    assert_eq!((built_in.version, built_in.base.as_ref()), (1, None));
    assert_eq!(get(client, "it-garante-2026", Some(1)).await.expect("its only version"), built_in);

    let days =
        |days| PolicyOverride { expires_after_days: Some(days), ..override_of("ours", "it-garante-2026") };
    let first = put_override(client, days(90)).await.expect("an override is stored");
    let second = PolicyOverride { etag: first.etag, ..days(30) };
    put_override(client, second).await.expect("a second version");
    let expires = |policy: &Policy| policy.grant.as_ref().and_then(|grant| grant.expires_after_days);
    for (version, expected) in [(Some(1), 90), (Some(2), 30), (None, 30)] {
        let policy = get(client, "ours", version).await.expect("a version");
        assert_eq!((expires(&policy), policy.version), (Some(expected), version.unwrap_or(2)));
        let base = policy.base.expect("what it changes");
        assert_eq!((base.id.as_str(), base.version), ("it-garante-2026", 1));
        assert_eq!(policy.transition, built_in.transition);
    }
    for (id, version) in [("ours", Some(3)), ("it-garante-2026", Some(2)), ("gone", None), ("gone", Some(1))]
    {
        let unknown = get(client, id, version).await.expect_err("no such version");
        assert_eq!((unknown.code(), reason(&unknown).as_str()), (Code::NotFound, "POLICY_UNKNOWN"), "{id}");
    }
}

#[apply(every_app)]
async fn policies_in_force_are_listed_with_the_tenants_own(app: &TestApp) {
    let client = app.client();
    put_override(client, override_of("ours", "strict")).await.expect("an override is stored");
    let (mut listed, mut token) = (Vec::new(), None);
    loop {
        let request = v1::ListPoliciesRequest { page_size: 2, page_token: token };
        let page = client.settings().list_policies(request).await.expect("a page").into_inner();
        assert!(page.policies.len() <= 2);
        listed.extend(page.policies.into_iter().map(|policy| policy.id));
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(listed, ["fr-cnil-2026", "it-garante-2026", "legacy", "ours", "strict"]);
}

#[apply(every_app)]
async fn an_override_stands_in_for_its_policy_where_that_applies(app: &TestApp) {
    let client = app.client();
    put_table(client, table(&story::people())).await.expect("a table is stored");
    let decides = |client: Client| async move {
        let request = v1::GetConsentsRequest {
            profile_table: story::people(),
            profiles: story::person("anna").into_iter().collect(),
            ..v1::GetConsentsRequest::default()
        };
        let answer = client.consents().get_consents(request).await.expect("an answer").into_inner();
        let Some(v1::get_consents_result::Result::Consents(consents)) =
            answer.results.into_iter().next().and_then(|result| result.result)
        else {
            panic!("one person's consents")
        };
        let policy = consents.verdicts[0].policy.clone().expect("the policy that decided");
        (policy.id, policy.version)
    };
    assert_eq!(decides(client.clone()).await, ("strict".to_owned(), 1));
    put_override(client, override_of("ours", "strict")).await.expect("an override is stored");
    assert_eq!(decides(client.clone()).await, ("ours".to_owned(), 1));
}

//! Profile tables, overrides and policies of one tenant do not exist for another.

use super::*;

/// Two tables and two overrides, so that the lists have a second page.
async fn settled(app: &TestApp) -> (v1::ProfileTable, v1::PolicyOverride) {
    let mut client = app.client().settings();
    let mut last = None;
    for word in ["people", "shops"] {
        let put =
            v1::PutProfileTableRequest { profile_table: Some(story::profile_table(marks::id(word), OURS)) };
        last = client.put_profile_table(put).await.expect("a table is stored").into_inner().profile_table;
    }
    let mut made = None;
    for (id, base) in [("ours", "strict"), ("ours too", "legacy")] {
        let policy_override = v1::PolicyOverride {
            id: id.to_owned(),
            base_policy_id: base.to_owned(),
            expires_after_days: Some(77),
            ..v1::PolicyOverride::default()
        };
        let put = v1::PutPolicyOverrideRequest { policy_override: Some(policy_override) };
        made = client.put_policy_override(put).await.expect("an override").into_inner().policy_override;
    }
    (last.expect("the table"), made.expect("the override"))
}

#[apply(every_app)]
async fn what_a_tenant_set_up_is_there_for_nobody_else(app: &TestApp) {
    let (table, policy_override) = settled(app).await;
    let before = held(app).await;
    let them = outsider(app).await;
    let mut client = them.settings();

    let unknown =
        refused(client.get_profile_table(v1::GetProfileTableRequest { id: table.id.clone() }).await);
    assert_eq!(unknown, no(Code::NotFound, "PROFILE_TABLE_UNKNOWN"));
    let id = policy_override.id.clone();
    let unknown = refused(client.get_policy_override(v1::GetPolicyOverrideRequest { id: id.clone() }).await);
    assert_eq!(unknown, no(Code::NotFound, "POLICY_UNKNOWN"));
    for version in [None, Some(1)] {
        let unknown = refused(client.get_policy(v1::GetPolicyRequest { id: id.clone(), version }).await);
        assert_eq!(unknown, no(Code::NotFound, "POLICY_UNKNOWN"));
    }

    // What is there to be changed is not theirs; without an etag they make their own.
    let put = v1::PutProfileTableRequest { profile_table: Some(table.clone()) };
    assert_eq!(refused(client.put_profile_table(put).await), no(Code::Aborted, "ETAG_MISMATCH"));
    let put = v1::PutPolicyOverrideRequest { policy_override: Some(policy_override.clone()) };
    assert_eq!(refused(client.put_policy_override(put).await), no(Code::Aborted, "ETAG_MISMATCH"));
    let own = story::profile_table(table.id, "theirs");
    let put = v1::PutProfileTableRequest { profile_table: Some(own) };
    let own = client.put_profile_table(put).await.expect("their own table").into_inner().profile_table;
    assert_eq!(own.expect("their table").version, 1);
    let own = v1::PolicyOverride { etag: None, version: 0, recorded_at: None, ..policy_override };
    let put = v1::PutPolicyOverrideRequest { policy_override: Some(own) };
    let own = client.put_policy_override(put).await.expect("their own override").into_inner();
    assert_eq!(own.policy_override.expect("their override").version, 1);

    assert_eq!(held(app).await, before, "nothing of ours changed");
    let methods =
        ["GetProfileTable", "PutProfileTable", "GetPolicyOverride", "PutPolicyOverride", "GetPolicy"];
    kept_apart(app, "SettingsService", &methods);
}

#[apply(every_app)]
async fn a_tenants_lists_and_their_pages_are_its_own(app: &TestApp) {
    settled(app).await;
    let them = outsider(app).await;
    let (mut ours, mut client) = (app.client().settings(), them.settings());
    let malformed = no(Code::InvalidArgument, "PAGE_TOKEN_MALFORMED");

    let tables = |page_token| v1::ListProfileTablesRequest { page_size: 1, page_token };
    let page = ours.list_profile_tables(tables(None)).await.expect("a page").into_inner();
    assert!(page.next_page_token.is_some());
    assert_eq!(refused(client.list_profile_tables(tables(page.next_page_token)).await), malformed);
    let page = client.list_profile_tables(tables(None)).await.expect("a page").into_inner();
    assert_eq!((page.profile_tables, page.next_page_token), (Vec::new(), None));

    let overrides = |page_token| v1::ListPolicyOverridesRequest { page_size: 1, page_token };
    let page = ours.list_policy_overrides(overrides(None)).await.expect("a page").into_inner();
    assert!(page.next_page_token.is_some());
    assert_eq!(refused(client.list_policy_overrides(overrides(page.next_page_token)).await), malformed);
    let page = client.list_policy_overrides(overrides(None)).await.expect("a page").into_inner();
    assert_eq!((page.policy_overrides, page.next_page_token), (Vec::new(), None));

    let policies = |page_size, page_token| v1::ListPoliciesRequest { page_size, page_token };
    let page = ours.list_policies(policies(1, None)).await.expect("a page").into_inner();
    assert_eq!(refused(client.list_policies(policies(1, page.next_page_token)).await), malformed);
    let page = client.list_policies(policies(0, None)).await.expect("a page").into_inner();
    let ids: Vec<_> = page.policies.iter().map(|policy| policy.id.as_str()).collect();
    assert_eq!(ids, ["fr-cnil-2026", "it-garante-2026", "legacy", "strict"]);

    kept_apart(app, "SettingsService", &["ListProfileTables", "ListPolicyOverrides", "ListPolicies"]);
}

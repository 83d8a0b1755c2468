//! Settings, notices and keys: versions, etags and what is never changed.

use assent_domain::id::{PolicyId, TableId, TenantId};
use assent_store::{ApiKey, StoreError};
use assent_tests::{apply, every_engine};

use super::people::{at, home, tenant};

#[apply(every_engine)]
async fn a_table_is_changed_only_by_who_read_its_last_version(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    let (tenant, id) = (tenant(), TableId::new("contacts").unwrap());
    let first = store.put_profile_table(&tenant, &id, "one", None, at(1)).await.unwrap();
    assert_eq!((first.version, first.recorded_at), (1, at(1)));
    let made_again = store.put_profile_table(&tenant, &id, "two", None, at(2)).await;
    assert_eq!(made_again, Err(StoreError::Conflict));
    let second = store.put_profile_table(&tenant, &id, "two", Some(1), at(3)).await.unwrap();
    assert_eq!(second.version, 2);
    assert_eq!(
        store.put_profile_table(&tenant, &id, "three", Some(1), at(4)).await,
        Err(StoreError::Conflict)
    );
    let sent_twice = store.put_profile_table(&tenant, &id, "two", Some(1), at(5)).await;
    assert_eq!(sent_twice, Ok(second.clone()), "what is stored already stays as it is");
    assert_eq!(store.profile_table(&tenant, &id).await, Ok(Some(second)));
}

#[apply(every_engine)]
async fn of_many_changes_against_one_version_one_succeeds(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    let id = TableId::new("contacts").unwrap();
    store.put_profile_table(&tenant(), &id, "one", None, at(1)).await.unwrap();
    let calls = (0..8).map(|number| {
        let (store, id) = (store.clone(), id.clone());
        tokio::spawn(async move {
            store.put_profile_table(&tenant(), &id, &format!("body {number}"), Some(1), at(2)).await.is_ok()
        })
    });
    let mut succeeded = 0;
    for call in calls.collect::<Vec<_>>() {
        succeeded += usize::from(call.await.unwrap());
    }
    assert_eq!(succeeded, 1);
}

#[apply(every_engine)]
async fn tables_are_listed_in_the_order_of_their_bytes(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    for id in ["b", "é", "a", "B"] {
        store.put_profile_table(&tenant(), &TableId::new(id).unwrap(), id, None, at(1)).await.unwrap();
    }
    let all = store.list_profile_tables(&tenant(), None, 10).await.unwrap();
    assert_eq!(all.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["B", "a", "b", "é"]);
    let page = store.list_profile_tables(&tenant(), Some(&TableId::new("a").unwrap()), 1).await.unwrap();
    assert_eq!(page[0].0.as_str(), "b");
}

#[apply(every_engine)]
async fn an_override_gains_versions_and_keeps_the_old_ones(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    let [id, base] = ["our-fr", "fr-cnil-2026"].map(|id| PolicyId::new(id).unwrap());
    let tenant = tenant();
    store.put_policy_override(&tenant, &id, &base, "one", None, at(1)).await.unwrap();
    assert_eq!(
        store.put_policy_override(&tenant, &id, &base, "two", None, at(2)).await,
        Err(StoreError::Conflict)
    );
    let second = store.put_policy_override(&tenant, &id, &base, "two", Some(1), at(2)).await.unwrap();
    let newest = store.policy_overrides(&tenant).await.unwrap();
    assert_eq!((newest.len(), &newest[0].stored), (1, &second));
    let old = store.policy_override(&tenant, &id, 1).await.unwrap().unwrap();
    assert_eq!((old.version, old.body.as_str(), old.recorded_at), (1, "one", at(1)));
}

#[apply(every_engine)]
async fn of_many_overrides_of_one_policy_one_is_stored(engine: Engine) {
    let home = home(engine).await;
    let calls = (0..8).map(|number| {
        let store = home.store.clone();
        tokio::spawn(async move {
            let [id, base] =
                [format!("ours-{number}"), "strict".to_owned()].map(|id| PolicyId::new(id).unwrap());
            store.put_policy_override(&tenant(), &id, &base, "one", None, at(1)).await
        })
    });
    let mut stored = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        stored.push(call.await.unwrap());
    }
    assert_eq!(stored.iter().filter(|put| put.is_ok()).count(), 1);
    assert!(stored.iter().all(|put| matches!(put, Ok(_) | Err(StoreError::Conflict))), "{stored:?}");
    assert_eq!(home.store.policy_overrides(&tenant()).await.unwrap().len(), 1);
}

#[apply(every_engine)]
async fn a_notice_is_stored_once_and_read_byte_for_byte(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    let text = "J\u{2019}accepte\r\n\0".as_bytes();
    let first = store.put_notice(&tenant(), text, at(1)).await.unwrap();
    let again = store.put_notice(&tenant(), text, at(2)).await.unwrap();
    assert_eq!(first, again);
    assert_eq!((first.content.as_slice(), first.recorded_at), (text, at(1)));
    assert_eq!(store.notice(&tenant(), first.id).await, Ok(Some(first.clone())));
    let other = store.put_notice(&tenant(), b"x", at(3)).await.unwrap();
    let mut ids = [first.id, other.id];
    ids.sort_unstable();
    let all = store.list_notices(&tenant(), None, 10).await.unwrap();
    assert_eq!(all.iter().map(|entry| entry.id).collect::<Vec<_>>(), ids);
    assert_eq!(store.list_notices(&tenant(), Some(ids[0]), 10).await.unwrap(), all[1..]);
    assert_eq!(all.iter().find(|entry| entry.id == first.id).map(|entry| entry.size_bytes), Some(14));
}

#[apply(every_engine)]
async fn a_revoked_key_is_found_and_known_to_be_revoked(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    assert_eq!(store.has_api_keys().await, Ok(false));
    let key = ApiKey {
        tenant: tenant(),
        id: "k1".into(),
        secret_hash: vec![1; 32],
        roles: "consent,read".into(),
        label: "import".into(),
        created_at: at(1),
        revoked_at: None,
    };
    store.make_api_key(&key).await.unwrap();
    assert_eq!(store.make_api_key(&key).await, Err(StoreError::Conflict));
    assert_eq!(store.api_key(&tenant(), "k1").await, Ok(Some(key.clone())));
    let elsewhere = TenantId::new("tenant-b").unwrap();
    assert_eq!(store.api_key(&elsewhere, "k1").await, Ok(None));
    assert_eq!(store.revoke_api_key(&tenant(), "k1", at(5)).await, Ok(true));
    assert_eq!(store.revoke_api_key(&tenant(), "k1", at(6)).await, Ok(false));
    let revoked = ApiKey { revoked_at: Some(at(5)), ..key };
    assert_eq!(store.list_api_keys(None).await, Ok(vec![revoked]));
}

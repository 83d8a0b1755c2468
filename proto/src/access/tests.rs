use super::*;

#[test]
fn every_method_of_the_contract_says_who_may_call_it() {
    let stated = method_access().unwrap();
    let methods = descriptor_pool().unwrap();
    let methods = methods.services().filter(|service| service.package_name() == PACKAGE);
    assert_eq!(stated.len(), methods.map(|service| service.methods().len()).sum::<usize>());
    assert_eq!(stated.len(), 48);
    let one = |roles: &[Role]| Some(Access::AnyOf(roles.iter().copied().collect()));
    let of = |path: &str| stated.get(path).cloned();
    assert_eq!(of("/assent.v1.ConsentService/UpsertConsents"), one(&[Role::Consent]));
    assert_eq!(of("/assent.v1.ConsentService/GetConsents"), one(&[Role::Read, Role::Consent]));
    assert_eq!(of("/assent.v1.InteractionService/RecordInteractions"), one(&[Role::Record]));
    assert_eq!(of("/assent.v1.InteractionService/PlanTracking"), one(&[Role::Plan]));
    assert_eq!(of("/assent.v1.SettingsService/PutProfileTable"), one(&[Role::Settings]));
    assert_eq!(of("/assent.v1.SettingsService/PutMessage"), one(&[Role::Settings]));
    assert_eq!(of("/assent.v1.PrivacyService/EraseProfile"), one(&[Role::Privacy]));
    assert_eq!(of("/assent.v1.ConsentService/CreateTokens"), one(&[Role::Plan, Role::Consent]));
    assert_eq!(of("/assent.v1.ConsentService/DescribeToken"), one(&[Role::Consent, Role::Read]));
    assert_eq!(of("/assent.v1.ConsentService/RedeemToken"), one(&[Role::Consent]));
    assert_eq!(of("/assent.v1.ConsentService/ImportConsents"), one(&[Role::Consent]));
    assert_eq!(of("/assent.v1.ConsentService/DescribeOptIns"), one(&[Role::Read, Role::Consent]));
    assert_eq!(of("/assent.v1.ConsentService/CheckAskable"), one(&[Role::Read, Role::Consent]));
    assert_eq!(of("/assent.v1.ConsentService/GetConsentReceipt"), one(&[Role::Read, Role::Privacy]));
    let readers = [Role::Settings, Role::Read, Role::Plan];
    assert_eq!(of("/assent.v1.SettingsService/GetMessage"), one(&readers));
    assert!(!stated.values().any(|access| *access == Access::Public));
}

#[test]
fn methods_that_say_nothing_are_all_named() {
    let mut files = descriptor_pool().unwrap().file_descriptor_protos().cloned().collect::<Vec<_>>();
    // The generated types know no extensions: a round trip through them loses every option.
    let stripped = prost_types::FileDescriptorSet { file: std::mem::take(&mut files) };
    let bytes = prost::Message::encode_to_vec(&stripped);
    let pool = DescriptorPool::decode(bytes.as_slice()).unwrap();
    let Err(MissingAccess::Methods(missing)) = stated_in(&pool) else { panic!("options were kept") };
    assert_eq!(missing.len(), 48);
    assert!(missing.contains(&"/assent.v1.ConsentService/VerifyHistory".to_owned()));
}

#[test]
fn an_access_is_public_or_names_a_role() {
    let cases = [
        ("", None),
        ("option (access) = {};", None),
        ("option (access) = {roles: ROLE_UNSPECIFIED};", None),
        ("option (access) = {public: true};", Some(Access::Public)),
        ("option (access) = {roles: ROLE_READ};", Some(Access::AnyOf([Role::Read].into()))),
    ];
    for (option, access) in cases {
        let source = format!(
            "syntax = \"proto3\"; package assent.v1; import \"assent/v1/options.proto\"; message M {{}}\n\
             service S {{ rpc Call(M) returns (M) {{ {option} }} }}"
        );
        let pool = crate::tests::compiled(&source);
        match access {
            None => {
                let missing = MissingAccess::Methods(vec!["/assent.v1.S/Call".into()]);
                assert_eq!(stated_in(&pool), Err(missing), "{option}");
            }
            Some(access) => {
                assert_eq!(stated_in(&pool), Ok([("/assent.v1.S/Call".into(), access)].into()), "{option}");
            }
        }
    }
}

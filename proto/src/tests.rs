//! What holds of the contract as a whole.

use std::collections::BTreeSet;

use prost_reflect::{DescriptorPool, Kind};
use protox::Compiler;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};

use crate::access::descriptor_pool;

/// The options as they are, and one more file.
struct Files(String);

impl FileResolver for Files {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match name {
            "assent/v1/options.proto" => File::from_source(name, include_str!("../assent/v1/options.proto")),
            "test.proto" => File::from_source(name, &self.0),
            _ => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// The descriptors of a contract of one file, which may use the options.
pub(crate) fn compiled(source: &str) -> DescriptorPool {
    let mut files = ChainFileResolver::new();
    files.add(GoogleFileResolver::new());
    files.add(Files(source.to_owned()));
    let mut compiler = Compiler::with_file_resolver(files);
    compiler.include_imports(true).open_file("test.proto").unwrap();
    compiler.descriptor_pool()
}

fn ours() -> DescriptorPool {
    descriptor_pool().unwrap()
}

#[test]
fn the_descriptors_hold_every_service_and_the_details_of_errors() {
    let pool = ours();
    let services: BTreeSet<String> = pool.services().map(|service| service.full_name().to_owned()).collect();
    let served = [
        "AudienceService",
        "ConsentChangeService",
        "ConsentService",
        "InteractionService",
        "PrivacyService",
        "SettingsService",
        "WaitBlockService",
    ];
    assert_eq!(services, served.map(|name| format!("assent.v1.{name}")).into());
    for message in ["google.rpc.Status", "google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.type.Date"]
    {
        assert!(pool.get_message_by_name(message).is_some(), "{message}");
    }
}

#[test]
fn the_descriptors_keep_their_comments() {
    let file = ours().get_file_by_name("assent/v1/consent_service.proto").unwrap();
    let comments = file.file_descriptor_proto().source_code_info.clone().unwrap();
    assert!(comments.location.iter().any(|place| place.leading_comments().contains("UpsertConsents")));
}

#[test]
fn every_enum_begins_with_unspecified() {
    for kind in ours().all_enums().filter(|kind| kind.package_name() == "assent.v1") {
        let zero = kind.get_value(0).unwrap();
        assert!(zero.name().ends_with("_UNSPECIFIED"), "{}", zero.full_name());
    }
}

/// A plain bool reads the same whether it was left out or false. Where "unchanged" or "not said" is a third answer the
/// field must be `optional`, so whoever adds a plain one to a request states here that there is none.
#[test]
fn a_plain_bool_of_a_request_has_no_third_answer() {
    let two_answers = [
        "assent.v1.Coverage.marketing",
        "assent.v1.ImportHeader.dry_run",
        "assent.v1.Interaction.automated",
        "assent.v1.UpsertConsentsRequest.validate_only",
        "assent.v1.UpsertProfilesRequest.validate_only",
    ];
    let pool = ours();
    let reachable = crate::generator::reachable(&pool, "assent.v1");
    let plain: BTreeSet<String> = reachable
        .iter()
        .flat_map(|message| message.fields().collect::<Vec<_>>())
        .filter(|field| field.kind() == Kind::Bool && !field.supports_presence())
        .map(|field| field.full_name().to_owned())
        .collect();
    assert_eq!(plain, two_answers.map(str::to_owned).into());
}

#[test]
fn every_mutation_that_is_not_idempotent_by_nature_has_a_request_id() {
    for name in ["UpsertConsentsRequest", "UpsertProfilesRequest", "SendRecording", "RedeemTokenRequest"] {
        let message = ours().get_message_by_name(&format!("assent.v1.{name}")).unwrap();
        assert!(message.get_field_by_name("request_id").is_some(), "{name}");
    }
}

//! SettingsService from outside: profile tables, overrides and policies.

use assent_proto::v1::{self, PolicyOverride, ProfileTable};
use assent_tests::client::Client;
use assent_tests::story;
use tonic::Status;
use tonic_types::StatusExt;

mod campaign;
mod message;
mod policy;
mod policy_override;
mod profile_table;
mod sdk;
mod unreadable;
mod website;

fn reason(status: &Status) -> String {
    status.get_details_error_info().expect("an error has a reason").reason
}

/// The paths of all wrong fields, sorted.
fn fields(status: &Status) -> Vec<String> {
    let wrong = status.get_details_bad_request().expect("the wrong fields").field_violations;
    let mut paths: Vec<_> = wrong.into_iter().map(|wrong| wrong.field).collect();
    paths.sort_unstable();
    paths
}

async fn put_table(client: &Client, table: ProfileTable) -> Result<ProfileTable, Status> {
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    let answer = client.settings().put_profile_table(put).await?.into_inner();
    Ok(answer.profile_table.expect("the table as it is stored"))
}

async fn put_override(client: &Client, asked: PolicyOverride) -> Result<PolicyOverride, Status> {
    let put = v1::PutPolicyOverrideRequest { policy_override: Some(asked) };
    let answer = client.settings().put_policy_override(put).await?.into_inner();
    Ok(answer.policy_override.expect("the override as it is stored"))
}

/// An override of a policy that changes nothing yet.
fn override_of(id: &str, base: &str) -> PolicyOverride {
    PolicyOverride { id: id.to_owned(), base_policy_id: base.to_owned(), ..PolicyOverride::default() }
}

fn table(id: &str) -> ProfileTable {
    story::profile_table(id.to_owned(), "ours")
}

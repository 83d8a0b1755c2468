//! Two tenants, the same ids: what another tenant is told, and what becomes of it, who names everything of ours by its
//! id, etag, cursor, token or hash. Each call of the contract is made here as that tenant, and noted in the matrix.

use assent_proto::v1::{
    self, Answer, ConsentRecord, GetConsentsRequest, ListConsentRecordsRequest, ListNoticesRequest, State,
    get_consents_result, get_cursor_request::Start, verify_history_response::Event as Walked,
};
use assent_tests::app::TestApp;
use assent_tests::client::Client;
use assent_tests::dump;
use assent_tests::matrix::{self, Case};
use assent_tests::{apply, every_app, marks, story};
use tonic::{Code, Status};
use tonic_types::StatusExt;

mod audience;
mod consents;
mod declared;
mod interactions;
mod privacy;
mod settings;
mod tokens;
mod wait_blocks;

/// What stands in our texts alone: no answer to the other tenant may hold it.
const OURS: &str = "mrkq7x-ours-alone";

/// The other tenant: it has every role and nothing else, until it makes something of its own.
async fn outsider(app: &TestApp) -> Client {
    let key = app.key(&marks::id("outside"), "record,plan,consent,read,settings,privacy").await;
    Client::new(app.client().channel(), app.engine(), Some(&key), Some(OURS))
}

/// All that the database holds of us.
async fn held(app: &TestApp) -> dump::Dump {
    story::number_everything(app.client()).await;
    dump::of_tenant(&mut app.look().await, &app.ours().id).await
}

/// Notes that the call told the other tenant nothing of ours; whoever calls this has looked.
fn kept_apart(app: &TestApp, service: &str, methods: &[&str]) {
    for method in methods {
        matrix::note(&format!("assent.v1.{service}/{method}"), app.engine(), Case::Foreign);
    }
}

/// The code and reason of a call that must fail.
fn refused<T>(answer: Result<tonic::Response<T>, Status>) -> (Code, String) {
    let Err(status) = answer else { panic!("the call had an answer") };
    (status.code(), status.get_details_error_info().expect("every error has a reason").reason)
}

fn no(code: Code, reason: &str) -> (Code, String) {
    (code, reason.to_owned())
}

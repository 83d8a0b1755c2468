//! Who calls: no key, an unknown one, and each role at each method.

use assent_proto::access::{Access, method_access};
use assent_proto::v1::Role;
use assent_tests::client::Client;
use assent_tests::{apply, every_app, marks};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use tonic::body::Body;
use tower::Service;

use super::*;

/// Calls a method with an empty message; gives how the call ended.
async fn call(client: &Client, path: &str) -> Status {
    let empty = Body::new(Full::new(Bytes::from_static(&[0; 5])));
    let request = Request::post(format!("http://service{path}"))
        .version(http::Version::HTTP_2)
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(empty)
        .expect("a request");
    let (parts, body) = client.once().call(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("a whole answer");
    let said =
        body.trailers().and_then(Status::from_header_map).or_else(|| Status::from_header_map(&parts.headers));
    said.expect("an answer says how the call ended")
}

#[apply(every_app)]
async fn without_a_known_key_no_call_is_answered(app: &TestApp) {
    let revoked = app.ours().key.replace("assent_", "assent_00");
    for path in method_access().expect("every method names its roles").keys() {
        let nobody = call(&app.client().with_key(None), path).await;
        failed::<()>(Err(nobody), Code::Unauthenticated, "CREDENTIAL_MISSING");
        for unknown in ["nonsense", &revoked] {
            let stranger = call(&app.client().with_key(Some(unknown)), path).await;
            failed::<()>(Err(stranger), Code::Unauthenticated, "CREDENTIAL_UNKNOWN");
        }
    }
}

#[apply(every_app)]
async fn each_role_opens_the_methods_that_name_it_and_no_others(app: &TestApp) {
    let methods = method_access().expect("every method names its roles");
    for (role, word) in [
        (Role::Record, "record"),
        (Role::Plan, "plan"),
        (Role::Consent, "consent"),
        (Role::Read, "read"),
        (Role::Settings, "settings"),
        (Role::Privacy, "privacy"),
    ] {
        let key = app.key(&app.ours().id, word).await;
        let client = app.client().with_key(Some(&key));
        for (path, access) in &methods {
            let Access::AnyOf(roles) = access else { panic!("{path} is open to all") };
            let status = call(&client, path).await;
            if roles.contains(&role) {
                assert_ne!(status.code(), Code::PermissionDenied, "{word} may call {path}");
                assert_ne!(status.code(), Code::Unauthenticated, "{word} may call {path}");
                continue;
            }
            let details = failed::<()>(Err(status), Code::PermissionDenied, "ROLE_MISSING");
            let facts = &details.error_info().expect("a reason").metadata;
            assert_eq!(facts["method"], path.trim_start_matches('/'));
            assert_eq!(facts["roles"].split(',').count(), roles.len(), "{path}: {facts:?}");
            assert!(!facts["roles"].split(',').any(|may| may == word), "{path}: {facts:?}");
        }
    }
    // A key opens its own tenant alone, whatever its role.
    let none = app.key(&marks::id("nobody"), "read").await;
    let get = v1::GetProfileTableRequest { id: story::people() };
    let answer = app.client().with_key(Some(&none)).settings().get_profile_table(get).await;
    failed(answer, Code::NotFound, "PROFILE_TABLE_UNKNOWN");
}

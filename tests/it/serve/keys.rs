//! `assent keys`, before and beside a running service.

use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient as Client;
use assent_proto::v1::{CursorEdge, GetCursorRequest, get_cursor_request};
use assent_tests::app::environment;
use assent_tests::engine::{Engine, fresh, run};
use assent_tests::process::{self, Process};
use tonic::{Code, Request};

use super::told;

/// Runs `assent keys …` on a database and gives what it wrote.
pub(crate) fn keys(url: &str, arguments: &[&str]) -> Result<String, String> {
    let environment = environment(url, &[]);
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = process::run(&[&["keys"], arguments].concat(), &environment);
    if done.status.success() {
        Ok(String::from_utf8(done.stdout).expect("plain text").trim().to_owned())
    } else {
        Err(told(&done))
    }
}

/// The code that a reading call gets with that key.
async fn code(address: &str, key: &str) -> Code {
    let mut client = Client::connect(format!("http://{address}")).await.expect("a connection");
    let start = Some(get_cursor_request::Start::Edge(CursorEdge::Latest.into()));
    let mut request = Request::new(GetCursorRequest { start, filter: None });
    request.metadata_mut().insert("authorization", format!("Bearer {key}").parse().expect("a header"));
    client.get_cursor(request).await.map_or_else(|status| status.code(), |_| Code::Ok)
}

#[test]
fn keys_work_beside_a_running_service() {
    for engine in Engine::ALL {
        let database = run(fresh(engine));
        let url = database.url();
        let mut serving = Process::serve(&database, &[]);
        let address = serving.address();

        let reader =
            keys(url, &["make", "--tenant", "a", "--roles", "read", "--label", "night job"]).expect("a key");
        let writer = keys(url, &["make", "--tenant", "a", "--roles", "consent,settings"]).expect("a key");
        run(async {
            assert!(!refused(code(&address, &reader).await), "a key that was just made opens at once");
            assert_eq!(code(&address, &writer).await, Code::PermissionDenied);
            assert_eq!(code(&address, &format!("{reader}0")).await, Code::Unauthenticated);
        });

        let listed = keys(url, &["list"]).expect("a list");
        assert_eq!(listed.lines().count(), 2, "{listed}");
        assert!(listed.contains("night job") && listed.contains("consent,settings"), "{listed}");
        for key in [&reader, &writer] {
            let (id, secret) = key["assent_".len()..].split_once('_').expect("two parts");
            assert!(listed.contains(id) && !listed.contains(secret), "{listed}");
        }

        let id = reader.split('_').nth(1).expect("a key id");
        keys(url, &["revoke", id]).expect("revoked");
        assert!(keys(url, &["revoke", id]).expect_err("once only").contains("revoked before"));
        run(async {
            // A key that was found is believed for five seconds: until then it may still open.
            while !refused(code(&address, &reader).await) {
                tokio::task::yield_now().await;
            }
        });
        assert!(serving.terminate().success());
    }
}

fn refused(code: Code) -> bool {
    matches!(code, Code::Unauthenticated | Code::PermissionDenied)
}

#[test]
fn the_first_key_can_be_made_before_the_first_serve() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("assent.db").display());
    let key = keys(&url, &["make", "--roles", "read"]).expect("a key");
    assert!(key.starts_with("assent_"), "{key}");
    assert!(keys(&url, &["make", "--roles", "admin"]).expect_err("no such role").contains("--roles takes"));
    assert!(keys(&url, &["revoke", "nothing"]).expect_err("no key id").contains("not a key id"));
    let settings = [("ASSENT_DATABASE__URL", url.as_str()), ("ASSENT_LISTEN__ADDRESS", "0.0.0.0:0")];
    // With a key it may be reached by others.
    Process::start(&["serve"], &settings).address();
}

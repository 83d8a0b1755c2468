//! Certificates from files: the service's own, and those it asks of its callers.

use std::path::Path;

use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient as Client;
use assent_proto::v1::{CursorEdge, GetCursorRequest, get_cursor_request};
use assent_sdk::{Cause, Client as SdkClient, Error, Options, Paging, Tls};
use assent_tests::engine::{Database, Engine, fresh, run};
use assent_tests::process::Process;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

/// An authority, and a certificate of its own for `localhost`.
pub(crate) struct Signed {
    pub(crate) authority: String,
    pub(crate) cert: String,
    pub(crate) key: String,
}

pub(crate) fn signed() -> Signed {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer =
        CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    // Named like its authority, a certificate passes for one that signed itself.
    params.distinguished_name.push(DnType::CommonName, "localhost");
    let cert = params.signed_by(&key, &issuer).expect("a certificate");
    Signed { authority: issuer.pem(), cert: cert.pem(), key: key.serialize_pem() }
}

pub(crate) fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file");
    path.to_str().expect("plain text").to_owned()
}

/// Whether a call gets through to the service, whatever it answers.
async fn reaches(address: &str, tls: ClientTlsConfig) -> bool {
    let port = address.rsplit(':').next().expect("a port");
    let endpoint = Endpoint::from_shared(format!("https://localhost:{port}")).expect("an address");
    let Ok(channel) = endpoint.tls_config(tls).expect("a configuration").connect().await else {
        return false;
    };
    let start = Some(get_cursor_request::Start::Edge(CursorEdge::Latest.into()));
    let answer = Client::new(channel).get_cursor(GetCursorRequest { start, filter: None }).await;
    // The service's own answers carry its number of the call; a broken connection carries none.
    match answer {
        Ok(_) => true,
        Err(status) => status.metadata().contains_key("x-call-id"),
    }
}

fn serve(database: &Database, files: &[(&str, &str)]) -> Process {
    Process::serve(database, files)
}

#[test]
fn it_serves_by_tls_with_certificates_from_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let ours = signed();
    let cert = written(folder.path(), "tls.crt", &ours.cert);
    let key = written(folder.path(), "tls.key", &ours.key);
    let database = run(fresh(Engine::Sqlite));
    let mut serving = serve(&database, &[("TLS__CERT_FILE", &cert), ("TLS__KEY_FILE", &key)]);
    let address = serving.address();
    run(async {
        let trusting =
            |authority: &str| ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authority));
        assert!(reaches(&address, trusting(&ours.authority)).await);
        assert!(!reaches(&address, trusting(&signed().authority)).await, "another authority is not trusted");
        let plain = Client::connect(format!("http://{address}")).await;
        let start = Some(get_cursor_request::Start::Edge(CursorEdge::Latest.into()));
        if let Ok(mut plain) = plain {
            let answer = plain.get_cursor(GetCursorRequest { start, filter: None }).await;
            assert!(!answer.expect_err("plain text is not served").metadata().contains_key("x-call-id"));
        }
    });
}

#[test]
fn a_client_without_the_certificate_that_is_asked_for_is_turned_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ours, theirs) = (signed(), signed());
    let cert = written(folder.path(), "tls.crt", &ours.cert);
    let key = written(folder.path(), "tls.key", &ours.key);
    let clients = written(folder.path(), "clients.crt", &theirs.authority);
    let database = run(fresh(Engine::Sqlite));
    let files =
        [("TLS__CERT_FILE", cert.as_str()), ("TLS__KEY_FILE", &key), ("TLS__CLIENT_CA_FILE", &clients)];
    let mut serving = serve(&database, &files);
    let address = serving.address();
    run(async {
        let bare = || ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&ours.authority));
        let shows = |signed: &Signed| bare().identity(Identity::from_pem(&signed.cert, &signed.key));
        assert!(!reaches(&address, bare()).await, "no certificate");
        assert!(!reaches(&address, shows(&signed())).await, "one of another authority");
        assert!(reaches(&address, shows(&theirs)).await);
    });
}

/// The client's way to the service, trusting that authority.
fn options(address: &str, tls: Tls) -> Options {
    let port = address.rsplit(':').next().expect("a port");
    Options::new(format!("https://localhost:{port}")).tls(tls)
}

/// What the client says of a connection that does not come about.
async fn refused(options: Options) -> Error {
    SdkClient::connect(options).await.expect_err("no connection")
}

fn blames_a_certificate(error: &Error) {
    assert_eq!(error.cause(), &Cause::TlsFailed, "{error:?}");
    assert!(!error.passes(), "it is not tried again");
    let told = error.to_string();
    assert!(told.contains("certificate") && !told.contains("localhost"), "{told}");
}

#[test]
fn the_client_reaches_a_service_whose_authority_it_trusts_and_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let ours = signed();
    let cert = written(folder.path(), "tls.crt", &ours.cert);
    let key = written(folder.path(), "tls.key", &ours.key);
    let database = run(fresh(Engine::Sqlite));
    let mut serving = serve(&database, &[("TLS__CERT_FILE", &cert), ("TLS__KEY_FILE", &key)]);
    let address = serving.address();
    run(async {
        let trusting = || Tls::trusting(&ours.authority);
        let client = SdkClient::connect(options(&address, trusting())).await.expect("a connection");
        assert!(!client.settings().policies(Paging::default()).await.expect("a page").items.is_empty());

        blames_a_certificate(&refused(options(&address, Tls::trusting(signed().authority))).await);
        blames_a_certificate(&refused(options(&address, trusting().domain("elsewhere.test"))).await);
        let plain =
            refused(Options::new(format!("http://{address}")).retry(assent_sdk::Retry::never())).await;
        // What plain text meets is a connection that breaks, or bytes that make no sense.
        assert!(matches!(plain.cause(), Cause::Unreachable | Cause::Unexplained(_)), "{plain:?}");
    });
}

#[test]
fn the_client_shows_its_certificate_and_says_so_when_it_is_missed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ours, theirs) = (signed(), signed());
    let cert = written(folder.path(), "tls.crt", &ours.cert);
    let key = written(folder.path(), "tls.key", &ours.key);
    let clients = written(folder.path(), "clients.crt", &theirs.authority);
    let database = run(fresh(Engine::Sqlite));
    let files =
        [("TLS__CERT_FILE", cert.as_str()), ("TLS__KEY_FILE", &key), ("TLS__CLIENT_CA_FILE", &clients)];
    let mut serving = serve(&database, &files);
    let address = serving.address();
    run(async {
        let bare = || Tls::trusting(&ours.authority);
        let shown = options(&address, bare().identity(&theirs.cert, &theirs.key));
        let client = SdkClient::connect(shown).await.expect("a connection");
        assert!(!client.settings().policies(Paging::default()).await.expect("a page").items.is_empty());

        let other = signed();
        for tls in [bare(), bare().identity(&other.cert, &other.key)] {
            let error = refused(options(&address, tls)).await;
            // The service's word can be lost with the connection that it ends.
            assert!(matches!(error.cause(), Cause::TlsFailed | Cause::Unreachable), "{error:?}");
            assert!(error.to_string().contains("certificate"), "{error}");
        }
    });
}

#[test]
fn a_certificate_without_its_key_stops_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ours, other) = (signed(), signed());
    let cert = written(folder.path(), "tls.crt", &ours.cert);
    let key = written(folder.path(), "tls.key", &other.key);
    let database = run(fresh(Engine::Sqlite));
    let mut half = serve(&database, &[("TLS__CERT_FILE", &cert)]);
    assert!(!half.wait().success());
    half.wait_for_line("tls.key_file: must be set");
    let mut unfit = serve(&database, &[("TLS__CERT_FILE", &cert), ("TLS__KEY_FILE", &key)]);
    assert!(!unfit.wait().success());
    unfit.wait_for_line("section tls");
}

//! Options that are wrong are told; secrets are not.

use super::{Options, Tls};
use crate::{Cause, Client};

#[tokio::test]
async fn secrets_do_not_show() {
    let tls = Tls::trusting("authority-pem").identity("certificate-pem", "private-pem");
    let options = Options::new("https://example.org").api_key("secret-key").tls(tls);
    let shown = format!("{options:?}{:#?}", options.clone());
    assert!(!shown.contains("secret-key") && !shown.contains("private-pem"), "{shown}");
    let client = Client::connect_lazily(Options::new("http://127.0.0.1:1").api_key("secret-key")).unwrap();
    assert!(!format!("{client:?}").contains("secret-key"));
}

#[tokio::test]
async fn wrong_options_are_told_before_anything_is_sent() {
    let wrong = |options| Client::connect_lazily(options).unwrap_err();
    for error in [
        wrong(Options::new("not a url")),
        wrong(Options::new("https://example.org")),
        wrong(Options::new("http://example.org").tls(Tls::trusting("pem"))),
        wrong(Options::new("http://example.org").api_key("line\nbreak")),
    ] {
        assert_eq!(error.cause(), &Cause::OptionsWrong);
        assert!(!error.to_string().contains("example.org") && !error.to_string().contains("break"));
    }
}

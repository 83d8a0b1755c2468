use std::path::Path;
use std::time::Duration;

use super::{Config, DEFAULTS, DefaultPolicy, Engine, LogFormat, Problems};

const KEY_A: &str = "0101010101010101010101010101010101010101010101010101010101010101";
const KEY_B: &str = "0202020202020202020202020202020202020202020202020202020202020202";
const KEY_C: &str = "0303030303030303030303030303030303030303030303030303030303030303";
const KEY_D: &str = "0404040404040404040404040404040404040404040404040404040404040404";
const KEY_E: &str = "0505050505050505050505050505050505050505050505050505050505050505";

fn load(file: Option<&Path>, environment: &[(&str, &str)]) -> Result<Config, Problems> {
    Config::load(file, environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn paths(problems: &Problems) -> Vec<&str> {
    problems.0.iter().map(|problem| problem.path.as_str()).collect()
}

#[test]
fn nothing_configured_is_sqlite_on_loopback_under_strict() {
    let config = load(None, &[]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:50051");
    assert_eq!(config.database.engine(), Engine::Sqlite);
    assert_eq!(config.database.file().unwrap(), Path::new("assent.db"));
    assert_eq!(config.limits.message_in, 4 * 1024 * 1024);
    assert_eq!(config.limits.max_wait, Duration::from_secs(30));
    assert_eq!(config.default_policy, DefaultPolicy::Strict);
    assert!(config.tls.is_none() && config.telemetry.otlp_endpoint.is_none());
}

#[test]
fn the_environment_overrides_the_file_and_the_file_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("assent.toml");
    std::fs::write(&file, "[telemetry]\nlog_format = \"json\"\n[shutdown]\ndrain_seconds = 3\n").unwrap();
    let config = load(Some(&file), &[("ASSENT_SHUTDOWN__DRAIN_SECONDS", "4"), ("PATH", "/bin")]).unwrap();
    assert_eq!(config.telemetry.log_format, LogFormat::Json);
    assert_eq!(config.drain, Duration::from_secs(4));
}

#[test]
fn every_problem_is_reported_at_once_with_its_path_and_source_and_without_its_value() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("assent.toml");
    let text =
        "nonsense = 1\n[limits]\nconcurrent_calls = 0\nconcurent_calls = 5\n[tls]\nkey_file = \"/none\"\n";
    std::fs::write(&file, text).unwrap();
    let problems = load(
        Some(&file),
        &[
            ("ASSENT_DATABASE__URL", "mysql://hunter2@db"),
            ("ASSENT_LISTEN__ADDRESS", "localhost"),
            ("ASSENT_SECRETS__CURSOR_KEY", "hunter2"),
            ("ASSENT_TELEMETRY__LOG_LEVEL", "loud"),
            ("ASSENT_DATABSE__URL", "x"),
        ],
    )
    .unwrap_err();
    let expected = [
        "listen.address",
        "database.url",
        "tls.key_file",
        "tls.cert_file",
        "secrets.cursor_key",
        "limits.concurrent_calls",
        "telemetry.log_level",
        "databse.url",
        "limits.concurent_calls",
        "nonsense",
    ];
    let found = paths(&problems);
    for path in expected {
        assert!(found.contains(&path), "{path} is missing in {found:?}");
    }
    let text = problems.to_string();
    assert!(!text.contains("hunter2"), "{text}");
    assert!(text.contains("the environment, ASSENT_DATABSE__URL"), "{text}");
    assert!(text.contains("assent.toml"), "{text}");
}

#[test]
fn a_file_that_is_not_toml_is_named_with_the_line_and_without_its_text() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("assent.toml");
    std::fs::write(&file, "[database]\nurl = hunter2\n").unwrap();
    let text = load(Some(&file), &[]).unwrap_err().to_string();
    assert!(text.contains("line 2") && !text.contains("hunter2"), "{text}");
    let missing = load(Some(&folder.path().join("none.toml")), &[]).unwrap_err();
    assert!(missing.to_string().contains("cannot be read"), "{missing}");
}

#[test]
fn postgresql_without_keys_is_refused_with_what_to_set() {
    let problems = load(None, &[("ASSENT_DATABASE__URL", "postgresql://u:hunter2@h/d")]).unwrap_err();
    assert_eq!(
        paths(&problems),
        ["secrets.cursor_key", "secrets.request_key", "secrets.tombstone_key", "secrets.token_keys"]
    );
    assert!(problems.to_string().contains("openssl rand -hex 32"), "{problems}");
}

#[test]
fn a_secret_is_read_from_its_file_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, format!("{KEY_A}\n")).unwrap();
    let key_file = file.to_str().unwrap();
    let config = load(
        None,
        &[
            ("ASSENT_DATABASE__URL", "postgresql://u:hunter2@h/d"),
            ("ASSENT_SECRETS__CURSOR_KEY_FILE", key_file),
            ("ASSENT_SECRETS__REQUEST_KEY", KEY_B),
            ("ASSENT_SECRETS__TOMBSTONE_KEY", KEY_C),
            ("ASSENT_SECRETS__TOKEN_KEYS", &format!("new:{KEY_D},old:{KEY_E}")),
        ],
    )
    .unwrap();
    assert_eq!(config.secrets.cursor_key.as_ref().unwrap().reveal(), &[1; 32]);
    let shown = format!("{config:?}");
    assert!(
        !shown.contains("hunter2")
            && !shown.contains(KEY_B)
            && !shown.contains("3, 3, 3")
            && !shown.contains("4, 4, 4")
            && !shown.contains("1, 1, 1"),
        "{shown}"
    );

    let both = [("ASSENT_SECRETS__CURSOR_KEY_FILE", key_file), ("ASSENT_SECRETS__CURSOR_KEY", KEY_A)];
    assert_eq!(paths(&load(None, &both).unwrap_err()), ["secrets.cursor_key"]);
    let same = [("ASSENT_SECRETS__REQUEST_KEY", KEY_A), ("ASSENT_SECRETS__CURSOR_KEY", KEY_A)];
    assert_eq!(paths(&load(None, &same).unwrap_err()), ["secrets.request_key"]);
    let same = [("ASSENT_SECRETS__TOMBSTONE_KEY", KEY_A), ("ASSENT_SECRETS__CURSOR_KEY", KEY_A)];
    assert_eq!(paths(&load(None, &same).unwrap_err()), ["secrets.tombstone_key"]);
}

#[test]
fn keys_of_tokens_are_listed_and_like_no_other() {
    let listed = |text: &str| {
        load(None, &[("ASSENT_SECRETS__TOKEN_KEYS", text), ("ASSENT_SECRETS__CURSOR_KEY", KEY_A)])
    };
    let keys = listed(&format!("new:{KEY_D}\nold:{KEY_E}\n")).unwrap().secrets.token_keys.unwrap();
    assert_eq!(keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["new", "old"]);
    for wrong in
        [format!("new:{KEY_D},old:{KEY_A}"), format!("new:{KEY_D},new:{KEY_E}"), "hunter2".to_owned()]
    {
        let problems = listed(&wrong).unwrap_err();
        assert_eq!(paths(&problems), ["secrets.token_keys"]);
        assert!(!problems.to_string().contains("hunter2") && !problems.to_string().contains(KEY_D));
    }
}

#[test]
fn a_database_address_in_a_file_replaces_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    std::fs::write(&file, "sqlite:///var/lib/assent/a.db\n").unwrap();
    let config = load(None, &[("ASSENT_DATABASE__URL_FILE", file.to_str().unwrap())]).unwrap();
    assert_eq!(config.database.file().unwrap(), Path::new("/var/lib/assent/a.db"));
    for nameless in ["sqlite://", "sqlite://:memory:", "sqlite::memory:"] {
        let problems = load(None, &[("ASSENT_DATABASE__URL", nameless)]).unwrap_err();
        assert_eq!(paths(&problems), ["database.url"]);
    }
}

#[test]
fn the_documentation_names_every_key() {
    let keys = "address url url_file max_connections read_connections acquire_timeout_seconds statement_timeout_seconds transaction_timeout_seconds \
                cert_file key_file client_ca_file cursor_key_file request_key_file tombstone_key_file token_keys_file message_in_bytes message_out_bytes \
                concurrent_calls max_call_seconds max_wait_seconds log_format log_level otlp_endpoint \
                metrics_interval_seconds trace_percent sequencer_interval_millis retention_days journal drain_seconds of_tables_without_one";
    for key in keys.split_whitespace() {
        let named = DEFAULTS
            .lines()
            .any(|line| line.trim_start_matches("# ").split_once(" = ").is_some_and(|(name, _)| name == key));
        assert!(named, "{key} is not in assent.default.toml");
    }
}

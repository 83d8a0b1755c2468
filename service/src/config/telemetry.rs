//! What the service tells of itself, and where.

use std::time::Duration;

use toml::Value;

use super::read::Reader;
use super::setting;

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// The least serious line that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// Something failed that should not.
    Error,
    /// Something an operator should look at.
    Warn,
    /// What the service does, in few lines.
    Info,
    /// How it does it.
    Debug,
    /// Everything.
    Trace,
}

/// Logs, traces and metrics.
#[derive(Clone, Debug)]
pub struct Telemetry {
    /// The form of log lines.
    pub log_format: LogFormat,
    /// The least serious line that is written.
    pub log_level: LogLevel,
    /// Where traces and metrics go; `None` means nowhere.
    pub otlp_endpoint: Option<String>,
    /// How often metrics are sent.
    pub metrics_interval: Duration,
    /// How many of a hundred calls are traced when their caller says nothing of it.
    pub trace_percent: u32,
}

impl Telemetry {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let formats = &[("text", LogFormat::Text), ("json", LogFormat::Json)];
        let levels = &[
            ("error", LogLevel::Error),
            ("warn", LogLevel::Warn),
            ("info", LogLevel::Info),
            ("debug", LogLevel::Debug),
            ("trace", LogLevel::Trace),
        ];
        let log_format = reader.one("telemetry.log_format", setting::choice(formats));
        let log_level = reader.one("telemetry.log_level", setting::choice(levels));
        let otlp_endpoint = reader.maybe("telemetry.otlp_endpoint", endpoint);
        let metrics_interval = reader.one("telemetry.metrics_interval_seconds", setting::seconds(1, 3600));
        let trace_percent = reader.one("telemetry.trace_percent", setting::count(0, 100));
        Some(Self {
            log_format: log_format?,
            log_level: log_level?,
            otlp_endpoint,
            metrics_interval: metrics_interval?,
            trace_percent: trace_percent?,
        })
    }
}

fn endpoint(value: &Value) -> Result<String, String> {
    let text = value.as_str().filter(|text| {
        let authority = text.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
        authority.is_some_and(|rest| rest.parse::<http::uri::Authority>().is_ok_and(|a| a.port().is_some()))
    });
    text.map(str::to_owned).ok_or_else(|| "must be http://HOST:PORT".to_owned())
}

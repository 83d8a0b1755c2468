//! What the service tells of itself: log lines on standard error, and traces and metrics by OTLP.
//!
//! Started once by `main`, the only place that may set what is global in a process. Deliberately not
//! here: what is told; `names.rs` has all names.

use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{KeyValue, global};
use opentelemetry_otlp::{ExporterBuildError, MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

use super::names;
use crate::config::{LogFormat, LogLevel, Telemetry};
use crate::entropy::{Entropy, bytes};

/// How long the last traces and metrics may take to be sent when the process ends.
const FLUSH: Duration = Duration::from_secs(2);

/// Our own crates: only their lines are known to name no person.
const OURS: [&str; 3] = ["assent", "assent_service", "assent_store"];

/// Telemetry under way.
pub struct Telling {
    traces: Option<SdkTracerProvider>,
    metrics: Option<SdkMeterProvider>,
}

/// Starts telling. Needs a tokio runtime, which the exporters send on.
///
/// # Errors
/// When an exporter cannot be made.
pub fn start(config: &Telemetry, entropy: &dyn Entropy) -> Result<Telling, ExporterBuildError> {
    let (traces, metrics) = match &config.otlp_endpoint {
        Some(endpoint) => {
            let resource = resource(entropy);
            (Some(traces(endpoint, config, resource.clone())?), Some(metrics(endpoint, config, resource)?))
        }
        None => (None, None),
    };
    let level = level(config.log_level);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match config.log_format {
        LogFormat::Text => fmt::layer().with_writer(std::io::stderr).with_ansi(false).boxed(),
        LogFormat::Json => fmt::layer().with_writer(std::io::stderr).json().flatten_event(true).boxed(),
    };
    let spans = traces.as_ref().map(|traces| {
        let tracer = traces.tracer(names::SCOPE);
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            // Where in the source and on which thread tells an operator nothing, and costs bytes on every span.
            .with_location(false)
            .with_target(false)
            .with_threads(false)
            .with_filter(only_ours(LevelFilter::INFO))
    });
    // In a process where a test has set one already, that one stays.
    let _ = tracing_subscriber::registry().with(lines.with_filter(only_ours(level))).with(spans).try_init();
    if let Some(metrics) = &metrics {
        global::set_meter_provider(metrics.clone());
    }
    Ok(Telling { traces, metrics })
}

impl Telling {
    /// Sends what is left, within a bound.
    pub fn stop(self) {
        // A collector that is not there must not make the end fail.
        if let Some(traces) = self.traces {
            let _ = traces.shutdown_with_timeout(FLUSH);
        }
        if let Some(metrics) = self.metrics {
            let _ = metrics.shutdown_with_timeout(FLUSH);
        }
    }
}

/// Libraries say no less than a warning: at finer levels they print headers and statements.
fn only_ours(level: LevelFilter) -> Targets {
    let others = level.min(LevelFilter::WARN);
    Targets::new().with_default(others).with_targets(OURS.map(|ours| (ours, level)))
}

const fn level(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

/// What every span and metric says of its maker. No host and no user: only what tells replicas apart.
fn resource(entropy: &dyn Entropy) -> Resource {
    Resource::builder_empty()
        .with_attributes([
            KeyValue::new("service.name", names::SCOPE),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", hex::encode(bytes::<16>(entropy))),
        ])
        .build()
}

fn traces(
    endpoint: &str,
    config: &Telemetry,
    resource: Resource,
) -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint).build()?;
    let ratio = f64::from(config.trace_percent) / 100.0;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(ratio))))
        .with_resource(resource)
        .build())
}

fn metrics(
    endpoint: &str,
    config: &Telemetry,
    resource: Resource,
) -> Result<SdkMeterProvider, ExporterBuildError> {
    let exporter = MetricExporter::builder().with_tonic().with_endpoint(endpoint).build()?;
    let reader = PeriodicReader::builder(exporter).with_interval(config.metrics_interval).build();
    Ok(SdkMeterProvider::builder().with_reader(reader).with_resource(resource).build())
}

//! Listens to what the service measures: a metric's label may say as little of anybody as a log line.

use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};

use crate::marks;

static PROVIDER: OnceLock<SdkMeterProvider> = OnceLock::new();

/// Listens to every instrument that is made in this process from now on.
pub fn listen() {
    PROVIDER.get_or_init(|| {
        // Asked for at the end of a test, never by the clock.
        let reader = PeriodicReader::builder(Ear).with_interval(Duration::from_secs(86_400)).build();
        let provider = SdkMeterProvider::builder().with_reader(reader).build();
        opentelemetry::global::set_meter_provider(provider.clone());
        provider
    });
}

/// Hears what was measured so far.
///
/// # Panics
/// When it cannot be collected.
pub fn flush() {
    if let Some(provider) = PROVIDER.get() {
        provider.force_flush().expect("measurements are collected");
    }
}

#[derive(Debug)]
struct Ear;

impl PushMetricExporter for Ear {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        for metric in metrics.scope_metrics().flat_map(|scope| scope.metrics()) {
            marks::overhear(&format!("{metric:?}"));
        }
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_in_a_label_is_heard() {
        listen();
        let counter = opentelemetry::global::meter("ear").u64_counter("calls").build();
        counter.add(1, &[opentelemetry::KeyValue::new("method", "GetConsents")]);
        flush();
        assert!(marks::heard().iter().all(|told| !told.contains("label-of-anna")));

        counter.add(1, &[opentelemetry::KeyValue::new("profile", marks::id("label-of-anna"))]);
        flush();
        assert!(marks::heard().iter().any(|told| told.contains("label-of-anna")));
    }
}

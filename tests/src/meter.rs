//! Listens to what the service measures: a metric's label may say as little of anybody as a log line.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, Metric, MetricData, ResourceMetrics};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};

use crate::marks;

static PROVIDER: OnceLock<SdkMeterProvider> = OnceLock::new();

/// The instrument that measures statements, and the label that names each.
const STATEMENTS: (&str, &str) = ("db.client.operation.duration", "db.operation.name");

/// How many statements of each name were heard of.
static TAKEN: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

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

/// How many statements services of this process took so far, by the name of their transaction or their own. Tests that share a
/// process share the count: nextest gives each one of its own.
///
/// # Panics
/// When they cannot be collected.
#[must_use]
pub fn statements() -> BTreeMap<String, u64> {
    flush();
    TAKEN.lock().expect("no panic while held").clone()
}

/// What came of a call, and how many statements it took, by the names of transactions and of statements that stand alone.
///
/// # Panics
/// As [`statements`].
pub async fn taken<T>(call: impl Future<Output = T>) -> (T, BTreeMap<String, u64>) {
    let before = statements();
    let told = call.await;
    let mut taken = statements();
    for (name, count) in &mut taken {
        *count -= before.get(name).copied().unwrap_or(0);
    }
    taken.retain(|_, count| *count > 0);
    (told, taken)
}

/// How many statements those are together.
#[must_use]
pub fn sum(taken: &BTreeMap<String, u64>) -> u64 {
    taken.values().sum()
}

/// Counts what a metric says of statements.
fn count(metric: &Metric) {
    let AggregatedMetrics::F64(MetricData::Histogram(measured)) = metric.data() else { return };
    let (name, label) = STATEMENTS;
    if metric.name() != name {
        return;
    }
    let mut taken = BTreeMap::new();
    for point in measured.data_points() {
        let named = point.attributes().find(|one| one.key.as_str() == label);
        let named = named.map(|one| one.value.to_string()).unwrap_or_default();
        *taken.entry(named).or_default() += point.count();
    }
    *TAKEN.lock().expect("no panic while held") = taken;
}

#[derive(Debug)]
struct Ear;

impl PushMetricExporter for Ear {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        for metric in metrics.scope_metrics().flat_map(|scope| scope.metrics()) {
            marks::overhear(&format!("{metric:?}"));
            count(metric);
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

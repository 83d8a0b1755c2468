//! What the service counts and measures.

use std::sync::Arc;
use std::time::Duration;

use super::around::{Around, Inner, Next, Request, Response};
use super::ending::at_the_end;
use super::names;
use super::opening::opened;
use crate::clock::{SharedClock, Stopwatch};
use assent_store::{Observed, Observer};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter, UpDownCounter};

/// The service's instruments.
#[derive(Clone)]
pub struct Meters {
    calls: Counter<u64>,
    duration: Histogram<f64>,
    statements: Histogram<f64>,
    in_flight: UpDownCounter<i64>,
    pending: Gauge<u64>,
    pending_age: Gauge<f64>,
}

/// From a millisecond, where most calls end, to the longest a call may take by default.
const SECONDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];

impl Meters {
    /// Makes the instruments.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self {
            calls: meter.u64_counter(names::CALLS).with_description("calls that ended").build(),
            duration: meter
                .f64_histogram(names::CALL_DURATION)
                .with_unit("s")
                .with_description("time from the first byte of a call to its end")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            statements: meter
                .f64_histogram(names::STATEMENT_DURATION)
                .with_unit("s")
                .with_description("time a statement took, by the name of its transaction")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            in_flight: meter
                .i64_up_down_counter(names::CALLS_IN_FLIGHT)
                .with_description("calls under way")
                .build(),
            pending: meter
                .u64_gauge(names::PENDING_ROWS)
                .with_description("records that wait for their number")
                .build(),
            pending_age: meter
                .f64_gauge(names::PENDING_AGE)
                .with_unit("s")
                .with_description("age of the record that waits longest for its number")
                .build(),
        }
    }

    /// Told by the store of each statement.
    pub(crate) fn observer(&self) -> Observer {
        let statements = self.statements.clone();
        Arc::new(move |seen: &Observed<'_>| {
            let labels = [
                KeyValue::new(names::STATEMENT, seen.name.to_owned()),
                KeyValue::new(names::OUTCOME, if seen.failed { "failed" } else { "done" }),
            ];
            statements.record(seen.elapsed.as_secs_f64(), &labels);
        })
    }

    /// Tells how many records wait for their number, and for how long the oldest has.
    pub fn pending(&self, rows: u64, age: Duration) {
        self.pending.record(rows, &[]);
        self.pending_age.record(age.as_secs_f64(), &[]);
    }
}

/// Counts and measures every call.
pub(crate) struct Measured {
    pub(crate) meters: Meters,
    pub(crate) clock: SharedClock,
}

impl Around for Measured {
    async fn around<S: Inner>(&self, request: Request, next: Next<S>) -> Response {
        let method: Arc<str> = opened(&request).1.name();
        let (meters, watch) = (self.meters.clone(), Stopwatch::start(&self.clock));
        meters.in_flight.add(1, &[]);
        let over = CountOnce(Some(Box::new(move |code| {
            let labels = [KeyValue::new(names::METHOD, method), KeyValue::new(names::CODE, code)];
            meters.in_flight.add(-1, &[]);
            meters.calls.add(1, &labels);
            meters.duration.record(watch.elapsed().as_secs_f64(), &labels);
        })));
        let response = next.run(request).await;
        at_the_end(response, move |code| over.count(code))
    }
}

/// A call given up before it had an answer is counted too: its future is dropped, and this with it.
struct CountOnce(Option<Box<dyn FnOnce(&'static str) + Send>>);

impl CountOnce {
    fn count(mut self, code: &'static str) {
        if let Some(count) = self.0.take() {
            count(code);
        }
    }
}

impl Drop for CountOnce {
    fn drop(&mut self) {
        if let Some(count) = self.0.take() {
            count(crate::wire::status::CANCELLED);
        }
    }
}

//! Whether the service serves, by `grpc.health.v1`: under each service's name and under "".
//!
//! It says what the service is about to do (serving, or draining before it stops), not whether its
//! database is reachable: a call says that by UNAVAILABLE, and taking every replica out of rotation for it
//! would only hide the reason from callers.

use tonic_health::ServingStatus;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::server::{HealthReporter, HealthService};

/// Tells that the service serves, and later that it does not any more.
#[derive(Clone)]
pub(crate) struct Vitals {
    reporter: HealthReporter,
    services: Vec<String>,
}

impl Vitals {
    /// Says that each of `services`, and the whole, serves.
    pub(crate) async fn serving(services: Vec<String>) -> Self {
        let vitals = Self { reporter: HealthReporter::new(), services };
        vitals.say(ServingStatus::Serving).await;
        vitals
    }

    /// Says that nothing serves any more.
    pub(crate) async fn stopping(&self) {
        self.say(ServingStatus::NotServing).await;
    }

    /// The service that answers.
    pub(crate) fn service(&self) -> HealthServer<impl Health> {
        HealthServer::new(HealthService::from_health_reporter(self.reporter.clone()))
    }

    async fn say(&self, status: ServingStatus) {
        for name in self.services.iter().map(String::as_str).chain([""]) {
            self.reporter.set_service_status(name, status).await;
        }
    }
}

//! Whether the service serves: `grpc.health.v1`, which needs no credential.

use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::call::Caller;
use crate::error::{Cause, Result};

/// What the service says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Serving {
    /// It takes calls.
    Yes,
    /// It takes none: it starts or stops. (A database that is away is told by each call: unavailable, try again.)
    No,
    /// It does not know.
    Unknown,
}

/// Whether the service serves.
#[derive(Clone, Copy)]
pub struct Health<'a> {
    pub(crate) caller: &'a Caller,
}

impl Health<'_> {
    /// Whether the service as a whole takes calls.
    ///
    /// # Errors
    ///
    /// [`Cause::Unreachable`] and what else keeps a call from being answered.
    pub async fn check(self) -> Result<Serving> {
        self.check_part("").await
    }

    /// Whether one of its services takes calls, by its full name such as `assent.v1.ConsentService`.
    ///
    /// # Errors
    ///
    /// [`Cause::Unexplained`] with `NOT_FOUND` for a name that it does not have.
    pub async fn check_part(self, service: &str) -> Result<Serving> {
        let message = HealthCheckRequest { service: service.to_owned() };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = HealthClient::new(self.caller.way());
                async move { client.check(request).await }
            })
            .await?;
        Ok(match ServingStatus::try_from(answer.status) {
            Ok(ServingStatus::Serving) => Serving::Yes,
            Ok(ServingStatus::NotServing) => Serving::No,
            Ok(ServingStatus::Unknown | ServingStatus::ServiceUnknown) | Err(_) => Serving::Unknown,
        })
    }

    /// Makes sure that something answers at the endpoint, whatever it says.
    pub(crate) async fn probe(self) -> Result<()> {
        match self.check().await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.cause(), Cause::Unexplained(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

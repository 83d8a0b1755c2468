//! Every name under which the service is seen from outside: metrics, their labels, span attributes.
//!
//! OpenTelemetry's conventions for RPC are a release candidate, so they are named here and nowhere else.
//! Label values come from closed sets (methods of the contract, codes): never an id, never a person.

/// The instrumentation's own name.
pub(crate) const SCOPE: &str = "assent";

/// Calls that ended, by method and code.
pub(crate) const CALLS: &str = "assent.calls";
/// How long calls took until their end, by method and code, in seconds.
pub(crate) const CALL_DURATION: &str = "rpc.server.call.duration";
/// Calls under way.
pub(crate) const CALLS_IN_FLIGHT: &str = "assent.calls.in_flight";
/// How long statements took, by the name of their transaction, in seconds.
pub(crate) const STATEMENT_DURATION: &str = "db.client.operation.duration";
/// Records that wait for their number, over all tenants.
pub(crate) const PENDING_ROWS: &str = "assent.ledger.pending";
/// The age of the record that waits longest for its number, in seconds.
pub(crate) const PENDING_AGE: &str = "assent.ledger.pending.age";

/// Label and attribute: the method.
pub(crate) const METHOD: &str = "rpc.method";
/// Label and attribute: the code.
pub(crate) const CODE: &str = "rpc.response.status_code";
/// Label: the name of the transaction a statement stood in, else its own.
pub(crate) const STATEMENT: &str = "db.operation.name";
/// Label: `done` or `failed`.
pub(crate) const OUTCOME: &str = "outcome";

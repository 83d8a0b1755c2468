//! The whole stack, over a real connection, around a service that does as the caller says.

mod obedient;
mod raw_bytes;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient as Client;
use assent_proto::v1::consent_change_service_server::ConsentChangeServiceServer;
use assent_proto::v1::{CursorEdge, GetCursorRequest, ReadConsentChangesRequest, get_cursor_request};
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use obedient::Obedient;

use super::*;
use crate::caller::{Role, Roles};
use crate::clock::{Clock, ManualClock, SharedClock, SystemClock};
use crate::credential::{KeyId, NewKey, StoredKey, open_tenant};
use crate::entropy::SeededEntropy;
use crate::failure::Failure;

const LIMIT: usize = 4096;

struct Kept(HashMap<KeyId, StoredKey>);

#[async_trait::async_trait]
impl Keys for Kept {
    async fn find(&self, id: &KeyId) -> Result<Option<StoredKey>, Failure> {
        Ok(self.0.get(id).copied())
    }

    async fn any(&self) -> Result<bool, Failure> {
        Ok(true)
    }
}

struct House {
    clock: Arc<ManualClock>,
    working: Arc<AtomicUsize>,
    address: SocketAddr,
    reader: String,
    writer: String,
    stopping: CancellationToken,
    cutoff: CancellationToken,
    served: JoinHandle<Result<(), tonic::transport::Error>>,
    metrics: SdkMeterProvider,
    exported: InMemoryMetricExporter,
}

impl House {
    async fn open(places: usize) -> Self {
        let clock = Arc::new(ManualClock::at(SystemClock::new().now()));
        let shared: SharedClock = Arc::clone(&clock) as SharedClock;
        Self::with(places, clock, shared).await
    }

    /// `clock` is the one that the test moves, `shared` the one that the layers go by.
    async fn with(places: usize, clock: Arc<ManualClock>, shared: SharedClock) -> Self {
        let mut kept = HashMap::new();
        let mut key = |seed, role| {
            let made = NewKey::make(open_tenant(), &SeededEntropy::new(seed));
            let roles: Roles = std::iter::once(role).collect();
            kept.insert(made.id, StoredKey { secret_hash: made.secret_hash, roles });
            format!("Bearer {}", made.shown.reveal())
        };
        let (reader, writer) = (key(1, Role::Read), key(2, Role::Consent));

        let exported = InMemoryMetricExporter::default();
        let metrics = SdkMeterProvider::builder()
            .with_reader(
                PeriodicReader::builder(exported.clone()).with_interval(Duration::from_secs(3600)).build(),
            )
            .build();
        let cutoff = CancellationToken::new();
        let layers = Layers {
            opening: Opening {
                methods: Methods::of_the_contract().unwrap(),
                clock: Arc::clone(&shared),
                entropy: Arc::new(SeededEntropy::new(9)),
            },
            measured: Measured { meters: Meters::new(&metrics.meter("test")), clock: Arc::clone(&shared) },
            size: SizeLimits { message_in: LIMIT, message_out: LIMIT },
            admission: Admission::new(places),
            deadlines: Deadlines {
                clock: Arc::clone(&shared),
                max_call: Duration::from_secs(60),
                cutoff: cutoff.clone(),
            },
            authenticated: Authenticated::new(Arc::new(Kept(kept)), shared, false),
        };
        let working = Arc::new(AtomicUsize::new(0));
        let obedient = Obedient { clock: Arc::clone(&clock), working: Arc::clone(&working) };
        let service = ConsentChangeServiceServer::new(obedient);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = CancellationToken::new();
        let serving =
            serve(transport(None).unwrap(), layers, Routes::new(service), listener, stopping.clone());
        let served = tokio::spawn(serving);
        Self { clock, working, address, reader, writer, stopping, cutoff, served, metrics, exported }
    }

    async fn client(&self) -> Client<Channel> {
        Client::connect(format!("http://{}", self.address)).await.unwrap()
    }

    async fn call(&self, key: Option<&str>, order: &str) -> Result<String, Status> {
        let mut request = order_of(order);
        if let Some(key) = key {
            request.metadata_mut().insert("authorization", key.parse().unwrap());
        }
        Ok(self.client().await.get_cursor(request).await?.into_inner().cursor)
    }

    async fn working(&self, count: usize) {
        while self.working.load(Ordering::SeqCst) != count {
            tokio::task::yield_now().await;
        }
    }
}

fn order_of(order: &str) -> Request<GetCursorRequest> {
    let start = Some(get_cursor_request::Start::Edge(CursorEdge::Earliest.into()));
    let mut request = Request::new(GetCursorRequest { start, filter: None });
    request.metadata_mut().insert("x-order", order.parse().unwrap());
    request
}

/// Every error has a reason, the call's number, and no word of its cause.
fn told(status: &Status, code: Code, reason: &str) {
    assert_eq!(status.code(), code, "{status:?}");
    let details = status.get_error_details();
    let info = details.error_info().expect("ErrorInfo");
    assert_eq!((info.reason.as_str(), info.domain.as_str()), (reason, "assent"));
    let id = &details.request_info().expect("RequestInfo").request_id;
    assert_eq!(id.len(), 36, "{id}");
    assert!(!status.message().contains("marker"), "{status:?}");
}

#[tokio::test]
async fn a_caller_is_who_its_key_says_and_may_what_its_roles_say() {
    let house = House::open(10).await;
    assert_eq!(house.call(Some(&house.reader), "").await.unwrap(), "default 60");
    told(&house.call(None, "").await.unwrap_err(), Code::Unauthenticated, "CREDENTIAL_MISSING");
    told(&house.call(Some("Bearer x"), "").await.unwrap_err(), Code::Unauthenticated, "CREDENTIAL_UNKNOWN");
    let denied = house.call(Some(&house.writer), "").await.unwrap_err();
    told(&denied, Code::PermissionDenied, "ROLE_MISSING");
    let details = denied.get_error_details();
    let metadata = &details.error_info().unwrap().metadata;
    assert_eq!(metadata["roles"], "read");
    assert_eq!(metadata["method"], "assent.v1.ConsentChangeService/GetCursor");
    assert_eq!(house.working.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn every_error_has_the_same_form_whoever_made_it() {
    let house = House::open(10).await;
    let key = Some(house.reader.as_str());
    told(&house.call(key, "fail").await.unwrap_err(), Code::Internal, "INTERNAL");
    let long = house.call(key, "long").await.unwrap_err();
    told(&long, Code::ResourceExhausted, "MESSAGE_TOO_LARGE");
    assert_eq!(long.get_error_details().error_info().unwrap().metadata["max_bytes"], LIMIT.to_string());

    let with_key = |mut request: Request<GetCursorRequest>| {
        request.metadata_mut().insert("authorization", house.reader.parse().unwrap());
        request
    };
    let mut large = order_of("");
    large.get_mut().filter = Some(assent_proto::v1::ChangeFilter {
        profile_tables: vec!["x".repeat(LIMIT)],
        ..Default::default()
    });
    let large = house.client().await.get_cursor(with_key(large)).await.unwrap_err();
    told(&large, Code::ResourceExhausted, "MESSAGE_TOO_LARGE");

    let empty = Request::new(GetCursorRequest { start: None, filter: None });
    let empty = house.client().await.get_cursor(with_key(empty)).await.unwrap_err();
    told(&empty, Code::InvalidArgument, "FIELD_INVALID");
    assert_eq!(empty.get_error_details().bad_request().unwrap().field_violations.len(), 1);

    let mut bare = Request::new(ReadConsentChangesRequest::default());
    bare.metadata_mut().insert("authorization", house.reader.parse().unwrap());
    told(&house.client().await.read_consent_changes(bare).await.unwrap_err(), Code::Internal, "INTERNAL");
}

/// What the generated client cannot send: bytes that are no message, and a path that is no method.
#[tokio::test]
async fn bytes_that_are_no_message_are_the_callers_mistake() {
    let house = House::open(10).await;
    let channel = Channel::from_shared(format!("http://{}", house.address)).unwrap().connect().await.unwrap();
    let send = async |path: &'static str| {
        let mut grpc = tonic::client::Grpc::new(channel.clone());
        grpc.ready().await.unwrap();
        let mut request = Request::new(vec![0xff_u8; 3]);
        request.metadata_mut().insert("authorization", house.reader.parse().unwrap());
        let codec = raw_bytes::Raw;
        grpc.unary(request, http::uri::PathAndQuery::from_static(path), codec).await.unwrap_err()
    };
    let garbage = send("/assent.v1.ConsentChangeService/GetCursor").await;
    told(&garbage, Code::InvalidArgument, "FIELD_INVALID");
    let unknown = send("/assent.v1.ConsentChangeService/Nothing").await;
    assert_eq!(unknown.code(), Code::Unimplemented);
}

#[tokio::test]
async fn a_deadline_that_passes_ends_the_work_and_tells_so() {
    let house = House::open(10).await;
    let mut request = order_of("wait");
    request.metadata_mut().insert("authorization", house.reader.parse().unwrap());
    request.set_timeout(Duration::from_secs(50));
    let mut client = house.client().await;
    let call = tokio::spawn(async move { client.get_cursor(request).await });
    house.working(1).await;
    house.clock.advance(Duration::from_secs(49));
    assert_eq!(house.working.load(Ordering::SeqCst), 1);
    house.clock.advance(Duration::from_secs(1));
    told(&call.await.unwrap().unwrap_err(), Code::DeadlineExceeded, "DEADLINE_EXCEEDED");
    house.working(0).await;
}

#[tokio::test]
async fn what_gives_up_at_the_deadline_is_told_as_the_deadline() {
    let house = House::open(10).await;
    for (order, code, reason) in
        [("late", Code::DeadlineExceeded, "DEADLINE_EXCEEDED"), ("down", Code::Unavailable, "UNAVAILABLE")]
    {
        let mut request = order_of(order);
        request.metadata_mut().insert("authorization", house.reader.parse().unwrap());
        request.set_timeout(Duration::from_secs(50));
        told(&house.client().await.get_cursor(request).await.unwrap_err(), code, reason);
    }
}

/// Tonic has a timer of its own outside of every layer, which would answer a bare CANCELLED.
#[tokio::test]
async fn a_real_deadline_is_told_by_us_and_not_by_the_transport() {
    let clock = Arc::new(ManualClock::at(SystemClock::new().now()));
    let house = House::with(10, clock, Arc::new(SystemClock::new())).await;
    // Two real timers are a few milliseconds apart, and a busy machine may be late for both: ours has several tries.
    let mut late = Status::cancelled("never called");
    for _ in 0..20 {
        let mut request = order_of("wait");
        request.metadata_mut().insert("authorization", house.reader.parse().unwrap());
        request.metadata_mut().insert("grpc-timeout", "300m".parse().unwrap());
        late = house.client().await.get_cursor(request).await.unwrap_err();
        if late.code() != Code::Cancelled {
            break;
        }
    }
    told(&late, Code::DeadlineExceeded, "DEADLINE_EXCEEDED");
    house.working(0).await;
}

#[tokio::test]
async fn a_timeout_that_cannot_be_read_is_the_callers_mistake() {
    let house = House::open(10).await;
    let mut request = order_of("wait");
    request.metadata_mut().insert("authorization", house.reader.parse().unwrap());
    request.metadata_mut().insert("grpc-timeout", "soon".parse().unwrap());
    let wrong = house.client().await.get_cursor(request).await.unwrap_err();
    told(&wrong, Code::InvalidArgument, "FIELD_INVALID");
}

#[tokio::test]
async fn a_caller_that_goes_away_ends_the_work_and_is_counted_as_cancelled() {
    let house = House::open(10).await;
    let mut request = order_of("wait");
    request.metadata_mut().insert("authorization", house.reader.parse().unwrap());
    let mut client = house.client().await;
    let call = tokio::spawn(async move { client.get_cursor(request).await });
    house.working(1).await;
    call.abort();
    house.working(0).await;
    house.call(Some(&house.reader), "").await.unwrap();

    house.metrics.force_flush().unwrap();
    let exported = format!("{:?}", house.exported.get_finished_metrics().unwrap());
    for label in ["CANCELLED", "OK", "assent.v1.ConsentChangeService/GetCursor"] {
        assert!(exported.contains(label), "{label} is not in {exported}");
    }
    assert!(!exported.contains("\"default\""), "{exported}");
}

#[tokio::test]
async fn a_call_too_many_is_turned_away_at_once_and_told_to_come_back() {
    let house = House::open(1).await;
    let mut request = order_of("wait");
    request.metadata_mut().insert("authorization", house.reader.parse().unwrap());
    let mut client = house.client().await;
    let first = tokio::spawn(async move { client.get_cursor(request).await });
    house.working(1).await;
    let second = house.call(Some(&house.reader), "").await.unwrap_err();
    told(&second, Code::Unavailable, "UNAVAILABLE");
    assert!(second.get_error_details().retry_info().unwrap().retry_delay.is_some());
    first.abort();
    house.working(0).await;
    while house.call(Some(&house.reader), "").await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_end_waits_for_calls_under_way_and_then_cuts_them_off() {
    let house = House::open(10).await;
    let mut request = order_of("wait");
    request.metadata_mut().insert("authorization", house.reader.parse().unwrap());
    let mut client = house.client().await;
    let call = tokio::spawn(async move { client.get_cursor(request).await });
    house.working(1).await;
    house.stopping.cancel();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!house.served.is_finished() && !call.is_finished());
    house.cutoff.cancel();
    told(&call.await.unwrap().unwrap_err(), Code::Unavailable, "SHUTTING_DOWN");
    house.served.await.unwrap().unwrap();
}

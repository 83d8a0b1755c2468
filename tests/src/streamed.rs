//! A stream of interactions, as its caller likes: batches go out when a test sends them, and acknowledgements are read when it
//! reads them. It has no eyes of its own: what it sends it sends once.

pub mod numbered;

use assent_proto::v1::interaction_service_client::InteractionServiceClient;
use assent_proto::v1::stream_interactions_response::Event;
use assent_proto::v1::{
    self, Interaction, InteractionsAcknowledged, StreamInteractionsRequest, record_interactions_result,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::{Body as HttpBody, Bytes, StdError};
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Request, Status, Streaming};

use crate::{deed, fault, story};

/// A stream that has begun.
#[derive(Debug)]
pub struct Streamed {
    /// Absent: its caller has ended its side.
    sends: Option<mpsc::Sender<StreamInteractionsRequest>>,
    answers: Streaming<v1::StreamInteractionsResponse>,
    /// How many batches may be ahead.
    pub window: usize,
}

/// A batch of the table [`story::people`].
#[must_use]
pub fn batch(seq: u64, interactions: Vec<Interaction>) -> StreamInteractionsRequest {
    StreamInteractionsRequest { seq, profile_table: story::people(), interactions }
}

impl Streamed {
    /// Begins a stream with a credential, or without one, and hears its window.
    ///
    /// # Errors
    /// What it ends with before it says anything.
    ///
    /// # Panics
    /// When it begins with anything but a window.
    pub async fn open(channel: Channel, key: Option<&str>) -> Result<Self, Status> {
        let key = key.map(|key| format!("Bearer {key}"));
        let with_key = move |mut request: Request<()>| {
            if let Some(key) = &key {
                request.metadata_mut().insert("authorization", key.parse().expect("a key is plain text"));
            }
            Ok(request)
        };
        let mut client = InteractionServiceClient::new(InterceptedService::new(channel, with_key));
        // One waits beside what the transport takes: whoever sends learns what was taken.
        let (sends, sent) = mpsc::channel(1);
        let mut answers = client.stream_interactions(ReceiverStream::new(sent)).await?.into_inner();
        let first = answers.message().await?.and_then(|told| told.event);
        let Some(Event::Window(window)) = first else { panic!("the window comes first: {first:?}") };
        let window = usize::try_from(window.batches).expect("a small number");
        Ok(Self { sends: Some(sends), answers, window })
    }

    /// Sends a batch; waits until the transport has taken the one before. `false`: the stream has ended.
    pub async fn send(&self, batch: StreamInteractionsRequest) -> bool {
        match &self.sends {
            Some(sends) => sends.send(batch).await.is_ok(),
            None => false,
        }
    }

    /// Sends a batch if the transport has taken the one before.
    #[must_use]
    pub fn try_send(&self, batch: StreamInteractionsRequest) -> bool {
        self.sends.as_ref().is_some_and(|sends| sends.try_send(batch).is_ok())
    }

    /// Ends the caller's side.
    pub fn half_close(&mut self) {
        self.sends = None;
    }

    /// The next acknowledgement; `None`: the stream has ended in order.
    ///
    /// # Errors
    /// What it ends with.
    ///
    /// # Panics
    /// When it tells anything else.
    pub async fn hear(&mut self) -> Result<Option<InteractionsAcknowledged>, Status> {
        let Some(told) = self.answers.message().await? else { return Ok(None) };
        match told.event {
            Some(Event::Acknowledged(acknowledged)) => Ok(Some(acknowledged)),
            other => panic!("nothing but acknowledgements comes after the window: {other:?}"),
        }
    }

    /// All acknowledgements to the end, and what it ended with.
    pub async fn hear_all(&mut self) -> (Vec<InteractionsAcknowledged>, Result<(), Status>) {
        let mut all = Vec::new();
        loop {
            match self.hear().await {
                Ok(Some(acknowledged)) => all.push(acknowledged),
                Ok(None) => return (all, Ok(())),
                Err(status) => return (all, Err(status)),
            }
        }
    }
}

/// Hands a batch over by a stream of its own, as by a call: what fails it, in its acknowledgement or at the end of the stream, is the
/// error.
///
/// # Errors
/// What the batch or the stream ended with.
pub async fn one<S>(
    mut client: InteractionServiceClient<S>,
    request: v1::RecordInteractionsRequest,
) -> Result<v1::RecordInteractionsResponse, Status>
where
    S: GrpcService<Body>,
    S::Error: Into<StdError>,
    S::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <S::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    let v1::RecordInteractionsRequest { profile_table, interactions } = request;
    let batch = StreamInteractionsRequest { seq: 1, profile_table, interactions };
    let mut answers = client.stream_interactions(tokio_stream::iter([batch])).await?.into_inner();
    while let Some(told) = answers.message().await? {
        if let Some(Event::Acknowledged(told)) = told.event {
            let results = told.results;
            let refused = told.error.map(|error| fault::status(&error));
            return refused.map_or(Ok(v1::RecordInteractionsResponse { results }), Err);
        }
    }
    Err(Status::unavailable("the stream ended before the batch was acknowledged"))
}

/// What became of each interaction of a batch, by [`deed::words`].
#[must_use]
pub fn words(acknowledged: &InteractionsAcknowledged) -> Vec<String> {
    let told = acknowledged.results.iter().filter_map(|result| result.result.as_ref());
    told.map(|told: &record_interactions_result::Result| deed::words(told)).collect()
}

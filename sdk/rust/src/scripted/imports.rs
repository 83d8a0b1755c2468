//! A service that writes chunks of an import down, and loses its connection where the script says.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use assent_proto::v1;
use assent_proto::v1::import_consents_request::Message;
use assent_proto::v1::import_consents_response::Event;
use tonic::{Request, Response, Status, Streaming};

use super::{Script, Scripted};

pub(super) type Acknowledgements =
    Pin<Box<dyn tokio_stream::Stream<Item = Result<v1::ImportConsentsResponse, Status>> + Send>>;

/// What was written of an import.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imported {
    /// The chunks, in order.
    pub(crate) chunks: Vec<v1::ImportChunk>,
    /// How often a stream began.
    pub(crate) streams: usize,
    /// How many chunks came that were written already.
    pub(crate) repeated: usize,
    breaks: VecDeque<Break>,
}

/// Where a stream breaks.
#[derive(Clone, Debug)]
pub(crate) struct Break {
    /// When that chunk has come.
    pub(crate) at: u64,
    /// Whether it is written by then.
    pub(crate) written: bool,
    /// What is told.
    pub(crate) status: Status,
}

impl Scripted {
    /// Breaks streams of imports, one after the other.
    pub(crate) fn break_imports(&self, breaks: impl IntoIterator<Item = Break>) {
        self.script.lock().unwrap().imports.breaks.extend(breaks);
    }

    pub(crate) fn imported(&self) -> Imported {
        self.script.lock().unwrap().imports.clone()
    }
}

pub(super) async fn import(
    script: &Arc<Mutex<Script>>,
    request: Request<Streaming<v1::ImportConsentsRequest>>,
) -> Result<Response<Acknowledgements>, Status> {
    if let Some(Some(failure)) = script.lock().unwrap().failures.pop_front() {
        return Err(failure);
    }
    let mut inbound = request.into_inner();
    let first = inbound.message().await?.and_then(|first| first.message);
    assert!(matches!(first, Some(Message::Header(_))), "a header comes first");
    let (answers, told) = tokio::sync::mpsc::channel(1);
    let script = Arc::clone(script);
    tokio::spawn(async move {
        let opened = {
            let imports = &mut script.lock().unwrap().imports;
            imports.streams += 1;
            let next_chunk = imports.chunks.len() as u64 + 1;
            Event::Opened(v1::ImportOpened { next_chunk, totals: Some(totals(&imports.chunks)) })
        };
        let tell = |event| answers.send(Ok(v1::ImportConsentsResponse { event: Some(event) }));
        tell(opened).await.unwrap();
        while let Ok(Some(message)) = inbound.message().await {
            let Some(Message::Chunk(chunk)) = message.message else { panic!("chunks follow") };
            match written(&script, chunk) {
                Ok(acknowledged) => {
                    if tell(Event::Acknowledged(acknowledged)).await.is_err() {
                        return;
                    }
                }
                Err(status) => {
                    let _ = answers.send(Err(status)).await;
                    return;
                }
            }
        }
        let all = totals(&script.lock().unwrap().imports.chunks);
        let _ = tell(Event::Ended(v1::ImportEnded { totals: Some(all) })).await;
    });
    Ok(Response::new(Box::pin(tokio_stream::wrappers::ReceiverStream::new(told))))
}

fn written(script: &Mutex<Script>, chunk: v1::ImportChunk) -> Result<v1::ChunkAcknowledged, Status> {
    let imports = &mut script.lock().unwrap().imports;
    let breaks = imports.breaks.pop_front_if(|next| next.at == chunk.number);
    if let Some(unwritten) = breaks.as_ref().filter(|next| !next.written) {
        return Err(unwritten.status.clone());
    }
    let number = chunk.number;
    let counts = totals(std::slice::from_ref(&chunk));
    let place = usize::try_from(number).unwrap() - 1;
    let repeated = place < imports.chunks.len();
    if repeated {
        imports.repeated += 1;
        assert_eq!(imports.chunks[place], chunk, "a chunk is repeated as it was");
    } else {
        assert_eq!(place, imports.chunks.len(), "chunks come in order");
        imports.chunks.push(chunk);
    }
    match breaks {
        Some(lost) => Err(lost.status),
        None => Ok(v1::ChunkAcknowledged {
            number,
            repeated,
            counts: Some(counts),
            totals: Some(totals(&imports.chunks)),
            ..v1::ChunkAcknowledged::default()
        }),
    }
}

fn totals(chunks: &[v1::ImportChunk]) -> v1::ImportCounts {
    let created = chunks.iter().map(|chunk| chunk.lines.len() as u64).sum();
    v1::ImportCounts { created, ..v1::ImportCounts::default() }
}

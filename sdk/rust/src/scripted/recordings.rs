//! A service that records what is streamed, judges it by what it is called, and breaks where the script says.
//!
//! A profile called `discarded`, `exempted` or `wrong` is answered so; a table called `unknown` is. One called `later` cannot be judged
//! when it comes first, and a table whose name begins with `faulty` never. Everything else is recorded once, by its id.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use assent_proto::v1;
use assent_proto::v1::record_interactions_result::Result as Wire;
use assent_proto::v1::stream_interactions_response::Event;
use tokio::sync::{Notify, Semaphore, mpsc};
use tonic::{Request, Response, Status, Streaming};
use tonic_types::ErrorDetails;

use super::{Script, Scripted, failure, refusal};

type Answer = Result<v1::StreamInteractionsResponse, Status>;

pub(super) type Acknowledgements = Pin<Box<dyn tokio_stream::Stream<Item = Answer> + Send>>;

/// What befalls a batch when it is read.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// It is acknowledged.
    Acknowledge,
    /// The stream ends in order, and the batch is not dealt with.
    End,
    /// The stream breaks, after the batch is recorded or before that.
    Break { recorded: bool, status: Status },
    /// It is recorded, and what is acknowledged is something else.
    Tell(Event),
}

/// What was streamed.
pub(crate) struct Recordings {
    /// What is on record, by id, and how often it came.
    pub(crate) recorded: BTreeMap<String, usize>,
    /// The batches that came: of which stream, under which number, for which table, and the profiles in them.
    pub(crate) batches: Vec<(usize, u64, String, Vec<String>)>,
    /// The ids in each.
    pub(crate) ids: Vec<Vec<String>>,
    /// The largest of them, in bytes.
    pub(crate) largest: usize,
    /// How often a stream began.
    pub(crate) streams: usize,
    /// How many of them their caller ended.
    pub(crate) half_closed: usize,
    /// How many are over.
    pub(crate) over: usize,
    /// What the trace context of each was.
    pub(crate) parents: Vec<String>,
    /// The most batches that were ever read and not acknowledged.
    pub(crate) unacknowledged_max: usize,
    /// What could not be judged when it came, by id.
    pub(crate) put_off: BTreeSet<String>,
    window: u32,
    steps: VecDeque<Step>,
    /// How many streams end with their window.
    empty: usize,
    /// Whether streams end only when the script says so.
    endless: bool,
}

impl Default for Recordings {
    fn default() -> Self {
        Self {
            recorded: BTreeMap::new(),
            batches: Vec::new(),
            ids: Vec::new(),
            largest: 0,
            streams: 0,
            half_closed: 0,
            over: 0,
            parents: Vec::new(),
            unacknowledged_max: 0,
            put_off: BTreeSet::new(),
            window: 4,
            steps: VecDeque::new(),
            empty: 0,
            endless: false,
        }
    }
}

/// Lets acknowledgements go, or holds them.
pub(crate) struct Gate {
    room: Semaphore,
    /// Ends the streams that are open.
    over: Notify,
}

/// More than any test has batches.
const OPEN: usize = 1 << 40;

impl Default for Gate {
    fn default() -> Self {
        Self { room: Semaphore::new(OPEN), over: Notify::new() }
    }
}

impl Scripted {
    /// What befalls the next batches, one each.
    pub(crate) fn steps(&self, steps: impl IntoIterator<Item = Step>) {
        self.script.lock().unwrap().recordings.steps.extend(steps);
    }

    pub(crate) fn window(&self, batches: u32) {
        self.script.lock().unwrap().recordings.window = batches;
    }

    /// So many streams end in order before anything is read.
    pub(crate) fn empty_streams(&self, streams: usize) {
        self.script.lock().unwrap().recordings.empty = streams;
    }

    /// Streams whose caller has ended its side are left open.
    pub(crate) fn leave_open(&self) {
        self.script.lock().unwrap().recordings.endless = true;
    }

    /// Acknowledges nothing more until it is let go.
    pub(crate) fn hold(&self) {
        let gate = Arc::clone(&self.script.lock().unwrap().gate);
        gate.room.forget_permits(OPEN);
    }

    /// Lets so many acknowledgements go.
    pub(crate) fn let_go(&self, batches: usize) {
        let gate = Arc::clone(&self.script.lock().unwrap().gate);
        gate.room.add_permits(batches);
    }

    /// Ends the streams that are open, in order.
    pub(crate) fn end_streams(&self) {
        let gate = Arc::clone(&self.script.lock().unwrap().gate);
        gate.over.notify_waiters();
    }

    pub(crate) fn recordings<T>(&self, look: impl FnOnce(&Recordings) -> T) -> T {
        look(&self.script.lock().unwrap().recordings)
    }

    /// The profiles of all batches that came, in order.
    pub(crate) fn came(&self) -> Vec<Vec<String>> {
        self.recordings(|seen| seen.batches.iter().map(|(.., profiles)| profiles.clone()).collect())
    }
}

pub(super) async fn record(
    script: &Arc<Mutex<Script>>,
    request: Request<Streaming<v1::StreamInteractionsRequest>>,
) -> Result<Response<Acknowledgements>, Status> {
    let parent = request.metadata().get("traceparent").map(|value| value.to_str().unwrap().to_owned());
    let (stream, window, gate) = {
        let mut script = script.lock().unwrap();
        if let Some(Some(failure)) = script.failures.pop_front() {
            return Err(failure);
        }
        let gate = Arc::clone(&script.gate);
        let recordings = &mut script.recordings;
        recordings.streams += 1;
        recordings.parents.extend(parent);
        (recordings.streams, recordings.window, gate)
    };
    let (answers, told) = mpsc::unbounded_channel();
    let _ = answers.send(Ok(event(Event::Window(v1::InteractionWindow { batches: window }))));
    {
        let empty = &mut script.lock().unwrap().recordings.empty;
        if *empty > 0 {
            *empty -= 1;
            return Ok(Response::new(Box::pin(tokio_stream::wrappers::UnboundedReceiverStream::new(told))));
        }
    }
    let served = Served { script: Arc::clone(script), stream, gate, answers };
    tokio::spawn(served.read(request.into_inner()));
    Ok(Response::new(Box::pin(tokio_stream::wrappers::UnboundedReceiverStream::new(told))))
}

const fn event(event: Event) -> v1::StreamInteractionsResponse {
    v1::StreamInteractionsResponse { event: Some(event) }
}

/// A stream that is served.
struct Served {
    script: Arc<Mutex<Script>>,
    stream: usize,
    gate: Arc<Gate>,
    answers: mpsc::UnboundedSender<Answer>,
}

impl Served {
    /// Reads as fast as it comes, so that who sends beyond the window is seen; acknowledges behind that, in order.
    async fn read(self, mut inbound: Streaming<v1::StreamInteractionsRequest>) {
        let Self { script, stream, gate, answers } = self;
        let (judged, to_tell) = mpsc::unbounded_channel();
        let told = Arc::new(AtomicUsize::new(0));
        let teller = tokio::spawn(tell(to_tell, Arc::clone(&gate), Arc::clone(&told), answers));
        let mut read = 0;
        loop {
            let next = tokio::select! {
                next = inbound.message() => next,
                () = gate.over.notified() => break,
            };
            let Ok(Some(batch)) = next else {
                let endless = {
                    let seen = &mut script.lock().unwrap().recordings;
                    seen.half_closed += usize::from(matches!(next, Ok(None)));
                    seen.endless
                };
                if endless {
                    gate.over.notified().await;
                }
                break;
            };
            read += 1;
            let step = {
                let seen = &mut script.lock().unwrap().recordings;
                let profiles = batch.interactions.iter().map(profile).collect();
                seen.batches.push((stream, batch.seq, batch.profile_table.clone(), profiles));
                seen.ids.push(batch.interactions.iter().map(|one| one.interaction_id.clone()).collect());
                seen.largest = seen.largest.max(prost::Message::encoded_len(&batch));
                seen.unacknowledged_max = seen.unacknowledged_max.max(read - told.load(Ordering::SeqCst));
                if batch.profile_table.starts_with("faulty") {
                    let status = failure(tonic::Code::Internal, "INTERNAL", ErrorDetails::new());
                    Step::Break { recorded: false, status }
                } else {
                    seen.steps.pop_front().unwrap_or(Step::Acknowledge)
                }
            };
            let answer = match step {
                Step::Acknowledge => Ok(event(Event::Acknowledged(judge(&script, &batch)))),
                Step::Tell(told) => {
                    judge(&script, &batch);
                    Ok(event(told))
                }
                Step::End => break,
                Step::Break { recorded, status } => {
                    if recorded {
                        judge(&script, &batch);
                    }
                    let _ = judged.send(Err(status));
                    break;
                }
            };
            let _ = judged.send(answer);
        }
        drop(judged);
        let _ = teller.await;
        script.lock().unwrap().recordings.over += 1;
    }
}

/// Tells the answers as the gate lets them go, and how many it told.
async fn tell(
    mut judged: mpsc::UnboundedReceiver<Answer>,
    gate: Arc<Gate>,
    told: Arc<AtomicUsize>,
    answers: mpsc::UnboundedSender<Answer>,
) {
    while let Some(answer) = judged.recv().await {
        gate.room.acquire().await.unwrap().forget();
        told.fetch_add(1, Ordering::SeqCst);
        if answers.send(answer).is_err() {
            return;
        }
    }
}

fn profile(one: &v1::Interaction) -> String {
    one.profile.clone().unwrap_or_default().id
}

fn judge(script: &Mutex<Script>, batch: &v1::StreamInteractionsRequest) -> v1::InteractionsAcknowledged {
    if batch.profile_table == "unknown" {
        return refused(batch.seq);
    }
    let seen = &mut script.lock().unwrap().recordings;
    let result = |(at, one): (usize, &v1::Interaction)| {
        let disposition = match profile(one).as_str() {
            "wrong" => {
                let error = refusal(&format!("interactions[{at}].occurred_at"));
                return v1::RecordInteractionsResult { result: Some(Wire::Error(error)) };
            }
            "later" if seen.put_off.insert(one.interaction_id.clone()) => {
                return v1::RecordInteractionsResult { result: Some(Wire::Error(fault())) };
            }
            "discarded" => v1::Disposition::Discarded,
            "exempted" => v1::Disposition::Exempted,
            _ => {
                let times = seen.recorded.entry(one.interaction_id.clone()).or_default();
                *times += 1;
                if *times > 1 { v1::Disposition::Duplicate } else { v1::Disposition::Recorded }
            }
        };
        let outcome = v1::InteractionOutcome { disposition: disposition.into(), reason: 0, policy: None };
        v1::RecordInteractionsResult { result: Some(Wire::Outcome(outcome)) }
    };
    let results = batch.interactions.iter().enumerate().map(result).collect();
    v1::InteractionsAcknowledged { through_seq: batch.seq, results, error: None }
}

fn fault() -> assent_proto::google::rpc::Status {
    let status = failure(tonic::Code::Internal, "INTERNAL", ErrorDetails::new());
    prost::Message::decode(status.details()).unwrap()
}

/// The acknowledgement of a batch of which nothing can be recorded.
fn refused(seq: u64) -> v1::InteractionsAcknowledged {
    let status = failure(tonic::Code::NotFound, "PROFILE_TABLE_UNKNOWN", ErrorDetails::new());
    let error = prost::Message::decode(status.details()).unwrap();
    v1::InteractionsAcknowledged { through_seq: seq, results: Vec::new(), error: Some(error) }
}

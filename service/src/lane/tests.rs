mod beside;

use std::collections::BTreeSet;
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};

use assent_domain::time::Instant;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use super::*;
use crate::clock::ManualClock;

/// What the calls of these tests ask for, and how many items they count for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    Echo(u32),
    Heavy(u32, usize),
    Refuse,
    Panic,
    Mute,
    /// Is never let on.
    Stick,
}

/// Tells of each batch it is given and waits to be let on.
struct Gated {
    began: mpsc::UnboundedSender<(String, Vec<Ask>)>,
    gate: Arc<Semaphore>,
    dropped: Arc<AtomicUsize>,
}

struct Unfinished(Arc<AtomicUsize>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Work for Gated {
    type Call = Ask;
    type Answer = u32;

    fn weight(&self, call: &Ask) -> usize {
        if let Ask::Heavy(_, items) = call { *items } else { 1 }
    }

    async fn run(&self, tenant: &TenantId, calls: Vec<Ask>, _: Deadline) -> Vec<Outcome<u32>> {
        let unfinished = Unfinished(Arc::clone(&self.dropped));
        self.began.send((tenant.as_str().to_owned(), calls.clone())).unwrap();
        if calls.contains(&Ask::Stick) {
            std::future::pending::<()>().await;
        }
        self.gate.acquire().await.unwrap().forget();
        mem::forget(unfinished);
        assert!(!calls.contains(&Ask::Panic), "asked to");
        if calls.contains(&Ask::Mute) {
            return Vec::new();
        }
        let told = calls.into_iter().map(|ask| match ask {
            Ask::Echo(number) | Ask::Heavy(number, _) => Ok(number),
            Ask::Refuse | Ask::Panic | Ask::Mute | Ask::Stick => Err(Failure::Overloaded),
        });
        told.collect()
    }
}

struct Scene {
    lane: Arc<Lane<Gated>>,
    clock: Arc<ManualClock>,
    began: mpsc::UnboundedReceiver<(String, Vec<Ask>)>,
    gate: Arc<Semaphore>,
    dropped: Arc<AtomicUsize>,
    tasks: TaskTracker,
}

/// Each call has the answer of its own, the numbers from that one on.
async fn answered(calls: impl IntoIterator<Item = JoinHandle<Outcome<u32>>>, first: u32) {
    for (call, number) in calls.into_iter().zip(first..) {
        assert_eq!(call.await.unwrap().unwrap(), number);
    }
}

const FAR: Deadline = Deadline(Duration::from_secs(60));

fn tenant(id: &str) -> TenantId {
    TenantId::new(id).unwrap()
}

impl Scene {
    fn with_writers(writers: usize) -> Self {
        let (sender, began) = mpsc::unbounded_channel();
        let (gate, dropped) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = Gated { began: sender, gate: Arc::clone(&gate), dropped: Arc::clone(&dropped) };
        let clock = Arc::new(ManualClock::at(Instant::from_micros(0).unwrap()));
        let tasks = TaskTracker::new();
        let shared: SharedClock = clock.clone();
        let lane = Arc::new(Lane::new(work, writers, shared, Traffic::default(), tasks.clone()));
        Self { lane, clock, began, gate, dropped, tasks }
    }

    /// Passes a call, and comes back when it waits or is at work.
    async fn pass(&self, of: &str, ask: Ask, deadline: Deadline) -> JoinHandle<Outcome<u32>> {
        let (lane, tenant, passed) = (Arc::clone(&self.lane), tenant(of), Arc::new(AtomicUsize::new(0)));
        let begins = Arc::clone(&passed);
        let call = tokio::spawn(async move {
            begins.store(1, Ordering::SeqCst);
            // Nothing lies between this line and the queue at which another task could run.
            lane.pass(&tenant, ask, deadline).await
        });
        while passed.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        call
    }

    async fn echo(&self, number: u32) -> JoinHandle<Outcome<u32>> {
        self.pass("a", Ask::Echo(number), FAR).await
    }

    /// The calls of the next batch that begins.
    async fn batch(&mut self) -> Vec<Ask> {
        self.began.recv().await.unwrap().1
    }

    /// Until somebody looks after those that wait.
    async fn watched(&self) {
        while self.clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
    }

    fn let_on(&self, batches: usize) {
        self.gate.add_permits(batches);
    }

    /// Waits for the writers, and looks at what is left.
    async fn end(self) {
        self.tasks.close();
        self.tasks.wait().await;
        assert!(self.lane.shared.queues().is_empty(), "nothing is left of a tenant without calls");
    }
}

#[tokio::test]
async fn calls_that_come_while_a_batch_is_at_work_share_the_next_in_order() {
    let mut scene = Scene::with_writers(1);
    let first = scene.echo(1).await;
    assert_eq!(scene.batch().await, [Ask::Echo(1)], "an idle lane waits for no company");
    let mut others = Vec::new();
    for number in 2..6 {
        others.push(scene.echo(number).await);
    }
    scene.let_on(2);
    assert_eq!(scene.batch().await, [2, 3, 4, 5].map(Ask::Echo));
    assert_eq!(first.await.unwrap().unwrap(), 1);
    for (call, number) in others.into_iter().zip(2..) {
        assert_eq!(call.await.unwrap().unwrap(), number, "each has its own answer");
    }
    scene.end().await;
}

#[tokio::test]
async fn a_batch_has_no_more_items_than_fit_but_at_least_one_call() {
    let mut scene = Scene::with_writers(1);
    let mut calls = vec![scene.echo(0).await];
    assert_eq!(scene.batch().await, [Ask::Echo(0)]);
    let asks = [
        Ask::Heavy(1, ITEMS_MAX - 1),
        Ask::Echo(2),
        Ask::Echo(3),
        Ask::Heavy(4, 5 * ITEMS_MAX),
        Ask::Echo(5),
    ];
    for ask in asks {
        calls.push(scene.pass("a", ask, FAR).await);
    }
    scene.let_on(5);
    assert_eq!(scene.batch().await, asks[..2], "full to the last item");
    assert_eq!(scene.batch().await, asks[2..3], "nobody overtakes one that does not fit");
    assert_eq!(scene.batch().await, asks[3..4]);
    assert_eq!(scene.batch().await, asks[4..]);
    answered(calls, 0).await;
    scene.end().await;
}

#[tokio::test]
async fn a_call_whose_caller_is_gone_or_out_of_time_is_left_out() {
    let mut scene = Scene::with_writers(1);
    let first = scene.echo(1).await;
    assert_eq!(scene.batch().await, [Ask::Echo(1)]);
    let gone = scene.echo(2).await;
    let late = scene.pass("a", Ask::Echo(3), Deadline(Duration::from_millis(300))).await;
    let stays = scene.echo(4).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    scene.clock.advance(Duration::from_millis(300));
    scene.let_on(2);
    assert_eq!(scene.batch().await, [Ask::Echo(4)]);
    assert_eq!((first.await.unwrap().unwrap(), stays.await.unwrap().unwrap()), (1, 4));
    assert!(matches!(late.await.unwrap(), Err(Failure::DeadlineExceeded)));
    scene.end().await;
}

#[tokio::test]
async fn a_caller_that_goes_while_its_batch_is_at_work_takes_nobody_along() {
    let mut scene = Scene::with_writers(1);
    let first = scene.echo(1).await;
    scene.batch().await;
    let (gone, stays) = (scene.echo(2).await, scene.echo(3).await);
    scene.let_on(1);
    assert_eq!(scene.batch().await, [2, 3].map(Ask::Echo));
    gone.abort();
    assert!(gone.await.is_err());
    scene.let_on(1);
    assert_eq!((first.await.unwrap().unwrap(), stays.await.unwrap().unwrap()), (1, 3));
    scene.end().await;
}

#[tokio::test]
async fn a_batch_that_nobody_waits_for_is_dropped() {
    let mut scene = Scene::with_writers(1);
    let first = scene.echo(1).await;
    scene.batch().await;
    first.abort();
    assert!(first.await.is_err());
    let next = scene.echo(2).await;
    assert_eq!(scene.batch().await, [Ask::Echo(2)], "the writer goes on");
    assert_eq!(scene.dropped.load(Ordering::SeqCst), 1);
    scene.let_on(1);
    assert_eq!(next.await.unwrap().unwrap(), 2);
    scene.end().await;
}

#[tokio::test]
async fn a_refused_call_is_told_so_alone_and_a_panic_reaches_every_caller_of_its_batch() {
    for poison in [Ask::Refuse, Ask::Panic, Ask::Mute] {
        let mut scene = Scene::with_writers(1);
        let first = scene.echo(1).await;
        scene.batch().await;
        let (with, too) = (scene.pass("a", poison, FAR).await, scene.echo(2).await);
        scene.let_on(1);
        assert_eq!(first.await.unwrap().unwrap(), 1);
        assert_eq!(scene.batch().await, [poison, Ask::Echo(2)]);
        let after = scene.echo(3).await;
        scene.let_on(2);
        let (with, too) = (with.await.unwrap(), too.await.unwrap());
        if poison == Ask::Refuse {
            assert!(matches!((with, too), (Err(Failure::Overloaded), Ok(2))));
        } else {
            assert!(
                matches!((with, too), (Err(Failure::Internal(_)), Err(Failure::Internal(_)))),
                "{poison:?}"
            );
        }
        assert_eq!(after.await.unwrap().unwrap(), 3, "the writer goes on");
        scene.end().await;
    }
}

#[tokio::test]
async fn tenants_do_not_wait_for_each_other() {
    let mut scene = Scene::with_writers(1);
    let calls = [scene.pass("a", Ask::Echo(1), FAR).await, scene.pass("b", Ask::Echo(2), FAR).await];
    let began = [scene.began.recv().await.unwrap().0, scene.began.recv().await.unwrap().0];
    assert_eq!(BTreeSet::from(began), BTreeSet::from(["a".to_owned(), "b".to_owned()]));
    scene.let_on(2);
    answered(calls, 1).await;
    scene.end().await;
}

#[tokio::test]
async fn no_more_batches_of_a_tenant_are_at_work_than_there_are_writers() {
    let mut scene = Scene::with_writers(2);
    let mut calls = Vec::new();
    let ask = |number| Ask::Heavy(number, WORTH_A_BATCH);
    for number in 0..4 {
        calls.push(scene.pass("a", ask(number), FAR).await);
        if number < 2 {
            assert_eq!(scene.batch().await, [ask(number)]);
        }
    }
    assert!(scene.began.try_recv().is_err(), "two are at work");
    scene.let_on(1);
    assert_eq!(scene.batch().await, [2, 3].map(ask));
    scene.let_on(2);
    answered(calls, 0).await;
    scene.end().await;
}

#[tokio::test]
async fn a_call_that_is_begun_is_on_the_lane_before_its_answer_is_waited_for() {
    let mut scene = Scene::with_writers(1);
    let first = scene.lane.begin(&tenant("a"), Ask::Echo(1), FAR);
    assert_eq!(scene.batch().await, [Ask::Echo(1)]);
    let second = scene.lane.begin(&tenant("a"), Ask::Echo(2), FAR);
    drop(scene.lane.begin(&tenant("a"), Ask::Echo(3), FAR));
    scene.let_on(2);
    assert_eq!(scene.batch().await, [Ask::Echo(2)], "who drops it takes it back");
    assert_eq!(
        (second.await.unwrap(), first.await.unwrap()),
        (2, 1),
        "in whatever order they are waited for"
    );
    scene.end().await;
}

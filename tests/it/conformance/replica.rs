//! Replicas of the service: the real binary as a process of its own, which can be killed, or the service within this
//! process, whose clock and whose statements of numbering can be other ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use assent_domain::time::{Instant, Span};
use assent_service::app::App;
use assent_service::clock::{Clock, SharedClock, Sleep, SystemClock};
use assent_service::config::Config;
use assent_service::entropy::{OsEntropy, SharedEntropy};
use assent_store::StepSql;
use assent_tests::app::environment;
use assent_tests::process::Process;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Settings of every replica: nothing waits long for a database that is gone.
const SETTINGS: [(&str, &str); 4] = [
    ("DATABASE__ACQUIRE_TIMEOUT_SECONDS", "2"),
    ("DATABASE__STATEMENT_TIMEOUT_SECONDS", "6"),
    ("DATABASE__TRANSACTION_TIMEOUT_SECONDS", "8"),
    ("SHUTDOWN__DRAIN_SECONDS", "1"),
];

/// How long a call may take unless it is said otherwise.
const LONGEST_CALL: Duration = Duration::from_secs(60);

/// How much faster what is longer passes: an hour in less than half a second.
const QUICKLY: u32 = 10_000;

/// A service within this process.
pub(super) struct Within {
    pub(super) address: String,
    pub(super) clock: Arc<Shifted>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

/// The machine's clock, set to another time; what it measures goes on. What would be slept for longer than a call may
/// take passes quickly, so that what housekeeping does by the hour happens in a course.
#[derive(Default)]
pub(super) struct Shifted {
    machine: SystemClock,
    /// Microseconds that it is ahead; below 0: behind.
    ahead: AtomicI64,
}

impl Shifted {
    pub(super) fn set_back(&self, by: Duration) {
        self.ahead.fetch_sub(micros(by), Ordering::SeqCst);
    }

    pub(super) fn set_forward(&self, by: Duration) {
        self.ahead.fetch_add(micros(by), Ordering::SeqCst);
    }

    fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::SeqCst)
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).expect("less than an age")
}

impl Clock for Shifted {
    fn now(&self) -> Instant {
        self.machine.now().plus(Span::from_micros(self.ahead()))
    }

    fn monotonic(&self) -> Duration {
        self.machine.monotonic()
    }

    fn sleep(&self, span: Duration) -> Sleep {
        self.machine.sleep(if span > LONGEST_CALL { span / QUICKLY } else { span })
    }

    fn sleep_until(&self, at: Instant) -> Sleep {
        self.machine.sleep_until(at.plus(Span::from_micros(-self.ahead())))
    }
}

/// Starts the binary on a database; gives its address too.
pub(super) fn process(url: &str) -> (Process, String) {
    let environment = environment(url, &SETTINGS);
    let borrowed: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut process = Process::start(&["serve"], &borrowed);
    let address = process.address();
    (process, address)
}

impl Within {
    /// Starts the service in this process, with a clock of its own.
    pub(super) async fn start(url: &str, numbering: StepSql) -> Self {
        let config = Config::load(None, environment(url, &SETTINGS)).expect("settings of the tests");
        let clock = Arc::new(Shifted::default());
        let shared: SharedClock = Arc::<Shifted>::clone(&clock);
        let entropy: SharedEntropy = Arc::new(OsEntropy);
        let app =
            App::build_numbering_by(numbering, config, shared, entropy).await.expect("the service starts");
        let address = app.address().to_string();
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(async move {
            let shutdown = async { drop(stopped.await) };
            app.run(shutdown).await.expect("the service serves");
        });
        Self { address, clock, stop, ended }
    }

    pub(super) async fn stop(self) {
        let _ = self.stop.send(());
        self.ended.await.expect("the service ends in order");
    }
}

//! One course of the suite: writers and followers from the first write to the last, kills and faults between, a copy
//! of the database that is put back after more was written, and what is there at the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use assent_service::clock::{Clock, SystemClock};
use assent_store::{Sequencer, StepSql};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::postgres::Stop;
use tokio::task::JoinHandle;

use super::directory::Directory;
use super::follow::{Reading, Way};
use super::ground::Ground;
use super::history::{Event, History, Told};
use super::write::{Sent, Writer};
use super::{fault, ledger};
use crate::faults::chance::Chance;
use crate::faults::{channel, settled_down};

/// How many write at once.
pub(super) const WRITERS: usize = 10;

/// How much is written in the past.
const PAST: usize = 60;

/// How much is written between the copy and its return.
const TAKEN_AWAY: usize = 100;

/// How long a course is.
#[derive(Clone, Copy)]
pub(super) struct Length {
    /// How many transactions are acknowledged; of SQLite, where nobody can tell them apart, calls.
    pub(super) commits: usize,
    /// How often something is killed.
    pub(super) kills: usize,
    /// Where its chances begin.
    pub(super) seed: u64,
}

/// A course that is over.
pub(super) struct Course {
    pub(super) ground: Ground,
    pub(super) history: History,
}

/// A stretch of a course: until so much was acknowledged and so many were killed.
struct Stretch {
    number: usize,
    calls: usize,
    kills: usize,
    /// How many transactions there must be by its end, from the first stretch on.
    commits: usize,
    /// What its acknowledgements are worth in the end.
    told: Told,
    /// Whether calls are cut off and people erased.
    rough: bool,
    /// Whether the feed is trimmed meanwhile.
    trimmed: bool,
}

impl Stretch {
    const ROUGH: Self = Self {
        number: 0,
        calls: 0,
        kills: 0,
        commits: 0,
        told: Told::Acknowledged,
        rough: true,
        trimmed: false,
    };
}

/// A whole course, with the service as it is.
pub(super) async fn whole(engine: Engine, length: Length) -> Course {
    let mut course = begun(engine, Sequencer::sql(), length.seed).await;
    let readers = readers(&course.ground, length);
    readers.have_begun(&course.ground.directory).await;
    fault::dawdle(&course.ground).await;
    course.ground.go_to_present().await;
    let mut long = None;
    let Length { commits, kills, seed } = length;
    let (calls, half) = (commits / 2, kills / 2);
    let first = Stretch { number: 0, calls, kills: half, commits: calls, ..Stretch::ROUGH };
    let lost = Stretch { number: 1, calls: TAKEN_AWAY, told: Told::TakenAway, ..Stretch::ROUGH };
    let second = Stretch { number: 2, calls, kills: kills - half, commits, trimmed: true, ..Stretch::ROUGH };
    course.go(&first, seed, &mut long).await;
    course.ground.back_up().await;
    course.go(&lost, seed, &mut long).await;
    course.ground.restore();
    course.go(&second, seed, &mut long).await;
    course.close(readers).await
}

/// A short course without kills, whose replicas number by those statements.
pub(super) async fn numbered_by(engine: Engine, length: Length, numbering: StepSql, before: &str) -> Course {
    let mut course = begun(engine, numbering.clone(), length.seed).await;
    course.ground.look().await.run(before).await.expect("the ground is prepared");
    let readers = readers(&course.ground, length);
    fault::dawdle(&course.ground).await;
    course.ground.stay_within(numbering).await;
    let Length { commits, kills, seed } = length;
    let stretch = Stretch { number: 0, calls: commits, kills, ..Stretch::ROUGH };
    course.go(&stretch, seed, &mut None).await;
    course.close(readers).await
}

/// Begins in the past, with a little that was written then.
async fn begun(engine: Engine, numbering: StepSql, seed: u64) -> Course {
    let ground = Ground::make(engine, numbering).await;
    let history = History { tenant: "default".to_owned(), ..History::default() };
    let mut course = Course { ground, history };
    let past = Stretch { number: 9, calls: PAST, rough: false, ..Stretch::ROUGH };
    course.go(&past, seed, &mut None).await;
    course
}

/// Followers that have begun, and how they learn that the end is the last.
struct Readers {
    over: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Reading>>,
}

/// The first of them takes a cursor and sleeps until half of all is written, by which time its cursor is long expired.
fn readers(ground: &Ground, length: Length) -> Readers {
    let over = Arc::new(AtomicBool::new(false));
    let ways = [
        Way::Pages { asleep_until: length.commits / 2 },
        Way::Pages { asleep_until: 0 },
        Way::Stream { moves: false },
        Way::Stream { moves: true },
        Way::Customer,
        Way::CustomerOfFile(ground.file("bookmark")),
    ];
    let begin = |(number, way)| Reading::begin(way, number, length.seed, &ground.directory, &over);
    let tasks = (0..).zip(ways).map(begin).collect();
    Readers { over, tasks }
}

impl Readers {
    /// Waits until all of them have their first cursors.
    async fn have_begun(&self, directory: &Directory) {
        let clock = SystemClock::new();
        for _ in 0..3_000 {
            if directory.followers() == self.tasks.len() {
                return;
            }
            clock.sleep(Duration::from_millis(20)).await;
        }
        panic!("not everybody can begin to follow");
    }
}

impl Course {
    async fn go(&mut self, stretch: &Stretch, seed: u64, long: &mut Option<Look>) {
        let directory = Arc::clone(&self.ground.directory);
        let clock = SystemClock::new();
        let began = directory.acknowledged();
        directory.say_enough(false);
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| writer(&directory, stretch.number, number, seed, stretch.rough))
            .collect();
        let Stretch { number, calls, kills, commits, told, .. } = stretch;
        for kill in 0..*kills {
            reach(&directory, began + calls * (kill + 1) / (kills + 1)).await;
            self.befall(kill, long).await;
            if stretch.trimmed && kill % 4 == 1 {
                fault::trim(&self.ground, &self.history.tenant).await;
            }
            let at = clock.monotonic();
            self.strike(kill).await;
            println!(
                "killed after {} calls: {}, back after {:.1} s",
                directory.acknowledged(),
                self.ground.kills.last().expect("a kill"),
                clock.monotonic().saturating_sub(at).as_secs_f64()
            );
        }
        reach(&directory, began + calls).await;
        while self.transactions().await < *commits {
            reach(&directory, directory.acknowledged() + 50).await;
        }
        directory.say_enough(true);
        let mut took: Vec<Duration> = Vec::new();
        for (place, writer) in writers.into_iter().enumerate() {
            let sent: Sent = writer.await.expect("a writer does not panic");
            took.extend(&sent.took);
            self.note(place + number * 100, sent, *told);
        }
        // What was cut off on its way may still be worked on.
        clock.sleep(Duration::from_millis(500)).await;
        settled_down(&self.ground.url).await;
        let calls = directory.acknowledged() - began;
        took.sort_unstable();
        println!(
            "stretch {number}: {calls} calls acknowledged in {:.1} s, half of them within {:?}",
            clock.monotonic().as_secs_f64(),
            took.get(took.len() / 2).copied().unwrap_or_default()
        );
    }

    /// How many transactions wrote records; of SQLite, where nobody can tell them apart, calls.
    async fn transactions(&self) -> usize {
        if self.ground.engine == Engine::Sqlite {
            return self.ground.directory.acknowledged();
        }
        let count = "SELECT CAST(count(DISTINCT CAST(xmin AS TEXT)) AS TEXT) FROM record";
        let told = self.ground.look().await.column(count).await.expect("a count");
        told[0].parse().expect("a number")
    }

    fn note(&mut self, writer: usize, sent: Sent, told: Told) {
        let known = |was: Told| if was == Told::Acknowledged { told } else { was };
        let calls = sent.calls.into_iter().map(|mut call| {
            (call.writer, call.told) = (writer, known(call.told));
            call
        });
        self.history.calls.extend(calls);
        let erasures = sent.erasures.into_iter().map(|mut erasure| {
            erasure.told = known(erasure.told);
            erasure
        });
        self.history.erasures.extend(erasures);
        self.history.oddities.extend(sent.oddities);
    }

    /// One of the faults that leave everybody alive.
    async fn befall(&mut self, turn: usize, long: &mut Option<Look>) {
        match turn % 5 {
            0 => fault::hold(&self.ground, turn as u64 % 4, Duration::from_secs(2)).await,
            1 | 3 => {
                let ended = fault::end_connections(&self.ground).await;
                if !ended.is_empty() {
                    println!("connections ended: {}", ended.join(", "));
                }
            }
            2 => self.ground.set_clock_back(),
            _ => *long = fault::elsewhere(&self.ground).await,
        }
    }

    async fn strike(&mut self, kill: usize) {
        match self.ground.engine {
            Engine::Sqlite if kill % 3 == 2 => {
                let meanwhile =
                    async |directory: &Directory| reach(directory, directory.acknowledged() + 20).await;
                self.ground.kill_and_stand_in(meanwhile).await;
            }
            Engine::Sqlite => self.ground.kill_process(0),
            Engine::Postgres if kill % 4 == 3 => {
                let how = if kill % 8 == 3 { Stop::Immediate } else { Stop::Kill };
                self.ground.kill_postgres(how);
            }
            Engine::Postgres => self.ground.kill_process(kill),
        }
    }

    /// Nothing is written any more: lets the followers read to the end and looks at what is there.
    async fn close(mut self, readers: Readers) -> Self {
        readers.over.store(true, Ordering::SeqCst);
        for task in readers.tasks {
            let reading = task.await.expect("a follower does not panic");
            self.history.oddities.extend(reading.oddities);
            self.history.followers.push(reading.follower);
        }
        let replica = channel(&self.ground.an_address());
        ledger::read_into(&mut self.history, self.ground.engine, &self.ground.url, &replica).await;
        let anew: Vec<&str> = self.anew().collect();
        let unknown = self.history.calls.iter().filter(|call| call.told == Told::Unknown).count();
        println!(
            "{WRITERS} writers, {} transactions, {} positions, {unknown} calls without an answer, {} erasures; \
             {} followers, who began anew for {anew:?}",
            self.transactions().await,
            self.history.entries.len(),
            self.history.erasures.len(),
            self.history.followers.len(),
        );
        println!("{} kills: {}", self.ground.kills.len(), self.ground.kills.join(", "));
        self
    }

    /// Why followers began anew.
    pub(super) fn anew(&self) -> impl Iterator<Item = &str> {
        let events = self.history.followers.iter().flat_map(|follower| &follower.events);
        events.filter_map(|event| if let Event::Told(reason) = event { Some(reason.as_str()) } else { None })
    }
}

fn writer(
    directory: &Arc<Directory>,
    stretch: usize,
    number: usize,
    seed: u64,
    rough: bool,
) -> JoinHandle<Sent> {
    let name = format!("s{stretch}w{number}");
    let chance = Chance::seeded(seed ^ ((stretch * WRITERS + number) as u64) << 20);
    tokio::spawn(Writer { number, name, chance, directory: Arc::clone(directory), rough }.write())
}

/// So many calls of writers that nothing is done to: how long each took, in order.
pub(super) async fn calm(ground: &Ground, round: usize, calls: usize) -> Vec<Duration> {
    let directory = &ground.directory;
    directory.say_enough(false);
    let wanted = directory.acknowledged() + calls;
    let writers: Vec<_> =
        (0..WRITERS).map(|number| writer(directory, 1_000 + round, number, 1, false)).collect();
    reach(directory, wanted).await;
    directory.say_enough(true);
    let mut took = Vec::new();
    for writer in writers {
        took.extend(writer.await.expect("a writer does not panic").took);
    }
    took.sort_unstable();
    took
}

/// Waits until so many calls were acknowledged.
async fn reach(directory: &Directory, wanted: usize) {
    let clock = SystemClock::new();
    let (mut seen, mut since) = (0, clock.monotonic());
    loop {
        let now = directory.acknowledged();
        if now >= wanted {
            return;
        }
        if now > seen {
            (seen, since) = (now, clock.monotonic());
        }
        let still = clock.monotonic().saturating_sub(since);
        assert!(still < Duration::from_secs(60), "nobody is acknowledged anything any more");
        clock.sleep(Duration::from_millis(5)).await;
    }
}

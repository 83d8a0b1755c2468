//! What the machine spent, on whom: from the proc file system, in hundredths of a second.

use std::fs;
use std::time::{Duration, Instant};

/// What the kernel counts in.
const TICK: Duration = Duration::from_millis(10);

/// The CPU of a process, and of those it started and waited for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    pub(crate) own: Duration,
    pub(crate) waited_for: Duration,
}

impl Spent {
    pub(crate) fn by(process: u32) -> Self {
        Stat::of(process).map(|stat| stat.spent).unwrap_or_default()
    }

    /// By a server that has a process for each connection: all there are and all that were.
    pub(crate) fn by_family(parent: u32) -> Duration {
        let names = fs::read_dir("/proc").expect("a proc file system").flatten();
        let processes = names.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let children = processes.filter_map(Stat::of).filter(|stat| stat.parent == parent);
        let living: Duration = children.map(|stat| stat.spent.own).sum();
        let Self { own, waited_for } = Self::by(parent);
        own + waited_for + living
    }
}

struct Stat {
    parent: u32,
    spent: Spent,
}

impl Stat {
    fn of(process: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // Behind the name, which may hold anything.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |place: usize| fields.get(place)?.parse::<u32>().ok().map(|ticks| TICK * ticks);
        let spent = Spent { own: ticks(11)? + ticks(12)?, waited_for: ticks(13)? + ticks(14)? };
        Some(Self { parent: fields.get(1)?.parse().ok()?, spent })
    }
}

/// The whole machine at an instant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machine {
    at: Instant,
    busy: Duration,
    stolen: Duration,
}

impl Machine {
    pub(crate) fn now() -> Self {
        let text = fs::read_to_string("/proc/stat").expect("a proc file system");
        let all = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
        let ticks: Vec<u32> = all.map(|ticks| ticks.parse().unwrap_or_default()).collect();
        let sum = |places: &[usize]| -> Duration {
            places.iter().map(|place| TICK * ticks.get(*place).copied().unwrap_or_default()).sum()
        };
        // user, nice, system, irq and softirq; then what the hypervisor gave to others.
        Self { at: Instant::now(), busy: sum(&[0, 1, 2, 5, 6]), stolen: sum(&[7]) }
    }

    /// The shares of all cores that others and the hypervisor took since then, `ours` being what we spent.
    pub(crate) fn noise_since(before: Self, ours: Duration) -> Noise {
        let now = Self::now();
        let room = (now.at - before.at).as_secs_f64() * f64::from(cores());
        let share = |spent: Duration| spent.as_secs_f64() / room;
        Noise {
            others: share((now.busy - before.busy).saturating_sub(ours)),
            stolen: share(now.stolen - before.stolen),
        }
    }
}

/// What of the machine was not ours, as shares of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise {
    pub(crate) others: f64,
    pub(crate) stolen: f64,
}

fn cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(1))
}

/// The machine in a line.
pub(crate) fn described() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = load.split_whitespace().take(3).collect();
    let build = if cfg!(debug_assertions) { "DEBUG BUILD: no figure counts" } else { "release build" };
    format!("{} cores, load {} at the start, {build}", cores(), load.join(" "))
}

//! The memory of a process and its threads, from the proc file system.

use std::fs;

/// What a process holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// What of it is in memory, in millions of bytes.
    pub(crate) resident: f64,
    /// The most that ever was.
    pub(crate) highest: f64,
    /// Pages that others share are counted in part (PSS).
    pub(crate) proportional: f64,
    /// What no file stands behind: heap and stacks.
    pub(crate) anonymous: f64,
    pub(crate) threads: f64,
}

impl Memory {
    /// Of a process that runs.
    pub(crate) fn of(process: u32) -> Self {
        let read = |name: &str| {
            let file = format!("/proc/{process}/{name}");
            fs::read_to_string(file).expect("the process runs, and is ours")
        };
        let (status, rollup) = (read("status"), read("smaps_rollup"));
        let kib = |text: &str, name: &str| number(text, name) * 1_024.0 / 1e6;
        Self {
            resident: kib(&status, "VmRSS:"),
            highest: kib(&status, "VmHWM:"),
            proportional: kib(&rollup, "Pss:"),
            anonymous: kib(&rollup, "Anonymous:"),
            threads: number(&status, "Threads:"),
        }
    }
}

/// What stands behind a name at the beginning of a line.
fn number(text: &str, name: &str) -> f64 {
    let rest = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    rest.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(f64::NAN)
}

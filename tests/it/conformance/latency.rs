//! What a long transaction in another database of the cluster costs writers: the 99th percentile of a call's time with
//! it and without, by turns, in the same minutes.

use std::time::Duration;

use super::course::calm;
use super::fault;
use super::ground::Ground;

/// How many calls each turn takes.
const TURN: usize = 200;

/// How often more rounds are measured before a ratio above the bound is believed: a stall is there in each of them,
/// another program's burst is not.
const MORE: usize = 4;

/// What it may cost.
const BOUND: f64 = 1.5;

/// The medians over all rounds, in milliseconds.
pub(super) struct Latency {
    pub(super) without: f64,
    pub(super) with: f64,
    /// The median of each round's own ratio.
    pub(super) ratio: f64,
    pub(super) rounds: usize,
}

impl std::fmt::Display for Latency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { without, with, ratio, rounds } = self;
        write!(
            f,
            "99th percentile of writes: {without:.1} ms, with a long transaction elsewhere {with:.1} ms, \
             ratio {ratio:.2} over {rounds} rounds"
        )
    }
}

impl Latency {
    pub(super) fn is_within_bound(&self) -> bool {
        self.ratio <= BOUND
    }
}

/// Measures so many rounds, and more of them as long as the ratio is above the bound.
pub(super) async fn measure(ground: &Ground, rounds: usize) -> Latency {
    fault::hurry(ground).await;
    // Connections, plans and pages are warm for both.
    calm(ground, 0, TURN).await;
    let mut told = Vec::new();
    for _ in 0..=MORE {
        for _ in 0..rounds {
            told.push(round(ground, told.len()).await);
        }
        if latency(&told).is_within_bound() {
            break;
        }
    }
    latency(&told)
}

/// Both percentiles: without, with.
async fn round(ground: &Ground, number: usize) -> [f64; 2] {
    // Whoever comes first is not always the same.
    let mut turns = [false, true];
    if number % 2 == 1 {
        turns.reverse();
    }
    let mut told = [0.0; 2];
    for held in turns {
        let long = if held { fault::elsewhere(ground).await } else { None };
        let took = calm(ground, 1 + number * 2 + usize::from(held), TURN).await;
        drop(long);
        told[usize::from(held)] = percentile(&took);
    }
    told
}

fn latency(of_rounds: &[[f64; 2]]) -> Latency {
    let median_of = |of: fn(&[f64; 2]) -> f64| median(of_rounds.iter().map(of).collect());
    Latency {
        without: median_of(|told| told[0]),
        with: median_of(|told| told[1]),
        ratio: median_of(|told| told[1] / told[0]),
        rounds: of_rounds.len(),
    }
}

/// The 99th of sorted times, in milliseconds.
fn percentile(sorted: &[Duration]) -> f64 {
    sorted[sorted.len() * 99 / 100].as_secs_f64() * 1_000.0
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn a_stall_in_every_round_is_above_the_bound_and_a_burst_in_one_is_not() {
    assert!(latency(&[[2.0, 2.1], [2.0, 40.0], [3.0, 2.0]]).is_within_bound());
    assert!(!latency(&[[2.0, 6.0], [2.0, 40.0], [30.0, 2.0]]).is_within_bound());
    let hundred: Vec<_> = (1..=200).map(Duration::from_millis).collect();
    assert!((percentile(&hundred) - 199.0).abs() < f64::EPSILON);
}

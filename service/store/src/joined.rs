//! Runs that callers share: one at a time for each key, joined by everybody who came before it began.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::error::StoreError;

/// The runs of every key inside this process. Nothing is kept of a key that nobody waits for.
pub struct Joined<K, T> {
    lanes: Mutex<HashMap<K, Weak<Lane<T>>>>,
}

/// The runs of one key.
struct Lane<T> {
    /// How many runs were begun.
    begun: AtomicU64,
    /// The latest run that came to its end, and what it gave.
    done: tokio::sync::Mutex<Option<(u64, Result<T, StoreError>)>>,
}

impl<K, T> Default for Joined<K, T> {
    fn default() -> Self {
        Self { lanes: Mutex::default() }
    }
}

impl<K, T> fmt::Debug for Joined<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Joined").finish_non_exhaustive()
    }
}

impl<K: Eq + Hash, T: Clone> Joined<K, T> {
    /// Does `work`, unless a run that began after this call has done it meanwhile; gives what it gave. A run whose caller
    /// goes away is none: the next one does its own.
    ///
    /// # Errors
    /// What the run failed of. So many who wait for a database that is not there are told together, and not one after the other.
    pub async fn run(
        &self,
        key: K,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let lane = self.lane(key);
        let begun_before = lane.begun.load(Ordering::SeqCst);
        let mut done = lane.done.lock().await;
        if let Some((run, gave)) = done.as_ref()
            && *run > begun_before
        {
            return gave.clone();
        }
        let run = lane.begun.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        let gave = work.await;
        *done = Some((run, gave.clone()));
        gave
    }

    fn lane(&self, key: K) -> Arc<Lane<T>> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = lanes.get(&key).and_then(Weak::upgrade) {
            return lane;
        }
        lanes.retain(|_, lane| lane.strong_count() > 0);
        let lane = Arc::new(Lane { begun: AtomicU64::new(0), done: tokio::sync::Mutex::new(None) });
        lanes.insert(key, Arc::downgrade(&lane));
        lane
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Notify;
    use tokio::task::JoinSet;

    use super::*;

    /// Ten who come while a run is under way, and what each is given; says how many runs there were.
    async fn ten(fails: bool) -> (u64, Vec<Result<u64, StoreError>>) {
        let joined = Arc::new(Joined::<&str, u64>::default());
        let (runs, go_on) = (Arc::new(AtomicU64::new(0)), Arc::new(Notify::new()));
        let mut callers = JoinSet::new();
        let mut call = |waits: bool| {
            let (joined, runs, go_on) = (Arc::clone(&joined), Arc::clone(&runs), Arc::clone(&go_on));
            callers.spawn(async move {
                let work = async {
                    let run = runs.fetch_add(1, Ordering::SeqCst) + 1;
                    if waits {
                        go_on.notified().await;
                    }
                    if fails { Err(StoreError::Unavailable) } else { Ok(run) }
                };
                joined.run("a", work).await
            });
        };
        call(true);
        while runs.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        for _ in 0..10 {
            call(false);
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        go_on.notify_one();
        let gave = callers.join_all().await;
        assert!(joined.lanes.lock().unwrap().values().all(|lane| lane.strong_count() == 0));
        (runs.load(Ordering::SeqCst), gave)
    }

    #[tokio::test]
    async fn who_comes_while_a_run_is_under_way_shares_the_next_one() {
        let (runs, mut gave) = ten(false).await;
        gave.sort_by_key(|gave| gave.clone().ok());
        assert_eq!(runs, 2, "nobody is given what was seen before he came");
        assert_eq!(gave[0], Ok(1));
        assert!(gave[1..].iter().all(|gave| *gave == Ok(2)));
    }

    #[tokio::test]
    async fn a_run_that_fails_fails_for_everybody_who_shares_it() {
        let (runs, gave) = ten(true).await;
        assert_eq!(runs, 2);
        assert!(gave.iter().all(|gave| *gave == Err(StoreError::Unavailable)));
    }

    #[tokio::test]
    async fn a_run_whose_caller_goes_away_is_none() {
        let joined = Joined::<&str, u64>::default();
        tokio::select! {
            biased;
            _ = joined.run("a", std::future::pending()) => unreachable!(),
            () = tokio::task::yield_now() => {}
        }
        assert_eq!(joined.run("a", async { Ok(7) }).await, Ok(7));
    }

    #[tokio::test]
    async fn keys_do_not_wait_for_each_other_and_are_forgotten() {
        let joined = Joined::<&str, u64>::default();
        let other = joined.run("b", async { Ok(2) });
        let one = joined.run("a", async { other.await.map(|two| two + 1) });
        assert_eq!(one.await, Ok(3));
        assert_eq!(joined.run("c", async { Ok(4) }).await, Ok(4));
        assert_eq!(joined.lanes.lock().unwrap().len(), 1, "those of the others went");
    }
}

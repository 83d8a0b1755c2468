//! How much all streams together may hold: interactions that were read and are not acknowledged.
//!
//! Room is given in the order in which it was asked for. A tenant takes half of it at most: whoever's batches wait for a lock that is
//! held for long does not hold up everybody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use assent_domain::id::TenantId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many interactions the largest batch holds, by the contract.
pub(crate) const BATCH_MAX: usize = 1000;

/// All the room there is.
pub(in crate::interaction) struct Hall {
    all: Arc<Semaphore>,
    share: usize,
    /// What each tenant has left of its share, as long as it streams.
    shares: Mutex<HashMap<TenantId, Weak<Semaphore>>>,
}

/// The room of one tenant's streams.
pub(super) struct Rooms {
    all: Arc<Semaphore>,
    own: Arc<Semaphore>,
}

/// Room for a batch; it is given back when this is dropped.
pub(super) struct Room {
    /// Absent: given back.
    permits: [Option<OwnedSemaphorePermit>; 2],
}

impl Hall {
    /// Room for that many interactions, and never less than for the largest batch.
    pub(in crate::interaction) fn new(interactions: usize) -> Self {
        let interactions = interactions.max(BATCH_MAX);
        let (all, share) = (Arc::new(Semaphore::new(interactions)), (interactions / 2).max(BATCH_MAX));
        Self { all, share, shares: Mutex::default() }
    }

    /// What that tenant's streams may take.
    pub(super) fn rooms_of(&self, tenant: &TenantId) -> Rooms {
        let mut shares = self.shares.lock().unwrap_or_else(PoisonError::into_inner);
        let own = shares.get(tenant).and_then(Weak::upgrade).unwrap_or_else(|| {
            // Who comes sweeps up after those who are gone.
            shares.retain(|_, left| left.strong_count() > 0);
            let own = Arc::new(Semaphore::new(self.share));
            shares.insert(tenant.clone(), Arc::downgrade(&own));
            own
        });
        Rooms { all: Arc::clone(&self.all), own }
    }
}

impl Rooms {
    /// Waits for room for one batch, which may be the largest.
    pub(super) async fn one(&self) -> Room {
        let mut permits = [None, None];
        // A share first: who waits for his own tenant's batches must not stand in another's way.
        for (permit, of) in permits.iter_mut().zip([&self.own, &self.all]) {
            // Nobody closes it.
            *permit = Arc::clone(of).acquire_many_owned(of_batch(BATCH_MAX)).await.ok();
        }
        Room { permits }
    }
}

impl Room {
    /// Keeps what so many interactions need, and gives back the rest.
    pub(super) fn keep(&mut self, interactions: usize) {
        let rest = BATCH_MAX.saturating_sub(interactions);
        for permit in self.permits.iter_mut().flatten() {
            drop(permit.split(rest));
        }
    }
}

fn of_batch(interactions: usize) -> u32 {
    u32::try_from(interactions).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(name: &str) -> TenantId {
        TenantId::new(name).unwrap()
    }

    /// Whether there is room at once.
    async fn has_room(rooms: &Rooms) -> Option<Room> {
        tokio::select! {
            biased;
            room = rooms.one() => Some(room),
            () = tokio::task::yield_now() => None,
        }
    }

    #[tokio::test]
    async fn what_is_held_never_comes_to_more_than_there_is() {
        let hall = Hall::new(4_000);
        let (ours, theirs) = (hall.rooms_of(&tenant("ours")), hall.rooms_of(&tenant("theirs")));
        let mut held = vec![ours.one().await, ours.one().await];
        assert!(has_room(&ours).await.is_none(), "a tenant takes half");
        held.push(theirs.one().await);
        held.push(theirs.one().await);
        let others = hall.rooms_of(&tenant("others"));
        assert!(has_room(&others).await.is_none(), "that was all");
        held.remove(0);
        assert!(has_room(&others).await.is_some());
    }

    #[tokio::test]
    async fn a_small_batch_gives_back_what_it_does_not_need() {
        let hall = Hall::new(2_000);
        let ours = hall.rooms_of(&tenant("ours"));
        let mut held = Vec::new();
        for _ in 0..1_000 {
            let mut room = ours.one().await;
            room.keep(0);
            held.push(room);
        }
        let mut one = ours.one().await;
        one.keep(1);
        assert!(has_room(&ours).await.is_none(), "one more may be the largest");
        drop(one);
        assert!(has_room(&ours).await.is_some());
    }

    #[tokio::test]
    async fn room_is_given_in_the_order_in_which_it_was_asked_for() {
        let hall = Arc::new(Hall::new(2_000));
        let ours = hall.rooms_of(&tenant("ours"));
        let held = ours.one().await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for number in 0..10 {
            let (rooms, order) = (hall.rooms_of(&tenant("ours")), Arc::clone(&order));
            waiting.push(tokio::spawn(async move {
                let room = rooms.one().await;
                order.lock().unwrap().push(number);
                drop(room);
            }));
            tokio::task::yield_now().await;
        }
        drop(held);
        for one in waiting {
            one.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), (0..10).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_tenant_without_streams_is_forgotten_and_has_its_whole_share_again() {
        let hall = Hall::new(2_000);
        let ours = hall.rooms_of(&tenant("ours"));
        let _held = hall.rooms_of(&tenant("ours")).one().await;
        assert!(has_room(&ours).await.is_none(), "all streams of a tenant share");
        drop(ours);
        let _theirs = hall.rooms_of(&tenant("theirs"));
        assert!(!hall.shares.lock().unwrap().contains_key(&tenant("ours")));
    }
}

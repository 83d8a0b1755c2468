//! Looks out for what other replicas write, for everybody who waits for it on this one: by one statement for each feed,
//! however many wait and for however many tenants.
//!
//! Nothing tells a replica what another one committed (a database's own messages are not to be had everywhere, and take a
//! lock that all commits share), so somebody has to look. While something comes the next look is soon, after a quiet second
//! it is seldom. A look that fails wakes nobody; who waits looks for himself before he gives up.

use std::collections::HashMap;
use std::time::Duration;

use assent_domain::id::TenantId;
use assent_store::{HeadSeen, StoreError};

use super::news::News;
use crate::context::Context;

/// Between two looks while something comes: with the numbering, well below the 50 ms within which a change is to be seen.
const SOON: Duration = Duration::from_millis(20);

/// Between two looks while nothing comes.
const SELDOM: Duration = Duration::from_millis(200);

/// After how many looks in vain nothing comes: a second's.
const IN_VAIN_MAX: u32 = 50;

/// Who looks out.
#[derive(Debug)]
pub(crate) struct Lookout {
    changes: Horizon,
    interactions: Horizon,
    /// How many looks saw nothing since one did.
    in_vain: u32,
}

impl Default for Lookout {
    fn default() -> Self {
        Self { changes: Horizon::default(), interactions: Horizon::default(), in_vain: IN_VAIN_MAX }
    }
}

impl Lookout {
    /// How long to rest before the next look.
    pub(crate) const fn rest(&self) -> Duration {
        if self.in_vain < IN_VAIN_MAX { SOON } else { SELDOM }
    }

    /// Looks once, and wakes whoever waits for what has come.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn look(&mut self, context: &Context) -> Result<(), StoreError> {
        self.in_vain = self.in_vain.saturating_add(1);
        let (news, store) = (&context.news, &context.store);
        let seen = match news.followed().as_slice() {
            [] => Vec::new(),
            followed => store.see_heads(followed).await?,
        };
        let changed = self.changes.compare(news, seen);
        let news = &context.interaction_news;
        let seen = match news.followed().as_slice() {
            [] => Vec::new(),
            followed => store.see_batch_heads(followed).await?,
        };
        if self.interactions.compare(news, seen) || changed {
            self.in_vain = 0;
        }
        Ok(())
    }
}

/// How far one feed went when it was looked at, of each tenant that is followed.
#[derive(Debug, Default)]
struct Horizon(HashMap<TenantId, u64>);

impl Horizon {
    /// Wakes who follows a feed that went on, or is about to; whether there was one. Whoever began to follow since the last look
    /// may have looked before what is seen now: a feed that was not seen before counts as one that went on.
    fn compare(&mut self, news: &News, seen: Vec<HeadSeen>) -> bool {
        let before = std::mem::take(&mut self.0);
        let mut went_on = false;
        for HeadSeen { tenant, position, waiting } in seen {
            if waiting || before.get(&tenant) != Some(&position) {
                news.tell(&tenant);
                went_on = true;
            }
            self.0.insert(tenant, position);
        }
        went_on
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::news::Following;

    fn tenant(id: &str) -> TenantId {
        TenantId::new(id).unwrap()
    }

    fn seen(id: &str, position: u64, waiting: bool) -> HeadSeen {
        HeadSeen { tenant: tenant(id), position, waiting }
    }

    fn heard(following: &mut Following) -> bool {
        is_over_at_once(following.news())
    }

    /// Whether a future is over at once.
    fn is_over_at_once(future: impl Future<Output = ()>) -> bool {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        std::pin::pin!(future).poll(&mut context).is_ready()
    }

    #[test]
    fn who_follows_is_woken_when_the_feed_went_on_or_is_about_to() {
        let (news, mut horizon) = (News::default(), Horizon::default());
        let (mut one, mut other) = (news.follow(&tenant("a")), news.follow(&tenant("b")));
        horizon.compare(&news, vec![seen("a", 5, false), seen("b", 7, false)]);
        assert!(heard(&mut one) && heard(&mut other), "what came before the first look is not missed");
        assert!(!horizon.compare(&news, vec![seen("a", 5, false), seen("b", 7, false)]));
        assert!(!heard(&mut one) && !heard(&mut other));
        assert!(horizon.compare(&news, vec![seen("a", 6, false), seen("b", 7, false)]));
        assert!(heard(&mut one) && !heard(&mut other), "a step of one tenant wakes its readers alone");
        assert!(horizon.compare(&news, vec![seen("a", 6, false), seen("b", 7, true)]));
        assert!(!heard(&mut one) && heard(&mut other), "what waits to be numbered is there too");
    }

    #[test]
    fn a_feed_that_went_back_is_looked_at() {
        let (news, mut horizon) = (News::default(), Horizon::default());
        let mut following = news.follow(&tenant("a"));
        horizon.compare(&news, vec![seen("a", 5, false)]);
        assert!(heard(&mut following));
        assert!(horizon.compare(&news, vec![seen("a", 3, false)]) && heard(&mut following), "a restore");
    }

    #[test]
    fn looks_are_soon_while_something_comes_and_seldom_after_a_second_of_nothing() {
        let mut lookout = Lookout::default();
        assert_eq!(lookout.rest(), SELDOM);
        lookout.in_vain = 0;
        assert_eq!(lookout.rest(), SOON);
        lookout.in_vain = IN_VAIN_MAX - 1;
        assert_eq!(lookout.rest(), SOON);
        lookout.in_vain = IN_VAIN_MAX;
        assert_eq!(lookout.rest(), SELDOM);
        assert_eq!(SOON * IN_VAIN_MAX, Duration::from_secs(1));
    }
}

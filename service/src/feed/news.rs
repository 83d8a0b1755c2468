//! Tells readers that wait for changes that there is something to look for.
//!
//! News say nothing of what happened and may be wrong: whoever hears them looks for himself. What another replica
//! wrote is told by who looks out for it (`lookout`).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use assent_domain::id::TenantId;
use tokio::sync::watch;

/// Who waits for what, tenant by tenant. Holds no more tenants than have had readers since they last had news.
#[derive(Debug, Default)]
pub struct News {
    followed: Mutex<HashMap<TenantId, watch::Sender<()>>>,
}

impl News {
    /// There may be something new of a tenant. Said after the commit, or a reader would look too early.
    pub fn tell(&self, tenant: &TenantId) {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(readers) = followed.get(tenant)
            && readers.send(()).is_err()
        {
            followed.remove(tenant);
        }
    }

    /// The tenants that somebody follows.
    #[must_use]
    pub fn followed(&self) -> Vec<TenantId> {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        followed.retain(|_, readers| readers.receiver_count() > 0);
        followed.keys().cloned().collect()
    }

    /// Hears what is told from now on. To miss nothing: follow, then look, then wait.
    #[must_use]
    pub fn follow(&self, tenant: &TenantId) -> Following {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = match followed.get(tenant) {
            Some(readers) => readers.subscribe(),
            None => followed.entry(tenant.clone()).or_default().subscribe(),
        };
        Following { heard }
    }
}

/// One who hears the news of a tenant.
#[derive(Debug)]
pub struct Following {
    heard: watch::Receiver<()>,
}

impl Following {
    /// Waits for news that were told since the last wait ended, or since following began.
    pub async fn news(&mut self) {
        // Its sender is only dropped when nobody follows, so this does not end without news.
        let _ = self.heard.changed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(id: &str) -> TenantId {
        TenantId::new(id).unwrap()
    }

    fn heard(following: &mut Following) -> bool {
        let looked = following.heard.has_changed().unwrap();
        following.heard.mark_unchanged();
        looked
    }

    #[tokio::test]
    async fn news_between_a_look_and_the_wait_are_not_missed() {
        let news = News::default();
        let mut following = news.follow(&tenant("a"));
        news.tell(&tenant("a"));
        news.tell(&tenant("a"));
        following.news().await;
        assert!(!heard(&mut following), "told twice is looked for once");
    }

    #[test]
    fn another_tenants_news_wake_nobody() {
        let news = News::default();
        let mut following = news.follow(&tenant("a"));
        news.tell(&tenant("b"));
        assert!(!heard(&mut following));
        let mut second = news.follow(&tenant("a"));
        news.tell(&tenant("a"));
        assert!(heard(&mut following) && heard(&mut second));
    }

    #[test]
    fn a_tenant_that_nobody_follows_is_forgotten() {
        let news = News::default();
        drop(news.follow(&tenant("a")));
        news.tell(&tenant("a"));
        assert!(news.followed.lock().unwrap().is_empty());
        let followed = news.follow(&tenant("b"));
        drop(news.follow(&tenant("c")));
        assert_eq!(news.followed(), [tenant("b")]);
        drop(followed);
        assert!(news.followed().is_empty() && news.followed.lock().unwrap().is_empty());
    }
}

//! The first send or plan of a message meets a change of it: what is judged is what is fixed.

use std::thread::JoinHandle;

use assent_domain::id::BatchId;
use assent_store::{Asked, DeclarationKind, Ground, InteractionWrite, Named, PlanWrite, Planned, StoreError};
use assent_tests::engine::Engine;
use assent_tests::{apply, every_engine};

use super::batch_race::{send, weighed};
use super::declaration::{message, plain, put};
use super::people::{Home, Quiet, at, home, open, person, tenant};
use super::race::on_thread;

type Changed = Result<u64, StoreError>;

/// What was declared each time it was judged, what the change came to, and what is declared in the end.
type Told = (Vec<Option<String>>, Changed, Option<String>);

/// Somebody who changes, or declares, the message while it is judged for the first time.
struct Meddler {
    engine: Engine,
    declared: bool,
    url: String,
    /// What was declared each time it was judged.
    seen: Vec<Option<String>>,
    waiting: Option<JoinHandle<Changed>>,
    changed: Option<Changed>,
}

impl Meddler {
    fn at(home: &Home, engine: Engine, declared: bool) -> Self {
        let url = home.database.url().to_owned();
        Self { engine, declared, url, seen: Vec::new(), waiting: None, changed: None }
    }

    fn meddle(&mut self, ground: &Ground) {
        self.seen.push(ground.declarations.messages.get(&message("mail")).map(|found| found.body.clone()));
        if self.seen.len() > 1 {
            return;
        }
        let (url, declared) = (self.url.clone(), self.declared);
        let other = on_thread(async move || {
            let store = open(&url).await;
            let two = plain(DeclarationKind::Message, "mail", "two");
            put(&store, &two, declared.then_some(1)).await.map(|stored| stored.stored.version)
        });
        match self.engine {
            // It slips in between what was loaded and what is fixed.
            Engine::Postgres => self.changed = Some(other.join().unwrap()),
            // One writer at a time: it waits for all of this.
            Engine::Sqlite => self.waiting = Some(other),
        }
    }

    async fn told(self, home: &Home) -> Told {
        let changed = self.changed.or_else(|| self.waiting.map(|change| change.join().unwrap())).unwrap();
        let found = home.store.declaration(&tenant(), DeclarationKind::Message, "mail").await.unwrap();
        assert!(found.as_ref().is_none_or(|found| found.fixed_at == Some(at(2))));
        (self.seen, changed, found.map(|found| found.stored.body))
    }
}

/// Plans a message for the first time that is changed, or declared, while it is planned.
async fn planned_while_changed(engine: Engine, declared: bool) -> Told {
    let home = home(engine).await;
    if declared {
        put(&home.store, &plain(DeclarationKind::Message, "mail", "one"), None).await.unwrap();
    }
    let (tenant, who, mail) = (tenant(), [person("p")], message("mail"));
    let write = PlanWrite {
        tenant: &tenant,
        table: &who[0].table,
        message: &mail,
        recipients: &who,
        request: None,
        batch: BatchId([1; 16]),
        now: at(2),
    };
    let mut meddler = Meddler::at(&home, engine, declared);
    let mut quiet = Quiet;
    let planned = home.store.plan_sends(
        &write,
        |ground, _| {
            meddler.meddle(ground);
            Ok::<_, StoreError>(Planned { plans: (), sends: Vec::new() })
        },
        &mut quiet,
        |(), _| Vec::new(),
    );
    planned.await.unwrap().unwrap();
    meddler.told(&home).await
}

/// Records the first send of a message that is changed, or declared, while it is judged.
async fn sent_while_changed(engine: Engine, declared: bool) -> Told {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    if declared {
        put(&home.store, &plain(DeclarationKind::Message, "mail", "one"), None).await.unwrap();
    }
    let (tenant, arrivals) = (tenant(), [send("mail", 1, at(2))]);
    let named = Named { messages: [message("mail")].into(), ..Named::default() };
    let batch = BatchId([1; 16]);
    let write = InteractionWrite { tenant: &tenant, arrivals: &arrivals, named: &named, batch, now: at(2) };

    let mut meddler = Meddler::at(&home, engine, declared);
    let judge = |ground: &Ground, asked: &[Asked]| {
        meddler.meddle(ground);
        asked.iter().map(|asked| Some(weighed(&arrivals[asked.arrival], at(2)))).collect()
    };
    let fates = home.store.record_interactions(&write, judge, &mut Quiet).await.unwrap();
    assert!(fates.iter().flatten().all(|fate| !fate.duplicate) && fates.len() == 1);
    meddler.told(&home).await
}

fn hold_a_change(engine: Engine, (seen, changed, declared): Told) {
    assert_eq!(seen.last(), Some(&declared), "what was judged is what is fixed");
    let (one, two) = (Some("one".to_owned()), Some("two".to_owned()));
    match engine {
        Engine::Postgres => assert_eq!((seen, changed), (vec![one, two], Ok(2))),
        Engine::Sqlite => assert_eq!((seen, changed), (vec![one], Err(StoreError::Fixed))),
    }
}

fn hold_a_declaration(engine: Engine, (seen, changed, declared): Told) {
    assert_eq!(seen.last(), Some(&declared), "what was judged is what is fixed");
    match engine {
        Engine::Postgres => assert_eq!((seen, changed), (vec![None, Some("two".to_owned())], Ok(1))),
        Engine::Sqlite => assert_eq!((seen, changed), (vec![None], Err(StoreError::Fixed))),
    }
}

#[apply(every_engine)]
async fn a_change_that_slips_in_before_the_first_send_is_judged(engine: Engine) {
    hold_a_change(engine, sent_while_changed(engine, true).await);
}

#[apply(every_engine)]
async fn a_declaration_that_slips_in_before_the_first_send_is_judged(engine: Engine) {
    hold_a_declaration(engine, sent_while_changed(engine, false).await);
}

#[apply(every_engine)]
async fn a_change_that_slips_in_before_the_first_plan_is_planned_by(engine: Engine) {
    hold_a_change(engine, planned_while_changed(engine, true).await);
}

#[apply(every_engine)]
async fn a_declaration_that_slips_in_before_the_first_plan_is_planned_by(engine: Engine) {
    hold_a_declaration(engine, planned_while_changed(engine, false).await);
}

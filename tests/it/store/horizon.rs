//! How far the feeds of many tenants go is seen by one statement each, whoever wrote.

use assent_domain::id::TenantId;
use assent_store::HeadSeen;
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{at, home, person, sequencer, withdraw_one};
use super::statements::Counted;

fn tenant(number: usize) -> TenantId {
    TenantId::new(format!("tenant-{number}")).unwrap()
}

fn seen(number: usize, position: u64, waiting: bool) -> HeadSeen {
    HeadSeen { tenant: tenant(number), position, waiting }
}

#[apply(every_engine)]
async fn one_tenant_and_a_thousand_are_seen_by_one_statement(engine: Engine) {
    let home = home(engine).await;
    let counted = Counted::on(home.database.url()).await;
    for count in [1, 1_000] {
        let tenants: Vec<_> = (0..count).map(tenant).collect();
        let taken = [
            counted
                .during(async {
                    let seen = counted.store.see_heads(&tenants).await.unwrap();
                    assert_eq!(seen.len(), count, "one for each of them, those without a feed too");
                })
                .await,
            counted
                .during(async {
                    assert_eq!(counted.store.see_batch_heads(&tenants).await.unwrap().len(), count);
                })
                .await,
        ];
        assert_eq!(taken, [1, 1]);
    }
}

#[apply(every_engine)]
async fn a_feed_is_seen_with_its_position_and_with_what_waits(engine: Engine) {
    let home = home(engine).await;
    let sequencer = sequencer(&home.store);
    let look = async |numbers: &[usize]| {
        let tenants: Vec<_> = numbers.iter().copied().map(tenant).collect();
        let mut seen = home.store.see_heads(&tenants).await.unwrap();
        seen.sort_by(|one, other| one.tenant.cmp(&other.tenant));
        seen
    };
    assert_eq!(look(&[1, 2]).await, [seen(1, 0, false), seen(2, 0, false)]);
    withdraw_one(&home.store, &tenant(1), &person("anna"), at(1)).await;
    assert_eq!(look(&[1, 2]).await, [seen(1, 0, true), seen(2, 0, false)]);
    sequencer.catch_up(&tenant(1), at(2)).await.unwrap();
    withdraw_one(&home.store, &tenant(2), &person("anna"), at(3)).await;
    assert_eq!(look(&[1, 2]).await, [seen(1, 1, false), seen(2, 0, true)]);
    assert_eq!(look(&[1]).await, [seen(1, 1, false)], "those that were asked for");
}

#[apply(every_engine)]
async fn a_feed_of_interactions_is_seen_with_what_waits(engine: Engine) {
    let home = home(engine).await;
    let waits = match engine {
        Engine::Sqlite => "X'01'",
        Engine::Postgres => "'\\x01'::bytea",
    };
    let pending = format!(
        "INSERT INTO interaction_pending (tenant, recorded_at, batch_id) VALUES ('tenant-1', 1, {waits})"
    );
    let mut look = Look::at(home.database.url()).await.unwrap();
    assert_eq!(look.run(&pending).await.unwrap(), 1);
    let mut found = home.store.see_batch_heads(&[tenant(1), tenant(2)]).await.unwrap();
    found.sort_by(|one, other| one.tenant.cmp(&other.tenant));
    assert_eq!(found, [seen(1, 0, true), seen(2, 0, false)]);
}

//! Streams of several tenants: what one of them sends is its own, and one that cannot go on holds up nobody else.

use assent_tests::dump;
use assent_tests::engine::{fresh, run};

use super::*;

/// Another tenant with a table of its own, in which nobody has to be asked: its key.
async fn another(app: &TestApp) -> String {
    let key = app.key(&marks::id("outside"), "record,settings,read").await;
    let them = Client::new(app.client().channel(), app.engine(), Some(&key), None);
    let mut table = story::profile_table(story::people(), "theirs");
    table.policy_id = Some("legacy".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    them.settings().put_profile_table(put).await.expect("their own table");
    key
}

#[apply(every_app)]
async fn streams_of_two_tenants_do_not_mix(app: &TestApp) {
    settled(app).await;
    says(app, "bruno", Answer::Refuse).await;
    let key = another(app).await;
    let (mut ours, mut theirs) = (begin(app).await, begin_as(app, &key).await);
    for turn in 0..12 {
        let seq = u64::try_from(turn + 1).expect("a small number");
        // The same ids and instants.
        let both = [visits("bruno", turn, 1), visits("anna", turn, 1)].concat();
        assert!(ours.send(batch(seq, both.clone())).await);
        assert!(theirs.send(batch(seq, both)).await);
    }
    ours.half_close();
    theirs.half_close();
    let (of_us, of_them) = tokio::join!(ours.hear_all(), theirs.hear_all());
    for ((all, ended), expected) in [
        (of_us, ["DISCARDED REFUSED", "RECORDED GRANTED"]),
        (of_them, ["RECORDED DEFAULT_PERMITS", "RECORDED DEFAULT_PERMITS"]),
    ] {
        ended.expect("it ends in order");
        assert_eq!(all.len(), 12);
        assert!(all.iter().all(|told| words(told) == expected), "{all:?}");
    }
    let theirs = dump::of_tenant(&mut app.look().await, &marks::id("outside")).await;
    assert_eq!((rows(app, "interaction").await, theirs["interaction"].len()), (12, 24));
}

#[test]
fn a_tenant_whose_batches_wait_for_a_lock_takes_no_others_room() {
    run(async {
        let room = [("INTERACTIONS__STREAMED_MAX", "4000"), ("DATABASE__MAX_CONNECTIONS", "20")];
        let app = TestApp::start_with(fresh(Engine::Postgres).await, &[&PATIENT[..], &room].concat()).await;
        settled(&app).await;
        let key = another(&app).await;
        // Somebody is about to write the one visit that all of our batches hold, and does not come to an end.
        let mut theirs = begin_as(&app, &key).await;
        let common = visits("anna", 0, 1);
        assert!(theirs.send(batch(1, common.clone())).await);
        theirs.half_close();
        theirs.hear_all().await.1.expect("it ends in order");
        let mut lock = app.look().await;
        let (ours, outside) = (&app.ours().id, marks::id("outside"));
        let hold = format!(
            "CREATE TEMP TABLE held AS SELECT * FROM interaction WHERE tenant = '{outside}';
             UPDATE held SET tenant = '{ours}';
             BEGIN; INSERT INTO interaction SELECT * FROM held"
        );
        lock.run(&hold).await.expect("a row that is not committed");
        let mut stalled = Vec::new();
        for turn in 0..8 {
            let stream = begin(&app).await;
            for seq in 1..=4_u8 {
                let from = 10_000 * turn + 1_000 * i64::from(seq);
                let visits = [common.clone(), visits("anna", from, 999)].concat();
                let _ = stream.try_send(batch(seq.into(), visits));
                meanwhile(&app).await;
            }
            stalled.push(stream);
        }

        let mut theirs = begin_as(&app, &key).await;
        for seq in 1..=4_u8 {
            let from = 1_000 * i64::from(seq);
            assert!(theirs.send(batch(seq.into(), visits("anna", from, 1_000))).await);
        }
        theirs.half_close();
        let (all, ended) = theirs.hear_all().await;
        ended.expect("it ends in order");
        assert_eq!(all.len(), 4);
        assert_eq!(rows(&app, "interaction").await, 0, "ours wait");

        lock.run("ROLLBACK").await.expect("nobody is in the way");
        for mut stream in stalled {
            stream.half_close();
            let (all, ended) = stream.hear_all().await;
            ended.expect("it ends in order");
            assert!(!all.is_empty(), "every stream had its turn");
            let done = ["RECORDED GRANTED", "DUPLICATE GRANTED"];
            assert!(all.iter().flat_map(words).all(|word| done.contains(&word.as_str())));
        }
        app.finish().await;
    });
}

//! The harness itself: what it hears, what it refuses to overlook.

use assent_proto::v1;
use assent_tests::app::{FOREIGN, TestApp};
use assent_tests::{apply, every_app, every_engine, marks, story};
use tonic::Code;

#[apply(every_app)]
async fn the_same_ids_are_other_people_for_another_tenant(app: &TestApp) {
    let request = || v1::GetProfileTableRequest { id: story::people() };
    let ours = app.client().settings().get_profile_table(request()).await;
    assert_eq!(ours.expect_err("our tenant has no table yet").code(), Code::NotFound);

    let them = app.client().with_key(Some(&app.theirs().key)).blind();
    let theirs = them.settings().get_profile_table(request()).await.expect("their table");
    assert!(format!("{theirs:?}").contains(FOREIGN));
}

/// Whether the end of a test app fails its test.
async fn fails(app: TestApp) -> bool {
    tokio::spawn(app.finish()).await.is_err()
}

#[apply(every_engine)]
async fn a_test_that_touches_another_tenant_fails(engine: Engine) {
    for touch in
        ["UPDATE profile SET version = version + 1", "DELETE FROM notice", "UPDATE record SET hlc = hlc + 1"]
    {
        let app = TestApp::start(engine).await;
        let sql = format!("{touch} WHERE tenant = '{}'", app.theirs().id);
        assert!(app.look().await.run(&sql).await.expect("a statement") > 0, "{touch}");
        assert!(fails(app).await, "{touch}");
    }
}

#[apply(every_engine)]
async fn a_test_in_which_a_person_is_named_in_a_log_line_fails(engine: Engine) {
    let quiet = TestApp::start(engine).await;
    assert!(!fails(quiet).await);

    let app = TestApp::start(engine).await;
    tracing::info!(target: "assent_service", profile = marks::id("anna"), "as the service must never say");
    assert!(fails(app).await);
}

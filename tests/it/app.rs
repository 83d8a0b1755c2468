//! The harness itself: what it hears, what it refuses to overlook.

use assent_proto::v1;
use assent_tests::{apply, every_app, story};
use tonic::Code;

#[apply(every_app)]
async fn the_same_ids_are_other_people_for_another_tenant(app: &TestApp) {
    let request = || v1::GetProfileTableRequest { id: story::people() };
    let ours = app.client().settings().get_profile_table(request()).await;
    assert_eq!(ours.expect_err("our tenant has no table yet").code(), Code::NotFound);

    let them = app.client().with_key(Some(&app.theirs().key)).blind();
    let theirs = them.settings().get_profile_table(request()).await.expect("their table");
    assert!(format!("{theirs:?}").contains(assent_tests::app::FOREIGN));
}

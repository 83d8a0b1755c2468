//! The service is killed between an erasure and its last deletion: the next one finishes it.

use assent_proto::v1::privacy_service_client::PrivacyServiceClient;
use assent_proto::v1::settings_service_client::SettingsServiceClient;
use assent_tests::engine::fresh;
use assent_tests::look::Look;
use assent_tests::process::Process;
use assent_tests::{apply, every_engine};
use tonic::transport::{Channel, Endpoint};

use super::*;

/// So short that a test can wait for it.
const SHORT: [(&str, &str); 2] =
    [("DATABASE__STATEMENT_TIMEOUT_SECONDS", "1"), ("DATABASE__TRANSACTION_TIMEOUT_SECONDS", "1")];

fn channel(process: &mut Process) -> Channel {
    let address = process.address();
    Endpoint::from_shared(format!("http://{address}")).expect("an address").connect_lazy()
}

async fn state(channel: &Channel) -> ErasureState {
    let request = v1::AccessProfileRequest { profile_table: story::people(), profile: story::person(WHO) };
    let mut client = PrivacyServiceClient::new(channel.clone());
    let mut told = client.access_profile(request).await.expect("access").into_inner();
    match told.message().await.expect("a piece").and_then(|told| told.piece) {
        Some(Piece::Profile(profile)) => profile.erasure.expect("an erasure").state(),
        other => panic!("the profile comes first: {other:?}"),
    }
}

#[apply(every_engine)]
async fn an_erasure_that_a_kill_interrupted_is_finished_after_the_next_start(engine: Engine) {
    let database = fresh(engine).await;
    let mut process = Process::serve(&database, &SHORT);
    let before = channel(&mut process);
    let table = Some(story::profile_table(story::people(), "ours"));
    let put = v1::PutProfileTableRequest { profile_table: table };
    SettingsServiceClient::new(before.clone()).put_profile_table(put).await.expect("a table is stored");
    let request =
        v1::EraseProfileRequest { profile_table: story::people(), profile: story::person(WHO), origin: None };
    let erased = PrivacyServiceClient::new(before).erase_profile(request).await.expect("an erasure");
    assert_eq!(erased.into_inner().erasure.expect("it").state(), ErasureState::Pending);
    process.kill();

    let mut look = Look::at(database.url()).await.expect("the database opens");
    let (table, who) = (story::people(), marks::id(WHO));
    look.run(&format!(
        "INSERT INTO last_device (tenant, profile_table, profile, device, occurred_at) \
         VALUES ('default', '{table}', '{who}', '{WORDS}', 1)"
    ))
    .await
    .expect("a row that came late");

    let mut process = Process::serve(&database, &SHORT);
    let after = channel(&mut process);
    let mut told = state(&after).await;
    for _ in 0..600 {
        if told == ErasureState::Complete {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
        told = state(&after).await;
    }
    assert_eq!(told, ErasureState::Complete);
    let left = look.column("SELECT CAST(count(*) AS TEXT) FROM last_device").await.expect("a count");
    assert_eq!(left, ["0"]);
}

//! Every service that is answered, one a line.

use std::sync::Arc;

use assent_proto::v1::audience_service_server::AudienceServiceServer;
use assent_proto::v1::consent_service_server::ConsentServiceServer;
use assent_proto::v1::interaction_service_server::InteractionServiceServer;
use assent_proto::v1::privacy_service_server::PrivacyServiceServer;
use assent_proto::v1::settings_service_server::SettingsServiceServer;
use assent_proto::v1::wait_block_service_server::WaitBlockServiceServer;
use assent_proto::written::consent_change_service_server::ConsentChangeServiceServer;
use tonic::service::Routes;

use crate::audience::Audience;
use crate::change::Changes;
use crate::consent::Consents;
use crate::context::SharedContext;
use crate::interaction::Interactions;
use crate::privacy::Privacy;
use crate::server::health::Vitals;
use crate::settings::Settings;
use crate::wait_block::WaitBlocks;

/// The services, with health and reflection.
///
/// # Errors
/// When the contract's descriptors are not readable.
pub(super) fn routes(
    context: &SharedContext,
    vitals: &Vitals,
) -> Result<Routes, tonic_reflection::server::Error> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(assent_proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    Ok(Routes::default()
        .add_service(AudienceServiceServer::new(Audience::new(Arc::clone(context))))
        .add_service(ConsentServiceServer::new(Consents::new(Arc::clone(context))))
        .add_service(ConsentChangeServiceServer::new(Changes::new(Arc::clone(context))))
        .add_service(InteractionServiceServer::new(Interactions::new(Arc::clone(context))))
        .add_service(PrivacyServiceServer::new(Privacy::new(Arc::clone(context))))
        .add_service(SettingsServiceServer::new(Settings::new(Arc::clone(context))))
        .add_service(WaitBlockServiceServer::new(WaitBlocks::new(Arc::clone(context))))
        .add_service(vitals.service())
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?)
        .prepare())
}

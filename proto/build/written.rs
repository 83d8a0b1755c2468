//! The answers of the feed of consent changes for those who send them: each change is in them as the bytes that it is written in,
//! so that it is written once for all who read it. On the wire they are what the contract says.

use std::error::Error;
use std::path::Path;

use prost_types::FileDescriptorSet;
use prost_types::field_descriptor_proto::Type;

/// The messages that hold changes, and those that hold them.
const HOLDERS: [&str; 3] = ["ReadConsentChangesResponse", "WatchConsentChangesResponse", "ChangeBatch"];

/// What is written before.
const WRITTEN: &str = ".assent.v1.ConsentChange";

/// Whose answers they are.
const SERVICE: &str = "ConsentChangeService";

/// Writes the messages and their service into a folder of their own.
pub(crate) fn generate(mut files: FileDescriptorSet, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut others = Vec::new();
    for file in files.file.iter_mut().filter(|file| file.package() == "assent.v1") {
        file.service.retain(|service| service.name() == SERVICE);
        others.extend(file.enum_type.iter().map(|other| other.name().to_owned()));
        for message in &mut file.message_type {
            if !HOLDERS.contains(&message.name()) {
                others.push(message.name().to_owned());
                continue;
            }
            for field in message.field.iter_mut().filter(|field| field.type_name() == WRITTEN) {
                field.set_type(Type::Bytes);
                field.type_name = None;
            }
        }
    }
    let folder = out.join("written");
    std::fs::create_dir_all(&folder)?;
    let configured =
        tonic_prost_build::configure().build_client(false).codec_path("crate::codec::Codec").out_dir(folder);
    let same = |configured: tonic_prost_build::Builder, name: &String| {
        configured.extern_path(format!(".assent.v1.{name}"), format!("crate::v1::{name}"))
    };
    others.iter().fold(configured, same).compile_fds(files)?;
    Ok(())
}

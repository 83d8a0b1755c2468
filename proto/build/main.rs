//! Compiles the contract: descriptors for reflection, types, services, and the validators of requests.
#![expect(clippy::print_stdout, reason = "cargo reads what a build script prints")]

mod generator;
mod written;

use std::error::Error;
use std::path::{Path, PathBuf};

/// What Google wrote that no file of ours imports: clients read the details of errors by reflection.
const DETAILS: &str = "third_party/google/rpc/error_details.proto";

fn main() {
    if let Err(error) = compile() {
        // Cargo reads these lines: the fault is shown as one of the build, not as a backtrace.
        for line in error.to_string().lines() {
            println!("cargo::error={line}");
        }
    }
}

fn compile() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=assent");
    println!("cargo::rerun-if-changed=third_party");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?);

    let mut compiler = protox::Compiler::new(["third_party", "."])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(contract_files()?)?;
    compiler.open_file(DETAILS)?;
    std::fs::write(out.join("assent.bin"), compiler.encode_file_descriptor_set())?;
    std::fs::write(
        out.join("validators.rs"),
        generator::validators(&compiler.descriptor_pool(), "assent.v1")?,
    )?;

    tonic_prost_build::configure()
        .extern_path(".google.rpc", "::tonic_types::pb")
        .extern_path(".google.type.Date", "crate::google::Date")
        .codec_path("crate::codec::Codec")
        .client_mod_attribute(".", "#[cfg(feature = \"client\")]")
        .server_mod_attribute(".", "#[cfg(feature = \"server\")]")
        .compile_fds(compiler.file_descriptor_set())?;
    written::generate(compiler.file_descriptor_set(), &out)?;
    // After the others: they leave an empty file where this one writes.
    let day = protox::compile(["third_party/google/type/date.proto"], ["third_party"])?;
    tonic_prost_build::compile_fds(day)?;
    Ok(())
}

/// Every file of the package, in the order of their names.
fn contract_files() -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let folder = Path::new("assent/v1");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

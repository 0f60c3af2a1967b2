//! Turns protocol definitions into Rust, without `protoc`; shared by `examples/regenerate.rs` and `tests/generated.rs`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Rust stubs, client and server, of one protocol package.
pub struct Stubs {
    /// Name of the file under `src/generated/`.
    pub file: String,
    /// What that file should contain.
    pub text: String,
}

/// Where this crate lies.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where the committed stubs lie.
pub fn generated() -> PathBuf {
    root().join("src/generated")
}

/// Stubs of every definition that is committed beside this file.
pub fn committed(scratch: &Path) -> Result<Vec<Stubs>, Box<dyn Error>> {
    let terraform = stubs(
        "// Generated from tfplugin6/tfplugin6.proto (Terraform v1.16.0, MPL-2.0) by `cargo run -p zeebe-proto --example regenerate`.\n",
        "tfplugin6",
        &root().join("tfplugin6"),
        &["tfplugin6.proto"],
        Comments::Kept,
        scratch,
    )?;
    let plugin = stubs(
        "// Generated from go-plugin/*.proto (go-plugin v1.8.0, MPL-2.0) by `cargo run -p zeebe-proto --example regenerate`.\n",
        "plugin",
        &root().join("go-plugin"),
        &["grpc_broker.proto", "grpc_controller.proto", "grpc_stdio.proto"],
        Comments::Kept,
        scratch,
    )?;
    Ok(vec![terraform, plugin])
}

/// Stubs of Zeebe's gateway from a definition that the caller has; it is not ours to commit.
pub fn gateway(definition: &Path, source: &str, scratch: &Path) -> Result<Stubs, Box<dyn Error>> {
    let folder = definition.parent().ok_or("the definition lies in no folder")?;
    let name = definition
        .file_name()
        .and_then(|name| name.to_str())
        .ok_or("the definition has no name")?;
    stubs(
        &format!(
            "// Generated from Zeebe's gateway definition as {source} contains it. Stubs generated from it are free of its licence, see\n\
             // `Clarification-on-gRPC-code-generation.txt` of Zeebe's distribution; the definition and its comments are left out.\n"
        ),
        "gateway_protocol",
        folder,
        &[name],
        Comments::Dropped,
        scratch,
    )
}

#[derive(PartialEq)]
enum Comments {
    Kept,
    Dropped,
}

fn stubs(
    header: &str,
    package: &str,
    folder: &Path,
    files: &[&str],
    comments: Comments,
    scratch: &Path,
) -> Result<Stubs, Box<dyn Error>> {
    let mut descriptors = protox::compile(files, [folder])?;
    let out = scratch.join(package);
    fs::create_dir_all(&out)?;
    if comments == Comments::Dropped {
        for file in &mut descriptors.file {
            file.source_code_info = None;
        }
    }
    tonic_prost_build::configure()
        .out_dir(&out)
        .emit_rerun_if_changed(false)
        .compile_fds(descriptors)?;
    let file = format!("{package}.rs");
    let text = format!("{header}{}", fs::read_to_string(out.join(&file))?);
    Ok(Stubs { file, text })
}

//! Writes `src/generated/` anew. With two arguments, the path of a `gateway.proto` and a name for where it came from, the gateway's stubs as well.

#[path = "../generate.rs"]
mod generate;

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let scratch = env::temp_dir().join(format!("zeebe-proto-{}", std::process::id()));
    let mut all = generate::committed(&scratch)?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [definition, source] = arguments.as_slice() {
        all.push(generate::gateway(Path::new(definition), source, &scratch)?);
    }
    for stubs in all {
        fs::write(generate::generated().join(stubs.file), stubs.text)?;
    }
    fs::remove_dir_all(scratch)?;
    Ok(())
}

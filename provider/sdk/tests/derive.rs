//! What the derives refuse, in the words that a person reads, and what they take.
//!
//! Each case is handed to the compiler with the library as cargo has just built it. (trybuild would build all dependencies a second time.)

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;
use std::{env, fs};

/// The folder in which cargo put this test, and the libraries that it is linked with.
fn built() -> PathBuf {
    let test = env::current_exe().expect("a running program has a file");
    test.parent().expect("a file is in a folder").to_owned()
}

/// The library as it was built last: cargo keeps one for each set of features, and the newest is of the sources that stand here.
fn library() -> PathBuf {
    let files = fs::read_dir(built()).expect("the folder of this test can be read");
    let files = files.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let libraries = files.filter(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("libtf_sdk-") && name.ends_with(".rlib")
    });
    let age = |file: &PathBuf| {
        fs::metadata(file).and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
    };
    libraries.max_by_key(age).expect("the library that this test is linked with is there")
}

/// Compiles one case; a program where it is to be run.
fn compile(case: &str, more: &[&str]) -> Output {
    let mut external = std::ffi::OsString::from("tf_sdk=");
    external.push(library());
    Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/derive"))
        .args(["--edition", "2024", "--color", "never", case, "--extern"])
        .arg(external)
        .arg("-L")
        .arg(built())
        .args(more)
        .output()
        .expect("the compiler that built this test is there")
}

/// The errors that the compiler tells, without what only looks back on them.
fn errors(case: &str) -> String {
    let out = env::temp_dir().join(format!(
        "tf-sdk-derive-{}-{}",
        std::process::id(),
        case.replace('/', "-")
    ));
    let Output { status, stdout: _, stderr } =
        compile(case, &["--emit", "metadata", "-A", "warnings", "-o", &out.display().to_string()]);
    assert!(!status.success(), "{case} compiles");
    String::from_utf8(stderr).expect("the compiler writes UTF-8")
}

#[test]
fn mistakes_of_attributes_are_told_all_at_once_and_nothing_misleading_follows() {
    insta::assert_snapshot!(errors("fail/attributes.rs"));
}

#[test]
fn mistakes_of_whole_structs_are_told() {
    insta::assert_snapshot!(errors("fail/shape.rs"));
}

#[test]
fn a_field_without_a_schema_is_told_with_what_has_one() {
    let told = errors("fail/field.rs");
    assert!(
        told.contains("`std::time::Instant` cannot stand in an attribute")
            || told.contains("`Instant` cannot stand in an attribute"),
        "{told}"
    );
    assert!(told.contains("an attribute holds a scalar"), "{told}");
}

#[test]
fn everything_that_a_model_can_hold_is_taken() {
    let program = env::temp_dir().join(format!("tf-sdk-derive-everything-{}", std::process::id()));
    let compiled =
        compile("pass/everything.rs", &["-A", "dead_code", "-o", &program.display().to_string()]);
    assert_eq!(
        (compiled.status.success(), String::from_utf8(compiled.stderr).unwrap().as_str()),
        (true, "")
    );
    let ran = Command::new(&program).output().unwrap();
    fs::remove_file(&program).unwrap();
    assert_eq!((ran.status.success(), String::from_utf8(ran.stderr).unwrap().as_str()), (true, ""));
}

use std::fs;
use std::os::unix::fs::PermissionsExt;

use camino::{Utf8Path, Utf8PathBuf};
use camino_tempfile::Utf8TempDir;
use rstest::rstest;

use super::{JavaError, Runtime, find, major};
use crate::environment::LocalEnvironment;

fn program(path: &Utf8Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A folder that looks like a runtime of that version.
fn runtime(home: &Utf8Path, version: &str) -> Runtime {
    program(&home.join("bin/java"), "#!/bin/sh\nexit 1\n");
    fs::write(home.join("release"), format!("IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"{version}\"\n"))
        .unwrap();
    Runtime { home: home.to_owned(), version: version.to_owned() }
}

fn environment(variables: &[(&str, String)]) -> LocalEnvironment {
    let none = ("ZEEBE_PLATFORM_JAVA_FOLDERS".to_owned(), String::new());
    let path = ("PATH".to_owned(), "/nowhere".to_owned());
    let given = variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    LocalEnvironment::from_variables([none, path].into_iter().chain(given))
}

fn folder() -> (Utf8TempDir, Utf8PathBuf) {
    let folder = camino_tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize_utf8().unwrap();
    (folder, path)
}

#[rstest]
#[case("21.0.4", Some(21))]
#[case("25", Some(25))]
#[case("25-ea", Some(25))]
#[case("1.8.0_402", Some(8))]
#[case("", None)]
fn feature_number_is_read_from_every_form_of_version(
    #[case] text: &str,
    #[case] number: Option<u32>,
) {
    assert_eq!(major(text), number);
}

#[test]
fn runtime_behind_one_that_is_too_old_is_found_on_the_search_path() {
    let (_keep, folder) = folder();
    runtime(&folder.join("17"), "17.0.15");
    let newer = runtime(&folder.join("21"), "21.0.4");
    let path = format!("{folder}/17/bin:{folder}/21/bin");
    assert_eq!(find(None, &environment(&[("PATH", path)])), Ok(newer));
}

#[test]
fn runtime_in_a_usual_folder_is_found_when_java_home_is_too_old() {
    let (_keep, folder) = folder();
    runtime(&folder.join("old"), "17.0.15");
    let newer = runtime(&folder.join("jvm/temurin-25"), "25.0.1");
    let environment = environment(&[
        ("JAVA_HOME", format!("{folder}/old")),
        ("ZEEBE_PLATFORM_JAVA_FOLDERS", format!("{folder}/nothing:{folder}/jvm")),
    ]);
    assert_eq!(find(None, &environment), Ok(newer));
}

#[test]
fn program_of_a_version_switcher_is_asked_where_its_runtime_is() {
    let (_keep, folder) = folder();
    let real = folder.join("versions/21");
    program(&real.join("bin/java"), "#!/bin/sh\nexit 1\n");
    let said = format!("echo '    java.home = {real}' >&2; echo '    java.version = 21.0.2' >&2");
    program(&folder.join("shims/java"), &format!("#!/bin/sh\n{said}\n"));
    program(&real.join("bin/java"), &format!("#!/bin/sh\n{said}\n"));
    let environment = environment(&[("PATH", format!("{folder}/shims"))]);
    assert_eq!(find(None, &environment), Ok(Runtime { home: real, version: "21.0.2".to_owned() }));
}

#[test]
fn runtimes_that_are_all_too_old_are_each_named_with_their_version() {
    let (_keep, folder) = folder();
    let old = runtime(&folder.join("jvm/17"), "17.0.15");
    let older = runtime(&folder.join("jvm/8"), "1.8.0_402");
    let environment = environment(&[("ZEEBE_PLATFORM_JAVA_FOLDERS", format!("{folder}/jvm"))]);
    let error = find(None, &environment).unwrap_err();
    assert_eq!(error, JavaError::AllTooOld(vec![old, older]));
    assert_eq!(
        error.advice(),
        format!(
            "The brokers need Java 21 or later. Found: {folder}/jvm/17 (Java 17.0.15), {folder}/jvm/8 (Java 1.8.0_402). \
             Install a Java runtime of version 21 or later, or set `java_home` to the folder of one."
        )
    );
}

#[test]
fn absence_of_java_says_where_it_was_looked_for() {
    let (_keep, folder) = folder();
    let environment = environment(&[("ZEEBE_PLATFORM_JAVA_FOLDERS", format!("{folder}/jvm"))]);
    let error = find(None, &environment).unwrap_err();
    assert_eq!(
        (error.to_string(), error.advice()),
        (
            "no Java runtime was found".to_owned(),
            format!(
                "The brokers need Java 21 or later. Looked in: JAVA_HOME (not set), PATH, {folder}/jvm. \
                 Install a Java runtime of version 21 or later, or set `java_home` to the folder of one."
            )
        )
    );
}

#[test]
fn runtime_that_the_user_named_is_not_replaced_by_another() {
    let (_keep, folder) = folder();
    let old = runtime(&folder.join("17"), "17.0.15");
    let newer = runtime(&folder.join("21"), "21.0.4");
    let environment = environment(&[("JAVA_HOME", newer.home.into_string())]);
    assert_eq!(find(Some(&old.home), &environment), Err(JavaError::GivenTooOld(old)));
    let nothing = folder.join("nothing");
    assert_eq!(find(Some(&nothing), &environment), Err(JavaError::NotThere(nothing.clone())));
}

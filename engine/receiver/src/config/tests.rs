use camino_tempfile::Utf8TempDir;
use secrecy::ExposeSecret;

use super::*;

fn load(text: &str) -> (Utf8TempDir, Result<Settings, ConfigError>) {
    let folder = Utf8TempDir::new().unwrap();
    std::fs::write(folder.path().join("password"), "pass:word\n").unwrap();
    let path = folder.path().join("receiver.toml");
    std::fs::write(&path, text).unwrap();
    let loaded = Settings::load(&path);
    (folder, loaded)
}

#[test]
fn a_whole_configuration_is_read_with_its_secrets() {
    let (folder, settings) = load(
        r#"
        cluster = "payments"
        [listen]
        address = "127.0.0.1:9290"
        deadline = "2500ms"
        memory = "2MiB"
        tls = { certificate = "tls.crt", key = "/etc/tls.key" }
        credential = { username = "zeebe", password_file = "password" }
        [management]
        address = "127.0.0.1:9291"
        [sink.file]
        directory = "records"
        "#,
    );
    let settings = settings.unwrap();
    assert_eq!(settings.cluster, "payments");
    assert_eq!(settings.listen.deadline, Duration::from_millis(2_500));
    assert_eq!(settings.listen.memory, 2 << 20);
    let tls = settings.listen.tls.unwrap();
    assert_eq!(tls.certificate, folder.path().join("tls.crt"));
    assert_eq!(tls.key, "/etc/tls.key");
    let credential = settings.listen.credential.unwrap();
    assert_eq!(credential.password.expose_secret(), "pass:word");
    assert!(!format!("{credential:?}").contains("pass:word"));
    let SinkSettings::File { directory } = settings.sink;
    assert_eq!(directory, folder.path().join("records"));
}

#[test]
fn what_is_left_out_has_safe_values() {
    let (_folder, settings) = load(
        "cluster = \"a\"\nlisten.address = \"127.0.0.1:1\"\nmanagement.address = \"[::1]:2\"\nsink.file.directory = \"/d\"",
    );
    let listen = settings.unwrap().listen;
    assert_eq!((listen.deadline, listen.memory), (Duration::from_secs(20), 64 << 20));
    assert!(listen.tls.is_none() && listen.credential.is_none());
}

#[test]
fn every_mistake_is_told_at_once_and_no_secret_with_it() {
    let (folder, settings) = load(
        r#"
        cluster = "pay ments"
        colour = "blue"
        [listen]
        address = "localhost"
        deadline = "20"
        memory = "1KiB"
        tls = { certificate = 5 }
        credential = { username = "ze:ebe", password = "secret", password_env = "NO_SUCH_VARIABLE", password_file = "absent" }
        [sink]
        file = { directory = "d", size = 1 }
        [sink.files]
        "#,
    );
    let told = settings.unwrap_err().to_string().replace(folder.path().as_str(), "<folder>");
    assert!(!told.contains("secret"), "{told}");
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let (_folder, settings) = load("cluster = \n");
    let told = crate::Reason(&settings.unwrap_err()).to_string();
    assert!(told.contains("is not TOML: TOML parse error at line 1"), "{told}");
}

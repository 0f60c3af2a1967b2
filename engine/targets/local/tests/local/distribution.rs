use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;

use camino::Utf8Path;
use tokio_util::sync::CancellationToken;
use zeebe_spec::{Distribution, Source};
use zeebe_target::{Call, LeftBehind, Target};

use crate::support::{
    Lab, chain, eventually, fields, program, runs, sha256, version, write_archive,
};

fn names(folder: &Utf8Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn maven(lab: &mut Lab) {
    lab.target.distribution.as_mut().unwrap().source = Source::Maven(None);
}

#[tokio::test]
async fn two_engines_that_prepare_the_same_archive_unpack_it_once() {
    let lab = Lab::new();
    let (one, other) = (lab.cluster(), lab.cluster());
    let version = version("8.6.0");
    let call = Call::quiet();
    let (first, second) =
        tokio::join!(one.prepare(&version, &call), other.prepare(&version, &call));
    first.unwrap();
    second.unwrap();
    let sum = sha256(&lab.path.join("distribution.tar.gz"));
    let cache = lab.path.join("cache/distributions");
    assert_eq!(names(&cache), [sum.clone(), format!("{sum}.lock")]);
    // A second time would have put another file in its place.
    let launcher = cache.join(&sum).join("content/zeebe-1/bin/broker");
    let inode = || std::os::unix::fs::MetadataExt::ino(&fs::metadata(&launcher).unwrap());
    let before = inode();
    lab.cluster().prepare(&version, &call).await.unwrap();
    assert_eq!(inode(), before);
}

#[tokio::test]
async fn archive_with_another_checksum_is_refused_with_both_and_not_unpacked() {
    let mut lab = Lab::new();
    let expected = "0".repeat(64);
    lab.target.distribution.as_mut().unwrap().sha256 = Some(expected.clone().try_into().unwrap());
    let error = lab.cluster().prepare(&version("8.6.0"), &Call::quiet()).await.unwrap_err();
    let archive = lab.path.join("distribution.tar.gz");
    assert_eq!(
        (chain(&error), error.advice, error.left_behind),
        (
            "could not prepare distribution \"8.6.0\": checksum of the distribution of 8.6.0 does not match"
                .to_owned(),
            format!(
                "Expected {expected}, got {} from {archive}. Nothing was unpacked. If you trust the archive, set \
                 `distribution.sha256` to what it hashes to; if not, find out who changed it.",
                sha256(&archive)
            ),
            LeftBehind::Nothing
        )
    );
    assert_eq!(names(&lab.path.join("cache/distributions")), [format!("{expected}.lock")]);
}

#[tokio::test]
async fn entry_that_leads_out_of_the_archive_is_refused() {
    for name in ["zeebe-1/../../../evil", "/tmp/local-evil", "zeebe-1/bin/../../x"] {
        let mut lab = Lab::new();
        let archive = lab.path.join("distribution.tar.gz");
        write_archive(&archive, &[("zeebe-1/bin/broker", "x"), (name, "evil")]);
        lab.target.distribution.as_mut().unwrap().sha256 =
            Some(sha256(&archive).try_into().unwrap());
        let error = lab.cluster().prepare(&version("8.6.0"), &Call::quiet()).await.unwrap_err();
        assert_eq!(
            chain(&error),
            format!(
                "could not prepare distribution \"8.6.0\": could not unpack the distribution: entry \"{name}\" leads out \
                 of the archive"
            )
        );
        assert!(!lab.path.join("cache/evil").exists());
    }
}

#[tokio::test]
async fn archive_without_launchers_is_refused_and_not_kept() {
    let mut lab = Lab::new();
    let archive = lab.path.join("distribution.tar.gz");
    write_archive(&archive, &[("zeebe-1/readme", "x")]);
    let sum = sha256(&archive);
    lab.target.distribution.as_mut().unwrap().sha256 = Some(sum.clone().try_into().unwrap());
    let error = lab.cluster().prepare(&version("8.6.0"), &Call::quiet()).await.unwrap_err();
    assert_eq!(
        chain(&error),
        "could not prepare distribution \"8.6.0\": could not unpack the distribution: the archive has no folder \"bin\" \
         at its top or in its only folder"
    );
    assert_eq!(names(&lab.path.join("cache/distributions")), [format!("{sum}.lock")]);
}

#[tokio::test]
async fn damaged_and_half_made_distributions_are_made_again() {
    let lab = Lab::new();
    let version = version("8.6.0");
    lab.cluster().prepare(&version, &Call::quiet()).await.unwrap();
    let sum = sha256(&lab.path.join("distribution.tar.gz"));
    let cache = lab.path.join("cache/distributions");
    let launcher = cache.join(&sum).join("content/zeebe-1/bin/broker");
    let whole = fs::read(&launcher).unwrap();
    fs::write(&launcher, "").unwrap();
    fs::create_dir_all(cache.join(format!(".{sum}.killed/content"))).unwrap();
    lab.cluster().prepare(&version, &Call::quiet()).await.unwrap();
    assert_eq!(
        (fs::read(&launcher).unwrap(), names(&cache)),
        (whole, vec![sum.clone(), format!("{sum}.lock")])
    );
}

#[tokio::test]
async fn version_without_a_known_checksum_is_refused() {
    let mut lab = Lab::new();
    lab.target.distribution.as_mut().unwrap().sha256 = None;
    let error = lab.cluster().prepare(&version("8.7.3"), &Call::quiet()).await.unwrap_err();
    assert_eq!(
        chain(&error),
        "could not prepare distribution \"8.7.3\": checksum of version 8.7.3 is not known"
    );
}

#[tokio::test]
async fn maven_brings_the_archive_of_the_version() {
    let mut lab = Lab::new();
    maven(&mut lab);
    let script = format!(
        "#!/bin/sh\nfor word; do case $word in\n\
         -DoutputDirectory=*) into=${{word#*=}};;\n-Dartifact=*) echo \"${{word#*=}}\" > {path}/asked;;\nesac; done\n\
         cp {path}/distribution.tar.gz \"$into/camunda-zeebe-8.6.0.tar.gz\"\n",
        path = lab.path
    );
    program(&lab.path.join("tools/mvn"), &script);
    lab.set("PATH", format!("{}/tools:{}", lab.path, std::env::var("PATH").unwrap()));
    lab.cluster().prepare(&version("8.6.0"), &Call::quiet()).await.unwrap();
    assert_eq!(
        fs::read_to_string(lab.path.join("asked")).unwrap(),
        "io.camunda:camunda-zeebe:8.6.0:tar.gz\n"
    );
}

#[tokio::test]
async fn maven_without_the_artifact_is_said_in_its_own_words() {
    let mut lab = Lab::new();
    maven(&mut lab);
    let script = "#!/bin/sh\n\
        echo '[INFO] Scanning for projects...'\n\
        echo '[ERROR] Failed to execute goal copy (default-cli) on project standalone-pom: Unable to find artifact. Could not find artifact io.camunda:camunda-zeebe:tar.gz:8.9.9 in central (https://repository.example/)'\n\
        echo '[ERROR] Try downloading the file manually from the project website.'\nexit 1\n";
    program(&lab.path.join("tools/mvn"), script);
    lab.set("PATH", format!("{}/tools:{}", lab.path, std::env::var("PATH").unwrap()));
    let error = lab.cluster().prepare(&version("8.9.9"), &Call::quiet()).await.unwrap_err();
    assert_eq!(
        (chain(&error), error.advice),
        (
            "could not prepare distribution \"8.9.9\": could not fetch the distribution with Maven: Maven has no \
             io.camunda:camunda-zeebe:tar.gz:8.9.9"
                .to_owned(),
            "No repository that your Maven settings name has version 8.9.9 of io.camunda:camunda-zeebe as a tar.gz. \
             Choose a version that is there, add the repository that has it to your Maven settings, or name another \
             source: `distribution.path` or `distribution.url`. Maven said: Could not find artifact \
             io.camunda:camunda-zeebe:tar.gz:8.9.9 in central (https://repository.example/)"
                .to_owned()
        )
    );
}

#[tokio::test]
async fn maven_that_fails_is_said_in_its_own_words() {
    let mut lab = Lab::new();
    maven(&mut lab);
    program(
        &lab.path.join("tools/mvn"),
        "#!/bin/sh\necho '[ERROR] Unknown host repository.example'\necho '[ERROR]'\nexit 1\n",
    );
    lab.set("PATH", format!("{}/tools", lab.path));
    let error = lab.cluster().prepare(&version("8.6.0"), &Call::quiet()).await.unwrap_err();
    assert_eq!(
        (chain(&error), error.advice),
        (
            "could not prepare distribution \"8.6.0\": could not fetch the distribution with Maven: `mvn` ended with \
             exit status: 1"
                .to_owned(),
            "See that `mvn` works on this machine: its repository must be reached with your settings. Maven said: \
             Unknown host repository.example"
                .to_owned()
        )
    );
}

#[tokio::test]
async fn maven_that_is_cancelled_is_ended_with_all_that_it_started() {
    let mut lab = Lab::new();
    maven(&mut lab);
    let script = format!(
        "#!/bin/sh\nsleep 600 &\necho $! > {0}/pid.new\nmv {0}/pid.new {0}/pid\nwait\n",
        lab.path
    );
    program(&lab.path.join("tools/mvn"), &script);
    lab.set("PATH", format!("{}/tools:{}", lab.path, std::env::var("PATH").unwrap()));
    let cancel = CancellationToken::new();
    let call = Call { cancel: cancel.clone(), ..Call::quiet() };
    let (cluster, version) = (lab.cluster(), version("8.6.0"));
    let started = lab.path.join("pid");
    let (outcome, ()) = tokio::join!(cluster.prepare(&version, &call), async {
        eventually("mvn has started another", || started.exists()).await;
        cancel.cancel();
    });
    assert_eq!(
        chain(&outcome.unwrap_err()),
        "could not prepare distribution \"8.6.0\": could not fetch the distribution with Maven: cancelled"
    );
    let pid = fs::read_to_string(started).unwrap().trim().parse().unwrap();
    eventually("it has ended", || !runs(pid) || fields(pid).is_none()).await;
}

#[tokio::test]
async fn archive_is_fetched_from_an_address_and_its_password_is_shown_to_nobody() {
    let mut lab = Lab::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let body = fs::read(lab.path.join("distribution.tar.gz")).unwrap();
    let server = std::thread::spawn(move || {
        for answer in [Some(body), None] {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).unwrap();
            let (status, body) = match answer {
                Some(body) => ("200 OK", body),
                None => ("404 Not Found", Vec::new()),
            };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&body).unwrap();
        }
    });
    let sha256 = lab.target.distribution.as_ref().unwrap().sha256.clone();
    let source = Source::Url(format!("http://me:secret@{address}/zeebe.tar.gz?sign=secret"));
    lab.target.distribution = Some(Distribution { source, sha256 });
    lab.cluster().prepare(&version("8.6.0"), &Call::quiet()).await.unwrap();
    lab.set("ZEEBE_PLATFORM_CACHE", lab.path.join("other-cache").into_string());
    let error = lab.cluster().prepare(&version("8.6.0"), &Call::quiet()).await.unwrap_err();
    let said = format!("{} {}", chain(&error), error.advice);
    assert!(
        said.contains(&format!(
            "`curl` ended with exit status: 22 for \"http://{address}/zeebe.tar.gz\""
        )),
        "{said}"
    );
    assert!(!said.contains("secret"), "{said}");
    server.join().unwrap();
}

//! Brokers started by hand, as the baseline: the same processes and settings, a loop instead of an engine.

use std::{
    fs::File,
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use acceptance_tests::{Cluster, processes};
use anyhow::{Context, Result, ensure};

/// Starts what the processes of a cluster were started with, and gives the seconds until all are ready. The cluster
/// must be stopped and its data gone; its processes are killed afterwards.
pub(crate) fn seconds(cluster: &Cluster, started: &[processes::Process]) -> Result<f64> {
    let begin = Instant::now();
    let mut children = Vec::new();
    for process in started {
        let mut words = process.arguments.iter();
        let program = words.next().context("a process without arguments")?;
        let log = cluster.directory.join(format!("by-hand-{}.log", process.identity.pid));
        let output = File::create(&log)?;
        children.push(
            Command::new(program)
                .args(words)
                .env_clear()
                .envs(process.environment.lines().filter_map(|line| line.split_once('=')))
                .stdin(Stdio::null())
                .stdout(output.try_clone()?)
                .stderr(output)
                .process_group(0)
                .spawn()?,
        );
    }
    let brokers = u16::try_from(children.len())?;
    let mut ready = 0;
    while ready < brokers {
        // A shell loop would ask each in turn as well.
        if cluster.get(ready, "ready").is_ok_and(|(status, _)| (200..300).contains(&status)) {
            ready += 1;
        } else {
            ensure!(begin.elapsed() < Duration::from_mins(3), "broker {ready} is not ready");
            thread::sleep(Duration::from_millis(50));
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    for mut child in children {
        child.kill()?;
        child.wait()?;
    }
    Ok(seconds)
}

//! The guard around child processes.
#![allow(clippy::unwrap_used, missing_docs)]

use std::process::Command;
use std::time::{Duration, Instant};

use ranzen_testbed::Process;

/// For what happens at once on a machine with nothing else to do.
const PATIENCE: Duration = Duration::from_secs(20);

fn shell(script: &str) -> Process {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Process::spawn("shell", command).unwrap()
}

#[test]
fn dropping_kills_the_children_too() {
    let mut process = shell("sleep 1000 & echo child $!; wait");
    let line = process
        .wait_for_line("child", Duration::from_secs(10))
        .unwrap();
    let pid: u32 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    drop(process);
    // Killed at once, but gone only when the scheduler comes to it.
    let begun = Instant::now();
    loop {
        let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        if state.is_empty() || state.contains(") Z") {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "still alive: {state}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_program_that_ends_early_is_reported_with_its_words() {
    let error = shell("echo no such luck; exit 3")
        .wait_for_line("ready", Duration::from_secs(10))
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("no such luck") && text.contains("exit status: 3"),
        "{text}"
    );
}

#[test]
fn a_listening_port_is_seen() {
    let mut command = Command::new("python3");
    command.args(["-c", "import socket,time\ns=socket.socket();s.bind(('127.0.0.1',0));s.listen();print(s.getsockname()[1],'port',flush=True);time.sleep(100)"]);
    let mut process = Process::spawn("listener", command).unwrap();
    let line = process
        .wait_for_line("port", Duration::from_secs(20))
        .unwrap();
    let port = line.split_whitespace().next().unwrap().parse().unwrap();
    process
        .wait_for_port(port, Duration::from_secs(10))
        .unwrap();
}

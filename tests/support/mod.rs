//! A `ranzen-cli` inside a host of the test's own network, told what to do line by line.
#![allow(clippy::unwrap_used, missing_docs, dead_code)]

use ranzen_stand::Stand;
use ranzen_testbed::{Host, Process};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The passphrase of every profile in these tests.
pub const PASSPHRASE: &str = "Apfelkuchen mit Zimt";

/// The command-line program, built beside the window.
pub fn program() -> PathBuf {
    let window = PathBuf::from(env!("CARGO_BIN_EXE_ranzen"));
    let program = window.with_file_name("ranzen-cli");
    assert!(
        program.exists(),
        "{} is missing: run the tests with `cargo xtask test`",
        program.display()
    );
    program
}

/// The stand's certificate authority as a file.
pub fn root(folder: &Path, stand: &Stand) -> PathBuf {
    let path = folder.join("root.pem");
    std::fs::write(&path, stand.ca_pem()).unwrap();
    path
}

/// What a participant does; paths must exist.
pub struct Part<'a> {
    pub name: &'a str,
    pub link: String,
    pub root: &'a Path,
    pub speak: Option<&'a Path>,
    pub record: Option<&'a Path>,
    pub profile: &'a Path,
}

/// A running participant.
pub struct Participant {
    pub name: String,
    process: Process,
}

impl Participant {
    /// Joins from inside `host`.
    pub fn join(host: &Host, part: &Part) -> Self {
        let passphrase = part.profile.join("passphrase");
        std::fs::write(&passphrase, format!("{PASSPHRASE}\n")).unwrap();
        // A shell opens the descriptor, as an administrator's script would.
        let mut command = host.command("sh");
        command.args([
            "-c",
            "p=$1; shift; exec \"$@\" --passphrase-fd 3 3<\"$p\"",
            "sh",
        ]);
        command.arg(&passphrase).arg(program());
        command.args(["join", &part.link, "--name", part.name]);
        command.args([
            "--chat",
            "--json",
            "--lang",
            "de",
            "--no-keychain",
            "--quiet",
        ]);
        command.arg("--profile").arg(part.profile);
        command.arg("--extra-root").arg(part.root);
        match part.speak {
            Some(file) => command.arg("--speak").arg(file).arg("--repeat"),
            None => command.arg("--no-microphone"),
        };
        if let Some(folder) = part.record {
            command.arg("--record").arg(folder);
        }
        let process = Process::spawn_with(part.name, command, Stdio::piped()).unwrap();
        Self {
            name: part.name.to_owned(),
            process,
        }
    }

    /// Types a line.
    pub fn say(&mut self, line: &str) {
        let stdin = self.process.child().stdin.as_mut().unwrap();
        writeln!(stdin, "{line}").unwrap();
        stdin.flush().unwrap();
    }

    /// Everything it reported so far.
    pub fn reports(&self) -> Vec<Value> {
        self.process
            .log()
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// The events of one kind so far.
    pub fn events(&self, kind: &str) -> Vec<Value> {
        self.reports()
            .into_iter()
            .filter_map(|report| report.get("event").cloned())
            .filter(|event| event["kind"] == kind)
            .collect()
    }

    /// Waits until a report fits, and returns it.
    pub fn wait(&mut self, what: &str, patience: u64, fits: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + Duration::from_secs(patience);
        loop {
            if let Some(found) = self.reports().into_iter().find(|report| fits(report)) {
                return found;
            }
            let ended = self.process.child().try_wait().unwrap();
            assert!(
                Instant::now() < until && ended.is_none(),
                "{}: no {what} within {patience} s (ended: {ended:?}); it said:\n{}",
                self.name,
                self.process.log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for an event of this kind that fits.
    pub fn wait_event(
        &mut self,
        kind: &str,
        patience: u64,
        fits: impl Fn(&Value) -> bool,
    ) -> Value {
        self.wait(kind, patience, |report| {
            report["event"]["kind"] == kind && fits(&report["event"])
        })["event"]
            .clone()
    }

    /// Waits until sound can flow.
    pub fn wait_media(&mut self, patience: u64) {
        self.wait_event("mediaChanged", patience, |event| {
            event["media"] == "connected"
        });
    }

    /// Waits until this text has arrived from somebody (or come back as delivered).
    pub fn wait_chat(&mut self, body: &str, patience: u64) -> Value {
        self.wait_event("chat", patience, |event| {
            event["message"]["body"] == body && event["message"]["delivery"] == "delivered"
        })
    }

    /// Its id in the room.
    pub fn id(&mut self) -> String {
        self.wait_event("joined", 20, |_| true)["own"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Leaves and ends well.
    pub fn leave(mut self) {
        self.say("/leave");
        let status = self.process.wait_for_end(Duration::from_secs(20)).unwrap();
        assert!(status.success(), "{}: {}", self.name, self.process.log());
    }

    pub fn log(&self) -> String {
        self.process.log()
    }
}

/// Runs `ranzen-cli` with these arguments on a profile and returns its standard output.
pub fn archive(profile: &Path, arguments: &[&str]) -> String {
    let output = Command::new("sh")
        .args([
            "-c",
            "p=$1; shift; exec \"$@\" --passphrase-fd 3 3<\"$p\"",
            "sh",
        ])
        .arg(profile.join("passphrase"))
        .arg(program())
        .args(arguments)
        .args(["--no-keychain", "--lang", "de", "--profile"])
        .arg(profile)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "ranzen-cli {arguments:?}: {}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

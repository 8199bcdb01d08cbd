//! What the tests of the program share: a vault with a lesson in it, and calls.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

use ranzen_meeting::{Audience, ChatMessage, Delivery, MessageId, UnixMillis};
use ranzen_vault::{KdfCost, KeychainChoice, NewVault, NoKeychain, Options, Secret, Vault};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

pub const PASSPHRASE: &str = "Blumentopf am Fenster";

/// A profile whose vault holds one lesson.
pub fn lesson() -> tempfile::TempDir {
    let profile = tempfile::tempdir().unwrap();
    let options = Options {
        kdf: KdfCost::CHEAPEST,
        keychain: Arc::new(NoKeychain),
    };
    let new = NewVault {
        passphrase: Some(Secret::new(PASSPHRASE.into())),
        keychain: KeychainChoice::No,
    };
    let (vault, _) = Vault::create(&profile.path().join("vault"), &new, &options).unwrap();
    let id = vault.begin_meeting(
        "Mathe 7b",
        "meet.example.org/7b",
        UnixMillis(1_709_543_700_000),
    );
    for (n, body) in [
        "Guten Morgen",
        "Herr Müller bringt die *Größen* mit",
        "\u{1b}[2J weg",
    ]
    .iter()
    .enumerate()
    {
        let message = ChatMessage {
            id: MessageId(format!("m{n}")),
            from: None,
            from_name: "Frau Özdemir".into(),
            to: Audience::Everyone,
            body: (*body).into(),
            sent_at: UnixMillis(1_709_543_700_000 + n as i64),
            own: false,
            from_history: false,
            delivery: Delivery::Delivered,
        };
        vault.append(id, &message).wait().unwrap();
    }
    profile
}

/// What a call said.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// Its lines as JSON objects.
    pub fn json(&self) -> Vec<Value> {
        let lines = self.out.lines().map(serde_json::from_str);
        lines
            .collect::<Result<_, _>>()
            .unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }

    /// Cause, action and code, as told to people on standard error.
    pub fn problem(&self) -> (String, String, String) {
        let lines: Vec<_> = self.err.lines().collect();
        let [cause, action, code] = lines[..] else {
            panic!("not three lines: {:?}", self.err)
        };
        (cause.into(), action.into(), code.into())
    }
}

/// Calls the program in German with the passphrase on standard input.
pub fn call(profile: &Path, arguments: &[&str]) -> Said {
    call_with(profile, Some(PASSPHRASE), arguments)
}

pub fn call_with(profile: &Path, passphrase: Option<&str>, arguments: &[&str]) -> Said {
    let mut command = program(profile);
    command.args(arguments);
    if passphrase.is_some() {
        command.arg("--passphrase-stdin");
    }
    run(command, passphrase.unwrap_or_default())
}

pub fn program(profile: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ranzen-cli"));
    command.arg("--profile").arg(profile).arg("--no-keychain");
    command
        .env("LANG", "de_DE.UTF-8")
        .env("LC_ALL", "de_DE.UTF-8")
        .env("TZ", "CET-1CEST,M3.5.0,M10.5.0/3");
    command
}

pub fn run(mut command: Command, input: &str) -> Said {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    Said {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

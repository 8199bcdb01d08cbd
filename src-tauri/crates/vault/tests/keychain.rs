//! The real keychain: GNOME's under a message bus of its own; and machines where there is none, or
//! one that never answers.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{again, cheap, message, passphrase};
use ranzen_meeting::UnixMillis;
use ranzen_vault::{
    KeychainChoice, NewVault, Options, SlotKind, SystemKeychain, Vault, VaultError,
};
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

fn system(timeout: Duration) -> Options {
    Options {
        keychain: Arc::new(SystemKeychain { timeout }),
        ..cheap()
    }
}

/// Runs a test again without this session's bus, runtime folder and home.
fn alone(before: &[&OsStr], test: &str, dir: &Path) -> Command {
    let mut command = again::command(before, test, dir);
    command
        .env("HOME", dir)
        .env("XDG_DATA_HOME", dir)
        .env("XDG_RUNTIME_DIR", dir)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    command
}

fn succeed(mut command: Command) {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn gnome_keyring_opens_the_vault() {
    let name = "gnome_keyring_opens_the_vault";
    if let Some(dir) = again::here() {
        let options = system(Duration::from_secs(30));
        let dir = dir.join("vault");
        let new = NewVault {
            passphrase: None,
            keychain: KeychainChoice::Required,
        };
        let (vault, _) = Vault::create(&dir, &new, &options).unwrap();
        assert_eq!(vault.slots(), [SlotKind::Keychain, SlotKind::Recovery]);
        let id = vault.begin_meeting("t", "p", UnixMillis(1));
        vault.append(id, &message("m1", "x")).wait().unwrap();
        drop(vault);
        let vault = Vault::open_with_keychain(&dir, &options).unwrap();
        assert_eq!(vault.chat(id).unwrap().len(), 1);
        vault.set_passphrase(&passphrase()).unwrap();
        vault.set_keychain(false).unwrap();
        drop(vault);
        let refused = Vault::open_with_keychain(&dir, &options).err().unwrap();
        assert!(matches!(refused, VaultError::Keychain { .. }), "{refused}");
        return;
    }
    let there = |program: &str| Command::new(program).arg("--version").output().is_ok();
    if !there("dbus-run-session") || !there("gnome-keyring-daemon") {
        again::left_out(name, "needs dbus-run-session and gnome-keyring-daemon");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let unlock =
        "printf geheim | gnome-keyring-daemon --unlock --components=secrets && exec \"$0\" \"$@\"";
    let before = ["dbus-run-session", "--", "sh", "-c", unlock].map(OsStr::new);
    succeed(alone(&before, name, dir.path()));
}

#[test]
fn a_headless_machine_works_with_a_passphrase() {
    let name = "a_headless_machine_works_with_a_passphrase";
    let Some(dir) = again::here() else {
        let dir = tempfile::tempdir().unwrap();
        succeed(alone(&[], name, dir.path()));
        return;
    };
    let dir = dir.join("vault");
    let options = Options {
        kdf: cheap().kdf,
        ..Options::default()
    };
    let none = Vault::create(&dir, &NewVault::default(), &options)
        .err()
        .unwrap();
    assert!(matches!(none, VaultError::Keychain { .. }), "{none}");
    let new = NewVault {
        passphrase: Some(passphrase()),
        keychain: KeychainChoice::IfThere,
    };
    let (vault, _) = Vault::create(&dir, &new, &options).unwrap();
    assert_eq!(vault.slots(), [SlotKind::Passphrase, SlotKind::Recovery]);
    drop(vault);
    Vault::open_with_secret(&dir, &passphrase(), &options).unwrap();
}

/// A bus that takes the connection and never says a word.
#[cfg(unix)]
#[test]
fn a_keychain_that_never_answers_is_given_up() {
    let name = "a_keychain_that_never_answers_is_given_up";
    let Some(dir) = again::here() else {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("bus");
        let silent = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let mut command = alone(&[], name, dir.path());
        command.env(
            "DBUS_SESSION_BUS_ADDRESS",
            format!("unix:path={}", socket.display()),
        );
        succeed(command);
        drop(silent);
        return;
    };
    let options = system(Duration::from_millis(300));
    let new = NewVault {
        passphrase: None,
        keychain: KeychainChoice::Required,
    };
    let refused = Vault::create(&dir.join("vault"), &new, &options)
        .err()
        .unwrap();
    let VaultError::Keychain { what } = refused else {
        panic!("{refused}")
    };
    assert_eq!(what, "no answer in time");
}

//! `ranzen-cli vault`, and how the program tells what is wrong.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{PASSPHRASE, call, call_with, lesson, program, run};
use std::fs;
use std::path::Path;

fn told(profile: &Path, passphrase: Option<&str>, arguments: &[&str]) -> (i32, String) {
    let said = call_with(profile, passphrase, arguments);
    let (cause, action, code) = said.problem();
    assert!(
        cause.ends_with('.') && action.ends_with('.'),
        "{}",
        said.err
    );
    assert!(said.out.is_empty(), "{}", said.out);
    // The same for programs, in English.
    let arguments: Vec<&str> = ["--json", "--lang", "en"]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    let said = call_with(profile, passphrase, &arguments);
    let line = &said.json()[0];
    assert_eq!(line["type"], "problem");
    assert_eq!(format!("[{}]", line["code"].as_str().unwrap()), code);
    assert_ne!(line["cause"].as_str().unwrap(), cause, "another language");
    (said.code, code)
}

#[test]
fn a_vault_is_made_and_opened_with_passphrase_and_code() {
    let profile = tempfile::tempdir().unwrap();
    let said = call(profile.path(), &["--json", "vault", "create"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let code = said.json()[0]["code"].as_str().unwrap().to_owned();
    assert_eq!(call(profile.path(), &["vault", "check"]).code, 0);
    let typed = code.to_lowercase().replace('-', " ");
    assert_eq!(
        call_with(profile.path(), Some(&typed), &["archive", "list"]).code,
        0
    );
    let status = call_with(profile.path(), None, &["--json", "vault", "status"]);
    assert_eq!(status.json()[0]["passphrase"], true);
    assert_eq!(status.json()[0]["keychain"], false);

    let said = call(profile.path(), &["--json", "vault", "recovery"]);
    let new = said.json()[0]["code"].as_str().unwrap().to_owned();
    assert_eq!(
        call_with(profile.path(), Some(&code), &["archive", "list"]).code,
        6
    );
    assert_eq!(
        call_with(profile.path(), Some(&new), &["archive", "list"]).code,
        0
    );
}

#[cfg(target_os = "linux")]
#[test]
fn passphrases_come_through_file_descriptors() {
    let profile = lesson();
    let (old, new) = (profile.path().join("old"), profile.path().join("new"));
    fs::write(&old, format!("{PASSPHRASE}\n")).unwrap();
    fs::write(&new, "ein ganz anderer Satz\n").unwrap();
    let own = program(profile.path());
    let mut shell = std::process::Command::new("sh");
    shell.args([
        "-c",
        "old=$1 new=$2; shift 2; exec \"$@\" 5<\"$old\" 6<\"$new\"",
        "sh",
    ]);
    shell
        .args([&old, &new])
        .arg(own.get_program())
        .args(own.get_args());
    shell.args([
        "--passphrase-fd",
        "5",
        "vault",
        "add-passphrase",
        "--new-passphrase-fd",
        "6",
    ]);
    let said = run(shell, "");
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(call(profile.path(), &["archive", "list"]).code, 6);
    assert_eq!(
        call_with(
            profile.path(),
            Some("ein ganz anderer Satz"),
            &["archive", "list"]
        )
        .code,
        0
    );
}

#[test]
fn everything_that_is_wrong_is_told_with_a_code() {
    let profile = lesson();
    let none = tempfile::tempdir().unwrap();
    let expect =
        |said: (i32, String), code: i32, name: &str| assert_eq!(said, (code, format!("[{name}]")));
    let list = ["archive", "list"];
    expect(told(none.path(), None, &list), 6, "RZ-VAULT-MISSING");
    expect(
        told(none.path(), None, &["vault", "status"]),
        6,
        "RZ-VAULT-MISSING",
    );
    expect(
        told(none.path(), None, &["vault", "create"]),
        6,
        "RZ-KEYCHAIN",
    );
    expect(
        told(none.path(), Some("kurz"), &["vault", "create"]),
        6,
        "RZ-VAULT-SHORT",
    );
    expect(
        told(profile.path(), Some(PASSPHRASE), &["vault", "create"]),
        6,
        "RZ-VAULT-EXISTS",
    );
    expect(told(profile.path(), None, &list), 6, "RZ-VAULT-LOCKED");
    expect(
        told(profile.path(), Some("Blumentopf im Fenster"), &list),
        6,
        "RZ-VAULT-PASSPHRASE",
    );
    expect(
        told(profile.path(), Some(PASSPHRASE), &["archive", "show", "99"]),
        6,
        "RZ-ARCHIVE-UNKNOWN",
    );
    expect(
        told(profile.path(), Some(PASSPHRASE), &["vault", "add-keychain"]),
        6,
        "RZ-KEYCHAIN",
    );
    let nowhere = ["archive", "export", "1", "--out", "/nonexistent/chat.md"];
    expect(
        told(profile.path(), Some(PASSPHRASE), &nowhere),
        7,
        "RZ-FILE-WRITE",
    );
    expect(
        told(
            profile.path(),
            None,
            &["--passphrase-fd", "99999", "archive", "list"],
        ),
        7,
        "RZ-FILE-READ",
    );

    let database = profile.path().join("vault/vault.db");
    let mut bytes = fs::read(&database).unwrap();
    bytes[5_000] ^= 1;
    fs::write(&database, &bytes).unwrap();
    expect(
        told(profile.path(), Some(PASSPHRASE), &list),
        6,
        "RZ-VAULT-CORRUPT",
    );
    assert_eq!(fs::read(&database).unwrap(), bytes, "left as it is");
}

#[test]
fn a_call_that_can_not_be_understood_ends_with_2() {
    let profile = tempfile::tempdir().unwrap();
    for arguments in [
        &["archive", "explode"][..],
        &["archive", "show"],
        &["--lang", "fr", "archive", "list"],
    ] {
        let said = call_with(profile.path(), None, arguments);
        assert_eq!(said.code, 2, "{arguments:?}");
        assert!(said.err.starts_with("Der Aufruf"), "{}", said.err);
    }
    let help = call_with(profile.path(), None, &["--help"]);
    assert_eq!(help.code, 0);
    assert!(
        help.out.contains("Rückgabewerte") && help.err.is_empty(),
        "{}",
        help.err
    );
}

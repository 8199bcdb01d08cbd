//! One changed byte anywhere in the files is noticed, and what is damaged is left as it is.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{again, create, message, open};
use ranzen_meeting::{Code, Problem, UnixMillis};
use ranzen_vault::VaultError;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

fn filled(dir: &Path, messages: usize, body: &str) {
    let (vault, _) = create(dir);
    let id = vault.begin_meeting("t", "p", UnixMillis(1));
    for n in 0..messages {
        vault
            .append(id, &message(&format!("m{n}"), &format!("{body} {n}")))
            .ignore();
    }
    vault.flush().wait().unwrap();
}

fn corrupt<T>(result: Result<T, VaultError>, what: &str) {
    match result {
        Ok(_) => panic!("{what}: went unnoticed"),
        Err(error) => assert_eq!(Problem::from(error).code, Code::VaultCorrupt, "{what}"),
    }
}

#[test]
fn a_flipped_byte_anywhere_in_the_database_is_noticed_and_left() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 400, "Die Hausaufgaben stehen im Plan");
    let path = dir.path().join("vault.db");
    let whole = fs::read(&path).unwrap();
    assert!(!dir.path().join("vault.db-wal").exists(), "closed in order");
    // All of the salt, then ever different places of every page, its tail (IV and code) included.
    let offsets = (0..16)
        .chain((16..whole.len()).step_by(509))
        .chain((4_095..whole.len()).step_by(4_096));
    let mut tried = 0;
    for offset in offsets {
        let mut bad = whole.clone();
        bad[offset] ^= 1 << (offset % 8);
        fs::write(&path, &bad).unwrap();
        corrupt(open(dir.path()), &format!("byte {offset}"));
        assert_eq!(
            fs::read(&path).unwrap(),
            bad,
            "byte {offset}: left as it is"
        );
        tried += 1;
    }
    assert!(tried > 300, "{tried} places");
    fs::write(&path, &whole).unwrap();
    open(dir.path()).unwrap().check().wait().unwrap();
}

#[test]
fn a_database_cut_short_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 400, "Die Hausaufgaben stehen im Plan");
    let path = dir.path().join("vault.db");
    let whole = fs::read(&path).unwrap();
    for length in [0, 1, 4_096, 10_000, whole.len() - 4_096, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        corrupt(open(dir.path()), &format!("cut to {length}"));
    }
}

#[test]
fn a_flipped_byte_in_a_large_database_stops_the_writer() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 9_000, &"lang und breit ".repeat(60));
    let path = dir.path().join("vault.db");
    let mut bytes = fs::read(&path).unwrap();
    assert!(bytes.len() > 9 * 1024 * 1024, "{}", bytes.len());
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&path, &bytes).unwrap();

    let vault = open(dir.path()).unwrap();
    let id = vault.meetings().unwrap()[0].id;
    corrupt(vault.append(id, &message("new", "x")).wait(), "append");
    corrupt(vault.check().wait(), "check");
    assert_eq!(
        vault.trouble().borrow().as_ref().unwrap().code,
        Code::VaultCorrupt
    );
    drop(vault);
    assert_eq!(fs::read(&path).unwrap(), bytes, "left as it is");
}

#[test]
fn a_flipped_byte_in_a_slot_file_is_mended_or_told() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    let path = dir.path().join("vault.keys");
    let whole = fs::read(&path).unwrap();
    for offset in (0..whole.len()).step_by(7) {
        let mut bad = whole.clone();
        bad[offset] ^= 1 << (offset % 8);
        fs::write(&path, &bad).unwrap();
        open(dir.path()).unwrap_or_else(|e| panic!("byte {offset}: {e}"));
        let copy = fs::read(dir.path().join("vault.keys.copy")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), copy, "byte {offset}: mended");
    }
}

/// Writes, tells that it is done, and waits to be killed with the log still there.
#[test]
fn the_process_that_leaves_a_log() {
    let own = tempfile::tempdir().unwrap();
    let again = again::here();
    let dir = again.clone().unwrap_or_else(|| own.path().to_owned());
    filled(&dir, 0, "");
    let vault = open(&dir).unwrap();
    let id = vault.meetings().unwrap()[0].id;
    for n in 0..40 {
        let said = message(&format!("m{n}"), "Die Hausaufgaben stehen im Plan");
        vault.append(id, &said).wait().unwrap();
    }
    assert_eq!(vault.chat(id).unwrap().len(), 40);
    if again.is_some() {
        writeln!(std::io::stdout(), "\nREADY").unwrap();
        std::thread::sleep(std::time::Duration::from_secs(120));
    }
}

#[test]
fn a_flipped_byte_in_the_log_of_a_killed_process_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = again::command(&[], "the_process_that_leaves_a_log", dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(out.any(|line| line.is_ok_and(|line| line == "READY")));
    child.kill().unwrap();
    child.wait().unwrap();

    let files = ["vault.db", "vault.db-wal", "vault.mark"];
    let whole = files.map(|name| fs::read(dir.path().join(name)).unwrap());
    let restore = || {
        let _ = fs::remove_file(dir.path().join("vault.db-shm"));
        for (name, bytes) in files.iter().zip(&whole) {
            fs::write(dir.path().join(name), bytes).unwrap();
        }
    };
    let log = dir.path().join("vault.db-wal");
    for offset in (0..32).chain((32..whole[1].len()).step_by(2_003)) {
        restore();
        let mut bad = whole[1].clone();
        bad[offset] ^= 1 << (offset % 8);
        fs::write(&log, &bad).unwrap();
        corrupt(open(dir.path()), &format!("byte {offset}"));
        assert_eq!(fs::read(&log).unwrap(), bad, "byte {offset}: left as it is");
    }
    restore();
    fs::remove_file(&log).unwrap();
    corrupt(open(dir.path()), "without the log");
    // A damaged mark only makes the check weaker.
    restore();
    fs::write(dir.path().join("vault.mark"), b"rubbish").unwrap();
    drop(open(dir.path()).unwrap());
    restore();
    let vault = open(dir.path()).unwrap();
    assert_eq!(vault.meetings().unwrap()[0].messages, 40);
    drop(vault);
    assert!(!dir.path().join("vault.mark").exists(), "closed in order");
}

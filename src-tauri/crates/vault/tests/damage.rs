//! One changed byte anywhere in the files is noticed, and what is damaged is left as it is.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{create, message, open};
use ranzen_meeting::{Code, Problem, UnixMillis};
use ranzen_vault::VaultError;
use std::fs;
use std::path::Path;

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

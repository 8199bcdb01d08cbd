//! Every way in works, every wrong way is told apart, and no way loses anything.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{MemoryKeychain, cheap, create, message, open, passphrase};
use ranzen_meeting::{Code, Problem, UnixMillis};
use ranzen_vault::{KeychainChoice, NewVault, Options, Probe, Secret, SlotKind, Vault, VaultError};
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn code(error: VaultError) -> Code {
    Problem::from(error).code
}

fn refused<T>(result: Result<T, VaultError>) -> Code {
    result.err().map(code).expect("must be refused")
}

#[test]
fn passphrase_and_recovery_code_open_and_others_do_not() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Vault::probe(dir.path()), Probe::Missing));
    let (vault, recovery) = create(dir.path());
    assert_eq!(vault.slots(), [SlotKind::Passphrase, SlotKind::Recovery]);
    drop(vault);
    assert!(matches!(
        Vault::probe(dir.path()),
        Probe::Locked {
            keychain: false,
            passphrase: true
        }
    ));
    open(dir.path()).unwrap();
    let typed = recovery.printed().to_lowercase().replace('-', " ");
    Vault::open_with_secret(dir.path(), &Secret::new(typed), &cheap()).unwrap();
    let wrong = Secret::new("Blumentopf im Fenster".into());
    assert_eq!(
        refused(Vault::open_with_secret(dir.path(), &wrong, &cheap())),
        Code::VaultPassphrase
    );
    assert_eq!(
        refused(Vault::open_with_keychain(dir.path(), &cheap())),
        Code::KeychainUnavailable
    );
}

#[test]
fn the_keychain_opens_and_when_it_is_gone_the_recovery_code_does() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        keychain: Arc::new(MemoryKeychain::default()),
        ..cheap()
    };
    let (vault, recovery) = Vault::create(dir.path(), &NewVault::default(), &options).unwrap();
    assert_eq!(vault.slots(), [SlotKind::Keychain, SlotKind::Recovery]);
    let id = vault.begin_meeting("t", "p", UnixMillis(1));
    vault.append(id, &message("m1", "da")).wait().unwrap();
    drop(vault);
    Vault::open_with_keychain(dir.path(), &options).unwrap();
    // The profile is copied to another computer, or the keychain was reset.
    let elsewhere = Options {
        keychain: Arc::new(MemoryKeychain::default()),
        ..cheap()
    };
    assert_eq!(
        refused(Vault::open_with_keychain(dir.path(), &elsewhere)),
        Code::KeychainUnavailable
    );
    let code = Secret::new(recovery.printed().to_string());
    let vault = Vault::open_with_secret(dir.path(), &code, &elsewhere).unwrap();
    assert_eq!(vault.chat(id).unwrap().len(), 1);
    vault.set_keychain(true).unwrap();
    drop(vault);
    Vault::open_with_keychain(dir.path(), &elsewhere).unwrap();
}

#[test]
fn without_keychain_and_passphrase_no_vault_is_made() {
    let dir = tempfile::tempdir().unwrap();
    let made = Vault::create(dir.path(), &NewVault::default(), &cheap());
    assert_eq!(refused(made), Code::KeychainUnavailable);
    assert!(matches!(Vault::probe(dir.path()), Probe::Missing));
    let short = NewVault {
        passphrase: Some(Secret::new("kurz".into())),
        keychain: KeychainChoice::No,
    };
    assert_eq!(
        refused(Vault::create(dir.path(), &short, &cheap())),
        Code::PassphraseShort
    );
    create(dir.path());
    let new = NewVault {
        passphrase: Some(passphrase()),
        keychain: KeychainChoice::No,
    };
    assert_eq!(
        refused(Vault::create(dir.path(), &new, &cheap())),
        Code::VaultExists
    );
    assert_eq!(
        refused(Vault::open_with_secret(
            &dir.path().join("none"),
            &passphrase(),
            &cheap()
        )),
        Code::VaultMissing
    );
}

#[test]
fn a_new_passphrase_and_a_new_recovery_code_replace_the_old_ones() {
    let dir = tempfile::tempdir().unwrap();
    let (vault, old) = create(dir.path());
    vault
        .set_passphrase(&Secret::new("ein ganz anderer Satz".into()))
        .unwrap();
    let new = vault.renew_recovery().unwrap();
    assert!(matches!(
        vault.set_keychain(true),
        Err(VaultError::Keychain { .. })
    ));
    assert_eq!(vault.slots(), [SlotKind::Passphrase, SlotKind::Recovery]);
    drop(vault);
    let try_with =
        |text: &str| Vault::open_with_secret(dir.path(), &Secret::new(text.into()), &cheap());
    assert_eq!(refused(try_with(common::PASSPHRASE)), Code::VaultPassphrase);
    assert_eq!(refused(try_with(&old.printed())), Code::VaultPassphrase);
    try_with("ein ganz anderer Satz").unwrap();
    try_with(&new.printed()).unwrap();
}

#[test]
fn two_slots_always_remain() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        keychain: Arc::new(MemoryKeychain::default()),
        ..cheap()
    };
    let (vault, _) = Vault::create(dir.path(), &NewVault::default(), &options).unwrap();
    assert!(matches!(
        vault.set_keychain(false),
        Err(VaultError::LastSlots)
    ));
    vault.set_passphrase(&passphrase()).unwrap();
    vault.set_keychain(false).unwrap();
    assert_eq!(vault.slots(), [SlotKind::Passphrase, SlotKind::Recovery]);
    drop(vault);
    open(dir.path()).unwrap();
}

#[test]
fn one_lost_or_damaged_slot_file_loses_nothing_and_is_mended() {
    for name in ["vault.keys", "vault.keys.copy"] {
        for damaged in [None, Some(&b"rubbish"[..])] {
            let dir = tempfile::tempdir().unwrap();
            drop(create(dir.path()));
            let path = dir.path().join(name);
            match damaged {
                None => fs::remove_file(&path).unwrap(),
                Some(bytes) => fs::write(&path, bytes).unwrap(),
            }
            drop(open(dir.path()).unwrap());
            assert_eq!(
                read(dir.path(), "vault.keys"),
                read(dir.path(), "vault.keys.copy")
            );
            open(dir.path()).unwrap();
        }
    }
}

#[test]
fn without_any_slot_file_the_database_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    let database = read(dir.path(), "vault.db");
    let keys = read(dir.path(), "vault.keys");
    for name in ["vault.keys", "vault.keys.copy"] {
        fs::remove_file(dir.path().join(name)).unwrap();
    }
    let Probe::Broken(error) = Vault::probe(dir.path()) else {
        panic!("must be broken")
    };
    assert_eq!(code(error), Code::VaultCorrupt);
    let new = NewVault {
        passphrase: Some(passphrase()),
        keychain: KeychainChoice::No,
    };
    assert_eq!(
        refused(Vault::create(dir.path(), &new, &cheap())),
        Code::VaultCorrupt
    );
    assert_eq!(read(dir.path(), "vault.db"), database);
    // A slot file from a backup brings everything back.
    fs::write(dir.path().join("vault.keys"), keys).unwrap();
    open(dir.path()).unwrap();
}

#[test]
fn a_vanished_database_is_told_and_not_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    fs::remove_file(dir.path().join("vault.db")).unwrap();
    assert_eq!(refused(open(dir.path())), Code::VaultCorrupt);
}

#[test]
fn a_vault_made_by_half_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    fs::rename(dir.path().join("vault.db"), dir.path().join("vault.db.new")).unwrap();
    assert!(matches!(Vault::probe(dir.path()), Probe::Missing));
    drop(create(dir.path()));
    open(dir.path()).unwrap();
}

#[test]
fn an_open_vault_is_in_use_and_free_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    let (vault, _) = create(dir.path());
    assert_eq!(refused(open(dir.path())), Code::VaultInUse);
    let clone = vault.clone();
    drop(vault);
    assert_eq!(refused(open(dir.path())), Code::VaultInUse);
    drop(clone);
    open(dir.path()).unwrap();
}

#[test]
fn a_newer_schema_is_told_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    let keys = fs::read_to_string(dir.path().join("vault.keys")).unwrap();
    // A newer slot file: the version inside counts, so the checksum has to be made to fit.
    let body = keys
        .lines()
        .next()
        .unwrap()
        .replace("\"version\":1", "\"version\":7");
    let sum = ring::digest::digest(&ring::digest::SHA256, body.as_bytes());
    let sum: String = sum.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    let seal = keys.lines().nth(2).unwrap();
    fs::write(
        dir.path().join("vault.keys"),
        format!("{body}\nsha256 {sum}\n{seal}\n"),
    )
    .unwrap();
    assert_eq!(refused(open(dir.path())), Code::VaultTooNew);
}

#[cfg(unix)]
#[test]
fn files_are_the_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("profile/vault");
    let (vault, _) = create(&dir);
    let id = vault.begin_meeting("t", "p", UnixMillis(1));
    vault.append(id, &message("m1", "x")).wait().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    let mut seen = Vec::new();
    for entry in fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        seen.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    seen.sort();
    assert_eq!(
        seen,
        [
            "vault.db",
            "vault.db-shm",
            "vault.db-wal",
            "vault.keys",
            "vault.keys.copy",
            "vault.lock",
            "vault.mark"
        ]
    );
}

fn read(dir: &Path, name: &str) -> Vec<u8> {
    fs::read(dir.join(name)).unwrap()
}

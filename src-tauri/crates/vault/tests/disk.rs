//! A full and a read-only disk: told, nothing lost, and everything written when it is over.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{again, cheap, create, message, open, passphrase};
use ranzen_meeting::{Code, Problem, UnixMillis};
use ranzen_vault::{Probe, Secret, Vault, VaultError};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

const DISK: u32 = 2 * 1024 * 1024;

#[test]
fn a_full_disk_loses_nothing() {
    let Some(dir) = again::here() else {
        let dir = tempfile::tempdir().unwrap();
        again::on_small_disk("a_full_disk_loses_nothing", dir.path(), DISK);
        return;
    };
    let (vault, _) = create(&dir);
    let id = vault.begin_meeting("t", "p", UnixMillis(1));
    vault.append(id, &message("before", "x")).wait().unwrap();
    fill(&dir);
    let mut trouble = vault.trouble();
    let waiting: Vec<_> = (0..300)
        .map(|n| vault.append(id, &message(&format!("m{n:03}"), &"wichtig ".repeat(100))))
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(trouble.wait_for(Option::is_some)).unwrap();
    assert_eq!(trouble.borrow().as_ref().unwrap().code, Code::DiskFull);
    assert!(vault.waiting() > 0);
    assert_eq!(vault.chat(id).unwrap()[0].body, "x", "reading goes on");
    // The slots can't be changed now and stay as they were.
    let changed = vault.set_passphrase(&Secret::new("ein ganz anderer Satz".into()));
    assert!(matches!(changed, Err(VaultError::DiskFull)), "{changed:?}");

    fs::remove_file(dir.join("filler")).unwrap();
    for ack in waiting {
        ack.wait().unwrap();
    }
    runtime.block_on(trouble.wait_for(Option::is_none)).unwrap();
    assert_eq!(vault.waiting(), 0);
    drop(vault);
    let vault = open(&dir).unwrap();
    let kept: Vec<_> = vault
        .chat(id)
        .unwrap()
        .into_iter()
        .map(|m| m.id.0)
        .collect();
    let sent: Vec<_> = ["before".to_owned()]
        .into_iter()
        .chain((0..300).map(|n| format!("m{n:03}")))
        .collect();
    assert_eq!(kept, sent);
    vault.check().wait().unwrap();
}

#[test]
fn a_vault_closed_on_a_full_disk_says_what_it_could_not_write() {
    let Some(dir) = again::here() else {
        let dir = tempfile::tempdir().unwrap();
        let name = "a_vault_closed_on_a_full_disk_says_what_it_could_not_write";
        again::on_small_disk(name, dir.path(), DISK);
        return;
    };
    let (vault, _) = create(&dir);
    let id = vault.begin_meeting("t", "p", UnixMillis(1));
    vault.append(id, &message("before", "x")).wait().unwrap();
    fill(&dir);
    let acks: Vec<_> = (0..300)
        .map(|n| vault.append(id, &message(&format!("m{n:03}"), &"wichtig ".repeat(100))))
        .collect();
    drop(vault);
    let results: Vec<_> = acks.into_iter().map(ranzen_vault::Ack::wait).collect();
    assert!(
        results
            .iter()
            .any(|r| matches!(r, Err(VaultError::DiskFull)))
    );
    fs::remove_file(dir.join("filler")).unwrap();
    let vault = open(&dir).unwrap();
    let acknowledged = results.iter().filter(|r| r.is_ok()).count();
    assert_eq!(vault.chat(id).unwrap().len(), 1 + acknowledged);
}

#[test]
fn a_vault_that_does_not_fit_is_made_when_there_is_space() {
    let Some(dir) = again::here() else {
        let dir = tempfile::tempdir().unwrap();
        let name = "a_vault_that_does_not_fit_is_made_when_there_is_space";
        again::on_small_disk(name, dir.path(), DISK);
        return;
    };
    let new = ranzen_vault::NewVault {
        passphrase: Some(passphrase()),
        ..Default::default()
    };
    // Wherever in the making the space ends, nothing is left that is in the way.
    let mut failed = 0;
    for free in (0..=160).step_by(8) {
        fill(&dir);
        let filler = fs::OpenOptions::new().write(true).open(dir.join("filler"));
        let length = u64::from(DISK).saturating_sub(free * 1024);
        filler.unwrap().set_len(length).unwrap();
        let vault_dir = dir.join("vault");
        let made = Vault::create(&vault_dir, &new, &cheap());
        fs::remove_file(dir.join("filler")).unwrap();
        let Err(error) = made else { break };
        assert_eq!(Problem::from(error).code, Code::DiskFull, "{free} KiB free");
        assert!(
            matches!(Vault::probe(&vault_dir), Probe::Missing),
            "{free} KiB free"
        );
        failed += 1;
    }
    assert!((2..20).contains(&failed), "{failed} attempts failed");
    open(&dir.join("vault")).unwrap().check().wait().unwrap();
}

#[test]
fn a_read_only_folder_is_told() {
    let Some(dir) = again::here() else {
        let dir = tempfile::tempdir().unwrap();
        again::on_small_disk("a_read_only_folder_is_told", dir.path(), DISK);
        return;
    };
    let vault_dir = dir.join("vault");
    drop(create(&vault_dir));
    remount(&dir, "ro");
    let code = |result: Result<Vault, VaultError>| Problem::from(result.err().unwrap()).code;
    assert_eq!(code(open(&vault_dir)), Code::VaultReadOnly);
    let new = ranzen_vault::NewVault {
        passphrase: Some(passphrase()),
        ..Default::default()
    };
    let made = Vault::create(&dir.join("other"), &new, &cheap()).map(|(vault, _)| vault);
    assert_eq!(code(made), Code::VaultReadOnly);
    remount(&dir, "rw");
    open(&vault_dir).unwrap();
}

fn remount(dir: &Path, how: &str) {
    let done = Command::new("mount")
        .args(["-o", &format!("remount,{how}")])
        .arg(dir)
        .status();
    assert!(done.unwrap().success());
}

/// Leaves no free block.
fn fill(dir: &Path) {
    let mut filler = fs::File::create(dir.join("filler")).unwrap();
    for size in [65_536, 4_096, 512, 1] {
        while filler
            .write(&vec![0xff_u8; size])
            .is_ok_and(|written| written > 0)
        {}
    }
}

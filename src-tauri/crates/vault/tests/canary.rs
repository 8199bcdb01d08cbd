//! Nothing that was said can be found by reading the disk: while the vault is open, after a kill,
//! and after it was closed.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use base64::Engine as _;
use common::{PASSPHRASE, again, create, message, open};
use ranzen_meeting::{Audience, RecordId, UnixMillis};
use ranzen_vault::Vault;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

const CANARY: &str = "Kanarienvogel";

/// Writes, reads, searches and sorts more than fits a cache, then waits to be killed.
#[test]
fn the_talking_process() {
    let own = tempfile::tempdir().unwrap();
    let again = again::here();
    let dir = again.clone().unwrap_or_else(|| own.path().to_owned());
    if again.is_some() {
        // Everything that is logged at any level lies in the folder that is scanned.
        let log = fs::File::create(std::env::temp_dir().join("everything.log")).unwrap();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(log)
            .init();
        tracing::error!("the log works");
        let wrong = ranzen_vault::Secret::new(format!("{CANARY} und falsch"));
        drop(create(&dir.join("other")));
        Vault::open_with_secret(&dir.join("other"), &wrong, &common::cheap())
            .err()
            .unwrap();
    }
    let (vault, recovery) = create(&dir);
    let unknown = vault.append(RecordId(999), &message(CANARY, CANARY)).wait();
    tracing::error!(error = %unknown.unwrap_err());
    let id = vault.begin_meeting(
        &format!("{CANARY} 7b"),
        &format!("{CANARY}.example.org"),
        UnixMillis(1),
    );
    for n in 0..3_000 {
        let mut said = message(
            &format!("m{n}"),
            &format!("{CANARY} {n} singt {}", "laut ".repeat(40)),
        );
        said.from_name = format!("Frau {CANARY}");
        said.to = Audience::Private {
            with: "id".into(),
            name: format!("Herr {CANARY}"),
        };
        vault.append(id, &said).ignore();
    }
    vault.flush().wait().unwrap();
    assert_eq!(vault.search(CANARY, 5_000).unwrap().len(), 3_000);
    assert_eq!(vault.chat(id).unwrap().len(), 3_000);
    if again.is_some() {
        let mut out = std::io::stdout();
        writeln!(out, "\nREADY {}", *recovery.printed()).unwrap();
        out.flush().unwrap();
        std::thread::sleep(std::time::Duration::from_secs(120));
    }
}

#[test]
fn no_canary_is_found_on_the_disk() {
    let root = tempfile::tempdir().unwrap();
    let (dir, temp) = (root.path().join("vault"), root.path().join("temp"));
    fs::create_dir(&temp).unwrap();
    let mut child = again::command(&[], "the_talking_process", &dir)
        .env("TMPDIR", &temp)
        .env("SQLITE_TMPDIR", &temp)
        .current_dir(&temp)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let recovery = out
        .find_map(|line| Some(line.ok()?.strip_prefix("READY ")?.to_owned()))
        .expect("the process must get ready");
    let secrets = [CANARY, PASSPHRASE, &recovery, &recovery.replace('-', "")];
    assert!(
        dir.join("vault.db-wal").exists(),
        "SQLite's log is scanned too"
    );
    let log = fs::read_to_string(temp.join("everything.log")).unwrap();
    assert!(log.contains("the log works"), "{log}");
    assert_eq!(hits(root.path(), &secrets), [] as [String; 0], "while open");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        hits(root.path(), &secrets),
        [] as [String; 0],
        "after the kill"
    );
    drop(open(&dir).unwrap());
    assert_eq!(
        hits(root.path(), &secrets),
        [] as [String; 0],
        "after closing"
    );

    // The scan itself must be able to find something.
    for text in [
        CANARY.to_uppercase(),
        encodings(CANARY)[3]
            .iter()
            .map(|b| char::from(*b))
            .collect(),
    ] {
        fs::write(temp.join("planted"), format!("..{text}..")).unwrap();
        assert_eq!(hits(root.path(), &secrets).len(), 1);
    }
}

fn hits(root: &Path, secrets: &[&str]) -> Vec<String> {
    let mut hits = Vec::new();
    let mut files = 0;
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = fs::read(&path).unwrap().to_ascii_lowercase();
            for secret in secrets {
                let found = encodings(secret).iter().any(|needle| {
                    let needle = needle.to_ascii_lowercase();
                    bytes.windows(needle.len()).any(|window| window == needle)
                });
                if found {
                    hits.push(format!("{secret} in {}", path.display()));
                }
            }
        }
    }
    assert!(files >= 4, "{files} files seen");
    hits
}

/// UTF-8, UTF-16 in both orders, and base64 at its three alignments (without the ends, which depend
/// on the neighbours).
fn encodings(text: &str) -> Vec<Vec<u8>> {
    let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect();
    let mut all = vec![
        text.as_bytes().to_vec(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
    ];
    for shift in 0..3 {
        let shifted = format!("{}{text}", "\0".repeat(shift));
        let code = base64::engine::general_purpose::STANDARD_NO_PAD.encode(shifted);
        all.push(code.as_bytes()[shift * 2..code.len() - 2].to_vec());
    }
    all
}

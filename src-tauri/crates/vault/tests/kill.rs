//! The writing process is killed (SIGKILL) at 200 random points; what it had acknowledged is there,
//! once, and the database is whole.
#![allow(missing_docs, clippy::unwrap_used)]

mod common;

use common::{again, create, message, open};
use ranzen_meeting::{Delivery, RecordId, UnixMillis};
use ranzen_vault::Vault;
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How often; `RANZEN_KILLS` asks for more.
fn kills() -> u32 {
    std::env::var("RANZEN_KILLS").map_or(200, |number| number.parse().unwrap())
}

/// Writes for ever in bursts, as a chat does, and prints each id once it is acknowledged.
fn write_until_killed(vault: &Vault, run: &str, mut bursts: u32) -> u32 {
    let mut out = std::io::stdout();
    let record = vault.begin_meeting(run, "meet.example.org/7b", UnixMillis(1));
    let mut number = 0_u32;
    while bursts > 0 {
        bursts -= 1;
        let burst: Vec<_> = (0..=number % 5)
            .map(|_| {
                number += 1;
                let id = format!("{run}-{number}");
                let mut pending = message(
                    &id,
                    &format!("Nachricht {number} {}", "x".repeat(number as usize % 900)),
                );
                pending.delivery = Delivery::Pending;
                vault.append(record, &pending).ignore();
                // Confirmed by the server, and once more replayed from history.
                pending.delivery = Delivery::Delivered;
                vault.append(record, &pending).ignore();
                pending.from_history = true;
                (id, vault.append(record, &pending))
            })
            .collect();
        for (id, ack) in burst {
            ack.wait().unwrap();
            writeln!(out, "ACK {} {id}", record.0).unwrap();
            out.flush().unwrap();
        }
    }
    number
}

#[test]
fn the_writing_process() {
    if let Some(dir) = again::here() {
        let vault = open(&dir).unwrap();
        let run = format!("r{}", std::process::id());
        write_until_killed(&vault, &run, u32::MAX);
    }
    let dir = tempfile::tempdir().unwrap();
    let (vault, _) = create(dir.path());
    let written = write_until_killed(&vault, "short", 20);
    let chat = vault.chat(RecordId(1)).unwrap();
    assert_eq!(chat.len(), written as usize);
    assert!(chat.iter().all(|m| m.delivery == Delivery::Delivered));
}

#[test]
fn every_acknowledged_message_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    let seed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .subsec_nanos();
    let mut random = u64::from(seed) | 1;
    let mut acknowledged: HashSet<(i64, String)> = HashSet::new();
    let mut logs_left = 0;
    for kill in 0..kills() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        // Some die while opening, most while writing.
        let delay = Duration::from_micros(random % 60_000);
        acknowledged.extend(run_and_kill(dir.path(), delay));
        logs_left += usize::from(dir.path().join("vault.db-wal").exists());
        let vault = open(dir.path()).unwrap_or_else(|e| panic!("kill {kill}, seed {seed}: {e}"));
        vault
            .check()
            .wait()
            .unwrap_or_else(|e| panic!("kill {kill}, seed {seed}: {e}"));
        compare(&vault, &acknowledged);
    }
    assert!(
        acknowledged.len() > 1_000,
        "only {} messages in all",
        acknowledged.len()
    );
    assert!(
        logs_left > 20,
        "only {logs_left} kills hit a running writer"
    );
}

fn run_and_kill(dir: &Path, delay: Duration) -> Vec<(i64, String)> {
    let mut child = again::command(&[], "the_writing_process", dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        out.lines()
            .map_while(Result::ok)
            .filter_map(|line| {
                let (record, id) = line.split_once("ACK ")?.1.split_once(' ')?;
                Some((record.parse().ok()?, id.to_owned()))
            })
            .collect()
    });
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
    let mut acknowledged: Vec<(i64, String)> = reader.join().unwrap();
    // The last line may be cut in the middle of an id, which then is another id.
    acknowledged.pop();
    acknowledged
}

fn compare(vault: &Vault, acknowledged: &HashSet<(i64, String)>) {
    let mut kept = HashSet::new();
    for meeting in vault.meetings().unwrap() {
        for message in vault.chat(meeting.id).unwrap() {
            let id = (meeting.id.0, message.id.0);
            assert!(kept.insert(id.clone()), "{id:?} is there twice");
        }
    }
    let lost: Vec<_> = acknowledged.difference(&kept).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
}

//! How much of the write-ahead log has been acknowledged.
//!
//! SQLite takes a damaged frame in its log for the end of the log, silently: after a crash, a single
//! flipped bit there would drop acknowledged messages unnoticed. So after each synced commit the
//! number of frames is noted in `vault.mark`, and before the log is used again that many frames must
//! be whole. The mark itself is not synced: after a power cut it may be old, which only makes the
//! check weaker, never wrong. It is removed before the log is emptied.
//!
//! Layout of the log: <https://www.sqlite.org/fileformat2.html#walformat>.

use crate::atomic::private;
use crate::error::VaultError;
use ring::digest::{SHA256, digest};
use rusqlite::Connection;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"RZMARK\0\x01";
const CONTENT: usize = 24;
const LENGTH: usize = CONTENT + 16;
const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// SQLCipher's pages, and SQLite's largest.
const PAGE: std::ops::RangeInclusive<usize> = 512..=65_536;

/// The open mark, kept up by the writer.
pub(crate) struct WalMark {
    path: PathBuf,
    log: PathBuf,
    file: Option<File>,
}

impl WalMark {
    pub(crate) fn new(database: &Path) -> Self {
        Self {
            path: database.with_extension("mark"),
            log: database.with_extension("db-wal"),
            file: None,
        }
    }

    /// Notes what is in the log now. Called after a synced commit and before it is acknowledged; if
    /// it can't be noted there is no mark, so never a wrong one.
    pub(crate) fn note(&mut self, connection: &Connection) {
        if self.try_note(connection).is_err() {
            self.remove();
        }
    }

    fn try_note(&mut self, connection: &Connection) -> std::io::Result<()> {
        let frames: i64 = connection
            .query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1))
            .map_err(std::io::Error::other)?;
        let mut header = [0_u8; HEADER];
        File::open(&self.log)?.read_exact(&mut header)?;
        let mut mark = [0_u8; LENGTH];
        mark[..8].copy_from_slice(MAGIC);
        mark[8..16].copy_from_slice(&header[16..24]);
        mark[16..24].copy_from_slice(&frames.to_be_bytes());
        let sum = digest(&SHA256, &mark[..CONTENT]);
        mark[CONTENT..].copy_from_slice(&sum.as_ref()[..16]);
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(
                private(OpenOptions::new().write(true).create(true).truncate(false))
                    .open(&self.path)?,
            ),
        };
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&mark)
    }

    /// The log is about to be emptied in order.
    pub(crate) fn remove(&mut self) {
        self.file = None;
        let _ = fs::remove_file(&self.path);
    }

    /// Before the log is used: everything that was acknowledged is whole.
    pub(crate) fn verify(&self) -> Result<(), VaultError> {
        let Some((salts, frames)) = read_mark(&self.path) else {
            return Ok(());
        };
        let damaged = |what: &str| VaultError::Corrupt {
            path: self.log.clone(),
            what: what.to_owned(),
        };
        let log = match fs::read(&self.log) {
            Ok(log) => log,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(VaultError::io(&self.log, &e)),
        };
        match whole_frames(&log, salts) {
            Frames::NoLog => Err(damaged("the log is gone or its head is damaged")),
            // Begun anew after everything was copied into the database, and not noted yet.
            Frames::OtherSalts => Ok(()),
            Frames::Whole(count) if count < frames => Err(damaged("a frame of the log")),
            Frames::Whole(_) => Ok(()),
        }
    }
}

fn read_mark(path: &Path) -> Option<([u8; 8], u64)> {
    let mark: [u8; LENGTH] = fs::read(path).ok()?.try_into().ok()?;
    let sum = digest(&SHA256, &mark[..CONTENT]);
    let good = mark[..8] == *MAGIC && mark[CONTENT..] == sum.as_ref()[..16];
    let salts = mark[8..16].try_into().ok()?;
    let frames = u64::from_be_bytes(mark[16..24].try_into().ok()?);
    good.then_some((salts, frames))
}

#[derive(Debug, PartialEq)]
enum Frames {
    NoLog,
    OtherSalts,
    Whole(u64),
}

/// How many frames at the beginning of the log are whole and of its present round.
fn whole_frames(log: &[u8], salts: [u8; 8]) -> Frames {
    let Some((header, mut frames)) = log.split_at_checked(HEADER) else {
        return Frames::NoLog;
    };
    let words = match word(header, 0) {
        0x377f_0682 => u32::from_le_bytes,
        0x377f_0683 => u32::from_be_bytes,
        _ => return Frames::NoLog,
    };
    let page = word(header, 8) as usize;
    let mut sum = add((0, 0), &header[..24], words);
    if !PAGE.contains(&page) || sum != (word(header, 24), word(header, 28)) {
        return Frames::NoLog;
    }
    if header[16..24] != salts {
        return Frames::OtherSalts;
    }
    let mut count = 0;
    while let Some((frame, rest)) = frames.split_at_checked(FRAME_HEADER + page) {
        sum = add(sum, &frame[..8], words);
        sum = add(sum, &frame[FRAME_HEADER..], words);
        if frame[8..16] != salts || sum != (word(frame, 16), word(frame, 20)) {
            break;
        }
        count += 1;
        frames = rest;
    }
    Frames::Whole(count)
}

/// The big-endian word at a place that is known to exist.
fn word(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map_or(0, u32::from_be_bytes)
}

/// The log's running checksum over pairs of words.
fn add(sum: (u32, u32), bytes: &[u8], words: fn([u8; 4]) -> u32) -> (u32, u32) {
    bytes.chunks_exact(8).fold(sum, |(one, two), pair| {
        let [a, b, c, d, e, f, g, h] = *pair else {
            return (one, two);
        };
        let one = one.wrapping_add(words([a, b, c, d])).wrapping_add(two);
        let two = two.wrapping_add(words([e, f, g, h])).wrapping_add(one);
        (one, two)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A plain SQLite log says the same as SQLite about how many frames are in it.
    #[test]
    fn the_frames_are_counted_as_sqlite_counts_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (x)")
            .unwrap();
        let mut mark = WalMark::new(&path);
        mark.note(&connection);
        mark.verify().unwrap();
        for n in 0..20 {
            connection
                .execute("INSERT INTO t VALUES (?1)", [n])
                .unwrap();
        }
        mark.note(&connection);
        let (salts, frames) = read_mark(&mark.path).unwrap();
        let log = fs::read(&mark.log).unwrap();
        assert_eq!(whole_frames(&log, salts), Frames::Whole(frames));
        assert!(frames >= 20, "{frames}");
        mark.verify().unwrap();
    }
}

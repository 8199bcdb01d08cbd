//! The vault's public face.

use crate::ack::Ack;
use crate::db::{self, Purpose};
use crate::error::VaultError;
use crate::keys::Keys;
use crate::lock::Lock;
use crate::options::{NewVault, Options};
use crate::probe::{self, Probe};
use crate::query::Query;
use crate::reader::{self, Readers};
use crate::search::{self, Hit};
use crate::slot::SlotKind;
use crate::wal_mark::WalMark;
use crate::write::Write;
use crate::writer::Writer;
use crate::{RecoveryCode, Secret, atomic, location, migrate};
use ranzen_meeting::{ChatMessage, MeetingRecord, Problem, RecordId, UnixMillis};
use std::fs::{self, OpenOptions};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Above this a file's pages are verified in the background after opening, not before.
const CHECK_AT_ONCE_BYTES: u64 = 8 * 1024 * 1024;

/// An open vault. Clones share it; it closes with the last one.
///
/// Writes are queued and never block; reads block for milliseconds (use `spawn_blocking` in async
/// code).
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

/// Dropped in this order: readers, then the writer (which tidies up), then the lock.
struct Inner {
    readers: Readers,
    writer: Writer,
    keys: Mutex<Keys>,
    next_record: AtomicI64,
    _lock: Lock,
}

impl Vault {
    /// What lies in a folder, without opening it or asking the keychain.
    pub fn probe(dir: &Path) -> Probe {
        probe::probe(dir)
    }

    /// Makes a vault where there is none. The recovery code is to be shown once and kept nowhere.
    /// Takes as long as the passphrase's derivation, and as the keychain.
    pub fn create(
        dir: &Path,
        new: &NewVault,
        options: &Options,
    ) -> Result<(Self, RecoveryCode), VaultError> {
        atomic::private_folder(dir)?;
        let lock = Lock::take(dir)?;
        match probe::probe(dir) {
            Probe::Missing => {}
            Probe::Locked { .. } => {
                return Err(VaultError::Exists {
                    path: dir.to_owned(),
                });
            }
            Probe::Broken(error) => return Err(error),
        }
        let (mut keys, code) = Keys::generate(dir, new, options)?;
        // The database comes to its name last: with it the vault is there, before it there is none.
        let (unfinished, database) = (location::unfinished(dir), location::database(dir));
        let io = |e: std::io::Error| VaultError::io(&unfinished, &e);
        // The log of an earlier attempt would be taken for this one's.
        for left_over in location::with_companions(&unfinished) {
            let _ = fs::remove_file(left_over);
        }
        atomic::private(OpenOptions::new().write(true).create_new(true))
            .open(&unfinished)
            .map_err(io)?;
        let mut fresh = db::open(&unfinished, keys.data_key(), Purpose::Create)?;
        migrate::bring_up_to_date(&mut fresh, &unfinished)?;
        fresh
            .close()
            .map_err(|(_, e)| VaultError::sql(&unfinished, &e))?;
        keys.write()?;
        fs::rename(&unfinished, &database).map_err(io)?;
        atomic::sync_folder(&database).map_err(io)?;
        Ok((Self::open(dir, keys, lock)?, code))
    }

    /// Opens with the keychain's key. Fails with [`VaultError::Keychain`] if there is none; then ask
    /// for a secret.
    pub fn open_with_keychain(dir: &Path, options: &Options) -> Result<Self, VaultError> {
        let lock = Self::ready_to_open(dir)?;
        Self::open(dir, Keys::open_with_keychain(dir, options)?, lock)
    }

    /// Opens with the passphrase or the recovery code.
    pub fn open_with_secret(
        dir: &Path,
        secret: &Secret,
        options: &Options,
    ) -> Result<Self, VaultError> {
        let lock = Self::ready_to_open(dir)?;
        Self::open(dir, Keys::open_with_secret(dir, secret, options)?, lock)
    }

    fn ready_to_open(dir: &Path) -> Result<Lock, VaultError> {
        match probe::probe(dir) {
            Probe::Missing => Err(VaultError::Missing {
                path: dir.to_owned(),
            }),
            Probe::Broken(error) => Err(error),
            Probe::Locked { .. } => Lock::take(dir),
        }
    }

    fn open(dir: &Path, keys: Keys, lock: Lock) -> Result<Self, VaultError> {
        let path = location::database(dir);
        let size = fs::metadata(&path)
            .map_err(|e| VaultError::io(&path, &e))?
            .len();
        WalMark::new(&path).verify()?;
        let mut connection = db::open(&path, keys.data_key(), Purpose::Write)?;
        let later = size > CHECK_AT_ONCE_BYTES;
        if !later {
            db::check_pages(&connection, &path)?;
        }
        migrate::must_have_begun(&connection, &path)?;
        migrate::bring_up_to_date(&mut connection, &path)?;
        let last: i64 = connection
            .query_row("SELECT coalesce(max(id), 0) FROM meetings", [], |row| {
                row.get(0)
            })
            .map_err(|e| VaultError::sql(&path, &e))?;
        Ok(Self {
            inner: Arc::new(Inner {
                readers: Readers::new(path.clone(), keys.data_key().clone()),
                writer: Writer::start(connection, path, later)?,
                keys: Mutex::new(keys),
                next_record: AtomicI64::new(last + 1),
                _lock: lock,
            }),
        })
    }

    /// A meeting begins. Its key is known at once; that it is durable is told by the
    /// acknowledgement of anything written to it.
    pub fn begin_meeting(&self, title: &str, place: &str, started_at: UnixMillis) -> RecordId {
        let id = RecordId(self.inner.next_record.fetch_add(1, Ordering::Relaxed));
        self.write(Write::Begin {
            id,
            title: title.to_owned(),
            place: place.to_owned(),
            started_at,
        })
        .ignore();
        id
    }

    /// It is over.
    pub fn end_meeting(&self, id: RecordId, at: UnixMillis) -> Ack {
        self.write(Write::End { id, at })
    }

    /// Its subject became known or changed.
    pub fn rename(&self, id: RecordId, title: &str) -> Ack {
        let title = title.to_owned();
        self.write(Write::Rename { id, title })
    }

    /// A message arrived, was sent, or came further: one with a known id only changes its delivery,
    /// and never back from delivered. The acknowledgement comes when it is synced to the disk.
    pub fn append(&self, id: RecordId, message: &ChatMessage) -> Ack {
        let message = Box::new(message.clone());
        self.write(Write::Put { id, message })
    }

    /// Everything handed in before is on the disk.
    pub fn flush(&self) -> Ack {
        self.write(Write::Barrier)
    }

    /// How many writes are not on the disk yet.
    pub fn waiting(&self) -> usize {
        self.inner.writer.waiting()
    }

    /// What keeps the vault from writing (a full disk, damage), if anything; watch it to tell the
    /// user.
    pub fn trouble(&self) -> watch::Receiver<Option<Problem>> {
        self.inner.writer.trouble()
    }

    /// Kept meetings, newest first.
    pub fn meetings(&self) -> Result<Vec<MeetingRecord>, VaultError> {
        self.inner.readers.ask(reader::meetings)
    }

    /// One kept meeting.
    pub fn meeting(&self, id: RecordId) -> Result<MeetingRecord, VaultError> {
        self.inner
            .readers
            .ask(|connection| reader::one_meeting(connection, id))?
            .ok_or(VaultError::RecordUnknown(id.0))
    }

    /// Its chat, oldest first.
    pub fn chat(&self, id: RecordId) -> Result<Vec<ChatMessage>, VaultError> {
        self.inner
            .readers
            .ask(|connection| reader::chat(connection, id))
    }

    /// Searches all chat: every word must be there, `"phrases"` as they stand, the last word may be
    /// a beginning; case, accents and umlaut spellings don't matter. The newest `limit` hits.
    pub fn search(&self, typed: &str, limit: usize) -> Result<Vec<Hit>, VaultError> {
        let Some(query) = Query::parse(typed) else {
            return Ok(Vec::new());
        };
        self.inner
            .readers
            .ask(|connection| search::search(connection, &query, limit))
    }

    /// Verifies every byte of the database: authentication codes, structure, index. Changes nothing
    /// in it.
    pub fn check(&self) -> Ack {
        self.inner.writer.check()
    }

    /// The ways this vault can be opened.
    pub fn slots(&self) -> Vec<SlotKind> {
        self.keys().kinds()
    }

    /// Sets or replaces the passphrase.
    pub fn set_passphrase(&self, passphrase: &Secret) -> Result<(), VaultError> {
        self.keys().set_passphrase(passphrase)
    }

    /// Makes a new recovery code; the old one opens nothing any more.
    pub fn renew_recovery(&self) -> Result<RecoveryCode, VaultError> {
        self.keys().renew_recovery()
    }

    /// Gives the keychain a slot, or takes it away (refused if fewer than two would be left).
    pub fn set_keychain(&self, on: bool) -> Result<(), VaultError> {
        self.keys().set_keychain(on)
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, Keys> {
        self.inner
            .keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, write: Write) -> Ack {
        self.inner.writer.write(write)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.readers.close();
    }
}

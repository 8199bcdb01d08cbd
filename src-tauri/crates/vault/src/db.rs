//! Opening a connection to the encrypted database, and checking every byte of it.

use crate::error::VaultError;
use crate::kdf::Key;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;
use zeroize::Zeroizing;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Making a new file.
    Create,
    /// The one writer.
    Write,
    /// A reader.
    Read,
}

/// Opens with the raw data key. The key was verified against the slot file before, so a file that
/// doesn't open with it is damaged.
pub(crate) fn open(path: &Path, key: &Key, purpose: Purpose) -> Result<Connection, VaultError> {
    let sql = |e: rusqlite::Error| VaultError::sql(path, &e);
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX
        | match purpose {
            Purpose::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            Purpose::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
            // A reader must be able to make the shared-memory file; it is kept from writing below.
            Purpose::Read => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
    let connection = Connection::open_with_flags(path, flags).map_err(sql)?;
    connection
        .busy_timeout(Duration::from_secs(5))
        .map_err(sql)?;
    connection
        .key(None::<&str>, raw_key(key).as_slice(), false)
        .map_err(sql)?;
    connection
        .execute_batch(
            "PRAGMA cipher_log_level = NONE;
             PRAGMA cipher_compatibility = 4;
             PRAGMA temp_store = MEMORY;
             PRAGMA trusted_schema = OFF;
             PRAGMA foreign_keys = ON;
             PRAGMA secure_delete = ON;
             SELECT count(*) FROM sqlite_schema;",
        )
        .map_err(sql)?;
    let rest = match purpose {
        Purpose::Create | Purpose::Write => {
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;"
        }
        Purpose::Read => "PRAGMA query_only = ON; PRAGMA cache_size = -8000;",
    };
    connection.execute_batch(rest).map_err(sql)?;
    Ok(connection)
}

/// SQLCipher's notation for a key that needs no derivation.
fn raw_key(key: &Key) -> Zeroizing<Vec<u8>> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new(Vec::with_capacity(67));
    text.extend_from_slice(b"x'");
    for byte in key.iter() {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text.push(b'\'');
    text
}

/// Verifies the authentication code of every page in the file, then the structure and the search
/// index. Must run on the writer's connection, since nobody may checkpoint meanwhile.
pub(crate) fn check(connection: &Connection, path: &Path) -> Result<(), VaultError> {
    let sql = |e: rusqlite::Error| VaultError::sql(path, &e);
    let corrupt = |what: String| VaultError::Corrupt {
        path: path.to_owned(),
        what,
    };
    // What is still in the log is copied into the file first, to be checked with it.
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .map_err(sql)?;
    check_pages(connection, path)?;
    let verdict: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(sql)?;
    if verdict != "ok" {
        return Err(corrupt("structure".into()));
    }
    Ok(())
}

/// Only the authentication codes of the pages in the file.
pub(crate) fn check_pages(connection: &Connection, path: &Path) -> Result<(), VaultError> {
    let sql = |e: rusqlite::Error| VaultError::sql(path, &e);
    let mut statement = connection
        .prepare("PRAGMA cipher_integrity_check")
        .map_err(sql)?;
    let mut bad_pages = statement.query([]).map_err(sql)?;
    if bad_pages.next().map_err(sql)?.is_some() {
        return Err(VaultError::Corrupt {
            path: path.to_owned(),
            what: "authentication code of a page".into(),
        });
    }
    Ok(())
}

//! What can go wrong with the vault, and the problem told to people for it.

use crate::atomic;
use ranzen_meeting::{Code, Problem};
use std::path::{Path, PathBuf};

/// A failure of the vault. Never holds a secret, a name or a message's text.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// User: there is no vault here yet.
    #[error("no vault in this folder")]
    Missing {
        /// Where one was looked for.
        path: PathBuf,
    },
    /// User: a vault is here already; it is never overwritten.
    #[error("a vault exists in this folder")]
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// User: the passphrase or recovery code opens no slot.
    #[error("no slot opens with this secret")]
    WrongSecret,
    /// User: the passphrase is shorter than [`crate::PASSPHRASE_MIN_CHARS`].
    #[error("passphrase shorter than {min} characters")]
    PassphraseShort {
        /// The least number of characters.
        min: usize,
    },
    /// User: another process has it open.
    #[error("the vault is open in another process")]
    InUse,
    /// User: written by a newer Ranzen.
    #[error("schema {found}, this Ranzen knows up to {known}")]
    TooNew {
        /// What the vault says.
        found: u32,
        /// What we can read.
        known: u32,
    },
    /// Device: a file of the vault is damaged. Nothing was changed.
    #[error("damaged: {what}")]
    Corrupt {
        /// The damaged file.
        path: PathBuf,
        /// What shows it.
        what: String,
    },
    /// Device: no right to write.
    #[error("not writable: {what}")]
    ReadOnly {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        what: String,
    },
    /// Device: no space left. What was handed in stays queued.
    #[error("no space left on the device")]
    DiskFull,
    /// Device: no keychain, or it refuses, or doesn't answer in time.
    #[error("keychain: {what}")]
    Keychain {
        /// What the keychain said.
        what: String,
    },
    /// Device: reading or writing failed in another way.
    #[error("{what}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        what: String,
    },
    /// User: there is no such meeting in the vault.
    #[error("no meeting {0} in the vault")]
    RecordUnknown(i64),
    /// User: without this slot fewer than two would be left.
    #[error("fewer than two slots would be left")]
    LastSlots,
    /// Ourselves: the vault was closed before this was done, or its writer is gone.
    #[error("the vault is closed")]
    Closed,
    /// Ourselves: the database refused a statement of ours.
    #[error("database: {what}")]
    Database {
        /// SQLite's code; never its text, which could quote what was written.
        what: String,
    },
}

impl VaultError {
    /// Sorts a file-system error by what the person can do about it.
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let (path, what) = (path.to_owned(), error.to_string());
        match error.kind() {
            K::StorageFull | K::QuotaExceeded => Self::DiskFull,
            K::PermissionDenied | K::ReadOnlyFilesystem => Self::ReadOnly { path, what },
            _ => Self::Io { path, what },
        }
    }

    /// Sorts a database error. The key was verified before the file was opened, so "not a
    /// database" can only mean damage.
    pub(crate) fn sql(path: &Path, error: &rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as C;
        let path = path.to_owned();
        let Some(cause) = error.sqlite_error() else {
            // Texts of other errors may quote a stored value.
            let what = match error {
                rusqlite::Error::QueryReturnedNoRows => "no rows",
                _ => "unexpected value",
            };
            return Self::Database { what: what.into() };
        };
        let what = format!("sqlite {}", cause.extended_code);
        match cause.code {
            C::DatabaseCorrupt | C::NotADatabase => Self::Corrupt { path, what },
            C::DiskFull => Self::DiskFull,
            C::ReadOnly | C::PermissionDenied => Self::ReadOnly { path, what },
            C::DatabaseBusy | C::DatabaseLocked => Self::InUse,
            // SQLite says so too when the file it shares with its readers can't grow.
            C::SystemIoFailure | C::CannotOpen if atomic::no_space_beside(&path) => Self::DiskFull,
            C::SystemIoFailure | C::CannotOpen => Self::Io { path, what },
            _ => Self::Database { what },
        }
    }

    /// May pass by itself, so that what waits to be written is kept and tried again.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::DiskFull | Self::Io { .. } | Self::ReadOnly { .. } | Self::InUse
        )
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        let code = match &error {
            VaultError::Missing { .. } => Code::VaultMissing,
            VaultError::Exists { .. } => Code::VaultExists,
            VaultError::WrongSecret => Code::VaultPassphrase,
            VaultError::PassphraseShort { .. } => Code::PassphraseShort,
            VaultError::InUse => Code::VaultInUse,
            VaultError::TooNew { .. } => Code::VaultTooNew,
            VaultError::Corrupt { .. } => Code::VaultCorrupt,
            VaultError::ReadOnly { .. } => Code::VaultReadOnly,
            VaultError::DiskFull => Code::DiskFull,
            VaultError::Keychain { .. } => Code::KeychainUnavailable,
            VaultError::Io { .. } => Code::FileUnwritable,
            VaultError::RecordUnknown(_) => Code::RecordUnknown,
            VaultError::LastSlots => Code::NotNow,
            VaultError::Closed => Code::VaultLocked,
            VaultError::Database { .. } => Code::Internal,
        };
        let problem = Problem::new(code, &error);
        match &error {
            VaultError::Missing { path }
            | VaultError::Exists { path }
            | VaultError::Corrupt { path, .. }
            | VaultError::ReadOnly { path, .. }
            | VaultError::Io { path, .. } => problem.with("path", path.display()),
            VaultError::PassphraseShort { min } => problem.with("limit", min),
            _ => problem,
        }
    }
}

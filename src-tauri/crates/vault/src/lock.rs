//! One process at a time: an operating-system lock on `vault.lock`. It ends with the process that
//! holds it, however that dies, so there is no stale lock.

use crate::atomic::private;
use crate::error::VaultError;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// Held as long as the vault is open.
pub(crate) struct Lock {
    _held: File,
}

impl Lock {
    pub(crate) fn take(dir: &Path) -> Result<Self, VaultError> {
        let path = dir.join("vault.lock");
        let file = private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(&path)
            .map_err(|e| VaultError::io(&path, &e))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _held: file }),
            Err(TryLockError::WouldBlock) => Err(VaultError::InUse),
            Err(TryLockError::Error(e)) => Err(VaultError::io(&path, &e)),
        }
    }
}

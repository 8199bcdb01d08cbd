//! Writing a small file so that after any crash either the old or the new content is there.

use crate::error::VaultError;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Writes beside, syncs, renames over, syncs the folder.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), VaultError> {
    let fresh = path.with_extension("new");
    let written = write_synced(&fresh, content)
        .and_then(|()| fs::rename(&fresh, path))
        .and_then(|()| sync_folder(path));
    if written.is_err() {
        // A full disk must not also keep a useless half of a file.
        let _ = fs::remove_file(&fresh);
    }
    written.map_err(|e| VaultError::io(path, &e))
}

fn write_synced(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file =
        private(OpenOptions::new().write(true).create(true).truncate(true)).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes a rename in the folder of `path` last (a no-op where folders can't be opened: Windows).
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Is the disk full? Found out by writing, since quotas count, too.
pub(crate) fn no_space_beside(path: &Path) -> bool {
    let probe = path.with_extension("space");
    let written = File::create(&probe).and_then(|mut file| {
        file.write_all(&[0; 64 * 1024])?;
        file.sync_all()
    });
    let _ = fs::remove_file(&probe);
    let full = |kind| matches!(kind, ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
    written.is_err_and(|error| full(error.kind()))
}

/// Files that are made are the user's alone (0600).
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Makes a folder and its parents; new ones are the user's alone (0700).
pub(crate) fn private_folder(path: &Path) -> Result<(), VaultError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path).map_err(|e| VaultError::io(path, &e))
}

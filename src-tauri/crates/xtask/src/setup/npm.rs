//! The window's npm packages: exactly those of the lock file, installed when it has changed.

use crate::place::Place;
use crate::process;
use anyhow::Result;
use std::path::Path;

/// `npm ci` when `node_modules` is missing or older than the lock file.
pub(crate) fn install(place: &Place) -> Result<()> {
    let ui = place.ui();
    // npm writes this file at the end of an install.
    if !stale(
        &ui.join("package-lock.json"),
        &ui.join("node_modules/.package-lock.json"),
    ) {
        return Ok(());
    }
    process::shown_to_person(process::npm(place, &["ci", "--no-audit", "--no-fund"]))
}

/// Is `made` missing or older than `from`?
fn stale(from: &Path, made: &Path) -> bool {
    let time = |path: &Path| {
        std::fs::metadata(path)
            .and_then(|data| data.modified())
            .ok()
    };
    time(made).is_none_or(|made| time(from).is_some_and(|from| from > made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_newer_lock_file_or_a_missing_install_is_stale() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (lock, made) = (folder.path().join("lock"), folder.path().join("made"));
        let now = SystemTime::now();
        File::create(&lock)?.set_modified(now)?;
        assert!(stale(&lock, &made), "nothing installed yet");
        File::create(&made)?.set_modified(now + Duration::from_secs(1))?;
        assert!(
            !stale(&lock, &made),
            "installed after the lock file was written"
        );
        File::create(&lock)?.set_modified(now + Duration::from_secs(2))?;
        assert!(stale(&lock, &made), "the lock file has changed since");
        Ok(())
    }
}

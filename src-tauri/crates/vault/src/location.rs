//! Where the vault lies: in the user's data folder, or wherever a profile folder is given.

use std::path::{Path, PathBuf};

/// The vault's folder. `profile` is what `--profile` gave; without it the operating system's
/// folder for application data is used (`~/.local/share/ranzen/vault` on Linux). `None` if the
/// system names no such folder.
pub fn vault_dir(profile: Option<&Path>) -> Option<PathBuf> {
    match profile {
        Some(profile) => Some(profile.join("vault")),
        None => directories::ProjectDirs::from("", "", "ranzen")
            .map(|dirs| dirs.data_local_dir().join("vault")),
    }
}

/// The database.
pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.join("vault.db")
}

/// A database under construction; renamed when it is complete.
pub(crate) fn unfinished(dir: &Path) -> PathBuf {
    dir.join("vault.db.new")
}

/// A database and the files SQLite keeps beside it.
pub(crate) fn with_companions(database: &Path) -> [PathBuf; 3] {
    ["", "-wal", "-shm"].map(|suffix| {
        let mut path = database.as_os_str().to_owned();
        path.push(suffix);
        path.into()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_profile_overrides_the_systems_folder() {
        let given = vault_dir(Some(Path::new("/media/stick")));
        assert_eq!(given, Some(PathBuf::from("/media/stick/vault")));
        if let Some(system) = vault_dir(None) {
            assert!(system.ends_with("vault") && system.is_absolute());
        }
    }
}

//! What lies in a vault's folder, told without opening anything.

use crate::error::VaultError;
use crate::keyfile::{self, Found};
use crate::location;
use crate::slot::SlotKind;
use std::path::Path;

/// What was found.
#[derive(Debug, Clone)]
pub enum Probe {
    /// No vault: the first start.
    Missing,
    /// A vault that needs its key.
    Locked {
        /// The keychain has a slot, so it is worth asking.
        keychain: bool,
        /// A passphrase has a slot.
        passphrase: bool,
    },
    /// Something that can't be used.
    Broken(VaultError),
}

pub(crate) fn probe(dir: &Path) -> Probe {
    let database = location::database(dir);
    let there = match database.try_exists() {
        Ok(there) => there,
        Err(e) => return Probe::Broken(VaultError::io(&database, &e)),
    };
    match (keyfile::read(dir), there) {
        (Err(error), _) => Probe::Broken(error),
        (Ok(Found::Some(copies)), true) => {
            let has = |kind| copies.iter().any(|copy| copy.file.has(kind));
            Probe::Locked {
                keychain: has(SlotKind::Keychain),
                passphrase: has(SlotKind::Passphrase),
            }
        }
        // Made by half: it never held anything, and its recovery code was never shown.
        (Ok(Found::Some(_)), false) if location::unfinished(dir).exists() => Probe::Missing,
        (Ok(Found::Some(_)), false) => Probe::Broken(VaultError::Corrupt {
            path: database,
            what: "the database is gone, its key slots are there".into(),
        }),
        (Ok(Found::None), true) => Probe::Broken(VaultError::Corrupt {
            path: keyfile::paths(dir)[0].clone(),
            what: "both copies of the key slots are gone, the database is there".into(),
        }),
        (Ok(Found::None), false) => Probe::Missing,
    }
}

//! `vault create`.

use super::{passphrase, recovery};
use crate::globals::Globals;
use crate::{open, secret};
use ranzen_meeting::Problem;
use ranzen_vault::{KeychainChoice, NewVault, Secret, Vault, VaultError};

pub fn run(globals: &Globals) -> Result<(), Problem> {
    let dir = open::dir(globals)?;
    // Nobody shall think up a passphrase for nothing.
    match Vault::probe(&dir) {
        ranzen_vault::Probe::Missing => {}
        ranzen_vault::Probe::Locked { .. } => return Err(VaultError::Exists { path: dir }.into()),
        ranzen_vault::Probe::Broken(error) => return Err(error.into()),
    }
    let typed = if globals.secret_given() {
        secret::passphrase(globals, "")?
    } else {
        passphrase::ask_twice(globals)?
    };
    let new = NewVault {
        passphrase: typed.map(|text| Secret::new(text.to_string())),
        keychain: if globals.no_keychain {
            KeychainChoice::No
        } else {
            KeychainChoice::IfThere
        },
    };
    let (_vault, code) = Vault::create(&dir, &new, &open::options(globals))?;
    recovery::tell(globals, &code);
    Ok(())
}
